//! Values to text: what people and programs read. One output, one file; nothing below this floor knows how it looks.

pub mod diagnostics;
pub mod diagnostics_json;
pub mod failure;
pub mod page;
pub mod replay;
pub mod run_json;
pub mod saved_json;

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// What a stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Characters beyond ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

/// The findings of one root, and the texts they point into.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// The findings.
    pub diagnostics: &'a [Diagnostic],
}
