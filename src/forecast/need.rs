//! The inverse: which `min`, window and margin would keep luck below what is wanted.

use super::gate::{self, Unknown};
use super::{Flow, MONTH, Question, YEAR, agent};
use crate::model::policy::ActionId;
use crate::odds::{Answer, Asked, Refused, World};
use crate::plan::{Bar, Gate, Limit, Metric};
use crate::stats::{Allowed, E8, Rule, look};
use crate::value::duration::Tick;
use crate::value::{Decimal, Step};
use std::sync::Arc;

/// Margins are looked for in so many steps of the scale.
const MARGINS: i64 = 1_000;

/// What luck may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// An agent that is by so much worse than the bar, as a share of the scale, …
    pub tolerance: Decimal,
    /// … gets through one look with at most this chance.
    pub error: Decimal,
    /// An agent that is exactly as good as the keep bar asks falls back within 30 days with at most this chance.
    pub falls: Decimal,
}

/// What a gate would need.
#[derive(Clone, Debug)]
pub struct GateNeed {
    /// Of which action type.
    pub action: ActionId,
    /// From which tier to which.
    pub step: Step,
    /// By promotion bar.
    pub mins: Vec<MinNeed>,
    /// How likely the agent that is to be kept out gets through within a year as the gate is.
    pub now: Answer,
    /// And with these figures, where there are any.
    pub then: Option<Answer>,
    /// By keep bar.
    pub margins: Vec<MarginNeed>,
}

/// What a promotion bar would need.
#[derive(Clone, Debug)]
pub struct MinNeed {
    /// The bar as it is.
    pub bar: Bar,
    /// The true rate of the agent that is to be kept out.
    pub rate: Decimal,
    /// What holds it back, or why nothing is known to.
    pub need: Result<Need, WhyNot>,
}

/// Why a figure has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    /// The bar looks at a mean.
    #[error("a mean has no one distribution, so no number of samples is sure to be enough")]
    Mean,
    /// The agent that is to be kept out meets the bar: the scale ends before the tolerance does.
    #[error("no agent is so far below this bar")]
    NoneBelow,
    /// The number is beyond what is computed.
    #[error("more samples than can be computed")]
    Beyond,
    /// So many samples never come.
    #[error("at this traffic so many samples take longer than can be computed")]
    Traffic,
    /// Not even the widest margin does.
    #[error("not even the widest margin keeps it so low")]
    NoMargin,
    /// Nobody keeps the tier until the windows are full.
    #[error("nobody keeps the tier until the windows are full: `stale` takes it before")]
    Nobody,
}

/// So many samples, and how long they take to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The least `min`; each larger one does as well.
    pub min: u64,
    /// The least window that always holds so many.
    pub window: Tick,
    /// The first boundary at which a promotion is possible: settle, window and hold.
    pub earliest: Tick,
}

/// What a keep bar would need.
#[derive(Clone, Debug)]
pub struct MarginNeed {
    /// The bar as it is.
    pub bar: Bar,
    /// Its margin, as a share of the scale.
    pub margin: Decimal,
    /// How likely an agent as good as it asks falls back within 30 days by it; `None` where nobody keeps the tier until
    /// the windows are full.
    pub now: Option<Answer>,
    /// The least margin that does, as a share of the scale, and the chance with it; or why there is none.
    pub need: Result<(Decimal, Answer), WhyNot>,
}

impl Question<'_> {
    /// What a gate would need.
    pub fn need(&self, action: ActionId, gate: &Gate, wanted: &Wanted) -> Result<GateNeed, Unknown> {
        let unknown = |metric| Unknown::Traffic(action, metric);
        let flows = self.traffic.of_bars(action, gate::bars(gate)).map_err(unknown)?;
        let mins = gate::bars(gate).zip(&flows).map(|(bar, (_, flow))| self.min(bar, gate.hold, *flow, wanted));
        let mins: Vec<MinNeed> = mins.collect();
        let rates = agent::rates(self.plan, gate::bars(gate), Decimal::ZERO.minus(wanted.tolerance));
        let world = World { rates, flows };
        let through = |gate: &Gate| {
            let asked = Asked { plan: self.plan, action, gate, world: &world, within: self.ticks(YEAR) };
            asked.promotion().map(|course| course.answer(&self.effort))
        };
        let then = with_needs(gate, &mins).map(|gate| through(&gate)).transpose()?;
        let margins = gate.keeps.iter().map(|bar| self.margin(action, gate, bar, wanted));
        let margins = margins.collect::<Result<_, _>>()?;
        Ok(GateNeed { action, step: gate.step, mins, now: through(gate)?, then, margins })
    }

    fn min(&self, bar: &Bar, hold: Tick, flow: Flow, wanted: &Wanted) -> MinNeed {
        let metric = &self.plan.metrics[bar.metric.index()];
        let rate = agent::rate(metric, bar.target, Decimal::ZERO.minus(wanted.tolerance));
        let found = || {
            let Limit::Share { allowed, .. } = &bar.limit else { return Err(WhyNot::Mean) };
            if rate == bar.target {
                return Err(WhyNot::NoneBelow);
            }
            let bad = if agent::lower_is_better(metric) { rate } else { Decimal::ONE.minus(rate) };
            let shares = bad.hundred_millionths().zip(wanted.error.hundred_millionths());
            let min = shares.and_then(|(bad, error)| look::enough_for(allowed, bad, error)).ok_or(WhyNot::Beyond)?;
            let window = self.holding(min, flow).ok_or(WhyNot::Traffic)?;
            Ok(Need { min, window, earliest: metric.delay_ticks.saturating_add(window).saturating_add(hold) })
        };
        MinNeed { bar: bar.clone(), rate, need: found() }
    }

    /// The fewest ticks in which so many samples always arrive.
    fn holding(&self, samples: u64, flow: Flow) -> Option<Tick> {
        let in_a_tick = (flow.count.units() / 1_000_000_000_000).checked_mul(i128::from(self.plan.tick_seconds))?;
        let needed = i128::from(samples).checked_mul(1_000_000)?.checked_mul(i128::from(flow.per_seconds))?;
        let ticks = (needed + in_a_tick - 1).checked_div(in_a_tick)?;
        Tick::try_from(ticks).ok()
    }

    fn margin(&self, action: ActionId, gate: &Gate, bar: &Bar, wanted: &Wanted) -> Result<MarginNeed, Unknown> {
        let metric = &self.plan.metrics[bar.metric.index()];
        let flow = self.traffic.of(action, bar.metric).ok_or(Unknown::Traffic(action, bar.metric))?;
        let world = World::even(vec![(bar.metric, bar.target)], flow);
        let full = gate::full(self, gate);
        let falls = |bar: Bar| {
            let gate = Gate { keeps: vec![bar], ..gate.clone() };
            let within = full + self.ticks(MONTH);
            let asked = Asked { plan: self.plan, action, gate: &gate, world: &world, within };
            let course = asked.demotion()?;
            Ok::<_, Refused>(gate::read(course, &self.effort, (full, within)))
        };
        let with = |step: i64| {
            let margin = Decimal::from_millionths(i128::from(step * 1_000_000 / MARGINS));
            (margin, with_margin(metric, bar, margin))
        };
        let is_wanted = |answer: &Answer| {
            let most = wanted.falls.hundred_millionths().unwrap_or(E8);
            answer.chance + 2.0 * answer.error <= crate::stats::real(most.unsigned_abs()) / 1e8
        };
        let (mut low, mut high, mut found) = (0, MARGINS, None);
        while high - low > 1 {
            let middle = i64::midpoint(low, high);
            let (margin, bar) = with(middle);
            match falls(bar)? {
                Some(answer) if is_wanted(&answer) => (high, found) = (middle, Some((margin, answer))),
                _ => low = middle,
            }
        }
        let (margin, now) = (margin_of(metric, bar), falls(bar.clone())?);
        let why = if now.is_some() { WhyNot::NoMargin } else { WhyNot::Nobody };
        Ok(MarginNeed { bar: bar.clone(), margin, now, need: found.ok_or(why) })
    }
}

/// The gate with all that its bars need; `None` where one has no answer.
fn with_needs(gate: &Gate, mins: &[MinNeed]) -> Option<Gate> {
    let mut gate = gate.clone();
    for (bar, min) in gate.bars.iter_mut().zip(mins) {
        let need = min.need.ok()?;
        bar.first.min = bar.first.min.max(need.min);
        bar.first.window = bar.first.window.map(|window| window.max(need.window));
    }
    Some(gate)
}

/// The margin of a keep bar, as a share of the scale.
#[must_use]
pub fn margin_of(metric: &Metric, bar: &Bar) -> Decimal {
    let (low, high) = agent::scale(metric);
    match &bar.limit {
        Limit::Share { rule: Rule::Point { target_e8, .. } | Rule::Bound { target_e8, .. }, .. } => {
            let target = if agent::lower_is_better(metric) { Decimal::ONE.minus(bar.target) } else { bar.target };
            target.minus(Decimal::from_hundred_millionths(*target_e8))
        }
        Limit::Mean { value, .. } => {
            let off = bar.target.minus(*value);
            let off = if off < Decimal::ZERO { Decimal::ZERO.minus(off) } else { off };
            agent::share(off, high.minus(low))
        }
    }
}

/// A keep bar with another margin, a share of the scale.
fn with_margin(metric: &Metric, bar: &Bar, margin: Decimal) -> Bar {
    let edge = agent::rate(metric, bar.target, Decimal::ZERO.minus(margin));
    let limit = match &bar.limit {
        Limit::Mean { op, .. } => Limit::Mean { value: edge, op: *op },
        Limit::Share { .. } => {
            let good = if agent::lower_is_better(metric) { Decimal::ONE.minus(edge) } else { edge };
            let rule = Rule::Point { target_e8: good.hundred_millionths().unwrap_or(0), strict: false };
            Limit::Share { rule, allowed: Arc::new(Allowed::new(rule)) }
        }
    };
    Bar { limit, ..bar.clone() }
}
