//! One-sided confidence bounds on a share, and the integer tables that every bar compiles to.
//!
//! A bar asks whether the share of good samples reaches a target, either as it stands (a point
//! rule) or through a lower bound at level `1 - alpha` (semantics §5, formulas in statistics A1 to
//! A3).
//! Both become one table `c(n)`, the largest number of bad samples allowed at `n` samples
//! ([`Allowed`]), which is what decides; the bounds as numbers are for printing.
//!
//! Only IEEE arithmetic, `sqrt` and the pure Rust functions of `libm` are used, so a table is the
//! same everywhere. The guard of semantics §5, `lower >= target + 1e-9`, moves the test off the
//! round values where exact ties occur.

mod anytime;
mod exact;
pub mod look;
#[cfg(test)]
mod look_tests;
mod special;
mod table;
#[cfg(test)]
mod tests;
mod wilson;

pub use special::{binomial_cdf, real};
pub use table::{Allowed, Rule};

/// The scale of the exact shares of this module: 1 is 100,000,000 hundred-millionths, enough for a
/// percentage with six decimals.
pub const E8: i64 = 100_000_000;

/// The largest number of samples that is computed with; more are judged as this many, which is the
/// harder side.
const MAX_SAMPLES: u64 = 1 << 40;

/// How a bound is computed (semantics §5, statistics A1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Clopper–Pearson: at least `1 - alpha` for a single look.
    Exact,
    /// Wilson score without continuity correction: approximate, too optimistic near a share of 1.
    Wilson,
    /// Time-uniform truncated Beta(1, 1) mixture: at least `1 - alpha` under any number of looks
    /// from one start.
    Anytime,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Wilson, Self::Anytime];

    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Wilson => "wilson",
            Self::Anytime => "anytime",
        }
    }
}

/// One-sided lower bound at level `1 - alpha` on the share of good samples, of `n` samples of which
/// `bad` are bad.
///
/// The result is a share in [0, 1]; it is 0 without a good sample.
/// An `alpha` outside (0, 0.5) gives the bound that claims nothing, 0; more bad samples than
/// samples count as all bad. Formulas: statistics A1 and A2.
#[must_use]
pub fn lower(method: Method, n: u64, bad: u64, alpha: f64) -> f64 {
    let (n, good) = counted(n, bad);
    if good == 0 || !is_level(alpha) {
        return 0.0;
    }
    match method {
        Method::Exact => exact::lower(n, good, alpha),
        Method::Wilson => wilson::lower(n, good, special::normal_quantile(alpha)),
        Method::Anytime => anytime::lower(n, good, alpha),
    }
}

/// One-sided upper bound at level `1 - alpha` on the share of good samples, the mirror image of
/// [`lower`].
///
/// The result is a share in [0, 1], 1 without a bad sample; for arguments out of range see
/// [`lower`].
#[must_use]
pub fn upper(method: Method, n: u64, bad: u64, alpha: f64) -> f64 {
    1.0 - lower(method, n, n.saturating_sub(bad), alpha)
}

/// Whether the lower bound reaches the target by the guarded comparison of semantics §5,
/// `lower >= target + 1e-9`.
///
/// Confidence and target are shares in hundred-millionths ([`E8`]), the target on the good side.
/// A confidence outside (50 %, 100 %) and a target of 100 % are never reached.
/// No bound is solved for: the test is evaluated once, at the target.
#[must_use]
pub fn reaches(method: Method, n: u64, bad: u64, confidence_e8: i64, target_e8: i64) -> bool {
    Guarded::new(method, confidence_e8, target_e8).is_some_and(|guarded| guarded.reaches(n, bad))
}

/// The test of one bar: a method at one level against one target.
#[derive(Debug)]
struct Guarded {
    method: Method,
    alpha: f64,
    /// Upper `alpha` quantile of the normal distribution.
    z: f64,
    /// The share to be reached: the target plus 1e-9.
    share: f64,
}

impl Guarded {
    /// The test at a confidence and a target in hundred-millionths, or none if nothing can ever
    /// pass it.
    fn new(method: Method, confidence_e8: i64, target_e8: i64) -> Option<Self> {
        if !(E8 / 2 < confidence_e8 && confidence_e8 < E8 && target_e8 < E8) {
            return None;
        }
        // Both are exact decimals up to this one division each, which IEEE rounds correctly.
        let alpha = special::real((E8 - confidence_e8).unsigned_abs()) / 1e8;
        let share = special::real((target_e8.max(0) * 10 + 1).unsigned_abs()) / 1e9;
        Some(Self { method, alpha, z: special::normal_quantile(alpha), share })
    }

    /// Whether the lower bound for these counts is at least the share.
    fn reaches(&self, n: u64, bad: u64) -> bool {
        let (n, good) = counted(n, bad);
        if good == 0 {
            return false;
        }
        match self.method {
            Method::Exact => exact::reaches(n, good, self.alpha, self.share),
            Method::Wilson => wilson::reaches(n, good, self.z, self.share),
            Method::Anytime => anytime::reaches(n, good, self.alpha, self.share),
        }
    }
}

/// Whether a one-sided bound at this error makes sense; false for NaN too.
fn is_level(alpha: f64) -> bool {
    0.0 < alpha && alpha < 0.5
}

/// Samples and good samples to compute with; beyond [`MAX_SAMPLES`] they are scaled down, the good
/// ones rounded down.
fn counted(n: u64, bad: u64) -> (u64, u64) {
    let good = n.saturating_sub(bad);
    if n <= MAX_SAMPLES {
        return (n, good);
    }
    let scaled = u128::from(good) * u128::from(MAX_SAMPLES) / u128::from(n);
    (MAX_SAMPLES, u64::try_from(scaled).unwrap_or(0))
}
