//! Faults planted into shipped policies: k of them in k clauses give at least k and at most k + 1 errors, in one run.

use crate::check::World;
use crate::repository;
use cwrc::analysis::{self, Analysis};
use cwrc::diagnostic::Severity;
use cwrc::source::Files;
use proptest::prelude::*;
use std::fs;
use std::io;

/// The policies that faults are planted into; what they import stays as it is.
pub(crate) const POLICIES: [&str; 4] =
    ["policies/support.cwr", "policies/coding.cwr", "policies/operations.cwr", "policies/real/aidev.cwr"];

/// The clauses that faults are planted into, all written on a line of their own.
const CLAUSES: &str = " bar hold keep requires stop cooldown reentry stale trip ceiling risk renew evaluate promote \
                       counts alive settle mean approval matches ";

/// Ways to spoil a clause: the first piece of it that stands here becomes the other.
const FAULTS: [(&str, &str); 18] = [
    (" >= ", " => "),
    (" < ", " = "),
    ("d ", "days "),
    ("4d", "4 d"),
    ("%", " %"),
    ("%", "pp"),
    (" min ", " min -"),
    (" min ", " mim "),
    (" over ", " ovr "),
    (" at walk", " at wlk"),
    (" to crawl", " to crwal"),
    (" because ", " becuse "),
    ("risk ", "risk very_"),
    ("hold ", "hhold "),
    (" 1", " one"),
    (" ", " \u{2028}"),
    ("margin ", "margn "),
    ("_", "-"),
];

/// The policy on the disk, but for one file.
pub(crate) struct Overlay<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path == self.path { Ok(self.text.as_bytes().to_vec()) } else { World::Disk.read(path) }
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// The numbers of the lines that are one clause.
fn clauses(lines: &[String]) -> Vec<usize> {
    let is_clause = |line: &str| {
        let keyword = line.split_whitespace().next().unwrap_or("#");
        line.starts_with("  ") && CLAUSES.contains(&format!(" {keyword} "))
    };
    (0..lines.len()).filter(|at| is_clause(&lines[*at])).collect()
}

/// A clause with a fault, its strings and its comment left alone; `None` where this fault does not fit.
fn spoiled(line: &str, (from, to): (&str, &str)) -> Option<String> {
    let (clause, rest) = line.split_at(line.find(['#', '"']).unwrap_or(line.len()));
    let at = clause.find(from)?;
    Some(format!("{}{to}{}{rest}", &clause[..at], &clause[at + from.len()..]))
}

/// Which clause gets which fault.
pub(crate) type Plant = (prop::sample::Index, prop::sample::Index);

/// A policy with faults in so many of its clauses, and these clauses.
pub(crate) fn plant(text: &str, plants: &[Plant]) -> (String, Vec<String>) {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut open = clauses(&lines);
    let mut planted = Vec::new();
    for (clause, fault) in plants {
        if open.is_empty() {
            break;
        }
        let line = open.swap_remove(clause.index(open.len()));
        let fits: Vec<String> = FAULTS.into_iter().filter_map(|fault| spoiled(&lines[line], fault)).collect();
        if !fits.is_empty() {
            lines[line].clone_from(&fits[fault.index(fits.len())]);
            planted.push(lines[line].clone());
        }
    }
    (lines.join("\n"), planted)
}

/// What is known of a text in place of a file.
pub(crate) fn analyzed(path: &str, text: &str) -> Analysis {
    let base = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    analysis::analyze(&Overlay { path, text }, path, base, None).expect("files")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn planted_faults_are_told_each_once(
        policy in 0..POLICIES.len(),
        plants in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..12),
    ) {
        let path = POLICIES[policy];
        let text = fs::read_to_string(repository(path)).expect("a policy");
        let (text, planted) = plant(&text, &plants);
        let analysis = analyzed(path, &text);
        let errors = analysis.diagnostics.iter().filter(|it| it.severity() == Severity::Error).map(|it| &it.message);
        let errors: Vec<&String> = errors.collect();
        let k = planted.len();
        // A mean whose scale cannot be read leaves open what its targets may be.
        let has_open_scale = planted.iter().any(|line| line.contains("mean of"));
        let open = planted.iter().filter(|line| has_open_scale && line.contains(" recovery ")).count();
        prop_assert!((k - open..=k + 1).contains(&errors.len()), "{path}: {planted:#?} gave {errors:#?}");
    }
}
