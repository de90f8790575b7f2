//! `cwrc init`: what it writes is fine as it is, and it never writes over anything.

use super::Sandbox;
use crate::repository;
use std::fs;

const WRITTEN: [&str; 3] = ["cwrc.yaml", "policies/agent.cwr", "policies/agent.test.yaml"];

/// A folder with nothing in it.
fn empty() -> Sandbox {
    let sandbox = Sandbox::new();
    for name in sandbox.files() {
        fs::remove_file(sandbox.path(&name)).expect("removed");
    }
    sandbox
}

#[test]
fn what_it_writes_has_no_finding() {
    let sandbox = empty();
    sandbox.cwrc("init").exits(0).without_complaint().says("wrote policies/agent.cwr\n").says("next: cwrc check");
    assert_eq!(sandbox.files(), ["cwrc.yaml", "policies"]);
    for paths in ["", "policies", "policies/agent.cwr"] {
        let told = sandbox.cwrc(&format!("check {paths}")).exits(0).without_complaint();
        assert_eq!(told.out, "policies/agent.cwr: fine, policy my_agent, 2 action types\n");
        sandbox.cwrc(&format!("check --quiet {paths}")).exits(0).mute().without_complaint();
        sandbox.cwrc(&format!("fmt --check {paths}")).exits(0).mute().without_complaint();
    }
}

#[test]
fn the_next_commands_are_commands() {
    let sandbox = empty();
    let told = sandbox.cwrc("init").out;
    let next = told.lines().find_map(|line| line.strip_prefix("next: ")).expect("a line");
    let sandbox = sandbox.with("YOUR_LOG.jsonl", sandbox_history());
    for command in next.split("; ") {
        sandbox.cwrc(command.strip_prefix("cwrc ").expect("of cwrc")).exits(0).without_complaint();
    }
}

fn sandbox_history() -> &'static str {
    "{\"id\": 1, \"time\": \"2026-01-01T10:00:00Z\", \"action\": \"reply\", \"tier\": \"crawl\"}\n"
}

#[test]
fn it_writes_into_a_directory_that_it_makes() {
    let sandbox = empty();
    let told = sandbox.cwrc("init some/./agent -q").exits(0).mute().without_complaint();
    assert_eq!(told.out, "");
    for name in WRITTEN {
        let template = name.strip_prefix("policies/").unwrap_or(name);
        let expected = fs::read_to_string(repository("src/cli/init").join(template)).expect("the template");
        assert_eq!(sandbox.read(&format!("some/agent/{name}")), expected);
    }
}

#[test]
fn it_overwrites_nothing() {
    for name in WRITTEN {
        let sandbox = empty().with(name, "mine");
        let complaint = format!("{name} is there already help: nothing was overwritten");
        sandbox.cwrc("init").exits(2).only_complains(&complaint);
        assert_eq!(sandbox.read(name), "mine");
        for other in WRITTEN.iter().filter(|other| **other != name) {
            assert!(!sandbox.path(other).exists(), "{other} was written all the same");
        }
    }
}

#[test]
fn a_directory_that_cannot_be_made_is_2() {
    let sandbox = empty().with("taken", "a file");
    sandbox.cwrc("init taken").exits(2).only_complains("cannot write taken/cwrc.yaml:");
    sandbox.cwrc("init one two").exits(2).only_complains("unexpected argument 'two'");
}

/// The scenarios of the template, by the engine itself: the same feeds as records, and the decisions that they expect.
#[test]
fn its_scenarios_come_true() {
    let sandbox = empty();
    sandbox.cwrc("init -q").exits(0);
    let moves = |feeds: &[Feed]| {
        let records: String = feeds.iter().map(Feed::records).collect();
        let told = sandbox.cwrc_with("simulate policies/agent.cwr --history - --format json", records).exits(0);
        let run: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
        let decisions = run["decisions"].as_array().expect("a list").clone();
        let text = |it: &serde_json::Value, key: &str| it[key].as_str().expect("a text").to_owned();
        decisions.iter().map(|it| format!("{} {}", &text(it, "at")[..10], text(it, "kind"))).collect::<Vec<_>>()
    };
    let good = Feed { action: "reply", tier: "crawl", days: 0..30, per_day: 40, good: "accepted", bad: ("edited", 20) };
    let bad = Feed { tier: "walk", days: 30..50, good: "completed", bad: ("corrected", 3), ..good.clone() };
    assert_eq!(moves(&[good.clone(), bad]), ["2026-01-28 promote", "2026-02-05 demote"]);
    let few = [Feed { days: 0..60, per_day: 10, bad: ("edited", 1000), ..good.clone() }];
    assert!(moves(&few).is_empty());
    assert!(moves(&few.map(|few| Feed { action: "refund", per_day: 40, ..few })).is_empty());
    let hated = Feed { tier: "walk", days: 30..45, good: "completed", bad: ("complaint", 5), ..good.clone() };
    assert_eq!(moves(&[good, hated]), ["2026-01-28 promote", "2026-02-01 trip"]);
}

/// A feed as scenarios have it, every so manyth record with the bad signal.
#[derive(Clone)]
struct Feed {
    action: &'static str,
    tier: &'static str,
    days: std::ops::Range<u32>,
    per_day: u32,
    good: &'static str,
    bad: (&'static str, u32),
}

impl Feed {
    fn records(&self) -> String {
        let Self { action, tier, per_day, .. } = self;
        let each = self.days.clone().flat_map(|day| (0..*per_day).map(move |at| (day, at)));
        let record = |(day, at): (u32, u32)| {
            let signal = if (at + 1).is_multiple_of(self.bad.1) { self.bad.0 } else { self.good };
            let minutes = at * 24 * 60 / per_day;
            let (month, date) = if day < 31 {
                (1, day + 1)
            } else if day < 59 {
                (2, day - 30)
            } else {
                (3, day - 58)
            };
            let time = format!("2026-{month:02}-{date:02}T{:02}:{:02}:00Z", minutes / 60, minutes % 60);
            format!(
                "{{\"id\": \"{action}-{day}-{at}\", \"time\": \"{time}\", \"action\": \"{action}\", \"tier\": \"{tier}\", \
                 \"outcomes\": [{{\"signal\": \"{signal}\", \"time\": \"{time}\"}}]}}\n"
            )
        };
        each.map(record).collect()
    }
}
