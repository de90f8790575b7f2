//! CWR211 absent-judge: a keep bar watches walk or run, where no reviewer looks at suggestions any more.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Bar, Clause, Gate, Judge};

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in subject.live_gates() {
        for bar in gate.keep_bars().filter(|bar| subject.metric(bar.value.metric).judge == Judge::Reviewer) {
            findings.about(action, [bar.from], finding(subject, gate, bar));
        }
    }
}

fn finding(subject: &Subject, gate: &Gate, bar: &Clause<Bar>) -> Diagnostic {
    let (metric, tier) = (subject.metric(bar.value.metric), gate.step.to());
    let message = format!("`{}` is kept at {tier}, where no reviewer judges", metric.name);
    let is_bar = gate.bars.iter().any(|other| other.at == bar.at);
    let finding = Diagnostic::new(Code::AbsentJudge, bar.value.places.metric, message)
        .also(metric.at, "a reviewer judges a suggestion, before it is acted on");
    let finding =
        if is_bar { finding.also(bar.value.places.margin, "the margin makes it a keep bar") } else { finding };
    let without = if is_bar { "leave out the margin, and " } else { "" };
    finding.help(format!("{without}keep a metric `from staff` or `from customer`, who are there at {tier}"))
}
