//! What a gate amounts to, before and after: below what it falls back, how soon that shows, how soon it promotes.

use super::side::{Pair, Side};
use crate::model::policy::{Bar, Gate};
use crate::plan::compile::edge;
use crate::value::{Decimal, Step, Tier};

/// A gate of an action type that reads otherwise now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gates {
    /// The action type, by its new name.
    pub action: String,
    /// The gate.
    pub step: Step,
    /// Before; `None`: there was none below the ceiling.
    pub before: Option<Reach>,
    /// After.
    pub after: Option<Reach>,
}

/// What a gate amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The bars, in the policy's own words.
    pub bars: Vec<String>,
    /// Metric and edge of each keep bar: beyond it the tier is lost. A share, or for a mean a value.
    pub falls_back: Vec<Edge>,
    /// Seconds from a bad action until it can be seen: the settle or within of the quickest keep metric, and a tick.
    pub reaction: i64,
    /// Seconds from entering the tier below to the earliest promotion: the longest settle or within, a tick, the hold.
    pub earliest: i64,
}

/// The edge of a keep bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The metric's name.
    pub metric: String,
    /// It falls back above rather than below.
    pub above: bool,
    /// The value.
    pub value: Decimal,
    /// It is a mean rather than a share.
    pub is_mean: bool,
}

/// The gates of action types in both policies that read otherwise now.
pub(super) fn gates(old: &Side, new: &Side, pairs: &[Pair]) -> Vec<Gates> {
    let mut all = Vec::new();
    for pair in pairs {
        // That an action type is gone says all of its gates.
        let Some(name) = pair.new.map(|id| &new.action(id).name) else { continue };
        for step in Step::ALL {
            let before = pair.old.and_then(|id| reach(old, old.action(id), step));
            let after = pair.new.and_then(|id| reach(new, new.action(id), step));
            if before != after {
                all.push(Gates { action: name.clone(), step, before, after });
            }
        }
    }
    all
}

fn reach(of: &Side, action: &crate::model::policy::Action, step: Step) -> Option<Reach> {
    let below_ceiling = action.ceiling_tier() > Tier::Crawl && step.to() <= action.ceiling_tier();
    let gate = action.gate(step).filter(|_| below_ceiling)?;
    let tick = of.policy.tick.seconds();
    let delay = |bar: &Bar| of.policy.metrics[bar.metric.index()].delay().map_or(0, crate::value::Duration::seconds);
    let slowest = gate.bars.iter().map(|bar| delay(&bar.value)).max().unwrap_or(0);
    let quickest = gate.keep_bars().map(|bar| delay(&bar.value)).min().unwrap_or(0);
    Some(Reach {
        bars: gate.bars.iter().map(|bar| of.said(bar.at).text).collect(),
        falls_back: falls_back(of, gate),
        reaction: quickest + tick,
        earliest: slowest + tick + gate.hold.as_ref().map_or(tick, |hold| hold.value.seconds()),
    })
}

fn falls_back(of: &Side, gate: &Gate) -> Vec<Edge> {
    let of_bar = |bar: &Bar| {
        let metric = &of.policy.metrics[bar.metric.index()];
        Edge {
            metric: metric.name.clone(),
            above: metric.lower_is_better(),
            value: edge(metric, bar),
            is_mean: metric.is_mean(),
        }
    };
    gate.keep_bars().map(|bar| of_bar(&bar.value)).collect()
}
