//! What a command that replays is told: the history or its counts, which boundaries, and who approved what.

use super::count::Asked;
use super::exit::Failure;
use super::histories;
use crate::plan::Plan;
use crate::replay::{self, Approvals};
use crate::value::Instant;
use std::fs;

/// The options of a replay: the same for every command that replays one policy.
#[derive(clap::Args, Debug)]
pub(super) struct Replays {
    /// JSON Lines, CSV, TSV or Parquet, plain, .gz or .zst: files, globs, or - for standard input; may be given several
    /// times; without it what cwrc.yaml names
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING)]
    history: Vec<String>,
    /// Counts that `cwrc count` wrote, instead of a history
    #[arg(long, value_name = "TABLE", help_heading = histories::HEADING, conflicts_with = "history")]
    counts: Option<String>,
    #[command(flatten)]
    pub(super) reading: histories::Reading,
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
}

impl Replays {
    /// Where the counts for a policy come from.
    pub(super) fn asked<'a>(&'a self, policy: &'a str) -> Asked<'a> {
        Asked { policy, history: &self.history, table: self.counts.as_deref(), once: false }
    }

    /// How to replay, from the start; the file of approvals is read.
    pub(super) fn options(&self, plan: &Plan) -> Result<replay::Options, Failure> {
        let approvals = match (&self.approvals, self.no_approvals) {
            (_, true) => Approvals::Never,
            (None, false) => Approvals::Assumed,
            (Some(path), false) => {
                let text = fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
                let records = replay::approvals::parse(&text, plan);
                Approvals::Recorded(records.map_err(|error| no_approvals(path, &error))?)
            }
        };
        let evidence = self.reading.evidence();
        Ok(replay::Options { evidence, from: self.from, to: self.to, approvals, ..replay::Options::default() })
    }
}

fn no_approvals(path: &str, error: &str) -> Failure {
    Failure::new(format!("{path} cannot be used as approvals: {error}")).help(
        r#"each line is an object like {"action": "refund", "to": "run", "time": "2026-03-01T09:00:00Z", "by": "Ada"}"#,
    )
}
