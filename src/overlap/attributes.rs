//! What predicates ask for, and what is left of them where it is absent.

use crate::model::policy::{Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use std::collections::BTreeSet;

/// All that the comparisons of a predicate look at.
#[must_use]
pub fn subjects(predicate: &Predicate) -> BTreeSet<Subject> {
    match predicate {
        Predicate::Compare(subject, ..) | Predicate::In(subject, _) => [*subject].into(),
        Predicate::Not(inner) => subjects(inner),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().flat_map(subjects).collect(),
    }
}

/// The predicate for records that lack something: its comparisons of that are false.
#[must_use]
pub fn without(predicate: &Predicate, lacking: Subject) -> Predicate {
    let all = |parts: &[Predicate]| parts.iter().map(|part| without(part, lacking)).collect();
    match predicate {
        Predicate::Compare(subject, ..) | Predicate::In(subject, _) if *subject == lacking => Predicate::Or(Vec::new()),
        Predicate::Compare(..) | Predicate::In(..) => predicate.clone(),
        Predicate::Not(inner) => Predicate::Not(Box::new(without(inner, lacking))),
        Predicate::And(parts) => Predicate::And(all(parts)),
        Predicate::Or(parts) => Predicate::Or(all(parts)),
    }
}

/// The first comparison of a subject that stands, or not, below a `not`.
#[must_use]
pub fn comparison(predicate: &Predicate, of: Subject, below_not: bool) -> Option<(Op, &Constant)> {
    match predicate {
        Predicate::Compare(subject, op, constant) => (*subject == of && !below_not).then_some((*op, constant)),
        Predicate::In(..) => None,
        Predicate::Not(inner) => comparison(inner, of, !below_not),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().find_map(|part| comparison(part, of, below_not)),
    }
}
