//! The shipped policies, worlds and histories (`policies/`), and what is said of malformed worlds
//! (`tests/cases/generate/*.yaml`, each a world of `policies/support.cwr`).

use crate::check::{World as Disk, findings};
use crate::repository;
use cwrc::generate::{World, WorldError, generate};
use cwrc::history::line::{Line, Reader};
use cwrc::history::{Counts, Input, Mapping, Options, count};
use cwrc::plan::matcher::Classifier;
use cwrc::plan::{Plan, compile};
use cwrc::replay::{self, Run};
use cwrc::source::Sources;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Cursor, Read};

/// The plan of a policy in `policies/`, which nothing may be said against.
pub(crate) fn plan(path: &str) -> Plan {
    let path = format!("policies/{path}");
    let (sources, found) = findings(&Disk::Disk, &path);
    let found: Vec<_> = found.iter().map(|it| format!("{}: {}", sources.place(it.at.span), it.message)).collect();
    assert!(found.is_empty(), "{found:#?}");
    let base = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let (policy, _) = cwrc::model::load(&mut Sources::default(), &Disk::Disk, &path, base).build();
    compile(&policy.expect("a policy"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository(path)).expect("a text")
}

fn world(plan: &Plan, name: &str) -> World {
    let path = format!("policies/{name}.world.yaml");
    World::parse(&read(&path), plan).unwrap_or_else(|errors| panic!("{path}: {errors:#?}"))
}

/// The shipped history, plain or compressed.
pub(crate) fn history(name: &str) -> String {
    let path = format!("policies/{name}.history.jsonl");
    if let Ok(text) = std::fs::read_to_string(repository(&path)) {
        return text;
    }
    let bytes = std::fs::read(repository(&format!("{path}.zst"))).expect("a history");
    assert!(bytes.len() < 600_000, "{path}.zst is large");
    let mut text = String::new();
    zstd::stream::read::Decoder::new(Cursor::new(bytes)).expect("zstd").read_to_string(&mut text).expect("UTF-8");
    text
}

fn counts(plan: &Plan, text: &str) -> Counts {
    let open = || -> std::io::Result<Box<dyn Read + Send>> { Ok(Box::new(Cursor::new(text.to_owned()))) };
    let input =
        Input { name: "history".into(), open: Box::new(open), ranges: None, format: cwrc::history::Format::Lines };
    count(plan, &[input], &Options::default()).expect("counts")
}

fn replayed(plan: &Plan, counts: &Counts) -> Run {
    replay::run(plan, counts, &replay::Options::default()).expect("a run")
}

/// Name, the seed it was made with, and the kinds of decision that its replay shows.
const SHIPPED: [(&str, u64, &[&str]); 3] = [
    ("support", 1, &["defer", "demote", "promote", "renew", "stale", "stop", "trip"]),
    ("coding", 7, &["defer", "demote", "promote", "renew", "stop", "trip"]),
    ("operations", 11, &["defer", "demote", "promote", "stale", "stop", "trip"]),
];

#[test]
fn shipped_histories_are_what_their_seeds_give() {
    for (name, seed, _) in SHIPPED {
        let plan = plan(&format!("{name}.cwr"));
        let made = generate(&plan, &world(&plan, name), seed, true).expect("a history");
        assert!(made == history(name), "policies/README.md says how to make {name}.history.jsonl anew");
    }
}

#[test]
fn shipped_replays_show_every_kind_of_decision() {
    for (name, _, wanted) in SHIPPED {
        let plan = plan(&format!("{name}.cwr"));
        let run = replayed(&plan, &counts(&plan, &history(name)));
        let kinds: BTreeSet<&str> = run.decisions.iter().map(|it| it.detail.kind().word()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), wanted, "{name}");
        let at_ceiling = |(action, outcome): (&cwrc::plan::Action, &replay::run::Outcome)| {
            outcome.next.is_none() && outcome.timeline.last().is_some_and(|(_, tier)| *tier == action.ceiling)
        };
        assert!(plan.actions.iter().zip(&run.outcomes).any(at_ceiling), "{name}: no ceiling is met");
    }
}

#[test]
fn shipped_histories_ran_at_the_tiers_of_their_policies() {
    for (name, ..) in SHIPPED {
        let plan = plan(&format!("{name}.cwr"));
        let counts = counts(&plan, &history(name));
        let run = replayed(&plan, &counts);
        for (exposure, ticks) in &counts.exposure {
            let (timeline, name) =
                (&run.outcomes[exposure.action.index()].timeline, &plan.actions[exposure.action.index()].name);
            for (tick, _) in ticks {
                let since = timeline.partition_point(|(since, _)| since <= tick);
                let simulated = since.checked_sub(1).map_or(cwrc::value::Tier::Crawl, |at| timeline[at].1);
                assert_eq!(exposure.tier, Some(simulated), "{name}, tick {tick}");
            }
        }
    }
}

#[test]
fn shipped_histories_use_every_name_and_no_other() {
    for (name, ..) in SHIPPED {
        let plan = plan(&format!("{name}.cwr"));
        let text = history(name);
        let intake = counts(&plan, &text).intake;
        assert_eq!((intake.unclassified, intake.without_tier), (0, 0), "{name}");
        let mapping = Mapping::default();
        let reader = Reader::new(&plan, &mapping, None);
        let mut met = BTreeSet::new();
        for line in text.lines() {
            match reader.read(line) {
                Ok(Line::Full(record)) => met.extend(record.outcomes.iter().map(|outcome| outcome.signal)),
                Ok(Line::Outcomes { outcomes, .. }) => met.extend(outcomes.iter().map(|outcome| outcome.signal)),
                Ok(Line::Notice { signal, .. }) => met.extend([signal]),
                Err(_) => {}
            }
        }
        // An orphan names a signal that is no policy's; it is bad, and so is no declared one missing.
        met.remove(&None);
        assert_eq!(met.len(), plan.signals.len(), "{name}: {met:?}");
    }
}

/// Which action type a record of a real history is of.
fn type_of(plan: &Plan, action: &str, attributes: &str) -> Option<String> {
    let text = format!(r#"{{"id":1,"time":"2026-01-01T00:00:00Z","action":"{action}","attributes":{{{attributes}}}}}"#);
    let mapping = Mapping::default();
    let reader = Reader::new(plan, &mapping, None);
    let Ok(Line::Full(record)) = reader.read(&text) else { panic!("{text}") };
    let given = |index: usize| record.given.get(index).and_then(Option::as_ref);
    let id = Classifier::default().classify(plan, action, &given)?;
    Some(plan.actions[id.index()].name.clone())
}

#[test]
fn real_policies_have_a_type_for_every_record() {
    let aidev = plan("real/aidev.cwr");
    let mut types = BTreeSet::new();
    for task in ["build", "chore", "ci", "docs", "feat", "fix", "other", "perf", "refactor", "style", "test"] {
        for agent in [r#""agent":"OpenAI_Codex""#, r#""agent":"Devin""#, r#""agent":"Cursor""#, ""] {
            types.insert(type_of(&aidev, task, agent).unwrap_or_else(|| panic!("{task} {agent}")));
        }
    }
    assert_eq!(types.len(), aidev.actions.len());
    let servicenow = plan("real/servicenow.cwr");
    let mut types = BTreeSet::new();
    for category in (2..64).map(|number| number.to_string()).chain(["unknown".into()]) {
        for handed_on in [r#""reassignments":0"#, r#""reassignments":3"#, ""] {
            let action = format!("resolve/category-{category}");
            types.insert(type_of(&servicenow, &action, handed_on).unwrap_or_else(|| panic!("{action} {handed_on}")));
        }
    }
    assert_eq!(types.len(), servicenow.actions.len());
}

/// What a user sees of the errors of a world.
fn told(text: &str, errors: &[WorldError]) -> String {
    let mut out = String::new();
    for WorldError { line, column, message, help } in errors {
        let quoted = text.lines().nth(line - 1).unwrap_or_default();
        let _ = writeln!(out, "{line}:{column}: {message}\n    | {}\n    | {}^", quoted, " ".repeat(column - 1));
        let _ = writeln!(out, "  help: {}", help.as_deref().unwrap_or("none"));
    }
    out
}

#[test]
fn worlds_are_told_as_before() {
    let plan = plan("support.cwr");
    insta::glob!("../cases", "generate/*.yaml", |path| {
        let text = std::fs::read_to_string(path).expect("a case");
        assert!(text.starts_with("# "), "{} does not open with a comment", path.display());
        let shown = match World::parse(&text, &plan) {
            Err(errors) => told(&text, &errors),
            Ok(world) => match generate(&plan, &world, 1, true) {
                Ok(history) => format!("a history of {} lines\n", history.lines().count()),
                Err(error) => format!("no history: {error}\n"),
            },
        };
        crate::golden(path, &shown);
    });
}

#[test]
fn the_world_format_is_told_the_same_twice() {
    let inside = |text: &str, from: &str, to: &str| -> String {
        let (_, rest) = text.split_once(from).expect("a block");
        rest.split_once(to).expect("its end").0.to_owned()
    };
    let head = inside(&read("src/generate/world.rs"), "//! ```yaml\n", "//! ```\n");
    let head: Vec<&str> = head.lines().map(|line| line.trim_start_matches("//!").trim_start_matches(' ')).collect();
    let readme = inside(&read("policies/README.md"), "```yaml\n", "\n```\n");
    assert_eq!(readme.lines().map(str::trim_start).collect::<Vec<_>>(), head);
}
