//! How soon a real drop is noticed: agents that met their keep bars for as long as the windows reach back, and from some
//! day on do not, replayed until the tier is lost.

use super::drawn::{Drawn, START, Truth};
use super::gate::Unknown;
use super::{Question, YEAR, agent, alone, gate};
use crate::model::policy::ActionId;
use crate::odds::{Refused, spread};
use crate::plan::{Gate, Plan};
use crate::replay::{self, Evidence, Options, Saved, State};
use crate::value::duration::Tick;
use crate::value::{Decimal, Tier};

/// The drops, in hundredths of the scale.
const DROPS: [i64; 3] = [2, 5, 10];

/// How soon a drop is noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// By how much, as a share of the scale, from what the keep bars ask.
    pub drop: Decimal,
    /// After how many ticks each history lost the tier, the soonest first; those that did not within a year are not
    /// among them.
    pub after: Vec<Tick>,
    /// How many histories were replayed.
    pub histories: u64,
}

impl Noticed {
    /// After how many ticks this many hundredths of all histories had lost the tier; `None`: not within a year.
    #[must_use]
    pub fn by(&self, hundredths: u64) -> Option<Tick> {
        let rank = (self.histories * hundredths).div_ceil(100).saturating_sub(1);
        self.after.get(usize::try_from(rank).ok()?).copied()
    }

    /// Between which ticks the true median is, with 95 %: two standard errors of its rank to both sides.
    #[must_use]
    pub fn median_between(&self) -> (Option<Tick>, Option<Tick>) {
        let (half, error) = (self.histories / 2, self.histories.isqrt());
        let at = |rank: u64| usize::try_from(rank).ok().and_then(|rank| self.after.get(rank)).copied();
        (at(half.saturating_sub(error)), at(half + error))
    }

    /// In how many histories it was not noticed within a year.
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
    let (turn, year) = (gate::full(question, gate), question.ticks(YEAR));
    let rates = |better| agent::rates(plan, gate.keeps.iter(), better);
    let truth =
        Truth { action: ActionId::new(0), before: rates(Decimal::ZERO), after: rates(Decimal::ZERO.minus(drop)) };
    let traffic = question.traffic.alone(action);
    let drawn = Drawn::new(plan, &traffic, &[truth], turn + year, turn).ok_or(Refused::TooMuch)?;
    let initial = Some(settled(gate.step.to(), START + turn, gate.keeps.len()));
    let options = Options { evidence: Evidence::AnyTier, initial, ..Options::default() };
    let parts = spread(&(0..question.histories), question.effort.threads, |numbers| {
        let mut drawn = drawn.clone();
        let lost = |number| {
            let run = replay::run(plan, drawn.history(number), &options).ok()?;
            run.decisions.iter().find(|decision| decision.to < decision.from).map(|it| it.at - START - turn)
        };
        numbers.filter_map(lost).collect::<Vec<Tick>>()
    });
    let mut after: Vec<Tick> = parts.into_iter().flatten().collect();
    after.sort_unstable();
    Ok(Noticed { drop, after, histories: question.histories })
}

/// At a tier that was entered so long ago that nothing is cut off the windows.
fn settled(tier: Tier, at: Tick, keeps: usize) -> Saved {
    let mut state = State::start(0);
    state.enter(tier, 0, keeps);
    state.last_evidence = vec![at; keeps];
    Saved { at, states: vec![state], last_promotion: None, cohorts: vec![None] }
}
