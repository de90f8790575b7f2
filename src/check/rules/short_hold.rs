//! CWR301 short-hold: a hold shorter than half the window looks at mostly the same data again.
//!
//! Two looks a hold apart share all of a sliding window but the hold. Of several bars the one with the longest window
//! counts: it is the one that learns the least.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Bar, Clause, Gate, Origin, Window};
use crate::value::Duration;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        let (Some(hold), Some((bar, window))) = (&gate.hold, longest(gate)) else { continue };
        let length = hold.value;
        // A hold between two looks is CWR102 or CWR204.
        let off_tick = length.seconds() % subject.policy.tick.seconds() != 0;
        if off_tick || length.seconds() * 2 >= window.seconds() {
            continue;
        }
        let message =
            format!("`hold {length}` is shorter than half the window of `{}`", subject.metric(bar.value.metric).name);
        let shared = durations::written(window.seconds() - length.seconds());
        let here = format!("the last look shares {shared} of {window} with the first");
        let own_bar = hold.from != Origin::Action && bar.from == Origin::Action;
        let (primary, label) = if own_bar { (bar.value.places.window, here) } else { (hold.at, here) };
        let (other, text) =
            if own_bar { (hold.at, "held here") } else { (bar.value.places.window, "looks back this far") };
        let least = durations::at_least((window.seconds() + 1) / 2, subject.policy.tick);
        let finding = Diagnostic::new(Code::ShortHold, primary, message)
            .label(label)
            .also(other, text)
            .help(format!("write `hold {least}` or longer; `hold {window}` looks at fresh data only"));
        findings.about(action, [hold.from, bar.from], finding);
    }
}

/// The bar with the longest sliding window, the first of equal ones.
fn longest(gate: &Gate) -> Option<(&Clause<Bar>, Duration)> {
    let sliding = gate.bars.iter().filter_map(|bar| match bar.value.window {
        Window::Sliding(window) => Some((bar, window)),
        Window::Tier => None,
    });
    sliding.reduce(|one, other| if other.1.seconds() > one.1.seconds() { other } else { one })
}
