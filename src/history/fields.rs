//! The fields of one JSON object, kept as written: no number is rounded, no key is lost, a repeated key is an error.

use super::mapping::Key;
use crate::plan::matcher::Given;
use crate::value::Number;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Key and raw value of each field that is not `null`, in the order written.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    entries: Vec<(Cow<'a, str>, &'a str)>,
}

impl<'a> Fields<'a> {
    /// Reads one JSON object; `None` if the text is not one, or has a key twice.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The raw value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, raw)| *raw)
    }

    /// The raw value at a path of keys, each level an object.
    #[must_use]
    pub fn reach(&self, path: &[String]) -> Option<&'a str> {
        let (first, rest) = path.split_first()?;
        let raw = self.get(first)?;
        match rest {
            [] => Some(raw),
            rest => object(raw)?.reach(rest),
        }
    }

    /// The raw value of an attribute; it fails where an object on the way has a key twice.
    pub(super) fn attribute(&self, path: &[String]) -> Result<Option<&'a str>, Twice> {
        let first = path.split_first().and_then(|(first, rest)| Some((self.get(first)?, rest)));
        first.map_or(Ok(None), |(raw, rest)| below(raw, rest))
    }

    /// Whether there is nothing but what stands at these paths.
    #[must_use]
    pub fn only(&self, paths: &[Key]) -> bool {
        let begins = |key: &str| paths.iter().any(|path| path.first().is_some_and(|first| first == key));
        // Most lines have another key, which is found without any work.
        self.entries.iter().all(|(key, _)| begins(key)) && self.within(&slices(paths))
    }

    fn within(&self, paths: &[&[String]]) -> bool {
        self.entries.iter().all(|(key, raw)| match left_below(paths, key) {
            None => true,
            Some(rest) => !rest.is_empty() && object(raw).is_some_and(|inner| inner.within(&rest)),
        })
    }

    /// What stands elsewhere, as canonical JSON: keys sorted, numbers in shortest form, nulls left out.
    #[must_use]
    pub fn canonical_without(&self, paths: &[Key]) -> Option<String> {
        let mut out = String::new();
        self.write_without(&slices(paths), &mut out)?;
        Some(if out.is_empty() { "{}".to_owned() } else { out })
    }

    /// Writes an object of what stands elsewhere; nothing at all where there is nothing.
    fn write_without(&self, paths: &[&[String]], out: &mut String) -> Option<()> {
        let mut kept = Vec::new();
        for (key, raw) in &self.entries {
            let Some(rest) = left_below(paths, key) else { continue };
            let mut value = String::new();
            match object(raw).filter(|_| !rest.is_empty()) {
                Some(inner) => inner.write_without(&rest, &mut value)?,
                None => write(raw, DEEPEST, &mut value)?,
            }
            if !value.is_empty() {
                kept.push((key.as_ref(), value));
            }
        }
        if !kept.is_empty() {
            kept.sort_unstable();
            let all: Option<Vec<String>> = kept.into_iter().map(|(key, value)| pair(key, &value)).collect();
            out.push('{');
            out.push_str(&all?.join(","));
            out.push('}');
        }
        Some(())
    }
}

fn slices(paths: &[Key]) -> Vec<&[String]> {
    paths.iter().map(Vec::as_slice).collect()
}

fn pair(key: &str, value: &str) -> Option<String> {
    Some(format!("{}:{value}", serde_json::to_string(key).ok()?))
}

/// What is left of the paths below a key; nothing where one of them ends there.
fn left_below<'p>(paths: &[&'p [String]], key: &str) -> Option<Vec<&'p [String]>> {
    let under = paths.iter().filter_map(|path| path.split_first()).filter(|(first, _)| *first == key);
    let rest: Vec<&[String]> = under.map(|(_, rest)| rest).collect();
    (!rest.iter().any(|rest| rest.is_empty())).then_some(rest)
}

/// An object on the way has a key twice: nobody can say which value was meant.
pub(super) struct Twice;

/// The raw value at a path inside of a raw value, if each level is an object that has the key.
pub(super) fn below<'a>(raw: &'a str, path: &[String]) -> Result<Option<&'a str>, Twice> {
    let Some((first, rest)) = path.split_first() else { return Ok(Some(raw)) };
    if !raw.starts_with('{') {
        return Ok(None);
    }
    // What was read as part of a line is sound but for its keys.
    let inner = Fields::parse(raw).ok_or(Twice)?;
    inner.get(first).map_or(Ok(None), |raw| below(raw, rest))
}

/// An object among raw values.
fn object(raw: &str) -> Option<Fields<'_>> {
    raw.starts_with('{').then(|| Fields::parse(raw)).flatten()
}

/// A raw string, unescaped; `None` if the raw value is not a string.
#[must_use]
pub fn text(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') { serde_json::from_str(raw).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
}

/// A raw number, exact; `None` if the raw value is not a number.
#[must_use]
pub fn number(raw: &str) -> Option<Number> {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit()).then(|| Number::parse(raw)).flatten()
}

/// Whether a text is a number as JSON writes it.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    begins && serde_json::from_str::<&RawValue>(text).is_ok_and(|raw| raw.get() == text)
}

/// The elements of a raw array; `None` if the raw value is not an array.
#[must_use]
pub fn array(raw: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw).ok()
}

/// The value of an attribute, as recorded.
#[must_use]
pub fn given(raw: &str) -> Given<'_> {
    match raw {
        "true" => Given::Flag(true),
        "false" => Given::Flag(false),
        _ => match (text(raw), number(raw)) {
            (Some(text), _) => Given::Text(text),
            (None, Some(number)) => Given::Number(number),
            (None, None) => Given::Other(canonical(raw).unwrap_or_else(|| raw.to_owned())),
        },
    }
}

/// Values nested deeper than this are compared as written, so that no input can exhaust the stack.
const DEEPEST: usize = 64;

/// One JSON value in canonical form, so that `{"a":1,"b":[2.0]}` and `{"b":[2],"a":1.0}` are one text.
#[must_use]
pub fn canonical(raw: &str) -> Option<String> {
    let mut out = String::new();
    write(raw, DEEPEST, &mut out)?;
    Some(out)
}

/// So many digits without a sign or a point are their own shortest form.
const PLAIN: usize = 18;

fn write(raw: &str, depth: usize, out: &mut String) -> Option<()> {
    match raw.as_bytes().first()? {
        b'{' | b'[' if depth == 0 => out.push_str(raw),
        b'{' => {
            let fields = Fields::parse(raw)?;
            write_object(fields.entries.iter().map(|(key, raw)| (key.as_ref(), *raw)), depth - 1, out)?;
        }
        b'[' => serde_json::Deserializer::from_str(raw).deserialize_seq(Elements { depth: depth - 1, out }).ok()?,
        b'"' => out.push_str(&serde_json::to_string(&text(raw)?).ok()?),
        b'0'..=b'9' if raw.len() <= PLAIN && raw.bytes().all(|byte| byte.is_ascii_digit()) => out.push_str(raw),
        b'-' | b'0'..=b'9' => out.push_str(&number(raw)?.to_string()),
        _ => out.push_str(raw),
    }
    Some(())
}

fn write_object<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>, depth: usize, out: &mut String) -> Option<()> {
    let mut sorted: Vec<(&str, &str)> = fields.collect();
    sorted.sort_unstable();
    out.push('{');
    for (at, (key, raw)) in sorted.into_iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        out.push_str(&serde_json::to_string(key).ok()?);
        out.push(':');
        write(raw, depth, out)?;
    }
    out.push('}');
    Some(())
}

/// Writes the elements of an array as they come.
struct Elements<'o> {
    depth: usize,
    out: &'o mut String,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an array")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut sign = '[';
        while let Some(part) = list.next_element::<&'de RawValue>()? {
            self.out.push(std::mem::replace(&mut sign, ','));
            write(part.get(), self.depth, self.out).ok_or_else(|| A::Error::custom("no canonical form"))?;
        }
        self.out.push_str(if sign == '[' { "[]" } else { "]" });
        Ok(())
    }
}

/// A key, borrowed where it has no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(key)))
            }
            fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all: Vec<(Cow<'de, str>, &'de str)> = Vec::with_capacity(8);
                while let Some((Name(key), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    all.push((key, raw.get()));
                }
                if has_repeated_key(&all) {
                    return Err(A::Error::custom("a key occurs twice"));
                }
                all.retain(|(_, raw)| *raw != "null");
                Ok(Fields { entries: all })
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

fn has_repeated_key(entries: &[(Cow<str>, &str)]) -> bool {
    if entries.len() <= 16 {
        return entries.iter().enumerate().any(|(at, (key, _))| entries[..at].iter().any(|(other, _)| other == key));
    }
    let mut keys: Vec<&str> = entries.iter().map(|(key, _)| key.as_ref()).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}
