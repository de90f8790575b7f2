//! Where each action type stands at the end: a table, one line per action type if the width allows, else two.

use super::View;
use crate::plan::Action;
use crate::render::figures;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, pad, plural, thousands, width};
use crate::replay::run::Outcome;
use crate::value::Tier;
use std::fmt::Write as _;

/// Between columns.
const GAP: &str = "  ";
/// Columns that stand on the first line whatever the width.
const FIRST: usize = 4;
const HEADINGS: [&str; 6] =
    ["action type", "tier", "since", "autonomous", "harm where unattended", "enough evidence at"];

/// The table.
pub(super) fn table(view: View) -> String {
    let rows: Vec<[String; 6]> = view.actions().map(|(at, action, outcome)| row(view, at, action, outcome)).collect();
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| rows.iter().map(|row| width(&row[column])).chain([HEADINGS[column].len()]).max().unwrap_or(0))
        .collect();
    let needed = 2 + widths.iter().sum::<usize>() + GAP.len() * (widths.len() - 1);
    let first = if needed <= view.style.width { HEADINGS.len() } else { FIRST };
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().zip(&widths).map(|(cell, columns)| pad(cell, *columns)).collect();
        format!("  {}", cells.join(GAP)).trim_end().to_owned() + "\n"
    };
    let mut out = view.heading("Where each action type stands");
    let heads: Vec<String> = HEADINGS[..first].iter().map(|head| (*head).to_owned()).collect();
    let _ = writeln!(out, "{}", view.style.paint(Ink::Quiet, line(&heads).trim_end()));
    for row in &rows {
        out += &line(&row[..first]);
        if first < row.len() {
            out += &view.line(&format!("harm {}; enough evidence at {}", row[4], row[5]), 4);
        }
    }
    out.replace(GLUE, " ")
}

fn row(view: View, at: usize, action: &Action, outcome: &Outcome) -> [String; 6] {
    let state = &view.run.saved.states[at];
    [
        view.style.paint(Ink::Strong, clean(&action.name)),
        view.tier(state.tier),
        view.date(state.since),
        autonomous(outcome),
        harm(view, action, outcome),
        coverage(action, outcome),
    ]
}

/// `61.2 % of 2,100`
fn autonomous(outcome: &Outcome) -> String {
    let exposed = &outcome.exposed;
    match exposed.records {
        0 => "no record".to_owned(),
        records => format!("{} of {}", figures::rate(exposed.autonomous, records, &[]), thousands(records)),
    }
}

/// `0–3 of 812 (middle 1)`: never one number alone.
fn harm(view: View, action: &Action, outcome: &Outcome) -> String {
    let exposed = &outcome.exposed;
    let (least, most) = exposed.harm();
    if exposed.unattended == 0 {
        "none unattended".to_owned()
    } else if action.read_only {
        format!("none of {}: it is read only", thousands(exposed.unattended))
    } else {
        let (dash, middle) = (view.style.dash(), exposed.seen + exposed.released);
        let (least, most) = (thousands(least), thousands(most));
        format!("{least}{dash}{most} of {} (middle {})", thousands(exposed.unattended), thousands(middle))
    }
}

/// `171 of 180 boundaries`
fn coverage(action: &Action, outcome: &Outcome) -> String {
    let coverage = &outcome.coverage;
    if action.ceiling == Tier::Crawl {
        return "none is asked for".to_owned();
    }
    let all = plural(coverage.boundaries, "boundary").replace("boundarys", "boundaries");
    format!("{} of {all}", thousands(coverage.with_evidence))
}
