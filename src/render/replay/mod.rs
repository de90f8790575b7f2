//! What `cwrc simulate` tells people: where each action type stands, how it got there by which figures, what it still
//! needs, and what the history cannot tell.
//!
//! One section, one file, in the order of the page. `words` says what a bar saw; every section says it the same way.

mod chart;
mod head;
mod moves;
mod needs;
mod next;
mod resets;
mod silence;
mod standing;
mod words;

use super::Style;
use super::ink::Ink;
use super::text::wrap;
use crate::history::{Counts, Intake};
use crate::model::policy::ActionId;
use crate::plan::{Action, Plan};
use crate::replay::run::Outcome;
use crate::replay::{Decision, Run};
use crate::value::Instant;

/// What every section looks at.
#[derive(Clone, Copy, Debug)]
struct View<'a> {
    plan: &'a Plan,
    run: &'a Run,
    style: Style,
}

/// A replay for people. `names` are the inputs as the user named them.
#[must_use]
pub fn human(plan: &Plan, counts: &Counts, run: &Run, names: &[String], style: Style) -> String {
    let view = View { plan, run, style };
    let sections = [
        head::head(view, &counts.intake, names),
        standing::table(view),
        chart::chart(view),
        moves::log(view),
        resets::list(view),
        next::list(view),
        silence::list(view),
    ];
    let told: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    told.join("\n")
}

/// The lines that were left out: how many for each reason, and the first of each. Empty if there are none.
#[must_use]
pub fn bad_lines(intake: &Intake, names: &[String], style: Style) -> String {
    head::bad_lines(intake, names, style)
}

/// An entry of the log, as the log tells it.
pub(super) fn entry(plan: &Plan, run: &Run, decision: &Decision, style: Style) -> String {
    moves::entry(View { plan, run, style }, decision, DATE)
}

/// Why an action type was not promoted at the end; nothing where no gate is above it.
pub(super) fn waiting(plan: &Plan, run: &Run, action: ActionId, style: Style) -> String {
    next::of(View { plan, run, style }, action.index())
}

/// A day, or a time where it is not midnight.
pub(super) fn date(at: Instant) -> String {
    words::date(at)
}

/// Columns of a date.
const DATE: usize = 10;

impl<'a> View<'a> {
    /// The action types, each with what became of it.
    fn actions(self) -> impl Iterator<Item = (usize, &'a Action, &'a Outcome)> {
        self.plan.actions.iter().zip(&self.run.outcomes).enumerate().map(|(at, (action, it))| (at, action, it))
    }

    /// Columns of the longest name.
    fn name_width(self) -> usize {
        self.plan.actions.iter().map(|action| action.name.chars().count()).max().unwrap_or(0)
    }

    /// The heading of a section.
    fn heading(self, text: &str) -> String {
        format!("{}\n", self.style.paint(Ink::Strong, text))
    }

    /// A line of a section, indented; if it is too long it goes on below its own start.
    fn line(self, text: &str, indent: usize) -> String {
        let space = " ".repeat(indent);
        wrap(text, &space, &format!("{space}  "), self.style.width)
    }
}
