//! How much more evidence a bar needs: exact, from its table c(n).

use crate::plan::Limit;
use crate::replay::{Reading, Standing};
use crate::stats::Allowed;

/// More further samples than this are as good as never.
const MOST: u64 = 1 << 32;

/// What a bar that does not clear still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// So many further samples to reach `min`, and to clear at the least so many, all good: the first is never more.
    Samples {
        /// To reach `min`.
        to_min: u64,
        /// To clear, all good; `None` where no number would do, or it cannot be said (a mean).
        to_clear: Option<u64>,
    },
    /// There are enough; at the least so many further ones, all good.
    Good(u64),
    /// No number of further good samples would do.
    Never,
    /// It cannot be said: a mean.
    Unknown,
}

/// What a reading of a gate needs; `None` if it clears.
pub(super) fn need(reading: &Reading) -> Option<Need> {
    let to_min = reading.bar.min.saturating_sub(reading.tally.n);
    match (reading.standing, &reading.bar.limit) {
        (Standing::Clears, _) => None,
        (Standing::Short, Limit::Mean { .. }) => Some(Need::Unknown),
        (Standing::Short, Limit::Share { allowed, .. }) => {
            Some(further(allowed, reading.tally.n, reading.tally.bad).map_or(Need::Never, Need::Good))
        }
        (_, Limit::Mean { .. }) => Some(Need::Samples { to_min, to_clear: None }),
        (_, Limit::Share { allowed, .. }) => {
            let to_clear = further(allowed, reading.tally.n, reading.tally.bad).map(|k| k.max(to_min));
            Some(Need::Samples { to_min, to_clear })
        }
    }
}

/// The least k with `bad <= c(n + k)`.
///
/// c never falls, so doubling finds an end and halving the place.
pub(super) fn further(allowed: &Allowed, n: u64, bad: u64) -> Option<u64> {
    let clears = |k: u64| allowed.clears(n.saturating_add(k), bad);
    if clears(0) {
        return Some(0);
    }
    let (mut low, mut high) = (0, 1);
    while !clears(high) {
        if high >= MOST {
            return None;
        }
        (low, high) = (high, high * 2);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if clears(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Method, Rule};

    #[test]
    fn the_least_number_is_exact() {
        let bound = Rule::Bound { method: Method::Exact, confidence_e8: 95_000_000, target_e8: 96_000_000 };
        let point = Rule::Point { target_e8: 90_000_000, strict: false };
        for rule in [bound, point] {
            let allowed = Allowed::new(rule);
            for (n, bad) in [(0, 0), (10, 1), (143, 7), (512, 27), (500, 0)] {
                let k = further(&allowed, n, bad).expect("some number does");
                assert!(allowed.clears(n + k, bad), "{rule:?} {n} {bad} {k}");
                assert!(k == 0 || !allowed.clears(n + k - 1, bad), "{rule:?} {n} {bad} {k}");
            }
        }
    }

    #[test]
    fn what_is_never_reached_is_said() {
        let all = Allowed::new(Rule::Point { target_e8: 100_000_000, strict: false });
        assert_eq!(further(&all, 10, 1), None);
        assert_eq!(further(&all, 10, 0), Some(0));
        let beyond = Allowed::new(Rule::Point { target_e8: 100_000_000, strict: true });
        assert_eq!(further(&beyond, 10, 0), None);
    }
}
