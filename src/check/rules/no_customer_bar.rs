//! CWR202 no-customer-bar: at run the agent acts on customers, so something that customers said must have let it there.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, Gate, Judge};
use crate::value::Step;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates().filter(|(_, gate)| gate.step == Step::WalkToRun && !gate.incomplete) {
        check_gate(subject, findings, action, gate);
    }
}

fn check_gate(subject: &Subject, findings: &mut Findings, action: &Action, gate: &Gate) {
    let judged = |metric| subject.metric(metric).judge;
    let [first, rest @ ..] = gate.bars.as_slice() else { return };
    if gate.bars.iter().any(|bar| judged(bar.value.metric) == Judge::Customer) {
        return;
    }
    let source = |metric| format!("from {}", judged(metric).word());
    let mut finding =
        Diagnostic::new(Code::NoCustomerBar, first.value.places.metric, "no bar of `walk to run` is a customer metric")
            .label(source(first.value.metric));
    for bar in rest {
        finding = finding.also(bar.value.places.metric, source(bar.value.metric));
    }
    let customer = subject.policy.metrics.iter().find(|metric| metric.judge == Judge::Customer);
    let help = match customer {
        Some(metric) => format!("add a bar on a metric `from customer`, such as `bar {} …`", metric.name),
        None => "declare a metric `from customer` and add a bar on it".to_owned(),
    };
    findings.about(action, gate.bars.iter().map(|bar| bar.from), finding.help(help));
}
