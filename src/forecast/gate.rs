//! The odds of one gate: promotions and demotions of agents around its bars.

use super::{HORIZONS, MONTH, Noticed, Question, YEAR, agent, drop};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Answer, Asked, Average, Course, Curve, Effort, Flow, RARE, Refused, World};
use crate::plan::{Bar, Gate};
use crate::value::duration::Tick;
use crate::value::{Decimal, Step};
use std::cell::OnceCell;

/// Why a gate has no odds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// Nothing says how many samples of this metric arrive.
    #[error("no sample of the metric")]
    Traffic(ActionId, MetricId),
    /// It is more than what is computed.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// The odds of one gate.
#[derive(Clone, Debug)]
pub struct GateOdds {
    /// Of which action type.
    pub action: ActionId,
    /// From which tier to which.
    pub step: Step,
    /// Samples of its scarcest bar metric a day, in millionths; and of its scarcest keep metric.
    pub daily: [u64; 2],
    /// Promotions within each of [`HORIZONS`], by how far the agent is from the bars.
    pub climb: Vec<Row>,
    /// Falls in [`MONTH`] days once its windows are full, and in the first [`YEAR`], by how far it is from the keep bars.
    pub stay: Vec<Row>,
    /// How soon a drop from the keep bars is noticed.
    pub drops: Vec<Noticed>,
    /// The most samples that each of its bars ever sees within a year.
    pub most: Vec<u64>,
    /// Whether not even an agent without one bad sample is promoted within a year.
    pub is_impossible: bool,
}

/// What becomes of an agent.
#[derive(Clone, Debug)]
pub struct Row {
    /// By how much it is better than the bars ask, as a share of the scale.
    pub better: Decimal,
    /// Its true rates.
    pub rates: Vec<(MetricId, Decimal)>,
    /// The chances; `None` where nobody gets so far that there is one.
    pub chances: Vec<Option<Answer>>,
    /// After how many days on average, if within a year, and the standard error of that.
    pub days: Option<(f64, f64)>,
    /// How likely it has happened by each boundary of a year, from 0 on; and whether that is exact.
    pub sums: Vec<f64>,
    /// See `sums`.
    pub is_exact: bool,
}

impl Row {
    /// Whether the agent is not as good as the bars ask.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.better < Decimal::ZERO
    }
}

/// The chances of a [`Row`], and its curve.
type Figures = (Vec<Option<Answer>>, Curve);

/// An agent at a gate.
struct Agent<'a> {
    question: &'a Question<'a>,
    action: ActionId,
    gate: &'a Gate,
    world: World,
}

impl Agent<'_> {
    fn course(&self, up: bool, within: Tick) -> Result<Course, Refused> {
        let asked =
            Asked { plan: self.question.plan, action: self.action, gate: self.gate, world: &self.world, within };
        if up { asked.promotion() } else { asked.demotion() }
    }
}

/// A course, its curve, and what of it is rare.
struct Read<'a> {
    effort: &'a Effort,
    course: Course,
    curve: Curve,
    rare: OnceCell<Curve>,
}

impl<'a> Read<'a> {
    fn new(course: Course, effort: &'a Effort) -> Self {
        Self { effort, curve: course.curve(effort), course, rare: OnceCell::new() }
    }

    /// A chance read off the curve, or where too few paths met it, off that of tilted paths: one for all horizons.
    fn between(&self, after: Tick, by: Tick) -> Option<Answer> {
        let (after, by) = (boundary(after), boundary(by));
        let plain = self.curve.between(after, by)?;
        if self.curve.is_exact() || plain.chance >= RARE {
            return Some(plain);
        }
        let rare = self.rare.get_or_init(|| Curve::weighed(&self.course, self.effort));
        Some(rare.between(after, by).filter(|weighed| weighed.is_believed(&plain)).unwrap_or(plain))
    }
}

/// How likely something happens between two boundaries, if it had not by the first.
pub(super) fn read(course: Course, effort: &Effort, (after, by): (Tick, Tick)) -> Option<Answer> {
    Read::new(course, effort).between(after, by)
}

/// What happens by one horizon has happened by each later one: what a later one is simulated to be below, it is not.
fn rising(answers: &mut [Option<Answer>]) {
    let mut least = 0.0;
    for answer in answers.iter_mut().flatten() {
        answer.chance = answer.chance.max(least);
        least = answer.chance;
    }
}

/// Samples of the scarcest metric a day, in millionths.
fn daily(flows: &[(MetricId, Flow)]) -> u64 {
    flows.iter().map(|(_, flow)| flow.daily()).min().unwrap_or(0)
}

fn boundary(ticks: Tick) -> usize {
    usize::try_from(ticks).unwrap_or(0)
}

/// The bars of a gate as they apply before a first demotion.
pub fn bars(gate: &Gate) -> impl Iterator<Item = &Bar> {
    gate.bars.iter().map(|bar| &bar.first)
}

/// When the windows of the keep bars are full, in ticks after the tier was entered.
#[must_use]
pub fn full(question: &Question, gate: &Gate) -> Tick {
    let metrics = &question.plan.metrics;
    let full = |bar: &Bar| bar.window.unwrap_or(0) + metrics[bar.metric.index()].delay_ticks;
    gate.keeps.iter().map(full).max().unwrap_or(0)
}

impl Question<'_> {
    /// The odds of a gate of an action type.
    pub fn gate(&self, action: ActionId, gate: &Gate) -> Result<GateOdds, Unknown> {
        let unknown = |metric| Unknown::Traffic(action, metric);
        let up = self.traffic.of_bars(action, bars(gate)).map_err(unknown)?;
        let down = self.traffic.of_bars(action, gate.keeps.iter()).map_err(unknown)?;
        let rates = agent::rates(self.plan, bars(gate), Decimal::ZERO);
        let world = World { rates, flows: up.clone() };
        let best = Agent { question: self, action, gate, world }.course(true, self.ticks(YEAR))?;
        Ok(GateOdds {
            action,
            step: gate.step,
            daily: [daily(&up), daily(&down)],
            climb: self.rows(action, gate, true)?,
            stay: self.rows(action, gate, false)?,
            drops: drop::drops(self, action, gate)?,
            most: best.most_samples(),
            is_impossible: best.is_impossible(),
        })
    }

    fn rows(&self, action: ActionId, gate: &Gate, up: bool) -> Result<Vec<Row>, Unknown> {
        let all: Vec<&Bar> = if up { bars(gate).collect() } else { gate.keeps.iter().collect() };
        let points = agent::around(self.plan, all.iter().copied(), self.around.as_deref());
        let flows = self.traffic.of_bars(action, all.iter().copied());
        let flows = flows.map_err(|metric| Unknown::Traffic(action, metric))?;
        let row = |better: Decimal| {
            let rates = agent::rates(self.plan, all.iter().copied(), better);
            let world = World { rates: rates.clone(), flows: flows.clone() };
            let agent = Agent { question: self, action, gate, world };
            let (chances, curve) = if up { self.climb(&agent)? } else { self.stay(&agent)? };
            let year = boundary(self.ticks(YEAR));
            let days = |average: Average| (self.days(average.boundary), self.days(average.error));
            let mut sums = curve.sums();
            sums.truncate(year + 1);
            Ok(Row { better, rates, chances, days: curve.average(0, year).map(days), sums, is_exact: curve.is_exact() })
        };
        points.into_iter().map(row).collect()
    }

    fn climb(&self, agent: &Agent) -> Result<Figures, Refused> {
        let year = Read::new(agent.course(true, self.ticks(YEAR))?, &self.effort);
        let chance = |days: i64| {
            let within = self.ticks(days);
            // A shorter horizon may be exact where the year is not.
            let exact = || Ok(agent.course(true, within)?.exact(&self.effort));
            let exact = if year.curve.is_exact() || days == YEAR { None } else { exact()? };
            Ok(exact.or_else(|| year.between(0, within)))
        };
        let mut chances = HORIZONS.into_iter().map(chance).collect::<Result<Vec<_>, Refused>>()?;
        rising(&mut chances);
        Ok((chances, year.curve))
    }

    fn stay(&self, agent: &Agent) -> Result<Figures, Refused> {
        let (year, full) = (self.ticks(YEAR), full(self, agent.gate));
        let month = full + self.ticks(MONTH);
        let whole = Read::new(agent.course(false, year.max(month))?, &self.effort);
        let in_month = if whole.curve.is_exact() {
            whole.between(full, month)
        } else {
            Read::new(agent.course(false, month)?, &self.effort).between(full, month)
        };
        Ok((vec![in_month, whole.between(0, year)], whole.curve))
    }
}
