//! CWR307 late-alarm: at run, where customers meet every mistake, nothing speaks up for two weeks or longer.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Gate, Metric, MetricKind};
use crate::value::Step;
use crate::value::duration::{Duration, Unit};

/// From here on a delay is long.
const LONG: Duration = Duration { count: 14, unit: Unit::Days };

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        let is_blind = gate.step == Step::WalkToRun && action.trips.is_empty();
        if is_blind && !action.incomplete && !gate.incomplete {
            check_gate(subject, findings, action, gate);
        }
    }
}

fn check_gate(subject: &Subject, findings: &mut Findings, action: &Action, gate: &Gate) {
    let Some((bar, delay)) = fastest(subject, gate).filter(|(_, delay)| delay.seconds() >= LONG.seconds()) else {
        return;
    };
    let metric = subject.metric(bar.value.metric);
    let message = format!("a regression at run stays unseen for {delay}: nothing there tells sooner");
    let label = match gate.keep_bars().count() {
        1 => "the only keep bar at run, and there is no trip",
        _ => "the soonest keep bar at run, and there is no trip",
    };
    let finding = Diagnostic::new(Code::LateAlarm, bar.value.places.metric, message)
        .label(label)
        .also(metric.at, format!("its samples take {delay}"))
        .help(format!("add a trip, as in `trip {} >= 3 within 1d to walk`", signal(subject, metric)));
    findings.about(action, gate.keep_bars().map(|bar| bar.from), finding);
}

/// The keep bar whose samples mature the soonest; none if one of them knows at once.
fn fastest<'a>(subject: &Subject, gate: &'a Gate) -> Option<(&'a Clause<Bar>, Duration)> {
    let delays: Option<Vec<_>> =
        gate.keep_bars().map(|bar| Some((bar, subject.metric(bar.value.metric).delay()?))).collect();
    delays?.into_iter().min_by_key(|(_, delay)| delay.seconds())
}

/// A signal that tells against the agent under this metric.
fn signal<'a>(subject: &Subject<'a>, metric: &Metric) -> &'a str {
    let told = match &metric.kind {
        MetricKind::Verdict { bad, .. } => bad.first(),
        MetricKind::Event { signals, .. } => signals.first(),
        MetricKind::Mean { .. } => None,
    };
    told.map_or("SIGNAL", |id| &subject.policy.signals[id.index()].name)
}
