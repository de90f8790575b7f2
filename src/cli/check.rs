//! `cwrc check`

use super::cache::Cache;
use super::exit::{Exit, Failure};
use super::paths::{self, Named};
use super::place::{Place, Places};
use super::{Global, config, fix, git, histories, lints, output, today};
use crate::analysis::{self, Analysis, Settings};
use crate::plan;
use crate::render::diagnostics::{self, Format, Report, human};
use crate::replay::Evidence;
use crate::source::Files;
use crate::value::Instant;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Names of files that are data, and so no policies: arguments in the wrong order are told as that.
const DATA: &[&str] = &[".json", ".jsonl", ".yaml", ".yml", ".csv", ".tsv", ".parquet", ".gz", ".zst"];

/// Check policies: syntax, names, values, and what would make a gate unsafe
///
/// Paths are files, directories (every policy root below them), globs, or - for standard input; the working directory
/// by default, or what cwrc.yaml says. git:REV:PATH, or --at git:REV for all of them, looks at a path as it was in a
/// commit; the work tree is not touched.
///
/// --fix corrects what has one safe answer, in place: misspelt words and units, a hold, cooldown or stop that is no
/// multiple of the tick, unused declarations and allows. It never makes a gate easier to pass.
///
/// Assurances are proved or refuted by computing the odds of their gates; one that cannot be settled is exit 3.
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
    /// A history of the agent to compare the policy with, as in simulate; may be given several times
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING)]
    history: Vec<String>,
    #[command(flatten)]
    reading: histories::Reading,
    /// How to print what is found; human by default
    #[arg(long, value_parser = formats())]
    format: Option<Format>,
    /// Which review dates have passed on this day; today, in UTC, by default
    #[arg(long, value_name = "DATE", value_parser = today::parse)]
    today: Option<Instant>,
    #[command(flatten)]
    lints: lints::Flags,
    #[command(flatten)]
    fix: fix::Flags,
    /// Keep what is found out about assurances in this directory, and look there first; else nothing is kept
    #[arg(long, value_name = "DIR")]
    cache: Option<String>,
    #[command(flatten)]
    config: config::Source,
    /// Print the JSON Schema of cwrc.yaml instead
    #[arg(long)]
    config_schema: bool,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

/// The formats, as clap lists them.
fn formats() -> impl TypedValueParser<Value = Format> {
    let all = Format::ALL.iter().map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(all).map(|name| Format::named(&name).unwrap_or(Format::Human))
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if args.config_schema {
        return output::write(config::SCHEMA, args.output.as_deref()).map(|()| Exit::Fine);
    }
    let config = config::load(&args.config, global)?;
    let cache = Cache::at(args.cache.clone().or(config.cache));
    let proofs = RefCell::new(cache.proofs());
    let mut settings = Settings { levels: config.levels, proofs: Some(&proofs), ..Settings::default() };
    args.lints.add_to(&mut settings.levels)?;
    let here = [".".to_owned()];
    let named = [&args.paths, &config.policies].into_iter().find(|paths| !paths.is_empty());
    let paths = named.map_or(here.as_slice(), Vec::as_slice);
    let format = args.format.or(config.format).unwrap_or(Format::Human);
    if paths.iter().chain(&args.history).filter(|path| *path == "-").count() > 1 && !args.history.is_empty() {
        return Err(Failure::new("standard input cannot be both the policy and the history").help("name one as a file"));
    }
    let mut places = Places::at(args.at.as_deref())?;
    let today = args.today.or_else(today::of_the_clock);
    let (mut all, mut exit) = of_paths(&mut places, paths, today, global);
    if args.history.is_empty() {
        args.reading.is_for_nothing()?;
    } else {
        settings.with_history = true;
        exit = exit.and(compare(&mut all, args, global)?);
    }
    if all.is_empty() {
        return Ok(exit);
    }
    analysis::finish(&mut all, &settings);
    let taken = args.fix.make(&mut all, &places, today, &settings, global)?;
    match &args.output {
        None if taken => output::tell(&rendered(&all, format, global, output::for_stderr(global))),
        file => {
            let mut told = rendered(&all, format, global, output::for_stdout(global));
            if format == Format::Human && !global.quiet && !args.fix.fix && places.revisions().is_empty() {
                told += &human::fixable(&Report::of(&all));
            }
            output::write(&told, file.as_deref())?;
        }
    }
    cache.keep(&proofs.borrow())?;
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
            let mut unread = |failure: &Failure| {
                output::report(global, failure);
                exit = Exit::Failed;
            };
            let found = of_path(place, path, today, global, &mut unread)?;
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

/// The analyses of one argument: at least one, unless `unread` was told of each.
pub(super) fn of_path(
    place: &dyn Place,
    path: &str,
    today: Option<Instant>,
    global: &Global,
    unread: &mut dyn FnMut(&Failure),
) -> Result<Vec<Analysis>, Failure> {
    let mut all_read = true;
    let found = match place.named(path)? {
        Named::Directory => {
            if !global.quiet {
                place.left_out(path).iter().for_each(|it| output::tell(&format!("not looked at: {it}\n")));
            }
            let mut unread = |file: &str, error: &std::io::Error| {
                all_read = false;
                unread(&Failure::unreadable(file, error));
            };
            analysis::gather_directory(place, path, today, &mut unread)
                .map_err(|error| Failure::unreadable(&place.last_asked(path), &error))?
        }
        Named::Files(files) => files.iter().map(|file| gathered(place, file, today)).collect::<Result<_, _>>()?,
    };
    if found.is_empty() && all_read {
        return Err(paths::none_in(path));
    }
    if !found.is_empty() && found.iter().all(Analysis::is_blank) {
        let help = "write a policy in it, as `cwrc init` does, or name another file";
        return Err(Failure::new(format!("nothing is declared in {}", found[0].path)).help(help));
    }
    Ok(found)
}

/// The analysis of one file; imports may not leave its directory, and without a day nothing is past.
pub(super) fn of_file(files: &dyn Files, path: &str, today: Option<Instant>) -> Result<Analysis, Failure> {
    let mut one = gathered(files, path, today)?;
    analysis::finish(std::slice::from_mut(&mut one), &Settings::default());
    Ok(one)
}

/// What is to be said of one file, before anything is silenced.
fn gathered(files: &dyn Files, path: &str, today: Option<Instant>) -> Result<Analysis, Failure> {
    not_data(path)?;
    // Reports name files as others know them.
    let path = path.strip_prefix("./").unwrap_or(path);
    let base = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    analysis::gather(files, path, base, today).map_err(|error| Failure::unreadable(path, &error))
}

/// Fails for a file that is named like data.
pub(super) fn not_data(path: &str) -> Result<(), Failure> {
    if DATA.iter().any(|ending| path.ends_with(ending)) {
        let help = "a policy is a file that ends in .cwr; a history goes behind --history, a world behind --world";
        return Err(Failure::new(format!("{path} is no policy")).help(help));
    }
    Ok(())
}

/// Compares each policy that has no errors with the histories.
fn compare(all: &mut [Analysis], args: &Args, global: &Global) -> Result<Exit, Failure> {
    let named = histories::Named { paths: args.history.clone(), ..histories::Named::default() };
    let histories = histories::open(named, &args.reading, global.quiet, false)?;
    let mut exit = Exit::Fine;
    for one in all.iter_mut().filter(|one| !one.has_errors()) {
        let Some(plan) = one.policy.as_ref().map(plan::compile) else { continue };
        if !global.quiet {
            output::tell(&histories.columns(&plan, output::for_stderr(global))?);
        }
        let counts = histories.count(&plan, true)?;
        if counts.intake.bad_lines() > 0 && (args.reading.is_strict() || !global.quiet) {
            histories::warn_of_bad(&counts, &histories.names(), global);
        }
        match histories::usable(&counts, &args.reading, args.reading.assume_tier()) {
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

/// What is printed; `--quiet` leaves the summaries out.
fn rendered(all: &[Analysis], format: Format, global: &Global, style: output::Style) -> String {
    let report = Report::of(all);
    match format {
        Format::Human if global.quiet => human::findings(&report, style),
        _ => diagnostics::render(&report, format, style),
    }
}

/// Errors win over what is undecided; input that is not UTF-8 could not be looked at at all.
fn exit_of(analysis: &Analysis) -> Exit {
    if !analysis.is_utf8 {
        Exit::Failed
    } else if analysis.has_errors() {
        Exit::NotFine
    } else if analysis.undecided.is_empty() {
        Exit::Fine
    } else {
        Exit::Undecided
    }
}
