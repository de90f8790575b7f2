//! Parquet: the end of a file says what its columns are and where they stand. What is usual is read column by column,
//! each row group by the worker that takes it ([`columns`]); anything else row by row, as JSON Lines ([`plain`]).
//!
//! The crate trusts what a file says of itself more than it should, so what it panics at is an error here.

mod bounds;
mod cells;
mod chunk;
mod columns;
#[cfg(test)]
mod counted;
mod leaf;
mod plain;
mod ranges;
mod runs;
#[cfg(test)]
mod tests;
mod typed;

use super::blocks;
use super::format::{Format, Malformed};
use super::intake::Place;
use super::read::Input;
use super::source::Piece;
use super::table::Table;
use bytes::Bytes;
use columns::Columns;
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::types::Type;
use ranges::Chunks;
use std::cell::Cell;
use std::fmt::Display;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

pub(super) use columns::Batch;

/// Reads parts of a file.
type Reader = SerializedFileReader<Chunks>;

/// The longest file that is held as a whole, where it cannot be read from any place.
const LONGEST_FILE: u64 = 1 << 30;

/// What a file starts and ends with.
const MAGIC: &[u8] = b"PAR1";

/// Some rows of a file, which one worker reads.
#[derive(Clone)]
pub(super) struct Group {
    reader: Arc<Reader>,
    columns: Arc<Columns>,
    input: usize,
    at: usize,
    /// The number of its first row, from 1.
    first_line: u64,
}

impl Group {
    /// Where its first row stands.
    pub(super) fn place(&self) -> Place {
        Place { input: self.input, line: self.first_line }
    }

    /// These rows, where there are such; then it is the group behind them.
    fn step(&mut self) -> Option<Self> {
        let rows = self.reader.metadata().row_groups().get(self.at)?.num_rows();
        let group = self.clone();
        self.at += 1;
        self.first_line = self.first_line.saturating_add(u64::try_from(rows).unwrap_or(0));
        Some(group)
    }

    /// Hands the rows to `each`, about so many bytes of them at once. A column may be left out: where `each` says so, the
    /// rows come again with all columns.
    pub(super) fn batches(
        &self,
        length: usize,
        left_out: Option<usize>,
        mut each: impl FnMut(Rows) -> bool,
    ) -> io::Result<()> {
        let mut rows = guarded(|| self.columns.rows(&self.reader, self.at, left_out))?;
        let mut line = self.first_line;
        while guarded(|| rows.next(length))? {
            if left_out.is_none() || rows.batch_without(self.input, line).is_none_or(|rows| each(Rows::Without(&rows)))
            {
                guarded(|| rows.fetch())?;
                rows.batch(self.input, line, &mut each);
            }
            line += rows.len() as u64;
        }
        Ok(())
    }

    /// Which of its rows stands at a place, from 0.
    pub(super) fn row(&self, place: Place) -> usize {
        usize::try_from(place.line - self.first_line).unwrap_or(usize::MAX)
    }

    /// Whether the file says that every row has something in a column, all of which together is not long.
    pub(super) fn is_full(&self, column: usize) -> bool {
        self.columns.is_full(&self.reader, self.at, column)
    }

    /// The texts that some rows have in a column, in the order of the file.
    pub(super) fn texts(&self, column: usize, rows: &[usize]) -> io::Result<Vec<String>> {
        guarded(|| self.columns.texts(&self.reader, self.at, column, rows))
    }
}

/// Rows as they are handed over.
pub(super) enum Rows<'b> {
    /// Without the column that is left out.
    Without(&'b Batch<'b>),
    /// With all columns.
    All(&'b Batch<'b>),
    /// The place of one that is too long.
    Long(Place),
}

/// The names of the columns; those inside of a struct have its name and a dot before theirs.
pub(super) fn names(input: &Input) -> io::Result<Vec<String>> {
    guarded(|| {
        let reader = reader(input)?;
        let mut names = Vec::new();
        leaves(reader.metadata().file_metadata().schema(), "", &mut names);
        Ok(names)
    })
}

/// A file that is cut into its row groups, or into blocks of JSON Lines.
pub(super) enum Cutter {
    /// Row groups, of which this is the next one.
    Groups(Group),
    Plain(Box<plain::Blocks>),
}

impl Cutter {
    /// A file with a table of these columns.
    pub(super) fn new(input: usize, file: &Input, table: &Table) -> io::Result<Self> {
        guarded(|| {
            let reader = reader(file)?;
            bounds::check(&reader, table)?;
            match Columns::new(&reader, table) {
                Some(columns) => {
                    let (reader, columns) = (Arc::new(reader), Arc::new(columns));
                    Ok(Self::Groups(Group { reader, columns, input, at: 0, first_line: 1 }))
                }
                None => plain::Blocks::new(input, reader, table).map(|blocks| Self::Plain(Box::new(blocks))),
            }
        })
    }

    /// The next piece; nothing behind the last one.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        match self {
            Self::Groups(next) => Ok(next.step().map(Piece::Group)),
            Self::Plain(blocks) => Ok(guarded(|| blocks.next())?.map(Piece::Block)),
        }
    }
}

/// All rows of a file as JSON Lines.
pub fn lines(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let bytes = Bytes::copy_from_slice(bytes);
    let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(io::Cursor::new(bytes.clone()))) };
    let input = Input { name: String::new(), open: Box::new(open), ranges: None, format: Format::Parquet };
    let mut lines = Vec::new();
    let table = Table::whole(&names(&input)?)?;
    guarded(|| {
        let reader = reader(&input)?;
        bounds::check(&reader, &table)?;
        let mut blocks = plain::Blocks::new(0, reader, &table)?;
        while let Some(block) = blocks.next()? {
            lines.extend_from_slice(&block.bytes);
            lines.push(b'\n');
        }
        Ok(lines)
    })
}

fn reader(input: &Input) -> io::Result<Reader> {
    if let Some(ranges) = &input.ranges {
        let chunks = Chunks::File(ranges()?);
        if chunks.starts_with(MAGIC)? {
            return SerializedFileReader::new(chunks).map_err(damaged);
        }
    }
    let mut bytes = Vec::new();
    blocks::decompress((input.open)()?)?.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
        let help = "split it, or unpack it: several files are read one after the other";
        return Err(Malformed::error(format!("is longer than {} MiB", LONGEST_FILE >> 20), help));
    }
    if !bytes.starts_with(MAGIC) {
        let help = "say what it is: --history-format jsonl, csv or tsv";
        return Err(Malformed::error("is not Parquet", help));
    }
    SerializedFileReader::new(Chunks::Memory(Bytes::from(bytes))).map_err(damaged)
}

/// Letters of what the crate says: it may quote all bytes of a value.
const SHOWN: usize = 200;

fn damaged(error: impl Display) -> io::Error {
    let what = error.to_string();
    let what = what.lines().next().unwrap_or_default();
    let what: String = what.strip_prefix("Parquet error: ").unwrap_or(what).chars().take(SHOWN).collect();
    Malformed::error(format!("cannot be read as Parquet: {what}"), "it is cut off or damaged: fetch it again")
}

thread_local! {
    /// Whether a panic of this thread is awaited, and so is no news to anybody.
    static AWAITED: Cell<bool> = const { Cell::new(false) };
}

/// Does what may panic because of what a file says.
fn guarded<T>(read: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !AWAITED.get() {
                told(panic);
            }
        }));
    });
    AWAITED.set(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    AWAITED.set(false);
    done.unwrap_or_else(|_| Err(damaged("what it says of itself does not fit together")))
}

/// Whether a column is a struct, whose fields are columns of their own.
fn is_struct(kind: &Type) -> bool {
    let info = kind.get_basic_info();
    kind.is_group()
        && info.converted_type() == ConvertedType::NONE
        && (!info.has_repetition() || info.repetition() != Repetition::REPEATED)
}

fn leaves(kind: &Type, before: &str, names: &mut Vec<String>) {
    for field in kind.get_fields() {
        let name = format!("{before}{}", field.name());
        if is_struct(field) {
            leaves(field, &format!("{name}."), names);
        } else {
            names.push(name);
        }
    }
}
