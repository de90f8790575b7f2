//! How likely something has happened by each boundary: one computation for all horizons.

use super::answer::{Answer, Effort, Method};
use super::chain;
use super::course::Course;
use super::simulate;
use crate::stats::real;

/// How likely it has happened by each boundary of a course.
#[derive(Clone, Debug)]
pub struct Curve(Known);

#[derive(Clone, Debug)]
enum Known {
    /// By boundary, from 1 on: how likely it happens there.
    Exact(Vec<f64>),
    /// By boundary, from 1 on: on how many of all paths it happens there.
    Simulated { hits: Vec<u64>, paths: u64 },
}

impl Course {
    /// How likely it has happened by each boundary, exactly where that is within the effort, else by simulation.
    #[must_use]
    pub fn curve(&self, effort: &Effort) -> Curve {
        Curve(chain::chances(self, effort).map_or_else(
            || {
                let paths = effort.paths_of(self);
                Known::Simulated { hits: simulate::histogram(self, paths, effort), paths }
            },
            Known::Exact,
        ))
    }
}

impl Curve {
    /// How many boundaries it has.
    #[must_use]
    pub fn boundaries(&self) -> usize {
        match &self.0 {
            Known::Exact(chances) => chances.len(),
            Known::Simulated { hits, .. } => hits.len(),
        }
    }

    /// How likely it has happened by a boundary.
    #[must_use]
    pub fn by(&self, boundary: usize) -> Answer {
        self.between(0, boundary)
    }

    /// How likely it has happened by one boundary if it had not by another.
    #[must_use]
    pub fn between(&self, after: usize, by: usize) -> Answer {
        let by = by.min(self.boundaries()).max(after);
        match &self.0 {
            Known::Exact(chances) => {
                let chances = || (1_u64..).zip(chances).skip(after).take(by - after);
                let left = 1.0 - self.sum(after);
                let chance: f64 = chances().map(|(_, chance)| chance).sum();
                let ticks: f64 = chances().map(|(boundary, chance)| real(boundary) * chance).sum();
                let chance_then = if left > 0.0 { (chance / left).clamp(0.0, 1.0) } else { 0.0 };
                let expected = (chance > 0.0).then(|| ticks / chance);
                Answer { chance: chance_then, error: 0.0, method: Method::Exact, expected }
            }
            Known::Simulated { hits, paths } => {
                let left = paths - hits.iter().take(after).sum::<u64>();
                let hits = || (1_u64..).zip(hits).skip(after).take(by - after);
                let happened: u64 = hits().map(|(_, hits)| hits).sum();
                let ticks: u64 = hits().map(|(boundary, hits)| boundary * hits).sum();
                let expected = (happened > 0).then(|| real(ticks) / real(happened));
                Answer { expected, ..Answer::of_paths(left, happened) }
            }
        }
    }

    fn sum(&self, until: usize) -> f64 {
        match &self.0 {
            Known::Exact(chances) => chances.iter().take(until).sum(),
            Known::Simulated { hits, paths } => real(hits.iter().take(until).sum()) / real((*paths).max(1)),
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
        };
        std::iter::once(0.0).chain(sums).collect()
    }
}
