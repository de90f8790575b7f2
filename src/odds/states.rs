//! What of a bar's past still matters, as few states as will do.
//!
//! Over a sliding window of `w` ticks that is how many bad samples each of the last `w - 1` ticks had, truncated
//! canonically (statistics C1.3): with F the most that any look allows, walk from the newest tick to the oldest, and once
//! the sum exceeds F, let it be F + 1 there and 0 before. Any window with that tick in it falls short whatever the older
//! ones had, and they leave the window first. So a state is a sequence of `w - 1` counts with a sum of at most F + 1, and
//! there are `C(F + w, w - 1)` of them. Where no tick ever leaves the window, the sum alone matters.
//!
//! The oldest count leaves at the next tick, so states that differ in it alone go to the same states. They lie side by
//! side, in lexicographic order, as one [block](States::blocks).

/// The states of one bar, and where they lead.
#[derive(Debug)]
pub(super) struct States {
    /// How many there are.
    pub(super) count: usize,
    /// The counts of bad samples in a tick that are told apart: from this one on they are as one.
    pub(super) last: usize,
    /// States with the same successors.
    pub(super) blocks: Vec<Block>,
    /// By block and count of the new tick, `last + 1` of them.
    pub(super) next: Vec<u32>,
}

/// States side by side, each with one bad sample more in its oldest tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) first: usize,
    pub(super) length: usize,
    /// The bad samples of the first.
    pub(super) bad: usize,
}

/// How many states a sliding bar has, if that is a number to compute with.
pub(super) fn sliding_count(most: usize, window: usize) -> Option<usize> {
    usize::try_from(choose(most.checked_add(window)?, window.checked_sub(1)?)?).ok()
}

impl States {
    /// Of a bar from whose window nothing ever falls out, with at most `most` bad samples allowed, and up to `in_tick` in
    /// a tick.
    pub(super) fn cumulative(most: usize, in_tick: usize) -> Self {
        let last = in_tick.min(most + 1);
        let blocks = (0..=most + 1).map(|bad| Block { first: bad, length: 1, bad }).collect();
        let target = |bad: usize| u32::try_from(bad.min(most + 1)).unwrap_or(u32::MAX);
        let next = (0..=most + 1).flat_map(|bad| (bad..=bad + last).map(target)).collect();
        Self { count: most + 2, last, blocks, next }
    }

    /// Of a bar over a window of so many ticks, at least one; there must be no more than fit into 32 bits.
    pub(super) fn sliding(most: usize, window: usize) -> Self {
        let last = most + 1;
        if window == 1 {
            let blocks = vec![Block { first: 0, length: 1, bad: 0 }];
            return Self { count: 1, last, blocks, next: vec![0; last + 1] };
        }
        let ranks = Ranks::new(window - 1, last);
        let mut states = Self { count: 0, last, blocks: Vec::new(), next: Vec::new() };
        // All but the oldest tick, newest first.
        let mut counts = vec![0; window - 2];
        loop {
            let bad = counts.iter().sum::<usize>();
            let length = last - bad + 1;
            states.blocks.push(Block { first: states.count, length, bad });
            states.next.extend((0..=last).map(|new| ranks.of(new, &counts)));
            states.count += length;
            if !advance(&mut counts, last) {
                return states;
            }
        }
    }
}

/// The next sequence in lexicographic order with a sum of at most `most`; false after the last.
fn advance(counts: &mut [usize], most: usize) -> bool {
    let mut sum = counts.iter().sum::<usize>();
    for count in counts.iter_mut().rev() {
        if sum < most {
            *count += 1;
            return true;
        }
        sum -= *count;
        *count = 0;
    }
    false
}

/// The numbers of sequences in lexicographic order: of a sum of at most `most`.
struct Ranks {
    most: usize,
    /// By how many counts are left, and what sum they may have: how many sequences that is.
    sequences: Vec<Vec<u32>>,
}

impl Ranks {
    fn new(length: usize, most: usize) -> Self {
        let count = |left: usize, sum: usize| choose(left + sum, left).and_then(|count| u32::try_from(count).ok());
        let of = |left: usize| (0..=most).map(|sum| count(left, sum).unwrap_or(u32::MAX)).collect();
        Self { most, sequences: (0..=length).map(of).collect() }
    }

    /// The number of the state after a tick with `new` bad samples: it, then the others, truncated.
    ///
    /// Before a sequence come those with a smaller count at the first place where they differ. A count `a` there, with
    /// `left` places behind it and a sum of `room` left, leaves `N(left + 1, room) - N(left + 1, room - a)` of them.
    fn of(&self, new: usize, others: &[usize]) -> u32 {
        let (mut room, mut rank) = (self.most, 0);
        for (at, count) in std::iter::once(&new).chain(others).enumerate() {
            let sequences = &self.sequences[self.sequences.len() - 1 - at];
            let after = room.saturating_sub(*count);
            rank += sequences[room] - sequences[after];
            room = after;
        }
        rank
    }
}

/// The binomial coefficient, up to 2⁶⁴.
fn choose(n: usize, k: usize) -> Option<u64> {
    let k = k.min(n.checked_sub(k)?);
    let mut product = 1_u128;
    for step in 1..=k {
        product = product * (n - k + step) as u128 / step as u128;
        if product > u128::from(u64::MAX) {
            return None;
        }
    }
    u64::try_from(product).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The truncation of the specification, word for word.
    fn truncated(counts: &[usize], most: usize) -> Vec<usize> {
        let mut sum = 0;
        let canonical = counts.iter().map(|count| {
            let kept = (*count).min(most + 1 - sum);
            sum += kept;
            kept
        });
        canonical.collect()
    }

    #[test]
    fn there_are_as_many_states_as_the_specification_counts() {
        for (allowed, window, count) in [(3, 14, 2_380), (7, 14, 203_490), (2, 14, 560), (14, 7, 54_264)] {
            assert_eq!(sliding_count(allowed, window), Some(count));
        }
        assert_eq!(sliding_count(14, 14), Some(37_442_160));
        assert_eq!(States::sliding(3, 14).count, 2_380);
    }

    #[test]
    fn a_state_leads_to_its_truncated_successor() {
        for (most, window) in [(0, 1), (0, 2), (2, 2), (0, 5), (3, 4), (5, 3), (1, 6)] {
            let states = States::sliding(most, window);
            let mut all = vec![vec![0; window - 1]];
            while let Some(mut counts) = all.last().cloned().filter(|counts| !counts.is_empty()) {
                if !advance(&mut counts, most + 1) {
                    break;
                }
                all.push(counts);
            }
            assert_eq!(all.len(), states.count);
            for (at, counts) in all.iter().enumerate() {
                let of = states.blocks.iter().rposition(|block| block.first <= at).expect("a block");
                let block = states.blocks[of];
                assert_eq!(block.bad + at - block.first, counts.iter().sum::<usize>());
                for new in 0..=states.last {
                    let mut after = vec![new];
                    after.extend(counts);
                    let after = truncated(&after[..window - 1], most);
                    let next = states.next[of * (states.last + 1) + new] as usize;
                    assert_eq!(all[next], after, "{counts:?} and {new} of {most} over {window}");
                }
            }
        }
    }
}
