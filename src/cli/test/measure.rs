//! `--coverage` and `--mutants`: how well the scenarios test each policy.

use super::{Args, One};
use crate::check;
use crate::cli::exit::{Exit, Failure};
use crate::cli::{Global, output};
use crate::diagnostic::Severity;
use crate::model::Policy;
use crate::render::scenario::{Accepted, Measured, Tried};
use crate::scenario::Scenario;
use crate::scenario::coverage::Coverage;
use crate::scenario::mutants;
use crate::source::suggest::suggest;
use crate::yaml::YamlError;
use std::num::NonZeroUsize;
use std::thread;

/// Measures each policy by all its scenarios, whichever file they stand in.
pub(super) fn measure(all: &[One], args: &Args) -> Result<Vec<Measured>, Failure> {
    let mut policies: Vec<Vec<&One>> = Vec::new();
    for one in all {
        match policies.iter_mut().find(|of| of[0].tested.policy == one.tested.policy) {
            Some(of) => of.push(one),
            None => policies.push(vec![one]),
        }
    }
    policies.iter().map(|of| one_policy(of, args)).collect()
}

fn one_policy(of: &[&One], args: &Args) -> Result<Measured, Failure> {
    let One { policy, sources, tested, .. } = of[0];
    let scenarios: Vec<&Scenario> = of.iter().flat_map(|one| &one.scenarios).collect();
    let coverage = || Coverage::of(policy, &tested.plan, &scenarios);
    let coverage = args.measures_coverage().then(coverage).transpose();
    let coverage = coverage.map_err(|error| Failure::new(format!("{}: {error}", tested.path)))?;
    Ok(Measured {
        policy: tested.policy.clone(),
        sources: sources.clone(),
        promote: format!("promote one per {}", policy.promote_per),
        coverage,
        mutants: args.mutants.then(|| tried(of, &scenarios)),
    })
}

fn tried(of: &[&One], scenarios: &[&Scenario]) -> Tried {
    let One { policy, sources, tested, .. } = of[0];
    let is_sound = |policy: &Policy| {
        check::check(policy, sources, None).iter().all(|found| found.code.severity() != Severity::Error)
    };
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let report = mutants::report(policy, &tested.plan, scenarios, &is_sound, threads);
    Tried { report, accepted: of.iter().flat_map(|one| accepted(one)).collect() }
}

/// What a file of scenarios says of mutants.
fn accepted(one: &One) -> impl Iterator<Item = Accepted> {
    one.survives.iter().map(|it| {
        let (line, column) = it.place.position(&one.tested.text);
        let (mutant, because) = (it.mutant.clone(), it.because.clone());
        Accepted { file: one.tested.path.clone(), line, column, mutant, because }
    })
}

/// Tells of what is accepted and is no mutant at all: nothing would ever show that it means nothing.
pub(super) fn unknown(measured: &[Measured], global: &Global) -> Exit {
    let mut exit = Exit::Fine;
    for tried in measured.iter().filter_map(|it| it.mutants.as_ref()) {
        let names = tried.names();
        for Accepted { file, line, column, mutant, .. } in tried.unknown() {
            let message = format!("the policy has no mutant `{mutant}`");
            let error = YamlError { line: *line, column: *column, message, help: Some(instead(mutant, &names)) };
            output::report(global, &output::located(global, file, &[error]));
            exit = Exit::Failed;
        }
    }
    exit
}

/// What to accept instead: the mutant that is near, or those that change the same.
fn instead(wrong: &str, names: &[String]) -> String {
    if let Some(near) = suggest(wrong, names.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    let path = |name: &str| name.split_once('=').map(|(path, _)| path.to_owned());
    let alike: Vec<String> =
        names.iter().filter(|name| path(name) == path(wrong)).map(|name| format!("`{name}`")).collect();
    if alike.is_empty() {
        return "take it out of `survives`".to_owned();
    }
    format!("write {}, or take it out of `survives`", alike.join(" or "))
}
