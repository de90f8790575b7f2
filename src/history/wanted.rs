//! What a policy asks of every record, worked out once.

use super::sample::heeded;
use crate::model::policy::{Judge, MetricId, SignalId};
use crate::plan::{Action, Plan};

/// What the policy asks of every record, worked out once.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Per action type: the metrics its gates use.
    pub(crate) evidence: Vec<Vec<MetricId>>,
    /// Per action type: the customer metrics among them.
    pub(crate) customer: Vec<Vec<MetricId>>,
    /// All metrics of reviewers and staff.
    pub(crate) colleagues: Vec<MetricId>,
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
        let evidence: Vec<Vec<MetricId>> = plan.actions.iter().map(metrics_of).collect();
        let judged_by_customer = |id: &MetricId| plan.metrics[id.index()].judge == Judge::Customer;
        let customer = evidence.iter().map(|ids| ids.iter().copied().filter(judged_by_customer).collect()).collect();
        let metrics = || (0..plan.metrics.len()).map(MetricId::new);
        let colleagues = metrics().filter(|id| !judged_by_customer(id)).collect();
        let heeds = |signal: usize, id: &MetricId| heeded(&plan.metrics[id.index()]).any(|it| it.index() == signal);
        let heeding = |signal: usize| metrics().filter(|id| heeds(signal, id)).collect();
        let trips = || plan.actions.iter().flat_map(|action| &action.trips);
        Self {
            evidence,
            customer,
            colleagues,
            tripping: flags(plan, trips().flat_map(|trip| &trip.signals)),
            noticed: flags(plan, trips().filter(|trip| trip.everywhere).flat_map(|trip| &trip.signals)),
            alive: flags(plan, plan.metrics.iter().filter_map(|it| it.alive.as_ref()).flat_map(|(signals, _)| signals)),
            heeding: (0..plan.signals.len()).map(heeding).collect(),
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
