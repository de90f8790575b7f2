//! CWR216 margin-over-tier: over all evidence since the tier was entered a regression shows ever later.

use crate::check::findings::Findings;
use crate::check::subject::{Subject, clauses};
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::Window;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (action, gate) in
        subject.policy.actions.iter().flat_map(|it| it.gates.iter().flatten().map(move |gate| (it, gate)))
    {
        for bar in clauses(gate).filter(|bar| bar.value.window == Window::Tier) {
            let (Some(margin), metric) = (bar.value.margin, subject.metric(bar.value.metric)) else { continue };
            let (places, margin) = (&bar.value.places, words::margin(metric, margin));
            let keep =
                format!("keep {} over 28d min {} margin {margin}", words::bar(metric, &bar.value), bar.value.min);
            let help = if gate.keeps.iter().any(|keep| keep.at == bar.at) {
                format!("give it a window: `{keep}`")
            } else {
                format!("leave the margin out and add a keep bar over a window: `{keep}`")
            };
            let finding = Diagnostic::new(Code::MarginOverTier, places.margin, "a bar `over tier` has a margin")
                .label("an ever slower alarm")
                .also(places.window, "all evidence since the tier was entered")
                .help(help);
            findings.about(action, [bar.from], finding);
        }
    }
}
