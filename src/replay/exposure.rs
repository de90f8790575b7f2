//! Who could have been hurt: records by the tier they would have run at, and the harm interval (semantics §7).

use super::evidence::Feed;
use crate::history::Counts;
use crate::history::counts::Exposure;
use crate::model::policy::MetricId;
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
    /// The harm interval: at least what was seen, at most that and all that was released or is unknown.
    #[must_use]
    pub fn harm(&self) -> (u64, u64) {
        (self.seen, self.seen + self.released + self.unknown)
    }
}

/// The exposure of each action type under these timelines, over records before boundary `to`.
#[must_use]
pub fn exposure(plan: &Plan, counts: &Counts, timelines: &[&[(Tick, Tier)]], to: Tick) -> Vec<Exposed> {
    let feeds: Vec<Feed> = plan.metrics.iter().map(|metric| Feed::of(counts, metric)).collect();
    let end = counts.last_boundary(plan.tick_seconds);
    // As known at the end of the history, whatever `to`: a sample exists if its tick is over and its feed was alive.
    let is_known = |(metric, tick): &(MetricId, Tick)| *tick < end && feeds[metric.index()].is_alive(*tick);
    let mut all = vec![Exposed::default(); plan.actions.len()];
    for ((action, _, tick), cell) in counts.exposure.range(..).filter(|((_, _, tick), _)| *tick < to) {
        let tier = tier_at(timelines[action.index()], *tick);
        let read_only = plan.actions[action.index()].read_only;
        add(&mut all[action.index()], cell, tier, read_only, &is_known);
    }
    all
}

fn add(
    exposed: &mut Exposed,
    cell: &Exposure,
    tier: Tier,
    read_only: bool,
    known: &impl Fn(&(MetricId, Tick)) -> bool,
) {
    exposed.records += cell.records;
    if tier >= Tier::Walk {
        exposed.autonomous += cell.records;
    }
    if tier == Tier::Run {
        exposed.unattended += cell.records;
    }
    if tier == Tier::Run && !read_only {
        exposed.seen += cell.seen;
        exposed.released += cell.released;
        let unknown = cell.open.iter().filter(|(samples, _)| !samples.iter().any(known));
        exposed.unknown += unknown.map(|(_, n)| n).sum::<u64>();
    }
}

/// The tier during a tick; before the first boundary it is crawl.
fn tier_at(timeline: &[(Tick, Tier)], tick: Tick) -> Tier {
    let at = timeline.partition_point(|(since, _)| *since <= tick);
    at.checked_sub(1).map_or(Tier::Crawl, |last| timeline[last].1)
}
