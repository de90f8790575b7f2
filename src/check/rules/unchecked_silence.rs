//! CWR217 unchecked-silence: where silence is good, a dead feed looks perfect.

use crate::check::findings::Findings;
use crate::check::subject::{Subject, clauses};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Alive, MetricId};
use crate::source::Span;
use std::collections::BTreeMap;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let uses = first_uses(subject);
    for (id, place) in uses {
        let metric = subject.metric(id);
        if !metric.silence_is_good() || metric.alive != Alive::Unsaid {
            continue;
        }
        let message = format!("silence is good for `{}`, and nothing says that its feed is alive", metric.name);
        let finding = Diagnostic::new(Code::UncheckedSilence, metric.at, message)
            .also(place, "decides here")
            .help("name what keeps arriving while the feed is alive, `alive SIGNAL within 2d`, or say `alive unchecked because \"…\"`");
        findings.push(finding);
    }
}

/// Where each metric is first used in a bar or keep.
fn first_uses(subject: &Subject) -> BTreeMap<MetricId, Span> {
    let mut uses = BTreeMap::new();
    let gates = subject.policy.actions.iter().flat_map(|action| action.gates.iter().flatten());
    for bar in gates.flat_map(clauses) {
        uses.entry(bar.value.metric).or_insert(bar.value.places.metric);
    }
    uses
}
