//! Exact chains and simulated paths say the same.

use super::gates::{random, share_bar, simple};
use cwrc::odds::{Answer, Course, Curve, Effort, Method};
use cwrc::stats::Rule;
use std::num::NonZeroUsize;

const PATHS: u64 = 20_000;

fn effort() -> Effort {
    Effort { states: 100_000, steps: 20_000_000, paths: PATHS, ..Effort::QUICK }
}

/// Whether an estimate is within four standard errors of an exact chance.
fn agrees(exact: &Answer, simulated: &Answer) -> bool {
    let paths = PATHS as f64;
    let error = match simulated.method {
        Method::Weighted { .. } => simulated.error,
        // As large as the exact chance makes it; and where not one path is expected, a few may come.
        _ => (exact.chance * (1.0 - exact.chance) / paths).sqrt().max(1.0 / paths),
    };
    (exact.chance - simulated.chance).abs() <= 4.0 * error + 1e-12
}

/// The exact answer to a random course, where there is one.
fn compared(course: &Course, what: &str) -> Option<Answer> {
    let exact = course.exact(&effort())?;
    let simulated = course.simulated(&effort());
    assert!(agrees(&exact, &simulated), "{exact:?} but {simulated:?}:\n{what}");
    Some(exact)
}

#[test]
fn exact_and_simulated_odds_agree() {
    let (mut count, mut open) = (0, 0);
    for seed in 0.. {
        let gate = random(seed);
        let what = format!("seed {seed}, within {}, {:?}\n{}", gate.within, gate.setting.world, gate.text);
        for course in [gate.setting.promotion(gate.within), gate.setting.demotion(gate.within)] {
            let Some(exact) = compared(&course, &what) else { continue };
            count += 1;
            open += usize::from((0.01..0.99).contains(&exact.chance));
        }
        if open >= 200 {
            break;
        }
    }
    assert!(count < 1200, "{count} for {open}: too many are sure, or impossible");
}

/// What plain paths never meet, tilted ones do.
#[test]
fn rare_chances_are_simulated_by_tilted_paths() {
    let mut weighed = 0;
    for (right, per_tick, window, hold) in
        [("0.85", "10", 7, 4), ("0.8", "10", 7, 2), ("0.85", "20", 5, 8), ("0.82", "20", 3, 3), ("0.85", "5", 10, 14)]
    {
        let rule = Rule::Point { target_e8: 95_000_000, strict: false };
        let course = simple(share_bar(rule, window, 40), hold, right, per_tick).promotion(40);
        let exact = course.exact(&Effort::THOROUGH).expect("few states");
        let simulated = course.simulated(&Effort { paths: 100_000, ..Effort::THOROUGH });
        if let Method::Weighted { .. } = simulated.method {
            weighed += 1;
            assert!(simulated.error < exact.chance / 5.0, "{right}: {exact:?} {simulated:?}");
            assert!(
                (simulated.chance - exact.chance).abs() < 4.0 * simulated.error,
                "{right}: {exact:?} {simulated:?}"
            );
        }
    }
    assert!(weighed >= 3, "{weighed} were rare");
}

/// Whatever is rare is weighed within its own error, at every horizon, and no horizon is less likely than a shorter one.
#[test]
fn weighed_curves_agree_with_exact_ones() {
    let bound = Rule::Bound { method: cwrc::stats::Method::Exact, confidence_e8: 90_000_000, target_e8: 95_000_000 };
    let point = Rule::Point { target_e8: 95_000_000, strict: false };
    for (rule, right, per_tick, window, min, hold) in [
        (point, "0.86", "10", 7, 40, 4),
        (point, "0.84", "10", 7, 20, 7),
        (point, "0.88", "20", 5, 60, 8),
        (bound, "0.9", "10", 8, 50, 3),
        (bound, "0.88", "10", 8, 50, 3),
    ] {
        let course = simple(share_bar(rule, window, min), hold, right, per_tick).promotion(120);
        let exact = course.curve(&Effort { steps: 20_000_000_000, states: 20_000_000, ..effort() });
        let weighed = Curve::weighed(&course, &Effort { draws: 12_000_000, paths: 100_000, ..effort() });
        assert!(exact.is_exact());
        let mut last = 0.0;
        for horizon in [15, 30, 60, 120] {
            let (exact, weighed) = (exact.by(horizon), weighed.by(horizon));
            let off = (exact.chance - weighed.chance).abs();
            assert!(off < 4.0 * weighed.error, "{right} {horizon}: {exact:?} {weighed:?}");
            assert!(weighed.error < 0.1 * exact.chance, "{right} {horizon}: {exact:?} {weighed:?}");
            assert!(weighed.chance >= last);
            last = weighed.chance;
        }
    }
}

/// The average at which something happens is within its error.
#[test]
fn averages_have_errors() {
    let point = Rule::Point { target_e8: 95_000_000, strict: false };
    let course = simple(share_bar(point, 7, 40), 4, "0.93", "10").promotion(90);
    let exact = course.curve(&Effort { steps: 20_000_000_000, states: 20_000_000, ..effort() });
    let simulated = course.curve(&Effort { states: 1, ..effort() });
    let [exact, simulated] = [exact, simulated].map(|curve| curve.average(0, 90).expect("it happens"));
    assert!(exact.error == 0.0 && simulated.error > 0.0);
    let off = (exact.boundary - simulated.boundary).abs();
    assert!(off < 4.0 * simulated.error, "{exact:?} {simulated:?}");
}

#[test]
fn threads_and_batches_change_nothing() {
    for seed in 0..20 {
        let gate = random(seed);
        let course = gate.setting.promotion(gate.within);
        let by = |threads| course.simulated(&Effort { threads: NonZeroUsize::new(threads), paths: 5_000, ..effort() });
        assert_eq!(by(1), by(2), "{}", gate.text);
        assert_eq!(by(1), by(7), "{}", gate.text);
    }
}

/// A chance is never said to be 0, or 100 %, without a bound.
#[test]
fn what_never_or_always_happened_has_a_bound() {
    let rule = Rule::Point { target_e8: 95_000_000, strict: false };
    for (right, chance, told) in [("0.2", 0.0, "less than 0.015%"), ("0.9999", 1.0, "more than 99.985%")] {
        let answer = simple(share_bar(rule, 14, 200), 14, right, "20").promotion(90).simulated(&effort());
        // A chance of nearly nothing is found by tilted paths.
        if let Method::Simulated { .. } = answer.method {
            assert_eq!((answer.chance, answer.percent(None).as_str()), (chance, told));
            assert!((answer.error - 3.0 / PATHS as f64).abs() < 1e-12, "{answer:?}");
        } else {
            assert!(answer.chance > 0.0 && chance == 0.0, "{answer:?}");
        }
    }
    // Where not even tilted paths have any weight, it is the bound that stays.
    let never = simple(share_bar(Rule::Point { target_e8: 100_000_000, strict: false }, 14, 200), 14, "0", "20");
    assert_eq!(never.promotion(90).simulated(&effort()).percent(None), "less than 0.015%");
}
