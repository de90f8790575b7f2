//! What all readers of one text share: where it is, and what was found wrong with it.

use super::ast::Name;
use super::grammar::{self, Pair};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span, Spanned};

/// So many faults of a file are told; of the others only their number.
const TOLD: usize = 50;

/// Turns the pairs of one text into its tree.
pub(super) struct Reader<'t> {
    file: FileId,
    /// The text as it was given.
    pub(super) text: &'t str,
    /// Where in the text that begins which the grammar was given.
    pub(super) base: usize,
    diagnostics: Vec<Diagnostic>,
    /// How many were reported, those that were dropped too.
    reported: usize,
}

impl<'t> Reader<'t> {
    /// A reader of that text.
    pub(super) fn new(file: FileId, text: &'t str) -> Self {
        Self { file, text, base: 0, diagnostics: Vec::new(), reported: 0 }
    }

    /// The span of two byte offsets.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(start), end: offset(end) }
    }

    /// From the first word or sign of a pair to its last.
    pub(super) fn extent(&self, pair: &Pair<'_>) -> Span {
        self.span(self.base + pair.as_span().start(), self.base + grammar::end(pair))
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// A pair's text as it stands.
    pub(super) fn word(&self, pair: &Pair<'_>) -> Name {
        Spanned::new(pair.as_str().to_owned(), self.extent(pair))
    }

    /// Where the next word or sign at or after an offset is; `None` at the end of the text.
    pub(super) fn next_token(&self, mut at: usize) -> Option<Span> {
        loop {
            let rest = self.text.get(at..)?;
            let skipped = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - skipped.len();
            if !skipped.starts_with('#') {
                let word = skipped.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
                let length = skipped.chars().next()?.len_utf8();
                return Some(self.span(at, at + word.unwrap_or(skipped.len()).max(length)));
            }
            at += skipped.find('\n').unwrap_or(skipped.len());
        }
    }

    /// Starts a report of something that is not the language.
    pub(super) fn fault(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(Code::SyntaxError, span, message)
    }

    /// Reports.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.reported += 1;
        self.diagnostics.push(diagnostic);
        if self.diagnostics.len() > 8 * TOLD {
            self.drop_late();
        }
    }

    /// Whether nothing was reported yet.
    pub(super) fn is_clean(&self) -> bool {
        self.reported == 0
    }

    /// Whether what is reported from an offset on would not be told any more: no use to look for the best words.
    pub(super) fn is_full(&self) -> bool {
        self.diagnostics.len() > 2 * TOLD
    }

    /// Keeps the first reports, and one more to say where the others begin.
    fn drop_late(&mut self) {
        self.diagnostics.sort_by_key(|it| (it.at.span.start, it.code));
        self.diagnostics.truncate(TOLD + 1);
    }

    /// Gives a limit's report, and forgets all others.
    pub(super) fn only(&mut self, diagnostic: Diagnostic) {
        self.diagnostics = vec![diagnostic];
        self.reported = 1;
    }

    /// All reports, in the order of the text.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.drop_late();
        if self.reported > TOLD
            && let Some(first) = self.diagnostics.pop()
        {
            let more = self.reported - TOLD;
            let message = match more {
                1 => "1 more fault is not shown".to_owned(),
                _ => format!("{more} more faults are not shown"),
            };
            self.diagnostics.push(Self::fault(first.at.span, message).help("correct those above first"));
        }
        self.diagnostics
    }
}
