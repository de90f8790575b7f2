//! Changing a plain value where it stands, so that comments and layout stay as they are.

use super::{MARK, Way, locate};
use std::ops::Range;

/// The text with some plain values written anew. One that cannot be found as it was is `None`.
pub(crate) fn rewritten(text: &str, edits: &[(Way, String)]) -> Option<String> {
    let mut places: Vec<(Range<usize>, &str)> = Vec::new();
    for (way, new) in edits {
        places.push((place(text, way)?, new));
    }
    places.sort_by_key(|(range, _)| range.start);
    places.dedup();
    let mut out = text.to_owned();
    for (range, new) in places.into_iter().rev() {
        let written = in_form(&text[range.clone()], new);
        out.replace_range(range, &written);
    }
    Some(out)
}

/// Where a plain value or a key stands, with its quotes.
fn place(text: &str, way: &Way) -> Option<Range<usize>> {
    let mark = text.len() - text.strip_prefix(MARK).unwrap_or(text).len();
    let (line, column) = locate(&text[mark..], &way.0);
    let before: usize = text[mark..].split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = &text[mark + before..];
    let start = mark + before + rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at);
    let length = length(text[start..].lines().next()?)?;
    (length > 0).then_some(start..start + length)
}

/// How long the plain value is that a line starts with.
fn length(line: &str) -> Option<usize> {
    let quote = line.chars().next()?;
    if matches!(quote, '"' | '\'') {
        // Names, numbers and paths of clauses hold no quotes.
        return line[1..].find(quote).map(|end| end + 2);
    }
    let ends = [",", "}", "]", ": ", " #"].iter().filter_map(|end| line.find(end)).min();
    Some(line[..ends.unwrap_or(line.len())].trim_end().len())
}

/// A new value in the quotes of the old, or in those it needs.
fn in_form(old: &str, new: &str) -> String {
    match old.chars().next().filter(|sign| matches!(sign, '"' | '\'')) {
        Some(quote) => format!("{quote}{new}{quote}"),
        None if new.contains(['[', ']']) => format!("\"{new}\""),
        None => new.to_owned(),
    }
}
