//! The hashes of ids, and which of them occur more than once. They are kept apart by their highest bits, so that each part
//! is small enough to be looked at near the processor; all threads look, part by part.

use std::thread;

/// How many parts there are: one for each value of the highest byte.
const PARTS: usize = 256;

/// Hashes, as each worker found them.
pub(super) struct Hashes(Vec<Parts>);

type Parts = Box<[Part; PARTS]>;

/// Hashes in pieces of one length: a list that grew as a whole would be copied each time, and take up to twice the room.
#[derive(Default)]
struct Part {
    full: Vec<Vec<u64>>,
    open: Vec<u64>,
}

/// The hashes of a piece, which take a page of memory.
const PIECE: usize = 512;

impl Part {
    #[inline]
    fn push(&mut self, hash: u64) {
        if self.open.len() == PIECE {
            self.full.push(std::mem::replace(&mut self.open, Vec::with_capacity(PIECE)));
        }
        self.open.push(hash);
    }

    fn len(&self) -> usize {
        self.full.len() * PIECE + self.open.len()
    }

    fn all(&self) -> impl Iterator<Item = u64> {
        self.full.iter().chain([&self.open]).flatten().copied()
    }
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The hashes that occur more than once, sorted.
    pub(super) twice: Vec<u64>,
    /// Whether one of those that were asked for occurs at all.
    pub(super) is_known: bool,
}

impl Default for Hashes {
    fn default() -> Self {
        Self(vec![Box::new(std::array::from_fn(|_| Part::default()))])
    }
}

impl Hashes {
    /// Adds one.
    #[inline]
    pub(super) fn push(&mut self, hash: u64) {
        if let Some(own) = self.0.first_mut() {
            own[part(hash)].push(hash);
        }
    }

    /// Adds those of another worker.
    pub(super) fn absorb(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Which occur more than once, and whether one of some others, which are sorted, is among them.
    pub(super) fn find(&self, others: &[u64]) -> Found {
        let has_any = |parts: &&Parts| parts.iter().any(|part| part.len() > 0);
        let threads = self.0.iter().filter(has_any).count();
        thread::scope(|scope| {
            let look = |first: usize| scope.spawn(move || self.find_each(others, (first..PARTS).step_by(threads)));
            let handles: Vec<_> = (0..threads).map(look).collect();
            let mut all = Found::default();
            for handle in handles {
                let found = handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                all.twice.extend(found.twice);
                all.is_known |= found.is_known;
            }
            all.twice.sort_unstable();
            all
        })
    }

    /// The same in some of the parts.
    fn find_each(&self, others: &[u64], parts: impl Iterator<Item = usize>) -> Found {
        let (mut found, mut once, mut more, mut here) =
            (Found::default(), Marks::default(), Marks::default(), Vec::new());
        for at in parts {
            let all = || self.0.iter().flat_map(|worker| worker[at].all());
            let count = self.0.iter().map(|worker| worker[at].len()).sum();
            once.clear(count);
            more.clear(count);
            let mut is_any_again = false;
            // To go through them inside is faster than to ask for each.
            all().for_each(|hash| {
                if once.mark(hash) {
                    more.mark(hash);
                    is_any_again = true;
                }
            });
            if is_any_again {
                here.clear();
                here.extend(all().filter(|hash| more.has(*hash)));
                here.sort_unstable();
                let runs = here.chunk_by(|one, next| one == next).filter(|run| run.len() > 1);
                found.twice.extend(runs.map(|run| run[0]));
            }
            let start = others.partition_point(|other| part(*other) < at);
            let mut asked = others[start..].iter().take_while(|other| part(**other) == at);
            found.is_known = found.is_known || asked.any(|other| once.has(*other) && all().any(|hash| hash == *other));
        }
        found
    }
}

/// A mark for each hash, which few others share: what is marked twice may occur twice, and nothing else does.
#[derive(Default)]
struct Marks {
    words: Vec<u64>,
    /// Which bits of a hash say where its mark is.
    mask: u64,
}

/// Marks for each hash that may be made.
const ROOM: usize = 16;

impl Marks {
    /// Nothing is marked, and there is room for so many hashes.
    fn clear(&mut self, hashes: usize) {
        let words = (hashes * ROOM / 64).next_power_of_two();
        self.words.clear();
        self.words.resize(words, 0);
        self.mask = words as u64 * 64 - 1;
    }

    /// Where the mark of a hash is.
    #[inline]
    fn place(&self, hash: u64) -> (usize, u64) {
        let at = hash & self.mask;
        (usize::try_from(at / 64).unwrap_or(0), 1 << (at % 64))
    }

    /// Marks a hash; whether it was.
    #[inline]
    fn mark(&mut self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        let was = self.words[word] & bit != 0;
        self.words[word] |= bit;
        was
    }

    /// Whether a hash is marked.
    #[inline]
    fn has(&self, hash: u64) -> bool {
        let (word, bit) = self.place(hash);
        self.words[word] & bit != 0
    }
}

/// The part of a hash: its highest byte.
#[inline]
fn part(hash: u64) -> usize {
    let [highest, ..] = hash.to_be_bytes();
    usize::from(highest)
}

#[cfg(test)]
mod tests {
    use super::{Found, Hashes};
    use proptest::prelude::{Strategy as _, any, prop, prop_assert_eq, prop_oneof, proptest};
    use std::collections::BTreeMap;

    fn hashes(lists: &[Vec<u64>]) -> Hashes {
        let mut all = Hashes::default();
        for list in lists {
            let mut own = Hashes::default();
            for hash in list {
                own.push(*hash);
            }
            all.absorb(own);
        }
        all
    }

    #[test]
    fn one_id_on_very_many_lines_is_found_in_one_go() {
        let found = hashes(&vec![vec![7; 1_000_000]; 2]).find(&[6, 8]);
        assert_eq!(found, Found { twice: vec![7], is_known: false });
    }

    proptest! {
        #[test]
        fn finds_what_occurs_more_than_once(
            lists in prop::collection::vec(prop::collection::vec(hash(), 0..20), 0..5),
            others in prop::collection::btree_set(hash(), 0..3),
        ) {
            let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
            for hash in lists.iter().flatten() {
                *counts.entry(*hash).or_default() += 1;
            }
            let twice = counts.iter().filter(|(_, count)| **count > 1).map(|(hash, _)| *hash).collect();
            let is_known = others.iter().any(|other| counts.contains_key(other));
            let others: Vec<u64> = others.into_iter().collect();
            prop_assert_eq!(hashes(&lists).find(&others), Found { twice, is_known });
        }
    }

    fn hash() -> impl prop::strategy::Strategy<Value = u64> {
        prop_oneof![0..9_u64, u64::MAX - 3..=u64::MAX, any::<u64>().prop_map(|it| it & !0 << 61)]
    }
}
