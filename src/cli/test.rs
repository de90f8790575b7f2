//! `cwrc test`

use super::disk::Disk;
use super::exit::{Exit, Failure};
use super::paths;
use super::place::Place;
use super::{Global, compile, output};
use crate::plan::Plan;
use crate::render::scenario::{self as page, Tested, Verdict};
use crate::scenario::{self, Scenario};
use std::collections::BTreeSet;
use std::fs;

/// The end of the name of a file of scenarios.
const ENDING: &str = ".test.yaml";

/// Play scenarios: made-up records, and what a policy should make of them
///
/// Scenarios stand in files that end in .test.yaml. Paths are files, directories (every such file below them), globs,
/// or - for standard input; the working directory by default. A scenario that fails is shown with the log around the
/// day, as it was expected and as it is.
///
/// Example: cwrc test policies/
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, directories, globs, or -
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Only scenarios whose name contains this
    #[arg(long, value_name = "TEXT")]
    run: Option<String>,
    /// How to print what became of them
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// JUnit XML, for test reports
    Junit,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let disk = Disk::default();
    let (files, mut exit) = files(&disk, &args.paths, global);
    let mut all: Vec<Tested> = Vec::new();
    for file in &files {
        match one(&disk, file, args, global) {
            Ok(Ok(tested)) => all.push(tested),
            Ok(Err(found)) => exit = exit.and(found),
            Err(failure) => {
                output::report(global, &failure);
                exit = Exit::Failed;
            }
        }
    }
    all.retain(|tested| !tested.scenarios.is_empty());
    if all.is_empty() {
        let none = args.run.as_ref().filter(|_| exit == Exit::Fine);
        return none.map_or(Ok(exit), |text| Err(none_named(text)));
    }
    let format = match args.format {
        Format::Human => page::Format::Human,
        Format::Json => page::Format::Json,
        Format::Junit => page::Format::Junit,
    };
    let text = page::render(&all, format, global.quiet, output::for_stdout(global));
    output::write(&text, args.output.as_deref())?;
    let fails = all.iter().flat_map(|tested| &tested.scenarios).any(|verdict| !verdict.passed());
    Ok(exit.and(if fails { Exit::NotFine } else { Exit::Fine }))
}

/// The files that the paths name, each once. A path that names none is told, and keeps no other from being looked at.
fn files(disk: &Disk, paths: &[String], global: &Global) -> (Vec<String>, Exit) {
    let here = [".".to_owned()];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let (mut all, mut exit, mut seen) = (Vec::new(), Exit::Fine, BTreeSet::new());
    for path in paths {
        let found = of_path(disk, path).unwrap_or_else(|failure| {
            output::report(global, &failure);
            exit = Exit::Failed;
            Vec::new()
        });
        all.extend(found.into_iter().filter(|it| seen.insert(disk.identity(it))));
    }
    (all, exit)
}

/// The files of one argument: at least one.
fn of_path(disk: &Disk, path: &str) -> Result<Vec<String>, Failure> {
    let named = paths::files(disk, path, ENDING)?;
    if named.is_empty() {
        let help = format!("scenarios stand in files that end in {ENDING}; `cwrc init` writes one");
        return Err(Failure::new(format!("no scenario found in {path}")).help(help));
    }
    Ok(named.into_iter().map(|file| file.strip_prefix("./").map(str::to_owned).unwrap_or(file)).collect())
}

fn none_named(text: &str) -> Failure {
    Failure::new(format!("no scenario's name contains `{text}`")).help("leave --run out to see the names of all")
}

/// Plays the scenarios of one file; if its policy has errors, they have been told, and the exit code is given.
fn one(disk: &Disk, path: &str, args: &Args, global: &Global) -> Result<Result<Tested, Exit>, Failure> {
    let text = read(disk, path)?;
    let located = |errors: Vec<_>| output::located(global, path, &errors);
    let policy = beside(path, &scenario::policy_of(&text).map_err(located)?);
    if !fs::exists(&policy).unwrap_or(false) {
        let help = "`policy` is a path from the directory of the file of scenarios";
        return Err(Failure::new(format!("{path} tests {policy}, which is not there")).help(help));
    }
    let plan = match compile::load(&policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(Err(exit)),
    };
    let scenarios = scenario::parse(&text, &plan).map_err(located)?;
    let wanted = scenarios.iter().filter(|it| args.run.as_ref().is_none_or(|text| it.name.contains(text)));
    let verdicts = wanted.map(|scenario| play(&plan, scenario, path)).collect::<Result<_, _>>()?;
    Ok(Ok(Tested { path: path.to_owned(), policy, plan, scenarios: verdicts }))
}

fn read(disk: &Disk, path: &str) -> Result<String, Failure> {
    if path.ends_with(".cwr") {
        let help = format!("name the file of its scenarios, such as {}{ENDING}", path.trim_end_matches(".cwr"));
        return Err(Failure::new(format!("{path} is a policy, and no file of scenarios")).help(help));
    }
    paths::text(disk, path)
}

fn play(plan: &Plan, scenario: &Scenario, path: &str) -> Result<Verdict, Failure> {
    let Scenario { name, line, .. } = scenario;
    let played = scenario.play(plan).map_err(|error| {
        let failure = Failure::new(format!("{path}:{line}: the scenario `{name}` cannot be played: {error}"));
        failure.help("write records and days that a replay can have")
    })?;
    Ok(Verdict { name: name.clone(), line: *line, run: played.run, failures: played.failures })
}

/// A path that a file names, as one from the working directory.
fn beside(file: &str, path: &str) -> String {
    match file.rsplit_once('/') {
        Some((directory, _)) if !path.starts_with('/') => format!("{directory}/{path}"),
        _ => path.to_owned(),
    }
}
