//! Where rules leave what they find: one mistake gives one diagnostic, also where a ladder hands it to many actions.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Origin};
use crate::source::Span;
use std::collections::BTreeMap;

/// What the rules have found so far.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    /// Findings that lie in ladders alone, by what makes them the same.
    inherited: BTreeMap<(Code, Span, String), usize>,
}

struct Finding {
    diagnostic: Diagnostic,
    /// Name and place of the actions that only inherit it.
    followers: Vec<(String, Span)>,
}

impl Findings {
    /// Adds a finding.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(Finding { diagnostic, followers: Vec::new() });
    }

    /// Adds a finding about clauses of these origins: where none of them is the action's own, the same finding is told
    /// once, with the first follower and how many more there are.
    pub(super) fn about(&mut self, action: &Action, origins: impl IntoIterator<Item = Origin>, diagnostic: Diagnostic) {
        if origins.into_iter().any(|origin| origin == Origin::Action) {
            return self.push(diagnostic);
        }
        let key = (diagnostic.code, diagnostic.at.span, diagnostic.message.clone());
        let index = *self.inherited.entry(key).or_insert(self.found.len());
        if index == self.found.len() {
            self.push(diagnostic);
        }
        self.found[index].followers.push((action.name.clone(), action.at));
    }

    /// All findings, those of ladders with their followers.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.found.into_iter().map(Finding::told).collect()
    }
}

impl Finding {
    fn told(self) -> Diagnostic {
        match self.followers.as_slice() {
            [] => self.diagnostic,
            [(name, at)] => self.diagnostic.also(*at, format!("`{name}` inherits this")),
            [(name, at), rest @ ..] => {
                self.diagnostic.also(*at, format!("`{name}` and {} more inherit this", rest.len()))
            }
        }
    }
}
