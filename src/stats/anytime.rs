//! The anytime bound: a one-sided Beta(1, 1) mixture truncated to shares above the target
//! (statistics A2).
//!
//! The evidence against "the share is at most `p`" is
//! `M(p) = B(1+s, 1+f) SF_Beta(1+s,1+f)(p) / (p^s (1-p)^f (1-p))` with `s` good and `f` bad
//! samples; by Ville's inequality it ever reaches `1/alpha` with probability at most `alpha`,
//! however often one looks. In binomial terms, `X ~ Bin(s+f+1, p)`, this is
//! `M(p) = P(X <= s) / ((f+1) P(X = s))`, which is how it is computed. Up to `p = s/n` it falls
//! with `p`, so the bound is at least `p` if and only if `p < s/n` and `M(p) >= 1/alpha`.

use super::special::{binomial_tail, bisect, ln_pmf, real};

/// Whether the bound for `good` of `n` samples is at least `share`, for `0 < share < 1` and
/// `0 < alpha < 0.5`.
pub(super) fn reaches(n: u64, good: u64, alpha: f64, share: f64) -> bool {
    real(good) > real(n) * share && ln_evidence(n, good, share) >= -libm::log(alpha)
}

/// Lower bound on the share of good samples, for `1 <= good <= n`, a share in [0, 1].
pub(super) fn lower(n: u64, good: u64, alpha: f64) -> f64 {
    bisect(0.0, real(good) / real(n), |share| reaches(n, good, alpha, share))
}

/// `ln M(share)`, for a share below the observed one.
fn ln_evidence(n: u64, good: u64, share: f64) -> f64 {
    // `good` is above the mean, so the small tail is the upper one, and subtracting it loses
    // nothing.
    let up_to_good = libm::log1p(-binomial_tail(good + 1, n + 1, share));
    up_to_good - libm::log(real(n - good + 1)) - ln_pmf(good, n + 1, share)
}
