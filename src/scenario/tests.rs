//! Feeds are exact, and a scenario that follows is the replay of its own records.

use super::coverage::{Coverage, Part};
use super::{Scenario, mutants, parse, policy_of, update};
use crate::history::line::{Line, Reader};
use crate::history::{Mapping, count_text};
use crate::model::Policy;
use crate::plan::{Plan, compile};
use crate::replay::{self, Options};
use crate::source::{Files, Sources};
use crate::value::Tier;
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeMap;
use std::io;

const POLICY: &str = r#"
policy desk "A desk" { owner "desk" trip outage >= 1 within 1d to walk }
signal accepted
signal rejected
signal completed
signal corrected
signal rated
signal outage
attribute amount number
metric acceptance from reviewer { good accepted bad rejected }
metric completion from staff { good completed bad corrected }
metric rating from customer { mean of rated between 1 and 5 }
action refund {
  risk low
  matches action == "refund" and amount <= 50
  gate crawl to walk {
    bar acceptance >= 80% over 7d min 10
    hold 3d
    keep completion >= 80% over 7d min 10 margin 5pp
    stop after 90d
  }
  gate walk to run {
    bar rating > 3.5 over 7d min 5
    hold 3d
    keep completion >= 80% over 7d min 10 margin 5pp
  }
  stale 21d
}
"#;

struct One;

impl Files for One {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(POLICY.as_bytes().to_vec())
    }
    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(vec!["desk.cwr".into()])
    }
}

fn policy() -> Policy {
    let (policy, _) = crate::model::load(&mut Sources::default(), &One, "desk.cwr", "").build();
    policy.expect("a policy")
}

fn plan() -> Plan {
    compile(&policy())
}

fn scenario(plan: &Plan, feeds: &str) -> Scenario {
    let text = format!(
        "policy: desk.cwr\nscenarios:\n  - name: one\n    start: 2026-01-01\n    feed:\n{feeds}\n    expect: [{{on: 2026-01-02, \
         action: refund, tier: crawl}}]\n"
    );
    assert_eq!(policy_of(&text), Ok("desk.cwr".into()));
    parse(&text, plan).unwrap_or_else(|errors| panic!("{text}{errors:#?}")).scenarios.remove(0)
}

/// Shares in millionths of a percent that add up to at most everything.
fn shares() -> impl Strategy<Value = Vec<u64>> {
    let step = prop::sample::select(vec![1_u64, 1_000, 100_000, 500_000, 1_000_000, 5_000_000, 12_500_000]);
    step.prop_flat_map(|step| (Just(step), prop::collection::vec(0..=100_000_000 / step, 2)))
        .prop_map(|(step, parts)| parts.into_iter().map(|part| part * step).collect::<Vec<_>>())
        .prop_filter("at most everything", |parts| parts.iter().sum::<u64>() <= 100_000_000)
}

fn percent(share: u64) -> String {
    crate::yaml::Share(share).percent()
}

proptest! {
    /// Of the first n records so many have a signal as its share says, rounded down or up; and the days have their
    /// number of records, inside the day.
    #[test]
    fn feeds_are_exact(
        verdicts in shares(), values in shares(), from in 0_u32..5, days in 1_u32..12, per_day in 1_u64..60,
    ) {
        let plan = plan();
        let (a, b, c, d) = (percent(verdicts[0]), percent(verdicts[1]), percent(values[0]), percent(values[1]));
        let to = from + days;
        let feed = format!(
            "      - {{action: refund, record: {{amount: 5}}, tier: crawl, days: {from}..{to}, per_day: {per_day}, accepted: \
             {a}, rejected: {b}, rated: {{5: {c}, 2.5: {d}}}}}"
        );
        let text = scenario(&plan, &feed).records(&plan).expect("records");
        let mapping = Mapping::default();
        let reader = Reader::new(&plan, &mapping, None);
        let (mut counts, mut per) = ([0_u64; 4], BTreeMap::<i64, u64>::new());
        for (n, line) in (1_u64..).zip(text.lines()) {
            let Ok(Line::Full(record)) = reader.read(line) else { panic!("{line}") };
            *per.entry(record.time.tick(86_400)).or_default() += 1;
            for outcome in &record.outcomes {
                prop_assert_eq!(outcome.time, record.time);
                let high = format!("{:?}", outcome.value).contains("5000000");
                counts[match outcome.signal.expect("declared").index() { 0 => 0, 1 => 1, _ if high => 2, _ => 3 }] += 1;
            }
            for (count, share) in counts.iter().zip(verdicts.iter().chain(&values)) {
                let (exact, all) = (u128::from(*share) * u128::from(n), 100_000_000);
                prop_assert!((exact / all..=exact.div_ceil(all)).contains(&u128::from(*count)), "{counts:?} of {n}");
            }
        }
        prop_assert_eq!(per.len(), days as usize);
        prop_assert!(per.values().all(|count| *count == per_day), "{per:?}");
    }

    /// What follows is what a replay of the finished history says.
    #[test]
    fn following_is_the_replay_of_its_own_records(
        good in 60_u64..=100, stands in 60_u64..=100, per_day in 3_u64..12, at in any::<prop::sample::Index>(),
    ) {
        let plan = plan();
        let outage = 20 + at.index(30);
        let feeds = format!(
            "      - {{action: refund, record: {{amount: 5}}, tier: follow, days: 0..60, per_day: {per_day}, accepted: {good}%, \
             rejected: {}%, completed: {stands}%, corrected: {}%, rated: {{5: 30%}}}}\n      - {{signal: outage, days: \
             {outage}..{}, per_day: 1}}",
            100 - good, 100 - stands, outage + 1
        );
        let text = scenario(&plan, &feeds).records(&plan).expect("records");
        let counts = count_text(&plan, "text", &text).expect("counts");
        prop_assert_eq!(counts.intake.bad_lines(), 0);
        let run = replay::run(&plan, &counts, &Options::default()).expect("a run");
        let timeline = &run.outcomes[0].timeline;
        let at = |tick| timeline.iter().rev().find(|(since, _)| *since <= tick).map_or(Tier::Crawl, |(_, tier)| *tier);
        for (of, entries) in &counts.exposure {
            for (tick, _) in entries {
                prop_assert_eq!(of.tier, Some(at(*tick)), "tick {}", tick);
            }
        }
    }

    /// After an update nothing fails but what could not say what happened, every other line stays, and once more changes
    /// nothing.
    #[test]
    fn updates_make_what_failed_pass(
        tier in prop::sample::select(&Tier::ALL), day in 10_u32..28, never in any::<bool>(), good in 60_u64..=100,
        kind in prop::sample::select(vec!["promote", "trip", "demote"]), seen in 0_u64..2,
    ) {
        let plan = plan();
        let (key, bad) = (if never { "never" } else { "kind" }, 100 - good);
        let text = format!(
            "# head\npolicy: desk.cwr\nscenarios:\n- name: one\n  start: 2026-01-01\n  feed:\n  - {{action: refund, record: \
             {{amount: 5}}, tier: follow, days: 0..28, per_day: 10, accepted: {good}%, rejected: {bad}%}}\n  expect:\n  - {{on: \
             2026-01-{day}, action: refund, tier: {tier}, because: {{kind: {kind}}}}} # why\n  - on: 2026-01-{day} # day\n    \
             action: refund\n    tier: '{tier}' # tier\n  - {{between: [2026-01-01, 2026-01-{day}], action: refund, {key}: \
             promote}}\n  - {{action: refund, harm: {{seen: {seen}}}}}\n"
        );
        let play = |text: &str| parse(text, &plan).expect("scenarios").scenarios[0].play(&plan).expect("played");
        let (before, once) = (play(&text), update(&text, &plan, [&play(&text)]));
        prop_assert_eq!(before.failures.len(), once.count + once.left.len());
        let after = play(&once.text);
        prop_assert_eq!(after.failures.len(), once.left.len(), "{}", once.text);
        prop_assert!(once.left.len() <= 1, "only a move that never was cannot be told");
        prop_assert_eq!(&update(&once.text, &plan, [&after]).text, &once.text);
        let bare = |text: &str| text.lines().map(|line| line.split_once('#').map(|it| it.1.to_owned())).collect::<Vec<_>>();
        prop_assert_eq!(bare(&text), bare(&once.text));
    }

    #[test]
    fn no_text_is_too_strange(text in "(policy|scenarios|feed|: |- |\\[|\\]|\\{|\\}|\n|  |[a-z0-9.%]){0,40}") {
        let _ = (policy_of(&text), parse(&text, &plan()));
    }
}

#[test]
fn a_bad_record_comes_twenty_to_the_day() {
    let plan = plan();
    let feed = "      - {action: refund, record: {amount: 5}, tier: crawl, days: 0..2, per_day: 20, accepted: 95%, rejected: 5%}";
    let text = scenario(&plan, feed).records(&plan).expect("records");
    let bad: Vec<usize> =
        (1..).zip(text.lines()).filter(|(_, line)| line.contains("rejected")).map(|(n, _)| n).collect();
    assert_eq!(bad, [20, 40]);
    insta::assert_snapshot!(text.lines().next().expect("a line"), @r#"{"id":"feed 1 record 1","time":"2026-01-01T00:00:00Z","action":"refund","tier":"crawl","amount":5,"outcomes":[{"signal":"accepted","time":"2026-01-01T00:00:00Z"}]}"#);
}

#[test]
fn mutants_change_one_thing_and_have_names() {
    let policy = policy();
    let all = mutants::all(&policy);
    let mut names: Vec<String> = all.iter().map(|mutant| format!("{} (was {})", mutant.name(), mutant.was)).collect();
    assert!(all.iter().all(|mutant| mutant.was != mutant.value));
    insta::assert_snapshot!(names.join("\n"));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all.len());
}

#[test]
fn a_clause_is_covered_where_it_decides() {
    let (policy, plan) = (policy(), plan());
    let feed = |share: &str| {
        format!("      - {{action: refund, record: {{amount: 5}}, tier: crawl, days: 0..9, per_day: 2, {share}}}")
    };
    let [good, bad] = ["accepted: 100%", "rejected: 100%"].map(|share| scenario(&plan, &feed(share)));
    let covered = |scenarios: &[&Scenario]| Coverage::of(&policy, &plan, scenarios).expect("played");
    let facets = |coverage: &Coverage| coverage.decided.iter().map(|item| (item.part, item.facet)).collect::<Vec<_>>();
    let (one, other, both) = (covered(&[&good]), covered(&[&bad]), covered(&[&good, &bad]));
    insta::assert_snapshot!(format!("{:?}\n{:?}", facets(&one), facets(&other)), @r"
    [(Bar, Clears), (Hold, Waits), (Hold, Lets)]
    [(Bar, Short)]
    ");
    assert_eq!(both.decided, one.decided.union(&other.decided).copied().collect());
    assert!(both.decided.is_subset(&both.all) && !both.reaches(100) && both.reaches(0));
    assert!(both.undecided().any(|item| item.part == Part::Trip));
}

#[test]
fn threads_change_nothing() {
    let (policy, plan) = (policy(), plan());
    let one = scenario(
        &plan,
        "      - {action: refund, record: {amount: 50}, tier: follow, days: 0..9, per_day: 5, accepted: 80%, rejected: 20%}",
    );
    let report = |threads| mutants::report(&policy, &plan, &[&one], &|_| true, threads);
    let told = |of: &mutants::Report| of.survivors.iter().map(mutants::Mutant::name).collect::<Vec<_>>();
    let (alone, many) = (report(1), report(7));
    assert_eq!((&alone.killed, told(&alone)), (&many.killed, told(&many)));
}
