//! Text to `ast::File` and diagnostics; parsing never fails.
//!
//! `grammar/cwr.pest` is the language. [`parse`] first looks at the text itself (`scan`: limits, and characters that
//! are never part of a policy), then lets the grammar match all of it, then turns what matched into the tree
//! (`declarations`, `clauses`, `predicates`, `names`, `literals`, in the order of the grammar) and says of the rest
//! what is wrong with it (`recover`). [`format()`] lays a text without faults out anew.

pub mod ast;
mod chunks;
mod clauses;
mod declarations;
mod diagnose;
pub mod directive;
mod format;
mod grammar;
mod literals;
mod names;
pub mod outline;
mod predicates;
#[cfg(test)]
mod properties;
mod reader;
mod recover;
mod scan;
#[cfg(test)]
mod tests;
mod words;

pub use format::{Refusal, format};
pub use literals::literal;
pub use scan::LONGEST;
pub use words::starts_clause;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use grammar::{Grammar, Rule};
use pest::Parser as _;
use reader::Reader;

/// What a text says, as far as it can be read, and what is wrong with the rest.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The tree.
    pub file: ast::File,
    /// CWR001, CWR007 and CWR008, CWR005 for a part given twice, and CWR101 for literals that are no value at all.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one text.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parse {
    parse_chunked(file, text, chunks::CHUNK)
}

/// Parses one text, in chunks of at least that length where that changes nothing.
fn parse_chunked(file: FileId, text: &str, least: usize) -> Parse {
    let mut reader = Reader::new(file, text);
    let mut tree = ast::File { imports: Vec::new(), declarations: Vec::new(), span: reader.span(0, text.len()) };
    if let Some(clean) = reader.scan() {
        if reader.is_clean()
            && let Some(file) = chunks::parse(file, text, &clean, least)
        {
            return Parse { file, diagnostics: Vec::new() };
        }
        match Grammar::parse(Rule::file, &clean) {
            Ok(pairs) => reader.file(pairs, &mut tree),
            Err(error) => reader.lost(&error),
        }
    }
    Parse { file: tree, diagnostics: reader.finish() }
}
