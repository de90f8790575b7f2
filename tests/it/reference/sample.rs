//! What a record is worth to a metric: samples and maturity (semantics §2), and signals told against it (§7).

use super::history::{History, Outcome, Record};
use super::policy::{Kind, Metric, Silence};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    Good,
    Bad,
    /// Micro-units.
    Value(i128),
}

/// At most one per record and metric.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) record: usize,
    /// The tick that contains its maturity time.
    pub(crate) tick: i128,
    pub(crate) worth: Worth,
}

/// All samples of a metric, feed alive. A sample whose tick is before a boundary depends on nothing after it.
pub(crate) fn samples(history: &History, metric: &Metric, tick: i128) -> Vec<Sample> {
    let mut found = Vec::new();
    for (index, record) in history.records.iter().enumerate() {
        let Some((maturity, worth)) = worth(record, metric) else { continue };
        let sample = Sample { record: index, tick: maturity.div_euclid(tick), worth };
        if alive(history, metric, sample.tick, tick) {
            found.push(sample);
        }
    }
    found
}

/// Verdict or value, with its maturity time.
fn worth(record: &Record, metric: &Metric) -> Option<(i128, Worth)> {
    match &metric.kind {
        Kind::Verdict { good, bad, settle: None } => first_verdict(record, good, bad),
        Kind::Verdict { good, bad, settle: Some((delay, silence)) } => {
            let maturity = record.time + delay;
            let worth = if arrived_by(record, bad, maturity) {
                Worth::Bad
            } else if arrived_by(record, good, maturity) {
                Worth::Good
            } else {
                match silence {
                    Silence::Good => Worth::Good,
                    Silence::Bad => Worth::Bad,
                    Silence::Nothing => return None,
                }
            };
            Some((maturity, worth))
        }
        Kind::Event { counts, within } => {
            let maturity = record.time + within;
            let hit = arrived_by(record, counts, maturity);
            Some((maturity, if hit { Worth::Bad } else { Worth::Good }))
        }
        Kind::Mean { signal, lower_is_better, .. } => first_value(record, signal, *lower_is_better),
    }
}

/// "The earliest time at which one of its good or bad signals arrived. If a bad one arrived at that same time, bad."
fn first_verdict(record: &Record, good: &[String], bad: &[String]) -> Option<(i128, Worth)> {
    let told = |outcome: &&Outcome| good.contains(&outcome.signal) || bad.contains(&outcome.signal);
    let first = record.outcomes.iter().filter(told).map(|outcome| outcome.time).min()?;
    let is_bad = record.outcomes.iter().any(|outcome| outcome.time == first && bad.contains(&outcome.signal));
    Some((first, if is_bad { Worth::Bad } else { Worth::Good }))
}

/// "The first value signal; of several at one instant the worse value."
fn first_value(record: &Record, signal: &str, lower_is_better: bool) -> Option<(i128, Worth)> {
    let of_signal = || record.outcomes.iter().filter(|outcome| outcome.signal == signal);
    let first = of_signal().map(|outcome| outcome.time).min()?;
    let values = of_signal().filter(|outcome| outcome.time == first).map(Outcome::micros);
    let worse = if lower_is_better { values.max() } else { values.min() };
    Some((first, Worth::Value(worse?)))
}

/// Did one of the signals arrive at or before the instant?
fn arrived_by(record: &Record, signals: &[String], limit: i128) -> bool {
    record.outcomes.iter().any(|outcome| outcome.time <= limit && signals.contains(&outcome.signal))
}

/// "Samples of tick t exist only if one of these signals arrived, on any record or as a notice, in the ticks that make
/// up the D ending with tick t (t included)."
fn alive(history: &History, metric: &Metric, at: i128, tick: i128) -> bool {
    let Some((signals, within)) = &metric.alive else { return true };
    let first = at - within / tick + 1;
    let seen = |signal: &String, time: i128| signals.contains(signal) && (first..=at).contains(&time.div_euclid(tick));
    let on_records = history.records.iter().flat_map(|record| &record.outcomes);
    on_records.into_iter().any(|outcome| seen(&outcome.signal, outcome.time))
        || history.notices.iter().any(|(signal, time)| seen(signal, *time))
}

/// §7: "a signal told against it under a metric: a counted signal within D; a bad one at or before settle; without
/// settle, the verdict is bad. Silence that settles as bad is not a sighting, and means have no harm."
pub(crate) fn told_against(record: &Record, metric: &Metric) -> bool {
    match &metric.kind {
        Kind::Verdict { good, bad, settle: None } => {
            matches!(first_verdict(record, good, bad), Some((_, Worth::Bad)))
        }
        Kind::Verdict { bad, settle: Some((delay, _)), .. } => arrived_by(record, bad, record.time + delay),
        Kind::Event { counts, within } => arrived_by(record, counts, record.time + within),
        Kind::Mean { .. } => false,
    }
}

/// Per distinct outcome: "signals of a settle or event metric after its maturity".
pub(crate) fn late_outcomes(record: &Record, metric: &Metric) -> u64 {
    let limit = record.time + metric.delay();
    let of_metric = |signal: &String| match &metric.kind {
        Kind::Verdict { good, bad, settle: Some(_) } => good.contains(signal) || bad.contains(signal),
        Kind::Event { counts, .. } => counts.contains(signal),
        _ => false,
    };
    let late = |outcome: &&Outcome| outcome.time > limit && of_metric(&outcome.signal);
    record.outcomes.iter().filter(late).count() as u64
}

/// Per distinct outcome: later signals of the other side than the verdict (of a verdict without settle).
pub(crate) fn contradicted(record: &Record, metric: &Metric) -> u64 {
    let Kind::Verdict { good, bad, settle: None } = &metric.kind else { return 0 };
    let Some((first, worth)) = first_verdict(record, good, bad) else { return 0 };
    let other = if worth == Worth::Bad { good } else { bad };
    let later = |outcome: &&Outcome| outcome.time > first && other.contains(&outcome.signal);
    record.outcomes.iter().filter(later).count() as u64
}
