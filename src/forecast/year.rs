//! A year of a whole policy, replayed over drawn histories: promotions, falls, flaps, and time at each tier.

use super::drawn::{Drawn, Truth};
use super::{Question, YEAR, agent, gate};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Answer, spread};
use crate::plan::{Action, Plan};
use crate::replay::{self, Evidence, Figures, Kind, Options, Summary};
use crate::stats::real;
use crate::value::{Decimal, Step, Tier};

/// A first year of agents that are all as far from their bars, from crawl on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Year {
    /// By how much they are better than their bars ask, as a share of the scale.
    pub better: Decimal,
    /// How many histories were replayed.
    pub histories: u64,
    /// In how many of them any action type was promoted.
    pub promoted: u64,
    /// By action type.
    pub actions: Vec<ActionYear>,
}

/// The sums over all histories of one action type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionYear {
    /// In how many histories each step was taken.
    pub steps: [u64; Step::ALL.len()],
    /// Demotions, trips and the like.
    pub falls: u64,
    /// Falls within twice the hold of a promotion, and their squares.
    pub flaps: u64,
    /// See `flaps`.
    pub squares: u64,
    /// Ticks by tier.
    pub ticks: [u64; Tier::ALL.len()],
}

impl Year {
    /// The chance of something that happened in so many of the histories.
    #[must_use]
    pub fn chance(&self, hits: u64) -> Answer {
        Answer::of_paths(self.histories, hits)
    }

    /// Flaps of an action type on average, and the standard error of that.
    #[must_use]
    pub fn flaps(&self, action: &ActionYear) -> (f64, f64) {
        let all = real(self.histories.max(1));
        let mean = real(action.flaps) / all;
        (mean, ((real(action.squares) / all - mean * mean).max(0.0) / all).sqrt())
    }

    /// Adds the same year over other histories.
    fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.promoted += other.promoted;
        for (mine, theirs) in self.actions.iter_mut().zip(&other.actions) {
            mine.steps.iter_mut().zip(theirs.steps).for_each(|(sum, more)| *sum += more);
            mine.ticks.iter_mut().zip(theirs.ticks).for_each(|(sum, more)| *sum += more);
            mine.falls += theirs.falls;
            mine.flaps += theirs.flaps;
            mine.squares += theirs.squares;
        }
    }
}

impl ActionYear {
    fn count(&mut self, figures: &Figures) {
        self.falls += figures.moves() - figures.count(Kind::Promote);
        self.flaps += figures.flaps;
        self.squares += figures.flaps * figures.flaps;
        self.ticks.iter_mut().zip(figures.ticks).for_each(|(sum, more)| *sum += more);
    }
}

/// The true rates of an agent that is by so much better than the bars of its gates ask, and where a metric only keeps,
/// than the keep bars.
pub(super) fn rates(plan: &Plan, action: &Action, better: Decimal) -> Vec<(MetricId, Decimal)> {
    let gates = || action.gates.iter().flatten();
    let mut all = agent::rates(plan, gates().flat_map(gate::bars), better);
    for (id, rate) in agent::rates(plan, gates().flat_map(|gate| &gate.keeps), better) {
        if all.iter().all(|(known, _)| *known != id) {
            all.push((id, rate));
        }
    }
    all
}

impl Question<'_> {
    /// The first year of the policy with all its agents so far from their bars; `None` where the traffic of a metric is
    /// not known.
    #[must_use]
    pub fn year(&self, better: Decimal) -> Option<Year> {
        let truth = |(at, action): (usize, &Action)| {
            let rates = rates(self.plan, action, better);
            Truth { action: ActionId::new(at), before: rates.clone(), after: rates }
        };
        let truths: Vec<Truth> = self.plan.actions.iter().enumerate().map(truth).collect();
        let ticks = self.ticks(YEAR);
        let drawn = Drawn::new(self.plan, self.traffic, &truths, ticks, ticks)?;
        let parts = spread(&(0..self.histories), self.effort.threads, |numbers| {
            let mut drawn = drawn.clone();
            let mut year =
                Year { better, actions: vec![ActionYear::default(); self.plan.actions.len()], ..Year::default() };
            numbers.for_each(|number| self.replay(&mut drawn, number, &mut year));
            year
        });
        parts.into_iter().reduce(|mut sum, part| {
            sum.add(&part);
            sum
        })
    }

    fn replay(&self, drawn: &mut Drawn, number: u64, year: &mut Year) {
        let options = Options { evidence: Evidence::AnyTier, ..Options::default() };
        let Ok(run) = replay::run(self.plan, drawn.history(number), &options) else { return };
        let summary = Summary::of(self.plan, &run);
        year.histories += 1;
        year.promoted += u64::from(summary.sum.count(Kind::Promote) > 0);
        for (at, (year, figures)) in year.actions.iter_mut().zip(&summary.actions).enumerate() {
            year.count(figures);
            for step in Step::ALL {
                let took = run.decisions.iter().any(|decision| {
                    decision.action.index() == at && Step::between(decision.from, decision.to) == Some(step)
                });
                year.steps[step.index()] += u64::from(took);
            }
        }
    }
}

/// The signals of trips that no metric of their action type brings: in drawn histories they never arrive.
#[must_use]
pub fn unheard(plan: &Plan, action: &Action) -> Vec<String> {
    use crate::plan::MetricKind::{Event, Mean, Verdict};
    let metrics: Vec<MetricId> = rates(plan, action, Decimal::ZERO).into_iter().map(|(id, _)| id).collect();
    let is_heard = |signal| {
        metrics.iter().any(|id| match &plan.metrics[id.index()].kind {
            Verdict { bad, .. } => bad.contains(signal),
            Event { signals, .. } => signals.contains(signal),
            Mean { .. } => false,
        })
    };
    let signals = action.trips.iter().flat_map(|trip| &trip.signals).filter(|signal| !is_heard(signal));
    let mut names: Vec<String> = signals.map(|signal| plan.signals[signal.index()].clone()).collect();
    names.sort();
    names.dedup();
    names
}
