//! A small JSON reader that keeps numbers exact. An object that has a key twice is no JSON here:
//! which of the two values was meant, nobody can say.

use super::decimal::Decimal;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Number(Decimal),
    Text(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// Canonical text: keys in order of their bytes, numbers in shortest exact decimal form, no white space.
    /// A `null` is an absent field, so that fields that are null are left out.
    pub(crate) fn canonical(&self) -> String {
        match self {
            Value::Null => "null".to_string(),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => quote(text),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Value::canonical).collect();
                format!("[{}]", items.join(","))
            }
            Value::Object(fields) => canonical_object(fields),
        }
    }
}

/// Canonical text of an object; see [`Value::canonical`].
pub(crate) fn canonical_object(fields: &BTreeMap<String, Value>) -> String {
    let present = fields.iter().filter(|(_, value)| **value != Value::Null);
    let fields: Vec<String> = present.map(|(key, value)| format!("{}:{}", quote(key), value.canonical())).collect();
    format!("{{{}}}", fields.join(","))
}

fn quote(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

type Input<'a> = Peekable<Chars<'a>>;

/// The value that `text` is, or `None` if it is not JSON.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let mut input = text.chars().peekable();
    let value = value(&mut input, 0)?;
    skip_space(&mut input);
    input.peek().is_none().then_some(value)
}

fn skip_space(input: &mut Input) {
    while input.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
}

fn expect(input: &mut Input, wanted: &str) -> Option<()> {
    wanted.chars().all(|c| input.next() == Some(c)).then_some(())
}

fn value(input: &mut Input, depth: u32) -> Option<Value> {
    if depth > 127 {
        return None;
    }
    skip_space(input);
    match input.peek()? {
        '{' => object(input, depth),
        '[' => list(input, depth),
        '"' => Some(Value::Text(string(input)?)),
        't' => expect(input, "true").map(|()| Value::Flag(true)),
        'f' => expect(input, "false").map(|()| Value::Flag(false)),
        'n' => expect(input, "null").map(|()| Value::Null),
        _ => number(input),
    }
}

fn object(input: &mut Input, depth: u32) -> Option<Value> {
    let mut fields = BTreeMap::new();
    expect(input, "{")?;
    skip_space(input);
    if input.next_if_eq(&'}').is_some() {
        return Some(Value::Object(fields));
    }
    loop {
        skip_space(input);
        let key = string(input)?;
        skip_space(input);
        expect(input, ":")?;
        if fields.insert(key, value(input, depth + 1)?).is_some() {
            return None;
        }
        skip_space(input);
        match input.next()? {
            ',' => {}
            '}' => return Some(Value::Object(fields)),
            _ => return None,
        }
    }
}

fn list(input: &mut Input, depth: u32) -> Option<Value> {
    let mut items = Vec::new();
    expect(input, "[")?;
    skip_space(input);
    if input.next_if_eq(&']').is_some() {
        return Some(Value::List(items));
    }
    loop {
        items.push(value(input, depth + 1)?);
        skip_space(input);
        match input.next()? {
            ',' => {}
            ']' => return Some(Value::List(items)),
            _ => return None,
        }
    }
}

fn string(input: &mut Input) -> Option<String> {
    let mut text = String::new();
    expect(input, "\"")?;
    loop {
        match input.next()? {
            '"' => return Some(text),
            '\\' => text.push(escape(input)?),
            c if c < ' ' => return None,
            c => text.push(c),
        }
    }
}

fn escape(input: &mut Input) -> Option<char> {
    Some(match input.next()? {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = hex4(input)?;
            if (0xd800..0xdc00).contains(&first) {
                expect(input, "\\u")?;
                let second = hex4(input)?;
                if !(0xdc00..0xe000).contains(&second) {
                    return None;
                }
                char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?
            } else {
                char::from_u32(first)?
            }
        }
        _ => return None,
    })
}

fn hex4(input: &mut Input) -> Option<u32> {
    (0..4).try_fold(0, |sum, _| Some(sum * 16 + input.next()?.to_digit(16)?))
}

/// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
fn number(input: &mut Input) -> Option<Value> {
    let mut text = String::new();
    text.extend(input.next_if_eq(&'-'));
    let whole = digits(input)?;
    if whole.len() > 1 && whole.starts_with('0') {
        return None;
    }
    text.push_str(&whole);
    if input.next_if_eq(&'.').is_some() {
        text.push('.');
        text.push_str(&digits(input)?);
    }
    if input.next_if(|c| matches!(c, 'e' | 'E')).is_some() {
        text.push('e');
        text.extend(input.next_if(|c| matches!(c, '+' | '-')));
        text.push_str(&digits(input)?);
    }
    Decimal::parse(&text).map(Value::Number)
}

fn digits(input: &mut Input) -> Option<String> {
    let mut text = String::new();
    while let Some(c) = input.next_if(char::is_ascii_digit) {
        text.push(c);
    }
    (!text.is_empty()).then_some(text)
}
