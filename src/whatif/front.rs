//! Which variants no other one beats: more autonomy, less harm (semantics §8).

use crate::replay::Figures;
use std::cmp::Reverse;

/// What a variant is weighed by. Harm is an interval, and less harm is less at one end and no more at the other: nobody
/// knows where in it the truth lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Records at walk or run.
    pub autonomous: u64,
    /// The least and the most harm.
    pub harm: (u64, u64),
}

impl Weight {
    /// Of figures.
    #[must_use]
    pub fn of(figures: &Figures) -> Self {
        Self { autonomous: figures.exposed.autonomous, harm: figures.exposed.harm() }
    }

    fn has_less_harm(&self, other: &Self) -> bool {
        self.harm != other.harm && self.harm.0 <= other.harm.0 && self.harm.1 <= other.harm.1
    }

    /// More autonomy and less harm.
    #[must_use]
    pub fn is_better_on_both(&self, other: &Self) -> bool {
        self.autonomous > other.autonomous && self.has_less_harm(other)
    }

    /// At least as good on both, and better on one.
    fn beats(&self, other: &Self) -> bool {
        let is_as_good = self.autonomous >= other.autonomous && (self.harm == other.harm || self.has_less_harm(other));
        is_as_good && self != other
    }
}

/// The positions of those that no other beats, least autonomy first; of equals the nearest.
#[must_use]
pub fn front(all: &[Weight], distance: impl Fn(usize) -> i128) -> Vec<usize> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_cached_key(|at| (Reverse(all[*at].autonomous), all[*at].harm, distance(*at), *at));
    let mut front: Vec<usize> = Vec::new();
    // Whoever could beat one stands before it; and of all before it, one that is not beaten itself would do.
    for at in order {
        if !front.iter().any(|best| all[*best] == all[at] || all[*best].beats(&all[at])) {
            front.push(at);
        }
    }
    front.reverse();
    front
}

/// The positions of those that are better on both than the policy as it is, the nearest first, a few at most.
#[must_use]
pub fn nearest_better(all: &[Weight], now: &Weight, most: usize, distance: impl Fn(usize) -> i128) -> Vec<usize> {
    let better = (0..all.len()).filter(|at| all[*at].is_better_on_both(now));
    let mut ranked: Vec<(i128, usize)> = better.map(|at| (distance(at), at)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(most).map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_beats_the_front_and_it_beats_all_else(points in prop::collection::vec((0_u64..12, 0_u64..8, 0_u64..8), 0..60)) {
            let weight = |(autonomous, low, more): (u64, u64, u64)| Weight { autonomous, harm: (low, low + more) };
            let all: Vec<Weight> = points.into_iter().map(weight).collect();
            let front = front(&all, |_| 0);
            for (at, one) in all.iter().enumerate() {
                let is_beaten = all.iter().any(|other| other.beats(one));
                let is_first = all[..at].iter().all(|other| other != one);
                prop_assert_eq!(front.contains(&at), !is_beaten && is_first);
            }
            prop_assert!(front.windows(2).all(|pair| all[pair[0]].autonomous <= all[pair[1]].autonomous));
        }
    }
}
