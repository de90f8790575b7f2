//! The front door: paths in, everything known about the policies out. The command line asks here, editors will too.

mod fix;
mod silence;
#[cfg(test)]
mod tests;

use crate::check::{self, History, allow, allow::Allow, rounding, unused};
use crate::diagnostic::levels::Levels;
use crate::diagnostic::{self, Code, Diagnostic, Severity};
use crate::history::Counts;
use crate::model::{self, Policy};
use crate::plan::Plan;
use crate::source::{Files, Sources};
use crate::syntax::outline::Outline;
use crate::value::Instant;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;

pub use crate::check::promises::{Proofs, Undecided};
pub use fix::{Fixed, fix};

/// One file that was asked for, and what is known of it.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// Its path.
    pub path: String,
    /// The directory that its imports may not leave.
    pub base: String,
    /// All texts that were read for it; diagnostics point into them.
    pub sources: Sources,
    /// Where their declarations and clauses stand.
    pub outline: Outline,
    /// The policy, as far as it could be built; `None` for a library.
    pub policy: Option<Policy>,
    /// What its texts silence.
    pub allows: Vec<Allow>,
    /// What is wrong, sorted; the first of it where it is too much to tell.
    pub diagnostics: Vec<Diagnostic>,
    /// The promises that are neither proved nor refuted.
    pub undecided: Vec<Undecided>,
    /// The file itself is UTF-8: otherwise there was nothing to look at.
    pub is_utf8: bool,
}

/// What is asked of a run.
#[derive(Clone, Debug, Default)]
pub struct Settings<'p> {
    /// What counts as what.
    pub levels: Levels,
    /// A history was at hand: the codes that need one were looked for.
    pub with_history: bool,
    /// Promises are settled, as far as this does not know them yet; without it they are not looked at.
    pub proofs: Option<&'p RefCell<Proofs>>,
}

impl Analysis {
    /// What is known of a text that was only read: the faults that were found in it.
    #[must_use]
    pub fn of_faults(path: &str, sources: Sources, diagnostics: Vec<Diagnostic>) -> Self {
        let (path, base) = (path.to_owned(), String::new());
        let (outline, allows, undecided) = (Outline::default(), Vec::new(), Vec::new());
        Self { path, base, sources, outline, policy: None, allows, diagnostics, undecided, is_utf8: true }
    }

    /// Whether anything is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error)
    }

    /// Whether the file says nothing at all: no declaration, no import, no fault.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.policy.is_none()
            && self.diagnostics.is_empty()
            && self.paths().count() == 1
            && self.outline == Outline::default()
    }

    /// Adds what a history says about the policy, whose plan it was counted under: before [`finish`].
    pub fn compare(&mut self, plan: &Plan, counts: &Counts, any_tier: bool) {
        let Some(policy) = &self.policy else { return };
        let history = History::new(policy, plan, counts, any_tier);
        self.diagnostics.extend(check::against(policy, &history, &self.sources));
        // What no bar uses may be logged all the same.
        self.diagnostics.iter_mut().filter(|it| it.code == Code::UnusedName).for_each(|it| it.fix = None);
    }

    /// Settles the promises, where there are no errors.
    fn prove(&mut self, proofs: &mut Proofs) {
        let Some(policy) = self.policy.as_ref().filter(|_| !self.has_errors()) else { return };
        let (refuted, undecided) = check::prove(policy, &self.sources, proofs);
        self.diagnostics.extend(refuted);
        self.undecided = undecided;
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
    let mut one = gather(files, path, base, today)?;
    finish(std::slice::from_mut(&mut one), &Settings::default());
    Ok(one)
}

/// The first half of [`analyze`]: what is to be said of one file, before anything is silenced or counted.
pub fn gather(files: &dyn Files, path: &str, base: &str, today: Option<Instant>) -> io::Result<Analysis> {
    let is_utf8 = std::str::from_utf8(&files.read(path)?).is_ok();
    let mut sources = Sources::default();
    let loaded = model::load(&mut sources, files, path, base);
    let (policy, mut diagnostics) = loaded.build();
    let outline = Outline::of(&loaded.parsed);
    let (allows, faults) = allow::find(&sources, &outline, &diagnostics);
    diagnostics.extend(faults);
    if let Some(policy) = &policy {
        rounding::take_back(&mut diagnostics, policy, &sources);
        diagnostics.extend(check::check(policy, &sources, today));
    }
    unused::offer(&mut diagnostics, &outline, &sources);
    Ok(Analysis {
        base: base.to_owned(),
        outline,
        policy,
        allows,
        is_utf8,
        ..Analysis::of_faults(path, sources, diagnostics)
    })
}

/// The second half, over all policies of a run: promises are settled, what is silenced is dropped, what is left gets its
/// severity and order.
pub fn finish(all: &mut [Analysis], settings: &Settings) {
    if let Some(proofs) = settings.proofs {
        for one in all.iter_mut() {
            one.prove(&mut proofs.borrow_mut());
        }
    }
    silence::silence(all, settings);
    for one in all {
        settings.levels.apply(&mut one.diagnostics);
        diagnostic::sort(&mut one.diagnostics, &one.sources);
        diagnostic::limit(&mut one.diagnostics);
    }
}

/// [Gathers](gather) every policy root below a directory, and every library that none of them imports. A file that
/// cannot be read is told to `unread` and does not keep the others from being gathered.
pub fn gather_directory(
    files: &dyn Files,
    directory: &str,
    today: Option<Instant>,
    unread: &mut dyn FnMut(&str, &io::Error),
) -> io::Result<Vec<Analysis>> {
    let mut all = Vec::new();
    for path in files.list(directory)?.iter().filter(|path| path.ends_with(".cwr")) {
        match gather(files, path, directory, today) {
            Ok(one) => all.push(one),
            Err(error) => unread(path, &error),
        }
    }
    let imported: BTreeSet<String> =
        all.iter().flat_map(|one| one.paths().skip(1).map(String::from).collect::<Vec<_>>()).collect();
    Ok(all.into_iter().filter(|one| one.policy.is_some() || !imported.contains(&one.path)).collect())
}
