//! Coverage: which clauses of a policy decided something in some scenario, and which never did.
//!
//! A clause is known by its place, so an inherited clause of a ladder is one clause, and any action type that follows
//! the ladder may decide it. [`watch`] sees what decides.

mod watch;

use super::{Error, Scenario};
use crate::model::Policy;
use crate::model::policy::{Action, Clause, Gate, Stale};
use crate::plan::{Plan, compile};
use crate::source::Span;
use crate::value::Tier;
use std::collections::BTreeSet;
use watch::Watch;

/// A kind of clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// `promote one per`
    Promote,
    /// `bar`
    Bar,
    /// `keep`, or the margin of a bar
    Keep,
    /// `hold`
    Hold,
    /// `requires`
    Requires,
    /// `approval`
    Approval,
    /// `stop`
    Stop,
    /// `cooldown`
    Cooldown,
    /// `reentry`
    Reentry,
    /// `trip`
    Trip,
    /// `stale`
    Stale,
    /// `renew`
    Renew,
    /// `ceiling`
    Ceiling,
}

/// One thing that a clause can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    /// A bar clears in a promotion.
    Clears,
    /// A bar has enough samples and falls short.
    Short,
    /// A keep bar is below its target, within the margin.
    Spares,
    /// A keep bar is beyond its margin.
    Fails,
    /// A hold is under way.
    Waits,
    /// It lets a promotion through.
    Lets,
    /// It keeps back what would have gone up.
    Bars,
    /// It does what it is there for.
    Fires,
}

impl Part {
    /// What clauses of this kind can decide.
    fn facets(self) -> &'static [Facet] {
        match self {
            Self::Bar => &[Facet::Clears, Facet::Short],
            Self::Keep => &[Facet::Spares, Facet::Fails],
            Self::Hold => &[Facet::Waits, Facet::Lets],
            Self::Requires | Self::Approval => &[Facet::Lets, Facet::Bars],
            Self::Promote | Self::Cooldown | Self::Reentry | Self::Ceiling => &[Facet::Bars],
            Self::Stop | Self::Trip | Self::Stale | Self::Renew => &[Facet::Fires],
        }
    }
}

/// One thing that one clause can decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The clause; of a `promote one per` that is not written, the policy.
    pub at: Span,
    /// Which kind of clause.
    pub part: Part,
    /// What it decides.
    pub facet: Facet,
}

/// What the clauses of a policy can decide, and what they did.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Everything that can be decided.
    pub all: BTreeSet<Item>,
    /// What some scenario decided.
    pub decided: BTreeSet<Item>,
}

impl Coverage {
    /// Plays scenarios of a policy and watches what decides.
    pub fn of(policy: &Policy, plan: &Plan, scenarios: &[&Scenario]) -> Result<Self, Error> {
        let (mut all, mut decided) = (BTreeSet::new(), BTreeSet::new());
        each(policy, &mut |at, part| all.extend(part.facets().iter().map(|facet| Item { at, part, facet: *facet })));
        let free = lifted(policy);
        for scenario in scenarios {
            let counts = scenario.counts(plan)?;
            let mut watch = Watch::new(policy, &mut decided);
            scenario.replay(plan, &counts, &mut |walk, now| watch.look(walk, now))?;
            ceilings(policy, &free, scenario, &mut decided)?;
        }
        decided.retain(|item| all.contains(item));
        Ok(Self { all, decided })
    }

    /// What no scenario decided.
    pub fn undecided(&self) -> impl Iterator<Item = &Item> {
        self.all.difference(&self.decided)
    }

    /// Whether at least so many percent were decided.
    #[must_use]
    pub fn reaches(&self, percent: u8) -> bool {
        self.decided.len() * 100 >= self.all.len() * usize::from(percent)
    }
}

/// Every clause that can decide something.
fn each(policy: &Policy, see: &mut dyn FnMut(Span, Part)) {
    let climbers: Vec<&Action> = policy.actions.iter().filter(|action| action.live_gates().next().is_some()).collect();
    if climbers.len() > 1 {
        see(policy.at, Part::Promote);
    }
    for action in &policy.actions {
        if let Some(ceiling) = action.ceiling.as_ref().filter(|_| action.live_gates().count() < 2) {
            see(ceiling.at, Part::Ceiling);
        }
    }
    for action in climbers {
        action.live_gates().for_each(|gate| of_gate(gate, see));
        of_action(action, see);
    }
}

fn of_gate(gate: &Gate, see: &mut dyn FnMut(Span, Part)) {
    gate.bars.iter().for_each(|bar| see(bar.at, Part::Bar));
    gate.keep_bars().for_each(|keep| see(keep.at, Part::Keep));
    gate.requires.iter().for_each(|clause| see(clause.at, Part::Requires));
    let one = [
        (place(gate.hold.as_ref()), Part::Hold),
        (place(gate.approval.as_ref()), Part::Approval),
        (place(gate.stop.as_ref()), Part::Stop),
    ];
    one.into_iter().filter_map(|(at, part)| Some((at?, part))).for_each(|(at, part)| see(at, part));
}

fn of_action(action: &Action, see: &mut dyn FnMut(Span, Part)) {
    let top = action.ceiling_tier();
    action.trips.iter().filter(|trip| trip.value.to < top).for_each(|trip| see(trip.at, Part::Trip));
    let stale = action.stale.as_ref().filter(|clause| matches!(clause.value, Stale::After(_)));
    let one = [
        (place(stale), Part::Stale),
        (place(action.cooldown.as_ref()), Part::Cooldown),
        (place(action.reentry.as_ref()), Part::Reentry),
        (place(action.renew.as_ref().filter(|clause| clause.value.to < top)), Part::Renew),
    ];
    one.into_iter().filter_map(|(at, part)| Some((at?, part))).for_each(|(at, part)| see(at, part));
}

fn place<T>(clause: Option<&Clause<T>>) -> Option<Span> {
    clause.map(|clause| clause.at)
}

/// The plan of the policy without its ceilings.
fn lifted(policy: &Policy) -> Plan {
    let mut free = policy.clone();
    free.actions.iter_mut().for_each(|action| action.ceiling = None);
    compile(&free)
}

/// A ceiling decides where its action type would have gone higher without it.
fn ceilings(policy: &Policy, free: &Plan, of: &Scenario, decided: &mut BTreeSet<Item>) -> Result<(), Error> {
    let run = of.replay(free, &of.counts(free)?, &mut |_, _| ())?;
    for (action, outcome) in policy.actions.iter().zip(&run.outcomes) {
        let highest = outcome.timeline.iter().map(|(_, tier)| *tier).max().unwrap_or(Tier::Crawl);
        if let Some(ceiling) = action.ceiling.as_ref().filter(|clause| clause.value.0 < highest) {
            decided.insert(Item { at: ceiling.at, part: Part::Ceiling, facet: Facet::Bars });
        }
    }
    Ok(())
}
