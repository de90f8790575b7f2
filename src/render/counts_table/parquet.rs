//! Rows as Parquet: the columns of the table, all but `kind` optional.

use super::Row;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// The columns, in the order of the fields of a row.
const SCHEMA: &str = "message counts {
  required binary kind (UTF8);
  optional binary action (UTF8);
  optional binary name (UTF8);
  optional binary tier (UTF8);
  optional binary cohort (UTF8);
  optional int64 tick;
  optional int64 n;
  optional int64 bad;
  optional binary sum_millionths (UTF8);
  optional binary text (UTF8);
}";

/// What a column holds of each row.
enum Column {
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
}

/// The rows as a file.
pub(super) fn render(rows: &[Row]) -> Vec<u8> {
    // The schema is ours, and memory takes everything.
    write(rows).unwrap_or_default()
}

fn write(rows: &[Row]) -> Result<Vec<u8>> {
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(parse_message_type(SCHEMA)?), Arc::default())?;
    let mut group = writer.next_row_group()?;
    for column in columns(rows) {
        let Some(mut next) = group.next_column()? else { break };
        match (column, next.untyped()) {
            (Column::Text(cells), ColumnWriter::ByteArrayColumnWriter(typed)) => {
                let levels = levels(&cells);
                let texts: Vec<ByteArray> = cells.iter().flatten().map(|text| text.as_str().into()).collect();
                typed.write_batch(&texts, Some(&levels), None)?;
            }
            (Column::Number(cells), ColumnWriter::Int64ColumnWriter(typed)) => {
                let numbers: Vec<i64> = cells.iter().flatten().copied().collect();
                typed.write_batch(&numbers, Some(&levels(&cells)), None)?;
            }
            _ => return Err(ParquetError::General("a column is not of its type".to_owned())),
        }
        next.close()?;
    }
    group.close()?;
    writer.into_inner()
}

fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}

fn columns(rows: &[Row]) -> [Column; 10] {
    let text = |of: fn(&Row) -> Option<String>| Column::Text(rows.iter().map(of).collect());
    let number = |of: fn(&Row) -> Option<i64>| Column::Number(rows.iter().map(of).collect());
    [
        text(|row| Some(row.kind.clone())),
        text(|row| row.action.clone()),
        text(|row| row.name.clone()),
        text(|row| row.tier.clone()),
        text(|row| row.cohort.clone()),
        number(|row| row.tick),
        number(|row| i64::try_from(row.n?).ok()),
        number(|row| i64::try_from(row.bad?).ok()),
        text(|row| row.sum_millionths.clone()),
        text(|row| row.text.clone()),
    ]
}
