//! Sums by key and tick, in chunks of 32 ticks: small where ticks are dense, and never more than a chunk per record
//! where they are not.

use crate::value::duration::Tick;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::Hash;

/// Ticks per chunk.
const CHUNK: usize = 32;
/// The same as a number of ticks.
const LENGTH: Tick = 32;

/// Sums by key and tick.
#[derive(Debug)]
pub struct Dense<K, V> {
    chunks: FxHashMap<(K, Tick), Box<[V; CHUNK]>>,
}

impl<K, V> Default for Dense<K, V> {
    fn default() -> Self {
        Self { chunks: FxHashMap::default() }
    }
}

impl<K: Copy + Ord + Hash, V: Copy + Default + PartialEq> Dense<K, V> {
    /// The sum of a key at a tick.
    pub fn at(&mut self, key: K, tick: Tick) -> &mut V {
        let chunk =
            self.chunks.entry((key, tick.div_euclid(LENGTH))).or_insert_with(|| Box::new([V::default(); CHUNK]));
        // The remainder lies within the chunk.
        &mut chunk[usize::try_from(tick.rem_euclid(LENGTH)).unwrap_or(0)]
    }

    /// Adds another's sums, under our name for each of its keys.
    pub fn absorb(&mut self, other: Self, ours: impl Fn(K) -> K, add: impl Fn(&mut V, V)) {
        other.chunks.into_iter().for_each(|((key, chunk), theirs)| {
            let mine = self.chunks.entry((ours(key), chunk)).or_insert_with(|| Box::new([V::default(); CHUNK]));
            mine.iter_mut().zip(*theirs).for_each(|(mine, theirs)| add(mine, theirs));
        });
    }

    /// The sums that are not zero, by renamed key and tick.
    pub fn finish(self, renamed: impl Fn(K) -> K) -> BTreeMap<K, Vec<(Tick, V)>> {
        let sorted: BTreeMap<(K, Tick), Box<[V; CHUNK]>> =
            self.chunks.into_iter().map(|((key, chunk), sums)| ((renamed(key), chunk), sums)).collect();
        let mut all: BTreeMap<K, Vec<(Tick, V)>> = BTreeMap::new();
        for ((key, chunk), sums) in sorted {
            let first = chunk * LENGTH;
            let entries = sums.into_iter().zip(first..).filter(|(sum, _)| *sum != V::default());
            all.entry(key).or_default().extend(entries.map(|(sum, tick)| (tick, sum)));
        }
        all
    }
}
