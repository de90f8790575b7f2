//! `cwrc simulate`

use super::exit::{Exit, Failure};
use super::{Global, compile, config, count, histories, output};
use crate::history::Counts;
use crate::plan::Plan;
use crate::render::{self, run_json, saved_json};
use crate::replay::{self, Approvals};
use crate::value::Instant;
use std::fs;

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
    /// JSON Lines, CSV, TSV or Parquet, plain, .gz or .zst: files, globs, or - for standard input; may be given several
    /// times; without it what cwrc.yaml names
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING)]
    history: Vec<String>,
    /// Counts that `cwrc count` wrote, instead of a history
    #[arg(long, value_name = "TABLE", help_heading = histories::HEADING, conflicts_with = "history")]
    counts: Option<String>,
    #[command(flatten)]
    reading: histories::Reading,
    /// Start from a state that --format state wrote, instead of with everything at crawl
    #[arg(long, value_name = "STATE")]
    initial: Option<String>,
    /// Leave out boundaries before this date or time
    #[arg(long, value_name = "TIME", value_parser = histories::time)]
    from: Option<Instant>,
    /// Leave out boundaries after this date or time; a later one goes on into silence
    #[arg(long, value_name = "TIME", value_parser = histories::time)]
    to: Option<Instant>,
    /// Approvals are never given
    #[arg(long, conflicts_with = "approvals")]
    no_approvals: bool,
    /// Approvals are given as recorded: JSON Lines of action, to, time, by
    #[arg(long, value_name = "FILE")]
    approvals: Option<String>,
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

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let plan = match compile::load(&args.policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let options = replay_options(args, &plan)?;
    let count::Counted { counts, names, assume_tier } = counted(args, &plan, global)?;
    if args.reading.is_strict() && counts.intake.bad_lines() > 0 || counts.intake.total() == 0 {
        histories::warn_of_bad(&counts, &names, global);
    }
    histories::usable(&counts, &args.reading, assume_tier)?;
    let run = replay::run(&plan, &counts, &options)?;
    let text = match args.format {
        Format::Human => render::replay::human(&plan, &counts, &run, &names, output::for_stdout(global)),
        Format::Json => run_json::render(&plan, &counts, &run),
        Format::State => saved_json::render(&plan, &run.saved),
    };
    if !args.reading.is_strict() && !global.quiet {
        match args.format {
            Format::Human => mention_bad(&counts, args),
            Format::Json | Format::State => histories::warn_of_bad(&counts, &names, global),
        }
    }
    output::write(&text, args.output.as_deref())?;
    Ok(args.reading.exit(&counts))
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

/// The counts: of a table, or of a history.
fn counted(args: &Args, plan: &Plan, global: &Global) -> Result<count::Counted, Failure> {
    if let Some(table) = &args.counts {
        return count::load(table, plan, &args.reading);
    }
    let named = histories::named(&args.policy, &args.history, &args.config, global)?;
    count::counted(plan, named, &args.reading, global)
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
    Ok(replay::Options { evidence: args.reading.evidence(), from: args.from, to: args.to, approvals, initial })
}

/// The page for people quotes the bad lines itself; whoever does not see it is told that there are some.
fn mention_bad(counts: &Counts, args: &Args) {
    let lines = counts.intake.bad_lines();
    if lines > 0 && !output::is_seen(args.output.as_deref()) {
        let s = if lines == 1 { " was" } else { "s were" };
        output::tell(&format!("warning: {lines} line{s} left out; the report quotes the first of each kind\n"));
    }
}
