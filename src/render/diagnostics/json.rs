//! Diagnostics for programs: one JSON document, versioned; lines and columns from 1, columns in characters, offsets in
//! bytes.

use super::{Found, Open, Place, Report, document};
use crate::analysis::Analysis;
use crate::diagnostic::{Fix, Label, Severity};
use crate::source::Span;
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'static str,
    diagnostics: Vec<Entry<'a>>,
    undecided: Vec<Promise<'a>>,
    summary: Summary,
}

/// An assurance that is neither proved nor refuted.
#[derive(Serialize)]
struct Promise<'a> {
    message: &'a str,
    why: &'a str,
    #[serde(flatten)]
    at: Spot<'a>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    at: Spot<'a>,
    also: Vec<Spot<'a>>,
    help: Option<&'a str>,
    fix: Option<Change<'a>>,
}

/// What corrects a finding, where one answer is safe.
#[derive(Serialize)]
struct Change<'a> {
    what: &'a str,
    edits: [Edit<'a>; 1],
}

/// A place, and what is to stand there.
#[derive(Serialize)]
struct Edit<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize)]
struct Spot<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
    label: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// The JSON of all findings.
pub(super) fn render(report: &Report) -> String {
    let summary = Summary {
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        infos: report.count(Severity::Info),
    };
    let diagnostics = report.found.iter().map(entry).collect();
    let undecided = report.open.iter().map(promise).collect();
    document(&Document { cwrc: "1", diagnostics, undecided, summary })
}

fn entry<'a>(found: &Found<'a>) -> Entry<'a> {
    let (it, of) = (found.diagnostic, found.of);
    Entry {
        code: it.code.number(),
        name: it.code.name(),
        severity: found.severity().word(),
        message: &it.message,
        at: label(&it.at, of),
        also: it.also.iter().map(|also| label(also, of)).collect(),
        help: it.help.as_deref(),
        fix: it.fix.as_ref().map(|fix| change(fix, of)),
    }
}

fn change<'a>(fix: &'a Fix, of: &'a Analysis) -> Change<'a> {
    let path = of.sources.get(fix.at.file).path.as_str();
    Change { what: &fix.what, edits: [Edit { path, start: fix.at.start, end: fix.at.end, text: &fix.text }] }
}

fn promise<'a>(open: &Open<'a>) -> Promise<'a> {
    let it = open.undecided;
    Promise { message: &it.what, why: &it.why, at: spot(it.at, open.of) }
}

fn label<'a>(label: &'a Label, of: &'a Analysis) -> Spot<'a> {
    Spot { label: (!label.text.is_empty()).then_some(label.text.as_str()), ..spot(label.span, of) }
}

fn spot(span: Span, of: &Analysis) -> Spot<'_> {
    let Place { path, line, column, end_line, end_column } = Place::of(span, &of.sources);
    Spot { path, line, column, end_line, end_column, start: span.start, end: span.end, label: None }
}
