//! Parquet: the end of a file says what its columns are and where they stand. What is usual is read column by column,
//! each row group by the worker that takes it ([`columns`]); anything else row by row, as JSON Lines ([`plain`]).
//!
//! The crate trusts what a file says of itself more than it should, so what it panics at is an error here.

mod bounds;
mod cells;
mod chunk;
mod columns;
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

    /// Hands the rows to `each`, about so many bytes of them at once, and the place of each that is too long.
    pub(super) fn batches(&self, length: usize, mut each: impl FnMut(Result<&Batch, Place>)) -> io::Result<()> {
        let mut rows = guarded(|| self.columns.rows(&self.reader, self.at))?;
        let mut line = self.first_line;
        while guarded(|| rows.next(length))? {
            line += rows.batch(self.input, line, &mut each) as u64;
        }
        Ok(())
    }
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

/// Hands the row groups to `send`, or blocks of JSON Lines, until that says `false`.
pub(super) fn cut(at: usize, input: &Input, table: &Table, mut send: impl FnMut(Piece) -> bool) -> io::Result<()> {
    guarded(|| {
        let reader = Arc::new(reader(input)?);
        bounds::check(&reader, table)?;
        let Some(columns) = Columns::new(&reader, table) else {
            return plain::cut(at, &reader, table, |block| send(Piece::Block(block)));
        };
        let (columns, mut first_line) = (Arc::new(columns), 1_u64);
        for (group, rows) in reader.metadata().row_groups().iter().enumerate() {
            let (reader, columns) = (Arc::clone(&reader), Arc::clone(&columns));
            if !send(Piece::Group(Group { reader, columns, input: at, at: group, first_line })) {
                return Ok(());
            }
            first_line = first_line.saturating_add(u64::try_from(rows.num_rows()).unwrap_or(0));
        }
        Ok(())
    })
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
        plain::cut(0, &reader, &table, |block| {
            lines.extend_from_slice(&block.bytes);
            lines.push(b'\n');
            true
        })
    })?;
    Ok(lines)
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
