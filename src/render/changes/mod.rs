//! What a change to a policy means, for people, programs and pull requests.

mod github;
mod human;
mod json;
mod markdown;
mod replayed;
mod words;

use super::Style;
use crate::diff::replayed::Replayed;
use crate::diff::{Change, Class, Diff, Said, Side};

/// One policy, before and after.
#[derive(Debug)]
pub struct Compared<'a> {
    /// Before.
    pub old: Place<'a>,
    /// After.
    pub new: Place<'a>,
    /// What changed.
    pub diff: Diff,
    /// A history under both.
    pub replayed: Option<Replayed>,
    /// The files that its witnesses were written to, in their order; none if they were not.
    pub written: Vec<String>,
}

/// One of the two policies, and how its files are named.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The policy.
    pub side: &'a Side<'a>,
    /// `git:main:` before paths in a revision, else nothing.
    pub before_paths: &'a str,
    /// The path of its root; `None`: there is no such policy on this side.
    pub path: Option<&'a str>,
}

impl Place<'_> {
    /// `git:main:policies/support.cwr:12`
    fn of(self, said: &Said) -> String {
        let (line, _) = self.side.sources.position(said.at);
        format!("{}{}:{line}", self.before_paths, self.side.sources.get(said.at.file).path)
    }
}

impl Compared<'_> {
    /// The changes by action type: those of the policy as a whole first, then in the order found.
    fn groups(&self) -> Vec<(Option<&str>, Vec<&Change>)> {
        let mut all: Vec<(Option<&str>, Vec<&Change>)> = Vec::new();
        for change in &self.diff.changes {
            let name = change.action.as_deref();
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, changes)) => changes.push(change),
                None => all.push((name, vec![change])),
            }
        }
        all.sort_by_key(|(name, _)| name.is_some());
        all
    }
}

/// The classes of all policies together.
fn class(all: &[Compared]) -> Class {
    all.iter().map(|one| one.diff.class()).max().unwrap_or(Class::Neutral)
}

/// As what a comparison is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
    /// A comment for a pull request.
    Markdown,
    /// Annotations of GitHub.
    Github,
}

/// The comparison as text.
#[must_use]
pub fn render(all: &[Compared], format: Format, style: Style) -> String {
    match format {
        Format::Human => human::render(all, style),
        Format::Json => json::render(all),
        Format::Markdown => markdown::render(all),
        Format::Github => github::render(all),
    }
}
