//! A look at the text before the grammar sees it: the limits, and the characters that are never part of a policy.
//!
//! Those are reported and blanked out, so that one of them costs one report and nothing else: `hold: 14d;` is read as
//! `hold  14d `. A blank is as long as what it covers, so every offset stays true. Strings and comments are left as
//! they are, but for characters that would show something else than what is there.

use super::grammar::{Grammar, Rule};
use super::reader::Reader;
use super::words::shown;
use crate::diagnostic::{Code, Diagnostic, Fix};
use pest::Parser as _;
use std::borrow::Cow;
use std::ops::Range;

/// The longest text that is read, in bytes: enough for 30,000 action types.
pub const LONGEST: usize = 8 << 20;
/// The longest name or number, in bytes: each may be repeated in many findings.
const LONGEST_WORD: usize = 200;
/// How far to look for a unit, and what shows that it is none.
const LONGEST_UNIT: usize = 40;
/// How deep parentheses and `not`s may nest.
const DEEPEST: usize = 64;
/// The edition that this grammar is.
const EDITION: &str = "1";

/// The signs that open and close a string of the wrong kind.
const QUOTES: [char; 5] = ['\'', '‘', '“', '”', '„'];

impl<'t> Reader<'t> {
    /// The text with what is never part of a policy blanked out, or `None` where it is not to be read at all.
    pub(super) fn scan(&mut self) -> Option<Cow<'t, str>> {
        if self.text.len() > LONGEST {
            let span = self.span(0, 0);
            let message = format!("the file has {} bytes", self.text.len());
            let report = Diagnostic::new(Code::UnreadableInput, span, message);
            self.only(report.help(format!("a policy file has at most {} MiB: import parts of it", LONGEST >> 20)));
            return None;
        }
        if !self.knows_edition() {
            return None;
        }
        let mut scan = Scan { reader: self, at: 0, blanks: Vec::new(), depth: Depth::default(), no_end: false };
        let blanks = scan.run()?;
        Some(blanked(self.text, &blanks))
    }

    /// Whether the file is of this edition; reports another one.
    fn knows_edition(&mut self) -> bool {
        let start = if self.text.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        let Ok(mut found) = Grammar::parse(Rule::preamble, &self.text[start..]) else {
            return true;
        };
        let Some(number) = found.find_map(|pair| pair.into_inner().flatten().find(|it| it.as_rule() == Rule::lump))
        else {
            return true;
        };
        let said = number.as_str();
        let span = self.span(start + number.as_span().start(), start + number.as_span().end());
        if said == EDITION {
            return true;
        }
        let message = format!("`{}` is not an edition of the language", shown(said));
        let report = Diagnostic::new(Code::UnknownEdition, span, message);
        self.only(report.help(format!("write `language {EDITION}`, or use a newer cwrc")));
        false
    }
}

/// The text with spaces in place of those ranges.
fn blanked<'t>(text: &'t str, blanks: &[Range<usize>]) -> Cow<'t, str> {
    if blanks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    for blank in blanks {
        clean.push_str(&text[clean.len()..blank.start]);
        let spaces = text[blank.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
        clean.extend(spaces);
    }
    clean.push_str(&text[clean.len()..]);
    Cow::Owned(clean)
}

/// How deep the nesting is.
#[derive(Default)]
struct Depth {
    /// `not`s that wait for what they negate.
    nots: usize,
    /// For each open parenthesis, its own level and that of the `not`s before it.
    groups: Vec<usize>,
    now: usize,
}

impl Depth {
    /// Takes note of a sign or word; `false` beyond the limit.
    fn see(&mut self, token: &str) -> bool {
        match token {
            "not" | "!" => self.nots += 1,
            "(" => {
                self.groups.push(self.nots + 1);
                self.now += self.nots + 1;
                self.nots = 0;
            }
            ")" => {
                self.now -= self.groups.pop().unwrap_or(0);
                self.nots = 0;
            }
            "{" | "}" => *self = Self::default(),
            _ => self.nots = 0,
        }
        self.now + self.nots <= DEEPEST
    }
}

/// The state of the scan.
struct Scan<'r, 't> {
    reader: &'r mut Reader<'t>,
    at: usize,
    blanks: Vec<Range<usize>>,
    depth: Depth,
    /// No `*/` lies ahead.
    no_end: bool,
}

impl<'t> Scan<'_, 't> {
    fn run(&mut self) -> Option<Vec<Range<usize>>> {
        if self.rest().starts_with('\u{FEFF}') {
            self.blanks.push(0..'\u{FEFF}'.len_utf8());
            self.at = '\u{FEFF}'.len_utf8();
        }
        while let Some(first) = self.rest().chars().next() {
            let start = self.at;
            if !self.step(first) {
                let message = format!("parentheses and `not`s nest deeper than {DEEPEST}");
                return self.stop(start, message, "split the predicate, or write it with fewer parentheses".to_owned());
            }
            if is_word(first) && self.at - start > LONGEST_WORD {
                let message = format!("a word of {} bytes is no name and no number", self.at - start);
                return self.stop(start, message, format!("a name or a number has at most {LONGEST_WORD} bytes"));
            }
        }
        Some(std::mem::take(&mut self.blanks))
    }

    /// A limit: reports it, and nothing else.
    fn stop<T>(&mut self, start: usize, message: String, help: String) -> Option<T> {
        let span = self.reader.span(start, self.at);
        self.reader.only(Diagnostic::new(Code::UnreadableInput, span, message).help(help));
        None
    }

    fn rest(&self) -> &'t str {
        &self.reader.text[self.at..]
    }

    /// Goes past what starts here; `false` if it nests too deep.
    fn step(&mut self, first: char) -> bool {
        let text = self.reader.text;
        let start = self.at;
        match first {
            ' ' | '\t' | '\n' => self.at += 1,
            '#' => self.hidden(self.line_end(start)),
            '"' => self.hidden(self.string_end()),
            _ if QUOTES.contains(&first) => self.quoted(first),
            '/' | '-' if ["//", "/*", "-- "].iter().any(|sign| self.rest().starts_with(sign)) => self.foreign_comment(),
            ';' => self.needless(';', "no `;` ends a clause"),
            ':' => self.colon(),
            '(' | ')' | '{' | '}' | '!' => self.at += 1,
            _ if is_word(first) => self.at = self.word_end(),
            _ if is_misleading(text, start, first) || is_space(first) => self.invisible(first),
            _ => self.at += first.len_utf8(),
        }
        let blank = matches!(first, ' ' | '\t' | '\n' | '#') || self.blanks.last().is_some_and(|it| it.end == self.at);
        let token = if first == '!' && self.rest().starts_with('=') { "!=" } else { &text[start..self.at] };
        blank || self.depth.see(token)
    }

    fn word_end(&self) -> usize {
        let rest = self.rest();
        self.at + rest.find(|letter: char| !is_word(letter)).unwrap_or(rest.len())
    }

    fn line_end(&self, from: usize) -> usize {
        self.reader.text[from..].find('\n').map_or(self.reader.text.len(), |length| from + length)
    }

    /// One past the string that starts here: its closing quote, or the end of its line.
    fn string_end(&self) -> usize {
        let mut escaped = false;
        for (length, byte) in self.rest().bytes().enumerate().skip(1) {
            match byte {
                b'\n' => return self.at + length,
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return self.at + length + 1,
                _ => {}
            }
        }
        self.reader.text.len()
    }

    /// Goes past a string or comment; only misleading characters count there.
    fn hidden(&mut self, end: usize) {
        let text = self.reader.text;
        while self.at < end {
            let Some(first) = self.rest().chars().next() else { break };
            if is_misleading(text, self.at, first) {
                self.invisible(first);
            } else {
                self.at += first.len_utf8();
            }
        }
    }

    /// A string in the wrong quotes, if it is closed on its line; else its first quote alone.
    fn quoted(&mut self, first: char) {
        let start = self.at + first.len_utf8();
        let rest = &self.reader.text[start..];
        let stop = match first {
            '\'' => rest.find(['\'', '\n']),
            '‘' => rest.find(['’', '\n']),
            _ => rest.find(['“', '”', '„', '\n']),
        };
        let close = stop.and_then(|at| Some((start + at, rest[at..].chars().next()?)));
        match close {
            Some((at, close)) if !matches!(close, '\n' | '„') => self.hidden(at + close.len_utf8()),
            _ => self.at = start,
        }
    }

    /// `//`, `-- ` and `/* … */`
    fn foreign_comment(&mut self) {
        let start = self.at;
        let block = self.rest().starts_with("/*");
        let close = if block && !self.no_end { self.rest().get(2..).and_then(|rest| rest.find("*/")) } else { None };
        self.no_end |= block && close.is_none();
        let end = close.map_or_else(|| self.line_end(start), |length| start + length + 4);
        self.at = end;
        self.blanks.push(start..end);
        let sign = &self.reader.text[start..start + 2];
        let report = Reader::fault(self.reader.span(start, start + 2), format!("`{sign}` does not start a comment"));
        let fix = (!block).then(|| Fix::write(report.at.span, "#"));
        self.reader.report(report.help("a comment starts with `#` and runs to the end of its line").fix(fix));
    }

    /// Reports a sign, or a row of it, that the language does not need.
    fn needless(&mut self, sign: char, message: &str) {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|letter| letter != sign).unwrap_or(rest.len());
        self.blanks.push(start..self.at);
        let report = Reader::fault(self.reader.span(start, self.at), message);
        let fix = Fix::cut(self.reader.text, report.at.span);
        self.reader.report(report.help(format!("leave the `{sign}` out")).fix(fix));
    }

    /// A colon; one between digits belongs to what it stands in.
    fn colon(&mut self) {
        let text = self.reader.text.as_bytes();
        let digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
        if self.at > 0 && digit(self.at - 1) && digit(self.at + 1) {
            self.at += 1;
        } else {
            self.needless(':', "no `:` follows a keyword or a name");
        }
    }

    /// Whether the gap that starts at `start` and ends here stands between a number and its unit.
    fn is_before_unit(&self, start: usize) -> bool {
        let follows_digit = start.checked_sub(1).is_some_and(|at| self.reader.text.as_bytes()[at].is_ascii_digit());
        let ahead: String = "1 ".chars().chain(self.rest().chars().take(LONGEST_UNIT)).collect();
        let is_one = |lump: &str| Grammar::parse(Rule::lump, lump).is_ok_and(|found| found.as_str().contains(' '));
        follows_digit && is_one(&ahead)
    }

    /// A row of one character that nobody can see or that shows something else.
    fn invisible(&mut self, first: char) {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|letter| letter != first).unwrap_or(rest.len());
        self.blanks.push(start..self.at);
        let shown = first.escape_unicode().to_string().to_uppercase().replace("\\U", "\\u");
        let span = self.reader.span(start, self.at);
        let report = if is_misleading(self.reader.text, start, first) {
            let report = Reader::fault(span, format!("the control character `{shown}` stands in the text"));
            report.help(format!("remove it; in a string, write `{shown}`"))
        } else {
            let report = Reader::fault(span, format!("`{shown}` is not an ordinary space"));
            if self.is_before_unit(start) {
                report.help("leave it out: a number and its unit are one word, as in `14d`")
            } else {
                let fix = Fix { what: "write an ordinary space".to_owned(), at: span, text: " ".to_owned() };
                report.help(&fix.what).fix(Some(fix).filter(|_| first.is_whitespace()))
            }
        };
        self.reader.report(report);
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Control characters, and those that turn the direction of the text: what is shown is not what is there.
fn is_misleading(text: &str, at: usize, letter: char) -> bool {
    match letter {
        '\t' | '\n' => false,
        '\r' => text.as_bytes().get(at + 1) != Some(&b'\n'),
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        _ => letter.is_control(),
    }
}

/// White space that is none to the language, and characters without width.
fn is_space(letter: char) -> bool {
    letter != '\r' && letter.is_whitespace() || matches!(letter, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}
