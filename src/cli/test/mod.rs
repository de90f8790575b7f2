//! `cwrc test`

mod measure;
mod update;

use super::disk::Disk;
use super::exit::{Exit, Failure};
use super::paths;
use super::place::Place;
use super::{Global, compile, output};
use crate::model::Policy;
use crate::plan::{self, Plan};
use crate::render::scenario::{self as page, Measured, Tested, Verdict};
use crate::scenario::{self, Scenario, Suite, Survives};
use crate::source::Sources;
use crate::yaml::{Way, YamlError};
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
/// How well scenarios test a policy is what --coverage and --mutants say. Coverage: which clauses decided something
/// (bars that clear and fall short, keep bars within and beyond the margin, holds, trips, and so on). Mutants: the
/// policy with one number, clause or comparison changed a little; one that no scenario notices is shown, unless the
/// file accepts it with a reason: survives: [{mutant: PATH=VALUE, because: TEXT}]. A scenario with approvals: never
/// shows that a promotion waits for its approval.
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
    /// Show which clauses of the policies no scenario decided
    #[arg(long)]
    coverage: bool,
    /// Fail below so many percent of coverage
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_coverage: Option<u8>,
    /// Change each number and clause of the policies a little, and show which changes no scenario notices
    #[arg(long)]
    mutants: bool,
    /// Rewrite the expectations that fail to what happened, and show the difference
    #[arg(long, conflicts_with_all = ["coverage", "min_coverage", "mutants", "format", "output"])]
    update: bool,
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

/// A percentage, without its sign.
fn percent(text: &str) -> Result<u8, String> {
    let percent = text.parse().ok().filter(|percent| *percent <= 100);
    percent.ok_or_else(|| "write a whole number from 0 to 100".to_owned())
}

impl Args {
    fn measures_coverage(&self) -> bool {
        self.coverage || self.min_coverage.is_some()
    }
}

/// A file of scenarios, and the policy that it tests.
struct One {
    policy: Policy,
    sources: Sources,
    scenarios: Vec<Scenario>,
    survives: Vec<Survives>,
    tested: Tested,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if args.format == Format::Junit && (args.measures_coverage() || args.mutants) {
        let failure = Failure::new("JUnit has no place for coverage and mutants");
        return Err(failure.help("leave --coverage, --min-coverage and --mutants out, or use --format json"));
    }
    let (all, exit) = played(args, global);
    if all.is_empty() {
        let none = args.run.as_ref().filter(|_| exit == Exit::Fine);
        return none.map_or(Ok(exit), |text| Err(none_named(text)));
    }
    if args.update {
        return Ok(exit.and(update::update(&all, global)?));
    }
    let measured = measure::measure(&all, args)?;
    let exit = exit.and(measure::unknown(&measured, global));
    let tested: Vec<Tested> = all.into_iter().map(|one| one.tested).collect();
    let format = match args.format {
        Format::Human => page::Format::Human,
        Format::Json => page::Format::Json,
        Format::Junit => page::Format::Junit,
    };
    let text = page::render(&tested, &measured, format, global.quiet, output::for_stdout(global));
    output::write(&text, args.output.as_deref())?;
    let passes = tested.iter().flat_map(|tested| &tested.scenarios).all(Verdict::passed);
    let is_fine = passes && measured.iter().all(|it| is_measured_fine(it, args));
    Ok(exit.and(if is_fine { Exit::Fine } else { Exit::NotFine }))
}

/// Whether the policy is covered as far as was asked for, and all its mutants are noticed.
fn is_measured_fine(of: &Measured, args: &Args) -> bool {
    let least = args.min_coverage.unwrap_or_default();
    of.coverage.as_ref().is_none_or(|coverage| coverage.reaches(least))
        && of.mutants.as_ref().is_none_or(page::Tried::is_fine)
}

/// All files that could be played.
fn played(args: &Args, global: &Global) -> (Vec<One>, Exit) {
    let disk = Disk::default();
    let (files, mut exit) = files(&disk, &args.paths, global);
    let mut all: Vec<One> = Vec::new();
    for file in &files {
        match one(&disk, file, args, global) {
            Ok(Ok(one)) => all.push(one),
            Ok(Err(found)) => exit = exit.and(found),
            Err(failure) => {
                output::report(global, &failure);
                exit = Exit::Failed;
            }
        }
    }
    all.retain(|one| !one.scenarios.is_empty());
    (all, exit)
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
fn one(disk: &Disk, path: &str, args: &Args, global: &Global) -> Result<Result<One, Exit>, Failure> {
    let text = read(disk, path)?;
    let located = |errors: Vec<_>| output::located(global, path, &errors);
    let policy = beside(path, &scenario::policy_of(&text).map_err(located)?);
    if !fs::exists(&policy).unwrap_or(false) {
        let help = "`policy` is a path from the directory of the file of scenarios";
        return Err(Failure::new(format!("{path} tests {policy}, which is not there")).help(help));
    }
    let (model, sources) = match compile::policy(&policy, global)? {
        Ok(loaded) => loaded,
        Err(exit) => return Ok(Err(exit)),
    };
    let plan = plan::compile(&model);
    let Suite { mut scenarios, survives } = scenario::parse(&text, &plan).map_err(located)?;
    scenarios.retain(|it| args.run.as_ref().is_none_or(|text| it.name.contains(text)));
    let (mut verdicts, mut errors) = (Vec::new(), Vec::new());
    for scenario in &scenarios {
        match play(&plan, scenario, &text) {
            Ok(verdict) => verdicts.push(verdict),
            Err(found) => errors.extend(found),
        }
    }
    if !errors.is_empty() {
        return Err(located(errors));
    }
    let tested = Tested { path: path.to_owned(), policy, plan, text, scenarios: verdicts };
    Ok(Ok(One { policy: model, sources, scenarios, survives, tested }))
}

fn read(disk: &Disk, path: &str) -> Result<String, Failure> {
    if path.ends_with(".cwr") {
        let help = format!("name the file of its scenarios, such as {}{ENDING}", path.trim_end_matches(".cwr"));
        return Err(Failure::new(format!("{path} is a policy, and no file of scenarios")).help(help));
    }
    paths::text(disk, path)
}

fn play(plan: &Plan, scenario: &Scenario, text: &str) -> Result<Verdict, Vec<YamlError>> {
    let Scenario { name, place, .. } = scenario;
    let error = |place: &Way, message: String, help: &str| {
        let (line, column) = place.position(text);
        YamlError { line, column, message, help: Some(help.to_owned()) }
    };
    match scenario.play(plan) {
        Ok(played) => Ok(Verdict { name: name.clone(), place: place.clone(), played }),
        Err(scenario::Error::Outside(all)) => {
            Err(all.into_iter().map(|it| error(&it.place, it.message, it.help)).collect())
        }
        Err(why) => {
            let message = format!("the scenario `{name}` cannot be played: {why}");
            Err(vec![error(place, message, "write records and days that a replay can have")])
        }
    }
}

/// A path that a file names, as one from the working directory.
fn beside(file: &str, path: &str) -> String {
    match file.rsplit_once('/') {
        Some((directory, _)) if !path.starts_with('/') => format!("{directory}/{path}"),
        _ => path.to_owned(),
    }
}
