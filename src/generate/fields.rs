//! The fields of records: what a world says of them, and what one record draws.

use super::draw::Draw;
use super::timed::Timed;
use crate::history::stated;
use crate::model::policy::{AttributeId, AttributeKind};
use crate::plan::Plan;
use crate::plan::matcher::Given;
use crate::value::Number;
use crate::yaml::{At, Reader, Scalar, Share, decimal};
use std::borrow::Cow;

/// The fields that a record has anyway.
const FIXED: [&str; 5] = ["id", "time", "action", "tier", "outcomes"];

/// One field of a flow's records.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// `None`: `action`.
    pub(super) attribute: Option<AttributeId>,
    pub(super) value: Timed<Value>,
}

/// What a field holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// One of these; of what is left of 100% nothing.
    Choice(Vec<(Given<'static>, Share)>),
    /// A decimal from one to another, both counted in units of the last place.
    Range { low: i64, high: i64, places: u32 },
}

impl Value {
    /// What one record holds.
    pub(super) fn draw(&self, draw: &mut Draw) -> Option<Given<'static>> {
        match self {
            Self::Choice(choices) => draw.one_of(choices).cloned(),
            Self::Range { low, high, places } => {
                let value = draw.between(*low, *high);
                Number::parse(&format!("{value}e-{places}")).map(Given::Number)
            }
        }
    }
}

/// Reads `record`; without it, or without its `action`, the action is the type's name.
pub(super) fn read(read: &mut Reader, plan: &Plan, at: Option<&At>, name: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    for (key, at) in at.and_then(|at| read.map(at, "`action` and attributes of the policy")).unwrap_or_default() {
        let attribute = if key == "action" { None } else { Some(attribute(read, plan, key, &at.key())) };
        let kind = match attribute {
            None => AttributeKind::Text,
            Some(None) => continue,
            Some(Some(id)) => plan.attributes[id.index()].kind,
        };
        let value = read.over_time(&at, "value", |read, at| value(read, kind, at));
        if let Some(value) = value {
            fields.push(Field { attribute: attribute.flatten(), value });
        }
    }
    if let Some(at) = at {
        always_named(read, at, &fields);
        no_overlap(read, plan, at, &fields);
    }
    if fields.iter().all(|field| field.attribute.is_some()) {
        let given = Given::Text(Cow::Owned(name.to_owned()));
        fields.push(Field { attribute: None, value: Timed::always(Value::Choice(vec![(given, Share::ALL)])) });
    }
    fields
}

fn attribute(read: &mut Reader, plan: &Plan, key: &str, at: &At) -> Option<AttributeId> {
    let names = plan.attributes.iter().map(|attribute| attribute.name.as_str());
    read.known(at, key, "attribute", names).map(AttributeId::new)
}

/// A record without an `action` is none.
fn always_named(read: &mut Reader, at: &At, fields: &[Field]) {
    let full = |value: &Value| match value {
        Value::Choice(choices) => choices.iter().map(|(_, share)| share.0).sum::<u64>() == Share::ALL.0,
        Value::Range { .. } => true,
    };
    for field in fields.iter().filter(|field| field.attribute.is_none()) {
        if !full(&field.value.first) || field.value.changes.iter().any(|(_, value)| !full(value)) {
            read.wrong(at, "some records have no `action`", "write shares of `action` that add up to exactly 100%");
        }
    }
}

/// No attribute may be read from where another field stands.
fn no_overlap(read: &mut Reader, plan: &Plan, at: &At, fields: &[Field]) {
    let ids = || fields.iter().filter_map(|field| field.attribute).map(|id| &plan.attributes[id.index()]);
    for attribute in ids() {
        let key = attribute.key.join(".");
        let in_the_way =
            |other: &&crate::plan::Attribute| other.name != attribute.name && attribute.key.starts_with(&other.key);
        let taken = attribute.key.first().is_some_and(|first| FIXED.contains(&first.as_str()));
        if taken || ids().any(|other| in_the_way(&other)) {
            let message = format!("`{}` is read from `{key}`, where another field stands", attribute.name);
            read.wrong(at, message, "leave it out: a generated record cannot hold both");
        }
    }
}

fn value(read: &mut Reader, kind: AttributeKind, at: &At) -> Option<Value> {
    if at.is_map() {
        let choices =
            read.shares(at, ("values and their shares, as in `{email: 70%, chat: 30%}`", false), |read, key, at| {
                let scalar = Scalar { kind: stated::kind_of(kind), text: key.to_owned() };
                given(read, kind, at, &scalar)
            });
        return Some(Value::Choice(choices));
    }
    let Some(scalar) = at.scalar() else {
        read.wrong(at, format!("`{}` is a list", at.name()), "write one value, or a map of values and shares");
        return None;
    };
    if kind == AttributeKind::Number
        && let Some((low, high)) = scalar.text.split_once(" to ")
    {
        return range(read, at, low, high);
    }
    given(read, kind, at, scalar).map(|given| Value::Choice(vec![(given, Share::ALL)]))
}

fn given(read: &mut Reader, kind: AttributeKind, at: &At, scalar: &Scalar) -> Option<Given<'static>> {
    let found = stated::given(kind, scalar);
    if found.is_none() {
        let form = match kind {
            AttributeKind::Number => "a number, or a range as in `5.00 to 50.00`",
            AttributeKind::Text => "a text, in quotes if need be",
            AttributeKind::Flag => "`true` or `false`",
        };
        read.wrong(at, format!("`{}` holds `{}`", at.field(), scalar.text), format!("write {form}"));
    }
    found
}

fn range(read: &mut Reader, at: &At, low: &str, high: &str) -> Option<Value> {
    let places = [low, high].map(|text| text.split_once('.').map_or(0, |(_, fraction)| fraction.len()));
    let places = u32::try_from(places.into_iter().max().unwrap_or(0)).unwrap_or(u32::MAX);
    let units = |text: &str| {
        let value = decimal(text)?.units() / 1_000_000_000_000;
        i64::try_from(value).ok().map(|value| value / 10_i64.pow(6_u32.saturating_sub(places)))
    };
    let ends = units(low).zip(units(high)).filter(|(low, high)| low <= high && places <= 6);
    if ends.is_none() {
        read.wrong(
            at,
            format!("`{low} to {high}` is no range"),
            "write the smaller number first, with at most 6 decimals",
        );
    }
    ends.map(|(low, high)| Value::Range { low, high, places })
}
