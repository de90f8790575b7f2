//! Rows of cells between commas or tabs (RFC 4180): where they end, and what their cells are.
//!
//! A quote opens where a cell begins, and only there; in it, a quote is written twice. Everything else is as it stands.
//! Rows end in `\n` or `\r\n`, or, as some old programs write them, in `\r` alone.

use super::blocks::Block;
use super::intake::Place;
use csv::{ByteRecord, ReaderBuilder};

/// Behind the last row that ends in these bytes, which start with a row; and where a quote opens that they do not close.
pub(super) fn last_end(bytes: &[u8], delimiter: u8) -> (Option<usize>, Option<usize>) {
    let (end, open) = last_at(bytes, delimiter, b'\n');
    match bytes.split_last() {
        // Behind the last byte a `\n` may follow.
        Some((_, before)) if end.is_none() && memchr::memchr(b'\r', before).is_some() => {
            (last_at(before, delimiter, b'\r').0, open)
        }
        _ => (end, open),
    }
}

/// The same where rows end in this byte.
fn last_at(bytes: &[u8], delimiter: u8, ends: u8) -> (Option<usize>, Option<usize>) {
    if memchr::memchr(b'"', bytes).is_none() {
        return (memchr::memrchr(ends, bytes).map(|at| at + 1), None);
    }
    let (mut at, mut end) = (0, None);
    while let Some(next) = memchr::memchr2(b'"', ends, &bytes[at..]).map(|found| at + found) {
        at = next + 1;
        if bytes[next] == ends {
            end = Some(at);
        } else if opens(&bytes[..next], delimiter) {
            match closed(bytes, at) {
                Some(behind) => at = behind,
                None => return (end, Some(next)),
            }
        }
    }
    (end, None)
}

/// How many lines end in these bytes.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let alone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    (memchr::memchr_iter(b'\n', bytes).count() + memchr::memchr_iter(b'\r', bytes).filter(alone).count()) as u64
}

/// Whether a quote behind these bytes is the start of a cell.
fn opens(before: &[u8], delimiter: u8) -> bool {
    before.last().is_none_or(|last| *last == delimiter || matches!(last, b'\n' | b'\r')) || before == b"\xef\xbb\xbf"
}

/// Behind the quote that closes what was opened before `at`.
pub(super) fn closed(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr::memchr(b'"', &bytes[at..])? + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            _ => return Some(at),
        }
    }
}

/// The cells of each row of a block, with its place and its text; empty lines are no rows.
pub(super) fn each_row(block: &Block, delimiter: u8, mut row: impl FnMut(Place, &[u8], &ByteRecord)) {
    let mark = if block.first_line == 1 && block.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let bytes = &block.bytes[mark..];
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut cells = ByteRecord::new();
    let (mut line, mut counted) = (block.first_line, 0);
    // Bytes in memory can always be read, and rows may be of any length.
    while reader.read_byte_record(&mut cells).unwrap_or(false) {
        let start = cells.position().map_or(0, |start| usize::try_from(start.byte()).unwrap_or(0));
        let end = usize::try_from(reader.position().byte()).unwrap_or(bytes.len()).min(bytes.len());
        let text = &bytes[start.min(end)..end];
        // The reader counts the ends of lines before a row to the row, and none that is a `\r` alone.
        let blank = text.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let first = (start + blank).min(end);
        line += line_ends(&bytes[counted..first]);
        counted = first;
        row(Place { input: block.input, line }, text.trim_ascii(), &cells);
    }
}

#[cfg(test)]
mod tests {
    use super::{each_row, last_end};
    use crate::history::blocks::Block;

    fn rows(text: &str) -> Vec<(u64, String, Vec<String>)> {
        let block = Block { input: 0, first_line: 1, bytes: text.as_bytes().to_vec(), too_long: false };
        let mut rows = Vec::new();
        each_row(&block, b',', |place, text, cells| {
            let text_of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            rows.push((place.line, text_of(text), cells.iter().map(text_of).collect()));
        });
        rows
    }

    #[test]
    fn rows_know_their_lines() {
        let text = "\u{feff}a,\"b\"\r\n\r\n1,\"x\n\"\"y\"\"\"\n\n2,5\" pipe\r\n3,";
        let found = rows(text);
        let lines: Vec<u64> = found.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [1, 3, 6, 7]);
        let cells: Vec<Vec<&str>> =
            found.iter().map(|(.., cells)| cells.iter().map(String::as_str).collect()).collect();
        assert_eq!(cells, [vec!["a", "b"], vec!["1", "x\n\"y\""], vec!["2", "5\" pipe"], vec!["3", ""]]);
        assert_eq!(found[2].1, "2,5\" pipe");
    }

    #[test]
    fn a_return_alone_ends_a_row() {
        let found = rows("a,b\r1,\"x\ry\"\r\r2,z\r\n3,\n4,5\r");
        let lines: Vec<(u64, &str)> = found.iter().map(|(line, text, _)| (*line, text.as_str())).collect();
        assert_eq!(lines, [(1, "a,b"), (2, "1,\"x\ry\""), (5, "2,z"), (6, "3,"), (7, "4,5")]);
    }

    #[test]
    fn a_row_ends_outside_of_quotes() {
        for (text, end, open) in [
            ("a,b\nc", Some(4), None),
            ("\"a\nb\",c\nd,\"e\n", Some(8), Some(10)),
            ("a\"b\nc", Some(4), None),
            ("\"a\"\"\nb\"\n", Some(8), None),
            ("\u{feff}\"a\n", None, Some(3)),
            ("", None, None),
            ("a,b\rc\r", Some(4), None),
            ("a,b\r\"c\rd\",e\rf", Some(12), None),
            ("a,b\r\"c\rd", Some(4), Some(4)),
            ("a\rb\nc\rd", Some(4), None),
        ] {
            assert_eq!(last_end(text.as_bytes(), b','), (end, open), "{text:?}");
        }
    }
}
