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

/// The sums before each tick, the first tick's first; per cohort.
#[derive(Debug, Default)]
pub(super) struct Source(BTreeMap<CohortId, Box<[Tally]>>);

/// The counts as sums, for the boundaries of one replay.
#[derive(Debug)]
pub(super) struct Sums {
    /// The first boundary.
    pub(super) from: Tick,
    /// How many boundaries.
    pub(super) len: usize,
    /// From the tick of the earliest record, where all sums start, to the first boundary.
    lead: usize,
    sources: Vec<Source>,
    places: FxHashMap<Of, usize>,
    /// Per action type with cohorts: the cohort at each boundary.
    cohorts: Vec<Option<Box<[Option<CohortId>]>>>,
    /// Per action type: what its records would count for at run, before each tick.
    exposed: Vec<Box<[Exposed]>>,
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
        let mut sums = Self {
            from,
            len,
            lead,
            sources: vec![Source::default()],
            places: FxHashMap::default(),
            cohorts: cohorts(plan, counts, from, len),
            exposed: exposed(plan, counts, first, span),
            most: (0, 0),
        };
        let feeds: Vec<Feed> = plan.metrics.iter().map(|metric| Feed::of(counts, metric)).collect();
        for (series, entries) in &counts.samples {
            if any_tier || series.tier.is_some() {
                let feed = &feeds[series.metric.index()];
                let alive = entries.iter().filter(|(tick, _)| feed.is_alive(*tick));
                sums.add(series, any_tier, span, alive.map(|(tick, tally)| (tick - first, *tally)));
            }
        }
        sums.add_up();
        Some(sums)
    }

    /// Adds samples, each one place behind its tick: what stands there in the end is the sum before the next tick.
    fn add(&mut self, of: &Series, any_tier: bool, span: usize, entries: impl Iterator<Item = (Tick, Tally)>) {
        let tier = of.tier.filter(|_| !any_tier);
        let place = *self.places.entry((of.action, of.metric, tier)).or_insert_with(|| {
            self.sources.push(Source::default());
            self.sources.len() - 1
        });
        let empty = || vec![Tally::default(); span].into_boxed_slice();
        let dense = self.sources[place].0.entry(of.cohort).or_insert_with(empty);
        for (tick, tally) in entries {
            if let Some(sum) = usize::try_from(tick + 1).ok().and_then(|at| dense.get_mut(at)) {
                sum.add(tally);
            }
        }
    }

    fn add_up(&mut self) {
        let sums = self.sources.iter_mut().flat_map(|source| source.0.iter_mut());
        // Each is added up by itself, and of the most there is one: their order does not matter.
        for (_, dense) in sums {
            let mut sum = Tally::default();
            for place in &mut *dense {
                sum.add(*place);
                *place = sum;
            }
            self.most = (self.most.0.max(sum.n), self.most.1.max(sum.bad));
        }
    }

    /// Where the samples of an action type's metric at a tier are.
    pub(super) fn place(&self, action: ActionId, metric: MetricId, tier: Tier) -> usize {
        let at = |tier| self.places.get(&(action, metric, tier));
        // Under any-tier there is only the one without a tier.
        at(Some(tier)).or_else(|| at(None)).copied().unwrap_or(0)
    }

    /// The samples in the ticks from `start` to before boundary `at`, both counted from the first boundary.
    pub(super) fn tally(&self, place: usize, action: usize, start: Tick, at: usize) -> Tally {
        let cohort = self.cohorts[action].as_ref().map_or(Some(0), |cohorts| cohorts[at]);
        let Some(dense) = cohort.and_then(|cohort| self.sources[place].0.get(&cohort)) else { return Tally::default() };
        let end = self.lead + at;
        let start = usize::try_from(start + Tick::try_from(self.lead).unwrap_or(0)).unwrap_or(0).min(end);
        dense[end].without(dense[start])
    }

    /// The boundaries at which the cohort of an action type changed.
    pub(super) fn renewals(&self, action: usize) -> Vec<usize> {
        let Some(cohorts) = &self.cohorts[action] else { return Vec::new() };
        let changed = |at: &usize| cohorts[at - 1].is_some() && cohorts[*at] != cohorts[at - 1];
        (1..cohorts.len()).filter(changed).collect()
    }

    /// What the records of an action type count for at a tier in the ticks from one boundary to before another; `all`
    /// with what came before.
    pub(super) fn exposed(&self, action: usize, tier: Tier, start: usize, end: usize, all: bool) -> Exposed {
        let sums = &self.exposed[action];
        let before = if all { Exposed::default() } else { sums[self.lead + start] };
        without(sums[self.lead + end], before).at(tier)
    }
}

fn without(sum: Exposed, before: Exposed) -> Exposed {
    Exposed {
        records: sum.records - before.records,
        autonomous: sum.autonomous - before.autonomous,
        unattended: sum.unattended - before.unattended,
        seen: sum.seen - before.seen,
        released: sum.released - before.released,
        unknown: sum.unknown - before.unknown,
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

fn exposed(plan: &Plan, counts: &Counts, first: Tick, span: usize) -> Vec<Box<[Exposed]>> {
    let mut all = vec![vec![Exposed::default(); span].into_boxed_slice(); plan.actions.len()];
    exposure::for_each(plan, counts, |action, tick, exposed| {
        if let Some(sum) = usize::try_from(tick - first + 1).ok().and_then(|at| all[action].get_mut(at)) {
            *sum = sum.plus(&exposed);
        }
    });
    for sums in &mut all {
        let mut sum = Exposed::default();
        for place in sums {
            sum = sum.plus(place);
            *place = sum;
        }
    }
    all
}
