//! How rules print values: as one would write them in a policy.

use crate::model::policy::{Bar, Confidence, Metric, MetricKind, Promise, Window};
use crate::value::Decimal;

/// A share as a percentage: `97.5%`.
pub(super) fn percent(share: Decimal) -> String {
    format!("{}%", hundredfold(share))
}

/// A value in the unit of a metric's target: `97.5%`, or `4.2` for means.
pub(super) fn target(metric: &Metric, value: Decimal) -> String {
    if metric.is_mean() { value.to_string() } else { percent(value) }
}

/// A value in the unit of a metric's margin: `4pp`, or `0.2` for means.
pub(super) fn margin(metric: &Metric, value: Decimal) -> String {
    if metric.is_mean() { value.to_string() } else { format!("{}pp", hundredfold(value)) }
}

/// The comparison of a bar: `acceptance >= 90%`.
pub(super) fn bar(metric: &Metric, bar: &Bar) -> String {
    format!("{} {} {}", metric.name, bar.op.sign(), target(metric, bar.target))
}

/// An agent with a true rate: `an agent that is right 93% of the time`.
pub(super) fn agent(metric: &Metric, rate: Decimal) -> String {
    match metric.kind {
        MetricKind::Verdict { .. } => format!("an agent that is right {} of the time", percent(rate)),
        MetricKind::Event { .. } | MetricKind::Mean { .. } => {
            format!("an agent with a true `{}` of {}", metric.name, target(metric, rate))
        }
    }
}

/// The confidence of a bar: `confidence 95% exact`.
pub(super) fn confidence(confidence: Confidence) -> String {
    format!("confidence {} {}", percent(confidence.level), confidence.method.word())
}

/// What a promise speaks of and how it bounds it: `promotes`, `at most`.
pub(super) fn promise(promise: Promise) -> (&'static str, &'static str) {
    let verb = if promise.demotes { "demotes" } else { "promotes" };
    (verb, if promise.at_least { "at least" } else { "at most" })
}

/// So many samples, in words: `1 sample`.
pub(super) fn samples(count: u32) -> String {
    format!("{count} {}", if count == 1 { "sample" } else { "samples" })
}

/// How often, in words: `once`, `12 times`.
pub(super) fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

/// How many samples a day make so many in so many seconds, rounded up to a tenth.
pub(super) fn a_day(samples: u64, seconds: i64) -> String {
    let seconds = i128::from(seconds.max(1));
    let tenths = (i128::from(samples) * 864_000 + seconds - 1) / seconds;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
}

fn hundredfold(share: Decimal) -> Decimal {
    share.share_of(Decimal::whole(100))
}

/// What else to do where a bar is to look `over tier`: such a bar takes no margin, so a keep bar carries it.
pub(super) fn margin_apart(metric: &Metric, bar: &Bar) -> String {
    let (Some(width), Window::Sliding(window)) = (bar.margin, bar.window) else { return String::new() };
    let (test, margin) = (self::bar(metric, bar), margin(metric, width));
    format!("; its margin moves to a keep bar: `keep {test} over {window} min {} margin {margin}`", bar.min)
}
