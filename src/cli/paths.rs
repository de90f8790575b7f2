//! What the paths of a command name.

use super::disk::{Disk, STDIN};
use super::exit::Failure;
use crate::source::Files;
use std::fs;

/// What a path names.
pub(super) enum Named {
    /// A directory.
    Directory,
    /// One file, standard input, or those that a glob matches, which may be none.
    Files(Vec<String>),
}

/// What a path names: a directory, a file, a glob, or `-`. Whether a file is there shows when it is read.
pub(super) fn named(path: &str) -> Result<Named, Failure> {
    if path.is_empty() {
        return Err(Failure::new("a path is empty").help("name a file; perhaps a variable in the command is not set"));
    }
    let is_there = fs::metadata(path);
    if path == "-" {
        Ok(Named::Files(vec![STDIN.to_owned()]))
    } else if is_there.as_ref().is_ok_and(fs::Metadata::is_dir) {
        Ok(Named::Directory)
    } else if path.contains(['*', '?', '[']) && is_there.is_err() {
        let matches = glob::glob(path).map_err(|error| no_glob(path, &error))?;
        Ok(Named::Files(matches.filter_map(Result::ok).map(|file| file.to_string_lossy().into_owned()).collect()))
    } else {
        Ok(Named::Files(vec![path.to_owned()]))
    }
}

/// The files of one argument: what it names, and of a directory all below it with that ending. They may be none.
pub(super) fn files(disk: &Disk, path: &str, ending: &str) -> Result<Vec<String>, Failure> {
    match named(path)? {
        Named::Files(files) => Ok(files),
        Named::Directory => {
            let all = disk.list(path).map_err(|error| Failure::unreadable(&disk.last_asked(path), &error))?;
            Ok(all.into_iter().filter(|file| file.ends_with(ending)).collect())
        }
    }
}

/// The text of a file.
pub(super) fn text(disk: &Disk, path: &str) -> Result<String, Failure> {
    let bytes = disk.read(path).map_err(|error| Failure::unreadable(path, &error))?;
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{path}` is not UTF-8")).help("save it as UTF-8"))
}

/// A pattern that cannot be one.
pub(super) fn no_glob(path: &str, error: &glob::PatternError) -> Failure {
    Failure::new(format!("`{path}` is no glob: {error}"))
}

/// A directory or a glob without policies.
pub(super) fn none_in(path: &str) -> Failure {
    let help = "name a file that ends in .cwr, or a directory that has one";
    Failure::new(format!("no policy found in {path}")).help(help)
}
