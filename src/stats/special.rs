//! Binomial probabilities, the normal quantile and bisection: the special functions under the
//! bounds.
//!
//! The probability of a count is Loader's saddle-point form (C. Loader 2000, "Fast and accurate
//! computation of binomial probabilities"), which keeps its digits where differences of `lgamma`
//! lose them. A tail is the regularised incomplete beta function at whole parameters,
//! `P(Bin(n, p) >= s) = I_p(s, n-s+1)`, summed as `P(X = s) (1 + r_0 + r_0 r_1 + ...)` with
//! `r_j = (n-s-j)/(s+1+j) p/(1-p)` (DLMF 8.17.5), always on the side of the mean where the terms
//! fall: all are positive, so nothing cancels, and about nine standard deviations of them matter.

use std::f64::consts::TAU;

/// `ln n! - ln(sqrt(2 pi n) (n/e)^n)` for n = 1 to 15, where the series of [`stirling_error`] is
/// not exact enough.
const STIRLING_ERRORS: [f64; 15] = [
    0.081_061_466_795_327_26,
    0.041_340_695_955_409_3,
    0.027_677_925_684_998_34,
    0.020_790_672_103_765_093,
    0.016_644_691_189_821_193,
    0.013_876_128_823_070_748,
    0.011_896_709_945_891_77,
    0.010_411_265_261_972_096,
    0.009_255_462_182_712_733,
    0.008_330_563_433_362_87,
    0.007_573_675_487_951_841,
    0.006_942_840_107_209_53,
    0.006_408_994_188_004_207,
    0.005_951_370_112_758_847_5,
    0.005_554_733_551_962_801,
];

/// The share of a sum below which its remaining terms, each smaller than the last, no longer count.
const NEGLIGIBLE: f64 = 1e-19;

/// The steps a bisection makes at most: enough for every bound above 1e-20 to be exact to the last
/// digit.
const BISECTIONS: u32 = 120;

/// `P(Bin(n, p) <= k)`, the probability of at most `k` successes in `n` trials.
///
/// The relative error is below 1e-12 for `n` up to 1e7 as long as the value is above 1e-12, for the
/// `p` given in binary. Time grows with the standard deviation: about 10 µs at `n` = 1e7.
/// A `p` outside [0, 1] counts as the nearer end; NaN gives NaN.
#[must_use]
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if p.is_nan() {
        f64::NAN
    } else if k >= n || p <= 0.0 {
        1.0
    } else if p >= 1.0 {
        0.0
    } else if is_above_mean(k, n, p) {
        1.0 - sum_up(k + 1, n, p)
    } else {
        sum_down(k, n, p)
    }
}

/// `P(Bin(n, p) >= k)`, for `0 < p < 1`, as accurate as [`binomial_cdf`].
pub(super) fn binomial_tail(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        1.0
    } else if k > n {
        0.0
    } else if is_above_mean(k, n, p) {
        sum_up(k, n, p)
    } else {
        1.0 - sum_down(k - 1, n, p)
    }
}

/// `ln P(Bin(n, p) = k)`, for `0 < p < 1` and `k <= n`.
pub(super) fn ln_pmf(k: u64, n: u64, p: f64) -> f64 {
    let (hits, all) = (real(k), real(n));
    if k == 0 {
        return all * libm::log1p(-p);
    }
    if k == n {
        return all * libm::log(p);
    }
    let misses = real(n - k);
    // The distance from the mean is rounded once only, and shared by both sides.
    let distance = libm::fma(-all, p, hits);
    let rounding = stirling_error(n) - stirling_error(k) - stirling_error(n - k);
    let scale = libm::log(TAU * hits * (misses / all)) / 2.0;
    rounding - deviance(hits, all * p, distance) - deviance(misses, all * (1.0 - p), -distance) - scale
}

/// The `z` a standard normal variable exceeds with probability `alpha`, for `0 < alpha < 0.5`.
pub(super) fn normal_quantile(alpha: f64) -> f64 {
    bisect(0.0, 40.0, |z| libm::erfc(z / std::f64::consts::SQRT_2) / 2.0 >= alpha)
}

/// The end of the interval up to which `holds` is true, for a condition that is true first and
/// false after.
pub(super) fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..BISECTIONS {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// A count as a floating-point number.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts below 2^53 are exact, and larger ones are off by 1e-16 of themselves only"
)]
#[must_use]
pub fn real(count: u64) -> f64 {
    count as f64
}

/// Whether the probabilities fall from `k` upwards.
fn is_above_mean(k: u64, n: u64, p: f64) -> bool {
    real(k) > real(n) * p
}

/// `P(X >= k)` for `1 <= k <= n` at or above the mean.
fn sum_up(k: u64, n: u64, p: f64) -> f64 {
    libm::exp(ln_pmf(k, n, p)) * falling_sum(n - k, k + 1, p / (1.0 - p))
}

/// `P(X <= k)` for `k < n` at or below the mean, which is the upper tail of the misses.
fn sum_down(k: u64, n: u64, p: f64) -> f64 {
    libm::exp(ln_pmf(k, n, p)) * falling_sum(k, (n - k).saturating_add(1), (1.0 - p) / p)
}

/// `1 + r_0 + r_0 r_1 + ...` with `r_j = (above - j) / (below + j) * odds`, at most up to the term
/// that is zero.
fn falling_sum(above: u64, below: u64, odds: f64) -> f64 {
    let (mut above, mut below) = (real(above), real(below));
    let (mut sum, mut term) = (1.0, 1.0);
    while above > 0.0 && term > sum * NEGLIGIBLE {
        term *= above / below * odds;
        sum += term;
        above -= 1.0;
        below += 1.0;
    }
    sum
}

/// `x ln(x/mean) - (x - mean)` without cancellation near the mean, given `distance = x - mean`
/// (Loader's `bd0`).
fn deviance(x: f64, mean: f64, distance: f64) -> f64 {
    let ratio = distance / (x + mean);
    if ratio.abs() > 0.25 {
        return x * libm::log(x / mean) - distance;
    }
    let square = ratio * ratio;
    let mut sum = distance * ratio;
    let mut power = 2.0 * x * ratio;
    for odd in (3_u32..).step_by(2) {
        power *= square;
        let next = sum + power / f64::from(odd);
        if same(next, sum) {
            break;
        }
        sum = next;
    }
    sum
}

/// Whether a series no longer moves.
#[expect(clippy::float_cmp, reason = "a sum has converged when the next term leaves every bit as it was")]
fn same(next: f64, sum: f64) -> bool {
    next == sum
}

/// `ln n!` minus Stirling's formula: tabulated up to 15, above that five terms of the asymptotic
/// series (DLMF 5.11.1).
fn stirling_error(n: u64) -> f64 {
    let tabulated = usize::try_from(n).ok().and_then(|n| STIRLING_ERRORS.get(n.checked_sub(1)?));
    tabulated.copied().unwrap_or_else(|| {
        let square = real(n) * real(n);
        let tail = 1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / 360_360.0 / square) / square;
        (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - tail / square) / square) / square) / real(n)
    })
}
