//! CWR303 narrow-margin: a margin smaller than the noise takes an agent down that is exactly as good as its bar asks.
//!
//! A bar without room on its bad side has no noise at all, and means have no distribution that a policy states.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Bar, Metric};
use crate::plan::compile::keep_rule;
use crate::stats::look::{self, Chance};
use crate::stats::{Allowed, E8};
use crate::value::Decimal;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        for bar in gate.keep_bars() {
            if let Some(finding) = noise(subject, &bar.value) {
                findings.about(action, [bar.from], finding);
            }
        }
    }
}

fn noise(subject: &Subject, bar: &Bar) -> Option<Diagnostic> {
    let metric = subject.metric(bar.metric);
    let allowed = if metric.lower_is_better() { bar.target } else { Decimal::ONE.minus(bar.target) };
    let bad = allowed.hundred_millionths()?;
    let rule = keep_rule(metric, bar)?;
    let chance = subject.looks.fails(rule, u64::from(bar.min), bad);
    chance.is_luck().then(|| finding(metric, bar, chance).help(help(metric, bar, &subject.looks.table(rule), bad)))
}

fn finding(metric: &Metric, bar: &Bar, chance: Chance) -> Diagnostic {
    let margin = words::margin(metric, bar.margin.unwrap_or_default());
    let (looks, target) = (chance.in_looks(), words::target(metric, bar.target));
    let message = format!(
        "`margin {margin}` is smaller than the noise: an agent with a true `{}` of {target} falls back {looks}",
        metric.name
    );
    Diagnostic::new(Code::NarrowMargin, bar.places.margin, message)
        .label(format!("an agent right at the bar fails {} of looks", chance.percent()))
        .also(bar.places.min, format!("at {}", words::samples(bar.min)))
}

/// The margin that does for this many samples, where it leaves something to fail, and the samples that do for this
/// margin.
fn help(metric: &Metric, bar: &Bar, table: &Allowed, bad: i64) -> String {
    let margin = look::least_margin(u64::from(bar.min), bad);
    let wider = (bad.saturating_add(margin) < E8).then(|| {
        let margin = Decimal::from_hundred_millionths(margin);
        format!("`margin {}`", words::margin(metric, margin))
    });
    let more = look::enough_to_keep(table, bad).map(|min| format!("`min {min}` with this margin"));
    match (wider, more) {
        (Some(wider), Some(more)) => format!("write {wider}, or {more}"),
        (Some(only), None) | (None, Some(only)) => format!("write {only}"),
        (None, None) => "write a wider margin, or ask for more samples".to_owned(),
    }
}
