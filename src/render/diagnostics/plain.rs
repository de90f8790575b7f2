//! One finding a line, for grep and problem matchers: `path:line:column: severity[CODE] message; help: …`.

use super::{Place, Report};
use crate::render::text::clean;

/// The lines; nothing where nothing was found.
pub(super) fn render(report: &Report) -> String {
    let mut lines: Vec<(Place, String)> = Vec::new();
    for found in &report.found {
        let (it, severity) = (found.diagnostic, found.severity().word());
        let help = it.help.as_ref().map_or_else(String::new, |help| format!("; help: {help}"));
        let text = format!("{severity}[{}] {}{help}", it.code.number(), it.message);
        lines.push((found.at, line(found.at, &text)));
    }
    for open in &report.open {
        let text = format!("undecided: {}: {}", open.undecided.what, open.undecided.why);
        lines.push((open.at, line(open.at, &text)));
    }
    lines.sort_by_key(|(at, _)| *at);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn line(at: Place, text: &str) -> String {
    format!("{}:{}:{}: {}\n", path(at.path), at.line, at.column, clean(text))
}

/// A path that is no command to a GitHub workflow, which reads every line.
pub(super) fn path(path: &str) -> String {
    let start = if path.starts_with([':', '#']) { "./" } else { "" };
    format!("{start}{}", clean(path))
}
