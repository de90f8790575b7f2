//! Declarations as written to the parts of a [`Policy`](super::Policy), one file per kind.
//!
//! Every function reports what it finds into the [`Scope`] and returns what it could build. `None` always means
//! "reported, or caused by something reported": callers mark what they build as incomplete and go on.

pub(super) mod action;
pub(super) mod assure;
pub(super) mod bar;
pub(super) mod body;
pub(super) mod gate;
pub(super) mod list;
pub(super) mod metric;
pub(super) mod place;
pub(super) mod plain;
pub(super) mod policy;
pub(super) mod predicate;
pub(super) mod value;
pub(super) mod word;

use super::damage::Damage;
use super::names::Names;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Declaration;
use crate::value::Duration;

/// What lowering knows, and what it has found.
pub(super) struct Scope<'a> {
    /// What is declared.
    pub(super) names: Names<'a>,
    /// The tick; `None` where it is not known: in a library, or where its clause is faulty.
    pub(super) tick: Option<Duration>,
    /// The findings.
    pub(super) out: Vec<Diagnostic>,
    /// What could not be read.
    pub(super) damage: &'a Damage,
    /// The clause that is being lowered holds or is followed by something unreadable, maybe the part that it lacks.
    pub(super) cut: bool,
    /// The braces of the declaration that is being lowered are out of order, so clauses may stand in the wrong body.
    pub(super) spilled: bool,
    /// Something that was reported before (by the parser, or at a declaration) is missing.
    pub(super) broken: bool,
}

impl<'a> Scope<'a> {
    /// Nothing is known yet.
    pub(super) fn new(damage: &'a Damage) -> Self {
        Self { names: Names::new(), tick: None, out: Vec::new(), damage, cut: false, spilled: false, broken: false }
    }

    /// Reports a finding with a help.
    pub(super) fn report(&mut self, code: Code, span: Span, message: String, help: impl Into<String>) {
        self.out.push(Diagnostic::new(code, span, message).help(help));
    }

    /// Reports a part that a clause lacks, unless it was there and could not be read.
    pub(super) fn report_missing<T>(&mut self, span: Span, message: String, help: &str) -> Option<T> {
        if self.cut {
            self.broken = true;
        } else {
            self.report(Code::MissingClause, span, message, help);
        }
        None
    }

    /// Whether anything is missing from what has been built.
    pub(super) fn is_incomplete(&self) -> bool {
        self.broken || self.damage.unread || !self.out.is_empty()
    }
}

/// The title of a declaration.
pub(super) fn title(declaration: &Declaration) -> Option<String> {
    declaration.title.as_ref().map(|title| title.value.clone())
}

/// The place of a declaration's name, or of its keyword.
pub(super) fn place_of(declaration: &Declaration) -> Span {
    declaration.name.as_ref().map_or(declaration.keyword, |name| name.span)
}

/// A declaration in words: "action `reply`".
pub(super) fn named(declaration: &Declaration) -> String {
    let kind = declaration.kind.word();
    declaration.name.as_ref().map_or_else(|| kind.to_owned(), |name| format!("{kind} `{}`", name.value))
}
