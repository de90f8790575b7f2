//! A long text is read in chunks, on all cores, where the chunks alone show that this changes nothing.
//!
//! A chunk ends behind a line that is nothing but `}`. If all chunks are without fault, then each is a row of whole
//! declarations, and so is the text: no rule of the grammar looks beyond a `}` that closes a declaration but for what
//! a chunk's end is just as well, the end of the text or a keyword. If any has a fault, the text is read again in one
//! piece, because recovery may look far. (`properties` compares the two on every kind of text.)

use super::ast::File;
use super::grammar::{Grammar, Rule};
use super::reader::Reader;
use crate::source::FileId;
use memchr::memmem;
use pest::Parser as _;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread;

/// The least length of a chunk, in bytes: below, a thread costs more than it saves.
pub(super) const CHUNK: usize = 64 << 10;

/// A line that ends a declaration.
const SEAM: &[u8] = b"\n}\n";

/// The tree of a text without fault, `clean` being the text as it was scanned; `None` if it is too short for two chunks
/// of that length, or has a fault.
pub(super) fn parse(file: FileId, text: &str, clean: &str, least: usize) -> Option<File> {
    let chunks = cut(clean, least);
    if chunks.len() < 2 {
        return None;
    }
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(chunks.len());
    let share = chunks.len().div_ceil(workers);
    let read = |chunks: &[Range<usize>]| -> Option<Vec<File>> {
        chunks.iter().map(|chunk| read_chunk(file, text, clean, chunk.clone())).collect()
    };
    let parts: Option<Vec<Vec<File>>> = thread::scope(|scope| {
        let workers: Vec<_> = chunks.chunks(share).map(|chunks| scope.spawn(move || read(chunks))).collect();
        workers.into_iter().map(|worker| worker.join().ok().flatten()).collect()
    });
    let mut parts = parts?.into_iter().flatten();
    let mut tree = parts.next()?;
    for part in parts {
        tree.declarations.extend(part.declarations);
    }
    Some(tree)
}

/// The chunks of a text: each ends at a seam and has at least that length, the last one apart.
fn cut(text: &str, least: usize) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0_usize;
    let seam_from = |at: usize| memmem::find(text.as_bytes().get(at..)?, SEAM);
    while let Some(seam) = seam_from(start.saturating_add(least)) {
        let end = start + least + seam + SEAM.len();
        chunks.push(start..end);
        start = end;
    }
    chunks.push(start..text.len());
    chunks
}

/// The tree of a chunk, its places those of the whole text; `None` if it has a fault.
fn read_chunk(file: FileId, text: &str, clean: &str, chunk: Range<usize>) -> Option<File> {
    let pairs = Grammar::parse(Rule::file, &clean[chunk.clone()]).ok()?;
    let is_first = chunk.start == 0;
    if pairs.clone().flatten().any(|pair| is_fault(pair.as_rule(), is_first)) {
        return None;
    }
    let mut reader = Reader::new(file, text);
    reader.base = chunk.start;
    let mut tree = File { imports: Vec::new(), declarations: Vec::new(), span: reader.span(0, text.len()) };
    reader.file(pairs, &mut tree);
    reader.is_clean().then_some(tree)
}

/// Whether a rule matched what could not be read, or what only the start of a file may have.
fn is_fault(rule: Rule, is_first: bool) -> bool {
    match rule {
        Rule::edition | Rule::import => !is_first,
        Rule::orphans
        | Rule::stray_close
        | Rule::broken_declaration
        | Rule::broken_clause
        | Rule::broken_gate_clause => true,
        _ => false,
    }
}
