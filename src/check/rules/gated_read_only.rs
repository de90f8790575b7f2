//! CWR209 gated-read-only: if a bad one causes no harm, waiting for evidence only costs time.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    for action in &subject.policy.actions {
        let (Some(read_only), Some(gate)) = (action.read_only, action.live_gates().next()) else { continue };
        let message = format!("`{}` causes no harm, and is gated all the same", action.name);
        let finding = Diagnostic::new(Code::GatedReadOnly, read_only, message)
            .label("says that a bad one causes no harm")
            .also(gate.at, "makes it wait for evidence");
        findings
            .push(finding.help("leave out `read_only` if a bad one can cause harm, else leave out the action type"));
    }
}
