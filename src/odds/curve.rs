//! How likely something has happened by each boundary: one computation for all horizons, so that a longer one is never
//! said to be less likely.

use super::answer::{Answer, Effort, Method};
use super::chain;
use super::course::Course;
use super::simulate;
use crate::stats::real;

/// An exact chance of having got so far that is smaller than this is lost in rounding.
const NOBODY: f64 = 1e-9;

/// How likely it has happened by each boundary of a course.
#[derive(Clone, Debug)]
pub struct Curve(Known);

#[derive(Clone, Debug)]
enum Known {
    /// By boundary, from 1 on: how likely it happens there.
    Exact(Vec<f64>),
    /// By boundary, from 1 on: on how many of all paths it happens there.
    Simulated { hits: Vec<u64>, paths: u64 },
    /// By boundary, from 1 on: the weights of the tilted paths on which it happens there, and their squares.
    Weighted { weights: Vec<[f64; 2]>, paths: u64 },
}

/// When something happens on average, if it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Average {
    /// At which boundary.
    pub boundary: f64,
    /// The standard error of that; 0 where it is exact.
    pub error: f64,
}

impl Course {
    /// How likely it has happened by each boundary, exactly where that is within the effort, else by simulation.
    #[must_use]
    pub fn curve(&self, effort: &Effort) -> Curve {
        Curve(chain::chances(self, effort).map_or_else(
            || {
                let paths = effort.paths_of(self);
                let mut hits = vec![0; self.boundaries];
                for (boundary, _) in simulate::plain(self, 0..paths, effort) {
                    hits[boundary - 1] += 1;
                }
                Known::Simulated { hits, paths }
            },
            Known::Exact,
        ))
    }
}

impl Curve {
    /// What is rare, by tilted paths.
    #[must_use]
    pub fn weighed(course: &Course, effort: &Effort) -> Self {
        let paths = effort.paths_of(course);
        let mut weights = vec![[0.0; 2]; course.boundaries];
        for (boundary, weight) in simulate::tilted(course, paths, effort) {
            let of = &mut weights[boundary - 1];
            *of = [of[0] + weight, of[1] + weight * weight];
        }
        Self(Known::Weighted { weights, paths })
    }

    /// Whether it is exact.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        matches!(self.0, Known::Exact(_))
    }

    /// How many boundaries it has.
    #[must_use]
    pub fn boundaries(&self) -> usize {
        match &self.0 {
            Known::Exact(chances) => chances.len(),
            Known::Simulated { hits, .. } => hits.len(),
            Known::Weighted { weights, .. } => weights.len(),
        }
    }

    /// How likely it has happened by a boundary.
    #[must_use]
    pub fn by(&self, boundary: usize) -> Answer {
        self.of(0, boundary, 1.0)
    }

    /// How likely it has happened by one boundary if it had not by another; `None` where it always had.
    #[must_use]
    pub fn between(&self, after: usize, by: usize) -> Option<Answer> {
        let left = 1.0 - self.sum(after);
        let is_anybody = if self.is_exact() { left > NOBODY } else { left > 0.0 };
        is_anybody.then(|| self.of(after, by, left))
    }

    /// How likely it happens between two boundaries, for the share that is left by the first of them.
    fn of(&self, after: usize, by: usize, left: f64) -> Answer {
        let by = by.min(self.boundaries()).max(after);
        let expected = self.average(after, by).map(|average| average.boundary);
        match &self.0 {
            Known::Exact(chances) => {
                let chance = (chances[after.min(by)..by].iter().sum::<f64>() / left).clamp(0.0, 1.0);
                Answer { chance, error: 0.0, method: Method::Exact, expected }
            }
            Known::Simulated { hits, paths } => {
                let left = paths - hits.iter().take(after).sum::<u64>();
                let happened = hits.iter().take(by).skip(after).sum();
                Answer { expected, ..Answer::of_paths(left, happened) }
            }
            Known::Weighted { weights, paths } => {
                let sums = weights.iter().take(by).skip(after);
                let [sum, squares] = sums.fold([0.0; 2], |all, of| [all[0] + of[0], all[1] + of[1]]);
                let mean = sum / real(*paths);
                let error = ((squares / real(*paths) - mean * mean).max(0.0) / real(*paths)).sqrt();
                let method = Method::Weighted { paths: *paths };
                Answer { chance: (mean / left).min(1.0), error: error / left, method, expected }
            }
        }
    }

    /// At which boundary it happens on average, if it does between these two; `None` where it never did.
    #[must_use]
    pub fn average(&self, after: usize, by: usize) -> Option<Average> {
        // By boundary: what weighs for it, and by how much chance may move that.
        let of = |at: usize| match &self.0 {
            Known::Exact(chances) => [chances[at], 0.0],
            Known::Simulated { hits, .. } => [real(hits[at]); 2],
            Known::Weighted { weights, .. } => weights[at],
        };
        let all = || (after..by.min(self.boundaries())).map(|at| (real(at as u64 + 1), of(at)));
        let sum: f64 = all().map(|(_, [weight, _])| weight).sum();
        let boundary = all().map(|(at, [weight, _])| at * weight).sum::<f64>() / sum;
        let spread: f64 = all().map(|(at, [_, square])| (at - boundary) * (at - boundary) * square).sum();
        (sum > 0.0).then(|| Average { boundary, error: spread.sqrt() / sum })
    }

    fn sum(&self, until: usize) -> f64 {
        match &self.0 {
            Known::Exact(chances) => chances.iter().take(until).sum(),
            Known::Simulated { hits, paths } => real(hits.iter().take(until).sum()) / real((*paths).max(1)),
            Known::Weighted { weights, paths } => {
                weights.iter().take(until).map(|[weight, _]| weight).sum::<f64>() / real((*paths).max(1))
            }
        }
    }

    /// How likely it has happened by each boundary, from 0 on.
    #[must_use]
    pub fn sums(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let mut add = |part: f64| {
            sum += part;
            sum.min(1.0)
        };
        let sums: Vec<f64> = match &self.0 {
            Known::Exact(chances) => chances.iter().map(|chance| add(*chance)).collect(),
            Known::Simulated { hits, paths } => {
                hits.iter().map(|hits| add(real(*hits) / real((*paths).max(1)))).collect()
            }
            Known::Weighted { weights, paths } => {
                weights.iter().map(|[weight, _]| add(weight / real((*paths).max(1)))).collect()
            }
        };
        std::iter::once(0.0).chain(sums).collect()
    }
}
