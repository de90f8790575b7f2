//! `cwrc simulate`

use super::exit::{Exit, Failure};
use super::replays::Replays;
use super::{Global, compile, config, count, histories, output};
use crate::history::Counts;
use crate::plan::Plan;
use crate::render::{self, run_json, saved_json};
use crate::replay;
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
    #[command(flatten)]
    replays: Replays,
    /// Start from a state that --format state wrote, instead of with everything at crawl
    #[arg(long, value_name = "STATE")]
    initial: Option<String>,
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
    let options = options(args, &plan)?;
    let reading = &args.replays.reading;
    let asked = count::Asked { once: true, ..args.replays.asked(&args.policy) };
    let source = count::Source::open(&asked, reading, &args.config, global)?;
    let count::Counted { counts, names, assume_tier } = source.count(&plan)?;
    if reading.is_strict() && counts.intake.bad_lines() > 0 || counts.intake.total() == 0 {
        histories::warn_of_bad(&counts, &names, global);
    }
    histories::usable(&counts, reading, assume_tier)?;
    let run = replay::run(&plan, &counts, &options)?;
    let text = match args.format {
        Format::Human => render::replay::human(&plan, &counts, &run, &names, output::for_stdout(global)),
        Format::Json => run_json::render(&plan, &counts, &run),
        Format::State => saved_json::render(&plan, &run.saved),
    };
    if !reading.is_strict() && !global.quiet {
        match args.format {
            Format::Human => mention_bad(&counts, args),
            Format::Json | Format::State => histories::warn_of_bad(&counts, &names, global),
        }
    }
    output::write(&text, args.output.as_deref())?;
    Ok(reading.exit(&counts))
}

fn no_state(path: &str, error: &str) -> Failure {
    Failure::new(format!("{path} is no state of this policy: {error}"))
        .help("`cwrc simulate POLICY --history HISTORY --format state` writes one")
}

fn options(args: &Args, plan: &Plan) -> Result<replay::Options, Failure> {
    let initial = match &args.initial {
        None => None,
        Some(path) => {
            let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
            Some(saved_json::parse(plan, &text).map_err(|error| no_state(path, &error))?)
        }
    };
    Ok(replay::Options { initial, ..args.replays.options(plan)? })
}

/// The page for people quotes the bad lines itself; whoever does not see it is told that there are some.
fn mention_bad(counts: &Counts, args: &Args) {
    let lines = counts.intake.bad_lines();
    if lines > 0 && !output::is_seen(args.output.as_deref()) {
        let s = if lines == 1 { " was" } else { "s were" };
        output::tell(&format!("warning: {lines} line{s} left out; the report quotes the first of each kind\n"));
    }
}
