//! The engine against the slow reference evaluator, which shares no code with it: byte for byte, on thousands of random
//! policies and histories; and against the conformance vectors where they are at hand.

use crate::engine::{self, Arguments};
use crate::random::{Case, case};
use crate::reference::{self, Approvals, Options};
use cwrc::value::{Instant, Tier};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// How many random pairs every run compares.
const CASES: u64 = 2_000;

fn arguments(case: &Case) -> Arguments {
    let time = |text: &Option<String>| text.as_deref().and_then(Instant::parse);
    let approvals = if case.no_approvals { cwrc::replay::Approvals::Never } else { cwrc::replay::Approvals::Assumed };
    Arguments {
        any_tier: case.any_tier,
        assume_tier: case.assume_tier.as_deref().and_then(Tier::parse),
        now: time(&case.now),
        threads: 2,
        replay: cwrc::replay::Options {
            from: time(&case.from),
            to: time(&case.to),
            approvals,
            ..cwrc::replay::Options::default()
        },
    }
}

fn expected(case: &Case, digest: &str) -> Result<String, String> {
    let options = Options {
        any_tier: case.any_tier,
        assume_tier: case.assume_tier.clone(),
        from: case.from.clone(),
        to: case.to.clone(),
        now: case.now.clone(),
        approvals: if case.no_approvals { Approvals::Never } else { Approvals::Assumed },
        digest: digest.to_owned(),
    };
    reference::simulate(&case.policy, &case.history, &options)
}

/// Compares one case and counts what occurred in it.
fn compare(number: u64, seen: &mut BTreeMap<String, u64>) {
    let case = case(number);
    let plan = engine::plan(&case.policy);
    let got = engine::simulate(&plan, &[&case.history], &arguments(&case));
    match (got, expected(&case, &plan.digest)) {
        (Ok(got), Ok(expected)) if got == expected => count(&got, plan.tick_seconds, seen),
        (Err(_), Err(_)) => *seen.entry("refused".to_owned()).or_default() += 1,
        (Ok(got), Ok(expected)) => {
            let diff = similar::TextDiff::from_lines(&expected, &got);
            panic!("seed {number}\n{}", diff.unified_diff().header("reference", "engine").context_radius(8));
        }
        (got, expected) => panic!("seed {number}: engine {got:?}\nreference {expected:?}"),
    }
}

fn count(json: &str, tick_seconds: i64, seen: &mut BTreeMap<String, u64>) {
    let run: Value = serde_json::from_str(json).expect("JSON");
    let mut add = |key: String, n: u64| *seen.entry(key).or_default() += n;
    for decision in run["decisions"].as_array().into_iter().flatten() {
        add(format!("kind {}", decision["kind"].as_str().unwrap_or("")), 1);
    }
    for (reason, n) in run["records"]["bad"].as_object().into_iter().flatten() {
        add(format!("bad {reason}"), n.as_u64().unwrap_or(0));
    }
    for key in ["duplicates", "late_outcomes", "contradicted", "unclassified", "without_tier", "notices"] {
        add(key.to_owned(), run["records"][key].as_u64().unwrap_or(0));
    }
    for action in run["actions"].as_object().into_iter().flatten().map(|(_, action)| action) {
        let state = action["next"]["state"].as_str().unwrap_or("null");
        add(format!("next {state}"), 1);
        for harm in ["seen", "released", "unknown"] {
            add(format!("harm {harm}"), action["harm"][harm].as_u64().unwrap_or(0));
        }
    }
    add(format!("tick {tick_seconds}"), 1);
}

#[test]
fn engine_and_reference_agree() {
    let mut seen = BTreeMap::new();
    for seed in 0..crate::cases(CASES) {
        compare(seed, &mut seen);
    }
    // Agreement means nothing where nothing happens.
    for (what, least) in [
        ("kind promote", 1_000),
        ("kind demote", 300),
        ("kind trip", 200),
        ("kind renew", 100),
        ("kind stale", 300),
        ("kind stop", 300),
        ("kind defer", 200),
        ("bad unparsable", 50),
        ("bad missing_field", 100),
        ("bad bad_time", 100),
        ("bad bad_tier", 50),
        ("bad bad_value", 50),
        ("bad outcome_before_action", 50),
        ("bad conflicting_id", 100),
        ("bad orphan_outcomes", 50),
        ("duplicates", 1_000),
        ("late_outcomes", 1_000),
        ("contradicted", 500),
        ("unclassified", 500),
        ("without_tier", 500),
        ("notices", 1_000),
        ("harm seen", 100),
        ("harm released", 100),
        ("harm unknown", 100),
        ("next tripped", 10),
        ("next requires", 5),
        ("tick 3600", 50),
        ("tick 86400", 200),
    ] {
        let times = seen.get(what).copied().unwrap_or(0);
        assert!(times >= least, "`{what}` occurred only {times} times: {seen:#?}");
    }
}

/// Keys that the vectors leave out wherever they occur.
fn without_left_out(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for key in ["plan_digest", "coverage", "next", "clause"] {
                fields.remove(key);
            }
            fields.values_mut().for_each(|field| *field = without_left_out(field.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_left_out(item.take())),
        _ => {}
    }
    value
}

#[test]
fn conformance_vectors_agree() {
    let folder = crate::repository("../shared/conformance");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: the conformance vectors are not at {}", folder.display());
        return;
    };
    let mut folders: Vec<_> = entries.filter_map(Result::ok).map(|it| it.path()).filter(|it| it.is_dir()).collect();
    folders.sort();
    for folder in &folders {
        conforms(folder);
    }
    println!("{} conformance vectors agree", folders.len());
}

fn conforms(folder: &Path) {
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let any_tier = match read("args").unwrap_or_default().trim() {
        "" => false,
        "--evidence any-tier" => true,
        other => panic!("{}: this test does not know the arguments {other}", folder.display()),
    };
    let plan = engine::plan(&read("policy.cwr").expect("a policy"));
    let arguments = Arguments { any_tier, threads: 2, ..Arguments::default() };
    let got = engine::simulate(&plan, &[&read("history.jsonl").expect("a history")], &arguments).expect("a replay");
    let got = without_left_out(serde_json::from_str(&got).expect("JSON"));
    let expected: Value = serde_json::from_str(&read("expected.json").expect("a result")).expect("JSON");
    let text = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    assert_eq!(text(&got), text(&without_left_out(expected)), "{}", folder.display());
}
