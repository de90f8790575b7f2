//! A line of the usual form, read fast: one pass, no tree of fields.
//!
//! It stands beside the plain way of [`super::line`] and never judges a line: what it is not sure of (a key twice, a time
//! or tier that is none, anything that would make the line bad) is `None`, and the plain way reads the line from its
//! start. Where it does return something, the plain way would return the same: a property of the tests and a fuzz target
//! hold the two against each other.

use super::fields;
use super::line::{Line, Outcome, Reader, Record, Worst, identity};
use super::scan::{Scanner, Value};
use crate::plan::matcher::Given;
use crate::value::{Instant, Tier};
use std::borrow::Cow;

/// A line with more keys that are no fields takes the plain way, which sorts them to see whether one is there twice.
const FEW: usize = 24;

/// The values of one object: those of its fields, and the other ones.
struct Entries<'a, const N: usize> {
    fields: [Value<'a>; N],
    others: Vec<(&'a str, Value<'a>)>,
}

impl<'a, const N: usize> Entries<'a, N> {
    fn new() -> Self {
        Self { fields: [Value::Absent; N], others: Vec::new() }
    }

    /// Takes up the value of a field, unless it was there before.
    fn field(&mut self, at: usize, value: Value<'a>) -> Option<()> {
        let is_new = matches!(self.fields[at], Value::Absent);
        is_new.then(|| self.fields[at] = value)
    }

    /// Takes up another value, unless its key was there before.
    fn other(&mut self, key: &'a str, value: Value<'a>) -> Option<()> {
        let is_new = self.others.len() < FEW && self.others.iter().all(|(other, _)| *other != key);
        is_new.then(|| self.others.push((key, value)))
    }
}

/// The key of outcomes, which are read where they stand.
const OUTCOMES: &str = "outcomes";

/// Whether lines can be read fast at all: nothing is mapped, and no attribute looks into the outcomes.
pub(super) fn is_possible(reader: &Reader) -> bool {
    let looks_inside = |key: &[String]| key.first().is_some_and(|first| first == OUTCOMES);
    reader.mapping().is_plain() && !reader.plan.attributes.iter().any(|it| looks_inside(&it.key))
}

/// Reads a line that is a whole record; `None` where the plain way should.
pub(super) fn read<'a>(reader: &'a Reader, text: &'a str) -> Option<Line<'a>> {
    let mut scanner = Scanner::new(text);
    let mut entries = Entries::<4>::new();
    let (mut has_outcomes, mut outcomes, mut undeclared) = (false, Vec::new(), Vec::new());
    scanner.object(|scanner, key| {
        if key == OUTCOMES {
            let is_first = !std::mem::replace(&mut has_outcomes, true);
            let mut outcome = |scanner: &mut _| outcome(reader, scanner, &mut outcomes, &mut undeclared);
            return is_first.then(|| scanner.list(&mut outcome)).flatten();
        }
        let value = scanner.value()?;
        match key {
            "id" => entries.field(0, value),
            "time" => entries.field(1, value),
            "action" => entries.field(2, value),
            "tier" => entries.field(3, value),
            _ => entries.other(key, value),
        }
    })?;
    let given = reader.plan.attributes.iter().map(|it| reach(&entries, &it.key)).collect::<Result<_, _>>().ok()?;
    let [id, time, action, tier] = entries.fields;
    let id = match id {
        Value::Raw(raw) => identity(raw)?,
        id => word(id)?,
    };
    let time = instant(reader, time)?;
    let tier = match tier {
        Value::Absent | Value::Null => None,
        tier => Some(Tier::parse(&word(tier)?)?),
    };
    let action = word(action)?;
    if !scanner.is_at_end() || outcomes.iter().any(|outcome| outcome.time < time) {
        return None;
    }
    Some(Line::Full(Record { id, time, action, tier, given, outcomes, undeclared }))
}

fn outcome(
    reader: &Reader,
    scanner: &mut Scanner,
    outcomes: &mut Vec<Outcome>,
    undeclared: &mut Vec<String>,
) -> Option<()> {
    let mut entries = Entries::<2>::new();
    let mut value = None;
    scanner.object(|scanner, key| {
        if key == "value" {
            let is_first = value.is_none();
            value = Some(scanner.raw()?);
            return is_first.then_some(());
        }
        let value = scanner.value()?;
        match key {
            "signal" => entries.field(0, value),
            "time" => entries.field(1, value),
            _ => entries.other(key, value),
        }
    })?;
    let [name, time] = entries.fields;
    let (name, time) = (word(name)?, instant(reader, time)?);
    let signal = reader.signals.get(name.as_ref()).copied();
    let mut worst = Worst::default();
    let value = reader.value(signal, value.filter(|raw| *raw != "null"), &mut worst);
    if reader.survey && signal.is_none() {
        undeclared.push(name.into_owned());
    }
    outcomes.push(Outcome { time, signal, value });
    worst.is_none().then_some(())
}

/// A text.
fn word(value: Value) -> Option<Cow<str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Raw(raw) => fields::text(raw),
        Value::Absent | Value::Null => None,
    }
}

/// A time that is not too late.
fn instant(reader: &Reader, value: Value) -> Option<Instant> {
    let Value::Text(text) = value else { return None };
    Instant::parse(text).filter(|time| reader.now.is_none_or(|now| *time <= now))
}

/// The value of an attribute.
fn reach<'a>(entries: &Entries<'a, 4>, path: &[String]) -> Result<Option<Given<'a>>, fields::Twice> {
    let Some((first, rest)) = path.split_first() else { return Ok(None) };
    let other = || entries.others.iter().find(|(key, _)| key == first).map(|(_, value)| *value);
    let value = match first.as_str() {
        "id" => Some(entries.fields[0]),
        "time" => Some(entries.fields[1]),
        "action" => Some(entries.fields[2]),
        "tier" => Some(entries.fields[3]),
        _ => other(),
    };
    Ok(match (value, rest) {
        (Some(Value::Text(text)), []) => Some(Given::Text(Cow::Borrowed(text))),
        (Some(Value::Raw(raw)), rest) => fields::below(raw, rest)?.map(fields::given),
        _ => None,
    })
}
