//! Byte offsets to lines and columns.

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
    use super::position;

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(position("ab\näö x", 0), (1, 1));
        assert_eq!(position("ab\näö x", 8), (2, 4));
        assert_eq!(position("ab\näö x", 4), (2, 1));
        assert_eq!(position("ab\n", 99), (2, 1));
    }
}
