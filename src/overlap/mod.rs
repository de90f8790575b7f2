//! Can one record satisfy several predicates? Decided exactly, with a record that does.
//!
//! Attributes are independent of each other, numbers are exact decimals, strings are ordered by bytes (language §4,
//! `matches`). So each attribute's domain falls into finitely many classes between the constants it is compared with
//! ([`domain`]), and the question becomes one of propositional logic ([`formula`]), which a search answers ([`search`]).
//! That is exponential for predicates made to be so; a [`Budget`] ends it, and ends it the same way everywhere.
//!
//! Before any pair is looked at, [`Accepted`] rules out those that share no value of `action`.

mod accepted;
mod attributes;
mod domain;
mod example;
mod formula;
mod search;
#[cfg(test)]
mod tests;

pub use accepted::Accepted;
pub use attributes::{comparison, subjects, without};
pub use example::{Example, written};

use crate::model::policy::{Action, Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use std::borrow::Cow;

/// Steps for one question: comparisons of a constant with a class, and looks at a part of a formula.
const STEPS: u64 = 2_000_000;
/// Questions of that size that one budget pays for.
const QUESTIONS: u64 = 50;
/// Steps that every question costs at least: a million of them is as much as one policy gets.
const ASKING: usize = 100;

/// How much may still be computed.
pub struct Budget {
    /// For all questions together.
    all: u64,
    /// For the question at hand.
    one: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { all: QUESTIONS * STEPS, one: STEPS }
    }
}

impl Budget {
    /// Pays so many steps.
    fn pay(&mut self, steps: usize) -> Result<(), TooInvolved> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let left = |budget: u64| budget.checked_sub(steps).ok_or(TooInvolved);
        let (all, one) = (left(self.all), left(self.one));
        self.all = all.unwrap_or(0);
        self.one = one?;
        all.map(|_| ())
    }

    /// Whether nothing is left for any question.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.all == 0
    }
}

/// The question could not be answered within the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooInvolved;

/// A record that satisfies all of these, if there is one. Fails where the budget does not suffice.
pub fn example(all: &[&Predicate], budget: &mut Budget) -> Result<Option<Example>, TooInvolved> {
    budget.one = STEPS;
    budget.pay(ASKING)?;
    let domains = domain::of(all, budget)?;
    let conjuncts = formula::compile(all, &domains, budget)?;
    let Some(chosen) = search::solve(conjuncts, &domains, budget)? else { return Ok(None) };
    Ok(Some(Example::new(domains, &chosen)))
}

/// Whether an action has no `matches`.
#[must_use]
pub fn is_default(action: &Action) -> bool {
    action.matches_at == action.at
}

/// The predicate that decides which records are of an action: without `matches`, those of its name and former names.
#[must_use]
pub fn predicate(action: &Action) -> Cow<'_, Predicate> {
    if !is_default(action) {
        return Cow::Borrowed(&action.matches);
    }
    let text = |name: &String| Constant::Text(name.clone());
    Cow::Owned(match action.formerly.as_slice() {
        [] => Predicate::Compare(Subject::Action, Op::Equal, text(&action.name)),
        old => Predicate::In(Subject::Action, [&action.name].into_iter().chain(old).map(text).collect()),
    })
}
