//! Which clauses decide something at each boundary of a replay.

use super::{Facet, Item, Part, place};
use crate::model::paths;
use crate::model::policy::{self, ActionId, Policy};
use crate::plan::Gate;
use crate::replay::boundary::Walk;
use crate::replay::{Approvals, Decision, Kind, Reading, Standing, State};
use crate::source::Span;
use crate::value::Tier;
use crate::value::duration::Tick;
use std::collections::BTreeSet;

/// Watches a replay.
pub(super) struct Watch<'a> {
    policy: &'a Policy,
    /// The states before the boundary.
    before: Vec<State>,
    /// How many decisions were made before it.
    known: usize,
    decided: &'a mut BTreeSet<Item>,
}

/// One action type at a boundary.
struct At<'a> {
    walk: &'a Walk<'a>,
    now: Tick,
    action: ActionId,
    before: State,
    /// What took it down, or up.
    moved: Option<Kind>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(policy: &'a Policy, decided: &'a mut BTreeSet<Item>) -> Self {
        Self { policy, before: Vec::new(), known: 0, decided }
    }

    /// Looks at a boundary that was just taken.
    pub(super) fn look(&mut self, walk: &Walk, now: Tick) {
        if self.before.is_empty() {
            self.before = walk.states.iter().map(|_| State::start(walk.first)).collect();
        }
        let made = &walk.decisions[self.known..];
        for decision in made {
            self.decision(decision);
        }
        for (index, before) in self.before.clone().into_iter().enumerate() {
            let action = ActionId::new(index);
            let moved = made.iter().find(|it| it.action == action && it.from != it.to);
            let at = At { walk, now, action, before, moved: moved.map(|it| it.detail.kind()) };
            self.keeps(&at);
            self.way_up(&at);
        }
        self.before.clone_from(&walk.states);
        self.known = walk.decisions.len();
    }

    fn note(&mut self, at: Option<Span>, part: Part, facet: Facet) {
        self.decided.extend(at.map(|at| Item { at, part, facet }));
    }

    fn model(&self, action: ActionId) -> &'a policy::Action {
        &self.policy.actions[action.index()]
    }

    /// What an entry of the log says.
    fn decision(&mut self, decision: &Decision) {
        let action = self.model(decision.action);
        match decision.detail.kind() {
            Kind::Promote => self.promoted(action, decision.from),
            Kind::Defer => self.note(Some(self.policy.at), Part::Promote, Facet::Bars),
            Kind::Stale => self.note(place(action.stale.as_ref()), Part::Stale, Facet::Fires),
            Kind::Renew => self.note(place(action.renew.as_ref()), Part::Renew, Facet::Fires),
            Kind::Stop => {
                let gate = gate_above(action, decision.from);
                self.note(gate.and_then(|gate| place(gate.stop.as_ref())), Part::Stop, Facet::Fires);
            }
            Kind::Trip => {
                let is_it = |nth: &usize| paths::trip(&action.name, *nth) == decision.clause;
                let trip = (0..action.trips.len()).find(is_it).map(|nth| action.trips[nth].at);
                self.note(trip, Part::Trip, Facet::Fires);
            }
            // Each keep bar that failed is seen where the keep bars are looked at.
            Kind::Demote => {}
        }
    }

    fn promoted(&mut self, action: &policy::Action, from: Tier) {
        let Some(gate) = gate_above(action, from) else { return };
        gate.bars.iter().for_each(|bar| self.note(Some(bar.at), Part::Bar, Facet::Clears));
        gate.requires.iter().for_each(|clause| self.note(Some(clause.at), Part::Requires, Facet::Lets));
        self.note(place(gate.hold.as_ref()), Part::Hold, Facet::Lets);
        self.note(place(gate.approval.as_ref()), Part::Approval, Facet::Lets);
    }

    /// The keep bars, where neither a trip nor a renewal came before them.
    fn keeps(&mut self, at: &At) {
        let Some(gate) = at.plan().gate_below(at.before.tier) else { return };
        let Some(model) = self.model(at.action).gate(gate.step) else { return };
        if matches!(at.moved, Some(Kind::Trip | Kind::Renew)) {
            return;
        }
        for (keep, clause) in gate.keeps.iter().zip(model.keep_bars()) {
            let reading = at.read(keep, true);
            match reading.standing {
                Standing::Short => self.note(Some(clause.at), Part::Keep, Facet::Fails),
                Standing::Clears if !reading.meets_target(at.walk.plan) => {
                    self.note(Some(clause.at), Part::Keep, Facet::Spares);
                }
                _ => {}
            }
        }
    }

    /// The gate above, where nothing took the action type down.
    fn way_up(&mut self, at: &At) {
        let model = self.model(at.action);
        let Some(gate) = at.plan().gate_above(at.before.tier) else { return };
        let Some(of) = model.gate(gate.step) else { return };
        if at.before.stopped || at.moved.is_some_and(|kind| kind != Kind::Promote) {
            return;
        }
        let (first, again) = (at.bars(gate, false), at.bars(gate, true));
        let as_it_applies = if at.before.demoted { &again } else { &first };
        let clears = |bars: &[Reading]| bars.iter().all(|bar| bar.standing == Standing::Clears);
        if at.before.cooldown_until.is_some_and(|until| at.now < until) {
            if clears(as_it_applies) {
                self.note(place(model.cooldown.as_ref()), Part::Cooldown, Facet::Bars);
            }
            return;
        }
        if at.before.demoted && clears(&first) && !clears(&again) {
            self.note(place(model.reentry.as_ref()), Part::Reentry, Facet::Bars);
        }
        for (bar, clause) in as_it_applies.iter().zip(&of.bars) {
            if bar.standing == Standing::Short {
                self.note(Some(clause.at), Part::Bar, Facet::Short);
            }
        }
        self.waiting(at, gate, of);
    }

    /// What an action type whose bars clear waits for.
    fn waiting(&mut self, at: &At, gate: &Gate, of: &policy::Gate) {
        let Some(since) = at.walk.states[at.action.index()].passing_since else { return };
        if at.now - since < gate.hold {
            return self.note(place(of.hold.as_ref()), Part::Hold, Facet::Waits);
        }
        let mut waits = false;
        for ((other, tier), clause) in gate.requires.iter().zip(&of.requires) {
            // What was promoted at this boundary had not been when it was asked for.
            let then = self.before[other.index()].tier.min(at.walk.states[other.index()].tier);
            if then < *tier {
                self.note(Some(clause.at), Part::Requires, Facet::Bars);
                waits = true;
            }
        }
        // In a scenario an approval is given as soon as it is asked for, or never.
        if !waits && *at.walk.approvals == Approvals::Never {
            self.note(place(of.approval.as_ref()), Part::Approval, Facet::Bars);
        }
    }
}

impl At<'_> {
    fn plan(&self) -> &crate::plan::Action {
        &self.walk.plan.actions[self.action.index()]
    }

    fn read(&self, bar: &crate::plan::Bar, keep: bool) -> Reading {
        self.walk.ledger.read(self.action, bar, self.before.tier, self.before.entry(), self.now, keep)
    }

    fn bars(&self, gate: &Gate, again: bool) -> Vec<Reading> {
        let bars = gate.bars.iter().map(|bar| if again { &bar.again } else { &bar.first });
        bars.map(|bar| self.read(bar, false)).collect()
    }
}

fn gate_above(action: &policy::Action, tier: Tier) -> Option<&policy::Gate> {
    tier.step_up().and_then(|step| action.gate(step))
}
