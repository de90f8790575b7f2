//! Metrics in the words of the language: the model keeps the place of their names only.

use super::side::Side;
use crate::model::policy::{Alive, Metric, MetricKind, SignalId};
use crate::value::Duration;

/// `metric reopen_rate from customer counts reopened within 7d alive rated within 2d`
pub(super) fn metric(of: &Side, metric: &Metric) -> String {
    let said = Words { of, canonical: false }.samples(metric);
    format!("metric {} from {} {said}", metric.name, metric.judge.word())
}

/// How records become samples of a metric and when they exist; equal texts make equal samples.
pub(super) fn samples(of: &Side, metric: &Metric) -> String {
    Words { of, canonical: true }.samples(metric)
}

struct Words<'a> {
    of: &'a Side<'a>,
    /// Whatever decides nothing is made equal: units of durations, the order of signals.
    canonical: bool,
}

impl Words<'_> {
    fn samples(&self, metric: &Metric) -> String {
        let mut parts = self.kind(&metric.kind);
        match &metric.alive {
            Alive::Signals(ids, within) => {
                parts.push(format!("alive {} within {}", self.signals(ids), self.duration(*within)));
            }
            Alive::Unchecked(_) => parts.push("alive unchecked".to_owned()),
            Alive::Unsaid if self.canonical => parts.push("alive unchecked".to_owned()),
            Alive::Unsaid => {}
        }
        parts.join(" ")
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
