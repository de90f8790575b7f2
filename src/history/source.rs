//! What is known of an input before its rows are read: how its lines are read, and of a table the columns.

use super::blocks::{self, Block};
use super::format::{Format, Malformed};
use super::intake::{Place, Reason};
use super::line::{Fault, Reader};
use super::mapping::{Field, Mapping};
use super::parquet;
use super::read::{Input, Options, ReadError, not_utf8};
use super::separated;
use super::table::{Table, Value};
use crate::plan::Plan;
use std::io;

/// An input, ready to be read.
pub(super) struct Source<'p> {
    /// Reads its lines.
    pub(super) reader: Reader<'p>,
    /// How its rows become lines.
    pub(super) rows: Rows,
}

/// How the rows of an input become lines.
pub(super) enum Rows {
    /// They are.
    Lines,
    /// Where they are cut.
    Parquet(Table),
    /// Where they are counted: they are cells between delimiters.
    Separated(Separated),
}

/// The rows of a table of text.
pub(super) struct Separated {
    delimiter: u8,
    table: Table,
    /// The line of the names.
    header: u64,
}

/// A row that is no record at all: why, and its text.
type Unread = (Fault, String);

/// Which columns of a table are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The table.
    pub name: String,
    /// Those that are read, and what for.
    pub used: Vec<(String, String)>,
    /// Those that are not.
    pub ignored: Vec<String>,
}

/// Looks at the start of each input.
pub(super) fn sources<'p>(plan: &'p Plan, inputs: &[Input], options: &Options) -> Result<Vec<Source<'p>>, ReadError> {
    inputs.iter().map(|input| source(plan, input, options)).collect()
}

fn source<'p>(plan: &'p Plan, input: &Input, options: &Options) -> Result<Source<'p>, ReadError> {
    let reader = |mapping: &Mapping| Reader::new(plan, mapping, options.now).surveying(options.survey);
    let Some((mapping, table, header)) = table(plan, input, options)? else {
        return Ok(Source { reader: reader(&options.mapping), rows: Rows::Lines });
    };
    let rows = match input.format.delimiter() {
        Some(delimiter) => Rows::Separated(Separated { delimiter, table, header }),
        None => Rows::Parquet(table),
    };
    Ok(Source { reader: reader(&mapping), rows })
}

impl Source<'_> {
    /// Cuts an input into blocks and hands each to `send`, until that says `false`.
    pub(super) fn cut(&self, at: usize, input: &Input, send: impl FnMut(Block) -> bool) -> io::Result<()> {
        if let Rows::Parquet(table) = &self.rows {
            return parquet::cut(at, input, table, send);
        }
        blocks::cut(at, input.format.delimiter(), blocks::decompress((input.open)()?)?, send)
    }
}

/// The columns of those inputs that are tables.
pub fn columns(plan: &Plan, inputs: &[Input], options: &Options) -> Result<Vec<Columns>, ReadError> {
    let of = |input: &Input| {
        let found = table(plan, input, options)?;
        Ok(found.map(|(_, table, _)| Columns { name: input.name.clone(), used: table.used, ignored: table.ignored }))
    };
    inputs.iter().filter_map(|input| of(input).transpose()).collect()
}

/// The columns of an input, the mapping as it applies to them, and the line of their names; nothing for one that is no
/// table.
fn table(plan: &Plan, input: &Input, options: &Options) -> Result<Option<(Mapping, Table, u64)>, ReadError> {
    let of_names = |(names, line): (Vec<String>, u64)| {
        let mapping = options.mapping.clone();
        let has_signal = names.contains(&mapping.key(Field::Signal).join("."));
        let mapping = if has_signal { mapping.flattened() } else { mapping };
        let table = Table::new(&names, &mapping, plan)?;
        Ok((mapping, table, line))
    };
    let read = || match input.format {
        Format::Lines => Ok(None),
        Format::Csv | Format::Tsv => header(input).and_then(of_names).map(Some),
        Format::Parquet => parquet::names(input).and_then(|names| of_names((names, 0))).map(Some),
    };
    read().map_err(|source| ReadError { name: input.name.clone(), source })
}

/// The names in the first row, and its line.
fn header(input: &Input) -> io::Result<(Vec<String>, u64)> {
    let delimiter = input.format.delimiter().unwrap_or(b',');
    let bytes = blocks::decompress((input.open)()?)?;
    let mut names = None;
    // A block is at least a row, if there is one.
    blocks::cut(0, Some(delimiter), bytes, |block| {
        separated::each_row(&block, delimiter, |place, _, cells| {
            names.get_or_insert_with(|| {
                let names = cells.iter().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
                names.collect::<Result<Vec<_>, _>>().map(|names| (names, place.line))
            });
        });
        names.is_none()
    })?;
    match names {
        None => Err(Malformed::error("is empty", "a table starts with a row of the names of its columns")),
        Some(Err(_)) => Err(Malformed::error("has names of columns that are not UTF-8", "save it as UTF-8")),
        Some(Ok(names)) => Ok(names),
    }
}

impl Separated {
    /// Each row of a block as a line, but for the one of the names.
    pub(super) fn each(&self, block: &Block, mut line: impl FnMut(Place, Result<&str, Unread>)) {
        separated::each_row(block, self.delimiter, |place, text, cells| {
            if place.line == self.header || text.is_empty() {
                return;
            }
            let unread = |fault| Err((fault, String::from_utf8_lossy(text).into_owned()));
            if std::str::from_utf8(text).is_err() {
                return line(place, unread(not_utf8()));
            }
            if cells.len() != self.table.width {
                return line(place, unread(ragged(cells.len(), self.table.width)));
            }
            let value =
                |at| cells.get(at).and_then(|cell| std::str::from_utf8(cell).ok()).map_or(Value::Absent, Value::Text);
            line(place, Ok(&self.table.line(&value)));
        });
    }
}

fn ragged(cells: usize, width: usize) -> Fault {
    let why = format!("it has {cells} cells, and the row of names {width}; is a quote missing, or one too many?");
    Fault { reason: Reason::Unparsable, why }
}
