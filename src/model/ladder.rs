//! What ladders and actions have in common, and how an action's clauses override those of the ladder it follows.
//!
//! The rule, clause by clause (language §4, ladder): in a gate, the action's bars replace all bars of that ladder
//! gate and their margins, its keeps all keeps, its `requires` all requires; `hold`, `stop` and `approval` replace
//! their namesakes, and so do `cooldown`, `reentry`, `stale` and `renew`. Trips add up. A gate that the action does
//! not mention is inherited whole.

use super::lower::body::Strays;
use super::policy::{Clause, Gate, Renew, Stale, Trip};
use crate::value::{Decimal, Duration};

/// The clauses that a ladder or an action may have; an action's others are lowered apart.
#[derive(Clone, Default)]
pub(super) struct Draft {
    /// By [`crate::value::Step::index`].
    pub(super) gates: [Option<Gate>; 2],
    pub(super) trips: Vec<Clause<Trip>>,
    pub(super) stale: Option<Clause<Stale>>,
    pub(super) cooldown: Option<Clause<Duration>>,
    pub(super) reentry: Option<Clause<Decimal>>,
    pub(super) renew: Option<Clause<Renew>>,
    /// What could not be read, or stands in the wrong place.
    pub(super) strays: Strays,
}

impl Draft {
    /// What an action of these clauses has when it follows a ladder of those.
    pub(super) fn follow(self, ladder: &Self) -> Self {
        let [own_lower, own_upper] = self.gates;
        let [lower, upper] = &ladder.gates;
        Self {
            gates: [merge(own_lower, lower.as_ref()), merge(own_upper, upper.as_ref())],
            trips: ladder.trips.iter().cloned().chain(self.trips).collect(),
            stale: self.stale.or_else(|| ladder.stale.clone()),
            cooldown: self.cooldown.or_else(|| ladder.cooldown.clone()),
            reentry: self.reentry.or_else(|| ladder.reentry.clone()),
            renew: self.renew.or_else(|| ladder.renew.clone()),
            strays: self.strays.and(ladder.strays),
        }
    }
}

fn merge(own: Option<Gate>, ladder: Option<&Gate>) -> Option<Gate> {
    let (Some(own), Some(ladder)) = (&own, ladder) else {
        return own.or_else(|| ladder.cloned());
    };
    Some(Gate {
        step: own.step,
        bars: own_or(&own.bars, &ladder.bars),
        keeps: own_or(&own.keeps, &ladder.keeps),
        hold: own.hold.clone().or_else(|| ladder.hold.clone()),
        requires: own_or(&own.requires, &ladder.requires),
        approval: own.approval.clone().or_else(|| ladder.approval.clone()),
        stop: own.stop.clone().or_else(|| ladder.stop.clone()),
        at: own.at,
        incomplete: own.incomplete || ladder.incomplete,
        hold_unread: own.hold_unread || ladder.hold_unread,
    })
}

fn own_or<T: Clone>(own: &[T], ladder: &[T]) -> Vec<T> {
    if own.is_empty() { ladder.to_vec() } else { own.to_vec() }
}
