//! One boundary after the other: semantics §3 (state) and §4 (the eight steps).

use super::bars::View;
use super::output::{Decision, Next, Ordered, cohort_value, gate_bars, keep_bars, next_bar, whole, window};
use super::policy::{Action, Gate, Renew, Tier, Trip};
use super::time;
use super::world::World;

/// The state of one action type; boundaries are indexes.
pub(crate) struct State {
    pub(crate) tier: Tier,
    pub(crate) since: i128,
    /// The same, but none for the first tier: "that tier was not entered".
    entered: Option<i128>,
    passing_since: Option<i128>,
    eligible_since: Option<i128>,
    cooldown_until: Option<i128>,
    demoted: bool,
    stopped: bool,
    /// Per keep bar of the gate below.
    last_evidence: Vec<i128>,
    /// The spell (its passing_since) whose deferral is already logged.
    deferred_spell: Option<i128>,
    /// Moved at this boundary.
    moved: bool,
    /// (boundary, tier), the first boundary first.
    pub(crate) timeline: Vec<(i128, Tier)>,
    /// The boundaries with evidence: §7, coverage.
    pub(crate) with_evidence: Vec<i128>,
}

pub(crate) struct Replay<'a> {
    world: &'a World,
    pub(crate) states: Vec<State>,
    pub(crate) decisions: Vec<Decision>,
    /// The last promotion: boundary and action.
    promoted: Option<(i128, usize)>,
    now: i128,
}

const MOVES_THAT_DEMOTE: [&str; 4] = ["demote", "trip", "renew", "stale"];

impl<'a> Replay<'a> {
    /// "At the replay's first boundary every action type is at crawl, with since = that boundary."
    pub(crate) fn new(world: &'a World) -> Replay<'a> {
        let start = || State {
            tier: Tier::Crawl,
            since: world.first,
            entered: None,
            passing_since: None,
            eligible_since: None,
            cooldown_until: None,
            demoted: false,
            stopped: false,
            last_evidence: Vec::new(),
            deferred_spell: None,
            moved: false,
            timeline: vec![(world.first, Tier::Crawl)],
            with_evidence: Vec::new(),
        };
        let states = world.policy.actions.iter().map(|_| start()).collect();
        Replay { world, states, decisions: Vec::new(), promoted: None, now: world.first }
    }

    pub(crate) fn run(&mut self) {
        for boundary in self.world.first..=self.world.last {
            self.now = boundary;
            self.states.iter_mut().for_each(|state| state.moved = false);
            self.cover();
            self.trips();
            self.renewals();
            self.keeps();
            self.stale();
            self.passing();
            let promoted = self.promote_one();
            self.defer(promoted);
            self.stop();
        }
    }

    fn all(&self) -> std::ops::Range<usize> {
        0..self.states.len()
    }

    fn action(&self, index: usize) -> &'a Action {
        &self.world.policy.actions[index]
    }

    fn view(&self, index: usize) -> View<'a> {
        let state = &self.states[index];
        View {
            world: self.world,
            action: index,
            tier: state.tier,
            entered: state.entered,
            cohort: self.world.cohort_at(index, self.now),
            demoted: state.demoted,
            boundary: self.now,
        }
    }

    fn gate_above(&self, index: usize) -> Option<&'a Gate> {
        self.action(index).gate_above(self.states[index].tier)
    }

    fn at(&self, boundary: i128) -> String {
        time::show(self.world.instant(boundary))
    }

    /// A decision about the action as it stands, which stays at its tier unless `to` is changed.
    fn decision(&self, index: usize, kind: &'static str, clause: String) -> Decision {
        let tier = self.states[index].tier.name();
        let action = self.action(index).name.clone();
        Decision { at: self.at(self.now), action, kind, from: tier, to: tier, clause, ..Decision::default() }
    }

    /// "A move sets since = now, passing_since = eligible_since = none, stopped = false on demotion only,
    /// last_evidence = now. A demotion sets cooldown_until = now + cooldown; demote and trip also set demoted."
    fn make_move(&mut self, index: usize, to: Tier, decision: Decision) {
        let cooldown = self.world.ticks(self.action(index).clauses.cooldown.unwrap_or(0));
        let keep_bars = self.action(index).keep_bars(to).len();
        let now = self.now;
        let kind = decision.kind;
        let state = &mut self.states[index];
        state.tier = to;
        state.since = now;
        state.entered = Some(now);
        state.passing_since = None;
        state.eligible_since = None;
        state.last_evidence = vec![now; keep_bars];
        state.moved = true;
        state.timeline.push((now, to));
        if MOVES_THAT_DEMOTE.contains(&kind) {
            state.stopped = false;
            state.cooldown_until = Some(now + cooldown);
        }
        if kind == "demote" || kind == "trip" {
            state.demoted = true;
        }
        self.decisions.push(Decision { to: to.name(), ..decision });
    }

    /// §7: is there enough evidence for every bar of the gate above, or, where none applies, for some keep bar?
    fn cover(&mut self) {
        for index in self.all() {
            let view = self.view(index);
            let covered = match self.gate_above(index) {
                Some(gate) => gate.bars.iter().all(|bar| view.promotion_bar(bar).enough),
                None => self.action(index).keep_bars(view.tier).iter().any(|bar| view.keep_bar(bar).enough),
            };
            if covered {
                self.states[index].with_evidence.push(self.now);
            }
        }
    }

    /// The signals of a trip in ticks `from` to now − 1: "each signal once per record, at its earliest arrival; whatever
    /// tier the record ran at"; "a trip of the policy counts the signals of all records and notices".
    fn trip_signals(&self, index: usize, trip: &Trip, from: i128) -> i128 {
        let history = &self.world.history;
        let in_window = |time: i128| (from..self.now).contains(&time.div_euclid(self.world.policy.tick));
        let mut count = 0;
        for (record, of_type) in history.records.iter().zip(&self.world.types) {
            if !trip.of_policy && *of_type != Some(index) {
                continue;
            }
            for signal in &trip.signals {
                let arrivals = record.outcomes.iter().filter(|outcome| outcome.signal == *signal);
                let earliest = arrivals.map(|outcome| outcome.time).min();
                count += i128::from(earliest.is_some_and(in_window));
            }
        }
        if trip.of_policy {
            let counted = |(signal, time): &&(String, i128)| trip.signals.contains(signal) && in_window(*time);
            count += history.notices.iter().filter(counted).count() as i128;
        }
        count
    }

    /// Does the action's cohort differ from that of the boundary before? "The first boundary, and one without any
    /// record, change nothing."
    fn cohort_changed(&self, index: usize) -> bool {
        let before = self.world.cohort_at(index, self.now - 1);
        let current = self.world.cohort_at(index, self.now);
        self.now > self.world.first && before.is_some() && before != current
    }

    /// Where a renewal would take the action now.
    fn renewal(&self, index: usize) -> Option<&'a Renew> {
        let renew = self.action(index).clauses.renew.as_ref()?;
        (self.cohort_changed(index) && self.states[index].tier > renew.to).then_some(renew)
    }

    /// Step 1. Of several trips that fire the lowest target, then the first written; a renewal that would take the
    /// action lower is what happens instead.
    fn trips(&mut self) {
        for index in self.all() {
            let mut lowest: Option<(usize, &Trip, i128, i128)> = None;
            for (number, trip) in self.action(index).clauses.trips.iter().enumerate() {
                let state = &self.states[index];
                let from = (self.now - self.world.ticks(trip.within)).max(state.since);
                let signals = self.trip_signals(index, trip, from);
                let fires = state.tier > trip.to && signals >= trip.number;
                if fires && lowest.is_none_or(|(_, known, _, _)| trip.to < known.to) {
                    lowest = Some((number + 1, trip, from, signals));
                }
            }
            let Some((number, trip, from, signals)) = lowest else { continue };
            if self.renewal(index).is_some_and(|renew| renew.to < trip.to) {
                continue;
            }
            let mut decision = self.decision(index, "trip", format!("{}.trip[{number}]", self.action(index).name));
            decision.signals = Some(whole(signals));
            decision.window = Some(window(self.world, from, self.now));
            self.make_move(index, trip.to, decision);
        }
    }

    /// Step 2.
    fn renewals(&mut self) {
        for index in self.all() {
            if self.states[index].moved || !self.cohort_changed(index) {
                continue;
            }
            if let Some(renew) = self.renewal(index) {
                let values = self
                    .world
                    .cohort_at(index, self.now)
                    .into_iter()
                    .flatten()
                    .map(|value| cohort_value(value.as_ref()));
                let mut decision = self.decision(index, "renew", format!("{}.renew", self.action(index).name));
                decision.cohort = Some(Ordered(renew.attributes.iter().cloned().zip(values).collect()));
                self.make_move(index, renew.to, decision);
            }
            self.states[index].passing_since = None;
        }
    }

    fn gate_path(&self, index: usize, lower: Tier) -> String {
        format!("{}.{}_to_{}", self.action(index).name, lower.name(), lower.up().name())
    }

    /// Step 3: any failing keep bar takes the action one tier down.
    fn keeps(&mut self) {
        for index in self.all() {
            let tier = self.states[index].tier;
            if self.states[index].moved || tier == Tier::Crawl {
                continue;
            }
            let view = self.view(index);
            let bars = self.action(index).keep_bars(tier);
            let Some(first) = bars.iter().position(|bar| view.keep_bar(bar).fails()) else { continue };
            let failing: Vec<_> = bars.into_iter().filter(|bar| view.keep_bar(bar).fails()).collect();
            let clause = format!("{}.keep[{}]", self.gate_path(index, tier.down()), first + 1);
            let mut decision = self.decision(index, "demote", clause);
            decision.bars = Some(keep_bars(&view, &failing));
            self.make_move(index, tier.down(), decision);
        }
    }

    /// Step 4: a keep bar without enough evidence for `stale` takes the action one tier down.
    fn stale(&mut self) {
        for index in self.all() {
            let tier = self.states[index].tier;
            if self.states[index].moved || tier == Tier::Crawl {
                continue;
            }
            let view = self.view(index);
            let bars = self.action(index).keep_bars(tier);
            for (number, bar) in bars.iter().enumerate() {
                if view.keep_bar(bar).enough {
                    self.states[index].last_evidence[number] = self.now;
                }
            }
            let Some(stale) = self.action(index).stale().map(|stale| self.world.ticks(stale)) else { continue };
            let too_old = |last: &&i128| self.now - **last >= stale;
            let Some(since) = self.states[index].last_evidence.iter().filter(too_old).min() else { continue };
            let mut decision = self.decision(index, "stale", format!("{}.stale", self.action(index).name));
            decision.since = Some(self.at(*since));
            decision.bars = Some(keep_bars(&view, &bars));
            self.make_move(index, tier.down(), decision);
        }
    }

    fn in_cooldown(&self, index: usize) -> bool {
        self.states[index].cooldown_until.is_some_and(|until| self.now < until)
    }

    /// "No trip of it whose target is below the tier it would get has N signals in its window (whenever the tier was
    /// entered)."
    fn barred_by_trip(&self, index: usize) -> bool {
        let would_get = self.states[index].tier.up();
        self.action(index).clauses.trips.iter().any(|trip| {
            let from = self.now - self.world.ticks(trip.within);
            trip.to < would_get && self.trip_signals(index, trip, from) >= trip.number
        })
    }

    fn requirements_hold(&self, gate: &Gate) -> bool {
        gate.requires.iter().all(|(name, tier)| {
            let required = self.world.policy.actions.iter().position(|action| action.name == *name);
            required.is_some_and(|index| self.tier_after_step_4(index) >= *tier)
        })
    }

    /// What was promoted at this very boundary stood a tier lower until then.
    fn tier_after_step_4(&self, index: usize) -> Tier {
        match (self.promoted == Some((self.now, index)), self.states[index].tier) {
            (true, Tier::Run) => Tier::Walk,
            (true, _) => Tier::Crawl,
            (false, tier) => tier,
        }
    }

    fn hold_is_over(&self, index: usize, gate: &Gate) -> bool {
        let hold = self.world.ticks(gate.hold.expect("a gate has a hold"));
        self.states[index].passing_since.is_some_and(|since| self.now - since >= hold)
    }

    /// Approvals are assumed given, or never given.
    fn approved(&self, gate: &Gate) -> bool {
        gate.approval.is_none() || self.world.approvals
    }

    /// Step 5. (In cooldown, stopped, moved, or without a gate above: not passing.)
    fn passing(&mut self) {
        for index in self.all() {
            let view = self.view(index);
            let candidate = !self.states[index].moved && !self.states[index].stopped && !self.in_cooldown(index);
            let gate = self.gate_above(index).filter(|_| candidate);
            let clears = |gate: &Gate| gate.bars.iter().all(|bar| view.promotion_bar(bar).clears());
            let passing = gate.is_some_and(clears) && !self.barred_by_trip(index);
            let state = &mut self.states[index];
            state.passing_since = if passing { state.passing_since.or(Some(self.now)) } else { None };
            let eligible = gate.is_some_and(|gate| {
                self.hold_is_over(index, gate) && self.requirements_hold(gate) && self.approved(gate)
            });
            let state = &mut self.states[index];
            state.eligible_since = if eligible { state.eligible_since.or(Some(self.now)) } else { None };
        }
    }

    /// Step 6. Returns whom it promoted.
    fn promote_one(&mut self) -> Option<usize> {
        let span = self.world.ticks(self.world.policy.promote_one_per);
        if self.promoted.is_some_and(|(last, _)| last > self.now - span) {
            return None;
        }
        let eligible = self.all().filter(|index| self.states[*index].eligible_since.is_some());
        let order = |index: &usize| (self.states[*index].eligible_since, self.action(*index).risk, *index);
        let index = eligible.min_by_key(order)?;
        let gate = self.gate_above(index)?;
        let tier = self.states[index].tier;
        let mut decision = self.decision(index, "promote", self.gate_path(index, tier));
        decision.held_since = self.states[index].passing_since.map(|since| self.at(since));
        decision.bars = Some(gate_bars(&self.view(index), &gate.bars));
        decision.approval = gate.approval.as_ref().map(|_| "assumed");
        self.make_move(index, tier.up(), decision);
        self.promoted = Some((self.now, index));
        Some(index)
    }

    /// Step 7: "logged at the first boundary of its spell at which it is eligible and not promoted".
    fn defer(&mut self, promoted: Option<usize>) {
        for index in self.all() {
            let state = &self.states[index];
            let logged = state.deferred_spell.is_some() && state.deferred_spell == state.passing_since;
            if Some(index) == promoted || state.eligible_since.is_none() || logged {
                continue;
            }
            let Some(gate) = self.gate_above(index) else { continue };
            let mut decision = self.decision(index, "defer", self.gate_path(index, state.tier));
            decision.held_since = state.passing_since.map(|since| self.at(since));
            decision.behind = self.promoted.map(|(_, ahead)| self.action(ahead).name.clone());
            decision.bars = Some(gate_bars(&self.view(index), &gate.bars));
            self.decisions.push(decision);
            self.states[index].deferred_spell = self.states[index].passing_since;
        }
    }

    /// Step 8.
    fn stop(&mut self) {
        for index in self.all() {
            let state = &self.states[index];
            let Some(gate) = self.gate_above(index) else { continue };
            let Some(stop) = gate.stop.map(|stop| self.world.ticks(stop)) else { continue };
            let late = self.now - state.since >= stop;
            if state.moved || state.stopped || state.passing_since.is_some() || !late {
                continue;
            }
            let mut decision = self.decision(index, "stop", format!("{}.stop", self.gate_path(index, state.tier)));
            decision.since = Some(self.at(state.since));
            decision.bars = Some(gate_bars(&self.view(index), &gate.bars));
            self.decisions.push(decision);
            self.states[index].stopped = true;
        }
    }

    /// interfaces.md §3: what keeps the action from its next tier at the last boundary, "the first that applies".
    pub(crate) fn next(&self, index: usize) -> Option<Next> {
        let gate = self.gate_above(index)?;
        let view = self.view(index);
        let looks: Vec<_> = gate.bars.iter().map(|bar| view.promotion_bar(bar)).collect();
        let some = |state: &str| looks.iter().any(|look| look.state("clears", "short") == state);
        let state = match () {
            () if self.states[index].stopped => "stopped",
            () if self.in_cooldown(index) => "cooldown",
            () if self.barred_by_trip(index) => "tripped",
            () if some("no_data") => "no_data",
            () if some("insufficient") => "insufficient",
            () if some("short") => "short",
            () if !self.hold_is_over(index, gate) => "holding",
            () if !self.requirements_hold(gate) => "requires",
            () if !self.approved(gate) => "approval",
            () => "deferred",
        };
        let bars = gate.bars.iter().zip(&looks).map(|(bar, look)| next_bar(bar, look)).collect();
        let name = if view.tier == Tier::Crawl { "crawl to walk" } else { "walk to run" };
        Some(Next { gate: name, state, bars })
    }
}
