//! Where a faulty text stops being the language, and what should stand there.
//!
//! The grammar itself is asked: a rule is matched against the faulty text alone, and the furthest place where it
//! failed, with what it looked for there, becomes the message.

use super::grammar::{Grammar, Pair, Rule};
use super::reader::Reader;
use super::words::{self, shown};
use crate::diagnostic::{Diagnostic, Fix};
use crate::source::Span;
use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

/// What people draw arrows with.
const ARROWS: [&str; 6] = ["-", "→", "⇒", "➔", "–", "—"];

/// A word, literal or sign of a faulty text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// `word`, `lump`, `string`, `op` or `sign`.
    pub(super) rule: Rule,
    /// Its text.
    pub(super) text: String,
    /// Its place.
    pub(super) span: Span,
    /// Whether it is the first of its line.
    pub(super) is_first: bool,
}

impl Token {
    /// Whether it is a word.
    pub(super) fn is_word(&self) -> bool {
        self.rule == Rule::word
    }

    /// Whether the text cannot end here: a comma, an operator, or a word that leads on to another.
    fn leads_on(&self) -> bool {
        self.rule == Rule::op || self.text == "," || self.is_word() && is(Rule::joint, &self.text)
    }

    /// Whether it shows that something is missing before it, rather than that it is wrong itself.
    fn ends(&self) -> bool {
        match self.rule {
            Rule::word => is(Rule::lone_keyword, &self.text),
            Rule::op => true,
            _ => matches!(self.text.as_str(), "{" | "}" | ")" | ","),
        }
    }
}

/// Whether a word is one of that rule.
pub(super) fn is(rule: Rule, word: &str) -> bool {
    Grammar::parse(rule, word).is_ok_and(|mut pairs| pairs.next().is_some_and(|pair| pair.as_str() == word))
}

/// A faulty text: what was meant, and where it is.
pub(super) struct Faulty<'i> {
    /// The rule that it should have matched.
    pub(super) entry: Rule,
    /// The whole input.
    pub(super) input: &'i str,
    /// Its first byte.
    pub(super) start: usize,
    /// One past its last byte.
    pub(super) end: usize,
    /// The keyword that it starts with, or was meant to start with.
    pub(super) keyword: &'i str,
    /// Where the clause could have ended: from here on nothing is missing, but something too much.
    pub(super) complete: Option<usize>,
}

impl Reader<'_> {
    /// The tokens of a piece of the input.
    pub(super) fn tokens(&self, input: &str, start: usize, end: usize) -> Vec<Token> {
        let Ok(pairs) = Grammar::parse(Rule::tokens, &input[start..end]) else {
            return Vec::new();
        };
        let mut behind = start;
        let mut tokens = Vec::new();
        for pair in pairs.flat_map(Pair::into_inner).filter(|pair| pair.as_rule() != Rule::EOI) {
            let at = start + pair.as_span().start();
            let is_first = input[behind..at].contains('\n');
            behind = start + pair.as_span().end();
            let (rule, text) = (pair.as_rule(), pair.as_str().to_owned());
            tokens.push(Token { rule, text, span: self.span(at, behind), is_first });
        }
        tokens
    }

    /// Junk, cut where a line starts with a word that does not go on with the line before.
    pub(super) fn pieces(&self, junk: &Pair<'_>) -> Vec<Vec<Token>> {
        let span = junk.as_span();
        let mut pieces: Vec<Vec<Token>> = Vec::new();
        for token in self.tokens(junk.get_input(), span.start(), span.end()) {
            let starts = token.is_first && token.is_word() && !is(Rule::joint, &token.text);
            match pieces.last_mut() {
                Some(piece) if !starts || piece.last().is_some_and(Token::leads_on) => piece.push(token),
                _ => pieces.push(vec![token]),
            }
        }
        pieces
    }

    /// Says where a text stops being what it should be, and what should stand there.
    pub(super) fn diagnose(&self, faulty: &Faulty<'_>) -> Diagnostic {
        let (at, expected) = furthest(faulty);
        let tokens = self.tokens(faulty.input, faulty.start, faulty.end);
        let place = tokens.iter().position(|token| token.span.end as usize > at).unwrap_or(tokens.len());
        let before = place.checked_sub(1).and_then(|place| tokens.get(place));
        let report = match (tokens.get(place), before) {
            (Some(found), Some(before)) if faulty.complete == Some(found.span.start as usize) => {
                self.differs(&expected, found, before)
            }
            (Some(found), Some(before)) => self.compare(&expected, found, before, faulty.keyword),
            (Some(found), None) => unexpected(found, None),
            (None, Some(before)) => missing(&expected, before),
            (None, None) => Self::fault(self.span(faulty.start, faulty.end), "this cannot be read"),
        };
        match words::example(faulty.keyword) {
            Some(example) if report.help.is_none() => report.help(format!("write it as in `{example}`")),
            _ => report,
        }
    }

    /// Something else, or nothing, stands where one of `expected` must.
    fn compare(&self, expected: &[String], found: &Token, before: &Token, keyword: &str) -> Diagnostic {
        let is_near = found.is_word() && words::near(&found.text, &keywords(expected)).is_some();
        // A word that goes on with this clause shows what is missing before it; one that does not is wrong itself.
        let own = words::example(keyword).is_some_and(|example| example.split(' ').any(|word| word == found.text));
        let all_words = expected.iter().all(|it| it.starts_with('`'));
        let joins = found.is_word() && is(Rule::joint, &found.text) && (all_words || !own);
        if found.ends() && found.text != "=" && !is_near && !joins {
            missing(expected, before)
        } else {
            self.differs(expected, found, before)
        }
    }

    /// Something else stands where one of `expected` must.
    fn differs(&self, expected: &[String], found: &Token, before: &Token) -> Diagnostic {
        if expected.is_empty() {
            return unexpected(found, Some(before));
        }
        let (is, was) = (shown(&found.text), shown(&before.text));
        let message = format!("expected {} after `{was}`, found `{is}`", words::either(expected));
        let report = Reader::fault(found.span, message);
        match words::near(&found.text, &keywords(expected)) {
            _ if found.text == "is" => report.write("=="),
            Some(near) if found.is_word() => report.meant(near),
            _ if found.text == "=" => report.help("leave the `=` out").fix(Fix::cut(self.text, found.span)),
            _ if ARROWS.contains(&found.text.as_str()) && expected == ["`to`"] => report.write("to"),
            _ if expected == ["`(`"] => report.help("write the values as in `action in (\"refund\", \"credit\")`"),
            _ => report,
        }
    }
}

/// The furthest place where the text stops being what it should be, and what should stand there.
fn furthest(faulty: &Faulty<'_>) -> (usize, Vec<String>) {
    let Err(error) = Grammar::parse(faulty.entry, &faulty.input[faulty.start..faulty.end]) else {
        return (faulty.end, Vec::new());
    };
    let (InputLocation::Pos(at) | InputLocation::Span((at, _))) = error.location;
    let ErrorVariant::ParsingError { positives, .. } = error.variant else {
        return (faulty.start + at, Vec::new());
    };
    let subject = words::kind(faulty.keyword).map_or("a declaration", crate::syntax::ast::Kind::phrase);
    let mut expected = Vec::new();
    for words in positives.into_iter().filter_map(|rule| words::describe(rule, subject)) {
        if !expected.contains(&words) {
            expected.push(words);
        }
    }
    if expected.iter().any(|it| it == "a comparison") {
        expected.retain(|it| it == "a comparison" || it.starts_with('`'));
    }
    (faulty.start + at, expected)
}

/// Those of the expected that are words of the language.
fn keywords(expected: &[String]) -> Vec<&str> {
    expected.iter().filter_map(|it| it.strip_prefix('`')?.strip_suffix('`')).collect()
}

/// Nothing stands where one of `expected` must.
fn missing(expected: &[String], before: &Token) -> Diagnostic {
    let closing = expected.iter().find(|it| *it == "`)`").cloned();
    let what = match closing {
        Some(closing) => closing,
        None if expected.is_empty() => "something".to_owned(),
        None => words::either(expected),
    };
    Reader::fault(before.span, format!("{what} is missing after `{}`", shown(&before.text)))
}

/// Nothing more may stand here.
fn unexpected(found: &Token, before: Option<&Token>) -> Diagnostic {
    let found_text = shown(&found.text);
    Reader::fault(
        found.span,
        match before {
            Some(before) => format!("expected the next clause after `{}`, found `{found_text}`", shown(&before.text)),
            None => format!("`{found_text}` does not begin a clause"),
        },
    )
}
