//! Scenes: records at one tier, a little more or a little less of everything that the two policies count there.

use super::super::side::Side;
use super::super::story::{Fate, Heart, Told, Which, signals};
use super::LINES;
use super::scripts::{Scene, Scripts, Take, beats, units};
use crate::plan::{Bar, Gate, Limit, MetricKind};
use crate::replay::Kind;
use crate::value::{Step, Tier};
use std::collections::BTreeSet;

impl Scripts<'_> {
    /// Good records, one window after the other.
    pub(super) fn perfect(&self, step: Step, length: i64) -> Vec<Take> {
        let figures = self.figures(step);
        beats(figures.stride, length).map(|at| (at, 1, None, vec![(figures.enough, Fate::Good)])).collect()
    }

    /// What might promote under one policy and not under the other.
    pub(super) fn climbing(&self, step: Step) -> Vec<Scene> {
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
    pub(super) fn mixed(&self, step: Step, length: i64, keeps: bool) -> Vec<Scene> {
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
        let bars: Vec<(&Side, &Bar)> =
            self.gates(step).flat_map(|(of, gate)| watched(gate, keeps).map(move |bar| (of, bar))).collect();
        let mins: BTreeSet<u64> =
            bars.iter().flat_map(|(_, bar)| [bar.min, bar.min.saturating_sub(1).max(1), bar.min.div_ceil(2)]).collect();
        let apart =
            bars.iter().enumerate().flat_map(|(at, one)| bars[..at].iter().filter_map(|other| apart(one, other)));
        let counts: Vec<u64> = apart.chain(mins).chain([enough, 2 * enough]).collect();
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
            for (gap, version) in
                [(figures.stride, 1), (1, 0), (figures.window, 1), ((figures.stride + 1) / 2, 1), (1, 3), (1, 4)]
            {
                let mut beats = vec![(0, version, None, vec![(figures.enough, Fate::Bad(metric.clone()))])];
                beats.extend(
                    self.perfect(step, length).into_iter().map(|(at, of, which, fates)| (at + gap, of, which, fates)),
                );
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
            let few = enough.div_ceil(20);
            for (n, good) in [(enough, 0), (enough, enough), (few, enough), (few, enough.saturating_sub(few))] {
                let fates = vec![(n, Fate::Told(told.clone())), (good, Fate::Good)];
                let beats = self
                    .perfect(step, length)
                    .into_iter()
                    .map(|(at, of, which, _)| (at, of, which, fates.clone()))
                    .collect();
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
        let trips =
            self.sides().flat_map(|(of, id)| of.plan.actions[id.index()].trips.iter().map(move |trip| (of, trip)));
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
            let rest =
                self.perfect(step, length).into_iter().map(|(at, of, which, fates)| (at + stop + 2, of, which, fates));
            Scene { beats: [first].into_iter().chain(rest).collect(), length: length + stop + 2, ..Scene::default() }
        };
        stops.map(late).collect()
    }

    /// What might take it down under the old policy and not under the new one.
    pub(super) fn falling(&self, kind: Kind, tier: Tier) -> Vec<Scene> {
        let Some(step) = tier.step_below() else { return Vec::new() };
        let figures = self.figures(step);
        let stales =
            self.sides().filter_map(|(of, id)| Some(units(self.stage, of, of.plan.actions[id.index()].stale?)));
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
                let other = |version: i64| {
                    let beats = plain.beats.iter().map(|(at, _, which, fates)| (*at, version, *which, fates.clone()));
                    Scene { beats: beats.collect(), ..plain.clone() }
                };
                [2, 4].map(other).into()
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

    pub(super) fn metrics(&self, step: Step) -> BTreeSet<String> {
        let bars =
            self.gates(step).flat_map(|(of, gate)| watched(gate, false).chain(&gate.keeps).map(move |bar| (of, bar)));
        bars.map(|(of, bar)| of.plan.metrics[bar.metric.index()].name.clone()).collect()
    }

    pub(super) fn kept_metrics(&self, step: Step) -> BTreeSet<String> {
        let keeps = self.gates(step).flat_map(|(of, gate)| gate.keeps.iter().map(move |bar| (of, bar)));
        keeps.map(|(of, bar)| of.plan.metrics[bar.metric.index()].name.clone()).collect()
    }
}

/// The bars of a gate before and after a first demotion, or its keep bars.
fn watched(gate: &Gate, keeps: bool) -> impl Iterator<Item = &Bar> {
    let bars = gate.bars.iter().flat_map(|bar| [&bar.first, &bar.again]).filter(move |_| !keeps);
    bars.chain(gate.keeps.iter().filter(move |_| keeps))
}

/// The least number of samples at which two bars of one metric allow something else.
fn apart(one: &(&Side, &Bar), other: &(&Side, &Bar)) -> Option<u64> {
    let name = |(of, bar): &(&Side, &Bar)| of.plan.metrics[bar.metric.index()].name.clone();
    let most = one.1.min.max(other.1.min);
    let differ = |n: &u64| allowed(one.0, one.1, *n) != allowed(other.0, other.1, *n);
    // More samples than lines are never played.
    let end = most.saturating_mul(8).min(LINES);
    (name(one) == name(other)).then(|| (most..end).find(differ)).flatten()
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
