//! JSON of the usual form, read in one pass: strings without escapes, whole numbers, no key that cannot be told apart.
//!
//! What a scanner returns is what `serde_json` would; what it is not sure of is `None`, which judges nothing.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A value as it stands in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// It is not there.
    #[default]
    Absent,
    /// `null`
    Null,
    /// What stands between the quotes of a string without escapes.
    Text(&'a str),
    /// Anything else, as written.
    Raw(&'a str),
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

    /// The next byte that is no space; it stays.
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Whether nothing but space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.next().is_none()
    }

    /// Steps over a byte, where it is the next.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// Steps over an object, whose values `each` steps over.
    pub(super) fn object(&mut self, mut each: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            let key = (self.next()? == b'"').then(|| self.string()).flatten()?;
            self.eat(b':')?;
            each(self, key)?;
            if self.goes_on(b'}')? {
                continue;
            }
            return Some(());
        }
    }

    /// Steps over a list, whose elements `each` steps over.
    pub(super) fn list(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(b'[')?;
        if self.eat(b']').is_some() {
            return Some(());
        }
        loop {
            each(self)?;
            if !self.goes_on(b']')? {
                return Some(());
            }
        }
    }

    /// Steps over a comma, or over the end.
    fn goes_on(&mut self, end: u8) -> Option<bool> {
        let byte = self.next()?;
        self.at += 1;
        (byte == b',' || byte == end).then_some(byte == b',')
    }

    /// Steps over a string, whose opening quote is here.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let end = end_of_plain(rest)?;
        if rest[end] != b'"' {
            return None;
        }
        self.at = start + end + 1;
        self.text.get(start..start + end)
    }

    /// Steps over any value.
    #[inline]
    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        match self.next()? {
            b'"' => match self.string() {
                Some(text) => Some(Value::Text(text)),
                None => self.other(),
            },
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
        let raw: &RawValue = Deserialize::deserialize(&mut serde_json::Deserializer::from_str(rest)).ok()?;
        self.at += raw.get().len();
        Some(Value::Raw(raw.get()))
    }
}

/// One in every byte.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of every byte.
const HIGHS: u64 = ONES << 7;

/// Where the first quote, backslash or control character is; eight bytes at a time.
fn end_of_plain(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest high bit that is set is that of the first byte below the bound; those above it may be set for nothing.
        let below = |word: u64, bound: u8| word.wrapping_sub(ONES * u64::from(bound)) & !word;
        let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let found = (below(word, b' ') | equal(b'"') | equal(b'\\')) & HIGHS;
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let ends = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    rest.iter().position(ends).map(|at| words.len() * 8 + at)
}
