//! A history as the tables of a warehouse, and back: what a loader keeps of it.

use cwrc::model::policy::AttributeKind;
use cwrc::plan::{Attribute, Plan};
use cwrc::value::Instant;
use serde_json::{Map, Value, json};
use std::path::Path;

type Fields = Map<String, Value>;

/// Rows by column; what is absent is null, times are instants in whole microseconds.
pub(crate) struct Tables {
    columns: Value,
    pub(crate) records: Vec<Fields>,
    pub(crate) outcomes: Vec<Fields>,
    pub(crate) notices: Vec<Fields>,
}

impl Tables {
    /// What can be loaded of a history: rows with no time at all, but none whose time is no time.
    pub(crate) fn of(plan: &Plan, history: &str) -> Self {
        let mut columns =
            vec![json!(["id", "text"]), json!(["time", "time"]), json!(["action", "text"]), json!(["tier", "text"])];
        columns.extend(plan.attributes.iter().map(|it| json!([it.name, kind(it.kind)])));
        let columns = json!({
            "records": columns,
            "outcomes": [["id", "text"], ["signal", "text"], ["time", "time"], ["value", "number"]],
            "notices": [["signal", "text"], ["time", "time"]],
        });
        let mut tables = Self { columns, records: Vec::new(), outcomes: Vec::new(), notices: Vec::new() };
        history.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(|line| tables.add(plan, &line));
        tables
    }

    fn add(&mut self, plan: &Plan, line: &Fields) {
        let has = |key: &str| line.get(key).is_some_and(|value| !value.is_null());
        let Some(time) = time(line) else { return };
        if has("signal") && !has("id") && !has("action") {
            self.notices.push(row([("signal", text(line.get("signal"))), ("time", time)]));
            return;
        }
        let id = match line.get("id") {
            Some(Value::Number(number)) => json!(number.to_string()),
            other => text(other),
        };
        for outcome in line.get("outcomes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
        {
            self.outcome(&id, outcome);
        }
        if line.keys().any(|key| key != "id" && key != "outcomes") {
            let fields =
                [("id", id), ("time", time), ("action", text(line.get("action"))), ("tier", text(line.get("tier")))];
            let attributes = plan.attributes.iter().map(|it| (it.name.as_str(), given(it, line)));
            self.records.push(row(fields.into_iter().chain(attributes)));
        }
    }

    fn outcome(&mut self, id: &Value, outcome: &Fields) {
        let Some(time) = time(outcome) else { return };
        let value =
            outcome.get("value").filter(|value| value.is_number()).map_or(Value::Null, |it| json!(it.to_string()));
        let signal = text(outcome.get("signal"));
        self.outcomes.push(row([("id", id.clone()), ("signal", signal), ("time", time), ("value", value)]));
    }

    /// One JSON Lines file a table.
    pub(crate) fn write(&self, folder: &Path) {
        let write = |name: &str, text: String| std::fs::write(folder.join(name), text).expect("a file");
        write("columns.json", self.columns.to_string());
        for (name, rows) in [("records", &self.records), ("outcomes", &self.outcomes), ("notices", &self.notices)] {
            write(&format!("{name}.jsonl"), lines(rows.iter().cloned().map(Value::Object)));
        }
    }

    /// The rows as lines of a history, one each.
    pub(crate) fn lines(&self, plan: &Plan) -> String {
        let records = self.records.iter().map(|row| record(plan, row));
        let outcomes = self.outcomes.iter().map(|row| {
            let outcome = json!({"signal": row["signal"], "time": rfc(&row["time"]), "value": number(&row["value"])});
            json!({"id": row["id"], "outcomes": [outcome]})
        });
        let notices = self.notices.iter().map(|row| json!({"signal": row["signal"], "time": rfc(&row["time"])}));
        lines(records.chain(outcomes).chain(notices))
    }
}

/// JSON Lines.
fn lines(rows: impl Iterator<Item = Value>) -> String {
    rows.map(|row| row.to_string() + "\n").collect()
}

fn kind(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Number => "number",
        AttributeKind::Text => "text",
        AttributeKind::Flag => "flag",
    }
}

fn row<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Fields {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn text(value: Option<&Value>) -> Value {
    value.filter(|value| value.is_string()).cloned().unwrap_or_default()
}

/// The time of a line or an outcome, as databases read it; null where it has none, `None` where that is no time.
fn time(fields: &Fields) -> Option<Value> {
    match fields.get("time") {
        None | Some(Value::Null) => Some(Value::Null),
        Some(value) => {
            let time = Instant::parse(value.as_str()?)?;
            let whole = Instant { nanos: 0, ..time }.to_string().replace('T', " ").replace('Z', "");
            Some(json!(format!("{whole}.{:06}", time.nanos / 1_000)))
        }
    }
}

fn rfc(time: &Value) -> Value {
    time.as_str().map_or(Value::Null, |text| json!(format!("{}Z", text.replace(' ', "T"))))
}

/// A number whose text was kept, so that no digit is lost.
fn number(value: &Value) -> Value {
    value.as_str().map_or(Value::Null, |text| serde_json::from_str(text).expect("a number"))
}

/// An attribute, if its value is of the kind that the column holds.
fn given(attribute: &Attribute, line: &Fields) -> Value {
    let (last, path) = attribute.key.split_last().expect("a key");
    let inside = path.iter().try_fold(line, |fields, key| fields.get(key)?.as_object());
    match (attribute.kind, inside.and_then(|fields| fields.get(last))) {
        (AttributeKind::Number, Some(value)) if value.is_number() => json!(value.to_string()),
        (AttributeKind::Text, value) => text(value),
        (AttributeKind::Flag, Some(value)) if value.is_boolean() => value.clone(),
        _ => Value::Null,
    }
}

fn record(plan: &Plan, row: &Fields) -> Value {
    let mut line = row.clone();
    plan.attributes.iter().for_each(|it| drop(line.remove(&it.name)));
    line.insert("time".to_owned(), rfc(&row["time"]));
    for attribute in plan.attributes.iter().filter(|it| !row[&it.name].is_null()) {
        let value = &row[&attribute.name];
        let value = if attribute.kind == AttributeKind::Number { number(value) } else { value.clone() };
        let (last, path) = attribute.key.split_last().expect("a key");
        let mut inside = &mut line;
        for key in path {
            inside = inside.entry(key.clone()).or_insert_with(|| json!({})).as_object_mut().expect("an object");
        }
        inside.insert(last.clone(), value);
    }
    Value::Object(line)
}
