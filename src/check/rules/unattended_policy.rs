//! CWR213 unattended-policy: bars that nobody answers for, or that nobody has looked at again, go on deciding.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Days until the review that the help proposes.
const NEXT: i64 = 182;

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let policy = subject.policy;
    if !policy.says_owner {
        let finding =
            Diagnostic::new(Code::UnattendedPolicy, policy.at, format!("policy `{}` has no owner", policy.name));
        findings.push(finding.help("say who answers for it: `owner \"support-platform\"`"));
    }
    let (Some(review), Some(today)) = (&policy.review_by, subject.today) else { return };
    // The day itself is in time.
    if today >= review.value.plus_seconds(DAY) {
        let message = format!("the review of policy `{}` was due by {}", policy.name, review.value.date());
        let finding =
            Diagnostic::new(Code::UnattendedPolicy, review.at, message).label(format!("it is {}", today.date()));
        let next = today.plus_seconds(NEXT * DAY).date();
        findings.push(finding.help(format!("look at its bars, then say when to look again: `review by {next}`")));
    }
}
