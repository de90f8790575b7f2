//! What a worker makes of the lines, and which of them it puts aside.

use super::hashes::{Found, Hashes};
use super::intake::Place;
use super::line::{Outcome, Record};
use super::merge::Held;
use super::nameless::Nameless;
use super::shape::Shape;
use super::tally::Tallier;
use std::borrow::Cow;
use std::hash::Hasher;
use std::io;

/// Which lines a pass puts aside.
#[derive(Clone, Copy, Default)]
pub(super) struct Aside<'s> {
    /// The hashes that may occur more than once, sorted; none in the first pass.
    pub(super) all: &'s [u64],
    /// Those of them whose turn it is.
    pub(super) part: &'s [u64],
    /// In the first pass: whether what is at hand may go on elsewhere.
    pub(super) is_edge: bool,
}

/// What becomes of lines of one id.
pub(super) enum Fate {
    /// They are a record.
    Counted,
    /// They are put aside, under the hash of their id.
    Held(u64),
    /// It is not their turn.
    Passed,
}

/// A line, or a row in its place.
pub(super) trait Told {
    /// Where it stands.
    fn place(&self) -> Place;

    /// About how many bytes its text has.
    fn length(&self) -> usize;

    /// What it says.
    fn text(&self) -> Cow<'_, str>;

    /// It, put aside under the hash of its id.
    fn held(&self, hash: u64) -> Held {
        Held { place: self.place(), hash, text: self.text().into_owned().into_boxed_str() }
    }
}

/// A line of JSON Lines.
pub(super) struct Written<'t>(pub(super) Place, pub(super) &'t str);

impl Told for Written<'_> {
    fn place(&self) -> Place {
        self.0
    }

    fn length(&self) -> usize {
        self.1.len()
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.1)
    }
}

/// What one worker, or all of them, made of the lines.
pub(super) struct Work<'a> {
    pub(super) tallier: Tallier<'a>,
    /// Room for the outcomes of a record, which is used again and again.
    pub(super) room: Vec<Outcome>,
    /// Records that were counted and not named.
    pub(super) nameless: Nameless,
    /// How the lines are written.
    pub(super) shape: Shape,
    /// Of each id, but for those that are held.
    hashes: Hashes,
    /// Of each id that is held in the first pass.
    edges: Vec<u64>,
    /// The lines that have ids, and about how many bytes they are.
    pub(super) lines: usize,
    pub(super) bytes: usize,
    pub(super) held: Vec<Held>,
    /// The first part that could not be read, and why.
    pub(super) failed: Option<(Place, io::Error)>,
}

impl<'a> Work<'a> {
    pub(super) fn new(tallier: Tallier<'a>) -> Self {
        Work {
            tallier,
            room: Vec::new(),
            nameless: Nameless::default(),
            shape: Shape::default(),
            hashes: Hashes::default(),
            edges: Vec::new(),
            lines: 0,
            bytes: 0,
            held: Vec::new(),
            failed: None,
        }
    }

    /// What becomes of neighbours of such lengths that share an id.
    pub(super) fn fate(&mut self, id: &str, lengths: impl Iterator<Item = usize>, aside: Aside) -> Fate {
        let hash = hash(id);
        let is_in = |hashes: &[u64]| hashes.binary_search(&hash).is_ok();
        if is_in(aside.part) {
            return Fate::Held(hash);
        }
        if is_in(aside.all) {
            return Fate::Passed;
        }
        if aside.all.is_empty() {
            for length in lengths {
                self.lines += 1;
                self.bytes += length;
            }
            if aside.is_edge {
                self.edges.push(hash);
                return Fate::Held(hash);
            }
            self.hashes.push(hash);
        }
        Fate::Counted
    }

    /// Counts a record.
    #[inline]
    pub(super) fn record(&mut self, record: &mut Record) {
        self.tallier.record(record);
        self.room = std::mem::take(&mut record.outcomes);
        self.room.clear();
    }

    /// Adds what another worker made.
    pub(super) fn absorb(&mut self, other: Self) {
        self.tallier.absorb(other.tallier);
        self.hashes.absorb(other.hashes);
        self.edges.extend(other.edges);
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.held.extend(other.held);
        let failed = self.failed.take().into_iter().chain(other.failed);
        self.failed = failed.min_by_key(|(place, _)| *place);
    }

    /// The hashes that occur more than once, sorted; where there are any, those of the edges too.
    pub(super) fn suspects(&mut self) -> Vec<u64> {
        self.edges.sort_unstable();
        let Found { twice: mut all, is_known } = self.hashes.find(&self.edges);
        if !all.is_empty() || is_known {
            all.extend(&self.edges);
            all.sort_unstable();
            all.dedup();
        }
        all
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}
