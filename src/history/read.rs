//! Inputs to counts: workers that take pieces, one pass, and a second one if ids occur more than once.
//!
//! The first pass counts every record as if its id were unique, and keeps 8 bytes of hash per id; rows of a table that
//! stand together count as one ([`super::groups`]). If no hash occurs twice, as is usual, that is all. Otherwise a
//! second pass puts the lines aside whose hash did, and unites them by their true ids; a hash that two ids share costs
//! a little memory and changes nothing. Where there are so many of them that they would fill the memory, as in a flat
//! table in no order, they are put aside one part after the other, in a pass each.

use super::blocks::{self, Block};
use super::cells::Cells;
use super::counts::Counts;
use super::feed::Feed;
use super::format::Format;
use super::intake::{Place, Reason};
use super::line::{Fault, Line, Record};
use super::mapping::Mapping;
use super::merge;
use super::source::{Piece, Rows, Source, sources};
use super::tally::{Tallier, Wanted};
use super::work::{Aside, Fate, Told, Work, Written};
use crate::plan::Plan;
use crate::value::{Instant, Tier};
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

/// Opens an input from its start.
pub type Open<'a> = Box<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'a>;

/// An input that can be read from any place.
pub trait ReadAt: Send + Sync {
    /// How many bytes it has.
    fn length(&self) -> u64;

    /// Reads some of the bytes that stand at a place.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;
}

/// Opens an input that can be read from any place.
pub type Ranges<'a> = Box<dyn Fn() -> io::Result<Arc<dyn ReadAt>> + Send + Sync + 'a>;

/// One input; it may be opened twice.
pub struct Input<'a> {
    /// As the user named it.
    pub name: String,
    /// Opens it.
    pub open: Open<'a>,
    /// Opens it too, where it can be read from any place, which saves memory for Parquet.
    pub ranges: Option<Ranges<'a>>,
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
    /// About how many bytes of lines are read at once; by default 256 KiB.
    pub block: Option<NonZeroUsize>,
}

/// The bytes of lines that are put aside at once.
const ASIDE: usize = 256 << 20;

/// What a line that is put aside takes beside its text: what the lists of them take as they grow, and what the system
/// takes for a text.
const BESIDE: usize = 128;

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
    let mut all = pass.run(inputs, Aside::default())?;
    let suspects = all.suspects();
    if suspects.is_empty() {
        merge::unite(&mut all.held, |input| &sources[input].reader, &mut all.tallier);
        return Ok(all.tallier.finish());
    }
    let part = part(suspects.len(), all.lines, all.bytes, options.aside.map_or(ASIDE, NonZeroUsize::get));
    drop(all);
    let mut tallier = None;
    for part in suspects.chunks(part) {
        let mut work = pass.run(inputs, Aside { all: &suspects, part, is_edge: false })?;
        // Every pass counts what is not put aside; once is enough.
        let tallier = tallier.get_or_insert(work.tallier);
        merge::unite(&mut work.held, |input| &sources[input].reader, tallier);
    }
    Ok(tallier.map_or_else(Counts::default, Tallier::finish))
}

/// How many of the suspects are put aside at once, if every line could be one of theirs.
fn part(suspects: usize, lines: usize, bytes: usize, most: usize) -> usize {
    let needed = bytes.saturating_add(lines.saturating_mul(BESIDE));
    suspects.div_ceil(needed.div_ceil(most).max(1)).max(1)
}

/// Counts JSON Lines that are at hand as a text.
pub fn count_text(plan: &Plan, name: &str, text: &str) -> Result<Counts, ReadError> {
    let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(io::Cursor::new(text.to_owned()))) };
    let input = Input { name: name.to_owned(), open: Box::new(open), ranges: None, format: Format::Lines };
    count(plan, &[input], &Options { threads: NonZeroUsize::new(1), ..Options::default() })
}

pub(super) struct Pass<'a> {
    plan: &'a Plan,
    wanted: &'a Wanted,
    pub(super) sources: &'a [Source<'a>],
    pub(super) options: &'a Options,
}

impl<'a> Pass<'a> {
    fn run(&self, inputs: &[Input], aside: Aside) -> Result<Work<'a>, ReadError> {
        let workers =
            self.options.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let feed = Feed::new(inputs, self.sources, self.length());
        let mut all = self.empty();
        thread::scope(|scope| {
            let handles: Vec<_> = (0..workers).map(|_| scope.spawn(|| self.work(&feed, aside))).collect();
            for handle in handles {
                match handle.join() {
                    Ok(work) => all.absorb(work),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        // What was taken came before what could not be.
        match (all.failed.take(), feed.failed()) {
            (Some((place, source)), _) => Err(ReadError { name: inputs[place.input].name.clone(), source }),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(all),
        }
    }

    fn empty(&self) -> Work<'a> {
        let tallier = Tallier::new(self.plan, self.wanted, self.options.assume_tier).surveying(self.options.survey);
        Work::new(tallier)
    }

    fn work(&self, feed: &Feed, aside: Aside) -> Work<'a> {
        let (mut work, mut room) = (self.empty(), Vec::new());
        // Nothing more is made where a part cannot be read.
        while work.failed.is_none()
            && let Some(piece) = feed.next(std::mem::take(&mut room))
        {
            self.piece(&mut work, &piece, aside);
            if let Piece::Block(block) = piece {
                room = block.bytes;
            }
        }
        self.name(&mut work);
        work
    }

    fn piece(&self, work: &mut Work<'a>, piece: &Piece, aside: Aside) {
        let source = &self.sources[piece.input()];
        match (piece, &source.rows) {
            (Piece::Block(block), _) => self.block(work, block, aside),
            (Piece::Group(group), Rows::Parquet(sheet)) => self.row_group(work, (source, sheet), group, aside),
            (Piece::Group(_), _) => {}
        }
    }

    /// What becomes of neighbours of such lengths that share an id.
    pub(super) fn fate(&self, work: &mut Work, id: &str, lengths: impl Iterator<Item = usize>, aside: Aside) -> Fate {
        if self.options.unique_ids { Fate::Counted } else { work.fate(id, lengths, aside) }
    }

    /// About how many bytes are read at once.
    pub(super) fn length(&self) -> usize {
        self.options.block.map_or(blocks::LENGTH, NonZeroUsize::get)
    }

    fn block(&self, work: &mut Work<'a>, block: &Block, aside: Aside) {
        if block.too_long {
            let place = Place { input: block.input, line: block.first_line };
            work.tallier.bad(&too_long(), place, "");
        }
        let source = &self.sources[block.input];
        match &source.rows {
            Rows::Lines | Rows::Parquet(_) => self.lines(work, source, block, aside),
            Rows::Separated(layout, sheet) => {
                let cells = Cells::of(block, *layout);
                for (place, fault, text) in &cells.unread {
                    work.tallier.bad(fault, *place, text);
                }
                self.rows(work, (source, sheet), &cells, aside);
            }
        }
    }

    /// The lines of a block; most blocks are text, and are seen to be so at once.
    fn lines(&self, work: &mut Work<'a>, source: &Source, block: &Block, aside: Aside) {
        let Ok(mut rest) = std::str::from_utf8(&block.bytes) else {
            return block.lines().for_each(|(place, line)| match std::str::from_utf8(line) {
                Ok(text) => drop(self.first_line(work, source, (place, text), aside)),
                Err(_) => self.line(work, source, place, line, aside),
            });
        };
        let mut place = Place { input: block.input, line: block.first_line };
        loop {
            let length = self.first_line(work, source, (place, rest), aside);
            let Some(next) = rest.get(length + 1..) else { return };
            rest = next;
            place.line += 1;
        }
    }

    /// The line that a text starts with: swiftly where it is of the usual form. Its length comes back.
    #[inline]
    fn first_line(&self, work: &mut Work<'a>, source: &Source, (place, text): (Place, &str), aside: Aside) -> usize {
        // Records are large, so they stay where they are made.
        if let Some((record, length)) = &mut source.reader.read_fast(text, &mut work.room, &mut work.shape)
            && *length <= blocks::LONGEST_LINE
        {
            self.whole(work, &Written(place, &text[..*length]), record, aside);
            return *length;
        }
        let length = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        self.line(work, source, place, &text.as_bytes()[..length], aside);
        length
    }

    fn line(&self, work: &mut Work<'a>, source: &Source, place: Place, bytes: &[u8], aside: Aside) {
        // Blocks are longer than the longest line, so one that is too long may stand whole in a block.
        if bytes.len() > blocks::LONGEST_LINE {
            return work.tallier.bad(&too_long(), place, "");
        }
        let bytes = if place.line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        if bytes.trim_ascii().is_empty() {
            return;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.plainly(work, source, &Written(place, text), aside),
            Err(_) => work.tallier.bad(&not_utf8(), place, &String::from_utf8_lossy(bytes)),
        }
    }

    pub(super) fn plainly(&self, work: &mut Work<'a>, source: &Source, told: &impl Told, aside: Aside) {
        let text = told.text();
        match source.reader.read_plainly(&text) {
            Err(fault) => work.tallier.bad(&fault, told.place(), &text),
            Ok(Line::Notice { signal, name, time }) => work.tallier.notice(signal, &name, time),
            Ok(mut line) => self.of_a_record(work, told, &mut line, aside),
        }
    }

    /// What becomes of a record or of outcomes for one.
    pub(super) fn of_a_record(&self, work: &mut Work<'a>, told: &impl Told, line: &mut Line, aside: Aside) {
        match line {
            Line::Full(record) => self.whole(work, told, record, aside),
            Line::Outcomes { id, .. } => match self.fate(work, id, std::iter::once_with(|| told.length()), aside) {
                Fate::Held(hash) => work.held.push(told.held(hash)),
                Fate::Counted => work.tallier.bad(&merge::orphan(), told.place(), &told.text()),
                Fate::Passed => {}
            },
            Line::Notice { .. } => {}
        }
    }

    /// What becomes of a whole record.
    #[inline]
    fn whole(&self, work: &mut Work<'a>, told: &impl Told, record: &mut Record, aside: Aside) {
        match self.fate(work, &record.id, std::iter::once_with(|| told.length()), aside) {
            Fate::Counted => work.record(record),
            Fate::Held(hash) => work.held.push(told.held(hash)),
            Fate::Passed => {}
        }
    }
}

pub(super) fn not_utf8() -> Fault {
    Fault { reason: Reason::Unparsable, why: "it is not UTF-8".into() }
}

pub(super) fn too_long() -> Fault {
    Fault { reason: Reason::Unparsable, why: format!("it is longer than {} MiB", blocks::LONGEST_LINE >> 20) }
}
