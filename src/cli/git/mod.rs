//! Policies as of a git revision: the same paths, another time. The work tree is neither read nor touched.
//!
//! Paths count from the working directory, as on the disk, and are looked up in the tree of the revision; so are
//! imports. Links and submodules are named, and not followed.

mod program;

use super::disk;
use super::exit::Failure;
use super::paths::{self, Named};
use super::place::Place;
use crate::source::Files;
use program::{Objects, Refusal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};

/// What comes before the name of a revision.
const SCHEME: &str = "git:";

/// Revision and path of `git:REV[:PATH]`; without a path, the working directory.
pub(super) fn split(written: &str) -> Option<(&str, &str)> {
    let rest = written.strip_prefix(SCHEME)?;
    let (name, path) = rest.split_once(':').unwrap_or((rest, ""));
    Some((name, if path.is_empty() { "." } else { path }))
}

/// Reads `git:REV`, the whole of it the name of a revision, in which a colon may stand.
pub(super) fn revision(written: &str) -> Result<String, String> {
    written.strip_prefix(SCHEME).map(str::to_owned).ok_or_else(|| format!("write `{SCHEME}{written}`"))
}

/// The files of one commit.
#[derive(Debug)]
pub(super) struct Revision {
    /// As the user named it.
    name: String,
    /// Its whole hash.
    commit: String,
    /// The working directory, from the root of the repository.
    here: Vec<String>,
    /// What the commit has, by its path from the root.
    entries: BTreeMap<String, Entry>,
    objects: RefCell<Objects>,
}

#[derive(Clone, Debug)]
struct Entry {
    kind: Kind,
    object: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl Kind {
    /// Why there is nothing to read.
    fn refusal(self) -> Option<&'static str> {
        match self {
            Self::File => None,
            Self::Link => Some("a symbolic link, and links are not followed at a revision"),
            Self::Submodule => Some("a submodule, and what it holds is in another repository"),
        }
    }
}

impl Revision {
    /// Looks a revision up in the repository of the working directory.
    pub(super) fn open(name: &str) -> Result<Self, Failure> {
        let here = program::run(&["rev-parse", "--show-prefix"]).map_err(no_repository)?;
        let commit = commit(name)?;
        let tree = program::run(&["ls-tree", "-r", "-z", "--full-tree", &commit])?;
        Ok(Self {
            here: walk(Vec::new(), String::from_utf8_lossy(&here).trim_end_matches(['\n', '\r'])).unwrap_or_default(),
            entries: entries(&tree),
            objects: RefCell::new(Objects::open()?),
            name: name.to_owned(),
            commit,
        })
    }

    /// As the user named it, without `git:`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name and the commit, for people: `git:main, commit 0123456789ab`.
    pub(super) fn told(&self) -> String {
        format!("{SCHEME}{}, commit {}", self.name, &self.commit[..self.commit.len().min(12)])
    }

    /// The path of something from the root of the repository.
    fn inside(&self, path: &str) -> io::Result<String> {
        if path.starts_with('/') {
            let message = "at a revision a path counts from the working directory, and this one is absolute";
            return Err(io::Error::other(message));
        }
        let parts = walk(self.here.clone(), path).ok_or_else(|| io::Error::other("it leaves the repository"))?;
        Ok(parts.join("/"))
    }

    /// The file at a path, or why there is none.
    fn file(&self, path: &str) -> io::Result<&Entry> {
        let inside = self.inside(path)?;
        if let Some(entry) = self.entries.get(&inside) {
            return match entry.kind.refusal() {
                None => Ok(entry),
                Some(why) => Err(io::Error::other(format!("it is {why}"))),
            };
        }
        if self.below(&inside).next().is_some() {
            return Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory"));
        }
        let mut above = inside.match_indices('/').map(|(end, _)| &inside[..end]);
        let blocked = above.find_map(|path| Some((path, self.entries.get(path)?.kind.refusal()?)));
        let message = match blocked {
            Some((above, why)) => format!("{above} is {why}"),
            None => format!("it is not in {SCHEME}{}", self.name),
        };
        Err(io::Error::new(ErrorKind::NotFound, message))
    }

    /// What is below a directory, given from the root: paths from there.
    fn below(&self, directory: &str) -> impl Iterator<Item = (&str, Kind)> {
        let start = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let from = self.entries.range(start.clone()..);
        from.map_while(move |(path, entry)| Some((path.strip_prefix(&start)?, entry.kind)))
    }

    /// What of this kind is below a directory, given from the working directory, but not where nobody looks.
    fn looked_at(&self, directory: &str) -> io::Result<Vec<(String, Kind)>> {
        let inside = self.inside(directory)?;
        let seen = self.below(&inside).filter(|(path, _)| !path.split('/').any(disk::is_passed_over));
        let start = directory.trim_end_matches('/');
        let start = start.strip_prefix("./").unwrap_or(start);
        let named = |path: &str| if start == "." { path.to_owned() } else { format!("{start}/{path}") };
        Ok(seen.map(|(path, kind)| (named(path), kind)).collect())
    }

    /// The files that a glob names.
    fn matching(&self, glob: &str) -> Result<Vec<String>, Failure> {
        let here = self.here.iter().map(|part| glob::Pattern::escape(part)).collect();
        let whole = walk(here, glob).unwrap_or_default().join("/");
        let pattern = glob::Pattern::new(&whole).map_err(|error| paths::no_glob(glob, &error))?;
        let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
        let found = self.entries.keys().filter(|path| pattern.matches_with(path, options));
        Ok(found.map(|path| self.shown_here(path)).collect())
    }

    /// A path from the root as one from the working directory.
    fn shown_here(&self, inside: &str) -> String {
        let parts: Vec<&str> = inside.split('/').collect();
        let shared = self.here.iter().zip(&parts).take_while(|(here, part)| here == *part).count();
        "../".repeat(self.here.len() - shared) + &parts[shared..].join("/")
    }
}

impl Files for Revision {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.objects.borrow_mut().read(&self.file(path)?.object)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<String>> {
        let all = self.looked_at(directory)?.into_iter();
        Ok(all.filter(|(_, kind)| *kind == Kind::File).map(|(path, _)| path).collect())
    }
}

impl Place for Revision {
    fn named(&self, path: &str) -> Result<Named, Failure> {
        if path == "-" {
            return Err(Failure::new("standard input is of no revision").help("name a file, a directory or a glob"));
        }
        let inside = self.inside(path).map_err(|error| Failure::unreadable(path, &error))?;
        if inside.is_empty() || self.below(&inside).next().is_some() {
            Ok(Named::Directory)
        } else if path.contains(['*', '?', '[']) && !self.entries.contains_key(&inside) {
            Ok(Named::Files(self.matching(path)?))
        } else {
            Ok(Named::Files(vec![path.to_owned()]))
        }
    }

    fn identity(&self, path: &str) -> String {
        format!("{SCHEME}{}:{}", self.commit, self.inside(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn left_out(&self, directory: &str) -> Vec<String> {
        let all = self.looked_at(directory).unwrap_or_default().into_iter();
        let may_matter = all.filter(|(path, kind)| *kind == Kind::Submodule || path.ends_with(".cwr"));
        may_matter.filter_map(|(path, kind)| Some(format!("{path} is {}", kind.refusal()?))).collect()
    }
}

/// Follows a path by its text alone; `None` if it leaves the repository.
fn walk(mut parts: Vec<String>, path: &str) -> Option<Vec<String>> {
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part.to_owned());
        }
    }
    Some(parts)
}

/// The hash of the commit that a name stands for. It is asked for with `^{commit}` behind it and nothing before it, so a
/// name that starts with a dash would be an option: git has no such names.
fn commit(name: &str) -> Result<String, Failure> {
    let bad = || Failure::new(format!("`{SCHEME}{name}` names no commit of this repository"));
    if name.is_empty() || name.starts_with('-') {
        return Err(bad().help("name a branch, a tag or a commit: `git:main`, `git:v1.2`, `git:HEAD~3`"));
    }
    match program::run(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]) {
        Ok(hash) => Ok(String::from_utf8_lossy(&hash).trim().to_owned()),
        Err(Refusal::Told(_)) if is_shallow() => Err(bad().help(
            "this clone has only part of the history: fetch all of it (`fetch-depth: 0` for actions/checkout, \
             `GIT_DEPTH: 0` in GitLab, `git fetch --unshallow` by hand)",
        )),
        Err(Refusal::Told(_)) => {
            Err(bad().help(format!("`git rev-parse {name}` says more; branches: `git branch -a`")))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn is_shallow() -> bool {
    program::run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer.starts_with(b"true"))
}

fn no_repository(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Told(told) => Failure::new(format!("there is no git repository here to read a revision from: {told}"))
            .help("run it inside the repository that has the policies"),
        Refusal::Absent(_) => refusal.into(),
    }
}

/// Reads what `git ls-tree -r -z` prints: `MODE TYPE OBJECT\tPATH`, each with a zero behind it.
fn entries(tree: &[u8]) -> BTreeMap<String, Entry> {
    let lines = tree.split(|byte| *byte == 0).map(String::from_utf8_lossy);
    let entry = |line: &str| {
        let (about, path) = line.split_once('\t')?;
        let mut about = about.split(' ');
        let kind = match (about.next()?, about.next()?) {
            ("120000", _) => Kind::Link,
            (_, "commit") => Kind::Submodule,
            _ => Kind::File,
        };
        Some((path.to_owned(), Entry { kind, object: about.next()?.to_owned() }))
    };
    lines.filter_map(|line| entry(&line)).collect()
}
