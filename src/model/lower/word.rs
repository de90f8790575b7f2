//! Words from closed lists: tiers, risks, judges, methods, kinds. CWR101 for any other word.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, suggest};
use crate::syntax::ast::{Name, StepName};
use crate::value::{Risk, Step, Tier};

const RISKS: [(&str, Risk); 4] =
    [("low", Risk::Low), ("moderate", Risk::Moderate), ("high", Risk::High), ("critical", Risk::Critical)];
const TIERS: [(&str, Tier); 3] = [("crawl", Tier::Crawl), ("walk", Tier::Walk), ("run", Tier::Run)];

/// The value of a word; `what` names the list: "risk", "method".
pub(super) fn choose<T: Copy>(scope: &mut Scope, name: &Name, what: &str, list: &[(&str, T)]) -> Option<T> {
    let found = list.iter().find(|(word, _)| *word == name.value);
    if found.is_none() {
        let unknown = Diagnostic::new(Code::WrongValue, name.span, format!("unknown {what} `{}`", name.value));
        scope.out.push(match suggest::suggest(&name.value, list.iter().map(|(word, _)| *word)) {
            Some(word) => unknown.meant(word),
            None => unknown.help(format!("write {}", alternatives(list))),
        });
    }
    found.map(|(_, value)| *value)
}

/// "`a`, `b` or `c`".
fn alternatives<T>(choices: &[(&str, T)]) -> String {
    let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
    match words.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

/// A risk.
pub(super) fn risk(scope: &mut Scope, name: &Name) -> Option<Risk> {
    choose(scope, name, "risk", &RISKS)
}

/// A tier that is one of `allowed`; `what` says whose, such as "`ceiling`".
pub(in crate::model) fn tier(scope: &mut Scope, name: &Name, what: &str, allowed: [Tier; 2]) -> Option<Tier> {
    let [one, other] = allowed;
    let is_tier = TIERS.iter().any(|(word, _)| *word == name.value);
    let fitting = allowed.map(|tier| (tier.word(), tier));
    let tier = choose(scope, name, "tier", if is_tier { &TIERS } else { &fitting })?;
    if allowed.contains(&tier) {
        return Some(tier);
    }
    let message = format!("{what} takes `{one}` or `{other}`, not `{tier}`");
    let help = match (what, tier) {
        ("`ceiling`", Tier::Run) => format!("write `{one}` or `{other}`, or leave the ceiling out: `run` is the top"),
        ("`requires`", Tier::Crawl) => {
            format!("write `{one}` or `{other}`, or leave it out: every action is at `crawl` or above")
        }
        _ => format!("write `{one}` or `{other}`"),
    };
    scope.report(Code::WrongValue, name.span, message, help);
    None
}

/// The step between two words.
pub(super) fn step(scope: &mut Scope, written: &StepName) -> Option<Step> {
    let from = choose(scope, &written.from, "tier", &TIERS);
    let to = choose(scope, &written.to, "tier", &TIERS);
    let (from, to) = (from?, to?);
    let step = Step::between(from, to);
    if step.is_none() {
        let message = format!("no gate leads from `{from}` to `{to}`");
        scope.report(Code::WrongValue, both(written), message, step_help(from, to));
    }
    step
}

fn step_help(from: Tier, to: Tier) -> String {
    match (from, to) {
        (Tier::Crawl, Tier::Run) => {
            "tiers are earned one at a time: write a gate `crawl to walk` and one `walk to run`"
        }
        (Tier::Run, _) | (Tier::Walk, Tier::Crawl) => {
            "gates lead up, `crawl to walk` or `walk to run`; the way down is a margin, a `keep` or a `trip`"
        }
        _ => "write `crawl to walk` or `walk to run`",
    }
    .to_owned()
}

/// The words `X to Y`.
pub(super) fn both(written: &StepName) -> Span {
    written.from.span.to(written.to.span)
}
