//! A year of a whole policy, replayed over drawn histories: promotions, falls, flaps, and time at each tier.

use super::drawn::{Drawn, Truth};
use super::{Question, YEAR, agent, gate};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Answer, spread};
use crate::plan::{Action, Bar, Plan};
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
    /// In how many of them any action type was promoted past a bar that it is not as good as.
    pub wrongly: u64,
    /// How many gates have such a bar.
    pub wrong_gates: u64,
    /// By action type.
    pub actions: Vec<ActionYear>,
}

/// The sums over all histories of one action type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionYear {
    /// In how many histories each step was taken.
    pub steps: [u64; Step::ALL.len()],
    /// Whether a bar of the gate of each step asks for more than the agent is.
    pub is_wrong: [bool; Step::ALL.len()],
    /// Demotions, trips and the like.
    pub falls: Sum,
    /// Falls within twice the hold of a promotion.
    pub flaps: Sum,
    /// Ticks by tier.
    pub ticks: [Sum; Tier::ALL.len()],
}

/// What was counted in each history, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// All of it.
    pub all: u64,
    /// Its squares.
    squares: u128,
    /// The most that one history may count, where there is such a limit.
    most: u64,
}

impl Sum {
    fn count(&mut self, n: u64, most: u64) {
        self.all += n;
        self.squares += u128::from(n) * u128::from(n);
        self.most = self.most.max(most);
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.squares += other.squares;
        self.most = self.most.max(other.most);
    }
}

/// What simulated histories say of an average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mean {
    /// So much, with a standard error.
    About(f64, f64),
    /// Nothing was counted in any history; with 95 % less than so many histories count anything.
    Below(f64),
    /// Everything was counted in every history; with 95 % no more histories than so many miss anything.
    Above(f64),
}

impl Mean {
    /// A value, and its standard error; or where nothing, or everything, was counted, how far it may be from there.
    #[must_use]
    pub fn parts(self) -> (f64, f64) {
        match self {
            Self::About(mean, error) => (mean, error),
            Self::Below(most) => (0.0, most),
            Self::Above(least) => (1.0, 1.0 - least),
        }
    }
}

impl Year {
    /// The chance of something that happened in so many of the histories.
    #[must_use]
    pub fn chance(&self, hits: u64) -> Answer {
        Answer::of_paths(self.histories, hits)
    }

    /// What was counted on average, as a share of the most that there can be, if there is a most.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an error needs no more digits")]
    pub fn mean(&self, sum: Sum) -> Mean {
        let (all, unit) = (real(self.histories.max(1)), real(sum.most.max(1)));
        let mean = real(sum.all) / all;
        let error = ((sum.squares as f64 / all - mean * mean).max(0.0) / all).sqrt();
        match sum.all {
            0 => Mean::Below(3.0 / all),
            n if sum.most > 0 && n == sum.most * self.histories => Mean::Above((1.0 - 3.0 / all).max(0.0)),
            // Where all histories count alike, that is no proof that all do.
            _ if error <= 0.0 => Mean::About(mean / unit, 3.0 / all),
            _ => Mean::About(mean / unit, error / unit),
        }
    }

    /// Adds the same year over other histories.
    fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.wrongly += other.wrongly;
        for (mine, theirs) in self.actions.iter_mut().zip(&other.actions) {
            mine.steps.iter_mut().zip(theirs.steps).for_each(|(sum, more)| *sum += more);
            mine.ticks.iter_mut().zip(theirs.ticks).for_each(|(sum, more)| sum.add(more));
            mine.falls.add(theirs.falls);
            mine.flaps.add(theirs.flaps);
        }
    }
}

impl ActionYear {
    fn count(&mut self, figures: &Figures) {
        self.falls.count(figures.moves() - figures.count(Kind::Promote), 0);
        self.flaps.count(figures.flaps, 0);
        let all = figures.ticks.iter().sum();
        self.ticks.iter_mut().zip(figures.ticks).for_each(|(sum, more)| sum.count(more, all));
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

/// Whether each gate has a bar that asks for more than these rates are.
fn wrong(plan: &Plan, action: &Action, rates: &[(MetricId, Decimal)]) -> [bool; Step::ALL.len()] {
    Step::ALL.map(|step| {
        let bars = action.gates[step.index()].iter().flat_map(gate::bars);
        let is_missed = |bar: &Bar| {
            let lower = agent::lower_is_better(&plan.metrics[bar.metric.index()]);
            let rate = rates.iter().find(|(id, _)| *id == bar.metric).map(|(_, rate)| *rate);
            rate.is_some_and(|rate| if lower { rate > bar.target } else { rate < bar.target })
        };
        bars.into_iter().any(is_missed)
    })
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
        let actions: Vec<ActionYear> = self
            .plan
            .actions
            .iter()
            .zip(&truths)
            .map(|(action, truth)| ActionYear {
                is_wrong: wrong(self.plan, action, &truth.before),
                ..ActionYear::default()
            })
            .collect();
        let gates = actions.iter().flat_map(|action| action.is_wrong).filter(|is_wrong| *is_wrong).count() as u64;
        let ticks = self.ticks(YEAR);
        let drawn = Drawn::new(self.plan, self.traffic, &truths, ticks, ticks)?;
        let parts = spread(&(0..self.replayed()), self.effort.threads, |numbers| {
            let mut drawn = drawn.clone();
            let mut year = Year { better, actions: actions.clone(), wrong_gates: gates, ..Year::default() };
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
        let is_wrong = run.decisions.iter().any(|decision| {
            let step = Step::between(decision.from, decision.to);
            step.is_some_and(|step| year.actions[decision.action.index()].is_wrong[step.index()])
        });
        year.wrongly += u64::from(is_wrong);
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
