//! The tiers over time: one row per action type, its height is the tier, signs where something happened.

use super::View;
use crate::render::ink::Ink;
use crate::render::text::{clean, pad, wrap};
use crate::replay::{Decision, Kind};
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use std::fmt::Write as _;

/// No boundary is drawn wider than this.
const WIDEST: usize = 4;
/// Columns of the widest tier at the end of a row, and of the space before it.
const END: usize = 7;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Columns for boundaries.
#[derive(Clone, Copy, Debug)]
struct Axis {
    from: Tick,
    boundaries: i64,
    columns: i64,
    tick_seconds: i64,
}

/// How far apart the dates below the chart are.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Days(i64),
    Months(i64),
    Years(i64),
}

const PACES: [Pace; 12] = [
    Pace::Days(1),
    Pace::Days(2),
    Pace::Days(7),
    Pace::Days(14),
    Pace::Months(1),
    Pace::Months(2),
    Pace::Months(3),
    Pace::Months(6),
    Pace::Years(1),
    Pace::Years(2),
    Pace::Years(10),
    Pace::Years(100),
];

/// The chart.
pub(super) fn chart(view: View) -> String {
    let names = view.name_width();
    let axis = Axis::new(view, view.style.width.saturating_sub(names + 4 + END));
    let left = " ".repeat(names + 4);
    let mut out = view.heading("Tiers over time");
    let dates = axis.dates(view);
    if !dates.is_empty() {
        let _ = writeln!(out, "{left}{}", view.style.paint(Ink::Quiet, dates));
    }
    for (at, action, outcome) in view.actions() {
        let decisions = view.run.decisions.iter().filter(|decision| decision.action.index() == at);
        let row = row(view, axis, &outcome.timeline, decisions);
        let last = outcome.timeline.last().map_or(Tier::Crawl, |(_, tier)| *tier);
        let _ = writeln!(out, "  {}  {row}  {}", pad(&clean(&action.name), names), view.tier(last));
    }
    out + &legend(view, &left)
}

fn glyph(view: View, tier: Tier) -> char {
    let (unicode, ascii) = match tier {
        Tier::Crawl => ('▁', '_'),
        Tier::Walk => ('▄', '='),
        Tier::Run => ('█', '#'),
    };
    view.style.pick(unicode, ascii)
}

/// The sign of a kind, its colour, and its word in the legend; the more important ones cover the others.
pub(super) fn sign(view: View, kind: Kind) -> (char, Ink, &'static str) {
    let (unicode, ascii, ink, word) = match kind {
        Kind::Promote => ('▲', '^', Ink::Good, "promoted"),
        Kind::Demote => ('▼', 'v', Ink::Bad, "demoted"),
        Kind::Trip => ('!', '!', Ink::Bad, "tripped"),
        Kind::Renew => ('↻', '@', Ink::Care, "renewed"),
        Kind::Stale => ('?', '?', Ink::Care, "stale"),
        Kind::Stop => ('■', 'x', Ink::Bad, "stopped"),
        Kind::Defer => ('○', 'o', Ink::Quiet, "deferred"),
    };
    (view.style.pick(unicode, ascii), ink, word)
}

/// In a column where several things happened the first of these is shown.
const IMPORTANCE: [Kind; 7] =
    [Kind::Trip, Kind::Demote, Kind::Renew, Kind::Stale, Kind::Promote, Kind::Stop, Kind::Defer];

fn row<'a>(view: View, axis: Axis, timeline: &[(Tick, Tier)], decisions: impl Iterator<Item = &'a Decision>) -> String {
    let mut cells: Vec<(char, Ink)> = Vec::new();
    for column in 0..axis.columns {
        let last = axis.last_boundary(column);
        let at = timeline.partition_point(|(since, _)| *since <= last);
        let tier = at.checked_sub(1).map_or(Tier::Crawl, |at| timeline[at].1);
        cells.push((glyph(view, tier), Ink::Of(tier)));
    }
    let rank = |kind: Kind| IMPORTANCE.iter().position(|it| *it == kind);
    let mut marks: Vec<(usize, Kind)> =
        decisions.map(|decision| (axis.column(decision.at), decision.detail.kind())).collect();
    marks.sort_by_key(|(_, kind)| std::cmp::Reverse(rank(*kind)));
    for (column, kind) in marks {
        if let Some(cell) = cells.get_mut(column) {
            let (sign, ink, _) = sign(view, kind);
            *cell = (sign, ink);
        }
    }
    let runs = cells.chunk_by(|left, right| left.1 == right.1);
    runs.map(|run| view.style.paint(run[0].1, run.iter().map(|(sign, _)| *sign).collect::<String>())).collect()
}

/// The tiers, and the signs that occur.
fn legend(view: View, left: &str) -> String {
    let tiers = Tier::ALL.map(|tier| format!("{}\u{a0}{tier}", view.style.paint(Ink::Of(tier), glyph(view, tier))));
    let kinds = Kind::ALL.into_iter().filter(|kind| view.run.decisions.iter().any(|it| it.detail.kind() == *kind));
    let kinds = kinds.map(|kind| {
        let (sign, ink, word) = sign(view, kind);
        format!("{}\u{a0}{word}", view.style.paint(ink, sign))
    });
    let all: Vec<String> = tiers.into_iter().chain(kinds).collect();
    wrap(&all.join(" \u{a0}"), left, left, view.style.width)
}

impl Axis {
    fn new(view: View, room: usize) -> Self {
        let boundaries = (view.run.to - view.run.from + 1).max(1);
        let room = i64::try_from(room.max(10)).unwrap_or(10);
        let widest = i64::try_from(WIDEST).unwrap_or(1);
        let columns = if boundaries <= room { boundaries * (room / boundaries).min(widest) } else { room };
        Self { from: view.run.from, boundaries, columns, tick_seconds: view.plan.tick_seconds }
    }

    /// The column in which a boundary is.
    fn column(self, at: Tick) -> usize {
        let column = (i128::from(at - self.from) * i128::from(self.columns)).div_euclid(i128::from(self.boundaries));
        usize::try_from(column).unwrap_or(0)
    }

    /// The last boundary of a column.
    fn last_boundary(self, column: i64) -> Tick {
        let next = i128::from(column + 1) * i128::from(self.boundaries);
        let last = (next + i128::from(self.columns) - 1).div_euclid(i128::from(self.columns)) - 1;
        self.from + i64::try_from(last).unwrap_or(0)
    }

    /// Dates at the closest pace at which they do not touch; empty where there is none.
    fn dates(self, view: View) -> String {
        let mark = view.style.pick('╷', '|');
        PACES.iter().map(|pace| self.labels(*pace)).find(|labels| self.fits(labels)).map_or(String::new(), |labels| {
            let mut row = String::new();
            for (column, label) in labels {
                let before = column - row.chars().count();
                row.extend(std::iter::repeat_n(' ', before));
                row.push(mark);
                row += &label;
            }
            row
        })
    }

    fn fits(self, labels: &[(usize, String)]) -> bool {
        let end = usize::try_from(self.columns).unwrap_or(0) + END;
        let ends = labels.iter().skip(1).map(|(column, _)| *column).chain([end]);
        labels.len() <= 60 && labels.iter().zip(ends).all(|((column, label), next)| column + label.len() + 1 < next)
    }

    /// Column and text of each date; none may be on the right of the chart.
    fn labels(self, pace: Pace) -> Vec<(usize, String)> {
        let instant = |tick: Tick| Instant::from_seconds(tick.saturating_mul(self.tick_seconds));
        let (start, end) = (instant(self.from), instant(self.from + self.boundaries - 1));
        let mut labels = Vec::new();
        let mut at = first_date(start, pace);
        while let Some(date) = at.filter(|date| *date <= end && labels.len() < 100) {
            let column = self.column(date.boundary_at_or_after(self.tick_seconds));
            labels.push((column, label(date, pace, labels.is_empty())));
            at = next_date(date, pace);
        }
        labels
    }
}

/// The text of a date; the first has its year, and so has each January.
fn label(date: Instant, pace: Pace, first: bool) -> String {
    let (year, month, day, _) = date.civil();
    let name = MONTHS.get(usize::try_from(month - 1).unwrap_or(0)).copied().unwrap_or_default();
    match pace {
        Pace::Days(_) if first => format!("{day} {name} {year}"),
        Pace::Days(_) => format!("{day} {name}"),
        Pace::Months(_) if first || month == 1 => format!("{name} {year}"),
        Pace::Months(_) => name.to_owned(),
        Pace::Years(_) => year.to_string(),
    }
}

/// The first date of this pace at or after an instant.
fn first_date(start: Instant, pace: Pace) -> Option<Instant> {
    let (year, month, _, _) = start.civil();
    let mut at = match pace {
        Pace::Days(_) => Instant::parse_date(&start.date()),
        Pace::Months(step) => month_start(year, (month - 1) / step * step),
        Pace::Years(step) => month_start(year / step * step, 0),
    };
    while let Some(date) = at.filter(|date| *date < start) {
        at = match pace {
            Pace::Days(_) => Some(date.plus_seconds(86_400)),
            Pace::Months(_) | Pace::Years(_) => next_date(date, pace),
        };
    }
    at
}

fn next_date(date: Instant, pace: Pace) -> Option<Instant> {
    let (year, month, _, _) = date.civil();
    match pace {
        Pace::Days(step) => Some(date.plus_seconds(step * 86_400)),
        Pace::Months(step) => month_start(year, month - 1 + step),
        Pace::Years(step) => month_start(year + step, 0),
    }
}

/// The first of a month, months counted from 0 and on into later years.
fn month_start(year: i64, month: i64) -> Option<Instant> {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
    Instant::parse_date(&format!("{year:04}-{month:02}-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, boundaries: i64, columns: i64) -> Axis {
        let from = Instant::parse_date(from).expect("a date").tick(86_400);
        Axis { from, boundaries, columns, tick_seconds: 86_400 }
    }

    #[test]
    fn a_column_ends_where_the_next_begins() {
        for (boundaries, columns) in [(10, 40), (10, 10), (181, 70), (365, 7), (1, 4)] {
            let axis = axis("2026-01-02", boundaries, columns);
            for column in 0..columns {
                let last = axis.last_boundary(column);
                assert!(axis.column(last) <= usize::try_from(column).expect("small"), "{axis:?} {column}");
            }
            for boundary in axis.from..axis.from + boundaries {
                let column = i64::try_from(axis.column(boundary)).expect("small");
                assert!(column < columns && axis.last_boundary(column) >= boundary, "{axis:?} {boundary}");
            }
        }
    }

    #[test]
    fn dates_never_touch() {
        for boundaries in [1, 3, 20, 45, 90, 181, 400, 1_000, 4_000, 40_000] {
            let axis = axis("2026-01-02", boundaries, 70.min(boundaries * 4));
            let labels = PACES.iter().map(|pace| axis.labels(*pace)).find(|labels| axis.fits(labels));
            let labels = labels.expect("some pace fits");
            for pair in labels.windows(2) {
                assert!(pair[0].0 + pair[0].1.len() + 1 < pair[1].0, "{labels:?}");
            }
        }
    }

    #[test]
    fn months_carry_their_year_where_it_changes() {
        let labels = axis("2026-11-15", 100, 100).labels(Pace::Months(1));
        let labels: Vec<&str> = labels.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["Dec 2026", "Jan 2027", "Feb"]);
    }
}
