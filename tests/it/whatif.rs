//! Variants against the evaluator, on thousands of random policies and histories: the fast replay comes to what a plain
//! one comes to, and a cell of a sweep to what its variant comes to alone.

use crate::engine::{self, Arguments};
use crate::random::{Case, case};
use cwrc::history::{Counts, counts_alike};
use cwrc::model::Policy;
use cwrc::model::setting::{Kind as Of, Setting, set, settings};
use cwrc::plan::{self, Plan};
use cwrc::render::whatif::{Swept, svg};
use cwrc::replay::{Approvals, Evidence, Kind, Options, Run, Summary};
use cwrc::value::{Instant, Tier};
use cwrc::whatif::fast::{Fast, Move, Variant};
use cwrc::whatif::{Axis, Grid, Sweep, changed, plainly};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

/// How many random pairs every run compares.
const CASES: u64 = 1_500;
/// How many random sweeps.
const SWEEPS: u64 = 300;

fn options(case: &Case) -> Options {
    let time = |text: &Option<String>| text.as_deref().and_then(Instant::parse);
    let approvals = if case.no_approvals { Approvals::Never } else { Approvals::Assumed };
    let evidence = if case.any_tier { Evidence::AnyTier } else { Evidence::AsRecorded };
    Options { evidence, from: time(&case.from), to: time(&case.to), approvals, ..Options::default() }
}

fn count(case: &Case, plan: &Plan) -> Counts {
    let assume_tier = case.assume_tier.as_deref().and_then(Tier::parse);
    let now = case.now.as_deref().and_then(Instant::parse);
    engine::count(plan, &[&case.history], &Arguments { assume_tier, now, threads: 1, ..Arguments::default() })
}

fn decisions(run: &Run) -> Vec<Move> {
    let of =
        |it: &cwrc::replay::Decision| Move { at: it.at, kind: it.detail.kind(), action: it.action.index(), to: it.to };
    let mut all: Vec<Move> = run.decisions.iter().map(of).collect();
    all.sort_unstable();
    all
}

fn named(plan: &Plan, moves: &[Move]) -> String {
    let line = |it: &Move| format!("{} {} {} {}", it.at, it.kind.word(), plan.actions[it.action].name, it.to);
    moves.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_fast_replay_and_the_evaluator_agree() {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 50_000..50_000 + CASES {
        let case = case(seed);
        let (plan, options) = (engine::plan(&case.policy), options(&case));
        let counts = count(&case, &plan);
        let Ok(run) = cwrc::replay::run(&plan, &counts, &options) else { continue };
        let fast = Fast::new(&plan, &counts, &options).expect("nothing that only a plain replay covers");
        let mut worker = fast.worker();
        let sheet = worker.sheet(&plan);
        let (moves, expected) = (worker.decisions(Variant::from(&sheet)), decisions(&run));
        let (ours, theirs) = (named(&plan, &moves), named(&plan, &expected));
        let diff = similar::TextDiff::from_lines(&theirs, &ours);
        assert!(moves == expected, "seed {seed}\n{}\n{}", diff.unified_diff(), case.policy);
        assert_eq!(worker.summary(Variant::from(&sheet)), Summary::of(&plan, &run), "seed {seed}\n{}", case.policy);
        for decision in &run.decisions {
            *seen.entry(decision.detail.kind().word()).or_default() += 1;
        }
    }
    for kind in Kind::ALL {
        assert!(seen.get(kind.word()).is_some_and(|times| *times > 100), "{seen:?}");
    }
}

/// Some values that a path may have, the one it has among them.
fn values(policy: &Policy, setting: &Setting) -> Vec<String> {
    let now = setting.value.clone();
    let digits = now.chars().take_while(char::is_ascii_digit).count();
    let (number, unit) = now.split_at(digits);
    let number: u64 = number.parse().unwrap_or(1);
    let others: Vec<String> = match setting.kind {
        Of::Duration => vec![format!("{}{unit}", number + 1), format!("{}{unit}", number * 2), "none".to_owned()],
        Of::Window => vec![format!("{}{unit}", number + 2), "tier".to_owned()],
        Of::Count => vec![format!("{}", number + 1), format!("{}", number * 2)],
        Of::Share => vec!["55%".to_owned(), "80%".to_owned(), "99%".to_owned()],
        Of::Points => vec!["2pp".to_owned(), "20pp".to_owned(), "none".to_owned()],
        Of::Number => vec!["2.5".to_owned(), "3.5".to_owned()],
        Of::Confidence => vec!["none".to_owned(), "60%".to_owned(), "90% wilson".to_owned()],
        Of::Ceiling => vec!["crawl".to_owned(), "walk".to_owned(), "none".to_owned()],
    };
    let all = [now.clone()].into_iter().chain(others.into_iter().filter(|value| *value != now));
    all.filter(|value| set(policy, &setting.path, value).is_ok()).collect()
}

/// A grid of a few paths, by the seed; the fewer, the more their values.
fn grid(policy: &Policy, seed: u64) -> Option<Grid> {
    let all = settings(policy);
    let pick = |at: u64| usize::try_from((seed * 7 + at * 31 + seed * at) % all.len() as u64).ok();
    let mut axes: Vec<Axis> = Vec::new();
    for at in 0..=(seed % 3) {
        let setting = &all[pick(at)?];
        // A tick must divide everything else too.
        if setting.path != "policy.evaluate" && axes.iter().all(|axis| axis.path != setting.path) {
            let values = values(policy, setting);
            axes.push(Axis { path: setting.path.clone(), values, now: setting.value.clone() });
        }
    }
    Grid::new(axes).ok().filter(|grid| !grid.is_empty())
}

#[test]
fn a_cell_of_a_sweep_is_the_run_of_its_variant() {
    let (mut cells_seen, mut recounted, mut moved) = (0, 0, 0);
    for seed in 0..SWEEPS {
        let case = case(60_000 + seed);
        let (policy, options) = (engine::policy(&case.policy), options(&case));
        let plan = plan::compile(&policy);
        let counts = count(&case, &plan);
        let (Ok(now), Some(grid)) = (plainly(&plan, &counts, &options), grid(&policy, seed)) else { continue };
        let threads = NonZeroUsize::new(1 + usize::from(seed % 2 == 0)).expect("not zero");
        let sweep = Sweep { policy: &policy, plan: &plan, counts: &counts, options: &options, grid: &grid, threads };
        let cells = sweep.run(&mut |plan| Ok::<_, ()>(count(&case, plan)), &|_| {}).expect("a sweep");
        assert_eq!(cells.len(), grid.len());
        for (cell, figures) in cells.iter().enumerate() {
            let variant = plan::compile(&changed(&policy, grid.changes(cell)).expect("values that were tried"));
            recounted += u64::from(!counts_alike(&plan, &variant));
            // Counted by itself, whatever the sweep took to be alike.
            let alone = plainly(&variant, &count(&case, &variant), &options).expect("a replay");
            let told: Vec<(&str, &str)> = grid.changes(cell).collect();
            assert_eq!(*figures, [alone[0].sum, alone[1].sum], "seed {seed}: {told:?}\n{}", case.policy);
            moved += u64::from(alone != now);
            cells_seen += 1;
        }
        // What if nothing changed? Then nothing changes.
        let at = grid.now().expect("the value it has is among the values");
        assert_eq!(cells[at], [now[0].sum, now[1].sum], "seed {seed}");
    }
    assert!(cells_seen > 1_000 && recounted > 30 && moved > 200, "{cells_seen} cells, {recounted} {moved}");
}

#[test]
fn settings_to_what_they_are_change_nothing() {
    for seed in 70_000..70_100 {
        let case = case(seed);
        let (policy, options) = (engine::policy(&case.policy), options(&case));
        let plan = plan::compile(&policy);
        let counts = count(&case, &plan);
        let Ok(now) = plainly(&plan, &counts, &options) else { continue };
        let all = settings(&policy);
        let same =
            changed(&policy, all.iter().map(|it| (it.path.as_str(), it.value.as_str()))).expect("its own values");
        assert_eq!(plainly(&plan::compile(&same), &counts, &options).as_ref(), Ok(&now), "seed {seed}");
    }
}

/// A forced move happens when it is said to, and whatever its gate says.
#[test]
fn forced_moves_are_made() {
    let mut made = 0;
    for seed in 80_000..80_300 {
        let case = case(seed);
        let plan = engine::plan(&case.policy);
        let (counts, options) = (count(&case, &plan), Options { from: None, to: None, ..options(&case) });
        let Ok(run) = cwrc::replay::run(&plan, &counts, &options) else { continue };
        let Some(action) = plan.actions.iter().position(|action| action.ceiling == Tier::Run) else { continue };
        let middle = i64::midpoint(run.from, run.to);
        let at = Instant::from_seconds(middle * plan.tick_seconds - plan.tick_seconds / 2);
        let id = cwrc::model::policy::ActionId::new(action);
        let forced = vec![cwrc::replay::Forced { action: id, to: Tier::Run, at }];
        let other = cwrc::replay::run(&plan, &counts, &Options { forced, ..options }).expect("a replay");
        let tier = |run: &Run, at: i64| {
            let timeline = &run.outcomes[action].timeline;
            timeline.iter().rev().find(|(since, _)| *since <= at).map(|(_, tier)| *tier)
        };
        let is_new = tier(&run, middle - 1) != Some(Tier::Run);
        // One that is at run already is left alone, and may fall at that very boundary.
        assert!(!is_new || tier(&other, middle) == Some(Tier::Run), "seed {seed}");
        // What came before is as it was.
        let before = |run: &Run| decisions(run).into_iter().filter(|it| it.at < middle).collect::<Vec<_>>();
        assert_eq!(before(&run), before(&other), "seed {seed}");
        let marked = other.decisions.iter().filter(|it| format!("{:?}", it.detail).contains("Forced"));
        assert!(!is_new || marked.count() == 1, "seed {seed}");
        made += u64::from(is_new);
    }
    assert!(made > 100, "only {made} moves were forced");
}

/// The picture is XML, the same at every drawing, and no variant is missing from it.
#[test]
fn the_picture_of_a_front_shows_every_variant() {
    for seed in 60_000..60_040 {
        let case = case(seed);
        let (policy, options) = (engine::policy(&case.policy), options(&case));
        let plan = plan::compile(&policy);
        let counts = count(&case, &plan);
        let (Ok(now), Some(grid)) = (plainly(&plan, &counts, &options), grid(&policy, seed)) else { continue };
        let threads = NonZeroUsize::MIN;
        let sweep = Sweep { policy: &policy, plan: &plan, counts: &counts, options: &options, grid: &grid, threads };
        let cells = sweep.run(&mut |plan| Ok::<_, ()>(count(&case, plan)), &|_| {}).expect("a sweep");
        let now = now.map(|summary| summary.sum);
        let swept = Swept::new(&plan, (0, 1), &grid, &cells, &now, Evidence::AsRecorded);
        let picture = svg(&swept);
        assert_eq!(picture, svg(&swept));
        let parsed = roxmltree::Document::parse(&picture).expect("XML");
        let circles = parsed.descendants().filter(|node| node.has_tag_name("circle"));
        let places: BTreeSet<_> = circles
            .map(|node| (node.attribute("cx").expect("a place"), node.attribute("cy").expect("a place")))
            .collect();
        let points: BTreeSet<_> = cells
            .iter()
            .map(|cell| (cell[0].exposed.autonomous, cell[0].exposed.seen + cell[0].exposed.released))
            .collect();
        // Three more are in the legend; points nearer than three pixels are drawn as one.
        assert!(places.len() > 3 && places.len() <= points.len() + 4, "seed {seed}");
        assert!(points.len() > 6 || places.len() >= points.len().min(2) + 3, "seed {seed}");
    }
}
