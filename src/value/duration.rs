//! Durations as written (`14d`), and the counting of ticks and boundaries (semantics §1).

use std::fmt;

/// The unit a duration was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// Exactly 24 hours.
    Days,
    /// Exactly 7 × 24 hours.
    Weeks,
}

impl Unit {
    /// All units, shortest first.
    pub const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    /// The suffix of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Minutes => "min",
            Self::Hours => "h",
            Self::Days => "d",
            Self::Weeks => "w",
        }
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 60,
            Self::Hours => 3_600,
            Self::Days => 86_400,
            Self::Weeks => 604_800,
        }
    }
}

/// A length of time: a count and its unit, so that `2w` stays `2w`.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Duration {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Duration {
    /// So many days.
    #[must_use]
    pub fn days(count: u32) -> Self {
        Self { count, unit: Unit::Days }
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        i64::from(self.count) * self.unit.seconds()
    }

    /// The duration of so many seconds in the largest unit that is exact; `None` if it is not whole minutes.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let unit = [Unit::Days, Unit::Hours, Unit::Minutes].into_iter().find(|unit| seconds % unit.seconds() == 0)?;
        Some(Self { count: u32::try_from(seconds / unit.seconds()).ok()?, unit })
    }

    /// The longest multiple of a tick that is not longer than this; `None` if it has less than one.
    #[must_use]
    pub fn shortened_to(self, tick: Self) -> Option<Self> {
        let whole = self.seconds() / tick.seconds() * tick.seconds();
        Self::from_seconds(whole).filter(|_| whole > 0)
    }

    /// The shortest multiple of a tick that is not shorter than this.
    #[must_use]
    pub fn lengthened_to(self, tick: Self) -> Option<Self> {
        let ticks = (self.seconds() + tick.seconds() - 1) / tick.seconds();
        Self::from_seconds(ticks * tick.seconds())
    }
}

impl PartialEq for Duration {
    /// By length: `24h` equals `1d`.
    fn eq(&self, other: &Self) -> bool {
        self.seconds() == other.seconds()
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.word())
    }
}

/// The index of a tick or of the boundary it starts at: boundary `k` is the instant `k × tick` since 1970.
pub type Tick = i64;
