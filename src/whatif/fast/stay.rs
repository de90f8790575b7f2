//! A stay at a tier, from its entry to what could end it: worked out once for all variants that come to it.

use super::mask::{Bits, Mask};
use super::terms::{Fall, Parts};
use crate::replay::Kind;
use crate::value::Tier;
use crate::value::duration::Tick;
use rustc_hash::FxHashMap;

/// So many words of masks are remembered; then all are forgotten.
const MOST_WORDS: usize = 1 << 24;

/// At which boundaries the bars of a gate are met.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing<'a> {
    /// All bars clear, and no trip bars the way.
    pub(super) passes: Bits<'a>,
    /// All bars have enough evidence.
    pub(super) enough: Bits<'a>,
}

/// What ends a stay, if nobody is promoted before.
#[derive(Debug)]
pub(super) struct Ending {
    /// The boundary, the kind, and where to; the boundary after the last if nothing does.
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) to: Tier,
    /// At the top: where some keep bar has enough evidence.
    pub(super) watched: Option<Mask>,
}

/// The stays that were worked out.
#[derive(Debug, Default)]
pub(super) struct Stays {
    /// One behind the other, so that a walk finds them together: where the bars pass, where they have enough.
    passings: Vec<u64>,
    passing_at: FxHashMap<u64, usize>,
    endings: Vec<Ending>,
    ending_at: FxHashMap<u64, usize>,
}

impl Stays {
    /// Forgets all, if that is too much.
    pub(super) fn tidy(&mut self) {
        if self.passings.len() + self.endings.len() * 16 > MOST_WORDS {
            *self = Self::default();
        }
    }

    /// What was found at a place, over so many boundaries.
    pub(super) fn passing(&self, at: usize, len: usize) -> Passing<'_> {
        let words = len.div_ceil(64);
        let (passes, enough) = self.passings[at..at + 2 * words].split_at(words);
        Passing { passes: Bits(passes), enough: Bits(enough) }
    }

    pub(super) fn ending(&self, at: usize) -> &Ending {
        &self.endings[at]
    }

    /// Where the bars above a tier are met that was entered at `entry`.
    pub(super) fn find_passing(&mut self, parts: &Parts, rise: usize, entry: Option<usize>, demoted: bool) -> usize {
        let key = key(rise, entry.map_or(0, |entry| entry + 1) * 2 + usize::from(demoted));
        if let Some(at) = self.passing_at.get(&key) {
            return *at;
        }
        let at = self.passings.len();
        for mask in passing(parts, rise, entry, demoted) {
            self.passings.extend_from_slice(mask.words());
        }
        self.passing_at.insert(key, at);
        at
    }

    /// What ends a stay at a tier that was entered at `entry`.
    pub(super) fn find_ending(&mut self, parts: &Parts, fall: usize, entry: usize) -> usize {
        let key = key(fall, entry);
        if let Some(at) = self.ending_at.get(&key) {
            return *at;
        }
        let ending = ending(parts, &parts.falls[fall], entry);
        self.endings.push(ending);
        self.ending_at.insert(key, self.endings.len() - 1);
        self.endings.len() - 1
    }
}

/// Two small numbers as one: what fits in memory is far below 2^32.
fn key(part: usize, rest: usize) -> u64 {
    (part as u64) << 32 | rest as u64
}

/// Where the bars pass, and where they have enough evidence.
fn passing(parts: &Parts, rise: usize, entry: Option<usize>, demoted: bool) -> [Mask; 2] {
    let (rise, len) = (&parts.rises[rise], parts.bars.sums.len);
    let [mut passes, mut enough] = [Mask::all(len), Mask::all(len)];
    for bar in &rise.bars[usize::from(demoted)] {
        let stands = parts.bars.read(*bar, entry);
        passes.keep(&stands.clears);
        enough.keep(&stands.enough);
    }
    rise.barring.iter().for_each(|trip| passes.drop(parts.bars.tripping(*trip)));
    [passes, enough]
}

/// The first of steps 1 to 4 that moves it, in their order where they fall on one boundary.
fn ending(parts: &Parts, fall: &Fall, entry: usize) -> Ending {
    let len = parts.bars.sums.len;
    let mut first = (len, Kind::Stale, fall.tier);
    let mut watched = Mask::none(len);
    for keep in &fall.keeps {
        let stands = parts.bars.read(*keep, Some(entry));
        if let Some(at) = gap(stands.enough.bits(), fall.stale, entry, first.0) {
            first = (at, Kind::Stale, fall.tier.down());
        }
        watched.join(&stands.enough);
        let mut fails = stands.enough;
        fails.drop(&stands.clears);
        if let Some(at) =
            fails.bits().next(entry + 1, len.min(first.0 + 1)).filter(|at| *at < first.0 || first.1 == Kind::Stale)
        {
            first = (at, Kind::Demote, fall.tier.down());
        }
    }
    let renewed = fall.renew.and_then(|to| Some((parts.renewal_after(fall.action, entry)?, Kind::Renew, to)));
    let tripped = trip(parts, fall, entry, len);
    // An earlier step wins a boundary; but a renewal that leads lower than the trip is what happens.
    if let Some(renewed) = renewed.filter(|renewed| renewed.0 <= first.0) {
        first = renewed;
    }
    let lower = |trip: &(usize, Kind, Tier)| first.1 == Kind::Renew && first.0 == trip.0 && first.2 < trip.2;
    if let Some(tripped) = tripped.filter(|trip| trip.0 <= first.0 && !lower(trip)) {
        first = tripped;
    }
    let (at, kind, to) = first;
    Ending { at, kind, to, watched: fall.is_top.then_some(watched) }
}

/// The first boundary, before `end`, at which the last evidence is `stale` old; the entry counts as evidence.
fn gap(enough: Bits, stale: Option<Tick>, entry: usize, end: usize) -> Option<usize> {
    let stale = usize::try_from(stale?).ok()?;
    let mut last = entry;
    loop {
        let due = last.checked_add(stale)?.max(entry + 1);
        if due >= end {
            return None;
        }
        // The latest of what came until then; evidence at the boundary itself is just in time.
        match enough.count(last + 1, due + 1).1 {
            Some(at) if stale > 0 => last = at,
            _ => return Some(due),
        }
    }
}

/// The first boundary at which a trip fires, and the lowest target of those that fire there.
fn trip(parts: &Parts, fall: &Fall, entry: usize, len: usize) -> Option<(usize, Kind, Tier)> {
    let bars = &parts.bars;
    let at = fall.trips.iter().filter_map(|trip| bars.first_fire(*trip, entry, len)).min()?;
    let firing = fall.trips.iter().filter(|trip| bars.fires(**trip, entry, at));
    Some((at, Kind::Trip, firing.map(|trip| bars.target(*trip)).min()?))
}
