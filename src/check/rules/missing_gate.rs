//! CWR201 missing-gate: without its gate a tier below the ceiling can never be reached, and nobody would know why.

use crate::check::findings::Findings;
use crate::check::missing::{self, Missing};
use crate::check::subject::Subject;
use crate::diagnostic::Code;
use crate::model::policy::Action;
use crate::value::{Step, Tier};

/// The steps that an action may lack together, and the tier to end at where it lacks them on purpose.
const LACKS: [(&[Step], Tier); 3] = [
    (&[Step::CrawlToWalk, Step::WalkToRun], Tier::Crawl),
    (&[Step::CrawlToWalk], Tier::Crawl),
    (&[Step::WalkToRun], Tier::Walk),
];

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for (steps, end) in LACKS {
        missing::report(subject, findings, &finding(steps, end), |action| lacks(action, steps));
    }
}

/// Whether it lacks exactly these; `None` where one of them is above its ceiling.
fn lacks(action: &Action, steps: &[Step]) -> Option<bool> {
    let missing = |step: &Step| step.to() <= action.ceiling_tier() && action.gate(*step).is_none();
    let concerned = !action.incomplete && steps.iter().all(|step| step.to() <= action.ceiling_tier());
    concerned.then(|| Step::ALL.into_iter().filter(missing).eq(steps.iter().copied()))
}

fn finding(steps: &[Step], end: Tier) -> Missing {
    let gates: Vec<String> = steps.iter().map(|step| format!("gate `{step}`")).collect();
    let first = steps.first().map_or_else(String::new, Step::to_string);
    Missing {
        code: Code::MissingGate,
        what: gates.join(" and no "),
        help: format!("write `gate {first} {{ … }}`, or end at {end} with `ceiling {end} because \"…\"`"),
        place: |action| action.at,
    }
}
