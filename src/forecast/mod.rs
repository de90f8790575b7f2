//! What the odds say of a policy: how likely its gates let agents through that they should not, how soon a tier is lost
//! by bad luck or for good reason, and what a year of all of it together looks like.
//!
//! One gate by itself is counted in advance ([`odds`]). Whatever several clauses do together is replayed: histories of
//! the world are drawn, and the one evaluator decides ([`drawn`], [`year`], [`mod@drop`]).
//!
//! [`odds`]: crate::odds

pub mod agent;
mod drawn;
pub mod drop;
pub mod gate;
pub mod need;
pub mod traffic;
pub mod whole;
pub mod year;

pub use crate::odds::Flow;
pub use drop::Noticed;
pub use gate::{GateOdds, Row, Unknown};
pub use need::{GateNeed, MarginNeed, MinNeed, Need, Wanted, WhyNot};
pub use traffic::Traffic;
pub use whole::Forecast;
pub use year::{ActionYear, Mean, Sum, Year};

use crate::model::policy::ActionId;
use crate::odds::Effort;
use crate::plan::Plan;
use crate::value::Decimal;
use crate::value::duration::Tick;

/// The days within which a promotion is asked about.
pub const HORIZONS: [i64; 3] = [30, 90, 365];

/// The days for which a chance of falling back is given.
pub const MONTH: i64 = 30;

/// The days of a year.
pub const YEAR: i64 = 365;

/// As many histories are replayed at least, however many ticks they have.
const LEAST: u64 = 50;

/// A policy, its traffic, and what may be spent on the answer.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The policy.
    pub plan: &'a Plan,
    /// How much arrives.
    pub traffic: &'a Traffic,
    /// How far the agents are from their bars, as shares of the scale, the worst first; `None`: as the bars suggest.
    pub around: Option<Vec<Decimal>>,
    /// What may be spent on one figure of a gate.
    pub effort: Effort,
    /// How many histories are drawn and replayed for one figure.
    pub histories: u64,
}

impl Question<'_> {
    /// So many days in ticks.
    #[must_use]
    pub fn ticks(&self, days: i64) -> Tick {
        days * 86_400 / self.plan.tick_seconds
    }

    /// How many histories are replayed: fewer where each has more ticks than days, as each tick takes its time.
    #[must_use]
    pub fn replayed(&self) -> u64 {
        let a_day = u64::try_from(self.ticks(1)).unwrap_or(1).max(1);
        (self.histories / a_day).max(self.histories.min(LEAST))
    }

    /// So many ticks in days.
    #[must_use]
    pub fn days(&self, ticks: f64) -> f64 {
        let seconds = u64::try_from(self.plan.tick_seconds).unwrap_or(1);
        ticks * crate::stats::real(seconds) / 86_400.0
    }
}

/// A plan of one action type alone, for which what it requires of others is met; its number is 0.
#[must_use]
pub fn alone(plan: &Plan, action: ActionId) -> Plan {
    let mut one = plan.actions[action.index()].clone();
    one.gates.iter_mut().flatten().for_each(|gate| gate.requires.clear());
    Plan { actions: vec![one], ..plan.clone() }
}
