//! The counts: all that a replay needs of a history, small whatever the history's size (semantics §2).

use super::intake::Intake;
use super::survey::Survey;
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::matcher::Given;
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// An index into [`Counts::cohorts`]; 0 for action types without `renew`.
pub type CohortId = u32;

/// The values of an action type's `renew` attributes in one record.
pub type Cohort = Vec<Option<Given<'static>>>;

/// Signals of one kind on records of one action type; `None`: on unclassified records.
pub type Arrival = (Option<ActionId>, SignalId);

/// Samples added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub n: u64,
    /// How many on the wrong side; of a mean 0.
    pub bad: u64,
    /// Of a mean the sum of the values, in millionths.
    pub sum: i128,
}

impl Tally {
    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.n += other.n;
        self.bad += other.bad;
        self.sum += other.sum;
    }

    /// What is left without another that was added before.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self { n: self.n - other.n, bad: self.bad - other.bad, sum: self.sum - other.sum }
    }
}

/// Which samples are added up together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    /// Of which action type.
    pub action: ActionId,
    /// Of which metric.
    pub metric: MetricId,
    /// Of which version of the agent.
    pub cohort: CohortId,
    /// Recorded at which tier.
    pub tier: Option<Tier>,
}

/// What it would mean for a record to have run unattended (semantics §7).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// None that this history could tell of: it ran at run, and nothing was told against it.
    Told,
    /// A customer's signal told against it.
    Seen,
    /// Not seen, but a person caught a mistake: released where it ran unattended.
    Released,
    /// Neither, by the samples of the action type's customer metrics that may yet show that nothing happened: metric and
    /// ticks from the action to the sample. Where none has matured with its feed alive, the record is unknown.
    Open(Vec<(MetricId, Tick)>),
}

/// Which records are counted together for exposure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exposure {
    /// Of which action type.
    pub action: ActionId,
    /// Recorded at which tier.
    pub tier: Option<Tier>,
    /// An index into [`Counts::harms`].
    pub harm: u32,
}

/// The counts of one history under one plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What became of the lines.
    pub intake: Intake,
    /// The earliest record and its id.
    pub earliest: Option<(Instant, String)>,
    /// The latest time of all (record, outcome or notice), and the id or signal it belongs to.
    pub latest: Option<(Instant, String)>,
    /// The cohorts met; the first is the empty one.
    pub cohorts: Vec<Cohort>,
    /// Samples by series and tick of maturity, whether their feed was alive or not.
    pub samples: BTreeMap<Series, Vec<(Tick, Tally)>>,
    /// Signals by action type (`None`: unclassified records) and tick of their earliest arrival on a record.
    pub arrivals: BTreeMap<Arrival, Vec<(Tick, u64)>>,
    /// Notices by signal and tick.
    pub notices: BTreeMap<SignalId, Vec<(Tick, u64)>>,
    /// The ticks in which a signal that some `alive` names arrived at all.
    pub alive: BTreeMap<SignalId, BTreeSet<Tick>>,
    /// The cohort of the latest record of each tick that has one.
    pub latest_cohorts: BTreeMap<ActionId, Vec<(Tick, CohortId)>>,
    /// The kinds of harm met.
    pub harms: Vec<Harm>,
    /// Records by action type, recorded tier and harm, and by tick of action time.
    pub exposure: BTreeMap<Exposure, Vec<(Tick, u64)>>,
    /// The names met, where they were asked for.
    pub survey: Option<Survey>,
}

impl Counts {
    /// The tick of the earliest record; 0 without one.
    #[must_use]
    pub fn first_tick(&self, tick_seconds: i64) -> Tick {
        self.earliest.as_ref().map_or(0, |(time, _)| time.tick(tick_seconds))
    }

    /// The last boundary of the history: the first after its latest time.
    #[must_use]
    pub fn last_boundary(&self, tick_seconds: i64) -> Tick {
        self.latest.as_ref().map_or(0, |(time, _)| time.tick(tick_seconds) + 1)
    }
}
