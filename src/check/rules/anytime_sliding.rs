//! CWR305 anytime-sliding: an anytime bound is honest from one fixed start; a sliding window restarts it at every look.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Confidence, Method, Window};

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        for bar in action.gates.iter().flatten().flat_map(|gate| &gate.bars) {
            check_bar(subject, findings, action, bar);
        }
    }
}

fn check_bar(subject: &Subject, findings: &mut Findings, action: &Action, bar: &Clause<Bar>) {
    let (Some(confidence), Window::Sliding(window)) = (bar.value.confidence, bar.value.window) else { return };
    if confidence.method != Method::Anytime {
        return;
    }
    let exact = words::confidence(Confidence { method: Method::Exact, ..confidence });
    let apart = words::margin_apart(subject.metric(bar.value.metric), &bar.value);
    let finding = Diagnostic::new(Code::AnytimeSliding, bar.value.places.confidence, "`anytime` over a sliding window")
        .label("honest from one fixed start only")
        .also(bar.value.places.window, format!("starts anew at every look, {window} back"))
        .help(format!("keep the window and write `{exact}`, or write `over tier`{apart}"));
    findings.about(action, [bar.from], finding);
}
