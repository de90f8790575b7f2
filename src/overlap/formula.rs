//! Predicates as formulas over the classes of [`super::domain`], negations pushed down to the comparisons.

use super::domain::{Domains, Value};
use super::{Budget, TooInvolved};
use crate::model::policy::{Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A formula. Variables are subjects, by their index in the domains; values are representatives, by index.
#[derive(Debug)]
pub(super) enum Formula {
    /// A comparison: for which values of the variable it holds.
    Atom(usize, Vec<bool>),
    /// All of these.
    And(Vec<Formula>),
    /// At least one of these.
    Or(Vec<Formula>),
}

/// The conjuncts of all these predicates together.
pub(super) fn compile(all: &[&Predicate], domains: &Domains, budget: &mut Budget) -> Result<Vec<Formula>, TooInvolved> {
    let mut conjuncts = Vec::new();
    for predicate in all {
        flatten(translate(predicate, false, domains, budget)?, &mut conjuncts);
    }
    Ok(conjuncts)
}

fn flatten(formula: Formula, conjuncts: &mut Vec<Formula>) {
    match formula {
        Formula::And(parts) => parts.into_iter().for_each(|part| flatten(part, conjuncts)),
        other => conjuncts.push(other),
    }
}

fn translate(
    predicate: &Predicate,
    negated: bool,
    domains: &Domains,
    budget: &mut Budget,
) -> Result<Formula, TooInvolved> {
    let mut many = |parts: &[Predicate]| {
        parts.iter().map(|part| translate(part, negated, domains, budget)).collect::<Result<Vec<_>, _>>()
    };
    match predicate {
        Predicate::Not(inner) => translate(inner, !negated, domains, budget),
        Predicate::And(parts) if negated => many(parts).map(Formula::Or),
        Predicate::Or(parts) if negated => many(parts).map(Formula::And),
        Predicate::And(parts) => many(parts).map(Formula::And),
        Predicate::Or(parts) => many(parts).map(Formula::Or),
        Predicate::Compare(subject, op, constant) => {
            atom(*subject, domains, budget, |value| compares(value, *op, constant) != negated)
        }
        Predicate::In(subject, constants) => {
            let constants: BTreeSet<&Constant> = constants.iter().collect();
            let contains = |value: &Value| value.as_ref().is_some_and(|value| constants.contains(value));
            atom(*subject, domains, budget, |value| contains(value) != negated)
        }
    }
}

fn atom(
    subject: Subject,
    domains: &Domains,
    budget: &mut Budget,
    holds: impl Fn(&Value) -> bool,
) -> Result<Formula, TooInvolved> {
    let values = domains.get(&subject).map_or(&[][..], Vec::as_slice);
    budget.pay(values.len())?;
    let variable = domains.range(..subject).count();
    Ok(Formula::Atom(variable, values.iter().map(holds).collect()))
}

/// Whether a value compares so; false where it is absent or of another kind (language §4, `matches`).
fn compares(value: &Value, op: Op, constant: &Constant) -> bool {
    let order = match (value, constant) {
        (Some(Constant::Number(value)), Constant::Number(constant)) => value.cmp(constant),
        (Some(Constant::Text(value)), Constant::Text(constant)) => value.as_bytes().cmp(constant.as_bytes()),
        (Some(Constant::Flag(value)), Constant::Flag(constant)) => value.cmp(constant),
        _ => return false,
    };
    match op {
        Op::Equal => order == Ordering::Equal,
        Op::NotEqual => order != Ordering::Equal,
        Op::Less => order == Ordering::Less,
        Op::AtMost => order != Ordering::Greater,
        Op::More => order == Ordering::Greater,
        Op::AtLeast => order != Ordering::Less,
    }
}
