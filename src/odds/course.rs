//! The course of a gate in a world: what each bar sees at each boundary, and what happens then.
//!
//! Traffic is even, so how many samples a bar has at a boundary, and how many bad ones it allows among them, is known
//! beforehand; only which samples are bad is chance. A course is that knowledge, with boundary 0 as the entry of the
//! tier (at crawl: the start of the first tick), and it follows semantics §3 and §4 to the letter:
//!
//! - records of tick `t` mature in tick `t + d`, d being the metric's settle or within, and boundary `k` knows the ticks
//!   before it: a bar over `w` ticks sees those from `max(k - w, d)` on, one `over tier` those from `d` on;
//! - a gate is passed at the first boundary at which every bar has cleared at `hold + 1` boundaries in a row, unless
//!   `stop after` has ended the attempt; at crawl that counts from boundary 1, where a replay begins;
//! - a tier is lost at the first boundary at which some keep bar fails, or at which `stale` is over: that depends on
//!   traffic alone.
//!
//! The gate stands alone: `requires`, approvals and `promote one per` are met at once, every feed is alive, there is one
//! version of the agent, and no trip fires, nor a keep bar of another gate: the world has no rate for those.

use super::world::World;
use crate::model::policy::{ActionId, MetricId};
use crate::plan::{Bar, Gate, Limit, Metric, MetricKind, Plan};
use crate::stats::real;
use crate::value::Tier;
use crate::value::duration::Tick;

/// More boundaries than this are not computed; a replay has no more either.
const MOST_BOUNDARIES: Tick = 1_000_000;

/// What a look allows where there are too few samples to fail.
pub(super) const ANYTHING: i64 = i64::MAX;

/// Why the odds of a gate are not computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The world does not say how good the agent is.
    #[error("the world has no rate for `{0}`")]
    NoRate(String),
    /// The horizon has too many boundaries.
    #[error("{0} boundaries are more than the 1,000,000 that are computed")]
    TooLong(Tick),
    /// The traffic is too large.
    #[error("more than 1,000,000,000 records arrive in a tick")]
    TooMuch,
}

/// What happens at a boundary, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// All bars have cleared at `hold + 1` boundaries in a row. From boundary `stop` on, an attempt that is not passing
    /// ends.
    Promoted { hold: usize, stop: Option<usize> },
    /// Some bar fails, or the boundary `stale` has come.
    Demoted { stale: Option<usize> },
}

/// One look of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The first tick it sees.
    pub(super) from: usize,
    /// The most bad samples with which it clears, or does not fail; −1: it cannot.
    pub(super) allowed: i64,
}

impl Look {
    /// The share of bad samples between the most that it allows of `n`, and one more; `None` where it tells nothing.
    fn edge(self, n: u64) -> Option<f64> {
        let is_telling = n > 0 && (0..ANYTHING).contains(&self.allowed);
        is_telling.then(|| (real(self.allowed.unsigned_abs()) + 0.5) / real(n + 1))
    }
}

/// The samples of one metric.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) metric: MetricId,
    /// The true share of bad samples.
    pub(super) bad: f64,
    /// From which tick on it is another, and which.
    pub(super) turn: Option<(usize, f64)>,
    /// The shares of bad samples at which its bars are on the edge, between the most they allow and one more: at the first
    /// look that tells anything, and at the last.
    pub(super) edges: Option<[f64; 2]>,
    /// Samples by the tick in which they mature.
    pub(super) samples: Vec<u64>,
    /// How many ticks after their record.
    pub(super) delay: usize,
}

/// What one bar sees.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// An index into [`Course::streams`].
    pub(super) stream: usize,
    /// How far it looks back, in ticks; `None`: over all that there is.
    pub(super) window: Option<usize>,
    /// By boundary, from 1 on.
    pub(super) looks: Vec<Look>,
}

/// What each bar of a gate sees at each boundary.
#[derive(Clone, Debug)]
pub struct Course {
    pub(super) event: Event,
    /// How many boundaries there are, from 1 on.
    pub(super) boundaries: usize,
    pub(super) streams: Vec<Stream>,
    pub(super) bars: Vec<Watch>,
}

/// An agent that drops.
#[derive(Clone, Debug)]
pub struct Dropping {
    /// What its keep bars see, up to the boundary at which the tier is lost by silence.
    pub(super) course: Course,
    /// How long after the drop that is.
    pub stale: Option<usize>,
}

/// A gate of an action type, or a variant of it, in a world up to a horizon.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The policy, whose metrics and tick count.
    pub plan: &'a Plan,
    /// The action type, whose stale counts.
    pub action: ActionId,
    /// The gate: the plan's, or one with other figures.
    pub gate: &'a Gate,
    /// The world.
    pub world: &'a World,
    /// Within how many ticks.
    pub within: Tick,
}

impl Asked<'_> {
    /// The course of an attempt: from the entry of the tier below the gate to a promotion.
    pub fn promotion(&self) -> Result<Course, Refused> {
        let entry = Tick::from(self.gate.step.from() == Tier::Crawl);
        let stop = self.gate.stop.map(|after| index(after.saturating_add(entry)));
        let mut course = self.empty(Event::Promoted { hold: index(self.gate.hold), stop })?;
        for bar in &self.gate.bars {
            course.add(self, &bar.first, |n| {
                if n < bar.first.min { -1 } else { allowed(self.metric(&bar.first), &bar.first.limit, n) }
            })?;
        }
        Ok(course)
    }

    /// The course of a stay: from the entry of the tier above the gate to its loss.
    pub fn demotion(&self) -> Result<Course, Refused> {
        let mut course = self.empty(Event::Demoted { stale: None })?;
        let mut stale = None;
        for bar in &self.gate.keeps {
            let allowed = |n| if n < bar.min { ANYTHING } else { allowed(self.metric(bar), &bar.limit, n) };
            course.add(self, bar, allowed)?;
            let silent = course.bars.last().and_then(|watch| self.stale(&course, watch, bar.min, 0));
            stale = stale.into_iter().chain(silent).min();
        }
        course.event = Event::Demoted { stale };
        course.boundaries = stale.map_or(course.boundaries, |stale| course.boundaries.min(stale));
        Ok(course)
    }

    /// The course of a drop: an agent that has long been at the tier above the gate is of this world until a tick, and of
    /// another one from then on; and from then on a keep bar that fails takes the tier. It ends where `stale` takes it.
    pub fn dropping(&self, after: &World, turn: Tick) -> Result<Dropping, Refused> {
        let mut course = self.empty(Event::Demoted { stale: None })?;
        let (turn, mut stale) = (index(turn), None);
        for bar in &self.gate.keeps {
            let metric = self.metric(bar);
            course.add(self, bar, |n| if n < bar.min { ANYTHING } else { allowed(metric, &bar.limit, n) })?;
            let bad = after.bad_share(bar.metric, metric).ok_or_else(|| Refused::NoRate(metric.name.clone()))?;
            let Some(watch) = course.bars.last_mut() else { continue };
            let stream = &mut course.streams[watch.stream];
            stream.turn = Some((turn + stream.delay, bad));
            watch.looks.iter_mut().take(turn).for_each(|look| look.allowed = ANYTHING);
            let silent = course.bars.last().and_then(|watch| self.stale(&course, watch, bar.min, turn));
            stale = stale.into_iter().chain(silent).min();
        }
        course.boundaries = stale.map_or(course.boundaries, |stale| course.boundaries.min(stale));
        Ok(Dropping { course, stale: stale.map(|stale| stale - turn) })
    }

    fn metric(&self, bar: &Bar) -> &Metric {
        &self.plan.metrics[bar.metric.index()]
    }

    fn empty(&self, event: Event) -> Result<Course, Refused> {
        if self.within > MOST_BOUNDARIES {
            return Err(Refused::TooLong(self.within));
        }
        Ok(Course { event, boundaries: index(self.within), streams: Vec::new(), bars: Vec::new() })
    }

    fn stream(&self, bar: &Bar, boundaries: usize) -> Result<Stream, Refused> {
        let metric = self.metric(bar);
        let bad = self.world.bad_share(bar.metric, metric).ok_or_else(|| Refused::NoRate(metric.name.clone()))?;
        let flow = self.world.flow(bar.metric).ok_or_else(|| Refused::NoRate(metric.name.clone()))?;
        let records = flow.records(boundaries, self.plan.tick_seconds).ok_or(Refused::TooMuch)?;
        let delay = index(metric.delay_ticks).min(boundaries);
        let samples = std::iter::repeat_n(0, delay).chain(records).take(boundaries).collect();
        Ok(Stream { metric: bar.metric, bad, turn: None, edges: None, samples, delay })
    }

    /// The boundary at which a keep bar has been without enough evidence for `stale`, as of one boundary on.
    fn stale(&self, course: &Course, watch: &Watch, min: u64, since: usize) -> Option<usize> {
        let stale = index(self.plan.actions[self.action.index()].stale?);
        let counts = course.streams[watch.stream].sums();
        let mut last = since;
        for (boundary, look) in (1..).zip(&watch.looks).skip(since) {
            if counts[boundary] - counts[look.from] >= min {
                last = boundary;
            }
            if boundary - last >= stale {
                return Some(boundary);
            }
        }
        None
    }
}

impl Course {
    fn add(&mut self, asked: &Asked, bar: &Bar, allowed: impl Fn(u64) -> i64) -> Result<(), Refused> {
        let known = self.streams.iter().position(|stream| stream.metric == bar.metric);
        let stream = known.unwrap_or(self.streams.len());
        if known.is_none() {
            self.streams.push(asked.stream(bar, self.boundaries)?);
        }
        let of = &mut self.streams[stream];
        let counts = of.sums();
        let window = bar.window.map(index);
        let mut last = (0, allowed(0));
        let looks = (1..=self.boundaries).map(|boundary| {
            let from = window.map_or(0, |window| boundary.saturating_sub(window)).max(of.delay).min(boundary);
            let n = counts[boundary] - counts[from];
            if n != last.0 {
                last = (n, allowed(n));
            }
            Look { from, allowed: last.1 }
        });
        let looks: Vec<Look> = looks.collect();
        let edges = || (1..).zip(&looks).filter_map(|(boundary, look)| look.edge(counts[boundary] - counts[look.from]));
        if let (Some(first), Some(last)) = (edges().next(), edges().last()) {
            // All bars must clear, and any one that fails is enough: in both cases the hardest is what counts.
            of.edges = Some(of.edges.map_or([first, last], |edges| [edges[0].min(first), edges[1].min(last)]));
        }
        self.bars.push(Watch { stream, window, looks });
        Ok(())
    }

    /// At which boundary `stale` takes the tier, whatever the agent does.
    #[must_use]
    pub fn goes_stale(&self) -> Option<usize> {
        match self.event {
            Event::Demoted { stale } => stale,
            Event::Promoted { .. } => None,
        }
    }

    /// Whether not even an agent without one bad sample is promoted.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        let Event::Promoted { hold, stop } = self.event else { return false };
        let mut run = 0;
        for boundary in 1..=self.boundaries {
            let clears = self.bars.iter().all(|bar| bar.looks[boundary - 1].allowed >= 0);
            run = if clears { run + 1 } else { 0 };
            if run > hold {
                return false;
            }
            if run == 0 && stop.is_some_and(|stop| boundary >= stop) {
                return true;
            }
        }
        true
    }

    /// The most samples that each bar ever sees, in the order of the bars.
    #[must_use]
    pub fn most_samples(&self) -> Vec<u64> {
        let most = |watch: &Watch| {
            let sums = self.streams[watch.stream].sums();
            (1..).zip(&watch.looks).map(|(boundary, look)| sums[boundary] - sums[look.from]).max().unwrap_or(0)
        };
        self.bars.iter().map(most).collect()
    }
}

impl Stream {
    /// How many samples matured before each boundary, from 0 on.
    fn sums(&self) -> Vec<u64> {
        let mut sum = 0;
        let sums = self.samples.iter().map(|n| {
            sum += n;
            sum
        });
        std::iter::once(0).chain(sums).collect()
    }
}

/// The most bad samples of `n` with which a limit is met; −1 if none will do, and at `n` = 0.
fn allowed(metric: &Metric, limit: &Limit, n: u64) -> i64 {
    match (limit, &metric.kind) {
        (Limit::Share { allowed, .. }, _) => allowed.at(n),
        (Limit::Mean { .. }, MetricKind::Mean { low, high, lower_is_better, .. }) => {
            let (good, bad) = if *lower_is_better { (*low, *high) } else { (*high, *low) };
            let sum = |bads: u64| i128::from(n - bads) * i128::from(good) + i128::from(bads) * i128::from(bad);
            most(n, |bads| limit.clears(n, 0, sum(bads)))
        }
        (Limit::Mean { .. }, _) => -1,
    }
}

/// The most of `n` for which something holds that holds for fewer too; −1 if it never does, and at `n` = 0.
fn most(n: u64, holds: impl Fn(u64) -> bool) -> i64 {
    if n == 0 || !holds(0) {
        return -1;
    }
    let (mut low, mut high) = (0, n + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle } else { high = middle }
    }
    low.cast_signed()
}

/// A count of ticks, none below 0.
fn index(ticks: Tick) -> usize {
    usize::try_from(ticks.max(0)).unwrap_or(usize::MAX)
}
