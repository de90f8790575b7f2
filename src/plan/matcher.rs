//! Predicates as executed: which action type a record is of.
//!
//! A comparison of an absent attribute, or of values of different kinds, is false, `!=` and `in` too; so `not` of it
//! is true (language §4 `matches`).

use super::Plan;
use crate::model::policy::{ActionId, Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use crate::value::{Named, Number};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The value of an attribute of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Given<'a> {
    /// A number.
    Number(Number),
    /// A string.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Flag(bool),
    /// A list or an object, as canonical JSON: no comparison holds.
    Other(String),
}

/// Three answers: a predicate of which only `action` is known may be undecided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    No,
    Maybe,
    Yes,
}

/// Whether a record with this `action` and these attributes satisfies the predicate.
pub fn matches<'a>(predicate: &Predicate, action: &str, given: &impl Fn(usize) -> Option<&'a Given<'a>>) -> bool {
    let leaf = |subject: Subject, test: &dyn Fn(&Given) -> bool| match subject {
        Subject::Action => answer(test(&Given::Text(Cow::Borrowed(action)))),
        Subject::Attribute(id) => answer(given(id.index()).is_some_and(test)),
    };
    evaluate(predicate, &leaf) == Answer::Yes
}

/// Whether some record with this `action` may satisfy the predicate, or all do, or none.
fn with_action_only(predicate: &Predicate, action: &str) -> Answer {
    let leaf = |subject: Subject, test: &dyn Fn(&Given) -> bool| match subject {
        Subject::Action => answer(test(&Given::Text(Cow::Borrowed(action)))),
        Subject::Attribute(_) => Answer::Maybe,
    };
    evaluate(predicate, &leaf)
}

fn answer(yes: bool) -> Answer {
    if yes { Answer::Yes } else { Answer::No }
}

type Leaf<'a> = dyn Fn(Subject, &dyn Fn(&Given) -> bool) -> Answer + 'a;

fn evaluate(predicate: &Predicate, leaf: &Leaf) -> Answer {
    match predicate {
        Predicate::Compare(subject, op, constant) => leaf(*subject, &|given| compares(given, *op, constant)),
        Predicate::In(subject, constants) => {
            leaf(*subject, &|given| constants.iter().any(|constant| compares(given, Op::Equal, constant)))
        }
        Predicate::Not(inner) => match evaluate(inner, leaf) {
            Answer::No => Answer::Yes,
            Answer::Maybe => Answer::Maybe,
            Answer::Yes => Answer::No,
        },
        Predicate::And(parts) => fold(parts, leaf, Answer::No, Answer::Yes),
        Predicate::Or(parts) => fold(parts, leaf, Answer::Yes, Answer::No),
    }
}

/// `decisive` as soon as one part says so, else `Maybe` if one part does, else `otherwise`.
fn fold(parts: &[Predicate], leaf: &Leaf, decisive: Answer, otherwise: Answer) -> Answer {
    let mut all = otherwise;
    for part in parts {
        match evaluate(part, leaf) {
            Answer::Maybe => all = Answer::Maybe,
            answer if answer == decisive => return decisive,
            _ => {}
        }
    }
    all
}

/// One comparison; values of different kinds never compare.
#[must_use]
pub fn compares(given: &Given, op: Op, constant: &Constant) -> bool {
    let ordering = match (given, constant) {
        (Given::Number(left), Constant::Number(right)) => left.cmp(right),
        (Given::Text(left), Constant::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Given::Flag(left), Constant::Flag(right)) => left.cmp(right),
        _ => return false,
    };
    match op {
        Op::Equal => ordering == Ordering::Equal,
        Op::NotEqual => ordering != Ordering::Equal,
        Op::Less => ordering == Ordering::Less,
        Op::AtMost => ordering != Ordering::Greater,
        Op::More => ordering == Ordering::Greater,
        Op::AtLeast => ordering != Ordering::Less,
    }
}

/// Finds the action type of records; remembers which action types an `action` value leaves open.
#[derive(Debug, Default)]
pub struct Classifier {
    known: Named<Known>,
}

/// What an `action` value alone says.
#[derive(Debug)]
enum Known {
    /// Which action type it is, or that it is none.
    Decided(Option<ActionId>),
    /// Attributes decide between these, or for none.
    Open(Vec<ActionId>),
}

/// How many `action` values are remembered; a history with more is classified without memory.
const REMEMBERED: usize = 4_096;

impl Classifier {
    /// The action type of a record, if one matches. CWR105 makes it at most one; of more, the first is taken.
    pub fn classify<'a>(
        &mut self,
        plan: &Plan,
        action: &str,
        given: &impl Fn(usize) -> Option<&'a Given<'a>>,
    ) -> Option<ActionId> {
        let matches = |id: &ActionId| matches(&plan.actions[id.index()].matches, action, given);
        self.ask(plan, action, |known| match known {
            Known::Decided(id) => *id,
            Known::Open(ids) => ids.iter().copied().find(|id| matches(id)),
        })
    }

    /// The action type of all records with this `action`, or that they have none; nothing where attributes decide.
    pub fn decided(&mut self, plan: &Plan, action: &str) -> Option<Option<ActionId>> {
        self.ask(plan, action, |known| if let Known::Decided(id) = known { Some(*id) } else { None })
    }

    /// What follows from what an `action` value alone says.
    #[inline]
    fn ask<T>(&mut self, plan: &Plan, action: &str, answer: impl FnOnce(&Known) -> T) -> T {
        if let Some(known) = self.known.get(action) {
            return answer(known);
        }
        let known = known(plan, action);
        let found = answer(&known);
        if self.known.len() < REMEMBERED {
            self.known.insert(action, known);
        }
        found
    }
}

fn known(plan: &Plan, action: &str) -> Known {
    let open = candidates(plan, action);
    match open.first() {
        None => Known::Decided(None),
        Some(first) if with_action_only(&plan.actions[first.index()].matches, action) == Answer::Yes => {
            Known::Decided(Some(*first))
        }
        Some(_) => Known::Open(open),
    }
}

fn candidates(plan: &Plan, action: &str) -> Vec<ActionId> {
    let possible = |predicate: &Predicate| with_action_only(predicate, action) != Answer::No;
    (0..plan.actions.len()).filter(|index| possible(&plan.actions[*index].matches)).map(ActionId::new).collect()
}
