//! CWR302 few-samples: with few samples luck clears a bar that the agent is not good enough for.
//!
//! The agent that must not get through is 5 points on the wrong side of the bar, or by as much as the bar allows where
//! that is less. A bar of 100 % allows nothing, so that nothing is on its wrong side by that much, and one of 0 % has
//! no wrong side. Means have no distribution that a policy states.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Bar, Metric};
use crate::plan::compile::promotion_rule;
use crate::stats::look;
use crate::value::Decimal;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        for bar in &gate.bars {
            if let Some(finding) = luck(subject, &bar.value) {
                findings.about(action, [bar.from], finding);
            }
        }
    }
}

fn luck(subject: &Subject, bar: &Bar) -> Option<Diagnostic> {
    let metric = subject.metric(bar.metric);
    let allowed = if metric.lower_is_better() { bar.target } else { Decimal::ONE.minus(bar.target) };
    let points = allowed.min(Decimal::whole(5).percent());
    if points == Decimal::ZERO || allowed == Decimal::ONE {
        return None;
    }
    let bad = allowed.plus(points).min(Decimal::ONE).hundred_millionths()?;
    let rule = promotion_rule(metric, bar, bar.target)?;
    let chance = subject.looks.clears(rule, u64::from(bar.min), bad);
    if !chance.is_luck() {
        return None;
    }
    let (text, off) = (words::bar(metric, bar), words::margin(metric, points));
    let message = format!(
        "`min {}` is too few for `{text}`: {} gets through {}",
        bar.min,
        agent(metric, bar, points),
        chance.in_looks()
    );
    let finding = Diagnostic::new(Code::FewSamples, bar.places.min, message)
        .label(format!("luck clears {} of looks", chance.percent()))
        .also(bar.places.target, format!("{off} on the wrong side of this"));
    Some(finding.help(look::enough_to_tell(&subject.looks.table(rule), bad).map_or_else(
        || "ask for more samples".to_owned(),
        |min| format!("write `min {min}` or more: from there on it is at most one look in 20"),
    )))
}

/// The agent that must not get through.
fn agent(metric: &Metric, bar: &Bar, points: Decimal) -> String {
    let rate = if metric.lower_is_better() { bar.target.plus(points) } else { bar.target.minus(points) };
    words::agent(metric, rate)
}
