//! Evidence: what a bar sees at a boundary (semantics §3), read from prefix sums over the counts.

use super::decision::{Reading, Standing};
use crate::history::Counts;
use crate::history::counts::{Cohort, CohortId, Series, Tally};
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::{Bar, Metric, Plan, Trip};
use crate::value::Tier;
use crate::value::duration::Tick;
use std::collections::{BTreeMap, BTreeSet};

/// Sums up to and including each tick that has something, by tick; of entries with one tick the last is the whole sum.
#[derive(Clone, Debug, Default)]
pub struct Prefix<T>(Vec<(Tick, T)>);

impl<T: Copy + Default> Prefix<T> {
    /// The sum over all ticks before `tick`.
    pub fn before(&self, tick: Tick) -> T {
        let at = self.0.partition_point(|(known, _)| *known < tick);
        at.checked_sub(1).map_or_else(T::default, |last| self.0[last].1)
    }
}

fn prefix<T: Copy + Default>(mut entries: Vec<(Tick, T)>, add: impl Fn(&mut T, T)) -> Prefix<T> {
    entries.sort_by_key(|(tick, _)| *tick);
    let mut sum = T::default();
    for (_, value) in &mut entries {
        add(&mut sum, *value);
        *value = sum;
    }
    Prefix(entries)
}

/// The counts, ready to be asked.
#[derive(Debug)]
pub struct Ledger<'a> {
    plan: &'a Plan,
    counts: &'a Counts,
    any_tier: bool,
    /// The tick of the earliest record: where `over tier` starts at a tier that was not entered.
    first_tick: Tick,
    samples: BTreeMap<Series, Prefix<Tally>>,
    /// Arrivals for each action type's trips, in the order of its trips.
    trips: Vec<Vec<Prefix<u64>>>,
}

impl<'a> Ledger<'a> {
    /// Prepares the counts. With `any_tier` samples count wherever they were recorded.
    #[must_use]
    pub fn new(plan: &'a Plan, counts: &'a Counts, any_tier: bool) -> Self {
        let trips =
            plan.actions.iter().enumerate().map(|(at, action)| {
                action.trips.iter().map(|trip| arrivals(counts, ActionId::new(at), trip)).collect()
            });
        Self {
            plan,
            counts,
            any_tier,
            first_tick: counts.first_tick(plan.tick_seconds),
            samples: samples(plan, counts, any_tier),
            trips: trips.collect(),
        }
    }

    /// The cohort of an action type at a boundary: that of its latest record before; `None` before its first record
    /// and without `renew`.
    #[must_use]
    pub fn cohort(&self, action: ActionId, now: Tick) -> Option<CohortId> {
        let latest = self.counts.latest_cohorts.get(&action)?;
        let at = latest.partition_point(|(tick, _)| *tick < now);
        Some(latest[at.checked_sub(1)?].1)
    }

    /// The values of a cohort.
    #[must_use]
    pub fn cohort_values(&self, cohort: CohortId) -> &Cohort {
        &self.counts.cohorts[cohort as usize]
    }

    /// What a bar sees at boundary `now` from `tier`, entered at `entry` (`None`: never entered, nothing is cut off).
    #[must_use]
    pub fn read(&self, action: ActionId, bar: &Bar, tier: Tier, entry: Option<Tick>, now: Tick, keep: bool) -> Reading {
        let delay = self.plan.metrics[bar.metric.index()].delay_ticks;
        let cut = entry.map(|entry| entry.saturating_add(delay));
        let from = match (bar.window, cut) {
            (Some(window), None) => now.saturating_sub(window),
            (Some(window), Some(cut)) => now.saturating_sub(window).max(cut),
            (None, None) => self.first_tick,
            (None, Some(cut)) => cut,
        };
        let from = from.min(now);
        let tally = self.tally(action, bar.metric, tier, from, now);
        Reading { bar: bar.clone(), from, to: now, tally, standing: standing(bar, &tally), keep }
    }

    /// All samples of a metric that were recorded at a tier and whose feed was alive, of whatever cohort.
    #[must_use]
    pub fn samples(&self, action: ActionId, metric: MetricId, tier: Tier) -> BTreeMap<Tick, u64> {
        let tier = if self.any_tier { None } else { Some(tier) };
        let mut all: BTreeMap<Tick, u64> = BTreeMap::new();
        let of = |series: &&Series| (series.action, series.metric, series.tier) == (action, metric, tier);
        for prefix in self.samples.iter().filter(|(series, _)| of(series)).map(|(_, prefix)| prefix) {
            let mut before = 0;
            for (tick, sum) in &prefix.0 {
                *all.entry(*tick).or_default() += sum.n - before;
                before = sum.n;
            }
        }
        all
    }

    fn tally(&self, action: ActionId, metric: MetricId, tier: Tier, from: Tick, to: Tick) -> Tally {
        let renews = self.plan.actions[action.index()].renew.is_some();
        let cohort = if renews { self.cohort(action, to) } else { Some(0) };
        let Some(cohort) = cohort else { return Tally::default() };
        let tier = if self.any_tier { None } else { Some(tier) };
        let Some(prefix) = self.samples.get(&Series { action, metric, cohort, tier }) else { return Tally::default() };
        prefix.before(to).without(prefix.before(from))
    }

    /// How many signals of a trip arrived in its window before `now`, none before `entry`; and the window.
    #[must_use]
    pub fn signals(&self, action: ActionId, trip: usize, entry: Option<Tick>, now: Tick) -> (u64, (Tick, Tick)) {
        let within = self.plan.actions[action.index()].trips[trip].within;
        let from = now.saturating_sub(within).max(entry.unwrap_or(Tick::MIN)).min(now);
        let prefix = &self.trips[action.index()][trip];
        (prefix.before(now) - prefix.before(from), (from, now))
    }
}

/// How a bar stands with these samples: only positive evidence clears.
fn standing(bar: &Bar, tally: &Tally) -> Standing {
    match tally.n {
        0 => Standing::NoData,
        n if n < bar.min => Standing::Insufficient,
        _ if bar.limit.clears(tally.n, tally.bad, tally.sum) => Standing::Clears,
        _ => Standing::Short,
    }
}

/// Prefix sums of all samples whose feed was alive.
fn samples(plan: &Plan, counts: &Counts, any_tier: bool) -> BTreeMap<Series, Prefix<Tally>> {
    let feeds: Vec<Feed> = plan.metrics.iter().map(|metric| Feed::of(counts, metric)).collect();
    let mut merged: BTreeMap<Series, Vec<(Tick, Tally)>> = BTreeMap::new();
    for (series, entries) in &counts.samples {
        // Without a tier a record is evidence for no tier, but under any-tier for all; `None` is then the one series.
        if series.tier.is_none() && !any_tier {
            continue;
        }
        let key = if any_tier { Series { tier: None, ..*series } } else { *series };
        let feed = &feeds[series.metric.index()];
        let alive = entries.iter().filter(|(tick, _)| feed.is_alive(*tick));
        let all = merged.entry(key).or_default();
        all.reserve_exact(entries.len());
        all.extend(alive);
    }
    merged.into_iter().map(|(series, entries)| (series, prefix(entries, Tally::add))).collect()
}

/// When a metric's feed was heard from, and over how many ticks that keeps it alive; `None`: it is always alive.
#[derive(Debug)]
pub struct Feed(Option<(BTreeSet<Tick>, i64)>);

impl Feed {
    /// When the feed of a metric was heard from.
    #[must_use]
    pub fn of(counts: &Counts, metric: &Metric) -> Self {
        Self(metric.alive.as_ref().map(|(signals, within)| {
            (signals.iter().filter_map(|id| counts.alive.get(id)).flatten().copied().collect(), *within)
        }))
    }

    /// Whether something was heard in the ticks that end with `tick`: then its samples exist.
    #[must_use]
    pub fn is_alive(&self, tick: Tick) -> bool {
        let Some((heard, within)) = &self.0 else { return true };
        heard.range(tick.saturating_sub(within - 1)..=tick).next().is_some()
    }
}

/// The signals that a trip of an action type counts.
#[must_use]
pub fn arrivals(counts: &Counts, action: ActionId, trip: &Trip) -> Prefix<u64> {
    let mut arrived: Vec<(Tick, u64)> = Vec::new();
    let mut signals: Vec<SignalId> = trip.signals.clone();
    signals.sort_unstable();
    signals.dedup();
    for ((of, signal), entries) in &counts.arrivals {
        if signals.contains(signal) && (trip.everywhere || *of == Some(action)) {
            arrived.extend(entries);
        }
    }
    for entries in signals.iter().filter(|_| trip.everywhere).filter_map(|signal| counts.notices.get(signal)) {
        arrived.extend(entries);
    }
    prefix(arrived, |sum, n| *sum += n)
}
