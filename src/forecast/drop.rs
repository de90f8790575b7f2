//! How soon a real drop is noticed: agents that met their keep bars for as long as the windows reach back, and from some
//! day on do not, until the tier is lost. A tier that is lost by silence is lost, but the drop was not noticed.

use super::drawn::{Drawn, START, Truth};
use super::gate::Unknown;
use super::{Question, YEAR, agent, alone, gate};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Asked, Refused, World, spread};
use crate::plan::{Gate, Plan};
use crate::replay::{self, Evidence, Kind, Options, Saved, State};
use crate::value::duration::Tick;
use crate::value::{Decimal, Tier};

/// The drops, in hundredths of the scale.
const DROPS: [i64; 3] = [2, 5, 10];

/// How soon a drop is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// By how much, as a share of the scale, from what the keep bars ask.
    pub drop: Decimal,
    /// After how many ticks each history lost the tier because a keep bar failed or a trip fired, the soonest first;
    /// those that did not within a year are not among them.
    pub after: Vec<Tick>,
    /// After how many ticks the tier is lost by silence, though the drop was not seen; `None` where it never is.
    pub stale: Option<Tick>,
    /// How many histories were drawn.
    pub histories: u64,
}

impl Noticed {
    /// After how many ticks this many hundredths of all histories had lost the tier; `None`: not within a year.
    #[must_use]
    pub fn by(&self, hundredths: u64) -> Option<Tick> {
        let rank = (self.histories * hundredths).div_ceil(100).saturating_sub(1);
        self.after.get(usize::try_from(rank).ok()?).copied()
    }

    /// Between which ticks the true answer of [`Noticed::by`] is, with 95 %: two standard errors of its rank to both
    /// sides.
    #[must_use]
    pub fn between(&self, hundredths: u64) -> (Option<Tick>, Option<Tick>) {
        let rank = self.histories * hundredths / 100;
        let error = 2 * (self.histories * hundredths * (100 - hundredths.min(100))).isqrt() / 100 + 1;
        let at = |rank: u64| usize::try_from(rank).ok().and_then(|rank| self.after.get(rank)).copied();
        (at(rank.saturating_sub(error)), at(rank + error))
    }

    /// In how many histories it was not noticed within a year, or until silence took the tier.
    #[must_use]
    pub fn never(&self) -> u64 {
        self.histories.saturating_sub(self.after.len() as u64)
    }
}

/// How soon drops at the tier above a gate are noticed.
pub(super) fn drops(question: &Question, action: ActionId, gate: &Gate) -> Result<Vec<Noticed>, Unknown> {
    let mut plan = alone(question.plan, action);
    // The tier is held: what lies above it is another gate's.
    if let Some(above) = gate.step.to().step_up() {
        plan.actions[0].gates[above.index()] = None;
    }
    let drops = DROPS.map(|points| Decimal::whole(points).percent());
    drops.into_iter().map(|drop| noticed(question, &plan, action, gate, drop)).collect()
}

fn noticed(question: &Question, plan: &Plan, action: ActionId, gate: &Gate, drop: Decimal) -> Result<Noticed, Unknown> {
    let rates = |better| agent::rates(plan, gate.keeps.iter(), better);
    let rates = [rates(Decimal::ZERO), rates(Decimal::ZERO.minus(drop))];
    let turn = gate::full(question, gate);
    if plan.actions[0].trips.is_empty() {
        counted(question, plan, action, gate, (drop, turn, rates))
    } else {
        replayed(question, plan, action, gate, (drop, turn, rates))
    }
}

/// A drop by so much, from a tick on, and the rates before it and as of it.
type Drop = (Decimal, Tick, [Vec<(MetricId, Decimal)>; 2]);

/// Where nothing but keep bars can notice: the paths of a course, of which there can be many.
fn counted(
    question: &Question,
    plan: &Plan,
    action: ActionId,
    gate: &Gate,
    (drop, turn, [before, after]): Drop,
) -> Result<Noticed, Unknown> {
    let flows = question.traffic.of_bars(action, gate.keeps.iter());
    let flows = flows.map_err(|metric| Unknown::Traffic(action, metric))?;
    let world = World { rates: before, flows: flows.clone() };
    let within = turn + question.ticks(YEAR);
    let asked = Asked { plan, action: ActionId::new(0), gate, world: &world, within };
    let dropping = asked.dropping(&World { rates: after, flows }, turn)?;
    let (noticed, histories) = dropping.noticed(&question.effort);
    let ticks = |boundary: usize| Tick::try_from(boundary).unwrap_or(Tick::MAX);
    let mut after: Vec<Tick> = noticed.into_iter().map(|boundary| ticks(boundary) - turn).collect();
    after.sort_unstable();
    Ok(Noticed { drop, after, stale: dropping.stale.map(ticks), histories })
}

/// Where trips notice too: the evaluator itself.
fn replayed(
    question: &Question,
    plan: &Plan,
    action: ActionId,
    gate: &Gate,
    (drop, turn, [before, after]): Drop,
) -> Result<Noticed, Unknown> {
    let year = question.ticks(YEAR);
    let traffic = question.traffic.alone(action);
    let truth = Truth { action: ActionId::new(0), before, after };
    let drawn = Drawn::new(plan, &traffic, &[truth], turn + year, turn).ok_or(Refused::TooMuch)?;
    let initial = Some(settled(gate.step.to(), START + turn, gate.keeps.len()));
    let options = Options { evidence: Evidence::AnyTier, initial, ..Options::default() };
    let histories = question.replayed();
    let parts = spread(&(0..histories), question.effort.threads, |numbers| {
        let mut drawn = drawn.clone();
        let lost = |number| {
            let run = replay::run(plan, drawn.history(number), &options).ok()?;
            let lost = run.decisions.iter().find(|decision| decision.to < decision.from)?;
            Some((lost.detail.kind() == Kind::Stale, lost.at - START - turn))
        };
        numbers.filter_map(lost).collect::<Vec<(bool, Tick)>>()
    });
    let lost = || parts.iter().flatten();
    let mut after: Vec<Tick> = lost().filter(|(is_stale, _)| !is_stale).map(|(_, at)| *at).collect();
    after.sort_unstable();
    let stale = lost().filter(|(is_stale, _)| *is_stale).map(|(_, at)| *at).min();
    Ok(Noticed { drop, after, stale, histories })
}

/// At a tier that was entered so long ago that nothing is cut off the windows.
fn settled(tier: Tier, at: Tick, keeps: usize) -> Saved {
    let mut state = State::start(0);
    state.enter(tier, 0, keeps);
    state.last_evidence = vec![at; keeps];
    Saved { at, states: vec![state], last_promotion: None, cohorts: vec![None] }
}
