//! The usual pages of a leaf: texts and times, as they stand or in a dictionary. They become cells without a value made
//! in between. Whatever is not usual, or not in order, is left to the crate: nothing is judged here.

use super::super::cells::size;
use super::bounds::MOST_ENTRIES;
use super::cells::Cells;
use super::runs::Runs;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageReader};
use parquet::file::metadata::ColumnChunkMetaData;

/// The pages of a leaf that are still to be read.
pub(super) struct Chunk {
    pages: Box<dyn PageReader>,
    /// The highest levels.
    highest: Highest,
    page: Option<Open>,
    has_dictionary: bool,
    /// How many entries the pages have that were opened for one reading.
    entries: u64,
    /// Levels of repetition that are known already, of the page that is open.
    ahead: Vec<u32>,
    /// Room for codes.
    room: Vec<u32>,
}

/// The highest levels of a leaf.
#[derive(Clone, Copy)]
struct Highest {
    defined: u32,
    repeated: u32,
}

/// A page that is being read.
struct Open {
    /// How many entries are still to be read, and how many values there are among them at most.
    left: usize,
    there: usize,
    repeated: Option<Runs>,
    defined: Option<Runs>,
    values: Values,
    /// Whether it starts with a row.
    is_whole: bool,
}

/// The values of a page.
enum Values {
    Plain { bytes: Bytes, at: usize },
    Coded(Runs),
}

/// How many levels of repetition are read ahead.
const AHEAD: usize = 1024;

/// Whether the pages of a leaf may be usual, as far as the end of the file says.
pub(super) fn is_usual(chunk: &ColumnChunkMetaData) -> bool {
    #[expect(deprecated, reason = "files say it of levels that they do not have")]
    let usual =
        [Encoding::PLAIN, Encoding::PLAIN_DICTIONARY, Encoding::RLE_DICTIONARY, Encoding::RLE, Encoding::BIT_PACKED];
    chunk.encodings().all(|encoding| usual.contains(&encoding))
}

impl Chunk {
    /// The leaf of these pages.
    pub(super) fn new(pages: Box<dyn PageReader>, chunk: &ColumnChunkMetaData) -> Option<Self> {
        let descr = chunk.column_descr();
        let level = |level: i16| u32::try_from(level).ok();
        let highest = Highest { defined: level(descr.max_def_level())?, repeated: level(descr.max_rep_level())? };
        let (ahead, room) = Default::default();
        Some(Self { pages, highest, page: None, has_dictionary: false, entries: 0, ahead, room })
    }

    /// Reads so many rows; nothing where the crate should do so.
    pub(super) fn read(&mut self, rows: usize, cells: &mut Cells) -> Option<()> {
        self.entries = 0;
        if self.highest.repeated > 0 {
            self.lists(rows, cells)?;
        } else {
            self.rows(rows, cells)?;
        }
        cells.finish()
    }

    fn rows(&mut self, rows: usize, cells: &mut Cells) -> Option<()> {
        let mut wanted = rows;
        while wanted > 0 {
            if self.left() == 0 && !self.open(cells)? {
                return None;
            }
            let count = wanted.min(self.left());
            self.take(count, cells)?;
            wanted -= count;
        }
        Some(())
    }

    /// Reads rows of any number of entries: each starts with one that does not repeat.
    fn lists(&mut self, rows: usize, cells: &mut Cells) -> Option<()> {
        let mut started = 0;
        loop {
            if self.ahead.is_empty() && !self.look_ahead(cells)? {
                return (started == rows).then_some(());
            }
            let mut count = 0;
            for level in &self.ahead {
                if *level == 0 {
                    if started == rows {
                        break;
                    }
                    started += 1;
                }
                count += 1;
            }
            // What goes on before anything started is nothing usual.
            if count > 0 && started == 0 {
                return None;
            }
            let is_end = count < self.ahead.len();
            cells.repeated.extend(self.ahead.drain(..count));
            self.take(count, cells)?;
            if is_end {
                return Some(());
            }
        }
    }

    /// How many entries of the page are still to be read.
    fn left(&self) -> usize {
        self.page.as_ref().map_or(0, |page| page.left)
    }

    /// Reads some levels of repetition; whether there are any.
    fn look_ahead(&mut self, cells: &mut Cells) -> Option<bool> {
        let is_new = self.left() == 0;
        if is_new && !self.open(cells)? {
            return Some(false);
        }
        let page = self.page.as_mut()?;
        page.repeated.as_mut()?.read(page.left.min(AHEAD), &mut self.ahead)?;
        let is_whole = !is_new || !page.is_whole || self.ahead.first() == Some(&0);
        let is_low = self.ahead.iter().all(|level| *level <= self.highest.repeated);
        (is_whole && is_low).then_some(true)
    }

    /// Opens the next page that has entries; whether there is one.
    fn open(&mut self, cells: &mut Cells) -> Option<bool> {
        self.page = None;
        loop {
            let Some(page) = self.pages.get_next_page().ok()? else { return Some(false) };
            if let Page::DictionaryPage { buf, num_values, encoding, .. } = &page {
                let is_usual = matches!(encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY) && !self.has_dictionary;
                cells.values.define(buf, size(*num_values)).filter(|()| is_usual)?;
                self.has_dictionary = true;
                continue;
            }
            self.entries += u64::from(page.num_values());
            if self.highest.repeated > 0 && self.entries > MOST_ENTRIES {
                return None;
            }
            self.page = Some(Open::new(&page, self.highest, self.has_dictionary)?);
            return (self.left() > 0).then_some(true);
        }
    }

    /// Reads so many entries of the page, which has them.
    fn take(&mut self, count: usize, cells: &mut Cells) -> Option<()> {
        let page = self.page.as_mut()?;
        let there = match &mut page.defined {
            None => {
                cells.fill(count);
                count
            }
            Some(runs) => {
                let start = cells.defined.len();
                runs.read(count, &mut cells.defined)?;
                cells.spread(start, self.highest.defined)?
            }
        };
        page.left = page.left.checked_sub(count)?;
        page.there = page.there.checked_sub(there)?;
        match &mut page.values {
            Values::Plain { bytes, at } => *at += cells.values.plain(bytes.get(*at..)?, there)?,
            Values::Coded(runs) => cells.values.coded(runs, there, &mut self.room)?,
        }
        Some(())
    }
}

impl Open {
    /// A page of data.
    fn new(page: &Page, highest: Highest, has_dictionary: bool) -> Option<Self> {
        let (entries, mut rest) = (page.num_values(), page.buffer().clone());
        let (repeated, defined, nulls) = match *page {
            Page::DataPage { rep_level_encoding, def_level_encoding, .. } => {
                let repeated = measured(&mut rest, highest.repeated, rep_level_encoding)?;
                (repeated, measured(&mut rest, highest.defined, def_level_encoding)?, 0)
            }
            Page::DataPageV2 { rep_levels_byte_len, def_levels_byte_len, num_nulls, .. } => {
                let repeated = cut(&mut rest, size(rep_levels_byte_len))?;
                let defined = cut(&mut rest, size(def_levels_byte_len))?;
                (levels(repeated, highest.repeated)?, levels(defined, highest.defined)?, num_nulls)
            }
            Page::DictionaryPage { .. } => return None,
        };
        Some(Self {
            left: size(entries),
            there: size(entries.checked_sub(nulls)?),
            repeated,
            defined,
            values: Values::new(rest, page.encoding(), has_dictionary)?,
            is_whole: matches!(page, Page::DataPageV2 { .. }),
        })
    }
}

impl Values {
    fn new(mut bytes: Bytes, encoding: Encoding, has_dictionary: bool) -> Option<Self> {
        match encoding {
            Encoding::PLAIN => Some(Self::Plain { bytes, at: 0 }),
            Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY if has_dictionary => {
                let width = *cut(&mut bytes, 1)?.first()?;
                Runs::new(bytes, usize::from(width)).map(Self::Coded)
            }
            _ => None,
        }
    }
}

/// Levels behind their length, cut off.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn measured(rest: &mut Bytes, highest: u32, encoding: Encoding) -> Option<Option<Runs>> {
    if highest == 0 {
        return Some(None);
    }
    let length = cut(rest, size_of::<u32>()).filter(|_| encoding == Encoding::RLE)?;
    levels(cut(rest, size(u32::from_le_bytes(*length.first_chunk()?)))?, highest)
}

/// Levels up to the highest one; none where that is zero.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn levels(bytes: Bytes, highest: u32) -> Option<Option<Runs>> {
    let width = usize::try_from(u32::BITS - highest.leading_zeros()).ok()?;
    if highest == 0 { Some(None) } else { Runs::new(bytes, width).map(Some) }
}

/// Cuts off the first bytes.
fn cut(bytes: &mut Bytes, length: usize) -> Option<Bytes> {
    (length <= bytes.len()).then(|| bytes.split_to(length))
}
