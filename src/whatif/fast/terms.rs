//! A plan cut into the parts that decide, each kept once: what a variant does not change costs nothing.

use super::bars::{BarAt, Bars, TripAt};
use crate::plan::{Action, Gate, Plan};
use crate::value::duration::Tick;
use crate::value::{Risk, Tier};
use rustc_hash::FxHashMap;

/// What lets an action type rise from a tier, but for the times.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rise {
    /// The bars before and after the first demotion.
    pub(super) bars: [Vec<BarAt>; 2],
    /// The trips that bar the way.
    pub(super) barring: Vec<TripAt>,
    /// Other action types and their tiers.
    pub(super) requires: Vec<(usize, Tier)>,
    /// Somebody must approve.
    pub(super) approval: bool,
}

impl Rise {
    /// Whether other action types or an approval must agree.
    pub(super) fn is_bound(&self) -> bool {
        self.approval || !self.requires.is_empty()
    }

    /// Whether the first demotion changes the bars.
    pub(super) fn is_other_when_demoted(&self) -> bool {
        self.bars[0] != self.bars[1]
    }
}

/// What makes an action type fall from a tier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fall {
    pub(super) action: usize,
    pub(super) tier: Tier,
    pub(super) keeps: Vec<BarAt>,
    /// The trips that lead below the tier.
    pub(super) trips: Vec<TripAt>,
    pub(super) stale: Option<Tick>,
    /// Where a renewal leads, if that is below the tier.
    pub(super) renew: Option<Tier>,
}

/// The terms of one action type, by [`Step::index`](crate::value::Step::index).
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    /// What lets it take the step.
    pub(super) rises: [Option<u32>; 2],
    /// What takes it down again.
    pub(super) falls: [Option<u32>; 2],
    pub(super) hold: [u32; 2],
    pub(super) stop: [Option<u32>; 2],
    pub(super) cooldown: u32,
}

/// A span of ticks; one longer than every replay stays so.
fn short(ticks: Tick) -> u32 {
    u32::try_from(ticks.max(0)).unwrap_or(u32::MAX)
}

/// The terms of a whole plan.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Which of all sheets it is.
    pub(super) number: usize,
    pub(super) actions: Vec<Terms>,
    pub(super) promote_ticks: Tick,
}

/// The parts of all plans met.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub(super) bars: Bars<'a>,
    pub(super) rises: Vec<Rise>,
    pub(super) falls: Vec<Fall>,
    rises_by_key: FxHashMap<(usize, Rise), usize>,
    falls_by_key: FxHashMap<Fall, usize>,
    /// The order in which action types are promoted, but for time.
    pub(super) risks: Vec<Risk>,
    /// Per action type: the boundaries at which its cohort changed.
    renewals: Vec<Vec<usize>>,
    /// How many sheets were made.
    sheets: usize,
}

impl<'a> Parts<'a> {
    pub(super) fn new(plan: &Plan, bars: Bars<'a>) -> Self {
        let renewals = (0..plan.actions.len()).map(|at| bars.sums.renewals(at)).collect();
        Self {
            bars,
            renewals,
            sheets: 0,
            rises: Vec::new(),
            falls: Vec::new(),
            rises_by_key: FxHashMap::default(),
            falls_by_key: FxHashMap::default(),
            risks: plan.actions.iter().map(|action| action.risk).collect(),
        }
    }

    /// The first boundary after another at which the cohort of an action type changed.
    pub(super) fn renewal_after(&self, action: usize, at: usize) -> Option<usize> {
        let renewals = &self.renewals[action];
        if renewals.is_empty() {
            return None;
        }
        renewals.get(renewals.partition_point(|known| *known <= at)).copied()
    }

    /// A plan's terms.
    pub(super) fn sheet(&mut self, plan: &Plan) -> Sheet {
        let actions = (0..plan.actions.len()).map(|at| self.terms(plan, at)).collect();
        self.sheets += 1;
        Sheet { number: self.sheets, actions, promote_ticks: plan.promote_ticks }
    }

    fn terms(&mut self, plan: &Plan, at: usize) -> Terms {
        let action = &plan.actions[at];
        let mut terms = Terms { cooldown: short(action.cooldown), ..Terms::default() };
        for gate in action.gates.iter().flatten() {
            let step = gate.step.index();
            terms.rises[step] = u32::try_from(self.rise(plan, at, gate)).ok();
            terms.falls[step] = u32::try_from(self.fall(plan, at, gate)).ok();
            terms.hold[step] = short(gate.hold);
            terms.stop[step] = gate.stop.map(short);
        }
        terms
    }

    fn rise(&mut self, plan: &Plan, at: usize, gate: &Gate) -> usize {
        let tier = gate.step.from();
        let first = gate.bars.iter().map(|bar| self.bars.bar(plan, at, &bar.first, tier)).collect();
        let again = gate.bars.iter().map(|bar| self.bars.bar(plan, at, &bar.again, tier)).collect();
        let rise = Rise {
            bars: [first, again],
            barring: self.trips(&plan.actions[at], at, gate.step.to()),
            requires: gate.requires.iter().map(|(other, tier)| (other.index(), *tier)).collect(),
            approval: gate.approval.is_some(),
        };
        let next = self.rises.len();
        let known = *self.rises_by_key.entry((at, rise.clone())).or_insert(next);
        if known == next {
            self.rises.push(rise);
        }
        known
    }

    fn fall(&mut self, plan: &Plan, at: usize, gate: &Gate) -> usize {
        let (action, tier) = (&plan.actions[at], gate.step.to());
        let fall = Fall {
            action: at,
            tier,
            keeps: gate.keeps.iter().map(|bar| self.bars.bar(plan, at, bar, tier)).collect(),
            trips: self.trips(action, at, tier),
            stale: action.stale,
            renew: action.renew.as_ref().map(|renew| renew.to).filter(|to| *to < tier),
        };
        let next = self.falls.len();
        let known = *self.falls_by_key.entry(fall.clone()).or_insert(next);
        if known == next {
            self.falls.push(fall);
        }
        known
    }

    /// The trips that lead below a tier, as written.
    fn trips(&mut self, action: &Action, at: usize, below: Tier) -> Vec<TripAt> {
        action.trips.iter().filter(|trip| trip.to < below).map(|trip| self.bars.trip(at, trip)).collect()
    }
}
