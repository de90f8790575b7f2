//! The exact bound of Clopper and Pearson.
//!
//! The lower bound is the share `x` with `P(Bin(n, x) >= good) = alpha`, that is
//! `I_x(good, bad + 1) = alpha` (Clopper & Pearson 1934; statistics A1). The tail grows with `x`,
//! so the bound is at least `x` if and only if the tail at `x` is at most `alpha`: a test needs no
//! root.

use super::special::{binomial_tail, bisect, real};

/// Whether the bound for `good` of `n` samples is at least `share`, for `0 < share < 1` and
/// `0 < alpha < 0.5`.
pub(super) fn reaches(n: u64, good: u64, alpha: f64, share: f64) -> bool {
    // At or below the mean the tail is at least one half (the median is within one of the mean).
    real(good) > real(n) * share && binomial_tail(good, n, share) <= alpha
}

/// Lower bound on the share of good samples, for `1 <= good <= n`, a share in [0, 1].
pub(super) fn lower(n: u64, good: u64, alpha: f64) -> f64 {
    if good == n {
        // The closed form is exact where inverting the beta function is at its worst (statistics
        // A3).
        return libm::exp(libm::log(alpha) / real(n));
    }
    bisect(0.0, real(good) / real(n), |share| reaches(n, good, alpha, share))
}
