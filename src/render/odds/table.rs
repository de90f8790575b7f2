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
        let first: Vec<usize> = (0..left).collect();
        let (mut out, mut shown) = (String::new(), first.clone());
        for at in left..heads.len() {
            if shown.len() > left && room(&shown) + GAP + widths[at] > self.style.width {
                out += &self.part(&shown, &widths, (heads, left), rows);
                shown.clone_from(&first);
            }
            shown.push(at);
        }
        (out + &self.part(&shown, &widths, (heads, left), rows)).replace(GLUE, " ")
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
