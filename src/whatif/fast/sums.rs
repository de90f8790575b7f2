//! The counts, added up densely by tick, so that any window is one subtraction.

use crate::history::Counts;
use crate::history::counts::{CohortId, Series, Tally};
use crate::model::policy::{ActionId, MetricId};
use crate::plan::Plan;
use crate::replay::evidence::Feed;
use crate::replay::exposure::{self, Exposed};
use crate::value::Tier;
use crate::value::duration::Tick;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// More sums than this are not kept: the plain evaluator takes over.
const MOST_SUMS: usize = 1 << 24;

/// Which samples a bar looks at: action type, metric, and tier (`None`: wherever they ran).
type Of = (ActionId, MetricId, Option<Tier>);

/// The sums before each tick, the first tick's first: small, so that many are at hand.
#[derive(Debug, Default)]
pub(super) struct Dense {
    /// How many samples, and how many bad ones.
    pub(super) shares: Box<[[u32; 2]]>,
    /// Of a mean the sum of the values; of others there is none.
    values: Box<[i128]>,
}

impl Dense {
    /// The sums of these tallies, each in its place; `None` if they do not fit.
    fn of(tallies: &[Tally]) -> Option<Self> {
        let mut sum = Tally::default();
        let (mut shares, mut values) = (Vec::with_capacity(tallies.len()), Vec::new());
        for tally in tallies {
            sum.add(*tally);
            shares.push([u32::try_from(sum.n).ok()?, u32::try_from(sum.bad).ok()?]);
            values.push(sum.sum);
        }
        if values.iter().all(|value| *value == 0) {
            values = Vec::new();
        }
        Some(Self { shares: shares.into(), values: values.into() })
    }

    /// What is in the ticks from one place to before another.
    fn tally(&self, start: usize, end: usize) -> Tally {
        let [n, bad] = less(self.shares[end], self.shares[start]);
        let value = |at: usize| self.values.get(at).copied().unwrap_or(0);
        Tally { n: n.into(), bad: bad.into(), sum: value(end) - value(start) }
    }
}

/// What is left of a sum without an earlier one.
pub(super) fn less<const N: usize>(sum: [u32; N], before: [u32; N]) -> [u32; N] {
    std::array::from_fn(|at| sum[at] - before[at])
}

/// How many records before each tick.
type Records = Box<[u32]>;
/// How many of them are seen, released and unknown at run.
type Harmed = Box<[[u32; 3]]>;

/// The sums of some samples, per cohort.
type Source = BTreeMap<CohortId, Dense>;

/// The counts as sums, for the boundaries of one replay.
#[derive(Debug)]
pub(super) struct Sums {
    /// The first boundary.
    pub(super) from: Tick,
    /// How many boundaries.
    pub(super) len: usize,
    /// From the tick of the earliest record, where all sums start, to the first boundary.
    pub(super) lead: usize,
    sources: Vec<Source>,
    places: FxHashMap<Of, usize>,
    /// Per action type with cohorts: the cohort at each boundary.
    cohorts: Vec<Option<Box<[Option<CohortId>]>>>,
    /// Per action type: its records before each tick, and what they would count for at run.
    records: Vec<Records>,
    harmed: Vec<Harmed>,
    /// The most samples, and the most bad ones, that any window can hold.
    pub(super) most: (u64, u64),
}

impl Sums {
    /// The sums for these boundaries; `None` if they would not fit.
    pub(super) fn new(plan: &Plan, counts: &Counts, any_tier: bool, (from, to): (Tick, Tick)) -> Option<Self> {
        let first = counts.first_tick(plan.tick_seconds);
        let (lead, len) = (usize::try_from(from - first).ok()?, usize::try_from(to - from + 1).ok()?);
        let span = lead + len;
        if span.checked_mul(counts.samples.len() + plan.actions.len())? > MOST_SUMS {
            return None;
        }
        let (records, harmed) = exposed(plan, counts, first, span)?;
        let mut sums = Self {
            from,
            len,
            lead,
            sources: Vec::new(),
            places: FxHashMap::default(),
            cohorts: cohorts(plan, counts, from, len),
            records,
            harmed,
            most: (0, 0),
        };
        let feeds: Vec<Feed> = plan.metrics.iter().map(|metric| Feed::of(counts, metric)).collect();
        // The first place has no samples.
        let mut tallies = vec![BTreeMap::new()];
        for (series, entries) in &counts.samples {
            if any_tier || series.tier.is_some() {
                let feed = &feeds[series.metric.index()];
                let alive = entries.iter().filter(|(tick, _)| feed.is_alive(*tick));
                let place = sums.make_place(series, any_tier, &mut tallies);
                let dense = tallies[place].entry(series.cohort).or_insert_with(|| vec![Tally::default(); span]);
                add(dense, alive.map(|(tick, tally)| (tick - first, *tally)));
            }
        }
        for by_cohort in tallies {
            sums.add_up(by_cohort)?;
        }
        Some(sums)
    }

    /// The place of the samples of a series: a new one for what was not met before.
    fn make_place(&mut self, of: &Series, any_tier: bool, tallies: &mut Vec<BTreeMap<CohortId, Vec<Tally>>>) -> usize {
        let tier = of.tier.filter(|_| !any_tier);
        *self.places.entry((of.action, of.metric, tier)).or_insert_with(|| {
            tallies.push(BTreeMap::new());
            tallies.len() - 1
        })
    }

    /// Adds the next place up.
    fn add_up(&mut self, tallies: BTreeMap<CohortId, Vec<Tally>>) -> Option<()> {
        let mut source = Source::new();
        for (cohort, tallies) in tallies {
            let dense = Dense::of(&tallies)?;
            let [n, bad] = dense.shares.last().copied().unwrap_or_default();
            self.most = (self.most.0.max(n.into()), self.most.1.max(bad.into()));
            source.insert(cohort, dense);
        }
        self.sources.push(source);
        Some(())
    }

    /// Where the samples of an action type's metric at a tier are.
    pub(super) fn place(&self, action: ActionId, metric: MetricId, tier: Tier) -> usize {
        let at = |tier| self.places.get(&(action, metric, tier));
        // Under any-tier there is only the one without a tier.
        at(Some(tier)).or_else(|| at(None)).copied().unwrap_or(0)
    }

    /// The samples in the ticks from place `start` to before boundary `at`.
    pub(super) fn tally(&self, place: usize, action: usize, start: usize, at: usize) -> Tally {
        let cohort = self.cohorts[action].as_ref().map_or(Some(0), |cohorts| cohorts[at]);
        let Some(dense) = cohort.and_then(|cohort| self.sources[place].get(&cohort)) else { return Tally::default() };
        dense.tally(start, self.lead + at)
    }

    /// All samples of a place, where an action type has no cohorts.
    pub(super) fn dense(&self, place: usize, action: usize) -> Option<&Dense> {
        if self.cohorts[action].is_some() { None } else { self.sources[place].get(&0) }
    }

    /// The boundaries at which the cohort of an action type changed.
    pub(super) fn renewals(&self, action: usize) -> Vec<usize> {
        let Some(cohorts) = &self.cohorts[action] else { return Vec::new() };
        let changed = |at: &usize| cohorts[at - 1].is_some() && cohorts[*at] != cohorts[at - 1];
        (1..cohorts.len()).filter(changed).collect()
    }

    /// How many records an action type has before the last boundary.
    pub(super) fn records(&self, action: usize) -> u64 {
        self.records[action].last().map_or(0, |sum| (*sum).into())
    }

    /// What the records of an action type count for at a tier, but for their number, in the ticks from one boundary to
    /// before another; `all` with what came before.
    pub(super) fn exposed(&self, action: usize, tier: Tier, start: usize, end: usize, all: bool) -> Exposed {
        if tier == Tier::Crawl {
            return Exposed::default();
        }
        let (start, end) = (if all { 0 } else { self.lead + start }, self.lead + end);
        let n = u64::from(self.records[action][end] - self.records[action][start]);
        let walked = Exposed { autonomous: n, ..Exposed::default() };
        if tier == Tier::Walk {
            return walked;
        }
        let [seen, released, unknown] = less(self.harmed[action][end], self.harmed[action][start]).map(u64::from);
        Exposed { unattended: n, seen, released, unknown, ..walked }
    }
}

/// Adds samples, each one place behind its tick: what stands there in the end is the sum before the next tick.
fn add(dense: &mut [Tally], entries: impl Iterator<Item = (Tick, Tally)>) {
    for (tick, tally) in entries {
        if let Some(place) = usize::try_from(tick + 1).ok().and_then(|at| dense.get_mut(at)) {
            place.add(tally);
        }
    }
}

fn cohorts(plan: &Plan, counts: &Counts, from: Tick, len: usize) -> Vec<Option<Box<[Option<CohortId>]>>> {
    let at_each = |action: usize| -> Box<[Option<CohortId>]> {
        let latest = counts.latest_cohorts.get(&ActionId::new(action)).map_or(&[][..], Vec::as_slice);
        let at = |now: Tick| Some(latest[latest.partition_point(|(tick, _)| *tick < now).checked_sub(1)?].1);
        (from..).take(len).map(at).collect()
    };
    plan.actions.iter().enumerate().map(|(at, action)| action.renew.as_ref().map(|_| at_each(at))).collect()
}

/// The records, and what they count for at run, added up; `None` if the sums do not fit.
fn exposed(plan: &Plan, counts: &Counts, first: Tick, span: usize) -> Option<(Vec<Records>, Vec<Harmed>)> {
    let mut all = vec![vec![[0_u64; 4]; span]; plan.actions.len()];
    exposure::for_each(plan, counts, |action, tick, exposed| {
        if let Some(sum) = usize::try_from(tick - first + 1).ok().and_then(|at| all[action].get_mut(at)) {
            let Exposed { records, seen, released, unknown, .. } = exposed;
            sum.iter_mut().zip([records, seen, released, unknown]).for_each(|(sum, more)| *sum += more);
        }
    });
    let add_up = |places: &mut Vec<[u64; 4]>| {
        let mut sum = [0_u64; 4];
        for place in places {
            sum.iter_mut().zip(*place).for_each(|(sum, more)| *sum += more);
            *place = sum;
        }
        u32::try_from(*sum.iter().max()?).ok()
    };
    all.iter_mut().map(add_up).collect::<Option<Vec<_>>>()?;
    let short = |sum: u64| u32::try_from(sum).unwrap_or(u32::MAX);
    let records = all.iter().map(|sums| sums.iter().map(|sum| short(sum[0])).collect());
    let harmed = all.iter().map(|sums| sums.iter().map(|sum| [sum[1], sum[2], sum[3]].map(short)).collect());
    Some((records.collect(), harmed.collect()))
}
