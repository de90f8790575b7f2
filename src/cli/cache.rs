//! What `cwrc check` found out about assurances, kept from one run to the next where that is asked for.
//!
//! Answers depend on the plan, the promise and the algorithm alone, and these are their names; so what is found is as good
//! as new, and whatever cannot be read is nothing.

use super::exit::Failure;
use crate::analysis::Proofs;
use std::fs;
use std::path::PathBuf;

/// A directory for it, or none.
pub(super) struct Cache(Option<PathBuf>);

impl Cache {
    pub(super) fn at(directory: Option<String>) -> Self {
        Self(directory.map(PathBuf::from))
    }

    fn file(&self) -> Option<PathBuf> {
        self.0.as_ref().map(|directory| directory.join("assurances.json"))
    }

    /// What an earlier run has kept.
    pub(super) fn proofs(&self) -> Proofs {
        let text = self.file().and_then(|path| fs::read_to_string(path).ok());
        text.map_or_else(Proofs::default, |text| Proofs::read(&text))
    }

    /// Keeps what is new.
    pub(super) fn keep(&self, proofs: &Proofs) -> Result<(), Failure> {
        let Some((path, text)) = self.file().zip(proofs.written()) else { return Ok(()) };
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|error| {
            Failure::new(format!("cannot write {}: {error}", path.display()))
                .help("name a directory that may be written with --cache, or leave it out")
        })
    }
}
