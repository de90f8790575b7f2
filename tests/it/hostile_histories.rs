//! Histories that nobody should have to read: whatever an input is, its rows are counted, bad or not, or it is refused
//! with a message that says what to do; and memory stays bounded.

use crate::{engine, repository};
use cwrc::history::intake::Reason;
use cwrc::history::{self, Counts, Format, Input, Malformed, Mapping, Options};
use std::fs;
use std::io::{self, Cursor, Read, Write as _};
use std::sync::{Arc, LazyLock};

static PLAN: LazyLock<cwrc::plan::Plan> =
    LazyLock::new(|| engine::plan(&fs::read_to_string(repository("tests/fuzz/rich.cwr")).expect("the policy")));

const HEAD: &str = "id,time,action,tier,amount,signal,signal_time,value\n";
const GOOD: &str = "1,2026-01-01T00:00:00Z,reply,crawl,5,accepted,2026-01-01T01:00:00Z,\n";

/// Counts, or what is said of the input.
fn read(format: Format, bytes: &[u8], map: &str) -> Result<Counts, String> {
    let bytes: Arc<[u8]> = Arc::from(bytes);
    let open = move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(Arc::clone(&bytes)))) };
    let input = Input { name: "log".to_owned(), open: Box::new(open), ranges: None, format };
    let mut mapping = Mapping::default();
    if !map.is_empty() {
        mapping.apply(map).expect("a mapping");
    }
    history::count(&PLAN, &[input], &Options { mapping, ..Options::default() }).map_err(|error| {
        match Malformed::of(&error.source) {
            Some(Malformed { message, help }) => {
                assert!(!help.is_empty(), "{message}");
                message.clone()
            }
            None => error.to_string(),
        }
    })
}

/// How many records a table has, and which rows of it are bad for what, by line.
fn csv(text: &str) -> Result<(u64, Vec<(Reason, u64)>), String> {
    let counts = read(Format::Csv, text.as_bytes(), "")?;
    let bad = counts.intake.bad.iter().map(|(reason, bad)| (*reason, bad.first.place.line)).collect();
    Ok((counts.intake.total(), bad))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

#[test]
fn broken_quotes_are_found_where_they_open() {
    let told = |text: &str| csv(text).expect_err("a broken quote");
    assert_eq!(told(&format!("{HEAD}{GOOD}2,\"2026-01-01\n{GOOD}")), "opens a quote in line 3 that is never closed");
    assert_eq!(
        told(&format!("{HEAD}{GOOD}{}2,2026-01-01T00:00:00Z,reply,crawl,5,,,\"", "\n")),
        "opens a quote in line 4 that is never closed"
    );
    assert_eq!(told(&format!("\"{HEAD}{GOOD}")), "opens a quote in line 1 that is never closed");
    // A quote inside of a cell is one.
    let inches = GOOD.replace("reply", "5\" reply");
    assert_eq!(csv(&format!("{HEAD}{inches}{}", GOOD.replacen('1', "2", 1))), Ok((2, vec![])));
    // One too many joins two rows, which shows by their cells.
    let joined = format!("{HEAD}2,\"x\n{GOOD}3,y\",,,,,,\n{}", GOOD.replacen('1', "4", 1));
    assert_eq!(csv(&joined), Ok((1, vec![(Reason::MissingField, 2)])));
}

/// Old programs end rows in `\r` alone, and editors mix the three: none of them makes a row vanish.
#[test]
fn rows_that_end_in_a_return_alone_are_rows() {
    let rows = |ends: &[&str]| -> String {
        let row = |at: usize| if at == 0 { HEAD.to_owned() } else { GOOD.replacen('1', &at.to_string(), 1) };
        (0..30_000).map(|at| row(at).replace('\n', ends[at % ends.len()])).collect()
    };
    for ends in [&["\r"][..], &["\r", "\n"], &["\r\n", "\r"], &["\n", "\n", "\r"]] {
        let text = rows(ends);
        assert_eq!(csv(&text), Ok((29_999, vec![])), "{ends:?}");
        // Lines are counted as they end.
        let broken = text + "x,y" + ends[0];
        assert_eq!(csv(&broken), Ok((29_999, vec![(Reason::Unparsable, 30_001)])), "{ends:?}");
    }
}

/// A file that is no table may have anything where its names should be.
#[test]
fn very_many_and_very_long_names_are_looked_at_once() {
    let names: Vec<String> = (0..200_000).map(|at| format!("c{at}")).collect();
    let text = format!("id,time,action,{}\n", names.join(","));
    assert_eq!(csv(&text), Ok((0, vec![])));
    let long = "x".repeat(1 << 20);
    for (head, complaint) in [
        (format!("{long},{long}\n"), "has two columns `xxx"),
        (format!("{long};id\n"), "has one column only, `xxx"),
        (format!("id.{long},id,time,action,id.{long}.x\n"), ""),
    ] {
        let told = csv(&head);
        let is_fine = complaint.is_empty() && told.is_ok();
        assert!(is_fine || told.clone().is_err_and(|it| it.starts_with(complaint) && it.len() < 200), "{told:?}");
    }
}

/// One object where a list of them should be is not passed over, in whichever format.
#[test]
fn outcomes_that_are_no_list_are_told() {
    let told = csv("id,time,action,outcomes.signal,outcomes.time\n").expect_err("a struct");
    assert_eq!(told, "has a column `outcomes.signal`, but `outcomes` is a list");
    let line = "{\"id\":1,\"time\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\",\"outcomes\":{\"signal\":\"x\"}}";
    let counts = read(Format::Lines, line.as_bytes(), "").expect("a line");
    assert_eq!(counts.intake.bad[&Reason::Unparsable].count, 1);
}

/// Empty means that it did not happen, in a cell as in a text.
#[test]
fn an_empty_text_is_a_signal_that_did_not_happen() {
    const MAP: &str = "signal.accepted=ok_at,signal.reopened=back,signal.reopened.time=back_at";
    let table = "id,time,action,ok_at,back,back_at\n1,2026-01-01T00:00:00Z,reply,,,\n\
                 2,2026-01-01T00:00:00Z,reply,2026-01-01T01:00:00Z,true,2026-01-01T02:00:00Z\n\
                 3,2026-01-01T00:00:00Z,reply,,true,\n";
    let rows = [["", "", ""], ["2026-01-01T01:00:00Z", "true", "2026-01-01T02:00:00Z"], ["", "true", ""]];
    let line = |(at, [ok, back, back_at]): (usize, [&str; 3])| {
        format!(
            "{{\"id\":{},\"time\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\",\"ok_at\":\"{ok}\",\"back\":\"{back}\",\
             \"back_at\":\"{back_at}\"}}\n",
            at + 1
        )
    };
    let lines: String = rows.into_iter().enumerate().map(line).collect();
    let [table, lines] = [(Format::Csv, table), (Format::Lines, &lines)]
        .map(|(format, text)| read(format, text.as_bytes(), MAP).expect("an input"));
    assert_eq!((table.intake.total(), lines.intake.total()), (2, 2));
    assert!(table.samples == lines.samples && table.exposure == lines.exposure);
    let bad = |counts: &Counts| counts.intake.bad.keys().copied().collect::<Vec<_>>();
    assert_eq!((bad(&table), bad(&lines)), (vec![Reason::MissingField], vec![Reason::MissingField]));
}

/// A wide window is a promise of memory that nobody asked for.
#[test]
fn packs_that_take_too_much_memory_are_told_as_such() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).expect("memory");
    encoder.window_log(30).expect("a window");
    encoder.write_all(HEAD.as_bytes()).expect("memory");
    let packed = encoder.finish().expect("memory");
    assert_eq!(
        read(Format::Csv, &packed, "").err().as_deref(),
        Some("is packed so that unpacking it takes more than 128 MiB")
    );
}

#[test]
fn rows_of_another_width_are_bad() {
    let text =
        format!("{HEAD}{GOOD}2,2026-01-01T00:00:00Z,reply\n3,2026-01-01T00:00:00Z,reply,crawl,5,,,,,\n\n\n,,,,,,,\n");
    assert_eq!(csv(&text), Ok((1, vec![(Reason::Unparsable, 3), (Reason::MissingField, 7)])));
}

#[test]
fn a_head_that_is_none_is_refused() {
    for (text, complaint) in [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("\u{feff}", "is empty"),
        ("id,time,action,id\n", "has two columns `id`"),
        ("id;time;action\n", "has one column only, `id;time;action`"),
        ("id,time\n", "has no column `action`"),
        ("client,client.plan,id,time,action\n", "has no column `client`"),
        ("{\"id\":1}\n", "has no column `id`"),
    ] {
        let told = csv(text);
        let is_fine = text.starts_with("client") && told.is_ok();
        assert!(is_fine || told.clone().is_err_and(|it| it == complaint), "{text:?}: {told:?}");
    }
    assert_eq!(
        read(Format::Csv, b"id,t\xffme,action\n", "").err().as_deref(),
        Some("has names of columns that are not UTF-8")
    );
    assert_eq!(read(Format::Csv, HEAD.as_bytes(), "tier=stage").err().as_deref(), Some("has no column `stage`"));
    assert_eq!(read(Format::Csv, HEAD.as_bytes(), "signal.x=when").err().as_deref(), Some("has no column `when`"));
}

/// More than any line may be, without a line end.
#[test]
fn rows_and_lines_without_end_do_not_fill_the_memory() {
    let long = vec![b'x'; 40 << 20];
    let mut lines = long.clone();
    lines.extend_from_slice(b"\n{\"id\":1,\"time\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\"}\n");
    for bytes in [lines.clone(), gzip(&lines)] {
        let counts = read(Format::Lines, &bytes, "").expect("lines");
        assert_eq!((counts.intake.total(), counts.intake.bad_lines()), (1, 1));
    }
    let told = read(Format::Csv, &[HEAD.as_bytes(), &long].concat(), "").expect_err("a long row");
    assert_eq!(told, "has a row that starts in line 2 and is longer than 16 MiB");
    let told = read(Format::Csv, &[HEAD.as_bytes(), b"1,\"", &long].concat(), "").expect_err("a long row");
    assert_eq!(told, "opens a quote in line 2 that is never closed");
    assert!(read(Format::Csv, &long, "").is_err());
}

/// What comes of one record is looked at a few times, not once for each other thing that came of it.
#[test]
fn a_record_with_very_many_outcomes_is_one_record() {
    let start = cwrc::value::Instant::parse("2026-01-01T00:00:00Z").expect("a time");
    let outcome = |at: i64| {
        let signal = if at == 0 { "accepted" } else { "rejected" };
        format!("{{\"signal\":\"{signal}\",\"time\":\"{}\"}}", start.plus_seconds(at))
    };
    let outcomes: Vec<String> = (0..200_000).map(outcome).collect();
    let line =
        format!("{{\"id\":1,\"time\":\"{start}\",\"action\":\"reply\",\"outcomes\":[{}]}}\n", outcomes.join(","));
    let counts = read(Format::Lines, line.as_bytes(), "").expect("a line");
    assert_eq!((counts.intake.total(), counts.intake.contradicted), (1, 199_999));
}

#[test]
fn numbers_of_ten_thousand_digits_are_exact_or_bad() {
    let digits = "7".repeat(10_000);
    let row = |id: &str, amount: &str, value: &str| {
        format!("{id},2026-01-01T00:00:00Z,reply,crawl,{amount},rated,2026-01-01T01:00:00Z,{value}\n")
    };
    let text = format!(
        "{HEAD}{}{}{}",
        row(&digits, &digits, "3"),
        row("2", &format!("1e{digits}"), "4"),
        row("3", "5", &digits)
    );
    assert_eq!(csv(&text), Ok((2, vec![(Reason::BadValue, 4)])));
    let text = text.replace("2026-01-01T00:00:00Z", &digits);
    let counts = read(Format::Csv, text.as_bytes(), "time_format=epoch_seconds").expect("a table");
    assert_eq!(counts.intake.bad[&Reason::BadTime].count, 3);
    let quote = &counts.intake.bad[&Reason::BadTime].first;
    assert!(quote.why.contains("`time` holds `7777") && quote.why.len() < 200, "{}", quote.why);
}

#[test]
fn deep_json_is_bad_and_no_more() {
    let deep = "[".repeat(1_000_000);
    for (format, text) in [
        (
            Format::Lines,
            format!("{{\"id\":1,\"time\":\"2026-01-01T00:00:00Z\",\"action\":\"reply\",\"amount\":{deep}}}\n"),
        ),
        (Format::Csv, format!("id,time,action,outcomes\n1,2026-01-01T00:00:00Z,reply,{deep}\n")),
    ] {
        let counts = read(format, text.as_bytes(), "").expect("an input");
        assert_eq!((counts.intake.total(), counts.intake.bad[&Reason::Unparsable].count), (0, 1));
    }
}

#[test]
fn bytes_that_are_no_text_are_bad_rows() {
    let mut bytes = [HEAD, GOOD].concat().into_bytes();
    bytes.extend_from_slice(
        b"2,2026-01-01T00:00:00Z,re\xffply,crawl,5,,,\n3,2026-01-01T00:00:00Z,re\0ply,crawl,5,,,\n\0\0\0\n",
    );
    let counts = read(Format::Csv, &bytes, "").expect("a table");
    assert_eq!((counts.intake.total(), counts.intake.unclassified), (2, 1));
    assert_eq!(counts.intake.bad[&Reason::Unparsable].count, 2);
    assert!(read(Format::Csv, &vec![0; 1 << 20], "").is_err());
}

#[test]
fn packs_that_end_early_are_refused() {
    let text = HEAD.to_owned() + &GOOD.repeat(5_000);
    for packed in [gzip(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).expect("memory")] {
        assert!(read(Format::Csv, &packed, "").is_ok());
        for cut in [20, packed.len() / 2, packed.len() - 1] {
            assert!(read(Format::Csv, &packed[..cut], "").is_err(), "{cut} of {}", packed.len());
        }
    }
}

#[test]
fn parquet_that_is_cut_or_changed_is_refused() {
    if !cfg!(feature = "parquet") {
        println!("skipped: this build does not read Parquet");
        return assert!(read(Format::Parquet, b"PAR1", "").is_err());
    }
    for file in ["flat", "nested"] {
        let whole = fs::read(repository(&format!("tests/cases/history/{file}.parquet"))).expect("a file");
        assert!(read(Format::Parquet, &whole, "").is_ok());
        for cut in [0, 1, 4, 8, 100, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
            assert!(read(Format::Parquet, &whole[..cut], "").is_err(), "{file}: {cut} of {}", whole.len());
        }
        // Whatever is made of a changed byte, it is made without a panic.
        for at in (0..whole.len()).step_by(97).chain(whole.len() - 300..whole.len()) {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            let _ = read(Format::Parquet, &changed, "");
        }
    }
}
