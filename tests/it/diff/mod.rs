//! `cwrc diff`: the class of every edit of a policy that has every clause, and the laws of the classes on random ones.

mod classes;

use crate::engine::{self, Arguments};
use crate::repository;
use cwrc::analysis::Analysis;
use cwrc::diagnostic::Severity;
use cwrc::diff::{Class, Diff, Said, Side, diff};
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
            run.decisions
                .iter()
                .map(|it| format!("{} {:?} {} {}", at(it), it.detail.kind(), it.from, it.to))
                .collect::<Vec<_>>()
        };
        assert_ne!(log(&one), log(&other), "{}\n{}", witness.shows, witness.history);
    }
    found
}

/// The edits of a file: what stands in the base, and what stands there instead.
fn edits() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(repository("tests/cases/diff/edits.txt")).expect("the edits");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once(" =>").map(|(from, to)| (from.to_owned(), to.trim().to_owned())).expect("FROM => TO")
        })
        .collect()
}

/// What one edit of the base comes to.
fn told(base: &str, old: &Analysis, (from, to): &(String, String)) -> String {
    let mut told = format!("{from} => {to}\n");
    assert!(base.contains(from.as_str()), "{from}");
    let new = engine::looked_at(&base.replace(from, to));
    if let Some(error) = new.diagnostics.iter().find(|it| it.severity() == Severity::Error) {
        return told + &format!("  refused: {}\n", error.message);
    }
    let found = compared(old, &new);
    for it in &found.changes {
        let text = |said: &Option<Said>| said.as_ref().map_or("nothing".to_owned(), |it| it.text.clone());
        writeln!(told, "  {} {}", it.class.word(), it.path).expect("memory");
        writeln!(told, "    {} -> {}", text(&it.before), text(&it.after)).expect("memory");
        writeln!(told, "    {}", it.because).expect("memory");
        for moved in &it.moved {
            writeln!(told, "    {} from {:?} to {:?}", moved.record, moved.from, moved.to).expect("memory");
        }
    }
    for it in &found.witnesses {
        writeln!(told, "  witness of {} lines", it.history.lines().count()).expect("memory");
    }
    told
}

#[test]
fn every_edit_is_of_its_class() {
    let base = std::fs::read_to_string(repository("tests/cases/diff/base.cwr")).expect("the base");
    let old = engine::analyzed(&base);
    let edits = edits();
    let (base, old) = (&base, &old);
    let all: String = std::thread::scope(|scope| {
        let parts = edits.chunks(edits.len().div_ceil(4));
        let run = |part: &[(String, String)]| part.iter().map(|edit| told(base, old, edit)).collect::<String>();
        let parts: Vec<_> = parts.map(|part| scope.spawn(move || run(part))).collect();
        parts.into_iter().map(|part| part.join().expect("a part")).collect()
    });
    crate::golden(&repository("tests/cases/diff/edits.txt"), &all);
}
