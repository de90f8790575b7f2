//! Tests of the whole floor: text in, tree and diagnostics out.

use super::{Parse, parse};
use crate::source::{FileId, lines};

fn read(text: &str) -> Parse {
    parse(FileId(0), text)
}

/// `line:column code message` of each diagnostic.
fn faults(text: &str) -> Vec<String> {
    let found = read(text).diagnostics;
    let print = |it: &crate::diagnostic::Diagnostic| {
        let (line, column) = lines::position(text, it.at.span.start as usize);
        format!("{line}:{column} {} {}", it.code.number(), it.message)
    };
    found.iter().map(print).collect()
}

/// The folders of the conformance policies, or nothing where they are not there.
fn conformance() -> Vec<(String, String)> {
    let Ok(folders) = std::fs::read_dir("/work/shared/conformance") else {
        println!("skipped: no conformance policies here");
        return Vec::new();
    };
    let paths = folders.flatten().map(|folder| folder.path().join("policy.cwr"));
    paths.filter_map(|path| Some((path.display().to_string(), std::fs::read_to_string(path).ok()?))).collect()
}

#[test]
fn conformance_policies_are_the_language() {
    for (path, text) in conformance() {
        assert_eq!(faults(&text), Vec::<String>::new(), "{path}");
    }
}

/// The policy of language.md §1.
const SUPPORT: &str = include_str!("../../tests/cases/syntax/support.cwr");

/// Clauses that use every form of the language, keywords as names among them.
const EVERYTHING: &str = "\
language 1 import \"shared/a.cwr\" import \"b.cwr\"
policy policy { owner \"x\" evaluate every 90min promote one per 2h review by 2026-03-01
  trip good, bad >= 3 within 1d to crawl renew on model, prompt_version to crawl }
signal signal signal metric \"M\" signal hold signal review
attribute amount number attribute note text \"T\" from \"a.b\" attribute vip flag from \"v\" attribute from text
metric bar from staff { good hold bad review, bar settle 30d as nothing }
metric from \"T\" from customer { counts within within 7d alive unchecked, alive within 2d }
metric alive { bad bad alive unchecked because \"by-hand\" settle 2w as good }
metric score from customer { mean of between between 1 and 5.5 lower is better }
ladder standard { gate crawl to walk { bar hold >= 4.2 over tier min 1_000 confidence 97.5% anytime hold 14d }
  cooldown 7d reentry 1pp stale 28d trip over >= 1 within 90min to walk renew on to to walk }
action a follows standard { risk low irreversible read_only matches not (vip == true or region in (\"EU\", 5))
    and and != -1 and not not == \"x\" or in in (\"y\")
  gate walk to run { keep bar < 4% over 14d min 100 margin 0.5 requires at at walk approval \"CFO\" stop after 180d }
  ceiling walk because \"no\" stale never because \"why\" formerly old_a, hold }
assure a crawl to walk { given bar = 97% given traffic 500 per 1d given traffic = 1% promotes within 60d at least 90%
  demotes within 90d at most 0.5% }
";

#[test]
fn the_spec_policy_has_its_shape() {
    assert_eq!(faults(SUPPORT), Vec::<String>::new());
    let file = read(SUPPORT).file;
    let shape: Vec<String> = file.declarations.iter().map(shape).collect();
    let expected = "policy support_agent: owner evaluate promote\n\
        signal accepted: \nsignal edited: \nsignal rejected: \nsignal completed: \nsignal corrected: \n\
        signal reopened: \nsignal reversed: \nsignal complaint: \nsignal rated: \nattribute amount: \n\
        metric acceptance: good bad\nmetric completion: good bad\nmetric reopen_rate: counts alive\n\
        metric refund_stands: bad settle alive\n\
        ladder standard: gate(bar hold keep stop) gate(bar hold stop) cooldown stale\n\
        action reply_to_faq: risk\n\
        action refund_up_to_50: risk matches gate(bar hold requires) trip stale\n\
        action refund_over_50: risk matches ceiling";
    assert_eq!(shape.join("\n"), expected);
}

/// `action name "title" (owner …)`: the keywords of a declaration.
fn shape(it: &super::ast::Declaration) -> String {
    let name = it.name.as_ref().map_or("?", |name| &name.value);
    let clauses: Vec<String> = it.clauses.iter().map(clause_shape).collect();
    format!("{} {name}: {}", it.kind.word(), clauses.join(" "))
}

fn clause_shape(it: &super::ast::Clause) -> String {
    let keyword = &it.keyword.value;
    match &it.kind {
        super::ast::ClauseKind::Broken => format!("broken-{keyword}"),
        super::ast::ClauseKind::Gate { clauses, .. } => {
            format!("gate({})", clauses.iter().map(clause_shape).collect::<Vec<_>>().join(" "))
        }
        _ => keyword.clone(),
    }
}

#[test]
fn every_form_is_read_in_any_layout() {
    let lines = EVERYTHING.split(' ').collect::<Vec<_>>().join("\n");
    let crlf = EVERYTHING.replace('\n', " # a comment with \"{\r\n");
    let one_line = format!("\u{FEFF}{}", EVERYTHING.replace('\n', " "));
    for text in [EVERYTHING.to_owned(), lines, crlf, one_line] {
        assert_eq!(faults(&text), Vec::<String>::new(), "{text}");
        assert_eq!(read(&text).file.declarations.iter().map(|it| it.clauses.len()).sum::<usize>(), 35);
    }
}

/// Prints how fast ordinary policy is read: `cargo test --release --lib -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let body = SUPPORT.split_once("signal accepted").map_or(SUPPORT, |(_, rest)| rest);
    let mut text = String::new();
    while text.len() + body.len() < 1 << 20 {
        text += "signal accepted";
        text += body;
    }
    let start = std::time::Instant::now();
    let found = read(&text);
    println!("{} bytes, {:?}, {} diagnostics", text.len(), start.elapsed(), found.diagnostics.len());
}
