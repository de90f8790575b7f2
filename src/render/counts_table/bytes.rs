//! Rows to the bytes of a file, and back: CSV, JSON Lines, Parquet.

use super::{Row, Unusable, write};
use crate::history::{Counts, Malformed};
use crate::plan::Plan;
use crate::value::Tier;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Cells between commas.
    Csv,
    /// An object a line.
    Lines,
    /// Parquet, in builds that have it.
    #[cfg(feature = "parquet")]
    Parquet,
}

/// The rows as a file.
#[must_use]
pub fn render(rows: &[Row], shape: Shape) -> Vec<u8> {
    written(shape, |sink| rows.iter().for_each(|row| sink.add(row)))
}

/// Counts that were made under a plan, of inputs of these names, as a file.
#[must_use]
pub fn of_counts(plan: &Plan, counts: &Counts, names: &[String], assume_tier: Option<Tier>, shape: Shape) -> Vec<u8> {
    written(shape, |sink| write::tell(plan, counts, names, assume_tier, &mut |row| sink.add(row)))
}

/// Takes rows as they come, and keeps no more of them than their bytes.
enum Sink {
    Csv(Box<Cells>),
    Lines(String),
    #[cfg(feature = "parquet")]
    Parquet(Vec<Row>),
}

impl Sink {
    fn add(&mut self, row: &Row) {
        match self {
            // Memory takes everything.
            Self::Csv(table) => drop(table.add(row)),
            Self::Lines(text) => text.push_str(&line(row)),
            #[cfg(feature = "parquet")]
            Self::Parquet(rows) => rows.push(row.clone()),
        }
    }
}

/// Rows of cells. The first one comes with the names of the columns; the others are written cell by cell, which is faster
/// than to go through them by name.
struct Cells {
    writer: ::csv::Writer<Vec<u8>>,
    has_names: bool,
    digits: itoa::Buffer,
}

impl Default for Cells {
    fn default() -> Self {
        Self { writer: ::csv::Writer::from_writer(Vec::new()), has_names: false, digits: itoa::Buffer::new() }
    }
}

impl Cells {
    fn add(&mut self, row: &Row) -> ::csv::Result<()> {
        if !std::mem::replace(&mut self.has_names, true) {
            return self.writer.serialize(row);
        }
        let Self { writer, digits, .. } = self;
        let Row { kind, action, name, tier, cohort, tick, n, bad, sum_millionths, text } = row;
        writer.write_field(kind)?;
        for cell in [action, name, tier, cohort] {
            writer.write_field(cell.as_deref().unwrap_or_default())?;
        }
        writer.write_field(tick.map_or("", |number| digits.format(number)))?;
        for number in [n, bad] {
            writer.write_field(number.map_or("", |number| digits.format(number)))?;
        }
        for cell in [sum_millionths, text] {
            writer.write_field(cell.as_deref().unwrap_or_default())?;
        }
        writer.write_record(None::<&[u8]>)
    }
}

fn written(shape: Shape, tell: impl FnOnce(&mut Sink)) -> Vec<u8> {
    let mut sink = match shape {
        Shape::Csv => Sink::Csv(Box::default()),
        Shape::Lines => Sink::Lines(String::new()),
        #[cfg(feature = "parquet")]
        Shape::Parquet => Sink::Parquet(Vec::new()),
    };
    tell(&mut sink);
    match sink {
        Sink::Csv(table) => table.writer.into_inner().unwrap_or_default(),
        Sink::Lines(text) => text.into_bytes(),
        #[cfg(feature = "parquet")]
        Sink::Parquet(rows) => super::parquet::render(&rows),
    }
}

fn line(row: &Row) -> String {
    let mut value = serde_json::to_value(row).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value.to_string() + "\n"
}

/// The rows of a file, in whichever shape they are.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>, Unusable> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.first() {
        _ if bytes.starts_with(b"PAR1") => {
            parse_lines(&crate::history::lines_of_parquet(bytes).map_err(|error| unreadable(&error))?)
        }
        Some(b'{') => parse_lines(bytes),
        _ => parse_csv(bytes),
    }
}

fn parse_lines(bytes: &[u8]) -> Result<Vec<Row>, Unusable> {
    let lines = bytes.split(|byte| *byte == b'\n').zip(1..).filter(|(line, _)| !line.trim_ascii().is_empty());
    let row =
        |(line, at): (&[u8], u64)| serde_json::from_slice(line).map_err(|error| wrong(at, &told(&error.to_string())));
    lines.map(row).collect()
}

fn parse_csv(bytes: &[u8]) -> Result<Vec<Row>, Unusable> {
    let mut reader = ::csv::Reader::from_reader(bytes);
    let line = |error: &::csv::Error| error.position().map_or(1, ::csv::Position::line);
    reader.deserialize().collect::<Result<_, _>>().map_err(|error| wrong(line(&error), &told(&error.to_string())))
}

fn wrong(line: u64, why: &str) -> Unusable {
    Unusable::new(format!("is no table of counts: line {line}: {why}"))
}

fn unreadable(error: &std::io::Error) -> Unusable {
    match Malformed::of(error) {
        Some(Malformed { message, help }) => Unusable { message: message.clone(), help: help.clone() },
        None => Unusable::new(format!("cannot be read: {error}")),
    }
}

/// An error without the place that it repeats.
fn told(error: &str) -> String {
    let text = error.split(" at line ").next().unwrap_or(error);
    text.rsplit("): ").next().unwrap_or(text).to_owned()
}
