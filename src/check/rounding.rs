//! Which durations are rounded to a multiple of the tick: a longer hold or cooldown and a shorter stop make their gate
//! harder to pass, and are offered where the gate can still be met.
//!
//! A shorter stale is no such thing: a fall begins a new attempt, and forgets that a stop ended the last one.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Policy;
use crate::model::policy::Clause;
use crate::source::{Sources, Span};
use crate::value::Duration;

/// Takes back what is offered where a gate could not be met any more (CWR218), and for what other policies share.
pub fn take_back(found: &mut [Diagnostic], policy: &Policy, sources: &Sources) {
    let is_rounding = |it: &Diagnostic| it.code == Code::NotTickMultiple && it.fix.is_some();
    if !found.iter().any(is_rounding) {
        return;
    }
    let wrong = super::check(&rounded(policy), sources, None);
    let wrong = wrong.into_iter().filter(|it| it.code == Code::ImpossibleStop);
    let places: Vec<Span> = wrong.flat_map(|it| it.also.into_iter().chain([it.at])).map(|label| label.span).collect();
    for finding in found.iter_mut().filter(|it| is_rounding(it)) {
        let at = finding.at.span;
        let covers = |place: &Span| place.file == at.file && place.start <= at.start && at.end <= place.end;
        if at.file != policy.at.file || places.iter().any(covers) {
            finding.fix = None;
        }
    }
}

/// The policy as it would be with all of them rounded.
fn rounded(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    let tick = policy.tick;
    let round = |clause: &mut Option<Clause<Duration>>, to: fn(Duration, Duration) -> Option<Duration>| {
        if let Some(clause) = clause {
            clause.value = to(clause.value, tick).unwrap_or(clause.value);
        }
    };
    for action in &mut policy.actions {
        round(&mut action.cooldown, Duration::lengthened_to);
        for gate in action.gates.iter_mut().flatten() {
            round(&mut gate.hold, Duration::lengthened_to);
            round(&mut gate.stop, Duration::shortened_to);
        }
    }
    policy
}
