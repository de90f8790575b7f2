//! Rows of one id that stand together, as an export has them: united at once, and kept under one hash.
//!
//! The first and the last id among some rows at hand may go on in the rows before or behind: such lines are put aside
//! until all is read, as if they occurred more than once.

use super::brief::{Briefly, Words};
use super::intake::Place;
use super::line::{Line, Outcome, Record};
use super::merge::{self, Held, id_of};
use super::read::Pass;
use super::source::{Sheet, Source};
use super::table::Rows;
use super::work::{Aside, Fate, Told, Work};
use std::borrow::Cow;
use std::ops::Range;

/// A row, which becomes a text where one is asked for.
pub(super) struct Row<'r, R> {
    pub(super) sheet: &'r Sheet,
    pub(super) rows: &'r R,
    pub(super) at: usize,
}

impl<R: Rows> Told for Row<'_, R> {
    fn place(&self) -> Place {
        self.rows.place(self.at)
    }

    fn length(&self) -> usize {
        self.rows.length(self.at) + self.sheet.overhead
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.sheet.table.line(&|column| self.rows.value(self.at, column)))
    }
}

/// Neighbouring rows of one id, of which none stands before or behind them among the rows at hand.
struct Group<'r, 'p, R> {
    source: &'r Source<'p>,
    sheet: &'r Sheet,
    rows: &'r R,
    range: Range<usize>,
}

impl<'r, R: Rows> Group<'r, '_, R> {
    fn told(&self) -> impl Iterator<Item = Row<'r, R>> {
        let (sheet, rows) = (self.sheet, self.rows);
        self.range.clone().map(move |at| Row { sheet, rows, at })
    }

    /// The record of rows that differ in their outcomes alone.
    fn united(&self, room: Vec<Outcome>) -> Option<Record<'r>> {
        let direct = self.sheet.direct.as_ref()?;
        let (reader, rows, first) = (&self.source.reader, self.rows, self.range.start);
        let Line::Full(mut record) = reader.direct(direct, room, (rows, first))? else { return None };
        for row in first + 1..self.range.end {
            if !direct.is_alike(rows, first, row) {
                return None;
            }
            reader.further(direct, &mut record, (rows, row))?;
        }
        Some(record)
    }
}

impl<'a> Pass<'a> {
    /// Counts neighbouring rows of a table.
    pub(super) fn rows<R: Rows>(&self, work: &mut Work<'a>, at: (&Source, &Sheet), rows: &R, aside: Aside) {
        let (source, sheet) = at;
        let ids =
            sheet.direct.as_ref().filter(|_| !self.options.unique_ids).map(|direct| Ids { rows, column: direct.id });
        let briefly = sheet.direct.as_ref().and_then(|direct| Briefly::new(&source.reader, direct));
        let mut words = Words::default();
        let mut start = 0;
        let mut id = ids.as_ref().and_then(|ids| ids.at(0));
        while start < rows.len() {
            let mut end = start + 1;
            if let Some(ids) = &ids {
                (end, id) = ids.behind(start, id);
            }
            let aside = Aside { is_edge: start == 0 || end == rows.len(), ..aside };
            let group = Group { source, sheet, rows, range: start..end };
            let is_counted =
                briefly.as_ref().is_some_and(|briefly| self.brief(work, (briefly, &mut words), &group, aside));
            match end - start {
                _ if is_counted => {}
                1 => self.row(work, source, &Row { sheet, rows, at: start }, aside),
                _ => self.group(work, &group, aside),
            }
            start = end;
        }
    }

    /// Counts rows without making a record of them; whether they are that usual.
    #[inline]
    fn brief<R: Rows>(
        &self,
        work: &mut Work<'a>,
        (briefly, words): (&Briefly, &mut Words),
        group: &Group<R>,
        aside: Aside,
    ) -> bool {
        let (rows, range) = (group.rows, group.range.clone());
        let Some(id) = briefly.id(rows, range.start) else { return false };
        let brief = briefly.read((rows, range), words, &mut work.tallier, &mut work.room);
        if let Some(brief) = brief {
            match self.fate(work, id, group.told().map(|row| row.length()), aside) {
                Fate::Counted => {
                    work.tallier.merged(group.range.len() as u64 - 1);
                    work.tallier.add_brief(brief, &work.room, || id);
                }
                Fate::Held(hash) => work.held.extend(group.told().map(|row| row.held(hash))),
                Fate::Passed => {}
            }
        }
        work.room.clear();
        brief.is_some()
    }

    /// Counts a row that shares its id with no other.
    pub(super) fn row<R: Rows>(&self, work: &mut Work<'a>, source: &Source, row: &Row<R>, aside: Aside) {
        let direct = row.sheet.direct.as_ref();
        let room = std::mem::take(&mut work.room);
        let mut line = direct.and_then(|direct| source.reader.direct(direct, room, (row.rows, row.at)));
        match &mut line {
            Some(line) => self.of_a_record(work, row, line, aside),
            None => self.plainly(work, source, row, aside),
        }
    }

    fn group<R: Rows>(&self, work: &mut Work<'a>, group: &Group<R>, aside: Aside) {
        let room = std::mem::take(&mut work.room);
        let Some(mut record) = group.united(room) else { return self.one_by_one(work, group, aside) };
        match self.fate(work, &record.id, group.told().map(|row| row.length()), aside) {
            Fate::Counted => {
                work.tallier.merged(group.range.len() as u64 - 1);
                work.record(&mut record);
            }
            Fate::Held(hash) => work.held.extend(group.told().map(|row| row.held(hash))),
            Fate::Passed => {}
        }
    }

    /// The rows of a group that are unusual, or do not agree.
    fn one_by_one<R: Rows>(&self, work: &mut Work<'a>, group: &Group<R>, aside: Aside) {
        let reader = &group.source.reader;
        let mut good = Vec::new();
        let mut id = None;
        for held in group.told().map(|row| row.held(0)) {
            match reader.read(&held.text) {
                Err(fault) => work.tallier.bad(&fault, held.place, &held.text),
                Ok(Line::Notice { signal, name, time }) => work.tallier.notice(signal, &name, time),
                Ok(line) => {
                    id = id_of(&line);
                    good.push(held);
                }
            }
        }
        let Some(id) = id else { return };
        match self.fate(work, &id, good.iter().map(|held| held.text.len()), aside) {
            Fate::Counted => merge::unite(&mut good, |_| reader, &mut work.tallier),
            Fate::Held(hash) => work.held.extend(good.into_iter().map(|held| Held { hash, ..held })),
            Fate::Passed => {}
        }
    }
}

/// The ids of rows.
struct Ids<'r, R> {
    rows: &'r R,
    column: usize,
}

impl<'r, R: Rows> Ids<'r, R> {
    /// That of a row, where it is a plain text, as most are.
    #[inline]
    fn at(&self, row: usize) -> Option<&'r str> {
        self.rows.text(row, self.column)
    }

    /// Behind the last of the rows that have the id of the one at `start`, which is this if it is a plain text; and what
    /// the id there is.
    #[inline]
    fn behind(&self, start: usize, id: Option<&str>) -> (usize, Option<&'r str>) {
        let is_nothing = id.is_none() && self.rows.is_nothing(start, self.column);
        for row in start + 1..self.rows.len() {
            let next = self.at(row);
            let is_same = match (id, next) {
                (None, None) => self.rows.value(start, self.column) == self.rows.value(row, self.column),
                _ => id == next,
            };
            if is_nothing || !is_same {
                return (row, next);
            }
        }
        (self.rows.len(), None)
    }
}
