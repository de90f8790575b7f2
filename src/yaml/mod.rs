//! YAML to a tree that keeps numbers as written and keys in order, and that can say where each node stands.
//!
//! A first pass finds the shape, a second one reads every scalar as text, so that `0.10` stays `0.10` and no value ever
//! passes through floating point. Places are looked up only when there is something to say about them, by walking
//! the text once more and stopping there. `read` walks a document and collects what is wrong
//! with it, `values` makes exact values of its scalars.

pub(crate) mod edit;
mod read;
#[cfg(test)]
mod tests;
mod values;

pub use read::YamlError;
pub(crate) use read::{At, Reader, Record, document, instead};
pub(crate) use values::{Share, decimal};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;

/// One YAML value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// `key: value`, in order; no key twice.
    Map(Vec<(String, Node)>),
    /// `- value`
    List(Vec<Node>),
    /// Anything else.
    Scalar(Scalar),
}

/// A value without parts, as written.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// What YAML takes it for.
    pub(crate) kind: Kind,
    /// The text between the quotes, or as it stands.
    pub(crate) text: String,
}

/// What YAML takes a scalar for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Flag,
    /// A number of any form.
    Number,
    /// Everything else.
    Text,
}

/// One step from a node into one of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value of a key.
    Value(String),
    /// The key itself; nothing may follow.
    Key(String),
    /// The element at an index.
    Item(usize),
}

/// The way to a node. Where it stands in the text is looked up when somebody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way(Vec<Step>);

impl Way {
    /// The line at which the node stands, from 1.
    #[must_use]
    pub fn line(&self, text: &str) -> usize {
        self.position(text).0
    }

    /// The line and the column at which the node stands, both from 1.
    #[must_use]
    pub fn position(&self, text: &str) -> (usize, usize) {
        locate(text.strip_prefix(MARK).unwrap_or(text), &self.0)
    }

    /// The way on to the value of a key.
    pub(crate) fn value(&self, key: &str) -> Self {
        self.on(Step::Value(key.to_owned()))
    }

    /// The way on to a key itself.
    pub(crate) fn key(&self, key: &str) -> Self {
        self.on(Step::Key(key.to_owned()))
    }

    fn on(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }
}

/// A mark at the start of a text that is no part of it.
const MARK: char = '\u{feff}';

/// Line and column, both from 1.
pub(crate) type Position = (usize, usize);

/// Reads one YAML document. The error says what is wrong, and where.
pub(crate) fn parse(text: &str) -> Result<Node, (String, Position)> {
    // Without aliases every node and every letter stands in the text, so this is never too little.
    let budget = Cell::new(text.len().saturating_mul(3).saturating_add(8));
    let shape = ShapeOf(&budget).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| told(&error))?;
    shape.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| told(&error))
}

/// The place of a node; of what is not there, the place of the last node on the way.
pub(crate) fn locate(text: &str, path: &[Step]) -> Position {
    // Finding the node is an error, and errors carry their place.
    let found = Locate(path).deserialize(serde_yaml::Deserializer::from_str(text));
    found.err().as_ref().map_or((1, 1), position)
}

fn position(error: &serde_yaml::Error) -> Position {
    error.location().map_or((1, 1), |place| (place.line(), place.column()))
}

/// The error without the place that it repeats, and the place.
fn told(error: &serde_yaml::Error) -> (String, Position) {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    // `actions[0].mix: …`: the place says so too.
    let is_path = |start: &str| !start.contains([' ', '`']);
    let message = message.split_once(": ").filter(|(start, _)| is_path(start)).map_or(message, |(_, rest)| rest);
    let message = match message {
        "EOF while parsing a value" => "there is nothing in it",
        _ if message.starts_with("deserializing from YAML") => "there is a second document",
        _ => message,
    };
    (message.to_owned(), position(error))
}

/// A value without its texts.
enum Shape {
    Map(Vec<Shape>),
    List(Vec<Shape>),
    Scalar(Kind),
}

/// A key, read as text whatever it looks like.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor).map(Key)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

/// Finds a shape, as long as nodes and letters last: aliases can make a short text larger than any memory.
#[derive(Clone, Copy)]
struct ShapeOf<'a>(&'a Cell<usize>);

impl ShapeOf<'_> {
    /// Takes a node with so many letters into account.
    fn pay<E: Error>(self, letters: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(letters.saturating_add(1));
        self.0.set(left.ok_or_else(|| E::custom("its aliases repeat too much"))?);
        Ok(())
    }

    fn scalar<E: Error>(self, kind: Kind, letters: usize) -> Result<Shape, E> {
        self.pay(letters).map(|()| Shape::Scalar(kind))
    }
}

impl<'de> DeserializeSeed<'de> for ShapeOf<'_> {
    type Value = Shape;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ShapeOf<'_> {
    type Value = Shape;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a map, a list or a plain value")
    }
    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        self.scalar(Kind::Null, 0)
    }
    fn visit_none<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::Scalar(Kind::Null))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Shape, E> {
        self.scalar(Kind::Flag, 0)
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
        self.scalar(Kind::Number, 0)
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
        self.scalar(Kind::Number, 0)
    }
    fn visit_i128<E: Error>(self, _: i128) -> Result<Shape, E> {
        self.scalar(Kind::Number, 0)
    }
    fn visit_u128<E: Error>(self, _: u128) -> Result<Shape, E> {
        self.scalar(Kind::Number, 0)
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Shape, E> {
        self.scalar(Kind::Number, 0)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Shape, E> {
        self.scalar(Kind::Text, text.len())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        self.pay(0)?;
        let mut all = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            all.push(item);
        }
        Ok(Shape::List(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        self.pay(0)?;
        let (mut keys, mut all) = (BTreeSet::new(), Vec::new());
        while let Some(Key(key)) = map.next_key_seed(NewKey(&keys))? {
            self.pay(key.len())?;
            keys.insert(key);
            all.push(map.next_value_seed(self)?);
        }
        Ok(Shape::Map(all))
    }
}

/// A key that is not there yet.
struct NewKey<'a>(&'a BTreeSet<String>);

impl<'de> DeserializeSeed<'de> for NewKey<'_> {
    type Value = Key;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self).map(Key)
    }
}

impl Visitor<'_> for NewKey<'_> {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if self.0.contains(text) {
            return Err(E::custom(Repeated(text)));
        }
        Ok(text.to_owned())
    }
}

struct Repeated<'a>(&'a str);

impl fmt::Display for Repeated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is given twice", self.0)
    }
}

impl<'de> DeserializeSeed<'de> for &Shape {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        match self {
            Shape::Map(_) => deserializer.deserialize_map(self),
            Shape::List(_) => deserializer.deserialize_seq(self),
            Shape::Scalar(_) => deserializer.deserialize_str(self),
        }
    }
}

impl<'de> Visitor<'de> for &Shape {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("what was there a moment ago")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        let kind = if let Shape::Scalar(kind) = self { *kind } else { Kind::Text };
        Ok(Node::Scalar(Scalar { kind, text: text.to_owned() }))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let Shape::List(shapes) = self else { return Err(A::Error::custom("a list")) };
        let mut all = Vec::with_capacity(shapes.len());
        for shape in shapes {
            all.extend(list.next_element_seed(shape)?);
        }
        Ok(Node::List(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let Shape::Map(shapes) = self else { return Err(A::Error::custom("a map")) };
        let mut all = Vec::with_capacity(shapes.len());
        for shape in shapes {
            if let Some(Key(key)) = map.next_key()? {
                all.push((key, map.next_value_seed(shape)?));
            }
        }
        Ok(Node::Map(all))
    }
}

/// Walks along a path and fails where it ends.
struct Locate<'a>(&'a [Step]);

impl<'de> DeserializeSeed<'de> for Locate<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn here<E: Error>() -> Result<(), E> {
    Err(E::custom("here"))
}

impl<'de> Visitor<'de> for Locate<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("what was there a moment ago")
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        here()
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        here()
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        here()
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        here()
    }
    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        here()
    }
    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        here()
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        here()
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        here()
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((Step::Item(wanted), rest)) = self.0.split_first() else { return here() };
        for _ in 0..*wanted {
            list.next_element::<serde::de::IgnoredAny>()?;
        }
        list.next_element_seed(Locate(rest))?;
        here()
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Step::Value(wanted) | Step::Key(wanted), rest)) = self.0.split_first() else { return here() };
        let at_key = matches!(self.0.first(), Some(Step::Key(_)));
        while let Some(found) = map.next_key_seed(FindKey { wanted, at_key })? {
            if found {
                map.next_value_seed(Locate(rest))?;
                return here();
            }
            map.next_value::<serde::de::IgnoredAny>()?;
        }
        here()
    }
}

/// Whether a key is the one on the path; fails at it where the path ends there.
struct FindKey<'a> {
    wanted: &'a str,
    at_key: bool,
}

impl<'de> DeserializeSeed<'de> for FindKey<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FindKey<'_> {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        let found = text == self.wanted;
        if found && self.at_key { Err(E::custom("here")) } else { Ok(found) }
    }
}
