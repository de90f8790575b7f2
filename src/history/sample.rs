//! Record and metric to sample: the four rules of semantics §2, what speaks against a record (§7), and what of its
//! outcomes a metric does not heed. A metric looks at the outcomes of a record once, and says all of that.

use super::line::{Carried, Outcome};
use crate::model::policy::{SignalId, Silence};
use crate::plan::{Metric, MetricKind};
use crate::value::Instant;
use crate::value::duration::Tick;

/// What a sample says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// On the right side.
    Good,
    /// On the wrong side; of an event metric, a hit.
    Bad,
    /// A value in millionths.
    Value(i64),
}

/// The one sample that a record may yield for a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// In which tick it is known.
    pub tick: Tick,
    /// What it says.
    pub side: Side,
}

/// What a metric says of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// Its sample, if it yields one.
    pub sample: Option<Sample>,
    /// Whether a signal told against the record: a counted signal in time, a bad one by the settle, or a bad verdict.
    /// Silence that settles as bad is no sighting, and means have no harm.
    pub against: bool,
    /// Outcomes that came too late to count.
    pub late: u64,
    /// Outcomes that contradict the verdict.
    pub contradicted: u64,
}

/// The time of a record, and where it is among the ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    time: Instant,
    /// The tick of it.
    pub tick: Tick,
    /// When that tick began.
    began: i64,
}

impl Moment {
    /// A time among ticks of so many seconds.
    #[must_use]
    pub fn new(time: Instant, seconds: i64) -> Self {
        let tick = time.tick(seconds);
        Self { time, tick, began: tick * seconds }
    }

    /// The start of a tick of so many seconds.
    #[must_use]
    pub fn start(tick: Tick, seconds: i64) -> Self {
        let began = tick * seconds;
        Self { time: Instant::from_seconds(began), tick, began }
    }

    /// An outcome of a signal, so many seconds later.
    #[must_use]
    pub fn outcome(self, signal: SignalId, seconds: i64) -> Outcome {
        Outcome { time: self.time.plus_seconds(seconds), signal: Some(signal), value: None }
    }

    /// How much later a time is, in seconds, rounded up.
    #[must_use]
    #[inline]
    pub fn seconds_to(self, time: Instant) -> i64 {
        time.seconds.saturating_sub(self.time.seconds).saturating_add(i64::from(time.nanos > self.time.nanos))
    }

    /// The same for another time; most times are of the tick of the one before.
    #[must_use]
    #[inline]
    pub fn at(self, time: Instant, seconds: i64) -> Self {
        if (0..seconds).contains(&time.seconds.wrapping_sub(self.began)) {
            Self { time, ..self }
        } else {
            Self::new(time, seconds)
        }
    }
}

/// A metric as it looks at records.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    kind: Kind,
    /// By signal: whether it is good or bad here; nothing if it says nothing.
    sides: Vec<Option<bool>>,
    /// Seconds of a tick.
    seconds: i64,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// What is known so long after the record, and what silence says then.
    Settled { after: After, silence: Option<Side> },
    /// What the first signal says.
    Verdict,
    /// What the first value of a signal is.
    Mean { signal: SignalId, lower_is_better: bool },
}

/// Some seconds, as whole ticks and the seconds beyond.
#[derive(Debug, PartialEq, Eq)]
struct After {
    whole: i64,
    ticks: Tick,
    beyond: i64,
}

impl After {
    fn new(whole: i64, seconds: i64) -> Self {
        Self { whole, ticks: whole.div_euclid(seconds), beyond: whole.rem_euclid(seconds) }
    }

    /// The tick so long after a moment.
    #[inline]
    fn tick(&self, moment: Moment, seconds: i64) -> Tick {
        let is_next = moment.time.seconds - moment.began + self.beyond >= seconds;
        moment.tick + self.ticks + Tick::from(is_next)
    }
}

impl Rule {
    /// The rule of a metric, where there are so many signals and ticks have so many seconds.
    #[must_use]
    pub fn new(metric: &Metric, signals: usize, seconds: i64) -> Self {
        let mut sides = vec![None; signals];
        let mut say = |ids: &[SignalId], side: bool| ids.iter().for_each(|id| sides[id.index()] = Some(side));
        let settled = |after: i64, silence| Kind::Settled { after: After::new(after, seconds), silence };
        let kind = match &metric.kind {
            MetricKind::Verdict { good, bad, settle } => {
                say(good, true);
                say(bad, false);
                settle.map_or(Kind::Verdict, |(after, silence)| settled(after, side_of(silence)))
            }
            MetricKind::Event { signals, within } => {
                say(signals, false);
                settled(*within, Some(Side::Good))
            }
            MetricKind::Mean { signal, lower_is_better, .. } => {
                Kind::Mean { signal: *signal, lower_is_better: *lower_is_better }
            }
        };
        Self { kind, sides, seconds }
    }

    /// Whether it looks at a signal at all.
    #[must_use]
    pub fn heeds(&self, id: SignalId) -> bool {
        self.sides[id.index()].is_some() || matches!(self.kind, Kind::Mean { signal, .. } if signal == id)
    }

    /// Whether all records of a tick that have no outcome yield the same sample.
    #[must_use]
    pub fn is_even(&self) -> bool {
        !matches!(&self.kind, Kind::Settled { after, .. } if after.beyond != 0)
    }

    /// How many seconds it waits for signals, where nothing else matters of when they come.
    #[must_use]
    pub fn waits(&self) -> Option<i64> {
        match &self.kind {
            Kind::Settled { after, .. } => Some(after.whole),
            Kind::Verdict | Kind::Mean { .. } => None,
        }
    }

    /// What it says of a record of this moment with these distinct outcomes, sorted by time.
    #[must_use]
    #[inline]
    pub fn judge(&self, moment: Moment, outcomes: &[Outcome]) -> Judged {
        match &self.kind {
            Kind::Settled { after, silence } => {
                let tick = after.tick(moment, self.seconds);
                let silent = || silence.map(|side| Sample { tick, side });
                if outcomes.is_empty() {
                    return Judged { sample: silent(), ..Judged::default() };
                }
                self.settled(tick, silent(), moment.time.plus_seconds(after.whole), outcomes)
            }
            Kind::Verdict => self.verdict(outcomes).unwrap_or_default(),
            Kind::Mean { signal, lower_is_better } => {
                let sample = first_value(*signal, *lower_is_better, outcomes);
                Judged {
                    sample: sample.map(|(time, value)| self.sample(time, Side::Value(value))),
                    ..Judged::default()
                }
            }
        }
    }

    /// Whether an outcome is good or bad here.
    #[inline]
    fn side(&self, outcome: &Outcome) -> Option<bool> {
        outcome.signal.and_then(|id| self.sides[id.index()])
    }

    fn sample(&self, matures: Instant, side: Side) -> Sample {
        Sample { tick: matures.tick(self.seconds), side }
    }

    /// Bad if a bad signal came in time; else good if a good one did; else what silence says.
    fn settled(&self, tick: Tick, silent: Option<Sample>, by: Instant, outcomes: &[Outcome]) -> Judged {
        let (mut good, mut against, mut late) = (false, false, 0);
        for outcome in outcomes {
            match self.side(outcome) {
                None => {}
                Some(_) if outcome.time > by => late += 1,
                Some(true) => good = true,
                Some(false) => against = true,
            }
        }
        let sample = match (against, good) {
            (true, _) => Some(Sample { tick, side: Side::Bad }),
            (false, true) => Some(Sample { tick, side: Side::Good }),
            (false, false) => silent,
        };
        Judged { sample, against, late, contradicted: 0 }
    }

    /// The earliest good or bad signal; of several at one instant a bad one.
    fn verdict(&self, outcomes: &[Outcome]) -> Option<Judged> {
        let sided = || outcomes.iter().filter_map(|outcome| Some((outcome.time, self.side(outcome)?)));
        // `false` sorts before `true`: at one instant the bad signal comes first.
        let (matures, is_good) = sided().min()?;
        let contradicted = sided().filter(|(time, side)| *time > matures && *side != is_good).count() as u64;
        let side = if is_good { Side::Good } else { Side::Bad };
        Some(Judged { sample: Some(self.sample(matures, side)), against: !is_good, late: 0, contradicted })
    }
}

fn side_of(silence: Silence) -> Option<Side> {
    match silence {
        Silence::Good => Some(Side::Good),
        Silence::Bad => Some(Side::Bad),
        Silence::Nothing => None,
    }
}

/// The first value; of several at one instant the worse.
fn first_value(signal: SignalId, lower_is_better: bool, outcomes: &[Outcome]) -> Option<(Instant, i64)> {
    let values = outcomes.iter().filter_map(|outcome| match outcome.value {
        Some(Carried::Millionths(value)) if outcome.signal == Some(signal) => Some((outcome.time, value)),
        _ => None,
    });
    let worse_first = |(time, value): &(Instant, i64)| (*time, if lower_is_better { -value } else { *value });
    values.min_by_key(worse_first)
}

#[cfg(test)]
mod tests {
    use super::Moment;
    use crate::value::Instant;
    use proptest::prelude::{prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn a_moment_knows_its_tick(before in -9_999..9_999_i64, seconds in -9_999..9_999_i64, length in 1..7_200_i64) {
            let (before, time) = (Instant::from_seconds(before), Instant::from_seconds(seconds));
            prop_assert_eq!(Moment::new(before, length).at(time, length), Moment::new(time, length));
        }
    }
}
