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

/// How much likelier a tick may be under one tilt than under none, or less likely: beyond it nothing is told apart.
const LIKELIEST: f64 = 1e300;

/// A path on which it happened: at which boundary, and the path's weight.
pub(super) type Hit = (usize, f64);

/// Those paths of this agent on which it happens, in their order; each weighs 1.
pub(super) fn plain(course: &Course, numbers: Range<u64>, effort: &Effort) -> Vec<Hit> {
    Paths::new(course, Vec::new()).hits(&numbers, effort)
}

/// Those of so many tilted paths on which it happens, weighed by how much likelier they are for this agent (statistics
/// C1.5).
///
/// What is rare is a lucky stretch: while the windows fill, where little is enough, or at any time later. So there are
/// several [tilts](Tilt), which take turns, and the weight of a path counts all of them, and all the ticks at which its
/// tilt might have begun. A path that one tilt would weigh heavily, because it hardly ever finds it, is found by another.
pub(super) fn tilted(course: &Course, paths: u64, effort: &Effort) -> Vec<Hit> {
    Paths::new(course, tilts(course)).hits(&(0..paths), effort)
}

/// An agent that is at the edge of the bars, wherever that makes what is rare likelier.
struct Tilt {
    /// By stream.
    sources: Vec<Source>,
    /// From the entry of the tier on, rather than from some tick on, each as likely as any other.
    is_early: bool,
}

fn tilts(course: &Course) -> Vec<Tilt> {
    let shares = |at: usize, only: Option<usize>| -> Vec<f64> {
        let streams = course.streams.iter().enumerate();
        let share = |(nth, stream): (usize, &Stream)| match only {
            Some(only) if only != nth => stream.bad,
            _ => edge(course.event, stream, at),
        };
        streams.map(share).collect()
    };
    // All bars must clear at once, but one that fails is enough.
    let onlys: Vec<Option<usize>> = match course.event {
        Event::Promoted { .. } => vec![None],
        Event::Demoted { .. } => (0..course.streams.len()).map(Some).collect(),
    };
    let tilt = |shares: &[f64], is_early| {
        let of = course.streams.iter().zip(shares);
        Tilt { sources: of.map(|(stream, drawn)| Source::new(stream, *drawn)).collect(), is_early }
    };
    let all = onlys.into_iter().flat_map(|only| {
        let (first, last) = (shares(0, only), shares(1, only));
        let early = (first != last).then(|| tilt(&first, true));
        early.into_iter().chain([tilt(&last, true), tilt(&last, false)])
    });
    all.collect()
}

/// The share of bad samples to draw from so that the event is likelier.
fn edge(event: Event, stream: &Stream, at: usize) -> f64 {
    let edge = stream.edges.map_or(stream.bad, |edges| edges[at]);
    match event {
        Event::Promoted { .. } => edge.min(stream.bad),
        Event::Demoted { .. } => edge.max(stream.bad),
    }
}

/// Where the bad samples of a stream come from.
struct Source {
    /// By number of samples in a tick; then the same as of the stream's turn.
    samplers: Vec<Sampler>,
    /// By tick: which sampler.
    of: Vec<usize>,
}

impl Source {
    fn new(stream: &Stream, drawn: f64) -> Self {
        let counts: BTreeSet<u64> = stream.samples.iter().copied().collect();
        let counts: Vec<u64> = counts.into_iter().collect();
        let (turn, later) = stream.turn.unwrap_or((stream.samples.len(), stream.bad));
        let of = stream.samples.iter().enumerate().map(|(tick, n)| {
            let at = counts.partition_point(|count| count < n);
            if tick < turn { at } else { counts.len() + at }
        });
        let of = of.collect();
        let before = counts.iter().map(|n| Sampler::new(*n, drawn, stream.bad));
        let after = counts.iter().filter(|_| stream.turn.is_some()).map(|n| Sampler::new(*n, later, later));
        Self { samplers: before.chain(after).collect(), of }
    }

    /// What draws a tick.
    fn at(&self, tick: usize) -> &Sampler {
        &self.samplers[self.of[tick]]
    }
}

struct Paths<'a> {
    course: &'a Course,
    /// By stream.
    plain: Vec<Source>,
    /// None where no path is tilted.
    tilts: Vec<Tilt>,
}

/// The weight of a path on its way.
struct Weight<'a> {
    /// The tilt of this path, and from when on it is tilted.
    tilt: &'a Tilt,
    since: usize,
    /// By tilt, how much likelier the path is: if it is early, by the product of the factors of all ticks. Else, for each
    /// tick at which the tilt might begin, by the product from there on; this adds up over those that have come. Those
    /// still to come leave the path as likely as it is.
    likelier: Vec<f64>,
}

impl Weight<'_> {
    fn step(&mut self, tilts: &[Tilt], tick: usize, bads: &[u64]) {
        for (sum, tilt) in self.likelier.iter_mut().zip(tilts) {
            let factors = tilt.sources.iter().zip(bads).map(|(source, bad)| source.at(tick).weight(*bad));
            let factor = factors.product::<f64>().clamp(1.0 / LIKELIEST, LIKELIEST);
            *sum = if tilt.is_early { *sum } else { *sum + 1.0 } / factor;
        }
    }

    /// At a boundary: one over how much likelier it is, on average over all tilts and ticks at which they might begin.
    fn at(&self, tilts: &[Tilt], boundary: usize, boundaries: usize) -> f64 {
        let (all, left) = (real(boundaries as u64), real((boundaries - boundary) as u64));
        let of = |(sum, tilt): (&f64, &Tilt)| if tilt.is_early { *sum } else { (*sum + left) / all };
        real(tilts.len() as u64) / self.likelier.iter().zip(tilts).map(of).sum::<f64>()
    }
}

/// The bad samples of a path.
struct Drawn {
    /// By stream: those before each boundary.
    sums: Vec<Vec<u64>>,
    /// By stream: those of the newest tick.
    newest: Vec<u64>,
}

impl<'a> Paths<'a> {
    fn new(course: &'a Course, tilts: Vec<Tilt>) -> Self {
        let plain = course.streams.iter().map(|stream| Source::new(stream, stream.bad)).collect();
        Self { course, plain, tilts }
    }

    fn hits(&self, numbers: &Range<u64>, effort: &Effort) -> Vec<Hit> {
        let streams = self.course.streams.len();
        let parts = spread(numbers, effort.threads, |numbers| {
            let mut drawn =
                Drawn { sums: vec![vec![0; self.course.boundaries + 1]; streams], newest: vec![0; streams] };
            numbers.filter_map(|number| self.path(number, &mut drawn)).collect::<Vec<Hit>>()
        });
        parts.concat()
    }

    /// At which boundary it happens on a path, and the path's weight.
    fn path(&self, number: u64, drawn: &mut Drawn) -> Option<Hit> {
        let (key, boundaries) = (Key::new(SEED).number(number.cast_signed()), self.course.boundaries);
        let mut weight = self.weight(number, key);
        let mut run = 0;
        for boundary in 1..=boundaries {
            self.tick(key, boundary - 1, drawn, weight.as_mut());
            let clears = self.clears(boundary, &drawn.sums);
            run = if clears { run + 1 } else { 0 };
            let (happens, is_over) = match self.course.event {
                Event::Promoted { hold, stop } => (run > hold, run == 0 && stop.is_some_and(|stop| boundary >= stop)),
                Event::Demoted { stale } => (!clears || stale == Some(boundary), false),
            };
            if happens {
                return Some((boundary, weight.map_or(1.0, |weight| weight.at(&self.tilts, boundary, boundaries))));
            }
            if is_over {
                return None;
            }
        }
        None
    }

    /// The weight that a path sets out with; `None` where none is tilted.
    fn weight(&self, number: u64, key: Key) -> Option<Weight<'_>> {
        let turn = number.checked_rem(self.tilts.len() as u64)?;
        let tilt = self.tilts.get(usize::try_from(turn).ok()?)?;
        let since = if tilt.is_early { 0 } else { since(key, self.course.boundaries) };
        let likelier = self.tilts.iter().map(|tilt| if tilt.is_early { 1.0 } else { 0.0 }).collect();
        Some(Weight { tilt, since, likelier })
    }

    /// Draws the bad samples of a tick.
    fn tick(&self, key: Key, tick: usize, drawn: &mut Drawn, weight: Option<&mut Weight>) {
        let tilt = weight.as_ref().filter(|weight| weight.since <= tick).map(|weight| weight.tilt);
        let sources = tilt.map_or(&self.plain, |tilt| &tilt.sources);
        for (at, (source, stream)) in sources.iter().zip(&self.course.streams).enumerate() {
            let bits = key.number(i64::try_from(at).unwrap_or(0)).bits((tick as u64).wrapping_sub(stream.delay as u64));
            let bad = source.at(tick).draw(bits);
            drawn.sums[at][tick + 1] = drawn.sums[at][tick] + bad;
            drawn.newest[at] = bad;
        }
        if let Some(weight) = weight {
            weight.step(&self.tilts, tick, &drawn.newest);
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
