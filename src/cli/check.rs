//! `cwrc check`

use super::disk::{Disk, STDIN};
use super::exit::{Exit, Failure};
use super::{Global, output};
use crate::analysis::{self, Analysis};
use crate::render;
use std::fs;

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
    let disk = Disk::default();
    let here = [".".to_owned()];
    let mut all = Vec::new();
    for path in if args.paths.is_empty() { &here } else { args.paths.as_slice() } {
        all.extend(of_path(&disk, path)?);
    }
    if all.is_empty() {
        return Err(Failure::new("no policy found").help("name a file that ends in .cwr, or a directory that has one"));
    }
    match args.format {
        Format::Json => output::write(&render::diagnostics_json::json(&findings(&all)), args.output.as_deref())?,
        Format::Human => human(&all, args, global)?,
    }
    Ok(all.iter().fold(Exit::Fine, |exit, one| exit.and(exit_of(one))))
}

/// The analyses of one argument.
fn of_path(disk: &Disk, path: &str) -> Result<Vec<Analysis>, Failure> {
    if path == "-" {
        return Ok(vec![of_file(disk, STDIN)?]);
    }
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        return analysis::analyze_directory(disk, path).map_err(|error| Failure::unreadable(path, &error));
    }
    if path.contains(['*', '?', '[']) && fs::metadata(path).is_err() {
        let matches = glob::glob(path).map_err(|error| Failure::new(format!("`{path}` is no glob: {error}")))?;
        let files = matches.filter_map(Result::ok).map(|file| file.to_string_lossy().into_owned());
        return files.map(|file| of_file(disk, &file)).collect();
    }
    Ok(vec![of_file(disk, path)?])
}

/// The analysis of one file; imports may not leave its directory.
pub(super) fn of_file(disk: &Disk, path: &str) -> Result<Analysis, Failure> {
    let base = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    analysis::analyze(disk, path, base).map_err(|error| Failure::unreadable(path, &error))
}

fn findings(all: &[Analysis]) -> Vec<render::Findings<'_>> {
    all.iter().map(|one| render::Findings { sources: &one.sources, diagnostics: &one.diagnostics }).collect()
}

fn human(all: &[Analysis], args: &Args, global: &Global) -> Result<(), Failure> {
    let style = output::for_stdout(global);
    let mut text = String::new();
    for one in all {
        text += &render::diagnostics::human(&one.diagnostics, &one.sources, style);
        if !global.quiet {
            text += &render::diagnostics::verdict(&one.path, one.policy.as_ref(), &one.diagnostics, style);
        }
    }
    output::write(&text, args.output.as_deref())
}

/// Errors win over what is undecided; input that is not UTF-8 could not be looked at at all.
fn exit_of(analysis: &Analysis) -> Exit {
    if !analysis.is_utf8 {
        Exit::Failed
    } else if analysis.has_errors() {
        Exit::NotFine
    } else if analysis.policy.as_ref().is_some_and(|policy| !policy.assurances.is_empty()) {
        Exit::Undecided
    } else {
        Exit::Fine
    }
}
