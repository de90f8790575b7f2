//! CWR204 no-hold: one lucky look must not promote; the bars have to stay cleared for a while.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let tick = subject.policy.tick;
    for (action, gate) in subject.live_gates() {
        if let Some(hold) = &gate.hold {
            if hold.value.seconds() < tick.seconds() {
                let message = format!("`hold {}` is shorter than one tick of {tick}", hold.value);
                let help = format!("write `hold {}` or longer", durations::written(tick.seconds()));
                findings.about(action, [hold.from], Diagnostic::new(Code::NoHold, hold.at, message).help(help));
            }
        } else if !gate.hold_unread {
            let finding = Diagnostic::new(Code::NoHold, gate.at, format!("gate `{}` has no hold", gate.step))
                .help("say how long its bars have to stay cleared: `hold 14d`");
            findings.about(action, [subject.owner(action, gate.at)], finding);
        }
    }
}
