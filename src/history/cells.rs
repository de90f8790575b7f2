//! The cells of a block of text: found in one sweep where its rows are of the usual form, and by the plain reader
//! ([`super::separated::each_row`]) where they are not. Both find the same (`tests::both_ways_find_the_same_cells`).

use super::blocks::Block;
use super::intake::{Place, Reason};
use super::line::Fault;
use super::read::not_utf8;
use super::separated::{closed, each_row, line_ends};
use super::table::{Rows, Value};
use crate::value::Instant;
use std::borrow::Cow;
use std::convert::Infallible;
use std::ops::Range;
use wide::u8x16;

/// How rows are written: what stands between their cells, how many there are, and the line of their names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) width: usize,
    pub(super) header: u64,
}

/// The cells of a block.
#[derive(Debug, Default)]
pub(super) struct Cells<'b> {
    text: Cow<'b, str>,
    /// Where in the text each cell is, row after row.
    spans: Vec<Span>,
    /// Where each row stands, and how long it is.
    places: Vec<(Place, usize)>,
    width: usize,
    /// Rows that are none: why, and their text.
    pub(super) unread: Vec<(Place, Fault, String)>,
}

/// Where a cell starts and ends.
#[derive(Clone, Copy, Debug)]
struct Span(u32, u32);

impl Span {
    /// That of some bytes of a text which is [`LONGEST`] at most.
    #[inline]
    fn new(start: usize, end: usize) -> Self {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self(short(start), short(end))
    }

    #[inline]
    fn range(self) -> Range<usize> {
        size(self.0)..size(self.1)
    }
}

/// A number of four bytes, as one of things in memory.
pub(super) fn size(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The longest text of a block: a block is little longer than the longest line.
const LONGEST: usize = u32::MAX as usize;

impl Rows for Cells<'_> {
    type Lists = Infallible;

    fn len(&self) -> usize {
        self.places.len()
    }

    fn place(&self, row: usize) -> Place {
        self.places[row].0
    }

    #[inline]
    fn value(&self, row: usize, column: usize) -> Value<'_> {
        self.cell(row, column).map_or(Value::Absent, Value::Text)
    }

    #[inline]
    fn text(&self, row: usize, column: usize) -> Option<&str> {
        self.cell(row, column).filter(|cell| !cell.is_empty())
    }

    #[inline]
    fn time(&self, _: usize, _: usize) -> Option<Instant> {
        None
    }

    #[inline]
    fn is_nothing(&self, row: usize, column: usize) -> bool {
        self.span(row, column).is_none_or(|span| span.0 == span.1)
    }

    fn length(&self, row: usize) -> usize {
        self.places[row].1
    }
}

impl<'b> Cells<'b> {
    #[inline]
    fn span(&self, row: usize, column: usize) -> Option<Span> {
        self.spans.get(row * self.width + column).copied()
    }

    #[inline]
    fn cell(&self, row: usize, column: usize) -> Option<&str> {
        self.text.get(self.span(row, column)?.range())
    }

    /// The cells of each row of a block, but for the one of the names.
    pub(super) fn of(block: &'b Block, layout: Layout) -> Self {
        Self::swift(block, layout).unwrap_or_else(|| Self::plain(block, layout))
    }

    /// By the plain reader; a cell stands without its quotes in a text of its own.
    fn plain(block: &Block, layout: Layout) -> Cells<'static> {
        let (mut found, mut all) = (Cells { width: layout.width, ..Cells::default() }, String::new());
        each_row(block, layout.delimiter, |place, text, cells| {
            if place.line == layout.header || text.is_empty() {
                return;
            }
            if std::str::from_utf8(text).is_err() {
                return found.unread.push((place, not_utf8(), String::from_utf8_lossy(text).into_owned()));
            }
            if cells.len() != layout.width {
                let text = String::from_utf8_lossy(text).into_owned();
                return found.unread.push((place, ragged(cells.len(), layout.width), text));
            }
            for cell in cells {
                let start = all.len();
                all.push_str(&String::from_utf8_lossy(cell));
                found.spans.push(Span::new(start, all.len()));
            }
            found.places.push((place, text.len()));
        });
        found.text = Cow::Owned(all);
        found
    }

    /// In one sweep over the text; nothing where anything in it is unusual.
    fn swift(block: &'b Block, layout: Layout) -> Option<Self> {
        let text = std::str::from_utf8(&block.bytes)
            .ok()
            .filter(|text| !text.starts_with('\u{feff}') && text.len() <= LONGEST)?;
        if memchr::memchr2(b'"', b'\r', text.as_bytes()).is_none() {
            return Some(Self::bare(text, block, layout));
        }
        let mut sweep = Sweep::new(text, block.first_line, layout.delimiter);
        let mut found = Self { text: Cow::Borrowed(text), width: layout.width, ..Self::default() };
        while let Some((line, start)) = sweep.start()? {
            sweep.row(&mut found.spans)?;
            found.end_row(Place { input: block.input, line }, &text[start..sweep.at], layout.header);
        }
        Some(found)
    }

    /// The same where no cell is in quotes, and lines end in `\n` alone.
    fn bare(text: &'b str, block: &Block, layout: Layout) -> Self {
        let mut found = Self::with_room(text, layout.width);
        let mut marks = Marks::new(text.as_bytes(), layout.delimiter);
        let mut place = Place { input: block.input, line: block.first_line };
        let (mut row, mut start) = (0, 0);
        while start <= text.len() {
            let mark = marks.next();
            let end = mark.unwrap_or(text.len());
            let ends_row = mark.is_none_or(|mark| text.as_bytes()[mark] == b'\n');
            // Empty lines are no rows.
            if row < end || !ends_row {
                found.spans.push(Span::new(start, end));
            }
            start = end + 1;
            if ends_row {
                if row < end {
                    found.end_row(place, &text[row..end], layout.header);
                }
                row = start;
                place.line += 1;
            }
        }
        found
    }

    /// Nothing yet, but room for as many rows as there would be if all were about as long as the first, up to a limit.
    fn with_room(text: &'b str, width: usize) -> Self {
        let first = memchr::memchr(b'\n', text.as_bytes()).unwrap_or(text.len());
        let rows = (text.len() / (first + 1) * 9 / 8 + 1).min(MOST_ROOM / width.max(1));
        let (spans, places) = (Vec::with_capacity(rows * width), Vec::with_capacity(rows));
        Self { text: Cow::Borrowed(text), spans, places, width, unread: Vec::new() }
    }

    /// Ends a row whose cells were found; it is none where it is the one of the names, or blank, or of another width.
    #[inline]
    fn end_row(&mut self, place: Place, text: &str, header: u64) {
        let first = self.places.len() * self.width;
        let count = self.spans.len() - first;
        let is_blank = text.starts_with(|first: char| first.is_ascii_whitespace()) && text.trim_ascii().is_empty();
        if !is_blank && place.line != header {
            if count == self.width {
                return self.places.push((place, text.len()));
            }
            self.unread.push((place, ragged(count, self.width), text.trim_ascii().to_owned()));
        }
        self.spans.truncate(first);
    }
}

/// The most cells that room is made for in advance.
const MOST_ROOM: usize = 1 << 15;

/// Where a sweep stands.
struct Sweep<'b> {
    text: &'b str,
    marks: Marks<'b>,
    at: usize,
    line: u64,
    delimiter: u8,
}

impl<'b> Sweep<'b> {
    fn new(text: &'b str, line: u64, delimiter: u8) -> Self {
        Self { text, marks: Marks::new(text.as_bytes(), delimiter), at: 0, line, delimiter }
    }

    #[inline]
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The line and the place where the next row begins, behind empty lines.
    #[expect(clippy::option_option, reason = "the outer one gives up")]
    #[inline]
    fn start(&mut self) -> Option<Option<(u64, usize)>> {
        loop {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (None, _) => return Some(None),
                (Some(b'\n'), _) => self.at += 1,
                (Some(b'\r'), Some(b'\n')) => self.at += 2,
                (Some(b'\r'), _) => return None,
                _ => return Some(Some((self.line, self.at))),
            }
            self.line += 1;
        }
    }

    /// The cells of a row, to behind its end.
    #[inline]
    fn row(&mut self, cells: &mut Vec<Span>) -> Option<()> {
        loop {
            let (cell, next) = if self.byte(self.at) == Some(b'"') { self.quoted()? } else { self.bare()? };
            cells.push(Span::new(cell.start, cell.end));
            self.at = (next + 1).min(self.text.len());
            match self.byte(next) {
                Some(byte) if byte == self.delimiter => {}
                Some(_) => {
                    self.line += 1;
                    return Some(());
                }
                None => return Some(()),
            }
        }
    }

    /// A cell without quotes, and where it is followed by something.
    #[inline]
    fn bare(&mut self) -> Option<(Range<usize>, usize)> {
        let start = self.at;
        loop {
            let mark = self.marks.find(|mark| *mark >= start).unwrap_or(self.text.len());
            match self.byte(mark) {
                // Where no cell begins, it is a letter like any other.
                Some(b'"') => {}
                Some(b'\r') => {
                    return matches!(self.byte(mark + 1), None | Some(b'\n')).then_some((start..mark, mark + 1));
                }
                _ => return Some((start..mark, mark)),
            }
        }
    }

    /// A cell in quotes that has none in it.
    fn quoted(&mut self) -> Option<(Range<usize>, usize)> {
        let bytes = self.text.as_bytes();
        let (start, behind) = (self.at + 1, closed(bytes, self.at + 1)?);
        let inner = &bytes[start..behind - 1];
        if memchr::memchr(b'"', inner).is_some() {
            return None;
        }
        self.line += line_ends(inner);
        let next = behind + usize::from(self.byte(behind) == Some(b'\r'));
        let is_end = matches!(self.byte(next), None | Some(b'\n'));
        let is_next = next == behind && self.byte(next) == Some(self.delimiter);
        (is_end || is_next).then_some((start..behind - 1, next))
    }
}

/// The places of what may end a cell, found in sixteen bytes at once.
struct Marks<'b> {
    bytes: &'b [u8],
    delimiter: u8,
    /// Where the next sixteen bytes begin.
    next: usize,
    /// Those of the last sixteen that were not given yet, a bit each.
    left: u32,
}

impl<'b> Marks<'b> {
    fn new(bytes: &'b [u8], delimiter: u8) -> Self {
        Self { bytes, delimiter, next: 0, left: 0 }
    }

    /// Which of the bytes from a place on are marks; nothing at the end.
    #[inline]
    fn marked(&self, from: usize) -> Option<u32> {
        let rest = self.bytes.get(from..).filter(|rest| !rest.is_empty())?;
        let part = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut part = [0; PART];
            part[..rest.len()].copy_from_slice(rest);
            part
        });
        let part = u8x16::new(part);
        let is = |byte| part.simd_eq(u8x16::splat(byte));
        Some((is(self.delimiter) | is(b'\n') | is(b'"') | is(b'\r')).to_bitmask())
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.left = self.marked(self.next)?;
            self.next += PART;
        }
        let mark = self.next - PART + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(mark)
    }
}

/// Bytes that are looked at at once.
const PART: usize = 16;

fn ragged(cells: usize, width: usize) -> Fault {
    let why = format!("it has {cells} cells, and the row of names {width}; is a quote missing, or one too many?");
    Fault { reason: Reason::Unparsable, why }
}

#[cfg(test)]
mod tests {
    use super::{Block, Cells, Layout};
    use crate::history::table::{Rows, Value};
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    type Found = (Vec<(u64, Vec<String>)>, Vec<(u64, String, String)>);

    fn told(cells: &Cells) -> Found {
        let cell = |row, column| match cells.value(row, column) {
            Value::Text(text) => text.to_owned(),
            other => format!("{other:?}"),
        };
        let row = |row| (cells.place(row).line, (0..cells.width).map(|column| cell(row, column)).collect());
        let unread = cells.unread.iter().map(|(place, fault, text)| (place.line, fault.why.clone(), text.clone()));
        ((0..cells.len()).map(row).collect(), unread.collect())
    }

    fn block(first_line: u64, bytes: &[u8]) -> Block {
        Block { input: 0, first_line, bytes: bytes.to_vec(), too_long: false }
    }

    const LAYOUT: Layout = Layout { delimiter: b',', width: 3, header: 1 };

    #[test]
    fn usual_rows_are_swept() {
        for text in ["a,b,c\n1,,3\n\n4,5\n , ,\n", "1,2,3\r\n\"x, \n y\",,\"\"\r\n\r\n7,8,9", "\"a\",\"b\",\"c\"", ""] {
            let block = block(7, text.as_bytes());
            let swift = Cells::swift(&block, LAYOUT);
            assert_eq!(swift.as_ref().map(told), Some(told(&Cells::plain(&block, LAYOUT))), "{text:?}");
        }
    }

    /// Parts of rows, most of which are usual.
    fn part() -> impl Strategy<Value = Vec<u8>> {
        let usual = prop_oneof![
            6 => Just("ab,"), 6 => Just(","), 4 => Just("x y\n"), 3 => Just("1,2,3\n"), 2 => Just("\"q\","), 2 => Just("\"a,\nb\"\n"),
            1 => Just("\r\n"), 1 => Just("\n"), 1 => Just("\""), 1 => Just("\"\""), 1 => Just("\r"), 1 => Just(" "), 1 => Just("é"),
            1 => Just("\u{feff}"), 1 => Just("\0"), 1 => Just("\t"),
        ];
        prop_oneof![20 => usual.prop_map(|it| it.as_bytes().to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..3)]
    }

    proptest! {
        #[test]
        fn both_ways_find_the_same_cells(parts in prop::collection::vec(part(), 0..24), first in 1..3_u64, tabs in any::<bool>()) {
            let bytes = parts.concat();
            let bytes = if tabs { bytes.iter().map(|it| if *it == b',' { b'\t' } else { *it }).collect() } else { bytes };
            let block = block(first, &bytes);
            let layout = Layout { delimiter: if tabs { b'\t' } else { b',' }, ..LAYOUT };
            if let Some(swift) = Cells::swift(&block, layout) {
                prop_assert_eq!(told(&swift), told(&Cells::plain(&block, layout)));
            }
        }
    }
}
