//! Histories of a world, drawn: counts that the evaluator replays as if they had been logged.
//!
//! Every record is a sample of every metric of its action type. A bad sample of a verdict or an event brings one of its
//! bad signals, each as likely, in the tick of its action: so trips see what the metrics see. Draws are keyed by
//! history, action type, metric and tick, so neither threads nor other metrics change them, and a better agent has no
//! bad sample more.

use super::Traffic;
use crate::history::Counts;
use crate::history::counts::{Series, Tally};
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::odds::{Sampler, Split, World};
use crate::plan::{MetricKind, Plan};
use crate::stats::real;
use crate::value::duration::Tick;
use crate::value::{Decimal, Instant, Key};
use std::collections::{BTreeMap, BTreeSet};

/// Every simulation starts from the same seed.
const SEED: u64 = 20_261_122;

/// The tick that drawn histories begin with.
pub(super) const START: Tick = 1_000_000;

/// The true rates of an action type's agent up to a tick, and from then on.
#[derive(Clone, Debug)]
pub(super) struct Truth {
    pub(super) action: ActionId,
    pub(super) before: Vec<(MetricId, Decimal)>,
    pub(super) after: Vec<(MetricId, Decimal)>,
}

/// One metric of one action type.
#[derive(Clone, Debug)]
struct Stream {
    series: Series,
    /// By tick of action, from 0 on.
    records: Vec<u64>,
    /// By how many records: before the turn, and from then on.
    samplers: BTreeMap<u64, [Sampler; 2]>,
    delay: Tick,
    /// The worst and the best value of a mean.
    ends: Option<(i64, i64)>,
    brought: Brought,
}

/// Which signals bad samples bring, as far as some trip counts them.
#[derive(Clone, Debug, Default)]
struct Brought(Vec<(SignalId, Split)>);

impl Brought {
    /// Each bad sample brings one of these signals, each as likely; of the counted ones one after the other takes its
    /// share of what the ones before have left.
    fn new(signals: &[SignalId], counted: BTreeSet<SignalId>, most: u64) -> Self {
        let others = (1..=signals.len() as u64).rev();
        Self(
            counted
                .into_iter()
                .zip(others)
                .map(|(signal, left)| (signal, Split::new(most, 1.0 / real(left))))
                .collect(),
        )
    }

    fn of(&self, key: Key, mut bad: u64) -> Vec<(SignalId, u64)> {
        let mut brought = Vec::new();
        for ((signal, split), at) in self.0.iter().zip(0..) {
            let n = split.draw(bad, key.number(at));
            bad -= n;
            if n > 0 {
                brought.push((*signal, n));
            }
        }
        brought
    }
}

/// The signals that trips of an action type count.
fn tripping(plan: &Plan, action: ActionId) -> BTreeSet<SignalId> {
    plan.actions[action.index()].trips.iter().flat_map(|trip| &trip.signals).copied().collect()
}

/// The signals of a metric's bad samples.
fn signals(plan: &Plan, id: MetricId) -> &[SignalId] {
    match &plan.metrics[id.index()].kind {
        MetricKind::Verdict { bad, .. } => bad,
        MetricKind::Event { signals, .. } => signals,
        MetricKind::Mean { .. } => &[],
    }
}

/// Histories of a world.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    streams: Vec<Stream>,
    /// From this tick on (counted from 0) the truth is what it is after.
    turn: Tick,
    counts: Counts,
}

impl Drawn {
    /// Histories of so many ticks; `None` where the traffic of a metric is not known, or too much.
    pub(super) fn new(plan: &Plan, traffic: &Traffic, truths: &[Truth], ticks: Tick, turn: Tick) -> Option<Self> {
        let mut streams = Vec::new();
        for truth in truths {
            let mut taken = BTreeSet::new();
            for ((id, before), (_, after)) in truth.before.iter().zip(&truth.after) {
                let mut stream = Stream::new(plan, traffic, truth.action, *id, [*before, *after], ticks)?;
                let of_metric = |signal: &SignalId| signals(plan, *id).contains(signal);
                let counted = tripping(plan, truth.action).into_iter().filter(of_metric);
                let counted = counted.filter(|signal| taken.insert(*signal));
                stream.brought = Brought::new(signals(plan, *id), counted.collect(), stream.most());
                streams.push(stream);
            }
        }
        Some(Self { streams, turn, counts: still(plan, ticks) })
    }

    /// The counts of one history.
    pub(super) fn history(&mut self, number: u64) -> &Counts {
        let key = Key::new(SEED).number(number.cast_signed());
        self.counts.arrivals.clear();
        for stream in &self.streams {
            let series = stream.series;
            let key = key.number(index(series.action.index())).number(index(series.metric.index()));
            let samples = self.counts.samples.entry(series).or_default();
            samples.clear();
            for (tick, n) in (0_i64..).zip(&stream.records).filter(|(_, n)| **n > 0) {
                let bits = key.bits(tick.cast_unsigned());
                let bad = stream.samplers.get(n).map_or(0, |both| both[usize::from(tick >= self.turn)].draw(bits));
                samples.push((START + tick + stream.delay, stream.tally(*n, bad)));
                for (signal, n) in stream.brought.of(key.number(tick), bad) {
                    let arrivals = self.counts.arrivals.entry((Some(series.action), signal)).or_default();
                    arrivals.push((START + tick, n));
                }
            }
        }
        &self.counts
    }
}

fn index(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

/// A history in which every feed is alive and the agent stays the same, and nothing else happens.
fn still(plan: &Plan, ticks: Tick) -> Counts {
    let instant = |tick: Tick| Instant::from_seconds(tick.saturating_mul(plan.tick_seconds));
    let feeds = plan.metrics.iter().filter_map(|metric| metric.alive.as_ref()).flat_map(|(signals, _)| signals);
    let renewed = (0..plan.actions.len()).filter(|at| plan.actions[*at].renew.is_some());
    Counts {
        earliest: Some((instant(START), "first".to_owned())),
        latest: Some((instant(START + ticks - 1), "last".to_owned())),
        cohorts: vec![Vec::new()],
        alive: feeds.map(|signal| (*signal, (START..START + 2 * ticks).collect())).collect(),
        latest_cohorts: renewed.map(|at| (ActionId::new(at), vec![(START, 0)])).collect(),
        ..Counts::default()
    }
}

impl Stream {
    fn new(
        plan: &Plan,
        traffic: &Traffic,
        action: ActionId,
        id: MetricId,
        rates: [Decimal; 2],
        ticks: Tick,
    ) -> Option<Self> {
        let (metric, flow) = (&plan.metrics[id.index()], traffic.of(action, id)?);
        let records = flow.records(usize::try_from(ticks).ok()?, plan.tick_seconds)?;
        let [before, after] = rates.map(|rate| World::even(vec![(id, rate)], flow).bad_share(id, metric));
        let (before, after) = (before?, after?);
        let counts: BTreeSet<u64> = records.iter().copied().collect();
        let both = |n| (n, [Sampler::new(n, before, before), Sampler::new(n, after, after)]);
        let ends = match metric.kind {
            MetricKind::Mean { low, high, lower_is_better, .. } => {
                Some(if lower_is_better { (high, low) } else { (low, high) })
            }
            MetricKind::Verdict { .. } | MetricKind::Event { .. } => None,
        };
        let series = Series { action, metric: id, cohort: 0, tier: None };
        let samplers = counts.into_iter().map(both).collect();
        let brought = Brought::default();
        Some(Self { series, records, samplers, delay: metric.delay_ticks, ends, brought })
    }

    /// The most bad samples of a tick.
    fn most(&self) -> u64 {
        self.samplers.values().flatten().map(Sampler::most).max().unwrap_or(0)
    }

    /// The samples of a tick; a mean's values lie at the ends of its scale, as in [`World`].
    fn tally(&self, n: u64, bad: u64) -> Tally {
        match self.ends {
            None => Tally { n, bad, sum: 0 },
            Some((worst, best)) => {
                let sum = i128::from(bad) * i128::from(worst) + i128::from(n - bad) * i128::from(best);
                Tally { n, bad: 0, sum }
            }
        }
    }
}
