//! A record that satisfies predicates, shown as the JSON line it would be in a history.

use super::domain::{Domains, Value};
use crate::model::policy::{Attribute, Constant, Subject};
use std::collections::BTreeMap;

/// The values of one record, as far as they matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example(BTreeMap<Subject, Option<Constant>>);

/// An object or a value, keys in order of mention.
enum Json {
    Value(String),
    Object(Vec<(String, Json)>),
}

impl Example {
    /// The chosen value of each subject; none for one that does not matter.
    pub(super) fn new(domains: Domains, chosen: &[Option<usize>]) -> Self {
        let pick = |((subject, mut values), index): ((Subject, Vec<Value>), &Option<usize>)| {
            index.map(|index| (subject, values.swap_remove(index)))
        };
        Self(domains.into_iter().zip(chosen).filter_map(pick).collect())
    }

    /// The attributes that the record has to lack, or to have of another kind.
    #[must_use]
    pub fn lacks<'a>(&self, attributes: &'a [Attribute]) -> Vec<&'a str> {
        let name = |(subject, value): (&Subject, &Option<Constant>)| match subject {
            Subject::Attribute(id) if value.is_none() => Some(attributes[id.index()].name.as_str()),
            _ => None,
        };
        self.0.iter().filter_map(name).collect()
    }

    /// The same record without something.
    #[must_use]
    pub fn lacking(mut self, subject: Subject) -> Self {
        self.0.insert(subject, None);
        self
    }

    /// The record, and what it has to lack, as a sentence names them.
    #[must_use]
    pub fn shown(&self, attributes: &[Attribute], action: &str) -> String {
        let record = self.json(attributes, action);
        match self.lacks(attributes).as_slice() {
            [] => format!("`{record}`"),
            lacks => format!("`{record}`, without `{}`", lacks.join("`, `")),
        }
    }

    /// What the record has for a subject: `None` where it does not matter, `Some(None)` where it is absent or of
    /// another kind.
    #[must_use]
    pub fn get(&self, subject: Subject) -> Option<&Option<Constant>> {
        self.0.get(&subject)
    }

    /// `{"action": "refund", "amount": 51}`. A record has an `action` in any case: this one, where it does not matter.
    #[must_use]
    pub fn json(&self, attributes: &[Attribute], action: &str) -> String {
        let mut fields = Vec::new();
        if !self.0.contains_key(&Subject::Action) {
            fields.push(("action".to_owned(), Json::Value(quoted(action))));
        }
        for (subject, value) in &self.0 {
            let key = match subject {
                Subject::Action => "action",
                Subject::Attribute(id) => attributes[id.index()].key.as_str(),
            };
            let value = match value {
                None => continue,
                Some(constant) => written(constant),
            };
            insert(&mut fields, key, value);
        }
        Json::Object(fields).to_string()
    }
}

/// Puts a value at a path with dots; where a part of the path holds a value already, the path is one key.
fn insert(fields: &mut Vec<(String, Json)>, path: &str, value: String) {
    let plain = (path.to_owned(), Json::Value(value.clone()));
    let Some((head, rest)) = path.split_once('.') else { return fields.push(plain) };
    let index = fields.iter().position(|(key, _)| key == head);
    let index = index.unwrap_or_else(|| {
        fields.push((head.to_owned(), Json::Object(Vec::new())));
        fields.len() - 1
    });
    match &mut fields[index].1 {
        Json::Object(inner) => insert(inner, rest, value),
        Json::Value(_) => fields.push(plain),
    }
}

/// A constant as JSON, and a policy, would have it.
#[must_use]
pub fn written(constant: &Constant) -> String {
    match constant {
        Constant::Number(number) => number.to_string(),
        Constant::Text(text) => quoted(text),
        Constant::Flag(flag) => flag.to_string(),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(text) => f.write_str(text),
            Self::Object(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
                write!(f, "{{{}}}", fields.join(", "))
            }
        }
    }
}
