//! How a declaration that nothing uses is left out: with its own comment lines and the blank lines it leaves over.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::outline::Outline;
use std::ops::Range;

/// Offers to leave out what nothing uses. Where anything is an error, its use may be what is missing.
pub fn offer(found: &mut [Diagnostic], outline: &Outline, sources: &Sources) {
    if found.iter().any(|it| it.code.severity() == crate::diagnostic::Severity::Error) {
        return;
    }
    for unused in found.iter_mut().filter(|it| it.code == Code::UnusedName) {
        let name = sources.text(unused.at.span);
        let whole = outline.around(unused.at.span).last().map(|it| it.span);
        unused.fix = whole.map(|whole| Box::new(left_out(whole, name, sources.get(whole.file))));
    }
}

fn left_out(whole: Span, name: &str, file: &SourceFile) -> Fix {
    let what = format!("leave out `{name}`");
    let lines = Lines { file };
    let (first, last) = (lines.of(whole.start), lines.of(whole.end.saturating_sub(1)));
    let before = &file.text[lines.range(first).start..whole.start as usize];
    let behind = file.text[whole.end as usize..lines.range(last).end].trim();
    if !before.trim().is_empty() || !(behind.is_empty() || behind.starts_with('#')) {
        return Fix { what, ..Fix::cut(&file.text, whole) };
    }
    let Range { start, end } = lines.with_blanks(lines.own(first, last), last);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Fix { what, at: Span { start: offset(start), end: offset(end), ..whole }, text: String::new() }
}

/// The lines of a file, by their numbers from 1.
struct Lines<'s> {
    file: &'s SourceFile,
}

impl Lines<'_> {
    fn of(&self, offset: u32) -> usize {
        self.file.lines.line(offset as usize)
    }

    fn range(&self, line: usize) -> Range<usize> {
        self.file.lines.range(&self.file.text, line)
    }

    /// The text of a line without the spaces around it; empty beyond the text.
    fn text(&self, line: usize) -> &str {
        self.file.text[self.range(line)].trim()
    }

    /// The first line of a declaration, with the comment lines above it that are its own: those at the head of the file
    /// or of a row of declarations are not, but what silences it is.
    fn own(&self, first: usize, last: usize) -> usize {
        let mut comments = (1..first).rev().take_while(|line| self.text(*line).starts_with('#'));
        let is_row = !self.text(last + 1).is_empty() && !self.text(last + 1).starts_with('#');
        let top = comments.by_ref().last().unwrap_or(first);
        if top > 1 && !is_row {
            return top;
        }
        let silences = |line: &usize| self.text(*line).trim_start_matches('#').trim_start().starts_with("cwr");
        (top..first).find(silences).unwrap_or(first)
    }

    /// The bytes of some lines, with the blank lines that nothing would part any more.
    fn with_blanks(&self, first: usize, last: usize) -> Range<usize> {
        let (mut first, mut last) = (first, last);
        let is_blank = |line: usize| self.text(line).is_empty() && !self.range(line).is_empty();
        if first == 1 || is_blank(first - 1) {
            while is_blank(last + 1) {
                last += 1;
            }
        }
        let end = self.range(last).end;
        while end == self.file.text.len() && first > 1 && is_blank(first - 1) {
            first -= 1;
        }
        self.range(first).start..end
    }
}
