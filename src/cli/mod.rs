//! The command line: arguments in, exit code out. Only this floor opens files, writes, or reads the clock.
//!
//! One command, one file: its `Args`, whose comments are the help, and `run`. To add a command: a file and two lines
//! here.

mod cache;
mod check;
mod compile;
mod completions;
mod config;
mod count;
mod diff;
mod disk;
mod exit;
mod explain;
mod fix;
mod fmt;
mod generate;
mod git;
mod histories;
mod init;
mod lints;
mod man;
mod odds;
mod output;
mod paths;
mod piped;
mod place;
mod progress;
mod replays;
mod simulate;
mod test;
mod today;
mod what_if;

use clap::{Args, ColorChoice, Parser, Subcommand};
use exit::{Exit, Failure};
use std::process::ExitCode;

/// Policy as code for the autonomy of AI agents: crawl, walk, run, each tier earned by exact numbers
///
/// A policy (*.cwr) says which bars an action type must clear, for how long, before it may act on its own, and when it
/// falls back. `cwrc check` reads policies as a reviewer does, `cwrc simulate` replays them over outcomes that you
/// have already logged.
///
/// Exit codes: 0 done and fine; 1 done, and what was looked at is not fine; 2 could not be done, or nothing to do;
/// 3 undecided.
#[derive(Debug, Parser)]
#[command(name = "cwrc", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that every command has.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
struct Global {
    /// When to use colours; NO_COLOR is respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Print results only: no summaries, warnings or progress
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Turn exit code 1 into 0, and nothing else
    #[arg(long, global = true)]
    exit_zero: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Explain(explain::Args),
    Fmt(fmt::Args),
    Compile(compile::Args),
    Diff(diff::Args),
    Simulate(simulate::Args),
    Count(count::Args),
    WhatIf(what_if::Args),
    Odds(odds::Args),
    Test(test::Args),
    Generate(generate::Args),
    Init(init::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let exit = dispatch(&cli).unwrap_or_else(|failure| {
        output::report(&cli.global, &failure);
        Exit::Failed
    });
    ExitCode::from(exit.code(cli.global.exit_zero))
}

/// Help and version go to stdout with exit 0, mistakes to stderr with exit 2; a closed pipe is no matter.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

fn dispatch(cli: &Cli) -> Result<Exit, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Check(args) => check::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Fmt(args) => Ok(fmt::run(args, global)),
        Command::Compile(args) => compile::run(args, global),
        Command::Diff(args) => diff::run(args, global),
        Command::Simulate(args) => simulate::run(args, global),
        Command::Count(args) => count::run(args, global),
        Command::WhatIf(args) => what_if::run(args, global),
        Command::Odds(args) => odds::run(args, global),
        Command::Test(args) => test::run(args, global),
        Command::Generate(args) => generate::run(args, global),
        Command::Init(args) => init::run(args, global),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
    }
}
