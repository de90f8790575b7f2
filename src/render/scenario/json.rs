//! For programs: every scenario of every file, with what was expected and what there was where that differs.

use super::told::Told;
use super::{Tested, Verdict, totals};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'static str,
    files: Vec<File<'a>>,
    passed: usize,
    failed: usize,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    policy: &'a str,
    plan_digest: &'a str,
    scenarios: Vec<Scenario<'a>>,
}

#[derive(Serialize)]
struct Scenario<'a> {
    name: &'a str,
    line: usize,
    passed: bool,
    failures: Vec<Failure>,
}

#[derive(Serialize)]
struct Failure {
    line: usize,
    expected: String,
    actual: String,
}

/// The document.
pub(super) fn render(all: &[Tested]) -> String {
    let (passed, failed) = totals(all);
    let document = Document { cwrc: "1", files: all.iter().map(file).collect(), passed, failed };
    crate::render::diagnostics::document(&document)
}

fn file(tested: &Tested) -> File<'_> {
    let Tested { path, policy, plan, scenarios } = tested;
    let scenarios = scenarios.iter().map(|verdict| scenario(tested, verdict)).collect();
    File { path, policy, plan_digest: &plan.digest, scenarios }
}

fn scenario<'a>(tested: &'a Tested, verdict: &'a Verdict) -> Scenario<'a> {
    let failure = |told: Told| Failure { line: told.line(), expected: told.expected(), actual: told.actual() };
    let failures = Told::all(tested, verdict).map(failure).collect();
    Scenario { name: &verdict.name, line: verdict.line, passed: verdict.passed(), failures }
}
