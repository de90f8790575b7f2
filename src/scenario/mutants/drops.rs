//! Each clause left out that a policy can do without; those that are set to `none` are among the numbers.

use super::Mutant;
use crate::model::policy::{Action, Clause, Gate, Ladder, Origin};
use crate::model::setting::{set, settings};
use crate::model::{Policy, paths};
use crate::source::Span;
use crate::value::Step;

/// What is left of a policy.
const NONE: &str = "none";

pub(super) fn mutants(policy: &Policy) -> Vec<Mutant> {
    let mut all = Vec::new();
    let mut leave_out = |path: String, at: Span| {
        let changed = without(policy, at);
        all.push(Mutant { path, was: String::new(), value: NONE.to_owned(), at, policy: changed });
    };
    for (nth, trip) in policy.trips.iter().enumerate() {
        leave_out(paths::trip("policy", nth), trip.at);
    }
    for Ladder { name, gates, trips, renew, .. } in &policy.ladders {
        let name = format!("ladder.{name}");
        clauses(&name, gates, trips, &mut leave_out, |_| true);
        if let Some(clause) = renew {
            leave_out(paths::renew(&name), clause.at);
        }
    }
    for Action { name, gates, trips, renew, .. } in &policy.actions {
        clauses(name, gates, trips, &mut leave_out, |from| from == Origin::Action);
        let own = renew.iter().filter(|clause| clause.from == Origin::Action);
        own.for_each(|clause| leave_out(paths::renew(name), clause.at));
    }
    // The policy's renewal stands with each action type that has no other.
    let shared = policy.actions.iter().filter_map(|action| action.renew.as_ref());
    if let Some(clause) = shared.into_iter().find(|clause| clause.from == Origin::Policy) {
        leave_out(paths::renew("policy"), clause.at);
    }
    all.extend(never_stale(policy));
    all
}

/// The clauses of gates and the trips of one declaration.
fn clauses(
    name: &str,
    gates: &[Option<Gate>; 2],
    trips: &[Clause<crate::model::policy::Trip>],
    leave_out: &mut impl FnMut(String, Span),
    is_own: impl Fn(Origin) -> bool,
) {
    for gate in gates.iter().flatten() {
        of_gate(name, gate, leave_out, &is_own);
    }
    for (nth, trip) in trips.iter().enumerate().filter(|(_, trip)| is_own(trip.from)) {
        leave_out(paths::trip(name, nth), trip.at);
    }
}

/// A gate keeps a bar and a keep bar: without one it is none.
fn of_gate(name: &str, gate: &Gate, leave_out: &mut impl FnMut(String, Span), is_own: &impl Fn(Origin) -> bool) {
    let step: Step = gate.step;
    let margins = gate.bars.iter().filter(|bar| bar.value.margin.is_some()).count();
    for (nth, bar) in gate.bars.iter().enumerate().filter(|(_, bar)| is_own(bar.from) && gate.bars.len() > 1) {
        leave_out(paths::bar(name, step, nth), bar.at);
    }
    let keeps = gate.keeps.iter().enumerate().filter(|(_, keep)| is_own(keep.from));
    for (nth, keep) in keeps.filter(|_| gate.keep_bars().count() > 1) {
        leave_out(paths::keep(name, step, margins + nth), keep.at);
    }
    for (nth, clause) in gate.requires.iter().enumerate().filter(|(_, clause)| is_own(clause.from)) {
        leave_out(paths::requires(name, step, nth), clause.at);
    }
    if let Some(clause) = gate.approval.as_ref().filter(|clause| is_own(clause.from)) {
        leave_out(paths::approval(name, step), clause.at);
    }
}

/// The policy without a clause, wherever it came to stand.
fn without(policy: &Policy, at: Span) -> Policy {
    let mut left = policy.clone();
    left.trips.retain(|clause| clause.at != at);
    for Ladder { gates, trips, renew, .. } in &mut left.ladders {
        strip(gates, trips, renew, at);
    }
    for Action { gates, trips, renew, .. } in &mut left.actions {
        strip(gates, trips, renew, at);
    }
    left
}

fn strip<T, R>(gates: &mut [Option<Gate>; 2], trips: &mut Vec<Clause<T>>, renew: &mut Option<Clause<R>>, at: Span) {
    for gate in gates.iter_mut().flatten() {
        gate.bars.retain(|clause| clause.at != at);
        gate.keeps.retain(|clause| clause.at != at);
        gate.requires.retain(|clause| clause.at != at);
        let _ = gate.approval.take_if(|clause| clause.at == at);
    }
    trips.retain(|clause| clause.at != at);
    let _ = renew.take_if(|clause| clause.at == at);
}

/// Silence that means nothing.
fn never_stale(policy: &Policy) -> Vec<Mutant> {
    let is_own = |path: &str, from: Origin| path.starts_with("ladder.") || from == Origin::Action;
    let stale = settings(policy).into_iter().filter(|it| it.path.ends_with(".stale") && it.value != "never");
    let changed = stale.filter(|it| is_own(&it.path, it.from)).filter_map(|it| {
        let policy = set(policy, &it.path, "never").ok()?;
        Some(Mutant { path: it.path, was: it.value, value: "never".to_owned(), at: it.at, policy })
    });
    changed.collect()
}
