//! Values that are other ones for some days.

/// From one day until before another; days since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Days {
    pub(super) fn contain(self, day: i64) -> bool {
        (self.from..self.until).contains(&day)
    }
}

/// A value that may be another one for some days.
#[derive(Clone, Debug)]
pub(super) struct Timed<T> {
    pub(super) first: T,
    pub(super) changes: Vec<(Days, T)>,
}

impl<T> Timed<T> {
    /// Always the same.
    pub(super) fn always(first: T) -> Self {
        Self { first, changes: Vec::new() }
    }

    /// The value on a day: the last change that holds then.
    pub(super) fn on(&self, day: i64) -> &T {
        let change = self.changes.iter().rev().find(|(days, _)| days.contain(day));
        change.map_or(&self.first, |(_, value)| value)
    }
}
