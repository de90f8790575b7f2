//! The laws of the classes: random policies, one or two edits of each, and both taken through one boundary from the
//! same state on the same history.

use super::compared;
use crate::engine::{self, Arguments};
use crate::random::{Case, case};
use cwrc::analysis::Analysis;
use cwrc::diff::{Class, Side, proved};
use cwrc::history::Counts;
use cwrc::plan::Plan;
use cwrc::replay::{Options, Run, Saved, State};
use cwrc::value::{Instant, Tier};

/// Splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The places of whole numbers that stand where a word could: `14d`, `200`, `90%`.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_.\"".contains(&byte);
    let starts = (1..bytes.len()).filter(|at| bytes[*at].is_ascii_digit() && !is_word(bytes[at - 1]));
    starts.map(|at| (at, at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count())).collect()
}

/// Words that may stand for one another.
const WORDS: [(&str, &str); 6] = [
    (" >= ", " > "),
    (" > ", " >= "),
    (" <= ", " < "),
    (" < ", " <= "),
    (" over tier ", " over 14d "),
    ("walk", "run"),
];

/// The text with one number a little or much larger or smaller.
fn other_number(text: &str, state: &mut u64) -> Option<String> {
    let all = numbers(text);
    let (start, end) = all[usize::try_from(random(state)).ok()? % all.len()];
    let number: u64 = text[start..end].parse().ok()?;
    let other = match random(state) % 5 {
        0 => number * 2,
        1 => number / 2,
        2 => number + 1,
        3 => number.saturating_sub(1),
        _ => number * 3,
    };
    Some(format!("{}{other}{}", &text[..start], &text[end..]))
}

/// The text without one clause.
fn without_a_clause(text: &str, state: &mut u64) -> Option<String> {
    let is_clause = |line: &&str| line.starts_with(' ') && !line.contains(['{', '}']);
    let clauses: Vec<&str> = text.lines().filter(is_clause).collect();
    let dropped = clauses.get(usize::try_from(random(state)).ok()? % clauses.len().max(1))?;
    let at = dropped.as_ptr() as usize - text.as_ptr() as usize;
    Some(format!("{}{}", &text[..at], &text[at + dropped.len()..]))
}

/// The text with one word for another.
fn other_word(text: &str, state: &mut u64) -> Option<String> {
    let (from, to) = WORDS[usize::try_from(random(state)).ok()? % WORDS.len()];
    let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
    let at = places.get(usize::try_from(random(state)).ok()? % places.len().max(1))?;
    Some(format!("{}{to}{}", &text[..*at], &text[at + from.len()..]))
}

/// The policy with one thing changed, or two; `None` where that makes it wrong.
fn changed(policy: &str, seed: u64) -> Option<Analysis> {
    let mut state = seed;
    let mut text = policy.to_owned();
    for _ in 0..=(random(&mut state) % 3 / 2) {
        text = match random(&mut state) % 8 {
            0 | 1 => without_a_clause(&text, &mut state)?,
            2 => other_word(&text, &mut state)?,
            _ => other_number(&text, &mut state)?,
        };
    }
    let one = engine::looked_at(&text);
    (text != policy && !one.has_errors() && one.policy.is_some()).then_some(one)
}

fn side(one: &Analysis) -> Side<'_> {
    Side::new(one.policy.as_ref().expect("a policy"), &one.sources)
}

fn arguments(case: &Case) -> Arguments {
    Arguments {
        any_tier: case.any_tier,
        assume_tier: case.assume_tier.as_deref().and_then(Tier::parse),
        ..Arguments::default()
    }
}

fn run(plan: &Plan, counts: &Counts, arguments: &Arguments, replay: Options) -> Option<Run> {
    engine::replay(plan, counts, &Arguments { replay, ..arguments.clone() }).ok()
}

/// The same facts as the other policy knows them: a cooldown runs from the demotion.
fn translated(saved: &Saved, old: &Plan, new: &Plan) -> Saved {
    let mut saved = saved.clone();
    for (state, (one, other)) in saved.states.iter_mut().zip(old.actions.iter().zip(&new.actions)) {
        state.cooldown_until = state.cooldown_until.map(|until| until - one.cooldown + other.cooldown);
    }
    saved
}

/// What must hold of each action type where nothing loosens.
fn is_no_looser(before: &State, old: &State, new: &State, turn_was_freed: bool) -> Result<(), &'static str> {
    let promoted = old.tier > before.tier;
    let fell = old.tier < before.tier;
    if fell && new.tier > old.tier {
        return Err("a demotion less");
    }
    if new.tier > old.tier && !(old.eligible_since.is_some() && turn_was_freed) {
        return Err("a higher tier");
    }
    if new.passing_since.is_some() && old.passing_since.is_none() && !promoted {
        return Err("a passing more");
    }
    if new.eligible_since.is_some() && old.eligible_since.is_none() && !promoted {
        return Err("eligible where it was not");
    }
    if old.stopped && !new.stopped && new.tier >= old.tier {
        return Err("an attempt that goes on");
    }
    Ok(())
}

/// Takes both through some boundaries, each from the state that the old policy was in.
fn step_by_step(case: &Case, old: &Plan, new: &Plan, seed: u64) -> u64 {
    let arguments = arguments(case);
    let counts = [old, new].map(|plan| engine::count(plan, &[&case.history], &arguments));
    let Some(whole) = run(old, &counts[0], &arguments, Options::default()) else { return 0 };
    let mut state = seed;
    let mut steps = 0;
    for _ in 0..12 {
        let width = u64::try_from(whole.to - whole.from).expect("a span");
        let at = whole.from + i64::try_from(random(&mut state) % width.max(1)).expect("small");
        let until = |tick: i64| Some(Instant::from_seconds(tick * old.tick_seconds));
        let options = Options { to: until(at), ..Options::default() };
        let Some(before) = run(old, &counts[0], &arguments, options) else { continue };
        let next = |plan, counts, saved| {
            run(plan, counts, &arguments, Options { to: until(at + 1), initial: Some(saved), ..Options::default() })
        };
        let other = translated(&before.saved, old, new);
        let (one, other) = (next(old, &counts[0], before.saved.clone()), next(new, &counts[1], other));
        let (Some(one), Some(other)) = (one, other) else { continue };
        let climbs = |run: &Run, index: usize| run.saved.states[index].tier > before.saved.states[index].tier;
        for (index, was) in before.saved.states.iter().enumerate() {
            let freed = (0..old.actions.len()).any(|at| climbs(&one, at) && !climbs(&other, at));
            let verdict = is_no_looser(was, &one.saved.states[index], &other.saved.states[index], freed);
            if let Err(what) = verdict {
                panic!("seed {seed}: {what} of {} after {at}", old.actions[index].name);
            }
        }
        steps += 1;
    }
    steps
}

#[test]
fn what_tightens_never_loosens_at_any_boundary() {
    let (mut tightened, mut neutral, mut steps) = (0, 0, 0);
    for seed in 100_000..100_000 + crate::cases(3_000) {
        let case = case(seed);
        let old = engine::analyzed(&case.policy);
        let Some(new) = changed(&case.policy, seed) else { continue };
        let (one, other) = (side(&old), side(&new));
        match proved(&one, &other) {
            Class::Neutral => {
                let log = |side: &Side| {
                    let counts = engine::count(&side.plan, &[&case.history], &arguments(&case));
                    let run = run(&side.plan, &counts, &arguments(&case), Options::default())?;
                    let of_one = |it: &cwrc::replay::Decision| {
                        format!("{} {:?} {:?} {} {}", it.at, it.action, it.detail.kind(), it.from, it.to)
                    };
                    Some(run.decisions.iter().map(of_one).collect::<Vec<_>>())
                };
                let texts = [&one, &other].map(|side| side.sources.iter().next().expect("a file").text.clone());
                let text = similar::TextDiff::from_lines(&texts[0], &texts[1]);
                let text = text.unified_diff().context_radius(40).to_string();
                assert_eq!(log(&one), log(&other), "seed {seed}\n{text}");
                neutral += 1;
            }
            Class::Tightens => {
                steps += step_by_step(&case, &one.plan, &other.plan, seed);
                tightened += 1;
            }
            Class::Unclear | Class::Loosens => {}
        }
    }
    println!("{tightened} tightened over {steps} boundaries, {neutral} neutral");
    assert!(tightened > 200 && steps > 2_500 && neutral > 200, "{tightened} {steps} {neutral}");
}

/// The law can fail: what is open does go higher somewhere, and each witness of it keeps its word.
#[test]
fn what_loosens_has_a_witness() {
    let (mut open, mut shown) = (0, 0);
    for seed in 50_000..50_060 {
        let case = case(seed);
        let old = engine::analyzed(&case.policy);
        let Some(new) = changed(&case.policy, seed) else { continue };
        if proved(&side(&old), &side(&new)) == Class::Unclear {
            open += 1;
            shown += u64::from(compared(&old, &new).class() == Class::Loosens);
        }
    }
    println!("{shown} of {open} open changes were shown to loosen");
    assert!(open > 10 && shown * 2 > open, "{shown} of {open}");
}
