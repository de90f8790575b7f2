//! The order of the clauses: that of an action's life.

use crate::syntax::grammar::{self, Pair, Rule};

/// Every clause. Each body has those of its row; what is misplaced has a place too, and the model reports it. Clauses of
/// one group keep the order in which they are written, as bars, keeps and trips do: paths count them.
const ORDER: &[&[Rule]] = &[
    // A policy, up to its trips: who answers for it, and its clock.
    &[Rule::owner],
    &[Rule::evaluate],
    &[Rule::promote],
    // A metric: what it counts, what silence means, and who would notice.
    &[Rule::good],
    &[Rule::bad],
    &[Rule::counts],
    &[Rule::mean],
    &[Rule::lower_is_better],
    &[Rule::settle],
    &[Rule::alive, Rule::alive_unchecked],
    // A gate: what to clear, for how long, what then has to stay true, who has a say, and when to give up.
    &[Rule::bar],
    &[Rule::hold],
    &[Rule::keep],
    &[Rule::requires],
    &[Rule::approval],
    &[Rule::stop],
    // An action, and from its gates on a ladder: what it is, how it rises and how far, how it falls and comes back.
    &[Rule::risk],
    &[Rule::irreversible],
    &[Rule::read_only],
    &[Rule::formerly],
    &[Rule::matches],
    &[Rule::gate],
    &[Rule::ceiling],
    &[Rule::cooldown],
    &[Rule::reentry],
    &[Rule::trip],
    &[Rule::stale, Rule::stale_never],
    &[Rule::renew],
    // A policy's last.
    &[Rule::review],
    // An assurance: a world, and what is promised of it.
    &[Rule::given_rate, Rule::given_traffic],
    &[Rule::promise],
];

/// Clauses without a value of their own: they read as they are, and neither stand in the column of values nor widen it.
const BARE: [Rule; 4] = [Rule::risk, Rule::irreversible, Rule::read_only, Rule::lower_is_better];

/// The place of a clause in its body, the lower gate first; `None` of what is no clause.
pub(super) fn rank(pair: &Pair<'_>) -> Option<(usize, bool)> {
    let place = ORDER.iter().position(|group| group.contains(&pair.as_rule()))?;
    let step = grammar::part(pair, Rule::step).and_then(|step| step.into_inner().next());
    Some((place, step.is_some_and(|from| from.as_str() != "crawl")))
}

/// After how many words the cells of a line end, where it is one of a table.
pub(super) fn cells(rule: Rule, is_clause: bool) -> &'static [usize] {
    match rule {
        Rule::signal => &[2],
        Rule::attribute => &[2, 3],
        Rule::gate => &[],
        _ if is_clause && !BARE.contains(&rule) => &[1],
        _ => &[],
    }
}
