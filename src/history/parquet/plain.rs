//! The plain way through a file: each row as the JSON object that JSON Lines would have in its place. Any type and any
//! nesting goes this way that [`super::columns`] does not take.

use super::super::blocks::{self, Block};
use super::super::fields;
use super::super::format::Malformed;
use super::super::table::{Table, Value};
use super::{Reader, damaged, leaves};
use crate::value::Instant;
use parquet::basic::{ConvertedType, LogicalType};
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader as _;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// The rows of a file as blocks of JSON Lines.
pub(in crate::history) struct Blocks {
    rows: RowIter<'static>,
    schema: TypePtr,
    names: Vec<String>,
    table: Table,
    input: usize,
    /// The number of the row that comes next, from 1.
    number: u64,
    /// A row that is too long, and comes behind what was before it.
    long: Option<u64>,
    has_ended: bool,
}

impl Blocks {
    /// Those of a file with a table of these columns.
    pub(super) fn new(input: usize, reader: Reader, table: &Table) -> io::Result<Self> {
        let schema = TypePtr::clone(&reader.metadata().file_metadata().schema_descr().root_schema_ptr());
        let mut names = Vec::new();
        leaves(&schema, "", &mut names);
        let projection = projection(&schema, table)?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(damaged)?;
        Ok(Self { rows, schema, names, table: table.clone(), input, number: 1, long: None, has_ended: false })
    }

    /// The next block; nothing behind the last one.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        let block = |first_line, bytes: Vec<u8>, too_long| Block { input: self.input, first_line, bytes, too_long };
        if let Some(number) = self.long.take() {
            return Ok(Some(block(number, Vec::new(), true)));
        }
        if self.has_ended {
            return Ok(None);
        }
        let (first_line, mut bytes) = (self.number, Vec::new());
        for row in &mut self.rows {
            let row = row.map_err(|error| unread(&error))?;
            let line = line(&row, &self.schema, &self.names, &self.table).map_err(|name| no_text(&name))?;
            self.number += 1;
            if line.len() > blocks::LONGEST_LINE {
                bytes.pop();
                self.long = Some(self.number - 1);
                return Ok(Some(block(first_line, bytes, false)));
            }
            bytes.extend_from_slice(line.as_bytes());
            if bytes.len() > blocks::LENGTH {
                return Ok(Some(block(first_line, bytes, false)));
            }
            bytes.push(b'\n');
        }
        self.has_ended = true;
        Ok(Some(block(first_line, bytes, false)))
    }
}

/// The crate looks at texts itself, and says in many words and no name that one is none.
fn unread(error: &ParquetError) -> io::Error {
    if error.to_string().contains("as String") { no_text("") } else { damaged(error) }
}

/// The schema of the columns that are read.
fn projection(schema: &Type, table: &Table) -> io::Result<Type> {
    // A column is used as a whole, or for what is inside of it; a name may have a dot of its own.
    let is_used = |name: &str| {
        let mut rests = table.used.iter().filter_map(|(used, _)| used.strip_prefix(name));
        rests.any(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let kept: Vec<TypePtr> = schema.get_fields().iter().filter(|field| is_used(field.name())).cloned().collect();
    Type::group_type_builder(schema.name()).with_fields(kept).build().map_err(damaged)
}

/// A row as a JSON object. The error is the name of a column whose bytes are no text.
fn line(row: &Row, schema: &Type, names: &[String], table: &Table) -> Result<String, String> {
    let cell = |name: &String| reach(row, schema, name).map_err(|NoText| name.clone());
    let found = names.iter().map(cell).collect::<Result<Vec<Option<Found>>, String>>()?;
    Ok(table.line(&|at| match &found[at] {
        None => Value::Absent,
        Some(Found::Text(text)) => Value::Typed(text),
        Some(Found::Json(json)) => Value::Json(json),
    }))
}

/// Bytes that are neither UTF-8 nor anything that has a text.
#[derive(Debug)]
pub(super) struct NoText;

/// A column of such bytes. They are refused, not replaced: two ids must not become one.
pub(super) fn no_text(column: &str) -> io::Error {
    let place = if column.is_empty() { "a column of texts".to_owned() } else { format!("its column `{column}`") };
    Malformed::error(
        format!("has bytes that are not UTF-8 in {place}"),
        "write the column as text, for example in hexadecimal; a UUID is read where its column says that it is one",
    )
}

/// What a cell holds.
enum Found<'r> {
    Text(&'r str),
    Json(String),
}

/// The cell at a path of names.
fn reach<'r>(row: &'r Row, kind: &Type, path: &str) -> Result<Option<Found<'r>>, NoText> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let whole = |name: &str| row.get_column_iter().find(|(it, _)| *it == name).map(|(_, field)| field);
    let typed = |name: &str| kind.get_fields().iter().find(|it| it.name() == name);
    // A name may have a dot of its own.
    match (whole(path), rest) {
        (Some(Field::Str(text)), _) => Ok(Some(Found::Text(text))),
        (Some(field), _) => Ok(json(field, typed(path).map(AsRef::as_ref))?.map(Found::Json)),
        (None, None) => Ok(None),
        (None, Some(rest)) => match (whole(first), typed(first)) {
            (Some(Field::Group(inner)), Some(kind)) => reach(inner, kind, rest),
            _ => Ok(None),
        },
    }
}

/// A value as JSON; nothing for null.
pub(super) fn json(field: &Field, kind: Option<&Type>) -> Result<Option<String>, NoText> {
    Ok(Some(match field {
        Field::Null => return Ok(None),
        Field::Str(text) => quoted(text),
        Field::Bytes(bytes) => quoted(&text_of(bytes.data(), kind)?),
        Field::Decimal(number) => decimal(number.data(), number.scale()),
        Field::Date(days) => quoted(&Instant::from_seconds(i64::from(*days) * 86_400).date()),
        Field::TimestampMillis(count) => time(*count, 1_000, kind),
        Field::TimestampMicros(count) => time(*count, 1_000_000, kind),
        Field::Long(count) if stamp(kind).is_some() => time(*count, 1_000_000_000, kind),
        Field::Group(row) => object(row, kind)?,
        Field::ListInternal(list) => {
            let of = kind.map(element);
            let one = |it: &Field| Ok(json(it, of)?.unwrap_or_else(|| "null".to_owned()));
            format!("[{}]", list.elements().iter().map(one).collect::<Result<Vec<String>, NoText>>()?.join(","))
        }
        Field::MapInternal(map) => {
            let pair = |(key, value): &(Field, Field)| {
                let key = if let Field::Str(text) = key { text.clone() } else { key.to_string() };
                Ok(json(value, None)?.map(|value| format!("{}:{value}", quoted(&key))))
            };
            members(map.entries().iter().map(pair))?
        }
        other => {
            let text = other.to_string();
            let is_plain = fields::is_number(&text) || ["true", "false"].contains(&text.as_str());
            if is_plain { text } else { quoted(&text) }
        }
    }))
}

fn object(row: &Row, kind: Option<&Type>) -> Result<String, NoText> {
    let typed = |name: &str| kind?.get_fields().iter().find(|it| it.name() == name).map(AsRef::as_ref);
    let pair = |(name, field): (&String, &Field)| {
        Ok(json(field, typed(name))?.map(|value| format!("{}:{value}", quoted(name))))
    };
    members(row.get_column_iter().map(pair))
}

/// An object of those members that are there.
fn members(pairs: impl Iterator<Item = Result<Option<String>, NoText>>) -> Result<String, NoText> {
    Ok(format!("{{{}}}", pairs.filter_map(Result::transpose).collect::<Result<Vec<String>, NoText>>()?.join(",")))
}

/// Bytes as a text: a UUID as it is usually written.
fn text_of<'b>(bytes: &'b [u8], kind: Option<&Type>) -> Result<Cow<'b, str>, NoText> {
    let is_uuid = kind.is_some_and(|kind| kind.get_basic_info().logical_type_ref() == Some(&LogicalType::Uuid))
        && bytes.len() == 16;
    if !is_uuid {
        return std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| NoText);
    }
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        text.push_str(if matches!(at, 4 | 6 | 8 | 10) { "-" } else { "" });
        let _ = write!(text, "{byte:02x}");
    }
    Ok(Cow::Owned(text))
}

/// A decimal as a number of JSON, exact: the whole number that the bytes are in two's complement, so many digits of
/// which are behind the point.
fn decimal(bytes: &[u8], scale: i32) -> String {
    let is_negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let digits = magnitude(bytes, is_negative);
    let scale = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{}{whole}{}{fraction}", if is_negative { "-" } else { "" }, if scale > 0 { "." } else { "" })
}

/// The digits of a whole number without its sign.
fn magnitude(bytes: &[u8], is_negative: bool) -> String {
    if bytes.len() <= 16 {
        let start: u128 = if is_negative { u128::MAX } else { 0 };
        let number = bytes.iter().fold(start, |number, byte| number << 8 | u128::from(*byte));
        return if is_negative { number.wrapping_neg() } else { number }.to_string();
    }
    // Longer ones are divided by ten until nothing is left.
    let mut number = bytes.to_vec();
    if is_negative {
        let mut carry = true;
        for byte in number.iter_mut().rev() {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    let mut digits = Vec::new();
    while number.iter().any(|byte| *byte > 0) {
        let mut rest = 0_u16;
        for byte in &mut number {
            let all = rest << 8 | u16::from(*byte);
            *byte = u8::try_from(all / 10).unwrap_or(0);
            rest = all % 10;
        }
        digits.push(char::from(b'0' + u8::try_from(rest).unwrap_or(0)));
    }
    if digits.is_empty() { "0".to_owned() } else { digits.iter().rev().collect() }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The type of the elements of a list.
pub(super) fn element(kind: &Type) -> &Type {
    let is_list = kind.is_group() && kind.get_basic_info().converted_type() == ConvertedType::LIST;
    let Some(repeated) = is_list.then(|| kind.get_fields().first()).flatten() else { return kind };
    let is_element = repeated.is_primitive()
        || repeated.get_fields().len() > 1
        || repeated.name() == "array"
        || repeated.name().ends_with("_tuple");
    match repeated.get_fields().first().filter(|_| !is_element) {
        Some(element) => element,
        None => repeated,
    }
}

/// Whether a column holds points in time; where it does, whether they are UTC.
pub(super) fn stamp(kind: Option<&Type>) -> Option<bool> {
    match kind.filter(|kind| kind.is_primitive())?.get_basic_info().logical_type_ref()? {
        LogicalType::Timestamp(stamp) => Some(stamp.is_adjusted_to_u_t_c),
        _ => None,
    }
}

/// A time of a clock that ticks so often a second: RFC 3339, without an offset where the clock is of no known zone.
fn time(count: i64, per_second: i64, kind: Option<&Type>) -> String {
    let nanos = count.rem_euclid(per_second) * (1_000_000_000 / per_second);
    let Some(time) = Instant::checked(count.div_euclid(per_second), u32::try_from(nanos).unwrap_or(0)) else {
        return count.to_string();
    };
    let text = time.to_string();
    let is_utc = stamp(kind).unwrap_or(true);
    quoted(if is_utc { &text } else { text.trim_end_matches('Z') })
}
