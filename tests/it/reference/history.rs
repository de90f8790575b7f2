//! From lines to records and notices: semantics §2.

use super::decimal::Decimal;
use super::json::{self, Value, canonical_object};
use super::policy::{Kind, Policy, Tier};
use super::time;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) signal: String,
    pub(crate) time: i128,
    pub(crate) value: Option<Value>,
}

impl Outcome {
    /// The value in micro-units; it was checked when the line was read.
    pub(crate) fn micros(&self) -> i128 {
        match &self.value {
            Some(Value::Number(number)) => number.scaled(6).expect("the value is on its scale"),
            _ => panic!("a value signal has a number"),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) time: i128,
    pub(crate) action: String,
    pub(crate) tier: Option<Tier>,
    pub(crate) attributes: BTreeMap<String, Value>,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Record {
    /// What makes two full lines of one id the same, in the order that decides which content stays:
    /// "the content that is least by (time, action, tier, canonical attributes)".
    fn content(&self) -> (i128, String, Option<Tier>, String) {
        (self.time, self.action.clone(), self.tier, canonical_object(&self.attributes))
    }
}

#[derive(Debug)]
pub(crate) struct History {
    pub(crate) records: Vec<Record>,
    /// Distinct (signal, time).
    pub(crate) notices: Vec<(String, i128)>,
    /// Lines, their duplicates counted.
    pub(crate) notice_lines: u64,
    pub(crate) duplicates: u64,
    pub(crate) bad: BTreeMap<&'static str, u64>,
}

enum Line {
    Notice(String, i128),
    Full(Record),
    Outcomes(String, Vec<Outcome>),
}

type Fields = BTreeMap<String, Value>;

/// All lines of a history; `now` is the instant after which a time is bad.
pub(crate) fn read(text: &str, policy: &Policy, now: Option<i128>) -> History {
    let mut history =
        History { records: Vec::new(), notices: Vec::new(), notice_lines: 0, duplicates: 0, bad: BTreeMap::new() };
    let (mut full, mut appended) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match read_line(line, policy, now) {
            Ok(Line::Notice(signal, time)) => history.add_notice((signal, time)),
            Ok(Line::Full(record)) => full.push(record),
            Ok(Line::Outcomes(id, outcomes)) => appended.push((id, outcomes)),
            Err(reason) => history.count_bad(reason),
        }
    }
    let least = least_contents(&full);
    for record in full {
        history.add_full(record, &least);
    }
    for (id, outcomes) in appended {
        history.append(&id, outcomes);
    }
    history
}

/// Per id the content that stays.
fn least_contents(full: &[Record]) -> BTreeMap<String, (i128, String, Option<Tier>, String)> {
    let mut least = BTreeMap::new();
    for record in full {
        let content = least.entry(record.id.clone()).or_insert_with(|| record.content());
        if record.content() < *content {
            *content = record.content();
        }
    }
    least
}

impl History {
    fn count_bad(&mut self, reason: &'static str) {
        *self.bad.entry(reason).or_default() += 1;
    }

    /// "The same (signal, time) counts once."
    fn add_notice(&mut self, notice: (String, i128)) {
        self.notice_lines += 1;
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// "Full lines with the same id and the same content are one record whose outcomes are united."
    fn add_full(&mut self, record: Record, least: &BTreeMap<String, (i128, String, Option<Tier>, String)>) {
        if least[&record.id] != record.content() {
            self.count_bad("conflicting_id");
        } else if let Some(first) = self.records.iter_mut().find(|known| known.id == record.id) {
            unite(&mut first.outcomes, record.outcomes);
            self.duplicates += 1;
        } else {
            let mut outcomes = Vec::new();
            unite(&mut outcomes, record.outcomes.clone());
            self.records.push(Record { outcomes, ..record });
        }
    }

    /// "A line that has only `id` and `outcomes` adds its outcomes likewise; with no full line for its id it is bad."
    fn append(&mut self, id: &str, outcomes: Vec<Outcome>) {
        let Some(record) = self.records.iter_mut().find(|record| record.id == id) else {
            return self.count_bad("orphan_outcomes");
        };
        if outcomes.iter().any(|outcome| outcome.time < record.time) {
            return self.count_bad("outcome_before_action");
        }
        unite(&mut record.outcomes, outcomes);
        self.duplicates += 1;
    }

    /// Records and notices that arrived are kept; the latest time of both, and of outcomes.
    pub(crate) fn latest_time(&self) -> Option<i128> {
        let of_records = self
            .records
            .iter()
            .flat_map(|record| record.outcomes.iter().map(|outcome| outcome.time).chain(std::iter::once(record.time)));
        of_records.chain(self.notices.iter().map(|(_, time)| *time)).max()
    }

    pub(crate) fn earliest_record(&self) -> Option<i128> {
        self.records.iter().map(|record| record.time).min()
    }
}

/// "The same (signal, time, value) twice counts once."
fn unite(outcomes: &mut Vec<Outcome>, more: Vec<Outcome>) {
    for outcome in more {
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
}

/// One line, or the first reason that makes it bad, of: unparsable, missing_field, bad_time, bad_tier, bad_value,
/// outcome_before_action (the other two concern several lines).
fn read_line(line: &str, policy: &Policy, now: Option<i128>) -> Result<Line, &'static str> {
    let Some(Value::Object(mut fields)) = json::parse(line) else {
        return Err("unparsable");
    };
    fields.retain(|_, value| *value != Value::Null);
    if fields.contains_key("signal") && !fields.contains_key("id") && !fields.contains_key("action") {
        return read_notice(&fields, now);
    }
    let raw_outcomes = outcome_objects(fields.get("outcomes"))?;
    let known: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
    let only_outcomes = known == BTreeSet::from(["id", "outcomes"]);

    // missing_field, anywhere on the line
    let id = fields.get("id").and_then(record_id).ok_or("missing_field")?;
    let action = text(&fields, "action");
    if !only_outcomes && (action.is_none() || !fields.contains_key("time")) {
        return Err("missing_field");
    }
    if raw_outcomes.iter().any(|outcome| outcome_lacks_field(outcome, policy)) {
        return Err("missing_field");
    }
    // bad_time, anywhere on the line
    let time = if only_outcomes { None } else { Some(instant(fields.get("time"), now)?) };
    let mut outcomes = Vec::new();
    for raw in &raw_outcomes {
        let value = raw.get("value").cloned();
        let signal = text(raw, "signal").ok_or("missing_field")?;
        outcomes.push(Outcome { signal, time: instant(raw.get("time"), now)?, value });
    }
    // bad_tier
    let tier = match fields.get("tier") {
        None => None,
        Some(Value::Text(name)) => Some(Tier::parse(name).ok_or("bad_tier")?),
        Some(_) => return Err("bad_tier"),
    };
    // bad_value
    if outcomes.iter().any(|outcome| bad_value(outcome, policy)) {
        return Err("bad_value");
    }
    let (Some(time), Some(action)) = (time, action) else {
        return Ok(Line::Outcomes(id, outcomes));
    };
    // outcome_before_action
    if outcomes.iter().any(|outcome| outcome.time < time) {
        return Err("outcome_before_action");
    }
    fields.retain(|key, _| !matches!(key.as_str(), "id" | "time" | "action" | "tier" | "outcomes"));
    Ok(Line::Full(Record { id, time, action, tier, attributes: fields, outcomes }))
}

/// "A line with `signal` and `time` and neither `id` nor `action`. One without a time is `missing_field`."
fn read_notice(fields: &Fields, now: Option<i128>) -> Result<Line, &'static str> {
    let signal = text(fields, "signal").ok_or("missing_field")?;
    if !fields.contains_key("time") {
        return Err("missing_field");
    }
    Ok(Line::Notice(signal, instant(fields.get("time"), now)?))
}

/// "A string or an integer; `5` and `"5"` are the same id."
fn record_id(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) if number.is_integer() => Some(number.to_string()),
        _ => None,
    }
}

fn text(fields: &Fields, key: &str) -> Option<String> {
    match fields.get(key) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// "With `--now T`, a record or outcome later than T is bad."
fn instant(value: Option<&Value>, now: Option<i128>) -> Result<i128, &'static str> {
    let Some(Value::Text(text)) = value else { return Err("bad_time") };
    let time = time::parse(text).ok_or("bad_time")?;
    if now.is_some_and(|now| time > now) { Err("bad_time") } else { Ok(time) }
}

/// The entries of `outcomes`, which may be absent; their null fields are absent ones.
fn outcome_objects(value: Option<&Value>) -> Result<Vec<Fields>, &'static str> {
    let items = match value {
        None => return Ok(Vec::new()),
        Some(Value::List(items)) => items,
        Some(_) => return Err("unparsable"),
    };
    items
        .iter()
        .map(|item| match item {
            Value::Object(fields) => {
                let mut fields = fields.clone();
                fields.retain(|_, value| *value != Value::Null);
                Ok(fields)
            }
            _ => Err("unparsable"),
        })
        .collect()
}

/// No signal, no time, or "a value signal without a value".
fn outcome_lacks_field(outcome: &Fields, policy: &Policy) -> bool {
    let Some(signal) = text(outcome, "signal") else { return true };
    let needs_value = !scales(policy, &signal).is_empty();
    !outcome.contains_key("time") || (needs_value && !outcome.contains_key("value"))
}

/// The scales of the mean metrics that use the signal.
fn scales(policy: &Policy, wanted: &str) -> Vec<(i128, i128)> {
    let scale = |kind: &Kind| match kind {
        Kind::Mean { signal, low, high, .. } if signal == wanted => Some((*low, *high)),
        _ => None,
    };
    policy.metrics.iter().filter_map(|metric| scale(&metric.kind)).collect()
}

/// "A value off the scale of any mean metric that uses the signal, or with more than 6 decimals, is `bad_value`."
fn bad_value(outcome: &Outcome, policy: &Policy) -> bool {
    let off = |number: &Decimal, (low, high): (i128, i128)| {
        number.finer_than(6) || number.scaled(6).is_none_or(|value| value < low || value > high)
    };
    let scales = scales(policy, &outcome.signal);
    match &outcome.value {
        Some(Value::Number(number)) => scales.into_iter().any(|scale| off(number, scale)),
        _ => !scales.is_empty(),
    }
}
