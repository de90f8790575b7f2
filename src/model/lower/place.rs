//! Which clause belongs in which body, and once or often: CWR005.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::damage::Damage;
use crate::source::Span;
use crate::syntax::ast::{Clause, ClauseKind};

/// What a clause may stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Policy,
    Metric,
    Ladder,
    Action,
    Gate,
    Assure,
}

impl Body {
    /// With its article.
    pub(super) fn phrase(self) -> &'static str {
        match self {
            Self::Policy => "the policy",
            Self::Metric => "a metric",
            Self::Ladder => "a ladder",
            Self::Action => "an action",
            Self::Gate => "a gate",
            Self::Assure => "an assure block",
        }
    }
}

/// The bodies that a clause may stand in; none for one that could not be read.
pub(super) fn homes(kind: &ClauseKind) -> &'static [Body] {
    match kind {
        ClauseKind::Owner(_) | ClauseKind::Evaluate(_) | ClauseKind::Promote(_) | ClauseKind::Review(_) => {
            &[Body::Policy]
        }
        ClauseKind::Good(_)
        | ClauseKind::Bad(_)
        | ClauseKind::Settle { .. }
        | ClauseKind::Counts { .. }
        | ClauseKind::Alive { .. }
        | ClauseKind::AliveUnchecked { .. }
        | ClauseKind::Mean { .. }
        | ClauseKind::LowerIsBetter => &[Body::Metric],
        ClauseKind::Risk(_)
        | ClauseKind::Irreversible
        | ClauseKind::ReadOnly
        | ClauseKind::Matches(_)
        | ClauseKind::Ceiling { .. }
        | ClauseKind::Formerly(_) => &[Body::Action],
        ClauseKind::Gate { .. }
        | ClauseKind::Stale(_)
        | ClauseKind::StaleNever { .. }
        | ClauseKind::Cooldown(_)
        | ClauseKind::Reentry(_) => &[Body::Action, Body::Ladder],
        ClauseKind::Trip { .. } | ClauseKind::Renew { .. } => &[Body::Action, Body::Ladder, Body::Policy],
        ClauseKind::Bar(_)
        | ClauseKind::Keep(_)
        | ClauseKind::Hold(_)
        | ClauseKind::Requires { .. }
        | ClauseKind::Approval(_)
        | ClauseKind::Stop(_) => &[Body::Gate],
        ClauseKind::GivenRate { .. } | ClauseKind::GivenTraffic { .. } | ClauseKind::Promise { .. } => &[Body::Assure],
        ClauseKind::Broken => &[],
    }
}

/// Whether an unreadable clause may be the one with this keyword: one that starts with no clause's word may be any.
pub(super) fn may_be(clause: &Clause, keyword: &str) -> bool {
    let word = clause.keyword.value.as_str();
    clause.kind == ClauseKind::Broken && (word == keyword || !crate::syntax::starts_clause(word))
}

/// The clauses of a body that ends at `end`, each with whether something unreadable is in it or follows it.
pub(super) fn each<'c>(damage: &Damage, clauses: &'c [Clause], end: u32) -> impl Iterator<Item = (&'c Clause, bool)> {
    clauses.iter().enumerate().map(move |(index, clause)| {
        let next = clauses.get(index + 1);
        let to = next.map_or(end, |next| next.span.start);
        let cut = damage.lies_within(clause.span.file, clause.span.start, to);
        (clause, cut || next.is_some_and(|next| may_be(next, "")))
    })
}

/// What to call a clause.
pub(super) fn word(clause: &Clause) -> &str {
    match clause.kind {
        ClauseKind::LowerIsBetter => "lower is better",
        ClauseKind::GivenTraffic { .. } => "given traffic",
        _ => &clause.keyword.value,
    }
}

/// Whether a clause belongs in this body; reported if not. An unreadable one counts as belonging.
pub(super) fn belongs(scope: &mut Scope, clause: &Clause, body: Body) -> bool {
    let homes = homes(&clause.kind);
    if homes.is_empty() || homes.contains(&body) {
        return true;
    }
    if scope.spilled {
        scope.broken = true;
        return false;
    }
    let message = format!("`{}` does not belong in {}", word(clause), body.phrase());
    let help = format!("it belongs in {}", list(homes));
    scope.report(Code::MisplacedClause, clause.keyword.span, message, help);
    false
}

fn list(homes: &[Body]) -> String {
    let words: Vec<&str> = homes.iter().map(|home| home.phrase()).collect();
    match words.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} or {last}", init.join(", ")),
        _ => words.concat(),
    }
}

/// The clauses of one body that may stand there once.
#[derive(Default)]
pub(super) struct Seen(Vec<(&'static str, Span)>);

impl Seen {
    /// Whether this is the first of its slot; reported if not.
    pub(super) fn first(&mut self, scope: &mut Scope, clause: &Clause, slot: &'static str) -> bool {
        self.first_at(scope, clause.span, slot, "leave one of them out")
    }

    /// The same, for a place and a help of one's own.
    pub(super) fn first_at(&mut self, scope: &mut Scope, at: Span, slot: &'static str, help: &str) -> bool {
        let earlier = self.0.iter().find(|(seen, _)| *seen == slot).map(|(_, span)| *span);
        let Some(first) = earlier else {
            self.0.push((slot, at));
            return true;
        };
        let found = Diagnostic::new(Code::MisplacedClause, at, format!("`{slot}` is given twice"));
        scope.out.push(found.label("given again here").also(first, "first given here").help(help));
        false
    }
}
