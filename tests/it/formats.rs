//! What `cwrc check` tells, in every format: `tests/cases/formats/told/` over the policies beside it, held against what
//! reads these formats elsewhere; and what must be true of any findings, over all cases.
//!
//! `UPDATE_DOCS=1 cargo test --test it formats` writes down what is told now.

use crate::check::{World, cases};
use crate::cli::transcripts::same_or_updated;
use crate::{files_below, repository};
use cwrc::analysis::{Analysis, Proofs, Settings, analyze, finish, gather};
use cwrc::render::Style;
use cwrc::render::diagnostics::{Format, Report, render};
use cwrc::source::Files;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::sync::LazyLock;

/// The policies of the cases, as one run checks them.
static ROOTS: LazyLock<Vec<Analysis>> = LazyLock::new(|| {
    let files = files_below(&repository("tests/cases/formats/policies"), "cwr");
    let names = files.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
    let roots = names.filter(|name| name != "words.cwr").map(|name| format!("tests/cases/formats/policies/{name}"));
    let (proofs, base) = (RefCell::new(Proofs::default()), "tests/cases/formats/policies");
    let settings = Settings { proofs: Some(&proofs), ..Settings::default() };
    let one = |path: String| {
        let mut one = gather(&World::Disk, &path, base, None).expect("a file");
        finish(std::slice::from_mut(&mut one), &settings);
        one
    };
    roots.map(one).collect()
});

/// All cases of the checker, one run each.
static CASES: LazyLock<Vec<Analysis>> = LazyLock::new(|| {
    let one = |path: String| analyze(&World::Disk, &path, "tests/cases/check", None).expect("a case");
    cases().into_iter().map(one).collect()
});

fn told(roots: &[Analysis], format: Format) -> String {
    render(&Report::of(roots), format, Style::PLAIN)
}

fn parsed(roots: &[Analysis], format: Format) -> Value {
    serde_json::from_str(&told(roots, format)).expect("JSON")
}

#[test]
fn every_format_tells_what_is_written_down() {
    let mut wrong = Vec::new();
    for (format, ending) in Format::ALL.iter().zip(["txt", "txt", "json", "json", "txt", "json", "xml", "md"]) {
        let path = repository(&format!("tests/cases/formats/told/{}.{ending}", format.name()));
        let written = fs::read_to_string(&path).unwrap_or_default();
        if let Err(diff) = same_or_updated(&path, &written, &told(&ROOTS, *format)) {
            wrong.push(format!("{}: {diff}", format.name()));
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_DOCS=1 writes it down", wrong.join("\n"));
}

#[test]
fn the_order_of_policies_changes_no_findings() {
    let mut turned = ROOTS.clone();
    turned.reverse();
    // For people a line for each policy follows, in the order in which they were named.
    for format in Format::ALL.iter().filter(|format| **format != Format::Human) {
        assert_eq!(told(&turned, *format), told(&ROOTS, *format), "{}", format.name());
    }
}

/// What cannot be seen, or turns the direction of text, or moves the cursor.
#[test]
fn nothing_hidden_is_printed() {
    for format in Format::ALL {
        let told = told(&ROOTS, *format) + &told(&CASES, *format);
        let hidden =
            |sign: &char| sign.is_control() && *sign != '\n' || "\u{200b}\u{200f}\u{202a}\u{202e}".contains(*sign);
        assert_eq!(told.chars().find(hidden), None, "{}", format.name());
    }
}

#[test]
fn each_finding_of_a_shared_file_is_told_once() {
    for format in Format::ALL {
        let times = told(&ROOTS, *format).matches("can never count a good sample").count();
        // JUnit has it as an attribute and as text.
        assert_eq!(times, 1 + usize::from(*format == Format::Junit), "{}", format.name());
    }
    let alone: usize = ROOTS.iter().map(|root| root.diagnostics.len()).sum();
    let together = parsed(&ROOTS, Format::Json)["diagnostics"].as_array().expect("a list").len();
    assert_eq!(alone, together + 1);
}

#[test]
fn sarif_is_as_its_schema_says() {
    let schema = fs::read_to_string(repository("tests/schemas/sarif-2.1.0.json")).expect("the schema");
    // OASIS closes a bracket that it did not open, which is no regular expression; we have no `language`.
    let schema = schema.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for root in ROOTS.iter().chain(CASES.iter()) {
        let log = parsed(std::slice::from_ref(root), Format::Sarif);
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|it| format!("{} {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", root.path);
    }
    let mut log = parsed(&ROOTS, Format::Sarif);
    assert!(validator.is_valid(&log));
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&log), "the schema sees what is wrong");
}

#[test]
fn sarif_results_name_their_rules() {
    let log = parsed(&CASES, Format::Sarif);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    assert!(rules.len() > 20 && results.len() > 100);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a place");
        assert!(uri.starts_with("tests/cases/") && !uri.contains([' ', '<', '"', '\\']), "{uri}");
    }
}

fn fingerprints(roots: &[Analysis]) -> Vec<String> {
    let log = parsed(roots, Format::Gitlab);
    let all = log.as_array().expect("a list").iter();
    all.map(|it| it["fingerprint"].as_str().expect("a fingerprint").to_owned()).collect()
}

#[test]
fn fingerprints_are_unique() {
    for roots in [&ROOTS, &CASES] {
        let all = fingerprints(roots);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}

/// The disk with one file that reads otherwise.
struct Edited<'a>(&'a str, Vec<u8>);

impl Files for Edited<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if path == self.0 { Ok(self.1.clone()) } else { World::Disk.read(path) }
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

#[test]
fn fingerprints_stay_when_lines_move() {
    let mut moved = 0;
    for root in CASES.iter() {
        let text = fs::read(repository(&root.path)).expect("a case");
        if text.starts_with("\u{feff}".as_bytes()) {
            continue;
        }
        let text = [b"# One\n\n# two\n", text.as_slice()].concat();
        let after = analyze(&Edited(&root.path, text), &root.path, "tests/cases/check", None).expect("a case");
        let (before, after) = (std::slice::from_ref(root), std::slice::from_ref(&after));
        moved += usize::from(told(before, Format::Plain) != told(after, Format::Plain));
        assert_eq!(fingerprints(before), fingerprints(after), "{}", root.path);
    }
    assert!(moved > 60, "{moved}");
}

/// What happens to one declaration is nothing to another.
#[test]
fn fingerprints_stay_when_another_finding_goes() {
    let path = "tests/cases/formats/policies/half done, 50%.cwr";
    let text = fs::read_to_string(repository(path)).expect("a case");
    let of = |text: &str| {
        let files = Edited(path, text.into());
        fingerprints(&[analyze(&files, path, "tests/cases/formats/policies", None).expect("a case")])
    };
    let mended = text.replacen("margin 5pp\n", "margin 5pp hold 14d\n", 1);
    let (before, after) = (of(&text), of(&mended));
    assert!(after.len() < before.len() && after.iter().all(|it| before.contains(it)), "{before:?} {after:?}");
}

#[test]
fn junit_is_xml_with_a_suite_for_each_file() {
    for roots in [&ROOTS, &CASES] {
        let told = told(roots, Format::Junit);
        let xml = roxmltree::Document::parse(&told).expect("XML");
        let number =
            |node: roxmltree::Node, name: &str| node.attribute(name).expect(name).parse::<usize>().expect(name);
        let of = |node: roxmltree::Node, tag: &str| node.descendants().filter(|it| it.has_tag_name(tag)).count();
        let suites = xml.descendants().filter(|it| it.has_tag_name("testsuite"));
        for node in suites.clone().chain([xml.root_element()]) {
            assert_eq!(number(node, "tests"), of(node, "testcase"));
            assert_eq!(number(node, "failures"), of(node, "failure"));
            assert_eq!(number(node, "skipped"), of(node, "skipped"));
        }
        let names: BTreeSet<&str> = suites.map(|it| it.attribute("name").expect("a name")).collect();
        assert_eq!(names, roots.iter().flat_map(Analysis::paths).collect());
        let errors = parsed(roots, Format::Json)["summary"]["errors"].as_u64().expect("a number");
        assert_eq!(errors, number(xml.root_element(), "failures") as u64);
    }
}

/// Reads an annotation as a runner does.
fn annotation(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
    let (word, properties) = head.split_once(' ').expect("properties");
    let data = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    let value = |text: &str| data(&text.replace("%3A", ":").replace("%2C", ","));
    let pair = |pair: &str| pair.split_once('=').map(|(key, text)| (key.to_owned(), value(text))).expect("a pair");
    (word.to_owned(), properties.split(',').map(pair).collect(), data(message))
}

#[test]
fn annotations_can_be_read_back() {
    let told = told(&ROOTS, Format::Github);
    let json = parsed(&ROOTS, Format::Json);
    let of = |key: &str| json[key].as_array().expect("a list").clone();
    assert_eq!(told.lines().count(), of("diagnostics").len() + of("undecided").len());
    let read: Vec<_> = told.lines().map(annotation).collect();
    let mut findings = of("diagnostics");
    findings.sort_by_key(|it| ["error", "warning", "info"].iter().position(|word| it["severity"] == *word));
    for (finding, (word, properties, message)) in findings.iter().zip(&read) {
        let text = |key: &str| finding[key].as_str().expect("a text").to_owned();
        let number = |key: &str| finding[key].to_string();
        let title = format!("{} {}", text("code"), text("name"));
        let mut all = vec![("file", text("path")), ("line", number("line")), ("endLine", number("end_line"))];
        if finding["line"] == finding["end_line"] {
            all.extend([("col", number("column")), ("endColumn", number("end_column"))]);
        }
        all.push(("title", title));
        let all: Vec<(String, String)> = all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let severity = text("severity").replace("info", "notice");
        assert_eq!((word, properties), (&severity, &all));
        assert_eq!(*message, format!("{}\nhelp: {}", text("message"), text("help")));
    }
    assert_eq!(read.last().map(|it| it.0.as_str()), Some("notice"), "what is no error comes last");
}

#[test]
fn plain_has_a_line_for_each_finding() {
    for roots in [&ROOTS, &CASES] {
        for line in told(roots, Format::Plain).lines() {
            let mut parts = line.splitn(4, ':');
            let (path, row, column, rest) = (parts.next(), parts.next(), parts.next(), parts.next());
            assert!(path.is_some_and(|path| path.ends_with(".cwr")), "{line}");
            assert!([row, column].iter().all(|it| it.is_some_and(|it| it.parse::<usize>().is_ok())), "{line}");
            let words = [" error[CWR", " warning[CWR", " info[CWR", " undecided: `assure "];
            assert!(rest.is_some_and(|rest| words.iter().any(|word| rest.starts_with(word))), "{line}");
        }
    }
}

#[test]
fn a_comment_stays_below_the_limit_and_folds() {
    let text = "signal s \"Again\"\n".repeat(480);
    let roots = [analyze(&World::Text(&text), "policy.cwr", "", None).expect("a text")];
    let told = told(&roots, Format::Markdown);
    assert!(told.len() < 65_000, "{}", told.len());
    assert_eq!(told.matches("<details>").count(), told.matches("</details>").count());
    let all = roots[0].diagnostics.len();
    let shown = told.matches("\n- **").count();
    assert!(shown < all && told.ends_with(&format!("\n{} findings more: `cwrc check` tells all.\n", all - shown)));
    let headings: Vec<&str> = told.lines().filter(|line| line.starts_with('#')).collect();
    assert!(headings.len() == 1 && headings[0].starts_with("### cwrc check: "), "{headings:?}");
}
