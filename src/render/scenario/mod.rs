//! What `cwrc test` says, in three formats, one file each: which scenarios passed, and of those that did not, what was
//! expected and what happened, in the words of the replay.

mod human;
mod json;
mod junit;
mod measured;
mod measures;
mod told;

pub use measured::{Accepted, Measured, Tried};

use super::Style;
use crate::plan::Plan;
use crate::scenario::Played;
use crate::yaml::Way;

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
    /// Its text.
    pub text: String,
    /// What became of its scenarios.
    pub scenarios: Vec<Verdict>,
}

/// What became of a scenario.
#[derive(Debug)]
pub struct Verdict {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Way,
    /// Its replay, and the expectations that were not met.
    pub played: Played,
}

impl Verdict {
    /// Whether every expectation was met.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.played.failures.is_empty()
    }
}

/// How many scenarios passed, and how many did not.
fn totals(all: &[Tested]) -> (usize, usize) {
    let verdicts = || all.iter().flat_map(|tested| &tested.scenarios);
    let passed = verdicts().filter(|verdict| verdict.passed()).count();
    (passed, verdicts().count() - passed)
}

/// The files, and what was measured of their policies, in a format. `quiet` leaves out of the page for people what
/// passed and the summary.
#[must_use]
pub fn render(all: &[Tested], measured: &[Measured], format: Format, quiet: bool, style: Style) -> String {
    match format {
        Format::Human => human::render(all, measured, quiet, style),
        Format::Json => json::render(all, measured),
        Format::Junit => junit::render(all),
    }
}
