//! The curves of all gates as an SVG: promotions on the left, falls on the right, one line for each agent. Written by
//! hand, for it is lines and letters, and a plotting crate would be larger than all of it.

use super::Asked;
use super::words::rate;
use crate::forecast::{Forecast, GateOdds, Row, YEAR};
use crate::render::text::{GLUE, clean};
use crate::stats::real;
use crate::value::Decimal;
use std::fmt::Write as _;

/// A panel, its place in its half of the picture, and the height of a gate.
const WIDTH: f64 = 330.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 60.0;
const HALF: f64 = 470.0;
const GATE: f64 = 310.0;
/// Above the first gate.
const HEAD: f64 = 76.0;
/// So many points of a line are drawn at most.
const POINTS: usize = 183;
/// Labels at the ends of lines are no nearer than this.
const LABEL: f64 = 14.0;

/// The picture.
#[must_use]
pub fn svg(asked: Asked, forecast: &Forecast) -> String {
    let height = HEAD + GATE * real(forecast.gates.len() as u64);
    let width = 2.0 * HALF;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    let policy = escaped(&asked.question.plan.policy);
    let _ = writeln!(
        out,
        "<text x=\"24\" y=\"34\" font-size=\"18\" font-weight=\"600\" fill=\"#1f2328\">{policy}: the odds of its gates</text>"
    );
    let _ = writeln!(out, "<text x=\"24\" y=\"56\" fill=\"#57606a\">{}</text>", escaped(asked.traffic));
    for (at, gate) in (0_u64..).zip(&forecast.gates) {
        let top = HEAD + GATE * real(at);
        let path = escaped(&asked.question.plan.gate_path(gate.action, gate.step));
        let _ = writeln!(
            out,
            "<text x=\"24\" y=\"{}\" font-size=\"15\" font-weight=\"600\" fill=\"#1f2328\">{path}</text>",
            top + 20.0
        );
        gate_panels(asked, gate, top, &mut out);
    }
    out + "</svg>\n"
}

fn gate_panels(asked: Asked, gate: &GateOdds, top: f64, out: &mut String) {
    panel(asked, &gate.climb, "chance to be promoted", (LEFT, top + TOP), out);
    panel(asked, &gate.stay, "chance to have fallen back", (HALF + LEFT, top + TOP), out);
}

fn escaped(text: &str) -> String {
    let text = clean(text).replace(GLUE, " ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn colour(row: &Row) -> &'static str {
    match row.better.cmp(&Decimal::ZERO) {
        std::cmp::Ordering::Less => "#c2410c",
        std::cmp::Ordering::Equal => "#9a6700",
        std::cmp::Ordering::Greater => "#1a7f37",
    }
}

fn panel(asked: Asked, rows: &[Row], what: &str, (left, top): (f64, f64), out: &mut String) {
    let (right, bottom) = (left + WIDTH, top + HEIGHT);
    let _ =
        writeln!(out, "<text x=\"{left}\" y=\"{}\" fill=\"#57606a\">{what} by day …, by true rate</text>", top - 14.0);
    for percent in [0_u32, 25, 50, 75, 100] {
        let y = bottom - HEIGHT * f64::from(percent) / 100.0;
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\" stroke=\"#e6e8eb\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#57606a\">{percent} %</text>",
            left - 8.0,
            y + 4.0
        );
    }
    for day in [0_u32, 30, 90, 180, 270, 365] {
        let x = left + WIDTH * f64::from(day) / 365.0;
        let _ = writeln!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#e6e8eb\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" fill=\"#57606a\">{day}</text>",
            bottom + 18.0
        );
    }
    let ends = rows.iter().map(|row| bottom - HEIGHT * row.sums.last().copied().unwrap_or(0.0)).collect();
    for (row, label) in rows.iter().zip(apart(ends, (top, bottom))) {
        let told: Vec<String> = row.rates.iter().map(|(id, value)| rate(asked.question.plan, *id, *value)).collect();
        let (colour, told) = (colour(row), escaped(&told.join(" & ")));
        let weight = if row.better == Decimal::ZERO { "2.5" } else { "1.5" };
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{weight}\"><title>{told}</title></polyline><text x=\"{}\" y=\"{:.1}\" fill=\"{colour}\">{told}</text>",
            points(row, left, bottom),
            right + 6.0,
            label + 4.0
        );
    }
}

fn points(row: &Row, left: f64, bottom: f64) -> String {
    let last = row.sums.len().saturating_sub(1).max(1);
    let at = |point: usize| point * last / (POINTS - 1).min(last);
    let told = (0..=(POINTS - 1).min(last)).map(at).filter_map(|boundary| {
        let chance = row.sums.get(boundary)?;
        let x = left + WIDTH * real(boundary as u64) / real(last as u64);
        Some(format!("{x:.1},{:.1}", bottom - HEIGHT * chance))
    });
    debug_assert_eq!(YEAR, 365, "the marks below");
    told.collect::<Vec<_>>().join(" ")
}

/// Heights near the wanted ones at which labels do not touch, none outside of the panel.
fn apart(wanted: Vec<f64>, (top, bottom): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|left, right| wanted[*left].total_cmp(&wanted[*right]).then(right.cmp(left)));
    let mut placed = wanted;
    let mut limit = bottom + LABEL;
    for at in order.iter().rev() {
        placed[*at] = placed[*at].min(limit - LABEL);
        limit = placed[*at];
    }
    limit = top - LABEL;
    for at in &order {
        placed[*at] = placed[*at].max(limit + LABEL);
        limit = placed[*at];
    }
    placed
}
