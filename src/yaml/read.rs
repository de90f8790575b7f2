//! From YAML nodes to plain values, collecting every error with its place; nothing here knows what the document is.

use super::{Kind, MARK, Node, Scalar, Step, Way, locate, parse};
use crate::source::suggest::suggest;

/// How many errors are told at most; one wrong indentation must not give a thousand.
const MOST_ERRORS: usize = 50;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct YamlError {
    /// Its line, from 1.
    pub line: usize,
    /// Its column, from 1, in characters.
    pub column: usize,
    /// The fact.
    pub message: String,
    /// What to write.
    pub help: Option<String>,
}

/// Reads a document with `read`: its value, or everything that is wrong with it.
pub(crate) fn document<T>(
    text: &str,
    whole: &'static str,
    read: impl FnOnce(&mut Reader, &At) -> Option<T>,
) -> Result<T, Vec<YamlError>> {
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let node = parse(text).map_err(|(message, (line, column))| {
        let help = "write one YAML document with each key once and spaces for indentation";
        vec![YamlError { line, column, message, help: Some(help.into()) }]
    })?;
    let mut reader = Reader::default();
    let value = read(&mut reader, &At { node: &node, path: Vec::new(), whole });
    let errors = reader.finish(text);
    value.filter(|_| errors.is_empty()).ok_or(errors)
}

/// A node and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct At<'n> {
    pub(crate) node: &'n Node,
    pub(crate) path: Vec<Step>,
    /// What to call the whole document.
    whole: &'static str,
}

impl<'n> At<'n> {
    fn part(&self, step: Step, node: &'n Node) -> Self {
        let path = self.path.iter().cloned().chain([step]).collect();
        At { node, path, whole: self.whole }
    }

    /// The last key on the way.
    pub(crate) fn name(&self) -> &str {
        let keys = self.path.iter().rev().filter_map(|step| match step {
            Step::Value(key) | Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        });
        keys.take(1).next().unwrap_or(self.whole)
    }

    /// What to call it: `` `tier` ``, or of a list without names of its own, an entry of it.
    fn called(&self) -> String {
        match self.path.last() {
            None => self.name().to_owned(),
            Some(Step::Item(_)) => format!("an entry of `{}`", self.name()),
            Some(Step::Value(_) | Step::Key(_)) => format!("`{}`", self.name()),
        }
    }

    /// The way here.
    pub(crate) fn way(&self) -> Way {
        Way(self.path.clone())
    }

    /// The key that led here.
    pub(crate) fn key(&self) -> Self {
        let mut path = self.path.clone();
        if let Some(Step::Value(key)) = path.last().cloned() {
            path.pop();
            path.push(Step::Key(key));
        }
        Self { path, ..*self }
    }

    /// Entries of a map: key, and the value's place.
    fn entries(&self, entries: &'n [(String, Node)]) -> impl Iterator<Item = (&'n str, At<'n>)> {
        entries.iter().map(|(key, node)| (key.as_str(), self.part(Step::Value(key.clone()), node)))
    }

    pub(crate) fn scalar(&self) -> Option<&'n Scalar> {
        if let Node::Scalar(scalar) = self.node { Some(scalar) } else { None }
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node, Node::List(_))
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.node, Node::Map(_))
    }
}

/// A map whose keys are all known.
pub(crate) struct Record<'n> {
    at: At<'n>,
    entries: Vec<(&'n str, At<'n>)>,
}

impl<'n> Record<'n> {
    /// The value of a key, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<&At<'n>> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, at)| at)
    }

    /// The map itself.
    pub(crate) fn at(&self) -> &At<'n> {
        &self.at
    }
}

/// Collects the errors of one document.
#[derive(Default)]
pub(crate) struct Reader {
    errors: Vec<(Vec<Step>, String, String)>,
}

impl Reader {
    /// Notes an error at a node.
    pub(crate) fn wrong(&mut self, at: &At, message: impl Into<String>, help: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push((at.path.clone(), message.into(), help.into()));
        }
    }

    /// The errors with their places, in the order of the text.
    pub(crate) fn finish(self, text: &str) -> Vec<YamlError> {
        let placed = |(path, message, help): (Vec<Step>, String, String)| {
            let (line, column) = locate(text, &path);
            YamlError { line, column, message, help: Some(help) }
        };
        let mut errors: Vec<YamlError> = self.errors.into_iter().map(placed).collect();
        errors.sort();
        errors
    }

    /// A map of known keys; the others are errors.
    pub(crate) fn record<'n>(&mut self, at: &At<'n>, known: &[&str]) -> Option<Record<'n>> {
        let all = self.map(at, &format!("a map of these keys: {}", list(known)))?;
        let mut entries = Vec::new();
        for (key, value) in all {
            if known.contains(&key) {
                entries.push((key, value));
            } else {
                self.wrong(&value.key(), format!("`{key}` is no key of {}", at.called()), instead(key, known));
            }
        }
        Some(Record { at: at.clone(), entries })
    }

    /// A map of any keys.
    pub(crate) fn map<'n>(&mut self, at: &At<'n>, form: &str) -> Option<Vec<(&'n str, At<'n>)>> {
        if let Node::Map(entries) = at.node {
            return Some(at.entries(entries).collect());
        }
        self.wrong(at, format!("{} is {}", at.called(), what(at.node)), format!("write {form}"));
        None
    }

    /// A list.
    pub(crate) fn list<'n>(&mut self, at: &At<'n>, form: &str) -> Vec<At<'n>> {
        if let Node::List(items) = at.node {
            return items.iter().enumerate().map(|(index, node)| at.part(Step::Item(index), node)).collect();
        }
        self.wrong(at, format!("{} is {}", at.called(), what(at.node)), format!("write a list of {form}"));
        Vec::new()
    }

    /// A list, or one item without its brackets.
    pub(crate) fn one_or_more<'n>(&mut self, at: &At<'n>, form: &str) -> Vec<At<'n>> {
        if !at.is_list() {
            return vec![at.clone()];
        }
        let items = self.list(at, form);
        if items.is_empty() {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write {form}"));
        }
        items
    }

    /// The value of a key that must be there.
    pub(crate) fn required<'r, 'n>(&mut self, record: &'r Record<'n>, key: &str, form: &str) -> Option<&'r At<'n>> {
        let found = record.get(key);
        if found.is_none() {
            let at = record.at();
            self.wrong(at, format!("{} has no `{key}`", at.called()), format!("write `{key}: {form}`"));
        }
        found
    }

    /// A plain value of some form.
    pub(crate) fn plain<'n, T>(
        &mut self,
        at: &At<'n>,
        form: &str,
        read: impl FnOnce(&'n Scalar) -> Option<T>,
    ) -> Option<T> {
        let found = at.scalar().and_then(read);
        if found.is_none() {
            let text = at.scalar().map_or_else(|| what(at.node).to_owned(), |scalar| format!("`{}`", scalar.text));
            self.wrong(at, format!("{} is {text}", at.called()), format!("write {form}"));
        }
        found
    }

    /// A plain value that YAML does not take for a text: in quotes it is one, and then the quotes are what is wrong.
    pub(crate) fn bare<T>(&mut self, at: &At, form: &str, read: impl Fn(&Scalar) -> Option<T>) -> Option<T> {
        let quoted = at.scalar().filter(|scalar| scalar.kind == Kind::Text && read(scalar).is_none());
        let without = |kind| quoted.and_then(|scalar| read(&Scalar { kind, text: scalar.text.clone() }));
        if let Some(scalar) = quoted.filter(|_| [Kind::Number, Kind::Flag].into_iter().any(|it| without(it).is_some()))
        {
            let message = format!("{} is the text `\"{}\"`", at.called(), scalar.text);
            self.wrong(at, message, format!("leave the quotes out: write {form}"));
            return None;
        }
        self.plain(at, form, read)
    }

    /// A text that is not empty.
    pub(crate) fn text<'n>(&mut self, at: &At<'n>, form: &str) -> Option<&'n str> {
        self.plain(at, form, |scalar| {
            (scalar.kind == Kind::Text && !scalar.text.is_empty()).then_some(&scalar.text[..])
        })
    }

    /// The index of a name among the names of a policy.
    pub(crate) fn name<'a>(&mut self, at: &At, kind: &str, names: impl IntoIterator<Item = &'a str>) -> Option<usize> {
        let text = self.text(at, &format!("the name of a {kind}"))?;
        self.known(at, text, kind, names)
    }

    /// The index of a name that stands at `at`, or is its key.
    pub(crate) fn known<'a>(
        &mut self,
        at: &At,
        text: &str,
        kind: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Option<usize> {
        let names: Vec<&str> = names.into_iter().collect();
        let found = names.iter().position(|name| *name == text);
        if found.is_none() {
            self.wrong(at, format!("the policy has no {kind} `{text}`"), instead(text, &names));
        }
        found
    }
}

/// What to write instead of a wrong name: the near one, or the list where it is short.
pub(crate) fn instead(wrong: &str, known: &[&str]) -> String {
    match suggest(wrong, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the policy declares none".into(),
        None => format!("write one of {}", list(known)),
    }
}

/// The names, the first of them where they are many.
fn list(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(16).map(|name| format!("`{name}`")).collect();
    let more =
        if names.len() > shown.len() { format!(" and {} more", names.len() - shown.len()) } else { String::new() };
    shown.join(", ") + &more
}

fn what(node: &Node) -> &'static str {
    match node {
        Node::Map(_) => "a map",
        Node::List(_) => "a list",
        Node::Scalar(Scalar { kind: Kind::Null, .. }) => "empty",
        Node::Scalar(Scalar { kind: Kind::Flag, .. }) => "true or false",
        Node::Scalar(Scalar { kind: Kind::Number, .. }) => "a number",
        Node::Scalar(Scalar { kind: Kind::Text, .. }) => "a text",
    }
}
