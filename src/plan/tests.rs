//! Tests of the plan, through real text: what changes its digest, and that its tables are those that decide.

use super::{Bar, Limit, Plan, compile, json};
use crate::model;
use crate::source::{Files, Sources};
use crate::stats::{Allowed, Rule};
use serde_json::Value;
use std::io;

/// A policy in which every clause with a number occurs and counts.
const RICH: &str = include_str!("rich.cwr");

struct Only<'a>(&'a str);

impl Files for Only<'_> {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// The plan of a text, or what is wrong with it.
fn plan(text: &str) -> Result<Plan, String> {
    let mut sources = Sources::default();
    let (policy, found) = model::load(&mut sources, &Only(text), "rich.cwr", "").build();
    let told = |it: &crate::diagnostic::Diagnostic| format!("{}: {}", sources.place(it.at.span), it.message);
    match found.iter().map(told).collect::<Vec<_>>() {
        wrong if wrong.is_empty() => policy.map(|policy| compile(&policy)).ok_or_else(|| "a library".to_owned()),
        wrong => Err(wrong.join("\n")),
    }
}

fn digest(text: &str) -> String {
    plan(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}")).digest
}

/// Where the numbers of a text stand: whole or with decimals, outside comments, strings and names.
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b'"' => at += 2 + text[at + 1..].find('"').expect("a closed string"),
            b'a'..=b'z' | b'_' => at += text[at..].find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(1),
            b'0'..=b'9' => {
                at += text[at..].find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(1);
                found.push(start..at);
            }
            _ => at += 1,
        }
    }
    found
}

/// The number with its last digit one higher: 4 becomes 5, 2.5 becomes 2.6, 9 becomes 10.
fn raised(number: &str) -> String {
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let digits: u64 = number.replace('.', "").parse().expect("digits");
    let raised = format!("{:0width$}", digits + 1, width = decimals + 1);
    let (whole, rest) = raised.split_at(raised.len() - decimals);
    if decimals == 0 { whole.to_owned() } else { format!("{whole}.{rest}") }
}

#[test]
fn every_number_changes_the_digest() {
    let before = digest(RICH);
    let numbers = numbers(RICH);
    assert!(numbers.len() > 50, "only {} numbers", numbers.len());
    for range in numbers {
        let (head, tail) = (&RICH[..range.start], &RICH[range.end..]);
        let changed = format!("{head}{}{tail}", raised(&RICH[range.clone()]));
        let line = head.lines().last().unwrap_or("").to_owned() + tail.lines().next().unwrap_or("");
        assert_ne!(digest(&changed), before, "{} in `{line}` changes nothing", &RICH[range]);
    }
}

#[test]
fn every_word_changes_the_digest() {
    let before = digest(RICH);
    for (from, to) in [
        ("risk moderate", "risk low"),
        ("  read_only\n", ""),
        ("formerly answer", "formerly answers"),
        (">= 90%", "> 90%"),
        ("confidence 95% wilson", "confidence 95% exact"),
        ("at walk", "at run"),
        ("to crawl\n  stale", "to walk\n  stale"),
        ("to walk\n}", "to crawl\n}"),
        ("settle 3d as good", "settle 3d as bad"),
        ("approval \"finance\"", "approval \"Finance\""),
        ("from reviewer", "from staff"),
        ("not amount <=", "not amount <"),
        ("lower is better", ""),
        ("ceiling walk", "ceiling crawl"),
        ("stale 20d", "stale never because \"a test\""),
        ("heartbeat, reopened within 1d", "heartbeat within 1d"),
        ("attribute amount number", "attribute amount number from \"sum\""),
    ] {
        assert_eq!(RICH.matches(from).count(), 1, "`{from}` once");
        let changed = RICH.replacen(from, to, 1);
        // Where a target becomes the wrong side of its metric, say so rather than pass.
        let changed =
            if from == "lower is better" { changed.replacen("effort <= 3.5", "effort >= 3.5", 1) } else { changed };
        assert_ne!(digest(&changed), before, "`{from}` to `{to}` changes nothing");
    }
}

#[test]
fn comments_titles_and_layout_do_not_change_the_digest() {
    let before = digest(RICH);
    let comments: Vec<String> = RICH.lines().map(|line| format!("  {line}   # 1 d, 90 %\r\n\n")).collect();
    let comments = comments.concat();
    let one_line = RICH.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join(" ");
    let titles = RICH.replace("signal accepted", "signal accepted \"A reviewer sent it unchanged\"");
    let reasons = RICH.replace("because \"a test\"", "because \"another reason\"");
    let units = RICH.replace("evaluate every 1h", "evaluate every 60min").replace("stale 20d", "stale 480h");
    let decimals = RICH.replace(">= 90%", ">= 90.000%").replace("effort <= 3.5", "effort <= 3.50");
    let edition = format!("language 1\n{RICH}");
    let owner = RICH.replace("owner \"us\"", "owner \"them\"");
    for (what, text) in [
        ("comments", comments),
        ("one line", one_line),
        ("titles", titles),
        ("reasons", reasons),
        ("units", units),
        ("decimals", decimals),
        ("edition", edition),
        ("owner", owner),
    ] {
        assert_ne!(text, RICH, "{what}");
        assert_eq!(digest(&text), before, "{what}");
    }
}

#[test]
fn the_digest_is_that_of_everything_else() {
    let plan = plan(RICH).expect("a plan");
    let mut json = json::to_json(&plan);
    let digest = json.as_object_mut().and_then(|map| map.remove("digest")).expect("a digest");
    assert_eq!(digest, Value::from(crate::value::digest::sha256(&json.to_string())));
}

/// Every bar of a plan with its JSON, the harder ones after a demotion too.
fn bars(plan: &Plan) -> Vec<(&Bar, Value)> {
    let json = json::to_json(plan);
    let mut all = Vec::new();
    for (action, written) in plan.actions.iter().zip(json["actions"].as_array().expect("actions")) {
        for (gate, written) in action.gates.iter().flatten().zip(written["gates"].as_array().expect("gates")) {
            for (bar, written) in gate.bars.iter().zip(written["bars"].as_array().expect("bars")) {
                all.push((&bar.first, written.clone()));
                let again = &written["after_demotion"];
                all.push((&bar.again, if again.is_null() { written.clone() } else { again.clone() }));
            }
            all.extend(gate.keeps.iter().zip(written["keeps"].as_array().expect("keeps").iter().cloned()));
        }
    }
    all
}

#[test]
fn the_steps_written_down_are_the_table_that_decides() {
    let plan = plan(RICH).expect("a plan");
    let (mut bounds, mut shares) = (0, 0);
    for (bar, written) in bars(&plan) {
        let Limit::Share { rule, allowed } = &bar.limit else { continue };
        let number = |key: &str, of: &str| written["limit"][key][of].as_i64().expect("a number");
        // A table of its own, asked in another order, must not know anything else.
        let fresh = Allowed::new(*rule);
        match rule {
            Rule::Bound { .. } => {
                bounds += 1;
                let steps = written["limit"]["bound"]["least_n_for_bad"].as_array().expect("steps");
                let steps: Vec<i64> = steps.iter().map(|step| step.as_i64().expect("a number")).collect();
                for n in (1..=number("bound", "up_to")).rev() {
                    let index = i64::try_from(steps.partition_point(|step| *step <= n)).expect("small") - 1;
                    let n = n.unsigned_abs();
                    assert_eq!([fresh.at(n), allowed.at(n)], [index; 2], "{written} at {n}");
                }
            }
            Rule::Point { .. } => {
                shares += 1;
                let room = 100_000_000 - number("good_share", "least_e8");
                let strict = written["limit"]["good_share"]["strictly_more"] == true;
                for n in 1..=400_i64 {
                    let clears =
                        |bad: i64| if strict { bad * 100_000_000 < n * room } else { bad * 100_000_000 <= n * room };
                    let most = (0..=n).rev().find(|bad| clears(*bad)).unwrap_or(-1);
                    assert_eq!(allowed.at(n.unsigned_abs()).min(n), most, "{written} at {n}");
                }
            }
        }
    }
    assert!(bounds >= 3 && shares >= 4, "{bounds} bounds, {shares} shares");
}
