//! Values to text: what people and programs read. One output, one file; nothing below this floor knows how it looks.
//!
//! For people: [`columns`], [`diff`], [`failure`], [`page`], [`replay`]. For programs: [`counts_table`], [`run_json`],
//! [`saved_json`], [`sql`]. For both, in several formats: [`changes`], [`diagnostics`], [`scenario`], [`whatif`]. `ink`
//! knows colours and characters, `text` how lines break, `figures` how numbers round, `ordered` keeps keys in
//! their order.

pub mod changes;
pub mod columns;
pub mod counts_table;
pub mod diagnostics;
pub mod diff;
pub mod failure;
mod figures;
mod ink;
pub mod odds;
mod ordered;
pub mod page;
mod picture;
pub mod replay;
pub mod run_json;
pub mod saved_json;
pub mod scenario;
pub mod sql;
mod text;
pub mod whatif;

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
