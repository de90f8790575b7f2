//! The front door: paths in, everything known about the policies out. The command line asks here, editors will too.

use crate::check;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::{self, Policy};
use crate::source::{Files, Sources};
use crate::value::Instant;
use std::collections::BTreeSet;
use std::io;

/// One file that was asked for, and what is known of it.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Its path.
    pub path: String,
    /// All texts that were read for it; diagnostics point into them.
    pub sources: Sources,
    /// The policy, as far as it could be built; `None` for a library.
    pub policy: Option<Policy>,
    /// What is wrong, sorted; the first of it where it is too much to tell.
    pub diagnostics: Vec<Diagnostic>,
    /// The file itself is UTF-8: otherwise there was nothing to look at.
    pub is_utf8: bool,
}

impl Analysis {
    /// Whether anything is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }

    /// The paths of the files that were read.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|file| file.path.as_str())
    }
}

/// Reads one file and its imports, and says everything about it. Imports may not leave `base`; without a day nothing
/// is past.
///
/// Fails only if the file itself cannot be read.
pub fn analyze(files: &dyn Files, path: &str, base: &str, today: Option<Instant>) -> io::Result<Analysis> {
    let is_utf8 = std::str::from_utf8(&files.read(path)?).is_ok();
    let mut sources = Sources::default();
    let (policy, mut diagnostics) = model::load(&mut sources, files, path, base).build();
    if let Some(policy) = &policy {
        diagnostics.extend(check::check(policy, &sources, today));
    }
    diagnostic::sort(&mut diagnostics, &sources);
    diagnostic::limit(&mut diagnostics);
    Ok(Analysis { path: path.to_owned(), sources, policy, diagnostics, is_utf8 })
}

/// Analyses every policy root below a directory, and every library that none of them imports.
pub fn analyze_directory(files: &dyn Files, directory: &str, today: Option<Instant>) -> io::Result<Vec<Analysis>> {
    let paths = files.list(directory)?.into_iter().filter(|path| path.ends_with(".cwr"));
    let all = paths.map(|path| analyze(files, &path, directory, today));
    let all: Vec<Analysis> = all.collect::<io::Result<_>>()?;
    let imported: BTreeSet<String> =
        all.iter().flat_map(|one| one.paths().skip(1).map(String::from).collect::<Vec<_>>()).collect();
    Ok(all.into_iter().filter(|one| one.policy.is_some() || !imported.contains(&one.path)).collect())
}
