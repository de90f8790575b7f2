//! What a replay comes to, by action type and in sum: what variants are compared by (semantics §8).

use super::decision::{Approval, Decision, Detail, Kind};
use super::exposure::Exposed;
use super::options::Forced;
use super::run::{Coverage, Run};
use crate::model::policy::ActionId;
use crate::plan::Plan;
use crate::value::duration::Tick;
use crate::value::{Step, Tier};

/// What a replay comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// By action type, in order of declaration.
    pub actions: Vec<Figures>,
    /// Of all.
    pub sum: Figures,
    /// The moves that were forced: of which action type, when, to which tier.
    pub forced: Vec<(ActionId, Tick, Tier)>,
}

/// The figures of one action type, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Decisions, by the position of their kind in [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    /// Ticks from the first boundary to the last, by the tier that held in them.
    pub ticks: [u64; Tier::ALL.len()],
    /// Records, and who could have been hurt.
    pub exposed: Exposed,
    /// Demotions within twice the hold of a promotion of the same action type.
    pub flaps: u64,
    /// Boundaries, and those with enough evidence to decide.
    pub boundaries: u64,
    /// See `boundaries`.
    pub with_evidence: u64,
}

impl Figures {
    /// How many decisions of a kind.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u64 {
        Kind::ALL.iter().zip(self.kinds).filter(|(of, _)| **of == kind).map(|(_, n)| n).sum()
    }

    /// Ups and downs of all kinds; stops and deferrals move nothing.
    #[must_use]
    pub fn moves(&self) -> u64 {
        [Kind::Promote, Kind::Demote, Kind::Trip, Kind::Renew, Kind::Stale].map(|kind| self.count(kind)).iter().sum()
    }

    fn add(&mut self, other: &Self) {
        let add = |sum: &mut [u64], more: &[u64]| sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        add(&mut self.kinds, &other.kinds);
        add(&mut self.ticks, &other.ticks);
        self.exposed = self.exposed.plus(&other.exposed);
        self.flaps += other.flaps;
        self.boundaries += other.boundaries;
        self.with_evidence += other.with_evidence;
    }
}

impl Summary {
    /// What a replay under a plan comes to.
    #[must_use]
    pub fn of(plan: &Plan, run: &Run) -> Self {
        let figures = run.outcomes.iter().map(|outcome| {
            let Coverage { boundaries, with_evidence, .. } = outcome.coverage;
            let ticks = ticks(&outcome.timeline, run.to);
            Figures { ticks, exposed: outcome.exposed, boundaries, with_evidence, ..Figures::default() }
        });
        let mut actions: Vec<Figures> = figures.collect();
        for (figures, flaps) in actions.iter_mut().zip(flaps(plan, run)) {
            figures.flaps = flaps;
        }
        for decision in &run.decisions {
            let kind = Kind::ALL.iter().position(|kind| *kind == decision.detail.kind());
            let figures = actions.get_mut(decision.action.index());
            if let Some(n) = figures.zip(kind).and_then(|(figures, kind)| figures.kinds.get_mut(kind)) {
                *n += 1;
            }
        }
        let is_forced = |it: &&Decision| matches!(it.detail, Detail::Promote { approval: Some(Approval::Forced), .. });
        let forced = run.decisions.iter().filter(is_forced).map(|it| (it.action, it.at, it.to)).collect();
        Self { forced, ..Self::of_actions(actions) }
    }

    /// Whether a move that was asked for by force has moved something.
    #[must_use]
    pub fn makes(&self, plan: &Plan, forced: &Forced) -> bool {
        let due = forced.at.boundary_at_or_after(plan.tick_seconds);
        self.forced.iter().any(|(action, at, to)| (*action, *to) == (forced.action, forced.to) && *at >= due)
    }

    /// Of the figures of every action type.
    #[must_use]
    pub fn of_actions(actions: Vec<Figures>) -> Self {
        let mut sum = Figures::default();
        for figures in &actions {
            sum.add(figures);
        }
        Self { actions, sum, forced: Vec::new() }
    }
}

/// How long each tier held, from the first boundary to `to`: a tier that was entered at `to` has not held yet.
fn ticks(timeline: &[(Tick, Tier)], to: Tick) -> [u64; Tier::ALL.len()] {
    let ends = timeline.iter().skip(1).map(|(at, _)| *at).chain([to]);
    let mut ticks = [0; Tier::ALL.len()];
    for ((at, tier), end) in timeline.iter().zip(ends) {
        ticks[tier.index()] += u64::try_from(end - at).unwrap_or(0);
    }
    ticks
}

/// By action type the demotions (of any kind) within twice the hold of a promotion of the same action type.
fn flaps(plan: &Plan, run: &Run) -> Vec<u64> {
    let mut flaps = vec![0; plan.actions.len()];
    // When each step was last taken.
    let mut promoted: Vec<[Option<Tick>; Step::ALL.len()]> = vec![[None; Step::ALL.len()]; plan.actions.len()];
    for decision in &run.decisions {
        let action = decision.action.index();
        if let Some(step) = Step::between(decision.from, decision.to) {
            promoted[action][step.index()] = Some(decision.at);
        } else if decision.to < decision.from {
            let gates = plan.actions[action].gates.iter().zip(promoted[action]);
            let holds = gates.filter_map(|(gate, at)| Some((gate.as_ref()?.hold, at?)));
            flaps[action] += u64::from(holds.into_iter().any(|(hold, at)| decision.at - at <= 2 * hold));
        }
    }
    flaps
}
