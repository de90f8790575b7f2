//! Rows of cells to lines without JSON in between: the swift way beside [`Table::line`] and [`Reader::read`].
//!
//! It takes what is usual, and never judges a row bad: whatever it is not sure of goes the plain way. Where it gives a
//! line, the plain way gives the same (`super::tests::both_ways_read_the_same_lines`).

use super::fields;
use super::line::{Gathered, Line, Outcome, Reader, Record, flag};
use super::mapping::{Field, Key};
use super::table::{Cell, Column, List, Rows, Table, Value};
use crate::plan::matcher::Given;
use crate::value::{Instant, Tier};
use std::borrow::Cow;

/// Where the fields of records are among the columns.
#[derive(Debug)]
pub(super) struct Direct {
    /// The column of the id.
    pub(super) id: usize,
    id_column: Column,
    pub(super) time: Option<Column>,
    pub(super) action: Option<Column>,
    pub(super) tier: Option<Column>,
    pub(super) list: Option<Column>,
    pub(super) flat: Option<[Option<Column>; 3]>,
    /// Of each signal with a column of its own: that, and the one of its time.
    pub(super) wide: Vec<(Option<Column>, Option<Column>)>,
    pub(super) given: Vec<Option<Column>>,
    /// The columns that say something else than the id and outcomes.
    pub(super) others: Vec<usize>,
}

/// What is in a cell.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Nothing,
    Text(&'a str),
    /// A number, `true` or `false`, as JSON has it.
    Raw(&'a str),
    Time(Instant),
    List(List<'a>),
}

/// The outcomes of a row.
struct Outcomes {
    gathered: Gathered,
    /// Whether there is any place for them.
    told: bool,
}

impl Direct {
    /// The columns of a table below its row of names; nothing where they are not so simple.
    pub(super) fn new(table: &Table, names: &[String], reader: &Reader) -> Option<Self> {
        let mapping = &reader.mapping;
        let column = |key: &[String]| table.column(key);
        let said =
            |field: Field| if mapping.constant(field).is_some() { Some(None) } else { column(mapping.key(field)) };
        let is_odd = mapping.constant(Field::Signal).is_some()
            || mapping.constant(Field::Tier).is_some_and(|tier| Tier::parse(tier).is_none());
        if is_odd {
            return None;
        }
        let flat = || {
            Some([
                column_of(table, reader, Field::Signal)?,
                column_of(table, reader, Field::SignalTime)?,
                column_of(table, reader, Field::Value)?,
            ])
        };
        let of_key = |key: &Option<Key>| key.as_ref().map_or(Some(None), |key| column(key));
        let id_column = column(mapping.key(Field::Id))??;
        Some(Self {
            id: id_column.at,
            id_column,
            time: column(mapping.key(Field::Time))?,
            action: said(Field::Action)?,
            tier: said(Field::Tier)?,
            list: column(mapping.key(Field::Outcomes))?,
            flat: if mapping.is_flat() { Some(flat()?) } else { None },
            wide: mapping.wide.iter().map(|it| Some((column(&it.key)?, of_key(&it.time)?))).collect::<Option<_>>()?,
            given: reader.plan.attributes.iter().map(|it| column(&it.key)).collect::<Option<_>>()?,
            others: table.columns_beside(names, &reader.outcome_keys),
        })
    }

    /// Whether two rows say the same but for their ids and outcomes.
    pub(super) fn is_alike<R: Rows>(&self, rows: &R, one: usize, other: usize) -> bool {
        self.others.iter().all(|at| rows.value(one, *at) == rows.value(other, *at))
    }

    /// Whether the column of the id is that of nothing else.
    pub(super) fn is_only_id(&self) -> bool {
        let fields = [self.time, self.action, self.tier, self.list];
        let flat = self.flat.into_iter().flatten();
        let wide = self.wide.iter().flat_map(|(signal, time)| [*signal, *time]);
        let all = fields.into_iter().chain(flat).chain(wide).chain(self.given.iter().copied());
        !all.flatten().any(|column| column.at == self.id)
    }
}

#[expect(clippy::option_option, reason = "the outer one gives up")]
fn column_of(table: &Table, reader: &Reader, field: Field) -> Option<Option<Column>> {
    table.column(reader.mapping.key(field))
}

/// What a value is in a column; nothing where that takes more than a look.
#[inline]
fn found(column: Column, value: Value) -> Option<Found> {
    match (value, column.cell) {
        (Value::Absent | Value::Text(""), _) => Some(Found::Nothing),
        (Value::Text(text), Cell::Text) | (Value::Typed(text), Cell::Text | Cell::Number | Cell::Flag) => {
            Some(Found::Text(text))
        }
        (Value::Time(time), _) => Some(Found::Time(time)),
        (Value::List(list), _) => Some(Found::List(list)),
        _ => number_or_flag(column, value),
    }
}

#[inline(never)]
fn number_or_flag(column: Column, value: Value) -> Option<Found> {
    Some(match (value, column.cell) {
        (Value::Text(text), Cell::Number) if is_usual(text) => Found::Raw(text),
        (Value::Text("true" | "True" | "TRUE"), Cell::Flag) => Found::Raw("true"),
        (Value::Text("false" | "False" | "FALSE"), Cell::Flag) => Found::Raw("false"),
        (Value::Text(text), Cell::Flag) => Found::Text(text),
        (Value::Json(raw), _) if is_scalar(raw) => Found::Raw(raw),
        _ => return None,
    })
}

/// Whether some JSON is a number, `true` or `false`.
fn is_scalar(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit()) || ["true", "false"].contains(&json)
}

/// Whether a text is a number as JSON writes it, of a few digits and without an exponent.
fn is_usual(text: &str) -> bool {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = body.split_once('.').map_or((body, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 24 && is_digits(whole) && (whole == "0" || !whole.starts_with('0')) && fraction.is_none_or(is_digits)
}

/// A row at hand.
struct Here<'a, R> {
    rows: &'a R,
    row: usize,
}

impl<'a, R: Rows> Here<'a, R> {
    /// What it has in a column; nothing where that takes more than a look.
    #[inline]
    fn found(&self, column: Option<Column>) -> Option<Found<'a>> {
        column.map_or(Some(Found::Nothing), |it| found(it, self.rows.value(self.row, it.at)))
    }

    /// The text that it has in a column of texts.
    #[inline]
    fn text(&self, column: Option<Column>) -> Option<&'a str> {
        let column = column.filter(|column| column.cell == Cell::Text)?;
        self.rows.text(self.row, column.at)
    }

    /// The time that it has in a column of times.
    #[inline]
    fn time(&self, column: Option<Column>) -> Option<Instant> {
        self.rows.time(self.row, column?.at)
    }
}

impl Reader<'_> {
    /// Reads a row of usual cells, its outcomes into some empty room; nothing for any other.
    #[inline]
    pub(super) fn direct<'a, R: Rows>(
        &'a self,
        direct: &Direct,
        room: Vec<Outcome>,
        (rows, row): (&'a R, usize),
    ) -> Option<Line<'a>> {
        let here = Here { rows, row };
        let id = match here.text(Some(direct.id_column)) {
            Some(id) => id,
            None => other_id(here.found(Some(direct.id_column))?)?,
        };
        let gathered = Gathered { outcomes: room, undeclared: Vec::new() };
        let mut outcomes = Outcomes { gathered, told: false };
        self.all(direct, &here, &mut outcomes)?;
        let Outcomes { gathered: Gathered { outcomes, undeclared }, told } = outcomes;
        if told && direct.others.iter().all(|at| rows.is_nothing(row, *at)) {
            return Some(Line::Outcomes { id: Cow::Borrowed(id), outcomes, undeclared });
        }
        let time = self.time_of(here.time(direct.time), || here.found(direct.time))?;
        if outcomes.iter().any(|outcome| outcome.time < time) {
            return None;
        }
        let action = match self.mapping.constant(Field::Action) {
            Some(constant) => Cow::Borrowed(constant),
            None => self.word_of(Field::Action, here.text(direct.action), || here.found(direct.action))?,
        };
        let tier = match self.mapping.constant(Field::Tier) {
            Some(constant) => Tier::parse(constant),
            None if direct.tier.is_none_or(|column| rows.is_nothing(row, column.at)) => None,
            None => Some(Tier::parse(&self.word_of(Field::Tier, here.text(direct.tier), || here.found(direct.tier))?)?),
        };
        let given = match &direct.given[..] {
            [] => Vec::new(),
            columns => columns.iter().map(|column| given(here.found(*column)?)).collect::<Option<_>>()?,
        };
        Some(Line::Full(Record { id: Cow::Borrowed(id), time, action, tier, given, outcomes, undeclared }))
    }

    /// Reads the outcomes of a row that says nothing else than the record does; nothing where a cell is not usual.
    pub(super) fn further<R: Rows>(
        &self,
        direct: &Direct,
        record: &mut Record,
        (rows, row): (&R, usize),
    ) -> Option<()> {
        let known = record.outcomes.len();
        let (outcomes, undeclared) = (std::mem::take(&mut record.outcomes), std::mem::take(&mut record.undeclared));
        let mut outcomes = Outcomes { gathered: Gathered { outcomes, undeclared }, told: false };
        self.all(direct, &Here { rows, row }, &mut outcomes)?;
        (record.outcomes, record.undeclared) = (outcomes.gathered.outcomes, outcomes.gathered.undeclared);
        record.outcomes[known..].iter().all(|outcome| outcome.time >= record.time).then_some(())
    }

    #[inline]
    fn all<R: Rows>(&self, direct: &Direct, here: &Here<R>, outcomes: &mut Outcomes) -> Option<()> {
        match here.found(direct.list)? {
            Found::Nothing => {}
            Found::List(list) => self.objects(list, outcomes)?,
            _ => return None,
        }
        if let Some([signal, time, value]) = direct.flat
            && ![signal, time, value].into_iter().flatten().all(|column| here.rows.is_nothing(here.row, column.at))
        {
            outcomes.told = true;
            let name = self.word_of(Field::Signal, here.text(signal), || here.found(signal))?;
            let time = self.time_of(here.time(time), || here.found(time))?;
            self.outcome_of(name, time, here.found(value)?, outcomes)?;
        }
        for (wide, (column, time)) in self.mapping.wide.iter().zip(&direct.wide) {
            let cell = here.found(*column)?;
            let happened = match cell {
                Found::Nothing | Found::Text("") => continue,
                Found::Text(text) | Found::Raw(text) => flag(text),
                Found::Time(_) => None,
                Found::List(_) => return None,
            };
            outcomes.told = true;
            let time = match (&wide.time, happened) {
                (_, Some(false)) => continue,
                (None, _) => cell,
                (Some(_), Some(true)) => here.found(*time)?,
                (Some(_), None) => return None,
            };
            let name = self.mapping.meaning(Field::Signal, Cow::Borrowed(&wide.signal));
            self.outcome_of(name, self.time_of(None, || Some(time))?, Found::Nothing, outcomes)?;
        }
        Some(())
    }

    fn objects(&self, list: List, outcomes: &mut Outcomes) -> Option<()> {
        outcomes.told = true;
        let [signal, time, value] = list.usual();
        for object in list.objects() {
            let object = object?;
            let found = |key: Option<usize>| {
                let value = key.map_or(Value::Absent, |key| object.value(key));
                found(Column { at: 0, cell: Cell::Text }, value)
            };
            let name = self.word_of(Field::Signal, signal.and_then(|key| object.text(key)), || found(signal))?;
            let time = self.time_of(time.and_then(|key| object.time(key)), || found(time))?;
            self.outcome_of(name, time, found(value)?, outcomes)?;
        }
        Some(())
    }

    fn outcome_of(&self, name: Cow<str>, time: Instant, value: Found, outcomes: &mut Outcomes) -> Option<()> {
        let value = match value {
            Found::Nothing => None,
            Found::Raw(raw) => Some(raw),
            _ => return None,
        };
        self.add(name, time, value, &mut outcomes.gathered)
    }

    /// The word of a cell, translated: its text, or what else is found there.
    #[inline]
    fn word_of<'a>(
        &'a self,
        field: Field,
        text: Option<&'a str>,
        found: impl FnOnce() -> Option<Found<'a>>,
    ) -> Option<Cow<'a, str>> {
        let text = match text {
            Some(text) => text,
            None => text_of(found()?)?,
        };
        Some(self.mapping.meaning(field, Cow::Borrowed(text)))
    }

    /// The time of a cell, or of what else is found there, if it may be that of a record.
    #[inline]
    pub(super) fn time_of<'a>(
        &self,
        time: Option<Instant>,
        found: impl FnOnce() -> Option<Found<'a>>,
    ) -> Option<Instant> {
        let times = &self.mapping.times;
        let cell = time.map_or_else(found, |time| Some(Found::Time(time)))?;
        let time = match cell {
            Found::Text(text) => times.read(text)?,
            Found::Raw(raw) if times.is_epoch() => times.read(raw)?,
            Found::Time(time) if !times.is_pattern() => time,
            _ => return None,
        };
        self.in_time(time)
    }
}

fn text_of(cell: Found<'_>) -> Option<&str> {
    if let Found::Text(text) = cell { Some(text) } else { None }
}

/// The id of a cell that is no plain text.
fn other_id(cell: Found<'_>) -> Option<&str> {
    match cell {
        Found::Text(id) => Some(id),
        Found::Raw(id) if is_integer(id) => Some(id),
        _ => None,
    }
}

fn is_integer(raw: &str) -> bool {
    raw.strip_prefix('-').unwrap_or(raw).bytes().all(|byte| byte.is_ascii_digit())
}

/// The value of an attribute.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn given(cell: Found) -> Option<Option<Given>> {
    match cell {
        Found::Nothing => Some(None),
        Found::Text(text) => Some(Some(Given::Text(Cow::Borrowed(text)))),
        Found::Raw(raw) => Some(Some(fields::given(raw))),
        Found::Time(_) | Found::List(_) => None,
    }
}
