//! CWR107 impossible-predicate: an action type that no record can be of gathers no evidence and protects nothing.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Predicate};
use crate::overlap::{self, Budget};

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let mut budget = Budget::default();
    let written = |action: &&Action| !overlap::is_default(action) && action.matches != Predicate::UNREADABLE;
    for action in subject.policy.actions.iter().filter(written) {
        let message = match overlap::example(&[&action.matches], &mut budget) {
            Ok(Some(_)) => continue,
            Ok(None) => format!("no record can ever match `{}`", action.name),
            Err(overlap::TooInvolved) => {
                let message = format!("the predicate of `{}` is too involved to check", action.name);
                let finding = Diagnostic::new(Code::UnreadableInput, action.matches_at, message);
                findings.push(finding.help("write it with fewer `or`s over different attributes"));
                continue;
            }
        };
        let finding = Diagnostic::new(Code::ImpossiblePredicate, action.matches_at, message)
            .label("never true, whatever the attributes are");
        findings.push(finding.help("its comparisons exclude each other: loosen one of them"));
    }
}
