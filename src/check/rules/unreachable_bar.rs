//! CWR304 unreachable-bar: a bar that no record could clear keeps its action where it is and looks like prudence.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Bar, Clause, Confidence, Metric, MetricKind};
use crate::plan::compile::promotion_rule;
use crate::syntax::ast::Op;
use crate::value::Decimal;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        for bar in &gate.bars {
            check_bar(subject, findings, action, bar);
        }
    }
}

fn check_bar(subject: &Subject, findings: &mut Findings, action: &Action, bar: &Clause<Bar>) {
    let metric = subject.metric(bar.value.metric);
    let finding = match bar.value.confidence {
        None => beyond_the_end(metric, &bar.value),
        Some(confidence) => out_of_reach(subject, &bar.value, confidence),
    };
    if let Some(finding) = finding {
        findings.about(action, [bar.from], finding);
    }
}

/// `> 100%` and the like.
fn beyond_the_end(metric: &Metric, bar: &Bar) -> Option<Diagnostic> {
    let (end, weak) = if metric.lower_is_better() { (low(metric), Op::AtMost) } else { (high(metric), Op::AtLeast) };
    let strict = matches!(bar.op, Op::Less | Op::More);
    (strict && bar.target == end).then(|| {
        let target = words::target(metric, bar.target);
        let message = format!("`{}` can never be met: {target} is the end of the scale", words::bar(metric, bar));
        Diagnostic::new(Code::UnreachableBar, bar.places.op.to(bar.places.target), message)
            .help(format!("write `{} {target}`, or a target that leaves room", weak.sign()))
    })
}

fn out_of_reach(subject: &Subject, bar: &Bar, confidence: Confidence) -> Option<Diagnostic> {
    let metric = subject.metric(bar.metric);
    // A mean with confidence is CWR101 already.
    let table = subject.looks.table(promotion_rule(metric, bar, bar.target)?);
    let asked = words::confidence(confidence);
    if table.clears(u64::from(bar.min), 0) {
        return None;
    }
    let Some(least) = table.least_perfect() else {
        let message = format!("`{}` can never be shown with {asked}", words::bar(metric, bar));
        let finding = Diagnostic::new(Code::UnreachableBar, bar.places.target, message)
            .label("no number of samples proves this")
            .also(bar.places.confidence, "asked for here");
        return Some(finding.help("choose a target that leaves room for doubt, or leave the confidence out"));
    };
    let message = format!("even {} perfect samples fall short of `{}`", bar.min, words::bar(metric, bar));
    let finding = Diagnostic::new(Code::UnreachableBar, bar.places.min, message)
        .label(format!("a perfect record needs {least}"))
        .also(bar.places.confidence, format!("with {asked}"));
    Some(finding.help(format!("write `min {least}` or more")))
}

fn low(metric: &Metric) -> Decimal {
    if let MetricKind::Mean { low, .. } = metric.kind { low } else { Decimal::ZERO }
}

fn high(metric: &Metric) -> Decimal {
    if let MetricKind::Mean { high, .. } = metric.kind { high } else { Decimal::ONE }
}
