//! CWR308 repeated-looks: the level of `exact` and `wilson` is that of one look, and a sliding window gets one per tick.
//!
//! `anytime` over a sliding window is CWR305, a bar that cannot be reached CWR304.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Bar, Confidence, Method, Window};
use crate::plan::compile::promotion_rule;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        for bar in &gate.bars {
            if let Some(finding) = looked_at(subject, &bar.value) {
                findings.about(action, [bar.from], finding);
            }
        }
    }
}

fn looked_at(subject: &Subject, bar: &Bar) -> Option<Diagnostic> {
    let (confidence, Window::Sliding(window)) = (bar.confidence?, bar.window) else { return None };
    let table = subject.looks.table(promotion_rule(subject.metric(bar.metric), bar, bar.target)?);
    if confidence.method == Method::Anytime || !table.clears(u64::from(bar.min), 0) {
        return None;
    }
    let (level, tick) = (words::percent(confidence.level), subject.policy.tick);
    let method = confidence.method.word();
    let message = format!("{level} is the level of one look, and this bar is looked at every {tick}");
    let anytime = words::confidence(Confidence { method: Method::Anytime, ..confidence });
    let finding = Diagnostic::new(Code::RepeatedLooks, bar.places.confidence, message)
        .label(format!("`{method}` says nothing about the next look"))
        .also(bar.places.window, format!("looks at another {window} each time"));
    let help = format!("write `over tier` and `{anytime}`, which holds however often it is looked at");
    Some(finding.help(help + &words::margin_apart(subject.metric(bar.metric), bar)))
}
