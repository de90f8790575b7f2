//! Names and the words of closed lists.

use super::ast::{Name, StepName};
use super::grammar::{self, Pair, Rule};
use super::reader::Reader;
use super::words::shown;
use crate::diagnostic::Fix;
use crate::source::{Span, Spanned};

impl Reader<'_> {
    /// A name. One that is not `[a-z][a-z0-9_]*` is reported, and read as the name that the help says.
    pub(super) fn name(&mut self, pair: &Pair<'_>) -> Name {
        let name = self.word(pair);
        if is_name(&name.value) {
            return name;
        }
        let proper = proper(&name.value);
        let report = Self::fault(name.span, format!("`{}` is not a name", shown(&name.value)));
        self.report(report.help(match &proper {
            Some(proper) => format!("names are lower-case letters, digits and `_`: write `{}`", shown(proper)),
            None => "names are lower-case letters, digits and `_`, and begin with a letter".to_owned(),
        }));
        Spanned::new(proper.unwrap_or(name.value), name.span)
    }

    /// The name in one part of a pair.
    pub(super) fn name_in(&mut self, pair: &Pair<'_>, rule: Rule) -> Option<Name> {
        grammar::part(pair, rule).map(|part| self.name(&part))
    }

    /// A list of names.
    pub(super) fn names(&mut self, pair: &Pair<'_>) -> Vec<Name> {
        let mut names = Vec::new();
        for part in pair.clone().into_inner() {
            if part.as_rule() == Rule::trailing_comma {
                self.trailing_comma(self.extent(&part), "name");
            } else {
                names.push(self.name(&part));
            }
        }
        names
    }

    /// The list of names in one part of a pair.
    pub(super) fn names_in(&mut self, pair: &Pair<'_>, rule: Rule) -> Option<Vec<Name>> {
        grammar::part(pair, rule).map(|part| self.names(&part))
    }

    /// The word in one part of a pair.
    pub(super) fn word_in(&mut self, pair: &Pair<'_>, rule: Rule) -> Option<Name> {
        grammar::part(pair, rule).map(|part| self.word(&part))
    }

    /// `crawl to walk`
    pub(super) fn step(&mut self, pair: &Pair<'_>) -> Option<StepName> {
        let mut tiers = pair.clone().into_inner().filter(|part| part.as_rule() == Rule::tier);
        Some(StepName { from: self.word(&tiers.next()?), to: self.word(&tiers.next()?) })
    }

    /// Reports the comma behind the last of a list.
    pub(super) fn trailing_comma(&mut self, comma: Span, what: &str) {
        let report = Self::fault(comma, format!("no {what} follows this comma"));
        let fix = Fix::cut(self.text, comma);
        self.report(report.help(format!("leave the comma out, or write a {what} after it")).fix(fix));
    }
}

/// Whether a word is `[a-z][a-z0-9_]*`.
pub(super) fn is_name(word: &str) -> bool {
    let rest = word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    rest && word.starts_with(|first: char| first.is_ascii_lowercase())
}

/// The name that a word would be in the usual spelling: `replyToFAQ` and `reply-to-faq` are `reply_to_faq`.
pub(super) fn proper(word: &str) -> Option<String> {
    let mut name = String::new();
    let mut was_lower = false;
    for letter in word.chars() {
        if letter.is_uppercase() && was_lower {
            name.push('_');
        }
        was_lower = letter.is_lowercase() || letter.is_ascii_digit();
        match letter {
            '-' => name.push('_'),
            _ => name.extend(letter.to_lowercase()),
        }
    }
    let name = name.trim_start_matches('_').to_owned();
    is_name(&name).then_some(name)
}
