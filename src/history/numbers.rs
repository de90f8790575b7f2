//! Values numbered as they are met, joined between workers, and renumbered in their one order at the end.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// The number of a value: its own, or the next.
pub(super) fn number<T: Eq + Hash + Clone>(numbers: &mut FxHashMap<T, u32>, value: &T) -> u32 {
    if let Some(known) = numbers.get(value) {
        return *known;
    }
    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    numbers.insert(value.clone(), next);
    next
}

/// Takes over another worker's numbered values: at its number of each stands ours.
pub(super) fn adopt<T: Eq + Hash + Clone>(mine: &mut FxHashMap<T, u32>, theirs: FxHashMap<T, u32>) -> Vec<u32> {
    let mut renamed = vec![0; theirs.len()];
    // Their numbers stay as they are: in which order they are met is no matter, as `finish` numbers anew.
    let mut all: Vec<(T, u32)> = theirs.into_iter().collect();
    all.sort_unstable_by_key(|(_, old)| *old);
    for (value, old) in all {
        renamed[old as usize] = number(mine, &value);
    }
    renamed
}

/// The numbered values in order, and at the old number of each its new one.
pub(super) fn ranked<T: Ord>(numbers: FxHashMap<T, u32>) -> (Vec<T>, Vec<u32>) {
    let mut sorted: Vec<(T, u32)> = numbers.into_iter().collect();
    sorted.sort_unstable();
    let mut rank = vec![0; sorted.len()];
    for (new, (_, old)) in sorted.iter().enumerate() {
        rank[*old as usize] = u32::try_from(new).unwrap_or(u32::MAX);
    }
    (sorted.into_iter().map(|(value, _)| value).collect(), rank)
}
