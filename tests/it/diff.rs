//! `cwrc diff`: the class of every edit of a policy that has every clause, and the laws of the classes on random ones.

use crate::engine::{self, Arguments};
use crate::repository;
use cwrc::analysis::Analysis;
use cwrc::diff::{Class, Diff, Side, diff};
use cwrc::replay::{Approvals, Options};
use std::fmt::Write as _;

/// What changed between two texts, and whether each witness keeps its word.
fn compared(old: &Analysis, new: &Analysis) -> Diff {
    let side = |one: &'static Analysis| Side::new(one.policy.as_ref().expect("a policy"), &one.sources);
    let leak = |one: &Analysis| Box::leak(Box::new(one.clone()));
    let (one, other) = (side(leak(old)), side(leak(new)));
    let found = diff(&one, &other);
    for change in &found.changes {
        assert_eq!(change.class == Class::Loosens, change.witness.is_some(), "{change:?}");
    }
    for witness in &found.witnesses {
        let approvals = if witness.no_approvals { Approvals::Never } else { Approvals::Assumed };
        let arguments = Arguments { replay: Options { approvals, ..Options::default() }, ..Arguments::default() };
        let log = |side: &Side| {
            let counts = engine::count(&side.plan, &[&witness.history], &arguments);
            let run = engine::replay(&side.plan, &counts, &arguments).expect("a replay");
            assert_eq!(counts.intake.bad_lines(), 0, "{}", witness.history);
            let at = |it: &cwrc::replay::Decision| it.at * side.plan.tick_seconds;
            run.decisions.iter().map(|it| format!("{} {:?} {} {}", at(it), it.detail.kind(), it.from, it.to)).collect::<Vec<_>>()
        };
        assert_ne!(log(&one), log(&other), "{}\n{}", witness.shows, witness.history);
    }
    found
}

/// The edits of a file: what stands in the base, and what stands there instead.
fn edits() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(repository("tests/cases/diff/edits.txt")).expect("the edits");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once(" =>").map(|(from, to)| (from.to_owned(), to.trim().to_owned())).expect("FROM => TO")).collect()
}

#[test]
fn every_edit_is_of_its_class() {
    let base = std::fs::read_to_string(repository("tests/cases/diff/base.cwr")).expect("the base");
    let old = engine::analyzed(&base);
    let mut told = String::new();
    for (from, to) in edits() {
        assert!(base.contains(&from), "{from}");
        writeln!(told, "{from} => {to}").expect("memory");
        let new = engine::looked_at(&base.replace(&from, &to));
        if let Some(error) = new.diagnostics.iter().find(|it| it.severity() == cwrc::diagnostic::Severity::Error) {
            writeln!(told, "  refused: {}", error.message).expect("memory");
            continue;
        }
        let found = compared(&old, &new);
        for it in &found.changes {
            let text = |said: &Option<cwrc::diff::Said>| said.as_ref().map_or("nothing".to_owned(), |it| it.text.clone());
            writeln!(told, "  {} {}", it.class.word(), it.path).expect("memory");
            writeln!(told, "    {} -> {}", text(&it.before), text(&it.after)).expect("memory");
            writeln!(told, "    {}", it.because).expect("memory");
        }
        for it in &found.witnesses {
            writeln!(told, "  witness of {} lines", it.history.lines().count()).expect("memory");
        }
    }
    crate::golden(&repository("tests/cases/diff/edits.txt"), &told);
}
