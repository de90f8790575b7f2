//! The `policy` block: which of several counts, its tick, and its other clauses.

use super::body::{renew, trip};
use super::place::{self, Body, Seen, belongs};
use super::{Scope, place_of, value};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::names::Items;
use crate::model::policy::{Clause, Origin, Renew, Trip};
use crate::source::FileId;
use crate::syntax::ast::{self, ClauseKind, Declaration, Literal, Value};
use crate::value::{Duration, Instant};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What the `policy` block says, and what of it every action has.
pub(in crate::model) struct Header {
    pub(in crate::model) owner: Option<String>,
    pub(in crate::model) says_owner: bool,
    pub(in crate::model) tick: Duration,
    pub(in crate::model) promote_per: Duration,
    pub(in crate::model) review_by: Option<Clause<Instant>>,
    pub(in crate::model) trips: Vec<Clause<Trip>>,
    pub(in crate::model) renew: Option<Clause<Renew>>,
    /// It has clauses that belong in actions or gates, and these may be missing there.
    pub(in crate::model) strays: super::body::Strays,
}

impl Header {
    /// The same without what actions inherit: anything may be missing in them.
    pub(super) fn without_clauses(&self) -> Self {
        let strays = super::body::Strays::all();
        Self { owner: None, review_by: None, trips: Vec::new(), renew: None, strays, ..*self }
    }
}

/// The one policy block: the root file's, else the first. Each other is CWR003.
pub(in crate::model) fn choose<'a>(
    items: &Items<'a>,
    parsed: &[(FileId, ast::File)],
    scope: &mut Scope,
) -> Option<&'a Declaration> {
    let root = parsed.last().map(|(file, _)| *file);
    let chosen = items.policies.iter().find(|policy| Some(policy.keyword.file) == root);
    let chosen = *chosen.or(items.policies.first())?;
    for other in items.policies.iter().filter(|other| other.keyword != chosen.keyword) {
        if other.name.is_none() || chosen.name.is_none() {
            continue;
        }
        let imported = other.keyword.file != chosen.keyword.file;
        let help = if imported { "a file that is imported declares no policy" } else { "leave one of them out" };
        let found = Diagnostic::new(Code::DeclaredTwice, place_of(other), "policy is declared twice");
        scope.out.push(found.label("declared again here").also(place_of(chosen), "declared here").help(help));
    }
    Some(chosen)
}

/// The tick, which later checks need; `None` where it cannot be known: it is faulty, or there is no policy.
pub(in crate::model) fn tick(policy: Option<&Declaration>, scope: &mut Scope) -> Option<Duration> {
    let policy = policy?;
    let written = policy.clauses.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Evaluate(value) => Some(value),
        _ => None,
    });
    let lost = scope.damage.hurts(policy) || policy.clauses.iter().any(|clause| place::may_be(clause, "evaluate"));
    scope.tick = match written {
        Some(value) => evaluate(scope, value),
        None => Some(Duration::days(1)).filter(|_| !lost),
    };
    scope.tick
}

/// A tick: it divides a day.
pub(in crate::model) fn evaluate(scope: &mut Scope, value: &Value) -> Option<Duration> {
    let tick = value::duration(scope, value, "`evaluate every`")?;
    if DAY % tick.seconds() == 0 {
        return Some(tick);
    }
    let message = format!("tick of `{tick}` does not divide a day evenly");
    value::refuse(scope, value.span, message, divisors(tick.seconds()))
}

/// The nearest lengths that divide a day.
fn divisors(seconds: i64) -> String {
    let minutes = || (1..=1440).filter(|minutes| 1440 % minutes == 0).map(|minutes| minutes * 60);
    let below = minutes().take_while(|length| *length < seconds).last().and_then(Duration::from_seconds);
    let above = minutes().find(|length| *length > seconds).and_then(Duration::from_seconds);
    match (below, above) {
        (Some(below), Some(above)) => format!("write `{below}` or `{above}`"),
        (Some(only), None) | (None, Some(only)) => format!("write `{only}`"),
        (None, None) => "write `1d`".to_owned(),
    }
}

/// Everything else of the policy block; defaults where there is none.
pub(in crate::model) fn lower(policy: Option<&Declaration>, tick: Option<Duration>, scope: &mut Scope) -> Header {
    let day = Duration::days(1);
    let mut header = Header {
        owner: None,
        says_owner: policy.is_some_and(|policy| says_owner(policy, scope)),
        // A tick that is not known counts as the shortest, so that nothing looks shorter than a tick.
        tick: tick.unwrap_or(Duration { count: 1, unit: crate::value::duration::Unit::Minutes }),
        promote_per: day,
        review_by: None,
        trips: Vec::new(),
        renew: None,
        strays: super::body::Strays::default(),
    };
    scope.spilled = policy.is_some_and(|policy| scope.damage.spills(policy));
    let mut seen = Seen::default();
    for clause in policy.map(|policy| policy.clauses.as_slice()).unwrap_or_default() {
        if belongs(scope, clause, Body::Policy) {
            lower_clause(scope, clause, &mut header, &mut seen);
        } else {
            header.strays.note(clause);
        }
    }
    scope.broken |= policy.is_some_and(|policy| policy.broken);
    header
}

fn says_owner(policy: &Declaration, scope: &Scope) -> bool {
    let says = |clause: &ast::Clause| matches!(clause.kind, ClauseKind::Owner(_)) || place::may_be(clause, "owner");
    scope.damage.hurts(policy) || policy.clauses.iter().any(says)
}

fn lower_clause(scope: &mut Scope, clause: &ast::Clause, header: &mut Header, seen: &mut Seen) {
    match &clause.kind {
        ClauseKind::Owner(value) => {
            if seen.first(scope, clause, "owner") {
                header.owner =
                    value::text(scope, value, "`owner`", "write who answers for it: `owner \"support-platform\"`");
            }
        }
        ClauseKind::Evaluate(_) => {
            seen.first(scope, clause, "evaluate");
        }
        ClauseKind::Promote(value) => {
            if seen.first(scope, clause, "promote") {
                let per = value::ticks(scope, value, "`promote one per`");
                header.promote_per = per.unwrap_or(header.promote_per);
            }
        }
        ClauseKind::Review(value) => {
            if seen.first(scope, clause, "review") {
                let date = date(scope, value);
                header.review_by = date.map(|value| Clause { value, at: clause.span, from: Origin::Policy });
            }
        }
        ClauseKind::Trip { signals, count, within, to } => {
            let trip = trip(scope, signals, count, within, to);
            header.trips.extend(trip.map(|value| Clause { value, at: clause.span, from: Origin::Policy }));
        }
        ClauseKind::Renew { attributes, to } => {
            if seen.first(scope, clause, "renew") {
                let renew = renew(scope, attributes, to);
                header.renew = renew.map(|value| Clause { value, at: clause.span, from: Origin::Policy });
            }
        }
        _ => scope.broken = true,
    }
}

fn date(scope: &mut Scope, value: &Value) -> Option<Instant> {
    match value.literal {
        Literal::Date(date) => Some(date),
        _ => value::wrong(scope, value, "`review by`", "a date", "write a date, such as `2026-03-01`".to_owned()),
    }
}
