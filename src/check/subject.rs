//! What a rule looks at, and the walks that several rules need.

use crate::model::Policy;
use crate::model::policy::{Action, Bar, Clause, Gate, Ladder, Metric, MetricId, Origin};
use crate::source::Span;
use crate::value::Instant;

/// What a rule looks at.
pub(super) struct Subject<'a> {
    /// The policy, its ladders merged into its actions.
    pub(super) policy: &'a Policy,
    /// The day on which it is looked at, where that matters.
    pub(super) today: Option<Instant>,
}

impl<'a> Subject<'a> {
    /// Every gate that an action can ever pass, with its action.
    pub(super) fn live_gates(&self) -> impl Iterator<Item = (&'a Action, &'a Gate)> + use<'a> {
        self.policy.actions.iter().flat_map(|action| action.live_gates().map(move |gate| (action, gate)))
    }

    /// The metric of a bar.
    pub(super) fn metric(&self, id: MetricId) -> &'a Metric {
        &self.policy.metrics[id.index()]
    }

    /// The ladder an action follows.
    pub(super) fn ladder(&self, action: &Action) -> Option<&'a Ladder> {
        action.follows.map(|id| &self.policy.ladders[id.index()])
    }

    /// Whose declaration a place inside of an action or a ladder belongs to: the one whose name is the last before it.
    pub(super) fn owner(&self, action: &Action, place: Span) -> Origin {
        let Some(id) = action.follows else { return Origin::Action };
        let ladder = self.policy.ladders[id.index()].at;
        let before = |name: Span| name.file == place.file && name.start <= place.start;
        let own = before(action.at) && !(before(ladder) && ladder.start > action.at.start);
        if own || !before(ladder) { Origin::Action } else { Origin::Ladder(id) }
    }
}

/// All bars and keeps of a gate, each clause once.
pub(super) fn clauses(gate: &Gate) -> impl Iterator<Item = &Clause<Bar>> {
    gate.bars.iter().chain(&gate.keeps)
}
