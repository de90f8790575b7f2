//! What became of the lines: how many were kept, merged, or bad, and why.

use super::sample::Judged;
use std::collections::BTreeMap;
use std::fmt;

/// Why a line is left out; one line has one reason, the first that applies in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Not UTF-8, not JSON, not an object, a key twice, or `outcomes` is not a list of objects.
    Unparsable,
    /// No id, time or action (or signal, for an outcome or a notice); or a value that a mean needs.
    MissingField,
    /// A time that is not RFC 3339 with an offset, or later than `--now`.
    BadTime,
    /// A tier other than crawl, walk and run.
    BadTier,
    /// A value that is no number, off the scale, or has more than 6 decimals.
    BadValue,
    /// An outcome earlier than its action.
    OutcomeBeforeAction,
    /// The id of another record, with other content.
    ConflictingId,
    /// Only an id and outcomes, and no record has that id.
    OrphanOutcomes,
}

impl Reason {
    /// All reasons, in order.
    pub const ALL: [Self; 8] = [
        Self::Unparsable,
        Self::MissingField,
        Self::BadTime,
        Self::BadTier,
        Self::BadValue,
        Self::OutcomeBeforeAction,
        Self::ConflictingId,
        Self::OrphanOutcomes,
    ];

    /// The key in the JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unparsable => "unparsable",
            Self::MissingField => "missing_field",
            Self::BadTime => "bad_time",
            Self::BadTier => "bad_tier",
            Self::BadValue => "bad_value",
            Self::OutcomeBeforeAction => "outcome_before_action",
            Self::ConflictingId => "conflicting_id",
            Self::OrphanOutcomes => "orphan_outcomes",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A line of the input: which input, and which line of it, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Index of the input.
    pub input: usize,
    /// Line number.
    pub line: u64,
}

/// The first bad line of a reason, quoted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quote {
    /// Where.
    pub place: Place,
    /// What is wrong with it, in a few words.
    pub why: String,
    /// The start of the line.
    pub text: String,
}

/// Bad lines of one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Quote,
}

/// The totals of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// Kept records of some action type.
    pub classified: u64,
    /// Kept records of none.
    pub unclassified: u64,
    /// Kept lines that were merged into another line's record.
    pub duplicates: u64,
    /// Lines left out.
    pub bad: BTreeMap<Reason, Bad>,
    /// Signals of settle and event metrics after the maturity.
    pub late_outcomes: u64,
    /// Signals of the other side, after the verdict.
    pub contradicted: u64,
    /// Kept records without a tier.
    pub without_tier: u64,
    /// Lines that are notices, repeated ones too.
    pub notices: u64,
}

impl Intake {
    /// Distinct records kept.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.classified + self.unclassified
    }

    /// Lines left out.
    #[must_use]
    pub fn bad_lines(&self) -> u64 {
        self.bad.values().map(|bad| bad.count).sum()
    }

    /// Counts the outcomes of so many records that a metric does not heed, though it knows their signals.
    pub(super) fn unheeded(&mut self, judged: &Judged, records: u64) {
        self.late_outcomes += judged.late * records;
        self.contradicted += judged.contradicted * records;
    }

    /// Counts a line that is left out.
    pub fn add_bad(&mut self, reason: Reason, quote: impl FnOnce() -> Quote, place: Place) {
        match self.bad.get_mut(&reason) {
            None => {
                self.bad.insert(reason, Bad { count: 1, first: quote() });
            }
            Some(bad) => {
                bad.count += 1;
                if place < bad.first.place {
                    bad.first = quote();
                }
            }
        }
    }

    /// Adds what another worker saw.
    pub fn absorb(&mut self, other: Self) {
        self.classified += other.classified;
        self.unclassified += other.unclassified;
        self.duplicates += other.duplicates;
        self.late_outcomes += other.late_outcomes;
        self.contradicted += other.contradicted;
        self.without_tier += other.without_tier;
        self.notices += other.notices;
        for (reason, bad) in other.bad {
            match self.bad.get_mut(&reason) {
                None => {
                    self.bad.insert(reason, bad);
                }
                Some(mine) => {
                    mine.count += bad.count;
                    mine.first = mine.first.clone().min(bad.first);
                }
            }
        }
    }
}
