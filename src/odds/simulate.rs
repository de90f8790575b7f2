//! Simulated paths of a course: each keyed by its number, so that neither threads nor batches change anything.
//!
//! The bits of a record's tick are the same whatever the rates and bars (common random numbers), and a larger share of
//! bad samples gives no fewer of them from the same bits: so what is harder is harder on every single path.

use super::answer::Effort;
use super::binomial::Sampler;
use super::course::{Course, Event, Stream};
use super::spread::spread;
use crate::stats::real;
use crate::value::Key;
use std::collections::BTreeSet;
use std::ops::Range;

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
        self.ticks += weight * real(boundary as u64);
    }
}

/// Paths of this agent.
pub(super) fn plain(course: &Course, numbers: Range<u64>, effort: &Effort) -> Tally {
    let sources = course.streams.iter().map(|stream| Source::new(stream, stream.bad)).collect();
    Paths { course, plain: sources, tilted: None }.all(&numbers, effort)
}

/// On how many of so many paths of this agent it happens at each boundary, from 1 on.
pub(super) fn histogram(course: &Course, paths: u64, effort: &Effort) -> Vec<u64> {
    let plain = course.streams.iter().map(|stream| Source::new(stream, stream.bad)).collect();
    let all = Paths { course, plain, tilted: None };
    let parts = spread(&(0..paths), effort.threads, |numbers| {
        let mut sums = vec![vec![0; course.boundaries + 1]; course.streams.len()];
        let mut hits = vec![0; course.boundaries];
        for (boundary, _) in numbers.filter_map(|number| all.path(number, &mut sums)) {
            hits[boundary - 1] += 1;
        }
        hits
    });
    (0..course.boundaries).map(|at| parts.iter().map(|hits: &Vec<u64>| hits[at]).sum()).collect()
}

/// Paths of an agent that from some tick on, each as likely as any other, is at the edge of the bars wherever that makes
/// what is rare likelier; weighed by how much likelier they are for this agent (statistics C1.5).
///
/// What is rare is a lucky stretch, early or late. A path that were tilted from its first tick on would find it early, and
/// the late ones, most of the chance, behind weights too rare to be met. Here each stretch has paths that are tilted from
/// its beginning, and the weight of a path counts all the ticks at which its tilt might have begun, so it is never large.
pub(super) fn tilted(course: &Course, numbers: Range<u64>, effort: &Effort) -> Tally {
    let of = |drawn: fn(Event, &Stream) -> f64| -> Vec<Source> {
        course.streams.iter().map(|stream| Source::new(stream, drawn(course.event, stream))).collect()
    };
    Paths { course, plain: of(|_, stream| stream.bad), tilted: Some(of(edge)) }.all(&numbers, effort)
}

/// The share of bad samples to draw from so that the event is likelier.
fn edge(event: Event, stream: &Stream) -> f64 {
    match event {
        Event::Promoted { .. } => stream.edge.min(stream.bad),
        Event::Demoted { .. } => stream.edge.max(stream.bad),
    }
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
    /// By stream.
    plain: Vec<Source>,
    /// The same once the tilt has begun.
    tilted: Option<Vec<Source>>,
}

/// The weight of a path on its way.
///
/// For an agent that is tilted from tick `s` on, a path is likelier by the product of the factors from `s` on; `sum` adds
/// that up over all `s` that have come. Those still to come leave it as likely as it is.
struct Weight {
    sum: f64,
    /// From when on this path is tilted.
    since: usize,
}

impl Weight {
    fn step(&mut self, likelier: f64) {
        self.sum = (self.sum + 1.0) / likelier;
    }

    /// At a boundary: one over how much likelier it is, on average over all ticks at which the tilt might begin.
    fn at(&self, boundary: usize, boundaries: usize) -> f64 {
        real(boundaries as u64) / (self.sum + real((boundaries - boundary) as u64))
    }
}

impl Paths<'_> {
    fn all(&self, numbers: &Range<u64>, effort: &Effort) -> Tally {
        let blocks = 0..(numbers.end - numbers.start).div_ceil(BLOCK);
        let first = |block: u64| numbers.start + block * BLOCK;
        let parts = spread(&blocks, effort.threads, |blocks| {
            let mut sums = vec![vec![0; self.course.boundaries + 1]; self.plain.len()];
            let tally = |block| self.block(first(block)..numbers.end.min(first(block + 1)), &mut sums);
            blocks.map(tally).collect::<Vec<_>>()
        });
        let mut all = Tally::default();
        parts.iter().flatten().for_each(|tally| all.add(tally));
        all
    }

    fn block(&self, numbers: Range<u64>, sums: &mut [Vec<u64>]) -> Tally {
        let mut tally = Tally::default();
        numbers.for_each(|number| tally.count(self.path(number, sums)));
        tally
    }

    /// At which boundary it happens on a path, and the path's weight. `sums` is room for the bad samples before each
    /// boundary, by stream.
    fn path(&self, number: u64, sums: &mut [Vec<u64>]) -> Option<(usize, f64)> {
        let (key, boundaries) = (Key::new(SEED).number(number.cast_signed()), self.course.boundaries);
        let mut weight = self.tilted.as_ref().map(|_| Weight { sum: 0.0, since: since(key, boundaries) });
        let mut run = 0;
        for boundary in 1..=boundaries {
            self.tick(key, boundary - 1, sums, weight.as_mut());
            let clears = self.clears(boundary, sums);
            run = if clears { run + 1 } else { 0 };
            let (happens, is_over) = match self.course.event {
                Event::Promoted { hold, stop } => (run > hold, run == 0 && stop.is_some_and(|stop| boundary >= stop)),
                Event::Demoted { stale } => (!clears || stale == Some(boundary), false),
            };
            if happens {
                return Some((boundary, weight.map_or(1.0, |weight| weight.at(boundary, boundaries))));
            }
            if is_over {
                return None;
            }
        }
        None
    }

    /// Draws the bad samples of a tick.
    fn tick(&self, key: Key, tick: usize, sums: &mut [Vec<u64>], weight: Option<&mut Weight>) {
        let tilted = self.tilted.as_ref().filter(|_| weight.as_ref().is_some_and(|weight| weight.since <= tick));
        let sources = tilted.unwrap_or(&self.plain);
        let mut likelier = 1.0;
        for (at, ((source, sums), stream)) in (0_i64..).zip(sources.iter().zip(sums).zip(&self.course.streams)) {
            let bits = key.number(at).bits((tick as u64).wrapping_sub(stream.delay as u64));
            let bad = source.samplers[source.of[tick]].draw(bits);
            sums[tick + 1] = sums[tick] + bad;
            if let Some(tilted) = &self.tilted {
                likelier *= tilted[usize::try_from(at).unwrap_or(0)].samplers[source.of[tick]].weight(bad);
            }
        }
        if let Some(weight) = weight {
            weight.step(likelier);
        }
    }

    fn clears(&self, boundary: usize, sums: &[Vec<u64>]) -> bool {
        self.course.bars.iter().all(|bar| {
            let (look, sums) = (bar.looks[boundary - 1], &sums[bar.stream]);
            (sums[boundary] - sums[look.from]).cast_signed() <= look.allowed
        })
    }
}

/// The tick from which on a path is tilted.
fn since(key: Key, boundaries: usize) -> usize {
    let drawn = u128::from(key.bits(0)) * boundaries as u128;
    usize::try_from(drawn >> 64).unwrap_or(0)
}
