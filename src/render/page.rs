//! The pages behind `cwrc explain`, for a terminal: the few marks of Markdown that they use, made readable.

use super::Style;
use super::ink::Ink;
use super::text::{pad, wrap};
use crate::diagnostic::Code;

/// Words that open a declaration or a clause.
const KEYWORDS: &[&str] = &[
    "action",
    "alive",
    "approval",
    "assure",
    "attribute",
    "bad",
    "bar",
    "ceiling",
    "cooldown",
    "counts",
    "demotes",
    "evaluate",
    "follows",
    "formerly",
    "gate",
    "given",
    "good",
    "hold",
    "import",
    "irreversible",
    "keep",
    "ladder",
    "language",
    "matches",
    "mean",
    "metric",
    "owner",
    "policy",
    "promises",
    "promote",
    "promotes",
    "read_only",
    "reentry",
    "renew",
    "requires",
    "review",
    "risk",
    "settle",
    "signal",
    "stale",
    "stop",
    "trip",
];

/// Lines of prose are not longer than this, however wide the terminal.
const MEASURE: usize = 92;

/// The page of one code.
#[must_use]
pub fn page(code: Code, style: Style) -> String {
    let mut out = String::new();
    let mut prose = String::new();
    let mut lines = code.page().lines();
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            out += &paragraph(&mut prose, style);
            let block = lines.by_ref().take_while(|line| !line.starts_with("```"));
            out += &self::block(fence, block, style);
        } else if let Some(title) = line.strip_prefix("# ") {
            out += &heading(code, title, style);
        } else if line.trim().is_empty() {
            out += &paragraph(&mut prose, style);
        } else if let Some(item) = line.strip_prefix("- ") {
            out += &paragraph(&mut prose, style);
            prose = format!("- {item}");
        } else {
            prose.push(' ');
            prose.push_str(line.trim());
        }
    }
    out += &paragraph(&mut prose, style);
    out.trim_end_matches('\n').to_owned() + "\n"
}

/// All codes, one line each.
#[must_use]
pub fn list(style: Style) -> String {
    let names = Code::ALL.iter().map(|code| code.name().len()).max().unwrap_or(0);
    let mut out = String::new();
    for code in Code::ALL {
        let severity = code.severity();
        let first = format!(
            "{}  {}  {}  ",
            style.paint(Ink::Strong, code.number()),
            style.paint(Ink::of(severity), pad(severity.word(), 7)),
            pad(code.name(), names),
        );
        let rest = " ".repeat(18 + names + 2 - 1);
        out += &wrap(code.title(), &first, &rest, style.width);
    }
    out + &format!("\n{}\n", style.paint(Ink::Quiet, "cwrc explain CODE shows the page of one"))
}

/// `error[CWR204] no-hold` and the title below it.
fn heading(code: Code, title: &str, style: Style) -> String {
    let severity = code.severity();
    let head = style.shout(Ink::of(severity), format!("{}[{}]", severity.word(), code.number()));
    let title = title.split_once(": ").map_or(title, |(_, title)| title);
    format!("{head} {}\n{title}\n\n", style.paint(Ink::Strong, code.name()))
}

/// The prose that has been gathered, and a blank line.
fn paragraph(prose: &mut String, style: Style) -> String {
    let text = std::mem::take(prose);
    if text.trim().is_empty() {
        return String::new();
    }
    let (first, text) = match text.strip_prefix("- ") {
        Some(item) => (style.pick("  • ", "  * "), item),
        None => ("", text.as_str()),
    };
    let rest = " ".repeat(first.chars().count());
    wrap(&inline(text, style), first, &rest, style.width.min(MEASURE)) + "\n"
}

/// Words in backticks stand out where there are colours, and keep their backticks where there are none.
fn inline(text: &str, style: Style) -> String {
    if !style.colour {
        return text.to_owned();
    }
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { style.paint(Ink::Info, part) } else { part.to_owned() }).collect()
}

/// A fenced block: what it is, and its lines indented.
fn block<'a>(fence: &str, lines: impl Iterator<Item = &'a str>, style: Style) -> String {
    let mut out = match fence.split_whitespace().nth(1) {
        Some("history") => "With this history:\n\n".to_owned(),
        Some("bad") => format!("{} gives it:\n\n", style.shout(Ink::Bad, "This")),
        Some("good") => format!("{} does not:\n\n", style.shout(Ink::Good, "This")),
        _ => String::new(),
    };
    for line in lines {
        let code = if fence.starts_with("cwr") { highlighted(line, style) } else { line.to_owned() };
        out += format!("    {code}").trim_end();
        out.push('\n');
    }
    out + "\n"
}

/// Keywords, strings and comments of one line of a policy.
fn highlighted(line: &str, style: Style) -> String {
    let body = line.trim_start();
    let mut out = line[..line.len() - body.len()].to_owned();
    let word_end = body.find(|sign: char| !(sign.is_alphanumeric() || sign == '_')).unwrap_or(body.len());
    let (word, mut rest) = body.split_at(word_end);
    out += &if KEYWORDS.contains(&word) { style.paint(Ink::Info, word) } else { word.to_owned() };
    while let Some(at) = rest.find(['"', '#']) {
        let (plain, special) = rest.split_at(at);
        out += plain;
        let end = match special[1..].find('"') {
            Some(end) if special.starts_with('"') => end + 2,
            _ => special.len(),
        };
        let ink = if special.starts_with('#') { Ink::Quiet } else { Ink::Good };
        out += &style.paint(ink, &special[..end]);
        rest = &special[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_fits() {
        for code in Code::ALL {
            let told = page(*code, Style { width: 100, ..Style::PLAIN });
            assert!(told.starts_with(&format!("{}[{}] ", code.severity().word(), code.number())));
            assert!(!told.contains("```") && !told.contains('\u{1b}') && !told.contains("\n\n\n"), "{told}");
        }
    }

    #[test]
    fn the_list_has_every_code_on_a_line() {
        let told = list(Style { width: 200, ..Style::PLAIN });
        assert_eq!(told.lines().count(), Code::ALL.len() + 2);
        assert!(told.starts_with("CWR001  error    syntax-error"));
    }

    #[test]
    fn keywords_strings_and_comments_stand_out() {
        let style = Style { colour: true, ..Style::PLAIN };
        let told = highlighted("  owner \"a # b\" x # c \"d\"", style);
        assert_eq!(told, "  \u{1b}[36mowner\u{1b}[0m \u{1b}[32m\"a # b\"\u{1b}[0m x \u{1b}[2m# c \"d\"\u{1b}[0m");
        assert_eq!(highlighted("}", style), "}");
    }
}
