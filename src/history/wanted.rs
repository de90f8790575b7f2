//! What a policy asks of every record, worked out once.

use super::footprint::Footprints;
use super::sample::Rule;
use crate::model::policy::{Judge, MetricId, SignalId};
use crate::plan::{Action, Plan};

/// What the policy asks of every record, worked out once.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Per metric: how it looks at a record.
    pub(crate) rules: Vec<Rule>,
    /// Per metric: whether customers judge, rather than reviewers and staff.
    pub(crate) is_customer: Vec<bool>,
    /// Per action type: the metrics its gates use.
    pub(crate) evidence: Vec<Vec<MetricId>>,
    /// Per action type: whether records of one tick that have the same footprint are alike.
    pub(crate) even: Vec<bool>,
    /// What matters of the outcomes of records that are alike.
    pub(crate) footprints: Footprints,
    /// Whether trips or `alive` look at signals, whatever their record is.
    pub(crate) hears: bool,
    /// Signals that some trip counts.
    pub(crate) tripping: Vec<bool>,
    /// Signals that a trip of the policy counts.
    pub(crate) noticed: Vec<bool>,
    /// Signals that some `alive` names.
    pub(crate) alive: Vec<bool>,
    /// Per signal: the metrics that heed it.
    pub(crate) heeding: Vec<Vec<MetricId>>,
}

impl Wanted {
    /// What this plan asks.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let rule = |metric| Rule::new(metric, plan.signals.len(), plan.tick_seconds);
        let rules: Vec<Rule> = plan.metrics.iter().map(rule).collect();
        let metrics = || (0..plan.metrics.len()).map(MetricId::new);
        let heeding = |signal| metrics().filter(|id| rules[id.index()].heeds(signal)).collect();
        let heeding = (0..plan.signals.len()).map(SignalId::new).map(heeding).collect();
        let evidence: Vec<Vec<MetricId>> = plan.actions.iter().map(metrics_of).collect();
        let is_even = |ids: &Vec<MetricId>| ids.iter().all(|id| rules[id.index()].is_even());
        let trips = || plan.actions.iter().flat_map(|action| &action.trips);
        let tripping = flags(plan, trips().flat_map(|trip| &trip.signals));
        let alive =
            flags(plan, plan.metrics.iter().filter_map(|it| it.alive.as_ref()).flat_map(|(signals, _)| signals));
        Self {
            even: evidence.iter().map(is_even).collect(),
            footprints: Footprints::new(&rules, plan.signals.len()),
            evidence,
            hears: tripping.iter().chain(&alive).any(|flag| *flag),
            tripping,
            noticed: flags(plan, trips().filter(|trip| trip.everywhere).flat_map(|trip| &trip.signals)),
            alive,
            heeding,
            rules,
            is_customer: plan.metrics.iter().map(|metric| metric.judge == Judge::Customer).collect(),
        }
    }
}

fn metrics_of(action: &Action) -> Vec<MetricId> {
    let mut ids: Vec<MetricId> = action.bars().map(|bar| bar.metric).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn flags<'a>(plan: &Plan, signals: impl Iterator<Item = &'a SignalId>) -> Vec<bool> {
    let mut flags = vec![false; plan.signals.len()];
    for signal in signals {
        flags[signal.index()] = true;
    }
    flags
}
