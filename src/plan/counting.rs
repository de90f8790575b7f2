//! The parts of a plan that counting uses: what a table of counts belongs to. Targets, windows, holds and the like are no
//! such parts, so one table serves every policy that asks the same of the records.

use super::{Action, Metric, Plan, Trip, json};
use crate::value::digest;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What counting uses, by name: `` metric `acceptance` ``, and each as a JSON object.
#[must_use]
pub fn parts(plan: &Plan) -> BTreeMap<String, Value> {
    let mut parts = BTreeMap::new();
    parts.insert("the tick".to_owned(), json!({"seconds": plan.tick_seconds}));
    parts.insert("the trips".to_owned(), trips(plan));
    parts.extend(plan.attributes.iter().map(|it| (format!("attribute `{}`", it.name), json::attribute(it))));
    parts.extend(plan.metrics.iter().map(|it| (format!("metric `{}`", it.name), metric(plan, it))));
    parts.extend(plan.actions.iter().map(|it| (format!("action `{}`", it.name), action(plan, it))));
    parts
}

/// The digest of the parts.
#[must_use]
pub fn fingerprint(parts: &BTreeMap<String, Value>) -> String {
    digest::sha256(&json!(parts).to_string())
}

fn trips(plan: &Plan) -> Value {
    let all = || plan.actions.iter().flat_map(|action| &action.trips);
    let signals = |trips: &mut dyn Iterator<Item = &Trip>| -> BTreeSet<String> {
        trips.flat_map(|trip| json::names(plan, &trip.signals)).collect()
    };
    json!({"signals": signals(&mut all()), "of the policy": signals(&mut all().filter(|trip| trip.everywhere))})
}

fn metric(plan: &Plan, metric: &Metric) -> Value {
    let mut all = json::metric(plan, metric);
    let alive = metric.alive.as_ref().map(|(signals, _)| json::names(plan, signals));
    json!({"kind": all["kind"].take(), "from": metric.judge.word(), "alive": alive})
}

fn action(plan: &Plan, action: &Action) -> Value {
    let metrics: BTreeSet<&str> = action.bars().map(|bar| plan.metrics[bar.metric.index()].name.as_str()).collect();
    let attributes = action.renew.iter().flat_map(|renew| &renew.attributes);
    let renew: Vec<&str> = attributes.map(|id| plan.attributes[id.index()].name.as_str()).collect();
    json!({"matches": json::predicate(plan, &action.matches), "metrics": metrics, "renew": renew})
}
