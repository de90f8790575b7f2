//! What is known of a chance, how it is known, and whether that keeps a promise.

use super::chain;
use super::course::{Course, Dropping};
use super::curve::Curve;
use super::simulate::{self, Hit};
use crate::stats::{E8, Method as Bound, reaches, real};
use crate::value::Decimal;
use std::num::NonZeroUsize;

/// Below this chance paths are tilted towards what is rare, and weighed.
pub const RARE: f64 = 1e-3;

/// The level at which a simulation decides, in hundred-millionths: 99.9 %.
const SURE: i64 = 99_900_000;

/// As many standard errors are 99.9 % of both sides.
const SURE_ERRORS: f64 = 3.290_526_731_491_926;

/// The paths of the first look of a simulation that is looked at repeatedly; each look doubles them.
const FIRST_LOOK: u64 = 1 << 12;

/// Exact chances this near to a promise meet it: they are computed to 1e-12.
const GUARD: f64 = 1e-9;

/// What may be spent on an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effort {
    /// The most numbers that an exact chain may hold (statistics C1.3).
    pub states: u64,
    /// The most steps that it may take.
    pub steps: u64,
    /// The most paths of a simulation.
    pub paths: u64,
    /// The most random numbers that it may draw.
    pub draws: u64,
    /// How many threads simulate; by default one per core. They change no answer.
    pub threads: Option<NonZeroUsize>,
}

impl Effort {
    /// For a person who asks: up to a minute, and exact wherever the specification says so.
    pub const THOROUGH: Self =
        Self { states: 20_000_000, steps: 20_000_000_000, paths: 1 << 20, draws: 2_000_000_000, threads: None };

    /// For a check that nobody should have to wait for.
    pub const QUICK: Self =
        Self { states: 1_000_000, steps: 200_000_000, paths: 1 << 20, draws: 100_000_000, threads: None };

    /// How many paths of a course it allows.
    pub(super) fn paths_of(&self, course: &Course) -> u64 {
        let draws = course.boundaries as u64 * course.streams.len() as u64;
        (self.draws / draws.max(1)).clamp(1, self.paths)
    }
}

/// How a chance is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By a Markov chain.
    Exact,
    /// By so many simulated paths, on so many of which it happened.
    Simulated {
        /// How many.
        paths: u64,
        /// On how many it happened.
        hits: u64,
    },
    /// By so many simulated paths that were tilted towards it, and weighed.
    Weighted {
        /// How many.
        paths: u64,
    },
}

/// The chance that something happens within the horizon.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The chance.
    pub chance: f64,
    /// Its standard error; 0 where it is exact. Where all paths ended alike, how far it may be from there with 95 %: three
    /// in all paths.
    pub error: f64,
    /// How it is known.
    pub method: Method,
    /// The boundary at which it happens on average, where it does; `None` where it never did.
    pub expected: Option<f64>,
}

impl Answer {
    /// What paths say, on so many of which it happened.
    #[must_use]
    pub fn of_paths(paths: u64, hits: u64) -> Self {
        let all = real(paths.max(1));
        let chance = real(hits) / all;
        let is_open = hits > 0 && hits < paths;
        let error = if is_open { (chance * (1.0 - chance) / all).sqrt() } else { 3.0 / all };
        Self { chance, error, method: Method::Simulated { paths, hits }, expected: None }
    }

    /// Whether tilted paths have found anything, and not missed what plain paths met: their own error says nothing of
    /// what none of them came across.
    #[must_use]
    pub fn is_believed(&self, plain: &Self) -> bool {
        let far = 4.0 * self.error.hypot(plain.error);
        self.chance > 0.0 && (self.chance - plain.chance).abs() <= far
    }
}

/// A promise about a chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    /// At least, rather than at most.
    pub at_least: bool,
    /// This share.
    pub share: Decimal,
}

/// What becomes of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Proved,
    /// It does not.
    Refuted,
    /// The chance is too near to what is promised.
    Undecided,
}

impl Course {
    /// How likely it is, exactly where that is within the effort, else by simulation.
    #[must_use]
    pub fn answer(&self, effort: &Effort) -> Answer {
        self.exact(effort).unwrap_or_else(|| self.simulated(effort))
    }

    /// How likely it is, exactly; `None` where that is more than the effort, or where two bars share their samples.
    #[must_use]
    pub fn exact(&self, effort: &Effort) -> Option<Answer> {
        if self.is_impossible() {
            return Some(Answer { chance: 0.0, error: 0.0, method: Method::Exact, expected: None });
        }
        let chances = chain::chances(self, effort)?;
        let chance: f64 = chances.iter().sum();
        let ticks: f64 = (1_u64..).zip(&chances).map(|(boundary, chance)| real(boundary) * chance).sum();
        let expected = (chance > 0.0).then(|| ticks / chance);
        Some(Answer { chance: chance.min(1.0), error: 0.0, method: Method::Exact, expected })
    }

    /// How likely it is, by simulation: the same for the same course, whatever the number of threads.
    #[must_use]
    pub fn simulated(&self, effort: &Effort) -> Answer {
        let paths = effort.paths_of(self);
        let mut tally = Tally::default();
        tally.add(paths, &simulate::plain(self, 0..paths, effort));
        let answer = tally.answer();
        if answer.chance < RARE { self.tilted(&answer, effort) } else { answer }
    }

    /// Whether a promise holds: as soon as a simulation can tell at 99.9 %, or with all of the effort.
    ///
    /// The paths are looked at again and again, so the bound is the one that is honest under that: the language's own
    /// `anytime`.
    #[must_use]
    pub fn settle(&self, promised: Promised, effort: &Effort) -> (Verdict, Answer) {
        if let Some(answer) = self.exact(effort) {
            return (promised.compare(answer.chance), answer);
        }
        let (all, mut tally) = (effort.paths_of(self), Tally::default());
        while tally.paths < all {
            let upto = (tally.paths * 2).max(FIRST_LOOK).min(all);
            tally.add(upto, &simulate::plain(self, tally.paths..upto, effort));
            let verdict = promised.look(&tally);
            if verdict != Verdict::Undecided {
                return (verdict, tally.answer());
            }
        }
        let answer = tally.answer();
        if answer.chance >= RARE {
            return (Verdict::Undecided, answer);
        }
        match self.tilted(&answer, effort) {
            answer @ Answer { method: Method::Weighted { .. }, .. } => (promised.judge(&answer), answer),
            answer => (Verdict::Undecided, answer),
        }
    }

    /// A rare chance by importance sampling, where that can be believed; else what plain paths say.
    fn tilted(&self, plain: &Answer, effort: &Effort) -> Answer {
        let weighed = Curve::weighed(self, effort).by(self.boundaries);
        if weighed.is_believed(plain) { weighed } else { *plain }
    }
}

impl Dropping {
    /// At which boundaries the tier is lost by a keep bar, path by path, on those on which it is; and how many paths.
    #[must_use]
    pub fn noticed(&self, effort: &Effort) -> (Vec<usize>, u64) {
        let paths = effort.paths_of(&self.course);
        let hits = simulate::plain(&self.course, 0..paths, effort);
        (hits.into_iter().map(|(boundary, _)| boundary).collect(), paths)
    }
}

impl Promised {
    fn share_e8(self) -> i64 {
        self.share.hundred_millionths().unwrap_or(E8)
    }

    /// How far a chance is on the good side of the promise.
    fn spare(self, chance: f64) -> f64 {
        let share = real(self.share_e8().max(0).unsigned_abs()) / 1e8;
        if self.at_least { chance - share } else { share - chance }
    }

    /// By a chance that is known exactly.
    fn compare(self, chance: f64) -> Verdict {
        if self.spare(chance) >= -GUARD { Verdict::Proved } else { Verdict::Refuted }
    }

    /// By a chance with a standard error.
    fn judge(self, answer: &Answer) -> Verdict {
        let (spare, sure) = (self.spare(answer.chance), SURE_ERRORS * answer.error);
        match spare {
            spare if spare >= sure => Verdict::Proved,
            spare if spare < -sure => Verdict::Refuted,
            _ => Verdict::Undecided,
        }
    }

    /// By paths that are looked at repeatedly.
    fn look(self, tally: &Tally) -> Verdict {
        let share = self.share_e8();
        let above = || reaches(Bound::Anytime, tally.paths, tally.paths - tally.hits, SURE, share);
        let below = || reaches(Bound::Anytime, tally.paths, tally.hits, SURE, E8 - share);
        match self.at_least {
            true if share <= 0 || above() => Verdict::Proved,
            false if share >= E8 || below() => Verdict::Proved,
            true if below() => Verdict::Refuted,
            false if above() => Verdict::Refuted,
            _ => Verdict::Undecided,
        }
    }
}

/// Plain paths added up.
#[derive(Clone, Debug, Default)]
struct Tally {
    paths: u64,
    /// On how many it happened.
    hits: u64,
    /// The sum of the boundaries at which it did.
    ticks: u64,
}

impl Tally {
    /// Adds those that bring them to so many.
    fn add(&mut self, upto: u64, hits: &[Hit]) {
        self.paths = upto;
        self.hits += hits.len() as u64;
        self.ticks += hits.iter().map(|(boundary, _)| *boundary as u64).sum::<u64>();
    }

    fn answer(&self) -> Answer {
        let answer = Answer::of_paths(self.paths, self.hits);
        let expected = (self.hits > 0).then(|| real(self.ticks) / real(self.hits));
        Answer { expected, ..answer }
    }
}
