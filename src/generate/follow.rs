//! Records at the tiers that a policy gives: tick by tick, each from a replay of everything written before.

use super::Error;
use super::dirt::Soil;
use super::lines::Lines;
use super::schedule::Draft;
use super::world::{DAY, World};
use crate::plan::Plan;
use crate::replay::follow::Follower;
use crate::value::Tier;

/// Writes all records and notices; `notices` are in order of time.
pub(super) fn write(
    plan: &Plan,
    world: &World,
    (drafts, notices): (&[Draft], Vec<(i64, String)>),
    soil: &Soil,
    lines: &mut Lines,
) -> Result<(), Error> {
    let tick = |second: i64| second.div_euclid(plan.tick_seconds);
    let mut follower = Follower::new(plan);
    let mut drafts = drafts.iter().peekable();
    let mut notices = notices.into_iter().peekable();
    for now in tick(world.start * DAY)..tick(world.end()) {
        follower.reach(now)?;
        let mut written = Lines::default();
        while let Some(draft) = drafts.next_if(|draft| tick(draft.time) == now) {
            let flow = world.flows.get(draft.flow);
            soil.write(draft, flow.map_or(Tier::Crawl, |flow| follower.tier(flow.action)), &mut written);
        }
        while let Some((second, line)) = notices.next_if(|(second, _)| tick(*second) == now) {
            written.push(second, line);
        }
        follower.read(&written.text())?;
        lines.append(written);
    }
    Ok(())
}
