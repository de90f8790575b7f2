//! One of the two policies, and who of it is whom of the other.

use super::Said;
use crate::model::Policy;
use crate::model::policy::{Action, ActionId, MetricId};
use crate::plan::{self, Plan};
use crate::source::{Sources, Span};

/// One of the two policies.
#[derive(Debug)]
pub struct Side<'a> {
    /// As meant.
    pub policy: &'a Policy,
    /// As executed.
    pub plan: Plan,
    /// Its texts.
    pub sources: &'a Sources,
}

impl<'a> Side<'a> {
    /// A policy without errors.
    #[must_use]
    pub fn new(policy: &'a Policy, sources: &'a Sources) -> Self {
        Self { policy, plan: plan::compile(policy), sources }
    }

    /// What stands at a place, on one line and without comments.
    pub(super) fn said(&self, at: Span) -> Said {
        let lines = self.sources.text(at).lines().map(without_comment);
        let text = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Said { text, at }
    }

    pub(super) fn action(&self, id: ActionId) -> &'a Action {
        &self.policy.actions[id.index()]
    }

    pub(super) fn metric_name(&self, id: MetricId) -> &'a str {
        &self.policy.metrics[id.index()].name
    }
}

/// The line up to a `#` that stands outside of quotes.
fn without_comment(line: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (at, sign) in line.char_indices() {
        match sign {
            '#' if !quoted => return &line[..at],
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = sign == '\\' && !escaped;
    }
    line
}

/// An action type of either policy: one that is in both, a removed one, or an added one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<ActionId>,
    pub(super) new: Option<ActionId>,
}

impl Pair {
    pub(super) fn both(self) -> Option<(ActionId, ActionId)> {
        self.old.zip(self.new)
    }
}

/// The action types of both policies in the order of the new one, the removed ones last. One is the other by its name,
/// else by `formerly`.
pub(super) fn pair(old: &Policy, new: &Policy) -> Vec<Pair> {
    let named = |name: &str| old.actions.iter().position(|action| action.name == name);
    let is_kept = |at: &usize| new.actions.iter().any(|action| action.name == old.actions[*at].name);
    let mut taken = vec![false; old.actions.len()];
    let mut pairs = Vec::new();
    for (at, action) in new.actions.iter().enumerate() {
        let former = || action.formerly.iter().filter_map(|name| named(name)).find(|at| !is_kept(at));
        let found = named(&action.name).or_else(former).filter(|at| !taken[*at]);
        if let Some(found) = found {
            taken[found] = true;
        }
        pairs.push(Pair { old: found.map(ActionId::new), new: Some(ActionId::new(at)) });
    }
    let removed = (0..old.actions.len()).filter(|at| !taken[*at]);
    pairs.extend(removed.map(|at| Pair { old: Some(ActionId::new(at)), new: None }));
    pairs
}
