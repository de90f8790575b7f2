//! For people: a line for each file and each scenario, and below those that failed what was expected and what happened.

use super::measured::Measured;
use super::told::Told;
use super::{Tested, Verdict, totals};
use crate::render::Style;
use crate::render::ink::Ink;
use crate::render::text::{clean, plural, wrap};
use std::fmt::Write as _;

/// The page.
pub(super) fn render(all: &[Tested], measured: &[Measured], quiet: bool, style: Style) -> String {
    let mut out: String = all.iter().map(|tested| file(tested, quiet, style)).collect();
    if !quiet {
        let _ = writeln!(out, "{}", summary(all, style));
    }
    out.extend(measured.iter().map(|it| super::measures::render(it, quiet, style)));
    out.replace(crate::render::text::GLUE, " ")
}

fn file(tested: &Tested, quiet: bool, style: Style) -> String {
    let shown: Vec<&Verdict> = tested.scenarios.iter().filter(|verdict| !quiet || !verdict.passed()).collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n", style.paint(Ink::Strong, clean(&tested.path)));
    for verdict in shown {
        out += &scenario(tested, verdict, style);
    }
    out
}

fn scenario(tested: &Tested, verdict: &Verdict, style: Style) -> String {
    let (ink, unicode, ascii) = if verdict.passed() { (Ink::Good, "✓", "+") } else { (Ink::Bad, "✗", "x") };
    let sign = style.paint(ink, style.pick(unicode, ascii));
    let mut out = wrap(&clean(&verdict.name), &format!("  {sign} "), "    ", style.width);
    for told in Told::all(tested, verdict) {
        let line = format!("{}: expected {}", told.place(), told.expected());
        out += &wrap(&line, "    ", "      ", style.width);
        let inner = Style { width: style.width.saturating_sub(7), ..style };
        for line in told.diff(inner).lines() {
            let _ = writeln!(out, "      {line}");
        }
    }
    out
}

/// `4 scenarios: 3 passed, 1 failed`
fn summary(all: &[Tested], style: Style) -> String {
    let (passed, failed) = totals(all);
    let many = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let scenarios = plural(many(passed + failed), "scenario");
    match (passed, failed) {
        (_, 0) => format!("{scenarios}: {}", style.paint(Ink::Good, "all passed")),
        (passed, failed) => {
            format!("{scenarios}: {passed} passed, {}", style.paint(Ink::Bad, format!("{failed} failed")))
        }
    }
}
