//! `cwrc check`

use super::disk::{Disk, STDIN};
use super::exit::{Exit, Failure};
use super::{Global, histories, output};
use crate::analysis::{self, Analysis};
use crate::model::policy::Assurance;
use crate::plan;
use crate::render::{self, Findings, Undecided};
use crate::replay::Evidence;
use std::collections::BTreeSet;
use std::fs;

/// Names of files that are data, and so no policies: arguments in the wrong order are told as that.
const DATA: &[&str] = &[".json", ".jsonl", ".yaml", ".yml", ".csv", ".tsv", ".parquet", ".gz", ".zst"];

/// Check policies: syntax, names, values, and what would make a gate unsafe
///
/// Paths are files, directories (every policy root below them), globs, or - for standard input; the working directory
/// by default.
///
/// Example: cwrc check policies/
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, directories, globs, or -
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// A history of the agent to compare the policy with, as in simulate; may be given several times
    #[arg(long, value_name = "PATH")]
    history: Vec<String>,
    #[command(flatten)]
    reading: histories::Reading,
    /// How to print what is found
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
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let here = [".".to_owned()];
    let paths = if args.paths.is_empty() { &here } else { args.paths.as_slice() };
    if paths.iter().chain(&args.history).filter(|path| *path == "-").count() > 1 && !args.history.is_empty() {
        return Err(Failure::new("standard input cannot be both the policy and the history").help("name one as a file"));
    }
    let (mut all, mut exit) = of_paths(paths, global);
    if !args.history.is_empty() {
        exit = exit.and(compare(&mut all, args, global)?);
    }
    if all.is_empty() {
        return Ok(exit);
    }
    match args.format {
        Format::Json => json(&all, args)?,
        Format::Human => human(&all, args, global)?,
    }
    Ok(all.iter().fold(exit, |exit, one| exit.and(exit_of(one))))
}

/// What is known of each file that the paths name, each file once. A path that cannot be looked at, or that has no
/// policy, is told on stderr and does not keep the others from being checked.
fn of_paths(paths: &[String], global: &Global) -> (Vec<Analysis>, Exit) {
    let disk = Disk::default();
    let mut all: Vec<Analysis> = Vec::new();
    let mut exit = Exit::Fine;
    for path in paths {
        match of_path(&disk, path) {
            Ok(found) => all.extend(found),
            Err(failure) => {
                output::report(global, &failure);
                exit = Exit::Failed;
            }
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(fs::canonicalize(&one.path).unwrap_or_else(|_| one.path.clone().into())));
    (all, exit)
}

/// The analyses of one argument: at least one.
fn of_path(disk: &Disk, path: &str) -> Result<Vec<Analysis>, Failure> {
    let is_there = fs::metadata(path);
    let found = if path == "-" {
        vec![of_file(disk, STDIN)?]
    } else if is_there.as_ref().is_ok_and(fs::Metadata::is_dir) {
        analysis::analyze_directory(disk, path).map_err(|error| Failure::unreadable(&disk.last_asked(path), &error))?
    } else if path.contains(['*', '?', '[']) && is_there.is_err() {
        let matches = glob::glob(path).map_err(|error| Failure::new(format!("`{path}` is no glob: {error}")))?;
        let files = matches.filter_map(Result::ok).map(|file| file.to_string_lossy().into_owned());
        files.map(|file| of_file(disk, &file)).collect::<Result<_, _>>()?
    } else {
        vec![of_file(disk, path)?]
    };
    if found.is_empty() {
        let help = "name a file that ends in .cwr, or a directory that has one";
        return Err(Failure::new(format!("no policy found in {path}")).help(help));
    }
    Ok(found)
}

/// The analysis of one file; imports may not leave its directory.
pub(super) fn of_file(disk: &Disk, path: &str) -> Result<Analysis, Failure> {
    if DATA.iter().any(|ending| path.ends_with(ending)) {
        let help = "a policy is a file that ends in .cwr; a history goes behind --history, a world behind --world";
        return Err(Failure::new(format!("{path} is no policy")).help(help));
    }
    let base = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    analysis::analyze(disk, path, base).map_err(|error| Failure::unreadable(path, &error))
}

/// Compares each policy that has no errors with the histories.
fn compare(all: &mut [Analysis], args: &Args, global: &Global) -> Result<Exit, Failure> {
    let histories = histories::open(&args.history, global.quiet)?;
    let mut exit = Exit::Fine;
    for one in all.iter_mut().filter(|one| !one.has_errors()) {
        let Some(plan) = one.policy.as_ref().map(plan::compile) else { continue };
        let counts = histories.count(&plan, &args.reading, true)?;
        if counts.intake.bad_lines() > 0 && (args.reading.is_strict() || !global.quiet) {
            histories::warn_of_bad(&counts, &histories.names(), global);
        }
        match histories::usable(&counts, &args.reading) {
            Ok(()) => one.compare(&plan, &counts, args.reading.evidence() == Evidence::AnyTier),
            Err(failure) => {
                output::report(global, &failure);
                exit = Exit::Failed;
            }
        }
        exit = exit.and(args.reading.exit(&counts));
    }
    Ok(exit)
}

fn json(all: &[Analysis], args: &Args) -> Result<(), Failure> {
    let undecided: Vec<Vec<Undecided>> = all.iter().map(undecided).collect();
    let findings = all.iter().zip(&undecided);
    let findings: Vec<Findings> = findings
        .map(|(one, undecided)| Findings { sources: &one.sources, diagnostics: &one.diagnostics, undecided })
        .collect();
    output::write(&render::diagnostics_json::json(&findings), args.output.as_deref())
}

fn human(all: &[Analysis], args: &Args, global: &Global) -> Result<(), Failure> {
    let style = output::for_stdout(global);
    let mut text = String::new();
    for one in all {
        let undecided = undecided(one);
        text += &render::diagnostics::human(&one.diagnostics, &one.sources, style);
        text += &render::diagnostics::undecided(&undecided, &one.sources, style);
        if !global.quiet {
            let policy = one.policy.as_ref();
            text += &render::diagnostics::verdict(&one.path, policy, &one.diagnostics, &undecided, style);
        }
    }
    output::write(&text, args.output.as_deref())
}

/// The assurances that were not decided: in this version all, once there are no errors.
fn undecided(analysis: &Analysis) -> Vec<Undecided> {
    let Some(policy) = analysis.policy.as_ref().filter(|_| !analysis.has_errors()) else { return Vec::new() };
    let one = |it: &Assurance| Undecided {
        at: it.at,
        what: format!("`assure {} {} to {}`", policy.actions[it.action.index()].name, it.step.from(), it.step.to()),
        why: "this version reads assurances, but does not prove them yet".to_owned(),
    };
    policy.assurances.iter().map(one).collect()
}

/// Errors win over what is undecided; input that is not UTF-8 could not be looked at at all.
fn exit_of(analysis: &Analysis) -> Exit {
    if !analysis.is_utf8 {
        Exit::Failed
    } else if analysis.has_errors() {
        Exit::NotFine
    } else if undecided(analysis).is_empty() {
        Exit::Fine
    } else {
        Exit::Undecided
    }
}
