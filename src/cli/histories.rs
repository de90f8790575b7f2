//! `--history PATH`: files, globs and `-`, as inputs that can be opened twice; and how they are read and counted.

use super::exit::{Exit, Failure};
use super::progress::Progress;
use super::{Global, config, output, piped};
use crate::history::blocks::decompress;
use crate::history::read::{Open, Ranges};
use crate::history::{self, Counts, Format, Input, Mapping, Packing, ReadError, Reason};
use crate::plan::Plan;
use crate::render;
use crate::replay::{self, Evidence};
use crate::value::{Instant, Tier};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZeroUsize;

/// Bytes that show what a text is.
const START: u64 = 4096;

/// The heading of its options in a help.
pub(super) const HEADING: &str = "Histories";

/// How a history is read: the same for every command that takes one.
#[derive(clap::Args, Debug)]
pub(super) struct Reading {
    /// The format of the history; by default as its names end, and JSON Lines where they do not say
    #[arg(help_heading = HEADING, long, value_enum)]
    history_format: Option<HistoryFormat>,
    /// What the log calls things, as in id=ticket,time=meta.opened_at,tier=const:crawl; README.md has all
    #[arg(help_heading = HEADING, long, value_name = "FIELD=KEY,…")]
    map: Vec<String>,
    /// Which records are evidence at a tier: those that ran there, or all
    #[arg(help_heading = HEADING, long, value_enum, default_value = "as-recorded")]
    evidence: EvidenceArg,
    /// The tier of records that carry none
    #[arg(help_heading = HEADING, long, value_name = "TIER", value_parser = tier)]
    assume_tier: Option<Tier>,
    /// Records and outcomes later than this are bad
    #[arg(help_heading = HEADING, long, value_name = "TIME", value_parser = time)]
    now: Option<Instant>,
    /// Exit 1 if any line is bad
    #[arg(help_heading = HEADING, long)]
    strict: bool,
    /// Promise that no id occurs twice: saves memory
    #[arg(help_heading = HEADING, long)]
    unique_ids: bool,
    /// How many threads count; by default one per core
    #[arg(help_heading = HEADING, long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EvidenceArg {
    /// Records that really ran at the tier
    AsRecorded,
    /// Records wherever they ran: an assumption
    AnyTier,
}

/// The formats of histories, by the names of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum HistoryFormat {
    /// One JSON object a line
    Jsonl,
    /// Rows of cells between commas below a row of names
    Csv,
    /// The same between tabs
    Tsv,
    /// Parquet
    Parquet,
}

impl From<HistoryFormat> for Format {
    fn from(format: HistoryFormat) -> Self {
        match format {
            HistoryFormat::Jsonl => Self::Lines,
            HistoryFormat::Csv => Self::Csv,
            HistoryFormat::Tsv => Self::Tsv,
            HistoryFormat::Parquet => Self::Parquet,
        }
    }
}

fn tier(text: &str) -> Result<Tier, String> {
    Tier::parse(text).ok_or_else(|| "write crawl, walk or run".to_owned())
}

/// A date or time of the command line.
pub(super) fn time(text: &str) -> Result<Instant, String> {
    let time = Instant::parse_date(text).or_else(|| Instant::parse(text));
    time.ok_or_else(|| "write a date (2026-03-01) or an RFC 3339 time with an offset (2026-03-01T12:00:00Z)".to_owned())
}

impl Reading {
    /// Which records count at a tier.
    pub(super) fn evidence(&self) -> Evidence {
        match self.evidence {
            EvidenceArg::AsRecorded => Evidence::AsRecorded,
            EvidenceArg::AnyTier => Evidence::AnyTier,
        }
    }

    /// How many threads were asked for.
    pub(super) fn threads(&self) -> Option<NonZeroUsize> {
        self.threads
    }

    /// The tier of records that carry none.
    pub(super) fn assume_tier(&self) -> Option<Tier> {
        self.assume_tier
    }

    /// Records and outcomes later than this are bad.
    pub(super) fn now(&self) -> Option<Instant> {
        self.now
    }

    /// Whether bad lines make the difference between fine and not fine.
    pub(super) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Not fine where a line is bad under `--strict`.
    pub(super) fn exit(&self, counts: &Counts) -> Exit {
        if self.strict && counts.intake.bad_lines() > 0 { Exit::NotFine } else { Exit::Fine }
    }

    /// What is said of how records are read, by the name of its option.
    fn said(&self) -> [(&'static str, bool); 6] {
        [
            ("--history-format", self.history_format.is_some()),
            ("--map", !self.map.is_empty()),
            ("--assume-tier", self.assume_tier.is_some()),
            ("--now", self.now.is_some()),
            ("--unique-ids", self.unique_ids),
            ("--threads", self.threads.is_some()),
        ]
    }

    /// Fails where something is said of a history and none is named.
    pub(super) fn is_for_nothing(&self) -> Result<(), Failure> {
        self.is_for_nothing_but("")
    }

    /// The same of a command that has other work for threads.
    pub(super) fn is_for_nothing_but_threads(&self) -> Result<(), Failure> {
        self.is_for_nothing_but("--threads")
    }

    fn is_for_nothing_but(&self, known: &str) -> Result<(), Failure> {
        let others = [("--evidence", self.evidence == EvidenceArg::AnyTier), ("--strict", self.strict)];
        match self.said().into_iter().chain(others).find(|(flag, is_said)| *is_said && *flag != known) {
            None => Ok(()),
            Some((flag, _)) => {
                Err(Failure::new(format!("{flag} is about a history, and none is named"))
                    .help("--history PATH names it"))
            }
        }
    }

    /// Fails where something is said of how records are read, and they are counted already.
    pub(super) fn is_counted_already(&self) -> Result<(), Failure> {
        match self.said().into_iter().find(|(_, is_said)| *is_said) {
            None => Ok(()),
            Some((flag, _)) => {
                Err(Failure::new(format!("{flag} is about reading records, and --counts are counted already"))
                    .help(format!("leave it out here; `cwrc count … {flag} …` takes it")))
            }
        }
    }

    fn options(&self, mut mapping: Mapping) -> Result<history::Options, Failure> {
        let wrong = |error: String| {
            let help =
                "name the keys or columns of the log, as in --map id=ticket,time=meta.opened_at,tier=const:crawl";
            Failure::new(format!("--map: {error}")).help(help)
        };
        self.map.iter().try_for_each(|pairs| mapping.apply(pairs)).map_err(wrong)?;
        mapping.complete().map_err(wrong)?;
        Ok(history::Options {
            mapping,
            assume_tier: self.assume_tier,
            now: self.now,
            unique_ids: self.unique_ids,
            survey: false,
            threads: self.threads,
            aside: None,
            block: None,
        })
    }
}

/// Fails where no record is kept.
pub(super) fn something_kept(counts: &Counts) -> Result<(), Failure> {
    if counts.intake.total() == 0 { Err(nothing_kept(counts)) } else { Ok(()) }
}

/// Whether anything can be said of a history: some record is kept, and some says at which tier it ran.
pub(super) fn usable(counts: &Counts, reading: &Reading, assume_tier: Option<Tier>) -> Result<(), Failure> {
    something_kept(counts)?;
    let is_tierless = counts.intake.without_tier == counts.intake.total();
    if is_tierless && reading.evidence() == Evidence::AsRecorded && assume_tier.is_none() {
        return Err(no_tier());
    }
    Ok(())
}

/// With the remedy for what most lines are bad for.
fn nothing_kept(counts: &Counts) -> Failure {
    let intake = &counts.intake;
    if intake.bad.is_empty() && intake.notices == 0 {
        let help = "it has no line but empty ones, or no row but that of the names: look whether it was written whole";
        return Failure::new("no record could be kept: the history is empty").help(help);
    }
    let failure = Failure::from(replay::Error::NothingKept);
    let worst = counts.intake.bad.iter().max_by_key(|(_, bad)| bad.count);
    match worst.map(|(reason, bad)| (*reason, &bad.first)) {
        Some((Reason::BadTier, _)) => failure.help(
            "the tiers are crawl, walk and run, in lower case: translate the words of the log, as in \
             --map tier:L1=crawl, or say --map tier=const:crawl",
        ),
        Some((Reason::BadTime, first)) => {
            // What is quoted most often is a time that only lacks its offset.
            let between = if has_time_without_space(&first.text) { 'T' } else { ' ' };
            failure.help(format!(
                "write times with their offset, as in 2026-03-01T12:00:00Z, or say how they are written, as in \
                 --map 'time_format=%Y-%m-%d{between}%H:%M:%S,time_offset=Z'"
            ))
        }
        _ => failure,
    }
}

/// Whether somewhere in a text a `T` stands between a date and a time.
fn has_time_without_space(text: &str) -> bool {
    let is_like = |bytes: &[u8]| {
        let mut pairs = bytes.iter().zip(b"0-00T00:");
        pairs.all(|(byte, like)| if *like == b'0' { byte.is_ascii_digit() } else { byte == like })
    };
    text.as_bytes().windows(8).any(is_like)
}

fn no_tier() -> Failure {
    Failure::new("no record says at which tier it ran, so none is evidence for any").help(
        "--map tier=KEY names the field that says it; --assume-tier TIER states it for all; --evidence any-tier lets \
         records count wherever they ran",
    )
}

/// Bad lines are never silently dropped: the first of each reason is quoted on stderr.
pub(super) fn warn_of_bad(counts: &Counts, names: &[String], global: &Global) {
    output::tell(&render::replay::bad_lines(&counts.intake, names, output::for_stderr(global)));
}

/// Which histories are read, before the command line says how.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// Files, globs, `-`.
    pub(super) paths: Vec<String>,
    /// What the log calls things.
    pub(super) mapping: Mapping,
    /// Their format, where it is not as their names end.
    pub(super) format: Option<Format>,
}

/// The inputs of a command, how they are read, and the bar over them.
pub(super) struct Histories {
    inputs: Vec<Input<'static>>,
    options: history::Options,
    progress: Progress,
}

impl Histories {
    /// The counts under a plan; with a survey of the names where that is asked for.
    pub(super) fn count(&self, plan: &Plan, survey: bool) -> Result<Counts, Failure> {
        let counts = history::count(plan, &self.inputs, &history::Options { survey, ..self.options.clone() });
        self.progress.done();
        Ok(counts?)
    }

    /// Which columns of the tables among them are read under a plan, as a text.
    pub(super) fn columns(&self, plan: &Plan, style: output::Style) -> Result<String, Failure> {
        Ok(render::columns::human(&history::columns(plan, &self.inputs, &self.options)?, style))
    }

    /// The names, as bad records are quoted by them.
    pub(super) fn names(&self) -> Vec<String> {
        self.inputs.iter().map(|input| input.name.clone()).collect()
    }
}

/// The history of a command: as said, or as the configuration has it.
pub(super) fn named(
    policy: &str,
    history: &[String],
    source: &config::Source,
    global: &Global,
) -> Result<Named, Failure> {
    if policy == "-" && history.iter().any(|path| path == "-") {
        return Err(Failure::new("standard input cannot be both the policy and the history").help("name one as a file"));
    }
    if !history.is_empty() {
        return Ok(Named { paths: history.to_vec(), ..Named::default() });
    }
    let config = config::load(source, global)?;
    if config.history.paths.is_empty() {
        return Err(Failure::new("no history is named").help("--history PATH names it, or `history` in cwrc.yaml"));
    }
    Ok(config.history)
}

/// Opens what the paths name. A path that names nothing is an error: a mistyped one must not pass for an empty one.
/// `once` says that it is counted under one plan only.
pub(super) fn open(named: Named, reading: &Reading, quiet: bool, once: bool) -> Result<Histories, Failure> {
    let mut files: Vec<String> = Vec::new();
    for path in &named.paths {
        files.extend(expand(path)?);
    }
    let mut seen = BTreeSet::new();
    files.retain(|file| seen.insert(fs::canonicalize(file).unwrap_or_else(|_| file.into())));
    let size = |file: &String| fs::metadata(file).map_or(0, |metadata| metadata.len());
    let progress = Progress::new(files.iter().map(size).sum(), quiet);
    let format = reading.history_format.map(Format::from).or(named.format);
    let options = reading.options(named.mapping)?;
    let inputs = files.into_iter().map(|file| input(file, format, &progress, once && reading.unique_ids));
    let inputs = inputs.collect::<Result<Vec<Input>, _>>()?;
    inputs.iter().filter(|input| input.format == Format::Lines).try_for_each(check_lines)?;
    Ok(Histories { inputs, options, progress })
}

fn expand(path: &str) -> Result<Vec<String>, Failure> {
    if path == "-" || fs::metadata(path).is_ok() || !path.contains(['*', '?', '[']) {
        return Ok(vec![path.to_owned()]);
    }
    let matches = glob::glob(path).map_err(|error| Failure::new(format!("`{path}` is no glob: {error}")))?;
    let files: Vec<String> = matches.filter_map(Result::ok).map(|file| file.to_string_lossy().into_owned()).collect();
    if files.is_empty() {
        return Err(Failure::new(format!("no file matches {path}"))
            .help("check the path; it is taken from the working directory"));
    }
    Ok(files)
}

fn input(file: String, format: Option<Format>, progress: &Progress, once: bool) -> Result<Input<'static>, Failure> {
    if file == "-" {
        return Ok(pipe(super::disk::STDIN.to_owned(), Box::new(io::stdin()), format.unwrap_or_default(), once));
    }
    let metadata = fs::metadata(&file).map_err(|error| Failure::unreadable(&file, &error))?;
    if metadata.is_dir() {
        let help = format!("name its files, for example '{}/*.jsonl'", file.trim_end_matches('/'));
        return Err(Failure::new(format!("{file} is a directory")).help(help));
    }
    let format = format.unwrap_or_else(|| Format::of_name(&file));
    if !metadata.is_file() {
        let opened = File::open(&file).map_err(|error| Failure::unreadable(&file, &error))?;
        return Ok(pipe(file, Box::new(opened), format, once));
    }
    check_packed(&file)?;
    let (path, watching) = (file.clone(), progress.clone());
    let open: Open<'static> = Box::new(move || Ok(watching.watch(File::open(&path)?)));
    let (path, watching) = (file.clone(), progress.clone());
    let ranges: Ranges<'static> = Box::new(move || watching.watch_ranges(File::open(&path)?));
    Ok(Input { name: file, open, ranges: Some(ranges), format })
}

/// A file that is called packed must be: an empty one is what an interrupted copy leaves behind, not an empty history.
fn check_packed(file: &str) -> Result<(), Failure> {
    if let Some(ending) = Packing::unread(file) {
        let help = "unpack it, or pack it with gzip or zstd";
        return Err(Failure::new(format!("{file} is packed as {ending}, which is not read")).help(help));
    }
    let (start, ending): (&[u8], _) = match Packing::of_name(file) {
        Some((Packing::Gzip, ending)) => (&[0x1f, 0x8b], ending),
        Some((Packing::Zstd, ending)) => (&[0x28, 0xb5, 0x2f, 0xfd], ending),
        None => return Ok(()),
    };
    let mut found = Vec::new();
    let opened = File::open(file).and_then(|opened| opened.take(start.len() as u64).read_to_end(&mut found));
    opened.map_err(|error| Failure::unreadable(file, &error))?;
    if found == start {
        return Ok(());
    }
    let help = format!("fetch it again if it was cut off; if it is not packed, leave {ending} out of its name");
    Err(Failure::new(format!("{file} is not packed as its name says")).help(help))
}

/// One JSON array is not JSON Lines, but its last line may look like one.
fn check_lines(input: &Input) -> Result<(), Failure> {
    let mut start = Vec::new();
    let opened = (input.open)().and_then(decompress);
    let read = opened.and_then(|bytes| bytes.take(START).read_to_end(&mut start));
    read.map_err(|source| ReadError { name: input.name.clone(), source })?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).trim_ascii_start();
    let Some(rest) = start.strip_prefix(b"[") else { return Ok(()) };
    if !rest.trim_ascii_start().starts_with(b"{") {
        return Ok(());
    }
    let help = format!("write one object a line, as `jq -c '.[]' {}` does", input.name);
    Err(Failure::new(format!("{} is one JSON array, not JSON Lines", input.name)).help(help))
}

/// What can be read only once, but may have to be read twice: where ids occur more than once, and Parquet always.
fn pipe(name: String, inner: Box<dyn Read + Send>, format: Format, once: bool) -> Input<'static> {
    Input { name, open: piped::open(inner, once && format != Format::Parquet), ranges: None, format }
}
