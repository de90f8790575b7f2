//! Fixes: what to write in place of a fault, where one answer is safe.
//!
//! A fix corrects what can only have been meant one way, leaves out what nothing uses, or rounds a duration to where its
//! gate gets harder to pass. None makes a gate easier to pass; a fault with two answers has its help alone.

use crate::source::Span;
use std::ops::Range;

/// One replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a help says it.
    pub what: String,
    /// What is replaced.
    pub at: Span,
    /// What stands there then; nothing where something is left out.
    pub text: String,
}

impl Fix {
    /// Writes something else there.
    pub fn write(at: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { what: format!("write `{}`", text.trim()), at, text }
    }

    /// Leaves a sign or a word out, with the space that it leaves over; a space takes its place where it parts words.
    #[must_use]
    pub fn cut(text: &str, at: Span) -> Self {
        let (before, behind) = around(text, at);
        let what = format!("leave out the `{}`", slice(text, at));
        let is_apart = before.ends_with(is_space) || before.is_empty();
        if !is_apart && !behind.starts_with(is_space) && !behind.starts_with(')') && !behind.is_empty() {
            return Self { what, at, text: " ".to_owned() };
        }
        let length = |spaces: &str| u32::try_from(spaces.len()).unwrap_or(0);
        let after = &behind[..behind.len() - behind.trim_start_matches([' ', '\t']).len()];
        let ends = behind[after.len()..].chars().next().is_none_or(|next| matches!(next, '\r' | '\n'));
        let at = match before.trim_end_matches([' ', '\t']) {
            bare if ends => Span { start: at.start - length(&before[bare.len()..]), end: at.end + length(after), ..at },
            _ if is_apart => Span { end: at.end + length(after), ..at },
            _ => at,
        };
        Self { what, at, text: String::new() }
    }

    /// Writes a word in place of a sign, apart from what it would touch.
    #[must_use]
    pub fn word(text: &str, at: Span, word: &str) -> Self {
        let (before, behind) = around(text, at);
        let touches = |sign: Option<char>| sign.is_some_and(|it| !is_space(it) && it != '(');
        let left = if touches(before.chars().next_back()) { " " } else { "" };
        let right = if behind.starts_with(is_space) { "" } else { " " };
        Self::write(at, format!("{left}{word}{right}"))
    }
}

fn is_space(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\r' | '\n')
}

fn slice(text: &str, at: Span) -> &str {
    text.get(at.start as usize..at.end as usize).unwrap_or("")
}

/// What stands before a place, and what behind it.
fn around(text: &str, at: Span) -> (&str, &str) {
    (text.get(..at.start as usize).unwrap_or(""), text.get(at.end as usize..).unwrap_or(""))
}

/// A text with replacements made, and how many were: of those that overlap the first alone is.
#[must_use]
pub fn applied<'e>(text: &str, edits: impl IntoIterator<Item = (Range<usize>, &'e str)>) -> (String, usize) {
    let mut edits: Vec<(Range<usize>, &str)> = edits.into_iter().collect();
    edits.sort_by_key(|(at, new)| (at.start, at.end, *new));
    let (mut out, mut done, mut count) = (String::with_capacity(text.len()), 0, 0);
    for (at, new) in edits {
        let Some(between) = text.get(done..at.start).filter(|_| text.get(at.clone()).is_some()) else { continue };
        out = out + between + new;
        done = at.end;
        count += 1;
    }
    (out + text.get(done..).unwrap_or(""), count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    /// A text with what stands between `[` and `]` fixed.
    fn fixed(marked: &str, fix: impl Fn(&str, Span) -> Fix) -> String {
        let (before, rest) = marked.split_once('[').expect("a start");
        let (what, after) = rest.split_once(']').expect("an end");
        let text = format!("{before}{what}{after}");
        let offset = |at: usize| u32::try_from(at).expect("small");
        let span = Span { file: FileId(0), start: offset(before.len()), end: offset(before.len() + what.len()) };
        let Fix { at, text: new, .. } = fix(&text, span);
        applied(&text, [(at.start as usize..at.end as usize, new.as_str())]).0
    }

    #[test]
    fn what_is_left_out_leaves_no_space_over() {
        for (marked, left) in [
            ("hold 14d[;]\n", "hold 14d\n"),
            ("hold 14d [;]  # why\n", "hold 14d # why\n"),
            ("hold 14d [;] \r\nx", "hold 14d\r\nx"),
            ("hold[:] 14d", "hold 14d"),
            ("hold[:]14d", "hold 14d"),
            ("hold [=] 14d", "hold 14d"),
            ("a >= 1[;]hold", "a >= 1 hold"),
            ("in (7, 8[,])", "in (7, 8)"),
            ("[;]", ""),
            ("[;]x", "x"),
        ] {
            assert_eq!(fixed(marked, Fix::cut), left, "{marked}");
        }
    }

    #[test]
    fn a_word_in_place_of_a_sign_stands_apart() {
        for (marked, left) in [
            ("a [&&] b", "a and b"),
            ("a[&&]b", "a and b"),
            ("([!]b)", "(and b)"),
            ("a [!]b", "a and b"),
            ("é[&&]\nb", "é and\nb"),
        ] {
            assert_eq!(fixed(marked, |text, at| Fix::word(text, at, "and")), left, "{marked}");
        }
    }

    #[test]
    fn of_overlapping_replacements_the_first_is_made() {
        assert_eq!(applied("abcdef", [(3..5, "Y"), (1..4, "X"), (4..4, "Z"), (5..6, "")]), ("aXZe".to_owned(), 3));
        assert_eq!(applied("é", [(1..2, "x"), (5..9, "y")]), ("é".to_owned(), 0));
        assert_eq!(applied("abc", []), ("abc".to_owned(), 0));
    }
}
