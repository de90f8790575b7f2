//! Decisions and the evidence they rest on (interfaces §3).

use crate::history::counts::{Cohort, Tally};
use crate::model::policy::ActionId;
use crate::plan::{Bar, MetricKind, Plan, holds};
use crate::value::Tier;
use crate::value::duration::Tick;

/// What kind of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One tier up.
    Promote,
    /// A keep bar failed: one tier down.
    Demote,
    /// Too many signals: down to the trip's tier.
    Trip,
    /// A new version of the agent: down to the clause's tier.
    Renew,
    /// No evidence for too long: one tier down.
    Stale,
    /// The attempt has ended.
    Stop,
    /// Another action type was promoted first.
    Defer,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Promote, Self::Demote, Self::Trip, Self::Renew, Self::Stale, Self::Stop, Self::Defer];

    /// The word in the log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Trip => "trip",
            Self::Renew => "renew",
            Self::Stale => "stale",
            Self::Stop => "stop",
            Self::Defer => "defer",
        }
    }
}

/// How a bar stands at a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// No sample.
    NoData,
    /// Fewer than `min`.
    Insufficient,
    /// Enough, and the target is missed.
    Short,
    /// Enough, and the target is met.
    Clears,
}

/// A bar, what it saw, and how it stands.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The bar as it applied.
    pub bar: Bar,
    /// First tick of its window.
    pub from: Tick,
    /// The boundary: one past its last tick.
    pub to: Tick,
    /// The samples.
    pub tally: Tally,
    /// How it stands; a keep bar that is `Short` fails, one that `Clears` keeps.
    pub standing: Standing,
    /// It is a keep bar.
    pub keep: bool,
}

impl Reading {
    /// Whether what was seen meets the bar's target as it stands, without margin or confidence.
    #[must_use]
    pub fn meets_target(&self, plan: &Plan) -> bool {
        let Tally { n, bad, sum } = self.tally;
        let millionths = |samples: u64| i128::from(samples) * 1_000_000;
        let sum = match plan.metrics[self.bar.metric.index()].kind {
            MetricKind::Verdict { .. } => millionths(n - bad),
            MetricKind::Event { .. } => millionths(bad),
            MetricKind::Mean { .. } => sum,
        };
        n > 0 && holds(self.bar.op, self.bar.target.compare_mean(sum, n))
    }
}

/// What a kind of decision says besides who, when, from and to.
#[derive(Clone, Debug)]
pub enum Detail {
    /// Of a promotion.
    Promote {
        /// Since when the bars cleared.
        held_since: Tick,
        /// The bars of the gate.
        bars: Vec<Reading>,
        /// Whose approval was assumed or recorded, where one is needed.
        approval: Option<Approval>,
    },
    /// Of a deferral.
    Defer {
        /// Since when the bars cleared.
        held_since: Tick,
        /// The action type promoted last.
        behind: Option<ActionId>,
        /// The bars of the gate.
        bars: Vec<Reading>,
    },
    /// Of a demotion: the failing keep bars.
    Demote {
        /// The failing keep bars.
        bars: Vec<Reading>,
    },
    /// Of silence.
    Stale {
        /// The earliest last evidence that is too old.
        since: Tick,
        /// All keep bars.
        bars: Vec<Reading>,
    },
    /// Of the end of an attempt.
    Stop {
        /// When the tier was entered.
        since: Tick,
        /// The bars of the gate.
        bars: Vec<Reading>,
    },
    /// Of a trip.
    Trip {
        /// How many signals.
        signals: u64,
        /// First tick and one past the last.
        window: (Tick, Tick),
    },
    /// Of a renewal: the new cohort.
    Renew {
        /// The new values.
        cohort: Cohort,
    },
}

/// Where a promotion's approval came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Approval {
    /// It was assumed, as replays do unless told otherwise.
    Assumed,
    /// It was recorded, by this person.
    Recorded(String),
    /// It was not asked for: the move was forced, whatever the gate says.
    Forced,
}

impl Detail {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Promote { .. } => Kind::Promote,
            Self::Defer { .. } => Kind::Defer,
            Self::Demote { .. } => Kind::Demote,
            Self::Stale { .. } => Kind::Stale,
            Self::Stop { .. } => Kind::Stop,
            Self::Trip { .. } => Kind::Trip,
            Self::Renew { .. } => Kind::Renew,
        }
    }
}

/// One entry of the decision log.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The boundary.
    pub at: Tick,
    /// The action type.
    pub action: ActionId,
    /// The tier before.
    pub from: Tier,
    /// The tier after.
    pub to: Tier,
    /// The evidence.
    pub detail: Detail,
    /// The path of the clause that decided.
    pub clause: String,
}
