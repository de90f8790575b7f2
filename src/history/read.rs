//! Inputs to counts: blocks to workers, one pass, and a second one if ids occur more than once.
//!
//! The first pass counts every record as if its id were unique, and keeps 8 bytes of hash per id. If no hash occurs
//! twice, as is usual, that is all. Otherwise a second pass puts the lines aside whose hash did, and unites them by
//! their true ids; a hash that two ids share costs a little memory and changes nothing. Where there are so many of them
//! that they would fill the memory, as in a flat table, they are put aside one part after the other, in a pass each.

use super::blocks::{self, Block};
use super::counts::Counts;
use super::format::Format;
use super::intake::{Place, Reason};
use super::line::{Fault, Line, Record};
use super::mapping::Mapping;
use super::merge::{self, Held};
use super::source::{Rows, Source, sources};
use super::tally::{Tallier, Wanted};
use crate::plan::Plan;
use crate::value::{Instant, Tier};
use std::hash::Hasher;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Opens an input from its start.
pub type Open<'a> = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'a>;

/// One input; it may be opened twice.
pub struct Input<'a> {
    /// As the user named it.
    pub name: String,
    /// Opens it.
    pub open: Open<'a>,
    /// What its bytes are.
    pub format: Format,
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where the fields are.
    pub mapping: Mapping,
    /// The tier of records that carry none.
    pub assume_tier: Option<Tier>,
    /// Later records and outcomes are bad.
    pub now: Option<Instant>,
    /// A promise that ids are unique and records complete on their lines.
    pub unique_ids: bool,
    /// Take a survey of the names too, which a replay does not need.
    pub survey: bool,
    /// Workers; by default one per core.
    pub threads: Option<NonZeroUsize>,
    /// About how many bytes of lines are put aside at once; by default 256 MiB.
    pub aside: Option<NonZeroUsize>,
}

/// The bytes of lines that are put aside at once.
const ASIDE: usize = 256 << 20;

/// What a line that is put aside takes beside its text.
const BESIDE: usize = 64;

/// An input could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {name}: {source}")]
pub struct ReadError {
    /// The input.
    pub name: String,
    /// Why.
    pub source: io::Error,
}

/// Reads inputs and counts their records under a plan.
pub fn count(plan: &Plan, inputs: &[Input], options: &Options) -> Result<Counts, ReadError> {
    let wanted = Wanted::new(plan);
    let sources = sources(plan, inputs, options)?;
    let pass = Pass { plan, wanted: &wanted, sources: &sources, options };
    let mut all = pass.run(inputs, None)?;
    let (lines, bytes) = (all.hashes.len(), all.bytes);
    let suspects = occurring_twice(&mut all.hashes);
    if suspects.is_empty() {
        return Ok(all.tallier.finish());
    }
    let part = part(suspects.len(), lines, bytes, options.aside.map_or(ASIDE, NonZeroUsize::get));
    let mut tallier = None;
    for part in suspects.chunks(part) {
        let work = pass.run(inputs, Some(Aside { all: &suspects, part }))?;
        // Every pass counts what is not put aside; once is enough.
        let tallier = tallier.get_or_insert(work.tallier);
        merge::unite(&work.held, |input| &sources[input].reader, tallier);
    }
    Ok(tallier.map_or_else(Counts::default, Tallier::finish))
}

/// How many of the suspects are put aside at once, if every line could be one of theirs.
fn part(suspects: usize, lines: usize, bytes: usize, most: usize) -> usize {
    let needed = bytes.saturating_add(lines.saturating_mul(BESIDE));
    suspects.div_ceil(needed.div_ceil(most).max(1)).max(1)
}

/// Which lines a pass puts aside.
#[derive(Clone, Copy)]
struct Aside<'s> {
    /// The hashes that occur more than once, sorted.
    all: &'s [u64],
    /// Those of them whose turn it is.
    part: &'s [u64],
}

/// Counts JSON Lines that are at hand as a text.
pub fn count_text(plan: &Plan, name: &str, text: &str) -> Result<Counts, ReadError> {
    let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(io::Cursor::new(text.to_owned()))) };
    let input = Input { name: name.to_owned(), open: Box::new(open), format: Format::Lines };
    count(plan, &[input], &Options { threads: NonZeroUsize::new(1), ..Options::default() })
}

/// The hashes that occur more than once, sorted. Those of each worker are sorted already.
#[expect(clippy::stable_sort_primitive, reason = "it merges what is sorted in parts, the other one starts anew")]
fn occurring_twice(hashes: &mut Vec<u64>) -> Vec<u64> {
    hashes.sort();
    let mut twice: Vec<u64> = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    twice.dedup();
    *hashes = Vec::new();
    twice
}

fn hash(id: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}

struct Pass<'a> {
    plan: &'a Plan,
    wanted: &'a Wanted,
    sources: &'a [Source<'a>],
    options: &'a Options,
}

/// What one worker, or all of them, made of the lines.
struct Work<'a> {
    tallier: Tallier<'a>,
    hashes: Vec<u64>,
    /// The bytes of the lines that have them.
    bytes: usize,
    held: Vec<Held>,
}

impl<'a> Pass<'a> {
    fn run(&self, inputs: &[Input], aside: Option<Aside>) -> Result<Work<'a>, ReadError> {
        let workers =
            self.options.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let (sender, receiver) = sync_channel::<Block>(workers);
        let receiver = Mutex::new(receiver);
        thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| self.work(&receiver, aside))).collect();
            let sent = send_all(inputs, self.sources, &sender);
            drop(sender);
            let mut all = self.empty();
            for handle in handles {
                match handle.join() {
                    Ok(work) => all.absorb(work),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            sent.map(|()| all)
        })
    }

    fn empty(&self) -> Work<'a> {
        let tallier = Tallier::new(self.plan, self.wanted, self.options.assume_tier).surveying(self.options.survey);
        Work { tallier, hashes: Vec::new(), bytes: 0, held: Vec::new() }
    }

    fn work(&self, blocks: &Mutex<Receiver<Block>>, aside: Option<Aside>) -> Work<'a> {
        let mut work = self.empty();
        loop {
            let next = blocks.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(block) = next else {
                work.hashes.sort_unstable();
                return work;
            };
            if block.too_long {
                let place = Place { input: block.input, line: block.first_line };
                work.tallier.bad(&too_long(), place, "");
            }
            let source = &self.sources[block.input];
            match &source.rows {
                Rows::Lines | Rows::Parquet(_) => self.lines(&mut work, source, &block, aside),
                Rows::Separated(rows) => rows.each(&block, |place, line| match line {
                    Ok(line) => self.text(&mut work, source, place, line, aside),
                    Err((fault, text)) => work.tallier.bad(&fault, place, &text),
                }),
            }
        }
    }

    /// The lines of a block; most blocks are text, and are seen to be so at once.
    fn lines(&self, work: &mut Work, source: &Source, block: &Block, aside: Option<Aside>) {
        match block.texts() {
            None => block.lines().for_each(|(place, line)| self.line(work, source, place, line, aside)),
            Some(texts) => texts.for_each(|(place, text)| match text.len() {
                0 => {}
                1..=blocks::LONGEST_LINE if place.line > 1 && !text.trim_ascii().is_empty() => {
                    self.text(work, source, place, text, aside);
                }
                _ => self.line(work, source, place, text.as_bytes(), aside),
            }),
        }
    }

    fn line(&self, work: &mut Work, source: &Source, place: Place, bytes: &[u8], aside: Option<Aside>) {
        // Blocks are longer than the longest line, so one that is too long may stand whole in a block.
        if bytes.len() > blocks::LONGEST_LINE {
            return work.tallier.bad(&too_long(), place, "");
        }
        let bytes = if place.line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        if bytes.trim_ascii().is_empty() {
            return;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(work, source, place, text, aside),
            Err(_) => work.tallier.bad(&not_utf8(), place, &String::from_utf8_lossy(bytes)),
        }
    }

    fn text(&self, work: &mut Work, source: &Source, place: Place, text: &str, aside: Option<Aside>) {
        match source.reader.read(text) {
            Err(fault) => work.tallier.bad(&fault, place, text),
            Ok(Line::Notice { signal, name, time }) => work.tallier.notice(signal, &name, time),
            Ok(line) => self.of_a_record(work, place, text, line, aside),
        }
    }

    fn of_a_record(&self, work: &mut Work, place: Place, text: &str, line: Line, aside: Option<Aside>) {
        let (Line::Full(Record { id, .. }) | Line::Outcomes { id, .. }) = &line else { return };
        if !self.options.unique_ids {
            let hash = hash(id);
            let is_in = |hashes: &[u64]| hashes.binary_search(&hash).is_ok();
            match aside {
                None => {
                    work.hashes.push(hash);
                    work.bytes += text.len();
                }
                Some(aside) if is_in(aside.part) => return work.held.push(Held { place, text: text.to_owned() }),
                Some(aside) if is_in(aside.all) => return,
                Some(_) => {}
            }
        }
        match line {
            Line::Full(mut record) => work.tallier.record(&mut record),
            Line::Outcomes { .. } => work.tallier.bad(&merge::orphan(), place, text),
            Line::Notice { .. } => {}
        }
    }
}

impl Work<'_> {
    fn absorb(&mut self, other: Self) {
        self.tallier.absorb(other.tallier);
        self.hashes.extend(other.hashes);
        self.bytes += other.bytes;
        self.held.extend(other.held);
    }
}

/// Reads all inputs in order; workers take the blocks as they come.
fn send_all(inputs: &[Input], sources: &[Source], sender: &SyncSender<Block>) -> Result<(), ReadError> {
    for (at, (input, source)) in inputs.iter().zip(sources).enumerate() {
        let sent = source.cut(at, input, |block| sender.send(block).is_ok());
        sent.map_err(|source| ReadError { name: input.name.clone(), source })?;
    }
    Ok(())
}

pub(super) fn not_utf8() -> Fault {
    Fault { reason: Reason::Unparsable, why: "it is not UTF-8".into() }
}

fn too_long() -> Fault {
    Fault { reason: Reason::Unparsable, why: format!("it is longer than {} MiB", blocks::LONGEST_LINE >> 20) }
}
