//! Tests of the floor through real text: what a user wrote, and the findings with their places.

mod findings;
mod imports;
mod meaning;
mod robust;

use super::{Policy, load};
use crate::diagnostic::{self, Diagnostic};
use crate::source::{Files, Sources};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Error, ErrorKind};

/// Files in memory.
struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect())
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| Error::from(ErrorKind::NotFound))
    }

    fn list(&self, _: &str) -> std::io::Result<Vec<String>> {
        Ok(self.0.keys().cloned().collect())
    }
}

/// Loads and builds a root among files.
fn build_files(files: &Memory, root: &str, base: &str) -> (Sources, Option<Policy>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let loaded = load(&mut sources, files, root, base);
    let (policy, mut found) = loaded.build();
    diagnostic::sort(&mut found, &sources);
    (sources, policy, found)
}

/// Builds one text.
fn build_text(text: &str) -> (Sources, Option<Policy>, Vec<Diagnostic>) {
    build_files(&Memory::of([("a.cwr", text)]), "a.cwr", ".")
}

/// A finding as one line: `CWR004 3:8 message | help | also 2:1 label`, lines counted behind the first `skip`.
fn line(sources: &Sources, found: &Diagnostic, skip: usize) -> String {
    let place = |span| {
        let (line, column) = sources.position(span);
        if line > skip { format!("{}:{column}", line - skip) } else { "above".to_owned() }
    };
    let mut text = format!("{} {} {}", found.code.number(), place(found.at.span), found.message);
    if let Some(help) = &found.help {
        text.push_str(" | ");
        text.push_str(help);
    }
    for label in &found.also {
        let _ = write!(text, " | also {} {}", place(label.span), label.text);
    }
    text
}

/// The policy of language.md §1.
pub(super) const SUPPORT: &str = include_str!("support.cwr");

/// The policy of a text without findings.
pub(super) fn policy(text: &str) -> Policy {
    let (sources, policy, found) = build_text(text);
    let found: Vec<String> = found.iter().map(|found| line(&sources, found, 0)).collect();
    assert!(found.is_empty(), "{found:#?}");
    policy.expect("a policy")
}
