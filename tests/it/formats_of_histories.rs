//! The same records in every format, packing, order and split give the same counts: on random histories, and on real ones
//! where they are at hand (`CWRC_HISTORIES` names their folder).

use crate::random::{Case, case};
use crate::{engine, repository};
use cwrc::history::intake::{Place, Quote};
use cwrc::history::{self, Counts, Format, Input, Mapping, Options};
use cwrc::model::policy::AttributeKind;
use cwrc::plan::Plan;
use cwrc::render::counts_table::{self, Row, Shape};
use cwrc::render::{self, Style, run_json};
use cwrc::replay::{self, Evidence};
use cwrc::value::Tier;
use serde_json::{Map, Value};
use std::fs;
use std::io::{self, Cursor, Read, Write as _};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The columns of a flat table that are no attributes.
const COLUMNS: [&str; 7] = ["id", "time", "action", "tier", "signal", "signal_time", "value"];

/// How a table of counts can be written.
const SHAPES: &[Shape] = &[
    Shape::Csv,
    Shape::Lines,
    #[cfg(feature = "parquet")]
    Shape::Parquet,
];

/// An input in memory.
fn input(format: Format, bytes: &[u8]) -> Input<'static> {
    let bytes: Arc<[u8]> = Arc::from(bytes);
    let open = move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(Arc::clone(&bytes)))) };
    Input { name: "history".to_owned(), open: Box::new(open), ranges: None, format }
}

/// A survey is taken of every other history: without one, rows are counted without a record in between.
fn options(case: &Case) -> Options {
    let assume_tier = case.assume_tier.as_deref().and_then(Tier::parse);
    let survey = case.history.len().is_multiple_of(2);
    Options { assume_tier, survey, threads: NonZeroUsize::new(2), ..Options::default() }
}

/// The counts without the quotes of bad lines: where a line stands, and how it is written, differs between formats.
fn counted(plan: &Plan, inputs: &[Input], options: &Options) -> Counts {
    let mut counts = history::count(plan, inputs, options).expect("memory can be read");
    for bad in counts.intake.bad.values_mut() {
        bad.first = Quote { place: Place { input: 0, line: 0 }, why: String::new(), text: String::new() };
    }
    counts
}

/// Rows of a history: JSON objects with one outcome at most, which a table can say too.
struct Rows<'p> {
    plan: &'p Plan,
    rows: Vec<Map<String, Value>>,
}

impl<'p> Rows<'p> {
    fn new(plan: &'p Plan, text: &str) -> Self {
        let mut rows = Vec::new();
        for line in text.lines() {
            let Ok(Value::Object(mut record)) = serde_json::from_str(line) else { continue };
            record.retain(|key, value| !value.is_null() && known(plan, key));
            let Some(outcomes) = outcomes(&mut record).filter(|_| sayable(plan, &record)) else { continue };
            if outcomes.is_empty() && record.len() > 1 {
                rows.push(record.clone());
            }
            for outcome in outcomes {
                let mut row = record.clone();
                row.insert("outcomes".into(), vec![outcome].into());
                rows.push(row);
            }
        }
        Self { plan, rows }
    }

    fn lines(&self, of: impl Fn(usize) -> bool) -> String {
        let kept = self.rows.iter().enumerate().filter(|(at, _)| of(*at));
        kept.map(|(_, row)| Value::from(row.clone()).to_string() + "\n").collect()
    }

    /// The names of the columns.
    fn columns(&self) -> Vec<String> {
        let mut columns: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
        for key in self.plan.attributes.iter().map(|it| it.key.join(".")) {
            if !columns.contains(&key) {
                columns.push(key);
            }
        }
        columns
    }

    /// The rows as a table of text.
    fn table(&self, delimiter: u8, of: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(self.columns()).expect("memory");
        for (_, row) in self.rows.iter().enumerate().filter(|(at, _)| of(*at)) {
            writer.write_record(self.columns().iter().map(|column| cell(row, column))).expect("memory");
        }
        writer.into_inner().expect("memory")
    }
}

fn known(plan: &Plan, key: &str) -> bool {
    ["id", "time", "action", "tier", "outcomes", "signal"].contains(&key)
        || plan.attributes.iter().any(|it| it.key[0] == key)
}

/// The outcomes, taken out; nothing where a table could not say them.
fn outcomes(record: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let all = match record.remove("outcomes") {
        None => Vec::new(),
        Some(Value::Array(all)) => all,
        Some(_) => return None,
    };
    let is_text =
        |value: Option<&Value>| value.is_none_or(|it| it.is_null() || it.as_str().is_some_and(|it| !it.is_empty()));
    let fits = |it: &Value| {
        let value = it.get("value").is_none_or(|value| value.is_number() || value.is_null());
        let some = ["signal", "time", "value"].iter().any(|key| it.get(key).is_some_and(|it| !it.is_null()));
        some && value && is_text(it.get("signal")) && is_text(it.get("time"))
    };
    all.iter().all(fits).then_some(all)
}

/// Whether a cell can say what each key holds.
fn sayable(plan: &Plan, record: &Map<String, Value>) -> bool {
    let text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let of_attribute = |value: &Value, kind: AttributeKind| match kind {
        AttributeKind::Number => value.is_number(),
        AttributeKind::Flag => value.is_boolean(),
        AttributeKind::Text => text(value),
    };
    let attributes = plan.attributes.iter().all(|it| {
        let path = format!("/{}", it.key.join("/"));
        Value::from(record.clone()).pointer(&path).is_none_or(|value| of_attribute(value, it.kind))
    });
    let fields = record.iter().filter(|(key, _)| COLUMNS.contains(&key.as_str()));
    attributes && fields.clone().all(|(key, value)| text(value) || key == "id" && value.is_i64())
}

/// What a row has in a column.
fn cell(row: &Map<String, Value>, column: &str) -> String {
    let row = Value::from(row.clone());
    let at = |path: &str| match row.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let notice = row.get("signal").is_some();
    match column {
        "signal" if notice => at("/signal"),
        "signal" | "value" => at(&format!("/outcomes/0/{column}")),
        "signal_time" => at("/outcomes/0/time"),
        _ => at(&format!("/{}", column.replace('.', "/"))),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("memory")
}

/// The same rows, told in many ways.
fn tellings(rows: &Rows) -> Vec<(&'static str, Vec<Input<'static>>)> {
    let (csv, tsv) = (rows.table(b',', |_| true), rows.table(b'\t', |_| true));
    let odd = |at: usize| !at.is_multiple_of(2);
    let even = |at: usize| at.is_multiple_of(2);
    vec![
        ("csv", vec![input(Format::Csv, &csv)]),
        ("tsv", vec![input(Format::Tsv, &tsv)]),
        ("csv.gz", vec![input(Format::Csv, &gzip(&csv))]),
        ("tsv.zst", vec![input(Format::Tsv, &zstd(&tsv))]),
        ("two tables", vec![input(Format::Csv, &rows.table(b',', odd)), input(Format::Csv, &rows.table(b',', even))]),
        (
            "a table and lines",
            vec![input(Format::Lines, rows.lines(even).as_bytes()), input(Format::Tsv, &zstd(&rows.table(b'\t', odd)))],
        ),
    ]
}

/// The records that are put aside in many small parts, rather than in one.
#[test]
fn lines_put_aside_in_parts_are_united_all_the_same() {
    for seed in 40_300..40_330 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let rows = Rows::new(&plan, &case.history);
        let inputs = [input(Format::Csv, &rows.table(b',', |_| true)), input(Format::Lines, case.history.as_bytes())];
        let whole = options(&case);
        let parts = Options { aside: NonZeroUsize::new(10_000), ..whole.clone() };
        assert_eq!(counted(&plan, &inputs, &parts), counted(&plan, &inputs, &whole), "seed {seed}");
    }
}

/// Rows of one id that stand together, apart, and at the edges of blocks; the quotes of bad rows are the same too.
#[test]
fn neither_blocks_nor_threads_nor_the_order_of_rows_change_a_table() {
    let (mut duplicates, mut bad) = (0, 0);
    for seed in 40_500..40_560 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let mut rows = Rows::new(&plan, &case.history);
        let lines = counted(&plan, &[input(Format::Lines, rows.lines(|_| true).as_bytes())], &options(&case));
        let id = |row: &Map<String, Value>| row.get("id").map(|id| id.as_str().map_or(id.to_string(), String::from));
        for order in 0..3 {
            match order {
                0 => {}
                1 => rows.rows.sort_by_cached_key(id),
                _ => rows
                    .rows
                    .sort_by_cached_key(|row| row.values().map(|it| it.to_string().len() * 7 % 5).sum::<usize>()),
            }
            let table = [input(Format::Csv, &rows.table(b',', |_| true))];
            assert_eq!(counted(&plan, &table, &options(&case)), lines, "seed {seed}, order {order}");
            let of = |block, threads| {
                let (block, threads) = (NonZeroUsize::new(block), NonZeroUsize::new(threads));
                history::count(&plan, &table, &Options { block, threads, ..options(&case) }).expect("memory")
            };
            let whole = of(1 << 20, 1);
            for (block, threads) in [(1, 1), (50, 2), (300, 3), (3_000, 2)] {
                assert_eq!(of(block, threads), whole, "seed {seed}, order {order}, blocks of {block} bytes");
            }
            duplicates += whole.intake.duplicates;
            bad += whole.intake.bad_lines();
        }
    }
    assert!(duplicates > 1_000 && bad > 100, "{duplicates} duplicates, {bad} bad rows: hardly tried");
}

/// What a replay makes of counts, for people and for programs.
fn told(plan: &Plan, counts: &Counts, names: &[String], any_tier: bool) -> Option<String> {
    let evidence = if any_tier { Evidence::AnyTier } else { Evidence::AsRecorded };
    let run = replay::run(plan, counts, &replay::Options { evidence, ..replay::Options::default() }).ok()?;
    let human = render::replay::human(plan, counts, &run, names, Style::PLAIN);
    Some(run_json::render(plan, counts, &run) + &human)
}

#[test]
fn a_table_of_counts_replays_as_the_records_do() {
    let mut replayed = 0;
    for seed in 40_400..40_520 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let names = ["one.jsonl".to_owned(), "other.jsonl".to_owned()];
        let inputs = [input(Format::Lines, case.history.as_bytes()), input(Format::Lines, b"{}\noops\n")];
        let counts = history::count(&plan, &inputs, &Options { survey: false, ..options(&case) }).expect("memory");
        let assumed = case.assume_tier.as_deref().and_then(Tier::parse);
        let rows = counts_table::rows(&plan, &counts, &names, assumed);
        for shape in SHAPES {
            let bytes = counts_table::render(&rows, *shape);
            let read = counts_table::parse(&bytes).expect("what was written can be read");
            assert_eq!(read, rows, "seed {seed}");
            let loaded = counts_table::load(&plan, &read).expect("the same policy");
            assert_eq!(loaded.assume_tier, assumed);
            let expected = told(&plan, &counts, &names, case.any_tier);
            assert_eq!(told(&plan, &loaded.counts, &loaded.names, case.any_tier), expected, "seed {seed}");
            replayed += usize::from(expected.is_some());
        }
        let mut turned = rows;
        turned.reverse();
        let loaded = counts_table::load(&plan, &turned).expect("the order of rows is no matter");
        let names = loaded.names.clone();
        assert_eq!(
            told(&plan, &loaded.counts, &names, case.any_tier),
            told(&plan, &counts, &["one.jsonl".to_owned(), "other.jsonl".to_owned()], case.any_tier)
        );
    }
    assert!(replayed > 150, "{replayed} replays: hardly tried");
}

/// Whichever rows a table lost on its way, and wherever it was cut, it is refused and named as what is wrong.
#[test]
fn a_table_that_lost_rows_is_refused() {
    let policy = fs::read_to_string(repository("tests/cases/cli/files/desk.cwr")).expect("the policy");
    let history = fs::read_to_string(repository("tests/cases/cli/files/desk.jsonl")).expect("the history");
    let plan = engine::plan(&policy);
    let counts = engine::count(&plan, &[&history], &engine::Arguments::default());
    let rows = counts_table::rows(&plan, &counts, &["desk.jsonl".to_owned()], None);
    let told = |rows: &[Row]| counts_table::load(&plan, rows).map(|_| ()).map_err(|error| error.message);
    assert_eq!(told(&rows), Ok(()));
    for cut in 0..rows.len() {
        assert!(told(&rows[..cut]).is_err(), "cut behind {cut}");
        let mut without = rows.clone();
        without.remove(cut);
        assert!(told(&without).is_err(), "without row {cut}");
        // A number of rows that was set right, too, does not make up for what the others say together.
        let is_summed = ["intake", "exposure", "earliest", "latest"].contains(&rows[cut].kind.as_str());
        without.last_mut().expect("a row").n = Some(rows.len() as u64 - 1);
        assert!(!is_summed || told(&without).is_err(), "without row {cut}: {:?}", rows[cut]);
    }
    let half = told(&rows[..rows.len() / 2]).expect_err("half a table");
    assert_eq!(half, "is cut off: the row of kind `rows`, which says how many there are, is missing");
    let twice: Vec<Row> = rows.iter().chain(rows.iter().filter(|row| row.kind == "alive")).cloned().collect();
    assert!(twice.len() == rows.len() || told(&twice).is_err_and(|it| it.starts_with("is not whole: it has")));
    let mut more = rows.clone();
    let sample = more.iter_mut().find(|row| row.kind == "sample").expect("a sample");
    sample.n = Some(1_000_000);
    assert!(told(&more).is_err_and(|it| it.starts_with("does not fit together: a metric has 1")));
}

/// A number of a policy that counting does not use may change; what it uses may not, and is named.
#[test]
fn a_table_serves_policies_that_count_the_same() {
    let policy = fs::read_to_string(repository("tests/cases/cli/files/desk.cwr")).expect("the policy");
    let history = fs::read_to_string(repository("tests/cases/cli/files/desk.jsonl")).expect("the history");
    let plan = engine::plan(&policy);
    let counts = engine::count(&plan, &[&history], &engine::Arguments::default());
    let rows = counts_table::rows(&plan, &counts, &["desk.jsonl".to_owned()], None);
    for (old, new, complaint) in [
        (">= 50% over tier min 5", ">= 60% over 9d min 7", None),
        ("hold 2d", "hold 3d", None),
        (
            "counts reopened within 1d",
            "counts reopened within 2d",
            Some("`kind` of metric `reopen_rate` is not what it was"),
        ),
        ("action reply", "action answer", Some("it had no action `answer`")),
        ("metric completion from staff", "metric completion from customer", Some("`from` of metric `completion`")),
        ("signal accepted\n", "signal accepted\nattribute size number\n", Some("it had no attribute `size`")),
        ("owner \"support\"", "owner \"support\" evaluate every 12h", Some("`seconds` of the tick is not what it was")),
        (
            "owner \"support\"",
            "owner \"support\" trip reopened >= 9 within 1d to crawl",
            Some("of the trips is not what it was"),
        ),
    ] {
        assert!(policy.contains(old), "{old}");
        let other = engine::plan(&policy.replace(old, new));
        let told = counts_table::load(&other, &rows).map(|_| ()).map_err(|error| error.message);
        match complaint {
            None => assert_eq!(told, Ok(()), "{new}"),
            Some(complaint) => assert!(told.clone().is_err_and(|it| it.contains(complaint)), "{new}: {told:?}"),
        }
    }
}

/// Tables that other programs wrote: `tests/cases/history/`.
#[test]
fn files_of_other_programs_give_the_same_counts() {
    let plan = engine::plan(&fs::read_to_string(repository("tests/fuzz/rich.cwr")).expect("the policy"));
    let lines = fs::read(repository("tests/fuzz/rich.history.jsonl")).expect("the history");
    let of = |survey| Options { survey, ..Options::default() };
    let mut read = 0;
    for (path, survey) in
        ["nested.parquet", "flat.parquet", "flat.csv"].into_iter().flat_map(|it| [(it, true), (it, false)])
    {
        let options = of(survey);
        let expected = counted(&plan, &[input(Format::Lines, &lines)], &options);
        let bytes = fs::read(repository(&format!("tests/cases/history/{path}"))).expect("a file");
        let format = Format::of_name(path);
        if format == Format::Parquet && !cfg!(feature = "parquet") {
            println!("skipped: {path}, as this build does not read Parquet");
            continue;
        }
        let mut counts = counted(&plan, &[input(format, &bytes)], &options);
        for (block, threads) in [(1, 1), (300, 3), (5_000, 2)] {
            let options =
                Options { block: NonZeroUsize::new(block), threads: NonZeroUsize::new(threads), ..options.clone() };
            assert_eq!(counted(&plan, &[input(format, &bytes)], &options), counts, "{path}, blocks of {block}");
        }
        // A row that says more of a record is merged into it.
        counts.intake.duplicates = expected.intake.duplicates;
        assert_eq!(counts, expected, "{path}");
        read += 1;
    }
    assert!(read > 0);
}

/// Histories that are not ours, as JSON Lines and as the same in a table.
#[test]
fn real_histories_give_the_same_counts_as_tables() {
    let Some(folder) = crate::histories() else { return };
    let policy = "policy real { owner \"us\" }\nsignal completed signal reopened signal accepted signal rejected\n\
                  metric stands from customer { counts reopened within 9d alive unchecked because \"a test\" }\n\
                  metric taken from reviewer { good accepted bad rejected }\n\
                  action all { risk low matches action != \"x\"\n gate crawl to walk { bar taken >= 10% over 30d min 9 margin 5pp hold 9d stop after 300d }\n\
                  gate walk to run { bar stands <= 40% over 30d min 9 margin 5pp hold 9d stop after 300d }\n stale 60d }\n";
    let plan = engine::plan(policy);
    let mut mapping = Mapping::default();
    mapping.apply("tier=stage").expect("a mapping");
    for name in ["aidev", "servicenow"] {
        let packed = fs::read(folder.join(format!("{name}.jsonl.zst"))).expect("the history");
        let text = String::from_utf8(zstd::decode_all(&packed[..]).expect("zstd")).expect("UTF-8");
        let options = Options { mapping: mapping.clone(), ..Options::default() };
        let mut expected = counted(&plan, &[input(Format::Lines, &packed)], &options);
        let rows = Rows::new(&plan, &text.replace("\"stage\":", "\"tier\":"));
        let mut counts = counted(&plan, &[input(Format::Csv, &gzip(&rows.table(b',', |_| true)))], &Options::default());
        (counts.intake.duplicates, expected.intake.duplicates) = (0, 0);
        assert!(counts.intake.total() > 7_000);
        assert_eq!(counts, expected, "{name}");
    }
}

#[test]
fn every_format_gives_the_same_counts() {
    let (mut records, mut bad) = (0, 0);
    for seed in 40_000..40_120 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let rows = Rows::new(&plan, &case.history);
        let options = options(&case);
        let expected = counted(&plan, &[input(Format::Lines, rows.lines(|_| true).as_bytes())], &options);
        for (name, inputs) in tellings(&rows) {
            assert_eq!(counted(&plan, &inputs, &options), expected, "seed {seed}, {name}");
        }
        records += expected.intake.total();
        bad += expected.intake.bad_lines();
    }
    assert!(records > 10_000 && bad > 100, "{records} records, {bad} bad lines: hardly tried");
}

/// Any names for the columns, with the mapping that says so.
#[test]
fn a_mapping_undoes_other_names_words_and_times() {
    for seed in 40_200..40_240 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let rows = Rows::new(&plan, &case.history);
        let options = options(&case);
        let table = rows.table(b',', |_| true);
        let expected = counted(&plan, &[input(Format::Csv, &table)], &options);
        let text = String::from_utf8(table).expect("UTF-8");
        let (head, body) = text.split_once('\n').expect("a row of names");
        let head =
            head.replacen("id,time,action,tier,signal,signal_time,value", "key,meta.at,kind,stage,what,seen,score", 1);
        let body = body.replace(",crawl,", ",L1,").replace(",walk,", ",L 2,");
        let mut mapping = Mapping::default();
        mapping
            .apply("id=key,time=meta.at,action=kind,tier=stage,signal=what,signal_time=seen,value=score,tier:L1=crawl,tier:L 2=walk")
            .expect("a mapping");
        let options = Options { mapping, ..options };
        let renamed = counted(&plan, &[input(Format::Csv, format!("{head}\n{body}").as_bytes())], &options);
        assert_eq!(renamed, expected, "seed {seed}");
    }
}

/// Two outcomes that differ in their values are two, also where nobody asks for the value.
#[test]
fn values_that_nobody_asks_for_tell_outcomes_apart() {
    let plan = engine::plan(concat!(
        include_str!("../../benches/counting.cwr"),
        "action reply follows standard { risk low }\n"
    ));
    let rows = "id,time,action,tier,signal,signal_time,value\n\
                a,2026-03-01T10:00:00Z,reply,run,corrected,2026-05-01T10:00:00Z,1\n\
                a,2026-03-01T10:00:00Z,reply,run,corrected,2026-05-01T10:00:00Z,2\n\
                b,2026-03-01T11:00:00Z,reply,run,corrected,2026-05-01T10:00:00Z,\n\
                b,2026-03-01T11:00:00Z,reply,run,corrected,2026-05-01T10:00:00Z,\n\
                c,2026-03-01T12:00:00Z,reply,run,,,\n";
    let counts = counted(&plan, &[input(Format::Csv, rows.as_bytes())], &Options::default());
    // Each is too late for two metrics.
    assert_eq!((counts.intake.classified, counts.intake.duplicates, counts.intake.late_outcomes), (3, 2, 6));
}
