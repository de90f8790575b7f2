//! `cwrc count`, and the counts that other commands are given by `--history` or `--counts`.

use super::disk::STDIN;
use super::exit::{Exit, Failure};
use super::{Global, compile, config, histories, output};
use crate::history::Counts;
use crate::history::blocks::decompress;
use crate::plan::Plan;
use crate::render::counts_table::{self, Shape, Unusable};
use crate::render::sql::{self, DIALECTS, Dialect, Names};
use crate::value::Tier;
use clap::builder::{PossibleValue, PossibleValuesParser};
use std::fs::File;
use std::io::Read;

/// Count a history and write only the counts: all that a replay needs of it, and small whatever the history's size
///
/// `cwrc simulate --counts` replays them as if it had read the records. They hold no record, no text of one but the
/// first bad line of each kind, and serve every policy that counts the same: other targets, windows and holds are no
/// reason to count again.
///
/// Histories that outgrow one machine are counted where they are: --sql prints one query over tables of records,
/// outcomes and notices (their columns stand at its head), whose result, saved as CSV, is what --counts reads.
///
/// Example: cwrc count policies/support.cwr --history policies/support.history.jsonl.zst
///
/// Example: cwrc count policies/support.cwr --sql duckdb --tables records=logs.actions
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The policy, or - for standard input
    #[arg(value_name = "POLICY")]
    policy: String,
    /// JSON Lines, CSV, TSV or Parquet, plain, .gz or .zst: files, globs, or - for standard input; may be given several
    /// times; without it what cwrc.yaml names
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING)]
    history: Vec<String>,
    #[command(flatten)]
    reading: histories::Reading,
    #[command(flatten)]
    config: config::Source,
    /// Count nothing; print the query that makes the same table of counts where the records are
    #[arg(long, value_name = "DIALECT", value_parser = dialects(), conflicts_with_all = OF_HISTORIES)]
    sql: Option<String>,
    /// What the warehouse calls tables and columns, as in records=logs.actions,records.time=opened_at,notices=none
    #[arg(long, value_name = "TABLE=NAME,…", requires = "sql")]
    tables: Option<String>,
    /// How to write the counts; by default as the name behind -o ends, and CSV where it does not say
    #[arg(long, value_enum)]
    format: Option<TableFormat>,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

/// What is said of histories and the shape of a table; a query has neither.
const OF_HISTORIES: [&str; 8] =
    ["history", "history_format", "map", "evidence", "strict", "unique_ids", "threads", "format"];

fn dialects() -> PossibleValuesParser {
    DIALECTS.iter().map(|dialect| PossibleValue::new(dialect.word).help(dialect.title)).collect::<Vec<_>>().into()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    /// Cells between commas
    Csv,
    /// One JSON object a line
    Jsonl,
    /// Parquet, in builds that have it
    Parquet,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let plan = match compile::load(&args.policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    if let Some(dialect) = args.sql.as_deref().and_then(Dialect::named) {
        return query(args, &plan, dialect);
    }
    let asked = Asked { policy: &args.policy, history: &args.history, table: None, once: true };
    let counted = Source::open(&asked, &args.reading, &args.config, global)?.count(&plan)?;
    let shape = match args.format {
        Some(TableFormat::Csv) => Shape::Csv,
        Some(TableFormat::Jsonl) => Shape::Lines,
        Some(TableFormat::Parquet) => as_parquet()?,
        None => args.output.as_deref().map_or(Ok(Shape::Csv), shape)?,
    };
    if args.reading.is_strict() || !global.quiet || counted.counts.intake.total() == 0 {
        histories::warn_of_bad(&counted.counts, &counted.names, global);
    }
    let Counted { counts, names, assume_tier } = &counted;
    histories::something_kept(counts)?;
    output::write_bytes(&counts_table::of_counts(&plan, counts, names, *assume_tier, shape), args.output.as_deref())?;
    Ok(args.reading.exit(&counted.counts))
}

/// Prints the query instead.
fn query(args: &Args, plan: &Plan, dialect: &'static Dialect) -> Result<Exit, Failure> {
    let names = args.tables.as_deref().map_or(Ok(Names::default()), |pairs| Names::parse(pairs, plan));
    let names = names.map_err(|why| Failure::new(format!("--tables: {why}")).help(TABLES))?;
    let (assume_tier, now) = (args.reading.assume_tier(), args.reading.now());
    let request = sql::Request { plan, dialect, names: &names, assume_tier, now };
    output::write(&sql::query(&request), args.output.as_deref())?;
    Ok(Exit::Fine)
}

/// Counts, and what else a command needs of where they are from.
pub(super) struct Counted {
    /// The counts.
    pub(super) counts: Counts,
    /// The names of the inputs, as bad lines are quoted by them.
    pub(super) names: Vec<String>,
    /// The tier of records that carry none.
    pub(super) assume_tier: Option<Tier>,
}

/// Which counts a command asks for.
pub(super) struct Asked<'a> {
    /// The policy's path.
    pub(super) policy: &'a str,
    /// `--history`
    pub(super) history: &'a [String],
    /// `--counts`
    pub(super) table: Option<&'a str>,
    /// It counts under one plan only.
    pub(super) once: bool,
}

/// Where counts come from, under one plan or several: records, or a table of what was counted.
pub(super) enum Source {
    Records(Box<histories::Histories>, Option<Tier>),
    Table(String, Vec<counts_table::Row>),
}

impl Source {
    /// Opens the records, or reads the table.
    pub(super) fn open(
        asked: &Asked,
        reading: &histories::Reading,
        config: &config::Source,
        global: &Global,
    ) -> Result<Self, Failure> {
        if let Some(path) = asked.table {
            reading.is_counted_already()?;
            let rows = counts_table::parse(&bytes(path)?).map_err(|error| unusable(path, error))?;
            return Ok(Self::Table(path.to_owned(), rows));
        }
        let named = histories::named(asked.policy, asked.history, config, global)?;
        Ok(Self::Records(Box::new(histories::open(named, reading, global.quiet, asked.once)?), reading.assume_tier()))
    }

    /// The counts under a plan: of a table, if they are what this plan would count.
    pub(super) fn count(&self, plan: &Plan) -> Result<Counted, Failure> {
        match self {
            Self::Records(histories, assume_tier) => {
                let counts = histories.count(plan, false)?;
                Ok(Counted { counts, names: histories.names(), assume_tier: *assume_tier })
            }
            Self::Table(path, rows) => {
                let loaded = counts_table::load(plan, rows).map_err(|error| unusable(path, error))?;
                let counts_table::Loaded { counts, names, assume_tier } = loaded;
                if counts.intake.total() == 0 {
                    return Err(unusable(path, counts_table::empty()));
                }
                Ok(Counted { counts, names, assume_tier })
            }
        }
    }
}

fn unusable(path: &str, Unusable { message, help }: Unusable) -> Failure {
    let name = if path == "-" { STDIN } else { path };
    Failure::new(format!("{name} {message}")).help(help)
}

/// What `--tables` takes.
const TABLES: &str = "name tables and columns as the warehouse does, as in --tables records=logs.actions,records.time=opened_at,notices=none";

/// More than this is no table of counts.
const MOST: u64 = 1 << 30;

fn bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
    let raw: Box<dyn Read + Send> =
        if path == "-" { Box::new(std::io::stdin()) } else { Box::new(File::open(path).map_err(unreadable)?) };
    let mut bytes = Vec::new();
    decompress(raw).map_err(unreadable)?.take(MOST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST {
        let help = "a table of counts is small; name what `cwrc count` wrote";
        return Err(Failure::new(format!("{path} is longer than {} MiB", MOST >> 20)).help(help));
    }
    Ok(bytes)
}

/// The shape of a table that is to be written under this name.
fn shape(path: &str) -> Result<Shape, Failure> {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "jsonl" | "ndjson" | "json" => Ok(Shape::Lines),
        "parquet" => as_parquet(),
        ending @ ("gz" | "zst" | "tsv") => {
            let help = "counts are small, and written plain: name it .csv or .jsonl, or say --format";
            Err(Failure::new(format!("a table of counts is not written as .{ending}")).help(help))
        }
        _ => Ok(Shape::Csv),
    }
}

#[cfg(feature = "parquet")]
#[expect(clippy::unnecessary_wraps, reason = "other builds cannot")]
fn as_parquet() -> Result<Shape, Failure> {
    Ok(Shape::Parquet)
}

#[cfg(not(feature = "parquet"))]
fn as_parquet() -> Result<Shape, Failure> {
    let help = "use a released build, build with `--features parquet`, or write CSV or JSON Lines";
    Err(Failure::new("this build does not write Parquet").help(help))
}
