//! Records that are stated in YAML rather than logged: the values of their attributes, and those as JSON.

use crate::model::policy::AttributeKind;
use crate::plan::Plan;
use crate::plan::matcher::Given;
use crate::value::Number;
use crate::yaml::{Kind, Scalar, decimal};
use std::borrow::Cow;

/// What YAML takes the values of an attribute for.
pub(crate) fn kind_of(kind: AttributeKind) -> Kind {
    match kind {
        AttributeKind::Number => Kind::Number,
        AttributeKind::Text => Kind::Text,
        AttributeKind::Flag => Kind::Flag,
    }
}

/// The value of an attribute of this kind, if the scalar is one.
pub(crate) fn given(kind: AttributeKind, scalar: &Scalar) -> Option<Given<'static>> {
    if scalar.kind != kind_of(kind) {
        return None;
    }
    match kind {
        AttributeKind::Number => Number::parse(&decimal(&scalar.text)?.to_string()).map(Given::Number),
        AttributeKind::Text => Some(Given::Text(Cow::Owned(scalar.text.clone()))),
        AttributeKind::Flag => scalar.text.parse().ok().map(Given::Flag),
    }
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The attributes as they stand in a JSON object, each behind a comma.
pub(crate) fn attributes(plan: &Plan, given: &[Option<Given>]) -> String {
    let attributes = plan.attributes.iter().zip(given);
    let all = attributes.filter_map(|(attribute, given)| Some((&attribute.key[..], json(given.as_ref()?))));
    let inside = inside(&all.collect::<Vec<_>>());
    if inside.is_empty() { inside } else { format!(",{inside}") }
}

/// The inside of an object of these paths and values.
fn inside(all: &[(&[String], String)]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut done: Vec<&String> = Vec::new();
    for (path, value) in all {
        let Some((first, rest)) = path.split_first() else { continue };
        if done.contains(&first) {
            continue;
        }
        done.push(first);
        let below = all.iter().filter_map(|(path, value)| {
            path.split_first()
                .filter(|(head, rest)| *head == first && !rest.is_empty())
                .map(|(_, rest)| (rest, value.clone()))
        });
        let value = if rest.is_empty() { value.clone() } else { format!("{{{}}}", inside(&below.collect::<Vec<_>>())) };
        parts.push(format!("{}:{value}", quoted(first)));
    }
    parts.join(",")
}

/// A value as JSON.
pub(crate) fn json(given: &Given) -> String {
    match given {
        Given::Number(number) => number.to_string(),
        Given::Text(text) => quoted(text),
        Given::Flag(flag) => flag.to_string(),
        Given::Other(json) => json.clone(),
    }
}
