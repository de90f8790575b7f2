//! Small replays, worked out by hand: `tests/cases/replay/NAME/` has a policy whose head says what happens and why that
//! is right, a history, `args` where the run needs any, and the exact `run.json`.
//!
//! Engine and reference evaluator must both give that file. `tests/cases/replay/README.md` says which trap of replays
//! each test is about. `UPDATE_DOCS=1 cargo test --test it replay` writes what the engine gives now; work it out by
//! hand before it is taken as right.

use crate::cli::transcripts::same_or_updated;
use crate::engine::{self, Arguments};
use crate::reference;
use crate::{files_below, repository};
use cwrc::replay::Approvals;
use cwrc::value::{Instant, Tier};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the vectors.
pub(crate) fn folders() -> Vec<PathBuf> {
    let policies = files_below(&repository("tests/cases/replay"), "cwr");
    policies.into_iter().filter_map(|path| path.parent().map(Path::to_owned)).collect()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).or_else(|| Instant::parse_date(text)).unwrap_or_else(|| panic!("`{text}` is no time"))
}

/// The arguments of the command line, for both evaluators.
fn arguments(text: &str) -> (Arguments, reference::Options) {
    let (mut ours, mut theirs) = (Arguments::default(), reference::Options::default());
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} wants a value")).to_owned();
        match word {
            "--evidence" => {
                ours.any_tier = value() == "any-tier";
                theirs.any_tier = ours.any_tier;
            }
            "--no-approvals" => {
                ours.replay.approvals = Approvals::Never;
                theirs.approvals = reference::Approvals::Never;
            }
            "--assume-tier" => {
                theirs.assume_tier = Some(value());
                ours.assume_tier = theirs.assume_tier.as_deref().and_then(Tier::parse);
            }
            "--now" => {
                theirs.now = Some(value());
                ours.now = theirs.now.as_deref().map(instant);
            }
            "--from" => {
                theirs.from = Some(value());
                ours.replay.from = theirs.from.as_deref().map(instant);
            }
            "--to" => {
                theirs.to = Some(value());
                ours.replay.to = theirs.to.as_deref().map(instant);
            }
            other => panic!("this test does not know `{other}`"),
        }
    }
    (ours, theirs)
}

fn replayed(folder: &Path) -> Result<(), String> {
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let (policy, history) = (read("policy.cwr").expect("a policy"), read("history.jsonl").expect("a history"));
    let (ours, theirs) = arguments(&read("args").unwrap_or_default());
    let plan = engine::plan(&policy);
    let run = engine::simulate(&plan, &[&history], &ours).expect("a replay");
    let digest = plan.digest.clone();
    let by_reference = reference::simulate(&policy, &history, &reference::Options { digest, ..theirs });
    same_or_updated(&folder.join("run.json"), &read("run.json").unwrap_or_default(), &run)?;
    if by_reference.as_ref() == Ok(&run) {
        Ok(())
    } else {
        Err(format!("the reference evaluator gives {by_reference:?}"))
    }
}

#[test]
fn vectors_give_what_was_worked_out() {
    let folders = folders();
    assert!(folders.len() >= 12, "only {} vectors", folders.len());
    let told = |folder: &PathBuf| replayed(folder).map_err(|error| format!("{}: {error}", folder.display()));
    let wrong: Vec<String> = folders.iter().filter_map(|folder| told(folder).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vectors_say_why_and_are_small() {
    for folder in folders() {
        let policy = fs::read_to_string(folder.join("policy.cwr")).expect("a policy");
        let head: Vec<&str> = policy.lines().take_while(|line| line.starts_with('#')).collect();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(head.len() >= 4 && head[1..].contains(&"#"), "{name}: a sentence, a blank line, and why");
        assert!(policy.contains(&format!("policy {name} {{")), "{name}: the policy has the name of its folder");
        assert!(policy.lines().all(|line| line.chars().count() <= 130), "{name}: a long line");
        assert!(fs::read_to_string(folder.join("history.jsonl")).expect("a history").lines().count() <= 60, "{name}");
    }
}

/// A row of the table: the trap's number, and the tests that stand for it as `file::name` or `replay/NAME`.
fn rows(table: &str) -> Vec<(u32, Vec<String>)> {
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        let number = cells.first()?.parse().ok()?;
        let named = cells.get(2)?.split('`').skip(1).step_by(2).map(String::from).collect();
        Some((number, named))
    });
    rows.collect()
}

#[test]
fn every_trap_has_a_test_that_exists() {
    let table = fs::read_to_string(repository("tests/cases/replay/README.md")).expect("the table");
    let rows = rows(&table);
    assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (1..=34).collect::<Vec<_>>());
    let sources: Vec<PathBuf> =
        ["src", "tests/it"].iter().flat_map(|folder| files_below(&repository(folder), "rs")).collect();
    let mut named = BTreeSet::new();
    for (number, tests) in &rows {
        assert!(!tests.is_empty() || table.contains(&format!("\n| {number} | ")), "trap {number}");
        for test in tests {
            named.insert(test.clone());
            assert!(exists(test, &sources), "trap {number}: there is no test `{test}`");
        }
    }
    let without: Vec<u32> = rows.iter().filter(|(_, tests)| tests.is_empty()).map(|(number, _)| *number).collect();
    assert_eq!(without, NOT_YET, "traps without a test");
    for folder in folders() {
        let name = format!("replay/{}", folder.file_name().expect("a name").to_string_lossy());
        assert!(named.contains(&name), "{name} stands for no trap");
    }
}

/// Traps of commands that do not exist yet.
const NOT_YET: [u32; 0] = [];

/// Whether there is a vector, a case, or a test function in a file of that name.
fn exists(test: &str, sources: &[PathBuf]) -> bool {
    let Some((file, function)) = test.split_once("::") else { return repository("tests/cases").join(test).exists() };
    let is_file = |path: &&PathBuf| path.to_string_lossy().ends_with(&format!("/{file}.rs"));
    let has_it = |path: &PathBuf| {
        let code = fs::read_to_string(path).expect("a source file");
        code.contains(&format!("#[test]\nfn {function}()")) || code.contains(&format!("#[test]\n    fn {function}()"))
    };
    sources.iter().filter(is_file).any(has_it)
}
