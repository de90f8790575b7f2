//! The words of a text, and the comments between them.

use crate::syntax::grammar::{Grammar, Pair, Rule};
use pest::Parser as _;
use std::iter::Peekable;
use std::vec::IntoIter;

/// A comment on a line of its own.
#[derive(Debug)]
pub(super) struct Comment<'t> {
    /// From `#` to its last visible character.
    pub(super) text: &'t str,
    /// Whether a blank line stands right above it.
    pub(super) blank: bool,
}

/// The comments of a text that have not been taken yet, in order.
pub(super) struct Comments<'t> {
    text: &'t str,
    rest: Peekable<IntoIter<(usize, &'t str)>>,
}

/// The words, literals and signs of a text, and where they start.
pub(super) fn words(text: &str) -> Option<Vec<(usize, &str)>> {
    let words = Grammar::parse(Rule::tokens, text).ok()?.flat_map(Pair::into_inner);
    let words = words.filter(|word| word.as_rule() != Rule::EOI);
    Some(words.map(|word| (word.as_span().start(), word.as_str())).collect())
}

/// The comments between the words of a text, and where they start.
pub(super) fn between<'t>(text: &'t str, words: &[(usize, &'t str)]) -> Vec<(usize, &'t str)> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, word) in words.iter().copied().chain([(text.len(), "")]) {
        while let Some(sign) = text[start..at].find('#') {
            let comment = text[start + sign..at].lines().next().unwrap_or_default();
            found.push((start + sign, comment.trim_end()));
            start += sign + comment.len();
        }
        start = at + word.len();
    }
    found
}

/// Whether the line above that of an offset is blank. What stands before the offset on its own line is white space.
pub(super) fn is_below_blank(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    text[before.len()..at].matches('\n').count() > 1
}

impl<'t> Comments<'t> {
    /// Those between these words.
    pub(super) fn of(text: &'t str, words: &[(usize, &'t str)]) -> Self {
        Self { text, rest: between(text, words).into_iter().peekable() }
    }

    /// Takes those before an offset.
    pub(super) fn before(&mut self, end: usize) -> Vec<Comment<'t>> {
        let mut taken = Vec::new();
        while let Some((at, text)) = self.rest.next_if(|(at, _)| *at < end) {
            taken.push(Comment { text, blank: is_below_blank(self.text, at) });
        }
        taken
    }

    /// Takes the one that follows on the same line.
    pub(super) fn beside(&mut self, end: usize) -> Option<&'t str> {
        let text = self.text;
        let follows = |at: usize| text.get(end..at).is_some_and(|gap| gap.bytes().all(|it| it == b' ' || it == b'\t'));
        self.rest.next_if(|(at, _)| follows(*at)).map(|(_, text)| text)
    }
}
