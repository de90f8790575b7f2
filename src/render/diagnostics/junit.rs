//! JUnit's XML: a suite for each file, a failed case for each error; what is no error passes and is printed, what is
//! not decided is skipped. A file with nothing to say is one case that passes.

use super::{Found, Open, Report};
use crate::diagnostic::Severity;
use crate::render::text::clean;
use std::fmt::Write as _;

/// A case: its element, what it is, and where.
struct Case<'a> {
    path: &'a str,
    line: usize,
    kind: Kind,
    xml: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Failed,
    Passed,
    Skipped,
}

/// The document.
pub(super) fn render(report: &Report) -> String {
    let mut cases: Vec<Case> = report.found.iter().map(finding).chain(report.open.iter().map(promise)).collect();
    cases.sort_by_key(|case| (case.path, case.line));
    let suites: String = report.paths().into_iter().map(|path| suite(path, &cases)).collect();
    let failed = cases.iter().filter(|case| case.kind == Kind::Failed).count();
    let skipped = cases.iter().filter(|case| case.kind == Kind::Skipped).count();
    let tests = suites.matches("<testcase ").count();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"cwrc check\" tests=\"{tests}\" failures=\"{failed}\" \
         errors=\"0\" skipped=\"{skipped}\">\n{suites}</testsuites>\n"
    )
}

fn suite(path: &str, cases: &[Case]) -> String {
    let first = cases.partition_point(|case| case.path < path);
    let own: Vec<&Case> = cases[first..].iter().take_while(|case| case.path == path).collect();
    let count = |kind: Kind| own.iter().filter(|case| case.kind == kind).count();
    let mut inner: String = own.iter().map(|case| case.xml.as_str()).collect();
    if own.is_empty() {
        let _ = writeln!(inner, "    <testcase classname=\"{0}\" name=\"fine\" file=\"{0}\"/>", escaped(path));
    }
    format!(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n{inner}  </testsuite>\n",
        escaped(path),
        own.len().max(1),
        count(Kind::Failed),
        count(Kind::Skipped)
    )
}

fn finding<'a>(found: &Found<'a>) -> Case<'a> {
    let (it, at) = (found.diagnostic, found.at);
    let (message, severity) = (escaped(&it.message), found.severity());
    let place = format!("{}:{}:{}: {}[{}]", at.path, at.line, at.column, severity.word(), it.code.number());
    let mut text = format!("{} {message}", escaped(&place));
    if let Some(help) = &it.help {
        let _ = write!(text, "\nhelp: {}", escaped(help));
    }
    let (kind, content) = match severity {
        Severity::Error => {
            (Kind::Failed, format!("<failure type=\"{}\" message=\"{message}\">{text}</failure>", it.code.number()))
        }
        Severity::Warning | Severity::Info => (Kind::Passed, format!("<system-out>{text}</system-out>")),
    };
    let name = format!("{} {} at line {}", it.code.number(), it.code.name(), at.line);
    Case { path: at.path, line: at.line, kind, xml: case(at.path, at.line, &name, &content) }
}

fn promise<'a>(open: &Open<'a>) -> Case<'a> {
    let (it, at) = (open.undecided, open.at);
    let content = format!("<skipped message=\"{}\"/>", escaped(&format!("not decided: {}", it.why)));
    let xml = case(at.path, at.line, &format!("{} at line {}", it.what, at.line), &content);
    Case { path: at.path, line: at.line, kind: Kind::Skipped, xml }
}

fn case(path: &str, line: usize, name: &str, content: &str) -> String {
    format!(
        "    <testcase classname=\"{0}\" name=\"{1}\" file=\"{0}\" line=\"{line}\">{content}</testcase>\n",
        escaped(path),
        escaped(name)
    )
}

/// A text in an attribute or an element. What cannot be seen has been written out, which leaves nothing that XML 1.0
/// forbids but the two characters that are none.
pub(in crate::render) fn escaped(text: &str) -> String {
    let text = clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
