//! Chance: integers drawn under a key, one after the other.
//!
//! A [`Draw`] is keyed by the seed and by what it is for, and depends on nothing else; so no draw moves another.

use super::read::Delay;
use crate::value::Key;
use crate::yaml::Share;

impl Key {
    /// The draws of this key.
    pub(super) fn draw(self) -> Draw {
        Draw { key: self, count: 0 }
    }
}

/// The draws of one key, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    key: Key,
    count: u64,
}

impl Draw {
    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.count = self.count.wrapping_add(1);
        self.key.bits(self.count)
    }

    /// A number below `limit`; 0 if that is 0. (Off by at most limit/2⁶⁴, which no test can see.)
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.below(width))
    }

    /// `true` in this share of all draws.
    pub(super) fn happens(&mut self, share: Share) -> bool {
        self.below(Share::ALL.0) < share.0
    }

    /// One of several, each with its share; of what is left of 100% none.
    pub(super) fn one_of<'a, T>(&mut self, choices: &'a [(T, Share)]) -> Option<&'a T> {
        let at = self.below(Share::ALL.0);
        let mut sum = 0;
        choices.iter().find_map(|(value, share)| {
            sum += share.0;
            (at < sum).then_some(value)
        })
    }

    /// How many of something that happens so often on average (in hundred-millionths): four chances for each, one of
    /// four taken, so that it varies nearly as much as a Poisson count.
    pub(super) fn around(&mut self, average: u64) -> u64 {
        let chances = average.saturating_mul(4);
        let whole = chances / Share::ALL.0 + u64::from(self.below(Share::ALL.0) < chances % Share::ALL.0);
        let mut taken = 0;
        for at in 0..whole.div_ceil(64) {
            let used = (whole - at * 64).min(64);
            let both = self.bits() & self.bits();
            taken += u64::from((both >> (64 - used)).count_ones());
        }
        taken
    }

    /// How many seconds later.
    pub(super) fn delay(&mut self, delay: Delay) -> u64 {
        match delay {
            Delay::Uniform(from, to) => from + self.below(to - from + 1),
            Delay::Halving(half, all) => {
                let (turns, into) = (u64::from(self.bits().leading_zeros()), self.below(half));
                let late = turns.saturating_mul(half).saturating_add(into);
                if late > all { self.below(all + 1) } else { late }
            }
        }
    }
}
