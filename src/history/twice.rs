//! Which hashes occur more than once in lists that are sorted, each by the worker that made it: by as many threads,
//! each with a part of all numbers, and without a copy.

use std::thread;

/// The hashes that occur more than once in sorted lists, sorted.
pub(super) fn twice(lists: &[Vec<u64>]) -> Vec<u64> {
    let count = lists.len().max(1) as u64;
    let width = u64::MAX / count;
    thread::scope(|scope| {
        let of = |part: u64| {
            let high = if part + 1 == count { u64::MAX } else { (part + 1) * width - 1 };
            let slices = lists.iter().map(|list| between(list, part * width, high)).collect();
            scope.spawn(move || in_part(slices))
        };
        let handles: Vec<_> = (0..count).map(of).collect();
        let found =
            handles.into_iter().flat_map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        found.collect()
    })
}

/// What a sorted list has from one number to another.
fn between(list: &[u64], low: u64, high: u64) -> &[u64] {
    let start = list.partition_point(|hash| *hash < low);
    &list[start..list.partition_point(|hash| *hash <= high)]
}

/// Takes the least of all lists, one after the other. Only their first numbers are compared: of two lists that go on
/// alike, a comparison as wholes would look at all that is left, each time.
fn in_part(mut lists: Vec<&[u64]>) -> Vec<u64> {
    let (mut found, mut last) = (Vec::new(), None);
    while let Some((least, list)) =
        lists.iter_mut().filter_map(|list| Some((*list.first()?, list))).min_by_key(|(first, _)| *first)
    {
        *list = &list[1..];
        if last.replace(least) == Some(least) && found.last() != Some(&least) {
            found.push(least);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::twice;
    use proptest::prelude::{Strategy as _, any, prop, prop_assert_eq, prop_oneof, proptest};
    use std::collections::BTreeMap;

    /// Were what is left compared each time, this would take minutes.
    #[test]
    fn one_id_on_very_many_lines_is_found_in_one_go() {
        assert_eq!(twice(&vec![vec![7; 1_000_000]; 2]), [7]);
    }

    proptest! {
        #[test]
        fn finds_what_occurs_more_than_once(
            lists in prop::collection::vec(prop::collection::vec(prop_oneof![0..9_u64, u64::MAX - 3..=u64::MAX, any::<u64>().prop_map(|it| it & !0 << 61)], 0..20), 0..5)
        ) {
            let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
            for hash in lists.iter().flatten() {
                *counts.entry(*hash).or_default() += 1;
            }
            let expected: Vec<u64> = counts.into_iter().filter(|(_, count)| *count > 1).map(|(hash, _)| hash).collect();
            let sorted: Vec<Vec<u64>> = lists.into_iter().map(|mut list| { list.sort_unstable(); list }).collect();
            prop_assert_eq!(twice(&sorted), expected);
        }
    }
}
