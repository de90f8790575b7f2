//! The clauses that ladders and actions share: gates, trips, stale, cooldown, reentry, renew.

use super::place::{self, Body, Seen, belongs};
use super::{Scope, gate, list, value, word};
use crate::diagnostic::Code;
use crate::model::ladder::Draft;
use crate::model::names::Items;
use crate::model::policy::{Clause, LadderId, Origin, Renew, Stale, Trip};
use crate::syntax::ast::{self, ClauseKind, Declaration, Name, StepName, Value};
use crate::value::{Duration, Tier};

/// Where a trip or a renewed version may lead.
const DOWN: [Tier; 2] = [Tier::Crawl, Tier::Walk];

/// What may be missing because it could not be read, or stands in the wrong place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::model) struct Strays {
    /// Some clause of the action.
    pub(in crate::model) action: bool,
    /// Some clause of its gates.
    pub(in crate::model) gates: bool,
    /// Its `risk`.
    pub(in crate::model) risk: bool,
}

impl Strays {
    /// What either misses.
    pub(in crate::model) fn and(self, other: Self) -> Self {
        Self { action: self.action || other.action, gates: self.gates || other.gates, risk: self.risk || other.risk }
    }

    /// Everything may be missing.
    pub(in crate::model) fn all() -> Self {
        Self { action: true, gates: true, risk: true }
    }

    /// Takes note of a clause that stands where it does not belong: it is missing where it does.
    pub(in crate::model) fn note(&mut self, clause: &ast::Clause) {
        let homes = place::homes(&clause.kind);
        self.action |= homes.contains(&Body::Action);
        self.gates |= homes.contains(&Body::Gate);
        self.risk |= matches!(clause.kind, ClauseKind::Risk(_));
    }

    /// Takes note of a clause that could not be read.
    pub(in crate::model) fn note_broken(&mut self, clause: &ast::Clause) {
        self.action = true;
        self.risk |= place::may_be(clause, "risk");
    }
}

/// All ladders, by [`LadderId`]. Their faults are reported here, once, and not for each follower.
pub(in crate::model) fn ladders(items: &Items, scope: &mut Scope) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for item in &items.ladders {
        let id = LadderId::new(drafts.len());
        let mut draft = draft(scope, item.declaration, Body::Ladder, Origin::Ladder(id));
        if item.declaration.broken {
            scope.broken = true;
            draft.strays = Strays::all();
        }
        if item.kept {
            drafts.push(draft);
        }
    }
    drafts
}

/// The shared clauses of a body; every clause that does not belong in it is reported.
pub(super) fn draft(scope: &mut Scope, declaration: &Declaration, body: Body, from: Origin) -> Draft {
    let (clauses, end) = (&declaration.clauses, declaration.span.end);
    let mut draft = Draft::default();
    scope.spilled = scope.damage.spills(declaration);
    let mut seen = Seen::default();
    for (clause, cut) in place::each(scope.damage, clauses, end) {
        scope.cut = cut;
        if !belongs(scope, clause, body) {
            draft.strays.note(clause);
        } else if clause.kind == ClauseKind::Broken {
            scope.broken = true;
            draft.strays.note_broken(clause);
        } else {
            lower_clause(scope, clause, &mut draft, &mut seen, from);
        }
    }
    draft
}

fn lower_clause(scope: &mut Scope, clause: &ast::Clause, draft: &mut Draft, seen: &mut Seen, from: Origin) {
    let strays = &mut draft.strays;
    match &clause.kind {
        ClauseKind::Gate { step, clauses } => lower_gate(scope, clause, step.as_ref(), clauses, draft, seen, from),
        ClauseKind::Trip { signals, count, within, to } => {
            let trip = trip(scope, signals, count, within, to);
            draft.trips.extend(made(clause, trip, from, &mut strays.action));
        }
        ClauseKind::Stale(after) if seen.first(scope, clause, "stale") => {
            let stale = value::ticks(scope, after, "`stale`").map(Stale::After);
            draft.stale = made(clause, stale, from, &mut strays.action);
        }
        ClauseKind::StaleNever { because } if seen.first(scope, clause, "stale") => {
            let never = value::because(scope, because.as_ref(), clause.span, "`stale never`").map(Stale::Never);
            draft.stale = made(clause, never, from, &mut strays.action);
        }
        ClauseKind::Cooldown(after) if seen.first(scope, clause, "cooldown") => {
            let cooldown = value::ticks_towards(scope, after, "`cooldown`", Duration::lengthened_to);
            draft.cooldown = made(clause, cooldown, from, &mut strays.action);
        }
        ClauseKind::Reentry(more) if seen.first(scope, clause, "reentry") => {
            let reentry = value::points(scope, more, "`reentry`");
            draft.reentry = made(clause, reentry, from, &mut strays.action);
        }
        ClauseKind::Renew { attributes, to } if seen.first(scope, clause, "renew") => {
            let renew = renew(scope, attributes, to);
            draft.renew = made(clause, renew, from, &mut strays.action);
        }
        _ => {}
    }
}

/// A clause with its content, or the mark that it is missing.
pub(super) fn made<T>(clause: &ast::Clause, value: Option<T>, from: Origin, missing: &mut bool) -> Option<Clause<T>> {
    *missing |= value.is_none();
    value.map(|value| Clause { value, at: clause.span, from })
}

fn lower_gate(
    scope: &mut Scope,
    clause: &ast::Clause,
    step: Option<&StepName>,
    clauses: &[ast::Clause],
    draft: &mut Draft,
    seen: &mut Seen,
    from: Origin,
) {
    let at = step.map_or(clause.keyword.span, |step| clause.keyword.span.to(word::both(step)));
    let step = step.and_then(|step| word::step(scope, step));
    let (gate, strays) = gate::lower(scope, clause, clauses, at, step, from);
    draft.strays = draft.strays.and(strays);
    let (Some(gate), Some(step)) = (gate, step) else {
        scope.broken = true;
        draft.strays.action = true;
        return;
    };
    let slot = if step.index() == 0 { "gate crawl to walk" } else { "gate walk to run" };
    let first = seen.first_at(scope, at, slot, "put all clauses into one");
    if let Some(place) = draft.gates.get_mut(step.index()) {
        match place {
            Some(earlier) if !first => {
                earlier.incomplete = true;
                earlier.hold_unread = true;
            }
            _ => *place = Some(gate),
        }
    }
}

/// A trip.
pub(super) fn trip(scope: &mut Scope, signals: &[Name], count: &Value, within: &Value, to: &Name) -> Option<Trip> {
    let signals = list::signals(scope, signals);
    let count = value::count(scope, count, "`trip`", ">= 3");
    let within = value::ticks(scope, within, "`within`");
    let to = word::tier(scope, to, "`trip`", DOWN);
    Some(Trip { signals: signals?, count: count?, within: within?, to: to? })
}

/// A renew.
pub(super) fn renew(scope: &mut Scope, attributes: &[Name], to: &Name) -> Option<Renew> {
    let attributes = list::each(scope, attributes, "attribute", renewing);
    let to = word::tier(scope, to, "`renew`", DOWN)?;
    Some(Renew { attributes: attributes?, to })
}

fn renewing(scope: &mut Scope, name: &Name) -> Option<crate::model::policy::AttributeId> {
    if name.value != "action" {
        return scope.attribute(name).map(|attribute| attribute.id);
    }
    let message = "`action` is not a version of the agent".to_owned();
    let help = "write the attributes that change with the agent, such as `model`";
    scope.report(Code::WrongValue, name.span, message, help);
    None
}
