//! Record and metric to sample: the four rules of semantics §2, and what speaks against a record (§7).

use super::line::{Carried, Outcome};
use crate::model::policy::{SignalId, Silence};
use crate::plan::{Metric, MetricKind};
use crate::value::Instant;

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
    /// When it is known.
    pub matures: Instant,
    /// What it says.
    pub side: Side,
}

/// The sample of a record taken at `time` with these outcomes.
#[must_use]
pub fn sample(metric: &Metric, time: Instant, outcomes: &[Outcome]) -> Option<Sample> {
    match &metric.kind {
        MetricKind::Verdict { good, bad, settle: None } => first_verdict(good, bad, outcomes),
        MetricKind::Verdict { good, bad, settle: Some((after, silence)) } => {
            let matures = time.plus_seconds(*after);
            settled(good, bad, *silence, matures, outcomes).map(|side| Sample { matures, side })
        }
        MetricKind::Event { signals, within } => {
            let matures = time.plus_seconds(*within);
            let side = if any_by(signals, matures, outcomes) { Side::Bad } else { Side::Good };
            Some(Sample { matures, side })
        }
        MetricKind::Mean { signal, lower_is_better, .. } => first_value(*signal, *lower_is_better, outcomes),
    }
}

/// The earliest good or bad signal; of several at one instant a bad one.
fn first_verdict(good: &[SignalId], bad: &[SignalId], outcomes: &[Outcome]) -> Option<Sample> {
    let sided = outcomes.iter().filter_map(|outcome| Some((outcome.time, side_of(good, bad, outcome.signal?)?)));
    // `false` sorts before `true`: at one instant the bad signal comes first.
    let (matures, is_good) = sided.min()?;
    Some(Sample { matures, side: if is_good { Side::Good } else { Side::Bad } })
}

/// Whether a signal says good; `None` if it says nothing here.
fn side_of(good: &[SignalId], bad: &[SignalId], signal: SignalId) -> Option<bool> {
    if bad.contains(&signal) { Some(false) } else { good.contains(&signal).then_some(true) }
}

/// Bad if a bad signal came in time; else good if a good one did; else what silence says.
fn settled(good: &[SignalId], bad: &[SignalId], silence: Silence, by: Instant, outcomes: &[Outcome]) -> Option<Side> {
    if any_by(bad, by, outcomes) {
        return Some(Side::Bad);
    }
    if any_by(good, by, outcomes) {
        return Some(Side::Good);
    }
    match silence {
        Silence::Good => Some(Side::Good),
        Silence::Bad => Some(Side::Bad),
        Silence::Nothing => None,
    }
}

/// The first value; of several at one instant the worse.
fn first_value(signal: SignalId, lower_is_better: bool, outcomes: &[Outcome]) -> Option<Sample> {
    let values = outcomes.iter().filter_map(|outcome| match outcome.value {
        Some(Carried::Millionths(value)) if outcome.signal == Some(signal) => Some((outcome.time, value)),
        _ => None,
    });
    let worse_first = |(time, value): &(Instant, i64)| (*time, if lower_is_better { -value } else { *value });
    let (matures, value) = values.min_by_key(worse_first)?;
    Some(Sample { matures, side: Side::Value(value) })
}

fn any_by(signals: &[SignalId], by: Instant, outcomes: &[Outcome]) -> bool {
    let counts = |outcome: &Outcome| outcome.time <= by && outcome.signal.is_some_and(|id| signals.contains(&id));
    outcomes.iter().any(counts)
}

/// Whether a signal told against the record under this metric: a counted signal in time, a bad one by the settle, or
/// a bad verdict. Silence that settles as bad is no sighting, and means have no harm.
#[must_use]
pub fn told_against(metric: &Metric, time: Instant, outcomes: &[Outcome]) -> bool {
    match &metric.kind {
        MetricKind::Verdict { good, bad, settle: None } => {
            first_verdict(good, bad, outcomes).is_some_and(|sample| sample.side == Side::Bad)
        }
        MetricKind::Verdict { bad, settle: Some((after, _)), .. } => any_by(bad, time.plus_seconds(*after), outcomes),
        MetricKind::Event { signals, within } => any_by(signals, time.plus_seconds(*within), outcomes),
        MetricKind::Mean { .. } => false,
    }
}

/// What of a record's (distinct) outcomes a metric does not heed, though it knows the signal: how many came too late to
/// count, and how many contradict the verdict.
#[must_use]
pub fn unheeded(metric: &Metric, time: Instant, outcomes: &[Outcome]) -> (u64, u64) {
    let count = |test: &dyn Fn(&Outcome, SignalId) -> bool| {
        outcomes.iter().filter(|outcome| outcome.signal.is_some_and(|signal| test(outcome, signal))).count() as u64
    };
    match &metric.kind {
        MetricKind::Verdict { good, bad, settle: Some((settle, _)) } => {
            let by = time.plus_seconds(*settle);
            (count(&|outcome, signal| outcome.time > by && side_of(good, bad, signal).is_some()), 0)
        }
        MetricKind::Event { signals, within } => {
            let by = time.plus_seconds(*within);
            (count(&|outcome, signal| outcome.time > by && signals.contains(&signal)), 0)
        }
        MetricKind::Verdict { good, bad, settle: None } => {
            let Some(verdict) = first_verdict(good, bad, outcomes) else { return (0, 0) };
            let is_good = verdict.side == Side::Good;
            let differs = |signal| side_of(good, bad, signal).is_some_and(|side| side != is_good);
            (0, count(&|outcome, signal| outcome.time > verdict.matures && differs(signal)))
        }
        MetricKind::Mean { .. } => (0, 0),
    }
}

/// The signals that a metric heeds.
pub fn heeded(metric: &Metric) -> impl Iterator<Item = SignalId> {
    let (one, other): (&[SignalId], &[SignalId]) = match &metric.kind {
        MetricKind::Verdict { good, bad, .. } => (good, bad),
        MetricKind::Event { signals, .. } => (signals, &[]),
        MetricKind::Mean { signal, .. } => (std::slice::from_ref(signal), &[]),
    };
    one.iter().chain(other).copied()
}
