//! A leaf of any type and in any encoding, as the crate reads it: value by value.

use super::bounds::{MOST_ENTRIES, Pages, long_list};
use super::cells::{Cells, Strings, Values};
use super::damaged;
use super::plain::{json, no_text, stamp};
use parquet::column::page::PageReader;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
    Int96Type,
};
use parquet::record::Field;
use parquet::schema::types::{ColumnDescPtr, TypePtr};
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A leaf, and what of it was read last.
pub(super) struct Typed {
    descr: ColumnDescPtr,
    kind: TypePtr,
    values: Buffers,
    /// At how many levels each value is there, and at which it repeats; nothing where there are none.
    defined: Vec<i16>,
    repeated: Vec<i16>,
    /// How often its clock ticks a second, where it holds times in UTC.
    clock: Option<i64>,
    /// How many entries the pages of the last reading have, where it is in lists.
    entries: Arc<AtomicU64>,
}

/// A reader and what it read.
struct Buffer<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

enum Buffers {
    Bool(Buffer<BoolType>),
    Int32(Buffer<Int32Type>),
    Int64(Buffer<Int64Type>),
    Int96(Buffer<Int96Type>),
    Float(Buffer<FloatType>),
    Double(Buffer<DoubleType>),
    Bytes(Buffer<ByteArrayType>),
    Fixed(Buffer<FixedLenByteArrayType>),
    /// Bytes that are UTF-8.
    Text(Buffer<ByteArrayType>),
}

impl<T: DataType> Buffer<T> {
    fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self { reader, values: Vec::new() }
    }

    fn read(&mut self, rows: usize, defined: &mut Vec<i16>, repeated: &mut Vec<i16>) -> io::Result<usize> {
        self.values.clear();
        let read = self.reader.read_records(rows, Some(defined), Some(repeated), &mut self.values);
        read.map(|(records, ..)| records).map_err(damaged)
    }
}

impl Typed {
    /// The leaf of these pages.
    pub(super) fn new(
        mut pages: Box<dyn PageReader>,
        descr: ColumnDescPtr,
        kind: TypePtr,
        is_text: bool,
        clock: Option<i64>,
    ) -> Self {
        let entries = Arc::default();
        if descr.max_rep_level() > 0 {
            pages = Box::new(Pages::new(pages, Arc::clone(&entries)));
        }
        let values = match get_column_reader(ColumnDescPtr::clone(&descr), pages) {
            ColumnReader::BoolColumnReader(reader) => Buffers::Bool(Buffer::new(reader)),
            ColumnReader::Int32ColumnReader(reader) => Buffers::Int32(Buffer::new(reader)),
            ColumnReader::Int64ColumnReader(reader) => Buffers::Int64(Buffer::new(reader)),
            ColumnReader::Int96ColumnReader(reader) => Buffers::Int96(Buffer::new(reader)),
            ColumnReader::FloatColumnReader(reader) => Buffers::Float(Buffer::new(reader)),
            ColumnReader::DoubleColumnReader(reader) => Buffers::Double(Buffer::new(reader)),
            ColumnReader::ByteArrayColumnReader(reader) if is_text => Buffers::Text(Buffer::new(reader)),
            ColumnReader::ByteArrayColumnReader(reader) => Buffers::Bytes(Buffer::new(reader)),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Buffers::Fixed(Buffer::new(reader)),
        };
        let (defined, repeated) = Default::default();
        Self { descr, kind, values, defined, repeated, clock, entries }
    }

    /// Reads so many rows.
    pub(super) fn read(&mut self, rows: usize, cells: &mut Cells) -> io::Result<()> {
        let (defined, repeated) = (&mut self.defined, &mut self.repeated);
        defined.clear();
        repeated.clear();
        self.entries.store(0, Ordering::Relaxed);
        let read = match &mut self.values {
            Buffers::Bool(values) => values.read(rows, defined, repeated),
            Buffers::Int32(values) => values.read(rows, defined, repeated),
            Buffers::Int64(values) => values.read(rows, defined, repeated),
            Buffers::Int96(values) => values.read(rows, defined, repeated),
            Buffers::Float(values) => values.read(rows, defined, repeated),
            Buffers::Double(values) => values.read(rows, defined, repeated),
            Buffers::Fixed(values) => values.read(rows, defined, repeated),
            Buffers::Bytes(values) | Buffers::Text(values) => values.read(rows, defined, repeated),
        };
        let is_long = self.entries.load(Ordering::Relaxed) > MOST_ENTRIES;
        let read = read.map_err(|error| if is_long { long_list(&self.descr.path().string()) } else { error })?;
        if read < rows {
            return Err(damaged("a column is shorter than its row group"));
        }
        *cells = Cells::of(self.cells()?);
        self.spread(rows, cells).ok_or_else(|| damaged("a column has more or fewer values than it says"))
    }

    /// Adds the entries.
    fn spread(&self, rows: usize, cells: &mut Cells) -> Option<()> {
        let level = |level: &i16| u32::try_from(*level).ok();
        cells.repeated = self.repeated.iter().map(level).collect::<Option<_>>()?;
        cells.defined = self.defined.iter().map(level).collect::<Option<_>>()?;
        match level(&self.descr.max_def_level())? {
            0 => cells.fill(rows),
            highest => drop(cells.spread(0, highest)?),
        }
        cells.fit()
    }

    /// The values; as JSON what is neither text nor time.
    fn cells(&self) -> io::Result<Values> {
        let (mut all, kind, descr) = (Strings::default(), &self.kind, &self.descr);
        let mut is_text = true;
        let mut each = |field: Field| is_text &= all.add(|out| write(&field, kind, out));
        match &self.values {
            Buffers::Text(all) => {
                return Values::texts(all.values.iter().map(ByteArray::data)).ok_or_else(|| self.no_text());
            }
            Buffers::Bool(all) => all.values.iter().for_each(|it| each(Field::convert_bool(descr, *it))),
            Buffers::Int32(all) => all.values.iter().for_each(|it| each(Field::convert_int32(descr, *it))),
            Buffers::Int64(all) => {
                if let Some(times) = self.clock.and_then(|clock| Values::times_of(&all.values, clock)) {
                    return Ok(times);
                }
                all.values.iter().for_each(|it| each(Field::convert_int64(descr, *it)));
            }
            Buffers::Int96(all) => all.values.iter().for_each(|it| each(Field::convert_int96(descr, *it))),
            Buffers::Float(all) => all.values.iter().for_each(|it| each(Field::convert_float(descr, *it))),
            Buffers::Double(all) => all.values.iter().for_each(|it| each(Field::convert_double(descr, *it))),
            Buffers::Bytes(all) => {
                for it in &all.values {
                    each(Field::convert_byte_array(descr, it.clone()).map_err(damaged)?);
                }
            }
            Buffers::Fixed(all) => {
                for it in &all.values {
                    each(Field::convert_byte_array(descr, it.clone().into()).map_err(damaged)?);
                }
            }
        }
        if is_text { Ok(Values::Written(all)) } else { Err(self.no_text()) }
    }

    fn no_text(&self) -> io::Error {
        no_text(&self.descr.path().string())
    }
}

/// Writes a value as JSON; whether it has a text.
fn write(field: &Field, kind: &TypePtr, out: &mut String) -> bool {
    if let Field::Int(_) | Field::Long(_) = field
        && stamp(Some(kind)).is_none()
    {
        return write!(out, "{field}").is_ok();
    }
    let json = json(field, Some(kind));
    let is_text = json.is_ok();
    out.push_str(json.ok().flatten().as_deref().unwrap_or("null"));
    is_text
}
