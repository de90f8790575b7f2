//! The plan and its JSON Schema: what `cwrc compile` prints is what `cwrc compile --schema` promises, and nothing else
//! is.
//!
//! The validator knows the keywords that the schema uses, and fails on any other.

use crate::check::World;
use crate::{files_below, replay, repository};
use cwrc::plan::{self, json};
use serde_json::{Map, Value};
use std::path::Path;

/// A JSON Schema, 2020-12.
struct Schema(Value);

impl Schema {
    fn of_plans() -> Self {
        Self(serde_json::from_str(json::SCHEMA).expect("JSON"))
    }

    /// What is wrong with a value, as `path: why`.
    fn errors(&self, value: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        self.check(&self.0, value, "$", &mut errors);
        errors
    }

    fn check(&self, schema: &Value, value: &Value, path: &str, errors: &mut Vec<String>) {
        let Value::Object(keywords) = schema else {
            return if *schema == Value::Bool(false) {
                errors.push(format!("{path}: nothing may stand here"));
            };
        };
        for (keyword, argument) in keywords {
            if let Err(why) = self.keyword(keyword, argument, keywords, value, path, errors) {
                errors.push(format!("{path}: {why}"));
            }
        }
    }

    fn keyword(
        &self,
        keyword: &str,
        argument: &Value,
        all: &Map<String, Value>,
        value: &Value,
        path: &str,
        errors: &mut Vec<String>,
    ) -> Result<(), String> {
        let holds = match keyword {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let target = argument.as_str().and_then(|it| self.0.pointer(it.strip_prefix('#')?));
                self.check(target.unwrap_or_else(|| panic!("{argument} leads nowhere")), value, path, errors);
                true
            }
            "type" => argument == kind(value),
            "const" => argument == value,
            "enum" => list(argument).contains(value),
            "minimum" => value.as_i64().is_none_or(|it| it >= number(argument)),
            "maximum" => value.as_i64().is_none_or(|it| it <= number(argument)),
            "minItems" => value.as_array().is_none_or(|it| Some(it.len() as u64) >= argument.as_u64()),
            "maxItems" => value.as_array().is_none_or(|it| Some(it.len() as u64) <= argument.as_u64()),
            "pattern" => value.as_str().is_none_or(|text| matches(argument.as_str().expect("a pattern"), text)),
            "required" => {
                value.as_object().is_none_or(|it| list(argument).iter().all(|key| it.contains_key(text(key))))
            }
            "additionalProperties" => {
                assert_eq!(*argument, Value::Bool(false), "the schema is strict");
                let known = |key: &String| all["properties"].get(key).is_some();
                value.as_object().is_none_or(|it| it.keys().all(known))
            }
            "properties" => {
                for (key, part) in value.as_object().into_iter().flatten() {
                    if let Some(schema) = argument.get(key) {
                        self.check(schema, part, &format!("{path}.{key}"), errors);
                    }
                }
                true
            }
            "prefixItems" | "items" => {
                let first = if keyword == "items" { all.get("prefixItems").map_or(0, |it| list(it).len()) } else { 0 };
                for (at, part) in value.as_array().into_iter().flatten().enumerate().skip(first) {
                    let schema = if keyword == "items" { Some(argument) } else { argument.get(at) };
                    if let Some(schema) = schema {
                        self.check(schema, part, &format!("{path}[{at}]"), errors);
                    }
                }
                true
            }
            "oneOf" => list(argument).iter().filter(|it| self.is_valid(it, value)).count() == 1,
            other => panic!("this validator does not know `{other}`"),
        };
        if holds { Ok(()) } else { Err(format!("{keyword} {argument} does not hold of {value}")) }
    }

    fn is_valid(&self, schema: &Value, value: &Value) -> bool {
        let mut errors = Vec::new();
        self.check(schema, value, "", &mut errors);
        errors.is_empty()
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn number(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

/// The three patterns of the schema, by hand.
fn matches(pattern: &str, text: &str) -> bool {
    let is_whole = |it: &str| it == "0" || (!it.starts_with('0') && is_all(it, |sign| sign.is_ascii_digit()));
    match pattern {
        "^sha256:[0-9a-f]{64}$" => {
            let hex = |it: &str| it.len() == 64 && is_all(it, |sign| matches!(sign, '0'..='9' | 'a'..='f'));
            text.strip_prefix("sha256:").is_some_and(hex)
        }
        "^[a-z][a-z0-9_]*$" => {
            text.starts_with(|it: char| it.is_ascii_lowercase())
                && is_all(text, |it| matches!(it, 'a'..='z' | '0'..='9' | '_'))
        }
        "^-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$" => {
            let text = text.strip_prefix('-').unwrap_or(text);
            match text.split_once('.') {
                None => is_whole(text),
                Some((whole, rest)) => {
                    is_whole(whole) && !rest.ends_with('0') && is_all(rest, |it| it.is_ascii_digit())
                }
            }
        }
        other => panic!("this validator does not know the pattern {other}"),
    }
}

fn is_all(text: &str, is: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is)
}

/// The plan of a policy of the repository, as JSON; `None` for a library.
fn compiled(path: &Path) -> Option<Value> {
    let path = path.strip_prefix(repository("")).expect("inside").to_string_lossy().replace('\\', "/");
    let base = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let analysis = cwrc::analysis::analyze(&World::Disk, &path, base, None).expect("a file");
    assert!(!analysis.has_errors(), "{path} has errors");
    analysis.policy.map(|policy| json::to_json(&plan::compile(&policy)))
}

/// The plans of all policies that there are.
fn plans() -> Vec<(String, Value)> {
    let mut paths: Vec<_> = replay::folders().into_iter().map(|folder| folder.join("policy.cwr")).collect();
    paths.extend(
        ["src/plan/rich.cwr", "tests/cases/syntax/support.cwr", "tests/cases/cli/files/desk.cwr"].map(repository),
    );
    match files_below(&repository("policies"), "cwr") {
        policies if policies.is_empty() => println!("there are no policies/ yet"),
        policies => paths.extend(policies),
    }
    paths.iter().filter_map(|path| Some((path.display().to_string(), compiled(path)?))).collect()
}

#[test]
fn plans_are_what_the_schema_promises() {
    let schema = Schema::of_plans();
    for (name, plan) in plans() {
        let errors = schema.errors(&plan);
        assert!(errors.is_empty(), "{name}\n{}", errors.join("\n"));
    }
}

/// Each way to add a key to an object of a value, or to leave one out or to empty it.
fn damaged(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(map) => {
            let with = |key: &str, part: Option<Value>| {
                let mut map = map.clone();
                match part {
                    Some(part) => map.insert(key.to_owned(), part),
                    None => map.remove(key),
                };
                Value::Object(map)
            };
            all.push(("a key more".to_owned(), with("extra", Some(Value::Null))));
            for (key, part) in map {
                all.push((format!("without {key}"), with(key, None)));
                all.push((format!("{key} is an object"), with(key, Some(Value::Object(Map::new())))));
                all.extend(
                    damaged(part).into_iter().map(|(why, part)| (format!("{key}: {why}"), with(key, Some(part)))),
                );
            }
        }
        Value::Array(parts) => {
            for (at, part) in parts.iter().enumerate() {
                for (why, part) in damaged(part) {
                    let mut parts = parts.clone();
                    parts[at] = part;
                    all.push((format!("[{at}] {why}"), Value::Array(parts)));
                }
            }
        }
        _ => {}
    }
    all
}

#[test]
fn nothing_else_is_what_the_schema_promises() {
    let schema = Schema::of_plans();
    let plan = compiled(&repository("src/plan/rich.cwr")).expect("a policy");
    let damaged = damaged(&plan);
    assert!(damaged.len() > 500, "only {} damages", damaged.len());
    for (why, plan) in damaged {
        let may = why.ends_with("without after_demotion");
        assert_eq!(schema.errors(&plan).is_empty(), may, "{why}");
    }
}

#[test]
fn the_schema_describes_every_key() {
    fn walk(schema: &Value, missing: &mut Vec<String>) {
        for (key, part) in schema["properties"].as_object().into_iter().flatten() {
            // A part that wraps a named one is described there.
            let wraps = part["properties"].as_object().is_some_and(|it| it.len() == 1);
            if part["description"].as_str().is_none_or(str::is_empty) && !wraps {
                missing.push(key.clone());
            }
        }
        match schema {
            Value::Object(map) => map.values().for_each(|part| walk(part, missing)),
            Value::Array(parts) => parts.iter().for_each(|part| walk(part, missing)),
            _ => {}
        }
    }
    let mut missing = Vec::new();
    walk(&Schema::of_plans().0, &mut missing);
    assert!(missing.is_empty(), "without a description: {missing:?}");
}

#[test]
fn the_validator_tells_right_from_wrong() {
    for (pattern, right, wrong) in [
        ("^[a-z][a-z0-9_]*$", vec!["a", "a_1"], vec!["", "A", "1a", "a-b"]),
        ("^-?(0|[1-9][0-9]*)(\\.[0-9]*[1-9])?$", vec!["0", "-1", "10.05"], vec!["", "01", "1.", "1.0", ".5", "1e2"]),
    ] {
        assert!(right.iter().all(|text| matches(pattern, text)), "{pattern}");
        assert!(wrong.iter().all(|text| !matches(pattern, text)), "{pattern}");
    }
    let schema = Schema(serde_json::json!({"oneOf": [{"type": "null"}, {"enum": [1, 2]}, {"enum": [2, 3]}]}));
    let valid = |value: Value| schema.errors(&value).is_empty();
    assert!(valid(Value::Null) && valid(1.into()) && !valid(2.into()) && !valid(4.into()));
}
