//! CWR106 unmatched-records: where action types split a kind, a record that falls between them is judged by nobody.
//!
//! A kind is a value of `action`, or all values that no predicate names. It is split where two action types or more
//! take a part of it. One type with a condition has chosen what it is about, as a policy chooses its actions; two share
//! a kind among them, and whoever wrote them believes that nothing is left over.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Constant, Predicate};
use crate::overlap::{self, Accepted, Budget, Example, TooInvolved};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Action types that one diagnostic points at.
const LABELS: usize = 4;

/// Predicates, and what each leaves over.
struct Types<'a> {
    taken: &'a [Cow<'a, Predicate>],
    left: &'a [Predicate],
}

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    if subject.policy.incomplete {
        return; // What is missing may have matched the rest.
    }
    let actions = &subject.policy.actions;
    let taken: Vec<Cow<Predicate>> = actions.iter().map(overlap::predicate).collect();
    let left: Vec<Predicate> = taken.iter().map(|it| Predicate::Not(Box::new(it.as_ref().clone()))).collect();
    let accepted = Accepted::of(taken.iter().map(AsRef::as_ref));
    let (types, mut budget, mut told) = (Types { taken: &taken, left: &left }, Budget::default(), BTreeSet::new());
    for kind in accepted.kinds() {
        let takers = accepted.takers(kind);
        if takers.len() < 2 || budget.is_spent() {
            continue;
        }
        // A question too involved for a warning is left open; CWR105 says so where it matters.
        let Ok(Some((split, example))) = types.gap(&accepted.of_kind(kind), &takers, &mut budget) else { continue };
        let split: Vec<&Action> = split.iter().map(|index| &actions[*index]).collect();
        if told.insert(split.iter().map(|action| action.at).collect::<Vec<_>>()) {
            findings.push(finding(subject, kind, &split, &example));
        }
    }
}

impl Types<'_> {
    /// The types that split a kind, and a record of it that none of them takes.
    fn gap(
        &self,
        kind: &Predicate,
        takers: &[usize],
        budget: &mut Budget,
    ) -> Result<Option<(Vec<usize>, Example)>, TooInvolved> {
        let mut split = Vec::new();
        for index in takers {
            // Two that take the same split nothing, and CWR105 says so.
            let is_new = !split.iter().any(|other: &usize| self.taken[*other] == self.taken[*index]);
            if is_new && overlap::example(&[kind, &self.taken[*index]], budget)?.is_some() {
                split.push(*index);
            }
        }
        if split.len() < 2 {
            return Ok(None);
        }
        let left = split.iter().map(|index| &self.left[*index]);
        let all: Vec<&Predicate> = [kind].into_iter().chain(left).collect();
        Ok(overlap::example(&all, budget)?.map(|example| (split, example)))
    }
}

fn finding(subject: &Subject, kind: Option<&str>, split: &[&Action], example: &Example) -> Diagnostic {
    let attributes = &subject.policy.attributes;
    let quoted = |kind: &str| overlap::written(&Constant::Text(kind.to_owned()));
    let which = kind.map_or_else(String::new, |kind| format!(" of `action == {}`", quoted(kind)));
    let message =
        format!("some records{which} are of no action type: {} types share them and leave a gap", split.len());
    let mut finding = Diagnostic::new(Code::UnmatchedRecords, split[0].matches_at, message).label("takes some of them");
    for other in split.iter().skip(1).take(LABELS - 1) {
        finding = finding.also(other.matches_at, format!("`{}` takes others", other.name));
    }
    let shown = example.shown(attributes, kind.unwrap_or(&split[0].name));
    let cure = if example.lacks(attributes).is_empty() {
        "let one of these take it, or add an action type for the rest"
    } else {
        "write the most careful one as `not` of the others, which takes what is absent too"
    };
    finding.help(format!("no type takes {shown}: {cure}"))
}
