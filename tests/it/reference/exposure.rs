//! What the simulated tiers would have exposed: semantics §7.

use super::history::Record;
use super::output::Harm;
use super::policy::{Action, Metric, Source, Tier};
use super::sample::told_against;
use super::world::World;

#[derive(Default)]
pub(crate) struct Exposure {
    pub(crate) records: u64,
    pub(crate) autonomous: u64,
    pub(crate) unattended: u64,
    pub(crate) harm: Harm,
}

/// "Over records before `to`", "all as known at the end of the history, whatever `--to`".
pub(crate) fn exposure(world: &World, action: usize, timeline: &[(i128, Tier)]) -> Exposure {
    let mut exposure = Exposure::default();
    for (index, record) in world.history.records.iter().enumerate() {
        let tick = record.time.div_euclid(world.policy.tick);
        if world.types[index] != Some(action) || tick >= world.last {
            continue;
        }
        let simulated = tier_during(timeline, tick);
        exposure.records += 1;
        exposure.autonomous += u64::from(simulated >= Tier::Walk);
        exposure.unattended += u64::from(simulated == Tier::Run);
        if simulated == Tier::Run && !world.policy.actions[action].read_only {
            add_harm(world, action, index, record, &mut exposure.harm);
        }
    }
    exposure
}

/// "Before the first boundary the tier is crawl."
fn tier_during(timeline: &[(i128, Tier)], tick: i128) -> Tier {
    let latest = timeline.iter().rev().find(|(boundary, _)| *boundary <= tick);
    latest.map_or(Tier::Crawl, |(_, tier)| *tier)
}

/// An unattended record: seen, released, unknown, or none of them.
fn add_harm(world: &World, action: usize, index: usize, record: &Record, harm: &mut Harm) {
    let of_customer = own_customer_metrics(world, &world.policy.actions[action]);
    let below_run = world.recorded_tier(record) != Some(Tier::Run);
    let told_by_person = || {
        let persons = world.policy.metrics.iter().filter(|metric| metric.source != Source::Customer);
        persons.into_iter().any(|metric| told_against(record, metric))
    };
    if of_customer.iter().any(|metric| told_against(record, metric)) {
        harm.seen += 1;
    } else if below_run && told_by_person() {
        harm.released += 1;
    } else if below_run && !of_customer.iter().any(|metric| has_sample(world, index, metric)) {
        harm.unknown += 1;
    }
}

/// "A `customer` metric that the action's own gates use (bars or keeps)."
fn own_customer_metrics<'a>(world: &'a World, action: &Action) -> Vec<&'a Metric> {
    let gates = action.clauses.gates.iter().flatten();
    let bars: Vec<_> = gates.flat_map(|gate| gate.bars.iter().chain(&gate.keeps)).collect();
    let used = |metric: &&Metric| bars.iter().any(|bar| bar.metric == metric.name);
    let customer = |metric: &&Metric| metric.source == Source::Customer;
    world.policy.metrics.iter().filter(customer).filter(used).collect()
}

/// A matured sample, feed alive, at the end of the history.
fn has_sample(world: &World, record: usize, metric: &Metric) -> bool {
    let samples = &world.samples[world.policy.metric_index(&metric.name)];
    samples.iter().any(|sample| sample.record == record && sample.tick < world.end)
}
