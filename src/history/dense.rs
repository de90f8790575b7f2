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
    chunks: FxHashMap<(K, Tick), Chunk<V>>,
}

/// The sums of neighbouring ticks, by their place in the chunk.
#[derive(Debug)]
enum Chunk<V> {
    Few(Vec<(usize, V)>),
    All(Box<[V; CHUNK]>),
}

impl<K, V> Default for Dense<K, V> {
    fn default() -> Self {
        Self { chunks: FxHashMap::default() }
    }
}

impl<V: Copy + Default> Chunk<V> {
    /// The sum at a place below [`CHUNK`].
    fn at(&mut self, place: usize) -> &mut V {
        if let Self::Few(sums) = self
            && sums.len() == FEW
            && sums.iter().all(|(known, _)| *known != place)
        {
            let mut all = Box::new([V::default(); CHUNK]);
            for (place, sum) in sums.iter() {
                all[*place] = *sum;
            }
            *self = Self::All(all);
        }
        match self {
            Self::All(sums) => &mut sums[place],
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
    fn sums(self) -> Vec<(usize, V)> {
        match self {
            Self::All(sums) => sums.into_iter().enumerate().collect(),
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
        let chunk = self.chunks.entry((key, tick.div_euclid(LENGTH))).or_insert_with(|| Chunk::Few(Vec::new()));
        // The remainder lies within the chunk.
        chunk.at(usize::try_from(tick.rem_euclid(LENGTH)).unwrap_or(0))
    }

    /// Adds another's sums, under our name for each of its keys.
    pub fn absorb(&mut self, other: Self, ours: impl Fn(K) -> K, add: impl Fn(&mut V, V)) {
        other.chunks.into_iter().for_each(|((key, chunk), theirs)| {
            let mine = self.chunks.entry((ours(key), chunk)).or_insert_with(|| Chunk::Few(Vec::new()));
            for (place, sum) in theirs.sums().into_iter().filter(|(_, sum)| *sum != V::default()) {
                add(mine.at(place), sum);
            }
        });
    }

    /// The sums that are not zero, by renamed key and tick.
    pub fn finish(self, renamed: impl Fn(K) -> K) -> BTreeMap<K, Vec<(Tick, V)>> {
        let mut sorted: Vec<((K, Tick), Chunk<V>)> =
            self.chunks.into_iter().map(|((key, chunk), sums)| ((renamed(key), chunk), sums)).collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        let mut all: BTreeMap<K, Vec<(Tick, V)>> = BTreeMap::new();
        for ((key, chunk), sums) in sorted {
            let first = chunk * LENGTH;
            let entries = sums.sums().into_iter().filter(|(_, sum)| *sum != V::default());
            all.entry(key)
                .or_default()
                .extend(entries.map(|(place, sum)| (first + Tick::try_from(place).unwrap_or(0), sum)));
        }
        all
    }
}
