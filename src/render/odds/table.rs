//! A table: names above, figures to the right.

use super::View;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, pad, pad_left, width};
use std::fmt::Write as _;

/// A row: its ink, and its cells.
pub(super) type Row = (Option<Ink>, Vec<String>);

impl View<'_> {
    /// The first so many columns stand to the left, the others to the right.
    pub(super) fn table(&self, heads: &[&str], left: usize, rows: &[Row]) -> String {
        let widest = |at: usize| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(at)).map(|cell| width(cell));
            cells.chain([heads[at].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(widest).collect();
        let line = |cells: &[String]| {
            let cells = cells.iter().zip(&widths).enumerate();
            let cells = cells.map(
                |(at, (cell, columns))| {
                    if at < left { pad(cell, *columns) } else { pad_left(cell, *columns) }
                },
            );
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
        let mut out = format!("  {}\n", self.style.paint(Ink::Quiet, line(&heads)));
        for (ink, cells) in rows {
            let told = line(cells);
            let _ = writeln!(out, "  {}", ink.map_or_else(|| told.clone(), |ink| self.style.paint(ink, &told)));
        }
        out.replace(GLUE, " ")
    }
}
