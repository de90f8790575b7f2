//! From rows to records: what is wrong with a row, which rows are one record, what came of it (semantics §2).

use super::names::Table;
use super::words::{Words, given, micros};
use super::{Request, Step};
use crate::model::policy::{ActionId, AttributeKind, SignalId};
use crate::plan::{Action, MetricKind};
use crate::value::Tier;

/// The steps, in order.
pub(super) fn steps(request: &Request, words: &Words) -> Vec<Step> {
    vec![
        record_lines(request, words),
        outcome_lines(request, words),
        notice_lines(request, words),
        written_lines(words),
        ranked_lines(),
        classified(words),
        kept_records(request, words),
        told_outcomes(),
        kept_outcomes(),
    ]
}

fn record_lines(request: &Request, words: &Words) -> Step {
    let column = |name: &str| words.column(Table::Records, name);
    let tiers = Tier::ALL.map(|tier| words.text(tier.word())).join(", ");
    let missing = ["id", "time", "action"].map(|name| format!("{} IS NULL", column(name))).join(" OR ");
    let reasons = reasons(&[
        (missing, "missing_field"),
        (too_late(request, &words.time_column(Table::Records)), "bad_time"),
        (format!("{} NOT IN ({tiers})", words.text_column(Table::Records, "tier")), "bad_tier"),
    ]);
    let mut columns = vec![
        format!("{} AS id", words.text_column(Table::Records, "id")),
        format!("{} AS acted", words.time_column(Table::Records)),
        format!("{} AS action", words.text_column(Table::Records, "action")),
        format!("{} AS tier", words.text_column(Table::Records, "tier")),
    ];
    columns.extend(words.plan.attributes.iter().map(|it| match it.kind {
        AttributeKind::Text => {
            format!("{} AS {}", words.text_column(Table::Records, &it.name), given(it))
        }
        AttributeKind::Number | AttributeKind::Flag => format!("{} AS {}", column(&it.name), given(it)),
    }));
    columns.push(format!("{reasons} AS reason"));
    Step::select(
        "record_lines",
        "Each row of the records is a line. Times become whole microseconds since 1970, in UTC.",
        &columns,
        &from(words, Table::Records),
    )
}

fn outcome_lines(request: &Request, words: &Words) -> Step {
    let column = |name: &str| words.column(Table::Outcomes, name);
    let signal = words.text_column(Table::Outcomes, "signal");
    let missing = ["id", "signal", "time"].map(|name| format!("{} IS NULL", column(name))).join(" OR ");
    let valued = valued(words);
    let value = column("value");
    let mut wrong = vec![(missing, "missing_field")];
    if !valued.is_empty() {
        let ids: Vec<SignalId> = valued.iter().map(|(id, ..)| *id).collect();
        wrong.push((format!("{} AND {value} IS NULL", words.is_signal(&signal, &ids)), "missing_field"));
    }
    wrong.push((too_late(request, &words.time_column(Table::Outcomes)), "bad_time"));
    for (id, low, high) in &valued {
        let (low, high) = (words.millionths(*low), words.millionths(*high));
        let is_signal = words.is_signal(&signal, &[*id]);
        let fits = format!("{value} BETWEEN {low} AND {high} AND {value} = ROUND({value}, 6)");
        wrong.push((format!("{is_signal} AND NOT ({fits})"), "bad_value"));
    }
    let columns = [
        format!("{} AS id", words.text_column(Table::Outcomes, "id")),
        format!("{signal} AS signal"),
        format!("{} AS heard", words.time_column(Table::Outcomes)),
        format!("{value} AS value"),
        format!("{} AS reason", reasons(&wrong)),
    ];
    let why = "Each row of the outcomes is a line that has only an id and one outcome.";
    Step::select("outcome_lines", why, &columns, &from(words, Table::Outcomes))
}

fn notice_lines(request: &Request, words: &Words) -> Step {
    let types = words.dialect.types;
    let why = "Each row of the notices is a line: a signal about no record in particular.";
    if words.names.table(Table::Notices).is_none() {
        let columns = [(types.text, "signal"), (types.integer, "heard"), (types.text, "reason")]
            .map(|(kind, name)| format!("{} AS {name}", Words::null(kind)));
        return Step::select("notice_lines", why, &columns, "FROM outcome_lines\nWHERE FALSE");
    }
    let missing = ["signal", "time"].map(|name| format!("{} IS NULL", words.column(Table::Notices, name))).join(" OR ");
    let late = too_late(request, &words.time_column(Table::Notices));
    let columns = [
        format!("{} AS signal", words.text_column(Table::Notices, "signal")),
        format!("{} AS heard", words.time_column(Table::Notices)),
        format!("{} AS reason", reasons(&[(missing, "missing_field"), (late, "bad_time")])),
    ];
    Step::select("notice_lines", why, &columns, &from(words, Table::Notices))
}

fn written_lines(words: &Words) -> Step {
    let attributes = if words.plan.attributes.is_empty() { "'{}'".to_owned() } else { words.attributes() };
    let body = format!(
        "SELECT\n  r.*,\n  CASE tier WHEN 'crawl' THEN 1 WHEN 'walk' THEN 2 WHEN 'run' THEN 3 ELSE 0 END AS ran_at,\n  \
         {attributes} AS attributes\nFROM record_lines r\nWHERE reason IS NULL"
    );
    Step {
        name: "written_lines",
        why: "The attributes as canonical JSON, but for a comma before each first key, which changes no order.",
        body,
    }
}

fn ranked_lines() -> Step {
    let order = "PARTITION BY id ORDER BY acted, action, ran_at, attributes";
    let rank = format!("RANK() OVER ({order}) AS content");
    let copy = format!("ROW_NUMBER() OVER ({order}) AS copy");
    Step::select(
        "ranked_lines",
        "Lines of one id with the same content are one record; of several contents the least stays: by time, action, \
         tier, attributes.",
        &["w.*".to_owned(), rank, copy],
        "FROM written_lines w",
    )
}

fn classified(words: &Words) -> Step {
    let when =
        |action: &Action| format!("\n    WHEN {} THEN {}", words.predicate(&action.matches), words.text(&action.name));
    let cases: String = words.plan.actions.iter().map(when).collect();
    let action_type =
        if cases.is_empty() { Words::null(words.dialect.types.text) } else { format!("CASE{cases}\n  END") };
    Step {
        name: "classified",
        why: "The action type is the one whose predicate matches. None: the record is unclassified.",
        body: format!("SELECT\n  l.*,\n  {action_type} AS action_type\nFROM ranked_lines l\nWHERE copy = 1"),
    }
}

fn kept_records(request: &Request, words: &Words) -> Step {
    let renews = |(at, action): (usize, &Action)| {
        let renew = action.renew.as_ref()?;
        Some((vec![ActionId::new(at)], words.cohort(&renew.attributes)))
    };
    let cases = super::merged(words.plan.actions.iter().enumerate().filter_map(renews));
    let case = |(ids, cohort): &(Vec<ActionId>, String)| format!("\n    WHEN {} THEN {cohort}", words.is_action(ids));
    let cases: String = cases.iter().map(case).collect();
    let cohort = if cases.is_empty() { Words::null(words.dialect.types.text) } else { format!("CASE{cases}\n  END") };
    let tier =
        request.assume_tier.map_or("tier".to_owned(), |tier| format!("COALESCE(tier, {})", words.text(tier.word())));
    let columns = [
        "id".to_owned(),
        "acted".to_owned(),
        "action_type".to_owned(),
        format!("{tier} AS recorded_tier"),
        format!("{cohort} AS cohort"),
        "CASE WHEN tier IS NULL THEN 1 ELSE 0 END AS without_tier".to_owned(),
    ];
    let why = "The cohort of a record: the values of the attributes that its action type renews on.";
    Step::select("kept_records", why, &columns, "FROM classified")
}

fn told_outcomes() -> Step {
    let reason = reasons(&[
        ("r.id IS NULL".to_owned(), "orphan_outcomes"),
        ("o.heard < r.acted".to_owned(), "outcome_before_action"),
    ]);
    let columns = [
        "o.id AS id".to_owned(),
        "o.signal AS signal".to_owned(),
        "o.heard AS heard".to_owned(),
        "o.value AS value".to_owned(),
        format!("{reason} AS reason"),
    ];
    Step::select(
        "told_outcomes",
        "Outcomes belong to a record that was kept, and are not earlier than it.",
        &columns,
        "FROM outcome_lines o\nLEFT JOIN kept_records r ON r.id = o.id\nWHERE o.reason IS NULL",
    )
}

fn kept_outcomes() -> Step {
    let columns = ["d.*", "MIN(heard) OVER (PARTITION BY id, signal) AS first_heard"].map(String::from);
    Step::select(
        "kept_outcomes",
        "The same signal, time and value of a record count once. When was each signal first heard of it?",
        &columns,
        "FROM (SELECT DISTINCT id, signal, heard, value FROM told_outcomes WHERE reason IS NULL) d",
    )
}

/// The signals that means use, and the scale that their values must lie on.
pub(super) fn valued(words: &Words) -> Vec<(SignalId, i64, i64)> {
    let mut all: Vec<(SignalId, i64, i64)> = Vec::new();
    for metric in &words.plan.metrics {
        let MetricKind::Mean { signal, low, high, .. } = metric.kind else { continue };
        match all.iter_mut().find(|(id, ..)| *id == signal) {
            Some(scale) => *scale = (signal, scale.1.max(low), scale.2.min(high)),
            None => all.push((signal, low, high)),
        }
    }
    all
}

fn from(words: &Words, table: Table) -> String {
    format!("FROM {} t", words.names.table(table).unwrap_or(table.word()))
}

fn too_late(request: &Request, time: &str) -> String {
    request.now.map_or_else(String::new, |now| format!("{time} > {}", micros(now)))
}

/// The first reason that applies; conditions that are empty do not occur.
fn reasons(all: &[(String, &str)]) -> String {
    let cases = all.iter().filter(|(condition, _)| !condition.is_empty());
    let case = |(condition, reason): &(String, &str)| format!("\n    WHEN {condition} THEN '{reason}'");
    let cases: String = cases.map(case).collect();
    format!("CASE{cases}\n  END")
}
