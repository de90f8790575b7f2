//! One leaf of the schema: its levels and values of some rows, and these as the cells of a table.

use super::super::table::Value;
use super::bounds::{MOST_ENTRIES, Pages, long_list};
use super::damaged;
use super::plain::{json, no_text, stamp};
use crate::value::Instant;
use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
    Int96Type,
};
use parquet::file::reader::RowGroupReader;
use parquet::record::Field;
use parquet::schema::types::{ColumnDescPtr, TypePtr};
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A leaf, and what of it was read last.
pub(super) struct Leaf {
    descr: ColumnDescPtr,
    kind: TypePtr,
    values: Typed,
    /// At how many levels each value is there, and at which it repeats; nothing where there are none.
    defined: Vec<i16>,
    repeated: Vec<i16>,
    /// How often its clock ticks a second, where it holds times in UTC.
    clock: Option<i64>,
    /// Whether all that was read are times in UTC.
    timed: bool,
    /// Its values as they are written, and where each ends, where they are neither texts nor times.
    written: String,
    ends: Vec<usize>,
    /// How many entries the pages of the last reading have, where it is in lists.
    entries: Arc<AtomicU64>,
}

/// A reader and what it read.
struct Buffer<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

enum Typed {
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

impl Leaf {
    /// The leaf at an index.
    pub(super) fn new(group: &dyn RowGroupReader, at: usize, kind: &TypePtr) -> io::Result<Self> {
        let descr = group.metadata().schema_descr().column(at);
        let is_text = [ConvertedType::UTF8, ConvertedType::ENUM, ConvertedType::JSON].contains(&descr.converted_type());
        let mut pages = group.get_column_page_reader(at).map_err(damaged)?;
        let entries = Arc::default();
        if descr.max_rep_level() > 0 {
            pages = Box::new(Pages::new(pages, Arc::clone(&entries)));
        }
        let values = match get_column_reader(ColumnDescPtr::clone(&descr), pages) {
            ColumnReader::BoolColumnReader(reader) => Typed::Bool(Buffer::new(reader)),
            ColumnReader::Int32ColumnReader(reader) => Typed::Int32(Buffer::new(reader)),
            ColumnReader::Int64ColumnReader(reader) => Typed::Int64(Buffer::new(reader)),
            ColumnReader::Int96ColumnReader(reader) => Typed::Int96(Buffer::new(reader)),
            ColumnReader::FloatColumnReader(reader) => Typed::Float(Buffer::new(reader)),
            ColumnReader::DoubleColumnReader(reader) => Typed::Double(Buffer::new(reader)),
            ColumnReader::ByteArrayColumnReader(reader) if is_text => Typed::Text(Buffer::new(reader)),
            ColumnReader::ByteArrayColumnReader(reader) => Typed::Bytes(Buffer::new(reader)),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => Typed::Fixed(Buffer::new(reader)),
        };
        let clock = clock(&descr, kind);
        let (defined, repeated, written, ends) = Default::default();
        let kind = TypePtr::clone(kind);
        Ok(Self { descr, kind, values, defined, repeated, clock, timed: false, written, ends, entries })
    }

    /// Reads so many rows.
    pub(super) fn read(&mut self, rows: usize) -> io::Result<()> {
        let (defined, repeated) = (&mut self.defined, &mut self.repeated);
        defined.clear();
        repeated.clear();
        self.entries.store(0, Ordering::Relaxed);
        let read = match &mut self.values {
            Typed::Bool(values) => values.read(rows, defined, repeated),
            Typed::Int32(values) => values.read(rows, defined, repeated),
            Typed::Int64(values) => values.read(rows, defined, repeated),
            Typed::Int96(values) => values.read(rows, defined, repeated),
            Typed::Float(values) => values.read(rows, defined, repeated),
            Typed::Double(values) => values.read(rows, defined, repeated),
            Typed::Fixed(values) => values.read(rows, defined, repeated),
            Typed::Bytes(values) | Typed::Text(values) => values.read(rows, defined, repeated),
        };
        let is_long = self.entries.load(Ordering::Relaxed) > MOST_ENTRIES;
        let read = read.map_err(|error| if is_long { long_list(&self.descr.path().string()) } else { error })?;
        if read < rows {
            return Err(damaged("a column is shorter than its row group"));
        }
        self.write()
    }

    /// Writes what is neither text nor time.
    fn write(&mut self) -> io::Result<()> {
        self.written.clear();
        self.ends.clear();
        let (written, ends, kind, descr) = (&mut self.written, &mut self.ends, &self.kind, &self.descr);
        self.timed = self.clock.is_some_and(|clock| match &self.values {
            Typed::Int64(all) => all.values.iter().all(|count| instant(*count, clock).is_some()),
            _ => false,
        });
        let mut is_text = true;
        let mut each = |field: Field| {
            is_text &= write(&field, kind, written);
            ends.push(written.len());
        };
        match &self.values {
            Typed::Bool(all) => all.values.iter().for_each(|it| each(Field::convert_bool(descr, *it))),
            Typed::Int32(all) => all.values.iter().for_each(|it| each(Field::convert_int32(descr, *it))),
            Typed::Int64(_) if self.timed => {}
            Typed::Int64(all) => all.values.iter().for_each(|it| each(Field::convert_int64(descr, *it))),
            Typed::Int96(all) => all.values.iter().for_each(|it| each(Field::convert_int96(descr, *it))),
            Typed::Float(all) => all.values.iter().for_each(|it| each(Field::convert_float(descr, *it))),
            Typed::Double(all) => all.values.iter().for_each(|it| each(Field::convert_double(descr, *it))),
            Typed::Bytes(all) => {
                for it in &all.values {
                    each(Field::convert_byte_array(descr, it.clone()).map_err(damaged)?);
                }
            }
            Typed::Fixed(all) => {
                for it in &all.values {
                    each(Field::convert_byte_array(descr, it.clone().into()).map_err(damaged)?);
                }
            }
            Typed::Text(_) => {}
        }
        if is_text { Ok(()) } else { Err(self.no_text()) }
    }

    fn no_text(&self) -> io::Error {
        no_text(&self.descr.path().string())
    }

    /// About how many bytes of values were read.
    pub(super) fn length(&self) -> usize {
        match &self.values {
            Typed::Text(all) => all.values.iter().map(ByteArray::len).sum(),
            _ => self.written.len(),
        }
    }

    /// At how many levels each value is there, and at which it repeats.
    pub(super) fn levels(&self) -> impl Iterator<Item = (i16, i16)> {
        self.defined.iter().copied().zip(self.repeated.iter().copied())
    }

    /// The cells, one for each level.
    pub(super) fn cells(&self) -> io::Result<Vec<Value<'_>>> {
        match &self.values {
            Typed::Text(all) => self.spread(all.values.iter().map(|bytes| text(bytes.data()))),
            Typed::Int64(all) if self.timed => {
                let clock = self.clock.unwrap_or(1);
                self.spread(all.values.iter().map(|count| instant(*count, clock).map(Value::Time)))
            }
            _ => {
                let start = |at: usize| if at == 0 { 0 } else { self.ends[at - 1] };
                let written = |(at, end): (usize, &usize)| Some(cell(&self.written[start(at)..*end]));
                self.spread(self.ends.iter().enumerate().map(written))
            }
        }
    }

    /// A cell for each level of these values.
    fn spread<'b>(&self, mut values: impl ExactSizeIterator<Item = Option<Value<'b>>>) -> io::Result<Vec<Value<'b>>> {
        let most = self.descr.max_def_level();
        let mut cells = Vec::with_capacity(self.defined.len().max(values.len()));
        if most == 0 {
            for value in values {
                cells.push(value.ok_or_else(|| self.no_text())?);
            }
            return Ok(cells);
        }
        let short = || damaged("a column has fewer values than it says");
        for level in &self.defined {
            let value = if *level == most {
                values.next().ok_or_else(short)?.ok_or_else(|| self.no_text())?
            } else {
                Value::Absent
            };
            cells.push(value);
        }
        Ok(cells)
    }
}

fn text(bytes: &[u8]) -> Option<Value<'_>> {
    std::str::from_utf8(bytes).ok().map(Value::Typed)
}

/// How often the clock of a column ticks a second, where it holds times in UTC.
fn clock(descr: &ColumnDescPtr, kind: &TypePtr) -> Option<i64> {
    let stamp = stamp(Some(kind));
    let per_second = match descr.converted_type() {
        ConvertedType::TIMESTAMP_MILLIS => 1_000,
        ConvertedType::TIMESTAMP_MICROS => 1_000_000,
        ConvertedType::NONE | ConvertedType::INT_64 if stamp.is_some() => 1_000_000_000,
        _ => return None,
    };
    stamp.unwrap_or(true).then_some(per_second)
}

/// The time of a clock that ticks so often a second.
fn instant(count: i64, per_second: i64) -> Option<Instant> {
    let nanos = count.rem_euclid(per_second) * (1_000_000_000 / per_second);
    Instant::checked(count.div_euclid(per_second), u32::try_from(nanos).ok()?)
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

/// The cell that holds some JSON. A text is one that says so itself, unless it could be taken for a list.
fn cell(json: &str) -> Value<'_> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('\\') && !text.starts_with('[') => Value::Typed(text),
        _ => Value::Json(json),
    }
}
