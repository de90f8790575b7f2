//! `cwrc check`

use super::exit::{Exit, Failure};
use super::paths::{self, Named};
use super::place::{Place, Places};
use super::{Global, git, output, today};
use crate::analysis::{self, Analysis};
use crate::model::policy::Assurance;
use crate::render::{self, Findings, Undecided};
use crate::source::Files;
use crate::value::Instant;
use std::collections::BTreeSet;

/// Names of files that are data, and so no policies: arguments in the wrong order are told as that.
const DATA: &[&str] = &[".json", ".jsonl", ".yaml", ".yml", ".csv", ".tsv", ".parquet", ".gz", ".zst"];

/// Check policies: syntax, names, values, and what would make a gate unsafe
///
/// Paths are files, directories (every policy root below them), globs, or - for standard input; the working directory
/// by default. git:REV:PATH, or --at git:REV for all of them, looks at a path as it was in a commit; the work tree is
/// not touched.
///
/// Example: cwrc check policies/
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, directories, globs, -, or git:REV:PATH
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Check as of a commit: git:main, git:v1.2, git:HEAD~3
    #[arg(long, value_name = "git:REV", value_parser = git::revision)]
    at: Option<String>,
    /// How to print what is found
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Which review dates have passed on this day; today, in UTC, by default
    #[arg(long, value_name = "DATE", value_parser = today::parse)]
    today: Option<Instant>,
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
    let mut places = Places::at(args.at.as_deref())?;
    let (all, exit) = of_paths(&mut places, paths, args.today.or_else(today::of_the_clock), global);
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
fn of_paths(places: &mut Places, paths: &[String], today: Option<Instant>, global: &Global) -> (Vec<Analysis>, Exit) {
    let mut all: Vec<Analysis> = Vec::new();
    let mut exit = Exit::Fine;
    let mut seen = BTreeSet::new();
    for path in paths {
        let mut of = || {
            let (place, path) = places.of(path)?;
            let found = of_path(place, path, today, global)?;
            all.extend(found.into_iter().filter(|one| seen.insert(place.identity(&one.path))));
            Ok(())
        };
        if let Err(failure) = of() {
            output::report(global, &failure);
            exit = Exit::Failed;
        }
    }
    if !global.quiet {
        places.revisions().iter().for_each(|it| output::tell(&format!("as of {}\n", it.told())));
    }
    (all, exit)
}

/// The analyses of one argument: at least one.
fn of_path(place: &dyn Place, path: &str, today: Option<Instant>, global: &Global) -> Result<Vec<Analysis>, Failure> {
    let found = match place.named(path)? {
        Named::Directory => {
            if !global.quiet {
                place.left_out(path).iter().for_each(|it| output::tell(&format!("not looked at: {it}\n")));
            }
            analysis::analyze_directory(place, path, today)
                .map_err(|error| Failure::unreadable(&place.last_asked(path), &error))?
        }
        Named::Files(files) => files.iter().map(|file| of_file(place, file, today)).collect::<Result<_, _>>()?,
    };
    if found.is_empty() {
        return Err(paths::none_in(path));
    }
    Ok(found)
}

/// The analysis of one file; imports may not leave its directory, and without a day nothing is past.
pub(super) fn of_file(files: &dyn Files, path: &str, today: Option<Instant>) -> Result<Analysis, Failure> {
    not_data(path)?;
    let base = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    analysis::analyze(files, path, base, today).map_err(|error| Failure::unreadable(path, &error))
}

/// Fails for a file that is named like data.
pub(super) fn not_data(path: &str) -> Result<(), Failure> {
    if DATA.iter().any(|ending| path.ends_with(ending)) {
        let help = "a policy is a file that ends in .cwr; a history goes behind --history, a world behind --world";
        return Err(Failure::new(format!("{path} is no policy")).help(help));
    }
    Ok(())
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
