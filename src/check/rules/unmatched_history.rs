//! CWR401 unmatched-history: signals that the policy does not declare and records of no action type are no evidence.
//!
//! The most frequent names are told one by one, the others by their number. A name that a predicate asks for already is
//! told as that: what the record lacks is something else.

use crate::check::findings::Findings;
use crate::check::history::{self, History};
use crate::check::subject::Subject;
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::history::survey::Names;

/// Names of a kind that are told one by one.
const TOLD: usize = 10;

pub(super) fn check(subject: &Subject, history: &History, findings: &mut Findings) {
    if let Some(names) = history.undeclared() {
        let told = |name: &str, times: u64| undeclared(subject, history, name, times);
        tell(
            subject,
            findings,
            names,
            (
                "signals that the policy does not declare",
                "declare what a metric or trip should heed, and leave the rest out",
            ),
            told,
        );
    }
    if let Some(names) = history.unclassified() {
        let told = |name: &str, times: u64| unclassified(subject, history, name, times);
        tell(
            subject,
            findings,
            names,
            ("records of no action type by their `action`", "give each an action type, or leave it out"),
            told,
        );
    }
}

fn tell(
    subject: &Subject,
    findings: &mut Findings,
    names: &Names,
    (kind, help): (&str, &str),
    told: impl Fn(&str, u64) -> Diagnostic,
) {
    let all = names.by_frequency();
    for (name, times) in all.iter().take(TOLD) {
        findings.push(told(name, *times));
    }
    let more = all.len().saturating_sub(TOLD);
    if more > 0 {
        let least = if names.rest() > 0 { "at least " } else { "" };
        let times = words::times(all.iter().skip(TOLD).map(|(_, times)| times).sum::<u64>() + names.rest());
        let message = format!("{kind}: {least}{more} more, {times} in all");
        findings.push(Diagnostic::new(Code::UnmatchedHistory, subject.policy.at, message).help(help));
    }
}

fn undeclared(subject: &Subject, history: &History, name: &str, times: u64) -> Diagnostic {
    let message = format!("signal `{name}` arrives {}, and the policy does not declare it", words::times(times));
    let finding = Diagnostic::new(Code::UnmatchedHistory, subject.policy.at, message);
    let Some(near) = history.meant_signal(name) else {
        return finding.help("declare it if a metric or a trip should heed it, or leave it out of the history");
    };
    let declared = subject.policy.signals.iter().find(|signal| signal.name == near);
    let finding = finding.help(format!("did you mean `{near}`? log and policy must use one name"));
    declared.into_iter().fold(finding, |finding, signal| finding.also(signal.at, "declared here"))
}

fn unclassified(subject: &Subject, history: &History, name: &str, times: u64) -> Diagnostic {
    let records = if times == 1 { "1 record" } else { &format!("{times} records") };
    let message = format!("{records} with action `{name}` {} of no action type", if times == 1 { "is" } else { "are" });
    let finding = Diagnostic::new(Code::UnmatchedHistory, subject.policy.at, message);
    let asks = |asked: &&crate::model::policy::Action| history::words(&asked.matches).contains(&name);
    let askers: Vec<_> = subject.policy.actions.iter().filter(asks).collect();
    if let Some(first) = askers.first() {
        let help = "look at the attributes that these records carry: an action type asks for others";
        return finding.also(first.matches_at, format!("asks for `{name}`, and for more")).help(help);
    }
    finding.help(match history.meant_action(name) {
        Some(near) => format!("did you mean `{near}`? log and policy must use one name"),
        None => "give them an action type, or leave them out of the history".to_owned(),
    })
}
