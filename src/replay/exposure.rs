//! Who could have been hurt: records by the tier they would have run at, and the harm interval (semantics §7).

use super::evidence::Feed;
use crate::history::Counts;
use crate::history::counts::Harm;
use crate::plan::Plan;
use crate::value::Tier;
use crate::value::duration::Tick;

/// The exposure of one action type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposed {
    /// Its records before `to`.
    pub records: u64,
    /// Those at walk or run.
    pub autonomous: u64,
    /// Those at run.
    pub unattended: u64,
    /// Unattended, and a customer's signal told against them.
    pub seen: u64,
    /// Unattended, and a person caught a mistake that nobody would have caught.
    pub released: u64,
    /// Unattended, and nobody can tell.
    pub unknown: u64,
}

impl Exposed {
    /// What of it counts at a tier.
    #[must_use]
    pub fn at(self, tier: Tier) -> Self {
        match tier {
            Tier::Crawl => Self { records: self.records, ..Self::default() },
            Tier::Walk => Self { records: self.records, autonomous: self.autonomous, ..Self::default() },
            Tier::Run => self,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            records: self.records + other.records,
            autonomous: self.autonomous + other.autonomous,
            unattended: self.unattended + other.unattended,
            seen: self.seen + other.seen,
            released: self.released + other.released,
            unknown: self.unknown + other.unknown,
        }
    }

    /// The harm interval: at least what was seen, at most that and all that was released or is unknown.
    #[must_use]
    pub fn harm(&self) -> (u64, u64) {
        (self.seen, self.seen + self.released + self.unknown)
    }
}

/// The exposure of each action type under these timelines, over records before boundary `to`.
#[must_use]
pub fn exposure(plan: &Plan, counts: &Counts, timelines: &[&[(Tick, Tier)]], to: Tick) -> Vec<Exposed> {
    let mut all = vec![Exposed::default(); plan.actions.len()];
    for_each(plan, counts, |action, tick, exposed| {
        if tick < to {
            all[action] = all[action].plus(&exposed.at(tier_at(timelines[action], tick)));
        }
    });
    all
}

/// Hands over what the records of each action type (by its index) and tick would count for, had they run unattended.
pub fn for_each(plan: &Plan, counts: &Counts, mut take: impl FnMut(usize, Tick, Exposed)) {
    let feeds: Vec<Feed> = plan.metrics.iter().map(|metric| Feed::of(counts, metric)).collect();
    let end = counts.last_boundary(plan.tick_seconds);
    for (of, entries) in &counts.exposure {
        let action = of.action.index();
        let harm = if plan.actions[action].read_only { &Harm::Told } else { &counts.harms[of.harm as usize] };
        for (tick, n) in entries {
            // As known at the end of the history, whatever `to`: a sample exists if its tick is over, its feed alive.
            let is_known = |at: Tick, feed: &Feed| at < end && feed.is_alive(at);
            let is_unknown = match harm {
                Harm::Open(samples) => !samples.iter().any(|(id, after)| is_known(tick + after, &feeds[id.index()])),
                Harm::Told | Harm::Seen | Harm::Released => false,
            };
            let where_so = |so: bool| if so { *n } else { 0 };
            let (seen, released) = (where_so(*harm == Harm::Seen), where_so(*harm == Harm::Released));
            let unknown = where_so(is_unknown);
            take(action, *tick, Exposed { records: *n, autonomous: *n, unattended: *n, seen, released, unknown });
        }
    }
}

/// The tier during a tick; before the first boundary it is crawl.
fn tier_at(timeline: &[(Tick, Tier)], tick: Tick) -> Tier {
    let at = timeline.partition_point(|(since, _)| *since <= tick);
    at.checked_sub(1).map_or(Tier::Crawl, |last| timeline[last].1)
}
