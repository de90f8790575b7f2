//! The counting query in real engines: on random histories with every oddity, and on those that are shipped, its rows are
//! the counts that we make.
//!
//! The engines are Python packages (DuckDB, chdb, pyspark) and a PostgreSQL server that the test starts; `.ci/run`
//! installs them. Where one is absent its test is skipped and says why. BigQuery and Snowflake cannot be had: sqlglot
//! parses their queries in their dialects and translates them for DuckDB, which is no proof that they run.

use crate::engine::{self, Arguments};
use crate::generate;
use crate::random::{Case, case};
use crate::repository;
use crate::warehouse::Tables;
use cwrc::history::Counts;
use cwrc::plan::Plan;
use cwrc::render::counts_table::{self, Row};
use cwrc::render::sql::{DIALECTS, Dialect, Names, Request, query};
use cwrc::value::{Instant, Tier};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `tests/sql/engines.py` ends with where its engine is not there.
const ABSENT: i32 = 77;

/// In so many cases every oddity occurs.
const MANY: usize = 30;

/// One case: a folder with the tables and the query, and the rows that the query must yield.
struct Asked {
    name: String,
    plan: Plan,
    arguments: Arguments,
    tables: Tables,
}

fn asked(seed: u64) -> Asked {
    let Case { policy, history, assume_tier, now, .. } = case(seed);
    let plan = engine::plan(&policy);
    let arguments = Arguments {
        assume_tier: assume_tier.as_deref().and_then(Tier::parse),
        now: now.as_deref().and_then(Instant::parse),
        ..Arguments::default()
    };
    let tables = Tables::of(&plan, &history);
    Asked { name: format!("{seed:05}"), plan, arguments, tables }
}

impl Asked {
    fn write(&self, folder: &Path, dialect: &'static Dialect) {
        let folder = folder.join(&self.name);
        std::fs::create_dir_all(&folder).expect("a folder");
        self.tables.write(&folder);
        let Arguments { assume_tier, now, .. } = self.arguments;
        let request = Request { plan: &self.plan, dialect, names: &Names::default(), assume_tier, now };
        std::fs::write(folder.join(format!("query.{}.sql", dialect.word)), query(&request)).expect("a file");
    }

    /// The counts of the same rows as lines of a history.
    fn counts(&self) -> Counts {
        engine::count(&self.plan, &[&self.tables.lines(&self.plan)], &self.arguments)
    }

    fn check(&self, folder: &Path, dialect: &Dialect) -> Counts {
        let place = folder.join(format!("{}/rows.{}.tsv", self.name, dialect.word));
        let text = std::fs::read_to_string(place).expect("the rows of the engine");
        let got: Vec<Row> = text.lines().map(row).collect();
        let loaded = counts_table::load(&self.plan, &got).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        assert_eq!(loaded.assume_tier, self.arguments.assume_tier, "{}", self.name);
        let counts = self.counts();
        let (got, ours) = (self.rows(&loaded.counts), self.rows(&counts));
        if got != ours {
            let diff = similar::TextDiff::from_lines(&ours, &got);
            panic!("{}\n{}", self.name, diff.unified_diff().header("cwrc", dialect.title).context_radius(0));
        }
        counts
    }

    /// The rows of counts, one a line; no query knows where bad lines stand.
    fn rows(&self, counts: &Counts) -> String {
        let rows = counts_table::rows(&self.plan, counts, &[], self.arguments.assume_tier);
        let line = |row: Row| match row.kind.as_str() {
            "bad" => format!("{:?}\n", Row { text: None, ..row }),
            _ => format!("{row:?}\n"),
        };
        rows.into_iter().map(line).collect()
    }
}

/// A row of the engine: the columns of the table, nulls as `\N`.
fn row(line: &str) -> Row {
    let cells: Vec<Option<String>> = line.split('\t').map(|cell| (cell != "\\N").then(|| cell.to_owned())).collect();
    let [kind, action, name, tier, cohort, tick, n, bad, sum_millionths, text] =
        <[Option<String>; 10]>::try_from(cells).unwrap_or_else(|_| panic!("ten columns: {line}"));
    let whole = |cell: Option<String>| cell.map(|cell| cell.parse().unwrap_or_else(|_| panic!("an integer: {line}")));
    Row {
        kind: kind.expect("a kind"),
        action,
        name,
        tier,
        cohort,
        tick: tick.map(|cell| cell.parse().expect("a tick")),
        n: whole(n),
        bad: whole(bad),
        sum_millionths,
        text,
    }
}

/// The Python that has the engines: that of `.ci/run`, or the one on the path.
fn python() -> PathBuf {
    let own = repository("target/sql/bin/python");
    let usual = || if own.exists() { own } else { "python3".into() };
    std::env::var_os("CWRC_SQL_PYTHON").map_or_else(usual, PathBuf::from)
}

/// Runs `tests/sql/engines.py`; false where the engine is absent.
fn run(engine: &str, folder: &Path) -> bool {
    let script = repository("tests/sql/engines.py");
    let output = match Command::new(python()).arg(script).arg(engine).arg(folder).output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: {engine}: there is no Python: {error}");
            return false;
        }
    };
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(ABSENT) {
        println!("skipped: {engine}: {}", told.trim());
        return false;
    }
    assert!(output.status.success(), "{engine}: {told}");
    true
}

/// A folder below the target for cases of which this is the first.
fn folder(engine: &str, first: &str) -> PathBuf {
    let folder = repository(&format!("target/tmp/sql-{engine}-{}-{first}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs the query of so many random cases in an engine, and compares row by row.
fn agrees(word: &str, seeds: impl Iterator<Item = u64>) {
    let all: Vec<Asked> = seeds.map(asked).collect();
    let mut seen = BTreeMap::new();
    let found = compared(word, &all);
    found.iter().flatten().for_each(|counts| count(counts, &mut seen));
    if found.is_some() && all.len() >= MANY {
        told(word, &seen);
    }
}

/// Runs the query of each case in an engine, and compares row by row; nothing where the engine is absent.
fn compared(word: &str, all: &[Asked]) -> Option<Vec<Counts>> {
    let dialect = Dialect::named(word).expect("a dialect");
    let folder = folder(word, &all[0].name);
    for it in all {
        it.write(&folder, dialect);
    }
    let found = run(word, &folder).then(|| all.iter().map(|it| it.check(&folder, dialect)).collect());
    std::fs::remove_dir_all(folder).expect("the folder");
    found
}

const SHIPPED: [&str; 3] = ["support", "coding", "operations"];

fn shipped(name: &str, history: &str) -> Asked {
    let plan = generate::plan(&format!("{name}.cwr"));
    let tables = Tables::of(&plan, history);
    Asked { name: name.to_owned(), plan, arguments: Arguments::default(), tables }
}

/// The lines whose id occurs nowhere else and whose outcomes are not early: of others, tables keep in rows of their own
/// what lines say together.
fn usual_lines(history: &str) -> String {
    let mut of_id: BTreeMap<String, Vec<(&str, bool)>> = BTreeMap::new();
    for line in history.lines() {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let times = parsed["outcomes"].as_array().into_iter().flatten().map(|it| it["time"].as_str());
        let is_early = times.min().is_some_and(|earliest| earliest < parsed["time"].as_str());
        of_id.entry(parsed["id"].to_string()).or_default().push((line, is_early));
    }
    let usual = of_id.into_values().filter(|lines| lines.len() == 1).flatten().filter(|(_, is_early)| !is_early);
    usual.flat_map(|(line, _)| [line, "\n"]).collect()
}

fn count(counts: &Counts, seen: &mut BTreeMap<String, u64>) {
    let mut add = |what: &str, n: u64| *seen.entry(what.to_owned()).or_default() += n;
    counts.intake.bad.iter().for_each(|(reason, bad)| add(reason.word(), bad.count));
    add("duplicates", counts.intake.duplicates);
    add("late", counts.intake.late_outcomes);
    add("contradicted", counts.intake.contradicted);
    add("unclassified", counts.intake.unclassified);
    add("notices", counts.notices.len() as u64);
    add("cohorts", counts.cohorts.len() as u64 - 1);
    add("harms", counts.harms.len() as u64);
    add("sums", counts.samples.values().flatten().filter(|(_, tally)| tally.sum != 0).count() as u64);
}

/// Agreement means nothing where nothing happens.
fn told(word: &str, seen: &BTreeMap<String, u64>) {
    let oddities =
        ["missing_field", "bad_tier", "bad_value", "outcome_before_action", "conflicting_id", "orphan_outcomes"];
    let others = ["duplicates", "late", "contradicted", "unclassified", "notices", "cohorts", "harms", "sums"];
    for what in oddities.into_iter().chain(others) {
        assert!(seen.get(what).is_some_and(|n| *n > 0), "{word}: no {what} occurred: {seen:?}");
    }
}

#[test]
fn duckdb_counts_as_we_do() {
    agrees("duckdb", 50_000..50_060);
}

/// The shipped histories as a warehouse would have them; and their usual lines, as they are.
#[test]
fn duckdb_counts_what_is_shipped_as_we_do() {
    let whole = SHIPPED.map(|name| shipped(name, &generate::history(name)));
    compared("duckdb", &whole);
    // The third has a bad value, which is a row of its own in tables, and takes no record with it.
    let names = [SHIPPED[0], SHIPPED[1]];
    let histories = names.map(|name| usual_lines(&generate::history(name)));
    let all: Vec<Asked> = names.iter().zip(&histories).map(|(name, history)| shipped(name, history)).collect();
    for ((asked, theirs), history) in all.iter().zip(compared("duckdb", &all).into_iter().flatten()).zip(&histories) {
        let ours = engine::count(&asked.plan, &[history], &asked.arguments);
        assert_eq!(theirs.intake.classified, ours.intake.classified, "{}", asked.name);
        assert!(theirs.samples == ours.samples && theirs.exposure == ours.exposure, "{}", asked.name);
    }
}

#[test]
fn postgres_counts_as_we_do() {
    agrees("postgres", 50_000..50_060);
}

/// Steps are worked out as often as they are used, so a case takes a second or more.
#[test]
fn clickhouse_counts_as_we_do() {
    agrees("clickhouse", 50_060..50_075);
}

/// A case takes seconds, and Java has to start.
#[test]
fn spark_counts_as_we_do() {
    agrees("spark", 50_080..50_084);
}

#[test]
fn bigquery_counts_as_we_do_after_a_translation() {
    agrees("bigquery", 50_000..50_010);
}

#[test]
fn snowflake_counts_as_we_do_after_a_translation() {
    agrees("snowflake", 50_000..50_010);
}

/// The same policy in every dialect; a case holds what `--tables` says.
#[test]
fn queries_are_as_written_down() {
    let folder = repository("tests/cases/sql");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a file of the case");
    let plan = engine::plan(&read(&folder.join("rich.cwr")));
    for dialect in &DIALECTS {
        let case = folder.join(format!("{}.tables", dialect.word));
        let names = Names::parse(read(&case).trim(), &plan).expect("names");
        let now = Instant::parse("2026-06-01T00:00:00Z");
        let request = Request { plan: &plan, dialect, names: &names, assume_tier: Some(Tier::Walk), now };
        crate::golden(&case, &query(&request));
    }
}
