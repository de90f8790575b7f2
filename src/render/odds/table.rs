//! A table: names above, figures to the right.

use super::View;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, pad, pad_left, width};
use std::fmt::Write as _;

/// A row: its ink, and its cells.
pub(super) type Row = (Option<Ink>, Vec<String>);

/// Between two columns.
const GAP: usize = 2;

impl View<'_> {
    /// The first so many columns stand to the left, the others to the right; those for which the page is too narrow come
    /// below, with the first ones again.
    pub(super) fn table(&self, heads: &[&str], left: usize, rows: &[Row]) -> String {
        let widest = |at: usize| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(at)).map(|cell| width(cell));
            cells.chain([heads[at].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(widest).collect();
        let room = |columns: &[usize]| columns.iter().map(|at| widths[*at] + GAP).sum::<usize>();
        let figures: Vec<usize> = (left..heads.len()).collect();
        // As few parts as fit, and all about as wide.
        let parts = |many: usize| -> Vec<Vec<usize>> {
            let chunks = figures.chunks(figures.len().div_ceil(many).max(1));
            chunks.map(|chunk| (0..left).chain(chunk.iter().copied()).collect()).collect()
        };
        let fits = |many: &usize| parts(*many).iter().all(|part| room(part) <= self.style.width);
        let many = (1..=figures.len()).find(fits).unwrap_or(figures.len()).max(1);
        let told = parts(many).iter().map(|part| self.part(part, &widths, (heads, left), rows)).collect::<String>();
        told.replace(GLUE, " ")
    }

    /// Some of the columns.
    fn part(&self, shown: &[usize], widths: &[usize], (heads, left): (&[&str], usize), rows: &[Row]) -> String {
        let line = |cell: &dyn Fn(usize) -> String| {
            let cells = shown
                .iter()
                .map(|at| if *at < left { pad(&cell(*at), widths[*at]) } else { pad_left(&cell(*at), widths[*at]) });
            cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
        };
        let mut out = format!("  {}\n", self.style.paint(Ink::Quiet, line(&|at| heads[at].to_owned())));
        for (ink, cells) in rows {
            let told = line(&|at| cells.get(at).cloned().unwrap_or_default());
            let _ = writeln!(out, "  {}", ink.map_or_else(|| told.clone(), |ink| self.style.paint(ink, &told)));
        }
        out
    }
}
