//! A sweep for people: what was swept, the front as a drawing and as a list, and what is better than the policy as it is.

use super::{Style, Swept, counted, harm, head, plot};
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, pad, pad_left, plural, thousands, wrap};
use crate::replay::Evidence;
use crate::whatif::{Axis, READINGS};
use std::fmt::Write as _;

/// So many variants of the front are listed.
const LISTED: usize = 20;
/// So many values of an axis are all told.
const FEW: usize = 4;

impl Swept<'_> {
    /// The page for people.
    #[must_use]
    pub fn human(&self, style: Style) -> String {
        let what = format!("a sweep of {}", plural(self.cells.len() as u64, "variant").replace(GLUE, " "));
        let mut out = head(self.plan, self.span, &what, style);
        for axis in &self.grid.axes {
            let text = format!("{}; {} as it is", span(axis), axis.now);
            out += &wrap(&text, &format!("  {}  ", style.paint(Ink::Info, clean(&axis.path))), "      ", style.width);
        }
        let _ = write!(
            out,
            "\n{}",
            Self::heading("The front: no other variant has both more autonomy and less harm", style)
        );
        out += &plot::plot(self, style);
        out += &self.list(&self.notable[self.reading].front, style);
        out += &self.better(style);
        let note = match READINGS[self.reading] {
            Evidence::AsRecorded => {
                "This is the as-recorded reading: a record counts only at the tier it really ran at. --evidence any-tier \
                 draws the other one; JSON and CSV have both."
            }
            Evidence::AnyTier => {
                "This is the any-tier reading: a record counts wherever it ran, which assumes that quality does not depend \
                 on the tier. JSON and CSV have both."
            }
        };
        out + "\n" + &wrap(note, "", "", style.width)
    }

    fn heading(text: &str, style: Style) -> String {
        wrap(&style.paint(Ink::Strong, text), "", "", style.width)
    }

    fn better(&self, style: Style) -> String {
        let better = &self.notable[self.reading].better;
        let mut out = String::from("\n");
        if better.is_empty() {
            return out + "No variant has both more autonomy and less harm than the policy as it is.\n";
        }
        out += &Self::heading("Better on both than the policy as it is, the nearest first", style);
        out + &self.list(better, style)
    }

    /// Some variants with their values and figures, between them the policy as it is.
    fn list(&self, cells: &[usize], style: Style) -> String {
        let shown = spread(cells, LISTED);
        let mut rows = self.heads().to_vec();
        let heads = rows.len();
        rows.extend(shown.iter().map(|cell| self.row(Some(*cell), style)));
        // Its place on the front is enough.
        let is_listed = self.grid.now().is_some_and(|now| shown.contains(&now));
        if !is_listed {
            rows.push(self.row(None, style));
        }
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        let mut out = String::new();
        let is_now = |at: usize| shown.get(at - heads).is_none_or(|cell| self.grid.now() == Some(*cell));
        for (at, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate();
            let told: Vec<String> = cells
                .map(|(column, (text, width))| if column == 0 { pad(text, *width) } else { pad_left(text, *width) })
                .collect();
            let line = told.join("  ");
            let line = line.trim_end();
            let painted = match at {
                _ if at < heads => style.paint(Ink::Quiet, line),
                _ if is_now(at) => style.paint(Ink::Care, line),
                _ => line.to_owned(),
            };
            let _ = writeln!(out, "  {painted}");
        }
        if shown.len() < cells.len() {
            let _ = writeln!(
                out,
                "  {} of {} are listed; JSON and CSV have all",
                shown.len(),
                thousands(cells.len() as u64)
            );
        }
        out
    }

    /// The titles of the columns on two lines, so that they are as narrow as their figures.
    fn heads(&self) -> [Vec<String>; 2] {
        let titles = self.titles();
        let split: Vec<(&str, &str)> =
            titles.iter().map(|title| title.rsplit_once('.').unwrap_or(("", title))).collect();
        let line = |of: fn(&(&str, &str)) -> String, rest: [&str; 3]| {
            let first = std::iter::once(String::new());
            first.chain(split.iter().map(of)).chain(rest.map(str::to_owned)).collect()
        };
        [
            line(|(above, _)| (*above).to_owned(), [""; 3]),
            line(|(_, below)| (*below).to_owned(), ["autonomous", "unattended", "harm"]),
        ]
    }

    /// The last segments of the paths, as many as tell them apart.
    pub(super) fn titles(&self) -> Vec<String> {
        let paths: Vec<Vec<&str>> = self.grid.axes.iter().map(|axis| axis.path.split('.').collect()).collect();
        let title = |path: &Vec<&str>| {
            let tail = |many: usize| path[path.len().saturating_sub(many)..].join(".");
            let is_clear = |many: &usize| {
                let same =
                    paths.iter().filter(|other| other[other.len().saturating_sub(*many)..].join(".") == tail(*many));
                same.count() == 1
            };
            tail((1..=path.len()).find(is_clear).unwrap_or(path.len()).max(path.len().min(2)))
        };
        paths.iter().map(title).collect()
    }

    fn row(&self, cell: Option<usize>, style: Style) -> Vec<String> {
        let (sign, figures) = match cell {
            Some(cell) if self.grid.now() == Some(cell) => (style.pick("●", "@"), self.figures(cell)),
            Some(cell) if self.notable[self.reading].front.contains(&cell) => {
                (style.pick("◆", "*"), self.figures(cell))
            }
            Some(cell) => (style.pick("·", "."), self.figures(cell)),
            None => (style.pick("●", "@"), &self.now[self.reading]),
        };
        let values: Vec<String> = match cell {
            Some(cell) => self.grid.changes(cell).map(|(_, value)| value.to_owned()).collect(),
            None => self.grid.axes.iter().map(|axis| axis.now.clone()).collect(),
        };
        let exposed = &figures.exposed;
        let told = [
            counted(exposed.autonomous, exposed.records),
            counted(exposed.unattended, exposed.records),
            harm(figures, style),
        ];
        std::iter::once(sign.to_owned()).chain(values).chain(told).collect()
    }
}

/// The values of an axis: all of them where they are few, else the ends and how many there are.
fn span(axis: &Axis) -> String {
    match axis.values.as_slice() {
        [first, .., last] if axis.values.len() > FEW => format!("{first} to {last} in {} values", axis.values.len()),
        few => list(few, "and"),
    }
}

/// At most so many, the first and the last among them.
fn spread(all: &[usize], most: usize) -> Vec<usize> {
    if all.len() <= most {
        return all.to_vec();
    }
    (0..most).map(|at| all[at * (all.len() - 1) / (most - 1)]).collect()
}
