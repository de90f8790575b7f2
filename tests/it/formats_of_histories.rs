//! The same records in every format, packing, order and split give the same counts: on random histories, and on real ones
//! where they are at hand (`CWRC_HISTORIES` names their folder).

use crate::engine;
use crate::random::{Case, case};
use cwrc::history::intake::{Place, Quote};
use cwrc::history::{self, Counts, Format, Input, Mapping, Options};
use cwrc::model::policy::AttributeKind;
use cwrc::plan::Plan;
use cwrc::value::Tier;
use serde_json::{Map, Value};
use std::io::{self, Cursor, Read, Write as _};
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The columns of a flat table that are no attributes.
const COLUMNS: [&str; 7] = ["id", "time", "action", "tier", "signal", "signal_time", "value"];

/// An input in memory.
fn input(format: Format, bytes: &[u8]) -> Input<'static> {
    let bytes: Arc<[u8]> = Arc::from(bytes);
    let open = move || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(Arc::clone(&bytes)))) };
    Input { name: "history".to_owned(), open: Box::new(open), format }
}

fn options(case: &Case) -> Options {
    let assume_tier = case.assume_tier.as_deref().and_then(Tier::parse);
    Options { assume_tier, survey: true, threads: NonZeroUsize::new(2), ..Options::default() }
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
    let odd = |at: usize| at % 2 == 1;
    let even = |at: usize| at % 2 == 0;
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
        let plain = rows.table(b',', |_| true);
        let expected = counted(&plan, &[input(Format::Csv, &plain)], &options);
        let text = String::from_utf8(plain).expect("UTF-8");
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
