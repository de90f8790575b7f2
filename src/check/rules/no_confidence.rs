//! CWR208 no-confidence: what cannot be undone should not rise on a lucky share.
//!
//! A bare share says what happened, confidence says what can be relied on. Means take no confidence, so a gate may have
//! them beside a bar that has it.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Gate};
use crate::value::Risk;

/// Bars that one diagnostic points at.
const LABELS: usize = 4;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let Some(what) = grave(action).filter(|_| action.ceiling.is_none() && !action.incomplete) else { continue };
        let bare: Vec<&Clause<Bar>> = action.live_gates().flat_map(|gate| bare(subject, gate)).collect();
        if bare.is_empty() {
            continue;
        }
        let message = format!("`{}` is {what} and may reach run without confidence in its bars", action.name);
        let mut finding = Diagnostic::new(Code::NoConfidence, action.irreversible.unwrap_or(action.at), message);
        for bar in bare.iter().take(LABELS) {
            let what = if is_mean(subject, bar) { "mean" } else { "share" };
            finding = finding.also(bar.at, format!("a bare {what}: luck clears it too"));
        }
        let means = bare.iter().all(|bar| is_mean(subject, bar));
        let cure = if means { "add a bar with `confidence 95%`" } else { "write `confidence 95%` on every bar" };
        findings.push(finding.help(format!("{cure}, or end below with `ceiling walk because \"…\"`")));
    }
}

fn is_mean(subject: &Subject, bar: &Clause<Bar>) -> bool {
    subject.metric(bar.value.metric).is_mean()
}

/// What makes a mistake of it grave.
fn grave(action: &Action) -> Option<&'static str> {
    match action.risk {
        _ if action.irreversible.is_some() => Some("irreversible"),
        Risk::Critical => Some("of critical risk"),
        Risk::Low | Risk::Moderate | Risk::High => None,
    }
}

/// The bars of a gate that could ask for confidence and do not; all of them where none can.
fn bare<'a>(subject: &Subject, gate: &'a Gate) -> Vec<&'a Clause<Bar>> {
    let (sure, bare): (Vec<_>, Vec<_>) = gate.bars.iter().partition(|bar| bar.value.confidence.is_some());
    let could = |bar: &&Clause<Bar>| sure.is_empty() || !is_mean(subject, bar);
    bare.into_iter().filter(could).collect()
}
