//! The plain way through a file: each row as the JSON object that JSON Lines would have in its place. Any type and any
//! nesting goes this way that [`super::columns`] does not take.

use super::super::blocks::{self, Block};
use super::super::fields;
use super::super::table::{Table, Value};
use super::{Reader, damaged, leaves};
use crate::value::Instant;
use parquet::basic::{ConvertedType, LogicalType};
use parquet::file::reader::FileReader as _;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::{Type, TypePtr};
use std::io;

/// Hands the rows to `send` as blocks of JSON Lines, until that says `false`.
pub(super) fn cut(at: usize, reader: &Reader, table: &Table, mut send: impl FnMut(Block) -> bool) -> io::Result<()> {
    let schema = reader.metadata().file_metadata().schema();
    let mut names = Vec::new();
    leaves(schema, "", &mut names);
    let rows = RowIter::from_file(Some(projection(schema, table)?), reader).map_err(damaged)?;
    let mut block = Block { input: at, first_line: 1, bytes: Vec::new(), too_long: false };
    for (row, number) in rows.zip(1..) {
        let line = line(&row.map_err(damaged)?, schema, &names, table);
        block.bytes.extend_from_slice(line.as_bytes());
        if block.bytes.len() > blocks::LENGTH {
            let next = Block { input: at, first_line: number + 1, bytes: Vec::new(), too_long: false };
            if !send(std::mem::replace(&mut block, next)) {
                return Ok(());
            }
        } else {
            block.bytes.push(b'\n');
        }
    }
    send(block);
    Ok(())
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

/// A row as a JSON object.
fn line(row: &Row, schema: &Type, names: &[String], table: &Table) -> String {
    let found: Vec<Option<Found>> = names.iter().map(|name| reach(row, schema, name)).collect();
    table.line(&|at| match &found[at] {
        None => Value::Absent,
        Some(Found::Text(text)) => Value::Typed(text),
        Some(Found::Json(json)) => Value::Json(json),
    })
}

/// What a cell holds.
enum Found<'r> {
    Text(&'r str),
    Json(String),
}

/// The cell at a path of names.
fn reach<'r>(row: &'r Row, kind: &Type, path: &str) -> Option<Found<'r>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let whole = |name: &str| row.get_column_iter().find(|(it, _)| *it == name).map(|(_, field)| field);
    let typed = |name: &str| kind.get_fields().iter().find(|it| it.name() == name);
    // A name may have a dot of its own.
    match (whole(path), rest) {
        (Some(Field::Str(text)), _) => Some(Found::Text(text)),
        (Some(field), _) => json(field, typed(path).map(AsRef::as_ref)).map(Found::Json),
        (None, None) => None,
        (None, Some(rest)) => match whole(first)? {
            Field::Group(inner) => reach(inner, typed(first)?, rest),
            _ => None,
        },
    }
}

/// A value as JSON; nothing for null.
pub(super) fn json(field: &Field, kind: Option<&Type>) -> Option<String> {
    Some(match field {
        Field::Null => return None,
        Field::Str(text) => quoted(text),
        Field::Bytes(bytes) => quoted(&String::from_utf8_lossy(bytes.data())),
        Field::Date(days) => quoted(&Instant::from_seconds(i64::from(*days) * 86_400).date()),
        Field::TimestampMillis(count) => time(*count, 1_000, kind),
        Field::TimestampMicros(count) => time(*count, 1_000_000, kind),
        Field::Long(count) if stamp(kind).is_some() => time(*count, 1_000_000_000, kind),
        Field::Group(row) => object(row, kind),
        Field::ListInternal(list) => {
            let of = kind.map(element);
            let all = list.elements().iter().map(|it| json(it, of).unwrap_or_else(|| "null".to_owned()));
            format!("[{}]", all.collect::<Vec<_>>().join(","))
        }
        Field::MapInternal(map) => {
            let pair = |(key, value): &(Field, Field)| {
                let key = if let Field::Str(text) = key { text.clone() } else { key.to_string() };
                Some(format!("{}:{}", quoted(&key), json(value, None)?))
            };
            format!("{{{}}}", map.entries().iter().filter_map(pair).collect::<Vec<_>>().join(","))
        }
        other => {
            let text = other.to_string();
            let is_plain = fields::is_number(&text) || ["true", "false"].contains(&text.as_str());
            if is_plain { text } else { quoted(&text) }
        }
    })
}

fn object(row: &Row, kind: Option<&Type>) -> String {
    let typed = |name: &str| kind?.get_fields().iter().find(|it| it.name() == name).map(AsRef::as_ref);
    let pair = |(name, field): (&String, &Field)| Some(format!("{}:{}", quoted(name), json(field, typed(name))?));
    format!("{{{}}}", row.get_column_iter().filter_map(pair).collect::<Vec<_>>().join(","))
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
