//! How many samples arrive: stated, or as a history has them.

use crate::history::Counts;
use crate::model::policy::{ActionId, MetricId};
use crate::odds::Flow;
use crate::plan::{Bar, Plan};
use crate::value::{Decimal, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// The traffic of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// By action type, as stated: each record is a sample of every metric.
    Given(BTreeMap<ActionId, Flow>),
    /// By action type and metric, as a history has it.
    Measured(BTreeMap<(ActionId, MetricId), Flow>),
}

impl Traffic {
    /// What a history has: the records of an action type, evenly over the whole history, and of them the share that
    /// gave a sample of the metric where any did.
    #[must_use]
    pub fn measured(plan: &Plan, counts: &Counts) -> Self {
        let ticks = (counts.last_boundary(plan.tick_seconds) - counts.first_tick(plan.tick_seconds)).max(1);
        let records = |action: ActionId, tiers: Option<&BTreeSet<Option<Tier>>>| -> i128 {
            let of = counts.exposure.iter().filter(|(key, _)| key.action == action);
            let of = of.filter(|(key, _)| tiers.is_none_or(|tiers| tiers.contains(&key.tier)));
            of.flat_map(|(_, ticks)| ticks).map(|(_, n)| i128::from(*n)).sum()
        };
        // Of each metric of each action type: how many samples, and at which tiers.
        let mut samples: BTreeMap<_, (i128, BTreeSet<Option<Tier>>)> = BTreeMap::new();
        for (series, ticks) in &counts.samples {
            let known = samples.entry((series.action, series.metric)).or_default();
            known.0 += ticks.iter().map(|(_, tally)| i128::from(tally.n)).sum::<i128>();
            known.1.insert(series.tier);
        }
        let flows = samples.into_iter().filter_map(|((action, metric), (n, tiers))| {
            let there = records(action, Some(&tiers)).max(1).checked_mul(i128::from(ticks))?;
            let count = n.checked_mul(records(action, None))?.checked_mul(1_000_000)? / there;
            let flow = Flow { count: Decimal::from_millionths(count), per_seconds: plan.tick_seconds };
            (count > 0).then_some(((action, metric), flow))
        });
        Self::Measured(flows.collect())
    }

    /// How many samples of a metric of an action type arrive; `None` where that is not known.
    #[must_use]
    pub fn of(&self, action: ActionId, metric: MetricId) -> Option<Flow> {
        match self {
            Self::Given(flows) => flows.get(&action).copied(),
            Self::Measured(flows) => flows.get(&(action, metric)).copied(),
        }
    }

    /// The traffic of one action type, as that of number 0.
    #[must_use]
    pub fn alone(&self, action: ActionId) -> Self {
        let first = ActionId::new(0);
        match self {
            Self::Given(flows) => Self::Given(flows.get(&action).map(|flow| (first, *flow)).into_iter().collect()),
            Self::Measured(flows) => {
                let of = flows.iter().filter(|((of, _), _)| *of == action);
                Self::Measured(of.map(|((_, metric), flow)| ((first, *metric), *flow)).collect())
            }
        }
    }

    /// How many samples of each metric of these bars arrive, or which metric is not known.
    pub fn of_bars<'a>(
        &self,
        action: ActionId,
        bars: impl Iterator<Item = &'a Bar>,
    ) -> Result<Vec<(MetricId, Flow)>, MetricId> {
        bars.map(|bar| Ok((bar.metric, self.of(action, bar.metric).ok_or(bar.metric)?))).collect()
    }
}
