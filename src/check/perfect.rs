//! The least number of samples at which a perfect record clears a bar with confidence (semantics §5, statistics A1, A2).

use crate::model::policy::{Confidence, Method};

/// More samples than this are none that anybody will ever have.
const MOST: u64 = 1 << 40;
/// One in hundred-millionths.
const ONE: i64 = 100_000_000;

/// The least `n` at which `n` good samples of `n` reach a share of good samples, if there is one. The bound must reach
/// the share and 1e-9 more, so 100 % is never reached.
pub(super) fn least(confidence: Confidence, share_e8: i64) -> Option<u64> {
    let level_e8 = confidence.level.hundred_millionths()?;
    if share_e8 >= ONE || level_e8 >= ONE || level_e8 * 2 <= ONE {
        return None;
    }
    let alpha = real(ONE - level_e8) / real(ONE);
    let share = real(share_e8.max(0) * 10 + 1) / real(ONE * 10);
    first(|n| clears(confidence.method, n, alpha, share))
}

fn clears(method: Method, n: f64, alpha: f64, share: f64) -> bool {
    match method {
        Method::Exact => n * libm::log(share) <= libm::log(alpha),
        Method::Wilson => {
            let z = normal_quantile(alpha);
            n / (n + z * z) >= share
        }
        Method::Anytime => {
            let above = libm::log1p(-libm::pow(share, n + 1.0)) - libm::log1p(-share);
            above - libm::log1p(n) - n * libm::log(share) >= -libm::log(alpha)
        }
    }
}

/// The least `n` from 1 to [`MOST`] for which `holds`, which once true stays true.
fn first(holds: impl Fn(f64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (0, MOST);
    let count = |n: u64| real(i64::try_from(n).unwrap_or(i64::MAX));
    if !holds(count(high)) {
        return None;
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if holds(count(middle)) { high = middle } else { low = middle }
    }
    Some(high)
}

/// The `z` above which a normal variable lies with chance `alpha`.
fn normal_quantile(alpha: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        let above = libm::erfc(middle * std::f64::consts::FRAC_1_SQRT_2) / 2.0;
        if above > alpha { low = middle } else { high = middle }
    }
    high
}

#[expect(clippy::cast_precision_loss, reason = "counts up to 2^40 and shares up to 10^9 are exact")]
fn real(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::{Confidence, Method, least};

    #[test]
    fn agrees_with_the_table_of_statistics_a2() {
        let level = "0.95".parse().expect("a share");
        for (method, n) in [(Method::Wilson, 52), (Method::Exact, 59), (Method::Anytime, 88)] {
            assert_eq!(least(Confidence { level, method }, 95_000_000), Some(n), "{method:?}");
            assert_eq!(least(Confidence { level, method }, 100_000_000), None);
        }
    }
}
