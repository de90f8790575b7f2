//! CWR108 absence-lowers-risk: what nobody logged must not make an action look harmless.
//!
//! Two action types split a kind by an attribute where there is a record of the one, lacking the attribute, that would
//! be of the other with some value of it. One attribute is taken away at a time.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Constant, Predicate, Subject as Looked};
use crate::overlap::{self, Accepted, Budget, Example};
use crate::syntax::ast::Op;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// An action type.
struct Type<'a> {
    action: &'a Action,
    predicate: Cow<'a, Predicate>,
    /// The attributes without which a record can be of it, and what it asks of such a record.
    open: Vec<(Looked, Predicate)>,
}

/// Two action types that share a value of `action`.
struct Pair<'a> {
    low: &'a Type<'a>,
    high: &'a Type<'a>,
}

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let (mut budget, mut told) = (Budget::default(), BTreeSet::new());
    let types: Vec<Type> = subject.policy.actions.iter().map(|action| Type::of(action, &mut budget)).collect();
    let accepted = Accepted::of(types.iter().map(|it| it.predicate.as_ref()));
    for later in 0..types.len() {
        for earlier in accepted.rivals(later) {
            let mut both = [&types[earlier], &types[later]];
            both.sort_by_key(|it| it.action.risk);
            let [low, high] = both;
            if low.open.is_empty() || low.action.risk == high.action.risk || budget.is_spent() {
                continue;
            }
            for (attribute, example) in (Pair { low, high }).examples(&mut budget) {
                if told.insert((low.action.at, attribute)) {
                    findings.push(Pair { low, high }.finding(subject, attribute, example));
                }
            }
        }
    }
}

impl<'a> Type<'a> {
    fn of(action: &'a Action, budget: &mut Budget) -> Self {
        let predicate = overlap::predicate(action);
        let attributes = overlap::subjects(&predicate).into_iter().filter(|it| *it != Looked::Action);
        let lacking = attributes.map(|it| (it, overlap::without(&predicate, it)));
        let open = lacking.filter(|(_, it)| !matches!(overlap::example(&[it], budget), Ok(None))).collect();
        Self { action, predicate, open }
    }
}

impl Pair<'_> {
    /// Records of the higher risk that are of the lower one as soon as they lack an attribute. A question too involved
    /// for a warning is left open; CWR105 says so where it matters.
    fn examples(&self, budget: &mut Budget) -> Vec<(Looked, Example)> {
        let (asked, high) = (overlap::subjects(&self.high.predicate), self.high.predicate.as_ref());
        let not_low = Predicate::Not(Box::new(self.low.predicate.as_ref().clone()));
        let shared = self.low.open.iter().filter(|(attribute, _)| asked.contains(attribute));
        let example = |(attribute, lacking): &(Looked, Predicate)| {
            let example = overlap::example(&[lacking, high, &not_low], budget).ok()??;
            Some((*attribute, example))
        };
        shared.filter_map(example).collect()
    }

    fn finding(&self, subject: &Subject, attribute: Looked, example: Example) -> Diagnostic {
        let (low, high) = (self.low.action, self.high.action);
        let attributes = &subject.policy.attributes;
        let full = example.json(attributes, &low.name);
        let record = example.lacking(attribute);
        let name = name(subject, attribute);
        let message = format!("a record without `{name}` lands in `{}`, of {} risk", low.name, low.risk.word());
        Diagnostic::new(Code::AbsenceLowersRisk, low.matches_at, message)
            .label(format!("takes {}", record.shown(attributes, &low.name)))
            .also(high.matches_at, format!("takes `{full}`, of {} risk", high.risk.word()))
            .help(self.help(attribute, name))
    }

    /// Positive in the lower risk, and its exact opposite in the higher one.
    fn help(&self, attribute: Looked, name: &str) -> String {
        let (low, high) = (&self.low.action.name, &self.high.action.name);
        let Some((op, constant)) = overlap::comparison(&self.low.predicate, attribute, true) else {
            return format!("let `{low}` ask for a value of `{name}`, and `{high}` for `not` the same");
        };
        let asked = match (op, constant) {
            (Op::Equal, Constant::Flag(flag)) => format!("{name} == {}", !flag),
            _ => format!("{name} {} {}", opposite(op).sign(), overlap::written(constant)),
        };
        format!("write `{asked}` in `{low}`, and `not {asked}` in `{high}`, which takes records without it")
    }
}

fn name<'a>(subject: &'a Subject, attribute: Looked) -> &'a str {
    match attribute {
        Looked::Action => "action",
        Looked::Attribute(id) => &subject.policy.attributes[id.index()].name,
    }
}

fn opposite(op: Op) -> Op {
    match op {
        Op::Equal => Op::NotEqual,
        Op::NotEqual => Op::Equal,
        Op::Less => Op::AtLeast,
        Op::AtMost => Op::More,
        Op::More => Op::AtMost,
        Op::AtLeast => Op::Less,
    }
}
