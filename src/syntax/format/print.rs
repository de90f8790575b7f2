//! Pieces as lines.

use super::comments::Comment;
use super::order;
use super::read::{Body, Piece};
use crate::syntax::grammar::Rule;

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
/// A line that is too long may go on before these words, and behind a comma.
const JOINTS: [&str; 11] =
    ["and", "or", "over", "min", "confidence", "margin", "within", "because", "from", "follows", "to"];

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
            for (place, cell) in head_cells(piece).into_iter().enumerate() {
                if widths.len() == place {
                    widths.push(least);
                }
                widths[place] = widths[place].max(length(&cell));
            }
        }
        let is_list = pieces.len() > 1 && pieces[0].rank.is_none();
        Self { widths, gap: if is_list { 2 } else { 1 } }
    }

    /// The cells before the last one of a line, each as wide as its column.
    fn head(&self, piece: &Piece<'_>) -> String {
        let padded = |(cell, width): (String, &usize)| format!("{cell:width$}{:gap$}", "", gap = self.gap);
        head_cells(piece).into_iter().zip(&self.widths).map(padded).collect()
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
        let hung = lines.into_iter().map(|text| Line { indent, text, beside });
        self.lines.extend(hung);
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
    let head = table.head(piece);
    let hang = if piece.rank.is_some() && !head.is_empty() { length(&head) } else { HANG };
    let cells = order::cells(piece.rule, piece.rank.is_some());
    let taken =
        if head.is_empty() { 0 } else { cells.iter().rfind(|cell| **cell < piece.words.len()).map_or(0, |it| *it) };
    let mut words = piece.words[taken..].to_vec();
    words.extend(piece.body.as_ref().map(|_| "{"));
    let mut filling = Filling { lines: vec![head], width: WIDTH.saturating_sub(indent) };
    filling.fill(&words, hang, 0);
    filling.lines
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

/// The cells of a line but the last.
fn head_cells(piece: &Piece<'_>) -> Vec<String> {
    let ends = order::cells(piece.rule, piece.rank.is_some()).iter().filter(|end| **end < piece.words.len());
    let mut start = 0;
    ends.map(|end| joined(&piece.words[std::mem::replace(&mut start, *end)..*end])).collect()
}

/// Words in one line, with the spaces that belong between them.
fn joined(words: &[&str]) -> String {
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 && is_spaced(words[at - 1], word) {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn is_spaced(one: &str, next: &str) -> bool {
    one != "(" && !matches!(next, "," | ")")
}

/// Words in as many lines as they need.
struct Filling {
    lines: Vec<String>,
    width: usize,
}

impl Filling {
    /// Goes on with words. Lines that are begun stand in so far; the last is to leave room for a tail.
    fn fill(&mut self, words: &[&str], hang: usize, tail: usize) {
        let phrases = phrases(words);
        for (at, phrase) in phrases.iter().enumerate() {
            let tail = if at + 1 < phrases.len() { 0 } else { tail };
            if at > 0 && self.has_room(&format!(" {}", joined(phrase)), tail) {
                self.push(" ");
            } else if at > 0 {
                self.lines.push(" ".repeat(hang));
            }
            self.phrase(phrase, tail);
        }
    }

    /// Goes on with what stays on one line, but for what stands in its parentheses, if it has any.
    fn phrase(&mut self, words: &[&str], tail: usize) {
        let whole = joined(words);
        match (words.iter().position(|word| *word == "("), words) {
            (Some(open), [.., ")"]) if !self.has_room(&whole, tail) => {
                self.push(&joined(&words[..=open]));
                let column = self.lines.last().map_or(0, |line| length(line));
                self.fill(&words[open + 1..words.len() - 1], column, tail + 1);
                self.push(")");
            }
            _ => self.push(&whole),
        }
    }

    fn has_room(&self, text: &str, tail: usize) -> bool {
        self.lines.last().is_some_and(|line| length(line) + length(text) + tail <= self.width)
    }

    fn push(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(text);
        }
    }
}

/// The parts between which a line may be broken, what stands in parentheses left whole.
fn phrases<'w, 't>(words: &'w [&'t str]) -> Vec<&'w [&'t str]> {
    let mut depth = 0;
    let is_whole = |one: &&str, next: &&str| {
        depth += i32::from(*one == "(") - i32::from(*one == ")");
        depth > 0 || !(*one == "," || JOINTS.contains(next) && is_spaced(one, next))
    };
    words.chunk_by(is_whole).collect()
}

/// How many columns a text takes.
fn length(text: &str) -> usize {
    text.chars().count()
}
