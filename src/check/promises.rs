//! The promises of a policy, each proved, refuted or left open, and what is kept of that from one run to the next.

use super::remedy;
use super::words;
use crate::model::Policy;
use crate::model::policy::{Assurance, Clause, Promise};
use crate::odds::{ALGORITHM, Asked, Course, Effort, Flow, Promised, Refused, Verdict, World};
use crate::plan::{self, Plan};
use crate::source::Span;
use crate::stats::E8;
use crate::value::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Proofs that nobody has asked for in a run are kept up to so many.
const KEPT: usize = 1_000;

/// What may be spent on the figure of a refuted promise.
const TOLD: Effort = Effort { paths: 1 << 17, draws: 20_000_000, ..Effort::QUICK };

/// A promise that is neither proved nor refuted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// Where it stands.
    pub at: Span,
    /// Which it is.
    pub what: String,
    /// Why nothing is known of it.
    pub why: String,
}

/// What is known of a promise, in words; it depends on the plan and the promise alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proof {
    /// `true`: it holds; `false`: it does not; absent: open.
    pub(super) holds: Option<bool>,
    /// The chance, or why it is not computed.
    pub(super) chance: String,
    /// How it is known.
    pub(super) grounds: String,
    /// How far it is off, in points.
    pub(super) apart: String,
    /// What would keep it.
    pub(super) remedy: String,
}

/// Proofs by what they prove.
#[derive(Clone, Debug, Default)]
pub struct Proofs {
    known: BTreeMap<String, Proof>,
    asked: BTreeSet<String>,
    is_fresh: bool,
}

impl Proofs {
    /// Those of an earlier run; of a text that is no such thing, none.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self { known: serde_json::from_str(text).unwrap_or_default(), ..Self::default() }
    }

    /// What a later run may read, if there is anything new in it.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        let (used, others): (Vec<_>, Vec<_>) = self.known.iter().partition(|(key, _)| self.asked.contains(*key));
        let kept: BTreeMap<_, _> = used.into_iter().chain(others.into_iter().take(KEPT)).collect();
        let text = serde_json::to_string_pretty(&kept).ok()?;
        self.is_fresh.then(|| text + "\n")
    }

    fn of(&mut self, key: String, prove: impl FnOnce() -> Proof) -> Proof {
        let proof = self.known.entry(key.clone()).or_insert_with(|| {
            self.is_fresh = true;
            prove()
        });
        let proof = proof.clone();
        self.asked.insert(key);
        proof
    }
}

/// One promise and what became of it.
pub(super) struct Settled<'a> {
    pub(super) assurance: &'a Assurance,
    pub(super) promise: &'a Clause<Promise>,
    pub(super) proof: Proof,
}

/// The promises of a policy, settled.
pub struct Promises<'a>(pub(super) Vec<Settled<'a>>);

impl<'a> Promises<'a> {
    /// Settles the promises of a policy that has no errors, as far as that is not known yet.
    #[must_use]
    pub fn of(policy: &'a Policy, proofs: &mut Proofs) -> Self {
        if policy.assurances.is_empty() {
            return Self(Vec::new());
        }
        let plan = plan::compile(policy);
        let promises = policy.assurances.iter().flat_map(|it| it.promises.iter().map(move |promise| (it, promise)));
        let settled = promises.map(|(assurance, promise)| {
            let key = key(&plan, assurance, promise.value);
            let proof = proofs.of(key, || prove(policy, &plan, assurance, promise.value));
            Settled { assurance, promise, proof }
        });
        Self(settled.collect())
    }

    /// Those that are open.
    #[must_use]
    pub fn undecided(&self, policy: &Policy) -> Vec<Undecided> {
        let open = self.0.iter().filter(|it| it.proof.holds.is_none());
        let undecided = open.map(|Settled { assurance, promise, proof }| Undecided {
            at: promise.at,
            what: format!("`assure {} {}`", policy.actions[assurance.action.index()].name, assurance.step),
            why: format!("{}{}; {}", proof.chance, proof.grounds, proof.remedy),
        });
        undecided.collect()
    }
}

/// Everything that the answer depends on.
fn key(plan: &Plan, assurance: &Assurance, promise: Promise) -> String {
    let rates = assurance.given.iter().map(|(metric, rate)| format!("{}={rate}", plan.metrics[metric.index()].name));
    let rates = rates.collect::<Vec<_>>().join(",");
    let Flow { count, per_seconds } = flow(assurance);
    let gate = plan.gate_path(assurance.action, assurance.step);
    let (verb, bound) = words::promise(promise);
    let (within, share) = (promise.within.seconds(), promise.chance);
    format!("{ALGORITHM} {} {gate} {rates} {count}/{per_seconds}s {verb} {within}s {bound} {share}", plan.digest)
}

fn flow(assurance: &Assurance) -> Flow {
    let (count, per_seconds) = assurance.traffic.map_or((Decimal::ZERO, 1), |(count, per)| (count, per.seconds()));
    Flow { count, per_seconds }
}

/// The course that a promise is about.
pub(super) fn course(asked: &Asked, demotes: bool) -> Result<Course, Refused> {
    if demotes { asked.demotion() } else { asked.promotion() }
}

fn prove(policy: &Policy, plan: &Plan, assurance: &Assurance, promise: Promise) -> Proof {
    let Some(gate) = &plan.actions[assurance.action.index()].gates[assurance.step.index()] else {
        return refused("the gate is above the ceiling");
    };
    let world = World::even(assurance.given.clone(), flow(assurance));
    let within = promise.within.seconds() / plan.tick_seconds;
    let asked = Asked { plan, action: assurance.action, gate, world: &world, within };
    let course = match course(&asked, promise.demotes) {
        Ok(course) => course,
        Err(error) => return refused(&error.to_string()),
    };
    let promised = Promised { at_least: promise.at_least, share: promise.chance };
    let (verdict, answer) = course.settle(promised, &Effort::QUICK);
    // What refutes may be far from sure how likely it is.
    let answer = if verdict == Verdict::Refuted { course.answer(&TOLD) } else { answer };
    let share = share(promise);
    let proof = Proof {
        holds: None,
        chance: answer.percent(Some(share)),
        grounds: answer.grounds(),
        apart: crate::odds::percent((answer.chance - share).abs(), None).trim_end_matches('%').to_owned(),
        remedy: String::new(),
    };
    match verdict {
        Verdict::Proved => Proof { holds: Some(true), ..proof },
        Verdict::Refuted => {
            Proof { holds: Some(false), remedy: remedy::remedy(policy, &asked, promise, &course, &answer), ..proof }
        }
        Verdict::Undecided => open(proof, promise),
    }
}

/// What is promised, as a number to compare with.
fn share(promise: Promise) -> f64 {
    let share_e8 = promise.chance.hundred_millionths().unwrap_or(E8).max(0);
    crate::stats::real(share_e8.unsigned_abs()) / 1e8
}

fn refused(why: &str) -> Proof {
    Proof {
        holds: None,
        chance: why.to_owned(),
        grounds: String::new(),
        apart: String::new(),
        remedy: "promise something nearer, or give less traffic".to_owned(),
    }
}

fn open(proof: Proof, promise: Promise) -> Proof {
    let (promised, bound) = (words::percent(promise.chance), words::promise(promise).1);
    Proof {
        grounds: format!(" ({}), too near to the promised {promised} to tell", proof.grounds),
        remedy: format!("promise `{bound}` a share further off"),
        ..proof
    }
}
