//! `matches`: attributes resolved, constants of the attribute's kind.

use super::{Scope, value};
use crate::diagnostic::Code;
use crate::model::policy::{AttributeKind, Constant, Predicate, Subject};
use crate::syntax::ast::{self, Literal, Name, Op, Value};

/// A predicate; `None` where some part of it could not be built, though all of it is checked.
pub(super) fn lower(scope: &mut Scope, written: &ast::Predicate) -> Option<Predicate> {
    match written {
        ast::Predicate::Compare { attribute, op, value } => {
            let subject = subject(scope, attribute);
            let ordered = subject.is_none_or(|(_, kind)| has_order(scope, attribute, op.value, op.span, kind));
            let constant = constant(scope, attribute, subject.map(|(_, kind)| kind), value);
            ordered.then_some(())?;
            Some(Predicate::Compare(subject?.0, op.value, constant?))
        }
        ast::Predicate::In { attribute, values } => {
            let subject = subject(scope, attribute);
            let kind = subject.map(|(_, kind)| kind);
            let constants = all(values, |value| constant(scope, attribute, kind, value));
            Some(Predicate::In(subject?.0, constants?))
        }
        ast::Predicate::Not(inner) => lower(scope, inner).map(|inner| Predicate::Not(Box::new(inner))),
        ast::Predicate::And(parts) => all(parts, |part| lower(scope, part)).map(Predicate::And),
        ast::Predicate::Or(parts) => all(parts, |part| lower(scope, part)).map(Predicate::Or),
        ast::Predicate::Broken => {
            scope.broken = true;
            None
        }
    }
}

/// All of them, or none; every one is looked at.
fn all<T, U>(list: &[T], make: impl FnMut(&T) -> Option<U>) -> Option<Vec<U>> {
    let parts: Vec<Option<U>> = list.iter().map(make).collect();
    parts.into_iter().collect()
}

fn subject(scope: &mut Scope, attribute: &Name) -> Option<(Subject, AttributeKind)> {
    if attribute.value == "action" {
        return Some((Subject::Action, AttributeKind::Text));
    }
    scope.attribute(attribute).map(|found| (Subject::Attribute(found.id), found.kind))
}

/// Flags have no order; reported where one is asked for.
fn has_order(scope: &mut Scope, attribute: &Name, op: Op, span: crate::source::Span, kind: AttributeKind) -> bool {
    if kind != AttributeKind::Flag || matches!(op, Op::Equal | Op::NotEqual) {
        return true;
    }
    let name = &attribute.value;
    let message = format!("`{}` on `{name}`, which is a flag", op.sign());
    scope.report(Code::WrongValue, span, message, format!("write `{name} == true` or `{name} == false`"));
    false
}

/// A constant of the kind of the attribute, or of any kind where that is not known.
fn constant(scope: &mut Scope, attribute: &Name, kind: Option<AttributeKind>, value: &Value) -> Option<Constant> {
    let (found, constant) = match &value.literal {
        Literal::Number(number) => {
            if !value::has_six_decimals(scope, number, value.span) {
                return None;
            }
            (AttributeKind::Number, Constant::Number(number.clone()))
        }
        Literal::Text(text) => (AttributeKind::Text, Constant::Text(text.clone())),
        Literal::Word(word) if word == "true" => (AttributeKind::Flag, Constant::Flag(true)),
        Literal::Word(word) if word == "false" => (AttributeKind::Flag, Constant::Flag(false)),
        _ => return mismatch(scope, attribute, kind, value),
    };
    match kind {
        Some(kind) if kind != found => mismatch(scope, attribute, Some(kind), value),
        _ => Some(constant),
    }
}

fn mismatch(scope: &mut Scope, attribute: &Name, kind: Option<AttributeKind>, value: &Value) -> Option<Constant> {
    let what = format!("`{}`", attribute.value);
    let (due, help) = match kind {
        Some(AttributeKind::Number) => ("a number", "write a number, such as `50`".to_owned()),
        Some(AttributeKind::Text) => ("a string", in_quotes(&value.literal)),
        Some(AttributeKind::Flag) => ("`true` or `false`", "write `true` or `false`".to_owned()),
        None => ("a string, a number, `true` or `false`", in_quotes(&value.literal)),
    };
    value::wrong(scope, value, &what, due, help)
}

fn in_quotes(literal: &Literal) -> String {
    match literal {
        Literal::Word(word) => format!("write it in quotes: `\"{word}\"`"),
        Literal::Number(number) => format!("write it in quotes: `\"{number}\"`"),
        _ => "write a string in quotes".to_owned(),
    }
}
