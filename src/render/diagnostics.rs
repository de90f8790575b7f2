//! Diagnostics for people, drawn by miette; no other file knows miette.
//!
//! Of each finding: `severity[CODE] name`, the fact, the places in their texts (those of other files below the
//! first), what to write, and once per code where its page is. Hidden characters of the texts are written out, so
//! that nothing on the screen is other than it looks; lines and columns are those of the text as it is.

use super::Style;
use super::ink::Ink;
use super::text::{GLUE, clean, is_hidden, list, plural, wrap, written_out};
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::model::Policy;
use crate::source::{FileId, Sources, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::rc::Rc;

/// Lines that a place may cover before only its first is shown.
const MOST_LINES: usize = 4;
/// Lines between two places that are drawn as one piece of text.
const NEAR: usize = 4;
/// Bytes of a line beyond which it is not shown, only named.
const LONGEST_LINE: usize = 400;

/// All findings, each with a blank line behind it.
#[must_use]
pub fn human(diagnostics: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let mut out = String::new();
    let mut explained: BTreeSet<Code> = BTreeSet::new();
    let mut texts = Texts { sources, shown: BTreeMap::new() };
    for diagnostic in diagnostics {
        out += &one(diagnostic, &mut texts, style);
        if explained.insert(diagnostic.code) {
            let page = format!("explain: cwrc explain {}", diagnostic.code.number());
            let _ = writeln!(out, "  {}", style.paint(Ink::Quiet, page));
        }
        out.push('\n');
    }
    out
}

/// One line for a policy: `policies/support.cwr: 3 errors and 1 warning`, or that all is well with what is in it.
#[must_use]
pub fn verdict(path: &str, policy: Option<&Policy>, diagnostics: &[Diagnostic], style: Style) -> String {
    let of = |severity| diagnostics.iter().filter(|it| it.severity() == severity).count();
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "remark")];
    let told = kinds.into_iter().filter(|(severity, _)| of(*severity) > 0);
    let told: Vec<String> = told
        .map(|(severity, noun)| style.shout(Ink::of(severity), plural(of(severity) as u64, noun).replace(GLUE, " ")))
        .collect();
    let path = clean(path);
    if !told.is_empty() {
        return format!("{path}: {}\n", list(&told, "and"));
    }
    let what = match policy {
        None => "a library".to_owned(),
        Some(policy) => {
            format!("policy {}, {}", policy.name, plural(policy.actions.len() as u64, "action type").replace(GLUE, " "))
        }
    };
    format!("{path}: {}, {what}\n", style.shout(Ink::Good, "fine"))
}

/// The texts, each made fit to be shown once.
struct Texts<'a> {
    sources: &'a Sources,
    shown: BTreeMap<FileId, Shown>,
}

impl Texts<'_> {
    fn shown(&mut self, file: FileId) -> Shown {
        self.shown.entry(file).or_insert_with(|| Shown::new(&self.sources.get(file).text)).clone()
    }
}

fn one(diagnostic: &Diagnostic, texts: &mut Texts, style: Style) -> String {
    let (code, severity) = (diagnostic.code, diagnostic.severity());
    let head = format!("{}[{}]", severity.word(), code.number());
    let mut out = format!("{} {}\n", style.shout(Ink::of(severity), head), style.paint(Ink::Strong, code.name()));
    for (at, sheet) in sheets(diagnostic, texts, style).into_iter().enumerate() {
        let drawn = sheet.draw(style);
        // Below the first text there is no message, only the places.
        out += if at == 0 { &drawn } else { drawn.split_once('\n').map_or("", |(_, places)| places) };
    }
    if let Some(help) = &diagnostic.help {
        let first = format!("  {} ", style.paint(Ink::Info, "help:"));
        out += &wrap(&clean(help), &first, "        ", style.width);
    }
    out
}

/// What is drawn of one text: the message (of the first), and the places in it.
#[derive(Debug)]
struct Sheet {
    message: String,
    severity: Severity,
    text: Shown,
    /// Sorted by position; the first of all sheets has the primary one.
    labels: Vec<LabeledSpan>,
    /// Places in lines that are too long to be shown.
    named: Vec<String>,
}

/// The primary label with those near it, then the others by text, each group a sheet.
fn sheets(diagnostic: &Diagnostic, texts: &mut Texts, style: Style) -> Vec<Sheet> {
    let sources = texts.sources;
    let home = diagnostic.at.span;
    let line = |label: &Label| sources.position(label.span).0;
    let is_near = |label: &&Label| label.span.file == home.file && line(label).abs_diff(line(&diagnostic.at)) <= NEAR;
    let (near, far): (Vec<&Label>, Vec<&Label>) = diagnostic.also.iter().partition(is_near);
    let mut groups = vec![(home.file, Vec::from([&diagnostic.at]))];
    groups[0].1.extend(near);
    let mut by_file: BTreeMap<FileId, Vec<&Label>> = BTreeMap::new();
    for label in far {
        by_file.entry(label.span.file).or_default().push(label);
    }
    // The text of the primary label comes before the others.
    let others = by_file.remove(&home.file).map(|labels| (home.file, labels));
    groups.extend(others.into_iter().chain(by_file));
    let sheet = |(at, (file, labels)): (usize, (FileId, Vec<&Label>))| {
        let message = if at == 0 { clean(&diagnostic.message) } else { String::new() };
        let mut sheet = Sheet::new(message, diagnostic.severity(), texts.shown(file));
        for (nth, label) in labels.into_iter().enumerate() {
            sheet.add(at == 0 && nth == 0, label, sources, style);
        }
        sheet.labels.sort_by_key(|label| (label.offset(), label.len()));
        sheet
    };
    groups.into_iter().enumerate().map(sheet).collect()
}

impl Sheet {
    fn new(message: String, severity: Severity, text: Shown) -> Self {
        Self { message, severity, text, labels: Vec::new(), named: Vec::new() }
    }

    fn add(&mut self, primary: bool, label: &Label, sources: &Sources, style: Style) {
        let place = clean(&sources.place(label.span));
        let (start, end) = self.text.range(label.span);
        if self.text.line(start).len() > LONGEST_LINE {
            let colon = if label.text.is_empty() { "" } else { ": " };
            self.named.push(format!("at {place}{colon}{}", clean(&label.text)));
            return;
        }
        self.text.places.insert(start, place);
        let told = (!label.text.is_empty()).then(|| self.narrow(&clean(&label.text), start, end, style));
        let place = (start, end - start);
        self.labels.push(if primary {
            LabeledSpan::new_primary_with_span(told, place)
        } else {
            LabeledSpan::new_with_span(told, place)
        });
    }

    /// Breaks a label where it would leave the screen.
    fn narrow(&self, label: &str, start: usize, end: usize, style: Style) -> String {
        let text = &self.text.text;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let middle = text[line_start..start].chars().count() + text[start..end].chars().count() / 2;
        let room = style.width.saturating_sub(middle + 12).max(30);
        wrap(label, "", "", room).trim_end().to_owned()
    }

    fn draw(&self, style: Style) -> String {
        let mut out = String::new();
        let handler = GraphicalReportHandler::new_themed(self.theme(style))
            .with_width(style.width)
            .with_links(false)
            .with_break_words(false)
            .without_primary_span_start()
            .without_syntax_highlighting();
        // Writing to a string cannot fail; if drawing does, the message is what counts.
        if handler.render_report(&mut out, self).is_err() {
            out = format!("  {}\n", self.message);
        }
        let mut out: String = out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
        for named in &self.named {
            out += &wrap(named, "    ", "      ", style.width);
        }
        out
    }

    /// The primary place in the colour of the severity, the others in a quiet one.
    fn theme(&self, style: Style) -> GraphicalTheme {
        let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let mut styles = if style.colour { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let (main, other) = match self.severity {
            Severity::Error => (styles.error, styles.help),
            Severity::Warning => (styles.warning, styles.help),
            Severity::Info => (styles.advice, styles.linum),
        };
        if !self.labels.is_empty() {
            styles.highlights = self.labels.iter().map(|label| if label.primary() { main } else { other }).collect();
        }
        styles.link = styles.help;
        GraphicalTheme { characters, styles }
    }
}

impl fmt::Display for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Sheet {}

impl miette::Diagnostic for Sheet {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = _>>)
    }
}

/// A text as it is shown: hidden characters written out, and a line break at its end.
#[derive(Clone, Debug)]
struct Shown {
    text: Rc<str>,
    /// Behind which byte of the original how many bytes have been added in all.
    added: Rc<[(usize, usize)]>,
    /// `path:line:column` in the original, by offset here.
    places: BTreeMap<usize, String>,
}

impl Shown {
    fn new(original: &str) -> Self {
        let (mut text, mut added) = (String::new(), Vec::new());
        let mut signs = original.char_indices().peekable();
        while let Some((at, sign)) = signs.next() {
            let ends_line = sign == '\r' && signs.peek().is_some_and(|(_, next)| *next == '\n');
            if is_hidden(sign) && !matches!(sign, '\n' | '\t') && !ends_line {
                text += &written_out(sign);
                let behind = at + sign.len_utf8();
                added.push((behind, text.len() - behind));
            } else {
                text.push(sign);
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Self { text: text.into(), added: added.into(), places: BTreeMap::new() }
    }

    fn offset(&self, original: usize) -> usize {
        let known = self.added.partition_point(|(behind, _)| *behind <= original);
        let mut offset = original + known.checked_sub(1).map_or(0, |last| self.added[last].1);
        offset = offset.min(self.text.len() - 1);
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// A span here: without white space at its end, and of a long one only the first line.
    fn range(&self, span: Span) -> (usize, usize) {
        let start = self.offset(span.start as usize);
        let end = self.offset(span.end.max(span.start) as usize).max(start);
        let mut text = self.text[start..end].trim_end();
        if text.lines().count() > MOST_LINES {
            text = text.lines().next().unwrap_or(text).trim_end();
        }
        (start, start + text.len())
    }

    /// The line around an offset, without its break.
    fn line(&self, offset: usize) -> &str {
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        self.text[start..].split('\n').next().unwrap_or("")
    }
}

impl SourceCode for Shown {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), (span.offset() + span.len()).min(self.text.len()));
        let head = self.text.get(..from).ok_or(MietteError::OutOfBounds)?;
        let first_line = head.matches('\n').count();
        let starts = head.rmatch_indices('\n').map(|(at, _)| at + 1).chain([0]);
        let start = starts.take(before + 1).last().unwrap_or(0);
        let tail = self.text.get(to..).ok_or(MietteError::OutOfBounds)?;
        let end = tail.match_indices('\n').map(|(at, _)| to + at + 1).take(after + 1).last().unwrap_or(self.text.len());
        let line = first_line - self.text[start..from].matches('\n').count();
        let text = &self.text[start..end];
        let name = self.places.get(&from).cloned().unwrap_or_default();
        Ok(Box::new(MietteSpanContents::new_named(
            name,
            text.as_bytes(),
            (start, text.len()).into(),
            line,
            0,
            text.matches('\n').count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "policy p {\n  owner \"x\"\n}\n\naction reply {\n  risk low\n  stale 28d\n}\n";

    fn span(file: FileId, text: &str, part: &str) -> Span {
        let start = text.find(part).expect("the part");
        let at = |offset: usize| u32::try_from(offset).expect("small");
        Span { file, start: at(start), end: at(start + part.len()) }
    }

    fn drawn(style: Style) -> String {
        let mut sources = Sources::default();
        let root = sources.add("policies/desk.cwr", POLICY);
        let library = sources.add("policies/shared.cwr", "signal a\nsignal b\u{202e}\n");
        let near = Diagnostic::new(Code::NoStale, span(root, POLICY, "reply"), "`reply` has no `stale`")
            .label("this can leave crawl")
            .also(span(root, POLICY, "policy p"), "in this policy")
            .also(span(library, "signal a\nsignal b", "signal b"), "declared here")
            .help("write `stale 28d`");
        let again = Diagnostic::new(Code::NoStale, span(root, POLICY, "risk low"), "twice");
        let far = Diagnostic::new(Code::SyntaxError, Span { file: library, start: 9999, end: 99999 }, "unfinished");
        human(&[near, again, far], &sources, style)
    }

    #[test]
    fn shows_every_label_and_each_page_once() {
        let plain = drawn(Style::PLAIN);
        for part in [
            "error[CWR215] no-stale\n  × `reply` has no `stale`\n   ╭─[policies/desk.cwr:1:1]\n",
            "in this policy",
            "╭─[policies/desk.cwr:5:8]\n",
            "this can leave crawl",
            "╭─[policies/shared.cwr:2:1]\n 1 │ signal a\n 2 │ signal b\\u{202E}\n   · ────┬───\n",
            "declared here",
            "  help: write `stale 28d`\n  explain: cwrc explain CWR215\n\nerror[CWR215]",
            "╭─[policies/shared.cwr:3:1]\n",
        ] {
            assert!(plain.contains(part), "{part} is missing:\n{plain}");
        }
        assert_eq!(plain.matches("explain CWR215").count(), 1);
        assert!(!plain.contains('\u{1b}') && drawn(Style { unicode: false, ..Style::PLAIN }).is_ascii());
        assert!(drawn(Style { colour: true, ..Style::PLAIN }).contains('\u{1b}'));
    }

    #[test]
    fn verdicts_count() {
        let finding = |code| Diagnostic::new(code, Span { file: FileId(0), start: 0, end: 0 }, "x");
        let all = [finding(Code::NoStale), finding(Code::NoHold)];
        assert_eq!(verdict("a.cwr", None, &all, Style::PLAIN), "a.cwr: 2 errors\n");
        assert_eq!(verdict("a.cwr", None, &[], Style::PLAIN), "a.cwr: fine, a library\n");
    }

    /// A small generator: any text, any spans.
    #[test]
    fn nothing_makes_it_stumble() {
        let pieces = ["a", "\n", "\r\n", "\r", "\t", "é", "\u{202e}", "日本", " ", "}", "\u{1b}[2J", "longer words"];
        let mut seed = 1_u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).expect("fits") % below
        };
        for _ in 0..3_000 {
            let text: String = (0..next(30)).map(|_| pieces[next(pieces.len())]).collect();
            let mut sources = Sources::default();
            let files = [sources.add("a.cwr", text.as_str()), sources.add("b.cwr", "b\n")];
            let mut any = || {
                let start = u32::try_from(next(text.len() + 3)).expect("small");
                Span {
                    file: files[usize::from(next(4) == 0)],
                    start,
                    end: start + u32::try_from(next(9)).expect("small"),
                }
            };
            let diagnostic =
                Diagnostic::new(Code::SyntaxError, any(), "m").label("one").also(any(), "two").also(any(), "three");
            let told = human(&[diagnostic], &sources, Style::PLAIN);
            assert!(!told.contains(['\u{1b}', '\u{202e}', '\r']), "{told}");
            for label in ["one", "two", "three"] {
                assert!(told.contains(label), "{label} is missing of {text:?}:\n{told}");
            }
        }
    }
}
