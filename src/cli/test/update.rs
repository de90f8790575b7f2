//! `--update`: the expectations that fail, rewritten to what happened.

use super::One;
use crate::cli::disk::STDIN;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{Global, output};
use crate::render::diff;
use crate::scenario;

/// Rewrites the files whose expectations fail and prints what changes. Those that cannot say what happened are told.
pub(super) fn update(all: &[One], global: &Global) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for One { tested, .. } in all {
        let updated = scenario::update(&tested.text, &tested.plan, tested.scenarios.iter().map(|it| &it.played));
        if updated.count > 0 {
            output::put(&tested.path, &updated.text)?;
        }
        if updated.count > 0 && tested.path != STDIN {
            let changes = diff::unified(&tested.path, &tested.text, &updated.text, output::for_stdout(global));
            output::write(&changes, None)?;
        }
        for place in &updated.left {
            let place = format!("{}:{}", tested.path, place.line(&tested.text));
            let failure = Failure::new(format!("{place}: the expectation cannot say what happened"));
            output::report(global, &failure.help("run `cwrc test` to see the log, and write what should happen"));
            exit = Exit::NotFine;
        }
    }
    Ok(exit)
}
