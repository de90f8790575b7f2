//! The classes of values that a set of predicates can tell apart, one representative each.
//!
//! Numbers are dense and without end, so between, below and above the constants there is always one more. Strings have
//! a least one, `""`, and a least one after each, `s` followed by a zero byte; between these two there is none.

use super::{Budget, TooInvolved};
use crate::model::policy::{Constant, Predicate, Subject};
use crate::value::Number;
use std::collections::{BTreeMap, BTreeSet};

/// A value of a subject; `None` stands for absent or of another kind, for which every comparison is false.
pub(super) type Value = Option<Constant>;

/// Each subject that occurs, with its representatives: the plainest first, absent last.
pub(super) type Domains = BTreeMap<Subject, Vec<Value>>;

/// The domains of all subjects of these predicates.
pub(super) fn of(predicates: &[&Predicate], budget: &mut Budget) -> Result<Domains, TooInvolved> {
    let mut constants = BTreeMap::new();
    for predicate in predicates {
        collect(predicate, &mut constants);
    }
    budget.pay(constants.values().flatten().map(|constant| size(constant)).sum())?;
    Ok(constants.into_iter().map(|(subject, constants)| (subject, representatives(subject, &constants))).collect())
}

fn collect<'a>(predicate: &'a Predicate, constants: &mut BTreeMap<Subject, BTreeSet<&'a Constant>>) {
    match predicate {
        Predicate::Compare(subject, _, constant) => {
            constants.entry(*subject).or_default().insert(constant);
        }
        Predicate::In(subject, values) => constants.entry(*subject).or_default().extend(values),
        Predicate::Not(inner) => collect(inner, constants),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().for_each(|part| collect(part, constants)),
    }
}

/// What comparing a constant costs: it grows with its length.
fn size(constant: &Constant) -> usize {
    match constant {
        Constant::Number(number) => 1 + number.length(),
        Constant::Text(text) => 1 + text.len(),
        Constant::Flag(_) => 1,
    }
}

fn representatives(subject: Subject, constants: &BTreeSet<&Constant>) -> Vec<Value> {
    let (mut numbers, mut texts, mut has_flags) = (Vec::new(), Vec::new(), false);
    for constant in constants {
        match constant {
            Constant::Number(number) => numbers.push(number),
            Constant::Text(text) => texts.push(text.as_str()),
            Constant::Flag(_) => has_flags = true,
        }
    }
    let flags = [true, false].into_iter().filter(|_| has_flags).map(Constant::Flag);
    let numbers = number_classes(&numbers).into_iter().map(Constant::Number);
    let texts = text_classes(&texts).into_iter().map(Constant::Text);
    let absent = (subject != Subject::Action).then_some(None);
    numbers.chain(texts).chain(flags).map(Some).chain(absent).collect()
}

/// One number of each class; the constants come in order.
fn number_classes(constants: &[&Number]) -> Vec<Number> {
    let (Some(least), Some(greatest)) = (constants.first(), constants.last()) else { return Vec::new() };
    let between = constants.windows(2).filter_map(|pair| number_between(Some(pair[0]), Some(pair[1])));
    let inner = constants.iter().map(|constant| (*constant).clone()).chain(between);
    inner.chain(number_between(Some(greatest), None)).chain(number_between(None, Some(least))).collect()
}

/// A number strictly between two, one of which may be missing: the plainest that is quickly found.
fn number_between(low: Option<&Number>, high: Option<&Number>) -> Option<Number> {
    let inside = |it: &Number| low.is_none_or(|low| low < it) && high.is_none_or(|high| it < high);
    let near = [low.and_then(|low| plain_neighbours(low, 1)), high.and_then(|high| plain_neighbours(high, -1))];
    let zero = Number::parse("0");
    let plain = near.into_iter().flatten().flatten().chain(zero);
    let exact = [low, high].into_iter().flatten().flat_map(exact_neighbours);
    plain.chain(exact).find(inside)
}

/// The next multiples of 1, 0.1, 0.01 … 0.0000001 in a direction.
fn plain_neighbours(number: &Number, direction: i128) -> Option<impl Iterator<Item = Number> + use<>> {
    let tiny = i128::from(number.millionths()?) * 10;
    Some((0..=7).rev().filter_map(move |power| {
        let unit = 10_i128.pow(power);
        let next = if direction > 0 { tiny.div_euclid(unit) + 1 } else { -(-tiny).div_euclid(unit) - 1 };
        Number::parse(&format!("{}e-7", next * unit))
    }))
}

/// Numbers just outside and far outside of one, on its own side of zero, whatever its size. Constants of policies have
/// at most 6 decimals, so the seventh lies between any two.
fn exact_neighbours(number: &Number) -> Vec<Number> {
    let text = number.to_string();
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: usize = power.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let zeros = "0".repeat((power + 7).saturating_sub(fraction.len() + 1));
    [format!("{whole}.{fraction}{zeros}1e{power}"), format!("{whole}.{fraction}e{}", power + 1)]
        .iter()
        .filter_map(|text| Number::parse(text))
        .collect()
}

/// One string of each class; the constants come in order.
fn text_classes(constants: &[&str]) -> Vec<String> {
    let (Some(least), Some(greatest)) = (constants.first(), constants.last()) else { return Vec::new() };
    let between = constants.windows(2).filter_map(|pair| text_between(Some(pair[0]), Some(pair[1])));
    let inner = constants.iter().map(|constant| (*constant).to_owned()).chain(between);
    inner.chain(text_between(Some(greatest), None)).chain(text_between(None, Some(least))).collect()
}

/// A string strictly between two, one of which may be missing: a plain one where that is quickly found.
fn text_between(low: Option<&str>, high: Option<&str>) -> Option<String> {
    let inside = |it: &&String| low.is_none_or(|low| low < it.as_str()) && high.is_none_or(|high| it.as_str() < high);
    let start = low.unwrap_or("");
    let longer = ["_", "a", "0", " ", "\0"].map(|tail| format!("{start}{tail}"));
    ["other", "x", "a"].map(str::to_owned).iter().chain(&longer).chain(&[String::new()]).find(inside).cloned()
}
