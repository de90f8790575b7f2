//! The words of a policy (language.md §2).

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Word(String),
    Text(String),
    Mark(String),
}

/// Words (names, numbers, durations, dates), strings, and marks.
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        match chars[at] {
            c if c.is_whitespace() => at += 1,
            '#' => {
                while at < chars.len() && chars[at] != '\n' {
                    at += 1;
                }
            }
            '"' => {
                let (text, next) = string(&chars, at + 1)?;
                found.push(Token::Text(text));
                at = next;
            }
            '{' | '}' | '(' | ')' | ',' => {
                found.push(Token::Mark(chars[at].to_string()));
                at += 1;
            }
            '=' | '!' | '<' | '>' => {
                at += if chars.get(at + 1) == Some(&'=') { 2 } else { 1 };
                found.push(Token::Mark(chars[start..at].iter().collect()));
            }
            c if word_char(c) => {
                while at < chars.len() && word_char(chars[at]) {
                    at += 1;
                }
                found.push(Token::Word(chars[start..at].iter().collect()));
            }
            c => return Err(format!("unexpected {c:?}")),
        }
    }
    Ok(found)
}

fn word_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '%' | '+' | '-')
}

fn string(chars: &[char], mut at: usize) -> Result<(String, usize), String> {
    let mut text = String::new();
    loop {
        match chars.get(at).ok_or("unterminated string")? {
            '"' => return Ok((text, at + 1)),
            '\\' => {
                at += 1;
                match chars.get(at).ok_or("unterminated string")? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'u' => {
                        let end = chars[at..].iter().position(|c| *c == '}').ok_or("unterminated escape")? + at;
                        let hex: String = chars[at + 2..end].iter().collect();
                        let code = u32::from_str_radix(&hex, 16).map_err(|_| "bad escape")?;
                        text.push(char::from_u32(code).ok_or("bad escape")?);
                        at = end;
                    }
                    c => text.push(*c),
                }
            }
            c => text.push(*c),
        }
        at += 1;
    }
}
