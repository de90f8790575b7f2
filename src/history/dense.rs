//! Sums by key and tick, in chunks of 32 ticks: small where ticks are dense, and where they are not, little more than
//! the sums themselves.

use crate::value::duration::Tick;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::Hash;

/// Ticks per chunk.
const CHUNK: usize = 32;
/// The same as a number of ticks.
const LENGTH: Tick = 32;
/// Ticks that are kept one by one before a chunk gets room for all.
const FEW: usize = 4;

/// Sums by key and tick.
#[derive(Debug)]
pub struct Dense<K, V> {
    places: FxHashMap<(K, Tick), usize>,
    chunks: Vec<Chunk<V>>,
    /// Those of all chunks that have room for all: as one list, they are given back to the system when they are done with.
    sums: Vec<V>,
}

/// Where the sums of a key were found last: most records follow one of nearly the same time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Near(Option<(Tick, usize)>);

/// The sums of neighbouring ticks, by their place in the chunk.
#[derive(Debug)]
enum Chunk<V> {
    Few(Vec<(usize, V)>),
    /// From this place on among all.
    All(usize),
}

impl<K, V> Default for Dense<K, V> {
    fn default() -> Self {
        Self { places: FxHashMap::default(), chunks: Vec::new(), sums: Vec::new() }
    }
}

impl<V: Copy + Default> Chunk<V> {
    /// The sum at a place below [`CHUNK`].
    fn at<'s>(&'s mut self, place: usize, all: &'s mut Vec<V>) -> &'s mut V {
        if let Self::Few(sums) = self
            && sums.len() == FEW
            && sums.iter().all(|(known, _)| *known != place)
        {
            let start = all.len();
            all.resize(start + CHUNK, V::default());
            for (place, sum) in sums.iter() {
                all[start + place] = *sum;
            }
            *self = Self::All(start);
        }
        match self {
            Self::All(start) => &mut all[*start + place],
            Self::Few(sums) => {
                let known = sums.iter().position(|(known, _)| *known == place);
                let at = known.unwrap_or_else(|| {
                    sums.reserve_exact(1);
                    sums.push((place, V::default()));
                    sums.len() - 1
                });
                &mut sums[at].1
            }
        }
    }

    /// The places that have a sum, in order.
    fn sums(self, all: &[V]) -> Vec<(usize, V)> {
        match self {
            Self::All(start) => all[start..start + CHUNK].iter().copied().enumerate().collect(),
            Self::Few(mut sums) => {
                sums.sort_unstable_by_key(|(place, _)| *place);
                sums
            }
        }
    }
}

impl<K: Copy + Ord + Hash, V: Copy + Default + PartialEq> Dense<K, V> {
    /// The sum of a key at a tick.
    pub fn at(&mut self, key: K, tick: Tick) -> &mut V {
        self.near(&mut Near::default(), key, tick)
    }

    /// The same, where this key was asked for before.
    pub fn near(&mut self, near: &mut Near, key: K, tick: Tick) -> &mut V {
        let chunk = tick.div_euclid(LENGTH);
        let place = match near.0 {
            Some((last, place)) if last == chunk => place,
            _ => self.place(key, chunk),
        };
        near.0 = Some((chunk, place));
        // The remainder lies within the chunk.
        self.chunks[place].at(usize::try_from(tick.rem_euclid(LENGTH)).unwrap_or(0), &mut self.sums)
    }

    fn place(&mut self, key: K, chunk: Tick) -> usize {
        let next = self.chunks.len();
        let place = *self.places.entry((key, chunk)).or_insert(next);
        if place == next {
            self.chunks.push(Chunk::Few(Vec::new()));
        }
        place
    }

    /// The keys with their chunks.
    fn entries(places: FxHashMap<(K, Tick), usize>, chunks: Vec<Chunk<V>>) -> Vec<((K, Tick), Chunk<V>)> {
        let mut keys: Vec<((K, Tick), usize)> = places.into_iter().collect();
        keys.sort_unstable_by_key(|(_, place)| *place);
        keys.into_iter().map(|(key, _)| key).zip(chunks).collect()
    }

    /// Adds another's sums, under our name for each of its keys.
    pub fn absorb(&mut self, other: Self, ours: impl Fn(K) -> K, add: impl Fn(&mut V, V)) {
        let Self { places, chunks, sums: all } = other;
        for ((key, chunk), theirs) in Self::entries(places, chunks) {
            let place = self.place(ours(key), chunk);
            for (at, sum) in theirs.sums(&all).into_iter().filter(|(_, sum)| *sum != V::default()) {
                add(self.chunks[place].at(at, &mut self.sums), sum);
            }
        }
    }

    /// The sums that are not zero, by renamed key and tick.
    pub fn finish(self, renamed: impl Fn(K) -> K) -> BTreeMap<K, Vec<(Tick, V)>> {
        let Self { places, chunks, sums: of_all } = self;
        let entries = Self::entries(places, chunks);
        let mut sorted: Vec<((K, Tick), Chunk<V>)> =
            entries.into_iter().map(|((key, chunk), sums)| ((renamed(key), chunk), sums)).collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let mut all: BTreeMap<K, Vec<(Tick, V)>> = BTreeMap::new();
        for ((key, chunk), sums) in sorted {
            let first = chunk * LENGTH;
            let entries = sums.sums(&of_all).into_iter().filter(|(_, sum)| *sum != V::default());
            all.entry(key)
                .or_default()
                .extend(entries.map(|(place, sum)| (first + Tick::try_from(place).unwrap_or(0), sum)));
        }
        all
    }
}
