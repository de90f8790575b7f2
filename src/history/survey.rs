//! What a history has that its policy has not, and the other way round: names, for `cwrc check --history`.
//!
//! A replay does not need it, so it is taken only where it is asked for. Memory is bounded: of more names than are kept
//! it is the least, by bytes, that stay, and their counts are exact, whatever the order of lines and threads: a name that
//! was let go once has so many lesser ones that it never comes back.

use super::line::{Outcome, Record};
use crate::model::policy::SignalId;
use std::collections::BTreeMap;

/// Names that are kept.
const KEPT: usize = 1_000;

/// Letters of a name that are kept.
const LONGEST: usize = 100;

/// Names and how often they occur.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    counts: BTreeMap<String, u64>,
    /// All occurrences, of names that were not kept too.
    total: u64,
}

impl Names {
    fn add(&mut self, name: &str, times: u64) {
        self.total += times;
        let name = name.char_indices().nth(LONGEST).map_or(name, |(end, _)| &name[..end]);
        match self.counts.get_mut(name) {
            Some(count) => *count += times,
            None => {
                self.counts.insert(name.to_owned(), times);
            }
        }
        if self.counts.len() > KEPT {
            self.counts.pop_last();
        }
    }

    fn absorb(&mut self, other: &Self) {
        self.total += other.rest();
        other.counts.iter().for_each(|(name, times)| self.add(name, *times));
    }

    /// The names that were kept.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(String::as_str)
    }

    /// The names that were kept and how often they occur, the most frequent first.
    #[must_use]
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut names: Vec<(&str, u64)> = self.counts.iter().map(|(name, times)| (name.as_str(), *times)).collect();
        names.sort_by_key(|(name, times)| (std::cmp::Reverse(*times), *name));
        names
    }

    /// Occurrences of names that were not kept.
    #[must_use]
    pub fn rest(&self) -> u64 {
        self.total - self.counts.values().sum::<u64>()
    }
}

/// The names of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// By signal of the policy: on how many records and notices it arrives.
    pub declared: Vec<u64>,
    /// Signals that the policy does not declare, likewise.
    pub undeclared: Names,
    /// What `action` is on records of no action type, and on how many.
    pub unclassified: Names,
}

impl Survey {
    /// Nothing seen yet, under a policy of so many signals.
    #[must_use]
    pub fn new(signals: usize) -> Self {
        Self { declared: vec![0; signals], ..Self::default() }
    }

    /// Takes note of a record; its outcomes are in order.
    pub fn record(&mut self, record: &mut Record, is_classified: bool) {
        let mut seen: Vec<SignalId> = Vec::new();
        for signal in record.outcomes.iter().filter_map(|outcome: &Outcome| outcome.signal) {
            if !seen.contains(&signal) {
                seen.push(signal);
                self.declared[signal.index()] += 1;
            }
        }
        record.undeclared.sort_unstable();
        record.undeclared.dedup();
        record.undeclared.iter().for_each(|name| self.undeclared.add(name, 1));
        if !is_classified {
            self.unclassified.add(&record.action, 1);
        }
    }

    /// Takes note of a notice.
    pub fn notice(&mut self, signal: Option<SignalId>, name: &str) {
        match signal {
            Some(signal) => self.declared[signal.index()] += 1,
            None => self.undeclared.add(name, 1),
        }
    }

    /// Adds what another worker saw.
    pub fn absorb(&mut self, other: Self) {
        self.declared.iter_mut().zip(other.declared).for_each(|(mine, theirs)| *mine += theirs);
        self.undeclared.absorb(&other.undeclared);
        self.unclassified.absorb(&other.unclassified);
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, LONGEST, Names};

    /// Names 0 to 2,999, each as often as its number says, in the order of a walk of this stride.
    fn walked(stride: u64) -> Vec<(String, u64)> {
        (0..3_000).map(|at| at * stride % 3_000).map(|number| (format!("{number:04}"), number + 1)).collect()
    }

    fn named(pairs: &[(String, u64)]) -> Names {
        let mut names = Names::default();
        for (name, times) in pairs {
            (0..*times % 7).for_each(|_| names.add(name, 1));
            names.add(name, times - times % 7);
        }
        names
    }

    #[test]
    fn the_least_names_stay_with_exact_counts_in_any_order() {
        let upwards = named(&walked(1));
        assert_eq!(upwards.iter().count(), KEPT);
        for stride in [7, 1_999, 2_999] {
            let walk = walked(stride);
            assert_eq!(named(&walk), upwards);
            let (one, other) = walk.split_at(1_234);
            let mut joined = named(one);
            joined.absorb(&named(other));
            assert_eq!(joined, upwards);
        }
        assert_eq!(upwards.by_frequency()[0], ("0999", 1_000));
        assert_eq!(upwards.rest(), (1_001..=3_000).sum::<u64>());
    }

    #[test]
    fn long_names_are_cut() {
        let mut names = Names::default();
        names.add(&"é".repeat(5_000), 2);
        names.add(&"é".repeat(5_000), 3);
        assert_eq!(names.by_frequency(), [("é".repeat(LONGEST).as_str(), 5)]);
    }
}
