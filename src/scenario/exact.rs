//! Exact records of a scenario: YAML that says what a line of a history says.

use super::feed::{Lines, Unit};
use super::file::Section;
use crate::history::Mapping;
use crate::history::line::{Line, Reader};
use crate::history::stated::quoted;
use crate::yaml::{At, Kind, Node, Scalar, instead};
use std::collections::BTreeMap;

/// The records of a scenario; outcomes of their own stand with their record.
pub(super) fn records(of: &mut Section, at: &At) -> Vec<Unit> {
    let mapping = Mapping::default();
    let reader = Reader::new(of.plan, &mapping, None).surveying(true);
    let mut all = Exact::default();
    for item in of.read.list(at, "records, as in a history") {
        let Some(text) = known_keys(of, &item).and_then(|()| json(of, &item)) else { continue };
        match reader.read(&text) {
            Ok(line) => all.add(of, &item, &line, format!("{text}\n")),
            Err(fault) => of.read.wrong(&item, format!("this is no record: {}", fault.why), "write it as in a history"),
        }
    }
    all.finish(of)
}

/// The records so far.
#[derive(Default)]
struct Exact<'n> {
    units: Vec<Unit>,
    /// By id, the index of the record's unit.
    known: BTreeMap<String, usize>,
    /// Outcomes on lines of their own.
    later: Vec<Later<'n>>,
}

struct Later<'n> {
    id: String,
    text: String,
    at: At<'n>,
}

impl<'n> Exact<'n> {
    fn add(&mut self, of: &mut Section, at: &At<'n>, line: &Line, text: String) {
        match line {
            Line::Full(record) => {
                declared(of, at, &record.undeclared);
                if self.known.insert(record.id.clone().into_owned(), self.units.len()).is_some() {
                    of.read.wrong(at, format!("`{}` is the id of two records", record.id), "write another `id`");
                }
                self.units.push(Unit { second: record.time.seconds, lines: Lines::Fixed(text) });
            }
            Line::Outcomes { id, undeclared, .. } => {
                declared(of, at, undeclared);
                self.later.push(Later { id: id.clone().into_owned(), text, at: at.clone() });
            }
            Line::Notice { signal, name, time } => {
                if signal.is_none() {
                    declared(of, at, &[name.clone().into_owned()]);
                }
                self.units.push(Unit { second: time.seconds, lines: Lines::Fixed(text) });
            }
        }
    }

    /// All records, with the outcomes that came later.
    fn finish(mut self, of: &mut Section) -> Vec<Unit> {
        for Later { id, text, at } in self.later {
            match self.known.get(&id).and_then(|at| self.units.get_mut(*at)) {
                Some(Unit { lines: Lines::Fixed(lines), .. }) => lines.push_str(&text),
                _ => of.read.wrong(&at, format!("no record has the id `{id}`"), "write the whole record too"),
            }
        }
        self.units
    }
}

/// Whether all keys are those of a record of this policy; the others are told.
fn known_keys(of: &mut Section, at: &At) -> Option<()> {
    let own = ["id", "time", "action", "tier", "outcomes", "signal"];
    let attributes = of.plan.attributes.iter().filter_map(|attribute| attribute.key.first());
    let keys: Vec<&str> = own.into_iter().chain(attributes.map(String::as_str)).collect();
    let record = of.read.record(at, &keys)?;
    if let Some(outcomes) = record.get("outcomes").filter(|at| at.is_list()) {
        for outcome in of.read.list(outcomes, "outcomes") {
            of.read.record(&outcome, &["signal", "time", "value"]);
        }
    }
    Some(())
}

/// Signals must be the policy's.
fn declared(of: &mut Section, at: &At, undeclared: &[String]) {
    let names: Vec<&str> = of.plan.signals.iter().map(String::as_str).collect();
    for name in undeclared {
        of.read.wrong(at, format!("the policy has no signal `{name}`"), instead(name, &names));
    }
}

/// A node as JSON; numbers stay as written.
fn json(of: &mut Section, at: &At) -> Option<String> {
    match at.node {
        Node::Map(_) => {
            let entries = of.read.map(at, "a map")?;
            let parts = entries.iter().map(|(key, at)| Some(format!("{}:{}", quoted(key), json(of, at)?)));
            Some(format!("{{{}}}", parts.collect::<Option<Vec<_>>>()?.join(",")))
        }
        Node::List(_) => {
            let parts = of.read.list(at, "values");
            let parts = parts.iter().map(|at| json(of, at)).collect::<Option<Vec<_>>>()?;
            Some(format!("[{}]", parts.join(",")))
        }
        Node::Scalar(scalar) => plain(of, at, scalar),
    }
}

fn plain(of: &mut Section, at: &At, scalar: &Scalar) -> Option<String> {
    match scalar.kind {
        Kind::Null => Some("null".to_owned()),
        Kind::Text => Some(quoted(&scalar.text)),
        Kind::Flag => Some(scalar.text.to_ascii_lowercase()),
        Kind::Number => of.read.plain(at, "a decimal number", |scalar| {
            serde_json::from_str::<serde_json::Number>(&scalar.text).is_ok().then(|| scalar.text.clone())
        }),
    }
}
