//! The places of a finding in their texts, drawn by miette; no other file knows miette.
//!
//! Hidden characters of the texts are written out, so that nothing on the screen is other than it looks; lines and
//! columns are those of the text as it is. Miette is handed only the lines that it shows: a long file costs nothing.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::render::Style;
use crate::render::text::{clean, is_hidden, wrap, written_out};
use crate::source::{FileId, SourceFile, Sources, Span};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;

/// Lines that a place may cover before only its first is shown.
const MOST_LINES: usize = 4;
/// Lines between two places that are drawn as one piece of text.
const NEAR: usize = 4;
/// Bytes of a line beyond which it is not shown, only named.
const LONGEST_LINE: usize = 400;

/// What is drawn of one piece of text: the message (of the first), and the places in it.
#[derive(Debug)]
pub(super) struct Sheet {
    message: String,
    severity: Severity,
    text: Shown,
    /// Sorted by position; the first of all sheets has the primary one.
    labels: Vec<LabeledSpan>,
    /// Places in lines that are too long to be shown.
    named: Vec<String>,
}

/// The primary label with those near it, then the others by text, those near each other together.
pub(super) fn sheets(diagnostic: &Diagnostic, sources: &Sources, style: Style) -> Vec<Sheet> {
    let home = diagnostic.at.span.file;
    let line = |label: &Label| sources.position(label.span).0;
    let at = line(&diagnostic.at);
    let is_near = |label: &&Label| label.span.file == home && line(label).abs_diff(at) <= NEAR;
    let (near, mut far): (Vec<&Label>, Vec<&Label>) = diagnostic.also.iter().partition(is_near);
    // The text of the primary label comes before the others.
    far.sort_by_key(|label| (label.span.file != home, label.span.file, label.span.start));
    let mut groups = vec![near];
    groups[0].insert(0, &diagnostic.at);
    groups.extend(far.chunk_by(|one, next| is_together(one, next, sources)).map(<[&Label]>::to_vec));
    let sheet = |(at, labels): (usize, Vec<&Label>)| {
        let message = if at == 0 { clean(&diagnostic.message) } else { String::new() };
        let mut sheet = Sheet::new(message, diagnostic.severity(), &labels, sources, style);
        for (nth, label) in labels.into_iter().enumerate() {
            sheet.add(at == 0 && nth == 0, label, sources, style);
        }
        sheet.labels.sort_by_key(|label| (label.offset(), label.len()));
        sheet
    };
    groups.into_iter().enumerate().map(sheet).collect()
}

fn is_together(one: &Label, next: &Label, sources: &Sources) -> bool {
    let line = |label: &Label| sources.position(label.span).0;
    one.span.file == next.span.file && line(next).abs_diff(line(one)) <= NEAR
}

/// The lines of a place that are shown, from 1.
fn lines_of(span: Span, file: &SourceFile) -> RangeInclusive<usize> {
    let first = file.lines.line(span.start as usize);
    let last = file.lines.line(span.end.max(span.start) as usize);
    first..=last.min(first + MOST_LINES)
}

fn is_too_long(line: &str) -> bool {
    line.len() > LONGEST_LINE || clean(line.trim_end()).len() > LONGEST_LINE
}

impl Sheet {
    fn new(message: String, severity: Severity, labels: &[&Label], sources: &Sources, style: Style) -> Self {
        let file = sources.get(labels.first().map_or(FileId(0), |label| label.span.file));
        let lines = || labels.iter().map(|label| lines_of(label.span, file));
        let first = lines().map(|lines| *lines.start()).min().unwrap_or(1);
        let last = lines().map(|lines| *lines.end()).max().unwrap_or(1);
        let text = Shown::new(file, first.saturating_sub(1).max(1)..=last + 1, style);
        Self { message, severity, text, labels: Vec::new(), named: Vec::new() }
    }

    fn add(&mut self, primary: bool, label: &Label, sources: &Sources, style: Style) {
        let place = clean(&sources.place(label.span));
        let file = sources.get(label.span.file);
        let line = file.lines.range(&file.text, file.lines.line(label.span.start as usize));
        if is_too_long(&file.text[line]) {
            let colon = if label.text.is_empty() { "" } else { ": " };
            self.named.push(format!("at {place}{colon}{}", clean(&label.text)));
            return;
        }
        let (start, end) = self.text.range(label.span);
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

    /// The message, and below it the text with its places.
    pub(super) fn draw(&self, style: Style) -> String {
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

/// Some lines of a text as they are shown: hidden characters written out, a line that is too long left out, and a
/// line break at the end.
#[derive(Debug)]
struct Shown {
    text: String,
    /// Lines of the original before these.
    lines_before: usize,
    /// An offset of the original and the one here that it becomes, wherever the distance changes.
    anchors: Vec<(usize, usize)>,
    /// `path:line:column` in the original, by offset here.
    places: BTreeMap<usize, String>,
}

impl Shown {
    fn new(file: &SourceFile, lines: RangeInclusive<usize>, style: Style) -> Self {
        let lines_before = lines.start() - 1;
        let mut shown = Self { text: String::new(), lines_before, anchors: Vec::new(), places: BTreeMap::new() };
        for line in lines {
            let range = file.lines.range(&file.text, line);
            shown.anchors.push((range.start, shown.text.len()));
            let line = &file.text[range.clone()];
            if is_too_long(line) {
                shown.text += style.pick("…\n", "...\n");
            } else {
                shown.push(range.start, line);
            }
        }
        if !shown.text.ends_with('\n') {
            shown.text.push('\n');
        }
        shown
    }

    /// Adds a line that starts at that offset of the original.
    fn push(&mut self, start: usize, line: &str) {
        let mut signs = line.char_indices().peekable();
        while let Some((at, sign)) = signs.next() {
            let ends_line = sign == '\r' && signs.peek().is_some_and(|(_, next)| *next == '\n');
            if is_hidden(sign) && !matches!(sign, '\n' | '\t') && !ends_line {
                self.text += &written_out(sign);
                self.anchors.push((start + at + sign.len_utf8(), self.text.len()));
            } else {
                self.text.push(sign);
            }
        }
    }

    fn offset(&self, original: usize) -> usize {
        let known = self.anchors.partition_point(|(there, _)| *there <= original);
        let (there, here) = known.checked_sub(1).map_or((original, 0), |last| self.anchors[last]);
        let next = self.anchors.get(known).map_or(usize::MAX, |(_, here)| *here);
        let mut offset = (here + (original - there)).min(next).min(self.text.len() - 1);
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
        let first_line = self.lines_before + head.matches('\n').count();
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
