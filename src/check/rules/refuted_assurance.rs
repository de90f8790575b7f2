//! CWR501 refuted-assurance: a gate does not do what the policy promises of it.
//!
//! The chance is computed, exactly or so surely that chance cannot have made it; a promise that is too near to tell is no
//! finding but open (exit 3).

use crate::check::findings::Findings;
use crate::check::promises::{Promises, Settled};
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Gate, MetricId};

pub(super) fn check(subject: &Subject, promises: &Promises, findings: &mut Findings) {
    for settled in promises.0.iter().filter(|it| it.proof.holds == Some(false)) {
        if let Some(found) = refuted(subject, settled) {
            findings.push(found);
        }
    }
}

fn refuted(subject: &Subject, settled: &Settled) -> Option<Diagnostic> {
    let Settled { assurance, promise, proof } = settled;
    let gate = subject.policy.actions[assurance.action.index()].gate(assurance.step)?;
    let what = if promise.value.demotes { "falls back" } else { "is promoted" };
    let than = if promise.value.at_least { "less" } else { "more" };
    let message = format!(
        "{} {what} within {} with {}, {than} than the {} promised",
        agent(subject, settled, gate),
        promise.value.within,
        proof.chance,
        words::percent(promise.value.chance)
    );
    let found = Diagnostic::new(Code::RefutedAssurance, promise.at, message)
        .label(format!("{} points {than}, {}", proof.apart, proof.grounds));
    Some(found.also(gate.at, "the gate that it is about").help(&proof.remedy))
}

/// The agent of the world, as far as the promise depends on it.
fn agent(subject: &Subject, settled: &Settled, gate: &Gate) -> String {
    let mut metrics: Vec<MetricId> = if settled.promise.value.demotes {
        gate.keep_bars().map(|bar| bar.value.metric).collect()
    } else {
        gate.bars.iter().map(|bar| bar.value.metric).collect()
    };
    metrics.sort_unstable();
    metrics.dedup();
    let given = settled.assurance.given.iter().filter(|(metric, _)| metrics.contains(metric));
    let given: Vec<_> = given.map(|(metric, rate)| (subject.metric(*metric), *rate)).collect();
    match given.as_slice() {
        [(metric, rate)] => words::agent(metric, *rate),
        [(one, rate), (other, its)] => {
            let (rate, its) = (words::target(one, *rate), words::target(other, *its));
            format!("an agent with a true `{}` of {rate} and `{}` of {its}", one.name, other.name)
        }
        _ => "an agent as given".to_owned(),
    }
}
