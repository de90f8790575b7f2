//! Byte offsets to lines and columns.

use std::ops::Range;

/// Where the lines of a text start, so that a place is found without reading the text from its start.
#[derive(Clone, Debug, Default)]
pub struct Lines(Vec<u32>);

impl Lines {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = breaks.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self([0].into_iter().chain(starts).collect())
    }

    /// The line of a byte offset, from 1.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|start| *start as usize <= offset).max(1)
    }

    /// The bytes of a line, its break included; none of one that is not there.
    #[must_use]
    pub fn range(&self, text: &str, line: usize) -> Range<usize> {
        let start = |line: usize| self.0.get(line).map_or(text.len(), |start| *start as usize);
        start(line.saturating_sub(1))..start(line)
    }

    /// What [`position`] gives.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> (usize, usize) {
        let line = self.line(offset.min(text.len()));
        let start = self.range(text, line).start;
        let (_, column) = position(&text[start..], offset.saturating_sub(start));
        (line, column)
    }
}

/// Line and column of a byte offset, both from 1; columns count characters. Offsets past the end count as the end.
#[must_use]
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::{Lines, position};

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(position("ab\näö x", 0), (1, 1));
        assert_eq!(position("ab\näö x", 8), (2, 4));
        assert_eq!(position("ab\näö x", 4), (2, 1));
        assert_eq!(position("ab\n", 99), (2, 1));
    }

    #[test]
    fn the_index_says_the_same() {
        for text in ["", "a", "ab\näö x", "ab\n", "\n\r\n\nx\n"] {
            let lines = Lines::of(text);
            for offset in 0..text.len() + 3 {
                assert_eq!(lines.position(text, offset), position(text, offset), "{text:?} at {offset}");
            }
            let parts: String = (1..9).map(|line| &text[lines.range(text, line)]).collect();
            assert_eq!(parts, text);
        }
    }
}
