//! One look at `n` samples of an agent whose true share of bad ones is known: how often luck alone
//! clears a bar, or fails one that is kept, and what would keep that to one look in 20.
//!
//! The chance that `X ~ Bin(n, q)` stays within `c(n)` is a saw-tooth in `n`: it falls while `c(n)`
//! stays, and jumps where it rises. That it stays at or below 5 % for every larger count is
//! therefore shown in two parts. Beyond a horizon Chernoff's bound shows it for all `n`: a table
//! never allows a larger share of bad samples than its target does, `c(n) <= n a`, and
//! `P(X <= n a) <= exp(-n KL(a, q))` for `a < q` with
//! `KL(a, q) = a ln(a/q) + (1-a) ln((1-a)/(1-q))`, which is at most 5 % from `ln 20 / KL(a, q)` on.
//! Up to there each tooth is looked at where it is highest.

use super::special::{binomial_cdf, real};
use super::{Allowed, E8};

/// What luck may do: one look in 20.
const LUCK: f64 = 0.05;

/// The same in hundred-millionths.
const LUCK_E8: i64 = 5_000_000;

/// Chances this near above [`LUCK`] count as that (one sample at a share of 5 % is exactly it).
/// They are computed to 1e-12 with pure Rust functions, so every platform decides alike.
const GUARD: f64 = 1e-9;

/// The most teeth of a saw that are looked at; a target and a margin that need more have no answer.
const TEETH: u64 = 20_000;

/// The probability of an event.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Chance(f64);

impl Chance {
    /// Whether it is more than 5 %.
    #[must_use]
    pub fn is_luck(self) -> bool {
        self.0 > LUCK + GUARD
    }

    /// As a percentage for people: `8.33%`, with two decimals.
    #[must_use]
    pub fn percent(self) -> String {
        let rounded = format!("{:.2}", self.0 * 100.0);
        format!("{}%", rounded.trim_end_matches('0').trim_end_matches('.'))
    }

    /// How often it happens, for people: `one look in 12`.
    #[must_use]
    pub fn in_looks(self) -> String {
        match self.0 {
            p if p < 0.36 => format!("one look in {:.0}", 1.0 / p),
            p if p < 0.95 => format!("{:.0} looks in 10", p * 10.0),
            _ => "nearly every look".to_owned(),
        }
    }

    #[cfg(test)]
    pub(super) fn share(self) -> f64 {
        self.0
    }
}

/// How likely one look at `n` samples clears a bar with this table, `bad_e8` being the true share of
/// bad ones in hundred-millionths.
#[must_use]
pub fn clears(allowed: &Allowed, n: u64, bad_e8: i64) -> Chance {
    let most = u64::try_from(allowed.at(n));
    Chance(most.map_or(0.0, |most| binomial_cdf(most, n, share(bad_e8))))
}

/// How likely one look at `n` samples fails it.
#[must_use]
pub fn fails(allowed: &Allowed, n: u64, bad_e8: i64) -> Chance {
    Chance(1.0 - clears(allowed, n, bad_e8).0)
}

/// The least number of samples from which on, for every larger number too, one look clears with at
/// most 5 %, `bad_e8` being above the share of bad samples that the table's target leaves room for.
///
/// `None` if that is beyond what can be computed.
#[must_use]
pub fn enough_to_tell(allowed: &Allowed, bad_e8: i64) -> Option<u64> {
    enough_for(allowed, bad_e8, LUCK_E8)
}

/// The same for another chance than 5 %, in hundred-millionths.
#[must_use]
pub fn enough_for(allowed: &Allowed, bad_e8: i64, luck_e8: i64) -> Option<u64> {
    let luck = share(luck_e8);
    let teeth = Teeth::new(allowed, bad_e8, luck)?;
    let is_luck = |n: &u64| clears(allowed, *n, bad_e8).0 > luck + GUARD;
    // Within a tooth the chance falls: it is highest at the first count.
    let (first, last) = teeth.downwards().find(|(first, _)| is_luck(first)).unwrap_or((0, 0));
    let (mut low, mut high) = (first, last + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if is_luck(&middle) { low = middle } else { high = middle }
    }
    Some(high)
}

/// The least number of samples from which on, for every larger number too, one look fails with at
/// most 5 %, `bad_e8` being below the share of bad samples that the table's target leaves room for.
///
/// `None` if that is beyond what can be computed.
#[must_use]
pub fn enough_to_keep(allowed: &Allowed, bad_e8: i64) -> Option<u64> {
    let teeth = Teeth::new(allowed, bad_e8, LUCK)?;
    // Within a tooth the chance rises: it is highest at the last count.
    let is_luck = |last: &u64| fails(allowed, *last, bad_e8).is_luck();
    Some(teeth.downwards().find(|(_, last)| is_luck(last)).map_or(1, |(_, last)| last + 1))
}

/// The least round margin, in hundred-millionths, with which a look at `n` samples fails a keep bar
/// with at most 5 % where the true share of bad ones, `bad_e8`, is exactly what its target allows.
///
/// Round is a whole percentage point, or one digit of a point below that.
#[must_use]
pub fn least_margin(n: u64, bad_e8: i64) -> i64 {
    let (mut low, mut high) = (-1_i128, i128::from(n));
    while high - low > 1 {
        let most = low + (high - low) / 2;
        let beyond = 1.0 - binomial_cdf(u64::try_from(most).unwrap_or(0), n, share(bad_e8));
        if Chance(beyond).is_luck() { low = most } else { high = most }
    }
    // The least margin that allows `high` bad samples: n (bad + margin) >= high.
    let n = i128::from(n.max(1));
    let least = (high * i128::from(E8) + n - 1).div_euclid(n);
    round_up(i64::try_from(least).unwrap_or(E8).saturating_sub(bad_e8).max(0))
}

fn round_up(margin_e8: i64) -> i64 {
    let mut unit = E8 / 100;
    while unit > margin_e8.max(1) {
        unit /= 10;
    }
    (margin_e8 + unit - 1).div_euclid(unit) * unit
}

/// The saw up to the horizon: first and last count of each tooth, on which `c(n)` is the same.
struct Teeth {
    /// The least counts at which 0, 1, 2, … bad samples are allowed.
    firsts: Vec<u64>,
    horizon: u64,
}

impl Teeth {
    fn new(allowed: &Allowed, bad_e8: i64, luck: f64) -> Option<Self> {
        let horizon = horizon(allowed.room_e8(), bad_e8, luck)?;
        let most = allowed.at(horizon);
        if most > i64::try_from(TEETH).unwrap_or(i64::MAX) {
            return None;
        }
        Some(Self { firsts: allowed.steps(horizon, usize::MAX), horizon })
    }

    fn downwards(&self) -> impl Iterator<Item = (u64, u64)> {
        let lasts = self.firsts.iter().skip(1).map(|next| next - 1).chain([self.horizon]);
        self.firsts.iter().copied().zip(lasts.collect::<Vec<_>>()).rev()
    }
}

/// From how many samples on Chernoff's bound is at most what luck may do, a hundredth more for
/// rounding: between an allowed and a true share of bad samples, both in hundred-millionths.
fn horizon(allowed_e8: i64, bad_e8: i64, luck: f64) -> Option<u64> {
    let (a, q) = (share(allowed_e8), share(bad_e8));
    let part = |x: f64, y: f64| if x > 0.0 { x * libm::log(x / y) } else { 0.0 };
    let divergence = part(a, q) + part(1.0 - a, 1.0 - q);
    let horizon = -libm::log(luck) / divergence * 1.01 + 1.0;
    whole(horizon)
}

/// A number of samples, rounded up, if it is one that can be computed with.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 2^40")]
fn whole(number: f64) -> Option<u64> {
    (0.0..real(super::MAX_SAMPLES)).contains(&number).then(|| libm::ceil(number) as u64)
}

fn share(e8: i64) -> f64 {
    real(e8.max(0).unsigned_abs()) / 1e8
}
