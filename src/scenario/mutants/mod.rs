//! Mutants: the policy with one thing changed a little, to see whether some scenario notices.
//!
//! Each number goes one step down and up (`numbers`), each clause that may be absent is left out (`drops`), each
//! comparison of a predicate is negated or shifted (`predicates`). A mutant that is the same plan, or no sound policy,
//! is left out; one is killed when the verdict of some scenario changes.

mod drops;
mod numbers;
mod predicates;

use super::Scenario;
use crate::history::Counts;
use crate::model::Policy;
use crate::plan::{Plan, compile};
use crate::source::Span;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

/// A policy with one thing changed.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was changed: the path of a value, a clause or a comparison.
    pub path: String,
    /// What it was.
    pub was: String,
    /// What it is.
    pub value: String,
    /// The clause.
    pub at: Span,
    policy: Policy,
}

impl Mutant {
    /// `PATH=VALUE`, as `survives` names it.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}={}", self.path, self.value)
    }
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is the same plan.
    Same,
    /// It is no sound policy.
    Unsound,
    /// Some scenario noticed.
    Killed,
    /// No scenario did.
    Survived,
}

/// What became of all mutants.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Those that some scenario noticed, by name.
    pub killed: Vec<String>,
    /// Those that none did.
    pub survivors: Vec<Mutant>,
    /// Those that were the same plan, by name.
    pub same: Vec<String>,
    /// Those that were no sound policies, by name.
    pub unsound: Vec<String>,
}

/// Tries all mutants of a policy on scenarios, on so many threads. `is_sound` says whether a policy has no errors.
#[must_use]
pub fn report(
    policy: &Policy,
    plan: &Plan,
    scenarios: &[&Scenario],
    is_sound: &(dyn Fn(&Policy) -> bool + Sync),
    threads: usize,
) -> Report {
    let mutants = all(policy);
    let trial = Trial { plan, is_sound, known: scenarios.iter().map(|scenario| Known::of(scenario, plan)).collect() };
    let (next, mut fates) = (AtomicUsize::new(0), Vec::new());
    thread::scope(|scope| {
        let work = || {
            let turn = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < mutants.len());
            std::iter::from_fn(turn).map(|at| (at, trial.fate(&mutants[at]))).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        // A thread that panics takes the program with it.
        let join = |worker: ScopedJoinHandle<Vec<_>>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        fates.extend(workers.into_iter().flat_map(join));
    });
    fates.sort_by_key(|(at, _)| *at);
    let mut report = Report::default();
    for (mutant, (_, fate)) in mutants.into_iter().zip(fates) {
        match fate {
            Fate::Same => report.same.push(mutant.name()),
            Fate::Unsound => report.unsound.push(mutant.name()),
            Fate::Killed => report.killed.push(mutant.name()),
            Fate::Survived => report.survivors.push(mutant),
        }
    }
    report
}

/// All mutants, in order of the text; one that could be made in two ways is there once.
pub(super) fn all(policy: &Policy) -> Vec<Mutant> {
    let mut all = numbers::mutants(policy);
    all.extend(drops::mutants(policy));
    all.extend(predicates::mutants(policy));
    all.sort_by_key(|mutant| mutant.at);
    all
}

/// A scenario, and what the policy itself makes of it.
struct Known<'a> {
    scenario: &'a Scenario,
    counts: Option<Counts>,
    passes: bool,
}

impl<'a> Known<'a> {
    fn of(scenario: &'a Scenario, plan: &Plan) -> Self {
        let counts = scenario.counts(plan).ok();
        let passes = counts.as_ref().is_some_and(|counts| scenario.passes(plan, counts));
        Self { scenario, counts, passes }
    }

    /// Whether a mutant's verdict is another. Where it reads records as the policy does, they need not be counted anew.
    fn notices(&self, mutant: &Plan, reads_alike: bool) -> bool {
        let passes = match &self.counts {
            Some(counts) if reads_alike && !self.scenario.follows() => self.scenario.passes(mutant, counts),
            _ => self.scenario.counts(mutant).is_ok_and(|counts| self.scenario.passes(mutant, &counts)),
        };
        passes != self.passes
    }
}

struct Trial<'a> {
    plan: &'a Plan,
    is_sound: &'a (dyn Fn(&Policy) -> bool + Sync),
    known: Vec<Known<'a>>,
}

impl Trial<'_> {
    fn fate(&self, mutant: &Mutant) -> Fate {
        let plan = compile(&mutant.policy);
        if plan.digest == self.plan.digest {
            return Fate::Same;
        }
        if !(self.is_sound)(&mutant.policy) {
            return Fate::Unsound;
        }
        let reads_alike = reads_alike(&plan, self.plan);
        // The cheap ones first: what follows is replayed tick by tick.
        let (follow, stay): (Vec<&Known>, Vec<&Known>) = self.known.iter().partition(|it| it.scenario.follows());
        let noticed = stay.into_iter().chain(follow).any(|known| known.notices(&plan, reads_alike));
        if noticed { Fate::Killed } else { Fate::Survived }
    }
}

/// Whether two plans make the same counts of the same records.
fn reads_alike(one: &Plan, other: &Plan) -> bool {
    let of_actions = one.actions.iter().zip(&other.actions).all(|(one, other)| {
        let gates = |action: &crate::plan::Action| action.bars().map(|bar| bar.metric).collect::<Vec<_>>();
        one.matches == other.matches && one.renew == other.renew && gates(one) == gates(other)
    });
    let trips = |plan: &Plan| plan.actions.iter().map(|action| action.trips.len()).collect::<Vec<_>>();
    of_actions && one.tick_seconds == other.tick_seconds && one.metrics == other.metrics && trips(one) == trips(other)
}
