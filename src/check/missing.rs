//! Telling what an action lacks and cannot inherit either: at the action, or once at the ladder where all lack it.

use super::findings::Findings;
use super::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Ladder, LadderId, Origin};
use crate::source::Span;
use std::collections::BTreeMap;

/// Something that an action has to have, itself or from its ladder.
pub(super) struct Missing {
    /// The finding.
    pub(super) code: Code,
    /// What is missing, as it goes on after "has no".
    pub(super) what: String,
    /// What to write.
    pub(super) help: String,
    /// Where an action of its own would have it.
    pub(super) place: fn(&Action) -> Span,
}

/// Tells which actions lack it. `lacks` says so, or `None` for an action that need not have it, or whose clauses are
/// not all known.
pub(super) fn report(
    subject: &Subject,
    findings: &mut Findings,
    missing: &Missing,
    lacks: impl Fn(&Action) -> Option<bool>,
) {
    let mut followers: BTreeMap<LadderId, Vec<(&Action, bool)>> = BTreeMap::new();
    for action in &subject.policy.actions {
        match (lacks(action), action.follows) {
            (Some(true), None) => findings.push(missing.finding(&action.name, action)),
            (Some(it_lacks), Some(ladder)) => followers.entry(ladder).or_default().push((action, it_lacks)),
            _ => {}
        }
    }
    for (ladder, followers) in followers {
        let ladder = &subject.policy.ladders[ladder.index()];
        missing.report_followers(subject, findings, ladder, &followers);
    }
}

impl Missing {
    fn finding(&self, name: &str, action: &Action) -> Diagnostic {
        Diagnostic::new(self.code, (self.place)(action), format!("`{name}` has no {}", self.what))
            .help(self.help.clone())
    }

    /// Where the ladder would have it, if it has the clause that it belongs to: an action's place for it is there.
    fn place_in_ladder(&self, subject: &Subject, action: &Action) -> Option<Span> {
        let place = (self.place)(action);
        (subject.owner(action, place) != Origin::Action).then_some(place)
    }

    fn report_followers(
        &self,
        subject: &Subject,
        findings: &mut Findings,
        ladder: &Ladder,
        followers: &[(&Action, bool)],
    ) {
        let all_lack = followers.iter().all(|(_, it_lacks)| *it_lacks);
        match followers {
            [(first, _), rest @ ..] if all_lack && !rest.is_empty() => {
                let message = format!("ladder `{}` has no {}", ladder.name, self.what);
                let others = format!("`{}` and {} more follow it and have none of their own", first.name, rest.len());
                let place = self.place_in_ladder(subject, first).unwrap_or(ladder.at);
                let finding = Diagnostic::new(self.code, place, message);
                findings.push(finding.also(first.at, others).help(self.help.clone()));
            }
            _ => {
                for (action, _) in followers.iter().filter(|(_, it_lacks)| *it_lacks) {
                    let finding = self.finding(&action.name, action);
                    findings.push(match self.place_in_ladder(subject, action) {
                        Some(_) => finding.also(action.at, "follows it and has none of its own"),
                        None => finding.also(ladder.at, "nothing to inherit here"),
                    });
                }
            }
        }
    }
}
