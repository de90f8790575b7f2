//! JSON of the usual form, read in one pass: strings without escapes, whole numbers, no key that cannot be told apart.
//!
//! What a scanner returns is what `serde_json` would; what it is not sure of is `None`, which judges nothing.

use crate::value::Instant;
use serde::Deserialize;
use serde_json::value::RawValue;
use wide::u8x16;

/// A value as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// `null`
    Null,
    /// What stands between the quotes of a string without escapes.
    Text(&'a str),
    /// Anything else, as written.
    Raw(&'a str),
}

/// What some text starts with: at most [`Start::MOST`] bytes.
#[derive(Debug)]
pub(super) struct Start {
    bytes: u128,
    /// Which bits of that are written.
    mask: u128,
    length: usize,
}

impl Start {
    /// The most bytes.
    pub(super) const MOST: usize = 16;

    /// The first of these bytes.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let length = bytes.len().min(Self::MOST);
        let mut all = [0; Self::MOST];
        all[..length].copy_from_slice(&bytes[..length]);
        let mask = if length == 0 { 0 } else { u128::MAX >> (128 - 8 * length) };
        Self { bytes: u128::from_le_bytes(all), mask, length }
    }
}

/// A place in a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// At the start of a text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no space; it stays. The end of a line is no space, so nothing reaches beyond it.
    #[inline]
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// How long the line is, where nothing but space is left of it.
    #[inline]
    pub(super) fn end(&mut self) -> Option<usize> {
        matches!(self.next(), None | Some(b'\n')).then_some(self.at)
    }

    /// Steps over a byte, where it is the next.
    #[inline]
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// Steps over an object; `each` steps over a key, its colon and its value.
    #[inline]
    pub(super) fn object(&mut self, each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        self.up_to(b'}', each)
    }

    /// Where it is.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Steps over what a text starts with, where this does. At the very end of the text nobody looks.
    #[inline]
    pub(super) fn follow(&mut self, start: &Start) -> Option<()> {
        let here = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        let is_start = (u128::from_le_bytes(*here) ^ start.bytes) & start.mask == 0;
        is_start.then(|| self.at += start.length)
    }

    /// Steps over a key and its colon.
    pub(super) fn key(&mut self) -> Option<&'a str> {
        let key = self.text()?;
        self.eat(b':')?;
        Some(key)
    }

    /// What is in a string without escapes, from behind its first quote on.
    #[inline]
    fn plain(&self, start: usize) -> Option<&'a str> {
        let length = end_of_plain(self.text.as_bytes().get(start..)?)?;
        self.text.get(start..start + length)
    }

    /// Steps over what is in a string without escapes, behind its first quote, up to the last one.
    #[inline]
    pub(super) fn inside(&mut self) -> Option<&'a str> {
        let text = self.plain(self.at)?;
        self.at += text.len();
        Some(text)
    }

    /// Steps over a time in a string, behind its first quote, up to the last one.
    #[inline]
    pub(super) fn instant(&mut self) -> Option<Instant> {
        let here = self.text.as_bytes().get(self.at..)?.first_chunk()?;
        if let Some(time) = Instant::usual(here) {
            self.at += here.len();
            return Some(time);
        }
        Instant::parse(self.inside()?)
    }

    /// Steps over a list, whose elements `each` steps over.
    #[inline]
    pub(super) fn list(&mut self, each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(b'[')?;
        self.rest_of_list(each)
    }

    /// The same behind its bracket.
    #[inline]
    pub(super) fn rest_of_list(&mut self, each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.up_to(b']', each)
    }

    /// Steps over what stands between commas, each by `each`, to behind the end.
    #[inline]
    fn up_to(&mut self, end: u8, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.eat(end).is_some() {
            return Some(());
        }
        loop {
            each(self)?;
            if !self.goes_on(end)? {
                return Some(());
            }
        }
    }

    /// Steps over a comma, or over the end.
    #[inline]
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let byte = self.next()?;
        self.at += 1;
        (byte == b',' || byte == end).then_some(byte == b',')
    }

    /// Steps over a string without escapes; nothing where another value is here.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let is_text = self.next()? == b'"';
        let text = self.plain(self.at + 1).filter(|_| is_text)?;
        let end = self.at + 1 + text.len();
        (self.text.as_bytes().get(end) == Some(&b'"')).then(|| self.at = end + 1)?;
        Some(text)
    }

    /// Steps over any value.
    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        match self.next()? {
            b'"' => self.text().map(Value::Text).or_else(|| self.other()),
            b'n' => self.word("null").map(|_| Value::Null),
            b't' => self.word("true").map(Value::Raw),
            b'f' => self.word("false").map(Value::Raw),
            _ => self.integer().or_else(|| self.other()),
        }
    }

    /// Steps over any value, as it is written.
    pub(super) fn raw(&mut self) -> Option<&'a str> {
        self.next()?;
        let start = self.at;
        self.value()?;
        self.text.get(start..self.at)
    }

    /// Steps over a word. What follows it, a comma or an end, is looked at by whoever expects one.
    fn word(&mut self, word: &str) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let found = rest.starts_with(word).then(|| &rest[..word.len()]);
        self.at += word.len();
        found
    }

    /// Steps over a whole number that is written plainly.
    fn integer(&mut self) -> Option<Value<'a>> {
        let rest = self.text.get(self.at..)?;
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let ends = matches!(rest.as_bytes().get(length)?, b',' | b'}' | b']');
        if !ends || length == 0 || (length > 1 && rest.starts_with('0')) {
            return None;
        }
        self.at += length;
        rest.get(..length).map(Value::Raw)
    }

    /// Steps over a value that only a full reader of JSON knows the end of.
    fn other(&mut self) -> Option<Value<'a>> {
        let rest = self.text.get(self.at..)?;
        let rest = &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
        let raw: &RawValue = Deserialize::deserialize(&mut serde_json::Deserializer::from_str(rest)).ok()?;
        self.at += raw.get().len();
        Some(Value::Raw(raw.get()))
    }
}

/// Where the first quote, backslash or control character is.
#[inline]
fn end_of_plain(bytes: &[u8]) -> Option<usize> {
    let (parts, rest) = bytes.as_chunks::<16>();
    for (at, part) in parts.iter().enumerate() {
        let part = u8x16::new(*part);
        let is = |byte| part.simd_eq(u8x16::splat(byte));
        let is_control = part.min(u8x16::splat(b' ' - 1)).simd_eq(part);
        let ends = (is(b'"') | is(b'\\') | is_control).to_bitmask();
        if ends != 0 {
            return Some(at * 16 + ends.trailing_zeros() as usize);
        }
    }
    end_of_few(rest).map(|at| parts.len() * 16 + at)
}

/// The same, byte by byte.
#[inline(never)]
fn end_of_few(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte < b' ' || *byte == b'"' || *byte == b'\\')
}
