//! The Wilson score bound, without continuity correction.
//!
//! `(p + z²/2n - z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)` with `p = good/n` (Wilson 1927;
//! statistics A1). It is the share `x` below `p` that solves `good - n x = z sqrt(n x (1-x))`, so a
//! test needs no root.

use super::special::real;

/// Whether the bound for `good` of `n` samples is at least `share`, for `0 < share < 1` and
/// `z > 0`.
pub(super) fn reaches(n: u64, good: u64, z: f64, share: f64) -> bool {
    // Unlike the bound itself, this distance keeps its digits however many samples there are.
    let distance = libm::fma(-real(n), share, real(good));
    distance >= z * (real(n) * share * (1.0 - share)).sqrt()
}

/// Lower bound on the share of good samples for `n >= 1` samples and the normal quantile `z`, a
/// share in [0, 1].
pub(super) fn lower(n: u64, good: u64, z: f64) -> f64 {
    let n_real = real(n);
    let share = real(good) / n_real;
    // The complement from its own count keeps its digits when the share is near 1.
    let rest = real(n.saturating_sub(good)) / n_real;
    let spread = z * z / n_real;
    let radius = z * (share * rest / n_real + spread / (4.0 * n_real)).sqrt();
    ((share + spread / 2.0 - radius) / (1.0 + spread)).clamp(0.0, 1.0)
}
