//! A history under both policies, side by side.

use super::words::date;
use crate::diff::replayed::{Decided, Figures, Replayed};
use crate::render::Style;
use crate::render::ink::Ink;
use crate::render::text::{clean, pad, pad_left, thousands, width, wrap};
use crate::value::Tier;
use std::fmt::Write as _;

const DAY: u64 = 86_400;

/// The name of the rows of the sum; no action type has a space in its name.
pub(super) const TOGETHER: &str = "all together";

/// The rows of the table: what, before, after; those that are the same are told once.
pub(super) fn rows(name: &str, old: Option<&Figures>, new: Option<&Figures>) -> Vec<[String; 4]> {
    let days = |tier: Tier| move |it: &Figures| tenths(it.seconds[tier.index()]);
    let row = |what: &str, told: &dyn Fn(&Figures) -> String| {
        let of = |figures: Option<&Figures>| figures.map_or_else(|| "none".to_owned(), told);
        [name.to_owned(), what.to_owned(), of(old), of(new)]
    };
    vec![
        row("days at crawl", &days(Tier::Crawl)),
        row("days at walk", &days(Tier::Walk)),
        row("days at run", &days(Tier::Run)),
        row("autonomous", &|it| thousands(it.exposed.autonomous)),
        row("unattended", &|it| thousands(it.exposed.unattended)),
        row("harm, least to most", &|it| {
            let (least, most) = it.exposed.harm();
            format!("{} to {}", thousands(least), thousands(most))
        }),
        row("history tells until", &|it| it.silent_from.map_or_else(|| "its end".to_owned(), date)),
    ]
}

/// Seconds as days, with one decimal where it is none.
fn tenths(seconds: u64) -> String {
    let tenths = seconds * 10 / DAY;
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// All rows that differ, and of the sum all but the last.
pub(super) fn table(replayed: &Replayed) -> Vec<[String; 4]> {
    let mut all = Vec::new();
    for fared in &replayed.actions {
        let rows = rows(&clean(&fared.name), fared.old.as_ref(), fared.new.as_ref());
        all.extend(rows.into_iter().filter(|[_, _, old, new]| old != new));
    }
    let (old, new) = &replayed.sums;
    let mut sum = rows(TOGETHER, Some(old), Some(new));
    sum.pop();
    all.extend(sum);
    all
}

/// `appears`, `vanishes`, `9 days earlier`
pub(super) fn decision(it: &Decided) -> String {
    let what = if it.from == it.to {
        format!("{} at {}", it.kind.word(), it.from)
    } else {
        format!("{} {} to {}", it.kind.word(), it.from, it.to)
    };
    let told = match (it.old, it.new) {
        (Some(old), Some(new)) => {
            let (days, word) = (new.abs_diff(old), if new < old { "earlier" } else { "later" });
            format!("{} instead of {}: {} days {word}", date(new), date(old), tenths(days))
        }
        (Some(old), None) => format!("{}: only under the old policy", date(old)),
        (None, Some(new)) => format!("{}: only under the new policy", date(new)),
        (None, None) => String::new(),
    };
    format!("{what}, {told}")
}

/// For people.
pub(super) fn human(replayed: &Replayed, style: Style) -> String {
    let mut out = format!("\n{}\n", style.paint(Ink::Strong, "The history under both"));
    if replayed.decisions.is_empty() {
        out += "  every decision is the same\n";
    }
    for it in &replayed.decisions {
        out += &wrap(&format!("{}: {}", clean(&it.action), decision(it)), "  ", "    ", style.width);
    }
    let table = table(replayed);
    let column = |at: usize| table.iter().map(|row| width(&row[at])).max().unwrap_or(0);
    let (first, second) = (column(0), column(1));
    let (third, fourth) = (column(2).max(3), column(3).max(3));
    let titles = format!("{}  {}", pad_left("old", third), pad_left("new", fourth));
    let _ = writeln!(out, "\n  {}  {}", " ".repeat(first + 2 + second), style.paint(Ink::Quiet, titles));
    let mut last = "";
    for [name, what, old, new] in &table {
        let shown = if name == last { "" } else { name };
        last = name;
        let figures = format!("{}  {}", pad_left(old, third), pad_left(new, fourth));
        let _ = writeln!(out, "  {}  {}  {figures}", style.paint(Ink::Strong, pad(shown, first)), pad(what, second));
    }
    out
}
