//! Rows of Parquet whose ids nobody asks for: where ids are promised to be unique, and the file says that each row has
//! one, only the earliest and the latest record are ever named. The ids are most of such a file, and are left where they
//! are but for those of rows that are not usual, and at the end, of these two.

use super::brief::{Briefly, Words};
use super::groups::Row;
use super::intake::Place;
use super::parquet::{Group, Rows as Taken};
use super::read::{Pass, too_long};
use super::source::{Sheet, Source};
use super::table::Rows;
use super::tally::Tallier;
use super::work::{Aside, Work};
use crate::value::Instant;
use std::io;

/// The earliest and the latest record among those that were not named.
#[derive(Default)]
pub(super) struct Nameless {
    earliest: Edge,
    latest: Edge,
}

/// Records of one time.
#[derive(Default)]
struct Edge {
    time: Option<Instant>,
    rows: Vec<(Group, usize)>,
}

/// So many records of one time may wait for their names; in tests few, so that there are more.
const MOST: usize = if cfg!(test) { 3 } else { 4_096 };

impl Edge {
    /// Notes a record that is `better` than those that are known, or of the same time.
    #[inline]
    fn see(&mut self, time: Instant, is_better: impl FnOnce(Instant) -> bool, row: impl FnOnce() -> (Group, usize)) {
        match self.time {
            Some(best) if best == time => self.rows.push(row()),
            Some(best) if !is_better(best) => {}
            _ => {
                self.time = Some(time);
                self.rows.clear();
                self.rows.push(row());
            }
        }
    }
}

impl Nameless {
    /// Whether so many records wait that the next ones are better named at once.
    fn is_full(&self) -> bool {
        self.earliest.rows.len().max(self.latest.rows.len()) > MOST
    }

    /// Names the records that wait; where one could not be, in which group.
    fn name(self, tallier: &mut Tallier, of: &[Source]) -> Result<(), (Place, io::Error)> {
        for (edge, is_first) in [(self.earliest, true), (self.latest, false)] {
            let Some(time) = edge.time else { continue };
            for rows in edge.rows.chunk_by(|(one, _), (other, _)| one.place() == other.place()) {
                let group = &rows[0].0;
                let Some(direct) = of[group.place().input].direct() else { continue };
                let rows: Vec<usize> = rows.iter().map(|(_, row)| *row).collect();
                let names = group.texts(direct.id, &rows).map_err(|error| (group.place(), error))?;
                for name in &names {
                    tallier.name(is_first, time, name);
                }
            }
        }
        Ok(())
    }
}

impl<'a> Pass<'a> {
    /// Counts the rows of a group.
    pub(super) fn row_group(
        &self,
        work: &mut Work<'a>,
        (source, sheet): (&Source, &Sheet),
        group: &Group,
        aside: Aside,
    ) {
        let may_be_nameless = self.options.unique_ids && !work.nameless.is_full();
        let direct = sheet.direct.as_ref().filter(|it| may_be_nameless && it.is_only_id() && group.is_full(it.id));
        let briefly = direct.and_then(|direct| Briefly::new(&source.reader, direct));
        let left_out = direct.filter(|_| briefly.is_some()).map(|direct| direct.id);
        let mut odd = Vec::new();
        let read = group.batches(self.length(), left_out, |taken| match taken {
            Taken::Without(rows) => {
                odd = briefly.as_ref().map_or_else(Vec::new, |briefly| nameless(work, briefly, rows, group));
                !odd.is_empty()
            }
            Taken::All(rows) if odd.is_empty() => {
                self.rows(work, (source, sheet), rows, aside);
                false
            }
            Taken::All(rows) => {
                odd.drain(..).for_each(|at| self.row(work, source, &Row { sheet, rows, at }, aside));
                false
            }
            Taken::Long(place) => {
                work.tallier.bad(&too_long(), place, "");
                false
            }
        });
        work.failed = read.err().map(|error| (group.place(), error));
    }

    /// Names the records that must be.
    pub(super) fn name(&self, work: &mut Work<'a>) {
        let nameless = std::mem::take(&mut work.nameless);
        if work.failed.is_none() {
            work.failed = nameless.name(&mut work.tallier, self.sources).err();
        }
    }
}

/// Counts the rows that are usual; the others.
fn nameless<R: Rows>(work: &mut Work, briefly: &Briefly, rows: &R, group: &Group) -> Vec<usize> {
    let (mut odd, mut words) = (Vec::new(), Words::default());
    for at in 0..rows.len() {
        work.room.clear();
        let row = (rows, at..at + 1);
        let Some(brief) = briefly.read(row, &mut words, &mut work.tallier, &mut work.room) else {
            odd.push(at);
            continue;
        };
        let row = || (group.clone(), group.row(rows.place(at)));
        let last = brief.last(&work.room);
        work.nameless.earliest.see(brief.time, |best| brief.time < best, row);
        work.nameless.latest.see(last, |best| last > best, row);
        work.tallier.add_nameless(brief, &work.room);
    }
    work.room.clear();
    odd
}
