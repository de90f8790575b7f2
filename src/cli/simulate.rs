//! `cwrc simulate`

use super::exit::{Exit, Failure};
use super::{Global, compile, config, histories, output};
use crate::history::{self, Counts, Mapping, Reason};
use crate::plan::Plan;
use crate::render::{self, run_json, saved_json};
use crate::replay::{self, Approvals, Evidence};
use crate::value::{Instant, Tier};
use std::fs;
use std::num::NonZeroUsize;

/// Replay a policy over outcomes that were already logged: who would have moved when, and why
///
/// Nothing is invented: evidence at a tier is records that really ran at that tier, unless --evidence any-tier says
/// otherwise.
///
/// Example: cwrc simulate policies/support.cwr --history policies/support.history.jsonl.zst
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The policy, or - for standard input
    #[arg(value_name = "POLICY")]
    policy: String,
    /// JSON Lines, plain, .gz or .zst: files, globs, or - for standard input; may be given several times; without it
    /// what cwrc.yaml names
    #[arg(long, value_name = "PATH")]
    history: Vec<String>,
    /// The format of the history
    #[arg(long, value_enum, default_value = "jsonl")]
    history_format: HistoryFormat,
    /// Where the fields are, as in tier=stage,time=meta.opened_at; dots reach inside
    #[arg(long, value_name = "FIELD=KEY,…")]
    map: Vec<String>,
    /// Which records are evidence at a tier: those that ran there, or all
    #[arg(long, value_enum, default_value = "as-recorded")]
    evidence: EvidenceArg,
    /// The tier of records that carry none
    #[arg(long, value_name = "TIER", value_parser = tier)]
    assume_tier: Option<Tier>,
    /// Start from a state that --format state wrote, instead of with everything at crawl
    #[arg(long, value_name = "STATE")]
    initial: Option<String>,
    /// Leave out boundaries before this date or time
    #[arg(long, value_name = "TIME", value_parser = time)]
    from: Option<Instant>,
    /// Leave out boundaries after this date or time; a later one goes on into silence
    #[arg(long, value_name = "TIME", value_parser = time)]
    to: Option<Instant>,
    /// Records and outcomes later than this are bad
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Instant>,
    /// Exit 1 if any line is bad
    #[arg(long)]
    strict: bool,
    /// Promise that no id occurs twice: saves memory
    #[arg(long)]
    unique_ids: bool,
    /// Approvals are never given
    #[arg(long, conflicts_with = "approvals")]
    no_approvals: bool,
    /// Approvals are given as recorded: JSON Lines of action, to, time, by
    #[arg(long, value_name = "FILE")]
    approvals: Option<String>,
    /// How many threads count; by default one per core
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    config: config::Source,
    /// How to print the replay
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// The decision log and all figures
    Json,
    /// The state after the last boundary, for --initial
    State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum EvidenceArg {
    /// Records that really ran at the tier
    AsRecorded,
    /// Records wherever they ran: an assumption
    AnyTier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum HistoryFormat {
    /// One JSON object a line
    Jsonl,
}

fn tier(text: &str) -> Result<Tier, String> {
    Tier::parse(text).ok_or_else(|| "write crawl, walk or run".to_owned())
}

fn time(text: &str) -> Result<Instant, String> {
    let time = Instant::parse_date(text).or_else(|| Instant::parse(text));
    time.ok_or_else(|| "write a date (2026-03-01) or an RFC 3339 time with an offset (2026-03-01T12:00:00Z)".to_owned())
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if args.policy == "-" && args.history.iter().any(|path| path == "-") {
        return Err(Failure::new("standard input cannot be both the policy and the history").help("name one as a file"));
    }
    let plan = match compile::load(&args.policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let options = replay_options(args, &plan)?;
    let (counts, names) = count(args, &plan, global)?;
    if args.strict && counts.intake.bad_lines() > 0 || counts.intake.total() == 0 {
        warn_of_bad(&counts, &names, global);
    }
    if counts.intake.total() == 0 {
        return Err(nothing_kept(&counts));
    }
    let tierless = counts.intake.without_tier == counts.intake.total() && counts.intake.total() > 0;
    if tierless && options.evidence == Evidence::AsRecorded && args.assume_tier.is_none() {
        return Err(no_tier());
    }
    let run = replay::run(&plan, &counts, &options)?;
    let text = match args.format {
        Format::Human => render::replay::human(&plan, &counts, &run, &names, output::for_stdout(global)),
        Format::Json => run_json::render(&plan, &counts, &run),
        Format::State => saved_json::render(&plan, &run.saved),
    };
    if !args.strict && !global.quiet {
        match args.format {
            Format::Human => mention_bad(&counts, args),
            Format::Json | Format::State => warn_of_bad(&counts, &names, global),
        }
    }
    output::write(&text, args.output.as_deref())?;
    Ok(if args.strict && counts.intake.bad_lines() > 0 { Exit::NotFine } else { Exit::Fine })
}

/// With the remedy for what most lines are bad for.
fn nothing_kept(counts: &Counts) -> Failure {
    let failure = Failure::from(replay::Error::NothingKept);
    let worst = counts.intake.bad.iter().max_by_key(|(_, bad)| bad.count).map(|(reason, _)| *reason);
    match worst {
        Some(Reason::BadTier) => failure.help(
            "the tiers are crawl, walk and run, in lower case: translate the words of the log, or leave its field out \
             and say --assume-tier TIER",
        ),
        Some(Reason::BadTime) => failure.help("write times with their offset, as in 2026-03-01T12:00:00Z"),
        _ => failure,
    }
}

fn no_tier() -> Failure {
    Failure::new("no record says at which tier it ran, so none is evidence for any").help(
        "--map tier=KEY names the field that says it; --assume-tier TIER states it for all; --evidence any-tier lets \
         records count wherever they ran",
    )
}

fn no_approvals(path: &str, error: &str) -> Failure {
    Failure::new(format!("{path} cannot be used as approvals: {error}")).help(
        r#"each line is an object like {"action": "refund", "to": "run", "time": "2026-03-01T09:00:00Z", "by": "Ada"}"#,
    )
}

fn no_state(path: &str, error: &str) -> Failure {
    Failure::new(format!("{path} is no state of this policy: {error}"))
        .help("`cwrc simulate POLICY --history HISTORY --format state` writes one")
}

/// The history, and where its fields are: as said, or as the configuration has it.
fn sources(args: &Args, global: &Global) -> Result<(Vec<String>, Mapping), Failure> {
    if !args.history.is_empty() {
        return Ok((args.history.clone(), Mapping::default()));
    }
    let config = config::load(&args.config, global)?;
    if config.histories.is_empty() {
        return Err(Failure::new("no history is named").help("--history PATH names it, or `history` in cwrc.yaml"));
    }
    Ok((config.histories, config.mapping))
}

fn count(args: &Args, plan: &Plan, global: &Global) -> Result<(Counts, Vec<String>), Failure> {
    let HistoryFormat::Jsonl = args.history_format;
    let (paths, mut mapping) = sources(args, global)?;
    for pairs in &args.map {
        let help = "name the keys of the log, as in --map id=ticket,time=meta.opened_at,tier=stage";
        mapping.apply(pairs).map_err(|error| Failure::new(format!("--map: {error}")).help(help))?;
    }
    let histories = histories::open(&paths, global.quiet)?;
    let options = history::Options {
        mapping,
        assume_tier: args.assume_tier,
        now: args.now,
        unique_ids: args.unique_ids,
        threads: args.threads,
    };
    let counts = history::count(plan, &histories.inputs, &options);
    histories.progress.done();
    Ok((counts?, histories.names()))
}

fn replay_options(args: &Args, plan: &Plan) -> Result<replay::Options, Failure> {
    let read = |path: &String| fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error));
    let approvals = match (&args.approvals, args.no_approvals) {
        (_, true) => Approvals::Never,
        (None, false) => Approvals::Assumed,
        (Some(path), false) => Approvals::Recorded(
            replay::approvals::parse(&read(path)?, plan).map_err(|error| no_approvals(path, &error))?,
        ),
    };
    let initial = match &args.initial {
        None => None,
        Some(path) => {
            let saved = saved_json::parse(plan, &read(path)?);
            Some(saved.map_err(|error| no_state(path, &error))?)
        }
    };
    let evidence = match args.evidence {
        EvidenceArg::AsRecorded => Evidence::AsRecorded,
        EvidenceArg::AnyTier => Evidence::AnyTier,
    };
    Ok(replay::Options { evidence, from: args.from, to: args.to, approvals, initial })
}

/// The page for people quotes the bad lines itself; whoever does not see it is told that there are some.
fn mention_bad(counts: &Counts, args: &Args) {
    let lines = counts.intake.bad_lines();
    if lines > 0 && !output::is_seen(args.output.as_deref()) {
        let s = if lines == 1 { " was" } else { "s were" };
        output::tell(&format!("warning: {lines} line{s} left out; the report quotes the first of each kind\n"));
    }
}

/// Bad lines are never silently dropped: the first of each reason is quoted on stderr.
fn warn_of_bad(counts: &Counts, names: &[String], global: &Global) {
    output::tell(&render::replay::bad_lines(&counts.intake, names, output::for_stderr(global)));
}
