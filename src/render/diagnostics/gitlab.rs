//! GitLab's Code Quality report: one JSON array.

use super::{Place, Report, document, fingerprint};
use crate::diagnostic::Severity;
use crate::render::text::clean;
use serde::Serialize;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The report.
pub(super) fn render(report: &Report) -> String {
    let (found, open) = fingerprint::all(report);
    let mut issues: Vec<Issue> = Vec::new();
    for (it, fingerprint) in report.found.iter().zip(found) {
        let help = it.diagnostic.help.as_ref().map_or_else(String::new, |help| format!("; help: {help}"));
        issues.push(Issue {
            description: clean(&format!("{}{help}", it.diagnostic.message)),
            check_name: it.diagnostic.code.number(),
            fingerprint,
            severity: severity(it.severity()),
            location: location(it.at),
        });
    }
    for (it, fingerprint) in report.open.iter().zip(open) {
        issues.push(Issue {
            description: clean(&format!("not decided: {}: {}", it.undecided.what, it.undecided.why)),
            check_name: "undecided",
            fingerprint,
            severity: "info",
            location: location(it.at),
        });
    }
    document(&issues)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}

fn location(at: Place<'_>) -> Location<'_> {
    Location { path: at.path, lines: Lines { begin: at.line, end: at.end_line } }
}
