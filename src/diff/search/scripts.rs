//! The scripts that are tried for a change of one action type, the likeliest first.

use super::super::Open;
use super::super::side::{Pair, Side};
use super::super::story::{Beat, Fate, Heart, Script, Stage, Which};
use crate::model::policy::ActionId;
use crate::plan::{Gate, Limit};
use crate::value::{Step, Tier};
use std::collections::BTreeSet;

/// What the scripts of one action type need to know of it.
pub(super) struct Scripts<'a> {
    pub(super) stage: &'a Stage<'a>,
    pairs: &'a [Pair],
    pub(super) actor: usize,
}

/// Unit, version, which records, how many of each fate.
pub(super) type Take = (i64, i64, Option<Which>, Vec<(u64, Fate)>);

/// A part of a script at one tier, from its own unit 0 on.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    pub(super) beats: Vec<Take>,
    pub(super) notices: Vec<(i64, String, u64)>,
    pub(super) heart: Option<Heart>,
    pub(super) length: i64,
}

/// The figures of a gate under both policies together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// Good records that clear every bar.
    pub(super) enough: u64,
    /// Units of the shortest window.
    pub(super) stride: i64,
    /// Units of the longest one.
    pub(super) window: i64,
    /// Units of the longest settle or within.
    pub(super) delay: i64,
    pub(super) hold: i64,
}

impl<'a> Scripts<'a> {
    pub(super) fn new(stage: &'a Stage, pairs: &'a [Pair], actor: usize) -> Self {
        Self { stage, pairs, actor }
    }

    /// All scripts, the likeliest first.
    pub(super) fn all(&self, open: &Open) -> Vec<Script> {
        // Whose turn it is shows where all want theirs.
        let mut all = if open.action.is_none() { self.together() } else { Vec::new() };
        for kind in &open.kept {
            let tiers = [Tier::Walk, Tier::Run].into_iter().filter(|tier| open.at.is_none_or(|at| at == *tier));
            for tier in tiers {
                let scenes = self.falling(*kind, tier);
                all.extend(scenes.into_iter().map(|scene| self.script(tier, &[(tier, scene)])));
            }
        }
        for step in &open.up {
            let scenes = self.climbing(*step);
            all.extend(scenes.into_iter().map(|scene| self.script(step.from(), &[(step.from(), scene)])));
            all.extend(self.climbing_again(*step));
        }
        if open.action.is_some() {
            all.extend(self.together());
        }
        let without: Vec<Script> = all.iter().map(|script| Script { no_approvals: true, ..script.clone() }).collect();
        let asks = self
            .sides()
            .any(|(of, id)| of.plan.actions[id.index()].gates.iter().flatten().any(|gate| gate.approval.is_some()));
        if asks {
            let half = super::SCRIPTS / 2;
            all.truncate(half);
            return without.into_iter().take(half).chain(all).collect();
        }
        all
    }

    pub(super) fn sides(&self) -> impl Iterator<Item = (&'a Side<'a>, ActionId)> + use<'a> {
        sides(self.stage, self.pairs[self.actor])
    }

    pub(super) fn gates(&self, step: Step) -> impl Iterator<Item = (&'a Side<'a>, &'a Gate)> + use<'a> {
        self.sides().filter_map(move |(of, id)| Some((of, of.plan.actions[id.index()].gates[step.index()].as_ref()?)))
    }

    pub(super) fn figures(&self, step: Step) -> Figures {
        figures(self.stage, self.gates(step))
    }

    /// Up, down again, and once more at the lower tier: cooldown and reentry.
    fn climbing_again(&self, step: Step) -> Vec<Script> {
        let figures = self.figures(step);
        let rest = self.sides().map(|(of, id)| units(self.stage, of, of.plan.actions[id.index()].cooldown)).max();
        let length = figures.hold + figures.delay + 2 * figures.window + 3 + rest.unwrap_or(0);
        let mut all = Vec::new();
        for metric in self.kept_metrics(step) {
            for fall in [figures.delay + 2, figures.delay + figures.window + 2] {
                let beats = vec![(0, 1, None, vec![(figures.enough, Fate::Bad(metric.clone()))])];
                let bad = Scene { beats, length: fall, ..Scene::default() };
                let good = Scene { beats: self.perfect(step, length), length, ..Scene::default() };
                for scene in [good].into_iter().chain(self.mixed(step, length, false)) {
                    all.push(self.script(step.to(), &[(step.to(), bad.clone()), (step.from(), scene)]));
                }
            }
        }
        all
    }

    /// All action types at once, so that they stand in each other's way.
    fn together(&self) -> Vec<Script> {
        let reach = [Step::CrawlToWalk, Step::WalkToRun].map(|step| self.span(step));
        let (upper, end) = (reach[0], reach[0] + reach[1]);
        let mut all = Vec::new();
        for shift in [0, 1, 2, 3, 7, 14] {
            for late in [self.actor, usize::MAX] {
                let of_one = |at: usize| {
                    let start = if (at == self.actor) == (late == self.actor) { shift } else { 0 };
                    self.feed(at, (start, upper, end), Tier::Run)
                };
                let beats = (0..self.pairs.len()).flat_map(of_one).collect();
                all.push(Script {
                    beats,
                    notices: Vec::new(),
                    heart: Heart::Both,
                    heart_from: 0,
                    no_approvals: false,
                    end,
                });
            }
        }
        all
    }

    /// Units in which every action type has taken a step, whoever waits for whom.
    fn span(&self, step: Step) -> i64 {
        let all = self.pairs.iter().map(|pair| {
            let gates = sides(self.stage, *pair)
                .filter_map(|(of, id)| Some((of, of.plan.actions[id.index()].gates[step.index()].as_ref()?)));
            let figures = figures(self.stage, gates);
            figures.hold + figures.delay
        });
        all.max().unwrap_or(0) + 2 + self.turns()
    }

    /// Units until each action type has had its turn.
    pub(super) fn turns(&self) -> i64 {
        let of_side = |of: &Side| units(self.stage, of, of.plan.promote_ticks);
        let each = of_side(self.stage.old).max(of_side(self.stage.new));
        each * i64::try_from(self.company(Tier::Run).len()).unwrap_or(0)
    }

    /// This action type, and all whose tier it needs on its way to a tier.
    fn company(&self, to: Tier) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([self.actor]);
        let mut open = vec![self.actor];
        while let Some(at) = open.pop() {
            for (of, id) in sides(self.stage, self.pairs[at]) {
                let is_old = std::ptr::eq(of, self.stage.old);
                let gates = of.plan.actions[id.index()].gates.iter().flatten();
                // What others need is taken whole.
                let in_play = gates.filter(|gate| at != self.actor || gate.step.to() <= to);
                for (needed, _) in in_play.flat_map(|gate| &gate.requires) {
                    let named =
                        |pair: &Pair| if is_old { pair.old == Some(*needed) } else { pair.new == Some(*needed) };
                    if let Some(at) = self.pairs.iter().position(named).filter(|at| all.insert(*at)) {
                        open.push(at);
                    }
                }
            }
        }
        all
    }

    /// Good records of an action type that bring it to a tier and keep it there.
    fn feed(&self, actor: usize, (start, upper, end): (i64, i64, i64), to: Tier) -> Vec<Beat> {
        let other = Scripts { actor, ..*self };
        let mut all = Vec::new();
        let phases = [(Step::CrawlToWalk, Tier::Crawl, start, upper), (Step::WalkToRun, Tier::Walk, upper, end)];
        for (step, tier, from, until) in phases.into_iter().filter(|(_, tier, ..)| *tier < to) {
            for (at, version, _, fates) in other.perfect(step, until - from) {
                all.push(Beat { actor, which: Which::Both, tier, at: from + at, version, fates });
            }
        }
        all
    }

    /// First the way to a tier, then these scenes, one after the other.
    fn script(&self, tier: Tier, scenes: &[(Tier, Scene)]) -> Script {
        let company = self.company(tier.step_up().map_or(tier, Step::to));
        let mut start = 0;
        let mut beats = Vec::new();
        // Whoever is needed goes ahead.
        let needs_others = company.len() > 1;
        let spans = [Step::CrawlToWalk, Step::WalkToRun].map(|step| self.span(step));
        if needs_others {
            start = spans[0] + spans[1];
        }
        for step in Step::ALL.into_iter().filter(|step| step.to() <= tier) {
            let span = self.span(step);
            for (at, version, _, fates) in self.perfect(step, span) {
                beats.push(Beat {
                    actor: self.actor,
                    which: Which::Both,
                    tier: step.from(),
                    at: start + at,
                    version,
                    fates,
                });
            }
            start += span;
        }
        let mut notices = Vec::new();
        let (mut heart, heart_from) = (Heart::Both, start);
        for (tier, scene) in scenes {
            for (at, version, which, fates) in &scene.beats {
                let which = which.unwrap_or(Which::Both);
                beats.push(Beat {
                    actor: self.actor,
                    which,
                    tier: *tier,
                    at: start + at,
                    version: *version,
                    fates: fates.clone(),
                });
            }
            notices.extend(scene.notices.iter().map(|(at, signal, n)| (start + at, signal.clone(), *n)));
            heart = scene.heart.unwrap_or(heart);
            start += scene.length;
        }
        for other in company.into_iter().filter(|other| *other != self.actor) {
            beats.extend(self.feed(other, (0, spans[0], spans[0] + spans[1]), Tier::Run));
            for (tier, from) in [(Tier::Walk, spans[0] + spans[1]), (Tier::Run, spans[0] + spans[1])] {
                let step = tier.step_below().unwrap_or(Step::CrawlToWalk);
                let of_other = Scripts { actor: other, ..*self };
                for (at, version, _, fates) in of_other.perfect(step, start - from) {
                    beats.push(Beat { actor: other, which: Which::Both, tier, at: from + at, version, fates });
                }
            }
        }
        Script { beats, notices, heart, heart_from, no_approvals: false, end: start }
    }
}

fn sides<'a>(stage: &'a Stage<'a>, pair: Pair) -> impl Iterator<Item = (&'a Side<'a>, ActionId)> + use<'a> {
    let old = pair.old.map(|id| (stage.old, id));
    old.into_iter().chain(pair.new.map(|id| (stage.new, id)))
}

/// Units of so many ticks of a policy.
pub(super) fn units(stage: &Stage, of: &Side, ticks: i64) -> i64 {
    ticks.saturating_mul(of.plan.tick_seconds).div_euclid(stage.unit).max(0)
}

pub(super) fn beats(stride: i64, length: i64) -> impl Iterator<Item = i64> {
    (0..length).step_by(usize::try_from(stride).unwrap_or(1).max(1))
}

fn figures<'a>(stage: &Stage, gates: impl Iterator<Item = (&'a Side<'a>, &'a Gate)>) -> Figures {
    let mut all = Figures { enough: 1, stride: i64::MAX, window: 1, delay: 0, hold: 1 };
    for (of, gate) in gates {
        all.hold = all.hold.max(units(stage, of, gate.hold));
        for bar in gate.bars.iter().map(|bar| &bar.again).chain(&gate.keeps) {
            let perfect = match &bar.limit {
                Limit::Share { allowed, .. } => allowed.least_perfect().unwrap_or(0),
                Limit::Mean { .. } => 0,
            };
            all.enough = all.enough.max(bar.min).max(perfect);
            let window = bar.window.map_or(i64::MAX, |ticks| units(stage, of, ticks).max(1));
            all.stride = all.stride.min(window);
            all.window = all.window.max(if window == i64::MAX { 1 } else { window });
            let delay = of.plan.metrics[bar.metric.index()].delay_ticks;
            all.delay = all.delay.max(units(stage, of, delay));
        }
    }
    all.stride = all.stride.min(1_000_000);
    all
}
