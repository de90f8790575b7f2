//! Rows to what is counted of them, without a record in between. Words that have codes, as those of a dictionary do, are
//! looked up once for all rows at hand.
//!
//! It stands before [`super::direct`], takes what is most usual, and judges nothing: whatever else there is about a row
//! is left to that way, which comes to the same (`it::formats_of_histories`).

use super::direct::{Direct, Found};
use super::line::{Outcome, Reader};
use super::mapping::Field;
use super::table::{Cell, Column, Objects, Rows, Value};
use super::tally::{Brief, Tallier, in_order};
use crate::model::policy::{ActionId, SignalId};
use crate::value::{Instant, Tier};
use std::borrow::Cow;
use std::ops::Range;

/// What the words of some rows mean, by their codes.
#[derive(Default)]
pub(super) struct Words {
    actions: Meanings<Option<ActionId>>,
    tiers: Meanings<Tier>,
    signals: Meanings<Option<SignalId>>,
}

struct Meanings<T>(Vec<Meaning<T>>);

/// What the word of a code means.
#[derive(Clone, Copy)]
enum Meaning<T> {
    /// Nobody asked for it yet.
    New,
    /// This, or what is for another way to say.
    Known(Option<T>),
}

/// The most codes that are remembered: where there are more, few come again.
const REMEMBERED: usize = 4_096;

impl<T> Default for Meanings<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Meanings<T> {
    /// What a word means, which may have a code.
    #[inline]
    fn of<'w>(
        &mut self,
        code: Option<usize>,
        word: impl FnOnce() -> Option<&'w str>,
        look_up: impl FnOnce(&'w str) -> Option<T>,
    ) -> Option<T> {
        match code.map(|code| (code, self.0.get(code))) {
            None => look_up(word()?),
            Some((_, Some(Meaning::Known(meaning)))) => *meaning,
            Some((code, _)) => self.learn(code, look_up(word()?)),
        }
    }

    #[cold]
    fn learn(&mut self, code: usize, meaning: Option<T>) -> Option<T> {
        if code < REMEMBERED {
            self.0.resize(self.0.len().max(code + 1), Meaning::New);
            self.0[code] = Meaning::Known(meaning);
        }
        meaning
    }
}

/// Where rows have what is counted.
pub(super) struct Briefly<'r> {
    reader: &'r Reader<'r>,
    direct: &'r Direct,
    time: usize,
    action: usize,
    tier: Option<usize>,
    list: Option<usize>,
    flat: Option<[Option<usize>; 3]>,
    /// Columns of attributes, which decide nothing, but may be wrong.
    given: Vec<usize>,
}

impl<'r> Briefly<'r> {
    /// The columns of a table, where they are simple.
    pub(super) fn new(reader: &'r Reader<'r>, direct: &'r Direct) -> Option<Self> {
        let mapping = &reader.mapping;
        let has_constants = [Field::Action, Field::Tier].into_iter().any(|field| mapping.constant(field).is_some());
        if has_constants || reader.survey || !direct.wide.is_empty() {
            return None;
        }
        Some(Self {
            reader,
            direct,
            time: direct.time?.at,
            action: of_texts(direct.action)??,
            tier: of_texts(direct.tier)?,
            list: direct.list.map(|column| column.at),
            flat: match direct.flat {
                None => None,
                Some([signal, time, value]) => Some([of_texts(signal)?, time.map(|it| it.at), value.map(|it| it.at)]),
            },
            given: direct.given.iter().flatten().map(|column| column.at).collect(),
        })
    }

    /// What matters of neighbouring rows of one id, which they have, their outcomes into some empty room; nothing where
    /// they are not so usual.
    #[inline]
    pub(super) fn read<R: Rows>(
        &self,
        (rows, range): (&R, Range<usize>),
        words: &mut Words,
        tallier: &mut Tallier,
        outcomes: &mut Vec<Outcome>,
    ) -> Option<Brief> {
        let (reader, row) = (self.reader, range.start);
        let meaning = |field, word| reader.mapping.meaning(field, Cow::Borrowed(word));
        let time = self.time_of(rows, row, self.time)?;
        let action = words.actions.of(
            rows.code(row, self.action),
            || rows.text(row, self.action),
            |word| tallier.decided(&meaning(Field::Action, word)),
        )?;
        let tier = match self.tier {
            Some(column) if !rows.is_nothing(row, column) => Some(words.tiers.of(
                rows.code(row, column),
                || rows.text(row, column),
                |word| Tier::parse(&meaning(Field::Tier, word)),
            )?),
            _ => None,
        };
        if !self.given.iter().all(|column| is_sound(rows.value(row, *column))) {
            return None;
        }
        for other in range {
            if other > row && !self.direct.is_alike(rows, row, other) {
                return None;
            }
            self.outcomes(rows, other, &mut words.signals, outcomes)?;
        }
        in_order(outcomes);
        let is_early = outcomes.first().is_some_and(|outcome| outcome.time < time);
        (!is_early).then_some(Brief { action, cohort: 0, tier, time })
    }

    #[inline]
    fn time_of<R: Rows>(&self, rows: &R, row: usize, column: usize) -> Option<Instant> {
        self.reader.time_of(rows.time(row, column), || rows.text(row, column).map(Found::Text))
    }

    #[inline]
    fn outcomes<R: Rows>(
        &self,
        rows: &R,
        row: usize,
        signals: &mut Meanings<Option<SignalId>>,
        outcomes: &mut Vec<Outcome>,
    ) -> Option<()> {
        let reader = self.reader;
        if let Some([signal, time, value]) = self.flat
            && ![signal, time, value].into_iter().flatten().all(|column| rows.is_nothing(row, column))
        {
            let signal = signal?;
            let code = rows.code(row, signal);
            let arrival = self.time_of(rows, row, time?)?;
            let signal = signals.of(code, || rows.text(row, signal), |word| reader.signal(word))?;
            if value.is_some_and(|value| !rows.is_nothing(row, value)) {
                return None;
            }
            outcomes.push(Outcome { time: arrival, signal, value: None });
        }
        let Some(list) = self.list.filter(|list| !rows.is_nothing(row, *list)) else { return Some(()) };
        let (all, objects) = rows.list(row, list)?;
        let [signal, time, value] = all.usual();
        let (signal, time) = (signal?, time?);
        for at in objects {
            if value.is_some_and(|value| all.value(at, value) != Value::Absent) {
                return None;
            }
            let arrival = reader.time_of(all.time(at, time), || all.text(at, time).map(Found::Text))?;
            let signal = signals.of(all.code(at, signal), || all.text(at, signal), |word| reader.signal(word))?;
            outcomes.push(Outcome { time: arrival, signal, value: None });
        }
        Some(())
    }

    /// The id of a row, where that is a plain text.
    #[inline]
    pub(super) fn id<'t, R: Rows>(&self, rows: &'t R, row: usize) -> Option<&'t str> {
        rows.text(row, self.direct.id)
    }
}

/// A column, where it is one of texts.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn of_texts(column: Option<Column>) -> Option<Option<usize>> {
    match column {
        None => Some(None),
        Some(column) => (column.cell == Cell::Text).then_some(Some(column.at)),
    }
}

/// Whether a value cannot be wrong, whatever attribute it is of.
fn is_sound(value: Value) -> bool {
    match value {
        Value::Absent | Value::Typed(_) | Value::Text(_) => true,
        Value::Json(json) => !json.starts_with(['{', '[', '"']),
        Value::Time(_) | Value::List(_) => false,
    }
}
