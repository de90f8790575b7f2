//! Diagnostics for people.
//!
//! Of each finding: `severity[CODE] name`, the fact, the places in their texts (those of other files below the
//! first), what to write, and once per code where its page is; then what is not decided, and a line for each policy.

use super::drawn::sheets;
use super::{Found, Open, Report};
use crate::analysis::Analysis;
use crate::diagnostic::{Code, Severity};
use crate::render::Style;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, plural, wrap};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// All findings, each with a blank line behind it, and what is not decided, a line each: place, promise and why.
#[must_use]
pub fn findings(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let mut explained: BTreeSet<Code> = BTreeSet::new();
    for found in &report.found {
        out += &one(found, style);
        let code = found.diagnostic.code;
        if explained.insert(code) {
            let page = format!("explain: cwrc explain {}", code.number());
            let _ = writeln!(out, "  {}", style.paint(Ink::Quiet, page));
        }
        out.push('\n');
    }
    out + &report.open.iter().map(|open| promise(open, style)).collect::<String>()
}

/// One line for each policy: `policies/support.cwr: 3 errors and 1 warning`, or that all is well with what is in it.
#[must_use]
pub fn verdicts(report: &Report, style: Style) -> String {
    report.roots.iter().map(|root| verdict(root, style)).collect()
}

/// That some findings can be fixed, and how; nothing where none can.
#[must_use]
pub fn fixable(report: &Report) -> String {
    match report.found.iter().filter(|it| it.diagnostic.fix.is_some()).count() {
        0 => String::new(),
        count => format!("{} can be fixed: cwrc check --fix\n", plural(count as u64, "finding").replace(GLUE, " ")),
    }
}

/// `3 of 5 findings in policies/x.cwr`: so many were fixed, the others are left.
#[must_use]
pub fn fixed(left: &Report, path: &str, count: usize) -> String {
    let all = count + left.found.iter().filter(|it| it.at.path == path).count();
    format!("{count} of {} in {}", plural(all as u64, "finding").replace(GLUE, " "), super::plain::path(path))
}

/// `3 errors and 1 warning` of all that was checked; empty where there is nothing to say.
pub(super) fn summary(report: &Report) -> String {
    counted(report.found.iter().map(Found::severity), report.open.len())
}

/// The same of some findings and open promises.
pub(super) fn counted(severities: impl Iterator<Item = Severity>, open: usize) -> String {
    inked(severities, open, Style::PLAIN)
}

fn inked(severities: impl Iterator<Item = Severity>, open: usize, style: Style) -> String {
    let all: Vec<Severity> = severities.collect();
    let of = |severity| all.iter().filter(|it| **it == severity).count();
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "remark")];
    let told = kinds.into_iter().filter(|(severity, _)| of(*severity) > 0);
    let mut told: Vec<String> = told
        .map(|(severity, noun)| style.shout(Ink::of(severity), plural(of(severity) as u64, noun).replace(GLUE, " ")))
        .collect();
    if open > 0 {
        let assurances = plural(open as u64, "assurance").replace(GLUE, " ");
        told.push(style.shout(Ink::Care, format!("{assurances} not decided")));
    }
    list(&told, "and")
}

fn verdict(root: &Analysis, style: Style) -> String {
    let path = super::plain::path(&root.path);
    let told = inked(root.diagnostics.iter().map(crate::diagnostic::Diagnostic::severity), root.undecided.len(), style);
    if !told.is_empty() {
        return format!("{path}: {told}\n");
    }
    let what = match &root.policy {
        None => "a library".to_owned(),
        Some(policy) => {
            format!("policy {}, {}", policy.name, plural(policy.actions.len() as u64, "action type").replace(GLUE, " "))
        }
    };
    format!("{path}: {}, {what}\n", style.shout(Ink::Good, "fine"))
}

fn promise(open: &Open, style: Style) -> String {
    let place = format!("{}:{}:{}", clean(open.at.path), open.at.line, open.at.column);
    let first = format!("{}: {place}: ", style.shout(Ink::Care, "undecided"));
    wrap(&clean(&format!("{}: {}", open.undecided.what, open.undecided.why)), &first, "  ", style.width)
}

fn one(found: &Found, style: Style) -> String {
    let (diagnostic, severity) = (found.diagnostic, found.severity());
    let code = diagnostic.code;
    let head = format!("{}[{}]", severity.word(), code.number());
    let mut out = format!("{} {}\n", style.shout(Ink::of(severity), head), style.paint(Ink::Strong, code.name()));
    for (at, sheet) in sheets(diagnostic, &found.of.sources, style).into_iter().enumerate() {
        let drawn = sheet.draw(style);
        // Below the first text there is no message, only the places.
        out += if at == 0 { &drawn } else { drawn.split_once('\n').map_or("", |(_, places)| places) };
    }
    if let Some(help) = &diagnostic.help {
        let first = format!("  {} ", style.paint(Ink::Info, "help:"));
        out += &wrap(&clean(help), &first, "        ", style.width);
    }
    if let Some(asker) = diagnostic.denied() {
        let own = if code.severity() == Severity::Info { "an info" } else { "a warning" };
        let note = format!("denied by {}: {own} by itself", asker.word());
        let _ = writeln!(out, "  {}", style.paint(Ink::Quiet, note));
    }
    out
}
