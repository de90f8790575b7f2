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

/// The scenarios of the template pass, and they are no scenarios of just any policy.
#[test]
fn its_scenarios_come_true() {
    let sandbox = empty();
    sandbox.cwrc("init -q").exits(0);
    sandbox.cwrc("test").exits(0).without_complaint().says("4 scenarios: all passed");
    let policy = sandbox.read("policies/agent.cwr");
    for (clause, other, line) in [
        ("acceptance >= 90% over 28d min 500", "acceptance >= 96% over 28d min 500", 12),
        ("acceptance >= 90% over 28d min 500", "acceptance >= 90% over 28d min 200", 21),
        ("margin 5pp", "margin 30pp", 13),
        ("complaint >= 3 within 1d", "complaint >= 30 within 1d", 37),
    ] {
        assert!(policy.contains(clause), "{clause}");
        std::fs::write(sandbox.path("policies/agent.cwr"), policy.replacen(clause, other, 1)).expect("a policy");
        sandbox.cwrc("test").exits(1).without_complaint().says(&format!("policies/agent.test.yaml:{line}: expected"));
    }
}
