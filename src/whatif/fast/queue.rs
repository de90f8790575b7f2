//! Who is eligible and waits for a promotion, in the order in which they are promoted.

use crate::value::Risk;
use std::collections::VecDeque;

/// The place of an action type among those that wait: since when, its risk, which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    since: usize,
    risk: Risk,
    action: usize,
}

impl Rank {
    pub(super) fn new(since: usize, risk: Risk, action: usize) -> Self {
        Self { since, risk, action }
    }

    pub(super) fn since(self) -> usize {
        self.since
    }

    pub(super) fn action(self) -> usize {
        self.action
    }
}

/// Those that wait, the first to be promoted first. Who joins stands behind all that joined at an earlier boundary.
#[derive(Debug, Default)]
pub(super) struct Queue(VecDeque<Rank>);

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<Rank> {
        self.0.get(at).copied()
    }

    pub(super) fn first(&self) -> Option<Rank> {
        self.get(0)
    }

    pub(super) fn join(&mut self, rank: Rank) {
        let at = self.0.iter().rposition(|other| *other < rank).map_or(0, |at| at + 1);
        self.0.insert(at, rank);
    }

    /// Leaves it, if it is in it.
    pub(super) fn leave(&mut self, rank: Rank) {
        if let Ok(at) = self.0.binary_search(&rank) {
            self.0.remove(at);
        }
    }
}
