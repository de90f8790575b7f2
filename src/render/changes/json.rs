//! For programs.

use super::{Compared, Place, class};
use crate::diff::replayed::{Decided, Fared, Figures};
use crate::diff::{Change, Class, Edge, Gates, Reach, Said, Witness};
use crate::value::Instant;
use serde_json::{Value, json};

/// All policies, keys in a fixed order.
pub(super) fn render(all: &[Compared]) -> String {
    let changes = all.iter().flat_map(|one| &one.diff.changes);
    let counts: serde_json::Map<String, Value> = Class::ALL
        .into_iter()
        .map(|class| (class.word().to_owned(), changes.clone().filter(|it| it.class == class).count().into()))
        .collect();
    let policies: Vec<Value> = all.iter().map(policy).collect();
    let json = json!({"cwrc": "1", "class": class(all).word(), "counts": counts, "policies": policies});
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}

fn policy(one: &Compared) -> Value {
    let side = |place: Place| {
        place.path.map(|path| {
            json!({
                "path": format!("{}{path}", place.before_paths),
                "policy": place.side.policy.name,
                "plan_digest": place.side.plan.digest,
            })
        })
    };
    let mut json = json!({
        "old": side(one.old),
        "new": side(one.new),
        "same_plan": one.diff.same_plan,
        "class": one.diff.class().word(),
        "changes": one.diff.changes.iter().map(|it| change(one, it)).collect::<Vec<_>>(),
        "gates": one.diff.gates.iter().map(gate).collect::<Vec<_>>(),
        "witnesses": one.diff.witnesses.iter().enumerate().map(|(at, it)| witness(one, at, it)).collect::<Vec<_>>(),
    });
    if let (Some(replayed), Value::Object(map)) = (&one.replayed, &mut json) {
        let decisions: Vec<Value> = replayed.decisions.iter().map(decided).collect();
        let actions: Vec<Value> = replayed.actions.iter().map(fared).collect();
        let (old, new) = replayed.sums();
        let sum = json!({"old": figures(&old), "new": figures(&new)});
        map.insert("replay".to_owned(), json!({"decisions": decisions, "actions": actions, "sum": sum}));
    }
    json
}

fn change(one: &Compared, it: &Change) -> Value {
    let said = |place: Place, said: Option<&Said>| {
        said.map(|said| {
            let (line, column) = place.side.sources.position(said.at);
            let file = format!("{}{}", place.before_paths, place.side.sources.get(said.at.file).path);
            json!({"text": said.text, "file": file, "line": line, "column": column})
        })
    };
    let moved = |it: &crate::diff::Moved| json!({"record": it.record, "from": it.from, "to": it.to});
    json!({
        "class": it.class.word(),
        "action": it.action,
        "path": it.path,
        "before": said(one.old, it.before.as_ref()),
        "after": said(one.new, it.after.as_ref()),
        "because": it.because,
        "moved": it.moved.iter().map(moved).collect::<Vec<_>>(),
        "witness": it.witness,
    })
}

fn gate(it: &Gates) -> Value {
    let reach = |it: &Reach| {
        let edge = |it: &Edge| {
            let side = if it.above { "above" } else { "below" };
            json!({"metric": it.metric, "side": side, "value": it.value.to_string()})
        };
        json!({
            "bars": it.bars,
            "falls_back": it.falls_back.iter().map(edge).collect::<Vec<_>>(),
            "sees_a_fall_after_seconds": it.reaction,
            "earliest_promotion_seconds": it.earliest,
        })
    };
    let name = format!("{} to {}", it.step.from(), it.step.to());
    json!({"action": it.action, "gate": name, "before": it.before.as_ref().map(reach), "after": it.after.as_ref().map(reach)})
}

fn witness(one: &Compared, at: usize, it: &Witness) -> Value {
    json!({
        "shows": it.shows,
        "no_approvals": it.no_approvals,
        "lines": it.history.lines().count(),
        "file": one.written.get(at),
    })
}

fn time(seconds: i64) -> String {
    Instant::from_seconds(seconds).to_string()
}

fn decided(it: &Decided) -> Value {
    json!({
        "action": it.action,
        "kind": it.kind.word(),
        "from": it.from.word(),
        "to": it.to.word(),
        "old": it.old.map(time),
        "new": it.new.map(time),
    })
}

fn fared(it: &Fared) -> Value {
    json!({"action": it.name, "old": it.old.as_ref().map(figures), "new": it.new.as_ref().map(figures)})
}

fn figures(it: &Figures) -> Value {
    json!({
        "seconds": {"crawl": it.at[0], "walk": it.at[1], "run": it.at[2]},
        "records": it.records,
        "autonomous": it.autonomous,
        "unattended": it.unattended,
        "harm": [it.harm.0, it.harm.1],
        "silent_from": it.silent_from.map(time),
    })
}
