//! The golden corpus of diagnostics: `tests/cases/{check,syntax}/**/*.cwr`, each with what `cwrc check` says of it.
//!
//! A case is a small policy that opens with a comment of one sentence: what it shows. The folder is the code it is
//! about. To add one, write the file and run with `INSTA_UPDATE=always`. A case with a `NAME.history.jsonl` beside it is
//! compared with that history, as `cwrc check --history` does.

use crate::engine::{self, Arguments};
use crate::repository;
use cwrc::analysis::{self, Proofs, Settings};
use cwrc::diagnostic::Diagnostic;
use cwrc::source::{Files, Sources, Span};
use cwrc::value::Instant;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// The day on which all cases and pages are looked at.
const TODAY: &str = "2026-07-01";

/// The files of a test: those of a directory on disk, or one text.
pub(crate) enum World<'a> {
    /// Paths are relative to the repository.
    Disk,
    /// One file, `policy.cwr`.
    Text(&'a str),
}

impl Files for World<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::Disk => std::fs::read(repository(path)),
            Self::Text(text) if path == "policy.cwr" => Ok(text.as_bytes().to_vec()),
            Self::Text(_) => Err(io::Error::from(io::ErrorKind::NotFound)),
        }
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Everything that is found in a policy root and its imports, and in the history beside a case, `NAME.history.jsonl`.
pub(crate) fn findings(world: &World, path: &str) -> (Sources, Vec<Diagnostic>) {
    let history = match world {
        World::Disk if path.starts_with("tests/cases/check/") => {
            std::fs::read_to_string(repository(path).with_extension("history.jsonl")).ok()
        }
        World::Disk | World::Text(_) => None,
    };
    compared(world, path, history.as_deref())
}

/// Everything that is found in a policy root and its imports, and, where there are no errors, in a history.
pub(crate) fn compared(world: &World, path: &str, history: Option<&str>) -> (Sources, Vec<Diagnostic>) {
    // As `cwrc check tests/cases/check` has it.
    let base = if path.starts_with("tests/cases/check/") { "tests/cases/check" } else { "" };
    let mut one = analysis::gather(world, path, base, Instant::parse_date(TODAY)).expect("a case");
    if let (Some(policy), Some(history), false) = (&one.policy, history, one.has_errors()) {
        let plan = cwrc::plan::compile(policy);
        let counts = engine::count(&plan, &[history], &Arguments::default());
        assert_eq!(counts.intake.bad_lines(), 0, "{path}: {:?}", counts.intake.bad);
        one.compare(&plan, &counts, false);
    }
    let proofs = RefCell::new(Proofs::default());
    let settings = Settings { with_history: history.is_some(), proofs: Some(&proofs), ..Settings::default() };
    analysis::finish(std::slice::from_mut(&mut one), &settings);
    (one.sources, one.diagnostics)
}

/// The cases, as paths relative to the repository.
pub(crate) fn cases() -> Vec<String> {
    let folders = ["tests/cases/check", "tests/cases/syntax"].map(repository);
    let paths = folders.iter().flat_map(|folder| crate::files_below(folder, "cwr"));
    paths.map(|path| relative(&path)).collect()
}

fn relative(path: &Path) -> String {
    let path = path.strip_prefix(repository("")).expect("inside the repository");
    path.to_string_lossy().replace('\\', "/")
}

/// What a user sees, without colours and frames.
pub(crate) fn rendered(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let blocks: Vec<String> = diagnostics.iter().map(|diagnostic| rendered_one(sources, diagnostic)).collect();
    if blocks.is_empty() { "nothing to say\n".to_owned() } else { blocks.join("\n") }
}

fn rendered_one(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, message, at, also, help, .. } = diagnostic;
    let mut out = format!(
        "{}: {}[{}] {message}\n{}\n",
        sources.place(at.span),
        diagnostic.severity().word(),
        code.number(),
        quoted(sources, at.span, &at.text),
    );
    for label in also {
        let place = sources.place(label.span);
        let _ = writeln!(out, "  also {place}\n{}", quoted(sources, label.span, &label.text));
    }
    if let Some(help) = help {
        let _ = writeln!(out, "  help: {help}");
    }
    out
}

/// The first line of a place, and what is said of it.
fn quoted(sources: &Sources, span: Span, label: &str) -> String {
    let text = sources.text(span);
    let (first, more) = text.split_once('\n').map_or((text, ""), |(first, _)| (first, " …"));
    let arrow = if label.is_empty() { "" } else { "   <- " };
    format!("    | {}{more}{arrow}{label}", first.trim_end_matches('\r'))
}

#[test]
fn cases_are_told_as_before() {
    insta::glob!("../cases", "{check,syntax}/**/*.cwr", |path| {
        let (sources, diagnostics) = findings(&World::Disk, &relative(path));
        crate::golden(path, &rendered(&sources, &diagnostics));
    });
}
