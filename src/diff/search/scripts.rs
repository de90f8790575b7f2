//! The scripts that are tried for a change of one action type, the likeliest first.

use super::super::Open;
use super::super::side::{Pair, Side};
use super::super::story::{Beat, Fate, Heart, Script, Stage, Told, Which, signals};
use crate::model::policy::ActionId;
use crate::plan::{Bar, Gate, Limit, MetricKind};
use crate::replay::Kind;
use crate::value::{Step, Tier};
use std::collections::BTreeSet;

/// What the scripts of one action type need to know of it.
pub(super) struct Scripts<'a> {
    stage: &'a Stage<'a>,
    pairs: &'a [Pair],
    actor: usize,
}

/// A part of a script at one tier, from its own unit 0 on.
#[derive(Clone, Debug, Default)]
struct Scene {
    /// Unit, version, which records, how many of each fate.
    beats: Vec<(i64, i64, Option<Which>, Vec<(u64, Fate)>)>,
    notices: Vec<(i64, String, u64)>,
    heart: Option<Heart>,
    length: i64,
}

/// The figures of a gate under both policies together.
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// Good records that clear every bar.
    enough: u64,
    /// Units of the shortest window.
    stride: i64,
    /// Units of the longest one.
    window: i64,
    /// Units of the longest settle or within.
    delay: i64,
    hold: i64,
}

impl<'a> Scripts<'a> {
    pub(super) fn new(stage: &'a Stage, pairs: &'a [Pair], actor: usize) -> Self {
        Self { stage, pairs, actor }
    }

    /// All scripts, the likeliest first.
    pub(super) fn all(&self, open: &Open) -> Vec<Script> {
        let mut all = Vec::new();
        for kind in &open.kept {
            for tier in [Tier::Walk, Tier::Run] {
                let scenes = self.falling(*kind, tier);
                all.extend(scenes.into_iter().map(|scene| self.script(tier, &[(tier, scene)])));
            }
        }
        for step in &open.up {
            let scenes = self.climbing(*step);
            all.extend(scenes.into_iter().map(|scene| self.script(step.from(), &[(step.from(), scene)])));
            all.extend(self.climbing_again(*step));
        }
        all.extend(self.together());
        let without: Vec<Script> = all.iter().map(|script| Script { no_approvals: true, ..script.clone() }).collect();
        let asks = self.sides().any(|(of, id)| of.plan.actions[id.index()].gates.iter().flatten().any(|gate| gate.approval.is_some()));
        if asks {
            let half = super::SCRIPTS / 2;
            all.truncate(half);
            return without.into_iter().take(half).chain(all).collect();
        }
        all
    }

    fn sides(&self) -> impl Iterator<Item = (&'a Side<'a>, ActionId)> + use<'a> {
        sides(self.stage, self.pairs[self.actor])
    }

    fn gates(&self, step: Step) -> impl Iterator<Item = (&'a Side<'a>, &'a Gate)> + use<'a> {
        self.sides().filter_map(move |(of, id)| Some((of, of.plan.actions[id.index()].gates[step.index()].as_ref()?)))
    }

    fn figures(&self, step: Step) -> Figures {
        figures(self.stage, self.gates(step))
    }

    /// Good records, one window after the other.
    fn perfect(&self, step: Step, length: i64) -> Vec<(i64, i64, Option<Which>, Vec<(u64, Fate)>)> {
        let figures = self.figures(step);
        beats(figures.stride, length).map(|at| (at, 1, None, vec![(figures.enough, Fate::Good)])).collect()
    }

    /// What might promote under one policy and not under the other.
    fn climbing(&self, step: Step) -> Vec<Scene> {
        let figures = self.figures(step);
        let length = figures.hold + figures.delay + 2 * figures.window + 3 + self.turns();
        let plain = Scene { beats: self.perfect(step, length), length, ..Scene::default() };
        let mut all = vec![plain.clone()];
        all.extend(self.mixed(step, length, false));
        all.extend(self.after_bad(step, length));
        all.extend(self.of_other_records(step, length));
        all.extend(self.of_other_signals(step, length));
        all.extend(hearts(&plain));
        all.extend(self.tripped(&plain));
        all.extend(self.after_stop(step, length));
        all
    }

    /// Counts at the edge of what either policy asks for, the same in every window.
    fn mixed(&self, step: Step, length: i64, keeps: bool) -> Vec<Scene> {
        let figures = self.figures(step);
        let mut all = Vec::new();
        for (metric, (n, bad)) in self.edges(step, keeps) {
            for stride in BTreeSet::from([figures.stride, figures.window, (figures.window / 2).max(1)]) {
                let fates = vec![(bad, Fate::Bad(metric.clone())), (n - bad, Fate::Good)];
                let beats = beats(stride, length).map(|at| (at, 1, None, fates.clone())).collect();
                all.push(Scene { beats, length, ..Scene::default() });
            }
        }
        all
    }

    /// Metric, samples, bad samples: at the edges of the tables of both policies.
    fn edges(&self, step: Step, keeps: bool) -> Vec<(String, (u64, u64))> {
        let mut all = Vec::new();
        let enough = self.figures(step).enough;
        let bars: Vec<(&Side, &Bar)> = self.gates(step).flat_map(|(of, gate)| watched(gate, keeps).map(move |bar| (of, bar))).collect();
        let mins: BTreeSet<u64> = bars.iter().flat_map(|(_, bar)| [bar.min, bar.min.saturating_sub(1).max(1), bar.min.div_ceil(2)]).collect();
        let counts: BTreeSet<u64> = mins.into_iter().chain([enough, 2 * enough]).collect();
        for (of, bar) in &bars {
            for n in &counts {
                let edge = allowed(of, bar, *n);
                for bad in [edge, edge + 1] {
                    let bad = u64::try_from(bad.max(0)).unwrap_or(0).min(*n);
                    let found = (of.plan.metrics[bar.metric.index()].name.clone(), (*n, bad));
                    if !all.contains(&found) {
                        all.push(found);
                    }
                }
            }
        }
        all
    }

    /// Bad records first, of the same version or of another, then good ones.
    fn after_bad(&self, step: Step, length: i64) -> Vec<Scene> {
        let figures = self.figures(step);
        let mut all = Vec::new();
        for metric in self.metrics(step) {
            for (gap, version) in [(figures.stride, 1), (figures.stride, 0), (1, 0), (figures.window, 1), ((figures.stride + 1) / 2, 1)] {
                let mut beats = vec![(0, version, None, vec![(figures.enough, Fate::Bad(metric.clone()))])];
                beats.extend(self.perfect(step, length).into_iter().map(|(at, of, which, fates)| (at + gap, of, which, fates)));
                all.push(Scene { beats, length: length + gap, ..Scene::default() });
            }
        }
        all
    }

    /// Records that only one of the policies takes for this type.
    fn of_other_records(&self, step: Step, length: i64) -> Vec<Scene> {
        let kinds = &self.stage.actors[self.actor].kinds;
        let mut all = Vec::new();
        let perfect = self.perfect(step, length);
        if kinds.came.is_some() {
            let beats = perfect.iter().map(|(at, of, _, fates)| (*at, *of, Some(Which::Came), fates.clone())).collect();
            all.push(Scene { beats, length, ..Scene::default() });
        }
        if kinds.gone.is_some() {
            for metric in self.metrics(step) {
                let bad = perfect.iter().map(|(at, of, _, fates)| {
                    (*at, *of, Some(Which::Gone), vec![(fates[0].0, Fate::Bad(metric.clone()))])
                });
                let beats = bad.chain(perfect.iter().cloned()).collect();
                all.push(Scene { beats, length, ..Scene::default() });
            }
        }
        all
    }

    /// Each signal of its metrics by itself, soon and late, for all records or for half of them.
    fn of_other_signals(&self, step: Step, length: i64) -> Vec<Scene> {
        let mut all = Vec::new();
        let enough = self.figures(step).enough;
        for told in self.told(step) {
            for (n, good) in [(enough, 0), (enough, enough), (enough.div_ceil(10), enough)] {
                let fates = vec![(n, Fate::Told(told.clone())), (good, Fate::Good)];
                let beats = self.perfect(step, length).into_iter().map(|(at, of, which, _)| (at, of, which, fates.clone())).collect();
                all.push(Scene { beats, length, ..Scene::default() });
            }
        }
        all
    }

    fn told(&self, step: Step) -> Vec<Vec<Told>> {
        let mut names = BTreeSet::new();
        let mut delays = BTreeSet::from([0]);
        for (of, gate) in self.gates(step) {
            for bar in gate.bars.iter().map(|bar| &bar.first).chain(&gate.keeps) {
                let metric = &of.policy.metrics[bar.metric.index()];
                if !metric.is_mean() {
                    names.extend(signals(of, metric));
                }
                let delay = metric.delay().map_or(0, crate::value::Duration::seconds);
                delays.extend([delay, delay + 1]);
            }
        }
        let one = |(name, after): (String, i64)| vec![Told { signal: name, after, value: None }];
        let all = names.into_iter().flat_map(|name| delays.iter().map(move |after| (name.clone(), *after)));
        [Vec::new()].into_iter().chain(all.map(one)).collect()
    }

    /// Good records, and signals that bar a promotion.
    fn tripped(&self, plain: &Scene) -> Vec<Scene> {
        let mut all = Vec::new();
        for (signal, count, everywhere) in self.trip_counts() {
            for at in [0, plain.length / 2] {
                let mut scene = plain.clone();
                if everywhere {
                    scene.notices.push((at, signal, count));
                    all.push(scene);
                    break;
                }
                scene.beats.push((at, 1, None, vec![(count, Fate::And(signal.clone()))]));
                all.push(scene);
            }
        }
        all
    }

    /// Signal and number of every trip, and one less.
    fn trip_counts(&self) -> BTreeSet<(String, u64, bool)> {
        let trips = self.sides().flat_map(|(of, id)| of.plan.actions[id.index()].trips.iter().map(move |trip| (of, trip)));
        let mut all = BTreeSet::new();
        for (of, trip) in trips {
            for signal in &trip.signals {
                let name = of.plan.signals[signal.index()].clone();
                all.insert((name.clone(), trip.count, trip.everywhere));
                all.insert((name, trip.count.saturating_sub(1).max(1), trip.everywhere));
            }
        }
        all
    }

    /// Nothing good until the old policy ends the attempt, then all of it.
    fn after_stop(&self, step: Step, length: i64) -> Vec<Scene> {
        let stops = self.gates(step).filter_map(|(of, gate)| Some(units(self.stage, of, gate.stop?)));
        let late = |stop: i64| {
            let first = (0, 1, None, vec![(1, Fate::Told(Vec::new()))]);
            let rest = self.perfect(step, length).into_iter().map(|(at, of, which, fates)| (at + stop + 2, of, which, fates));
            Scene { beats: [first].into_iter().chain(rest).collect(), length: length + stop + 2, ..Scene::default() }
        };
        stops.map(late).collect()
    }

    /// What might take it down under the old policy and not under the new one.
    fn falling(&self, kind: Kind, tier: Tier) -> Vec<Scene> {
        let Some(step) = tier.step_below() else { return Vec::new() };
        let figures = self.figures(step);
        let stales = self.sides().filter_map(|(of, id)| Some(units(self.stage, of, of.plan.actions[id.index()].stale?)));
        let silence = stales.max().unwrap_or(0) + figures.window + figures.delay + 3;
        let length = figures.delay + 2 * figures.window + 3;
        let plain = Scene { beats: self.perfect(step, length), length, ..Scene::default() };
        match kind {
            Kind::Trip => {
                let mut all = self.tripped(&plain);
                all.extend(self.spread_trips(&plain));
                all
            }
            Kind::Stale => [Scene { length: silence, ..Scene::default() }]
                .into_iter()
                .chain(self.mixed(step, silence, true))
                .chain(hearts(&Scene { beats: self.perfect(step, silence), length: silence, ..Scene::default() }))
                .collect(),
            Kind::Renew => {
                let beats = plain.beats.iter().map(|(at, _, which, fates)| (*at, 2, *which, fates.clone())).collect();
                vec![Scene { beats, ..plain }]
            }
            Kind::Stop => {
                let stops = tier.step_up().map_or_else(Vec::new, |up| self.after_stop(up, length));
                stops.into_iter().chain(self.after_stop(step, length)).collect()
            }
            _ => {
                let mut all = self.mixed(step, length, true);
                all.extend(self.after_bad(step, length));
                all.extend(self.of_other_signals(step, length));
                all.extend(self.of_other_records(step, length));
                all
            }
        }
    }

    /// The signals of a trip, one a unit.
    fn spread_trips(&self, plain: &Scene) -> Vec<Scene> {
        let mut all = Vec::new();
        for (signal, count, everywhere) in self.trip_counts() {
            let mut scene = plain.clone();
            for at in 0..i64::try_from(count).unwrap_or(0).min(scene.length) {
                if everywhere {
                    scene.notices.push((at, signal.clone(), 1));
                } else {
                    scene.beats.push((at, 1, None, vec![(1, Fate::And(signal.clone()))]));
                }
            }
            all.push(scene);
        }
        all
    }

    /// Up, down again, and once more at the lower tier: cooldown and reentry.
    fn climbing_again(&self, step: Step) -> Vec<Script> {
        let figures = self.figures(step);
        let rest = self.sides().map(|(of, id)| units(self.stage, of, of.plan.actions[id.index()].cooldown)).max();
        let length = figures.hold + figures.delay + 2 * figures.window + 3 + rest.unwrap_or(0);
        let fall = figures.delay + figures.window + 2;
        let mut all = Vec::new();
        for metric in self.kept_metrics(step) {
            let beats = vec![(0, 1, None, vec![(figures.enough, Fate::Bad(metric.clone()))])];
            let bad = Scene { beats, length: fall, ..Scene::default() };
            let good = Scene { beats: self.perfect(step, length), length, ..Scene::default() };
            for scene in [good].into_iter().chain(self.mixed(step, length, false)) {
                all.push(self.script(step.to(), &[(step.to(), bad.clone()), (step.from(), scene)]));
            }
        }
        all
    }

    fn metrics(&self, step: Step) -> BTreeSet<String> {
        let bars = self.gates(step).flat_map(|(of, gate)| watched(gate, false).chain(&gate.keeps).map(move |bar| (of, bar)));
        bars.map(|(of, bar)| of.plan.metrics[bar.metric.index()].name.clone()).collect()
    }

    fn kept_metrics(&self, step: Step) -> BTreeSet<String> {
        let keeps = self.gates(step).flat_map(|(of, gate)| gate.keeps.iter().map(move |bar| (of, bar)));
        keeps.map(|(of, bar)| of.plan.metrics[bar.metric.index()].name.clone()).collect()
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
                all.push(Script { beats, notices: Vec::new(), heart: Heart::Both, heart_from: 0, no_approvals: false, end });
            }
        }
        all
    }

    /// Units in which every action type has taken a step, whoever waits for whom.
    fn span(&self, step: Step) -> i64 {
        let all = self.pairs.iter().map(|pair| {
            let gates = sides(self.stage, *pair).filter_map(|(of, id)| Some((of, of.plan.actions[id.index()].gates[step.index()].as_ref()?)));
            let figures = figures(self.stage, gates);
            figures.hold + figures.delay
        });
        all.max().unwrap_or(0) + 2 + self.turns()
    }

    /// Units until each action type has had its turn.
    fn turns(&self) -> i64 {
        let of_side = |of: &Side| units(self.stage, of, of.plan.promote_ticks);
        let each = of_side(self.stage.old).max(of_side(self.stage.new));
        each * i64::try_from(self.company().len()).unwrap_or(0)
    }

    /// This action type, and all whose tier it needs.
    fn company(&self) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([self.actor]);
        let mut open = vec![self.actor];
        while let Some(at) = open.pop() {
            for (of, id) in sides(self.stage, self.pairs[at]) {
                let is_old = std::ptr::eq(of, self.stage.old);
                for (needed, _) in of.plan.actions[id.index()].gates.iter().flatten().flat_map(|gate| &gate.requires) {
                    let named = |pair: &Pair| if is_old { pair.old == Some(*needed) } else { pair.new == Some(*needed) };
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
        let company = self.company();
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
                beats.push(Beat { actor: self.actor, which: Which::Both, tier: step.from(), at: start + at, version, fates });
            }
            start += span;
        }
        let mut notices = Vec::new();
        let (mut heart, heart_from) = (Heart::Both, start);
        for (tier, scene) in scenes {
            for (at, version, which, fates) in &scene.beats {
                let which = which.unwrap_or(Which::Both);
                beats.push(Beat { actor: self.actor, which, tier: *tier, at: start + at, version: *version, fates: fates.clone() });
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
fn units(stage: &Stage, of: &Side, ticks: i64) -> i64 {
    ticks.saturating_mul(of.plan.tick_seconds).div_euclid(stage.unit).max(0)
}

fn beats(stride: i64, length: i64) -> impl Iterator<Item = i64> {
    (0..length).step_by(usize::try_from(stride).unwrap_or(1).max(1))
}

/// The bars of a gate before and after a first demotion, or its keep bars.
fn watched(gate: &Gate, keeps: bool) -> impl Iterator<Item = &Bar> {
    let bars = gate.bars.iter().flat_map(|bar| [&bar.first, &bar.again]).filter(move |_| !keeps);
    bars.chain(gate.keeps.iter().filter(move |_| keeps))
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

/// How many bad of so many a bar allows.
fn allowed(of: &Side, bar: &Bar, n: u64) -> i64 {
    match &bar.limit {
        Limit::Share { allowed, .. } => allowed.at(n),
        Limit::Mean { value, .. } => {
            let MetricKind::Mean { low, high, lower_is_better, .. } = of.plan.metrics[bar.metric.index()].kind else {
                return 0;
            };
            let millionths = value.units() / 1_000_000_000_000;
            let room = if lower_is_better { millionths - i128::from(low) } else { i128::from(high) - millionths };
            let width = i128::from(high - low).max(1);
            i64::try_from((i128::from(n) * room).div_euclid(width)).unwrap_or(0)
        }
    }
}

/// The same with feeds that fall silent.
fn hearts(scene: &Scene) -> Vec<Scene> {
    [Heart::Old, Heart::New, Heart::None].map(|heart| Scene { heart: Some(heart), ..scene.clone() }).into()
}
