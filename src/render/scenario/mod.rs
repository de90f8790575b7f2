//! What `cwrc test` says, in three formats, one file each: which scenarios passed, and of those that did not, what was
//! expected and what happened, in the words of the replay.

mod human;
mod json;
mod junit;
mod told;

use super::Style;
use crate::plan::Plan;
use crate::scenario::Failure;

/// The formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// JUnit's XML.
    Junit,
}

/// A file of scenarios that were played.
#[derive(Debug)]
pub struct Tested {
    /// As the user names it.
    pub path: String,
    /// The path of its policy.
    pub policy: String,
    /// What its policy was compiled to.
    pub plan: Plan,
    /// What became of its scenarios.
    pub scenarios: Vec<Verdict>,
}

/// What became of a scenario.
#[derive(Debug)]
pub struct Verdict {
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// Its replay.
    pub run: crate::replay::Run,
    /// The expectations that were not met; none: it passed.
    pub failures: Vec<Failure>,
}

impl Verdict {
    /// Whether every expectation was met.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// How many scenarios passed, and how many did not.
fn totals(all: &[Tested]) -> (usize, usize) {
    let verdicts = || all.iter().flat_map(|tested| &tested.scenarios);
    let passed = verdicts().filter(|verdict| verdict.passed()).count();
    (passed, verdicts().count() - passed)
}

/// The files in a format. `quiet` leaves out of the page for people what passed and the summary.
#[must_use]
pub fn render(all: &[Tested], format: Format, quiet: bool, style: Style) -> String {
    match format {
        Format::Human => human::render(all, quiet, style),
        Format::Json => json::render(all),
        Format::Junit => junit::render(all),
    }
}
