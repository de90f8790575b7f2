//! What gates would need, for people.

use super::table::Row as Cells;
use super::words::{beside, rate};
use super::{Asked, View};
use crate::forecast::{GateNeed, MarginNeed, MinNeed, Wanted, WhyNot, YEAR};
use crate::plan::Bar;
use crate::render::Style;
use crate::render::figures;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, thousands, wrap};
use crate::value::Decimal;
use std::fmt::Write as _;

/// What gates would need, for people.
#[must_use]
pub fn human(asked: Asked, needs: &[GateNeed], wanted: &Wanted, style: Style) -> String {
    let view = View { asked, style };
    let mut out = view.head();
    let worse = beside(Decimal::ZERO.minus(wanted.tolerance));
    out += &wrap(
        &format!(
            "an agent {worse} a bar gets through one look with at most {}; one that is at its keep bar falls back within \
             30{GLUE}d with at most {}",
            figures::share(wanted.error),
            figures::share(wanted.falls)
        ),
        "wanted   ",
        "         ",
        style.width,
    );
    for need in needs {
        let _ = write!(out, "\n{}", view.need(need, &worse));
    }
    out + &view.notes()
}

impl View<'_> {
    fn need(&self, need: &GateNeed, worse: &str) -> String {
        let mut out = format!("{}\n", self.style.paint(Ink::Strong, self.path(need.action, need.step)));
        let then = need.then.as_ref().map_or(String::new(), |then| {
            format!(", and with what is below within a year with {}", self.style.paint(Ink::Good, self.chance(then)))
        });
        out += &self.line(&format!(
            "An agent {worse} the bar, looked at every tick, is promoted within {YEAR}{GLUE}d with {} as the gate is{then}.",
            self.style.paint(Ink::Bad, self.chance(&need.now))
        ));
        let rows: Vec<Cells> = need.mins.iter().map(|min| (None, self.min(min))).collect();
        let _ = write!(
            out,
            "\n{}",
            self.table(&["bar", "keeps out", "min", "needed", "over", "needed", "earliest"], 1, &rows)
        );
        out += &self.why_not(need.mins.iter().filter_map(|min| Some((&min.bar, min.need.err()?))));
        let rows: Vec<Cells> = need.margins.iter().map(|margin| (None, self.margin_row(margin))).collect();
        let heads = ["keep", "margin", "falls in 30 d", "needed", "falls in 30 d"];
        let _ = write!(out, "\n{}", self.table(&heads, 1, &rows));
        out + &self.why_not(need.margins.iter().filter_map(|margin| Some((&margin.bar, *margin.need.as_ref().err()?))))
    }

    /// Why there is a dash.
    fn why_not<'a>(&self, bars: impl Iterator<Item = (&'a Bar, WhyNot)>) -> String {
        let told = bars.map(|(bar, why)| self.line(&format!("{} {}: {why}.", self.style.dash(), self.named(bar))));
        told.collect()
    }

    /// `acceptance >= 95 %`
    fn named(&self, bar: &Bar) -> String {
        let name = clean(&self.plan().metrics[bar.metric.index()].name);
        format!("{name} {} {}", bar.op.sign(), rate(self.plan(), bar.metric, bar.target))
    }

    fn min(&self, min: &MinNeed) -> Vec<String> {
        let window = min.bar.window.map_or_else(|| "tier".to_owned(), |ticks| self.span(ticks));
        let none = || self.style.dash().to_owned();
        vec![
            self.named(&min.bar),
            rate(self.plan(), min.bar.metric, min.rate),
            thousands(min.bar.min),
            min.need.map_or_else(|_| none(), |need| thousands(need.min)),
            window,
            min.need.map_or_else(|_| none(), |need| self.span(need.window)),
            min.need.map_or_else(|_| none(), |need| format!("day {}", thousands_of(self, need.earliest))),
        ]
    }

    fn margin_row(&self, margin: &MarginNeed) -> Vec<String> {
        let none = || self.style.dash().to_owned();
        vec![
            self.named(&margin.bar),
            self.margin_now(&margin.bar),
            margin.now.as_ref().map_or_else(none, |now| self.chance(now)),
            margin.need.as_ref().map_or_else(|_| none(), |(least, _)| self.margin(&margin.bar, *least)),
            margin.need.as_ref().map_or_else(|_| none(), |(_, answer)| self.chance(answer)),
        ]
    }

    fn notes(&self) -> String {
        let notes = [
            "A needed min is the least from which on every larger count does as well, for one look. A gate looks every \
             tick, and so gives luck more chances: the sentence above the table says how many it has left.",
            "A needed window is the shortest that always holds the needed min at this traffic; the earliest day is that of \
             a promotion after settle, window and hold.",
            "A bar over a mean has no such figure, for a mean has no one distribution. Margins are told in tenths of a \
             point, the least that does including two standard errors.",
        ];
        let mut out = format!("\n{}\n", self.style.paint(Ink::Strong, "How to read it"));
        for note in notes {
            out += &wrap(note, "  - ", "    ", self.style.width);
        }
        out
    }
}

fn thousands_of(view: &View, ticks: i64) -> String {
    let seconds = ticks.saturating_mul(view.plan().tick_seconds);
    let days = seconds.saturating_add(86_399) / 86_400;
    thousands(u64::try_from(days).unwrap_or(0))
}
