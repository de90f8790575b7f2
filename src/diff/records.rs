//! Which records are of which action type, before and after: predicates of both policies over one list of attributes.

use super::clauses::draft;
use super::side::Side;
use super::{Draft, Moved, Said, Verdict};
use crate::model::policy::{Action, ActionId, Attribute, AttributeId, Constant, Predicate, Subject};
use crate::overlap::{self, Budget, TooInvolved};
use crate::replay::Kind;
use crate::syntax::ast::Op;
use crate::value::{Step, Tier};
use std::collections::BTreeSet;

/// The change of an action type's predicate, if it reads otherwise now.
pub(super) fn changes(old: &Side, new: &Side, ids: (ActionId, ActionId)) -> Option<Draft> {
    let (one, other) = (old.action(ids.0), new.action(ids.1));
    let joint = Joint::new(old, new);
    let (before, after) = (overlap::predicate(one), joint.of_new(&overlap::predicate(other)));
    if *before == after || is_renamed(old, &joint, one, other) {
        return None;
    }
    let moved = moved(old, new, &joint, ids);
    let highest = one.ceiling_tier().min(other.ceiling_tier());
    let verdict = match &moved {
        Err(TooInvolved) => Verdict::Unclear("the predicates are too involved to compare"),
        Ok(moved) if moved.is_empty() || highest == Tier::Crawl => Verdict::Neutral,
        Ok(_) => {
            let steps = Step::ALL.into_iter().filter(|step| step.to() <= highest).collect();
            Verdict::Open(steps, vec![Kind::Demote, Kind::Stale, Kind::Trip])
        }
    };
    let moved = moved.unwrap_or_default();
    let neutral = if moved.is_empty() { "the same records" } else { "it never leaves crawl" };
    let said = (Some(said(old, one)), Some(said(new, other)));
    let of = Some((other, (Some(ids.0), ids.1)));
    let mut draft = draft(of, &format!("{}.matches", other.name), said, verdict, (neutral, ""));
    draft.change.moved = moved;
    Some(draft)
}

/// A record for each type to which records of this one go, and from which records come to it; `None` is no type.
fn moved(old: &Side, new: &Side, joint: &Joint, ids: (ActionId, ActionId)) -> Result<Vec<Moved>, TooInvolved> {
    let mut budget = Budget::default();
    let (one, other) = (old.action(ids.0), new.action(ids.1));
    let (before, after) = (overlap::predicate(one), joint.of_new(&overlap::predicate(other)));
    let olds: Vec<Predicate> = old.policy.actions.iter().map(|it| overlap::predicate(it).into_owned()).collect();
    let news: Vec<Predicate> = new.policy.actions.iter().map(|it| joint.of_new(&overlap::predicate(it))).collect();
    let mut all = Vec::new();
    let (from, to) = (Some(one.name.clone()), Some(other.name.clone()));
    for (at, type_of) in kinds(&news, ids.1.index()) {
        if let Some(record) = joint.example(&[&before, &type_of], &one.name, &mut budget)? {
            all.push(Moved { record, from: from.clone(), to: at.map(|at| new.policy.actions[at].name.clone()) });
        }
    }
    for (at, type_of) in kinds(&olds, ids.0.index()) {
        if let Some(record) = joint.example(&[&after, &type_of], &other.name, &mut budget)? {
            all.push(Moved { record, from: at.map(|at| old.policy.actions[at].name.clone()), to: to.clone() });
        }
    }
    Ok(all)
}

/// What the records of every other type satisfy, and what those of no type do.
fn kinds(all: &[Predicate], but: usize) -> Vec<(Option<usize>, Predicate)> {
    let others = all.iter().enumerate().filter(|(at, _)| *at != but).map(|(at, it)| (Some(at), it.clone()));
    others.chain([(None, not(&Predicate::Or(all.to_vec())))]).collect()
}

/// What decides which records are of an action type, in the policy's words.
fn said(of: &Side, action: &Action) -> Said {
    if !overlap::is_default(action) {
        return of.said(action.matches_at);
    }
    let formerly = if action.formerly.is_empty() { "" } else { " formerly " };
    let text = format!("action {}{formerly}{}", action.name, action.formerly.join(", "));
    Said { text, at: action.at }
}

/// Neither says `matches`, the new one takes what the old one took, and besides that only what it is called now, which no
/// other action type took before.
fn is_renamed(old: &Side, joint: &Joint, one: &Action, other: &Action) -> bool {
    let names =
        |action: &Action| -> BTreeSet<String> { [&action.name].into_iter().chain(&action.formerly).cloned().collect() };
    let (before, after) = (names(one), names(other));
    let is_new = |name: &&String| !before.contains(*name);
    let called = Predicate::Compare(Subject::Action, Op::Equal, Constant::Text(other.name.clone()));
    let takes_it = |it: &Action| {
        let example = joint.example(&[&called, &overlap::predicate(it)], &other.name, &mut Budget::default());
        !matches!(example, Ok(None))
    };
    overlap::is_default(one)
        && overlap::is_default(other)
        && before.is_subset(&after)
        && after.iter().filter(is_new).all(|name| *name == other.name)
        && !old.policy.actions.iter().any(|it| it.name != one.name && takes_it(it))
}

pub(super) fn not(predicate: &Predicate) -> Predicate {
    Predicate::Not(Box::new(predicate.clone()))
}

/// The attributes of both policies: the old ones, and behind them those that the new policy alone has.
pub(super) struct Joint {
    attributes: Vec<Attribute>,
    /// By id in the new policy, its index here.
    of_new: Vec<usize>,
}

impl Joint {
    pub(super) fn new(old: &Side, new: &Side) -> Self {
        let mut attributes = old.policy.attributes.clone();
        let mut of_new = Vec::new();
        for attribute in &new.policy.attributes {
            let same = |it: &Attribute| it.key == attribute.key && it.kind == attribute.kind;
            of_new.push(attributes.iter().position(same).unwrap_or_else(|| {
                attributes.push(attribute.clone());
                attributes.len() - 1
            }));
        }
        Self { attributes, of_new }
    }

    /// A predicate of the new policy over the joint attributes.
    pub(super) fn of_new(&self, predicate: &Predicate) -> Predicate {
        let subject = |subject: &Subject| match subject {
            Subject::Action => Subject::Action,
            Subject::Attribute(id) => Subject::Attribute(AttributeId::new(self.of_new[id.index()])),
        };
        let all = |parts: &[Predicate]| parts.iter().map(|part| self.of_new(part)).collect();
        match predicate {
            Predicate::Compare(of, op, constant) => Predicate::Compare(subject(of), *op, constant.clone()),
            Predicate::In(of, constants) => Predicate::In(subject(of), constants.clone()),
            Predicate::Not(inner) => Predicate::Not(Box::new(self.of_new(inner))),
            Predicate::And(parts) => Predicate::And(all(parts)),
            Predicate::Or(parts) => Predicate::Or(all(parts)),
        }
    }

    /// A record that satisfies all of these, as JSON.
    pub(super) fn example(
        &self,
        all: &[&Predicate],
        action: &str,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooInvolved> {
        Ok(overlap::example(all, budget)?.map(|example| example.json(&self.attributes, action)))
    }
}
