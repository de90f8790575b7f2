//! When something happens, and to whom: what lets a walk skip the boundaries at which nothing does.

/// Later than every boundary.
pub(super) const NEVER: usize = usize::MAX;

/// At which boundary to look at which action type: bits of action types, by boundary.
#[derive(Debug)]
pub(super) struct Agenda {
    bits: Vec<u64>,
    words: usize,
    /// By action type.
    at: Vec<usize>,
}

impl Agenda {
    /// Nothing to look at yet.
    pub(super) fn new(actions: usize, len: usize) -> Self {
        let words = actions.div_ceil(64);
        Self { bits: vec![0; words * len], words, at: vec![NEVER; actions] }
    }

    /// Looks at an action type at a boundary, and not when it was to be looked at before.
    pub(super) fn put(&mut self, action: usize, at: usize) {
        let bit = 1 << (action % 64);
        if let Some(word) = self.at[action].checked_mul(self.words).and_then(|at| self.bits.get_mut(at + action / 64)) {
            *word &= !bit;
        }
        if let Some(word) = at.checked_mul(self.words).and_then(|at| self.bits.get_mut(at + action / 64)) {
            *word |= bit;
        }
        self.at[action] = at;
    }

    /// The first action type of a boundary, from one on.
    pub(super) fn first(&self, at: usize, from: usize) -> Option<usize> {
        let row = &self.bits[at * self.words..(at + 1) * self.words];
        let mut word = from / 64;
        let mut bits = row.get(word)? & (u64::MAX << (from % 64));
        while bits == 0 {
            word += 1;
            bits = *row.get(word)?;
        }
        Some(word * 64 + bits.trailing_zeros() as usize)
    }
}
