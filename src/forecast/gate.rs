//! The odds of one gate: promotions and demotions of agents around its bars.

use super::{HORIZONS, MONTH, Noticed, Question, YEAR, agent, drop};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Answer, Asked, Course, Curve, Method, Refused, World};
use crate::plan::{Bar, Gate};
use crate::value::duration::Tick;
use crate::value::{Decimal, Step};

/// Below this a simulated chance is asked for by itself, by paths that are tilted towards it.
const RARE: f64 = 1e-3;

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
}

/// What becomes of an agent.
#[derive(Clone, Debug)]
pub struct Row {
    /// By how much it is better than the bars ask, as a share of the scale.
    pub better: Decimal,
    /// Its true rates.
    pub rates: Vec<(MetricId, Decimal)>,
    /// The chances.
    pub chances: Vec<Answer>,
    /// After how many days on average, if within a year.
    pub days: Option<f64>,
    /// How likely it has happened by each boundary of a year, from 0 on.
    pub sums: Vec<f64>,
}

impl Row {
    /// Whether the agent is not as good as the bars ask.
    #[must_use]
    pub fn is_below(&self) -> bool {
        self.better < Decimal::ZERO
    }
}

/// The chances, the average and the curve of a [`Row`].
type Figures = (Vec<Answer>, Option<f64>, Vec<f64>);

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

    /// A chance read off a curve, or asked for by itself where too few paths met it.
    fn by(&self, up: bool, curve: &Curve, within: Tick) -> Result<Answer, Refused> {
        let read = curve.by(boundary(within));
        let is_sure = read.method == Method::Exact || read.chance >= RARE;
        if is_sure { Ok(read) } else { Ok(self.course(up, within)?.answer(&self.question.effort)) }
    }
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
        Ok(GateOdds {
            action,
            step: gate.step,
            daily: [up.daily(), down.daily()],
            climb: self.rows(action, gate, true)?,
            stay: self.rows(action, gate, false)?,
            drops: drop::drops(self, action, gate)?,
        })
    }

    fn rows(&self, action: ActionId, gate: &Gate, up: bool) -> Result<Vec<Row>, Unknown> {
        let all: Vec<&Bar> = if up { bars(gate).collect() } else { gate.keeps.iter().collect() };
        let points = agent::around(self.plan, all.iter().copied(), self.around.as_deref());
        let flow = self.traffic.of_bars(action, all.iter().copied());
        let flow = flow.map_err(|metric| Unknown::Traffic(action, metric))?;
        let row = |better: Decimal| {
            let rates = agent::rates(self.plan, all.iter().copied(), better);
            let world = World { rates: rates.clone(), count: flow.count, per_seconds: flow.per_seconds };
            let agent = Agent { question: self, action, gate, world };
            let (chances, days, sums) = if up { self.climb(&agent)? } else { self.stay(&agent)? };
            Ok(Row { better, rates, chances, days, sums })
        };
        points.into_iter().map(row).collect()
    }

    fn climb(&self, agent: &Agent) -> Result<Figures, Refused> {
        let year = self.ticks(YEAR);
        let curve = agent.course(true, year)?.curve(&self.effort);
        let chances = HORIZONS.iter().map(|days| agent.by(true, &curve, self.ticks(*days)));
        let expected = curve.by(boundary(year)).expected.map(|ticks| self.days(ticks));
        Ok((chances.collect::<Result<_, _>>()?, expected, curve.sums()))
    }

    fn stay(&self, agent: &Agent) -> Result<Figures, Refused> {
        let (year, full) = (self.ticks(YEAR), full(self, agent.gate));
        let month = full + self.ticks(MONTH);
        let course = agent.course(false, year.max(month))?;
        let curve = course.curve(&self.effort);
        let chances = vec![curve.between(boundary(full), boundary(month)), agent.by(false, &curve, year)?];
        let expected = curve.by(boundary(year)).expected.map(|ticks| self.days(ticks));
        let mut sums = curve.sums();
        sums.truncate(boundary(year) + 1);
        Ok((chances, expected, sums))
    }
}
