//! One history under both policies: what would have gone differently, and who could have been hurt.

use super::side::{Pair, Side, pair};
use crate::history::Counts;
use crate::model::policy::ActionId;
use crate::plan::Plan;
use crate::replay::exposure::Exposed;
use crate::replay::{self, Kind, Options, Run, Summary};
use crate::value::{Instant, Tier};
use std::collections::BTreeMap;

/// One history under both policies.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// By action type, in the order of the new policy; removed ones last.
    pub actions: Vec<Fared>,
    /// All together, under the old policy and under the new one.
    pub sums: (Figures, Figures),
    /// The decisions that appear, vanish or move in time.
    pub decisions: Vec<Decided>,
}

/// How an action type fared under both policies; `None`: it is not in that policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fared {
    /// Its name, the new one where it has two.
    pub name: String,
    /// Under the old policy.
    pub old: Option<Figures>,
    /// Under the new policy.
    pub new: Option<Figures>,
}

/// What became of an action type in a replay. Times are in seconds: the two policies may have ticks of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How long each tier held.
    pub seconds: [u64; Tier::ALL.len()],
    /// Records, and who could have been hurt.
    pub exposed: Exposed,
    /// From this time on the history can no longer tell; of a sum nothing, nor where no evidence is asked for.
    pub silent_from: Option<i64>,
}

/// A decision that is not the same under both policies: when it is taken, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The action type.
    pub action: String,
    /// What kind.
    pub kind: Kind,
    /// The tier before.
    pub from: Tier,
    /// The tier after.
    pub to: Tier,
    /// Under the old policy; `None`: it is not taken.
    pub old: Option<i64>,
    /// Under the new policy.
    pub new: Option<i64>,
}

impl Figures {
    fn new(figures: &replay::Figures, tick_seconds: i64, silent_from: Option<i64>) -> Self {
        let seconds = figures.ticks.map(|ticks| ticks * tick_seconds.unsigned_abs());
        Self { seconds, exposed: figures.exposed, silent_from }
    }
}

/// Replays both counts of one history.
pub fn replay(old: (&Side, &Counts), new: (&Side, &Counts), options: &Options) -> Result<Replayed, replay::Error> {
    let one = replay::run(&old.0.plan, old.1, options)?;
    let other = replay::run(&new.0.plan, new.1, options)?;
    let (was, is) = (Fates::of(&old.0.plan, &one), Fates::of(&new.0.plan, &other));
    let pairs = pair(old.0.policy, new.0.policy);
    let fared = |pair: &Pair| Fared {
        name: name(old.0, new.0, *pair),
        old: pair.old.map(|id| was.figures(id)),
        new: pair.new.map(|id| is.figures(id)),
    };
    let mut decisions: Vec<Decided> = pairs
        .iter()
        .flat_map(|pair| decided(&name(old.0, new.0, *pair), (&old.0.plan, &one), (&new.0.plan, &other), *pair))
        .collect();
    decisions.sort_by_key(|it| it.old.into_iter().chain(it.new).min());
    Ok(Replayed { actions: pairs.iter().map(fared).collect(), sums: (was.sum(), is.sum()), decisions })
}

fn name(old: &Side, new: &Side, pair: Pair) -> String {
    let of_new = pair.new.map(|id| &new.action(id).name);
    of_new.or(pair.old.map(|id| &old.action(id).name)).cloned().unwrap_or_default()
}

/// A replay and what it comes to.
struct Fates<'r> {
    plan: &'r Plan,
    run: &'r Run,
    summary: Summary,
}

impl<'r> Fates<'r> {
    fn of(plan: &'r Plan, run: &'r Run) -> Self {
        Self { plan, run, summary: Summary::of(plan, run) }
    }

    fn figures(&self, id: ActionId) -> Figures {
        let asks_for_evidence = self.plan.actions[id.index()].ceiling > Tier::Crawl;
        let silent_from = self.run.outcomes[id.index()].coverage.silent_from.filter(|_| asks_for_evidence);
        let seconds = silent_from.map(|tick| tick * self.plan.tick_seconds);
        Figures::new(&self.summary.actions[id.index()], self.plan.tick_seconds, seconds)
    }

    fn sum(&self) -> Figures {
        Figures::new(&self.summary.sum, self.plan.tick_seconds, None)
    }
}

/// The n-th decision of one sort under the old policy is the n-th under the new one.
fn decided(action: &str, old: (&Plan, &Run), new: (&Plan, &Run), pair: Pair) -> Vec<Decided> {
    type Sort = (Kind, Tier, Tier);
    let times = |(plan, run): (&Plan, &Run), id: Option<ActionId>| {
        let mut all: BTreeMap<Sort, Vec<i64>> = BTreeMap::new();
        for it in run.decisions.iter().filter(|it| Some(it.action) == id) {
            all.entry((it.detail.kind(), it.from, it.to)).or_default().push(it.at * plan.tick_seconds);
        }
        all
    };
    let (olds, news) = (times(old, pair.old), times(new, pair.new));
    let sorts: std::collections::BTreeSet<Sort> = olds.keys().chain(news.keys()).copied().collect();
    let mut all = Vec::new();
    for sort @ (kind, from, to) in sorts {
        let (one, other) = (olds.get(&sort), news.get(&sort));
        let at = |times: Option<&Vec<i64>>, n: usize| times.and_then(|times| times.get(n)).copied();
        for n in 0..one.map_or(0, Vec::len).max(other.map_or(0, Vec::len)) {
            let (old, new) = (at(one, n), at(other, n));
            if old != new {
                all.push(Decided { action: action.to_owned(), kind, from, to, old, new });
            }
        }
    }
    all
}

/// `2026-02-03`; where it is not midnight `2026-02-03T12:00Z`.
pub(super) fn date(at: Instant) -> String {
    match at.civil().3 {
        0 => at.date(),
        second => format!("{}T{:02}:{:02}Z", at.date(), second / 3_600, second / 60 % 60),
    }
}
