//! Files and declarations, in the order of the grammar.

use super::ast::{Clause, ClauseKind, Declaration, File, Head, Import, Kind};
use super::grammar::{self, Pair, Rule};
use super::reader::Reader;
use super::words::Place;
use crate::source::Span;
use pest::iterators::Pairs;

/// What stands between two braces.
pub(super) struct Body {
    /// What it is the body of.
    pub(super) place: Place,
    /// Its clauses.
    pub(super) clauses: Vec<Clause>,
    /// Its `{`.
    pub(super) open: Option<Span>,
    /// Whether its `}` was there.
    pub(super) closed: bool,
    /// The gates that have both braces: their place among the clauses, and their `{`.
    gates: Vec<(usize, Span)>,
}

impl Body {
    /// An empty body.
    pub(super) fn new(place: Place) -> Self {
        Self { place, clauses: Vec::new(), open: None, closed: false, gates: Vec::new() }
    }
}

impl Reader<'_> {
    /// A whole file.
    pub(super) fn file(&mut self, pairs: Pairs<'_, Rule>, tree: &mut File) {
        let items: Vec<Pair<'_>> = pairs.flat_map(Pair::into_inner).collect();
        // The declaration whose body the following ones stand in.
        let mut around = None;
        for (place, item) in items.iter().enumerate() {
            match item.as_rule() {
                Rule::edition | Rule::EOI => {}
                Rule::import => self.import(item, tree),
                Rule::orphans => self.orphans(item, around.take(), tree),
                Rule::stray_close if around.take().is_some() => {}
                Rule::stray_close => self.stray_close(item),
                Rule::broken_declaration => self.broken_declaration(item, tree),
                _ => {
                    let inside = nested(&items[place..]);
                    if inside.is_some() {
                        around = Some(tree.declarations.len());
                    }
                    let declaration = self.declaration(item, inside);
                    tree.declarations.push(declaration);
                }
            }
        }
    }

    /// `import "shared/metrics.cwr"`
    fn import(&mut self, pair: &Pair<'_>, tree: &mut File) {
        let span = self.extent(pair);
        if let Some(first) = tree.declarations.first() {
            let report = Self::fault(span, "an import stands behind a declaration");
            let report = report.also(first.keyword, "the first declaration");
            self.report(report.help("write imports first in the file"));
        }
        if let Some(path) = grammar::part(pair, Rule::path) {
            tree.imports.push(Import { path: self.text(&path), span });
        }
    }

    /// One declaration that the grammar could read, and the first of those that stand in its body, if any do.
    fn declaration(&mut self, pair: &Pair<'_>, inside: Option<&Pair<'_>>) -> Declaration {
        let span = self.extent(pair);
        let (kind, head) = kind_of(pair.as_rule());
        let clauses = Vec::new();
        let mut it = Declaration { kind, name: None, title: None, head, clauses, keyword: span, span, broken: false };
        let mut body = Body::new(Place::Of(kind));
        for (place, part) in pair.clone().into_inner().enumerate() {
            if place == 0 {
                it.keyword = self.extent(&part);
            } else if !self.head_part(&part, &mut it) {
                self.body_part(&part, &mut body);
            }
        }
        match inside {
            Some(inside) => self.inside(inside, kind, it.keyword),
            None if !body.closed && body.open.is_some() => self.unclosed(&mut body, grammar::end(pair)),
            None => {}
        }
        it.clauses = body.clauses;
        it
    }

    /// Reports a declaration that stands in another's body.
    fn inside(&mut self, inside: &Pair<'_>, outer: Kind, keyword: Span) {
        let word = inside.clone().into_inner().next().map_or(self.extent(inside), |first| self.extent(&first));
        let message = format!("`{}` stands in the body of {}", self.slice(word), outer.phrase());
        let report = Self::fault(word, message).also(keyword, "this body");
        self.report(report.help("write it outside of the braces"));
    }

    /// Reads a part of a declaration's head; `false` if it is none.
    pub(super) fn head_part(&mut self, part: &Pair<'_>, it: &mut Declaration) -> bool {
        match part.as_rule() {
            Rule::declared => it.name = Some(self.name(part)),
            Rule::title => it.title = Some(self.text(part)),
            Rule::kind | Rule::judge | Rule::ladder_name | Rule::step | Rule::key => self.own_part(part, &mut it.head),
            Rule::k_from | Rule::k_follows => {}
            _ => return false,
        }
        true
    }

    /// The part of the head that only this kind has.
    fn own_part(&mut self, part: &Pair<'_>, head: &mut Head) {
        match head {
            Head::Plain => {}
            Head::Attribute { from, .. } if part.as_rule() == Rule::key => *from = Some(self.text(part)),
            Head::Attribute { kind, .. } => *kind = Some(self.word(part)),
            Head::Metric { from } => *from = Some(self.word(part)),
            Head::Action { follows } => *follows = Some(self.name(part)),
            Head::Assure { step } => *step = self.step(part),
        }
    }

    /// A part of a body: a brace, a clause, or what is none.
    pub(super) fn body_part(&mut self, part: &Pair<'_>, body: &mut Body) {
        match part.as_rule() {
            Rule::open => body.open = Some(self.extent(part)),
            Rule::close => body.closed = true,
            Rule::extra_open => {
                let report = Self::fault(self.extent(part), "this `{` opens nothing");
                self.report(report.help("leave it out"));
            }
            Rule::stray_comma => self.stray_comma(part),
            Rule::broken_clause | Rule::broken_gate_clause => self.broken_clause(part, body),
            rule => {
                if rule == Rule::gate && grammar::part(part, Rule::close).is_some() {
                    let open = grammar::part(part, Rule::open).map(|open| self.extent(&open));
                    body.gates.extend(open.map(|open| (body.clauses.len(), open)));
                }
                let clause = self.clause(part);
                body.clauses.push(clause);
            }
        }
    }

    /// `gate X to Y { … }`
    pub(super) fn gate(&mut self, pair: &Pair<'_>) -> ClauseKind {
        let mut step = None;
        let mut body = Body::new(Place::Gate);
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::k_gate => {}
                Rule::step => step = self.step(&part),
                _ => self.body_part(&part, &mut body),
            }
        }
        if !body.closed {
            self.unclosed(&mut body, grammar::end(pair));
        }
        ClauseKind::Gate { step, clauses: body.clauses }
    }

    /// Reports a `{` without its `}`, given where its block ends.
    ///
    /// A declaration may lack its `}` because a gate in it took it: then the gate has clauses that no gate has. They
    /// are given back, and the gate's `{` is the one that is reported.
    pub(super) fn unclosed(&mut self, body: &mut Body, end: usize) {
        let mut open = body.open;
        for (place, gate_open) in std::mem::take(&mut body.gates) {
            if let Some(ClauseKind::Gate { clauses, .. }) = body.clauses.get_mut(place).map(|clause| &mut clause.kind)
                && let Some(first) = clauses.iter().position(|clause| !fits_gate(&clause.kind))
            {
                let back = clauses.split_off(first);
                let next = back.first().map(|clause| clause.keyword.span);
                body.clauses.extend(back);
                self.never_closed(Some(gate_open), next);
                return;
            }
        }
        self.never_closed(open.take(), self.next_token(end));
    }

    fn never_closed(&mut self, open: Option<Span>, next: Option<Span>) {
        let Some(open) = open else { return };
        let report = Self::fault(open, "this `{` is never closed").help("write the missing `}`");
        self.report(match next {
            Some(next) => report.also(next, "the next part starts here"),
            None => report,
        });
    }
}

/// The first of the declarations that stand in the body of the one before them, if they do: its `}` is missing before
/// them, and is one too many behind them.
fn nested<'p, 't>(items: &'p [Pair<'t>]) -> Option<&'p Pair<'t>> {
    let [outer, inside, ..] = items else { return None };
    if is_complete(outer) || !is_complete(inside) {
        return None;
    }
    let behind = items[1..].iter().find(|item| !is_complete(item))?;
    let closes = match behind.as_rule() {
        Rule::orphans => last_rule(behind) == Some(Rule::close),
        rule => rule == Rule::stray_close && behind.as_str().trim_end() == "}",
    };
    closes.then_some(inside)
}

/// Whether it is a declaration that lacks no `}`.
fn is_complete(item: &Pair<'_>) -> bool {
    match item.as_rule() {
        Rule::signal | Rule::attribute | Rule::import => true,
        Rule::policy | Rule::metric | Rule::ladder | Rule::action | Rule::assure => {
            last_rule(item) == Some(Rule::close)
        }
        _ => false,
    }
}

fn last_rule(pair: &Pair<'_>) -> Option<Rule> {
    pair.clone().into_inner().next_back().map(|last| last.as_rule())
}

/// Whether a gate may have such a clause.
fn fits_gate(kind: &ClauseKind) -> bool {
    use ClauseKind::{Approval, Bar, Broken, Hold, Keep, Requires, Stop};
    matches!(kind, Approval(_) | Bar(_) | Broken | Hold(_) | Keep(_) | Requires { .. } | Stop(_))
}

/// What a rule declares, and its head before anything of it is known.
fn kind_of(rule: Rule) -> (Kind, Head) {
    let kind = match rule {
        Rule::policy => Kind::Policy,
        Rule::signal => Kind::Signal,
        Rule::attribute => Kind::Attribute,
        Rule::metric => Kind::Metric,
        Rule::ladder => Kind::Ladder,
        Rule::assure => Kind::Assure,
        _ => Kind::Action,
    };
    (kind, empty_head(kind))
}

/// A head of which nothing is known.
pub(super) fn empty_head(kind: Kind) -> Head {
    match kind {
        Kind::Policy | Kind::Signal | Kind::Ladder => Head::Plain,
        Kind::Attribute => Head::Attribute { kind: None, from: None },
        Kind::Metric => Head::Metric { from: None },
        Kind::Action => Head::Action { follows: None },
        Kind::Assure => Head::Assure { step: None },
    }
}
