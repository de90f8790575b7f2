//! What the log calls things: `--map tier=stage,time=meta.opened_at,signal:Closed=resolved` (interfaces §2).
//!
//! A mapping says which key or column holds which field, which words mean which, and how times are written. `parse`
//! reads it, `times` knows the ways to write a time.

mod parse;
mod times;

pub use parse::NAMES;
pub use times::Times;

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A key, one segment per level.
pub type Key = Vec<String>;

/// A field of a record, or of the one outcome that a row of a flat table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `id`
    Id,
    /// `time`
    Time,
    /// `action`
    Action,
    /// `tier`
    Tier,
    /// `outcomes`
    Outcomes,
    /// `signal`
    Signal,
    /// `signal_time`
    SignalTime,
    /// `value`
    Value,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 8] =
        [Self::Id, Self::Time, Self::Action, Self::Tier, Self::Outcomes, Self::Signal, Self::SignalTime, Self::Value];

    /// Its name in a mapping, and its key unless the mapping says otherwise.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Time => "time",
            Self::Action => "action",
            Self::Tier => "tier",
            Self::Outcomes => "outcomes",
            Self::Signal => "signal",
            Self::SignalTime => "signal_time",
            Self::Value => "value",
        }
    }

    /// Whether it is of the one outcome of a row, and so of flat tables only.
    #[must_use]
    pub fn is_flat(self) -> bool {
        matches!(self, Self::Signal | Self::SignalTime | Self::Value)
    }

    /// Whether its words can stand for others, and can be the same for all records.
    fn is_word(self) -> bool {
        matches!(self, Self::Action | Self::Tier | Self::Signal)
    }
}

/// A signal that has a key of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// The signal.
    pub signal: String,
    /// Its key: when it arrived, or with `time` whether it did.
    pub key: Key,
    /// The key of its time.
    pub time: Option<Key>,
}

/// What the log calls things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    keys: [Key; 8],
    /// Fields whose key was said.
    said: [bool; 8],
    constants: [Option<String>; 8],
    /// By field: a word of the log, and what it means.
    words: [BTreeMap<String, String>; 8],
    /// Rows have one outcome each: `signal`, `signal_time`, `value`.
    flat: bool,
    /// Signals with keys of their own.
    pub wide: Vec<Wide>,
    /// How times are written.
    pub times: Times,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            keys: Field::ALL.map(|field| vec![field.word().to_owned()]),
            said: [false; 8],
            constants: Default::default(),
            words: Default::default(),
            flat: false,
            wide: Vec::new(),
            times: Times::default(),
        }
    }
}

impl Mapping {
    /// The key of a field.
    #[must_use]
    pub fn key(&self, field: Field) -> &[String] {
        &self.keys[field as usize]
    }

    /// Whether the key of a field was said.
    #[must_use]
    pub fn is_said(&self, field: Field) -> bool {
        self.said[field as usize]
    }

    /// What a field is on every record, where that was said.
    #[must_use]
    pub fn constant(&self, field: Field) -> Option<&str> {
        self.constants[field as usize].as_deref()
    }

    /// What a word of the log means.
    #[must_use]
    #[inline]
    pub fn meaning<'a>(&'a self, field: Field, word: Cow<'a, str>) -> Cow<'a, str> {
        let words = &self.words[field as usize];
        if words.is_empty() {
            return word;
        }
        words.get(word.as_ref()).map_or(word, |meaning| Cow::Borrowed(meaning))
    }

    /// Whether each row has at most one outcome, in keys of its own.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.flat
    }

    /// Whether it says nothing that the specification does not.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The same for rows that have such an outcome.
    #[must_use]
    pub fn flattened(self) -> Self {
        Self { flat: true, ..self }
    }

    /// The keys that hold fields, and what each holds.
    pub fn fields(&self) -> impl Iterator<Item = (&[String], Cow<'static, str>)> {
        let is_read = |field: &Field| (self.flat || !field.is_flat()) && self.constant(*field).is_none();
        let fields = Field::ALL.into_iter().filter(is_read).map(|it| (self.key(it), Cow::Borrowed(it.word())));
        let wide = self.wide.iter().flat_map(|it| {
            let time = it.time.iter().map(|key| (&key[..], Cow::Owned(format!("signal.{}.time", it.signal))));
            time.chain([(&it.key[..], Cow::Owned(format!("signal.{}", it.signal)))])
        });
        fields.chain(wide)
    }

    /// The keys that hold fields, and so no attributes.
    #[must_use]
    pub fn all_keys(&self) -> Vec<Key> {
        self.fields().map(|(key, _)| key.to_vec()).collect()
    }

    /// The keys that hold the id and outcomes.
    #[must_use]
    pub fn outcome_keys(&self) -> Vec<Key> {
        let is_other = |what: &str| ["time", "action", "tier"].contains(&what);
        self.fields().filter(|(_, what)| !is_other(what)).map(|(key, _)| key.to_vec()).collect()
    }
}
