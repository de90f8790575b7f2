//! Laws that every replay obeys, whatever the policy and the history (metamorphic properties).

use crate::engine::{self, Arguments};
use crate::random::{Case, case};
use cwrc::render::saved_json;
use cwrc::replay::{Decision, Kind, Options, Summary};
use cwrc::value::{Instant, Tier};
use serde_json::{Value, json};

fn arguments(case: &Case) -> Arguments {
    Arguments {
        any_tier: case.any_tier,
        assume_tier: case.assume_tier.as_deref().and_then(Tier::parse),
        ..Arguments::default()
    }
}

/// Splitmix64: enough to shuffle with.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn decisions(json: &str) -> Vec<Value> {
    let run: Value = serde_json::from_str(json).expect("JSON");
    run["decisions"].as_array().cloned().unwrap_or_default()
}

#[test]
fn neither_order_nor_splitting_nor_threads_change_a_byte() {
    for seed in 10_000..10_200 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let mut arguments = Arguments { threads: 1, ..arguments(&case) };
        let whole = engine::simulate(&plan, &[&case.history], &arguments);
        let mut lines: Vec<&str> = case.history.lines().collect();
        let mut state = seed;
        for at in (1..lines.len()).rev() {
            lines.swap(at, usize::try_from(random(&mut state) % (at as u64 + 1)).expect("small"));
        }
        let parts: Vec<String> = lines.chunks(lines.len().div_ceil(3).max(1)).map(|part| part.join("\r\n")).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        arguments.threads = 3;
        assert_eq!(engine::simulate(&plan, &parts, &arguments), whole, "seed {seed}");
    }
}

/// The history without the outcomes at or after an instant; `None` where a line is not plain enough to tell.
fn known_before(history: &str, boundary: Instant) -> Option<String> {
    let known = |outcome: &Value| Some(Instant::parse(outcome.get("time")?.as_str()?)? < boundary);
    let mut kept = Vec::new();
    for line in history.lines() {
        let Ok(mut record) = serde_json::from_str::<Value>(line) else {
            kept.push(line.to_owned());
            continue;
        };
        if let Some(outcomes) = record.get_mut("outcomes").and_then(Value::as_array_mut) {
            let keep: Option<Vec<bool>> = outcomes.iter().map(known).collect();
            let mut keep = keep?.into_iter();
            outcomes.retain(|_| keep.next() == Some(true));
        }
        kept.push(record.to_string());
    }
    Some(kept.join("\n"))
}

#[test]
fn no_outcome_changes_a_decision_before_it() {
    let mut compared = 0;
    for seed in 20_000..20_600 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let mut arguments = arguments(&case);
        let counts = engine::count(&plan, &[&case.history], &arguments);
        let Ok(run) = engine::replay(&plan, &counts, &arguments) else { continue };
        let middle = Instant::from_seconds(i64::midpoint(run.from, run.to) * plan.tick_seconds);
        let Some(known) = known_before(&case.history, middle) else { continue };
        let known = engine::count(&plan, &[&known], &arguments);
        // A line whose bad outcome is cut off is a good line: then more than an outcome has changed.
        if known.intake.bad_lines() != counts.intake.bad_lines() {
            continue;
        }
        arguments.replay = Options { to: Some(middle), ..Options::default() };
        let log = |counts| {
            let run = engine::replay(&plan, counts, &arguments).expect("a replay");
            (format!("{:?}", run.decisions), format!("{:?}", run.saved))
        };
        assert_eq!(log(&counts), log(&known), "seed {seed}");
        compared += 1;
    }
    assert!(compared > 200, "only {compared} cases could be compared");
}

#[test]
fn a_saved_state_goes_on_as_if_nothing_had_happened() {
    for seed in 30_000..30_300 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let mut arguments = arguments(&case);
        let counts = engine::count(&plan, &[&case.history], &arguments);
        let Ok(whole) = engine::replay(&plan, &counts, &arguments) else { continue };
        if whole.from == whole.to {
            continue;
        }
        let middle = Instant::from_seconds(i64::midpoint(whole.from, whole.to) * plan.tick_seconds);
        arguments.replay = Options { to: Some(middle), ..Options::default() };
        let first = engine::replay(&plan, &counts, &arguments).expect("the first half");
        let saved = saved_json::parse(&plan, &saved_json::render(&plan, &first.saved)).expect("what was written");
        assert_eq!(saved, first.saved, "seed {seed}");
        arguments.replay = Options { initial: Some(saved), ..Options::default() };
        let second = engine::replay(&plan, &counts, &arguments).expect("the second half");
        let log = |run: &cwrc::replay::Run| run.decisions.iter().map(|it| format!("{it:?}")).collect::<Vec<_>>();
        assert_eq!([log(&first), log(&second)].concat(), log(&whole), "seed {seed}");
        assert_eq!(second.saved, whole.saved, "seed {seed}");
    }
}

/// A policy of one action type, and the numbers that a law changes.
struct Simple {
    target: u64,
    hold: u64,
    min: u64,
    confidence: &'static str,
}

impl Simple {
    fn policy(&self, more: &str) -> String {
        let Self { target, hold, min, confidence } = self;
        format!(
            "policy simple {{ owner \"us\" promote one per 1d }}\n\
             signal fine signal wrong signal back signal rated\n\
             metric acceptance from reviewer {{ good fine bad wrong }}\n\
             metric reopened from customer {{ counts back within 2d alive unchecked because \"a test\" }}\n\
             action reply {{ risk low\n gate crawl to walk {{ bar acceptance >= {target}% over 10d min {min} {confidence} \
             margin 30pp hold {hold}d stop after 300d }}\n gate walk to run {{ bar reopened <= 40% over 10d min 2 margin 30pp hold 2d }}\n\
             stale 60d }}\n{more}"
        )
    }
}

/// Sixty days of records of one kind, good more often as time goes by.
fn history(seed: u64, action: &str, good: u64) -> String {
    let mut state = seed;
    let start = Instant::parse("2026-01-01T00:00:00Z").expect("a time");
    let mut lines = Vec::new();
    for day in 0..60 {
        for at in 0..random(&mut state) % 6 {
            let time = start.plus_seconds(day * 86_400 + i64::try_from(random(&mut state) % 80_000).expect("small"));
            let is_good = random(&mut state) % 100 < good + u64::try_from(day).expect("small") / 4;
            let tier = if day < 40 { "crawl" } else { "walk" };
            let signal = if is_good { "fine" } else { "wrong" };
            lines.push(
                json!({"id": format!("{action}-{day}-{at}"), "time": time.to_string(), "action": action, "tier": tier,
                       "outcomes": [{"signal": signal, "time": time.plus_seconds(3_600).to_string()}]})
                .to_string(),
            );
        }
    }
    lines.join("\n")
}

fn first_promotion(policy: &str, history: &str) -> Option<String> {
    let json = engine::simulate(&engine::plan(policy), &[history], &Arguments::default()).expect("a replay");
    let promoted = decisions(&json).into_iter().find(|it| it["kind"] == "promote" && it["action"] == "reply")?;
    promoted["at"].as_str().map(String::from)
}

#[test]
fn a_harder_gate_never_promotes_earlier() {
    let mut promoted = 0;
    let mut later = 0;
    for seed in 0..150 {
        let history = history(seed, "reply", 78);
        let simple = Simple { target: 80, hold: 3, min: 8, confidence: "" };
        let first = first_promotion(&simple.policy(""), &history);
        promoted += u64::from(first.is_some());
        let harder = [
            Simple { target: 85, ..simple },
            Simple { hold: 6, ..simple },
            Simple { min: 14, ..simple },
            Simple { confidence: "confidence 60% wilson", ..simple },
        ];
        for other in harder {
            let second = first_promotion(&other.policy(""), &history);
            // Dates of one form order as texts; never is later than any.
            let earlier = match (&first, &second) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(first), Some(second)) => second < first,
            };
            assert!(!earlier, "seed {seed}: {first:?} with the easier gate, {second:?} with the harder");
            later += u64::from(first != second);
        }
    }
    assert!(promoted > 50 && later > 50, "{promoted} promoted, {later} changed: the law was hardly tried");
}

#[test]
fn an_unrelated_action_type_changes_nothing_but_deferrals() {
    let other = |target: u64| {
        format!(
            "action other {{ risk low gate crawl to walk {{ bar acceptance >= {target}% over 10d min 8 margin 30pp hold 3d stop after 300d }}\n\
             ceiling walk because \"a test\" stale 60d }}"
        )
    };
    let simple = Simple { target: 80, hold: 3, min: 8, confidence: "" };
    let mut deferred = 0;
    for seed in 0..100 {
        let reply = history(seed, "reply", 80);
        let both = format!("{reply}\n{}", history(seed + 1_000, "other", 80));
        let log = |policy: &str, history: &str| {
            let json = engine::simulate(&engine::plan(policy), &[history], &Arguments::default()).expect("a replay");
            decisions(&json)
        };
        let alone = log(&simple.policy(""), &reply);
        let of_reply = |log: Vec<Value>| log.into_iter().filter(|it| it["action"] == "reply").collect::<Vec<_>>();
        // One that never clears is never promoted, so it cannot be in the way.
        assert_eq!(of_reply(log(&simple.policy(&other(100)), &both)), alone, "seed {seed}");
        let together = log(&simple.policy(&other(80)), &both);
        let in_the_way = together.iter().any(|it| it["kind"] == "defer");
        deferred += u64::from(in_the_way);
        if !in_the_way {
            assert_eq!(of_reply(together), alone, "seed {seed}");
        }
    }
    assert!(deferred > 0, "no deferral occurred");
}

#[test]
fn a_saved_state_from_the_future_is_refused() {
    let plan = engine::plan(&Simple { target: 80, hold: 3, min: 8, confidence: "" }.policy(""));
    let state = |since: &str| {
        let action = json!({"tier": "walk", "since": since});
        let actions = json!({ "reply": action });
        json!({"cwrc": "1", "policy": "simple", "plan_digest": "", "at": "2026-01-10T00:00:00Z", "actions": actions})
    };
    let read = |since: &str| saved_json::parse(&plan, &state(since).to_string());
    assert!(read("2026-01-10T00:00:00Z").is_ok());
    let refused = read("2026-01-11T00:00:00Z").expect_err("a time after `at`");
    assert!(refused.contains("`actions.reply.since` is 2026-01-11T00:00:00Z, which is later"), "{refused}");
}

#[test]
fn an_action_that_a_state_does_not_name_starts_with_it() {
    let plan = engine::plan(&Simple { target: 80, hold: 3, min: 8, confidence: "" }.policy(""));
    let state =
        json!({"cwrc": "1", "policy": "simple", "plan_digest": "", "at": "2026-03-10T00:00:00Z", "actions": {}});
    let saved = saved_json::parse(&plan, &state.to_string()).expect("a state");
    assert_eq!(saved.states[0].since, saved.at);
    assert_eq!(saved_json::parse(&plan, &saved_json::render(&plan, &saved)), Ok(saved));
}

#[test]
fn a_summary_adds_up_what_the_replay_says() {
    let (mut flaps, mut ups) = (0, 0);
    for seed in 30_000..30_300 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let counts = engine::count(&plan, &[&case.history], &arguments(&case));
        let Ok(run) = engine::replay(&plan, &counts, &arguments(&case)) else { continue };
        let Summary { actions, sum, forced: _ } = Summary::of(&plan, &run);
        let whole = u64::try_from(run.to - run.from).expect("boundaries");
        assert!(actions.iter().all(|figures| figures.ticks.iter().sum::<u64>() == whole), "seed {seed}");
        assert_eq!(sum.kinds.iter().sum::<u64>(), run.decisions.len() as u64, "seed {seed}");
        let before = counts.exposure.values().flatten().filter(|(tick, _)| *tick < run.to);
        assert_eq!(sum.exposed.records, before.map(|(_, n)| n).sum::<u64>(), "seed {seed}");
        for (at, figures) in actions.iter().enumerate() {
            // Told the slow way: from the tier of each boundary, and from every pair of decisions.
            let outcome = &run.outcomes[at];
            let tier = |now| outcome.timeline.iter().rev().find(|(since, _)| *since <= now).map(|(_, tier)| *tier);
            for held in Tier::ALL {
                let ticks = (run.from..run.to).filter(|now| tier(*now) == Some(held)).count() as u64;
                assert_eq!(figures.ticks[held.index()], ticks, "seed {seed}");
            }
            let own: Vec<_> = run.decisions.iter().filter(|it| it.action.index() == at).collect();
            let soon = |up: &Decision, down: &Decision| {
                let hold = plan.actions[at].gate_above(up.from).map_or(0, |gate| gate.hold);
                up.detail.kind() == Kind::Promote && up.at <= down.at && down.at - up.at <= 2 * hold
            };
            let down = own.iter().filter(|it| it.to < it.from);
            let flapped = down.filter(|down| own.iter().any(|up| soon(up, down))).count() as u64;
            assert_eq!(figures.flaps, flapped, "seed {seed}");
            flaps += flapped;
        }
        ups += sum.count(Kind::Promote);
    }
    assert!(flaps > 20 && ups > 100, "{flaps} flaps and {ups} promotions: the law was hardly tried");
}
