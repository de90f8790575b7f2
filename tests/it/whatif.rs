//! The fast replay of variants against the evaluator, on thousands of random policies and histories.

use crate::engine::{self, Arguments};
use crate::random::case;
use cwrc::plan::Plan;
use cwrc::replay::{Approvals, Evidence, Kind, Options, Run, Summary};
use cwrc::value::{Instant, Tier};
use cwrc::whatif::fast::{Fast, Move, Variant};
use std::collections::BTreeMap;

const CASES: u64 = 3_000;

fn decisions(run: &Run) -> Vec<Move> {
    let of = |it: &cwrc::replay::Decision| Move { at: it.at, kind: it.detail.kind(), action: it.action.index(), to: it.to };
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
        let plan = engine::plan(&case.policy);
        let time = |text: &Option<String>| text.as_deref().and_then(Instant::parse);
        let approvals = if case.no_approvals { Approvals::Never } else { Approvals::Assumed };
        let evidence = if case.any_tier { Evidence::AnyTier } else { Evidence::AsRecorded };
        let options =
            Options { evidence, from: time(&case.from), to: time(&case.to), approvals, ..Options::default() };
        let assume_tier = case.assume_tier.as_deref().and_then(Tier::parse);
        let arguments = Arguments { assume_tier, now: time(&case.now), threads: 1, ..Arguments::default() };
        let counts = engine::count(&plan, &[&case.history], &arguments);
        let Ok(run) = cwrc::replay::run(&plan, &counts, &options) else { continue };
        let fast = Fast::new(&plan, &counts, &options).expect("nothing that only a plain replay covers");
        let mut worker = fast.worker();
        let sheet = worker.sheet(&plan);
        let moves = worker.decisions(Variant::from(&sheet));
        let expected = decisions(&run);
        let diff = similar::TextDiff::from_lines(&named(&plan, &expected), &named(&plan, &moves)).unified_diff().to_string();
        assert_eq!(moves, expected, "seed {seed}\n{diff}\n{}", case.policy);
        assert_eq!(worker.summary(Variant::from(&sheet)), Summary::of(&plan, &run), "seed {seed}\n{}", case.policy);
        for decision in &run.decisions {
            *seen.entry(decision.detail.kind().word()).or_default() += 1;
        }
    }
    for kind in Kind::ALL {
        assert!(seen.get(kind.word()).is_some_and(|times| *times > 100), "{seen:?}");
    }
}
