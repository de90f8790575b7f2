//! What a rule looks at, and the walks that several rules need.

use super::looks::Looks;
use crate::model::Policy;
use crate::model::policy::{Action, Bar, Clause, Gate, Ladder, Metric, MetricId, Origin, Window};
use crate::source::Span;
use crate::value::{Duration, Instant, Tier};

/// What a rule looks at.
pub(super) struct Subject<'a> {
    /// The policy, its ladders merged into its actions.
    pub(super) policy: &'a Policy,
    /// The day on which it is looked at, where that matters.
    pub(super) today: Option<Instant>,
    /// The chances of its bars.
    pub(super) looks: Looks,
}

impl<'a> Subject<'a> {
    /// A policy on a day.
    pub(super) fn new(policy: &'a Policy, today: Option<Instant>) -> Self {
        Self { policy, today, looks: Looks::default() }
    }

    /// Every gate that an action can ever pass, with its action.
    pub(super) fn live_gates(&self) -> impl Iterator<Item = (&'a Action, &'a Gate)> + use<'a> {
        self.policy.actions.iter().flat_map(|action| action.live_gates().map(move |gate| (action, gate)))
    }

    /// The metric of a bar.
    pub(super) fn metric(&self, id: MetricId) -> &'a Metric {
        &self.policy.metrics[id.index()]
    }

    /// How long evidence for a bar takes to gather in full: delay of its metric plus window; none for `over tier`.
    pub(super) fn room(&self, bar: &Bar) -> Option<i64> {
        let Window::Sliding(window) = bar.window else { return None };
        Some(window.seconds() + self.metric(bar.metric).delay().map_or(0, Duration::seconds))
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

/// The bars of a gate and its keep bars, each with the tier at which it is judged: below the gate, or above.
pub(super) fn judged(gate: &Gate) -> impl Iterator<Item = (&Clause<Bar>, Tier)> {
    let bars = gate.bars.iter().map(|bar| (bar, gate.step.from()));
    bars.chain(gate.keep_bars().map(|bar| (bar, gate.step.to())))
}
