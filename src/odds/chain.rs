//! The exact odds of a course: a Markov chain over what of the past still matters (statistics C1.2, C1.3).
//!
//! A course with several bars runs through the product of their states, bars of different metrics being independent.
//! Beside the states the chain has slots: slot 0 collects, within a boundary, what some bar has failed; the others are
//! what is under way, in the case of a promotion by how many boundaries it has cleared in a row.

use super::answer::Effort;
use super::binomial::Binomial;
use super::course::{ANYTHING, Course, Event, Watch};
use super::states::{States, sliding_count};
use std::collections::{BTreeMap, BTreeSet};

/// How likely it happens at each boundary, from 1 on; `None` where that is more than the effort, or where two bars look
/// at the same samples.
pub(super) fn chances(course: &Course, effort: &Effort) -> Option<Vec<f64>> {
    if let (Event::Demoted { .. }, 2..) = (course.event, course.bars.len()) {
        return demoted_by_any(course, effort);
    }
    let states = joint(course, effort)?;
    Some(Chain::new(course, states).run())
}

/// A tier is kept while each keep bar is: independent, so what is left of it is the product over the bars.
fn demoted_by_any(course: &Course, effort: &Effort) -> Option<Vec<f64>> {
    if course.streams.len() < course.bars.len() {
        return None;
    }
    let mut kept = vec![1.0; course.boundaries];
    for bar in &course.bars {
        let alone = Course {
            event: Event::Demoted { stale: None },
            boundaries: course.boundaries,
            streams: vec![course.streams[bar.stream].clone()],
            bars: vec![Watch { stream: 0, ..bar.clone() }],
        };
        let mut lost = 0.0;
        for (kept, chance) in kept.iter_mut().zip(chances(&alone, effort)?) {
            lost += chance;
            *kept *= 1.0 - lost;
        }
    }
    if course.goes_stale() == Some(course.boundaries) {
        kept.last_mut().into_iter().for_each(|kept| *kept = 0.0);
    }
    let before = std::iter::once(1.0).chain(kept.clone());
    Some(before.zip(kept).map(|(before, after)| before - after).collect())
}

/// The states of each bar, if all of them together are within the effort.
fn joint(course: &Course, effort: &Effort) -> Option<Vec<States>> {
    // A chain has one share of bad samples.
    if course.streams.len() < course.bars.len() || course.streams.iter().any(|stream| stream.turn.is_some()) {
        return None;
    }
    let sizes: Vec<Size> = course.bars.iter().map(|bar| Size::of(course, bar)).collect::<Option<_>>()?;
    let slots = slots(course.event) as u64 - 1;
    let all = sizes.iter().try_fold(slots, |all, size| all.checked_mul(size.count as u64))?;
    let steps = |size: &Size| all.checked_mul(size.last as u64 + 1)?.checked_mul(course.boundaries as u64);
    let work = sizes.iter().try_fold(0_u64, |work, size| work.checked_add(steps(size)?))?;
    (all <= effort.states && work <= effort.steps).then(|| sizes.iter().map(Size::states).collect())
}

/// How large the chain of a bar is.
struct Size {
    count: usize,
    /// See [`States::last`].
    last: usize,
    /// The most bad samples that any look allows.
    most: usize,
    /// `None`: nothing ever falls out of it.
    window: Option<usize>,
}

impl Size {
    fn of(course: &Course, bar: &Watch) -> Option<Self> {
        let stream = &course.streams[bar.stream];
        let most = bar.looks.iter().map(|look| look.allowed).filter(|allowed| *allowed < ANYTHING).max().unwrap_or(-1);
        // Where no look can clear, or none can fail, one state does: it counts no bad sample.
        let most = usize::try_from(most.max(0)).ok()?;
        let window = bar.window.filter(|_| bar.looks.last().is_some_and(|look| look.from > stream.delay));
        let in_tick = usize::try_from(stream.samples.iter().copied().max().unwrap_or(0)).ok()?;
        let (count, last) = match window {
            Some(window) => (sliding_count(most, window)?, most + 1),
            None => (most + 2, in_tick.min(most + 1)),
        };
        u32::try_from(count).ok()?;
        Some(Self { count, last, most, window })
    }

    fn states(&self) -> States {
        match self.window {
            Some(window) => States::sliding(self.most, window),
            None => States::cumulative(self.most, self.last),
        }
    }
}

fn slots(event: Event) -> usize {
    match event {
        Event::Promoted { hold, .. } => hold.saturating_add(2),
        Event::Demoted { .. } => 2,
    }
}

struct Chain<'a> {
    course: &'a Course,
    states: Vec<States>,
    slots: usize,
    /// By bar and number of samples in a tick.
    parts: Vec<BTreeMap<u64, Vec<f64>>>,
    /// By state of the first bar, then of the second, …, then by slot.
    mass: Vec<f64>,
    next: Vec<f64>,
}

impl<'a> Chain<'a> {
    fn new(course: &'a Course, states: Vec<States>) -> Self {
        let slots = slots(course.event);
        let size = states.iter().map(|states| states.count).product::<usize>() * slots;
        let parts = course.bars.iter().zip(&states).map(|(bar, states)| {
            let stream = &course.streams[bar.stream];
            let counts: BTreeSet<u64> = stream.samples.iter().copied().collect();
            counts.into_iter().map(|n| (n, Binomial::new(n, stream.bad).lumped(states.last))).collect()
        });
        let parts = parts.collect();
        let mut mass = vec![0.0; size];
        // No bad sample in any tick, nothing cleared yet.
        mass[1] = 1.0;
        Self { course, states, slots, parts, mass, next: vec![0.0; size] }
    }

    fn run(mut self) -> Vec<f64> {
        (1..=self.course.boundaries).map(|boundary| self.boundary(boundary)).collect()
    }

    /// Takes one tick and the boundary after it; how likely it happens there.
    fn boundary(&mut self, boundary: usize) -> f64 {
        for bar in 0..self.states.len() {
            self.tick(bar, boundary);
        }
        match self.course.event {
            Event::Promoted { stop, .. } => self.promote(stop.is_some_and(|stop| boundary >= stop)),
            Event::Demoted { stale } => self.demote(stale == Some(boundary)),
        }
    }

    /// The new tick of one bar: every state goes on by how many bad samples there are, and what the bar fails to slot 0.
    fn tick(&mut self, bar: usize, boundary: usize) {
        let (states, watch) = (&self.states[bar], &self.course.bars[bar]);
        let inner = self.states[bar + 1..].iter().map(|states| states.count).product::<usize>() * self.slots;
        let allowed = watch.looks[boundary - 1].allowed;
        let samples = self.course.streams[watch.stream].samples[boundary - 1];
        let step = Step { states, parts: &self.parts[bar][&samples], allowed, slots: self.slots, inner };
        self.next.fill(0.0);
        let outer = states.count * inner;
        for (from, to) in self.mass.chunks_exact(outer).zip(self.next.chunks_exact_mut(outer)) {
            step.take(from, to);
        }
        std::mem::swap(&mut self.mass, &mut self.next);
    }

    /// What has cleared once more moves a slot up, out of the last one to the promoted; what has not starts again, or
    /// ends where the attempt is over.
    fn promote(&mut self, is_over: bool) -> f64 {
        let mut promoted = 0.0;
        for row in self.mass.chunks_exact_mut(self.slots) {
            let failed = row[0];
            promoted += row[self.slots - 1];
            row.copy_within(1..self.slots - 1, 2);
            row[0] = 0.0;
            row[1] = if is_over { 0.0 } else { failed };
        }
        promoted
    }

    fn demote(&mut self, all: bool) -> f64 {
        let mut demoted = 0.0;
        for row in self.mass.chunks_exact_mut(self.slots) {
            demoted += std::mem::take(&mut row[0]);
            if all {
                demoted += std::mem::take(&mut row[1]);
            }
        }
        demoted
    }
}

/// One tick of one bar.
struct Step<'a> {
    states: &'a States,
    /// How likely the tick has so many bad samples.
    parts: &'a [f64],
    allowed: i64,
    slots: usize,
    /// The length of what belongs to one state.
    inner: usize,
}

impl Step<'_> {
    fn take(&self, from: &[f64], to: &mut [f64]) {
        let (mut clears, mut fails) = (Vec::new(), Vec::new());
        for (block, next) in self.states.blocks.iter().zip(self.states.next.chunks_exact(self.states.last + 1)) {
            let rows = &from[block.first * self.inner..][..block.length * self.inner];
            if rows.iter().all(|mass| *mass == 0.0) {
                continue;
            }
            self.add_up(rows, &mut clears, &mut fails);
            for ((new, part), next) in self.parts.iter().enumerate().zip(next) {
                let to = &mut to[*next as usize * self.inner..][..self.inner];
                self.spread(self.cleared(block.bad + new, block.length), *part, (&clears, &fails), to);
            }
        }
    }

    /// How many states of a block clear whose first has so many bad samples.
    fn cleared(&self, bad: usize, length: usize) -> usize {
        let room = self.allowed.saturating_add(1).saturating_sub_unsigned(bad as u64);
        usize::try_from(room.max(0)).unwrap_or(usize::MAX).min(length)
    }

    /// Sums over the first states of a block, 0 to all of them; and over the others, with all slots as one.
    fn add_up(&self, rows: &[f64], clears: &mut Vec<f64>, fails: &mut Vec<f64>) {
        let short = self.inner / self.slots;
        clears.clear();
        clears.resize(self.inner, 0.0);
        clears.extend(rows);
        for at in self.inner..clears.len() {
            clears[at] += clears[at - self.inner];
        }
        fails.clear();
        fails.extend(rows.chunks_exact(self.slots).map(|slots| slots.iter().sum::<f64>()));
        fails.resize(fails.len() + short, 0.0);
        for at in (0..fails.len() - short).rev() {
            fails[at] += fails[at + short];
        }
    }

    fn spread(&self, cleared: usize, part: f64, (clears, fails): (&[f64], &[f64]), to: &mut [f64]) {
        if cleared > 0 {
            let clears = &clears[cleared * self.inner..][..self.inner];
            to.iter_mut().zip(clears).for_each(|(to, mass)| *to += part * mass);
        }
        let short = self.inner / self.slots;
        let fails = &fails[cleared * short..][..short];
        to.iter_mut().step_by(self.slots).zip(fails).for_each(|(to, mass)| *to += part * mass);
    }
}
