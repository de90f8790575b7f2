//! The integer table of a bar: `c(n)`, the largest number of bad samples allowed at `n` samples.
//!
//! A point rule is exact integer arithmetic: `good/n >= t` is `bad * 10^8 <= n * (10^8 - t_e8)`
//! (semantics §3). A bound rule is searched for with the guarded test of semantics §5. In exact
//! arithmetic all three bounds rise with a good sample and do not rise with a bad one, so
//! `c(n) <= c(n+1) <= c(n) + 1`: for the exact tail `T(n, s)`,
//! `T(n+1, s+1) <= T(n, s) <= T(n+1, s)`; the anytime evidence is multiplied by the mean of
//! `theta/p >= 1`, or of `(1-theta)/(1-p) <= 1`; the Wilson score `(s - np)/sqrt(n)` grows by a
//! good sample and falls by a bad one wherever it is positive. What is compared moves by more than
//! 1e-11 of itself from one `n` to the next up to 2^40 samples, and its rounding by less, so this
//! holds for the computed values too, and remembered values of other `n` may narrow a search
//! without the answer depending on which `n` was asked first.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::{E8, Guarded, MAX_SAMPLES, Method};

/// The values of `c` remembered per bar; beyond this many they are computed anew each time.
const REMEMBERED: usize = 1 << 16;

/// What a bar demands of the share of good samples; all shares in hundred-millionths ([`E8`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The share as it stands is at least the target (or above it).
    Point {
        /// Least share of good samples.
        target_e8: i64,
        /// Whether meeting the target exactly is not enough.
        strict: bool,
    },
    /// The lower bound on the share at this confidence reaches the target.
    Bound {
        /// How the bound is computed.
        method: Method,
        /// Level of the bound, one minus the error.
        confidence_e8: i64,
        /// Least share of good samples.
        target_e8: i64,
    },
}

/// One bar's integer table, computed as it is asked for.
#[derive(Debug)]
pub struct Allowed {
    test: Test,
    /// Share of bad samples the target leaves room for, in hundred-millionths.
    room_e8: i64,
}

/// How a table decides.
#[derive(Debug)]
enum Test {
    Never,
    Point { strict: bool },
    Bound { guarded: Guarded, memo: RwLock<BTreeMap<u64, i64>> },
}

impl Allowed {
    /// The table of a rule.
    ///
    /// A target below 0 % counts as at least 0 %; one above 100 %, and a confidence outside (50 %,
    /// 100 %), are never reached, and neither is 100 % with confidence (semantics §5).
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        match rule {
            Rule::Point { target_e8, strict } => {
                let test = if target_e8 > E8 { Test::Never } else { Test::Point { strict: strict && target_e8 >= 0 } };
                Self { test, room_e8: E8 - target_e8.clamp(0, E8) }
            }
            Rule::Bound { method, confidence_e8, target_e8 } => {
                let test = Guarded::new(method, confidence_e8, target_e8)
                    .map_or(Test::Never, |guarded| Test::Bound { guarded, memo: RwLock::default() });
                Self { test, room_e8: E8 - target_e8.clamp(0, E8) }
            }
        }
    }

    /// The share of bad samples that the target leaves room for, in hundred-millionths: `c(n)` is
    /// never more than this share of `n`.
    pub(super) fn room_e8(&self) -> i64 {
        self.room_e8
    }

    /// Largest number of bad samples allowed at `n` samples, −1 if none will do; −1 at `n` = 0.
    ///
    /// A bound rule judges more than 2^40 samples as 2^40, which is the harder side.
    #[must_use]
    pub fn at(&self, n: u64) -> i64 {
        if n == 0 {
            return -1;
        }
        match &self.test {
            Test::Never => -1,
            Test::Point { strict } => {
                let most = (i128::from(n) * i128::from(self.room_e8) - i128::from(*strict)).div_euclid(i128::from(E8));
                i64::try_from(most).unwrap_or(i64::MAX)
            }
            Test::Bound { guarded, memo } => self.remembered(guarded, memo, n.min(MAX_SAMPLES)),
        }
    }

    /// Whether `bad` bad samples of `n` clear the bar: `bad <= c(n)`.
    #[must_use]
    pub fn clears(&self, n: u64, bad: u64) -> bool {
        i128::from(bad) <= i128::from(self.at(n))
    }

    /// Least number of samples at which a record without a bad sample clears (CWR304), or none if
    /// it never does.
    #[must_use]
    pub fn least_perfect(&self) -> Option<u64> {
        self.first(0, 0, 1, MAX_SAMPLES)
    }

    /// The staircase of the table: entry `f` is the least `n` with `c(n) >= f`.
    ///
    /// It ends before the first entry above `up_to` (or 2^40), and after `limit` entries. Each
    /// entry of a bound rule costs about two evaluations of the test.
    #[must_use]
    pub fn steps(&self, up_to: u64, limit: usize) -> Vec<u64> {
        let mut steps = Vec::new();
        let (mut last, mut gap) = (0, 1);
        for bad in 0..u64::try_from(limit).unwrap_or(u64::MAX) {
            let Some(next) = self.first(bad, last, last.saturating_add(gap), up_to) else {
                break;
            };
            steps.push(next);
            (last, gap) = (next, next - last);
        }
        steps
    }

    /// The least `n` with `c(n) >= bad` that is at most `up_to`, given that for a bound rule it is
    /// above `last`, and about `guess`.
    fn first(&self, bad: u64, last: u64, guess: u64, up_to: u64) -> Option<u64> {
        let up_to = up_to.min(MAX_SAMPLES);
        let found = match &self.test {
            Test::Never => return None,
            Test::Point { strict } => self.first_by_division(bad, *strict)?,
            Test::Bound { guarded, .. } => {
                let [last, guess, up_to] = [last, guess, up_to].map(u64::cast_signed);
                first_true(last, up_to + 1, guess, |n| guarded.reaches(n.unsigned_abs(), bad)).unsigned_abs()
            }
        };
        (found <= up_to).then_some(found)
    }

    /// The least `n >= 1` with `n * room >= bad * 10^8`, or `>` if strict.
    fn first_by_division(&self, bad: u64, strict: bool) -> Option<u64> {
        let wanted = u128::from(bad) * u128::from(E8.unsigned_abs());
        let room = u128::from(self.room_e8.unsigned_abs());
        if room == 0 {
            return (bad == 0 && !strict).then_some(1);
        }
        let least = if strict { wanted / room + 1 } else { wanted.div_ceil(room).max(1) };
        u64::try_from(least).ok()
    }

    /// `c(n)` of a bound rule, from memory or narrowed by it.
    fn remembered(&self, guarded: &Guarded, memo: &RwLock<BTreeMap<u64, i64>>, n: u64) -> i64 {
        // A poisoned lock still holds sound values: each is written whole.
        let (least, most, guess) = self.bracket(&memo.read().unwrap_or_else(PoisonError::into_inner), n);
        if least == most {
            return least;
        }
        let allowed = search(guarded, n, (least, most), guess);
        let mut memo = memo.write().unwrap_or_else(PoisonError::into_inner);
        if memo.len() < REMEMBERED {
            memo.insert(n, allowed);
        }
        allowed
    }

    /// Least and largest possible `c(n)` by `c(n) <= c(n+1) <= c(n) + 1` from the neighbours in
    /// memory, and a guess.
    fn bracket(&self, memo: &BTreeMap<u64, i64>, n: u64) -> (i64, i64, i64) {
        let (below, at_below) = memo.range(..=n).next_back().map_or((0, -1), |(n, c)| (*n, *c));
        let ahead = (n - below).cast_signed();
        let (mut least, mut most) = (at_below, at_below + ahead);
        if let Some((above, at_above)) = memo.range(n..).next() {
            least = least.max(at_above - (above - n).cast_signed());
            most = most.min(*at_above);
        }
        let grown = i128::from(ahead) * i128::from(self.room_e8) / i128::from(E8);
        (least, most, at_below + i64::try_from(grown).unwrap_or(ahead))
    }
}

/// The largest number of bad samples at which the test passes, in a bracket whose lower end passes
/// or is −1.
fn search(guarded: &Guarded, n: u64, (least, most): (i64, i64), guess: i64) -> i64 {
    first_true(least, most + 1, guess + 1, |bad| !guarded.reaches(n, bad.unsigned_abs())) - 1
}

/// The least `x` in `low + 1 ..= high` for which `holds`, which is false first and then true, and
/// true at `high`.
///
/// It gallops from the guess until it has seen both sides, then bisects; `holds` is not asked
/// outside `low + 1 .. high`.
fn first_true(mut low: i64, mut high: i64, guess: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut probe, mut stride) = (guess, 1_i64);
    let (mut seen_low, mut seen_high) = (false, false);
    while high - low > 1 {
        let x = probe.clamp(low + 1, high - 1);
        if holds(x) {
            (high, seen_high, probe) = (x, true, x.saturating_sub(stride));
        } else {
            (low, seen_low, probe) = (x, true, x.saturating_add(stride));
        }
        stride = stride.saturating_mul(2);
        if seen_low && seen_high {
            probe = low + (high - low) / 2;
        }
    }
    high
}
