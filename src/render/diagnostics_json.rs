//! Diagnostics for programs: one JSON document, versioned; lines and columns from 1, columns in characters, offsets in
//! bytes. What two policies say of the same place of a shared file is said once.

use super::{Findings, Undecided};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{Sources, Span, lines};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'static str,
    diagnostics: Vec<Entry<'a>>,
    undecided: Vec<Open<'a>>,
    summary: Summary,
}

/// An assurance that is neither proved nor refuted.
#[derive(Serialize, PartialEq)]
struct Open<'a> {
    message: &'a str,
    why: &'a str,
    #[serde(flatten)]
    at: Place<'a>,
}

#[derive(Serialize, PartialEq)]
struct Entry<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    at: Place<'a>,
    also: Vec<Place<'a>>,
    help: Option<&'a str>,
}

#[derive(Serialize, PartialEq)]
struct Place<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: u32,
    end: u32,
    label: Option<&'a str>,
}

#[derive(Serialize, Default)]
struct Summary {
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// The JSON of all findings, in the order given.
#[must_use]
pub fn json(findings: &[Findings]) -> String {
    let mut diagnostics: Vec<Entry> = Vec::new();
    let mut undecided: Vec<Open> = Vec::new();
    for findings in findings {
        for diagnostic in findings.diagnostics {
            let entry = entry(diagnostic, findings.sources);
            if !diagnostics.contains(&entry) {
                diagnostics.push(entry);
            }
        }
        undecided.extend(findings.undecided.iter().map(|it| open(it, findings.sources)));
    }
    let count = |severity: Severity| diagnostics.iter().filter(|it| it.severity == severity.word()).count();
    let summary =
        Summary { errors: count(Severity::Error), warnings: count(Severity::Warning), infos: count(Severity::Info) };
    let document = Document { cwrc: "1", diagnostics, undecided, summary };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Entry<'a> {
    Entry {
        code: diagnostic.code.number(),
        name: diagnostic.code.name(),
        severity: diagnostic.severity().word(),
        message: &diagnostic.message,
        at: place(&diagnostic.at, sources),
        also: diagnostic.also.iter().map(|label| place(label, sources)).collect(),
        help: diagnostic.help.as_deref(),
    }
}

fn open<'a>(it: &'a Undecided, sources: &'a Sources) -> Open<'a> {
    Open { message: &it.what, why: &it.why, at: span(it.at, sources) }
}

fn place<'a>(label: &'a Label, sources: &'a Sources) -> Place<'a> {
    Place { label: (!label.text.is_empty()).then_some(label.text.as_str()), ..span(label.span, sources) }
}

fn span(span: Span, sources: &Sources) -> Place<'_> {
    let Span { file, start, end } = span;
    let file = sources.get(file);
    let (line, column) = lines::position(&file.text, start as usize);
    let (end_line, end_column) = lines::position(&file.text, end as usize);
    Place { path: &file.path, line, column, end_line, end_column, start, end, label: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn places_are_exact_and_repetitions_dropped() {
        let mut sources = Sources::default();
        let file = sources.add("a.cwr", "é bad\nx");
        let diagnostic = Diagnostic::new(Code::NoHold, Span { file, start: 3, end: 6 }, "no hold")
            .also(Span { file, start: 7, end: 8 }, "here")
            .help("write one");
        let of_one_root =
            Findings { sources: &sources, diagnostics: std::slice::from_ref(&diagnostic), undecided: &[] };
        let told: serde_json::Value = serde_json::from_str(&json(&[of_one_root, of_one_root])).expect("JSON");
        let also = serde_json::json!({
            "path": "a.cwr", "line": 2, "column": 1, "end_line": 2, "end_column": 2, "start": 7, "end": 8, "label": "here",
        });
        let only = serde_json::json!({
            "code": "CWR204", "name": "no-hold", "severity": "error", "message": "no hold",
            "path": "a.cwr", "line": 1, "column": 3, "end_line": 1, "end_column": 6, "start": 3, "end": 6, "label": null,
            "also": [also], "help": "write one",
        });
        let summary = serde_json::json!({"errors": 1, "warnings": 0, "infos": 0});
        assert_eq!(told, serde_json::json!({"cwrc": "1", "diagnostics": [only], "undecided": [], "summary": summary}));
        assert!(json(&[]).ends_with("}\n"));
    }
}
