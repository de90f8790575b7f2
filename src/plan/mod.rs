//! The policy as executed: ticks, integers, tables and a digest.
//!
//! [`compile::compile`] makes a [`Plan`] of a [`crate::model::Policy`] that has no errors. Durations have become
//! ticks, percentages exact shares, bars integer tables c(n) (semantics §5); ladders are merged, names are kept for
//! print only. A plan knows nothing of files or spans, so comments and formatting never change its digest.

pub mod compile;
pub mod counting;
pub mod json;
pub mod matcher;
#[cfg(test)]
mod tests;

pub use compile::compile;

use crate::model::policy::{ActionId, AttributeId, AttributeKind, Judge, MetricId, Predicate, SignalId, Silence};
use crate::stats::{Allowed, Rule};
use crate::syntax::ast::Op;
use crate::value::{Decimal, Risk, Step, Tier};
use std::sync::Arc;

/// Everything a replay needs to know of a policy.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The SHA-256 of the canonical JSON.
    pub digest: String,
    /// The policy's name.
    pub policy: String,
    /// The tick, in seconds.
    pub tick_seconds: i64,
    /// `promote one per`, in ticks.
    pub promote_ticks: i64,
    /// Names of the signals.
    pub signals: Vec<String>,
    /// The attributes.
    pub attributes: Vec<Attribute>,
    /// The metrics.
    pub metrics: Vec<Metric>,
    /// The action types, in order of declaration.
    pub actions: Vec<Action>,
}

/// An attribute of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in the policy.
    pub name: String,
    /// What kind of value it holds.
    pub kind: AttributeKind,
    /// Its key in the records, one segment per level.
    pub key: Vec<String>,
}

/// A metric: how records become samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Who judged.
    pub judge: Judge,
    /// The rule.
    pub kind: MetricKind,
    /// The signals that show that it is alive, and over how many ticks; `None`: it is taken to be alive.
    pub alive: Option<(Vec<SignalId>, i64)>,
    /// Its settle or within in ticks, 0 where it has none.
    pub delay_ticks: i64,
}

/// The rule of a metric (semantics §2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Good or bad by signals.
    Verdict {
        /// Signals that say good.
        good: Vec<SignalId>,
        /// Signals that say bad.
        bad: Vec<SignalId>,
        /// Seconds until silence speaks, and what it says.
        settle: Option<(i64, Silence)>,
    },
    /// Hit by a signal in time, or not.
    Event {
        /// Signals that are a hit.
        signals: Vec<SignalId>,
        /// Seconds in which they count.
        within: i64,
    },
    /// A value on a scale.
    Mean {
        /// The signal that carries it.
        signal: SignalId,
        /// The least value, in millionths.
        low: i64,
        /// The greatest value, in millionths.
        high: i64,
        /// Whether smaller values are better.
        lower_is_better: bool,
    },
}

impl Metric {
    /// Whether its samples are values rather than good or bad.
    #[must_use]
    pub fn is_mean(&self) -> bool {
        matches!(self.kind, MetricKind::Mean { .. })
    }
}

/// An action type.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Its earlier names.
    pub formerly: Vec<String>,
    /// Its risk: the lower is promoted first.
    pub risk: Risk,
    /// A bad one causes no harm.
    pub read_only: bool,
    /// Which records are of this type.
    pub matches: Predicate,
    /// The gates up to the ceiling, by [`Step::index`].
    pub gates: [Option<Gate>; 2],
    /// The highest tier it may reach.
    pub ceiling: Tier,
    /// Its trips: the policy's, the ladder's, its own.
    pub trips: Vec<Trip>,
    /// After how many ticks silence takes it down; `None`: never.
    pub stale: Option<i64>,
    /// Ticks after a demotion in which nothing counts towards a promotion.
    pub cooldown: i64,
    /// By how much the bars are harder after a first demotion, as a share; 0 by default.
    pub reentry: Decimal,
    /// What makes a version of the agent, and where a new one starts.
    pub renew: Option<Renew>,
}

impl Action {
    /// The gate that leads up from a tier, if there is one below the ceiling.
    #[must_use]
    pub fn gate_above(&self, tier: Tier) -> Option<&Gate> {
        tier.step_up().and_then(|step| self.gates[step.index()].as_ref())
    }

    /// The gate below a tier: its keep bars watch the tier.
    #[must_use]
    pub fn gate_below(&self, tier: Tier) -> Option<&Gate> {
        tier.step_below().and_then(|step| self.gates[step.index()].as_ref())
    }

    /// Every bar and keep of its gates.
    pub fn bars(&self) -> impl Iterator<Item = &Bar> {
        self.gates.iter().flatten().flat_map(|gate| gate.bars.iter().map(|bar| &bar.first).chain(&gate.keeps))
    }
}

/// A trip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trip {
    /// What is counted.
    pub signals: Vec<SignalId>,
    /// From how many on.
    pub count: u64,
    /// Over how many ticks.
    pub within: i64,
    /// Where to.
    pub to: Tier,
    /// It is the policy's: the signals of all records and notices count.
    pub everywhere: bool,
}

/// A renewal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// The attributes whose values make a cohort.
    pub attributes: Vec<AttributeId>,
    /// Where a new cohort starts.
    pub to: Tier,
}

/// A gate.
#[derive(Clone, Debug)]
pub struct Gate {
    /// From which tier to which.
    pub step: Step,
    /// All must clear.
    pub bars: Vec<PromotionBar>,
    /// The keep bars: bars with a margin first, then the keeps.
    pub keeps: Vec<Bar>,
    /// Ticks for which the bars must clear.
    pub hold: i64,
    /// Other action types and the tiers they must be at.
    pub requires: Vec<(ActionId, Tier)>,
    /// Whose approval is needed.
    pub approval: Option<String>,
    /// Ticks after which an attempt ends.
    pub stop: Option<i64>,
}

/// A bar of a gate, as it applies before and after the first demotion.
#[derive(Clone, Debug)]
pub struct PromotionBar {
    /// Before.
    pub first: Bar,
    /// After: the target moved by `reentry`.
    pub again: Bar,
}

/// One test of a metric over a window.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What is measured.
    pub metric: MetricId,
    /// As written.
    pub op: Op,
    /// The target as it applies; for a keep bar without the margin.
    pub target: Decimal,
    /// The window in ticks; `None`: since the tier was entered.
    pub window: Option<i64>,
    /// The least number of samples.
    pub min: u64,
    /// What decides.
    pub limit: Limit,
}

/// What decides a bar.
#[derive(Clone, Debug)]
pub enum Limit {
    /// At most c(n) bad samples of n.
    Share {
        /// What the table is made of.
        rule: Rule,
        /// c(n).
        allowed: Arc<Allowed>,
    },
    /// The mean against a value: the target, or for a keep bar the target less its margin.
    Mean {
        /// The value.
        value: Decimal,
        /// How the mean must stand to it for the bar to clear or be kept.
        op: Op,
    },
}

impl Plan {
    /// The path of a gate: `reply_to_faq.crawl_to_walk` (interfaces §3).
    #[must_use]
    pub fn gate_path(&self, action: ActionId, step: Step) -> String {
        format!("{}.{}", self.actions[action.index()].name, step.path())
    }
}
