//! The chance over a year, drawn with letters: one line for each agent, its rate at the end of it.

use super::View;
use super::words::{ink, rate};
use crate::forecast::{Row, YEAR};
use crate::render::ink::Ink;
use crate::render::text::{GLUE, pad_left, width};

/// Rows of the drawing.
const HEIGHT: usize = 11;
/// The widest drawing.
const WIDEST: usize = 73;
/// Columns before the drawing.
const LEFT: usize = 9;
/// The days that are marked below it.
const MARKS: [usize; 5] = [0, 90, 180, 270, 365];

/// The sign and the ink of an agent's line.
fn sign(view: &View, row: &Row) -> (&'static str, Ink) {
    let ink = ink(row.better);
    let sign = match ink {
        Ink::Bad => view.style.pick("·", "."),
        Ink::Care => view.style.pick("─", "-"),
        _ => view.style.pick("•", "o"),
    };
    (sign, ink)
}

/// The drawing.
pub(super) fn plot(view: &View, rows: &[Row], what: &str) -> String {
    let labels: Vec<String> = rows.iter().map(|row| label(view, row)).collect();
    let last = |row: &Row| level(row.sums.last().copied().unwrap_or(0.0));
    let mut ends: Vec<Vec<&str>> = vec![Vec::new(); HEIGHT];
    rows.iter().zip(&labels).for_each(|(row, label)| ends[last(row)].push(label));
    let longest = ends.iter().map(|labels| width(&labels.join(", "))).max().unwrap_or(0);
    let columns = view.style.width.saturating_sub(LEFT + longest + 2).clamp(40, WIDEST);
    let mut cells: Vec<Vec<Option<(&str, Ink)>>> = vec![vec![None; columns]; HEIGHT];
    for row in rows {
        let mut before = level(row.sums.first().copied().unwrap_or(0.0));
        for column in 0..columns {
            let at = column * row.sums.len().saturating_sub(1) / (columns - 1);
            let now = level(row.sums.get(at).copied().unwrap_or(0.0));
            // A step is drawn as a line, not as two dots.
            for cell in &mut cells[before.min(now)..=before.max(now)] {
                cell[column] = Some(sign(view, row));
            }
            before = now;
        }
    }
    let title = format!("  {}\n", view.style.paint(Ink::Quiet, format!("chance to be {what} by then")));
    let lines = cells.iter().zip(&ends).enumerate().rev().map(|(at, (cells, ends))| line(view, at, cells, ends));
    let drawn: String = std::iter::once(title).chain(lines).collect();
    format!("\n{drawn}{}", axis(view, columns))
}

fn label(view: &View, row: &Row) -> String {
    let told: Vec<String> = row.rates.iter().map(|(id, value)| rate(view.plan(), *id, *value)).collect();
    told.join(" & ").replace(GLUE, " ")
}

/// In which row a chance is drawn.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a chance is between 0 and 1")]
fn level(chance: f64) -> usize {
    ((chance.clamp(0.0, 1.0) * 10.0).round() as usize).min(HEIGHT - 1)
}

fn line(view: &View, at: usize, cells: &[Option<(&str, Ink)>], ends: &[&str]) -> String {
    let scale = if at.is_multiple_of(5) { format!("{} %", at * 10) } else { String::new() };
    let edge = view.style.pick(if at.is_multiple_of(5) { "┤" } else { "│" }, "|");
    let drawn: String = cells
        .chunk_by(|left, right| left.map(|it| it.1) == right.map(|it| it.1))
        .map(|run| {
            let text: String = run.iter().map(|cell| cell.map_or(" ", |(sign, _)| sign)).collect();
            run[0].map_or_else(|| text.clone(), |(_, ink)| view.style.paint(ink, &text))
        })
        .collect();
    let ends = ends.join(", ");
    let room = view.style.width.saturating_sub(LEFT + cells.len() + 1);
    let ends = crate::render::text::clip(&ends, room, view.style.pick("…", "..."));
    format!("  {}{edge}{drawn} {ends}", pad_left(&scale, LEFT - 3)).trim_end().to_owned() + "\n"
}

fn axis(view: &View, columns: usize) -> String {
    let (corner, dash) = view.style.pick(("└", "─"), ("+", "-"));
    let days = usize::try_from(YEAR).unwrap_or(365);
    let mut below = String::new();
    for mark in MARKS {
        let text = if mark == days { format!("{mark} d") } else { mark.to_string() };
        let at = mark * (columns - 1) / days;
        let from = (at + 1).saturating_sub(text.len() / 2).max(below.len());
        below += &" ".repeat(from - below.len());
        below += &text;
    }
    let left = " ".repeat(LEFT - 1);
    format!("{left}{corner}{}\n{left}{}\n", dash.repeat(columns), view.style.paint(Ink::Quiet, below))
}
