//! Simulated paths of a course: each keyed by its number, so that neither threads nor batches change anything.
//!
//! The bits of a record's tick are the same whatever the rates and bars (common random numbers), and a larger share of
//! bad samples gives no fewer of them from the same bits: so what is harder is harder on every single path.

use super::answer::Effort;
use super::binomial::Sampler;
use super::course::{Course, Event, Stream};
use crate::value::Key;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread;

/// Every simulation starts from the same seed.
const SEED: u64 = 20_261_121;

/// Paths that are added up together, one block after the other.
const BLOCK: u64 = 1 << 10;

/// Paths added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) paths: u64,
    /// On how many it happened.
    pub(super) hits: u64,
    /// The sum of their weights, of the squares of these, and of the boundaries at which it happened, weighed.
    pub(super) weight: f64,
    pub(super) squares: f64,
    pub(super) ticks: f64,
}

impl Tally {
    /// Adds others. Plain weights are whole, and their sums exact.
    pub(super) fn add(&mut self, other: &Self) {
        self.paths += other.paths;
        self.hits += other.hits;
        self.weight += other.weight;
        self.squares += other.squares;
        self.ticks += other.ticks;
    }

    fn count(&mut self, hit: Option<(usize, f64)>) {
        self.paths += 1;
        let Some((boundary, weight)) = hit else { return };
        self.hits += 1;
        self.weight += weight;
        self.squares += weight * weight;
        self.ticks += weight * crate::stats::real(boundary as u64);
    }
}

/// Paths of this agent.
pub(super) fn plain(course: &Course, numbers: Range<u64>, effort: &Effort) -> Tally {
    tilted(course, 0.0, numbers, effort)
}

/// Paths of an agent that is nearer to the edge of its bars, by this share of the way, wherever that makes what is rare
/// likelier; weighed by how much likelier they are for this agent.
pub(super) fn tilted(course: &Course, tilt: f64, numbers: Range<u64>, effort: &Effort) -> Tally {
    let sources = course.streams.iter().map(|stream| Source::new(stream, drawn(course.event, stream, tilt))).collect();
    let paths = Paths { course, sources };
    let firsts: Vec<u64> = numbers.clone().step_by(usize::try_from(BLOCK).unwrap_or(1)).collect();
    let threads = effort.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let share = firsts.len().div_ceil(threads.max(1)).max(1);
    let (mine, theirs) = firsts.split_at(share.min(firsts.len()));
    let mut all = Tally::default();
    thread::scope(|scope| {
        let work = |firsts| paths.blocks(firsts, numbers.end);
        let running: Vec<_> = theirs.chunks(share).map(|firsts| scope.spawn(move || work(firsts))).collect();
        work(mine).iter().for_each(|tally| all.add(tally));
        for tallies in running {
            // A worker has nothing to panic about.
            tallies.join().unwrap_or_default().iter().for_each(|tally| all.add(tally));
        }
    });
    all
}

/// The share of bad samples to draw from.
fn drawn(event: Event, stream: &Stream, tilt: f64) -> f64 {
    let towards = match event {
        Event::Promoted { .. } => stream.edge.min(stream.bad),
        Event::Demoted { .. } => stream.edge.max(stream.bad),
    };
    if tilt == 0.0 { stream.bad } else { stream.bad + tilt * (towards - stream.bad) }
}

/// Where the bad samples of a stream come from.
struct Source {
    /// By number of samples in a tick.
    samplers: Vec<Sampler>,
    /// By tick: which sampler.
    of: Vec<usize>,
}

impl Source {
    fn new(stream: &Stream, drawn: f64) -> Self {
        let counts: BTreeSet<u64> = stream.samples.iter().copied().collect();
        let counts: Vec<u64> = counts.into_iter().collect();
        let of = stream.samples.iter().map(|n| counts.partition_point(|count| count < n)).collect();
        Self { samplers: counts.into_iter().map(|n| Sampler::new(n, drawn, stream.bad)).collect(), of }
    }
}

struct Paths<'a> {
    course: &'a Course,
    sources: Vec<Source>,
}

impl Paths<'_> {
    /// The paths of these blocks, up to an end.
    fn blocks(&self, firsts: &[u64], end: u64) -> Vec<Tally> {
        let mut sums = vec![vec![0; self.course.boundaries + 1]; self.sources.len()];
        let mut block = |first: u64| {
            let mut tally = Tally::default();
            (first..end.min(first + BLOCK)).for_each(|number| tally.count(self.path(number, &mut sums)));
            tally
        };
        firsts.iter().map(|first| block(*first)).collect()
    }

    /// At which boundary it happens on a path, and the path's weight. `sums` is room for the bad samples before each
    /// boundary, by stream.
    fn path(&self, number: u64, sums: &mut [Vec<u64>]) -> Option<(usize, f64)> {
        let key = Key::new(SEED).number(number.cast_signed());
        let (mut run, mut weight) = (0, 1.0);
        for boundary in 1..=self.course.boundaries {
            weight *= self.tick(key, boundary - 1, sums);
            let clears = self.clears(boundary, sums);
            match self.course.event {
                Event::Promoted { hold, .. } if clears => {
                    run += 1;
                    if run > hold {
                        return Some((boundary, weight));
                    }
                }
                Event::Promoted { stop, .. } => {
                    run = 0;
                    if stop.is_some_and(|stop| boundary >= stop) {
                        return None;
                    }
                }
                Event::Demoted { stale } => {
                    if !clears || stale == Some(boundary) {
                        return Some((boundary, weight));
                    }
                }
            }
        }
        None
    }

    /// Draws the bad samples of a tick; how much likelier they are for this agent than for the one drawn from.
    fn tick(&self, key: Key, tick: usize, sums: &mut [Vec<u64>]) -> f64 {
        let mut weight = 1.0;
        for (at, ((source, sums), stream)) in (0_i64..).zip(self.sources.iter().zip(sums).zip(&self.course.streams)) {
            let bits = key.number(at).bits((tick as u64).wrapping_sub(stream.delay as u64));
            let (bad, likelier) = source.samplers[source.of[tick]].draw(bits);
            sums[tick + 1] = sums[tick] + bad;
            weight *= likelier;
        }
        weight
    }

    fn clears(&self, boundary: usize, sums: &[Vec<u64>]) -> bool {
        self.course.bars.iter().all(|bar| {
            let (look, sums) = (bar.looks[boundary - 1], &sums[bar.stream]);
            (sums[boundary] - sums[look.from]).cast_signed() <= look.allowed
        })
    }
}
