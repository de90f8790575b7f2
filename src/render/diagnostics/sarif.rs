//! SARIF 2.1.0, for code scanning. Columns count characters; results carry fingerprints that do not hold the line.

use super::{Found, Open, Place, Report, document, fingerprint};
use crate::diagnostic::{Code, Fix, Label, Severity};
use crate::render::text::clean;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The rule of what is not decided, beside those of the codes.
const UNDECIDED: &str = "undecided";

/// The log, of one run.
pub(super) fn render(report: &Report) -> String {
    let rules = rules(report);
    let index: BTreeMap<&str, usize> = rules.iter().enumerate().map(|(at, rule)| (rule.id, at)).collect();
    let (found, open) = fingerprint::all(report);
    let results = report.found.iter().zip(found).map(|(it, fingerprint)| finding(it, &fingerprint, &index));
    let open = report.open.iter().zip(open).map(|(it, fingerprint)| promise(it, &fingerprint, &index));
    let driver = json!({
        "name": "cwrc",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules.into_iter().map(|rule| rule.content).collect::<Vec<Value>>(),
    });
    document(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": results.chain(open).collect::<Vec<Value>>(),
        }],
    }))
}

struct Rule {
    id: &'static str,
    content: Value,
}

/// The rules of the codes that were found, in their order.
fn rules(report: &Report) -> Vec<Rule> {
    let is_found = |code: &&Code| report.found.iter().any(|it| it.diagnostic.code == **code);
    let mut rules: Vec<Rule> = Code::ALL.iter().filter(is_found).map(|code| rule(*code)).collect();
    if !report.open.is_empty() {
        let content = json!({
            "id": UNDECIDED,
            "name": "undecided-assurance",
            "shortDescription": {"text": "an assurance is neither proved nor refuted"},
            "fullDescription": {"text": "an assurance is neither proved nor refuted: whether the promise holds is not known"},
            "help": {"text": "change the promise or the gate so that it can be decided, or leave the promise out"},
            "defaultConfiguration": {"level": "note"},
        });
        rules.push(Rule { id: UNDECIDED, content });
    }
    rules
}

fn rule(code: Code) -> Rule {
    let (title, page) = code.page().split_once("\n\n").unwrap_or((code.title(), ""));
    // What the page says before its first block.
    let full = page.split("\n```").next().unwrap_or("").split("\n\n").next().unwrap_or("").replace('\n', " ");
    let full = if full.is_empty() { code.title().to_owned() } else { full };
    let content = json!({
        "id": code.number(),
        "name": code.name(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": full},
        "help": {"text": format!("{}\n\n{page}", title.trim_start_matches("# ")), "markdown": code.page()},
        "defaultConfiguration": {"level": level(code.severity())},
    });
    Rule { id: code.number(), content }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn finding(found: &Found, fingerprint: &str, index: &BTreeMap<&str, usize>) -> Value {
    let it = found.diagnostic;
    let id = it.code.number();
    let help = it.help.as_ref().map_or_else(String::new, |help| format!("\nhelp: {}", clean(help)));
    let mut result = json!({
        "ruleId": id,
        "ruleIndex": index.get(id),
        "level": level(found.severity()),
        "message": {"text": message(&format!("{}{help}", clean(&it.message)))},
        "locations": [location(found.at, &it.at.text)],
        "partialFingerprints": fingerprints(fingerprint),
    });
    if !it.also.is_empty() {
        let related = |(at, label): (usize, &Label)| {
            let mut place = location(Place::of(label.span, &found.of.sources), &label.text);
            place["id"] = json!(at + 1);
            place
        };
        result["relatedLocations"] = it.also.iter().enumerate().map(related).collect();
    }
    if let Some(it) = &it.fix {
        result["fixes"] = json!([fix(it, found)]);
    }
    result
}

fn fix(fix: &Fix, found: &Found) -> Value {
    let place = location(Place::of(fix.at, &found.of.sources), "");
    let place = &place["physicalLocation"];
    let replacement = json!({"deletedRegion": place["region"], "insertedContent": {"text": fix.text}});
    json!({
        "description": {"text": message(&clean(&fix.what))},
        "artifactChanges": [{"artifactLocation": place["artifactLocation"], "replacements": [replacement]}],
    })
}

/// A question that is open, in SARIF's own words.
fn promise(open: &Open, fingerprint: &str, index: &BTreeMap<&str, usize>) -> Value {
    json!({
        "ruleId": UNDECIDED,
        "ruleIndex": index.get(UNDECIDED),
        "kind": "open",
        "level": "none",
        "message": {"text": message(&clean(&format!("{}: {}", open.undecided.what, open.undecided.why)))},
        "locations": [location(open.at, "")],
        "partialFingerprints": fingerprints(fingerprint),
    })
}

/// Under the name that code scanning looks for too, so that it makes none of its own out of the lines.
fn fingerprints(fingerprint: &str) -> Value {
    json!({"cwrc/v1": fingerprint, "primaryLocationLineHash": fingerprint})
}

fn location(at: Place, label: &str) -> Value {
    let region = json!({
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    });
    let mut place = json!({"physicalLocation": {"artifactLocation": {"uri": uri(at.path)}, "region": region}});
    if !label.is_empty() {
        place["message"] = json!({"text": message(&clean(label))});
    }
    place
}

/// A message in which nothing is a link.
fn message(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[") } else { text.to_owned() }
}

/// A path as a URI: a relative one stays relative, and what is no plain letter or sign of a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{message, uri};

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("policies/a b é%:#?.cwr"), "policies/a%20b%20%C3%A9%25%3A%23%3F.cwr");
        assert_eq!(uri("/srv/p.cwr"), "file:///srv/p.cwr");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }

    #[test]
    fn nothing_is_a_link() {
        assert_eq!(message("see [here](https://example.com)"), "see \\[here](https://example.com)");
        assert_eq!(message("bar[1]"), "bar[1]");
    }
}
