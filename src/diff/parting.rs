//! Where two replays of one history part: both policies had an action type at the same tier, and at this boundary they
//! treat it otherwise.

use super::Open;
use super::side::{Pair, Side};
use crate::history::{Counts, count_text};
use crate::plan::Plan;
use crate::replay::{self, Approvals, Kind, Options, Run};
use crate::value::{Instant, Step, Tier};
use std::collections::BTreeMap;

/// What happened to an action type at a boundary: the kind of decision, and the tier after.
pub(super) type Happened = Option<(Kind, Tier)>;

/// A boundary at which two replays part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parting {
    /// When, in seconds.
    pub(super) at: i64,
    /// Of which action type, by its name in the new policy.
    pub(super) action: String,
    /// The tier before, under both.
    pub(super) tier: Tier,
    /// Under the old policy.
    pub(super) old: Option<(Kind, Tier)>,
    /// Under the new policy.
    pub(super) new: Option<(Kind, Tier)>,
}

impl Parting {
    /// Whether the new policy goes higher, or goes on where the old one stopped.
    pub(super) fn is_looser(&self) -> bool {
        let after = |happened: Happened| happened.map_or(self.tier, |(_, tier)| tier);
        let is_stop = |happened: Happened| happened.is_some_and(|(kind, _)| kind == Kind::Stop);
        after(self.new) > after(self.old)
            || after(self.new) == after(self.old) && is_stop(self.old) && !is_stop(self.new)
    }

    /// Whether it shows what was open.
    pub(super) fn shows(&self, open: &Open, new: &Side) -> bool {
        let is_of = open.action.is_none_or(|(_, id)| new.action(id).name == self.action);
        let climbs = self.new.is_some_and(|(kind, to)| {
            kind == Kind::Promote && Step::between(self.tier, to).is_some_and(|step| open.up.contains(&step))
        });
        let stays = self.old.is_some_and(|(kind, _)| open.kept.contains(&kind));
        is_of && self.is_looser() && (climbs || stays)
    }

    /// `a history shows it: on 2026-02-03 the new policy takes it from crawl to walk (promote) and the old one leaves it …`
    pub(super) fn told(&self) -> String {
        let day = super::replayed::date(Instant::from_seconds(self.at));
        let says = |happened: Happened| match happened {
            None => format!("leaves it at {}", self.tier),
            Some((Kind::Stop, _)) => format!("ends the attempt at {}", self.tier),
            Some((kind, to)) => format!("takes it from {} to {to} ({})", self.tier, kind.word()),
        };
        format!("a history shows it: on {day} the new policy {} and the old one {}", says(self.new), says(self.old))
    }
}

/// The counts of a text; `None` if it cannot be read.
pub(super) fn count(plan: &Plan, history: &str) -> Option<Counts> {
    count_text(plan, "witness.jsonl", history).ok()
}

/// The replay of counts; `None` if there is nothing to replay.
pub(super) fn play(plan: &Plan, counts: &Counts, no_approvals: bool) -> Option<Run> {
    let approvals = if no_approvals { Approvals::Never } else { Approvals::Assumed };
    replay::run(plan, counts, &Options { approvals, ..Options::default() }).ok()
}

/// All partings of two replays, in order of time.
pub(super) fn partings(old: (&Plan, &Run), new: (&Plan, &Run), pairs: &[Pair]) -> Vec<Parting> {
    let mut all: Vec<Parting> = pairs.iter().flat_map(|pair| of_pair(old, new, *pair)).collect();
    all.sort_by_key(|parting| parting.at);
    all
}

fn of_pair(old: (&Plan, &Run), new: (&Plan, &Run), pair: Pair) -> Vec<Parting> {
    let (Some(id), decided) = (pair.new, pair.old) else { return Vec::new() };
    let olds = decided.map(|id| moves(old, id)).unwrap_or_default();
    let news = moves(new, id);
    let times: std::collections::BTreeSet<i64> = olds.keys().chain(news.keys()).copied().collect();
    let (mut tiers, mut all) = ((Tier::Crawl, Tier::Crawl), Vec::new());
    for at in times {
        let (one, other) = (olds.get(&at).copied(), news.get(&at).copied());
        if tiers.0 == tiers.1 && one != other {
            let action = new.0.actions[id.index()].name.clone();
            all.push(Parting { at, action, tier: tiers.0, old: one, new: other });
        }
        tiers = (one.map_or(tiers.0, |(_, to)| to), other.map_or(tiers.1, |(_, to)| to));
    }
    all
}

/// Its moves and stops, by second.
fn moves((plan, run): (&Plan, &Run), id: crate::model::policy::ActionId) -> BTreeMap<i64, (Kind, Tier)> {
    let of_it = run.decisions.iter().filter(|it| it.action == id && it.detail.kind() != Kind::Defer);
    of_it.map(|it| (it.at.saturating_mul(plan.tick_seconds), (it.detail.kind(), it.to))).collect()
}
