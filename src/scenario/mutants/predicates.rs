//! Each comparison of a predicate negated, its constant shifted, and each of several alternatives left out.

use super::Mutant;
use crate::model::Policy;
use crate::model::policy::{Action, Attribute, Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use crate::value::{Decimal, Number};

/// Mutants of what is said to match; of action types that never leave crawl nothing depends on it.
pub(super) fn mutants(policy: &Policy) -> Vec<Mutant> {
    let climbs = |action: &Action| action.live_gates().next().is_some() && action.matches_at != action.at;
    let mut all = Vec::new();
    for (index, action) in policy.actions.iter().enumerate().filter(|(_, action)| climbs(action)) {
        for (nth, leaf) in leaves(&action.matches).into_iter().enumerate() {
            for variant in variants(leaf) {
                let (mut changed, mut left) = (policy.clone(), nth);
                replace(&mut changed.actions[index].matches, &mut left, &variant);
                let path = format!("{}.matches[{}]", action.name, nth + 1);
                let (was, value) = (said(leaf, &policy.attributes), said(&variant, &policy.attributes));
                all.push(Mutant { path, was, value, at: action.matches_at, policy: changed });
            }
        }
    }
    all
}

/// The comparisons, in order of the text.
fn leaves(of: &Predicate) -> Vec<&Predicate> {
    match of {
        Predicate::Compare(..) | Predicate::In(..) => vec![of],
        Predicate::Not(inner) => leaves(inner),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().flat_map(leaves).collect(),
    }
}

/// Puts a variant in the place of the leaf that is so many further.
fn replace(of: &mut Predicate, left: &mut usize, variant: &Predicate) {
    match of {
        Predicate::Not(inner) => replace(inner, left, variant),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter_mut().for_each(|it| replace(it, left, variant)),
        Predicate::Compare(..) | Predicate::In(..) => {
            if *left == 0 {
                *of = variant.clone();
            }
            // Past zero it never comes back to it.
            *left = left.wrapping_sub(1);
        }
    }
}

fn variants(of: &Predicate) -> Vec<Predicate> {
    let negated = Predicate::Not(Box::new(of.clone()));
    match of {
        Predicate::Compare(subject, op, Constant::Number(number)) => {
            let shifted = shifted(number).map(|it| Predicate::Compare(*subject, *op, Constant::Number(it)));
            [negated].into_iter().chain(shifted).collect()
        }
        Predicate::In(subject, constants) if constants.len() > 1 => {
            let others = |out: usize| {
                let left = constants.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, it)| it.clone());
                Predicate::In(*subject, left.collect())
            };
            [negated].into_iter().chain((0..constants.len()).map(others)).collect()
        }
        _ => vec![negated],
    }
}

fn shifted(number: &Number) -> impl Iterator<Item = Number> + use<> {
    let value: Option<Decimal> = number.to_string().parse().ok();
    let both = value.map(|it| [it.minus(Decimal::whole(1)), it.plus(Decimal::whole(1))]);
    both.into_iter().flatten().filter_map(|it| Number::parse(&it.to_string()))
}

/// A comparison as a policy says it.
fn said(of: &Predicate, attributes: &[Attribute]) -> String {
    let name = |subject: &Subject| match subject {
        Subject::Action => "action".to_owned(),
        Subject::Attribute(id) => attributes[id.index()].name.clone(),
    };
    match of {
        Predicate::Compare(subject, op, constant) => format!("{} {} {}", name(subject), Op::sign(*op), text(constant)),
        Predicate::In(subject, constants) => {
            format!("{} in ({})", name(subject), constants.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Predicate::Not(inner) => format!("not {}", said(inner, attributes)),
        // Only leaves are told.
        Predicate::And(_) | Predicate::Or(_) => String::new(),
    }
}

fn text(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) => number.to_string(),
        Constant::Text(text) => format!("\"{text}\""),
        Constant::Flag(flag) => flag.to_string(),
    }
}
