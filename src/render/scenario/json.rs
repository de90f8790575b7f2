//! For programs: every scenario of every file, with what was expected and what there was where that differs.

use super::measured::{Coverage, Measured, Mutants};
use super::told::Told;
use super::{Tested, Verdict, totals};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'static str,
    files: Vec<File<'a>>,
    passed: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<Coverage<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutants: Option<Vec<Mutants<'a>>>,
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
pub(super) fn render(all: &[Tested], measured: &[Measured]) -> String {
    let (passed, failed) = totals(all);
    let coverage: Vec<Coverage> = measured.iter().filter_map(super::measured::coverage).collect();
    let mutants: Vec<Mutants> = measured.iter().filter_map(super::measured::mutants).collect();
    let document = Document {
        cwrc: "1",
        files: all.iter().map(file).collect(),
        passed,
        failed,
        coverage: (!coverage.is_empty()).then_some(coverage),
        mutants: (!mutants.is_empty()).then_some(mutants),
    };
    crate::render::diagnostics::document(&document)
}

fn file(tested: &Tested) -> File<'_> {
    let Tested { path, policy, plan, scenarios, .. } = tested;
    let scenarios = scenarios.iter().map(|verdict| scenario(tested, verdict)).collect();
    File { path, policy, plan_digest: &plan.digest, scenarios }
}

fn scenario<'a>(tested: &'a Tested, verdict: &'a Verdict) -> Scenario<'a> {
    let failure = |told: Told| Failure { line: told.line(), expected: told.expected(), actual: told.actual() };
    let failures = Told::all(tested, verdict).map(failure).collect();
    Scenario { name: &verdict.name, line: verdict.place.line(&tested.text), passed: verdict.passed(), failures }
}
