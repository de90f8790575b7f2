//! `action`: its own clauses, with those of its ladder and of the policy merged in.

use super::body::{Strays, draft};
use super::place::{self, Body, Seen};
use super::policy::Header;
use super::{Scope, list, named, place_of, predicate, title, value, word};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::ladder::Draft;
use crate::model::names::{Item, Items};
use crate::model::policy::{Action, Clause, Constant, Gate, LadderId, Origin, Predicate, Subject};
use crate::source::Span;
use crate::syntax::ast::{self, ClauseKind, Declaration, Head, Name, Op};
use crate::value::{Risk, Tier};
use std::collections::HashMap;

/// Bars, keeps, requires and trips of all actions together, inherited ones too: beyond this nothing is inherited, so
/// that a few long ladders and many short actions cannot fill the memory.
const MOST_CLAUSES: usize = 200_000;

/// What only an action has.
struct Own {
    risk: Option<Risk>,
    irreversible: Option<Span>,
    read_only: Option<Span>,
    matches: Option<(Predicate, Span)>,
    ceiling: Option<Clause<(Tier, String)>>,
    formerly: Vec<String>,
    /// Something of these is missing through a fault that is reported.
    missing: bool,
    /// There is a `risk`, good or not.
    has_risk: bool,
}

/// Former names met so far, with their places.
type Former<'a> = HashMap<&'a str, Span>;

/// All actions, in order; the id of one is its index here.
pub(in crate::model) fn lower(items: &Items, ladders: &[Draft], header: &Header, scope: &mut Scope) -> Vec<Action> {
    let mut former = Former::new();
    let mut actions = Vec::with_capacity(items.actions.len());
    let mut left = MOST_CLAUSES;
    for item in &items.actions {
        let inherits = left > 0;
        let action = if inherits {
            action(item, ladders, header, &mut former, scope)
        } else {
            action(item, &[], &header.without_clauses(), &mut former, scope)
        };
        left = left.saturating_sub(action.as_ref().map_or(0, clauses));
        if inherits && left == 0 {
            report_too_many(scope, item.declaration);
        }
        actions.extend(action.filter(|_| item.kept));
    }
    actions
}

/// The clauses of an action, inherited ones too.
fn clauses(action: &Action) -> usize {
    let of_gate = |gate: &Gate| gate.bars.len() + gate.keeps.len() + gate.requires.len();
    action.trips.len() + action.gates.iter().flatten().map(of_gate).sum::<usize>()
}

fn report_too_many(scope: &mut Scope, declaration: &Declaration) {
    let message = format!("up to {} the actions have more than {MOST_CLAUSES} clauses", named(declaration));
    let help = "each action has those of its ladder and of the policy too: write fewer there, or fewer actions";
    scope.report(Code::UnreadableInput, place_of(declaration), message, help);
}

fn action<'a>(
    item: &Item<'a>,
    ladders: &[Draft],
    header: &Header,
    former: &mut Former<'a>,
    scope: &mut Scope,
) -> Option<Action> {
    let declaration = item.declaration;
    let mut draft = draft(scope, declaration, Body::Action, Origin::Action);
    let own = own(scope, declaration, former);
    if declaration.broken {
        scope.broken = true;
        draft.strays = Strays::all();
    }
    let (follows, draft) = follow(scope, declaration, draft, ladders);
    if !own.has_risk && !draft.strays.risk && !scope.damage.hurts(declaration) {
        report_missing_risk(scope, declaration);
    }
    declaration.name.as_ref().map(|name| assemble(declaration, name, follows, own, draft, header))
}

/// The draft with the ladder's clauses merged in; where the ladder is unknown, any clause may be missing.
fn follow(
    scope: &mut Scope,
    declaration: &Declaration,
    mut draft: Draft,
    ladders: &[Draft],
) -> (Option<LadderId>, Draft) {
    let Head::Action { follows: Some(name) } = &declaration.head else { return (None, draft) };
    let id = scope.ladder(name);
    if let Some(ladder) = id.and_then(|id| ladders.get(id.index())) {
        return (id, draft.follow(ladder));
    }
    draft.strays = draft.strays.and(Strays { action: true, gates: true, risk: false });
    (None, draft)
}

fn report_missing_risk(scope: &mut Scope, declaration: &Declaration) {
    let message = format!("{} has no `risk`", named(declaration));
    let help = "add `risk low`, `risk moderate`, `risk high` or `risk critical`";
    scope.report(Code::MissingClause, place_of(declaration), message, help);
}

fn assemble(
    declaration: &Declaration,
    name: &Name,
    follows: Option<LadderId>,
    own: Own,
    draft: Draft,
    header: &Header,
) -> Action {
    let strays = draft.strays.and(header.strays);
    let mut gates = draft.gates;
    for gate in gates.iter_mut().flatten() {
        gate.incomplete |= strays.gates;
        gate.hold_unread |= strays.gates;
    }
    let (matches, matches_at) = own.matches.unwrap_or_else(|| (by_name(name, &own.formerly), name.span));
    Action {
        name: name.value.clone(),
        title: title(declaration),
        follows,
        risk: own.risk.unwrap_or(Risk::Low),
        irreversible: own.irreversible,
        read_only: own.read_only,
        matches,
        matches_at,
        gates,
        ceiling: own.ceiling,
        trips: header.trips.iter().cloned().chain(draft.trips).collect(),
        stale: draft.stale,
        cooldown: draft.cooldown,
        reentry: draft.reentry,
        renew: draft.renew.or_else(|| header.renew.clone()),
        formerly: own.formerly,
        at: name.span,
        incomplete: strays.action || own.missing,
    }
}

/// Without `matches`: `action == "NAME"`, or one of the earlier names, by which histories still call it.
fn by_name(name: &Name, formerly: &[String]) -> Predicate {
    let text = |name: &String| Constant::Text(name.clone());
    if formerly.is_empty() {
        return Predicate::Compare(Subject::Action, Op::Equal, text(&name.value));
    }
    Predicate::In(Subject::Action, std::iter::once(&name.value).chain(formerly).map(text).collect())
}

fn own<'a>(scope: &mut Scope, declaration: &'a Declaration, former: &mut Former<'a>) -> Own {
    let mut own = Own {
        risk: None,
        irreversible: None,
        read_only: None,
        matches: None,
        ceiling: None,
        formerly: Vec::new(),
        missing: false,
        has_risk: false,
    };
    let mut seen = Seen::default();
    for (clause, cut) in place::each(scope.damage, &declaration.clauses, declaration.span.end) {
        scope.cut = cut;
        own_clause(scope, clause, &mut own, &mut seen, former);
    }
    own
}

fn own_clause<'a>(scope: &mut Scope, clause: &'a ast::Clause, own: &mut Own, seen: &mut Seen, former: &mut Former<'a>) {
    match &clause.kind {
        ClauseKind::Risk(name) if seen.first(scope, clause, "risk") => {
            own.has_risk = true;
            own.risk = word::risk(scope, name);
        }
        ClauseKind::Irreversible if seen.first(scope, clause, "irreversible") => own.irreversible = Some(clause.span),
        ClauseKind::ReadOnly if seen.first(scope, clause, "read_only") => own.read_only = Some(clause.span),
        ClauseKind::Matches(written) if seen.first(scope, clause, "matches") => {
            let matches = predicate::lower(scope, written);
            own.missing |= matches.is_none();
            own.matches = Some((matches.unwrap_or(Predicate::UNREADABLE), clause.span));
        }
        ClauseKind::Ceiling { tier, because } if seen.first(scope, clause, "ceiling") => {
            let ceiling = ceiling(scope, clause, tier, because.as_ref());
            own.missing |= ceiling.is_none();
            own.ceiling = ceiling.map(|value| Clause { value, at: clause.span, from: Origin::Action });
        }
        ClauseKind::Formerly(names) if seen.first(scope, clause, "formerly") => {
            own.formerly = formerly(scope, names, former);
        }
        // It may have been this action's `matches`; then its records are unknown.
        ClauseKind::Broken if place::may_be(clause, "matches") && own.matches.is_none() => {
            own.matches = Some((Predicate::UNREADABLE, clause.span));
        }
        _ => {}
    }
}

fn ceiling(
    scope: &mut Scope,
    clause: &ast::Clause,
    tier: &Name,
    because: Option<&ast::Value>,
) -> Option<(Tier, String)> {
    let tier = word::tier(scope, tier, "`ceiling`", [Tier::Crawl, Tier::Walk]);
    let because = value::because(scope, because, clause.span, "`ceiling`");
    tier.zip(because)
}

/// Earlier names; each belonged to one action, and to none that exists.
fn formerly<'a>(scope: &mut Scope, names: &'a [Name], former: &mut Former<'a>) -> Vec<String> {
    let mut kept = Vec::with_capacity(names.len());
    for name in list::once(scope, names, "former name") {
        let word = name.value.as_str();
        let taken = match (scope.names.actions.place(word), former.get(word)) {
            (Some(at), _) => Some((at, format!("`{word}` is the name of an action"), "it is declared here")),
            (None, Some(at)) => Some((*at, format!("`{word}` is a former name of two actions"), "listed here already")),
            (None, None) => None,
        };
        if let Some((at, message, label)) = taken {
            let found = Diagnostic::new(Code::MisplacedClause, name.span, message).also(at, label);
            scope.out.push(found.help("leave it out: a name's history goes to one action"));
        } else {
            former.insert(word, name.span);
            kept.push(name.value.clone());
        }
    }
    kept
}
