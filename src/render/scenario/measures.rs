//! Coverage and mutants for people: figures first, then each thing that no scenario shows and what would.

use super::measured::{Measured, Tried};
use crate::render::Style;
use crate::render::figures::rate;
use crate::render::ink::Ink;
use crate::render::text::{clean, clip, plural, wrap};
use crate::scenario::coverage::{Coverage, Facet, Item, Part};
use crate::scenario::mutants::Mutant;
use crate::value::Decimal;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The page of one policy.
pub(super) fn render(of: &Measured, quiet: bool, style: Style) -> String {
    let mut out = String::new();
    if let Some(coverage) = &of.coverage {
        out += &decided(of, coverage, quiet, style);
    }
    if let Some(tried) = &of.mutants {
        out += &tried_out(of, tried, quiet, style);
    }
    out
}

fn decided(of: &Measured, coverage: &Coverage, quiet: bool, style: Style) -> String {
    let (decided, all) = (coverage.decided.len(), coverage.all.len());
    let is_whole = decided == all;
    if quiet && is_whole {
        return String::new();
    }
    let ink = if is_whole { Ink::Good } else { Ink::Care };
    let share = style.paint(ink, rate(count(decided), count(all), &[]));
    let mut out =
        format!("\n{}: {share} of what its clauses can decide was decided\n", heading("coverage of", of, style));
    let by_part = parts(coverage).into_iter().map(|(part, [decided, all])| format!("{} {decided}/{all}", word(part)));
    out += &wrap(&by_part.map(|it| it.replace(' ', "\u{a0}")).collect::<Vec<_>>().join(", "), "  ", "  ", style.width);
    for item in coverage.undecided() {
        let line = format!("{} `{}` {}", clean(&of.place(item.at)), clause(of, item), decides(item));
        out += &entry(&line, would(item), style);
    }
    out
}

fn heading(what: &str, of: &Measured, style: Style) -> String {
    style.paint(Ink::Strong, format!("{what} {}", clean(&of.policy)))
}

/// A finding and what to do about it.
fn entry(line: &str, remedy: &str, style: Style) -> String {
    wrap(line, "  - ", "    ", style.width) + &wrap(remedy, "    ", "    ", style.width)
}

/// By kind of clause: how many of its decisions were taken, of how many.
fn parts(coverage: &Coverage) -> BTreeMap<Part, [usize; 2]> {
    let mut parts: BTreeMap<Part, [usize; 2]> = BTreeMap::new();
    for item in &coverage.all {
        let [decided, all] = parts.entry(item.part).or_default();
        *decided += usize::from(coverage.decided.contains(item));
        *all += 1;
    }
    parts
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn word(part: Part) -> &'static str {
    match part {
        Part::Promote => "promote",
        Part::Bar => "bar",
        Part::Keep => "keep",
        Part::Hold => "hold",
        Part::Requires => "requires",
        Part::Approval => "approval",
        Part::Stop => "stop",
        Part::Cooldown => "cooldown",
        Part::Reentry => "reentry",
        Part::Trip => "trip",
        Part::Stale => "stale",
        Part::Renew => "renew",
        Part::Ceiling => "ceiling",
    }
}

/// A clause as it is written, on one line.
pub(super) fn clause(of: &Measured, item: &Item) -> String {
    if item.part == Part::Promote {
        return of.promote.clone();
    }
    let words: Vec<&str> = of.sources.text(item.at).split_whitespace().collect();
    clip(&clean(&words.join(" ")), 90, "…")
}

/// What no scenario saw it do.
pub(super) fn decides(item: &Item) -> &'static str {
    match (item.part, item.facet) {
        (_, Facet::Clears) => "never clears in a promotion",
        (_, Facet::Short) => "never falls short",
        (_, Facet::Spares) => "never spares what is within its margin",
        (_, Facet::Fails) => "never fails",
        (_, Facet::Waits) => "is never waited for",
        (_, Facet::Lets) => "never lets a promotion through",
        (Part::Promote, _) => "never makes one wait for another",
        (Part::Stop, _) => "never ends an attempt",
        (Part::Renew, _) => "never starts anew",
        (_, Facet::Bars) => "never keeps anything back",
        (_, Facet::Fires) => "never takes anything down",
    }
}

/// The scenario that would show it.
fn would(item: &Item) -> &'static str {
    match (item.part, item.facet) {
        (_, Facet::Clears) => "add a promotion through its gate",
        (_, Facet::Short) => "add records enough for it, a little on the wrong side of its target",
        (_, Facet::Spares) => "add records a little beyond its target, and expect the tier to stay",
        (_, Facet::Fails) => "add records further beyond its target than the margin, and expect a demotion",
        (_, Facet::Waits) => "expect the lower tier on a day on which the bars clear, but not yet for so long",
        (Part::Requires, Facet::Lets) => "add a promotion after the other action type has got there",
        (Part::Requires, _) => "let its bars clear for the hold while the other action type is not there yet",
        (_, Facet::Lets) => "add a promotion through its gate",
        (Part::Approval, _) => "let it earn the tier in a scenario with `approvals: never`, and expect it to stay",
        (Part::Promote, _) => "let two action types earn their next tier within that time",
        (Part::Cooldown, _) => "after a demotion, let the bars clear again before it is over",
        (Part::Reentry, _) => "after a demotion, let the bars clear as they are written, but not by so much more",
        (Part::Ceiling, _) => "let it earn the tier above, and expect it to stay",
        (Part::Stop, _) => "let its bars not clear for so long",
        (Part::Trip, _) => "let so many of its signals arrive in so short a time",
        (Part::Stale, _) => "let its keep bars go without enough samples for so long",
        (Part::Renew, _) => "change the value of its attributes while the tier is above that of the clause",
        (_, Facet::Bars | Facet::Fires) => "add a scenario in which it decides",
    }
}

fn tried_out(of: &Measured, tried: &Tried, quiet: bool, style: Style) -> String {
    if quiet && tried.is_fine() {
        return String::new();
    }
    let report = &tried.report;
    let (killed, survived, excused) = (report.killed.len(), tried.survivors().count(), tried.excused().count());
    let told = match (survived, excused) {
        (0, 0) => style.paint(Ink::Good, "all noticed"),
        (0, _) => format!("{killed} noticed, {}", style.paint(Ink::Good, format!("{excused} accepted"))),
        _ => format!("{killed} noticed, {excused} accepted, {}", style.paint(Ink::Bad, format!("{survived} survived"))),
    };
    let tried_in_all = killed + report.survivors.len();
    let mut out = format!("\n{}: {tried_in_all} tried, {told}\n", heading("mutants of", of, style));
    let (same, unsound) = (report.same.len(), report.unsound.len());
    let left_out = plural(count(same + unsound), "mutant");
    let left_out = format!("{left_out} left out: {same} the same plan, {unsound} no sound policy");
    out += &wrap(&left_out, "  ", "  ", style.width);
    for mutant in tried.survivors() {
        let place = clean(&of.place(mutant.at));
        let line = format!("{place} {}", changed(mutant, style));
        out += &entry(&line, &catch(mutant), style);
    }
    for (accepted, why) in tried.needless() {
        let line = format!("{}:{} `{}` {why}", clean(&accepted.file), accepted.line, clean(&accepted.mutant));
        out += &entry(&line, "take it out of `survives`", style);
    }
    if !quiet {
        for accepted in tried.excused() {
            let _ = write!(out, "{}", excuse(&accepted.mutant, &accepted.because, style));
        }
    }
    out
}

fn excuse(mutant: &str, because: &str, style: Style) -> String {
    wrap(&format!("{} accepted: {}", clean(mutant), clean(because)), "  - ", "    ", style.width)
}

/// `reply.crawl_to_walk.hold: 14d → 13d`
fn changed(mutant: &Mutant, style: Style) -> String {
    let Mutant { path, was, value, .. } = mutant;
    let to = if was.is_empty() { value.clone() } else { format!("{was} {} {value}", style.arrow()) };
    clean(&format!("{path}: {to}"))
}

/// The scenario that would notice.
fn catch(mutant: &Mutant) -> String {
    let Mutant { path, was, value, .. } = mutant;
    let field = path.rsplit('.').next().unwrap_or_default();
    let field = field.split('[').next().unwrap_or_default();
    let [less, more] = ordered(was, value);
    match field {
        "approval" => "let it earn the tier in a scenario with `approvals: never`, and expect it to stay".to_owned(),
        _ if value == "none" && was.is_empty() => "add a scenario in which it alone decides".to_owned(),
        "target" => format!("add records with a share or mean between {less} and {more}"),
        "margin" | "reentry" if value != "none" => {
            format!("add records that miss the target by more than {less} and less than {more}")
        }
        "min" => format!("add a scenario with {less} samples, and no more, and expect what becomes of it"),
        "over" if value != "none" => format!("add samples that {more} reach and {less} do not"),
        "count" => format!("add a scenario with {less} of its signals, and no more"),
        "within" | "alive" => format!("add signals that come later than {less} and earlier than {more}"),
        "hold" | "stop" | "cooldown" | "stale" | "promote" | "settle" => {
            format!("expect the tier or the entry at the very boundary at which {was} are over, and before it")
        }
        "confidence" => format!("add records that clear the bar with {was} on another day than with {value}"),
        "ceiling" => "let it earn the tier above, and expect it to stay".to_owned(),
        "matches" => format!("add a record that is `{was}` and not `{value}`, or the other way round"),
        _ => "add a scenario in which it decides".to_owned(),
    }
}

/// Two values of one unit, the smaller first, as far as the digits they start with tell.
fn ordered<'a>(one: &'a str, other: &'a str) -> [&'a str; 2] {
    let number = |text: &str| {
        let digits = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
        text[..digits].parse::<Decimal>().ok()
    };
    if number(other) < number(one) { [other, one] } else { [one, other] }
}
