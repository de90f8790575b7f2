//! Everything that is asked of a policy at once.

use super::gate::Unknown;
use super::{GateNeed, GateOdds, Question, Wanted, Year};
use crate::model::policy::ActionId;
use crate::value::Decimal;

/// How far all agents are from their bars in the years that are replayed, in hundredths of the scale.
const YEARS: [i64; 3] = [-2, 0, 2];

/// The odds of a policy.
#[derive(Clone, Debug)]
pub struct Forecast {
    /// By gate, in order of declaration.
    pub gates: Vec<GateOdds>,
    /// First years, the worst agents first; empty where the traffic of a metric is not known.
    pub years: Vec<Year>,
}

impl Question<'_> {
    /// The odds of the policy; `told` is called after each gate and after each year.
    pub fn forecast(&self, told: &dyn Fn()) -> Result<Forecast, Unknown> {
        let gates = self.gates().map(|(action, gate)| self.gate(action, gate)).inspect(|_| told());
        let gates = gates.collect::<Result<_, _>>()?;
        let years = YEARS.into_iter().map(|points| self.year(Decimal::whole(points).percent())).inspect(|_| told());
        Ok(Forecast { gates, years: years.flatten().collect() })
    }

    /// How often [`Question::forecast`] calls `told`.
    #[must_use]
    pub fn steps(&self) -> u64 {
        (self.gates().count() + YEARS.len()) as u64
    }

    /// What the gates of the policy would need; `told` is called after each.
    pub fn needs(&self, wanted: &Wanted, told: &dyn Fn()) -> Result<Vec<GateNeed>, Unknown> {
        self.gates().map(|(action, gate)| self.need(action, gate, wanted)).inspect(|_| told()).collect()
    }

    /// The gates of all action types.
    pub fn gates(&self) -> impl Iterator<Item = (ActionId, &crate::plan::Gate)> {
        let actions = self.plan.actions.iter().enumerate().map(|(at, action)| (ActionId::new(at), action));
        actions.flat_map(|(id, action)| action.gates.iter().flatten().map(move |gate| (id, gate)))
    }
}
