//! CWR212 unused-name: a signal, metric or ladder that nothing names is not what its readers take it for.
//!
//! Only what the file of the `policy` block declares itself: a library may offer more than one policy takes. What only
//! an unused metric or ladder names counts as used, so that one mistake is told once.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let policy = subject.policy;
    if policy.incomplete {
        return;
    }
    let signals = policy.signals.iter().map(|it| (it.at, "signal", &it.name, "take it into a metric or a trip"));
    let metrics = policy.metrics.iter().map(|it| (it.at, "metric", &it.name, "ask for it in a `bar` or `keep`"));
    let ladders = policy.ladders.iter().map(|it| (it.at, "ladder", &it.name, "let an action follow it"));
    let is_unused = |at: Span| at.file == policy.at.file && policy.unnamed.contains(&at);
    for (at, kind, name, use_of_it) in signals.chain(metrics).chain(ladders).filter(|(at, ..)| is_unused(*at)) {
        let finding = Diagnostic::new(Code::UnusedName, at, format!("nothing uses {kind} `{name}`"));
        findings.push(finding.help(format!("leave it out, or {use_of_it}")));
    }
}
