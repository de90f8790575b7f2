//! `# cwr: allow(CODE, …) because "TEXT"`: the comments that mean something to the checker.
//!
//! They are found by a look at the text alone, and only when somebody asks; the grammar knows nothing of them.

use super::ast::Name;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::suggest::suggest;
use crate::source::{FileId, Span, Spanned};
use memchr::{memchr, memchr2};
use std::ops::Range;

/// What a directive looks like.
const FORM: &str = "write `# cwr: allow(CODE) because \"TEXT\"`";

/// One directive: what it silences, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The codes or names between its parentheses.
    pub names: Vec<Name>,
    /// From its `#` to its end.
    pub span: Span,
    /// Nothing but white space stands before it on its line.
    pub alone: bool,
}

/// The directives of a text, and what is wrong with those that are not well-formed.
#[must_use]
pub fn directives(file: FileId, text: &str) -> (Vec<Directive>, Vec<Diagnostic>) {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for comment in comments(text) {
        let mut cursor = Cursor { file, text, at: comment.start + 1, end: comment.end };
        if !cursor.is_addressed() {
            continue;
        }
        match cursor.directive(comment.start) {
            Ok((directive, fault)) => {
                found.push(directive);
                faults.extend(fault);
            }
            Err(fault) => faults.push(*fault),
        }
    }
    (found, faults)
}

/// Where the comments of a text are, without their line ends; a `#` in a string starts none.
pub fn comments(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + memchr2(b'#', b'"', &bytes[at..])?;
            if bytes[start] == b'"' {
                at = string_end(bytes, start);
                continue;
            }
            at = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
            return Some(start..start + text[start..at].trim_end().len());
        }
    })
}

/// One past the string that starts there: its closing quote, or the end of its line.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\n' => return at,
            b'"' => return at + 1,
            b'\\' if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A place in a comment.
struct Cursor<'t> {
    file: FileId,
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or("")
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file: self.file, start: offset(start), end: offset(end) }
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// Goes past a sign, if it is the next.
    fn takes(&mut self, sign: char) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len_utf8() } else { 0 };
        is_next
    }

    /// The next word: letters, digits, `-` and `_`.
    fn word(&mut self) -> Name {
        self.skip_space();
        let rest = self.rest();
        let length = rest.find(|sign: char| !sign.is_alphanumeric() && !"-_".contains(sign)).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        Spanned::new(rest[..length].to_owned(), self.span(start, self.at))
    }

    /// Whether the comment speaks to the checker: `cwr:`, or an `allow` behind what was meant to be that. Goes to the
    /// word behind `cwr`.
    fn is_addressed(&mut self) -> bool {
        let word = self.word().value;
        if !matches!(word.to_ascii_lowercase().as_str(), "cwr" | "cwrc") {
            return false;
        }
        let behind = self.at;
        let is_exact = word == "cwr" && self.rest().starts_with(':');
        let _ = self.takes(':');
        let means_allow = self.word().value.eq_ignore_ascii_case("allow");
        self.at = behind;
        is_exact || means_allow
    }

    /// The directive behind `cwr`; with one that lacks its reason what is to be said of that.
    fn directive(&mut self, start: usize) -> Result<(Directive, Option<Diagnostic>), Box<Diagnostic>> {
        if !self.text[start + 1..self.at].trim_start().eq("cwr") || !self.rest().starts_with(':') {
            return self.refuse(start, "a directive starts with `# cwr:`");
        }
        self.at += 1;
        let verb = self.word();
        if verb.value != "allow" {
            let near = suggest(&verb.value.to_lowercase(), ["allow"]).is_some();
            let message = match verb.value.as_str() {
                "" => "`# cwr:` says nothing".to_owned(),
                word if near => format!("`{word}` is no directive, but `allow` is"),
                word => format!("`{word}` is no directive"),
            };
            return Err(Diagnostic::new(Code::SyntaxError, self.some(verb.span), message).help(FORM).into());
        }
        let names = self.names()?;
        let fault = self.reason(start)?;
        let line = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let alone = self.text[line..start].trim().is_empty();
        Ok((Directive { names, span: self.span(start, self.end), alone }, fault))
    }

    /// `(CODE, …)`
    fn names(&mut self) -> Result<Vec<Name>, Box<Diagnostic>> {
        if !self.takes('(') {
            return self.refuse(self.at, "`allow` does not say what, in parentheses");
        }
        let mut names = Vec::new();
        loop {
            let name = self.word();
            if name.value.is_empty() {
                return self.refuse(self.at, "a code or the name of one is missing");
            }
            names.push(name);
            if self.takes(')') {
                return Ok(names);
            }
            if !self.takes(',') {
                return self.refuse(self.at, "`)` is missing");
            }
        }
    }

    /// `because "TEXT"`, and nothing behind it; that it is missing is no fault of form.
    fn reason(&mut self, start: usize) -> Result<Option<Diagnostic>, Box<Diagnostic>> {
        let because = self.word();
        let help = "write why in the words of the one who decided: `because \"a pilot until May\"`";
        if because.value.is_empty() && self.rest().is_empty() {
            let span = self.span(start, self.end);
            return Ok(Some(Diagnostic::new(Code::MissingClause, span, "`allow` does not say why").help(help)));
        }
        if because.value != "because" {
            return self.refuse(because.span.start as usize, "`because` is missing");
        }
        self.skip_space();
        let text = self.at;
        let closed = string_end(self.rest().as_bytes(), 0);
        let string = self.rest().get(..closed).unwrap_or("");
        if string.len() < 2 || !string.starts_with('"') || !string.ends_with('"') {
            return self.refuse(text, "the reason is no string");
        }
        self.at += closed;
        self.skip_space();
        if !self.rest().is_empty() {
            return self.refuse(self.at, "nothing follows the reason");
        }
        let is_empty = string[1..string.len() - 1].trim().is_empty();
        let empty = || Diagnostic::new(Code::WrongValue, self.span(text, text + closed), "`because` has an empty text");
        Ok(is_empty.then(|| empty().help(help)))
    }

    fn refuse<T>(&self, from: usize, message: &str) -> Result<T, Box<Diagnostic>> {
        let span = self.some(self.span(from, self.end));
        Err(Diagnostic::new(Code::SyntaxError, span, message).help(FORM).into())
    }

    /// A place that is not empty: the last sign of the comment where there is nothing.
    fn some(&self, span: Span) -> Span {
        let last = self.text[..self.end].char_indices().next_back().map_or(0, |(at, _)| at);
        if span.start < span.end { span } else { self.span(last, self.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and whether it stands alone, of each directive.
    type Read = Vec<(Vec<String>, bool)>;

    /// What is read, and of what is wrong the message and the place.
    fn read(text: &str) -> (Read, Vec<(String, String)>) {
        let (found, faults) = directives(FileId(0), text);
        let names = |it: &Directive| it.names.iter().map(|name| name.value.clone()).collect();
        let place = |span: Span| text[span.start as usize..span.end as usize].to_owned();
        (
            found.iter().map(|it| (names(it), it.alone)).collect(),
            faults.into_iter().map(|it| (it.message, place(it.at.span))).collect(),
        )
    }

    #[test]
    fn reads_directives() {
        let text = "  #cwr: allow( CWR1 ,no-hold)because \"a \\\" # b\"  \r\nowner \"# cwr: allow\" # cwr: allow(x) because \"y\"\n# a comment\n# cwr is a language\n# cwrc: a program";
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(read(text), (vec![(owned(&["CWR1", "no-hold"]), true), (owned(&["x"]), false)], vec![]));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, message, place) in [
            ("# cwr:", "`# cwr:` says nothing", ":"),
            ("# cwr: alow(a) because \"b\"", "`alow` is no directive, but `allow` is", "alow"),
            ("# cwr: off", "`off` is no directive", "off"),
            ("# cwrc: allow(a) because \"b\"", "a directive starts with `# cwr:`", "# cwrc: allow(a) because \"b\""),
            ("# cwr allow(a) because \"b\"", "a directive starts with `# cwr:`", "# cwr allow(a) because \"b\""),
            ("# cwr: allow a", "`allow` does not say what, in parentheses", "a"),
            ("# cwr: allow()", "a code or the name of one is missing", ")"),
            ("# cwr: allow(a, because \"b\"", "`)` is missing", "\"b\""),
            ("# cwr: allow(a b)", "`)` is missing", "b)"),
            ("# cwr: allow(a)", "`allow` does not say why", "# cwr: allow(a)"),
            ("# cwr: allow(a) \"b\"", "`because` is missing", "\"b\""),
            ("# cwr: allow(a) becuase \"b\"", "`because` is missing", "becuase \"b\""),
            ("# cwr: allow(a) because b", "the reason is no string", "b"),
            ("# cwr: allow(a) because \"b", "the reason is no string", "\"b"),
            ("# cwr: allow(a) because \" \"", "`because` has an empty text", "\" \""),
            ("# cwr: allow(a) because \"b\" c", "nothing follows the reason", "c"),
        ] {
            assert_eq!(read(text).1, [(message.to_owned(), place.to_owned())], "{text}");
        }
    }

    #[test]
    fn any_text_can_be_read() {
        let pieces = ["# cwr: ", "allow", "(", ")", "because ", "\"", "\\", "\n", "é", "CWR1", ",", " ", "\u{202e}"];
        let mut seed = 7_usize;
        for _ in 0..5_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text += pieces[(seed >> 33) % pieces.len()];
            }
            for fault in directives(FileId(0), &text).1 {
                assert!(text.get(fault.at.span.start as usize..fault.at.span.end as usize).is_some(), "{text:?}");
            }
        }
    }
}
