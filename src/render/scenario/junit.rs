//! JUnit's XML: a suite for each file, a case for each scenario, a failure for each expectation that was not met.

use super::told::Told;
use super::{Tested, Verdict, totals};
use crate::render::Style;
use crate::render::diagnostics::junit::escaped;

/// The document.
pub(super) fn render(all: &[Tested]) -> String {
    let (passed, failed) = totals(all);
    let tests = passed + failed;
    let suites: String = all.iter().map(suite).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cwrc test\" tests=\"{tests}\" failures=\"{failed}\" \
         errors=\"0\" skipped=\"0\">\n{suites}</testsuites>\n"
    )
}

fn suite(tested: &Tested) -> String {
    let (passed, failed) = totals(std::slice::from_ref(tested));
    let cases: String = tested.scenarios.iter().map(|verdict| case(tested, verdict)).collect();
    let (path, tests) = (escaped(&tested.path), passed + failed);
    format!(
        "  <testsuite name=\"{path}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">\n{cases}  \
         </testsuite>\n"
    )
}

fn case(tested: &Tested, verdict: &Verdict) -> String {
    let (path, name) = (escaped(&tested.path), escaped(&verdict.name));
    let head = format!(
        "<testcase classname=\"{path}\" name=\"{name}\" file=\"{path}\" line=\"{}\"",
        verdict.place.line(&tested.text)
    );
    // A consumer takes one failure per case.
    let all: Vec<Told> = Told::all(tested, verdict).collect();
    let Some(first) = all.first() else { return format!("    {head}/>\n") };
    let message = escaped(&format!("expected {}, there was {}", first.expected(), first.actual()));
    let texts: Vec<String> = all.iter().map(|told| format!("{}\n{}", told.place(), told.diff(Style::PLAIN))).collect();
    let text: Vec<String> = texts.concat().lines().map(escaped).collect();
    format!("    {head}><failure type=\"expectation\" message=\"{message}\">{}</failure></testcase>\n", text.join("\n"))
}
