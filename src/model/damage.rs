//! What the parser could not read, so that nobody reports its absence as a second mistake.
//!
//! Three traces are kept: the words that may have been a declaration, the declarations that hold something unreadable
//! between their clauses, and the places of all findings, for the clauses that lack a part.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Clause, ClauseKind, Declaration, File};
use std::collections::{BTreeSet, HashSet};

/// What is missing from the trees through faults that have been reported.
#[derive(Clone, Debug, Default)]
pub struct Damage {
    /// Some file could not be read at all: any name may be declared there.
    pub unread: bool,
    /// Words outside of all declarations, and on the lines where something there is unreadable.
    lost: HashSet<String>,
    /// The keywords of declarations with something unreadable outside of their clauses.
    hurt: HashSet<Span>,
    /// The keywords of declarations that are followed by something unreadable: they may have ended too early.
    spilled: HashSet<Span>,
    /// Where the parser's findings start.
    places: BTreeSet<(FileId, u32)>,
}

impl Damage {
    /// Takes in the findings of one file.
    pub(super) fn add(&mut self, tree: &File, text: &str, found: &[Diagnostic]) {
        let mut outside = false;
        for at in found.iter().map(|found| found.at.span) {
            self.places.insert((at.file, at.start));
            let count = tree.declarations.partition_point(|it| it.span.start <= at.start);
            let before = count.checked_sub(1).and_then(|last| tree.declarations.get(last));
            if let Some(declaration) = before.filter(|it| !in_clause(&it.clauses, at)) {
                self.hurt.insert(declaration.keyword);
            }
            if before.is_none_or(|it| at.start >= it.span.end) {
                outside = true;
                self.spilled.extend(before.map(|it| it.keyword));
                self.lost.extend(words(line_of(text, at)));
            }
        }
        if outside {
            self.lost.extend(gaps(tree, text).flat_map(words));
        }
    }

    /// Whether an unknown name may be declared in what could not be read.
    pub(super) fn may_declare(&self, name: &str) -> bool {
        self.unread || self.lost.contains(name)
    }

    /// Whether a declaration may have had clauses, or a head, that could not be read.
    pub(super) fn hurts(&self, declaration: &Declaration) -> bool {
        declaration.broken || self.hurt.contains(&declaration.keyword)
    }

    /// Whether a declaration, or a gate in it, may have been closed too early.
    pub(super) fn spills(&self, declaration: &Declaration) -> bool {
        self.spilled.contains(&declaration.keyword)
    }

    /// Whether something unreadable starts in this place.
    pub(super) fn lies_within(&self, file: FileId, from: u32, to: u32) -> bool {
        from < to && self.places.range((file, from)..(file, to)).next().is_some()
    }
}

/// Whether a place lies in a clause, of a gate too.
fn in_clause(clauses: &[Clause], at: Span) -> bool {
    let last = clauses.iter().rfind(|clause| clause.span.start <= at.start);
    let Some(clause) = last.filter(|clause| at.start < clause.span.end) else { return false };
    match &clause.kind {
        ClauseKind::Gate { clauses, .. } => in_clause(clauses, at) || clauses.is_empty(),
        _ => true,
    }
}

/// The parts of a text outside of its declarations.
fn gaps<'t>(tree: &File, text: &'t str) -> impl Iterator<Item = &'t str> {
    let starts = tree.declarations.iter().map(|it| it.span.start as usize).chain([text.len()]);
    let ends = [0].into_iter().chain(tree.declarations.iter().map(|it| it.span.end as usize));
    ends.zip(starts).filter_map(|(end, start)| text.get(end..start))
}

/// The line of a place: a string that was never closed may have swallowed a declaration there.
fn line_of(text: &str, at: Span) -> &str {
    let (before, after) = text.split_at_checked(at.start as usize).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |end| before.len() + end);
    text.get(start..end).unwrap_or_default()
}

/// The words of a text.
fn words(text: &str) -> impl Iterator<Item = String> {
    let in_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.split(move |letter| !in_word(letter)).map(str::to_owned)
}
