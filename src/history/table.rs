//! Rows of named columns to lines: each row becomes the JSON object that JSON Lines would have in its place, of the
//! columns that the policy or the mapping uses; everything behind it is the same for all formats.

use super::fields;
use super::format::Malformed;
use super::intake::Place;
use super::mapping::{Field, Key, Mapping};
use crate::model::policy::AttributeKind;
use crate::plan::Plan;
use crate::source::suggest::suggest;
use crate::value::{Instant, Number};
use rustc_hash::FxHashSet;
use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::io;
use std::ops::Range;

/// The columns of a table, as an object is made of them.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The columns that are read, as a tree of keys: a dot in a name reaches inside.
    root: Vec<(String, Node)>,
    /// How many columns there are.
    pub width: usize,
    /// Columns that are read, and what for.
    pub used: Vec<(String, String)>,
    /// Columns that are not.
    pub ignored: Vec<String>,
}

#[derive(Clone, Debug)]
enum Node {
    /// The column at an index.
    Cell(usize, Cell),
    /// Keys that start alike, each as it stands in JSON.
    Group(Vec<(String, Node)>),
}

/// What a cell is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// What it says.
    Text,
    /// A number, where it is one.
    Number,
    /// `true` or `false`, where it is one.
    Flag,
    /// JSON, where it is: a list of outcomes.
    Json,
}

/// A column, and what its cells are taken for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) at: usize,
    pub(super) cell: Cell,
}

/// Columns that are listed where one is missing.
const SHOWN: usize = 12;

/// A value that a column of a table with types holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Absent,
    /// Text, to be taken for what the column is.
    Text(&'a str),
    /// Text of a column that says so itself.
    Typed(&'a str),
    /// JSON already.
    Json(&'a str),
    /// A point in time.
    Time(Instant),
    /// A list of objects.
    List(List<'a>),
}

/// A list of objects that have the same keys, of which some are absent, or `null`.
#[derive(Clone, Copy)]
pub struct List<'a> {
    all: &'a dyn Objects,
    start: usize,
    end: usize,
}

/// An object of a list.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    all: &'a dyn Objects,
    at: usize,
}

/// The keys of an outcome.
pub const USUAL: [&str; 3] = ["signal", "time", "value"];

/// Objects that have the same keys, those of many lists.
pub trait Objects {
    /// The keys.
    fn keys(&self) -> &[String];

    /// Where the [`USUAL`] keys are among them.
    fn usual(&self) -> [Option<usize>; 3];

    /// Whether an object is not `null`.
    fn is_there(&self, at: usize) -> bool;

    /// What an object has for the key at a place.
    fn value(&self, at: usize, key: usize) -> Value<'_>;

    /// The same where it is a text that says so itself.
    fn text(&self, at: usize, key: usize) -> Option<&str> {
        self.value(at, key).text()
    }

    /// The same where it is a time.
    fn time(&self, at: usize, key: usize) -> Option<Instant> {
        self.value(at, key).time()
    }

    /// The code of the text that an object has, where texts have codes: one that is the same has the same text.
    fn code(&self, _at: usize, _key: usize) -> Option<usize> {
        None
    }
}

impl<'a> Value<'a> {
    /// It, where it is a text that says so itself.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        if let Self::Typed(text) = self { Some(text) } else { None }
    }

    /// It, where it is a time.
    #[must_use]
    pub fn time(self) -> Option<Instant> {
        if let Self::Time(time) = self { Some(time) } else { None }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        matches!(self, Self::Absent | Self::Text(""))
    }
}

impl<'a> List<'a> {
    /// The list of some neighbouring objects.
    pub fn new(all: &'a dyn Objects, Range { start, end }: Range<usize>) -> Self {
        Self { all, start, end }
    }

    /// The keys of its objects.
    #[must_use]
    pub fn keys(self) -> &'a [String] {
        self.all.keys()
    }

    /// Where the [`USUAL`] keys are among them.
    #[must_use]
    pub fn usual(self) -> [Option<usize>; 3] {
        self.all.usual()
    }

    /// Its objects; nothing for one that is `null`.
    #[must_use]
    pub fn objects(self) -> impl ExactSizeIterator<Item = Option<Object<'a>>> {
        let all = self.all;
        (self.start..self.end).map(move |at| all.is_there(at).then_some(Object { all, at }))
    }
}

impl PartialEq for List<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.keys() == other.keys() && self.objects().eq(other.objects())
    }
}

impl Eq for List<'_> {}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_list().entries(self.objects()).finish()
    }
}

impl<'a> Object<'a> {
    /// What it has for the key at a place.
    #[must_use]
    pub fn value(self, key: usize) -> Value<'a> {
        self.all.value(self.at, key)
    }

    /// The same where it is a text that says so itself.
    #[must_use]
    pub fn text(self, key: usize) -> Option<&'a str> {
        self.all.text(self.at, key)
    }

    /// The code of that.
    #[must_use]
    pub fn code(self, key: usize) -> Option<usize> {
        self.all.code(self.at, key)
    }

    /// The same where it is a time.
    #[must_use]
    pub fn time(self, key: usize) -> Option<Instant> {
        self.all.time(self.at, key)
    }

    /// What it has for each key.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> {
        (0..self.all.keys().len()).map(move |key| self.value(key))
    }
}

impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.values().eq(other.values())
    }
}

impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_map().entries(self.all.keys().iter().zip(self.values())).finish()
    }
}

/// Where there are no lists.
impl Objects for Infallible {
    fn keys(&self) -> &[String] {
        match *self {}
    }

    fn usual(&self) -> [Option<usize>; 3] {
        match *self {}
    }

    fn is_there(&self, _: usize) -> bool {
        match *self {}
    }

    fn value(&self, _: usize, _: usize) -> Value<'_> {
        match *self {}
    }
}

/// Rows of a table that are at hand: some neighbours, in their order.
pub(super) trait Rows {
    /// How many there are.
    fn len(&self) -> usize;

    /// Where a row stands.
    fn place(&self, row: usize) -> Place;

    /// What a row has in a column.
    fn value(&self, row: usize, column: usize) -> Value<'_>;

    /// The text that a row has in a column of texts, if it has one. Values are large: what is asked for mostly is told
    /// without making one.
    fn text(&self, row: usize, column: usize) -> Option<&str>;

    /// The time that a row has in a column of times, if it has one.
    fn time(&self, row: usize, column: usize) -> Option<Instant>;

    /// What the lists of a column are of.
    type Lists: Objects;

    /// Which objects are in the list that a row has in a column; nothing where the column has other values.
    fn list(&self, _row: usize, _column: usize) -> Option<(&Self::Lists, Range<usize>)> {
        None
    }

    /// The code of the text that a row has in a column: one that is the same has the same text.
    fn code(&self, _row: usize, _column: usize) -> Option<usize> {
        None
    }

    /// Whether a row has nothing in a column.
    fn is_nothing(&self, row: usize, column: usize) -> bool;

    /// About how many bytes a row is long.
    fn length(&self, row: usize) -> usize;
}

impl Table {
    /// The table below a row of names. The error is of the names.
    pub fn new(names: &[String], mapping: &Mapping, plan: &Plan) -> io::Result<Self> {
        if let Some(name) = repeated(names) {
            return Err(Malformed::error(
                format!("has two columns `{}`", shown(name)),
                "give each column a name of its own: which of the two is meant cannot be known",
            ));
        }
        let mut table = Self { width: names.len(), ..Self::default() };
        for (index, name) in names.iter().enumerate() {
            match use_of(name, mapping, plan) {
                None => table.ignored.push(name.clone()),
                Some((cell, what)) => {
                    let path: Vec<&str> = name.split('.').collect();
                    insert(&mut table.root, &path, Node::Cell(index, cell)).ok_or_else(|| inside_out(name))?;
                    table.used.push((name.clone(), what));
                }
            }
        }
        table.check(names, mapping)?;
        Ok(table)
    }

    /// The table of which all columns are read, as they are.
    pub fn whole(names: &[String]) -> io::Result<Self> {
        let mut table = Self { width: names.len(), ..Self::default() };
        for (index, name) in names.iter().enumerate() {
            insert(&mut table.root, &[name], Node::Cell(index, Cell::Text)).ok_or_else(|| inside_out(name))?;
            table.used.push((name.clone(), name.clone()));
        }
        Ok(table)
    }

    /// Fails where no row could be a record, or outcomes for one, or a notice.
    fn check(&self, names: &[String], mapping: &Mapping) -> io::Result<()> {
        let has = |field: Field| {
            let key = mapping.key(field).join(".");
            mapping.constant(field).is_some() || self.used.iter().any(|(name, _)| *name == key)
        };
        let list = mapping.key(Field::Outcomes).join(".");
        if let Some(inside) =
            names.iter().find(|name| name.strip_prefix(&list).is_some_and(|rest| rest.starts_with('.')))
        {
            return Err(Malformed::error(
                format!("has a column `{}`, but `{list}` is a list", shown(inside)),
                "a column of outcomes holds a list of them for each record; for a table of one outcome a row, name its \
                 columns: --map signal=COLUMN,signal_time=COLUMN",
            ));
        }
        let told = [Field::Signal, Field::Outcomes].into_iter().any(has) || !mapping.wide.is_empty();
        let wanted: &[Field] = match (has(Field::Id), has(Field::Action)) {
            (true, false) if told => &[],
            (false, false) if has(Field::Signal) => &[],
            _ => &[Field::Id, Field::Time, Field::Action],
        };
        let said = Field::ALL.into_iter().filter(|field| mapping.is_said(*field));
        if let Some(field) = wanted.iter().copied().chain(said).find(|field| !has(*field)) {
            return Err(missing(mapping.key(field), field.word(), names));
        }
        let is_used = |key: &[String]| self.used.iter().any(|(name, _)| name.split('.').eq(key.iter()));
        match mapping.fields().find(|(key, what)| what.contains('.') && !is_used(key)) {
            Some((key, what)) => Err(missing(key, &what, names)),
            None => Ok(()),
        }
    }

    /// The column at a key, if there is one. Nothing at all where more columns, or more than a column, are at it.
    #[expect(clippy::option_option, reason = "the outer one says that the answer is not so simple")]
    pub(super) fn column(&self, key: &[String]) -> Option<Option<Column>> {
        let mut group = &self.root;
        for (depth, part) in key.iter().enumerate() {
            let Some((_, node)) = group.iter().find(|(name, _)| *name == written(part)) else { return Some(None) };
            match node {
                Node::Cell(at, cell) => {
                    return (depth + 1 == key.len()).then_some(Some(Column { at: *at, cell: *cell }));
                }
                Node::Group(inner) => group = inner,
            }
        }
        None
    }

    /// The columns that are read, but for those at or below one of these keys.
    pub(super) fn columns_beside(&self, names: &[String], keys: &[Key]) -> Vec<usize> {
        let is_at = |name: &str, key: &Key| {
            let mut path = name.split('.');
            key.iter().all(|part| path.next() == Some(part))
        };
        let is_used = |name: &String| self.used.iter().any(|(used, _)| used == name);
        let beside = |name: &String| is_used(name) && !keys.iter().any(|key| is_at(name, key));
        names.iter().enumerate().filter(|(_, name)| beside(name)).map(|(at, _)| at).collect()
    }

    /// About how much longer a line is than the cells of its row.
    pub(super) fn overhead(&self) -> usize {
        self.used.iter().map(|(name, _)| name.len() + 6).sum()
    }

    /// The row as a JSON object.
    pub fn line<'a>(&self, value: &impl Fn(usize) -> Value<'a>) -> String {
        let mut out = String::with_capacity(64 * self.used.len());
        out.push('{');
        write_group(&self.root, value, &mut out);
        out.push('}');
        out
    }
}

/// Letters of a name that are shown.
const LETTERS: usize = 60;

/// A name as messages have it: it may be of any length, where a file is no table at all.
pub(crate) fn shown(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LETTERS) {
        None => Cow::Borrowed(name),
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
    }
}

fn repeated(names: &[String]) -> Option<&String> {
    let mut met = FxHashSet::default();
    names.iter().find(|name| !met.insert(name.as_str()))
}

/// What a column is used for: a field of the mapping, an attribute of the policy, or nothing.
fn use_of(name: &str, mapping: &Mapping, plan: &Plan) -> Option<(Cell, String)> {
    let is_here = |key: &[String]| key.iter().map(String::as_str).eq(name.split('.'));
    let fields: Vec<_> = mapping.fields().filter(|(key, _)| is_here(key)).map(|(_, what)| what).collect();
    let attributes: Vec<_> = plan.attributes.iter().filter(|it| is_here(&it.key)).collect();
    let cell = match (fields.first().map(AsRef::as_ref), attributes.first().map(|it| it.kind)) {
        (Some("value"), _) | (None, Some(AttributeKind::Number)) => Cell::Number,
        (Some("outcomes"), _) => Cell::Json,
        (None, Some(AttributeKind::Flag)) => Cell::Flag,
        (Some(_), _) | (None, Some(AttributeKind::Text)) => Cell::Text,
        (None, None) => return None,
    };
    let names = attributes.iter().map(|it| format!("attribute {}", it.name));
    let all: Vec<String> = fields.iter().map(ToString::to_string).chain(names).collect();
    Some((cell, all.join(", ")))
}

fn missing(key: &[String], what: &str, names: &[String]) -> io::Error {
    let key = key.join(".");
    if let [only] = names
        && only.contains(';')
    {
        let help = "cells stand between commas in CSV, and between tabs in TSV: replace the semicolons";
        return Malformed::error(format!("has one column only, `{}`", shown(only)), help);
    }
    let first: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", shown(name))).collect();
    let more = if names.len() > first.len() { ", …" } else { "" };
    let columns = format!("its columns are {}{more}", first.join(", "));
    let help = match suggest(&key, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean --map {what}={near}? {columns}"),
        None => format!("say which one holds the `{what}`, as in --map {what}=COLUMN; {columns}"),
    };
    Malformed::error(format!("has no column `{key}`"), help)
}

fn inside_out(name: &str) -> io::Error {
    Malformed::error(
        format!("has a column `{}` inside of another, or around it", shown(name)),
        "a dot in a name reaches inside: rename one of the two",
    )
}

/// A key as it stands in JSON.
fn written(key: &str) -> String {
    format!("{}:", serde_json::Value::from(key))
}

/// Puts a node at its path; nothing where something else stands in its way.
fn insert(group: &mut Vec<(String, Node)>, path: &[&str], node: Node) -> Option<()> {
    let (first, rest) = path.split_first()?;
    let key = written(first);
    let known = group.iter().position(|(name, _)| *name == key);
    if rest.is_empty() {
        return known.is_none().then(|| group.push((key, node)));
    }
    let at = known.unwrap_or_else(|| {
        group.push((key, Node::Group(Vec::new())));
        group.len() - 1
    });
    match &mut group[at].1 {
        Node::Cell(..) => None,
        Node::Group(inner) => insert(inner, rest, node),
    }
}

/// Writes what is there of a group; whether there was anything.
fn write_group<'a>(group: &[(String, Node)], value: &impl Fn(usize) -> Value<'a>, out: &mut String) -> bool {
    let mut is_first = true;
    for (key, node) in group {
        let start = out.len();
        if !is_first {
            out.push(',');
        }
        out.push_str(key);
        let is_there = match node {
            Node::Cell(index, cell) => write_value(*cell, value(*index), out),
            Node::Group(inner) => {
                out.push('{');
                let is_there = write_group(inner, value, out);
                out.push('}');
                is_there
            }
        };
        if is_there {
            is_first = false;
        } else {
            out.truncate(start);
        }
    }
    !is_first
}

fn write_value(cell: Cell, value: Value, out: &mut String) -> bool {
    match value {
        Value::Absent | Value::Text("") => return false,
        Value::Json(json) => out.push_str(json),
        Value::Time(time) => drop(write!(out, "\"{time}\"")),
        Value::List(list) => write_list(list, out),
        Value::Typed(text) if cell != Cell::Json => write_text(text, out),
        Value::Text(text) | Value::Typed(text) => write_cell(cell, text, out),
    }
    true
}

fn write_list(list: List, out: &mut String) {
    let mut sign = '[';
    for object in list.objects() {
        out.push(std::mem::replace(&mut sign, ','));
        let Some(object) = object else {
            out.push_str("null");
            continue;
        };
        let mut sign = '{';
        for (key, value) in list.keys().iter().zip(object.values()).filter(|(_, value)| *value != Value::Absent) {
            out.push(std::mem::replace(&mut sign, ','));
            out.push_str(&written(key));
            write_value(Cell::Text, value, out);
        }
        out.push_str(if sign == '{' { "{}" } else { "}" });
    }
    out.push_str(if sign == '[' { "[]" } else { "]" });
}

fn write_cell(cell: Cell, text: &str, out: &mut String) {
    match cell {
        Cell::Number => match Number::parse(text.trim()) {
            Some(_) if fields::is_number(text) => out.push_str(text),
            Some(number) => drop(write!(out, "{number}")),
            None => write_text(text, out),
        },
        Cell::Flag => match text {
            "true" | "True" | "TRUE" => out.push_str("true"),
            "false" | "False" | "FALSE" => out.push_str("false"),
            _ => write_text(text, out),
        },
        Cell::Json if fields::canonical(text).is_some() && fields::array(text).is_some() => out.push_str(text),
        Cell::Json | Cell::Text => write_text(text, out),
    }
}

/// A text in quotes.
pub(super) fn write_text(text: &str, out: &mut String) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}
