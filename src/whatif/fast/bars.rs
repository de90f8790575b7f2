//! Bars and trips, each kept once with what it says at every boundary: two policies that share one share the work.

use super::mask::{self, Mask};
use super::sums::{Sums, less};
use super::ticks;
use crate::history::Counts;
use crate::history::counts::Tally;
use crate::model::policy::{ActionId, SignalId};
use crate::plan::{Bar, Limit, Plan, Trip};
use crate::replay::evidence::{self, Prefix};
use crate::stats::Rule;
use crate::syntax::ast::Op;
use crate::value::duration::Tick;
use crate::value::{Decimal, Tier};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Staircases longer than this are not made: the table is asked instead.
const MOST_STEPS: u64 = 1 << 20;

/// An index of a bar.
pub(super) type BarAt = usize;
/// An index of a trip.
pub(super) type TripAt = usize;

/// At which boundaries a bar has enough evidence, and at which it clears.
#[derive(Clone, Debug)]
pub(super) struct Stands {
    pub(super) enough: Mask,
    pub(super) clears: Mask,
}

impl Stands {
    /// At none of so many boundaries.
    pub(super) fn none(len: usize) -> Self {
        Self { enough: Mask::none(len), clears: Mask::none(len) }
    }

    fn copy(&mut self, other: &Self) {
        self.enough.copy(&other.enough);
        self.clears.copy(&other.clears);
    }

    /// Puts what is said of some boundaries: enough, and clears.
    fn put(&mut self, range: Range<usize>, says: impl Fn(usize) -> (bool, bool)) {
        mask::by_word(range, |word, within| {
            let (mut over, mut enough, mut clears) = (0, 0, 0);
            for at in within {
                let (is_enough, does_clear) = says(at);
                let bit = 1 << (at % mask::WORD);
                over |= bit;
                enough |= if is_enough { bit } else { 0 };
                clears |= if does_clear { bit } else { 0 };
            }
            self.enough.put_word(word, over, enough);
            self.clears.put_word(word, over, clears);
        });
    }
}

/// What makes two bars the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct BarKey {
    action: usize,
    /// Where its samples are.
    place: usize,
    delay: Tick,
    window: Option<Tick>,
    min: u64,
    limit: LimitKey,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum LimitKey {
    Share(Rule),
    Mean(Decimal, Op),
}

#[derive(Debug)]
struct Known {
    key: BarKey,
    limit: Limit,
    /// For a share: entry `bad` is the least number of samples among which so many may be bad.
    steps: Option<Arc<[u64]>>,
    /// At a tier that was not entered.
    whole: Stands,
}

/// What makes two trips the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct TripKey {
    arrivals: usize,
    count: u64,
    within: Tick,
    to: Tier,
}

#[derive(Debug)]
struct KnownTrip {
    key: TripKey,
    /// The boundaries with so many signals in the window, whenever the tier was entered.
    whole: Mask,
}

/// Whose signals: those of an action type, or of all.
type Arriving = (Option<usize>, Vec<SignalId>);

/// All bars and trips met.
#[derive(Debug)]
pub(super) struct Bars<'a> {
    pub(super) sums: &'a Sums,
    counts: &'a Counts,
    all: Vec<Known>,
    places: FxHashMap<BarKey, BarAt>,
    steps: FxHashMap<Rule, Option<Arc<[u64]>>>,
    trips: Vec<KnownTrip>,
    known_trips: FxHashMap<TripKey, TripAt>,
    arrivals: Vec<Prefix<u64>>,
    known_arrivals: FxHashMap<Arriving, usize>,
}

impl<'a> Bars<'a> {
    pub(super) fn new(sums: &'a Sums, counts: &'a Counts) -> Self {
        Self {
            sums,
            counts,
            all: Vec::new(),
            places: FxHashMap::default(),
            steps: FxHashMap::default(),
            trips: Vec::new(),
            known_trips: FxHashMap::default(),
            arrivals: Vec::new(),
            known_arrivals: FxHashMap::default(),
        }
    }

    /// The place of a bar as it looks from a tier.
    pub(super) fn bar(&mut self, plan: &Plan, action: usize, bar: &Bar, tier: Tier) -> BarAt {
        let limit = match &bar.limit {
            Limit::Share { rule, .. } => LimitKey::Share(*rule),
            Limit::Mean { value, op } => LimitKey::Mean(*value, *op),
        };
        let place = self.sums.place(ActionId::new(action), bar.metric, tier);
        let delay = plan.metrics[bar.metric.index()].delay_ticks;
        let key = BarKey { action, place, delay, window: bar.window, min: bar.min, limit };
        if let Some(at) = self.places.get(&key) {
            return *at;
        }
        let steps = self.steps(&bar.limit);
        let whole = Stands::none(self.sums.len);
        let mut known = Known { key: key.clone(), limit: bar.limit.clone(), steps, whole };
        known.whole = self.read_whole(&known);
        self.all.push(known);
        self.places.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }

    fn steps(&mut self, limit: &Limit) -> Option<Arc<[u64]>> {
        let Limit::Share { rule, allowed } = limit else { return None };
        let (most, bad) = self.sums.most;
        let make = || {
            let entries = usize::try_from(bad + 1).ok().filter(|_| bad < MOST_STEPS)?;
            Some(allowed.steps(most, entries).into())
        };
        self.steps.entry(*rule).or_insert_with(make).clone()
    }

    fn read_whole(&self, bar: &Known) -> Stands {
        let mut stands = bar.whole.clone();
        let lead = self.sums.lead;
        // `over tier` at a tier that was not entered starts where all sums start.
        let start = |at: usize| bar.key.window.map_or(0, |window| (lead + at).saturating_sub(ticks(window)));
        self.stand(bar, 0..self.sums.len, start, &mut stands);
        stands
    }

    /// Writes to `stands` how a bar stands at each boundary after `entry` (`None`: the tier was not entered).
    pub(super) fn read(&self, at: BarAt, entry: Option<usize>, stands: &mut Stands) {
        let bar = &self.all[at];
        stands.copy(&bar.whole);
        let Some(entry) = entry else { return };
        let cut = entry.saturating_add(ticks(bar.key.delay));
        // From there on the window no longer reaches back to before the entry.
        let end = bar.key.window.map_or(usize::MAX, |window| cut.saturating_add(ticks(window))).min(self.sums.len);
        let lead = self.sums.lead;
        self.stand(bar, entry + 1..end, |at| lead + cut.min(at), stands);
    }

    /// Looks at some boundaries; `start` says from which place of the sums on the samples count.
    fn stand(&self, bar: &Known, at: Range<usize>, start: impl Fn(usize) -> usize, stands: &mut Stands) {
        let (key, lead) = (&bar.key, self.sums.lead);
        let min = key.min.max(1);
        match (self.sums.dense(key.place, key.action), &bar.steps) {
            // What almost every bar is, and so the inmost loop of all.
            (Some(dense), Some(steps)) => stands.put(at, |at| {
                let [n, bad] = less(dense.shares[lead + at], dense.shares[start(at)]);
                let n = u64::from(n);
                (n >= min, n >= min && steps.get(bad as usize).is_some_and(|least| *least <= n))
            }),
            _ => stands.put(at, |at| {
                let tally = self.sums.tally(key.place, key.action, start(at), at);
                (tally.n >= min, tally.n >= min && bar.clears(&tally))
            }),
        }
    }

    /// The place of a trip of an action type.
    pub(super) fn trip(&mut self, action: usize, trip: &Trip) -> TripAt {
        let arrivals = self.arriving(action, trip);
        let key = TripKey { arrivals, count: trip.count, within: trip.within, to: trip.to };
        if let Some(at) = self.known_trips.get(&key) {
            return *at;
        }
        let mut whole = Mask::none(self.sums.len);
        for at in 0..self.sums.len {
            whole.put(at, self.signals(&key, None, at) >= key.count);
        }
        self.trips.push(KnownTrip { key: key.clone(), whole });
        self.known_trips.insert(key, self.trips.len() - 1);
        self.trips.len() - 1
    }

    fn arriving(&mut self, action: usize, trip: &Trip) -> usize {
        let key = ((!trip.everywhere).then_some(action), trip.signals.clone());
        let next = self.arrivals.len();
        let at = *self.known_arrivals.entry(key).or_insert(next);
        if at == next {
            self.arrivals.push(evidence::arrivals(self.counts, ActionId::new(action), trip));
        }
        at
    }

    fn signals(&self, trip: &TripKey, entry: Option<usize>, at: usize) -> u64 {
        let tick = |at: usize| self.sums.from + Tick::try_from(at).unwrap_or(0);
        let now = tick(at);
        let start = now.saturating_sub(trip.within).max(entry.map_or(Tick::MIN, tick)).min(now);
        let arrived = &self.arrivals[trip.arrivals];
        arrived.before(now) - arrived.before(start)
    }

    /// Where a trip leads.
    pub(super) fn target(&self, trip: TripAt) -> Tier {
        self.trips[trip].key.to
    }

    /// The boundaries at which a trip has its signals, whenever the tier was entered.
    pub(super) fn tripping(&self, trip: TripAt) -> &Mask {
        &self.trips[trip].whole
    }

    /// Whether a trip fires at a boundary, at a tier that was entered then.
    pub(super) fn fires(&self, trip: TripAt, entry: usize, at: usize) -> bool {
        let KnownTrip { key, whole } = &self.trips[trip];
        whole.has(at) && self.signals(key, Some(entry), at) >= key.count
    }

    /// The first boundary after the entry, before `end`, at which a trip fires.
    pub(super) fn first_fire(&self, trip: TripAt, entry: usize, end: usize) -> Option<usize> {
        let whole = self.trips[trip].whole.bits();
        let mut at = whole.next(entry + 1, end)?;
        while !self.fires(trip, entry, at) {
            at = whole.next(at + 1, end)?;
        }
        Some(at)
    }
}

impl Known {
    fn clears(&self, tally: &Tally) -> bool {
        match (&self.steps, usize::try_from(tally.bad)) {
            (Some(steps), Ok(bad)) => steps.get(bad).is_some_and(|least| *least <= tally.n),
            _ => self.limit.clears(tally.n, tally.bad, tally.sum),
        }
    }
}
