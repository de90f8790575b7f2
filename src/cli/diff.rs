//! `cwrc diff`

use super::exit::{Exit, Failure};
use super::paths;
use super::place::Places;
use super::{Global, check, config, count, git, histories, output};
use crate::analysis::{self, Analysis, Settings};
use crate::diagnostic::Severity;
use crate::diff::replayed::{self, Replayed};
use crate::diff::{self, Class, Diff, Side};
use crate::model::Policy;
use crate::render::changes::{self, Compared, Place};
use crate::render::diagnostics::{Report, human};
use crate::replay::Options;
use std::fs;

/// Say what a change to a policy means: what it loosens, what it tightens, and what would have gone differently
///
/// Each change is classed at one boundary, from the same state and evidence: neutral, the result is always the same;
/// tightens, no action ever goes or stays higher; loosens, some evidence lets one go higher, and a small history shows
/// it (--witness writes it down); unclear, none of these is proved. OLD and NEW are files, directories, or git:REV[:PATH].
///
/// Exit codes: 1 under --deny loosens if something loosens or is unclear, or if a policy has errors; 3 if something is
/// unclear.
///
/// Example: cwrc diff git:main:policies/support.cwr policies/support.cwr --deny loosens
#[derive(clap::Args, Debug)]
#[allow(rustdoc::broken_intra_doc_links, reason = "brackets are printed as they stand")]
pub(super) struct Args {
    /// The policy as it was: a file, a directory, or git:REV[:PATH]
    #[arg(value_name = "OLD")]
    old: String,
    /// The policy as it is to be
    #[arg(value_name = "NEW")]
    new: String,
    /// Exit 1 if a change loosens, or is not proved not to
    #[arg(long, value_enum, value_name = "CLASS")]
    deny: Option<Deny>,
    /// Write the histories that show what loosens into this directory
    #[arg(long, value_name = "DIR")]
    witness: Option<String>,
    /// Replay this history under both policies: JSON Lines, plain, .gz or .zst; files, globs, or - for standard input;
    /// may be given several times
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING)]
    history: Vec<String>,
    /// Counts that `cwrc count` wrote, instead of a history; both policies must count alike
    #[arg(long, value_name = "TABLE", help_heading = histories::HEADING, conflicts_with = "history")]
    counts: Option<String>,
    #[command(flatten)]
    reading: histories::Reading,
    /// How to print what changed
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// Changes that loosen or are unclear
    Loosens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// For programs
    Json,
    /// A comment for a pull request: the verdict, a table, the details folded
    Markdown,
    /// Annotations of GitHub
    Github,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if [&args.old, &args.new].into_iter().chain(&args.history).filter(|path| *path == "-").count() > 1 {
        return Err(Failure::new("standard input cannot be two things at once").help("name all but one as a file"));
    }
    if args.history.is_empty() && args.counts.is_none() {
        args.reading.is_for_nothing()?;
    }
    let mut places = Places::default();
    let (old, new) = (gathered(&mut places, &args.old, global)?, gathered(&mut places, &args.new, global)?);
    if !global.quiet {
        places.revisions().iter().for_each(|it| output::tell(&format!("as of {}\n", it.told())));
    }
    if let Some(exit) = faults(&[&old, &new], global) {
        return Ok(exit);
    }
    let pairs = paired(&old, &new);
    let empty: Vec<(Option<Policy>, Option<Policy>)> =
        pairs.iter().map(|(old, new)| (without(*new), without(*old))).collect();
    let sides: Vec<(Side, Side)> = pairs.iter().zip(&empty).filter_map(|(pair, empty)| sides(*pair, empty)).collect();
    let prefixes = [prefix(&args.old), prefix(&args.new)];
    let mut all = Vec::new();
    let mut exit = Exit::Fine;
    for ((old, new), (one, other)) in pairs.iter().zip(&sides) {
        let diff = diff::diff(one, other);
        let written = written(args.witness.as_deref(), other, &diff)?;
        let (replayed, of_history) = replayed(args, (one, other), global)?;
        exit = exit.and(of_history);
        let place = |side, at: usize, path| Place { side, before_paths: &prefixes[at], path };
        let (before, after) = (old.map(|it| it.path.as_str()), new.map(|it| it.path.as_str()));
        all.push(Compared { old: place(one, 0, before), new: place(other, 1, after), diff, replayed, written });
    }
    let text = changes::render(&all, args.format.of(), output::for_stdout(global));
    output::write(&text, args.output.as_deref())?;
    Ok(all.iter().fold(exit, |exit, one| exit.and(args.exit_of(one.diff.class()))))
}

impl Format {
    fn of(self) -> changes::Format {
        match self {
            Self::Human => changes::Format::Human,
            Self::Json => changes::Format::Json,
            Self::Markdown => changes::Format::Markdown,
            Self::Github => changes::Format::Github,
        }
    }
}

impl Args {
    fn exit_of(&self, class: Class) -> Exit {
        match (class, self.deny) {
            (Class::Loosens | Class::Unclear, Some(Deny::Loosens)) => Exit::NotFine,
            (Class::Unclear, None) => Exit::Undecided,
            _ => Exit::Fine,
        }
    }
}

/// What one argument names.
struct Gathered {
    all: Vec<Analysis>,
    /// What its paths have in common, if it is a directory.
    directory: Option<String>,
}

fn gathered(places: &mut Places, written: &str, global: &Global) -> Result<Gathered, Failure> {
    let (place, path) = places.of(written)?;
    let directory =
        matches!(place.named(path)?, paths::Named::Directory).then(|| path.trim_end_matches('/').to_owned());
    let mut failed = None;
    let mut unread =
        |failure: &Failure| failed = Some(Failure { message: failure.message.clone(), help: failure.help.clone() });
    let mut all = check::of_path(place, path, None, global, &mut unread)?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    analysis::finish(&mut all, &Settings::default());
    all.retain(|one| one.policy.is_some() || one.has_errors());
    if all.is_empty() {
        let help = "a file without a `policy` block is a library; name the file that imports it";
        return Err(Failure::new(format!("{written} is no policy")).help(help));
    }
    Ok(Gathered { all, directory })
}

/// Says what is wrong with the policies, if it is an error.
fn faults(all: &[&Gathered], global: &Global) -> Option<Exit> {
    let mut wrong: Vec<Analysis> = all.iter().flat_map(|it| &it.all).filter(|one| one.has_errors()).cloned().collect();
    if wrong.is_empty() {
        return None;
    }
    // Only what keeps them from being compared; `cwrc check` says the rest.
    for one in &mut wrong {
        one.diagnostics.retain(|it| it.severity() == Severity::Error);
    }
    output::tell(&human::findings(&Report::of(&wrong), output::for_stderr(global)));
    Some(if wrong.iter().all(|one| one.is_utf8) { Exit::NotFine } else { Exit::Failed })
}

type Two<'a> = (Option<&'a Analysis>, Option<&'a Analysis>);

/// Which policy is which: two files are each other's; in directories by path, then by name.
fn paired<'a>(old: &'a Gathered, new: &'a Gathered) -> Vec<Two<'a>> {
    if let ([one], [other]) = (old.all.as_slice(), new.all.as_slice()) {
        return vec![(Some(one), Some(other))];
    }
    let mut left: Vec<&Analysis> = old.all.iter().collect();
    let mut pairs: Vec<Two> = new.all.iter().map(|one| (None, Some(one))).collect();
    let name = |one: &Analysis| one.policy.as_ref().map(|policy| policy.name.clone());
    for by_path in [true, false] {
        let is_same = |one: &Analysis, other: &Analysis| {
            if by_path { old.inner(one, new) == new.inner(other, old) } else { name(one) == name(other) }
        };
        for (found, one) in pairs.iter_mut().filter(|(found, _)| found.is_none()) {
            let at = one.and_then(|one| left.iter().position(|it| is_same(it, one)));
            *found = at.map(|at| left.remove(at));
        }
    }
    pairs.extend(left.into_iter().map(|one| (Some(one), None)));
    pairs
}

impl Gathered {
    /// The path of a file inside the directory; of a file that stands alone beside a directory, in that one.
    fn inner<'a>(&self, one: &'a Analysis, beside: &Self) -> &'a str {
        let directory = self.directory.as_deref().or(beside.directory.as_deref());
        let of = directory.filter(|directory| *directory != ".");
        let inner = of.and_then(|directory| one.path.strip_prefix(directory.trim_start_matches("./")));
        inner.map_or(one.path.as_str(), |path| path.trim_start_matches('/'))
    }
}

/// The same policy without action types: what an added or removed policy is compared with.
fn without(one: Option<&Analysis>) -> Option<Policy> {
    let policy = one?.policy.as_ref()?;
    Some(Policy { actions: Vec::new(), assurances: Vec::new(), ..policy.clone() })
}

fn sides<'a>((old, new): Two<'a>, empty: &'a (Option<Policy>, Option<Policy>)) -> Option<(Side<'a>, Side<'a>)> {
    let side = |one: Option<&'a Analysis>, other: Option<&'a Analysis>, empty: &'a Option<Policy>| {
        let policy = one.and_then(|one| one.policy.as_ref()).or(empty.as_ref())?;
        Some(Side::new(policy, &one.or(other)?.sources))
    };
    Some((side(old, new, &empty.0)?, side(new, old, &empty.1)?))
}

/// `git:main:`, before the paths in a revision.
fn prefix(written: &str) -> String {
    git::split(written).map_or_else(String::new, |(revision, _)| format!("git:{revision}:"))
}

/// Writes the witnesses; gives their files.
fn written(directory: Option<&str>, new: &Side, diff: &Diff) -> Result<Vec<String>, Failure> {
    let Some(directory) = directory else { return Ok(Vec::new()) };
    let failed = |path: &str, error: &std::io::Error| {
        Failure::new(format!("cannot write {path}: {error}")).help("check that it and its directory may be written")
    };
    fs::create_dir_all(directory).map_err(|error| failed(directory, &error))?;
    let mut files = Vec::new();
    for (at, witness) in diff.witnesses.iter().enumerate() {
        let path = format!("{}/{}-{}.jsonl", directory.trim_end_matches('/'), new.policy.name, at + 1);
        fs::write(&path, &witness.history).map_err(|error| failed(&path, &error))?;
        files.push(path);
    }
    Ok(files)
}

/// The history under both policies.
fn replayed(args: &Args, (old, new): (&Side, &Side), global: &Global) -> Result<(Option<Replayed>, Exit), Failure> {
    if args.history.is_empty() && args.counts.is_none() {
        return Ok((None, Exit::Fine));
    }
    let asked = count::Asked { policy: &args.new, history: &args.history, table: args.counts.as_deref(), once: false };
    let source = count::Source::open(&asked, &args.reading, &config::Source::default(), global)?;
    let one = source.count(&old.plan)?.counts;
    let count::Counted { counts: other, names, assume_tier } = source.count(&new.plan)?;
    if other.intake.bad_lines() > 0 && (args.reading.is_strict() || !global.quiet) {
        histories::warn_of_bad(&other, &names, global);
    }
    histories::usable(&other, &args.reading, assume_tier)?;
    let options = Options { evidence: args.reading.evidence(), ..Options::default() };
    let replayed = replayed::replay((old, &one), (new, &other), &options)?;
    Ok((Some(replayed), args.reading.exit(&one).and(args.reading.exit(&other))))
}
