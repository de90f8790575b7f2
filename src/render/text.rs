//! Lines of text: what is foreign is made harmless, what is long is broken, what belongs together stays together.

/// Keeps two words on one line; [`wrap`] makes it a space.
pub(super) const GLUE: char = '\u{a0}';

/// Whether a character would not be seen as what it is: controls, marks that turn the direction of text, and
/// characters without a shape.
pub(super) fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            u32::from(sign),
            0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb
                | 0xe0000..=0xe007f
        )
}

/// Foreign text on one line, hidden characters written out (`\u{202E}`), so that it can neither move the cursor nor
/// look like something else.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if is_hidden(sign) {
            out += &written_out(sign);
        } else {
            out.push(sign);
        }
    }
    out
}

/// `\u{202E}`, as a policy would write it.
pub(super) fn written_out(sign: char) -> String {
    format!("\\u{{{:X}}}", u32::from(sign))
}

/// The start of a text, so many characters at most, with a sign that there was more.
pub(super) fn clip(text: &str, most: usize, more: &str) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(more.chars().count())).collect();
    kept + more
}

/// Columns that a text takes, escapes for colours not counted.
pub(super) fn width(text: &str) -> usize {
    let (mut columns, mut escaped) = (0, false);
    for sign in text.chars() {
        match (escaped, sign) {
            (false, '\u{1b}') => escaped = true,
            (false, _) => columns += 1,
            (true, 'm') => escaped = false,
            (true, _) => {}
        }
    }
    columns
}

/// The text and spaces behind it up to that width.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Spaces up to that width and the text.
pub(super) fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// Breaks a text at spaces, with `first` before its first line and `rest` before the others; ends with a line break.
/// A word that is too long stands alone on its line; the glue before a word that starts a line is dropped.
pub(super) fn wrap(text: &str, first: &str, rest: &str, columns: usize) -> String {
    let (mut out, mut used, mut empty) = (first.to_owned(), width(first), true);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = width(word) + usize::from(!empty);
        if !empty && used + needed > columns {
            out.push('\n');
            out.push_str(rest);
            (used, empty) = (width(rest), true);
        }
        let word = if empty { word.trim_start_matches(GLUE) } else { word };
        if !empty {
            out.push(' ');
        }
        out.push_str(word);
        used += width(word) + usize::from(!empty);
        empty = false;
    }
    let mut out = out.trim_end().replace(GLUE, " ");
    out.push('\n');
    out
}

/// `1 sample`, `1,240 samples`.
pub(super) fn plural(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{}{GLUE}{noun}{s}", thousands(n))
}

/// `1,240`
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn list(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(clean("a\u{202e}b\u{1b}[31m\tc\u{feff}é"), "a\\u{202E}b\\u{1B}[31m\\u{9}c\\u{FEFF}é");
    }

    #[test]
    fn lines_break_at_spaces_and_keep_what_is_glued() {
        let glued = format!("at least 90{GLUE}% of all that was seen");
        assert_eq!(wrap(&glued, "- ", "  ", 13), "- at least\n  90 % of all\n  that was\n  seen\n");
        assert_eq!(wrap("incomprehensibilities", "", "", 5), "incomprehensibilities\n");
        assert_eq!(wrap("\u{1b}[31mred\u{1b}[0m and", "", "", 7), "\u{1b}[31mred\u{1b}[0m and\n");
        assert_eq!(wrap("", "  ", "  ", 5), "\n");
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(plural(1, "sample").replace(GLUE, " "), "1 sample");
        assert_eq!(plural(1_234_567, "sample").replace(GLUE, " "), "1,234,567 samples");
        assert_eq!((thousands(0), thousands(999), thousands(1000)), ("0".into(), "999".into(), "1,000".into()));
        assert_eq!(clip("abcdef", 4, "…"), "abc…");
        assert_eq!(clip("abcd", 4, "…"), "abcd");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()], "or"), "a, b or c");
    }
}
