//! What the history cannot tell: from when on evidence is silent, and how many unattended records nobody can judge.

use super::View;
use super::next::going_stale;
use crate::plan::Action;
use crate::render::ink::Ink;
use crate::render::text::{clean, plural, thousands, wrap};
use crate::replay::Evidence;
use crate::replay::run::Outcome;
use crate::value::Tier;

/// The list, and what the mode of evidence means for it.
pub(super) fn list(view: View) -> String {
    let mut out = view.heading("What this history cannot tell");
    let mut any = false;
    for (at, action, outcome) in view.actions() {
        let lines = lines(view, at, action, outcome);
        any |= !lines.is_empty();
        for line in lines {
            let name = view.style.paint(Ink::Strong, clean(&action.name));
            out += &view.line(&format!("{name}: {line}"), 2);
        }
    }
    if !any {
        out += &view.line("Nothing was silent: every action type had enough evidence to the end.", 2);
    }
    out + &wrap(meaning(view.run.evidence), "  ", "  ", view.style.width)
}

fn meaning(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::AsRecorded => {
            "Where this replay moves an action type to a tier at which it did not run, there is no record of how it \
             would have done there: it waits, and goes stale, for want of evidence and not for a fault."
        }
        Evidence::AnyTier => {
            "Records count wherever they ran. If people see a suggestion before it is sent, or customers judge \
             otherwise than reviewers, what was recorded at one tier says little of another: read this as the best case."
        }
    }
}

fn lines(view: View, at: usize, action: &Action, outcome: &Outcome) -> Vec<String> {
    let mut lines = Vec::new();
    let (coverage, exposed) = (&outcome.coverage, &outcome.exposed);
    match coverage.silent_from {
        _ if action.ceiling == Tier::Crawl => {}
        Some(_) if coverage.with_evidence == 0 => lines.push("there never was enough evidence to decide".to_owned()),
        Some(from) => lines.push(format!("no longer enough evidence to decide from {} on", view.date(from))),
        None => {}
    }
    lines.extend(going_stale(view, at, action, outcome));
    if exposed.unknown > 0 {
        let unattended = plural(exposed.unattended, "unattended record");
        lines.push(format!("of {unattended} nobody can say of {} whether they did harm", thousands(exposed.unknown)));
    }
    lines
}
