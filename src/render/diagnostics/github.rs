//! GitHub's workflow commands: `::error file=…,line=…::message`. A step shows so many annotations only, so the errors
//! come first. Every line starts with our own words, so that nothing in a policy can be a command.

use super::{Place, Report};
use crate::diagnostic::Severity;
use crate::render::text::clean;

/// The annotations.
pub(super) fn render(report: &Report) -> String {
    let mut all: Vec<(Severity, String)> = Vec::new();
    for found in &report.found {
        let (it, severity) = (found.diagnostic, found.severity());
        let title = format!("{} {}", it.code.number(), it.code.name());
        let help = it.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {}", clean(help)));
        all.push((severity, annotation(word(severity), found.at, &title, &format!("{}{help}", clean(&it.message)))));
    }
    for open in &report.open {
        let message = clean(&format!("{}: {}", open.undecided.what, open.undecided.why));
        all.push((Severity::Info, annotation("notice", open.at, "undecided", &message)));
    }
    all.sort_by_key(|(severity, _)| *severity);
    all.into_iter().map(|(_, line)| line).collect()
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn annotation(word: &str, at: Place, title: &str, message: &str) -> String {
    let Place { path, line, column, end_line, end_column } = at;
    // Columns say something only where they are of one line.
    let columns = if line == end_line { format!(",col={column},endColumn={end_column}") } else { String::new() };
    let file = property(&clean(path));
    format!(
        "::{word} file={file},line={line},endLine={end_line}{columns},title={}::{}\n",
        property(title),
        data(message)
    )
}

/// The message: what would end it.
pub(in crate::render) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value: also what would end that.
pub(in crate::render) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
