//! What `cwrc what-if` tells: variants side by side, a sweep and its front; for people, as JSON, as CSV, as a picture.

mod csv;
mod front;
mod json;
mod labels;
mod picture;
mod plot;
mod table;

pub use picture::svg;

use super::Style;
use super::figures::rate;
use super::ink::Ink;
use super::text::{clean, thousands, wrap};
use crate::plan::Plan;
use crate::replay::{Evidence, Figures};
use crate::value::Instant;
use crate::value::duration::Tick;
use crate::whatif::{Cell, Grid, READINGS, Variant, Weight, front as front_of, nearest_better};

/// A few variants, the first of them the policy as it is.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The policy as it is.
    pub plan: &'a Plan,
    /// The first and the last boundary.
    pub span: (Tick, Tick),
    /// The variants.
    pub variants: &'a [Variant],
}

/// A sweep, and what stands out in it.
#[derive(Debug)]
pub struct Swept<'a> {
    plan: &'a Plan,
    span: (Tick, Tick),
    grid: &'a Grid,
    cells: &'a [Cell],
    now: &'a Cell,
    /// Which of [`READINGS`] people look at.
    reading: usize,
    /// In each reading.
    notable: [Notable; 2],
}

/// What stands out in one reading of a sweep, by position.
#[derive(Clone, Debug, Default)]
struct Notable {
    /// No other variant beats these.
    front: Vec<usize>,
    /// Better on both than the policy as it is, the nearest first.
    better: Vec<usize>,
}

/// So many variants that are better on both are named.
const BETTER: usize = 5;

impl<'a> Swept<'a> {
    /// Looks over a sweep. `now` is what the policy as it is comes to; people look at the reading `evidence`.
    #[must_use]
    pub fn new(
        plan: &'a Plan,
        span: (Tick, Tick),
        grid: &'a Grid,
        cells: &'a [Cell],
        now: &'a Cell,
        evidence: Evidence,
    ) -> Self {
        let notable = [0, 1].map(|reading| {
            let all: Vec<Weight> = cells.iter().map(|cell| Weight::of(&cell[reading])).collect();
            let distance = |cell| grid.distance(cell);
            let better = nearest_better(&all, &Weight::of(&now[reading]), BETTER, distance);
            Notable { front: front_of(&all, distance), better }
        });
        let reading = READINGS.iter().position(|known| *known == evidence).unwrap_or(0);
        Self { plan, span, grid, cells, now, reading, notable }
    }

    /// The figures of a variant in the reading that people look at.
    fn figures(&self, cell: usize) -> &Figures {
        &self.cells[cell][self.reading]
    }
}

/// The head of both pages.
fn head(plan: &Plan, span: (Tick, Tick), what: &str, style: Style) -> String {
    let [from, to] = [span.0, span.1].map(|at| super::replay::date(instant(plan, at)));
    let policy = style.paint(Ink::Strong, clean(&plan.policy));
    wrap(&format!("{policy} over the history from {from} to {to}: {what}"), "", "", style.width)
}

fn instant(plan: &Plan, at: Tick) -> Instant {
    Instant::from_seconds(at.saturating_mul(plan.tick_seconds))
}

/// `1,234 (43.2 %)`
fn counted(part: u64, whole: u64) -> String {
    format!("{} ({})", thousands(part), rate(part, whole, &[]).replace(super::text::GLUE, " "))
}

/// `4–17`: at least what was seen, at most what may have been.
fn harm(figures: &Figures, style: Style) -> String {
    let (least, most) = figures.exposed.harm();
    format!("{}{}{}", thousands(least), style.dash(), thousands(most))
}
