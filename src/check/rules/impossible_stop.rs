//! CWR218 impossible-stop: a decision gate that comes before anything could have been decided always says stop.
//!
//! The sum is the longest settle or within of the gate's bars, plus hold, plus cooldown, which promotions wait for
//! after a demotion; `stop after` has to be longer.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Clause, Gate, Origin};
use crate::source::Span;
use crate::value::Duration;

/// One summand.
struct Part {
    length: Duration,
    /// What it is, as it goes on after its length.
    what: String,
    /// What happens there.
    label: &'static str,
    at: Span,
    from: Origin,
}

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        let Some(stop) = &gate.stop else { continue };
        let parts = parts(subject, action, gate);
        let sum: i64 = parts.iter().map(|part| part.length.seconds()).sum();
        if stop.value.seconds() > sum {
            continue;
        }
        let own = parts.iter().find(|part| part.from == Origin::Action).filter(|_| stop.from != Origin::Action);
        let primary = own.map_or(stop.at, |part| part.at);
        let message = format!(
            "`stop after {}` comes before gate `{}` could be met: {}",
            stop.value,
            gate.step,
            addition(&parts, sum)
        );
        let mut finding = Diagnostic::new(Code::ImpossibleStop, primary, message)
            .help(format!("write `stop after {}` or longer", durations::longer_than(sum, subject.policy.tick)));
        let stop_label = (stop.at, "ends the attempt");
        for (at, text) in parts.iter().map(|part| (part.at, part.label)).chain([stop_label]) {
            finding = if at == primary { finding.label(text) } else { finding.also(at, text) };
        }
        findings.about(action, parts.iter().map(|part| part.from).chain([stop.from]), finding);
    }
}

/// `30d until `x` counts + 14d hold = 44d`
fn addition(parts: &[Part], sum: i64) -> String {
    let summands: Vec<String> = parts.iter().map(|part| format!("{} {}", part.length, part.what)).collect();
    let result = if parts.len() > 1 { format!(" = {}", durations::written(sum)) } else { String::new() };
    summands.join(" + ") + &result
}

/// What has to pass before a promotion: the longest delay of a bar, the hold, the cooldown.
fn parts(subject: &Subject, action: &Action, gate: &Gate) -> Vec<Part> {
    let delays = gate.bars.iter().filter_map(|bar| {
        let metric = subject.metric(bar.value.metric);
        let what = format!("until `{}` counts", metric.name);
        Some(Part {
            length: metric.delay()?,
            what,
            label: "its samples take long",
            at: bar.value.places.metric,
            from: bar.from,
        })
    });
    // The first of equally long ones.
    let longest = delays.reduce(|one, other| if other.length.seconds() > one.length.seconds() { other } else { one });
    let named = |what: &str, label, clause: &Option<Clause<Duration>>| {
        clause.as_ref().map(|it| Part { length: it.value, what: what.to_owned(), label, at: it.at, from: it.from })
    };
    let hold = named("hold", "the bars have to stay cleared", &gate.hold);
    let cooldown = named("cooldown", "promotions wait after a demotion", &action.cooldown);
    [longest, hold, cooldown].into_iter().flatten().collect()
}
