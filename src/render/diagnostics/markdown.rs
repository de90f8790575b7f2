//! A comment for a pull request: the summary, then the findings of each file, folded. What comes from a policy stands
//! as code wherever it could mean something: no markup, no link, no mention of anybody.

use super::human::{counted, summary};
use super::{Found, Open, Place, Report};
use crate::render::text::{GLUE, clean, plural};
use std::fmt::Write as _;

/// By which whoever writes the comment finds it again, to write it anew instead of adding another.
const MARKER: &str = "<!-- cwrc check -->";
/// Bytes beyond which no more findings are told: a comment has at most 65,536 characters.
const LONGEST: usize = 60_000;

/// The comment.
pub(super) fn render(report: &Report) -> String {
    let told = summary(report);
    let files = plural(report.paths().len() as u64, "file").replace(GLUE, " ");
    if told.is_empty() {
        return format!("{MARKER}\n### cwrc check: fine\n\nNothing to say of {files}.\n");
    }
    let mut out = format!("{MARKER}\n### cwrc check: {told}\n\nAfter reading {files}.\n");
    let mut left = 0;
    for path in report.paths() {
        let found: Vec<&Found> = report.found.iter().filter(|it| it.at.path == path).collect();
        let open: Vec<&Open> = report.open.iter().filter(|it| it.at.path == path).collect();
        if !found.is_empty() || !open.is_empty() {
            left += section(&mut out, path, &found, &open);
        }
    }
    if left > 0 {
        let findings = plural(left, "finding").replace(GLUE, " ");
        let _ = write!(out, "\n{findings} more: `cwrc check` tells all.\n");
    }
    out
}

/// The findings of one file; says how many there was no room for.
fn section(out: &mut String, path: &str, found: &[&Found], open: &[&Open]) -> u64 {
    let told = counted(found.iter().map(|it| it.severity()), open.len());
    let items = found.iter().map(|it| item(it)).chain(open.iter().map(|it| promise(it)));
    let (mut list, mut left) = (String::new(), 0);
    for item in items {
        if out.len() + list.len() + item.len() > LONGEST {
            left += 1;
        } else {
            list += &item;
        }
    }
    if !list.is_empty() {
        let path = html(path);
        let _ = write!(out, "\n<details>\n<summary><code>{path}</code>: {told}</summary>\n\n{list}\n</details>\n");
    }
    left
}

fn item(found: &Found) -> String {
    let (it, code) = (found.diagnostic, found.diagnostic.code);
    let mut out = format!(
        "- **{}** `{}` {}, {}: {}\n",
        found.severity().word(),
        code.number(),
        code.name(),
        place(found.at),
        prose(&it.message)
    );
    if let Some(help) = &it.help {
        let _ = writeln!(out, "  - help: {}", prose(help));
    }
    for label in &it.also {
        let at = Place::of(label.span, &found.of.sources);
        let file = if at.path == found.at.path { String::new() } else { format!("{}, ", code_span(&clean(at.path))) };
        let _ = writeln!(out, "  - {file}{}: {}", place(at), prose(&label.text));
    }
    out
}

fn promise(open: &Open) -> String {
    let (what, why) = (prose(&open.undecided.what), prose(&open.undecided.why));
    format!("- **not decided**, {}: {what}: {why}\n", place(open.at))
}

fn place(at: Place) -> String {
    format!("line {}, column {}", at.line, at.column)
}

/// A message: its words in backticks stay code, and so become all words with a sign that could mean something.
pub(in crate::render) fn prose(text: &str) -> String {
    let text = clean(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return code_span(&text);
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => part.split(' ').map(word).collect::<Vec<String>>().join(" "),
        _ => code_span(part),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A word as it is, if none of its signs could mean anything, else as code.
fn word(word: &str) -> String {
    let plain = |sign: char| sign.is_alphanumeric() || ",.;:?'\"()-/%=".contains(sign);
    let is_reference = word.contains("://") || word.contains("www.") || word.starts_with('%');
    if word.chars().all(plain) && !is_reference { word.to_owned() } else { code_span(word) }
}

/// Text as code, between more backticks than stand in a row in it.
pub(in crate::render) fn code_span(text: &str) -> String {
    if text.is_empty() {
        return "` `".to_owned();
    }
    let longest = text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Text in an element.
pub(in crate::render) fn html(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn nothing_is_markup_or_a_mention() {
        for (text, told) in [
            ("unknown signal `fixd`", "unknown signal `fixd`"),
            ("ask @team, or see #12", "ask `@team,` or see `#12`"),
            ("a <b>b</b> *c* [d](e) _f_", "a `<b>b</b>` `*c*` `[d](e)` `_f_`"),
            ("see https://example.com or www.example.com", "see `https://example.com` or `www.example.com`"),
            ("needs 90% (as before), %12", "needs 90% (as before), `%12`"),
            ("`@x` and `[d](e)`", "`@x` and `[d](e)`"),
            ("odd ` @x", "``odd ` @x``"),
            ("\u{202e}x", "`\\u{202E}x`"),
        ] {
            assert_eq!(prose(text), told);
        }
    }
}
