//! What is declared: one table of names per kind, CWR003 for a name declared twice, CWR004 for an unknown one.
//!
//! A name is known, or it is declared and nothing can be said of it (poisoned: its declaration is broken or there
//! are two), or it is unknown. Only the last is reported at its users, and not where a file or a name that could
//! declare it was unreadable.

use super::lower::Scope;
use super::policy::{ActionId, AttributeId, AttributeKind, LadderId, MetricId, SignalId};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span, suggest};
use crate::syntax::ast::{self, Declaration, Kind, Name};
use crate::value::Decimal;
use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The most names that a help lists.
const LISTED: usize = 7;
/// So many unknown names per build get a "did you mean" or a list; both are quadratic, and nobody reads more.
const SUGGESTED: usize = 200;

/// A declaration, and whether it is part of the policy.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    /// What is written.
    pub(super) declaration: &'a Declaration,
    /// It has a name and is the first of it. The content of others is checked all the same.
    pub(super) kept: bool,
}

/// All declarations by kind, each in the order of files and lines.
#[derive(Default)]
pub(super) struct Items<'a> {
    pub(super) policies: Vec<&'a Declaration>,
    pub(super) signals: Vec<Item<'a>>,
    pub(super) attributes: Vec<Item<'a>>,
    pub(super) metrics: Vec<Item<'a>>,
    pub(super) ladders: Vec<Item<'a>>,
    pub(super) actions: Vec<Item<'a>>,
    pub(super) assures: Vec<&'a Declaration>,
}

impl<'a> Items<'a> {
    /// Sorts the declarations of all files by kind and marks those to keep.
    pub(super) fn collect(parsed: &'a [(FileId, ast::File)]) -> Self {
        let mut items = Self::default();
        for declaration in parsed.iter().flat_map(|(_, file)| &file.declarations) {
            match declaration.kind {
                Kind::Policy => items.policies.push(declaration),
                Kind::Assure => items.assures.push(declaration),
                kind => items.of(kind).push(Item { declaration, kept: true }),
            }
        }
        for list in
            [&mut items.signals, &mut items.attributes, &mut items.metrics, &mut items.ladders, &mut items.actions]
        {
            mark_kept(list);
        }
        items
    }

    fn of(&mut self, kind: Kind) -> &mut Vec<Item<'a>> {
        match kind {
            Kind::Attribute => &mut self.attributes,
            Kind::Metric => &mut self.metrics,
            Kind::Ladder => &mut self.ladders,
            Kind::Action => &mut self.actions,
            Kind::Signal | Kind::Policy | Kind::Assure => &mut self.signals,
        }
    }
}

fn mark_kept(items: &mut [Item]) {
    let mut seen = HashSet::new();
    for item in items {
        let name = item.declaration.name.as_ref();
        item.kept = name.is_some_and(|name| !is_built_in(item.declaration.kind, name) && seen.insert(&name.value));
    }
}

/// Whether this is the attribute `action`, which every policy has.
fn is_built_in(kind: Kind, name: &Name) -> bool {
    kind == Kind::Attribute && name.value == "action"
}

/// What users of a metric need to know of it.
#[derive(Clone, Copy)]
pub(super) struct MetricName {
    /// Its id; `None` where it could not be built.
    pub(super) id: Option<MetricId>,
    /// Its values; `None` where that is not known.
    pub(super) shape: Option<Shape>,
}

/// What the values of a metric are.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Whether smaller is better.
    pub(super) lower_is_better: bool,
    /// Shares, or values on a scale.
    pub(super) unit: Unit,
}

/// The unit of a metric's targets.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    /// A percentage.
    Share,
    /// A number between these two, where they are known.
    Scale(Option<(Decimal, Decimal)>),
}

/// What users of an attribute need to know of it.
#[derive(Clone, Copy)]
pub(super) struct AttributeName {
    pub(super) id: AttributeId,
    pub(super) kind: AttributeKind,
}

/// The names of one kind.
pub(super) struct Table<'a, T> {
    kind: Kind,
    entries: HashMap<&'a str, Declared<T>>,
    order: Vec<&'a str>,
    /// Some declaration's name could not be read: it could be any unknown one.
    nameless: bool,
}

struct Declared<T> {
    at: Span,
    /// `None` is poisoned.
    known: Option<T>,
    twice: bool,
    /// Something names it.
    named: Cell<bool>,
}

impl<'a, T: Copy> Table<'a, T> {
    fn new(kind: Kind) -> Self {
        Self { kind, entries: HashMap::new(), order: Vec::new(), nameless: false }
    }

    /// Says what a declared name stands for.
    pub(super) fn define(&mut self, name: &str, what: T) {
        if let Some(declared) = self.entries.get_mut(name) {
            declared.known = Some(what);
        }
    }

    /// Two declarations leave open which one is meant, except where a name is all that is declared.
    fn is_open(&self, declared: &Declared<T>) -> bool {
        declared.twice && !matches!(self.kind, Kind::Signal | Kind::Action)
    }

    /// Where a name is declared.
    pub(super) fn place(&self, name: &str) -> Option<Span> {
        self.entries.get(name).map(|declared| declared.at)
    }

    /// The places of the names that nothing has asked for.
    fn unnamed(&self) -> impl Iterator<Item = Span> {
        self.entries.values().filter(|declared| !declared.named.get()).map(|declared| declared.at)
    }

    /// Declares a name; the place of an earlier declaration of it, if there is one.
    fn declare(&mut self, name: &'a Name, known: Option<T>) -> Option<Span> {
        match self.entries.entry(&name.value) {
            Entry::Occupied(mut entry) => {
                entry.get_mut().twice = true;
                Some(entry.get().at)
            }
            Entry::Vacant(entry) => {
                entry.insert(Declared { at: name.span, known, twice: false, named: Cell::new(false) });
                self.order.push(&name.value);
                None
            }
        }
    }

    /// The one declared name that is near.
    fn nearest(&self, word: &str) -> Option<&'a str> {
        let length = word.chars().count();
        let limit = (length / 3).max(1);
        let near = |name: &&str| name.chars().count().abs_diff(length) <= limit;
        suggest::suggest(word, self.order.iter().copied().filter(near))
    }

    /// Says what to write instead; the cost of looking for it is only taken for the first unknown names.
    fn advise(&self, unknown: Diagnostic, word: &str, suggest: bool) -> Diagnostic {
        let kind = self.kind.word();
        if !suggest {
            return unknown.help(format!("declare it with `{kind} {word} …`, or write one that is declared"));
        }
        match self.nearest(word) {
            Some(name) => unknown.meant(name),
            None => unknown.help(self.list(word)),
        }
    }

    /// What may be written instead of a word that is like none of them.
    fn list(&self, word: &str) -> String {
        let kind = self.kind.word();
        match self.order.as_slice() {
            [] => format!("no {kind} is declared; declare it with `{kind} {word} …`"),
            [only] => format!("the only {kind} is `{only}`; declare another with `{kind} {word} …`"),
            names if names.len() <= LISTED => format!("write one of `{}`", names.join("`, `")),
            names => format!("none of the {} {kind}s is like it; declare it with `{kind} {word} …`", names.len()),
        }
    }
}

/// All tables. Every kind has a namespace of its own.
pub(super) struct Names<'a> {
    pub(super) signals: Table<'a, SignalId>,
    pub(super) attributes: Table<'a, AttributeName>,
    pub(super) metrics: Table<'a, MetricName>,
    pub(super) ladders: Table<'a, LadderId>,
    pub(super) actions: Table<'a, ActionId>,
    suggested: usize,
}

impl Names<'_> {
    pub(super) fn new() -> Self {
        Self {
            signals: Table::new(Kind::Signal),
            attributes: Table::new(Kind::Attribute),
            metrics: Table::new(Kind::Metric),
            ladders: Table::new(Kind::Ladder),
            actions: Table::new(Kind::Action),
            suggested: 0,
        }
    }

    /// Where the signals, metrics and ladders are declared that nothing names.
    pub(super) fn unnamed(&self) -> BTreeSet<Span> {
        self.signals.unnamed().chain(self.metrics.unnamed()).chain(self.ladders.unnamed()).collect()
    }

    /// Where a name of any kind is declared: the first of signal, attribute, metric, ladder, action.
    fn elsewhere(&self, name: &str) -> Option<(Kind, Span)> {
        let found = [
            (Kind::Signal, self.signals.place(name)),
            (Kind::Attribute, self.attributes.place(name)),
            (Kind::Metric, self.metrics.place(name)),
            (Kind::Ladder, self.ladders.place(name)),
            (Kind::Action, self.actions.place(name)),
        ];
        found.into_iter().find_map(|(kind, at)| at.map(|at| (kind, at)))
    }
}

/// Fills the tables. Signals, ladders and actions are known by their names alone; attributes and metrics become
/// known when they are built.
pub(super) fn declare<'a>(items: &Items<'a>, scope: &mut Scope<'a>) {
    let Scope { names, out, .. } = scope;
    declare_kind(&items.signals, &mut names.signals, out, |index| Some(SignalId::new(index)));
    declare_kind(&items.attributes, &mut names.attributes, out, |_| None);
    declare_kind(&items.metrics, &mut names.metrics, out, |_| None);
    declare_kind(&items.ladders, &mut names.ladders, out, |index| Some(LadderId::new(index)));
    declare_kind(&items.actions, &mut names.actions, out, |index| Some(ActionId::new(index)));
}

fn declare_kind<'a, T: Copy>(
    items: &[Item<'a>],
    table: &mut Table<'a, T>,
    out: &mut Vec<Diagnostic>,
    known: impl Fn(usize) -> Option<T>,
) {
    let mut index = 0;
    for item in items {
        let Some(name) = &item.declaration.name else {
            table.nameless = true;
            continue;
        };
        if is_built_in(table.kind, name) {
            out.push(built_in(name));
            continue;
        }
        match table.declare(name, known(index)) {
            Some(first) => out.push(twice(table.kind, name, first)),
            None => index += 1,
        }
    }
}

fn built_in(name: &Name) -> Diagnostic {
    Diagnostic::new(Code::DeclaredTwice, name.span, "attribute `action` is built in")
        .help("leave this declaration out: predicates may use `action` without one")
}

fn twice(kind: Kind, name: &Name, first: Span) -> Diagnostic {
    let message = format!("{} `{}` is declared twice", kind.word(), name.value);
    Diagnostic::new(Code::DeclaredTwice, name.span, message)
        .label("declared again here")
        .also(first, "first declared here")
        .help("rename one of them, or leave one out")
}

impl<'a> Scope<'a> {
    /// What a signal's name stands for; `None` where that is reported or cannot be known.
    pub(super) fn signal(&mut self, name: &Name) -> Option<SignalId> {
        self.look_up(name, |names| &names.signals)
    }

    /// What an attribute's name stands for.
    pub(super) fn attribute(&mut self, name: &Name) -> Option<AttributeName> {
        self.look_up(name, |names| &names.attributes)
    }

    /// What a metric's name stands for.
    pub(super) fn metric(&mut self, name: &Name) -> Option<MetricName> {
        self.look_up(name, |names| &names.metrics)
    }

    /// What a ladder's name stands for.
    pub(super) fn ladder(&mut self, name: &Name) -> Option<LadderId> {
        self.look_up(name, |names| &names.ladders)
    }

    /// What an action's name stands for.
    pub(super) fn action(&mut self, name: &Name) -> Option<ActionId> {
        self.look_up(name, |names| &names.actions)
    }

    fn look_up<T: Copy>(
        &mut self,
        name: &Name,
        table: impl for<'n> Fn(&'n Names<'a>) -> &'n Table<'a, T>,
    ) -> Option<T> {
        let known = table(&self.names);
        if let Some(declared) = known.entries.get(name.value.as_str()) {
            declared.named.set(true);
            let what = declared.known.filter(|_| !known.is_open(declared));
            self.broken |= what.is_none();
            return what;
        }
        if known.nameless || self.damage.may_declare(&name.value) {
            self.broken = true;
            return None;
        }
        let (kind, word) = (known.kind, name.value.as_str());
        let message = format!("unknown {} `{word}`", kind.word());
        let found = Diagnostic::new(Code::UnknownName, name.span, message);
        let mut found = known.advise(found, word, self.names.suggested < SUGGESTED);
        if let Some((other, at)) = self.names.elsewhere(word) {
            found = found.also(at, format!("`{word}` is the name of {}", other.phrase()));
        }
        self.names.suggested += 1;
        self.out.push(found);
        None
    }
}
