//! Both ways through a file come to the same lines: any types, levels, pages, packings and row groups.

#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers made here")]

use super::cells::{Cells, Texts, Values};
use super::chunk::{Chunk, is_usual};
use super::columns::Columns;
use super::ranges::Chunks;
use super::{Reader, bounds, damaged, guarded, leaves, plain};
use crate::history::read::ReadAt;
use crate::history::table::{Rows as _, Table};
use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, Encoding, GzipLevel, Repetition, Type as Physical, ZstdLevel};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, ByteArrayType, Int96};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;
use std::io;
use std::sync::Arc;

/// Columns of every kind that is taken.
const TAKEN: &str = "message all {
  required binary id (UTF8);
  optional int64 time (TIMESTAMP(MICROS,true));
  optional int64 local (TIMESTAMP(MILLIS,false));
  optional int64 nanos (TIMESTAMP(NANOS,true));
  required int64 count;
  optional int32 small (INTEGER(16,false));
  optional int64 cents (DECIMAL(10,2));
  optional int64 whole (DECIMAL(18,0));
  optional int32 share (DECIMAL(9,9));
  optional binary any (DECIMAL(9,1));
  optional fixed_len_byte_array(16) key (UUID);
  optional fixed_len_byte_array(20) huge (DECIMAL(40,3));
  optional int32 day (DATE);
  optional int32 clock (TIME(MILLIS,true));
  optional int96 old;
  optional float weight;
  optional double amount;
  optional boolean vip;
  optional binary raw;
  optional fixed_len_byte_array(4) four;
  optional fixed_len_byte_array(4) price (DECIMAL(8,2));
  optional binary kind (ENUM);
  optional group client { optional binary plan (UTF8); required group more { optional boolean vip; } }
  optional group outcomes (LIST) { repeated group list { optional group element {
    optional binary signal (UTF8); required int64 time (TIMESTAMP(MICROS,true)); optional double value; optional int32 odd; } } }
  required group events (LIST) { repeated group list { required group element { required binary signal (UTF8); } } }
}";

/// Columns that are not.
const LEFT: [&str; 4] = [
    "optional group tags (LIST) { repeated group list { optional binary element (UTF8); } }",
    "optional group tags (LIST) { repeated group array { optional binary name (UTF8); optional int32 size; } }",
    "optional group tags (MAP) { repeated group key_value { required binary key (UTF8); optional int32 value; } }",
    "repeated binary tags (UTF8);",
];

/// Numbers that look random.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn number(&mut self) -> i64 {
        let number = i64::try_from(self.roll(1 << 31)).unwrap_or(0);
        [number, -number, number * 1_000_000, number % 10, i64::MAX - number][self.roll(5) as usize]
    }

    fn bytes(&mut self, length: usize) -> ByteArray {
        (0..length).map(|_| self.roll(256) as u8).collect::<Vec<u8>>().into()
    }

    fn text(&mut self) -> ByteArray {
        ["", "a", "accepted", "say \"x\"", "[1]", "é\n", "2026-01-01T00:00:00Z", "true"][self.roll(8) as usize].into()
    }
}

/// The levels of the leaves of a field, added row after row.
type Levels = Vec<(Vec<i16>, Vec<i16>)>;

/// Adds a value of a field, or none, to its leaves.
fn add(kind: &Type, defined: i16, repeated: i16, is_there: bool, levels: &mut [(Vec<i16>, Vec<i16>)], dice: &mut Dice) {
    let repetition = kind.get_basic_info().repetition();
    let is_there = is_there && (repetition == Repetition::REQUIRED || dice.roll(4) > 0);
    let inner = defined + i16::from(is_there && repetition != Repetition::REQUIRED);
    if kind.is_primitive() {
        levels[0].0.push(inner);
        levels[0].1.push(repeated);
        return;
    }
    let times = if repetition == Repetition::REPEATED && is_there { 1 + dice.roll(3) } else { 1 };
    for time in 0..times {
        let mut first = 0;
        for field in kind.get_fields() {
            let own = &mut levels[first..first + super::columns::width(field)];
            let repeated = if time == 0 { repeated } else { 1 };
            add(field, inner, repeated, is_there, own, dice);
            first += own.len();
        }
    }
}

/// Rows of a schema; those of a history may be as they should be.
pub(super) fn write(schema: &str, is_history: bool, dice: &mut Dice) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let packing = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ][dice.roll(4) as usize];
    let version = [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0][dice.roll(2) as usize];
    // A dictionary that is too long is left in the middle of a row group.
    let mut properties = WriterProperties::builder()
        .set_compression(packing)
        .set_writer_version(version)
        .set_dictionary_enabled(dice.roll(3) > 0)
        .set_dictionary_page_size_limit([1, 30, 1 << 20][dice.roll(3) as usize])
        .set_write_batch_size(7)
        .set_data_page_row_count_limit([5, 20_000][dice.roll(2) as usize]);
    if dice.roll(2) > 0 {
        properties = properties.set_encoding(Encoding::PLAIN);
    }
    let properties = properties.build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::clone(&schema), Arc::new(properties)).expect("a file");
    for _ in 0..=dice.roll(3) {
        let rows = dice.roll(60);
        let mut columns: Vec<Levels> =
            schema.get_fields().iter().map(|it| vec![Default::default(); super::columns::width(it)]).collect();
        for _ in 0..rows {
            for (field, levels) in schema.get_fields().iter().zip(&mut columns) {
                add(field, 0, 0, true, levels, dice);
            }
        }
        let mut group = writer.next_row_group().expect("a row group");
        for (defined, repeated) in columns.into_iter().flatten() {
            let mut writer = group.next_column().expect("a column").expect("a column");
            column(writer.untyped(), &defined, &repeated, is_history, dice);
            writer.close().expect("a column");
        }
        group.close().expect("a row group");
    }
    writer.into_inner().expect("a file")
}

fn column(writer: &mut ColumnWriter, defined: &[i16], repeated: &[i16], is_history: bool, dice: &mut Dice) {
    macro_rules! values {
        ($writer:expr, $value:expr) => {{
            let most = $writer.get_descriptor().max_def_level();
            let count = defined.iter().filter(|level| **level == most).count();
            let values: Vec<_> = (0..count).map(|_| $value).collect();
            $writer.write_batch(&values, Some(defined), Some(repeated)).map(drop)
        }};
    }
    let written = match writer {
        ColumnWriter::BoolColumnWriter(it) => values!(it, dice.roll(2) > 0),
        ColumnWriter::Int32ColumnWriter(it) => values!(it, i32::try_from(dice.number() % 70_000).unwrap_or(0)),
        ColumnWriter::Int64ColumnWriter(it) if is_history => {
            let clock = match it.get_descriptor().converted_type() {
                ConvertedType::TIMESTAMP_MILLIS => 1_000,
                ConvertedType::TIMESTAMP_MICROS => 1_000_000,
                _ => 1_000_000_000,
            };
            let name = it.get_descriptor().path().string();
            values!(it, dice.time(&name).seconds * clock)
        }
        ColumnWriter::Int64ColumnWriter(it) => values!(it, dice.number()),
        ColumnWriter::Int96ColumnWriter(it) => {
            values!(it, Int96::from(vec![0, 0, 2_440_588 + dice.roll(20_000) as u32]))
        }
        ColumnWriter::FloatColumnWriter(it) => values!(it, dice.roll(99) as f32 / 4.0),
        ColumnWriter::DoubleColumnWriter(it) => values!(it, dice.roll(99_999) as f64 / 8.0),
        ColumnWriter::ByteArrayColumnWriter(it) if it.get_descriptor().type_scale() > 0 => {
            values!(it, dice.bytes(3))
        }
        ColumnWriter::ByteArrayColumnWriter(it) if is_history => {
            let name = it.get_descriptor().path().string();
            values!(it, dice.word(&name).as_str().into())
        }
        ColumnWriter::ByteArrayColumnWriter(it) => values!(it, dice.text()),
        ColumnWriter::FixedLenByteArrayColumnWriter(it) if it.get_descriptor().type_length() > 4 => {
            let length = usize::try_from(it.get_descriptor().type_length()).expect("a length");
            values!(it, dice.bytes(length).into())
        }
        ColumnWriter::FixedLenByteArrayColumnWriter(it) => values!(it, ByteArray::from("four").into()),
    };
    written.expect("values");
}

/// Bytes as a file that is read from any place, some bytes at a time.
pub(super) struct Somewhere(pub(super) Vec<u8>);

impl ReadAt for Somewhere {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let rest = usize::try_from(at).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let count = buffer.len().min(rest.len()).min(100);
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }
}

fn reader(chunks: Chunks) -> (Arc<Reader>, Table) {
    opened(chunks).expect("a file")
}

fn opened(chunks: Chunks) -> io::Result<(Arc<Reader>, Table)> {
    let reader = SerializedFileReader::new(chunks).map_err(damaged)?;
    let mut names = Vec::new();
    leaves(reader.metadata().file_metadata().schema(), "", &mut names);
    Ok((Arc::new(reader), Table::whole(&names)?))
}

fn plainly(bytes: &[u8]) -> String {
    told_plainly(bytes).expect("lines")
}

fn told_plainly(bytes: &[u8]) -> io::Result<String> {
    guarded(|| {
        let (reader, table) = opened(Chunks::Memory(Bytes::copy_from_slice(bytes)))?;
        let (mut lines, mut blocks) = (Vec::new(), blocks_of(reader, &table)?);
        while let Some(block) = blocks.next()? {
            lines.extend_from_slice(block.bytes.trim_ascii_end());
            lines.push(b'\n');
        }
        let lines = String::from_utf8(lines).expect("UTF-8");
        Ok(if lines == "\n" { String::new() } else { lines })
    })
}

fn blocks_of(reader: Arc<Reader>, table: &Table) -> io::Result<plain::Blocks> {
    plain::Blocks::new(0, Arc::into_inner(reader).expect("nobody else has it"), table)
}

/// The lines of the swift way, so many bytes at once, where it takes all columns.
fn swiftly(bytes: &[u8], length: usize) -> Option<String> {
    told_swiftly(bytes, length).expect("rows")
}

fn told_swiftly(bytes: &[u8], length: usize) -> io::Result<Option<String>> {
    guarded(|| {
        let (reader, table) = opened(Chunks::File(Arc::new(Somewhere(bytes.to_vec()))))?;
        bounds::check(&reader, &table)?;
        let Some(columns) = Columns::new(&reader, &table) else { return Ok(None) };
        let (mut lines, mut line) = (String::new(), 1);
        for group in 0..reader.num_row_groups() {
            let mut part = columns.rows(&reader, group, None)?;
            while part.next(length)? {
                let mut each = |rows: super::Rows| {
                    let super::Rows::All(batch) = rows else { panic!("short rows") };
                    for row in 0..batch.len() {
                        assert_eq!(batch.place(row).line, line + row as u64);
                        lines += &table.line(&|at| batch.value(row, at));
                        lines.push('\n');
                    }
                    false
                };
                part.batch(0, line, &mut each);
                line += part.len() as u64;
            }
        }
        Ok(Some(lines))
    })
}

#[test]
fn both_ways_give_the_same_lines() {
    let mut rows = 0;
    for seed in 0..60 {
        let bytes = write(TAKEN, false, &mut Dice(seed));
        let plain = plainly(&bytes);
        rows += plain.lines().count();
        for length in [1, 200, 128 * 1024] {
            assert_eq!(swiftly(&bytes, length).as_deref(), Some(&plain[..]), "seed {seed}, length {length}");
        }
    }
    assert!(rows > 1_000, "{rows} rows: hardly tried");
}

/// Columns whose pages are usual.
const USUAL: &str = "message usual {
  required binary id (UTF8);
  optional int64 time (TIMESTAMP(NANOS,true));
  required int64 end (TIMESTAMP(NANOS,true));
  optional group client { optional binary plan (UTF8); }
  optional group outcomes (LIST) { repeated group list { optional group element {
    optional binary signal (UTF8); required int64 time (TIMESTAMP(NANOS,true)); } } }
}";

/// Pages that are at hand.
struct AtHand(std::vec::IntoIter<Page>);

impl Iterator for AtHand {
    type Item = parquet::errors::Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Ok)
    }
}

impl PageReader for AtHand {
    fn get_next_page(&mut self) -> parquet::errors::Result<Option<Page>> {
        Ok(self.0.next())
    }

    fn peek_next_page(&mut self) -> parquet::errors::Result<Option<PageMetadata>> {
        unimplemented!("nobody looks ahead")
    }

    fn skip_next_page(&mut self) -> parquet::errors::Result<()> {
        unimplemented!("nothing is left out")
    }
}

/// The pages of a leaf.
fn pages(reader: &Arc<Reader>, group: usize, leaf: usize) -> Vec<Page> {
    let group = reader.get_row_group(group).expect("a group");
    group.get_column_page_reader(leaf).expect("pages").collect::<Result<_, _>>().expect("pages")
}

/// The cells that a leaf of [`USUAL`] has in these pages, where it is read without the crate, some rows at a time.
fn cells(pages: Vec<Page>, meta: &ColumnChunkMetaData, rows: usize, step: usize) -> Option<Vec<String>> {
    let is_text = meta.column_type() == Physical::BYTE_ARRAY;
    let mut cells = Cells::of(if is_text { Values::Texts(Texts::default()) } else { Values::times(1_000_000_000) });
    let mut chunk = Chunk::new(Box::new(AtHand(pages.into_iter())), meta)?;
    let mut all = Vec::new();
    for start in (0..rows).step_by(step) {
        cells.clear();
        chunk.read(step.min(rows - start), &mut cells)?;
        all.extend((0..cells.len()).map(|at| format!("{:?} {:?}", cells.value(at), cells.repeated.get(at))));
    }
    is_usual(meta).then_some(all)
}

/// Calls `each` with every leaf of some files of usual columns that may have usual pages, and how many rows it has.
fn usual_leaves(seeds: u64, mut each: impl FnMut(&ColumnChunkMetaData, usize, Vec<Page>)) {
    for seed in 0..seeds {
        let (reader, _) = reader(Chunks::Memory(Bytes::from(write(USUAL, false, &mut Dice(seed)))));
        for (at, group) in reader.metadata().row_groups().iter().enumerate() {
            let is_delta = |it| matches!(it, Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_BYTE_ARRAY);
            for (leaf, meta) in group.columns().iter().enumerate().filter(|(_, meta)| !meta.encodings().any(is_delta)) {
                each(meta, usize::try_from(group.num_rows()).expect("rows"), pages(&reader, at, leaf));
            }
        }
    }
}

/// Both ways would say the same too if all were left to the crate.
#[test]
fn usual_pages_are_not_left_to_the_crate() {
    let mut tried = 0;
    usual_leaves(60, |meta, rows, pages| {
        let whole = cells(pages.clone(), meta, rows, 100);
        assert!(whole.is_some() && whole == cells(pages, meta, rows, 3), "{}", meta.column_path());
        tried += 1;
    });
    assert!(tried > 300, "{tried} leaves: hardly tried");
}

/// A page of other bytes.
fn with(page: &Page, bytes: Vec<u8>) -> Page {
    let mut page = page.clone();
    let (Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. } | Page::DictionaryPage { buf, .. }) = &mut page;
    *buf = bytes.into();
    page
}

/// No panic is awaited here, as it is where the crate reads.
#[test]
fn pages_that_are_cut_or_changed_are_no_panic() {
    let (mut left, mut tried) = (0, 0);
    usual_leaves(8, |meta, rows, pages| {
        let whole = cells(pages.clone(), meta, rows, 10);
        for (at, page) in pages.iter().enumerate() {
            let mut broken = |bytes: Vec<u8>| {
                let mut pages = pages.clone();
                pages[at] = with(page, bytes);
                let cells = cells(pages, meta, rows, 10);
                tried += 1;
                left += usize::from(cells.is_none());
                cells
            };
            let bytes = page.buffer().to_vec();
            for length in 0..bytes.len() {
                let cells = broken(bytes[..length].to_vec());
                assert!(cells.is_none() || cells == whole, "{length} of {} bytes", bytes.len());
            }
            for (at, bit) in (0..bytes.len()).flat_map(|at| [(at, 1), (at, 0x40), (at, 0x80)]) {
                let mut bytes = bytes.clone();
                bytes[at] ^= bit;
                broken(bytes);
            }
        }
    });
    assert!(tried > 10_000 && left > tried / 4, "{left} of {tried} left to the crate: hardly tried");
}

/// A file of few bytes may have very many entries, which are not all held at once.
#[test]
fn lists_of_very_many_entries_are_refused() {
    let entries = usize::try_from(bounds::MOST_ENTRIES).expect("a number") + 1;
    let schema = "message one { required group a (LIST) { repeated group list {
      required group element { optional binary signal (UTF8); } } } }";
    let told = |entries: usize| {
        let schema = Arc::new(parse_message_type(schema).expect("a schema"));
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).expect("a file");
        let mut group = writer.next_row_group().expect("a row group");
        let mut column = group.next_column().expect("a column").expect("a column");
        let mut repeated = vec![1; entries];
        repeated[0] = 0;
        let written = column.typed::<ByteArrayType>().write_batch(&[], Some(&vec![1; entries]), Some(&repeated));
        written.expect("levels");
        column.close().expect("a column");
        group.close().expect("a row group");
        told_swiftly(&writer.into_inner().expect("a file"), 1 << 20)
    };
    assert!(told(1_000).is_ok());
    let error = told(entries).expect_err("too many").to_string();
    assert!(error.contains("entries in neighbouring lists of its column `a.list.element.signal`"), "{error}");
}

/// A changed byte is found, or makes of the file another one, of which both ways say the same.
#[test]
fn changed_bytes_give_an_error_or_the_same_lines() {
    let (mut same, mut refused) = (0, 0);
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let whole = write(USUAL, false, &mut dice);
        for _ in 0..400 {
            let mut changed = whole.clone();
            let at = dice.roll(whole.len() as u64) as usize;
            changed[at] ^= 1 << dice.roll(8);
            let plain = told_plainly(&changed);
            for length in [200, 128 * 1024] {
                match (told_swiftly(&changed, length), &plain) {
                    (Ok(Some(swift)), Ok(plain)) => {
                        assert!(&swift == plain, "seed {seed}, byte {at} of {}", whole.len());
                        same += 1;
                    }
                    (Err(_), _) => refused += 1,
                    _ => {}
                }
            }
        }
    }
    assert!(same > 1_000 && refused > 1_000, "{same} the same, {refused} refused: hardly tried");
}

#[test]
fn files_of_other_programs_go_the_swift_way() {
    for bytes in [
        &include_bytes!("../../../tests/cases/history/nested.parquet")[..],
        include_bytes!("../../../tests/cases/history/flat.parquet"),
    ] {
        assert_eq!(swiftly(bytes, 500), Some(plainly(bytes)));
    }
}

#[test]
fn what_is_not_taken_goes_the_plain_way() {
    for column in LEFT {
        let schema = format!(
            "message other {{ required binary id (UTF8); {column}{} }}",
            if column.ends_with('}') { "" } else { ";" }
        )
        .replace(";;", ";");
        let bytes = write(&schema, false, &mut Dice(7));
        assert!(swiftly(&bytes, 1).is_none() && !plainly(&bytes).is_empty(), "{column}");
    }
}

/// A file of one column that holds these bytes.
fn of_bytes(kind: &str, values: &[&[u8]]) -> Vec<u8> {
    let packing = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(packing)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let schema = Arc::new(parse_message_type(&format!("message one {{ {kind}; }}")).expect("a schema"));
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).expect("a file");
    let mut group = writer.next_row_group().expect("a row group");
    let mut column = group.next_column().expect("a column").expect("a column");
    let values = values.iter().map(|it| ByteArray::from(it.to_vec()));
    match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(it) => it.write_batch(&values.collect::<Vec<_>>(), None, None),
        ColumnWriter::FixedLenByteArrayColumnWriter(it) => {
            it.write_batch(&values.map(Into::into).collect::<Vec<_>>(), None, None)
        }
        _ => panic!("{kind} holds no bytes"),
    }
    .expect("values");
    column.close().expect("a column");
    group.close().expect("a row group");
    writer.into_inner().expect("a file")
}

#[test]
fn bytes_are_what_their_column_says() {
    let uuid: Vec<u8> = (0x10..0x20).collect();
    let long = |last: u8| [&[if last == 0 { 0 } else { 0xff }; 19][..], &[last]].concat();
    for (kind, bytes, told) in [
        ("fixed_len_byte_array(16) a (UUID)", &uuid[..], "\"10111213-1415-1617-1819-1a1b1c1d1e1f\""),
        ("binary a (DECIMAL(10,0))", &[0xff, 0x38], "-200"),
        ("binary a (DECIMAL(10,0))", &[0], "0"),
        ("binary a (DECIMAL(10,0))", &[], "0"),
        ("binary a (DECIMAL(10,1))", &[0xfb], "-0.5"),
        ("binary a (DECIMAL(3,3))", &[7], "0.007"),
        ("fixed_len_byte_array(20) a (DECIMAL(40,2))", &long(0xfe), "-0.02"),
        ("fixed_len_byte_array(20) a (DECIMAL(40,0))", &long(0), "0"),
        (
            "fixed_len_byte_array(16) a (DECIMAL(38,0))",
            &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "-170141183460469231731687303715884105728",
        ),
        (
            "fixed_len_byte_array(17) a (DECIMAL(40,0))",
            &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            "340282366920938463463374607431768211456",
        ),
        ("binary a", "é".as_bytes(), "\"é\""),
    ] {
        let file = of_bytes(&format!("required {kind}"), &[bytes]);
        assert_eq!(plainly(&file), format!("{{\"a\":{told}}}\n"), "{kind}");
        assert_eq!(swiftly(&file, 1), Some(plainly(&file)), "{kind}");
    }
}

/// Two ids that differ in such bytes must not become one.
#[test]
fn bytes_that_are_no_text_are_refused_by_both_ways() {
    for kind in ["required fixed_len_byte_array(2) a", "required binary a", "required binary a (UTF8)"] {
        let file = of_bytes(kind, &[b"ok", b"\xfe\xff"]);
        let (reader, table) = reader(Chunks::Memory(Bytes::from(file)));
        let mut part = Columns::new(&reader, &table).expect("columns").rows(&reader, 0, None).expect("a row group");
        let swift = part.next(1 << 20).expect_err("bytes").to_string();
        drop(part);
        let plain = blocks_of(reader, &table).and_then(|mut blocks| blocks.next()).expect_err("bytes").to_string();
        for told in [plain, swift] {
            assert!(told.contains("not UTF-8 in"), "{kind}: {told}");
        }
    }
}

/// So many times a text, and the rows that are read of it with the places of those that are too long.
fn lengths(values: &[Vec<u8>]) -> io::Result<(usize, Vec<u64>)> {
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let (reader, table) = reader(Chunks::Memory(Bytes::from(of_bytes("required binary a (UTF8)", &values))));
    bounds::check(&reader, &table)?;
    let mut part = Columns::new(&reader, &table).expect("columns").rows(&reader, 0, None)?;
    let (mut rows, mut long, mut line) = (0, Vec::new(), 1);
    while part.next(1 << 20)? {
        part.batch(0, line, &mut |handed| {
            match handed {
                super::Rows::All(batch) => rows += (0..batch.len()).filter(|row| batch.length(*row) < 10).count(),
                super::Rows::Long(place) => long.push(place.line),
                super::Rows::Without(_) => panic!("nothing is left out"),
            }
            false
        });
        line += part.len() as u64;
    }
    Ok((rows, long))
}

#[test]
fn rows_longer_than_a_line_are_left_out() {
    let (short, long) = (b"x".to_vec(), vec![b'x'; (16 << 20) + 1]);
    let values = [short.clone(), long.clone(), long, short.clone(), short];
    assert_eq!(lengths(&values).expect("rows"), (3, vec![2, 3]));
}

/// What a file of a few bytes becomes is known before it does.
#[test]
fn what_becomes_absurdly_long_is_not_unpacked() {
    let told = |rows: usize, length: usize, free: u64| {
        let value = vec![b'x'; length];
        let (reader, table) =
            reader(Chunks::Memory(Bytes::from(of_bytes("required binary a (UTF8)", &vec![&value[..]; rows]))));
        bounds::within(&reader, &table, free).map_err(|error| error.to_string())
    };
    assert_eq!(told(1, 17 << 20, 1 << 20), Err("has rows longer than 16 MiB in its column `a`".to_owned()));
    assert_eq!(told(1, 17 << 20, 256 << 20), Ok(()), "little may become of anything");
    assert_eq!(told(2, 10 << 20, 1 << 20), Err("becomes more than 500 times as long unpacked".to_owned()));
}
