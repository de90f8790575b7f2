//! Pieces as lines.

use super::comments::Comment;
use super::fill::{fill, joined, length};
use super::order;
use super::read::{Body, Piece};
use crate::syntax::grammar::Rule;
use std::mem;

/// The longest line that words are filled into.
const WIDTH: usize = 100;
/// How far a body stands in.
const STEP: usize = 2;
/// How far the rest of a head stands in that is too long for its line.
const HANG: usize = 4;
/// How far a comment stands beside a line.
const ASIDE: usize = 3;
/// The column of a gate's values has room for this keyword, so that `bar`, `hold`, `keep` and `stop` of all gates agree.
const WIDEST_OF_GATES: usize = "margin".len();
/// The text of a file.
pub(super) fn print(file: &Body<'_>) -> String {
    let mut page = Page { lines: Vec::new(), is_open: true };
    page.body(file, 0, 0);
    page.text()
}

/// A line, without its line end.
struct Line<'t> {
    indent: usize,
    text: String,
    beside: Option<&'t str>,
}

impl Line<'_> {
    /// Whether a comment stands beside it, and it is no brace's.
    fn is_row(&self) -> bool {
        self.beside.is_some() && !self.text.ends_with(['{', '}'])
    }
}

/// The lines so far.
struct Page<'t> {
    lines: Vec<Line<'t>>,
    /// Nothing stands in this body yet.
    is_open: bool,
}

/// Pieces whose cells stand in columns.
struct Table {
    widths: Vec<usize>,
    gap: usize,
}

impl Table {
    fn of(pieces: &[Piece<'_>], least: usize) -> Self {
        let mut widths = Vec::new();
        for piece in pieces {
            for (place, cell) in split(piece).0.iter().enumerate() {
                if widths.len() == place {
                    widths.push(least);
                }
                widths[place] = widths[place].max(length(cell));
            }
        }
        let is_list = pieces.len() > 1 && pieces[0].rank.is_none();
        Self { widths, gap: if is_list { 2 } else { 1 } }
    }

    /// The cells before the last one of a line, each as wide as its column.
    fn head(&self, cells: &[String]) -> String {
        let padded = |(cell, width): (&String, &usize)| format!("{cell:width$}{:gap$}", "", gap = self.gap);
        cells.iter().zip(&self.widths).map(padded).collect()
    }
}

impl<'t> Page<'t> {
    fn body(&mut self, body: &Body<'t>, indent: usize, least: usize) {
        let mut before = None;
        for run in body.pieces.chunk_by(|one, next| is_run(one, next)) {
            let table = Table::of(run, least);
            for piece in run {
                self.piece(piece, &table, indent, before.is_some_and(|before| is_separate(before, piece)));
                before = Some(piece);
            }
        }
        self.comments(&body.end, indent);
    }

    /// One piece, and a blank line before it if it is separate from what stands before.
    fn piece(&mut self, piece: &Piece<'t>, table: &Table, indent: usize, is_separate: bool) {
        if is_separate && !piece.is_apart() {
            self.blank();
        }
        self.comments(&piece.above, indent);
        if piece.blank {
            self.blank();
        }
        let lines = lines(piece, table, indent);
        // A comment beside the last of several lines would no longer stand beside the first.
        let (over, beside) = if lines.len() > 1 { (piece.beside, None) } else { (None, piece.beside) };
        self.lines.extend(over.map(|text| Line { indent, text: text.to_owned(), beside: None }));
        self.lines.extend(lines.into_iter().map(|text| Line { indent, text, beside }));
        self.is_open = false;
        if let Some(body) = piece.body.as_ref().filter(|_| short_body(piece, indent).is_none()) {
            self.is_open = true;
            self.body(body, indent + STEP, if piece.rule == Rule::gate { WIDEST_OF_GATES } else { 0 });
            self.lines.push(Line { indent, text: "}".to_owned(), beside: body.beside });
            self.is_open = false;
        }
    }

    fn comments(&mut self, comments: &[Comment<'t>], indent: usize) {
        for comment in comments {
            if comment.blank {
                self.blank();
            }
            self.lines.push(Line { indent, text: comment.text.to_owned(), beside: None });
            self.is_open = false;
        }
    }

    /// A blank line, unless nothing stands above it.
    fn blank(&mut self) {
        if !self.is_open {
            self.lines.push(Line { indent: 0, text: String::new(), beside: None });
        }
    }

    /// All lines. Comments beside neighbouring lines stand in one column.
    fn text(&self) -> String {
        let mut text = String::new();
        for run in self.lines.chunk_by(|one, next| one.indent == next.indent && one.is_row() && next.is_row()) {
            let column = run.iter().map(|line| length(&line.text)).max().unwrap_or(0) + ASIDE;
            for line in run {
                let indent = if line.text.is_empty() { 0 } else { line.indent };
                let comment = line.beside.map(|comment| " ".repeat(column - length(&line.text)) + comment);
                text.extend([&" ".repeat(indent), &line.text, comment.as_deref().unwrap_or(""), "\n"]);
            }
        }
        text
    }
}

/// The lines of a piece without its body, or with it where that is short; without the indent of the first.
fn lines(piece: &Piece<'_>, table: &Table, indent: usize) -> Vec<String> {
    if let Some(line) = short_body(piece, indent) {
        return vec![line];
    }
    let (cells, rest) = split(piece);
    let head = table.head(&cells);
    let hang = if piece.rank.is_some() && !cells.is_empty() { length(&head) } else { HANG };
    let mut words = rest.to_vec();
    words.extend(piece.body.as_ref().map(|_| "{"));
    fill(head, &words, hang, WIDTH.saturating_sub(indent))
}

/// A metric or gate of at most one clause, and any empty body, on one line, where it fits and no comment stands in it.
fn short_body(piece: &Piece<'_>, indent: usize) -> Option<String> {
    let body = piece.body.as_ref().filter(|body| body.end.is_empty() && body.beside.is_none())?;
    let mut words = piece.words.clone();
    match body.pieces.as_slice() {
        [] => words.push("{}"),
        [only] if matches!(piece.rule, Rule::metric | Rule::gate) && is_plain(only) => {
            words.push("{");
            words.extend(&only.words);
            words.push("}");
        }
        _ => return None,
    }
    let line = joined(&words);
    (body.pieces.is_empty() || indent + length(&line) <= WIDTH).then_some(line)
}

/// Whether it is nothing but words.
fn is_plain(piece: &Piece<'_>) -> bool {
    piece.above.is_empty() && piece.beside.is_none() && piece.body.is_none()
}

/// Whether two neighbours stand in one table.
fn is_run(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    let is_alike = if one.rank.is_some() { next.rank.is_some() } else { one.rule == next.rule };
    is_alike && one.body.is_none() && next.body.is_none() && !next.is_apart()
}

/// Whether a blank line stands between two neighbours, whatever the author wrote: declarations, but for rows of one-line
/// ones of a kind.
fn is_separate(one: &Piece<'_>, next: &Piece<'_>) -> bool {
    next.rank.is_none() && (one.rule != next.rule || next.body.is_some())
}

/// The cells of a line but the last, and the words of the last.
fn split<'p, 't>(piece: &'p Piece<'t>) -> (Vec<String>, &'p [&'t str]) {
    let mut start = 0;
    let ends = order::cells(piece.rule, piece.rank.is_some()).iter().filter(|end| **end < piece.words.len());
    let cells = ends.map(|end| joined(&piece.words[mem::replace(&mut start, *end)..*end])).collect();
    (cells, &piece.words[start..])
}
