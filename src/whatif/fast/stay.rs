//! A stay at a tier, from its entry to what could end it: worked out once for all variants that come to it.

use super::bars::Stands;
use super::mask::{Bits, Mask, WORD};
use super::terms::{Fall, Parts, Rise};
use crate::replay::Kind;
use crate::value::Tier;
use crate::value::duration::Tick;
use rustc_hash::FxHashMap;

/// So many words of records are remembered, then all are forgotten: what the processor has at hand is worked out anew
/// sooner than what it has not is fetched.
const MOST_WORDS: usize = 1 << 20;

/// What all stays of an action type at a tier have in common in variants that share their gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sort {
    /// The gate above.
    pub(super) rise: Option<u32>,
    /// The gate below.
    pub(super) fall: Option<u32>,
    /// Whether the bars after a demotion count.
    pub(super) demoted: bool,
}

/// What ends a stay, if nobody is promoted before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// The boundary, the kind, and where to; the boundary after the last if nothing does.
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) to: Tier,
}

impl Ending {
    fn packed(self) -> u64 {
        (self.at as u64) << 16 | (self.kind as u64) << 8 | self.to.index() as u64
    }

    fn unpacked(word: u64) -> Self {
        let [to, kind] = [word, word >> 8].map(|byte| usize::from(byte.to_le_bytes()[0]));
        Self { at: usize::try_from(word >> 16).unwrap_or(0), kind: Kind::ALL[kind], to: Tier::ALL[to] }
    }
}

/// A stay that was worked out, in one piece so that a walk finds all of it together: its ending, where the bars of the
/// gate above are met, where they have enough evidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stay<'a>(&'a [u64]);

impl<'a> Stay<'a> {
    pub(super) fn ending(self) -> Ending {
        Ending::unpacked(self.0[0])
    }

    /// Where all bars clear, and no trip bars the way: nowhere if no gate leads up.
    pub(super) fn passes(self) -> Bits<'a> {
        Bits(&self.0[1..=self.0.len() / 2])
    }

    /// Where all bars have enough evidence; at the top, where some keep bar has.
    pub(super) fn enough(self) -> Bits<'a> {
        Bits(&self.0[1 + self.0.len() / 2..])
    }
}

/// The stays that were worked out.
#[derive(Debug)]
pub(super) struct Stays {
    sorts: Vec<Sort>,
    known: FxHashMap<Sort, usize>,
    /// By sort and entry: one more than which record it is. The entries of a sort come into being with its first.
    places: Vec<Box<[u32]>>,
    records: Vec<u64>,
    /// Boundaries, and words of a record.
    len: usize,
    size: usize,
    /// For one bar.
    stands: Stands,
}

impl Stays {
    /// None yet, over so many boundaries.
    pub(super) fn new(len: usize) -> Self {
        Self {
            sorts: Vec::new(),
            known: FxHashMap::default(),
            places: Vec::new(),
            records: Vec::new(),
            len,
            size: 1 + 2 * len.div_ceil(WORD),
            stands: Stands::none(len),
        }
    }

    /// Forgets all, if that is too much.
    pub(super) fn tidy(&mut self) {
        if self.records.len() > MOST_WORDS {
            self.records.clear();
            self.places.fill(Box::default());
        }
    }

    /// The place of a sort of stays.
    pub(super) fn sort(&mut self, sort: Sort) -> usize {
        *self.known.entry(sort).or_insert_with(|| {
            self.sorts.push(sort);
            self.places.push(Box::default());
            self.sorts.len() - 1
        })
    }

    /// What was found.
    pub(super) fn stay(&self, at: usize) -> Stay<'_> {
        Stay(&self.records[at..at + self.size])
    }

    /// A stay of a sort at a tier that was entered at `entry`, or not at all.
    pub(super) fn find(&mut self, parts: &Parts, sort: usize, entry: Option<usize>) -> usize {
        let column = entry.map_or(0, |entry| entry + 1);
        match self.places[sort].get(column) {
            Some(place) if *place > 0 => (*place as usize - 1) * self.size,
            _ => self.work_out(parts, sort, entry, column),
        }
    }

    fn work_out(&mut self, parts: &Parts, sort: usize, entry: Option<usize>, column: usize) -> usize {
        let (at, Sort { rise, fall, demoted }) = (self.records.len(), self.sorts[sort]);
        self.records.resize(at + self.size, 0);
        let (first, masks) = self.records[at..].split_at_mut(1);
        let (passes, enough) = masks.split_at_mut(self.size / 2);
        let mut ending = Ending { at: self.len, kind: Kind::Stale, to: Tier::Crawl };
        if let (Some(fall), Some(entry)) = (fall, entry) {
            let watched = if rise.is_none() { &mut *enough } else { &mut [] };
            ending = end(parts, &parts.falls[fall as usize], entry, watched, &mut self.stands);
        }
        if let Some(rise) = rise {
            pass(parts, &parts.rises[rise as usize], entry, demoted, [passes, enough], &mut self.stands);
        }
        first[0] = ending.packed();
        let places = &mut self.places[sort];
        if places.is_empty() {
            *places = vec![0; self.len + 1].into();
        }
        places[column] = u32::try_from(at / self.size + 1).unwrap_or(0);
        at
    }
}

/// Puts where the bars pass, and where they have enough evidence.
fn pass(parts: &Parts, rise: &Rise, entry: Option<usize>, demoted: bool, out: [&mut [u64]; 2], stands: &mut Stands) {
    let [passes, enough] = out;
    passes.fill(u64::MAX);
    enough.fill(u64::MAX);
    let keep = |all: &mut [u64], some: &Mask| all.iter_mut().zip(some.words()).for_each(|(word, some)| *word &= some);
    for bar in &rise.bars[usize::from(demoted)] {
        parts.bars.read(*bar, entry, stands);
        keep(passes, &stands.clears);
        keep(enough, &stands.enough);
    }
    for trip in &rise.barring {
        let tripping = parts.bars.tripping(*trip).words();
        passes.iter_mut().zip(tripping).for_each(|(word, some)| *word &= !some);
    }
}

/// The first of steps 1 to 4 that moves it, in their order where they fall on one boundary; puts where some keep bar has
/// enough evidence.
fn end(parts: &Parts, fall: &Fall, entry: usize, watched: &mut [u64], stands: &mut Stands) -> Ending {
    let len = parts.bars.sums.len;
    let mut first = (len, Kind::Stale, fall.tier);
    for keep in &fall.keeps {
        parts.bars.read(*keep, Some(entry), stands);
        if let Some(at) = gap(stands.enough.bits(), fall.stale, entry, first.0) {
            first = (at, Kind::Stale, fall.tier.down());
        }
        watched.iter_mut().zip(stands.enough.words()).for_each(|(word, some)| *word |= some);
        stands.enough.drop(&stands.clears);
        let fails = stands.enough.bits();
        if let Some(at) =
            fails.next(entry + 1, len.min(first.0 + 1)).filter(|at| *at < first.0 || first.1 == Kind::Stale)
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
    Ending { at, kind, to }
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
