//! The front door: paths in, everything known about the policies out. The command line asks here, editors will too.

use crate::check::{self, History};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::history::Counts;
use crate::model::{self, Policy};
use crate::plan::Plan;
use crate::source::{Files, Sources};
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

/// Reads one file and its imports, and says everything about it. Imports may not leave `base`.
///
/// Fails only if the file itself cannot be read.
pub fn analyze(files: &dyn Files, path: &str, base: &str) -> io::Result<Analysis> {
    let is_utf8 = std::str::from_utf8(&files.read(path)?).is_ok();
    let mut sources = Sources::default();
    let (policy, mut diagnostics) = model::load(&mut sources, files, path, base).build();
    if let Some(policy) = &policy {
        diagnostics.extend(check::check(policy, &sources));
    }
    diagnostic::sort(&mut diagnostics, &sources);
    diagnostic::limit(&mut diagnostics);
    Ok(Analysis { path: path.to_owned(), sources, policy, diagnostics, is_utf8 })
}

impl Analysis {
    /// Adds what a history says about the policy, whose plan it was counted under.
    pub fn compare(&mut self, plan: &Plan, counts: &Counts, any_tier: bool) {
        let Some(policy) = &self.policy else { return };
        let history = History::new(policy, plan, counts, any_tier);
        self.diagnostics.extend(check::against(policy, &history, &self.sources));
        diagnostic::sort(&mut self.diagnostics, &self.sources);
        diagnostic::limit(&mut self.diagnostics);
    }
}

/// Analyses every policy root below a directory, and every library that none of them imports.
pub fn analyze_directory(files: &dyn Files, directory: &str) -> io::Result<Vec<Analysis>> {
    let paths = files.list(directory)?.into_iter().filter(|path| path.ends_with(".cwr"));
    let all: Vec<Analysis> = paths.map(|path| analyze(files, &path, directory)).collect::<io::Result<_>>()?;
    let imported: BTreeSet<String> =
        all.iter().flat_map(|one| one.paths().skip(1).map(String::from).collect::<Vec<_>>()).collect();
    Ok(all.into_iter().filter(|one| one.policy.is_some() || !imported.contains(&one.path)).collect())
}
