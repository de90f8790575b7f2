//! CWR203 repeated-evidence: a second gate that asks for what the first one asked for teaches nothing new.
//!
//! Metrics are compared by what they measure, not by name: a copy under another name is the same evidence. The target,
//! the window and the titles do not count.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Alive, Bar, Clause, Gate, Metric, MetricKind, Origin, SignalId};
use crate::source::Span;
use std::collections::BTreeSet;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let mut live = action.live_gates();
        let (Some(lower), Some(upper)) = (live.next(), live.next()) else { continue };
        if !upper.incomplete {
            check_action(subject, findings, action, lower, upper);
        }
    }
}

fn check_action(subject: &Subject, findings: &mut Findings, action: &Action, lower: &Gate, upper: &Gate) {
    let metric = |bar: &Clause<Bar>| subject.metric(bar.value.metric);
    let mut labels: Vec<(Span, Origin, String)> = Vec::new();
    for bar in &upper.bars {
        let Some(twin) = lower.bars.iter().find(|twin| same(metric(twin), metric(bar))) else { return };
        labels.push((bar.value.places.metric, bar.from, again(metric(bar), metric(twin))));
        if labels.iter().all(|(at, ..)| *at != twin.value.places.metric) {
            labels.push((twin.value.places.metric, twin.from, "asked for here already".to_owned()));
        }
    }
    let origins: Vec<Origin> = labels.iter().map(|(_, from, _)| *from).collect();
    // The action's own clause is the one to mend.
    labels.sort_by_key(|(_, from, _)| *from != Origin::Action);
    let mut labels = labels.into_iter();
    let Some((at, _, text)) = labels.next() else { return };
    let message = "`walk to run` asks only for what `crawl to walk` asked for";
    let finding = Diagnostic::new(Code::RepeatedEvidence, at, message).label(text);
    let finding = labels.fold(finding, |finding, (at, _, text)| finding.also(at, text));
    findings.about(action, origins, finding.help("add a bar on a metric that `crawl to walk` does not ask for"));
}

fn again(metric: &Metric, twin: &Metric) -> String {
    if metric.name == twin.name {
        return "asked for again here".to_owned();
    }
    format!("the same as `{}`, under another name", twin.name)
}

/// Whether two metrics make the same samples of the same records.
fn same(one: &Metric, other: &Metric) -> bool {
    let alive = match (&one.alive, &other.alive) {
        (Alive::Signals(one, within), Alive::Signals(other, also)) => set(one) == set(other) && within == also,
        (one, other) => matches!(one, Alive::Signals(..)) == matches!(other, Alive::Signals(..)),
    };
    alive && one.judge == other.judge && same_kind(&one.kind, &other.kind)
}

fn same_kind(one: &MetricKind, other: &MetricKind) -> bool {
    use MetricKind::{Event, Verdict};
    match (one, other) {
        (Verdict { good, bad, settle }, Verdict { good: good2, bad: bad2, settle: settle2 }) => {
            set(good) == set(good2) && set(bad) == set(bad2) && settle == settle2
        }
        (Event { signals, within }, Event { signals: signals2, within: within2 }) => {
            set(signals) == set(signals2) && within == within2
        }
        (one, other) => one == other,
    }
}

fn set(signals: &[SignalId]) -> BTreeSet<SignalId> {
    signals.iter().copied().collect()
}
