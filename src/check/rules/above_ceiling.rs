//! CWR207 above-ceiling: a clause of the action's own that its ceiling puts out of force misleads its readers.
//!
//! Above the ceiling lie gates, and trips to the ceiling or higher, which the action is never above. At a ceiling of
//! crawl so do all clauses about falling and coming back: there is nowhere to fall from. What a ladder hands down is
//! meant for its other followers.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Clause, Gate, Origin};
use crate::source::Span;
use crate::value::Tier;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let Some(ceiling) = &action.ceiling else { continue };
        let mut idle = idle(subject, action);
        idle.sort_by_key(|(at, _)| *at);
        let [(first, what), rest @ ..] = idle.as_slice() else { continue };
        let message =
            format!("`{}` is never above {}, so its {what} never applies", action.name, action.ceiling_tier());
        let mut finding = Diagnostic::new(Code::AboveCeiling, *first, message).also(ceiling.at, "ends it here");
        for (at, what) in rest {
            finding = finding.also(*at, format!("{what} never applies either"));
        }
        let what = if rest.is_empty() { "it" } else { "them" };
        findings.push(finding.help(format!("leave {what} out, or raise the ceiling")));
    }
}

/// The clauses of its own that can never apply.
fn idle(subject: &Subject, action: &Action) -> Vec<(Span, String)> {
    let ceiling = action.ceiling_tier();
    let above = |gate: &&Gate| gate.step.to() > ceiling && subject.owner(action, gate.at) == Origin::Action;
    let gates = action.gates.iter().flatten().filter(above).map(|gate| (gate.at, format!("`gate {}`", gate.step)));
    let trips = action.trips.iter().filter(|trip| trip.from == Origin::Action && trip.value.to >= ceiling);
    let trips = trips.map(|trip| (trip.at, format!("trip to {}", trip.value.to)));
    let falls = [
        own(action.stale.as_ref(), "`stale`"),
        own(action.cooldown.as_ref(), "`cooldown`"),
        own(action.reentry.as_ref(), "`reentry`"),
        own(action.renew.as_ref(), "`renew`"),
    ];
    let falls = falls.into_iter().flatten().filter(|_| ceiling == Tier::Crawl);
    gates.chain(trips).chain(falls).collect()
}

fn own<T>(clause: Option<&Clause<T>>, what: &str) -> Option<(Span, String)> {
    clause.filter(|clause| clause.from == Origin::Action).map(|clause| (clause.at, what.to_owned()))
}
