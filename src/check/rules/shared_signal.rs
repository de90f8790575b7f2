//! CWR219 shared-signal: a signal that serves metrics from two sources lets one stand in for the other.
//!
//! `alive` does not judge, so it may name any signal; and a metric that nothing names judges nothing.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Metric, MetricKind, SignalId};
use std::collections::BTreeMap;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let policy = subject.policy;
    let mut first: BTreeMap<SignalId, &Metric> = BTreeMap::new();
    for metric in policy.metrics.iter().filter(|metric| !policy.unnamed.contains(&metric.at)) {
        // The metrics of another source that came first, each with the signals shared with it.
        let mut shared: Vec<(&Metric, Vec<SignalId>)> = Vec::new();
        for signal in signals(metric) {
            let other = *first.entry(signal).or_insert(metric);
            if other.judge == metric.judge {
                continue;
            }
            match shared.iter_mut().find(|(it, _)| it.at == other.at) {
                Some((_, signals)) => signals.push(signal),
                None => shared.push((other, vec![signal])),
            }
        }
        for (other, signals) in shared {
            findings.push(finding(subject, metric, other, &signals));
        }
    }
}

fn finding(subject: &Subject, metric: &Metric, other: &Metric, signals: &[SignalId]) -> Diagnostic {
    let signal = |id: &SignalId| &subject.policy.signals[id.index()];
    let names: Vec<&str> = signals.iter().map(|id| signal(id).name.as_str()).collect();
    let message = format!(
        "`{}` {} for both {} and {}",
        names.join("`, `"),
        if names.len() == 1 { "speaks" } else { "speak" },
        other.judge.word(),
        metric.judge.word(),
    );
    let finding = Diagnostic::new(Code::SharedSignal, metric.at, message)
        .label(format!("from {}", metric.judge.word()))
        .also(other.at, format!("from {}", other.judge.word()));
    let finding = signals.iter().fold(finding, |finding, id| finding.also(signal(id).at, "serves both"));
    finding.help(format!("log a signal of its own for what the {} says", metric.judge.word()))
}

/// The signals that a metric takes for a judgement.
fn signals(metric: &Metric) -> Vec<SignalId> {
    match &metric.kind {
        MetricKind::Verdict { good, bad, .. } => good.iter().chain(bad).copied().collect(),
        MetricKind::Event { signals, .. } => signals.clone(),
        MetricKind::Mean { signal, .. } => vec![*signal],
    }
}
