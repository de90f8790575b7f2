//! The slow, obvious reference evaluator: `cwrc simulate POLICY --history H --format json`, from raw records, by plain
//! loops, straight from semantics.md, language.md and interfaces.md. It shares no code with the engine.

mod bars;
mod bounds;
mod decimal;
mod exposure;
mod history;
mod json;
mod lexer;
mod output;
mod parse;
mod policy;
mod replay;
mod sample;
mod time;
mod world;

use output::{ActionReport, Coverage, Ordered, Records, Report, whole};
use policy::Tier;
use replay::{Replay, State};
use world::World;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Approvals {
    /// Given as soon as all else is met.
    #[default]
    Assumed,
    /// `--no-approvals`.
    Never,
}

/// The arguments of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) any_tier: bool,
    pub(crate) assume_tier: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) now: Option<String>,
    pub(crate) approvals: Approvals,
    /// The `plan_digest`, which this evaluator does not compute.
    pub(crate) digest: String,
}

/// What `simulate --format json` prints; `Err` where it ends with exit code 2.
pub(crate) fn simulate(policy: &str, history: &str, options: &Options) -> Result<String, String> {
    let policy = parse::policy(policy)?;
    let now = instant(options.now.as_ref())?;
    let history = history::read(history, &policy, now);
    let range = world::range(&policy, &history, instant(options.from.as_ref())?, instant(options.to.as_ref())?)?;
    let mut world = World::new(policy, history, &range);
    world.any_tier = options.any_tier;
    world.approvals = options.approvals == Approvals::Assumed;
    world.assume_tier = match &options.assume_tier {
        Some(name) => Some(Tier::parse(name).ok_or("no such tier")?),
        None => None,
    };
    let no_tiers = world.history.records.iter().all(|record| record.tier.is_none());
    if no_tiers && !world.any_tier && world.assume_tier.is_none() {
        return Err("no record has a tier".to_string());
    }
    let mut replay = Replay::new(&world);
    replay.run();
    let text = serde_json::to_string_pretty(&report(&world, replay, options)).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// An option that is a date or an instant.
fn instant(option: Option<&String>) -> Result<Option<i128>, String> {
    let Some(text) = option else { return Ok(None) };
    let instant = time::parse(text).or_else(|| time::parse_date(text));
    instant.map(Some).ok_or(format!("bad time {text}"))
}

fn report(world: &World, mut replay: Replay, options: &Options) -> Report {
    let names = || world.policy.actions.iter().map(|action| action.name.clone());
    let tiers = replay.states.iter().map(|state| state.tier.name());
    let tiers = Ordered(names().zip(tiers).collect());
    let reports = replay.states.iter().enumerate().map(|(index, state)| action_report(world, &replay, index, state));
    let actions = Ordered(names().zip(reports).collect());
    Report {
        cwrc: "1",
        policy: world.policy.name.clone(),
        plan_digest: options.digest.clone(),
        evidence: if world.any_tier { "any-tier" } else { "as-recorded" },
        from: time::show(world.instant(world.first)),
        to: time::show(world.instant(world.last)),
        tick_seconds: whole(world.policy.tick / time::SECOND),
        records: records(world),
        tiers,
        decisions: std::mem::take(&mut replay.decisions),
        actions,
    }
}

/// interfaces.md §3, `records`.
fn records(world: &World) -> Records {
    let history = &world.history;
    let total = history.records.len() as u64;
    let classified = world.types.iter().filter(|of_type| of_type.is_some()).count() as u64;
    let (mut late_outcomes, mut contradicted) = (0, 0);
    for (record, of_type) in history.records.iter().zip(&world.types) {
        for metric in world.policy.metrics.iter().filter(|_| of_type.is_some()) {
            late_outcomes += sample::late_outcomes(record, metric);
            contradicted += sample::contradicted(record, metric);
        }
    }
    Records {
        total,
        classified,
        unclassified: total - classified,
        duplicates: history.duplicates,
        bad: history.bad.clone(),
        late_outcomes,
        contradicted,
        without_tier: history.records.iter().filter(|record| record.tier.is_none()).count() as u64,
        notices: history.notice_lines,
    }
}

fn action_report(world: &World, replay: &Replay, index: usize, state: &State) -> ActionReport {
    let exposure = exposure::exposure(world, index, &state.timeline);
    let moves = state.timeline.iter();
    ActionReport {
        timeline: moves.map(|(boundary, tier)| (time::show(world.instant(*boundary)), tier.name())).collect(),
        coverage: coverage(world, state),
        records: exposure.records,
        autonomous: exposure.autonomous,
        unattended: exposure.unattended,
        harm: exposure.harm,
        next: replay.next(index),
    }
}

/// "The first boundary after the last one with evidence (null if that is the last boundary; the first boundary if there
/// never was any)."
fn coverage(world: &World, state: &State) -> Coverage {
    let silent_from = match state.with_evidence.last() {
        Some(last) if *last == world.last => None,
        Some(last) => Some(last + 1),
        None => Some(world.first),
    };
    Coverage {
        boundaries: whole(world.last - world.first + 1),
        with_evidence: whole(state.with_evidence.len() as i128),
        silent_from: silent_from.map(|boundary| time::show(world.instant(boundary))),
    }
}
