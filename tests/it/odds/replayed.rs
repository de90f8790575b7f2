//! The engine itself promotes and demotes as often as the odds say: histories of the world are drawn, and replayed.
//!
//! There is one evaluator: the odds only count in advance what it will see. The histories are counts, made here by
//! another generator than that of the simulation.

use super::gates::{Random, random};
use crate::random::rng::Rng;
use cwrc::history::Counts;
use cwrc::history::counts::{Series, Tally};
use cwrc::model::policy::ActionId;
use cwrc::odds::{Answer, Effort};
use cwrc::plan::{Metric, MetricKind, Plan};
use cwrc::replay::{self, Approvals, Kind, Options, Saved, State};
use cwrc::value::{Instant, Step, Tier};

const GATES: usize = 50;
const HISTORIES: u32 = 2_000;

/// The tick that the worlds begin with.
const START: i64 = 20_000;

/// A history of a gate's world, at a tier, of so many ticks.
fn history(rng: &mut Rng, gate: &Random, tier: Tier) -> Counts {
    let plan = &gate.setting.plan;
    let instant = |tick: i64| Instant::from_seconds(tick * plan.tick_seconds);
    let last = START + gate.within - 1;
    let mut counts = Counts {
        earliest: Some((instant(START), "first".to_owned())),
        latest: Some((instant(last), "last".to_owned())),
        cohorts: vec![Vec::new()],
        ..Counts::default()
    };
    for (id, rate) in &gate.setting.world.rates {
        let metric = &plan.metrics[id.index()];
        let rate: f64 = rate.to_string().parse().expect("a number");
        let mut ticks = Vec::new();
        for tick in 0..gate.within {
            let tally = tally(rng, metric, records(gate, tick), rate);
            if tally.n > 0 {
                ticks.push((START + tick + metric.delay_ticks, tally));
            }
        }
        counts.samples.insert(Series { action: ActionId(0), metric: *id, cohort: 0, tier: Some(tier) }, ticks);
    }
    counts
}

/// As many records as whole ones have come by the end of a tick, less those that had before.
fn records(gate: &Random, tick: i64) -> u64 {
    let flow = gate.setting.world.flows[0].1;
    let per_tick: f64 = flow.count.to_string().parse::<f64>().expect("a number");
    assert_eq!(flow.per_seconds, gate.setting.plan.tick_seconds);
    let arrived = |ticks: i64| (ticks as f64 * per_tick + 1e-9).floor() as u64;
    arrived(tick + 1) - arrived(tick)
}

fn tally(rng: &mut Rng, metric: &Metric, n: u64, rate: f64) -> Tally {
    let mut tally = Tally { n, ..Tally::default() };
    for _ in 0..n {
        let draw = rng.between(0, (1 << 40) - 1) as f64 / (1_u64 << 40) as f64;
        match metric.kind {
            MetricKind::Verdict { .. } => tally.bad += u64::from(draw >= rate),
            MetricKind::Event { .. } => tally.bad += u64::from(draw < rate),
            MetricKind::Mean { low, high, .. } => {
                let share = (rate - low as f64 / 1e6) / ((high - low) as f64 / 1e6);
                tally.sum += i128::from(if draw < share { high } else { low });
            }
        }
    }
    tally
}

/// A replay that begins with the action type having entered a tier at the first boundary, or that begins at crawl.
fn options(plan: &Plan, tier: Option<Tier>) -> Options {
    let initial = tier.map(|tier| {
        let mut state = State::start(START);
        state.enter(tier, START, plan.actions[0].gate_below(tier).map_or(0, |gate| gate.keeps.len()));
        Saved { at: START, states: vec![state], last_promotion: None, cohorts: vec![None] }
    });
    Options { initial, approvals: Approvals::Assumed, ..Options::default() }
}

/// On how many of the histories a decision of these kinds is made first, and the odds of that.
fn compared(seed: u64, gate: &Random, up: bool) -> (u32, Answer) {
    let step = gate.setting.gate.step;
    let (course, at, kinds) = if up {
        (gate.setting.promotion(gate.within), step.from(), [Kind::Promote, Kind::Promote])
    } else {
        (gate.setting.demotion(gate.within), step.to(), [Kind::Demote, Kind::Stale])
    };
    let plan = &gate.setting.plan;
    let options = options(plan, (at != Tier::Crawl).then_some(at));
    let mut rng = Rng::new(seed ^ 0xfeed);
    let happened = (0..HISTORIES).filter(|_| {
        let counts = history(&mut rng, gate, at);
        let run = replay::run(plan, &counts, &options).expect("a run");
        run.decisions.iter().any(|decision| kinds.contains(&decision.detail.kind()) && decision.from == at)
    });
    let happened = u32::try_from(happened.count()).expect("few");
    (happened, course.answer(&Effort { paths: 200_000, ..Effort::QUICK }))
}

#[test]
fn the_engine_decides_as_often_as_the_odds_say() {
    let (mut gates, mut open) = (0, 0);
    for seed in 5_000.. {
        let (mut gate, up) = (random(seed), seed % 2 == 0);
        if up {
            // What watches the tier below is another gate's, and the world says nothing of it.
            gate.setting.plan.actions[0].stale = None;
        }
        let odds = if up { gate.setting.promotion(gate.within) } else { gate.setting.demotion(gate.within) };
        let chance = odds.answer(&Effort { paths: 1_000, ..Effort::QUICK }).chance;
        // Those that are sure are told from those that are not; most have to be open.
        if !(0.02..0.98).contains(&chance) && gates - open >= 10 {
            continue;
        }
        gates += 1;
        open += usize::from((0.02..0.98).contains(&chance));
        let (happened, answer) = compared(seed, &gate, up);
        let all = f64::from(HISTORIES);
        let error = (answer.chance * (1.0 - answer.chance) / all).sqrt().max(1.0 / all).hypot(answer.error);
        let off = f64::from(happened) / all - answer.chance;
        assert!(off.abs() <= 4.0 * error, "seed {seed}, up {up}: {happened} of {HISTORIES}, {answer:?}\n{}", gate.text);
        if gates == GATES {
            break;
        }
    }
    assert!(open >= 40, "only {open} could go either way");
}

/// The random gates are of both steps; the plan's own gate is what is asked about.
#[test]
fn the_gates_are_of_both_steps() {
    let steps: Vec<Step> = (0..20).map(|seed| random(seed).setting.gate.step).collect();
    assert!(steps.contains(&Step::CrawlToWalk) && steps.contains(&Step::WalkToRun));
}
