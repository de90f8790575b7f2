//! c(n): the largest number of bad samples allowed at n samples (semantics §5; statistics.md A1 to A3).
//! Everything here asks one question: does the lower bound for the good share reach the target by the guard?
//! For lower-is-better the upper bound for the bad share is 1 minus the lower bound for the good share.

#![allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

use super::decimal::UNIT;
use super::policy::{Method, Op};

/// "Where a bound is within 1e-9 of the target, the table takes the harder side."
const GUARD: f64 = 1e-9;

/// With confidence `level`; −1 if nothing clears.
pub(crate) fn allowed_with_confidence(op: Op, target: i128, level: i128, method: Method, n: i128) -> i128 {
    let share = if op.higher_is_better() { target } else { UNIT - target };
    let wanted = share as f64 / UNIT as f64 + GUARD;
    let alpha = (UNIT - level) as f64 / UNIT as f64;
    if n == 0 || wanted >= 1.0 {
        return -1;
    }
    let facts = Factorials::up_to(n + 1);
    let mut bad = -1;
    while bad < n && reaches(&facts, method, n, bad + 1, wanted, alpha) {
        bad += 1;
    }
    bad
}

/// Is the lower bound for the good share at least `wanted`, with `bad` bad samples among `n`?
fn reaches(facts: &Factorials, method: Method, n: i128, bad: i128, wanted: f64, alpha: f64) -> bool {
    match method {
        // The Clopper-Pearson bound x solves P(at least n − bad good | x) = alpha, and grows with x: no root needed.
        Method::Exact => bad < n && facts.at_most(n, bad, 1.0 - wanted) <= alpha,
        Method::Wilson => wilson_lower(n, n - bad, alpha) >= wanted,
        Method::Anytime => anytime_reaches(facts, n, bad, wanted, alpha),
    }
}

fn wilson_lower(n: i128, good: i128, alpha: f64) -> f64 {
    let (trials, share) = (n as f64, good as f64 / n as f64);
    let z = normal_quantile(1.0 - alpha);
    let root = (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
    let bound = (share + z * z / (2.0 * trials) - z * root) / (1.0 + z * z / trials);
    bound.clamp(0.0, 1.0)
}

/// A2, one-sided, truncated Beta(1,1): passes iff s > p n and ln M1(p) >= ln(1/alpha), with
/// ln M1 = ln B(1+s, 1+f) − s ln p − f ln(1−p) + ln SF_Beta(1+s, 1+f)(p) − ln(1−p),
/// where SF_Beta(1+s, 1+f)(p) = P(at most s successes in n + 1 trials of p).
fn anytime_reaches(facts: &Factorials, n: i128, bad: i128, p: f64, alpha: f64) -> bool {
    let (good, trials) = (n - bad, n as f64);
    if good as f64 <= p * trials {
        return false;
    }
    let ln_beta = facts.ln(good) + facts.ln(bad) - facts.ln(n + 1);
    let survival = facts.at_most(n + 1, good, p).ln();
    let failures = (-p).ln_1p();
    let ln_m = ln_beta - good as f64 * p.ln() - bad as f64 * failures + survival - failures;
    ln_m >= -alpha.ln()
}

/// ln k!, as plain sums.
struct Factorials(Vec<f64>);

impl Factorials {
    fn up_to(n: i128) -> Factorials {
        let mut sums = vec![0.0];
        for k in 1..=n {
            sums.push(sums[sums.len() - 1] + (k as f64).ln());
        }
        Factorials(sums)
    }

    fn ln(&self, k: i128) -> f64 {
        self.0[usize::try_from(k).expect("not negative")]
    }

    /// P(at most `most` of `n` trials with probability `p`), 0 < p < 1, term by term.
    fn at_most(&self, n: i128, most: i128, p: f64) -> f64 {
        let term = |k: i128| {
            let ways = self.ln(n) - self.ln(k) - self.ln(n - k);
            (ways + k as f64 * p.ln() + (n - k) as f64 * (-p).ln_1p()).exp()
        };
        (0..=most).map(term).sum()
    }
}

/// z with Phi(z) = level, by halving; Phi by its series.
fn normal_quantile(level: f64) -> f64 {
    let (mut low, mut high) = (0.0, 8.5);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if normal_below(middle) < level { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/15 + …).
fn normal_below(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term > sum * 1e-18 {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    0.5 + density * sum
}

#[cfg(test)]
mod tests {
    use super::{Method, Op, UNIT, allowed_with_confidence};

    /// statistics.md A2: "Minimum trials to pass with exactly f failures (bar .95, alpha .05)".
    #[test]
    fn the_table_of_least_trials_comes_out() {
        let percent = UNIT / 100;
        let table = [
            (Method::Wilson, [52, 87, 118, 202, 331, 572]),
            (Method::Exact, [59, 93, 124, 208, 336, 577]),
            (Method::Anytime, [88, 134, 174, 277, 430, 709]),
        ];
        for (method, least) in table {
            for (failures, trials) in [0, 1, 2, 5, 10, 20].into_iter().zip(least) {
                for (op, target) in [(Op::Ge, 95 * percent), (Op::Le, 5 * percent)] {
                    let allowed = |n| allowed_with_confidence(op, target, 95 * percent, method, n);
                    assert!(allowed(trials) >= failures && allowed(trials - 1) < failures, "{method:?} {failures}");
                }
            }
        }
    }
}
