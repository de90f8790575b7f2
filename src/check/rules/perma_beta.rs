//! CWR210 perma-beta: without `stop after` an attempt never ends, so nobody ever has to decide.

use crate::check::findings::Findings;
use crate::check::missing::{self, Missing};
use crate::check::subject::Subject;
use crate::diagnostic::Code;
use crate::model::policy::Action;
use crate::value::Step;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let stop = Missing {
        code: Code::PermaBeta,
        what: "`stop after` on its way out of crawl, so nobody ever has to decide".to_owned(),
        help: "say how long the attempt may take: `stop after 180d`".to_owned(),
        place: |action| action.gate(Step::CrawlToWalk).map_or(action.at, |gate| gate.at),
    };
    missing::report(subject, findings, &stop, lacks);
}

fn lacks(action: &Action) -> Option<bool> {
    let gate = action.live_gates().find(|gate| gate.step == Step::CrawlToWalk)?;
    (!action.incomplete && !gate.incomplete).then_some(gate.stop.is_none())
}
