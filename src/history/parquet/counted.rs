//! Histories in Parquet are counted as the same rows in JSON Lines are: whatever way a row takes, and whether its id is
//! read or not.

use super::lines;
use super::tests::{Dice, Somewhere, write};
use crate::history::intake::{Place, Quote};
use crate::history::read::{Input, Options, ReadAt, count};
use crate::history::tests::{COUNTING, PLAN};
use crate::history::{Counts, Format, Mapping};
use crate::plan::Plan;
use crate::value::Instant;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Records as they should be, with room for what should not; attributes of both policies; outcomes in a list, or in rows.
const HISTORIES: [&str; 4] = [
    "message all { required binary id (UTF8); required int64 time (TIMESTAMP(MICROS,true)); required binary action (UTF8);
      optional binary tier (UTF8); required group outcomes (LIST) { repeated group list { required group element {
      required binary signal (UTF8); required int64 time (TIMESTAMP(MICROS,true)); } } } }",
    "message all { optional binary id (UTF8); optional int64 time (TIMESTAMP(MILLIS,true)); optional binary action (UTF8);
      optional binary tier (UTF8); optional double amount; optional binary model (UTF8); optional binary channel (UTF8);
      optional group client { optional binary plan (UTF8); optional boolean vip; }
      optional group outcomes (LIST) { repeated group list { optional group element {
      optional binary signal (UTF8); optional int64 time (TIMESTAMP(MICROS,true)); optional int32 value; } } } }",
    "message all { required binary id (UTF8); optional int64 time (TIMESTAMP(NANOS,true)); required binary action (UTF8);
      required binary tier (UTF8); optional binary signal (UTF8); optional int64 signal_time (TIMESTAMP(MICROS,true));
      optional int32 value; }",
    "message all { optional binary id (UTF8); required binary time (UTF8); required binary action (UTF8);
      optional binary signal (UTF8); optional binary signal_time (UTF8); }",
];

impl Dice {
    /// A word that a column of a history may have, and now and then one that it may not.
    pub(super) fn word(&mut self, column: &str) -> String {
        let of = |words: &[&str], dice: &mut Self| {
            words[usize::try_from(dice.roll(words.len() as u64)).unwrap_or(0)].to_owned()
        };
        match (column.rsplit('.').next().unwrap_or(column), self.roll(40)) {
            ("tier", 0) => of(&["sprint", ""], self),
            ("tier", _) => of(&["crawl", "walk", "run"], self),
            ("action", _) => of(&["reply", "reply", "refund", "payback", "lookup", "nothing"], self),
            ("signal", 0) => of(&["unheard", "rated", ""], self),
            ("signal", _) => {
                of(&["accepted", "rejected", "completed", "corrected", "reopened", "reversed", "complaint"], self)
            }
            ("time" | "signal_time", 0) => "yesterday".to_owned(),
            ("time" | "signal_time", _) => self.time(column).to_string(),
            ("id", 0) => String::new(),
            ("id", _) => format!("r{}", self.roll(2_000)),
            _ => of(&["a", "b", "letter"], self),
        }
    }

    /// A time of some days, mostly later ones of an outcome; the same ones come again.
    pub(super) fn time(&mut self, column: &str) -> Instant {
        let start = 1_772_323_200;
        let later = if column == "time" || self.roll(20) == 0 { 0 } else { 190 };
        let hours = later + i64::try_from(self.roll(200)).unwrap_or(0);
        Instant::from_seconds(start + hours * 3_600 + i64::try_from(self.roll(3)).unwrap_or(0))
    }
}

/// The counts without the quotes of bad rows, and without what is merged: rows of one id that differ in nothing are one
/// where they are seen together.
fn counted(plan: &Plan, input: Input, options: &Options) -> Counts {
    let mut counts = count(plan, &[input], options).expect("memory can be read");
    for bad in counts.intake.bad.values_mut() {
        bad.first = Quote { place: Place { input: 0, line: 0 }, why: String::new(), text: String::new() };
    }
    counts
}

fn in_memory(bytes: &[u8], format: Format) -> Input<'static> {
    let (all, again): (Arc<[u8]>, Arc<[u8]>) = (Arc::from(bytes), Arc::from(bytes));
    let open = move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(Arc::clone(&all)))) };
    let ranges = move || -> io::Result<Arc<dyn ReadAt>> { Ok(Arc::new(Somewhere(again.to_vec()))) };
    Input { name: "history".to_owned(), open: Box::new(open), ranges: Some(Box::new(ranges)), format }
}

#[test]
fn parquet_is_counted_as_lines_are() {
    let (mut records, mut bad) = (0, 0);
    for seed in 0..160 {
        let bytes = write(HISTORIES[seed % HISTORIES.len()], true, &mut Dice(seed as u64));
        let text = lines(&bytes).expect("lines");
        let mut mapping = Mapping::default();
        if HISTORIES[seed % HISTORIES.len()].contains("signal_time") {
            mapping.apply("signal=signal,signal_time=signal_time").expect("a mapping");
        }
        for (plan, unique_ids, now) in [
            (&PLAN, true, None),
            (&COUNTING, true, None),
            (&COUNTING, false, None),
            (&PLAN, false, None),
            (&COUNTING, true, Some("2026-03-05T00:00:00Z")),
        ] {
            // Of a table only the columns that are used are read, and a line with others says more than its outcomes.
            if plan.attributes.is_empty() && HISTORIES[seed % HISTORIES.len()].contains("amount") {
                continue;
            }
            let now = now.and_then(Instant::parse);
            let options = Options {
                unique_ids,
                now,
                threads: NonZeroUsize::new(2),
                mapping: mapping.clone(),
                ..Options::default()
            };
            let expected = counted(plan, in_memory(&text, Format::Lines), &options);
            for block in [1, 300, 128 * 1024] {
                let options = Options { block: NonZeroUsize::new(block), ..options.clone() };
                let found = counted(plan, in_memory(&bytes, Format::Parquet), &options);
                assert_eq!(found, expected, "seed {seed}, unique {unique_ids}, blocks of {block}");
            }
            records += expected.intake.total();
            bad += expected.intake.bad_lines();
        }
    }
    assert!(records > 15_000 && bad > 1_000, "{records} records, {bad} bad ones: hardly tried");
}

/// A row that is too long stands between two others, whose lists are their own.
#[test]
fn rows_behind_one_that_is_too_long_keep_their_outcomes() {
    let schema = Arc::new(parse_message_type(HISTORIES[0]).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).expect("a file");
    let mut group = writer.next_row_group().expect("a row group");
    let long = "x".repeat(17 << 20);
    let time = |hours: i64| (1_772_323_200 + hours * 3_600) * 1_000_000;
    let texts = |all: &[&str]| all.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
    // The first row has no outcome, the second one, and the third another.
    let (there, starts) = ([0, 1, 1], [0, 0, 0]);
    for at in 0..6 {
        let mut column = group.next_column().expect("a column").expect("a column");
        match (column.untyped(), at) {
            (ColumnWriter::ByteArrayColumnWriter(it), 0) => it.write_batch(&texts(&["a", &long, "c"]), None, None),
            (ColumnWriter::Int64ColumnWriter(it), 1) => it.write_batch(&[time(0), time(1), time(2)], None, None),
            (ColumnWriter::ByteArrayColumnWriter(it), 2) => it.write_batch(&texts(&["reply"; 3]), None, None),
            (ColumnWriter::ByteArrayColumnWriter(it), 3) => it.write_batch(&texts(&["run"; 3]), Some(&[1; 3]), None),
            (ColumnWriter::ByteArrayColumnWriter(it), _) => {
                it.write_batch(&texts(&["accepted", "corrected"]), Some(&there), Some(&starts))
            }
            (ColumnWriter::Int64ColumnWriter(it), _) => {
                it.write_batch(&[time(3), time(4)], Some(&there), Some(&starts))
            }
            _ => panic!("another column"),
        }
        .expect("values");
        column.close().expect("a column");
    }
    group.close().expect("a row group");
    let bytes = writer.into_inner().expect("a file");
    let line = |id: &str, hours: i64, outcomes: &str| {
        let time = Instant::from_seconds(time(hours) / 1_000_000);
        format!(
            "{{\"id\":\"{id}\",\"time\":\"{time}\",\"action\":\"reply\",\"tier\":\"run\",\"outcomes\":[{outcomes}]}}\n"
        )
    };
    let outcome = format!("{{\"signal\":\"corrected\",\"time\":\"{}\"}}", Instant::from_seconds(time(4) / 1_000_000));
    let text = line("a", 0, "") + &line("c", 2, &outcome);
    for unique_ids in [false, true] {
        let options = Options { unique_ids, ..Options::default() };
        let mut found = counted(&COUNTING, in_memory(&bytes, Format::Parquet), &options);
        assert_eq!(found.intake.bad_lines(), 1, "the long one");
        found.intake.bad.clear();
        assert_eq!(found, counted(&COUNTING, in_memory(text.as_bytes(), Format::Lines), &options));
    }
}
