//! Tests of the generator: its bytes, its rates, its dirt, and the tiers it follows.

#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use super::{World, generate};
use crate::history::line::{Line, Reader};
use crate::history::{Counts, Input, Mapping, Options, Reason, count};
use crate::plan::{Plan, compile};
use crate::replay::{self, Kind};
use crate::source::{Files, Sources};
use crate::value::{Instant, Tier};
use proptest::prelude::{any, prop, proptest};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor};

const POLICY: &str = r#"
policy desk "A desk" { owner "desk" trip outage >= 1 within 1d to walk }
signal accepted
signal rejected
signal completed
signal corrected
signal reopened
signal rated
signal outage
attribute amount number
attribute model text from "meta.model"
metric acceptance from reviewer { good accepted bad rejected }
metric completion from staff { good completed bad corrected }
metric reopen_rate from customer { counts reopened within 3d alive rated within 7d }
metric rating from customer { mean of rated between 1 and 5 }
action refund {
  risk moderate
  matches action == "refund" and amount <= 50
  renew on model to crawl
  gate crawl to walk {
    bar acceptance >= 90% over 7d min 30
    hold 3d
    keep completion >= 90% over 7d min 20 margin 5pp
    stop after 90d
  }
  gate walk to run {
    bar reopen_rate < 10% over 7d min 30 margin 5pp
    bar rating > 3.5 over 7d min 5
    hold 3d
  }
  stale 21d
}
"#;

const WORLD: &str = r"
start: 2026-01-01
length: 120d
actions:
  - action: refund
    per_day: 20
    weekends: 50%
    record:
      amount: 5.00 to 50.00
      model: [{value: m1}, {from: 2026-03-15, value: m2}]
    outcomes:
      - {at: crawl, mix: {accepted: 95%, rejected: 5%}, judged: 80%, after: 20min to 8h, weekends: wait}
      - {at: [walk, run], mix: {completed: 97%, corrected: 3%}, after: 1h to 2d}
      - at: [walk, run]
        mix: {reopened: 3.1%}
        after: half within 1d and all within 9d
        changes: [{from: 2026-04-10, mix: {reopened: 40%}}]
      - {at: run, mix: {rated: 30%}, values: {5: 60%, 4.5: 30%, 1: 10%}, after: half within 1d and all within 9d}
      - {at: walk, mix: {rated: 30%}, values: {5: 60%, 4.5: 30%, 1: 10%}, after: half within 1d and all within 9d}
incidents:
  - {time: 2026-02-20, signal: outage, count: 2, within: 1h}
dirt:
  unparsable: 1%
  missing_field: 1%
  bad_time: 1%
  bad_tier: 1%
  bad_value: 1%
  outcome_before_action: 1%
  conflicting_id: 1%
  orphan_outcomes: 1%
  duplicates: 2%
  later_lines: 20%
  spellings: 10%
  undeclared_signals: 1%
  unclassified: 1%
";

struct One(&'static str);

impl Files for One {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }
    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(vec!["desk.cwr".into()])
    }
}

fn plan() -> Plan {
    let (policy, diagnostics) = crate::model::load(&mut Sources::default(), &One(POLICY), "desk.cwr", "").build();
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    compile(&policy.expect("a policy"))
}

fn world(text: &str, plan: &Plan) -> World {
    World::parse(text, plan).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn counts(plan: &Plan, text: &str) -> Counts {
    let open = || -> io::Result<Box<dyn io::Read + Send>> { Ok(Box::new(Cursor::new(text.to_owned()))) };
    let input =
        Input { name: "text".into(), open: Box::new(open), ranges: None, format: crate::history::Format::Lines };
    count(plan, &[input], &Options::default()).expect("counts")
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let plan = plan();
    let world = world(WORLD, &plan);
    for follow in [false, true] {
        let text = generate(&plan, &world, 7, follow).expect("a history");
        assert_eq!(text, generate(&plan, &world, 7, follow).expect("a history"));
        assert_ne!(text, generate(&plan, &world, 8, follow).expect("a history"));
    }
}

#[test]
fn one_line_is_as_it_was() {
    let plan = plan();
    let text = generate(&plan, &world(WORLD, &plan), 1, false).expect("a history");
    let first = text.lines().next().expect("a line");
    insta::assert_snapshot!(first, @r#"{"id":"refund-260101-01","time":"2026-01-01T00:21:44Z","action":"refund","tier":"crawl","amount":30.65,"meta":{"model":"m1"},"outcomes":[{"signal":"accepted","time":"2026-01-01T04:58:49Z"}]}"#);
}

/// `stated` of `n`, give or take four standard errors.
fn close(what: &str, hits: u64, n: u64, stated: f64) {
    let (hits, n) = (hits as f64, n as f64);
    let error = (stated * (1.0 - stated) / n).sqrt();
    assert!((hits / n - stated).abs() < 4.0 * error, "{what}: {hits} of {n}, stated {stated}");
}

#[test]
fn stated_rates_come_out() {
    let text = r"
start: 2026-01-01
length: 400d
actions:
  - action: refund
    per_day: 100.5
    record: {amount: 1 to 50, model: {a: 25%, b: 60.5%}}
    tier: run
    outcomes:
      - {mix: {accepted: 50%, rejected: 12.5%}, judged: 80%, after: 1h}
      - {mix: {reopened: 3.1%}, after: half within 1d and all within 9d}
      - {mix: {rated: 40%}, values: {5: 60%, 1: 40%}, after: 1h to 2d}
";
    let plan = plan();
    let text = generate(&plan, &world(text, &plan), 3, false).expect("a history");
    let mapping = Mapping::default();
    let reader = Reader::new(&plan, &mapping, None);
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut late = 0;
    let old = Instant::parse("2027-01-20T00:00:00Z").expect("a time");
    for line in text.lines() {
        let Ok(Line::Full(record)) = reader.read(line) else { panic!("{line}") };
        *seen.entry("all".into()).or_default() += 1;
        for given in &record.given {
            *seen.entry(format!("{given:?}")).or_default() += 1;
        }
        if record.time < old {
            *seen.entry("old".into()).or_default() += 1;
            for outcome in &record.outcomes {
                let name = &plan.signals[outcome.signal.expect("declared").index()];
                *seen.entry(name.clone()).or_default() += 1;
                late += u64::from(name == "reopened" && outcome.time > record.time.plus_seconds(86_400));
                *seen.entry(format!("{name} {:?}", outcome.value)).or_default() += 1;
            }
        }
    }
    let of = |name: &str| seen.get(name).copied().unwrap_or_default();
    let (all, old) = (of("all"), of("old"));
    assert!(all.abs_diff(40_200) < 4 * 200, "{all} records");
    close("accepted", of("accepted"), old, 0.4);
    close("rejected", of("rejected"), old, 0.1);
    close("reopened", of("reopened"), old, 0.031);
    close("late", late, of("reopened"), 0.5);
    close("rated", of("rated"), old, 0.4);
    close("fives", of("rated Some(Millionths(5000000))"), of("rated"), 0.6);
    close("model a", of("Some(Text(\"a\"))"), all, 0.25);
    close("model b", of("Some(Text(\"b\"))"), all, 0.605);
    close("amount", of("Some(Number(Number { negative: false, digits: \"17\", exponent: 2 }))"), all, 0.02);
}

#[test]
fn all_dirt_is_told_by_its_reason() {
    let plan = plan();
    let text = generate(&plan, &world(WORLD, &plan), 7, true).expect("a history");
    let intake = counts(&plan, &text).intake;
    for reason in Reason::ALL {
        assert!(intake.bad.contains_key(&reason), "{reason} does not occur: {intake:#?}");
    }
    assert!(intake.unclassified > 0 && intake.duplicates > 100 && intake.notices == 2, "{intake:#?}");
    let undeclared = text.matches(r#""signal":"seen""#).count() as u64;
    assert!(undeclared > intake.bad[&Reason::OutcomeBeforeAction].count + intake.bad[&Reason::OrphanOutcomes].count);
    for spelling in ["+02:00", "-05:30", ".000Z"] {
        assert!(text.contains(spelling), "{spelling}");
    }
    assert!(text.lines().filter_map(|line| line.split("\"time\":\"").nth(1)).any(|time| time[..20].ends_with('z')));
    let lines = text.lines().count() as u64;
    assert_eq!(lines, intake.total() + intake.duplicates + intake.bad_lines() + intake.notices);
}

#[test]
fn dirt_changes_no_count() {
    let plan = plan();
    let (clean, _) = WORLD.split_once("dirt:").expect("dirt");
    let clean = counts(&plan, &generate(&plan, &world(clean, &plan), 7, true).expect("a history"));
    let dirty = counts(&plan, &generate(&plan, &world(WORLD, &plan), 7, true).expect("a history"));
    assert_eq!(clean.samples, dirty.samples);
    assert_eq!(clean.arrivals, dirty.arrivals);
    assert_eq!(clean.exposure, dirty.exposure);
}

#[test]
fn followed_tiers_are_those_of_the_replay() {
    let plan = plan();
    for seed in [1, 7] {
        let text = generate(&plan, &world(WORLD, &plan), seed, true).expect("a history");
        let counts = counts(&plan, &text);
        let run = replay::run(&plan, &counts, &replay::Options::default()).expect("a run");
        let timeline = &run.outcomes[0].timeline;
        let at = |tick| timeline.iter().rev().find(|(since, _)| *since <= tick).map_or(Tier::Crawl, |(_, tier)| *tier);
        for (of, entries) in &counts.exposure {
            for (tick, _) in entries {
                assert_eq!(of.tier, Some(at(*tick)), "tick {tick}");
            }
        }
        let kinds: BTreeSet<Kind> = run.decisions.iter().map(|it| it.detail.kind()).collect();
        for kind in [Kind::Promote, Kind::Demote, Kind::Trip, Kind::Renew] {
            assert!(kinds.contains(&kind), "{kind:?} does not occur: {kinds:?}");
        }
    }
}

#[test]
fn nothing_moves_anything_else() {
    let plan = plan();
    let more = WORLD.replace("incidents:", "heartbeats: [{signal: outage, every: 4d}]\nincidents:");
    let lines = |text: &str| -> BTreeSet<String> {
        let text = generate(&plan, &world(text, &plan), 5, false).expect("a history");
        text.lines().map(String::from).collect()
    };
    let (before, after) = (lines(WORLD), lines(&more));
    assert!(before.is_subset(&after) && before.len() + 30 <= after.len());
}

#[test]
fn lost_and_late_signals_are_not_in_the_log() {
    let plan = plan();
    let text = WORLD.replace("dirt:", "outages: [{from: 2026-02-01, until: 2026-02-08, signals: [accepted]}]\nnot:");
    let (text, _) = text.split_once("not:").expect("no dirt");
    let text = generate(&plan, &world(text, &plan), 5, false).expect("a history");
    assert!(text.contains(r#"{"signal":"accepted","time":"2026-01-30T"#) && !text.contains("2026-05-01T"));
    for day in 1..8 {
        assert!(!text.contains(&format!(r#""accepted","time":"2026-02-0{day}T"#)), "{day}");
        assert!(text.contains(&format!(r#"","time":"2026-02-0{day}T"#)), "{day}");
    }
}

#[test]
fn a_record_of_another_type_is_an_error() {
    let plan = plan();
    let text = WORLD.replace("5.00 to 50.00", "5.00 to 60.00");
    let error = generate(&plan, &world(&text, &plan), 5, false).expect_err("another type");
    assert!(
        error
            .to_string()
            .starts_with("a record made for `refund` is of no type: its action is \"refund\",\"amount\":5"),
        "{error}"
    );
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in ".{0,200}") {
        let _ = World::parse(&text, &plan());
    }

    #[test]
    fn no_change_of_a_world_panics(
        at in any::<prop::sample::Index>(),
        length in 0_usize..12,
        put in "[-a-z0-9:{}\\[\\],%.&*!|>'\" \n~]{0,12}",
    ) {
        let plan = plan();
        let start = at.index(WORLD.len());
        let end = (start + length).min(WORLD.len());
        let text = format!("{}{put}{}", &WORLD[..start], &WORLD[end..]);
        if let Ok(mut world) = World::parse(&text, &plan) {
            world.days = world.days.min(3);
            for flow in &mut world.flows {
                flow.per_day.first = flow.per_day.first.min(10_000_000_000);
                flow.per_day.changes.clear();
            }
            let _ = generate(&plan, &world, 1, true);
        }
    }
}
