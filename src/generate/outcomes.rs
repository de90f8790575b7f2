//! What comes of a record at its tier.

use super::schedule::{Draft, is_weekend};
use super::world::{DAY, Group, World};
use crate::model::policy::SignalId;
use crate::value::{Key, Tier};

/// A signal about a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    /// In seconds since 1970.
    pub(super) time: i64,
    /// `None`: one that the policy does not declare.
    pub(super) signal: Option<SignalId>,
    /// A JSON number.
    pub(super) value: Option<String>,
}

/// The outcomes of a record that runs at `tier`, as far as they are in the log, in order of time.
pub(super) fn outcomes(world: &World, draft: &Draft, tier: Tier) -> Vec<Outcome> {
    let Some(flow) = world.flows.get(draft.flow) else { return Vec::new() };
    let groups = flow.groups.iter().zip(0..).filter(|(group, _)| group.tiers[tier.index()]);
    let drawn = groups.filter_map(|(group, number)| drawn(group, draft, draft.key.text("outcome").number(number)));
    let struck =
        draft.incidents.iter().map(|(time, signal)| Outcome { time: *time, signal: Some(*signal), value: None });
    let heard = |outcome: &Outcome| outcome.signal.is_some_and(|signal| world.is_heard(signal, outcome.time));
    let mut all: Vec<Outcome> = drawn.chain(struck).filter(heard).collect();
    all.sort();
    all
}

fn drawn(group: &Group, draft: &Draft, key: Key) -> Option<Outcome> {
    let rates = group.rates.on(draft.day());
    let mut draw = key.draw();
    if !draw.happens(rates.judged) {
        return None;
    }
    let signal = *draw.one_of(&rates.mix)?;
    let time = draft.time + draw.delay(group.after).cast_signed();
    let waits = group.waits && is_weekend(time.div_euclid(DAY));
    let value = draw.one_of::<String>(&rates.values).cloned();
    Some(Outcome { time: time + if waits { 2 * DAY } else { 0 }, signal: Some(signal), value })
}
