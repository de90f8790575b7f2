//! What changes between two texts, as a unified diff.

use super::Style;
use super::ink::Ink;
use similar::TextDiff;

/// The diff of a file, as `patch` reads it; nothing if the texts are the same.
#[must_use]
pub fn unified(path: &str, old: &str, new: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(old, new).unified_diff().header(path, path).to_string();
    diff.split_inclusive('\n').map(|line| painted(line, style)).collect()
}

/// Two texts as one: what only the first has behind `-`, what only the second has behind `+`.
#[must_use]
pub fn whole(old: &str, new: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(old, new);
    let lines = diff.iter_all_changes().map(|change| painted(&format!("{}{change}", change.tag()), style));
    lines.collect()
}

fn painted(line: &str, style: Style) -> String {
    let (text, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
    let ink = match text.chars().next() {
        _ if text.starts_with("--- ") || text.starts_with("+++ ") => Ink::Strong,
        Some('+') => Ink::Good,
        Some('-') => Ink::Bad,
        Some('@') => Ink::Info,
        _ => return line.to_owned(),
    };
    style.paint(ink, text) + end
}
