//! How rules print values: as one would write them in a policy.

use crate::model::policy::{Bar, Confidence, Metric};
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

/// The confidence of a bar: `confidence 95% exact`.
pub(super) fn confidence(confidence: Confidence) -> String {
    format!("confidence {} {}", percent(confidence.level), confidence.method.word())
}

/// So many samples, in words: `1 sample`.
pub(super) fn samples(count: u32) -> String {
    format!("{count} {}", if count == 1 { "sample" } else { "samples" })
}

fn hundredfold(share: Decimal) -> Decimal {
    share.share_of(Decimal::whole(100))
}
