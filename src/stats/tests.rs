//! Tests of the bounds against reference values, and of the tables against brute force.

#![expect(clippy::float_cmp, reason = "the ends 0 and 1 are exact")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Allowed, E8, MAX_SAMPLES, Method, Rule, binomial_cdf, lower, reaches, special, upper};

const METHODS: [Method; 3] = [Method::Exact, Method::Wilson, Method::Anytime];

fn bound(method: Method, confidence_e8: i64, target_e8: i64) -> Allowed {
    Allowed::new(Rule::Bound { method, confidence_e8, target_e8 })
}

fn point(target_e8: i64, strict: bool) -> Allowed {
    Allowed::new(Rule::Point { target_e8, strict })
}

/// The number a text of a reference file stands for.
fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a number")
}

/// A whole number as another type.
fn to<T: TryFrom<i128>>(whole: impl TryInto<i128>) -> T {
    whole.try_into().ok().and_then(|whole| whole.try_into().ok()).expect("a number that fits")
}

fn real(whole: impl TryInto<i128>) -> f64 {
    special::real(to(whole))
}

fn committed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

/// The rows of a reference file, without comments and the line of column names.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("the reference file can be read");
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Checks every row of a file of bounds, and returns how many there were and the largest
/// difference.
fn check_bounds(path: &Path) -> (usize, f64) {
    let rows = rows(path);
    let mut worst = 0.0_f64;
    for row in &rows {
        let [name, good, n, alpha, low, high] = row.as_slice() else { panic!("a row of six: {row:?}") };
        let (good, n): (u64, u64) = (number(good), number(n));
        let [alpha, low, high] = [alpha, low, high].map(|text| number::<f64>(text));
        let (ours, reference, tolerance) = match name.as_str() {
            "wilson_lower_1s" => (lower(Method::Wilson, n, n - good, alpha), low, 1e-12),
            "wilson_upper_1s" => (upper(Method::Wilson, n, n - good, alpha), high, 1e-12),
            "clopper_pearson_lower_1s" => (lower(Method::Exact, n, n - good, alpha), low, 1e-9),
            "clopper_pearson_upper_1s" => (upper(Method::Exact, n, n - good, alpha), high, 1e-9),
            "bbmix_trunc_beta_1_1_lower_1s" => (lower(Method::Anytime, n, n - good, alpha), low, 1e-9),
            other => panic!("no method {other}"),
        };
        let difference = (ours - reference).abs();
        assert!(difference <= tolerance, "{row:?}: {ours}, off by {difference:e}");
        worst = worst.max(difference);
    }
    (rows.len(), worst)
}

#[test]
fn bounds_agree_with_the_committed_reference() {
    let (count, worst) = check_bounds(&committed("bounds.csv"));
    assert_eq!(count, 119);
    println!("{count} bounds, off by {worst:e} at most");
}

#[test]
fn bounds_agree_with_the_full_reference_where_there_is_one() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/statistics/bounds.csv");
    let path = std::env::var_os("CWRC_BOUNDS_CSV").map_or(beside, PathBuf::from);
    if path.exists() {
        let (count, worst) = check_bounds(&path);
        println!("{count} bounds, off by {worst:e} at most");
    } else {
        println!("skipped: there is no {} (set CWRC_BOUNDS_CSV to the full file)", path.display());
    }
}

#[test]
fn binomial_probabilities_agree_with_the_committed_reference() {
    let path = std::env::var_os("CWRC_BINOMIAL_CSV").map_or_else(|| committed("binomial.csv"), PathBuf::from);
    let mut worst = 0.0_f64;
    for row in rows(&path) {
        let [k, n, p, expected] = row.as_slice() else { panic!("a row of four: {row:?}") };
        let expected: f64 = number(expected);
        let ours = binomial_cdf(number(k), number(n), number(p));
        let difference = (ours / expected - 1.0).abs();
        assert!(difference <= 1e-12, "{row:?}: {ours}, off by {difference:e}");
        worst = worst.max(difference);
    }
    println!("off by {worst:e} at most");
}

#[test]
fn least_numbers_of_trials_are_those_of_the_statistics_page() {
    let confident = |method| bound(method, 95_000_000, 95_000_000);
    let expected = [
        (point(95_000_000, false), [1, 20, 40, 100, 200, 400]),
        (confident(Method::Wilson), [52, 87, 118, 202, 331, 572]),
        (confident(Method::Exact), [59, 93, 124, 208, 336, 577]),
        (confident(Method::Anytime), [88, 134, 174, 277, 430, 709]),
    ];
    for (table, trials) in expected {
        let steps = table.steps(1000, 21);
        assert_eq!([0, 1, 2, 5, 10, 20].map(|bad| steps[bad]), trials, "{table:?}");
        assert_eq!(table.least_perfect(), Some(trials[0]));
        for (bad, n) in steps.iter().enumerate() {
            let bad = to::<i64>(bad);
            assert_eq!(table.at(*n).max(bad), table.at(*n));
            assert_eq!(table.at(n - 1).min(bad - 1), table.at(n - 1));
        }
    }
}

#[test]
fn steps_end_where_they_are_told_to() {
    let table = bound(Method::Exact, 95_000_000, 95_000_000);
    assert_eq!(table.steps(124, 100), [59, 93, 124]);
    assert_eq!(table.steps(123, 100), [59, 93]);
    assert_eq!(table.steps(123, 1), [59]);
    assert!(table.steps(0, 100).is_empty());
    assert!(table.steps(u64::MAX, 0).is_empty());
    assert_eq!(point(95_000_000, true).steps(41, 100), [1, 21, 41]);
    assert_eq!(point(E8, false).steps(u64::MAX, 100), [1]);
    assert!(point(E8, true).steps(u64::MAX, 100).is_empty());
}

#[test]
fn point_rules_agree_with_counting_in_exact_rationals() {
    for target_e8 in [0, 1, 4_000_000, 33_333_333, 50_000_000, 95_000_000, 97_512_345, 99_999_999, E8] {
        for strict in [false, true] {
            let table = point(target_e8, strict);
            let mut least = None;
            for n in 1..=300_i64 {
                let clears = |bad: &i64| {
                    let (good, needed) = ((n - bad) * E8, n * target_e8);
                    good > needed || (good == needed && !strict)
                };
                let most = (0..=n).rev().find(clears).unwrap_or(-1);
                assert_eq!(table.at(n.unsigned_abs()), most, "{target_e8} {strict} {n}");
                least = least.or((most >= 0).then_some(n.unsigned_abs()));
            }
            assert_eq!(table.least_perfect(), least);
            check_steps(&table, 300);
        }
    }
}

/// Checks that the staircase up to `up_to` says what the table says.
fn check_steps(table: &Allowed, up_to: u64) {
    let steps = table.steps(up_to, usize::MAX);
    for n in 0..=up_to {
        let count = steps.iter().filter(|first| **first <= n).count();
        assert_eq!(table.at(n), to::<i64>(count) - 1, "{table:?} {n}");
    }
}

#[test]
fn targets_off_the_scale_are_beyond_reach_or_met() {
    for strict in [false, true] {
        assert_eq!(point(-1, strict).at(7), 7);
        assert_eq!(point(E8 + 1, strict).at(7), -1);
        assert_eq!(point(E8 + 1, strict).least_perfect(), None);
    }
}

#[test]
fn exact_tests_agree_with_direct_sums() {
    for n in 1..=40_u64 {
        for target_e8 in [10_000_000, 50_000_000, 90_000_000, 97_512_345] {
            let share = (real(target_e8) * 10.0 + 1.0) / 1e9;
            for bad in 0..=n {
                let tail: f64 = (n - bad..=n)
                    .map(|good| choose(n, good) * share.powi(to::<i32>(good)) * (1.0 - share).powi(to::<i32>(n - good)))
                    .sum();
                assert_eq!(reaches(Method::Exact, n, bad, 95_000_000, target_e8), bad < n && tail <= 0.05);
                assert!((special::binomial_tail(n - bad, n, share) / tail - 1.0).abs() < 1e-13);
            }
        }
    }
}

/// The binomial coefficient, exact for the small numbers of these tests.
fn choose(n: u64, k: u64) -> f64 {
    real((1..=k).fold(1, |product, i| product * (n - k + i) / i))
}

#[test]
fn bounds_and_tests_agree() {
    for method in METHODS {
        for target_e8 in [0, 1, 5_000_000, 60_000_000, 95_000_000, 99_999_999] {
            let share = real(target_e8) / 1e8 + 1e-9;
            for n in [1, 2, 10, 59, 60, 333, 5000] {
                for bad in (0..=n).step_by(1 + to::<usize>(n) / 50) {
                    let bound = lower(method, n, bad, 0.05);
                    if (bound - share).abs() > 1e-14 {
                        assert_eq!(
                            reaches(method, n, bad, 95_000_000, target_e8),
                            bound > share,
                            "{method:?} {n} {bad}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn tables_rise_by_at_most_one_and_equal_a_linear_search() {
    for method in METHODS {
        for confidence_e8 in [50_000_001, 80_000_000, 95_000_000, 99_999_999] {
            for target_e8 in [0, 1, 3_000_000, 50_000_000, 95_000_000, 99_900_000] {
                let table = bound(method, confidence_e8, target_e8);
                let mut before = -1_i64;
                for n in 1..=400_u64 {
                    // One step up the staircase at a time, from nothing that the table remembers.
                    let next = (before + 1).unsigned_abs();
                    let rises = reaches(method, n, next, confidence_e8, target_e8);
                    assert!(!reaches(method, n, next + 1, confidence_e8, target_e8));
                    assert!(before < 0 || reaches(method, n, before.unsigned_abs(), confidence_e8, target_e8));
                    before += i64::from(rises);
                    assert_eq!(table.at(n), before, "{method:?} {confidence_e8} {target_e8} {n}");
                }
                check_steps(&bound(method, confidence_e8, target_e8), 400);
            }
        }
    }
}

#[test]
fn the_order_of_questions_does_not_matter() {
    for method in METHODS {
        let [up, down, hops] = [(); 3].map(|()| bound(method, 99_000_000, 90_000_000));
        let asked: Vec<u64> = (1..3000).chain((1..200).map(|i| i * 50_021)).collect();
        let upwards: Vec<i64> = asked.iter().map(|n| up.at(*n)).collect();
        let mut downwards: Vec<i64> = asked.iter().rev().map(|n| down.at(*n)).collect();
        downwards.reverse();
        assert_eq!(upwards, downwards);
        for i in 0..asked.len() {
            let hop = i * 1009 % asked.len();
            assert_eq!(hops.at(asked[hop]), upwards[hop]);
        }
    }
}

#[test]
fn tests_keep_their_order_at_the_edge_of_a_step_of_many_samples() {
    for method in METHODS {
        for target_e8 in [95_000_000, E8 - 1] {
            let steps = bound(method, 95_000_000, target_e8).steps(u64::MAX, 100);
            for (bad, first) in (0..).zip(&steps) {
                for off in 0..20 {
                    let holds = |n| reaches(method, n, bad, 95_000_000, target_e8);
                    assert!(holds(first + off) && !holds(first.saturating_sub(1 + off)), "{first} {bad}");
                }
            }
        }
    }
}

#[test]
fn ties_go_to_the_harder_side() {
    // One good sample of one has the exact bound alpha itself: 5 % is a tie, and within 1e-9 counts
    // as one.
    assert!(!reaches(Method::Exact, 1, 0, 95_000_000, 5_000_000));
    assert!(reaches(Method::Exact, 1, 0, 95_000_000, 4_999_999));
    for method in METHODS {
        assert_eq!(bound(method, 95_000_000, E8).least_perfect(), None);
        assert_eq!(bound(method, 95_000_000, E8).at(1_000_000), -1);
    }
}

#[test]
fn confidences_that_make_no_sense_clear_nothing() {
    for method in METHODS {
        for confidence_e8 in [i64::MIN, 0, 50_000_000, E8, i64::MAX] {
            assert_eq!(bound(method, confidence_e8, 0).least_perfect(), None);
        }
        for alpha in [f64::NAN, -1.0, 0.0, 0.5, 1.0, f64::INFINITY] {
            assert_eq!((lower(method, 9, 0, alpha), upper(method, 9, 9, alpha)), (0.0, 1.0));
        }
    }
}

#[test]
fn bounds_without_evidence_claim_nothing() {
    for method in METHODS {
        assert_eq!((lower(method, 0, 0, 0.05), upper(method, 0, 0, 0.05)), (0.0, 1.0));
        assert_eq!((lower(method, 7, 7, 0.05), upper(method, 7, 0, 0.05)), (0.0, 1.0));
        assert_eq!(lower(method, 7, u64::MAX, 0.05), 0.0);
        assert_eq!(bound(method, 95_000_000, 0).at(0), -1);
        assert!(!bound(method, 95_000_000, 0).clears(0, 0));
    }
}

#[test]
fn extreme_counts_and_levels_stay_within_bounds() {
    let big = 1_000_000_000_000;
    for method in METHODS {
        for (n, bad) in [(1, 0), (big, 0), (big, 1), (big, 1000), (big, big - 1), (u64::MAX, 1), (u64::MAX, u64::MAX)] {
            for alpha in [1e-12, 0.499] {
                let (low, high) = (lower(method, n, bad, alpha), upper(method, n, bad, alpha));
                assert!(0.0 <= low && low <= high && high <= 1.0, "{method:?} {n} {bad} {alpha}: {low} {high}");
            }
        }
        for target_e8 in [0, 1, E8 - 1, E8] {
            for confidence_e8 in [50_000_001, E8 - 1] {
                let table = bound(method, confidence_e8, target_e8);
                let most = [1, 1_000_000, big, MAX_SAMPLES, u64::MAX].map(|n| table.at(n));
                assert!(most.is_sorted(), "{most:?}");
                assert_eq!(most[3], most[4]);
                assert!(table.steps(u64::MAX, 3).is_sorted());
            }
        }
    }
    assert_eq!(point(0, false).at(u64::MAX), i64::MAX);
    assert_eq!(point(E8, false).at(u64::MAX), 0);
    assert!(point(0, false).clears(u64::MAX / 4, u64::MAX / 4));
}

#[test]
fn probabilities_at_the_ends_are_certain() {
    assert_eq!([0.0, 1.0, -1.0, 2.0].map(|p| binomial_cdf(3, 9, p)), [1.0, 0.0, 1.0, 0.0]);
    assert_eq!([0.0, 0.3, 1.0].map(|p| binomial_cdf(9, 9, p)), [1.0; 3]);
    assert_eq!(binomial_cdf(0, 0, 0.5), 1.0);
    assert_eq!([0, 3].map(|k| binomial_cdf(k, 9, f64::MIN_POSITIVE / 4.0)), [1.0; 2]);
    assert_eq!([0, 3].map(|k| binomial_cdf(k, u64::MAX, 1e-300)), [1.0; 2]);
    assert!(binomial_cdf(1, 9, f64::NAN).is_nan());
    assert_eq!(binomial_cdf(0, 1_000_000, 0.5), 0.0);
}

#[test]
fn a_table_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let table = bound(Method::Exact, 95_000_000, 95_000_000);
    shared(&table);
    let one_by_one: Vec<i64> = (0..500).map(|n| bound(Method::Exact, 95_000_000, 95_000_000).at(n)).collect();
    std::thread::scope(|scope| {
        for stride in [1, 7, 11] {
            let (table, one_by_one) = (&table, &one_by_one);
            scope.spawn(move || {
                for n in (0..500).map(|i| i * stride % 500) {
                    assert_eq!(table.at(n), one_by_one[to::<usize>(n)]);
                }
            });
        }
    });
}

/// Prints the times; run with `cargo test --release -- --ignored --nocapture speed`.
#[test]
#[ignore = "a measurement, not a check"]
fn speed() {
    for method in METHODS {
        for target_e8 in [50_000_000, 95_000_000] {
            let measure = |what: &str, ask: &dyn Fn(&Allowed)| {
                let table = bound(method, 95_000_000, target_e8);
                let start = Instant::now();
                ask(&table);
                println!("{method:?} {target_e8} {what}: {:?}", start.elapsed());
            };
            let ask = |count: u64, range: u64| {
                move |table: &Allowed| {
                    for i in 0..count {
                        assert!(table.at(1 + i * 7919 % range) >= -1);
                    }
                }
            };
            measure("20,000 questions up to 5,000", &ask(20_000, 5_000));
            measure("20,000 questions up to 1e7", &ask(20_000, 10_000_019));
            measure("one question at 1e7", &|table| {
                assert!(table.at(10_000_000) > 0);
            });
            measure("one question at 1e12", &|table| {
                assert!(table.at(1_000_000_000_000) > 0);
            });
            measure("the staircase up to 100,000", &|table| {
                assert!(!table.steps(100_000, usize::MAX).is_empty());
            });
            measure("a probability at 1e7", &|_| assert!(binomial_cdf(499_000, 10_000_000, 0.05) < 0.5));
            measure("a bound at 1e7", &|_| {
                assert!(lower(method, 10_000_000, 400_000, 0.05) > 0.5);
            });
        }
    }
}
