//! The one canonical layout of a policy.
//!
//! `read` takes a text to pieces: declarations and clauses, each with its words and its comments. `order` has the order
//! of the clauses, `print` lays the pieces out, `fill` breaks lines that are too long. Words are copied from the text, so
//! numbers, units and strings stay as they are written. What comes of it is read again before anybody sees it: it says
//! the same (`same`), or it is refused.
//!
//! The layout:
//!
//! - Bodies stand in by two columns; the values of neighbouring clauses stand in one column, those of a gate in the
//!   seventh at least, and so do names, kinds and titles of a row of signals or attributes. `risk` and clauses of
//!   keywords alone are left out of that.
//! - Clauses stand in the order of an action's life; those of a kind keep theirs.
//! - One blank line stands between declarations. Rows of imports, signals or attributes stay together, and a blank line
//!   that the author left, in a body too, is kept; of several, one.
//! - A metric or gate of one clause stands on one line if that has at most 100 columns, and so does an empty body.
//! - Longer lines go on below the value, after a comma or before a word like `and` or `min`.
//! - A comment on a line of its own stays above what it stands above, one at the end of a line stays there. One in the
//!   midst of a clause goes above it, and so does one at the end of a clause that takes several lines: there it still
//!   belongs to that clause, as `# cwr: allow(…)` has to.
//! - The line ends are those of the text's first line; a byte order mark is dropped.

mod comments;
mod fill;
mod order;
mod print;
mod read;
mod same;

use super::parse;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// Why a text was not formatted.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It is not all the language: what is wrong with it.
    Faulty(Vec<Diagnostic>),
    /// The result would not have said the same, which is a bug of the formatter: what would have changed.
    Unfaithful(&'static str),
}

/// Lays a text out in the canonical way.
///
/// The result has the tree of the text but for the order of clauses of different kinds, has every comment, and is its
/// own layout; otherwise there is none.
pub fn format(file: FileId, text: &str) -> Result<String, Refusal> {
    let diagnostics = parse(file, text).diagnostics;
    if !diagnostics.is_empty() {
        return Err(Refusal::Faulty(diagnostics));
    }
    let bare = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let formatted = laid_out(bare).ok_or(Refusal::Unfaithful("its words"))?;
    if !same::trees(bare, &formatted) {
        return Err(Refusal::Unfaithful("its clauses"));
    }
    if !same::comments(bare, &formatted) {
        return Err(Refusal::Unfaithful("its comments"));
    }
    if laid_out(&formatted).as_ref() != Some(&formatted) {
        return Err(Refusal::Unfaithful("its layout, formatted again"));
    }
    Ok(formatted)
}

fn laid_out(text: &str) -> Option<String> {
    let printed = print::print(&read::read(text)?);
    let is_crlf = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    Some(if is_crlf { printed.replace('\n', "\r\n") } else { printed })
}
