//! What all readers of one text share: where it is, and what was found wrong with it.

use super::ast::Name;
use super::grammar::{self, Pair};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span, Spanned};

/// Turns the pairs of one text into its tree.
pub(super) struct Reader<'t> {
    file: FileId,
    /// The text as it was given.
    pub(super) text: &'t str,
    /// What is wrong with it.
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    /// A reader of that text.
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, diagnostics: Vec::new() }
    }

    /// The span of two byte offsets.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(start), end: offset(end) }
    }

    /// From the first word or sign of a pair to its last.
    pub(super) fn extent(&self, pair: &Pair<'_>) -> Span {
        self.span(pair.as_span().start(), grammar::end(pair))
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// A pair's text as it stands.
    pub(super) fn word(&self, pair: &Pair<'_>) -> Name {
        Spanned::new(pair.as_str().to_owned(), self.extent(pair))
    }

    /// Starts a report of something that is not the language.
    pub(super) fn fault(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::SyntaxError, span, message)
    }

    /// Reports.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Where the next word or sign at or after an offset is; `None` at the end of the text.
    pub(super) fn next_token(&self, mut at: usize) -> Option<Span> {
        loop {
            let rest = self.text.get(at..)?;
            let skipped = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - skipped.len();
            if !skipped.starts_with('#') {
                let length = skipped.chars().next()?.len_utf8();
                return Some(self.span(at, at + length));
            }
            at += skipped.find('\n').unwrap_or(skipped.len());
        }
    }
}
