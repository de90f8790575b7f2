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
    let Ok(folders) = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance")) else {
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
pub(super) const EVERYTHING: &str = "\
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
  gate walk to run { keep bar < 4% over 14d min 100 margin 0.5 keep score >= 4.2 min 5 requires at at walk approval \"CFO\" stop after 180d }
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
    while text.len() + body.len() + 20 < 1 << 20 {
        text += "signal accepted";
        text += body;
    }
    let start = std::time::Instant::now();
    let found = read(&text);
    println!("{} bytes, {:?}, {} diagnostics", text.len(), start.elapsed(), found.diagnostics.len());
}

/// Checks the diagnostics of one text: `line:column code message` each.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(faults(text), expected, "{text}");
}

/// Checks the one diagnostic and its help of a text in a gate that starts at column 9.
#[track_caller]
fn in_gate(clause: &str, expected: &str, help: &str) {
    let text = format!("action a {{ gate crawl to walk {{\n        {clause}\n        stop after 180d }}\n risk low }}");
    let found = read(&text);
    assert_eq!(faults(&text), [format!("2:{expected}")], "{text}");
    assert_eq!(found.diagnostics[0].help.as_deref(), Some(help), "{text}");
    assert!(shape(&found.file.declarations[0]).ends_with(" stop) risk"), "{text}");
}

/// The same in an action, for predicates.
#[track_caller]
fn in_matches(predicate: &str, expected: &str, help: &str) {
    let text = format!("action a {{ matches\n{predicate}\n  stale 28d }}");
    let found = read(&text);
    assert_eq!(faults(&text), [format!("2:{expected}")], "{text}");
    assert_eq!(found.diagnostics[0].help.as_deref(), Some(help), "{text}");
    assert!(shape(&found.file.declarations[0]).ends_with("matches stale"), "{text}");
}

#[test]
fn values_that_are_none() {
    in_gate("hold 14days", "14 CWR101 `days` is not a unit", "write `14d`");
    in_gate("hold 14m", "14 CWR101 `m` is not a unit", "write `14min` for minutes; months do not exist, count in days");
    in_gate("hold 14 d", "14 CWR001 a number and its unit are one word, not `14 d`", "write `14d`");
    in_gate("hold 0d", "14 CWR101 `0d` is no length of time", "write `1d` or more, or leave the clause out");
    in_gate("hold 1.5d", "14 CWR101 `1.5d` is not a whole number of units", "write `36h`");
    in_gate("hold 36501d", "14 CWR101 `36501d` is longer than a hundred years", "write `36500d` or less");
    in_gate("hold 99999999999w", "14 CWR101 `99999999999w` is longer than a hundred years", "write `36500d` or less");
    in_gate("bar x >= 90 %", "18 CWR001 a number and its unit are one word, not `90 %`", "write `90%`");
    in_gate("bar x >= 90percent", "18 CWR101 `percent` is not a unit", "write `90%`");
    in_gate("bar x >= 1.2345678%", "18 CWR101 `1.2345678%` has 7 decimals", "write at most 6 decimals");
    in_gate("bar x >= .5", "18 CWR001 `.5` is not a number", "write `0.5`");
    in_gate("bar x >= 5. over 1d", "18 CWR001 `5.` is not a number", "write `5`");
    in_gate("bar x >= 1,000 over 1d", "18 CWR001 `1,000` is not a number", "write `1_000`");
    let help = "write digits and the unit, as in `4pp`";
    in_gate("bar x >= 9% margin -4pp", "28 CWR101 `-4pp` has a sign or a `_`, which only plain numbers have", help);
    let help = "a number and its unit are one word: `14d`, `90%`; units are `min`, `h`, `d`, `w`, `%`, `pp`";
    in_gate_broken("hold 14 fortnights", "17 CWR001 `fortnights` is not a unit", help);
    check("policy p { review by 2026-02-30 }", &["1:22 CWR101 `2026-02-30` is not a date"]);
    check("policy p { review by 2026-3-1 }", &["1:22 CWR101 `2026-3-1` is not a date"]);
    check("policy p { owner 'x' }", &["1:18 CWR001 a string stands in double quotes"]);
    check(
        "policy p { owner \"a\\q\\u{110000}\" }",
        &["1:20 CWR001 `\\q` is not an escape", "1:22 CWR001 `\\u` is not an escape"],
    );
}

/// As `in_gate`, where the clause cannot be read.
#[track_caller]
fn in_gate_broken(clause: &str, expected: &str, help: &str) {
    in_gate(clause, expected, help);
    let text = format!("action a {{ gate crawl to walk {{\n{clause}\n}} }}");
    let shape = shape(&read(&text).file.declarations[0]);
    assert!(shape.contains("broken-"), "{shape}");
}

#[test]
fn clauses_that_cannot_be_read() {
    in_gate_broken("hodl 14d", "9 CWR001 `hodl` does not begin a clause", "did you mean `hold`?");
    in_gate_broken("Hold 14d", "9 CWR001 `Hold` does not begin a clause", "write `hold`");
    let help = "the clauses of a gate are `bar`, `hold`, `keep`, `requires`, `approval`, `stop`";
    in_gate_broken("window 14d", "9 CWR001 `window` does not begin a clause", help);
    let help = "write it as in `bar acceptance >= 90% over 14d min 200`";
    in_gate_broken("bar", "9 CWR001 a metric's name is missing after `bar`", help);
    in_gate_broken("bar >= 90%", "9 CWR001 a metric's name is missing after `bar`", help);
    in_gate_broken("bar x 90%", "15 CWR001 expected a comparison sign after `x`, found `90%`", help);
    in_gate_broken("bar x >=", "15 CWR001 a target is missing after `>=`", help);
    in_gate_broken(
        "bar x >= 9% ovr 14d",
        "21 CWR001 `ovr` does not go on with the clause `bar`",
        "did you mean `over`?",
    );
    in_gate_broken("hold", "9 CWR001 a duration is missing after `hold`", "write it as in `hold 14d`");
    in_gate_broken("hold = 14d", "14 CWR001 expected a duration after `hold`, found `=`", "leave the `=` out");
    let help = "write it as in `requires reply_to_faq at walk`";
    in_gate_broken("requires at walk", "9 CWR001 an action's name is missing after `requires`", help);
    in_gate_broken(
        "stop 180d",
        "14 CWR001 expected `after` after `stop`, found `180d`",
        "write it as in `stop after 180d`",
    );
    let help = "write it as in `trip complaint >= 3 within 1d to crawl`";
    in_gate_broken("trip x >= 3 in 1d to crawl", "21 CWR001 expected `within` after `3`, found `in`", help);
}

#[test]
fn clauses_that_can_be_read_all_the_same() {
    in_gate("hold: 14d", "13 CWR001 no `:` follows a keyword or a name", "leave the `:` out");
    in_gate("hold 14d;", "17 CWR001 no `;` ends a clause", "leave the `;` out");
    in_gate("hold 14d,", "17 CWR001 no `,` ends a clause or a part of one", "leave the `,` out");
    in_gate("hold\u{a0}14d", "13 CWR001 `\\u{A0}` is not an ordinary space", "write an ordinary space");
    let help = "remove it; in a string, write `\\u{202E}`";
    in_gate("hold 14d # \u{202e}", "20 CWR001 the control character `\\u{202E}` stands in the text", help);
    let help = "a comment starts with `#` and runs to the end of its line";
    in_gate("hold 14d // why", "18 CWR001 `//` does not start a comment", help);
    in_gate("hold /* { \n */ 14d", "14 CWR001 `/*` does not start a comment", help);
    in_gate("bar x ≥ 90%", "15 CWR001 `≥` is not an operator", "write `>=`");
    in_gate("bar x => 90%", "15 CWR001 `=>` is not an operator", "write `>=`");
    let help = "the order is `over`, `min`, `confidence`, `margin`";
    in_gate("bar x >= 9% min 5 over 1d", "21 CWR001 `min` stands too early", help);
    in_gate("bar x >= 9% min 5 min 6", "27 CWR005 `min` is given twice", "leave one of them out");
    in_gate("good accepted,", "22 CWR001 no name follows this comma", "leave the comma out, or write a name after it");
    let help = "names are lower-case letters, digits and `_`: write `reply_to_faq`";
    in_gate("requires replyTo-FAQ at walk", "18 CWR001 `replyTo-FAQ` is not a name", help);
}

/// What people type who know what they mean, and not yet how it is written.
#[test]
fn clauses_in_other_words() {
    let help = "write it as in `hold 14d`";
    in_gate_broken("hold two weeks", "14 CWR001 expected a duration in `hold`, found `two`", help);
    let help = "write it as in `bar acceptance >= 90% over 14d min 200`";
    in_gate_broken("bar x >= 9% over a week", "26 CWR001 expected a duration in `bar`, found `a`", help);
    let not_on = |word| format!("21 CWR001 `{word}` does not go on with the clause `bar`");
    in_gate_broken("bar x >= 9% for 14d", &not_on("for"), "did you mean `over`?");
    in_gate_broken("bar x >= 9% in 14d", &not_on("in"), "did you mean `over`?");
    in_gate_broken("bar x >= 9% conf 95%", &not_on("conf"), "did you mean `confidence`?");
    let help = "each bar is a clause of its own: write `bar` instead";
    in_gate_broken("bar x >= 9% and y >= 8%", &not_on("and"), help);
    let help = "leave it out, or go on with `over`, `min`, `confidence` or `margin`";
    in_gate_broken("bar x >= 9% rolling", &not_on("rolling"), help);
    let help = "it goes on with a `bar` or a `keep`, as in \
                `bar acceptance >= 90% over 14d min 200 confidence 95% margin 4pp`";
    in_gate_broken("min 200", "9 CWR001 `min` does not begin a clause", help);
    let help = "months and years differ in length: count in days, as in `30d`";
    in_gate("stop after 6 months", "20 CWR101 `months` is not a unit", help);
    in_gate(
        "hold 14d -- why",
        "18 CWR001 `--` does not start a comment",
        "a comment starts with `#` and runs to the end of its line",
    );
    in_gate("approval ‘CFO’", "18 CWR001 a string stands in double quotes", "write `\"CFO\"`");
    let help = "leave it out: a number and its unit are one word, as in `14d`";
    in_gate("hold 14\u{a0}d", "16 CWR001 `\\u{A0}` is not an ordinary space", help);
    in_gate("bar x >= 9%\u{a0}min 5", "20 CWR001 `\\u{A0}` is not an ordinary space", "write an ordinary space");
    let gate = read("action a { gate crawl → walk { hold 14d } }").diagnostics;
    assert_eq!(gate.iter().map(|it| it.help.as_deref()).collect::<Vec<_>>(), [Some("write `to`")]);
}

#[test]
fn predicates_out_of_habit() {
    in_matches("a = 1", "3 CWR001 `=` is not an operator", "write `==`");
    in_matches("a == 1 && b == 2", "8 CWR001 `&&` is not an operator", "write `and`");
    in_matches("a == 1 || b == 2", "8 CWR001 `||` is not an operator", "write `or`");
    in_matches("!(a == 1)", "1 CWR001 `!` is not an operator", "write `not`");
    in_matches("a not in (1)", "3 CWR001 `not in` is not an operator", "write `not a in (…)`");
    in_matches(
        "a in (1, 2,)",
        "11 CWR001 no value follows this comma",
        "leave the comma out, or write a value after it",
    );
    in_matches("a == 1, b == 2", "7 CWR001 `,` is not an operator", "write `and`");
    in_matches("a > 1,000", "5 CWR001 `1,000` is not a number", "write `1_000`");
    in_matches("a == TRUE", "6 CWR001 `TRUE` is not a value", "write `true`");
    in_matches("vip", "1 CWR001 `vip` alone is no comparison", "write `vip == true`");
    in_matches("a == 1 and not vip", "16 CWR001 `vip` alone is no comparison", "write `vip == true`");
    in_matches(
        "a == 1 and",
        "8 CWR001 nothing follows this `and`",
        "write a comparison after it, or leave the `and` out",
    );
    in_matches("50 >= a", "1 CWR001 the value stands left of the attribute", "write `a <= 50`");
    let help = "a comparison has a string, a number, `true` or `false` on its right: write `\"b\"` for the text; \
                two attributes cannot be compared";
    in_matches("a == b", "6 CWR001 `b` is not a value to compare `a` with", help);
}

#[test]
fn predicates_that_cannot_be_read() {
    let one = |predicate: &str| faults(&format!("action a {{ matches {predicate} stale 28d }}"));
    assert_eq!(one(""), ["1:12 CWR001 a comparison is missing after `matches`"]);
    assert_eq!(one("not"), ["1:20 CWR001 a comparison is missing after `not`"]);
    assert_eq!(one("(a == 1"), ["1:26 CWR001 `)` is missing after `1`"]);
    assert_eq!(one("a =="), ["1:22 CWR001 a value is missing after `==`"]);
    assert_eq!(one("action is 5"), ["1:27 CWR001 expected a comparison sign or `in` after `action`, found `is`"]);
    assert_eq!(one("region in 5"), ["1:30 CWR001 expected `(` after `in`, found `5`"]);
    assert_eq!(one("a == 1 or or b == 2"), ["1:33 CWR001 expected a comparison sign or `in` after `or`, found `b`"]);
    assert_eq!(one("a > 50 and < 100"), ["1:27 CWR001 a comparison is missing after `and`"]);
    assert_eq!(one("a == 1 and b ~= 2").len(), 1);
}

#[test]
fn missing_names() {
    check("metric m from staff {\n  good\n  bad edited }", &["2:3 CWR001 a signal's name is missing after `good`"]);
    check("action a follows { risk low }", &["1:10 CWR001 a ladder's name is missing after `follows`"]);
    check("signal\nsignal b", &["1:1 CWR001 a signal's name is missing after `signal`"]);
    check("metric m from { good x }", &["1:10 CWR001 `reviewer`, `staff` or `customer` is missing after `from`"]);
    check("policy { owner \"x\" }", &["1:1 CWR001 a policy's name is missing after `policy`"]);
    check("metric m from staff { good accepted edited }", &["1:37 CWR001 `edited` does not begin a clause"]);
    check("metric m from staff { good accepted\n baad edited }", &["2:2 CWR001 `baad` does not begin a clause"]);
}

#[test]
fn braces() {
    let two = "action a { risk low\naction b { risk low }";
    check(two, &["1:10 CWR001 this `{` is never closed"]);
    let label = &read(two).diagnostics[0].also[0];
    assert_eq!((label.span.start, label.text.as_str()), (20, "the next part starts here"));
    let gate = "action a {\n gate crawl to walk {\n hold 1d\n stale 9d\n}\nsignal b";
    check(gate, &["2:21 CWR001 this `{` is never closed"]);
    assert_eq!(shape(&read(gate).file.declarations[0]), "action a: gate(hold) stale");
    check("action a { risk low } }\nsignal b", &["1:23 CWR001 this `}` closes nothing"]);
    check("action a { risk low } stale 9d }", &["1:23 CWR001 `stale` stands outside of any body"]);
    check("action a { signal x risk low }", &["1:12 CWR001 `signal` stands in the body of an action"]);
    check("policy p\n owner \"x\"\n}", &["1:8 CWR001 `{` is missing after `p`"]);
    check("policy p { owner \"x\n }", &["1:18 CWR001 this string is not closed"]);
}

#[test]
fn declarations_that_cannot_be_read() {
    let text = "acton refund { risk low }\nsignl x\nsignl y \"T\"";
    let expected = [
        "1:1 CWR001 `acton` does not begin a declaration",
        "2:1 CWR001 `signl` does not begin a declaration",
        "3:1 CWR001 `signl` does not begin a declaration",
    ];
    check(text, &expected);
    let shapes: Vec<String> = read(text).file.declarations.iter().map(shape).collect();
    assert_eq!(shapes, ["action refund: risk", "signal x: ", "signal y: "]);
    check("5 }", &["1:1 CWR001 `5` does not begin a declaration", "1:3 CWR001 this `}` closes nothing"]);
    check("action 5x { risk low }", &["1:8 CWR001 expected an action's name after `action`, found `5x`"]);
    check("attribute y text form \"x\"", &["1:18 CWR001 `form` does not go on with the attribute"]);
}

#[test]
fn limits_and_editions() {
    check("language 1 signal x", &[]);
    check("# c\n language 2; nonsense {", &["2:11 CWR008 `2` is not an edition of the language"]);
    check("signal x language 1", &["1:10 CWR001 the edition does not stand first in the file"]);
    let deep = |depth: usize| format!("action a {{ matches {}a == 1{} }}", "(".repeat(depth), ")".repeat(depth));
    check(&deep(64), &[]);
    check(&deep(65), &["1:84 CWR007 parentheses and `not`s nest deeper than 64"]);
    check(
        &format!("action a {{ matches {}a == 1 }}", "not ".repeat(65)),
        &["1:276 CWR007 parentheses and `not`s nest deeper than 64"],
    );
    check(&" ".repeat((8 << 20) + 1), &["1:1 CWR007 the file has 8388609 bytes"]);
    let many = faults(&"foo\n".repeat(60));
    assert_eq!((many.len(), many[50].as_str()), (51, "51:1 CWR001 10 more faults are not shown"));
}
