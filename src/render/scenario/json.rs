//! For programs: every scenario of every file, with what was expected and what there was where that differs.

use super::told::Told;
use super::{Tested, Verdict, totals};
use serde_json::{Value, json};

/// The document.
pub(super) fn render(all: &[Tested]) -> String {
    let (passed, failed) = totals(all);
    let files: Vec<Value> = all.iter().map(file).collect();
    let document = json!({ "cwrc": "1", "files": files, "passed": passed, "failed": failed });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn file(tested: &Tested) -> Value {
    let scenarios: Vec<Value> = tested.scenarios.iter().map(|verdict| scenario(tested, verdict)).collect();
    json!({ "path": tested.path, "policy": tested.policy, "plan_digest": tested.plan.digest, "scenarios": scenarios })
}

fn scenario(tested: &Tested, verdict: &Verdict) -> Value {
    let failure = |told: Told| json!({ "line": told.line(), "expected": told.expected(), "actual": told.actual() });
    let failures: Vec<Value> = Told::all(tested, verdict).map(failure).collect();
    json!({ "name": verdict.name, "line": verdict.line, "passed": verdict.passed(), "failures": failures })
}
