//! Whether a table is all that was written: one that lost rows on its way would replay, and say something else.

use super::{Row, Unusable};
use crate::history::Counts;
use crate::model::policy::{ActionId, MetricId};
use crate::value::Tier;
use std::collections::BTreeMap;

/// The figures of what became of the lines, each in a row of its own.
pub(super) const FIGURES: [&str; 7] =
    ["classified", "unclassified", "duplicates", "late_outcomes", "contradicted", "without_tier", "notices"];

/// Fails where there are more or fewer rows than were written.
pub(super) fn check_number(rows: &[Row]) -> Result<(), Unusable> {
    let mut said = rows.iter().filter(|row| row.kind == "rows");
    match (said.next(), said.next()) {
        (None, _) => {
            Err(Unusable::new("is cut off: the row of kind `rows`, which says how many there are, is missing"))
        }
        (Some(_), Some(_)) => Err(Unusable::new("is no one table of counts: it has two rows of kind `rows`")),
        (Some(row), None) if row.n == Some(rows.len() as u64) => Ok(()),
        (Some(row), None) => {
            let of = row.n.unwrap_or(0);
            Err(Unusable::new(format!("is not whole: it has {} rows, and {of} were written", rows.len())))
        }
    }
}

/// What of the counts cannot be, of any records: each classified one is exposed once, and yields one sample of a
/// metric at most.
pub(super) fn contradiction(counts: &Counts) -> Option<String> {
    let intake = &counts.intake;
    let mut exposed: BTreeMap<(ActionId, Option<Tier>), u64> = BTreeMap::new();
    for (key, ticks) in &counts.exposure {
        *exposed.entry((key.action, key.tier)).or_default() += sum(ticks.iter().map(|(_, n)| *n));
    }
    let all = sum(exposed.values().copied());
    if all != intake.classified {
        return Some(format!(
            "{} records are classified, and its rows of kind `exposure` have {all}",
            intake.classified
        ));
    }
    let mut sampled: BTreeMap<(ActionId, Option<Tier>, MetricId), u64> = BTreeMap::new();
    for (key, ticks) in &counts.samples {
        *sampled.entry((key.action, key.tier, key.metric)).or_default() += sum(ticks.iter().map(|(_, it)| it.n));
    }
    let records = |action, tier| exposed.get(&(action, tier)).copied().unwrap_or(0);
    if let Some((_, n)) = sampled.iter().find(|((action, tier, _), n)| **n > records(*action, *tier)) {
        return Some(format!("a metric has {n} samples of an action type at a tier, which has fewer records"));
    }
    let noticed = sum(counts.notices.values().flatten().map(|(_, n)| *n));
    if noticed > intake.notices {
        return Some(format!("{} lines are notices, and its rows of kind `notice` have {noticed}", intake.notices));
    }
    if intake.without_tier > intake.total() {
        return Some(format!("{} of {} records have no tier", intake.without_tier, intake.total()));
    }
    let ends = [("earliest", &counts.earliest, 0), ("latest", &counts.latest, intake.notices)];
    let wrong = ends.into_iter().find(|(_, end, more)| end.is_some() != (intake.total() + more > 0));
    wrong.map(|(kind, end, _)| {
        let has = if end.is_some() { "a" } else { "no" };
        format!("it has {has} row of kind `{kind}`, and {} records", intake.total())
    })
}

/// No sum of what was read overflows: all of it together does not.
fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}
