//! CWR403 never-seen: what is declared and never occurs is misnamed, not logged, or not needed.
//!
//! A name that CWR401 takes for a slip of another one in the history is told there.

use crate::check::findings::Findings;
use crate::check::history::History;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::history::survey::Names;
use crate::model::policy::{ActionId, SignalId};

pub(super) fn check(subject: &Subject, history: &History, findings: &mut Findings) {
    for (at, signal) in subject.policy.signals.iter().enumerate() {
        let is_slip = any(history.undeclared(), |name| history.meant_signal(name) == Some(signal.name.as_str()));
        if !history.is_seen(SignalId::new(at)) && !is_slip {
            let message = format!("signal `{}` never arrives in this history", signal.name);
            let finding = Diagnostic::new(Code::NeverSeen, signal.at, message);
            findings.push(finding.help("look how the log names it, and whether it is logged at all"));
        }
    }
    for (at, action) in subject.policy.actions.iter().enumerate() {
        let asked = crate::check::history::words(&action.matches);
        let is_slip = any(history.unclassified(), |name| {
            asked.contains(&name) || history.meant_action(name).is_some_and(|near| asked.contains(&near))
        });
        if history.records_of(ActionId::new(at)) == 0 && !is_slip {
            let total = history.counts.intake.classified;
            let message = format!("none of {total} records is of type `{}`", action.name);
            let finding = Diagnostic::new(Code::NeverSeen, action.at, message);
            let finding = if action.matches_at == action.at {
                finding.help(format!("look how the log names it: it matches `action == \"{}\"`", action.name))
            } else {
                finding.also(action.matches_at, "matches none").help("compare it with what the records carry")
            };
            findings.push(finding);
        }
    }
}

fn any(names: Option<&Names>, is_it: impl Fn(&str) -> bool) -> bool {
    names.is_some_and(|names| names.iter().any(is_it))
}
