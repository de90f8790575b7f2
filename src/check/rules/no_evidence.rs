//! CWR404 no-evidence: a bar is judged by a metric that has no sample at its tier, so it can only ever wait.
//!
//! Where no record ran at the tier below a gate, the whole gate has nothing to go by, which is told once. At the tier
//! above, keep bars wait for the agent to get there. Signals and action types that never occur are CWR403.

use crate::check::findings::Findings;
use crate::check::history::History;
use crate::check::subject::{Subject, judged};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, ActionId, Bar, Clause, Gate, Origin};
use crate::value::Tier;

pub(super) fn check(subject: &Subject, history: &History, findings: &mut Findings) {
    for (at, action) in subject.policy.actions.iter().enumerate() {
        let id = ActionId::new(at);
        if history.records_of(id) == 0 {
            continue;
        }
        for gate in action.live_gates() {
            if history.records(id, gate.step.from()) == 0 {
                unvisited(findings, action, gate);
            }
            for (bar, tier) in judged(gate) {
                let records = history.records(id, tier);
                let is_told = records == 0 || history.is_mute(bar.value.metric);
                if !is_told && history.samples(id, bar.value.metric, tier).is_empty() {
                    findings.push(finding(subject, history, action, bar, (tier, records)));
                }
            }
        }
    }
}

fn unvisited(findings: &mut Findings, action: &Action, gate: &Gate) {
    let Some(bar) = gate.bars.first() else { return };
    let tier = gate.step.from();
    let message = format!("no record ran at {tier}, so gate `{}` has nothing to go by", gate.step);
    let finding = Diagnostic::new(Code::NoEvidence, bar.value.places.metric, message)
        .label(format!("judged at {tier}"))
        .help("say where the log has the tier, `--map tier=KEY`, or `--evidence any-tier` if quality does not depend on it");
    findings.about(action, [bar.from], finding);
}

fn finding(
    subject: &Subject,
    history: &History,
    action: &Action,
    bar: &Clause<Bar>,
    (tier, records): (Tier, u64),
) -> Diagnostic {
    let metric = subject.metric(bar.value.metric);
    let (place, name) = (history.place(tier), &action.name);
    let message = format!("`{}` has no sample {place}: of {records} records of `{name}` none tells", metric.name);
    let finding = Diagnostic::new(Code::NoEvidence, bar.value.places.metric, message)
        .label(format!("judged {place}"))
        .also(metric.at, format!("judged by {}", metric.judge.word()));
    let finding = if bar.from == Origin::Action { finding } else { finding.also(action.at, "inherits this") };
    finding.help(format!("log its signals {place} too, or judge by a metric that is known there"))
}
