//! CWR215 no-stale: a dead pipeline must never leave an agent above crawl by accident.

use crate::check::findings::Findings;
use crate::check::missing::{self, Missing};
use crate::check::subject::Subject;
use crate::diagnostic::Code;
use crate::value::Step;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let stale = Missing {
        code: Code::NoStale,
        what: "`stale`, so silence could leave the agent above crawl".to_owned(),
        help: "say what silence means: `stale 28d`, or `stale never because \"…\"`".to_owned(),
        place: |action| action.at,
    };
    missing::report(subject, findings, &stale, |action| {
        // Without its first gate it cannot leave crawl, and that has been told.
        let leaves = action.live_gates().any(|gate| gate.step == Step::CrawlToWalk);
        (!action.incomplete && leaves).then_some(action.stale.is_none())
    });
}
