//! The head: which policy over which history, and what became of its lines.

use super::View;
use crate::history::Intake;
use crate::history::intake::{Bad, Quote, Reason};
use crate::render::Style;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, clip, pad, pad_left, plural, thousands, wrap};
use crate::replay::Evidence;

/// Hexadecimal digits of the digest that are shown.
const DIGITS: usize = 12;
/// Columns of the names on the left.
const LEFT: usize = 10;

/// The head of the page.
pub(super) fn head(view: View, intake: &Intake, names: &[String]) -> String {
    let (plan, run, style) = (view.plan, view.run, view.style);
    let title = format!(
        "{} replayed from {} to {}, evaluated every {}",
        style.paint(Ink::Strong, clean(&plan.policy)),
        view.date(run.from),
        view.date(run.to),
        view.span(1),
    );
    let digest = clip(&plan.digest, "sha256:".len() + DIGITS, "");
    let mut out = wrap(&title, "", "", style.width);
    out += &field("plan", &digest, style);
    out += &field("evidence", &evidence(run.evidence), style);
    out += &field("records", &records(intake), style);
    let rest = remarks(intake);
    if !rest.is_empty() {
        out += &field("", &rest, style);
    }
    out + &bad_lines(intake, names, style)
}

fn field(name: &str, text: &str, style: Style) -> String {
    let first = style.paint(Ink::Quiet, pad(name, LEFT));
    wrap(text, &first, &" ".repeat(LEFT), style.width)
}

fn evidence(evidence: Evidence) -> String {
    let assumption = match evidence {
        Evidence::AsRecorded => "a record counts only at the tier it really ran at",
        Evidence::AnyTier => "a record counts wherever it ran, which assumes that quality does not depend on the tier",
    };
    format!("{}: {assumption}", evidence.word())
}

fn records(intake: &Intake) -> String {
    match intake.unclassified {
        0 => thousands(intake.total()),
        other => format!("{}, {} of them of no action type", thousands(intake.total()), thousands(other)),
    }
}

/// What else there is to know of the lines; what did not occur is left out.
fn remarks(intake: &Intake) -> String {
    let all = [
        (intake.without_tier, "record", "without a tier"),
        (intake.duplicates, "line", "merged into another's record"),
        (intake.notices, "notice", ""),
        (intake.late_outcomes, "outcome", "too late to count"),
        (intake.contradicted, "outcome", "against an earlier verdict"),
    ];
    let told = all.into_iter().filter(|(n, ..)| *n > 0);
    let told = told.map(|(n, noun, what)| format!("{} {what}", plural(n, noun)).trim_end().to_owned());
    told.collect::<Vec<_>>().join("; ")
}

/// How many lines were left out for each reason, and the first of each.
pub(super) fn bad_lines(intake: &Intake, names: &[String], style: Style) -> String {
    if intake.bad.is_empty() {
        return String::new();
    }
    let lines = intake.bad_lines();
    let (was, is) = if lines == 1 { ("was", "is") } else { ("were", "are") };
    let head = format!("{} {was} left out and {is} evidence for nothing:", plural(lines, "line").replace(GLUE, " "));
    let mut out = format!("{}\n", style.paint(Ink::Care, head));
    let counts = intake.bad.values().map(|bad| thousands(bad.count).len()).max().unwrap_or(0);
    for (reason, bad) in &intake.bad {
        out += &bad_line(*reason, bad, counts, names, style);
    }
    out
}

fn bad_line(reason: Reason, bad: &Bad, counts: usize, names: &[String], style: Style) -> String {
    let Quote { place, why, text } = &bad.first;
    let name = names.get(place.input).map_or("input", String::as_str);
    let count = pad_left(&thousands(bad.count), counts);
    let first = format!("  {count} {}  ", style.paint(Ink::Strong, reason.word()));
    let rest = " ".repeat(counts + 5);
    let often = if bad.count > 1 { "first " } else { "" };
    // Counts that a query made know no lines.
    let line = if place.line == 0 { String::new() } else { format!(":{}", place.line) };
    let out = wrap(&format!("{often}{}{line}: {}", clean(name), clean(why)), &first, &rest, style.width);
    let room = style.width.saturating_sub(rest.len());
    let quoted = clip(&clean(text), room, style.pick("…", "..."));
    out + &format!("{rest}{}\n", style.paint(Ink::Quiet, quoted))
}
