//! What is not the language: one report each, and what can be said of it all the same.

use super::ast::{Clause, ClauseKind, File};
use super::declarations::Body;
use super::grammar::{Pair, Rule};
use super::reader::Reader;
use crate::diagnostic::Diagnostic;
use crate::source::Spanned;

impl Reader<'_> {
    /// The text did not match at all, which only a limit of the parser can cause.
    pub(super) fn lost(&mut self, error: &pest::error::Error<Rule>) {
        let at = match error.location {
            pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
        };
        let span = self.span(at, at);
        self.report(Self::fault(span, "the text cannot be read from here on"));
    }

    /// Clauses outside of any body.
    pub(super) fn orphans(&mut self, pair: &Pair<'_>, _tree: &mut File) {
        self.report(Self::fault(self.extent(pair), "clauses outside of any declaration"));
    }

    /// A `}` too many.
    pub(super) fn stray_close(&mut self, pair: &Pair<'_>) {
        self.report(Self::fault(self.extent(pair), "this `}` closes nothing").help("leave it out"));
    }

    /// A comma between clauses.
    pub(super) fn stray_comma(&mut self, pair: &Pair<'_>) {
        self.report(Self::fault(self.extent(pair), "no `,` stands between clauses").help("leave it out"));
    }

    /// A declaration that cannot be read.
    pub(super) fn broken_declaration(&mut self, pair: &Pair<'_>, _tree: &mut File) {
        self.report(Self::fault(self.extent(pair), "this declaration cannot be read"));
    }

    /// A clause that cannot be read.
    pub(super) fn broken_clause(&mut self, pair: &Pair<'_>, body: &mut Body) {
        let span = self.extent(pair);
        self.report(Self::fault(span, "this clause cannot be read"));
        let keyword = Spanned::new(String::new(), span);
        body.clauses.push(Clause { kind: ClauseKind::Broken, keyword, span });
    }

    /// All reports, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|it| (it.at.span.start, it.code));
        self.diagnostics
    }
}
