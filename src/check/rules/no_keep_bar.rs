//! CWR205 no-keep-bar: what was earned can be lost again only if some keep bar can fail.
//!
//! A keep bar fails where its value is beyond the target by more than the margin, so it can fail only if the target
//! less (or plus) the margin still lies inside the scale: above 0 % or the scale's low end where higher is better,
//! below 100 % or its high end where lower is better.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Gate, Judge, Metric, MetricKind, Origin};
use crate::value::Decimal;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        if gate.keep_bars().next().is_none() && !gate.incomplete {
            no_keep_bar(subject, findings, action, gate);
        }
        for bar in gate.keep_bars() {
            wide_margin(subject, findings, action, bar);
        }
    }
}

fn no_keep_bar(subject: &Subject, findings: &mut Findings, action: &Action, gate: &Gate) {
    let message = format!("gate `{}` has no keep bar, so {} could never be lost", gate.step, gate.step.to());
    let judges = |judge| gate.bars.iter().all(|bar| subject.metric(bar.value.metric).judge == judge);
    // A margin on a reviewer's bar would be CWR211.
    let mut finding = Diagnostic::new(Code::NoKeepBar, gate.at, message).help(if judges(Judge::Reviewer) {
        "add `keep METRIC OP TARGET over D min N margin Q` on a metric `from staff` or `from customer`"
    } else {
        "give a bar a `margin`, or add `keep METRIC OP TARGET over D min N margin Q`"
    });
    let own = gate.bars.iter().find(|bar| bar.from == Origin::Action);
    if let (Some(bar), Some(ladder)) = (own, subject.ladder(action)) {
        let text = format!("a bar here replaces all bars of ladder `{}`, with their margins", ladder.name);
        finding = finding.also(bar.at, text);
    }
    let clauses = gate.bars.iter().map(|bar| bar.from);
    findings.about(action, clauses.chain([subject.owner(action, gate.at)]), finding);
}

fn wide_margin(subject: &Subject, findings: &mut Findings, action: &Action, bar: &Clause<Bar>) {
    let (metric, target) = (subject.metric(bar.value.metric), bar.value.target);
    let (Some(margin), (low, high)) = (bar.value.margin, scale(metric)) else { return };
    let room = if metric.lower_is_better() { high.minus(target) } else { target.minus(low) };
    if margin < room {
        return;
    }
    let places = &bar.value.places;
    let (sign, end) = if metric.lower_is_better() { ("+", high) } else { ("-", low) };
    let reached = format!("{} {sign} {}", words::target(metric, target), words::margin(metric, margin));
    let message = format!("this keep bar of `{}` could never fail: nothing is beyond {reached}", metric.name);
    let help = if room > Decimal::ZERO {
        format!("write a margin below `{}`", words::margin(metric, room))
    } else {
        format!("a target of {} leaves no room to fall: choose another", words::target(metric, target))
    };
    let finding = Diagnostic::new(Code::NoKeepBar, places.margin, message)
        .label(format!("the scale ends at {}", words::target(metric, end)))
        .also(places.target, "the target")
        .help(help);
    findings.about(action, [bar.from], finding);
}

/// The least and the greatest value of a metric.
fn scale(metric: &Metric) -> (Decimal, Decimal) {
    match metric.kind {
        MetricKind::Mean { low, high, .. } => (low, high),
        MetricKind::Verdict { .. } | MetricKind::Event { .. } => (Decimal::ZERO, Decimal::ONE),
    }
}
