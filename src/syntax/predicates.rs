//! Predicates: what stands behind `matches`.

use super::ast::{Literal, Op, Predicate, Value};
use super::grammar::{self, Pair, Rule};
use super::reader::Reader;
use super::words::shown;
use crate::diagnostic::Fix;
use crate::source::{Span, Spanned};

impl Reader<'_> {
    /// A predicate.
    pub(super) fn predicate(&mut self, pair: &Pair<'_>) -> Predicate {
        match pair.clone().into_inner().next() {
            Some(inner) => self.disjunction(&inner),
            None => Predicate::Broken,
        }
    }

    /// `P or Q or …`
    fn disjunction(&mut self, pair: &Pair<'_>) -> Predicate {
        let mut sides = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::conjunction => sides.push(self.conjunction(&part)),
                Rule::dangling => self.dangling(&part),
                _ => self.joint(&part, "||", "or"),
            }
        }
        one_or(sides, Predicate::Or)
    }

    /// `P and Q and …`
    fn conjunction(&mut self, pair: &Pair<'_>) -> Predicate {
        let mut sides = Vec::new();
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::negation => sides.push(self.negation(&part)),
                _ if part.as_str() == "," => self.wrong_sign(self.extent(&part), ",", "and"),
                _ => self.joint(&part, "&&", "and"),
            }
        }
        one_or(sides, Predicate::And)
    }

    /// `not P`, or what can be negated.
    fn negation(&mut self, pair: &Pair<'_>) -> Predicate {
        let mut nots = 0;
        let mut inner = Predicate::Broken;
        for part in pair.clone().into_inner() {
            match part.as_rule() {
                Rule::not => {
                    nots += 1;
                    self.joint(&part, "!", "not");
                }
                Rule::group => inner = self.predicate(&part),
                Rule::comparison => inner = self.comparison(&part),
                Rule::swapped => inner = self.swapped(&part),
                _ => inner = self.bare_flag(&part),
            }
        }
        (0..nots).fold(inner, |inner, _| Predicate::Not(Box::new(inner)))
    }

    /// Reports `sign` where `word` is the language's.
    fn joint(&mut self, pair: &Pair<'_>, sign: &str, word: &str) {
        if pair.as_str().starts_with(sign) {
            let report = Self::fault(self.extent(pair), format!("`{sign}` is not an operator"));
            let fix = Fix::word(self.text, report.at.span, word);
            self.report(report.help(format!("write `{word}`")).fix(fix));
        }
    }

    /// An `and` or `or` with nothing on its right.
    fn dangling(&mut self, pair: &Pair<'_>) {
        let span = self.extent(pair);
        let word = self.slice(span);
        let report = Self::fault(span, format!("nothing follows this `{word}`"));
        self.report(report.help(format!("write a comparison after it, or leave the `{word}` out")));
    }

    /// `ATTRIBUTE OP VALUE` or `ATTRIBUTE in (VALUE, …)`
    fn comparison(&mut self, pair: &Pair<'_>) -> Predicate {
        let Some(attribute) = self.name_in(pair, Rule::attribute_name) else {
            return Predicate::Broken;
        };
        if let Some(op) = grammar::part(pair, Rule::op) {
            let op = self.op(&op);
            return match grammar::part(pair, Rule::operand) {
                Some(value) => Predicate::Compare { value: self.constant(&value, &attribute.value), attribute, op },
                None => Predicate::Broken,
            };
        }
        let values = self.choices(pair, &attribute.value);
        let Some(not_in) = grammar::part(pair, Rule::not_in) else {
            return Predicate::In { attribute, values };
        };
        let report = Self::fault(self.extent(&not_in), "`not in` is not an operator");
        let fix = Fix::write(attribute.span.to(report.at.span), format!("not {} in", attribute.value));
        self.report(report.help(format!("write `not {} in (…)`", shown(&attribute.value))).fix(fix));
        Predicate::Not(Box::new(Predicate::In { attribute, values }))
    }

    /// `(VALUE, …)`
    fn choices(&mut self, pair: &Pair<'_>, attribute: &str) -> Vec<Value> {
        let mut values = Vec::new();
        for part in grammar::part(pair, Rule::choices).into_iter().flat_map(Pair::into_inner) {
            match part.as_rule() {
                Rule::constant => values.push(self.constant(&part, attribute)),
                Rule::trailing_comma => self.trailing_comma(self.extent(&part), "value"),
                _ => {}
            }
        }
        values
    }

    /// The right side of a comparison. A word other than `true` and `false` is reported.
    fn constant(&mut self, pair: &Pair<'_>, attribute: &str) -> Value {
        let value = self.value(pair);
        let Literal::Word(word) = &value.literal else {
            return value;
        };
        if word == "true" || word == "false" {
            return value;
        }
        let lower = word.to_lowercase();
        if lower == "true" || lower == "false" {
            self.wrong_sign(value.span, word, &lower);
            return Value { literal: Literal::Word(lower), span: value.span };
        }
        let (word, attribute) = (shown(word), shown(attribute));
        let report = Self::fault(value.span, format!("`{word}` is not a value to compare `{attribute}` with"));
        self.report(report.help(format!(
            "a comparison has a string, a number, `true` or `false` on its right: write `\"{word}\"` for the text; \
             two attributes cannot be compared"
        )));
        Value { literal: Literal::Faulty, span: value.span }
    }

    /// `50 >= amount`
    fn swapped(&mut self, pair: &Pair<'_>) -> Predicate {
        let (Some(op), Some(attribute)) = (grammar::part(pair, Rule::op), self.name_in(pair, Rule::attribute_name))
        else {
            return Predicate::Broken;
        };
        let Some(value) = self.value_in(pair, Rule::constant) else {
            return Predicate::Broken;
        };
        let mut op = self.op(&op);
        op.value = mirrored(op.value);
        let report = Self::fault(self.extent(pair), "the value stands left of the attribute");
        let (name, said) = (shown(&attribute.value), shown(self.slice(value.span)));
        let proper = format!("{} {} {}", attribute.value, op.value.sign(), self.slice(value.span));
        let fix = Fix::write(report.at.span, proper);
        self.report(report.help(format!("write `{name} {} {said}`", op.value.sign())).fix(fix));
        Predicate::Compare { attribute, op, value }
    }

    /// `vip`
    fn bare_flag(&mut self, pair: &Pair<'_>) -> Predicate {
        let span = self.extent(pair);
        let word = shown(self.slice(span));
        let report = Self::fault(span, format!("`{word}` alone is no comparison"));
        self.report(report.help(match word.as_str() {
            "true" | "false" => "compare an attribute with it, as in `vip == true`".to_owned(),
            _ => format!("write `{word} == true`"),
        }));
        Predicate::Broken
    }

    /// A comparison's sign; what is not one of the six is reported and read as the one that was meant.
    pub(super) fn op(&mut self, pair: &Pair<'_>) -> Spanned<Op> {
        let span = self.extent(pair);
        let sign = pair.as_str();
        if let Some(op) = Op::ALL.into_iter().find(|op| op.sign() == sign) {
            return Spanned::new(op, span);
        }
        let op = meant(sign);
        self.wrong_sign(span, sign, op.sign());
        Spanned::new(op, span)
    }

    /// The sign of a bar: one without direction is for the model to report, however it is written.
    pub(super) fn op_of_bar(&mut self, pair: &Pair<'_>) -> Spanned<Op> {
        match meant(pair.as_str()) {
            op @ (Op::Equal | Op::NotEqual) => Spanned::new(op, self.extent(pair)),
            _ => self.op(pair),
        }
    }

    /// Reports a sign that is written otherwise.
    pub(super) fn wrong_sign(&mut self, span: Span, sign: &str, right: &str) {
        let is_word = sign.starts_with(char::is_alphabetic);
        let what = if is_word { "a value" } else { "an operator" };
        let mut report = Self::fault(span, format!("`{sign}` is not {what}")).write(right);
        // A comma may stand for `or` as well.
        let _ = report.fix.take_if(|_| sign == ",");
        self.report(report);
    }
}

/// The operator that a sign is, or was meant to be.
fn meant(sign: &str) -> Op {
    match sign {
        "≥" | "=>" => Op::AtLeast,
        "≤" | "=<" => Op::AtMost,
        "≠" | "<>" => Op::NotEqual,
        _ => Op::ALL.into_iter().find(|op| op.sign() == sign).unwrap_or(Op::Equal),
    }
}

/// The only one, or all of them joined.
fn one_or(mut sides: Vec<Predicate>, join: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    match sides.len() {
        0 | 1 => sides.pop().unwrap_or(Predicate::Broken),
        _ => join(sides),
    }
}

/// The sign that says the same with the sides exchanged.
fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::More,
        Op::AtMost => Op::AtLeast,
        Op::More => Op::Less,
        Op::AtLeast => Op::AtMost,
        Op::Equal | Op::NotEqual => op,
    }
}
