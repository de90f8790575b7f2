//! In place of the reader of Parquet, where the program is built without it.

#![expect(clippy::unused_self, reason = "they stand in for methods that do something")]

use super::cells::Cells;
use super::format::Malformed;
use super::intake::Place;
use super::read::Input;
use super::source::Piece;
use super::table::Table;
use std::io;

/// Nobody makes one: the file is refused before.
#[derive(Clone)]
pub(super) struct Group;

/// None either.
#[expect(dead_code, reason = "other builds make some")]
pub(super) enum Rows<'b> {
    Without(&'b Cells<'b>),
    All(&'b Cells<'b>),
    Long(Place),
}

impl Group {
    pub(super) fn place(&self) -> Place {
        Place { input: 0, line: 1 }
    }

    pub(super) fn batches(&self, _: usize, _: Option<usize>, _: impl FnMut(Rows) -> bool) -> io::Result<()> {
        Err(unread())
    }

    pub(super) fn row(&self, _: Place) -> usize {
        0
    }

    pub(super) fn is_full(&self, _: usize) -> bool {
        false
    }

    pub(super) fn texts(&self, _: usize, _: &[usize]) -> io::Result<Vec<String>> {
        Err(unread())
    }
}

fn unread() -> io::Error {
    let help = "use a released build, build with `--features parquet`, or convert it to CSV or JSON Lines";
    Malformed::error("is Parquet, which this build does not read", help)
}

/// Fails.
pub(super) fn names(_: &Input) -> io::Result<Vec<String>> {
    Err(unread())
}

/// There are none.
pub(super) enum Cutter {}

impl Cutter {
    /// Fails.
    pub(super) fn new(_: usize, _: &Input, _: &Table) -> io::Result<Self> {
        Err(unread())
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        match *self {}
    }
}

/// Fails.
pub fn lines(_: &[u8]) -> io::Result<Vec<u8>> {
    Err(unread())
}
