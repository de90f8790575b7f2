//! Metrics in the words of the language: the model keeps the place of their names only.

use super::side::Side;
use crate::model::policy::{Alive, Metric, MetricKind, SignalId, Silence};
use crate::value::Duration;
use std::collections::BTreeSet;

/// `metric reopen_rate from customer counts reopened within 7d alive rated within 2d`
pub(super) fn metric(of: &Side, metric: &Metric) -> String {
    let said = Words { of, canonical: false }.samples(metric);
    format!("metric {}{} from {} {said}", metric.name, title(metric.title.as_deref()), metric.judge.word())
}

/// ` "What it means"`, where something is said.
pub(super) fn title(title: Option<&str>) -> String {
    title.map_or_else(String::new, |title| format!(" {title:?}"))
}

/// How records become samples of a metric and when they exist; equal texts make equal samples.
pub(super) fn samples(of: &Side, metric: &Metric) -> String {
    Words { of, canonical: true }.samples(metric)
}

/// Whether the new metric makes the same number of samples at the same times, and finds bad whatever the old one did:
/// silence always speaks after the same time, and only what it listens to has changed, to the harder side.
pub(super) fn is_harsher(old: &Side, one: &Metric, new: &Side, other: &Metric) -> bool {
    let all = |of: &Side, ids: &[SignalId]| -> BTreeSet<String> {
        ids.iter().map(|id| of.policy.signals[id.index()].name.clone()).collect()
    };
    let alive = |of: &Side, metric: &Metric| Words { of, canonical: true }.alive(&metric.alive);
    let is_harsher = match (&one.kind, &other.kind) {
        (MetricKind::Event { signals, within }, MetricKind::Event { signals: more, within: longer }) => {
            within.seconds() == longer.seconds() && all(old, signals).is_subset(&all(new, more))
        }
        (
            MetricKind::Verdict { good, bad, settle: Some((after, silence)) },
            MetricKind::Verdict { good: less, bad: more, settle: Some((longer, other_silence)) },
        ) => {
            // Where silence is no sample, fewer signals make fewer samples.
            let speaks = *silence != Silence::Nothing && silence == other_silence;
            let good_matters = *silence == Silence::Bad;
            speaks
                && after.seconds() == longer.seconds()
                && all(old, bad).is_subset(&all(new, more))
                && (!good_matters || all(new, less).is_subset(&all(old, good)))
        }
        _ => false,
    };
    is_harsher && alive(old, one) == alive(new, other)
}

struct Words<'a> {
    of: &'a Side<'a>,
    /// Whatever decides nothing is made equal: units of durations, the order of signals.
    canonical: bool,
}

impl Words<'_> {
    fn samples(&self, metric: &Metric) -> String {
        let mut parts = self.kind(&metric.kind);
        parts.extend(self.alive(&metric.alive));
        parts.join(" ")
    }

    fn alive(&self, alive: &Alive) -> Option<String> {
        match alive {
            Alive::Signals(ids, within) => {
                Some(format!("alive {} within {}", self.signals(ids), self.duration(*within)))
            }
            Alive::Unsaid if !self.canonical => None,
            Alive::Unchecked(why) if !self.canonical => Some(format!("alive unchecked because {why:?}")),
            Alive::Unchecked(_) | Alive::Unsaid => Some("alive unchecked".to_owned()),
        }
    }

    fn kind(&self, kind: &MetricKind) -> Vec<String> {
        match kind {
            MetricKind::Verdict { good, bad, settle } => {
                let named = [("good", good), ("bad", bad)].into_iter().filter(|(_, ids)| !ids.is_empty());
                let sides = named.map(|(word, ids)| format!("{word} {}", self.signals(ids)));
                let settle =
                    settle.map(|(after, as_what)| format!("settle {} as {}", self.duration(after), as_what.word()));
                sides.chain(settle).collect()
            }
            MetricKind::Event { signals, within } => {
                vec![format!("counts {} within {}", self.signals(signals), self.duration(*within))]
            }
            MetricKind::Mean { signal, low, high, lower_is_better } => {
                let better = if *lower_is_better { " lower is better" } else { "" };
                vec![format!("mean of {} between {low} and {high}{better}", self.signals(&[*signal]))]
            }
        }
    }

    fn signals(&self, ids: &[SignalId]) -> String {
        let mut names: Vec<&str> = ids.iter().map(|id| self.of.policy.signals[id.index()].name.as_str()).collect();
        if self.canonical {
            names.sort_unstable();
        }
        names.join(", ")
    }

    fn duration(&self, duration: Duration) -> String {
        if self.canonical { duration.seconds().to_string() } else { duration.to_string() }
    }
}
