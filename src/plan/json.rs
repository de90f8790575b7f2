//! The plan as canonical JSON: keys sorted, exact decimals as strings, no titles, no places. Its digest, its schema.

use super::{Action, Bar, Gate, Limit, Metric, MetricKind, Plan, Trip};
use crate::model::policy::{AttributeId, AttributeKind, Constant, Predicate, SignalId, Subject};
use crate::stats::Rule;
use crate::value::{Decimal, digest};
use serde_json::{Value, json};

/// The JSON Schema of what [`to_json`] gives.
pub const SCHEMA: &str = include_str!("schema.json");

/// How far a confidence bar's table is written out: to four times its `min`, at least to 1,000 samples and at most
/// 1,024 steps; beyond that the same formula goes on.
const WRITTEN: (u64, u64, usize) = (4, 1_000, 1_024);

/// The digest of a plan: SHA-256 of its canonical JSON without the digest itself.
#[must_use]
pub fn digest(plan: &Plan) -> String {
    digest::sha256(&content(plan).to_string())
}

/// The plan as JSON, digest included.
#[must_use]
pub fn to_json(plan: &Plan) -> Value {
    let mut json = content(plan);
    if let Value::Object(map) = &mut json {
        map.insert("digest".into(), plan.digest.clone().into());
    }
    json
}

fn content(plan: &Plan) -> Value {
    json!({
        "cwrc": "1",
        "policy": plan.policy,
        "tick_seconds": plan.tick_seconds,
        "promote_one_per_ticks": plan.promote_ticks,
        "signals": plan.signals,
        "attributes": plan.attributes.iter().map(attribute).collect::<Vec<_>>(),
        "metrics": plan.metrics.iter().map(|metric| self::metric(plan, metric)).collect::<Vec<_>>(),
        "actions": plan.actions.iter().map(|action| self::action(plan, action)).collect::<Vec<_>>(),
    })
}

pub(super) fn attribute(attribute: &super::Attribute) -> Value {
    let kind = match attribute.kind {
        AttributeKind::Number => "number",
        AttributeKind::Text => "text",
        AttributeKind::Flag => "flag",
    };
    json!({"name": attribute.name, "kind": kind, "key": attribute.key})
}

pub(super) fn names(plan: &Plan, signals: &[SignalId]) -> Vec<String> {
    signals.iter().map(|id| plan.signals[id.index()].clone()).collect()
}

pub(super) fn metric(plan: &Plan, metric: &Metric) -> Value {
    let kind = match &metric.kind {
        MetricKind::Verdict { good, bad, settle } => json!({"verdict": {
            "good": names(plan, good),
            "bad": names(plan, bad),
            "settle": settle.map(|(seconds, silence)| json!({"seconds": seconds, "as": silence.word()})),
        }}),
        MetricKind::Event { signals, within } => {
            json!({"event": {"counts": names(plan, signals), "within_seconds": within}})
        }
        MetricKind::Mean { signal, low, high, lower_is_better } => json!({"mean": {
            "of": plan.signals[signal.index()],
            "low": Decimal::from_millionths(i128::from(*low)).to_string(),
            "high": Decimal::from_millionths(i128::from(*high)).to_string(),
            "lower_is_better": lower_is_better,
        }}),
    };
    let alive = metric.alive.as_ref().map(|(signals, ticks)| json!({"signals": names(plan, signals), "ticks": ticks}));
    json!({
        "name": metric.name,
        "from": metric.judge.word(),
        "kind": kind,
        "alive": alive,
        "delay_ticks": metric.delay_ticks,
    })
}

fn action(plan: &Plan, action: &Action) -> Value {
    let attribute_names = |ids: &[AttributeId]| -> Vec<String> {
        ids.iter().map(|id| plan.attributes[id.index()].name.clone()).collect()
    };
    json!({
        "name": action.name,
        "formerly": action.formerly,
        "risk": action.risk.word(),
        "read_only": action.read_only,
        "matches": predicate(plan, &action.matches),
        "gates": action.gates.iter().flatten().map(|gate| self::gate(plan, gate)).collect::<Vec<_>>(),
        "ceiling": action.ceiling.word(),
        "trips": action.trips.iter().map(|trip| self::trip(plan, trip)).collect::<Vec<_>>(),
        "stale_ticks": action.stale,
        "cooldown_ticks": action.cooldown,
        "reentry": action.reentry.to_string(),
        "renew": action.renew.as_ref().map(|renew| json!({"on": attribute_names(&renew.attributes), "to": renew.to.word()})),
    })
}

fn trip(plan: &Plan, trip: &Trip) -> Value {
    json!({
        "signals": names(plan, &trip.signals),
        "count": trip.count,
        "ticks": trip.within,
        "to": trip.to.word(),
        "everywhere": trip.everywhere,
    })
}

fn gate(plan: &Plan, gate: &Gate) -> Value {
    let requires = gate.requires.iter();
    json!({
        "from": gate.step.from().word(),
        "to": gate.step.to().word(),
        "bars": gate.bars.iter().map(|it| promotion_bar(plan, it)).collect::<Vec<_>>(),
        "keeps": gate.keeps.iter().map(|it| bar(plan, it)).collect::<Vec<_>>(),
        "hold_ticks": gate.hold,
        "requires": requires.map(|(id, tier)| json!({"action": plan.actions[id.index()].name, "at": tier.word()})).collect::<Vec<_>>(),
        "approval": gate.approval,
        "stop_ticks": gate.stop,
    })
}

/// A bar; where reentry changes it, what it becomes stands under `after_demotion`.
fn promotion_bar(plan: &Plan, both: &super::PromotionBar) -> Value {
    let mut json = bar(plan, &both.first);
    if both.again.target != both.first.target
        && let Value::Object(map) = &mut json
    {
        map.insert("after_demotion".into(), bar(plan, &both.again));
    }
    json
}

fn bar(plan: &Plan, bar: &Bar) -> Value {
    json!({
        "metric": plan.metrics[bar.metric.index()].name,
        "op": bar.op.sign(),
        "target": bar.target.to_string(),
        "window_ticks": bar.window,
        "min": bar.min,
        "limit": limit(bar),
    })
}

fn limit(bar: &Bar) -> Value {
    match &bar.limit {
        Limit::Mean { value, op } => json!({"mean": {"op": op.sign(), "value": value.to_string()}}),
        Limit::Share { rule: Rule::Point { target_e8, strict }, .. } => {
            json!({"good_share": {"least_e8": target_e8, "strictly_more": strict}})
        }
        Limit::Share { rule: Rule::Bound { method, confidence_e8, target_e8 }, allowed } => {
            let (times, least, steps) = WRITTEN;
            let up_to = bar.min.saturating_mul(times).max(least);
            json!({"bound": {
                "method": method.word(),
                "confidence_e8": confidence_e8,
                "least_e8": target_e8,
                "up_to": up_to,
                "least_n_for_bad": allowed.steps(up_to, steps),
            }})
        }
    }
}

pub(super) fn predicate(plan: &Plan, it: &Predicate) -> Value {
    let subject = |subject: &Subject| match subject {
        Subject::Action => "action".to_owned(),
        Subject::Attribute(id) => plan.attributes[id.index()].name.clone(),
    };
    let all = |parts: &[Predicate]| parts.iter().map(|part| predicate(plan, part)).collect::<Vec<_>>();
    match it {
        Predicate::Compare(what, op, value) => json!([op.sign(), subject(what), constant(value)]),
        Predicate::In(what, values) => json!(["in", subject(what), values.iter().map(constant).collect::<Vec<_>>()]),
        Predicate::Not(inner) => json!(["not", predicate(plan, inner)]),
        Predicate::And(parts) => json!(["and", all(parts)]),
        Predicate::Or(parts) => json!(["or", all(parts)]),
    }
}

fn constant(constant: &Constant) -> Value {
    match constant {
        Constant::Number(number) => json!({"number": number.to_string()}),
        Constant::Text(text) => json!({"text": text}),
        Constant::Flag(flag) => json!({"flag": flag}),
    }
}
