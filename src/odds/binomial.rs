//! The binomial distribution: its probabilities, and a count drawn by them from 64 random bits.
//!
//! Probabilities come from the ratio of neighbours, outwards from the mode, divided by their sum: nothing but +, −, × and
//! ÷, which IEEE rounds alike on every platform.

use crate::stats::real;
use crate::value::Key;

/// Probabilities below this share of the largest are left out: fewer than one path in 10⁴⁰ meets them.
const NEGLIGIBLE: f64 = 1e-40;

/// The probabilities of a binomial count.
#[derive(Clone, Debug)]
pub(super) struct Binomial {
    /// The least count that matters.
    first: u64,
    /// The probabilities from there on; they sum to 1.
    mass: Vec<f64>,
}

impl Binomial {
    /// Of `n` trials, each of which succeeds with `share`.
    pub(super) fn new(n: u64, share: f64) -> Self {
        if share <= 0.0 || share >= 1.0 {
            return Self { first: if share <= 0.0 { 0 } else { n }, mass: vec![1.0] };
        }
        let odds = share / (1.0 - share);
        let mode = mode(n, share);
        let mut mass = below(n, mode, odds);
        let first = mode - u64::try_from(mass.len()).unwrap_or(0);
        mass.reverse();
        mass.push(1.0);
        mass.extend(above(n, mode, odds));
        let sum: f64 = mass.iter().sum();
        for part in &mut mass {
            *part /= sum;
        }
        Self { first, mass }
    }

    /// The probability of a count.
    pub(super) fn of(&self, count: u64) -> f64 {
        let at = count.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.mass.get(at)).copied().unwrap_or(0.0)
    }

    /// The probabilities of 0 to `last - 1`, and last that of `last` or more.
    pub(super) fn lumped(&self, last: usize) -> Vec<f64> {
        let mut parts = vec![0.0; last + 1];
        for (count, part) in (self.first..).zip(&self.mass) {
            parts[usize::try_from(count).unwrap_or(usize::MAX).min(last)] += part;
        }
        parts
    }
}

/// The likeliest count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and n + 1")]
fn mode(n: u64, share: f64) -> u64 {
    ((real(n) + 1.0) * share).floor().min(real(n)) as u64
}

/// The probabilities below the mode as shares of its own, downwards.
fn below(n: u64, mode: u64, odds: f64) -> Vec<f64> {
    let mut part = 1.0;
    let parts = (1..=mode).rev().map(|count| {
        part *= real(count) / (real(n - count + 1) * odds);
        part
    });
    parts.take_while(|part| *part >= NEGLIGIBLE).collect()
}

/// The probabilities above the mode as shares of its own, upwards.
fn above(n: u64, mode: u64, odds: f64) -> impl Iterator<Item = f64> {
    let mut part = 1.0;
    let parts = (mode..n).map(move |count| {
        part *= real(n - count) / real(count + 1) * odds;
        part
    });
    parts.take_while(|part| *part >= NEGLIGIBLE)
}

/// A binomial count drawn by inversion: the same bits give a larger count where the share is larger, which is what
/// makes rates comparable path by path.
#[derive(Clone, Debug)]
pub struct Sampler {
    first: u64,
    /// By count, from `first` on: bits below this give it or a lower one.
    below: Vec<u64>,
    /// By the highest bits, all but so many: the first count that they can give, from `first` on.
    shift: u32,
    /// See `shift`.
    guide: Vec<u32>,
    /// By count, from `first` on: how much likelier it is under another share.
    weights: Vec<f64>,
}

impl Sampler {
    /// Draws from `drawn`, to weigh as `meant`.
    #[must_use]
    pub fn new(n: u64, drawn: f64, meant: f64) -> Self {
        let distribution = Binomial::new(n, drawn);
        let other = Binomial::new(n, meant);
        let mut sum = 0.0;
        let below: Vec<u64> = distribution
            .mass
            .iter()
            .map(|part| {
                sum += part;
                bits(sum)
            })
            .collect();
        let (shift, guide) = guide(&below);
        let weight = |(count, part): (u64, &f64)| other.of(count) / part;
        let weights = (distribution.first..).zip(&distribution.mass).map(weight).collect();
        Self { first: distribution.first, shift, guide, weights, below }
    }

    /// The count that these bits give.
    #[must_use]
    pub fn draw(&self, bits: u64) -> u64 {
        let mut at = self.guide[usize::try_from(bits >> self.shift).unwrap_or(0)] as usize;
        while at + 1 < self.below.len() && self.below[at] <= bits {
            at += 1;
        }
        self.first + at as u64
    }

    /// The largest count that is ever drawn.
    #[must_use]
    pub fn most(&self) -> u64 {
        self.first + self.below.len() as u64 - 1
    }

    /// How much likelier a count is under the other share; infinitely, where it is not drawn at all.
    #[must_use]
    pub fn weight(&self, count: u64) -> f64 {
        let at = count.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.weights.get(at)).copied().unwrap_or(f64::INFINITY)
    }
}

/// Where to look for bits, by the highest of them: about as many places as there are counts, so that few are passed.
fn guide(below: &[u64]) -> (u32, Vec<u32>) {
    let shift = 63 - below.len().ilog2().clamp(7, 16);
    let mut at = 0;
    let places = (0..1_u64 << (64 - shift)).map(|high| {
        while at + 1 < below.len() && below[at] <= high << shift {
            at += 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    });
    (shift, places.collect())
}

/// Binomial counts of any number of trials that succeed with one share: the sum of those of powers of two.
#[derive(Clone, Debug)]
pub struct Split(Vec<Sampler>);

impl Split {
    /// Of up to so many trials.
    #[must_use]
    pub fn new(most: u64, share: f64) -> Self {
        Self(
            (0..most.checked_ilog2().map_or(0, |log| log + 1))
                .map(|log| Sampler::new(1 << log, share, share))
                .collect(),
        )
    }

    /// The count that the bits of this key give.
    #[must_use]
    pub fn draw(&self, trials: u64, key: Key) -> u64 {
        let parts = (0_u64..).zip(&self.0).filter(|(log, _)| trials >> log & 1 == 1);
        parts.map(|(log, sampler)| sampler.draw(key.bits(log))).sum()
    }
}

/// A probability as a count of 2⁻⁶⁴.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates at both ends")]
fn bits(probability: f64) -> u64 {
    (probability * 18_446_744_073_709_551_616.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits give the first count whose probability, with all below it, is more than they are.
    #[test]
    fn guides_change_nothing() {
        for (n, share) in [(0, 0.3), (1, 0.5), (20, 0.07), (5_000, 0.4), (1_000_000_000, 0.05)] {
            let sampler = Sampler::new(n, share, share);
            for count in 0..2_000 {
                let bits = Key::new(7).bits(count);
                let at = sampler.below.partition_point(|limit| *limit <= bits).min(sampler.below.len() - 1);
                assert_eq!(sampler.draw(bits), sampler.first + at as u64, "{n} {share}");
            }
        }
    }

    /// The mean and the variance of many draws are those of the binomial distribution.
    #[test]
    fn splits_are_binomial() {
        let (trials, share, draws) = (1_000_003_u64, 0.25, 4_000_u64);
        let split = Split::new(trials, share);
        let off = |draw: u64| real(split.draw(trials, Key::new(draw))) - real(trials) * share;
        let (sum, squares) =
            (0..draws).map(off).fold((0.0, 0.0), |(sum, squares), off| (sum + off, squares + off * off));
        let variance = real(trials) * share * (1.0 - share);
        assert!((sum / real(draws)).abs() < 4.0 * (variance / real(draws)).sqrt(), "{sum}");
        assert!((squares / real(draws) / variance - 1.0).abs() < 0.1, "{squares}");
        assert_eq!((split.draw(0, Key::new(1)), Split::new(9, 1.0).draw(9, Key::new(1))), (0, 9));
    }
}
