//! A stay at a tier, from its entry to what could end it: worked out once for all variants that come to it.

use super::bars::Stands;
use super::mask::{Bits, Mask, WORD};
use super::terms::{Fall, Parts, Rise};
use crate::replay::Kind;
use crate::value::Tier;
use crate::value::duration::Tick;

/// So many words of masks are remembered, then all are forgotten: what the processor has at hand is worked out anew
/// sooner than what it has not is fetched.
const MOST_WORDS: usize = 1 << 19;
/// So many endings are remembered.
const MOST_ENDINGS: usize = 1 << 20;

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

/// Where something is kept, by row and column; a row comes into being when it is first asked for.
#[derive(Debug, Default)]
struct Places(Vec<Box<[u32]>>);

impl Places {
    /// One place of a row of so many: one more than where the thing is, or 0 if it is not kept.
    fn at(&mut self, row: usize, column: usize, columns: usize) -> &mut u32 {
        if self.0.len() <= row {
            self.0.resize(row + 1, Box::default());
        }
        let places = &mut self.0[row];
        if places.is_empty() {
            *places = vec![0; columns].into();
        }
        &mut places[column]
    }
}

/// The stays that were worked out.
#[derive(Debug)]
pub(super) struct Stays {
    /// One behind the other, so that a walk finds them together: where the bars pass, where they have enough.
    passings: Vec<u64>,
    passing_at: Places,
    endings: Vec<Ending>,
    ending_at: Places,
    /// For one bar.
    stands: Stands,
}

impl Stays {
    /// None yet, over so many boundaries.
    pub(super) fn new(len: usize) -> Self {
        Self {
            passings: Vec::new(),
            passing_at: Places::default(),
            endings: Vec::new(),
            ending_at: Places::default(),
            stands: Stands::none(len),
        }
    }

    /// Forgets all, if that is too much.
    pub(super) fn tidy(&mut self) {
        if self.passings.len() > MOST_WORDS {
            self.passings.clear();
            self.passing_at.0.clear();
        }
        if self.endings.len() > MOST_ENDINGS {
            self.endings.clear();
            self.ending_at.0.clear();
        }
    }

    /// What was found at a place, over so many boundaries.
    pub(super) fn passing(&self, at: usize, len: usize) -> Passing<'_> {
        let words = len.div_ceil(WORD);
        let (passes, enough) = self.passings[at..at + 2 * words].split_at(words);
        Passing { passes: Bits(passes), enough: Bits(enough) }
    }

    pub(super) fn ending(&self, at: usize) -> &Ending {
        &self.endings[at]
    }

    /// Where the bars above a tier are met that was entered at `entry`.
    pub(super) fn find_passing(&mut self, parts: &Parts, rise: usize, entry: Option<usize>, demoted: bool) -> usize {
        let len = parts.bars.sums.len;
        let column = entry.map_or(0, |entry| entry + 1);
        let place = self.passing_at.at(rise * 2 + usize::from(demoted), column, len + 1);
        let words = 2 * len.div_ceil(WORD);
        if *place == 0 {
            let at = self.passings.len();
            self.passings.resize(at + words, u64::MAX);
            let (passes, enough) = self.passings[at..].split_at_mut(words / 2);
            pass(parts, &parts.rises[rise], entry, demoted, [passes, enough], &mut self.stands);
            *place = u32::try_from(at / words + 1).unwrap_or(0);
        }
        (*place as usize - 1) * words
    }

    /// What ends a stay at a tier that was entered at `entry`.
    pub(super) fn find_ending(&mut self, parts: &Parts, fall: usize, entry: usize) -> usize {
        let place = self.ending_at.at(fall, entry, parts.bars.sums.len);
        if *place == 0 {
            self.endings.push(ending(parts, &parts.falls[fall], entry, &mut self.stands));
            *place = u32::try_from(self.endings.len()).unwrap_or(0);
        }
        *place as usize - 1
    }
}

/// Takes out where the bars do not pass, and where they have not enough evidence.
fn pass(parts: &Parts, rise: &Rise, entry: Option<usize>, demoted: bool, out: [&mut [u64]; 2], stands: &mut Stands) {
    let [passes, enough] = out;
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

/// The first of steps 1 to 4 that moves it, in their order where they fall on one boundary.
fn ending(parts: &Parts, fall: &Fall, entry: usize, stands: &mut Stands) -> Ending {
    let len = parts.bars.sums.len;
    let mut first = (len, Kind::Stale, fall.tier);
    let mut watched = Mask::none(len);
    for keep in &fall.keeps {
        parts.bars.read(*keep, Some(entry), stands);
        if let Some(at) = gap(stands.enough.bits(), fall.stale, entry, first.0) {
            first = (at, Kind::Stale, fall.tier.down());
        }
        watched.join(&stands.enough);
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
