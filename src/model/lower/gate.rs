//! `gate`: its bars and keeps, hold, requires, approval, stop.

use super::body::{Strays, made};
use super::place::{self, Body, Seen, belongs};
use super::{Scope, bar, value, word};
use crate::model::policy::{Gate, Origin, Requires};
use crate::source::Span;
use crate::syntax::ast::{Clause, ClauseKind, Literal, Name, Value};
use crate::value::{Duration, Step, Tier};

/// A gate, and what stands in it that belongs to its action. Its clauses are checked even where its step is unknown.
pub(super) fn lower(
    scope: &mut Scope,
    whole: &Clause,
    clauses: &[Clause],
    at: Span,
    step: Option<Step>,
    from: Origin,
) -> (Option<Gate>, Strays) {
    let mut gate = Gate {
        step: step.unwrap_or(Step::CrawlToWalk),
        bars: Vec::new(),
        keeps: Vec::new(),
        hold: None,
        requires: Vec::new(),
        approval: None,
        stop: None,
        at,
        incomplete: false,
        hold_unread: false,
    };
    let mut seen = Seen::default();
    let mut strays = Strays::default();
    for (clause, cut) in place::each(scope.damage, clauses, whole.span.end) {
        scope.cut = cut;
        if belongs(scope, clause, Body::Gate) {
            lower_clause(scope, clause, &mut gate, &mut seen, from);
            strays.risk |= place::may_be(clause, "risk");
        } else {
            strays.note(clause);
        }
    }
    (step.map(|_| gate), strays)
}

fn lower_clause(scope: &mut Scope, clause: &Clause, gate: &mut Gate, seen: &mut Seen, from: Origin) {
    let missing = &mut gate.incomplete;
    match &clause.kind {
        ClauseKind::Bar(written) => {
            let bar = bar::lower(scope, clause, written);
            gate.bars.extend(made(clause, bar, from, missing));
        }
        ClauseKind::Keep(written) => {
            let keep = bar::lower(scope, clause, written);
            gate.keeps.extend(made(clause, keep, from, missing));
        }
        ClauseKind::Hold(written) if seen.first(scope, clause, "hold") => {
            let hold = hold(scope, written);
            gate.hold = made(clause, hold, from, missing);
            gate.hold_unread |= gate.hold.is_none();
        }
        ClauseKind::Requires { action, tier } => {
            let requires = requires(scope, action, tier);
            gate.requires.extend(made(clause, requires, from, missing));
        }
        ClauseKind::Approval(who) if seen.first(scope, clause, "approval") => {
            let who = value::text(scope, who, "`approval`", "write who approves: `approval \"head of support\"`");
            gate.approval = made(clause, who, from, missing);
        }
        ClauseKind::Stop(after) if seen.first(scope, clause, "stop") => {
            let after = value::ticks_towards(scope, after, "`stop after`", Duration::shortened_to);
            gate.stop = made(clause, after, from, missing);
        }
        ClauseKind::Broken => {
            scope.broken = true;
            gate.incomplete = true;
            gate.hold_unread = true;
        }
        _ => {}
    }
}

/// A hold. One that is shorter than a tick is a finding of its own (CWR204) of the check floor, and only that.
fn hold(scope: &mut Scope, written: &Value) -> Option<Duration> {
    match written.literal {
        Literal::Duration(hold) if scope.tick.is_some_and(|tick| hold.seconds() < tick.seconds()) => Some(hold),
        _ => value::ticks_towards(scope, written, "`hold`", Duration::lengthened_to),
    }
}

fn requires(scope: &mut Scope, action: &Name, tier: &Name) -> Option<Requires> {
    let action = scope.action(action);
    let tier = word::tier(scope, tier, "`requires`", [Tier::Walk, Tier::Run]);
    Some(Requires { action: action?, tier: tier? })
}
