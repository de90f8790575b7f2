//! Tests of single looks against a slow reference: binomial sums in whole numbers of any size.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use super::look::{clears, enough_to_keep, enough_to_tell, fails, least_margin};
use super::{Allowed, E8, Method, Rule};

/// Shares of the grid are whole per cents, or tenths of one.
const THOUSANDTHS: i64 = E8 / 1000;

/// A whole number of any size, least digits first, in base 2^32.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole(Vec<u32>);

impl Whole {
    fn times(&self, factor: u32) -> Self {
        let (mut digits, mut carry) = (Vec::with_capacity(self.0.len() + 1), 0_u64);
        for digit in &self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            digits.push(low(carry));
            carry >>= 32;
        }
        if carry > 0 {
            digits.push(low(carry));
        }
        Self(digits)
    }

    fn plus(&self, other: &Self) -> Self {
        let (mut digits, mut carry) = (Vec::new(), 0_u64);
        for at in 0..self.0.len().max(other.0.len()) {
            let digit = |of: &Self| u64::from(of.0.get(at).copied().unwrap_or(0));
            carry += digit(self) + digit(other);
            digits.push(low(carry));
            carry >>= 32;
        }
        if carry > 0 {
            digits.push(low(carry));
        }
        Self(digits)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let value = |of: &Self, at: usize| of.0.get(at).copied().unwrap_or(0);
        let longest = self.0.len().max(other.0.len());
        (0..longest)
            .rev()
            .map(|at| value(self, at).cmp(&value(other, at)))
            .find(|it| it.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The leading 96 bits or so, in units of the digit at `top`.
    fn leading(&self, top: usize) -> f64 {
        let digit = |down: usize| top.checked_sub(down).and_then(|at| self.0.get(at)).copied().map_or(0.0, f64::from);
        digit(0) + digit(1) / 2_f64.powi(32) + digit(2) / 2_f64.powi(64) + digit(3) / 2_f64.powi(96)
    }
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).expect("32 bits")
}

/// All probabilities of 0, 1, … bad ones of `n`, in units of 1000^-n.
struct Exact {
    weights: Vec<Whole>,
    all: Whole,
}

impl Exact {
    fn start() -> Self {
        Self { weights: vec![Whole(vec![1])], all: Whole(vec![1]) }
    }

    /// One sample more, bad with so many thousandths.
    fn grow(&mut self, bad: u32) {
        let mut next: Vec<Whole> = self.weights.iter().map(|weight| weight.times(1000 - bad)).collect();
        next.push(Whole(vec![0]));
        for (at, weight) in self.weights.iter().enumerate() {
            next[at + 1] = next[at + 1].plus(&weight.times(bad));
        }
        self.weights = next;
        self.all = self.all.times(1000);
    }

    /// The weight of at most `most` bad ones.
    fn up_to(&self, most: i64) -> Whole {
        let count = usize::try_from(most + 1).expect("at least -1");
        self.weights.iter().take(count).fold(Whole(vec![0]), |sum, weight| sum.plus(weight))
    }

    /// The weight of more than `most` bad ones.
    fn beyond(&self, most: i64) -> Whole {
        let count = usize::try_from(most + 1).expect("at least -1");
        self.weights.iter().skip(count).fold(Whole(vec![0]), |sum, weight| sum.plus(weight))
    }

    fn is_luck(&self, weight: &Whole) -> bool {
        weight.times(20).compare(&self.all).is_gt()
    }

    fn share(&self, weight: &Whole) -> f64 {
        let top = self.all.0.len() - 1;
        weight.leading(top) / self.all.leading(top)
    }
}

fn point(room_thousandths: i64, strict: bool) -> Allowed {
    Allowed::new(Rule::Point { target_e8: E8 - room_thousandths * THOUSANDTHS, strict })
}

fn bound(method: Method, confidence_e8: i64, room_thousandths: i64) -> Allowed {
    Allowed::new(Rule::Bound { method, confidence_e8, target_e8: E8 - room_thousandths * THOUSANDTHS })
}

/// Looks at every count up to `up_to` exactly; the count after the last at which luck has its way, by `weight`.
fn after_the_last(bad: u32, up_to: u64, weight: impl Fn(&Exact, u64) -> (Whole, f64)) -> u64 {
    let (mut exact, mut after) = (Exact::start(), 1);
    for n in 1..=up_to {
        exact.grow(bad);
        let (weight, ours) = weight(&exact, n);
        let theirs = exact.share(&weight);
        assert!((ours - theirs).abs() < 1e-12, "{n} samples, {bad} ‰ bad: {ours}, exactly {theirs}");
        if exact.is_luck(&weight) {
            after = n + 1;
        }
    }
    after
}

/// The chances and the least count of a bar, against every count up to `up_to`, which Chernoff's bound makes enough.
fn check_tell(allowed: &Allowed, bad: u32, up_to: u64) -> u64 {
    let bad_e8 = i64::from(bad) * THOUSANDTHS;
    let after = after_the_last(bad, up_to, |exact, n| {
        let weight = exact.up_to(allowed.at(n));
        let ours = clears(allowed, n, bad_e8);
        assert_eq!(ours.is_luck(), exact.is_luck(&weight), "{allowed:?} {n}");
        (weight, ours.share())
    });
    assert_eq!(enough_to_tell(allowed, bad_e8), Some(after), "{allowed:?}");
    after
}

#[test]
fn chances_to_clear_are_exact() {
    for (room, bad, up_to) in [
        (500, 550, 620),
        (300, 350, 520),
        (200, 250, 420),
        (100, 150, 290),
        (50, 100, 190),
        (30, 60, 330),
        (20, 40, 490),
    ] {
        for strict in [false, true] {
            check_tell(&point(room, strict), bad, up_to);
        }
    }
}

#[test]
fn chances_under_a_bound_are_exact() {
    for method in Method::ALL {
        for (room, bad) in [(100, 150), (50, 100)] {
            check_tell(&bound(method, 60_000_000, room), bad, 290);
            check_tell(&bound(method, 95_000_000, room), bad, 290);
        }
    }
}

#[test]
fn least_counts_are_those_of_the_statistics_page() {
    for (room, bad, least) in [
        (100, 110, 2701),
        (100, 120, 741),
        (100, 130, 352),
        (100, 150, 142),
        (50, 70, 461),
        (50, 80, 224),
        (50, 100, 103),
        (10, 20, 523),
        (10, 30, 208),
        (10, 60, 49),
    ] {
        assert_eq!(enough_to_tell(&point(room, false), bad * THOUSANDTHS), Some(least), "{room} {bad}");
    }
}

#[test]
fn chances_to_fail_are_exact() {
    for (bad, margin, up_to) in [(100_u32, 50, 330), (50, 50, 190), (50, 40, 260), (40, 30, 360), (10, 20, 260)] {
        let (allowed, bad_e8) = (point(i64::from(bad) + margin, false), i64::from(bad) * THOUSANDTHS);
        let after = after_the_last(bad, up_to, |exact, n| {
            let weight = exact.beyond(allowed.at(n));
            let ours = fails(&allowed, n, bad_e8);
            assert_eq!(ours.is_luck(), exact.is_luck(&weight), "{allowed:?} {n}");
            (weight, ours.share())
        });
        assert_eq!(enough_to_keep(&allowed, bad_e8), Some(after), "{bad} {margin}");
    }
}

#[test]
fn margins_do_and_no_rounder_one_below_does() {
    for bad in [1_u32, 10, 50, 100, 400] {
        let mut exact = Exact::start();
        for n in 1..=150 {
            exact.grow(bad);
            let bad_e8 = i64::from(bad) * THOUSANDTHS;
            let margin = least_margin(n, bad_e8);
            let luck = |margin: i64| {
                let most = i128::from(n) * i128::from(bad_e8 + margin) / i128::from(E8);
                exact.is_luck(&exact.beyond(i64::try_from(most).expect("a count")))
            };
            let unit = (0..9).map(|power| E8 / 100 / 10_i64.pow(power)).find(|unit| *unit <= margin.max(1)).expect("1");
            assert!(margin == 0 || margin % unit == 0, "{margin} is not round");
            assert!(!luck(margin), "{n} {bad}: {margin}");
            assert!(margin == 0 || luck(margin - unit) || margin == unit, "{n} {bad}: {margin}");
        }
    }
}

#[test]
fn a_tie_is_not_more_than_5_percent() {
    // One sample, good with exactly 5 %; and bad with exactly 5 %.
    assert!(!clears(&point(950, true), 1, 95 * E8 / 100).is_luck());
    assert!(!fails(&point(50, false), 1, 5 * E8 / 100).is_luck());
    assert!(clears(&point(950, true), 1, 949 * THOUSANDTHS).is_luck());
}

#[test]
fn the_ends_of_the_scale_have_answers() {
    assert_eq!(enough_to_tell(&point(950, false), E8), Some(1));
    assert_eq!(enough_to_keep(&point(500, false), 0), Some(1));
    // At 5 allowed of a mean of 10.51303 bad ones the Poisson distribution is at 5 %.
    assert_eq!(enough_to_tell(&Allowed::new(Rule::Point { target_e8: E8 - 1, strict: false }), 2), Some(525_651_741));
    assert_eq!(enough_to_keep(&Allowed::new(Rule::Point { target_e8: E8 / 2 - 1, strict: false }), E8 / 2), None);
    assert_eq!(least_margin(1, 0), 0);
    assert_eq!(least_margin(u64::from(u32::MAX), 5_000_000), 600);
}

#[test]
fn chances_read_well() {
    let words = [(100, 142, 150), (100, 20, 150), (100, 10, 150), (500, 1, 550)]
        .map(|(room, n, bad)| clears(&point(room, false), n, bad * THOUSANDTHS))
        .map(|chance| format!("{}, {}", chance.percent(), chance.in_looks()));
    assert_eq!(
        words,
        ["4.94%, one look in 20", "40.49%, 4 looks in 10", "54.43%, 5 looks in 10", "45%, 4 looks in 10"]
    );
}

/// One tick with a window of one tick and no hold is one look: so many looks in a row give the share of promotions.
#[test]
fn looks_agree_with_the_operating_characteristics_where_they_are() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/statistics/operating.csv");
    let path = std::env::var_os("CWRC_OPERATING_CSV").map_or(beside, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return println!("skipped: there is no {} (set CWRC_OPERATING_CSV to that file)", path.display());
    };
    let mut checked = 0;
    for line in text.lines().skip(1).filter(|line| line.contains("exact_dp")) {
        let cells: Vec<f64> = line.split(',').take(8).map_while(|cell| cell.parse().ok()).collect();
        let [good, n, 1.0, _, bar, 0.0, horizon, promoted] = cells[..] else { continue };
        let e8 = |share: f64| format!("{:.0}", share * 1e8).parse::<i64>().expect("a whole number");
        let allowed = Allowed::new(Rule::Point { target_e8: e8(bar), strict: false });
        let one = clears(&allowed, format!("{n:.0}").parse().expect("a count"), E8 - e8(good)).share();
        let any = 1.0 - (1.0 - one).powf(horizon);
        assert!((any - promoted).abs() < 1e-9, "{line}: {any}");
        checked += 1;
    }
    assert!(checked > 0, "no row of {} is a single look", path.display());
}
