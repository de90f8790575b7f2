//! Which values of `action` a predicate can accept: a cheap way to see that most pairs share none.
//!
//! The sets are never too small: a value outside of one is never accepted. They may be too large, where comparisons of
//! other attributes exclude a value too; the exact answer comes from [`super::example()`].

use crate::model::policy::{Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use std::collections::{BTreeMap, BTreeSet};

/// Where records come from that a set of predicates may split: one value of `action`, or all that none of them names.
type Kind<'a> = Option<&'a str>;

/// A set of texts.
enum Set<'a> {
    /// These.
    Only(BTreeSet<&'a str>),
    /// All but these.
    AllBut(BTreeSet<&'a str>),
}

/// What each predicate of a list can accept.
pub struct Accepted<'a> {
    sets: Vec<Set<'a>>,
    /// By value, the predicates that accept only some values, this one among them.
    by_value: BTreeMap<&'a str, Vec<usize>>,
    /// The predicates that accept all but some.
    wide: Vec<usize>,
}

impl<'a> Accepted<'a> {
    /// Looks at each predicate once.
    #[must_use]
    pub fn of(predicates: impl Iterator<Item = &'a Predicate>) -> Self {
        let sets: Vec<Set<'a>> = predicates.map(|predicate| accepts(predicate, true)).collect();
        let (mut by_value, mut wide) = (BTreeMap::<_, Vec<usize>>::new(), Vec::new());
        for (index, set) in sets.iter().enumerate() {
            match set {
                Set::Only(values) => values.iter().for_each(|value| by_value.entry(*value).or_default().push(index)),
                Set::AllBut(_) => wide.push(index),
            }
        }
        Self { sets, by_value, wide }
    }

    /// Every value of `action` that some predicate names, and the rest.
    pub fn kinds(&self) -> impl Iterator<Item = Kind<'a>> {
        self.by_value.keys().copied().map(Some).chain([None])
    }

    /// The predicates that may accept a record of this kind, in order.
    #[must_use]
    pub fn takers(&self, kind: Kind) -> Vec<usize> {
        let Some(value) = kind else { return self.wide.clone() };
        let wide = self.wide.iter().filter(|index| self.sets[**index].contains(value));
        let named = self.by_value.get(value).into_iter().flatten();
        named.chain(wide).copied().collect::<BTreeSet<usize>>().into_iter().collect()
    }

    /// What is true of the records of this kind alone.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Predicate {
        let text = |value: &&str| Constant::Text((*value).to_owned());
        if let Some(value) = &kind {
            return Predicate::Compare(Subject::Action, Op::Equal, text(value));
        }
        let excluded = self.wide.iter().flat_map(|index| self.sets[*index].mentioned());
        let named: BTreeSet<&str> = self.by_value.keys().chain(excluded).copied().collect();
        Predicate::Not(Box::new(Predicate::In(Subject::Action, named.iter().map(text).collect())))
    }

    /// The predicates before this one that may accept a value that this one may accept, in order.
    pub fn rivals(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let earlier = |it: &usize| *it < index;
        let rivals: BTreeSet<usize> = match &self.sets[index] {
            Set::AllBut(_) => (0..index).collect(),
            Set::Only(values) => {
                let sharing = values.iter().filter_map(|value| self.by_value.get(value)).flatten();
                sharing.chain(&self.wide).copied().filter(earlier).collect()
            }
        };
        rivals.into_iter()
    }
}

/// The values for which a predicate can be true, or for `holds == false` can be false.
fn accepts(predicate: &Predicate, holds: bool) -> Set<'_> {
    match predicate {
        Predicate::Compare(Subject::Action, Op::Equal, Constant::Text(text)) => one_of([text.as_str()].into(), holds),
        Predicate::Compare(Subject::Action, Op::NotEqual, Constant::Text(text)) => {
            one_of([text.as_str()].into(), !holds)
        }
        Predicate::In(Subject::Action, constants) => one_of(constants.iter().filter_map(text).collect(), holds),
        Predicate::Compare(..) | Predicate::In(..) => Set::AllBut(BTreeSet::new()),
        Predicate::Not(inner) => accepts(inner, !holds),
        Predicate::And(parts) if holds => all_of(parts, holds),
        Predicate::Or(parts) if !holds => all_of(parts, holds),
        Predicate::And(parts) | Predicate::Or(parts) => {
            parts.iter().map(|part| accepts(part, holds)).fold(Set::Only(BTreeSet::new()), Set::or)
        }
    }
}

fn all_of(parts: &[Predicate], holds: bool) -> Set<'_> {
    parts.iter().map(|part| accepts(part, holds)).fold(Set::AllBut(BTreeSet::new()), Set::and)
}

fn one_of(texts: BTreeSet<&str>, holds: bool) -> Set<'_> {
    if holds { Set::Only(texts) } else { Set::AllBut(texts) }
}

fn text(constant: &Constant) -> Option<&str> {
    if let Constant::Text(text) = constant { Some(text) } else { None }
}

impl<'a> Set<'a> {
    fn mentioned(&self) -> &BTreeSet<&'a str> {
        let (Self::Only(texts) | Self::AllBut(texts)) = self;
        texts
    }

    fn contains(&self, text: &str) -> bool {
        matches!(self, Self::Only(_)) == self.mentioned().contains(text)
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::Only(one.intersection(&other).copied().collect()),
            (Self::Only(mut these), Self::AllBut(not)) | (Self::AllBut(not), Self::Only(mut these)) => {
                these.retain(|text| !not.contains(text));
                Self::Only(these)
            }
            (Self::AllBut(one), Self::AllBut(other)) => Self::AllBut(joined(one, other)),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(one), Self::Only(other)) => Self::Only(joined(one, other)),
            (Self::Only(these), Self::AllBut(mut not)) | (Self::AllBut(mut not), Self::Only(these)) => {
                not.retain(|text| !these.contains(text));
                Self::AllBut(not)
            }
            (Self::AllBut(one), Self::AllBut(other)) => Self::AllBut(one.intersection(&other).copied().collect()),
        }
    }
}

fn joined<'a>(mut one: BTreeSet<&'a str>, mut other: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    // The larger one stays as it is, so that a long `or` costs little.
    if one.len() < other.len() {
        std::mem::swap(&mut one, &mut other);
    }
    one.extend(other);
    one
}
