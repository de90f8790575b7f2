//! The curves of all gates as an SVG: promotions on the left, falls on the right, one line for each agent.

use super::Asked;
use super::words::rate;
use crate::forecast::{Forecast, GateOdds, Row, YEAR};
use crate::render::picture::{self, Area, At, Axis, CARE, Chart, Drawn, EDGE, GOOD, halves, letters, px, write};
use crate::stats::real;
use crate::value::Decimal;
use plotters::series::LineSeries;
use plotters::style::{Color, RGBColor};
use std::cmp::Ordering;

/// A panel with its axes, in pixels; the labels of its lines stand to the right of it.
const WIDTH: i32 = 376;
const HEIGHT: i32 = 236;
const HALF: i32 = 480;
/// Left of a panel.
const SIDE: i32 = 20;
/// A gate, and what is above the first one.
const GATE: i32 = 316;
const HEAD: i32 = 74;
/// As far as the lines reach.
const DAYS: u64 = YEAR.unsigned_abs();
/// So many points of a line are drawn at most.
const POINTS: usize = 183;
/// Labels at the ends of lines are no nearer than this.
const LABEL: i32 = px(14);

/// The picture.
#[must_use]
pub fn svg(asked: Asked, forecast: &Forecast) -> String {
    let gates = i32::try_from(forecast.gates.len()).unwrap_or(0);
    let (width, height) = (2 * HALF, HEAD + GATE * gates);
    picture::svg((width.unsigned_abs(), height.unsigned_abs()), |area| {
        picture::head(area, px(24), &format!("{}: the odds of its gates", asked.question.plan.policy), asked.traffic)?;
        let tops = (0..gates).map(|at| HEAD + GATE * at);
        forecast.gates.iter().zip(tops).try_for_each(|(gate, top)| draw(asked, gate, top, area))
    })
}

fn draw(asked: Asked, gate: &GateOdds, top: i32, area: &Area) -> Drawn {
    let path = asked.question.plan.gate_path(gate.action, gate.step);
    write(area, &path, (px(24), px(top + 16)), At::Left, &picture::bold(15))?;
    panel(asked, &gate.climb, "chance to be promoted", (SIDE, top + 40), area)?;
    panel(asked, &gate.stay, "chance to have fallen back", (HALF + SIDE, top + 40), area)
}

fn colour(row: &Row) -> RGBColor {
    match row.better.cmp(&Decimal::ZERO) {
        Ordering::Less => CARE,
        Ordering::Equal => EDGE,
        Ordering::Greater => GOOD,
    }
}

fn panel(asked: Asked, rows: &[Row], what: &str, (left, top): (i32, i32), area: &Area) -> Drawn {
    let part = area.clone().shrink((px(left), px(top)), (px(WIDTH), px(HEIGHT)));
    let days = Axis {
        marks: [0, 30, 90, 180, 270, DAYS].map(real).to_vec(),
        title: "day; a line for each true rate, ~: simulated",
        value: |day| format!("{day:.0}"),
        room: 44,
    };
    let percent = |chance: &f64| format!("{:.0} %", chance * 100.0);
    let chance = Axis { marks: vec![0.0, 0.25, 0.5, 0.75, 1.0], title: what, value: percent, room: 62 };
    let mut chart = picture::chart(&part, &days, &chance)?;
    for row in rows {
        let weight = if row.better == Decimal::ZERO { 5 } else { 3 };
        chart.draw_series(LineSeries::new(points(row), colour(row).stroke_width(halves(weight))))?;
    }
    label(asked, rows, &chart, area)
}

/// Says at the end of each line whose it is.
fn label(asked: Asked, rows: &[Row], chart: &Chart, area: &Area) -> Drawn {
    let (across, down) = chart.plotting_area().get_pixel_range();
    let ends = rows.iter().map(|row| chart.backend_coord(&(0.0, row.sums.last().copied().unwrap_or(0.0))).1).collect();
    for (row, y) in rows.iter().zip(apart(ends, (down.start, down.end))) {
        let told: Vec<String> = row.rates.iter().map(|(id, value)| rate(asked.question.plan, *id, *value)).collect();
        let simulated = if row.is_exact { "" } else { " ~" };
        write(
            area,
            &format!("{}{simulated}", told.join(" & ")),
            (across.end + px(6), y),
            At::Left,
            &letters(12, colour(row)),
        )?;
    }
    Ok(())
}

/// The chance by day.
fn points(row: &Row) -> impl Iterator<Item = (f64, f64)> {
    let last = row.sums.len().saturating_sub(1).max(1);
    let many = (POINTS - 1).min(last);
    let day = move |boundary: usize| real(DAYS) * real(boundary as u64) / real(last as u64);
    (0..=many).map(move |point| point * last / many).filter_map(move |at| Some((day(at), *row.sums.get(at)?)))
}

/// Heights near the wanted ones at which labels do not touch, none outside of the panel.
fn apart(wanted: Vec<i32>, (top, bottom): (i32, i32)) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|left, right| wanted[*left].cmp(&wanted[*right]).then(right.cmp(left)));
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
