//! `cwrc check --fix`: what has one safe answer is written, or shown.

use super::disk::STDIN;
use super::exit::Failure;
use super::place::Places;
use super::{Global, output};
use crate::analysis::{self, Analysis, Fixed, Settings};
use crate::render::diagnostics::{Report, human};
use crate::render::diff;
use crate::value::Instant;
use std::collections::BTreeMap;

/// What is asked of the fixes.
#[derive(clap::Args, Debug)]
pub(super) struct Flags {
    /// Correct in place what has one safe answer; no fix makes a gate easier to pass. - writes to stdout
    #[arg(long, conflicts_with_all = ["at", "history"])]
    pub(super) fix: bool,
    /// With --fix: write nothing and show what would change; the exit code is that of the files as they are
    #[arg(long, requires = "fix")]
    diff: bool,
}

impl Flags {
    /// Makes or shows the fixes of what was found; what is left of it stays. Whether stdout has been written to.
    pub(super) fn make(
        &self,
        all: &mut [Analysis],
        places: &Places,
        today: Option<Instant>,
        settings: &Settings,
        global: &Global,
    ) -> Result<bool, Failure> {
        if !self.fix {
            return Ok(false);
        }
        if let Some(revision) = places.revisions().first() {
            let message = format!("--fix cannot change {}, which is a commit", revision.name());
            return Err(Failure::new(message).help("name the files of the work tree"));
        }
        let mut fixed = all.to_vec();
        let files = analysis::fix(places.disk(), &mut fixed, today, settings)
            .map_err(|error| Failure::new(format!("cannot read a policy again: {error}")))?;
        if !global.quiet {
            let left = Report::of(&fixed);
            let told = files.iter().map(|(path, it)| self.told(path, it, &left));
            output::tell(&told.collect::<String>());
        }
        if self.diff {
            show(&files, global)?;
            return Ok(true);
        }
        for (path, it) in &files {
            output::put(path, &it.new)?;
        }
        all.swap_with_slice(&mut fixed);
        let stdin = all.iter().find(|one| one.path == STDIN);
        if let Some(one) = stdin.filter(|one| one.is_utf8 && !files.contains_key(STDIN)) {
            output::put(STDIN, one.sources.iter().next().map_or("", |file| &file.text))?;
        }
        Ok(stdin.is_some())
    }

    /// `fixed 3 of 5 findings in policies/x.cwr`
    fn told(&self, path: &str, fixed: &Fixed, left: &Report) -> String {
        let verb = if self.diff { "would fix" } else { "fixed" };
        format!("{verb} {}\n", human::fixed(left, path, fixed.count))
    }
}

/// Prints what would change.
fn show(files: &BTreeMap<String, Fixed>, global: &Global) -> Result<(), Failure> {
    let style = output::for_stdout(global);
    let diffs = files.iter().map(|(path, it)| diff::unified(path, &it.old, &it.new, style));
    output::write(&diffs.collect::<String>(), None)
}
