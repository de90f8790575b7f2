//! Whether two plans ask the same of every record, so that the counts of one serve the other.

use super::wanted::Wanted;
use crate::plan::{Action, Metric, Plan};

/// Whether a history counted under one plan comes to the same counts under the other: bars, gates' times and trips'
/// numbers do not matter; ticks, signals, metrics and what records match do.
#[must_use]
pub fn counts_alike(one: &Plan, other: &Plan) -> bool {
    one.tick_seconds == other.tick_seconds
        && one.signals == other.signals
        && one.attributes == other.attributes
        && pairwise(&one.metrics, &other.metrics, metrics_alike)
        && pairwise(&one.actions, &other.actions, actions_alike)
        && Wanted::new(one) == Wanted::new(other)
}

fn pairwise<T>(one: &[T], other: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
}

/// The span in which a signal shows that a metric is alive is asked of the counts, not of the records.
fn metrics_alike(one: &Metric, other: &Metric) -> bool {
    one.judge == other.judge && one.kind == other.kind
}

fn actions_alike(one: &Action, other: &Action) -> bool {
    let renewed_by = |action: &Action| action.renew.as_ref().map(|renew| renew.attributes.clone());
    one.name == other.name
        && one.formerly == other.formerly
        && one.matches == other.matches
        && renewed_by(one) == renewed_by(other)
}
