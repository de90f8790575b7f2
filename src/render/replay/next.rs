//! What did not move at the end: why not, and what it still needs.

use super::View;
use super::needs::{Need, need};
use crate::plan::{Action, Gate};
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list as enumerate, plural, thousands};
use crate::replay::run::{Next, Outcome, Waiting};
use crate::replay::{Reading, Standing, State};
use crate::value::Tier;
use crate::value::duration::Tick;

/// Each action type below its ceiling, then in one line those that are where they may go.
pub(super) fn list(view: View) -> String {
    let mut out = view.heading(&format!("What each still needs, on {}", view.date(view.run.to)));
    for (at, action, outcome) in view.actions() {
        if let Some(next) = &outcome.next {
            out += &one(view, at, action, next);
        }
    }
    let there = |tier: Tier| {
        let names =
            view.actions().filter(move |(at, _, outcome)| outcome.next.is_none() && view.last_tier(*at) == tier);
        names.map(|(_, action, _)| clean(&action.name)).collect::<Vec<_>>()
    };
    for tier in Tier::ALL {
        let names = there(tier);
        let verb = if names.len() == 1 { "is" } else { "are" };
        let place = if tier == Tier::Run { String::new() } else { ", the ceiling".to_owned() };
        if !names.is_empty() {
            out += &view.line(&format!("{} {verb} at {}{place}", enumerate(&names, "and"), view.tier(tier)), 2);
        }
    }
    out
}

/// One action type; nothing if no gate is above it.
pub(super) fn of(view: View, at: usize) -> String {
    let next = view.run.outcomes.get(at).and_then(|outcome| outcome.next.as_ref());
    next.map_or_else(String::new, |next| one(view, at, &view.plan.actions[at], next))
}

fn one(view: View, at: usize, action: &Action, next: &Next) -> String {
    let state = &view.run.saved.states[at];
    let Some(gate) = action.gates[next.step.index()].as_ref() else { return String::new() };
    let subject = Subject { view, at, state, gate, next };
    let name = view.style.paint(Ink::Strong, clean(&action.name));
    let step = view.step(gate.step.from(), gate.step.to());
    let mut out = view.line(&format!("{name}  {step}: {}", subject.why()).replace("  ", "\u{a0}\u{a0}"), 2);
    for reading in &next.bars {
        out += &view.line(&(view.marked(reading) + &subject.still(reading)), 4);
    }
    for remark in subject.remarks(action) {
        out += &view.line(&remark, 4);
    }
    out
}

/// One action type that waits.
struct Subject<'a> {
    view: View<'a>,
    at: usize,
    state: &'a State,
    gate: &'a Gate,
    next: &'a Next,
}

impl Subject<'_> {
    /// What it waits for.
    fn why(&self) -> String {
        let view = self.view;
        match &self.next.waiting {
            Waiting::Stopped => {
                "the attempt has ended; a demotion or a change of the policy starts a new one".to_owned()
            }
            Waiting::Cooldown(until) => format!("in cooldown until {}", view.date(*until)),
            Waiting::Tripped(trip) => self.tripped(*trip),
            Waiting::NoData => "a bar has no sample".to_owned(),
            Waiting::Insufficient => "too few samples".to_owned(),
            Waiting::Short => "short of a bar".to_owned(),
            Waiting::Holding(since) => {
                let left = self.gate.hold - (view.run.to - since);
                format!(
                    "holding since {}, {} of {} left",
                    view.date(*since),
                    view.span(left),
                    view.span(self.gate.hold)
                )
            }
            Waiting::Requires(other, tier) => {
                let now = view.last_tier(other.index());
                format!("{} must be at {} first, it is at {}", view.name(*other), view.tier(*tier), view.tier(now))
            }
            Waiting::Approval => format!("all bars held; it waits for {}", self.approver()),
            Waiting::Deferred => "all bars held; it waits for its turn".to_owned(),
        }
    }

    fn approver(&self) -> String {
        let who = self.gate.approval.as_deref().unwrap_or_default();
        format!("the approval of \"{}\"", clean(who))
    }

    fn tripped(&self, trip: usize) -> String {
        match self.view.trip(self.at, trip) {
            None => "a trip bars the way".to_owned(),
            Some((names, count, within)) => {
                format!("a trip bars the way: {} or more {names} within {within}", thousands(count))
            }
        }
    }

    /// What a bar still needs, behind what it saw.
    fn still(&self, reading: &Reading) -> String {
        let need = need(reading).filter(|_| self.next.waiting != Waiting::Stopped);
        let Some(need) = need else { return String::new() };
        let told = match need {
            Need::Samples { to_min, to_clear } => self.samples(reading, to_min, to_clear),
            Need::Good(k) => format!("at least {}, if all are good", more(k)),
            Need::Never => "no number of good samples would do beside these".to_owned(),
            Need::Unknown => return String::new(),
        };
        format!("; {}", self.view.style.paint(Ink::Care, told))
    }

    /// `57 more samples to reach min 500`
    fn samples(&self, reading: &Reading, to_min: u64, to_clear: Option<u64>) -> String {
        let full = reading.bar.window.filter(|window| reading.to - reading.from == *window && reading.tally.n > 0);
        // A full window brought what it brought: what is missing must come on top of it, not later.
        let within = full.map_or_else(String::new, |window| format!(" within {}", self.view.span(window)));
        let told = format!("{}{within} to reach min {}", more(to_min), thousands(reading.bar.min));
        match to_clear {
            Some(k) if k > to_min => told + &format!(", {} to clear if all are good", thousands(k)),
            _ => told,
        }
    }

    /// When at the earliest, what else stands in the way, and when the attempt ends.
    fn remarks(&self, action: &Action) -> Vec<String> {
        let view = self.view;
        let mut remarks = Vec::new();
        if let Some(told) = self.earliest_words() {
            remarks.push(told);
        }
        let also = self.also();
        if !also.is_empty() && self.next.waiting != Waiting::Stopped {
            remarks.push(format!("then also {}", enumerate(&also, "and")));
        }
        if self.state.demoted && action.reentry > crate::value::Decimal::ZERO {
            let harder = crate::render::figures::points(action.reentry);
            remarks.push(format!("each bar is harder by {harder} since the first demotion"));
        }
        if let Some(stop) = self.gate.stop.filter(|_| !self.state.stopped) {
            let end = self.state.since + stop;
            if !self.next.bars.iter().all(|reading| reading.standing == Standing::Clears) {
                let (end, stop) = (view.date(end), view.span(stop));
                remarks.push(format!("the attempt ends on {end} unless the bars clear by then (stop after {stop})"));
            }
        }
        remarks
    }

    fn earliest_words(&self) -> Option<String> {
        let view = self.view;
        let at = earliest(view, self.at)?;
        let hold = view.span(self.gate.hold);
        let condition = match self.next.waiting {
            Waiting::Cooldown(_) => format!("if the bars clear from its end on and hold for {hold}"),
            Waiting::Tripped(_) | Waiting::NoData | Waiting::Insufficient | Waiting::Short => {
                format!("if the bars clear from the next boundary on and hold for {hold}")
            }
            _ => "if the bars go on clearing".to_owned(),
        };
        Some(format!("{} at the earliest, {condition}", view.date(at)))
    }

    /// What stands in the way behind what it waits for now.
    fn also(&self) -> Vec<String> {
        let view = self.view;
        let unmet = self.gate.requires.iter().filter(|(other, tier)| view.last_tier(other.index()) < *tier);
        let unmet = unmet.filter(|(other, tier)| self.next.waiting != Waiting::Requires(*other, *tier));
        let mut also: Vec<String> = unmet
            .map(|(other, tier)| {
                let now = view.last_tier(other.index());
                format!("{} at {} (it is at {})", view.name(*other), view.tier(*tier), view.tier(now))
            })
            .collect();
        if self.gate.approval.is_some() && self.next.waiting != Waiting::Approval {
            also.push(self.approver());
        }
        also
    }
}

/// The earliest boundary at which an action type could be promoted, if all goes as well as it can; `None` if it waits
/// for something that has no date, and where there is no gate.
fn earliest(view: View, at: usize) -> Option<Tick> {
    let next = view.run.outcomes[at].next.as_ref()?;
    let gate = view.plan.actions[at].gates[next.step.index()].as_ref()?;
    let soon = view.run.to + 1;
    let mut date = match &next.waiting {
        Waiting::Stopped => return None,
        Waiting::Cooldown(until) => until + gate.hold,
        Waiting::Tripped(_) | Waiting::NoData | Waiting::Insufficient | Waiting::Short => soon + gate.hold,
        Waiting::Holding(since) => since + gate.hold,
        Waiting::Requires(..) | Waiting::Approval | Waiting::Deferred => soon,
    };
    for (other, tier) in &gate.requires {
        if view.last_tier(other.index()) < *tier {
            date = date.max(reaches(view, other.index(), *tier)? + view.plan.promote_ticks);
        }
    }
    let free = view.run.saved.last_promotion.map_or(soon, |(last, _)| last + view.plan.promote_ticks);
    Some(date.max(free).max(soon))
}

/// The earliest boundary at which an action type could be at a tier that it is below.
fn reaches(view: View, at: usize, tier: Tier) -> Option<Tick> {
    let mut date = earliest(view, at)?;
    let mut reached = view.last_tier(at).step_up()?.to();
    while reached < tier {
        let gate = view.plan.actions[at].gate_above(reached)?;
        date += view.plan.promote_ticks.max(1 + gate.hold);
        reached = gate.step.to();
    }
    Some(date)
}

/// `57 more samples`
fn more(n: u64) -> String {
    plural(n, "sample").replacen(GLUE, &format!("{GLUE}more{GLUE}"), 1)
}

/// Keep bars at the end that have too little evidence, with the day on which silence takes the action type down.
pub(super) fn going_stale(view: View, at: usize, action: &Action, outcome: &Outcome) -> Vec<String> {
    let Some(stale) = action.stale else { return Vec::new() };
    let last = &view.run.saved.states[at].last_evidence;
    let quiet = outcome.keeps.iter().zip(last).filter(|(reading, _)| reading.standing < Standing::Short);
    quiet
        .map(|(reading, since)| {
            let (since, end) = (view.date(*since), view.date(since + stale));
            format!("{} has had too little evidence since {since}; stale on {end}", view.metric(&reading.bar))
        })
        .collect()
}
