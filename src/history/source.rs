//! What is known of an input before its rows are read: how its lines are read, and of a table the columns.

use super::blocks::{self, Block};
use super::cells::Layout;
use super::direct::Direct;
use super::format::{Format, Malformed};
use super::line::Reader;
use super::mapping::{Field, Mapping};
use super::parquet;
use super::read::{Input, Options, ReadError};
use super::separated;
use super::table::Table;
use crate::plan::Plan;
use std::io::{self, Read};

/// An input, ready to be read.
pub(super) struct Source<'p> {
    /// Reads its lines.
    pub(super) reader: Reader<'p>,
    /// How its rows become lines.
    pub(super) rows: Rows,
}

/// What a worker takes at once.
pub(super) enum Piece {
    /// Lines or rows of text.
    Block(Block),
    /// Rows of a Parquet file.
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "other builds read none"))]
    Group(parquet::Group),
}

impl Piece {
    /// Index of the input.
    pub(super) fn input(&self) -> usize {
        match self {
            Self::Block(block) => block.input,
            Self::Group(group) => group.place().input,
        }
    }
}

/// How the rows of an input become lines.
pub(super) enum Rows {
    /// They are.
    Lines,
    /// They come in columns; or they are lines, made where they are cut.
    Parquet(Sheet),
    /// Where they are counted: they are cells between delimiters.
    Separated(Layout, Sheet),
}

/// What is known of the rows of a table.
pub(super) struct Sheet {
    /// How they become objects.
    pub(super) table: Table,
    /// How they become lines without that, where that is simple.
    pub(super) direct: Option<Direct>,
    /// About how much longer an object is than the cells of its row.
    pub(super) overhead: usize,
}

/// A table, its names, and the line of them.
type Head = (Table, Vec<String>, u64);

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
    let Some((mapping, (table, names, header))) = table(plan, input, options)? else {
        return Ok(Source { reader: reader(&options.mapping), rows: Rows::Lines });
    };
    let reader = reader(&mapping);
    let layout = input.format.delimiter().map(|delimiter| Layout { delimiter, width: table.width, header });
    let direct = Direct::new(&table, &names, &reader);
    let sheet = Sheet { direct, overhead: table.overhead(), table };
    let rows = match layout {
        Some(layout) => Rows::Separated(layout, sheet),
        None => Rows::Parquet(sheet),
    };
    Ok(Source { reader, rows })
}

impl Source<'_> {
    /// Where the fields of its records are among its columns, where that is simple.
    pub(super) fn direct(&self) -> Option<&Direct> {
        match &self.rows {
            Rows::Lines => None,
            Rows::Parquet(sheet) | Rows::Separated(_, sheet) => sheet.direct.as_ref(),
        }
    }

    /// Opens an input, to be cut into pieces of about a length.
    pub(super) fn open(&self, at: usize, input: &Input, length: usize) -> io::Result<Cutter> {
        if let Rows::Parquet(sheet) = &self.rows {
            return parquet::Cutter::new(at, input, &sheet.table).map(Cutter::Parquet);
        }
        let bytes = blocks::decompress((input.open)()?)?;
        Ok(Cutter::Text(blocks::Cutter::new(at, input.format.delimiter(), bytes, length)))
    }
}

/// An input that is cut into pieces.
pub(super) enum Cutter {
    Text(blocks::Cutter<Box<dyn Read + Send>>),
    Parquet(parquet::Cutter),
}

impl Cutter {
    /// The next piece, in room that was used before; nothing behind the last one.
    pub(super) fn next(&mut self, spare: Vec<u8>) -> io::Result<Option<Piece>> {
        match self {
            Self::Text(text) => Ok(text.next(spare)?.map(Piece::Block)),
            Self::Parquet(file) => file.next(),
        }
    }
}

/// The columns of those inputs that are tables.
pub fn columns(plan: &Plan, inputs: &[Input], options: &Options) -> Result<Vec<Columns>, ReadError> {
    let of = |input: &Input| {
        let found = table(plan, input, options)?;
        let of_table = |table: Table| Columns { name: input.name.clone(), used: table.used, ignored: table.ignored };
        Ok(found.map(|(_, (table, ..))| of_table(table)))
    };
    inputs.iter().filter_map(|input| of(input).transpose()).collect()
}

/// The columns of an input and the mapping as it applies to them; nothing for one that is no table.
fn table(plan: &Plan, input: &Input, options: &Options) -> Result<Option<(Mapping, Head)>, ReadError> {
    let of_names = |(names, line): (Vec<String>, u64)| {
        let mapping = options.mapping.clone();
        let has_signal = names.contains(&mapping.key(Field::Signal).join("."));
        let mapping = if has_signal { mapping.flattened() } else { mapping };
        let table = Table::new(&names, &mapping, plan)?;
        Ok((mapping, (table, names, line)))
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
    let mut cutter = blocks::Cutter::new(0, Some(delimiter), bytes, blocks::LENGTH);
    let mut names = None;
    // A block is at least a row, if there is one.
    while names.is_none()
        && let Some(block) = cutter.next(Vec::new())?
    {
        separated::each_row(&block, delimiter, |place, _, cells| {
            names.get_or_insert_with(|| {
                let names = cells.iter().map(|cell| std::str::from_utf8(cell).map(|name| name.trim().to_owned()));
                names.collect::<Result<Vec<_>, _>>().map(|names| (names, place.line))
            });
        });
    }
    match names {
        None => Err(Malformed::error("is empty", "a table starts with a row of the names of its columns")),
        Some(Err(_)) => Err(Malformed::error("has names of columns that are not UTF-8", "save it as UTF-8")),
        Some(Ok(names)) => Ok(names),
    }
}
