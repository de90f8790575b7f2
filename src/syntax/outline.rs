//! Where the declarations and clauses of some files stand, and which lies in which: what the tree says of places, kept
//! when the tree is gone.

use super::ast::{Clause, ClauseKind, Declaration, File, Head};
use crate::source::{FileId, Span};
use std::cmp::Reverse;

/// A declaration or a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// All of it.
    pub span: Span,
    /// What tells it from others: its keyword, with the name that follows it: `action reply`, `bar acceptance`.
    pub head: Span,
    /// The one that it lies in.
    parent: Option<usize>,
}

/// The declarations and clauses of some files, in the order of their texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline(Vec<Element>);

impl Outline {
    /// The outline of some files.
    #[must_use]
    pub fn of(files: &[(FileId, File)]) -> Self {
        let mut elements = Vec::new();
        for declaration in files.iter().flat_map(|(_, file)| &file.declarations) {
            elements.push(Element { span: declaration.span, head: head_of(declaration), parent: None });
            clauses(&declaration.clauses, &mut elements);
        }
        elements.sort_by_key(|it| (it.span.file, it.span.start, Reverse(it.span.end)));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..elements.len() {
            let span = elements[at].span;
            open.retain(|outer| covers(elements[*outer].span, span));
            elements[at].parent = open.last().copied();
            open.push(at);
        }
        Self(elements)
    }

    /// Those that a place lies in, the innermost first.
    pub fn around(&self, place: Span) -> impl Iterator<Item = &Element> {
        let before = self.0.partition_point(|it| (it.span.file, it.span.start) <= (place.file, place.start));
        let mut next = before.checked_sub(1);
        let line = std::iter::from_fn(move || {
            let element = &self.0[next?];
            next = element.parent;
            Some(element)
        });
        line.filter(move |it| covers(it.span, Span { end: place.start, ..place }))
    }

    /// Those that start between two offsets of a file, in order.
    pub fn starting(&self, within: Span) -> impl Iterator<Item = &Element> {
        let first = self.0.partition_point(|it| (it.span.file, it.span.start) < (within.file, within.start));
        self.0[first..].iter().take_while(move |it| it.span.file == within.file && it.span.start < within.end)
    }
}

/// Whether one place lies in another.
fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

fn clauses(of: &[Clause], elements: &mut Vec<Element>) {
    for clause in of {
        elements.push(Element { span: clause.span, head: head_of_clause(clause), parent: None });
        if let ClauseKind::Gate { clauses: inner, .. } = &clause.kind {
            clauses(inner, elements);
        }
    }
}

fn head_of(declaration: &Declaration) -> Span {
    let keyword = declaration.keyword;
    match (&declaration.head, &declaration.name) {
        (Head::Assure { step: Some(step) }, _) => keyword.to(step.to.span),
        (_, Some(name)) => keyword.to(name.span),
        (_, None) => keyword,
    }
}

fn head_of_clause(clause: &Clause) -> Span {
    let name = match &clause.kind {
        ClauseKind::Gate { step: Some(step), .. } => Some(step.to.span),
        ClauseKind::Bar(bar) | ClauseKind::Keep(bar) => Some(bar.metric.span),
        ClauseKind::Trip { signals, .. } => signals.first().map(|signal| signal.span),
        ClauseKind::GivenRate { metric, .. } => Some(metric.span),
        ClauseKind::Requires { action, .. } => Some(action.span),
        _ => None,
    };
    name.map_or(clause.keyword.span, |name| clause.keyword.span.to(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    const TEXT: &str = "signal s\naction a {\n  risk low\n  gate crawl to walk {\n    bar m >= 9% over 14d min 5\n    hold 2d\n  }\n}\nassure a crawl to walk { given m = 4% }\n";

    fn heads<'a>(elements: impl Iterator<Item = &'a Element>) -> Vec<&'static str> {
        elements.map(|it| &TEXT[it.head.start as usize..it.head.end as usize]).collect()
    }

    #[test]
    fn knows_what_lies_where() {
        let file = FileId(0);
        let outline = Outline::of(&[(file, parse(file, TEXT).file)]);
        let at = |part: &str, length: u32| {
            let start = u32::try_from(TEXT.find(part).expect("the part")).expect("small");
            Span { file, start, end: start + length }
        };
        assert_eq!(heads(outline.around(at("5\n", 1))), ["bar m", "gate crawl to walk", "action a"]);
        assert_eq!(heads(outline.around(at("hold", 0))), ["hold", "gate crawl to walk", "action a"]);
        assert_eq!(heads(outline.around(at("4%", 2))), ["given m", "assure a crawl to walk"]);
        assert_eq!(heads(outline.around(at("\naction", 1))), ["signal s"]);
        assert_eq!(heads(outline.around(at("\nassure", 1))), ["action a"], "just behind its brace");
        assert_eq!(heads(outline.starting(at("  risk", 20))), ["risk", "gate crawl to walk"]);
        assert_eq!(heads(outline.around(Span { file: FileId(1), start: 9, end: 9 })), [""; 0]);
    }
}
