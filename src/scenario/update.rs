//! Expectations that fail, rewritten to what happened: a text edit at the value's place, so that comments and layout
//! stay. Nothing is added: what an expectation does not say, it does not say afterwards.

use super::{Expect, Failure, Found, Played, Wanted, What};
use crate::plan::Plan;
use crate::replay::{Decision, Run};
use crate::yaml::Way;
use crate::yaml::edit::rewritten;

/// A file with the expectations that failed rewritten.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The new text.
    pub text: String,
    /// How many expectations were rewritten.
    pub count: usize,
    /// Those for which there is nothing to write: what they ask for did not happen in any form they could say.
    pub left: Vec<Way>,
}

/// Rewrites the expectations that failed in what was played of a file.
pub fn update<'p>(text: &str, plan: &Plan, played: impl IntoIterator<Item = &'p Played>) -> Updated {
    let (mut edits, mut count, mut left) = (Vec::new(), 0, Vec::new());
    for played in played {
        for failure in &played.failures {
            let of_one = edits_of(failure, plan, &played.run);
            match of_one.filter(|of_one| rewritten(text, of_one).is_some()) {
                Some(of_one) => {
                    edits.extend(of_one);
                    count += 1;
                }
                None => left.push(failure.expect.place.clone()),
            }
        }
    }
    let text = rewritten(text, &edits).unwrap_or_else(|| text.to_owned());
    Updated { text, count, left }
}

/// What to write where; `None`: the expectation cannot say what happened.
fn edits_of(failure: &Failure, plan: &Plan, run: &Run) -> Option<Vec<(Way, String)>> {
    let Expect { place, what, .. } = &failure.expect;
    match (what, &failure.found) {
        (What::Tier { tier, because, .. }, Found::Tier(found, last)) => {
            let mut edits = Vec::new();
            if tier != found {
                edits.push((place.value("tier"), found.word().to_owned()));
            }
            if because.asks() {
                let last = last.and_then(|at| run.decisions.get(at))?;
                edits.extend(reasons(&place.value("because"), because, plan, last)?);
            }
            Some(edits)
        }
        (What::Entry { never, .. }, Found::Entries(_)) => {
            let (old, new) = if *never { ("never", "kind") } else { ("kind", "never") };
            Some(vec![(place.key(old), new.to_owned())])
        }
        (What::Harm(wanted), Found::Harm(it)) => {
            let numbers = wanted.iter().zip([it.seen, it.released, it.unknown]).zip(["seen", "released", "unknown"]);
            let differs = numbers.filter(|((wanted, found), _)| wanted.is_some_and(|wanted| wanted != *found));
            Some(differs.map(|((_, found), key)| (place.value("harm").value(key), found.to_string())).collect())
        }
        _ => None,
    }
}

/// What a `because` says of a move, where it differs.
fn reasons(place: &Way, wanted: &Wanted, plan: &Plan, last: &Decision) -> Option<Vec<(Way, String)>> {
    let mut edits = Vec::new();
    if wanted.kind.is_some_and(|kind| kind != last.detail.kind()) {
        edits.push((place.value("kind"), last.detail.kind().word().to_owned()));
    }
    if wanted.clause.as_ref().is_some_and(|clause| *clause != last.clause) {
        edits.push((place.value("clause"), last.clause.clone()));
    }
    let bars = super::expect::bars(last);
    if wanted.bar.is_some_and(|metric| bars.iter().all(|reading| reading.bar.metric != metric)) {
        let metric = bars.first()?.bar.metric;
        edits.push((place.value("bar"), plan.metrics[metric.index()].name.clone()));
    }
    Some(edits)
}
