//! What must hold whatever the gate: a harder gate is never easier to get through.
//!
//! With random numbers in common the laws hold path by path, so they are asked of whole counts, without any error.
//! Where a bar looks at exactly `n` samples at a boundary, it allows c(n) bad ones, so:
//! - a larger `min` leaves c as it is and closes some looks; a larger confidence lowers c(n) for every n; a longer hold
//!   asks for more looks in a row. Each closes promotions, and opens none, `stop after` included;
//! - a larger *target* closes looks in the same way, but a longer *window* moves n, and c(n)/n is a saw-tooth: there is
//!   no law, and [`a_longer_window_has_no_law`] shows a case.

use super::gates::{Random, random, share_bar, simple};
use cwrc::odds::{Course, Effort, Method};
use cwrc::plan::Limit;
use cwrc::stats::{Allowed, Rule};
use cwrc::value::Decimal;
use std::sync::Arc;

/// On how many of the same paths it happens.
fn hits(course: &Course) -> u64 {
    // Tilted paths are others, so that the answer is that of the plain ones wherever they met it.
    match course.simulated(&Effort { paths: 2_000, ..Effort::QUICK }).method {
        Method::Simulated { hits, .. } => hits,
        Method::Weighted { .. } | Method::Exact => 0,
    }
}

/// The exact chance, and how often it happened.
fn both(course: &Course) -> (Option<f64>, u64) {
    let exact = course.exact(&Effort { states: 20_000, steps: 5_000_000, ..Effort::QUICK });
    (exact.map(|answer| answer.chance), hits(course))
}

/// A change of the gate may lower what a course says, and never raises it.
fn never_raises(of: impl Fn(&Random) -> Course, change: impl Fn(&mut Random)) {
    let mut lowered = 0;
    for seed in 0..120 {
        let mut gate = random(seed);
        let before = both(&of(&gate));
        change(&mut gate);
        let after = both(&of(&gate));
        assert!(after.1 <= before.1, "seed {seed}: {before:?} to {after:?}\n{}", gate.text);
        if let (Some(before), Some(after)) = (before.0, after.0) {
            assert!(after <= before + 1e-12, "seed {seed}: {before} to {after}\n{}", gate.text);
        }
        lowered += usize::from(after.1 < before.1);
    }
    assert!(lowered >= 20, "only {lowered} were lowered");
}

fn promotion(gate: &Random) -> Course {
    gate.setting.promotion(gate.within)
}

/// What demotes but silence, which a larger `min` may well bring about.
fn demotion(gate: &Random) -> Course {
    let mut setting = gate.setting.clone();
    setting.plan.actions[0].stale = None;
    setting.demotion(gate.within)
}

#[test]
fn a_longer_hold_never_promotes_more() {
    never_raises(promotion, |gate| gate.setting.gate.hold += 2);
}

#[test]
fn a_larger_min_never_promotes_more() {
    never_raises(promotion, |gate| gate.setting.gate.bars[0].first.min += 6);
}

#[test]
fn more_confidence_never_promotes_more() {
    never_raises(promotion, |gate| {
        for bar in &mut gate.setting.gate.bars {
            let Limit::Share { rule, .. } = &bar.first.limit else { continue };
            let rule = surer(*rule);
            bar.first.limit = Limit::Share { rule, allowed: Arc::new(Allowed::new(rule)) };
        }
    });
}

/// The same with confidence, or with more of it.
fn surer(rule: Rule) -> Rule {
    match rule {
        Rule::Point { target_e8, .. } => {
            Rule::Bound { method: cwrc::stats::Method::Exact, confidence_e8: 70_000_000, target_e8 }
        }
        Rule::Bound { method, confidence_e8, target_e8 } => {
            Rule::Bound { method, confidence_e8: confidence_e8 + 15_000_000, target_e8 }
        }
    }
}

#[test]
fn a_worse_agent_is_never_promoted_more() {
    never_raises(promotion, |gate| worse(gate, 2));
}

#[test]
fn a_better_agent_never_falls_back_more() {
    never_raises(demotion, |gate| worse(gate, -2));
}

/// Moves every true rate by so many points to the bad side.
fn worse(gate: &mut Random, points: i64) {
    for (metric, rate) in &mut gate.setting.world.rates {
        *rate = match metric.0 {
            0 | 1 => rate.minus(Decimal::whole(points).percent()).min(Decimal::ONE),
            2 => rate.plus(Decimal::whole(points).percent()).max(Decimal::ZERO),
            _ => rate.minus(Decimal::whole(points * 5).percent()).min(Decimal::whole(5)),
        };
    }
}

#[test]
fn a_larger_margin_never_demotes_more() {
    never_raises(demotion, |gate| {
        for bar in &mut gate.setting.gate.keeps {
            match &mut bar.limit {
                Limit::Share { rule: rule @ Rule::Point { .. }, allowed } => {
                    if let Rule::Point { target_e8, .. } = rule {
                        *target_e8 = (*target_e8 - 3_000_000).max(0);
                    }
                    *allowed = Arc::new(Allowed::new(*rule));
                }
                Limit::Share { .. } => panic!("keep bars have no confidence"),
                Limit::Mean { value, .. } => *value = value.minus(Decimal::whole(15).percent()),
            }
        }
    });
}

#[test]
fn a_larger_min_of_a_keep_bar_never_demotes_more() {
    never_raises(demotion, |gate| gate.setting.gate.keeps.iter_mut().for_each(|bar| bar.min += 4));
}

/// One tick more of evidence may make luck more likely: at 95 %, 19 samples allow none to be bad, and 20 one.
#[test]
fn a_longer_window_has_no_law() {
    let rule = Rule::Point { target_e8: 95_000_000, strict: false };
    let chance = |window| {
        let course = simple(share_bar(rule, window, 19), 1, "0.9", "1").promotion(40);
        course.exact(&Effort::THOROUGH).expect("few states").chance
    };
    assert!(chance(20) > chance(19) && chance(20) > chance(30), "{} {} {}", chance(19), chance(20), chance(30));
}
