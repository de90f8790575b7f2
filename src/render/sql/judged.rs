//! From records to samples and harm: the four rules of semantics §2, and what was told against a record (§7).
//!
//! Each metric makes columns of its own: `good_`, `bad_`, `first_` and `value_` say when its signals were first heard and
//! what came with them; `matures_` and `wrong_` are its sample, `seen_` whether a signal told against the record where
//! that is not the same (silence that settles as bad is no sighting).

use super::words::{Words, after};
use super::{Step, merged};
use crate::history::tally::Wanted;
use crate::model::policy::{ActionId, MetricId, SignalId, Silence};
use crate::plan::{Metric, MetricKind};

/// The steps, in order.
pub(super) fn steps(words: &Words, wanted: &Wanted) -> Vec<Step> {
    let mut steps = vec![heard(words), judged(words), exposed(words, wanted), unheeded(words)];
    if wanted.evidence.iter().any(|ids| !ids.is_empty()) {
        steps.extend([gates(words, wanted), samples(words, wanted)]);
    }
    steps
}

fn heard(words: &Words) -> Step {
    let mut columns = own(&["r.id AS id", "r.acted AS acted", "r.action_type AS action_type"]);
    columns.extend(own(&["r.recorded_tier AS recorded_tier", "r.cohort AS cohort"]));
    columns.extend(words.plan.metrics.iter().flat_map(|metric| heard_of(words, metric)));
    Step {
        name: "heard",
        why: "When the signals of each metric were first heard of each record; of several values at one instant the \
              worse.",
        body: format!(
            "SELECT\n  {}\nFROM kept_records r\nLEFT JOIN kept_outcomes o ON o.id = r.id\n\
             WHERE r.action_type IS NOT NULL\nGROUP BY r.id, r.acted, r.action_type, r.recorded_tier, r.cohort",
            columns.join(",\n  ")
        ),
    }
}

/// The columns that a metric needs of the outcomes.
fn heard_of(words: &Words, metric: &Metric) -> Vec<String> {
    let name = &metric.name;
    let first = |ids: &[SignalId], column: &str| match ids {
        [] => format!("{} AS {column}_{name}", Words::null(words.dialect.types.integer)),
        ids => format!("MIN(CASE WHEN {} THEN o.heard END) AS {column}_{name}", words.is_signal("o.signal", ids)),
    };
    match &metric.kind {
        MetricKind::Verdict { bad, .. } => vec![first(&good_only(metric), "good"), first(bad, "bad")],
        MetricKind::Event { signals, .. } => vec![first(signals, "bad")],
        MetricKind::Mean { signal, lower_is_better, .. } => {
            let worse = if *lower_is_better { "MAX" } else { "MIN" };
            let is_first = format!("{} AND o.heard = o.first_heard", words.is_signal("o.signal", &[*signal]));
            let types = words.dialect.types;
            let value = format!("CAST(CAST(o.value AS {}) * 1000000 AS {})", types.value, types.sum);
            vec![first(&[*signal], "first"), format!("{worse}(CASE WHEN {is_first} THEN {value} END) AS value_{name}")]
        }
    }
}

/// The signals that say good and not bad too.
fn good_only(metric: &Metric) -> Vec<SignalId> {
    let MetricKind::Verdict { good, bad, .. } = &metric.kind else { return Vec::new() };
    good.iter().copied().filter(|id| !bad.contains(id)).collect()
}

fn judged(words: &Words) -> Step {
    let mut columns = own(&["id", "acted", "action_type", "recorded_tier", "cohort"]);
    columns.extend(words.plan.metrics.iter().flat_map(sample));
    let why = "The sample of each record under each metric: when it matures, and whether it is on the wrong side.";
    Step::select("judged", why, &columns, "FROM heard")
}

/// The columns that are a metric's sample.
fn sample(metric: &Metric) -> Vec<String> {
    let name = &metric.name;
    let (good, bad) = (format!("good_{name}"), format!("bad_{name}"));
    let flag = |condition: &str, column: &str| format!("CASE WHEN {condition} THEN 1 ELSE 0 END AS {column}_{name}");
    match &metric.kind {
        MetricKind::Verdict { settle: None, .. } => {
            let is_bad = format!("{bad} IS NOT NULL AND ({good} IS NULL OR {bad} <= {good})");
            let matures = format!("CASE WHEN {is_bad} THEN {bad} ELSE {good} END AS matures_{name}");
            vec![matures, flag(&is_bad, "wrong")]
        }
        MetricKind::Verdict { settle: Some((seconds, silence)), .. } => {
            let by = after("acted", *seconds);
            let (is_bad, is_good) = (format!("{bad} <= {by}"), format!("{good} <= {by}"));
            let matures = match silence {
                Silence::Nothing => format!("CASE WHEN {is_bad} OR {is_good} THEN {by} END AS matures_{name}"),
                Silence::Good | Silence::Bad => format!("{by} AS matures_{name}"),
            };
            match silence {
                Silence::Good | Silence::Nothing => vec![matures, flag(&is_bad, "wrong")],
                Silence::Bad => {
                    let wrong = format!("CASE WHEN {is_bad} THEN 1 WHEN {is_good} THEN 0 ELSE 1 END AS wrong_{name}");
                    vec![matures, wrong, flag(&is_bad, "seen")]
                }
            }
        }
        MetricKind::Event { within, .. } => {
            let by = after("acted", *within);
            vec![format!("{by} AS matures_{name}"), flag(&format!("{bad} <= {by}"), "wrong")]
        }
        MetricKind::Mean { .. } => vec![format!("first_{name} AS matures_{name}"), format!("value_{name}")],
    }
}

/// That a signal told against a record under one of these metrics; `None` where none can.
fn against(words: &Words, ids: &[MetricId]) -> Option<String> {
    let told = |id: &MetricId| {
        let metric = &words.plan.metrics[id.index()];
        match metric.kind {
            MetricKind::Mean { .. } => None,
            MetricKind::Verdict { settle: Some((_, Silence::Bad)), .. } => Some(format!("seen_{} = 1", metric.name)),
            MetricKind::Verdict { .. } | MetricKind::Event { .. } => Some(format!("wrong_{} = 1", metric.name)),
        }
    };
    let told: Vec<String> = ids.iter().filter_map(told).collect();
    (!told.is_empty()).then(|| told.join(" OR "))
}

/// Cases by action type, of what its customer metrics give.
fn by_customers(wanted: &Wanted, of: impl Fn(&[MetricId]) -> Option<String>) -> Vec<(Vec<ActionId>, String)> {
    let each = wanted.evidence.iter().map(|ids| judged_by(wanted, true, ids.iter().copied())).enumerate();
    merged(each.filter_map(|(at, ids)| Some((vec![ActionId::new(at)], of(&ids)?))))
}

/// Those of some metrics that customers judge, or the others.
fn judged_by(wanted: &Wanted, customer: bool, ids: impl Iterator<Item = MetricId>) -> Vec<MetricId> {
    ids.filter(|id| wanted.is_customer[id.index()] == customer).collect()
}

fn exposed(words: &Words, wanted: &Wanted) -> Step {
    let seen = by_customers(wanted, |ids| against(words, ids));
    let seen = seen.iter().map(|(ids, told)| format!("\n      WHEN {} AND ({told}) THEN 'seen'", words.is_action(ids)));
    let metrics = (0..words.plan.metrics.len()).map(MetricId::new);
    let told = against(words, &judged_by(wanted, false, metrics));
    let released = told.map_or_else(String::new, |told| format!("\n      WHEN {told} THEN 'released'"));
    let open = by_customers(wanted, |ids| open(words, ids));
    let open = open.iter().map(|(ids, open)| format!("\n      WHEN {} THEN {open}", words.is_action(ids)));
    let (seen, open): (String, String) = (seen.collect(), open.collect());
    let open = if open.is_empty() { "''".to_owned() } else { format!("CASE{open}\n      ELSE ''\n    END") };
    let body = format!(
        "SELECT\n  action_type,\n  recorded_tier,\n  tick,\n  harm,\n  \
         CASE WHEN harm = 'open' THEN open ELSE '' END AS open\nFROM (\n  \
         SELECT\n    action_type,\n    recorded_tier,\n    {} AS tick,\n    \
         CASE{seen}\n      WHEN recorded_tier = 'run' THEN 'told'{released}\n      ELSE 'open'\n    END AS harm,\n    {open} AS open\n  FROM judged\n) e",
        words.tick("acted")
    );
    Step {
        name: "exposed",
        why: "What it would have meant for a record to run unattended. Open: no harm was told of, and what may yet show \
              that there was none are these samples, so many ticks after the action.",
        body,
    }
}

/// The samples that may show that nothing happened: `,["METRIC",TICKS]` each.
fn open(words: &Words, ids: &[MetricId]) -> Option<String> {
    let one = |id: &MetricId| {
        let name = words.metric(*id);
        let ticks = words.ticks_between("acted", &format!("matures_{name}"));
        let ticks = format!("CAST({ticks} AS {})", words.dialect.types.text);
        format!("COALESCE({} || {ticks} || ']', '')", words.text(&format!(",[\"{name}\",")))
    };
    (!ids.is_empty()).then(|| ids.iter().map(one).collect::<Vec<_>>().join("\n        || "))
}

/// Signals that came too late to count, and signals that contradict a verdict.
fn unheeded(words: &Words) -> Step {
    let metrics = &words.plan.metrics;
    let late: Vec<String> = metrics.iter().filter_map(|metric| late(words, metric)).collect();
    let contradicted: Vec<String> = metrics.iter().filter_map(|metric| contradicted(words, metric)).collect();
    let columns = [(late, "late_outcomes"), (contradicted, "contradicted")].map(|(conditions, name)| {
        let flags = conditions.iter().map(|it| format!("CASE WHEN {it} THEN 1 ELSE 0 END")).collect::<Vec<_>>();
        let sum = if flags.is_empty() { "0".to_owned() } else { flags.join("\n      + ") };
        format!("COALESCE(SUM({sum}), 0) AS {name}")
    });
    let why = "Outcomes that no metric heeds: after the maturity, or of the other side than an earlier verdict.";
    Step::select("unheeded", why, &columns, "FROM kept_outcomes o\nJOIN judged j ON j.id = o.id")
}

fn late(words: &Words, metric: &Metric) -> Option<String> {
    let (signals, seconds) = match &metric.kind {
        MetricKind::Verdict { bad, settle: Some((seconds, _)), .. } => {
            ([good_only(metric), bad.clone()].concat(), seconds)
        }
        MetricKind::Event { signals, within } => (signals.clone(), within),
        MetricKind::Verdict { settle: None, .. } | MetricKind::Mean { .. } => return None,
    };
    Some(format!("{} AND o.heard > {}", words.is_signal("o.signal", &signals), after("j.acted", *seconds)))
}

fn contradicted(words: &Words, metric: &Metric) -> Option<String> {
    let MetricKind::Verdict { bad, settle: None, .. } = &metric.kind else { return None };
    let name = &metric.name;
    let other =
        |wrong: u8, ids: &[SignalId]| format!("j.wrong_{name} = {wrong} AND {}", words.is_signal("o.signal", ids));
    Some(format!("o.heard > j.matures_{name} AND ({} OR {})", other(1, &good_only(metric)), other(0, bad)))
}

fn gates(words: &Words, wanted: &Wanted) -> Step {
    let pairs = wanted.evidence.iter().enumerate().flat_map(|(at, ids)| ids.iter().map(move |id| (at, *id)));
    let row = |(at, id): (usize, MetricId)| {
        let (action, metric) = (words.text(&words.plan.actions[at].name), words.text(words.metric(id)));
        format!("SELECT {action} AS action_type, {metric} AS metric")
    };
    let body = pairs.map(row).collect::<Vec<_>>().join("\nUNION ALL ");
    Step { name: "gates", why: "The metrics that the gates of each action type use.", body }
}

fn samples(words: &Words, wanted: &Wanted) -> Step {
    let mut used: Vec<MetricId> = wanted.evidence.iter().flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    let chosen = |column: &str, means: bool, other: String| {
        let of = used.iter().filter(|id| words.plan.metrics[id.index()].is_mean() == means || column == "matures");
        let case = |name: &str| format!("\n      WHEN {} THEN {column}_{name}", words.text(name));
        let cases: String = of.map(|id| case(words.metric(*id))).collect();
        if cases.is_empty() {
            format!("{other} AS {column}")
        } else {
            format!("CASE g.metric{cases}\n      ELSE {other}\n    END AS {column}")
        }
    };
    let types = words.dialect.types;
    let columns = [
        own(&["j.action_type AS action_type", "recorded_tier", "cohort", "g.metric AS metric"]),
        vec![
            chosen("matures", false, Words::null(types.integer)),
            chosen("wrong", false, Words::null(types.integer)),
            chosen("value", true, Words::null(types.sum)),
        ],
    ];
    let tick = words.tick("matures");
    Step {
        name: "samples",
        why: "A sample belongs to the tick that contains its maturity.",
        body: format!(
            "SELECT\n  s.*,\n  {tick} AS tick\nFROM (\n  SELECT\n    {}\n  \
             FROM judged j\n  JOIN gates g ON g.action_type = j.action_type\n) s\nWHERE matures IS NOT NULL",
            columns.concat().join(",\n    ")
        ),
    }
}

fn own(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}
