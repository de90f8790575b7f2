//! CWR108 absence-lowers-risk: what nobody logged must not make an action look harmless.
//!
//! Two action types split a kind by an attribute where there is a record of the one, lacking the attribute, that would
//! be of the other with some value of it. One attribute is taken away at a time.

use crate::check::findings::Findings;
use crate::check::overlap::{self, Accepted, Budget, Example, TooInvolved};
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Constant, Predicate, Subject as Looked};
use crate::syntax::ast::Op;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Two action types, and their predicates.
struct Pair<'a> {
    low: (&'a Action, &'a Predicate),
    high: (&'a Action, &'a Predicate),
}

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let actions = &subject.policy.actions;
    let predicates: Vec<Cow<Predicate>> = actions.iter().map(overlap::predicate).collect();
    let accepted = Accepted::of(predicates.iter().map(AsRef::as_ref));
    let (mut budget, mut told) = (Budget::default(), BTreeSet::new());
    for later in 0..actions.len() {
        for earlier in accepted.rivals(later) {
            let mut both = [earlier, later].map(|index| (&actions[index], predicates[index].as_ref()));
            both.sort_by_key(|(action, _)| action.risk);
            let [low, high] = both;
            if low.0.risk == high.0.risk || budget.is_spent() {
                continue;
            }
            let pair = Pair { low, high };
            for attribute in pair.attributes() {
                // A question too involved for a warning is left open; CWR105 says so where it matters.
                let Ok(Some(example)) = pair.example(attribute, &mut budget) else { continue };
                if told.insert((low.0.at, attribute)) {
                    findings.push(pair.finding(subject, attribute, example));
                }
            }
        }
    }
}

impl Pair<'_> {
    /// The attributes that both look at.
    fn attributes(&self) -> Vec<Looked> {
        let high = overlap::subjects(self.high.1);
        let low = overlap::subjects(self.low.1).into_iter();
        low.filter(|it| *it != Looked::Action && high.contains(it)).collect()
    }

    /// A record of the higher risk that is of the lower one as soon as it lacks the attribute.
    fn example(&self, attribute: Looked, budget: &mut Budget) -> Result<Option<Example>, TooInvolved> {
        let lacking = overlap::without(self.low.1, attribute);
        let not_low = Predicate::Not(Box::new(self.low.1.clone()));
        overlap::example(&[&lacking, self.high.1, &not_low], budget)
    }

    fn finding(&self, subject: &Subject, attribute: Looked, example: Example) -> Diagnostic {
        let ((low, _), (high, _)) = (self.low, self.high);
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
        let (low, high) = (&self.low.0.name, &self.high.0.name);
        let Some((op, constant)) = overlap::comparison(self.low.1, attribute, true) else {
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
