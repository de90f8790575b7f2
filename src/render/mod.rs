//! Values to text: what people and programs read. One output, one file; nothing below this floor knows how it looks.
//!
//! For people: [`diagnostics`], [`diff`], [`failure`], [`page`], [`replay`]. For programs: [`diagnostics_json`], [`run_json`],
//! [`saved_json`]. `ink` knows colours and characters, `text` how lines break, `figures` how numbers round.

pub mod diagnostics;
pub mod diagnostics_json;
pub mod diff;
pub mod failure;
mod figures;
mod ink;
pub mod page;
pub mod replay;
pub mod run_json;
pub mod saved_json;
mod text;

use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};

/// What the place of an output can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours, as ANSI escapes.
    pub colour: bool,
    /// Characters beyond ASCII where they help.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    /// No colours, 80 columns: files, pipes, tests.
    pub const PLAIN: Self = Self { colour: false, unicode: true, width: 80 };
}

/// The findings of one policy root, and the texts they point into.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// The texts.
    pub sources: &'a Sources,
    /// What was found.
    pub diagnostics: &'a [Diagnostic],
    /// What was promised, and neither proved nor refuted.
    pub undecided: &'a [Undecided],
}

/// A promise that is neither proved nor refuted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Where it stands.
    pub at: Span,
    /// Which it is.
    pub what: String,
    /// Why nothing is known of it.
    pub why: String,
}
