//! Rules over a finished [`Policy`]: what can be read and built, and still must not, or should not, be used.
//!
//! A rule never fails and never looks at another rule. It reads the policy through [`Subject`] and leaves what it finds
//! in [`Findings`], which tells a fault of a ladder once for all its followers.
//!
//! Rules that compare the policy with a [`History`] of records stand behind the first semicolon of the list, those about
//! its [promises](Promises) behind the second.
//!
//! To add a rule: (1) a file `rules/NAME.rs`, named as its code is, with one `pub(super) fn check`; (2) its line in
//! `rules!` below; (3) a row in `diagnostic/code.rs`, which asks for (4) the page `diagnostic/pages/CWRnnn.md`; (5) cases
//! in `tests/cases/check/CWRnnn/`. A test fails for each of these that is forgotten. `cargo fmt` does not look into
//! `rules!`; `rustfmt src/check/rules/*.rs` does.

pub mod allow;
mod durations;
mod findings;
mod history;
mod looks;
mod missing;
pub mod promises;
mod remedy;
pub mod rounding;
mod subject;
pub mod unused;
mod words;

use crate::diagnostic::{self, Diagnostic};
use crate::model::Policy;
use crate::source::Sources;
use crate::value::Instant;
use findings::Findings;
pub use history::History;
use promises::{Promises, Proofs, Undecided};
use subject::Subject;

/// Makes the modules of the rules and the lists `rules::ALL`, `rules::OF_HISTORY` and `rules::OF_PROMISES`.
macro_rules! rules {
    ($($name:ident,)* ; $($of_history:ident,)* ; $($of_promises:ident,)*) => {
        mod rules {
            $(mod $name;)*
            $(mod $of_history;)*
            $(mod $of_promises;)*

            /// Every rule, in order of its code.
            pub(super) const ALL: &[fn(&super::Subject, &mut super::Findings)] = &[$($name::check),*];

            /// Every rule that compares a policy with a history, in order of its code.
            pub(super) const OF_HISTORY: &[fn(&super::Subject, &super::History, &mut super::Findings)] =
                &[$($of_history::check),*];

            /// Every rule about what a policy promises, in order of its code.
            pub(super) const OF_PROMISES: &[fn(&super::Subject, &super::Promises, &mut super::Findings)] =
                &[$($of_promises::check),*];
        }
    };
}

rules! {
    overlapping_actions,
    unmatched_records,
    impossible_predicate,
    absence_lowers_risk,
    missing_gate,
    no_customer_bar,
    repeated_evidence,
    no_hold,
    no_keep_bar,
    impossible_requires,
    above_ceiling,
    no_confidence,
    gated_read_only,
    perma_beta,
    absent_judge,
    unused_name,
    unattended_policy,
    no_stale,
    margin_over_tier,
    unchecked_silence,
    impossible_stop,
    shared_signal,
    short_hold,
    few_samples,
    narrow_margin,
    unreachable_bar,
    anytime_sliding,
    premature_stale,
    late_alarm,
    repeated_looks,
    short_stale,
    ;
    unmatched_history,
    thin_traffic,
    never_seen,
    no_evidence,
    ;
    refuted_assurance,
}

/// Everything the rules find in a policy, in the order in which every output shows it. Without a day nothing is past.
#[must_use]
pub fn check(policy: &Policy, sources: &Sources, today: Option<Instant>) -> Vec<Diagnostic> {
    let subject = Subject::new(policy, today);
    let mut findings = Findings::default();
    for rule in rules::ALL {
        rule(&subject, &mut findings);
    }
    told(findings, sources)
}

/// Everything the rules find in a policy that is compared with a history.
#[must_use]
pub fn against(policy: &Policy, history: &History, sources: &Sources) -> Vec<Diagnostic> {
    let subject = Subject::new(policy, None);
    let mut findings = Findings::default();
    for rule in rules::OF_HISTORY {
        rule(&subject, history, &mut findings);
    }
    told(findings, sources)
}

/// What becomes of the promises of a policy that has no errors: those that are refuted, and those that stay open.
#[must_use]
pub fn prove(policy: &Policy, sources: &Sources, proofs: &mut Proofs) -> (Vec<Diagnostic>, Vec<Undecided>) {
    let subject = Subject::new(policy, None);
    let promises = Promises::of(policy, proofs);
    let mut findings = Findings::default();
    for rule in rules::OF_PROMISES {
        rule(&subject, &promises, &mut findings);
    }
    (told(findings, sources), promises.undecided(policy))
}

fn told(findings: Findings, sources: &Sources) -> Vec<Diagnostic> {
    let mut diagnostics = findings.finish();
    diagnostic::sort(&mut diagnostics, sources);
    diagnostics
}
