//! A text as pieces: declarations and clauses, with their words and comments.

use super::comments::{self, Comment, Comments};
use super::order;
use crate::syntax::grammar::{self, Grammar, Pair, Rule};
use pest::Parser as _;

/// A declaration or a clause.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    /// Which.
    pub(super) rule: Rule,
    /// The place of a clause in its body; `None` of a declaration.
    pub(super) rank: Option<(usize, bool)>,
    /// The comments above it, and those in the midst of it.
    pub(super) above: Vec<Comment<'t>>,
    /// Whether a blank line stands right above it.
    pub(super) blank: bool,
    /// Its words; where it has a body, those of its head.
    pub(super) words: Vec<&'t str>,
    /// The comment at the end of its line, or of its head's.
    pub(super) beside: Option<&'t str>,
    /// What stands between its braces.
    pub(super) body: Option<Body<'t>>,
}

/// What stands between two braces, or in a file.
#[derive(Debug, Default)]
pub(super) struct Body<'t> {
    /// Its pieces, clauses in their order.
    pub(super) pieces: Vec<Piece<'t>>,
    /// The comments behind the last of them.
    pub(super) end: Vec<Comment<'t>>,
    /// The comment beside the closing brace.
    pub(super) beside: Option<&'t str>,
}

impl<'t> Piece<'t> {
    /// Whether the author set it apart from what stands before it.
    pub(super) fn is_apart(&self) -> bool {
        self.blank || self.above.iter().any(|comment| comment.blank)
    }

    /// Puts comments right above it.
    pub(super) fn lift(&mut self, comments: impl IntoIterator<Item = &'t str>) {
        for text in comments {
            self.above.push(Comment { text, blank: std::mem::take(&mut self.blank) });
        }
    }
}

/// A text without faults as pieces; `None` if it is not the language.
pub(super) fn read(text: &str) -> Option<Body<'_>> {
    let file = Grammar::parse(Rule::file, text).ok()?;
    let words = comments::words(text)?;
    let comments = Comments::of(text, &words);
    let mut reading = Reading { text, words, taken: 0, comments };
    let items = file.flat_map(Pair::into_inner).filter(|item| item.as_rule() != Rule::EOI);
    let pieces = items.map(|item| reading.piece(&item)).collect();
    Some(Body { pieces, end: reading.comments.before(text.len()), beside: None })
}

/// How far a text has been taken to pieces.
struct Reading<'t> {
    text: &'t str,
    words: Vec<(usize, &'t str)>,
    /// How many of the words.
    taken: usize,
    comments: Comments<'t>,
}

impl<'t> Reading<'t> {
    fn piece(&mut self, pair: &Pair<'t>) -> Piece<'t> {
        let (rule, start) = (pair.as_rule(), pair.as_span().start());
        let above = self.comments.before(start);
        let blank = comments::is_below_blank(self.text, start);
        let open = grammar::part(pair, Rule::open);
        let words = self.words_before(open.as_ref().map_or(pair.as_span().end(), |open| open.as_span().start()));
        let rank = order::rank(pair);
        let mut piece = Piece { rule, rank, above, blank, words, beside: None, body: None };
        let inner_end = open.as_ref().map_or(self.end(), |open| open.as_span().start());
        piece.lift(self.comments.before(inner_end).into_iter().map(|comment| comment.text));
        match open {
            Some(open) => self.body(pair, &open, &mut piece),
            None => piece.beside = self.comments.beside(self.end()),
        }
        piece
    }

    /// From the opening brace on.
    fn body(&mut self, pair: &Pair<'t>, open: &Pair<'t>, piece: &mut Piece<'t>) {
        self.words_before(open.as_span().end());
        piece.beside = self.comments.beside(self.end());
        let clauses = pair.clone().into_inner().filter(|part| order::rank(part).is_some());
        let mut pieces: Vec<Piece<'t>> = clauses.map(|clause| self.piece(&clause)).collect();
        pieces.sort_by_key(|clause| clause.rank);
        let close = grammar::end(pair);
        let end = self.comments.before(close);
        self.words_before(close);
        let mut beside = self.comments.beside(close);
        if !self.text[pair.as_span().start()..close].contains('\n') {
            piece.beside = beside.take();
        }
        piece.body = Some(Body { pieces, end, beside });
    }

    /// The next words, up to an offset.
    fn words_before(&mut self, end: usize) -> Vec<&'t str> {
        let rest = self.words[self.taken..].iter();
        let words: Vec<&str> = rest.take_while(|(at, _)| *at < end).map(|(_, word)| *word).collect();
        self.taken += words.len();
        words
    }

    /// Where the last word that was taken ends.
    fn end(&self) -> usize {
        self.words[..self.taken].last().map_or(0, |(at, word)| at + word.len())
    }
}
