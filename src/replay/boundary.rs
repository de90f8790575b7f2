//! One boundary: the eight steps of semantics §4, one function each, in the spec's order and words.
//!
//! Decisions are taken on the state as it was before the boundary, except where a step says otherwise. One action
//! makes at most one move per boundary.

use super::decision::{Approval, Decision, Detail, Reading, Standing};
use super::evidence::Ledger;
use super::options::{Approvals, Forced};
use super::run::{Cause, Reset};
use super::state::State;
use crate::history::counts::Cohort;
use crate::model::policy::ActionId;
use crate::plan::{Action, Gate, Plan};
use crate::value::duration::Tick;
use crate::value::{Instant, Step, Tier};

/// A replay under way.
#[derive(Debug)]
pub struct Walk<'a> {
    /// The policy.
    pub plan: &'a Plan,
    /// The evidence.
    pub ledger: &'a Ledger<'a>,
    /// What is known of approvals.
    pub approvals: &'a Approvals,
    /// What happens whatever the gates say.
    pub forced: &'a [Forced],
    /// By action type.
    pub states: Vec<State>,
    /// When which action type was promoted last.
    pub last_promotion: Option<(Tick, ActionId)>,
    /// At the first boundary: the cohorts to compare with, from a saved state; empty in a replay from the start.
    pub saved_cohorts: Vec<Option<Cohort>>,
    /// The first boundary of this replay.
    pub first: Tick,
    /// The log so far.
    pub decisions: Vec<Decision>,
    /// The holds that were reset so far.
    pub resets: Vec<Reset>,
}

impl<'a> Walk<'a> {
    /// Takes all steps of boundary `now`.
    pub fn step(&mut self, now: Tick) {
        let mut moved = vec![false; self.states.len()];
        self.force(now, &mut moved);
        self.trips(now, &mut moved);
        self.renewals(now, &mut moved);
        self.keeps(now, &mut moved);
        self.stale(now, &mut moved);
        let eligible = self.passing(now, &moved);
        let promoted = self.promote(now, &eligible);
        self.defer(now, promoted);
        if let Some(promoted) = promoted {
            moved[promoted.index()] = true;
        }
        self.stop(now, &moved);
    }

    fn actions(&self) -> impl Iterator<Item = ActionId> + use<> {
        (0..self.states.len()).map(ActionId::new)
    }

    fn plan_of(&self, action: ActionId) -> &'a Action {
        &self.plan.actions[action.index()]
    }

    fn state(&mut self, action: ActionId) -> &mut State {
        &mut self.states[action.index()]
    }

    /// Before all steps: the moves that happen whatever the gates say. They are no promotion of `promote one per`.
    fn force(&mut self, now: Tick, moved: &mut [bool]) {
        let due = |forced: &&Forced| forced.at.boundary_at_or_after(self.plan.tick_seconds).max(self.first) == now;
        for Forced { action, to, .. } in self.forced.iter().filter(due).copied().collect::<Vec<_>>() {
            let (from, held_since) = (self.states[action.index()].tier, self.states[action.index()].passing_since);
            let Some(gate) = self.plan_of(action).gate_above(from).filter(|_| from < to) else { continue };
            let (bars, clause) = (self.bar_readings(action, gate, now), self.plan.gate_path(action, gate.step));
            self.reset(now, action, Cause::Moved);
            let held_since = held_since.unwrap_or(now);
            let detail = Detail::Promote { held_since, bars, approval: Some(Approval::Forced) };
            self.decisions.push(Decision { at: now, action, from, to, detail, clause });
            let keeps = self.plan_of(action).gate_below(to).map_or(0, |gate| gate.keeps.len());
            self.state(action).enter(to, now, keeps);
            moved[action.index()] = true;
        }
    }

    /// Step 1: of the trips that fire, the lowest target; among equal targets the first written.
    fn trips(&mut self, now: Tick, moved: &mut [bool]) {
        for action in self.actions() {
            if moved[action.index()] {
                continue;
            }
            let Some((trip, signals, window)) = self.firing_trip(action, now) else { continue };
            let to = self.plan_of(action).trips[trip].to;
            // If a renewal would take it lower, the renewal is what happens.
            if self.renewed(action, now).is_some_and(|lower| lower < to) {
                continue;
            }
            let clause = format!("{}.trip[{}]", self.plan_of(action).name, trip + 1);
            self.take_down(now, action, to, Detail::Trip { signals, window }, clause);
            self.state(action).demoted = true;
            moved[action.index()] = true;
        }
    }

    fn firing_trip(&self, action: ActionId, now: Tick) -> Option<(usize, u64, (Tick, Tick))> {
        let state = &self.states[action.index()];
        let trips = self.plan_of(action).trips.iter().enumerate().filter(|(_, trip)| trip.to < state.tier);
        let fired = trips.filter_map(|(at, trip)| {
            let (signals, window) = self.ledger.signals(action, at, state.entry(), now);
            (signals >= trip.count).then_some((trip.to, at, signals, window))
        });
        fired.min_by_key(|(to, at, ..)| (*to, *at)).map(|(_, at, signals, window)| (at, signals, window))
    }

    /// The tier to which a changed cohort takes an action type, if its cohort changed at this boundary.
    fn renewed(&self, action: ActionId, now: Tick) -> Option<Tier> {
        let renew = self.plan_of(action).renew.as_ref()?;
        let cohort = self.ledger.cohort_values(self.ledger.cohort(action, now)?);
        let before = if now == self.first {
            self.saved_cohorts.get(action.index())?.as_ref()?
        } else {
            self.ledger.cohort_values(self.ledger.cohort(action, now - 1)?)
        };
        (cohort != before).then_some(renew.to)
    }

    /// Step 2: a changed cohort starts the evidence again.
    fn renewals(&mut self, now: Tick, moved: &mut [bool]) {
        for action in self.actions() {
            if moved[action.index()] {
                continue;
            }
            let Some(to) = self.renewed(action, now) else { continue };
            if self.states[action.index()].tier <= to {
                self.reset(now, action, Cause::Renewed);
                continue;
            }
            let cohort = self.ledger.cohort(action, now);
            let cohort = cohort.map(|id| self.ledger.cohort_values(id).clone()).unwrap_or_default();
            let clause = format!("{}.renew", self.plan_of(action).name);
            self.take_down(now, action, to, Detail::Renew { cohort }, clause);
            moved[action.index()] = true;
        }
    }

    /// Step 3: one tier down if any keep bar of the gate below fails.
    fn keeps(&mut self, now: Tick, moved: &mut [bool]) {
        for action in self.actions().filter(|action| !moved[action.index()]).collect::<Vec<_>>() {
            let Some(gate) = self.gate_below(action) else { continue };
            let readings = self.keep_readings(action, gate, now);
            let fails = |reading: &Reading| reading.standing == Standing::Short;
            let Some(first) = readings.iter().position(fails) else { continue };
            let clause = format!("{}.keep[{}]", self.plan.gate_path(action, gate.step), first + 1);
            let bars = readings.into_iter().filter(fails).collect();
            let to = gate.step.from();
            self.take_down(now, action, to, Detail::Demote { bars }, clause);
            self.state(action).demoted = true;
            moved[action.index()] = true;
        }
    }

    /// Step 4: one tier down if any keep bar has been without enough evidence for `stale`.
    fn stale(&mut self, now: Tick, moved: &mut [bool]) {
        for action in self.actions().filter(|action| !moved[action.index()]).collect::<Vec<_>>() {
            let Some(gate) = self.gate_below(action) else { continue };
            let bars = self.keep_readings(action, gate, now);
            let of_action = &mut self.states[action.index()];
            for (last, reading) in of_action.last_evidence.iter_mut().zip(&bars) {
                if reading.standing >= Standing::Short {
                    *last = now;
                }
            }
            let Some(stale) = self.plan_of(action).stale else { continue };
            let too_old = |last: &&Tick| now - **last >= stale;
            let Some(since) = self.states[action.index()].last_evidence.iter().filter(too_old).min().copied() else {
                continue;
            };
            let clause = format!("{}.stale", self.plan_of(action).name);
            self.take_down(now, action, gate.step.from(), Detail::Stale { since, bars }, clause);
            moved[action.index()] = true;
        }
    }

    /// Step 5: since when all bars clear, and since when it is eligible. Gives the eligible.
    fn passing(&mut self, now: Tick, moved: &[bool]) -> Vec<ActionId> {
        for action in self.actions() {
            if let Some(cause) = self.why_not_passing(action, now, moved[action.index()]) {
                self.reset(now, action, cause);
            } else {
                self.state(action).passing_since.get_or_insert(now);
            }
        }
        // Eligibility asks for the tiers as they stand after steps 1 to 4, which no promotion has changed yet.
        let eligible: Vec<ActionId> = self.actions().filter(|action| self.is_eligible(*action, now)).collect();
        for action in self.actions() {
            let is_eligible = eligible.contains(&action);
            let state = self.state(action);
            state.eligible_since = if is_eligible { state.eligible_since.or(Some(now)) } else { None };
        }
        eligible
    }

    fn why_not_passing(&self, action: ActionId, now: Tick, moved: bool) -> Option<Cause> {
        let state = &self.states[action.index()];
        if moved {
            return Some(Cause::Moved);
        }
        let Some(gate) = self.plan_of(action).gate_above(state.tier) else { return Some(Cause::Moved) };
        if state.stopped || state.cooldown_until.is_some_and(|until| now < until) {
            return Some(Cause::Moved);
        }
        let readings = self.bar_readings(action, gate, now);
        if readings.iter().any(|reading| reading.standing != Standing::Clears) {
            return Some(Cause::Bars(readings));
        }
        self.barring_trip(action, now).map(Cause::Tripped)
    }

    /// A trip whose target is below the tier it would get, with N signals in its window, whenever the tier was entered.
    #[must_use]
    pub fn barring_trip(&self, action: ActionId, now: Tick) -> Option<usize> {
        let up = self.states[action.index()].tier.step_up()?.to();
        let trips = self.plan_of(action).trips.iter().enumerate();
        trips
            .filter(|(_, trip)| trip.to < up)
            .find(|(at, trip)| self.ledger.signals(action, *at, None, now).0 >= trip.count)
            .map(|(at, _)| at)
    }

    fn is_eligible(&self, action: ActionId, now: Tick) -> bool {
        let state = &self.states[action.index()];
        let Some(gate) = self.plan_of(action).gate_above(state.tier) else { return false };
        state.passing_since.is_some_and(|since| now - since >= gate.hold)
            && self.unmet_requirement(gate, now).is_none()
            && (gate.approval.is_none() || self.approval(action, gate, now).is_some())
    }

    /// The first `requires` that does not hold on the tiers as they stand after steps 1 to 4.
    #[must_use]
    pub fn unmet_requirement(&self, gate: &Gate, now: Tick) -> Option<(ActionId, Tier)> {
        gate.requires.iter().copied().find(|(other, tier)| self.tier_before_promotion(*other, now) < *tier)
    }

    /// Where an action type stands at a boundary before step 6.
    fn tier_before_promotion(&self, action: ActionId, now: Tick) -> Tier {
        let tier = self.states[action.index()].tier;
        let came_up = self.last_promotion == Some((now, action));
        tier.step_below().filter(|_| came_up).map_or(tier, Step::from)
    }

    fn approval(&self, action: ActionId, gate: &Gate, now: Tick) -> Option<Approval> {
        match self.approvals {
            Approvals::Assumed => Some(Approval::Assumed),
            Approvals::Never => None,
            Approvals::Recorded(records) => {
                // Crawl at the start was not entered, so an earlier approval is one of this attempt.
                let since = self.states[action.index()].entry().map(|since| self.instant(since));
                let name = &self.plan_of(action).name;
                let fits = |time: Instant| since.is_none_or(|since| since <= time) && time < self.instant(now);
                let given = records.iter().filter(|it| it.action == *name && it.to == gate.step.to() && fits(it.time));
                let first = given.min_by_key(|it| (it.time, &it.by))?;
                Some(Approval::Recorded(first.by.clone()))
            }
        }
    }

    fn instant(&self, boundary: Tick) -> Instant {
        Instant::from_seconds(boundary.saturating_mul(self.plan.tick_seconds))
    }

    /// Step 6: among the eligible the earliest, then the lowest risk, then the first declared goes one tier up.
    fn promote(&mut self, now: Tick, eligible: &[ActionId]) -> Option<ActionId> {
        if self.last_promotion.is_some_and(|(at, _)| at > now - self.plan.promote_ticks) {
            return None;
        }
        let rank = |action: ActionId| (self.states[action.index()].eligible_since, self.plan_of(action).risk, action);
        let action = eligible.iter().copied().min_by_key(|action| rank(*action))?;
        let state = &self.states[action.index()];
        let gate = self.plan_of(action).gate_above(state.tier)?;
        let held_since = state.passing_since?;
        let approval = gate.approval.as_ref().and_then(|_| self.approval(action, gate, now));
        let bars = self.bar_readings(action, gate, now);
        let clause = self.plan.gate_path(action, gate.step);
        let (from, to, keeps) = (gate.step.from(), gate.step.to(), gate.keeps.len());
        let detail = Detail::Promote { held_since, bars, approval };
        self.decisions.push(Decision { at: now, action, from, to, detail, clause });
        self.state(action).enter(to, now, keeps);
        self.last_promotion = Some((now, action));
        Some(action)
    }

    /// Step 7: every other eligible action is deferred, logged once per spell of passing.
    fn defer(&mut self, now: Tick, promoted: Option<ActionId>) {
        for action in self.actions() {
            let state = &self.states[action.index()];
            if Some(action) == promoted || state.eligible_since.is_none() || state.deferred {
                continue;
            }
            let (Some(held_since), tier) = (state.passing_since, state.tier) else { continue };
            let Some(gate) = self.plan_of(action).gate_above(tier) else { continue };
            let bars = self.bar_readings(action, gate, now);
            let clause = self.plan.gate_path(action, gate.step);
            let behind = self.last_promotion.map(|(_, action)| action);
            let detail = Detail::Defer { held_since, behind, bars };
            self.decisions.push(Decision { at: now, action, from: tier, to: tier, detail, clause });
            self.state(action).deferred = true;
        }
    }

    /// Step 8: an attempt that is not passing ends `stop after` the tier was entered.
    fn stop(&mut self, now: Tick, moved: &[bool]) {
        for action in self.actions().filter(|action| !moved[action.index()]).collect::<Vec<_>>() {
            let state = &self.states[action.index()];
            let (since, tier) = (state.since, state.tier);
            if state.stopped || state.passing_since.is_some() {
                continue;
            }
            let Some(gate) = self.plan_of(action).gate_above(tier) else { continue };
            if gate.stop.is_none_or(|stop| now - since < stop) {
                continue;
            }
            let bars = self.bar_readings(action, gate, now);
            let clause = format!("{}.stop", self.plan.gate_path(action, gate.step));
            let detail = Detail::Stop { since, bars };
            self.decisions.push(Decision { at: now, action, from: tier, to: tier, detail, clause });
            self.state(action).stopped = true;
        }
    }

    /// A move down, of any kind: a new attempt, after the cooldown.
    fn take_down(&mut self, now: Tick, action: ActionId, to: Tier, detail: Detail, clause: String) {
        let from = self.states[action.index()].tier;
        self.reset(now, action, Cause::Moved);
        self.decisions.push(Decision { at: now, action, from, to, detail, clause });
        let plan = self.plan_of(action);
        let (cooldown, keeps) = (plan.cooldown, plan.gate_below(to).map_or(0, |gate| gate.keeps.len()));
        let state = self.state(action);
        state.enter(to, now, keeps);
        state.stopped = false;
        state.cooldown_until = Some(now + cooldown);
    }

    /// Ends a spell of passing, and remembers that a hold was reset.
    fn reset(&mut self, now: Tick, action: ActionId, cause: Cause) {
        let state = &mut self.states[action.index()];
        if let Some(held_since) = state.passing_since {
            let tier = state.tier;
            self.resets.push(Reset { at: now, action, tier, held_since, cause });
        }
        self.states[action.index()].fail();
    }

    fn gate_below(&self, action: ActionId) -> Option<&'a Gate> {
        self.plan_of(action).gate_below(self.states[action.index()].tier)
    }

    /// The bars of a gate as they stand for this action type: after a first demotion those of `reentry`.
    #[must_use]
    pub fn bar_readings(&self, action: ActionId, gate: &Gate, now: Tick) -> Vec<Reading> {
        let state = &self.states[action.index()];
        let as_it_applies = gate.bars.iter().map(|bar| if state.demoted { &bar.again } else { &bar.first });
        as_it_applies.map(|bar| self.ledger.read(action, bar, state.tier, state.entry(), now, false)).collect()
    }

    /// The keep bars that watch the tier.
    #[must_use]
    pub fn keep_readings(&self, action: ActionId, gate: &Gate, now: Tick) -> Vec<Reading> {
        let state = &self.states[action.index()];
        gate.keeps.iter().map(|bar| self.ledger.read(action, bar, state.tier, state.entry(), now, true)).collect()
    }
}
