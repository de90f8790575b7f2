//! Agents whose true rates are so far from what the bars ask.

use crate::model::policy::MetricId;
use crate::plan::{Bar, Metric, MetricKind, Plan};
use crate::value::Decimal;
use std::collections::BTreeMap;

/// How far agents are from their bars where nobody says otherwise, in hundredths of the scale.
const AROUND: [i64; 6] = [-5, -2, -1, 0, 1, 2];

/// Whether smaller rates are better.
#[must_use]
pub fn lower_is_better(metric: &Metric) -> bool {
    match metric.kind {
        MetricKind::Verdict { .. } => false,
        MetricKind::Event { .. } => true,
        MetricKind::Mean { lower_is_better, .. } => lower_is_better,
    }
}

/// The least and the greatest rate.
#[must_use]
pub fn scale(metric: &Metric) -> (Decimal, Decimal) {
    match metric.kind {
        MetricKind::Mean { low, high, .. } => {
            let [low, high] = [low, high].map(|end| Decimal::from_millionths(i128::from(end)));
            (low, high)
        }
        MetricKind::Verdict { .. } | MetricKind::Event { .. } => (Decimal::ZERO, Decimal::ONE),
    }
}

/// The rate that is by this share of the scale better than a target, or worse where it is negative.
#[must_use]
pub fn rate(metric: &Metric, target: Decimal, better: Decimal) -> Decimal {
    let (low, high) = scale(metric);
    let step = better.share_of(high.minus(low));
    let rate = if lower_is_better(metric) { target.minus(step) } else { target.plus(step) };
    rate.clamp(low, high)
}

/// By metric the hardest target of these bars.
fn targets<'a>(plan: &Plan, bars: impl Iterator<Item = &'a Bar>) -> BTreeMap<MetricId, Decimal> {
    let mut hardest: BTreeMap<MetricId, Decimal> = BTreeMap::new();
    for bar in bars {
        let lower = lower_is_better(&plan.metrics[bar.metric.index()]);
        let known = hardest.entry(bar.metric).or_insert(bar.target);
        *known = if lower { bar.target.min(*known) } else { bar.target.max(*known) };
    }
    hardest
}

/// The true rates of an agent that is by so much better than the hardest of these bars asks, metric by metric.
#[must_use]
pub fn rates<'a>(plan: &Plan, bars: impl Iterator<Item = &'a Bar>, better: Decimal) -> Vec<(MetricId, Decimal)> {
    let targets = targets(plan, bars).into_iter();
    targets.map(|(id, target)| (id, rate(&plan.metrics[id.index()], target, better))).collect()
}

/// How far from these bars agents are looked at: as asked, but no farther than the scales reach, and each once.
#[must_use]
pub fn around<'a>(plan: &Plan, bars: impl Iterator<Item = &'a Bar>, asked: Option<&[Decimal]>) -> Vec<Decimal> {
    let targets = targets(plan, bars);
    let room = |up: bool| {
        let rooms = targets.iter().map(|(id, target)| {
            let metric = &plan.metrics[id.index()];
            let ((low, high), lower) = (scale(metric), lower_is_better(metric));
            let room = if up == lower { target.minus(low) } else { high.minus(*target) };
            share(room, high.minus(low))
        });
        rooms.min().unwrap_or(Decimal::ZERO)
    };
    let (worst, best) = (Decimal::ZERO.minus(room(false)), room(true));
    let usual = || AROUND.map(|points| Decimal::whole(points).percent()).to_vec();
    let mut points = asked.map_or_else(usual, <[Decimal]>::to_vec);
    for point in &mut points {
        *point = (*point).clamp(worst, best);
    }
    points.sort_unstable();
    points.dedup();
    points
}

/// What share of a scale's width something is, in hundred-millionths and never too much.
pub(super) fn share(part: Decimal, width: Decimal) -> Decimal {
    let width = width.units() / 1_000_000_000;
    let share = part.units().saturating_div(10).checked_div(width).unwrap_or(0);
    Decimal::from_hundred_millionths(i64::try_from(share).unwrap_or(i64::MAX))
}
