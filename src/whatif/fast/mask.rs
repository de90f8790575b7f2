//! Facts of boundaries: one bit each, counted from the first boundary of the replay.

use std::ops::Range;

/// A set of boundaries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask(Box<[u64]>);

/// So many boundaries are in a word.
pub(super) const WORD: usize = 64;

/// The words that some boundaries are in, and which of them are in each.
pub(super) fn by_word(range: Range<usize>, mut take: impl FnMut(usize, Range<usize>)) {
    let mut from = range.start;
    while from < range.end {
        let end = (from / WORD * WORD + WORD).min(range.end);
        take(from / WORD, from..end);
        from = end;
    }
}

/// The bits of a word from this place on.
fn from_on(place: usize) -> u64 {
    u64::MAX << (place % WORD)
}

impl Mask {
    /// None of so many boundaries.
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(WORD)].into())
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.0[at / WORD] >> (at % WORD) & 1 == 1
    }

    pub(super) fn put(&mut self, at: usize, holds: bool) {
        let word = &mut self.0[at / WORD];
        *word = *word & !(1 << (at % WORD)) | u64::from(holds) << (at % WORD);
    }

    /// Puts those bits of a word that are in `over`.
    pub(super) fn put_word(&mut self, at: usize, over: u64, bits: u64) {
        self.0[at] = self.0[at] & !over | bits;
    }

    /// Becomes equal to another of as many boundaries.
    pub(super) fn copy(&mut self, other: &Self) {
        self.0.copy_from_slice(&other.0);
    }

    /// Takes out what is in the other.
    pub(super) fn drop(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= !other);
    }

    pub(super) fn bits(&self) -> Bits<'_> {
        Bits(&self.0)
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }
}

/// A set of boundaries, wherever its bits are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'a>(pub(super) &'a [u64]);

impl Bits<'_> {
    /// The first one in it at or after `from`, if it is before `end`.
    pub(super) fn next(self, from: usize, end: usize) -> Option<usize> {
        self.find(from, end, 0)
    }

    /// The first one not in it at or after `from`, if it is before `end`.
    pub(super) fn next_gap(self, from: usize, end: usize) -> Option<usize> {
        self.find(from, end, u64::MAX)
    }

    fn find(self, from: usize, end: usize, flip: u64) -> Option<usize> {
        if from >= end {
            return None;
        }
        let mut at = from / WORD;
        let mut word = (self.0[at] ^ flip) & from_on(from);
        while word == 0 {
            at += 1;
            if at * WORD >= end {
                return None;
            }
            word = self.0[at] ^ flip;
        }
        let found = at * WORD + word.trailing_zeros() as usize;
        (found < end).then_some(found)
    }

    /// How many are in it from `from` to before `end`, and the last of them.
    pub(super) fn count(self, from: usize, end: usize) -> (u64, Option<usize>) {
        let (mut count, mut last) = (0, None);
        if from >= end {
            return (count, last);
        }
        let final_word = (end - 1) / WORD;
        for at in from / WORD..=final_word {
            let mut word = self.0[at];
            word &= if at == from / WORD { from_on(from) } else { u64::MAX };
            word &= if at == final_word { u64::MAX >> (WORD - 1 - (end - 1) % WORD) } else { u64::MAX };
            if word != 0 {
                count += u64::from(word.count_ones());
                last = Some(at * WORD + WORD - 1 - word.leading_zeros() as usize);
            }
        }
        (count, last)
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_says_what_a_list_says(bits in prop::collection::vec(any::<bool>(), 1..300), from in 0_usize..310, to in 0_usize..300) {
            let end = to.min(bits.len());
            let mut mask = Mask::none(bits.len());
            bits.iter().enumerate().for_each(|(at, bit)| mask.put(at, *bit));
            let within = |wanted: bool| (from..end).filter(|at| bits[*at] == wanted).collect::<Vec<_>>();
            let mask = mask.bits();
            prop_assert_eq!(mask.next(from, end), within(true).first().copied());
            prop_assert_eq!(mask.next_gap(from, end), within(false).first().copied());
            prop_assert_eq!(mask.count(from, end), (within(true).len() as u64, within(true).last().copied()));
        }
    }
}
