//! CWR105 overlapping-actions: a record of two action types would be evidence for both, and gated by whichever is looser.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Predicate};
use crate::overlap::{self, Accepted, Budget, Example};
use std::borrow::Cow;

/// Other actions that one diagnostic points at.
const LABELS: usize = 4;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let actions = &subject.policy.actions;
    let predicates: Vec<Cow<Predicate>> = actions.iter().map(overlap::predicate).collect();
    let accepted = Accepted::of(predicates.iter().map(AsRef::as_ref));
    let mut budget = Budget::default();
    for (later, action) in actions.iter().enumerate() {
        let mut found: Vec<(&Action, Example)> = Vec::new();
        for earlier in accepted.rivals(later) {
            let both = [predicates[earlier].as_ref(), predicates[later].as_ref()];
            match overlap::example(&both, &mut budget) {
                Ok(None) => {}
                Ok(Some(example)) => found.push((&actions[earlier], example)),
                Err(overlap::TooInvolved) => {
                    findings.push(too_involved(action, &actions[earlier], &budget));
                    if budget.is_spent() {
                        return;
                    }
                }
            }
        }
        found_overlaps(subject, findings, action, &found);
    }
}

fn found_overlaps(subject: &Subject, findings: &mut Findings, action: &Action, found: &[(&Action, Example)]) {
    let [(first, example), rest @ ..] = found else { return };
    let message = format!("`{}` matches a record that `{}` matches too", action.name, first.name);
    let mut finding = Diagnostic::new(Code::OverlappingActions, action.matches_at, message)
        .label(default_label(action).unwrap_or_default())
        .also(first.matches_at, default_label(first).unwrap_or_else(|| format!("`{}` matches it too", first.name)));
    for (other, _) in rest.iter().take(LABELS - 1) {
        finding = finding.also(other.matches_at, format!("another record is matched by `{}` too", other.name));
    }
    let more = rest.len().saturating_sub(LABELS - 1);
    let more = if more == 0 { String::new() } else { format!("; {more} more overlap with `{}`", action.name) };
    findings.push(finding.help(format!(
        "both match {}: say what tells them apart{more}",
        example.shown(&subject.policy.attributes, &first.name)
    )));
}

/// What an action without `matches` takes.
fn default_label(action: &Action) -> Option<String> {
    overlap::is_default(action).then(|| match action.formerly.as_slice() {
        [] => format!("without `matches` it takes every record whose action is `{}`", action.name),
        old => {
            format!("without `matches` it takes the records of its names: `{}`, `{}`", action.name, old.join("`, `"))
        }
    })
}

fn too_involved(action: &Action, other: &Action, budget: &Budget) -> Diagnostic {
    let (names, help) =
        (format!("`{}` and `{}`", action.name, other.name), "ask for an action first: `action == \"…\" and …`");
    let (message, help) = if budget.is_spent() {
        (format!("too many predicates to compare each with each: stopped at {names}"), help)
    } else {
        (format!("the predicates of {names} are too involved to compare"), "use fewer `or`s over different attributes")
    };
    Diagnostic::new(Code::UnreadableInput, action.matches_at, message)
        .also(other.matches_at, "compared with this one")
        .help(help)
}
