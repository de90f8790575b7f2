//! The exact answer against brute force over small domains, and against the clock.

use super::{Accepted, Budget, TooInvolved, example, subjects, without};
use crate::model::policy::{AttributeId, Constant, Predicate, Subject};
use crate::syntax::ast::Op;
use crate::value::Number;
use proptest::prelude::*;
use std::collections::BTreeMap;

const NUMBER: Subject = Subject::Attribute(AttributeId(0));
const TEXT: Subject = Subject::Attribute(AttributeId(1));
const FLAG: Subject = Subject::Attribute(AttributeId(2));

type Record = BTreeMap<Subject, Option<Constant>>;

/// Language §4, `matches`, word for word.
fn matches(predicate: &Predicate, record: &Record) -> bool {
    let value = |subject: &Subject| record.get(subject).and_then(Option::as_ref);
    match predicate {
        Predicate::Compare(subject, op, constant) => value(subject).is_some_and(|value| compare(value, *op, constant)),
        Predicate::In(subject, constants) => value(subject).is_some_and(|value| constants.contains(value)),
        Predicate::Not(inner) => !matches(inner, record),
        Predicate::And(parts) => parts.iter().all(|part| matches(part, record)),
        Predicate::Or(parts) => parts.iter().any(|part| matches(part, record)),
    }
}

fn compare(value: &Constant, op: Op, constant: &Constant) -> bool {
    if std::mem::discriminant(value) != std::mem::discriminant(constant) {
        return false;
    }
    match op {
        Op::Equal => value == constant,
        Op::NotEqual => value != constant,
        Op::Less => value < constant,
        Op::AtMost => value <= constant,
        Op::More => value > constant,
        Op::AtLeast => value >= constant,
    }
}

fn number(text: &str) -> Constant {
    Constant::Number(Number::parse(text).expect("a number"))
}

fn text(text: &str) -> Constant {
    Constant::Text(text.to_owned())
}

/// Finer than any predicate below can tell apart.
fn grid(subject: Subject) -> Vec<Option<Constant>> {
    let numbers = ["-1e80", "-1e79", "-1", "0", "0.0000005", "0.000001", "0.5", "1", "1.5", "2", "3", "1e40", "2e80"];
    let texts = ["", "\0", "\0\0", "a", "a\0", "a\0\0", "aa", "b", "bb"];
    match subject {
        Subject::Action => texts.map(text).map(Some).into(),
        NUMBER => numbers.map(number).map(Some).into_iter().chain([None]).collect(),
        TEXT => texts.map(text).map(Some).into_iter().chain([None]).collect(),
        Subject::Attribute(_) => [true, false].map(|it| Some(Constant::Flag(it))).into_iter().chain([None]).collect(),
    }
}

fn brute_force(predicates: &[&Predicate]) -> bool {
    let values = [Subject::Action, NUMBER, TEXT, FLAG].map(|subject| {
        let mentioned = predicates.iter().any(|it| mentions(it, subject));
        (subject, if mentioned { grid(subject) } else { vec![Some(text("other"))] })
    });
    try_all(&values, &mut Record::new(), &|record| predicates.iter().all(|predicate| matches(predicate, record)))
}

fn try_all(values: &[(Subject, Vec<Option<Constant>>)], record: &mut Record, holds: &impl Fn(&Record) -> bool) -> bool {
    let Some(((subject, first), rest)) = values.split_first() else { return holds(record) };
    first.iter().any(|value| {
        record.insert(*subject, value.clone());
        try_all(rest, record, holds)
    })
}

fn mentions(predicate: &Predicate, wanted: Subject) -> bool {
    match predicate {
        Predicate::Compare(subject, ..) | Predicate::In(subject, _) => *subject == wanted,
        Predicate::Not(inner) => mentions(inner, wanted),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().any(|part| mentions(part, wanted)),
    }
}

fn constants(subject: Subject) -> BoxedStrategy<Constant> {
    match subject {
        NUMBER => prop::sample::select(vec!["0", "0.000001", "1", "2", "1e40", "-1e79"]).prop_map(number).boxed(),
        FLAG => any::<bool>().prop_map(Constant::Flag).boxed(),
        _ => prop::sample::select(vec!["", "\0", "a", "a\0", "b"]).prop_map(text).boxed(),
    }
}

fn predicates() -> impl Strategy<Value = Predicate> {
    let subjects = prop::sample::select(vec![Subject::Action, NUMBER, TEXT, FLAG]);
    let atom = subjects.prop_flat_map(|subject| {
        let ops = if subject == FLAG { &Op::ALL[..2] } else { &Op::ALL[..] };
        prop_oneof![
            (prop::sample::select(ops), constants(subject))
                .prop_map(move |(op, it)| Predicate::Compare(subject, op, it)),
            prop::collection::vec(constants(subject), 1..4).prop_map(move |them| Predicate::In(subject, them)),
        ]
    });
    atom.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| Predicate::Not(Box::new(it))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Predicate::And),
            prop::collection::vec(inner, 2..4).prop_map(Predicate::Or),
        ]
    })
}

fn records() -> impl Strategy<Value = Record> {
    let value = |subject| prop::sample::select(grid(subject)).prop_map(move |value| (subject, value));
    let all = [Subject::Action, NUMBER, TEXT, FLAG].map(value);
    all.to_vec().prop_map(|values| values.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_brute_force(one in predicates(), other in predicates()) {
        let both = [&one, &other];
        let found = example(&both, &mut Budget::default()).expect("small");
        prop_assert_eq!(found.is_some(), brute_force(&both));
        if let Some(found) = found {
            // An action is always there, the others may be absent where they do not matter.
            let mut record = Record::from([(Subject::Action, Some(text("other")))]);
            let values = [Subject::Action, NUMBER, TEXT, FLAG].into_iter();
            record.extend(values.filter_map(|it| Some((it, found.get(it)?.clone()))));
            prop_assert!(matches(&one, &record) && matches(&other, &record), "{:?}", found);
            let accepted = Accepted::of([&one, &other].into_iter());
            prop_assert!(accepted.rivals(1).eq([0]));
        }
    }

    #[test]
    fn without_is_what_holds_where_it_is_absent(predicate in predicates(), record in records()) {
        for subject in [NUMBER, TEXT, FLAG] {
            let mut lacking = record.clone();
            lacking.insert(subject, None);
            let left = without(&predicate, subject);
            prop_assert!(!subjects(&left).contains(&subject));
            prop_assert_eq!(matches(&left, &record), matches(&predicate, &lacking));
        }
    }

    #[test]
    fn each_record_is_of_one_kind_and_its_takers_are_known(all in prop::collection::vec(predicates(), 1..4), record in records()) {
        let accepted = Accepted::of(all.iter());
        let kinds: Vec<_> = accepted.kinds().filter(|kind| matches(&accepted.of_kind(*kind), &record)).collect();
        prop_assert!(kinds.len() <= 1);
        for (index, _) in all.iter().enumerate().filter(|(_, predicate)| matches(predicate, &record)) {
            prop_assert!(kinds.iter().all(|kind| accepted.takers(*kind).contains(&index)));
        }
    }
}

#[test]
fn finds_what_lies_between() {
    let compare = |op, constant| Predicate::Compare(NUMBER, op, number(constant));
    let not_at_least_two = Predicate::Not(Box::new(compare(Op::AtLeast, "2")));
    let found = example(&[&not_at_least_two, &compare(Op::More, "1")], &mut Budget::default()).expect("small");
    assert_eq!(found.expect("1.1").json(&attributes(), "a"), r#"{"action": "a", "amount": {"sum": 1.1}}"#);

    let text = |op, constant| Predicate::Compare(Subject::Action, op, text(constant));
    let none = [&text(Op::More, "a"), &text(Op::Less, "a\0")];
    assert_eq!(example(&none, &mut Budget::default()), Ok(None));
}

fn attributes() -> Vec<crate::model::policy::Attribute> {
    let at = crate::source::Span { file: crate::source::FileId(0), start: 0, end: 0 };
    let kind = crate::model::policy::AttributeKind::Number;
    vec![crate::model::policy::Attribute { name: "amount".into(), kind, title: None, key: "amount.sum".into(), at }]
}

#[test]
fn ten_thousand_actions_share_nothing_quickly() {
    let equal = |index: usize| Predicate::Compare(Subject::Action, Op::Equal, text(&format!("action_{index}")));
    let all: Vec<Predicate> = (0..10_000).map(equal).collect();
    let accepted = Accepted::of(all.iter());
    assert_eq!((0..all.len()).map(|index| accepted.rivals(index).count()).sum::<usize>(), 0);
}

#[test]
fn what_is_made_to_take_forever_ends() {
    // The pigeonhole principle: 12 flags' worth of pigeons in too few holes, each clause over other attributes.
    let flag = |pigeon: u32, hole: u32| {
        Predicate::Compare(Subject::Attribute(AttributeId(pigeon * 100 + hole)), Op::Equal, Constant::Flag(true))
    };
    let (pigeons, holes) = (12, 11);
    let mut parts: Vec<Predicate> =
        (0..pigeons).map(|pigeon| Predicate::Or((0..holes).map(|hole| flag(pigeon, hole)).collect())).collect();
    for hole in 0..holes {
        for one in 0..pigeons {
            for other in 0..one {
                let both = vec![flag(one, hole), flag(other, hole)];
                parts.push(Predicate::Not(Box::new(Predicate::And(both))));
            }
        }
    }
    assert_eq!(example(&[&Predicate::And(parts)], &mut Budget::default()), Err(TooInvolved));
}
