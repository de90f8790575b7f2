//! In place of the reader of Parquet, where the program is built without it.

use super::cells::Cells;
use super::format::Malformed;
use super::intake::Place;
use super::read::Input;
use super::source::Piece;
use super::table::Table;
use std::io;

/// There are none.
pub(super) enum Group {}

impl Group {
    pub(super) fn place(&self) -> Place {
        match *self {}
    }

    pub(super) fn batches(&self, _: usize, _: impl FnMut(Result<&Cells, Place>)) -> io::Result<()> {
        match *self {}
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

/// Fails.
pub(super) fn cut(_: usize, _: &Input, _: &Table, _: impl FnMut(Piece) -> bool) -> io::Result<()> {
    Err(unread())
}

/// Fails.
pub fn lines(_: &[u8]) -> io::Result<Vec<u8>> {
    Err(unread())
}
