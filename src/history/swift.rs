//! A line of the usual form, read fast: one pass, no tree of fields.
//!
//! It stands beside the plain way of [`super::line`] and never judges a line: what it is not sure of (a key twice, a time
//! or tier that is none, anything that would make the line bad) is `None`, and the plain way reads the line from its
//! start. Where it does return something, the plain way would return the same: a property of the tests and a fuzz target
//! hold the two against each other.

use super::fields;
use super::line::{Gathered, Outcome, Reader, Record, identity};
use super::scan::{Scanner, Value};
use crate::plan::matcher::Given;
use crate::value::{Instant, Tier};
use std::borrow::Cow;

/// A line with more keys that are no fields takes the plain way, which sorts them to see whether one is there twice.
const FEW: usize = 24;

/// The fields of a record, by their place among its values; outcomes are read where they stand.
const ID: usize = 0;
const TIME: usize = 1;
const ACTION: usize = 2;
const TIER: usize = 3;
const OUTCOMES: usize = 4;

/// The fields of an outcome.
const SIGNAL: usize = 0;
const ARRIVAL: usize = 1;
const VALUE: usize = 2;

static OF_RECORD: [&str; 5] = ["id", "time", "action", "tier", "outcomes"];
static OF_OUTCOME: [&str; 3] = ["signal", "time", "value"];

/// The values of one object: the texts of its fields, and everything else by its key.
struct Entries<'a, const N: usize> {
    names: &'static [&'static str; N],
    texts: [Option<&'a str>; N],
    others: Vec<(&'a str, Value<'a>)>,
}

impl<'a, const N: usize> Entries<'a, N> {
    fn new(names: &'static [&'static str; N]) -> Self {
        Self { names, texts: [None; N], others: Vec::new() }
    }

    /// Steps over a key: which field it is, or what else.
    fn key(&self, scanner: &mut Scanner<'a>) -> Option<Result<usize, &'a str>> {
        let key = scanner.key()?;
        Some(self.names.iter().position(|name| *name == key).ok_or(key))
    }

    /// Steps over the value of a field.
    fn field(&mut self, at: usize, scanner: &mut Scanner<'a>) -> Option<()> {
        match scanner.text() {
            Some(text) => self.text(at, text),
            None => self.other(self.names[at], scanner),
        }
    }

    /// Takes up the text of a field, unless it was there before.
    fn text(&mut self, at: usize, text: &'a str) -> Option<()> {
        let is_new = self.texts[at].is_none() && self.other_of(at).is_none();
        is_new.then(|| self.texts[at] = Some(text))
    }

    /// Steps over another value, unless its key was there before.
    fn other(&mut self, key: &'a str, scanner: &mut Scanner<'a>) -> Option<()> {
        let is_text = self.names.iter().zip(self.texts).any(|(name, text)| *name == key && text.is_some());
        let is_new = self.others.len() < FEW && !is_text && self.others.iter().all(|(other, _)| *other != key);
        let value = scanner.value()?;
        is_new.then(|| self.others.push((key, value)))
    }

    /// What stands for a field that is no plain text.
    fn other_of(&self, at: usize) -> Option<Value<'a>> {
        self.others.iter().find(|(key, _)| *key == self.names[at]).map(|(_, value)| *value)
    }

    /// What stands at a key.
    fn value(&self, key: &str) -> Option<Value<'a>> {
        let text = self.names.iter().zip(self.texts).find(|(name, _)| **name == key).and_then(|(_, text)| text);
        text.map(Value::Text).or_else(|| self.others.iter().find(|(other, _)| *other == key).map(|(_, value)| *value))
    }

    /// The text of a field.
    fn word(&self, at: usize) -> Option<Cow<'a, str>> {
        if let Some(text) = self.texts[at] {
            return Some(Cow::Borrowed(text));
        }
        let Some(Value::Raw(raw)) = self.other_of(at) else { return None };
        fields::text(raw)
    }
}

/// Whether lines can be read fast at all: nothing is mapped, and no attribute looks into the outcomes.
pub(super) fn is_possible(reader: &Reader) -> bool {
    let looks_inside = |key: &[String]| key.first().is_some_and(|first| first == "outcomes");
    reader.mapping().is_plain() && !reader.plan.attributes.iter().any(|it| looks_inside(&it.key))
}

/// Reads the line that a text starts with, its outcomes into some empty room, and says how long it is; `None` where it is
/// no whole record, or the plain way should say so.
pub(super) fn read<'a>(reader: &Reader, text: &'a str, room: &mut Vec<Outcome>) -> Option<(Record<'a>, usize)> {
    let mut scanner = Scanner::new(text);
    let mut entries = Entries::new(&OF_RECORD);
    let mut gathered = Gathered { outcomes: std::mem::take(room), undeclared: Vec::new() };
    scanner.object(|scanner| match entries.key(scanner)? {
        Ok(OUTCOMES) => {
            entries.text(OUTCOMES, "")?;
            scanner.list(|scanner| outcome(reader, scanner, &mut gathered))
        }
        Ok(at) => entries.field(at, scanner),
        Err(key) => entries.other(key, scanner),
    })?;
    let length = scanner.end()?;
    let Gathered { outcomes, undeclared } = gathered;
    let time = reader.in_time(Instant::parse(entries.texts[TIME]?)?)?;
    if outcomes.iter().any(|outcome| outcome.time < time) {
        return None;
    }
    let id = match entries.texts[ID] {
        Some(text) => Cow::Borrowed(text),
        None => other_id(&entries)?,
    };
    let action = entries.word(ACTION)?;
    let tier = match entries.texts[TIER] {
        Some(text) => Some(Tier::parse(text)?),
        None => other_tier(&entries)?,
    };
    let given = attributes(reader, |key| entries.value(key))?;
    Some((Record { id, time, action, tier, given, outcomes, undeclared }, length))
}

/// The id where it is no plain text.
fn other_id<'a>(entries: &Entries<'a, 5>) -> Option<Cow<'a, str>> {
    let Some(Value::Raw(raw)) = entries.other_of(ID) else { return None };
    identity(raw)
}

/// The tier where it is no plain text.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn other_tier(entries: &Entries<5>) -> Option<Option<Tier>> {
    match entries.other_of(TIER) {
        None | Some(Value::Null) => Some(None),
        Some(_) => Tier::parse(&entries.word(TIER)?).map(Some),
    }
}

/// Steps over an outcome.
fn outcome(reader: &Reader, scanner: &mut Scanner, gathered: &mut Gathered) -> Option<()> {
    let mut entries = Entries::new(&OF_OUTCOME);
    let mut value = None;
    scanner.object(|scanner| match entries.key(scanner)? {
        Ok(VALUE) => {
            value = Some(scanner.raw()?);
            entries.text(VALUE, "")
        }
        Ok(at) => entries.field(at, scanner),
        Err(key) => entries.other(key, scanner),
    })?;
    let time = reader.in_time(Instant::parse(entries.texts[ARRIVAL]?)?)?;
    reader.add(entries.word(SIGNAL)?, time, value.filter(|raw| *raw != "null"), gathered)
}

/// The values of the policy's attributes, of what a line has for the first keys of their paths.
pub(super) fn attributes<'a>(
    reader: &Reader,
    of: impl Fn(&str) -> Option<Value<'a>>,
) -> Option<Vec<Option<Given<'a>>>> {
    let given = |path: &[String]| {
        let found = path.split_first().and_then(|(first, rest)| Some((of(first)?, rest)));
        found.map_or(Ok(None), |(value, rest)| given(value, rest))
    };
    reader.plan.attributes.iter().map(|it| given(&it.key)).collect::<Result<_, _>>().ok()
}

/// The value of an attribute at the rest of its path.
fn given<'a>(value: Value<'a>, rest: &[String]) -> Result<Option<Given<'a>>, fields::Twice> {
    Ok(match (value, rest) {
        (Value::Text(text), []) => Some(Given::Text(Cow::Borrowed(text))),
        (Value::Raw(raw), rest) => fields::below(raw, rest)?.map(fields::given),
        (Value::Text(_) | Value::Null, _) => None,
    })
}
