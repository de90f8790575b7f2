//! What the paths of a command name.

use super::disk::STDIN;
use super::exit::Failure;
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

/// A pattern that cannot be one.
pub(super) fn no_glob(path: &str, error: &glob::PatternError) -> Failure {
    Failure::new(format!("`{path}` is no glob: {error}"))
}

/// A directory or a glob without policies.
pub(super) fn none_in(path: &str) -> Failure {
    let help = "name a file that ends in .cwr, or a directory that has one";
    Failure::new(format!("no policy found in {path}")).help(help)
}
