//! Lines that are written like one before them: what stands between their values is compared with what stood there, and
//! not read. The keys, their order and the spaces between them may be any.
//!
//! It stands beside [`super::swift`], which reads the lines that a shape is learned of, and judges no more than that: a
//! line that is written otherwise is `None`.

use super::line::{Gathered, Outcome, Reader, Record, identity};
use super::mapping::Field;
use super::scan::{Scanner, Start, Value};
use super::swift::attributes;
use crate::value::Tier;
use std::borrow::Cow;

/// How lines are written.
#[derive(Debug, Default)]
pub struct Shape {
    line: Option<Parts>,
    /// The same of an outcome; lines without one do not say it.
    outcome: Option<Parts>,
    /// How many lines were written otherwise.
    missed: u64,
}

/// Values, each behind what stands before it, and what stands behind the last one.
#[derive(Debug)]
struct Parts {
    parts: Vec<(Start, Option<Hole>)>,
    end: Start,
}

/// A place for a value.
#[derive(Clone, Copy, Debug)]
struct Hole {
    of: Of,
    /// A text without escapes, whose quotes stand before and behind it; else anything.
    is_text: bool,
}

/// What a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// A field; only the `[` of the outcomes stands before their list.
    Field(Field),
    /// The first key of an attribute, the first one that has it.
    Given(usize),
    /// Nothing that anybody asks for.
    Nothing,
}

impl Shape {
    /// Reads the line that a text starts with where it is of this shape, its outcomes into some empty room; it comes with
    /// its length.
    #[inline]
    pub(super) fn read<'a>(
        &self,
        reader: &Reader,
        text: &'a str,
        room: &mut Vec<Outcome>,
    ) -> Option<(Record<'a>, usize)> {
        let mut scanner = Scanner::new(text);
        let (mut id, mut time, mut action, mut tier, mut values) = (None, None, None, None, Vec::new());
        let mut gathered = Gathered { outcomes: std::mem::take(room), undeclared: Vec::new() };
        let line = self.line.as_ref()?;
        line.read(&mut scanner, |hole, scanner| {
            match (hole.of, hole.is_text) {
                (Of::Field(Field::Id), true) => id = Some(Cow::Borrowed(scanner.inside()?)),
                (Of::Field(Field::Time), true) => time = Some(scanner.instant()?),
                (Of::Field(Field::Action), true) => action = Some(scanner.inside()?),
                (Of::Field(Field::Tier), true) => tier = Some(Tier::parse(scanner.inside()?)?),
                (Of::Field(Field::Outcomes), _) => self.outcomes(reader, scanner, &mut gathered)?,
                (Of::Field(Field::Id), false) => match scanner.value()? {
                    Value::Raw(raw) => id = identity(raw),
                    _ => return None,
                },
                (Of::Field(Field::Tier), false) => matches!(scanner.value()?, Value::Null).then_some(())?,
                (Of::Given(at), _) => values.push((at, hole.value(scanner)?)),
                (Of::Nothing, _) => drop(hole.value(scanner)?),
                _ => return None,
            }
            Some(())
        })?;
        let length = scanner.end()?;
        let (id, time, action, Gathered { outcomes, undeclared }) = (id?, reader.in_time(time?)?, action?, gathered);
        if outcomes.iter().any(|outcome| outcome.time < time) {
            return None;
        }
        let first_key = |at: usize| reader.plan.attributes[at].key.first();
        let at_key = |key: &str| values.iter().find(|(at, _)| first_key(*at).is_some_and(|first| first == key));
        let given = attributes(reader, |key| at_key(key).map(|(_, value)| *value))?;
        Some((Record { id, time, action: Cow::Borrowed(action), tier, given, outcomes, undeclared }, length))
    }

    /// Steps over outcomes, to behind the end of their list.
    #[inline]
    fn outcomes(&self, reader: &Reader, scanner: &mut Scanner, gathered: &mut Gathered) -> Option<()> {
        scanner.rest_of_list(|scanner| {
            let (mut signal, mut time, mut value) = (None, None, None);
            // Spaces are where they like between the objects of a list, which were not seen when its shape was taken.
            scanner.next()?;
            self.outcome.as_ref()?.read(scanner, |hole, scanner| {
                match (hole.of, hole.is_text) {
                    (Of::Field(Field::Signal), true) => signal = Some(scanner.inside()?),
                    (Of::Field(Field::SignalTime), true) => time = Some(scanner.instant()?),
                    (Of::Field(Field::Value), false) => value = Some(scanner.raw()?),
                    (Of::Nothing, _) => drop(hole.value(scanner)?),
                    _ => return None,
                }
                Some(())
            })?;
            let time = reader.in_time(time?)?;
            reader.add(Cow::Borrowed(signal?), time, value.filter(|raw| *raw != "null"), gathered)
        })
    }

    /// How many lines were written otherwise than the one before.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Takes the shape of a line that was written otherwise. To learn takes longer than to read, so where many lines do
    /// not resemble each other, few are learned of.
    #[cold]
    pub(super) fn learn(&mut self, reader: &Reader, line: &str) {
        self.missed += 1;
        if !self.missed.is_power_of_two() {
            return;
        }
        let mut list = None;
        self.line = Parts::of(line, |key, value| {
            if key == "outcomes" {
                list = Some(value.strip_prefix('[')?.trim_start());
            }
            of_line(reader, key)
        });
        let outcome = list.and_then(|list| Parts::of(list, |key, _| Some(of_outcome(key))));
        self.outcome = outcome.or(self.outcome.take());
    }
}

impl Hole {
    /// Steps over a value.
    #[inline]
    fn value<'a>(self, scanner: &mut Scanner<'a>) -> Option<Value<'a>> {
        if self.is_text { scanner.inside().map(Value::Text) } else { scanner.value() }
    }
}

/// What a key of a line is of; nothing where lines are not to be read by their shape.
fn of_line(reader: &Reader, key: &str) -> Option<Of> {
    let given = reader.plan.attributes.iter().position(|it| it.key.first().is_some_and(|first| first == key));
    let fields = [Field::Id, Field::Time, Field::Action, Field::Tier, Field::Outcomes];
    match (fields.into_iter().find(|field| field.word() == key), given) {
        (Some(field), None) => Some(Of::Field(field)),
        (Some(_), Some(_)) => None,
        (None, given) => Some(given.map_or(Of::Nothing, Of::Given)),
    }
}

/// What a key of an outcome is of.
fn of_outcome(key: &str) -> Of {
    match key {
        "signal" => Of::Field(Field::Signal),
        "time" => Of::Field(Field::SignalTime),
        "value" => Of::Field(Field::Value),
        _ => Of::Nothing,
    }
}

impl Parts {
    /// Those of the object that a text starts with; `of` says what a value is of, by its key and itself.
    fn of<'a>(text: &'a str, mut of: impl FnMut(&'a str, &'a str) -> Option<Of>) -> Option<Self> {
        let (mut scanner, mut parts, mut behind) = (Scanner::new(text), Vec::new(), 0);
        scanner.object(|scanner| {
            let key = scanner.key()?;
            let raw = scanner.raw()?;
            let end = scanner.at();
            let of = of(key, raw)?;
            let is_text = raw.starts_with('"') && !raw.contains('\\');
            let (open, close) = match (is_text, of) {
                (true, _) => (1, 1),
                (false, Of::Field(Field::Outcomes)) => (1, 0),
                (false, _) => (0, 0),
            };
            let start = end - raw.len() + open;
            parts.extend(starts(text.get(behind..start)?, Some(Hole { of, is_text })));
            behind = end - close;
            Some(())
        })?;
        parts.extend(starts(text.get(behind..scanner.at())?, None));
        let (end, _) = parts.pop()?;
        Some(Self { parts, end })
    }

    /// Steps over an object; `each` steps over a value.
    #[inline]
    fn read<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        mut each: impl FnMut(Hole, &mut Scanner<'a>) -> Option<()>,
    ) -> Option<()> {
        for (before, hole) in &self.parts {
            scanner.follow(before)?;
            if let Some(hole) = hole {
                each(*hole, scanner)?;
            }
        }
        scanner.follow(&self.end)
    }
}

/// What stands before a hole, in as many parts as it takes.
fn starts(text: &str, hole: Option<Hole>) -> Vec<(Start, Option<Hole>)> {
    let (parts, rest) = text.as_bytes().as_chunks::<{ Start::MOST }>();
    let rest = std::iter::once((Start::new(rest), hole));
    parts.iter().map(|part| (Start::new(part), None)).chain(rest).collect()
}
