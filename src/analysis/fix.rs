//! Fixes made, pass after pass: what one corrects may show what another has to.

use super::{Analysis, Settings, finish, gather};
use crate::diagnostic::fix::applied;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Files;
use crate::value::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// More passes than any text needs: each makes at least one fix in every file that still has any.
const PASSES: usize = 500;

/// A file as it was and as it is after some fixes.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// As it was.
    pub old: String,
    /// As it is.
    pub new: String,
    /// How many fixes were made in it.
    pub count: usize,
}

/// The files that fixes have changed, by path; all others as they are.
struct Overlay<'f> {
    files: &'f dyn Files,
    fixed: BTreeMap<String, Fixed>,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.fixed.get(path) {
            Some(fixed) => Ok(fixed.new.as_bytes().to_vec()),
            None => self.files.read(path),
        }
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        self.files.list(directory)
    }
}

/// Makes every fix there is in the texts of some finished analyses, which become those of the fixed texts. Nothing is
/// written: the changed files are handed back.
pub fn fix(
    files: &dyn Files,
    all: &mut [Analysis],
    today: Option<Instant>,
    settings: &Settings,
) -> io::Result<BTreeMap<String, Fixed>> {
    let mut overlay = Overlay { files, fixed: BTreeMap::new() };
    for _ in 0..PASSES {
        // An allow may have a use again once the others are made.
        if !overlay.take(all, |it| it.code != Code::UnusedAllow) && !overlay.take(all, |_| true) {
            break;
        }
        for one in all.iter_mut() {
            *one = gather(&overlay, &one.path, &one.base, today)?;
        }
        finish(all, settings);
    }
    Ok(overlay.fixed)
}

/// A replacement, whichever policy asks for it: start, end, text.
type Edit<'a> = (usize, usize, &'a str);

impl Overlay<'_> {
    /// Makes those fixes that do not overlap; whether there were any.
    fn take(&mut self, all: &[Analysis], which: fn(&Diagnostic) -> bool) -> bool {
        let mut any = false;
        for (path, edits) in agreed(all, which) {
            let Ok(Ok(text)) = self.read(path).map(String::from_utf8) else { continue };
            let (new, count) = applied(&text, edits.into_iter().map(|(start, end, new)| (start..end, new)));
            any |= new != text;
            let fixed = self.fixed.entry(path.to_owned()).or_insert(Fixed { old: text, new: String::new(), count: 0 });
            fixed.new = new;
            fixed.count += count;
        }
        any
    }
}

/// The fixes of each file that every policy asks for that has a part in it.
fn agreed(all: &[Analysis], which: fn(&Diagnostic) -> bool) -> BTreeMap<&str, BTreeSet<Edit<'_>>> {
    let mut files: BTreeMap<&str, BTreeSet<Edit>> = BTreeMap::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for one in all {
        let mut edits = edits(one, which);
        for path in one.paths() {
            let own = edits.remove(path).unwrap_or_default();
            if known.insert(path) {
                files.insert(path, own);
            } else if let Some(others) = files.get_mut(path) {
                others.retain(|edit| own.contains(edit));
            }
        }
    }
    files.retain(|_, edits| !edits.is_empty());
    files
}

/// The fixes of what was found in one analysis, by file.
fn edits(of: &Analysis, which: fn(&Diagnostic) -> bool) -> BTreeMap<&str, BTreeSet<Edit<'_>>> {
    let mut files: BTreeMap<&str, BTreeSet<Edit>> = BTreeMap::new();
    for fix in of.diagnostics.iter().filter(|it| which(it)).filter_map(|it| it.fix.as_ref()) {
        let edit = (fix.at.start as usize, fix.at.end as usize, fix.text.as_str());
        files.entry(of.sources.get(fix.at.file).path.as_str()).or_default().insert(edit);
    }
    files
}
