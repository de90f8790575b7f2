//! `cwrc fmt`

use super::disk::{Disk, STDIN};
use super::exit::{Exit, Failure};
use super::paths;
use super::place::Place;
use super::{Global, check, output};
use crate::analysis::Analysis;
use crate::render;
use crate::render::diagnostics::{Report, human};
use crate::source::Sources;
use crate::syntax::{self, Refusal};
use std::collections::BTreeSet;

/// Format policies: the one canonical layout, with every comment kept
///
/// Files are rewritten in place; - reads standard input and writes to stdout. Paths are files, directories (every .cwr
/// file below them), globs, or -; the working directory by default. A file with syntax errors is left as it is.
///
/// Example: cwrc fmt --diff policies/
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, directories, globs, or -
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// Write nothing; list the files that are not formatted, and exit 1 if there are any
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change
    #[arg(long)]
    diff: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Exit {
    let here = [".".to_owned()];
    let paths = if args.paths.is_empty() { &here } else { args.paths.as_slice() };
    let disk = Disk::default();
    let mut exit = Exit::Fine;
    let told = |failure: &Failure| {
        output::report(global, failure);
        Exit::Failed
    };
    let mut seen = BTreeSet::new();
    for path in paths {
        let files = files(&disk, path).unwrap_or_else(|failure| {
            exit = told(&failure);
            Vec::new()
        });
        for file in files {
            if seen.insert(disk.identity(&file)) {
                exit = exit.and(one(&disk, &file, args, global).unwrap_or_else(|failure| told(&failure)));
            }
        }
    }
    exit
}

/// The files of one argument: at least one.
fn files(disk: &Disk, path: &str) -> Result<Vec<String>, Failure> {
    let files = paths::files(disk, path, ".cwr")?;
    if files.is_empty() { Err(paths::none_in(path)) } else { Ok(files) }
}

/// Formats one file, or says what formatting would change.
fn one(disk: &Disk, path: &str, args: &Args, global: &Global) -> Result<Exit, Failure> {
    check::not_data(path)?;
    let old = paths::text(disk, path)?;
    let mut sources = Sources::default();
    let new = match syntax::format(sources.add(path, old.as_str()), &old) {
        Ok(new) => new,
        Err(Refusal::Faulty(faults)) => {
            let found = [Analysis::of_faults(path, sources, faults)];
            output::tell(&human::findings(&Report::of(&found), output::for_stderr(global)));
            return Ok(Exit::NotFine);
        }
        Err(Refusal::Unfaithful(what)) => return Err(unfaithful(path, what)),
    };
    if args.diff {
        output::write(&render::diff::unified(path, &old, &new, output::for_stdout(global)), None)?;
    } else if args.check {
        output::write(&if new == old { String::new() } else { format!("{path}\n") }, None)?;
    } else {
        put(path, &old, &new, global)?;
    }
    Ok(if args.check && new != old { Exit::NotFine } else { Exit::Fine })
}

/// Writes a formatted text to where it came from.
fn put(path: &str, old: &str, new: &str, global: &Global) -> Result<(), Failure> {
    if path != STDIN && new == old {
        return Ok(());
    }
    output::put(path, new)?;
    if path != STDIN && !global.quiet {
        output::tell(&format!("formatted {path}\n"));
    }
    Ok(())
}

fn unfaithful(path: &str, what: &str) -> Failure {
    Failure::new(format!("formatting {path} would have changed {what}, so nothing was written"))
        .help("this is a bug of cwrc: please report it, with the file")
}
