//! Where a command looks for policies: on the disk, or in a git revision.

use super::disk::Disk;
use super::exit::Failure;
use super::git::{self, Revision};
use super::paths::{self, Named};
use crate::source::Files;
use std::fs;

/// A place that the paths of a command line point into.
pub(super) trait Place: Files {
    /// What a path names.
    fn named(&self, path: &str) -> Result<Named, Failure>;

    /// What all names of one file have in common.
    fn identity(&self, path: &str) -> String;

    /// The file that an error of reading a directory is about.
    fn last_asked(&self, directory: &str) -> String {
        directory.to_owned()
    }

    /// What below a directory may hold policies and is not looked at, with the reason.
    fn left_out(&self, _directory: &str) -> Vec<String> {
        Vec::new()
    }
}

impl Place for Disk {
    fn named(&self, path: &str) -> Result<Named, Failure> {
        paths::named(path)
    }

    fn identity(&self, path: &str) -> String {
        fs::canonicalize(path).map_or_else(|_| path.to_owned(), |it| it.to_string_lossy().into_owned())
    }

    fn last_asked(&self, directory: &str) -> String {
        Disk::last_asked(self, directory)
    }
}

/// The places of one command line: a path is one of the disk, unless it or `--at` names a revision.
#[derive(Debug, Default)]
pub(super) struct Places {
    disk: Disk,
    /// Whether the first revision is that of `--at`.
    at: bool,
    revisions: Vec<Revision>,
}

impl Places {
    /// The disk, or the revision that `--at` names.
    pub(super) fn at(revision: Option<&str>) -> Result<Self, Failure> {
        let revisions = revision.map(Revision::open).transpose()?;
        Ok(Self { disk: Disk::default(), at: revisions.is_some(), revisions: revisions.into_iter().collect() })
    }

    /// The place that an argument points into, and the path there.
    pub(super) fn of<'a>(&'a mut self, written: &'a str) -> Result<(&'a dyn Place, &'a str), Failure> {
        if let Some((revision, path)) = git::split(written) {
            return Ok((self.revision(revision)?, path));
        }
        Ok(if self.at { (&self.revisions[0], written) } else { (&self.disk, written) })
    }

    /// A revision, opened once.
    fn revision(&mut self, name: &str) -> Result<&Revision, Failure> {
        let known = self.revisions.iter().position(|it| it.name() == name);
        if known.is_none() {
            self.revisions.push(Revision::open(name)?);
        }
        Ok(&self.revisions[known.unwrap_or(self.revisions.len() - 1)])
    }

    /// The disk.
    pub(super) fn disk(&self) -> &Disk {
        &self.disk
    }

    /// The revisions that were looked at.
    pub(super) fn revisions(&self) -> &[Revision] {
        &self.revisions
    }
}
