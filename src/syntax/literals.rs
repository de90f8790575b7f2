//! Literals: what stands where a value must, read whatever it is. One that is no value is `Faulty`, and reported.

use super::ast::{Literal, Name, Value};
use super::grammar::{self, Pair, Rule};
use super::reader::Reader;
use super::words::shown;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::source::{Span, Spanned};
use crate::value::duration::Unit;
use crate::value::{Decimal, Duration, Instant, Number};

/// The longest duration, in days: a hundred years.
const LONGEST: i64 = 36_500;
/// Decimals that a literal may have.
const DECIMALS: usize = 6;

/// Longer literals are not told apart when they are faulty.
const TELLABLE: usize = 40;

/// Why a text is no literal: code, message and what to write.
struct Fault {
    code: Code,
    message: String,
    help: String,
    /// What can only have been meant.
    meant: Option<String>,
}

impl Fault {
    /// Clearly a value, but out of range or with a malformed unit.
    fn value(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: Code::WrongValue, message: message.into(), help: help.into(), meant: None }
    }

    /// Not the language.
    fn syntax(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: Code::SyntaxError, message: message.into(), help: help.into(), meant: None }
    }

    /// This can only have been meant.
    fn meant(mut self, text: impl Into<Option<String>>) -> Self {
        self.meant = text.into();
        self
    }
}

impl Reader<'_> {
    /// Any literal.
    pub(super) fn value(&mut self, pair: &Pair<'_>) -> Value {
        let span = self.extent(pair);
        let text = pair.as_str();
        let literal = match text.chars().next() {
            Some('"' | '\'' | '‘' | '“' | '”' | '„') => Literal::Text(self.string(text, span)),
            Some(first) if first.is_alphabetic() || first == '_' => Literal::Word(text.to_owned()),
            _ => self.lump(text, span),
        };
        Value { literal, span }
    }

    /// The literal in one part of a pair.
    pub(super) fn value_in(&mut self, pair: &Pair<'_>, rule: Rule) -> Option<Value> {
        grammar::part(pair, rule).map(|part| self.value(&part))
    }

    /// A string where only a string may stand.
    pub(super) fn text(&mut self, pair: &Pair<'_>) -> Name {
        let span = self.extent(pair);
        Spanned::new(self.string(pair.as_str(), span), span)
    }

    /// Everything that starts like a number.
    fn lump(&mut self, text: &str, span: Span) -> Literal {
        match number_like(text) {
            Ok(literal) => literal,
            // A space that is none, before the unit, is reported as that.
            Err(_) if self.slice(span) != text => Literal::Faulty,
            Err(fault) => {
                let fix = fault.meant.map(|text| Fix::write(span, text));
                self.report(Diagnostic::new(fault.code, span, fault.message).help(fault.help).fix(fix));
                Literal::Faulty
            }
        }
    }

    /// What a string says; faults in it are reported.
    fn string(&mut self, text: &str, span: Span) -> String {
        let Some(body) = text.strip_prefix('"') else {
            return self.quoted(text, span);
        };
        let mut said = String::new();
        let mut at = 0;
        while let Some(letter) = body[at..].chars().next() {
            let start = at;
            at += letter.len_utf8();
            match letter {
                '"' => return said,
                '\\' => at += self.escape(&body[at..], span, start + 1, &mut said),
                _ => said.push(letter),
            }
        }
        let quote = Span { end: span.start + 1, ..span };
        let report = Self::fault(quote, "this string is not closed").label("opened here");
        self.report(report.help("a string ends on the line it starts on: write the closing `\"`"));
        said
    }

    /// One escape, given what follows its `\`; returns the length of what belongs to it.
    fn escape(&mut self, rest: &str, string: Span, at: usize, said: &mut String) -> usize {
        let plain = match rest.chars().next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some(same @ ('"' | '\\')) => Some(same),
            _ => None,
        };
        if let Some(letter) = plain {
            said.push(letter);
            return 1;
        }
        if let Some((letter, length)) = code_point(rest) {
            said.push(letter);
            return length;
        }
        let length = rest.chars().next().map_or(0, char::len_utf8);
        let start = string.start as usize + at;
        let span = self.span(start, start + 1 + length);
        let report = Self::fault(span, format!("`{}` is not an escape", shown(self.slice(span))));
        self.report(report.help("write `\\\"`, `\\\\`, `\\n`, `\\t` or `\\u{…}` with up to six hexadecimal digits"));
        length
    }

    /// A string in the wrong quotes.
    fn quoted(&mut self, text: &str, span: Span) -> String {
        let said = text.trim_matches(['\'', '‘', '’', '“', '”', '„']).to_owned();
        let report = Self::fault(span, "a string stands in double quotes");
        let closed = text.len() > 1 && text.ends_with(['\'', '’', '“', '”']) && !said.contains(char::is_control);
        let proper = || format!("\"{}\"", said.replace('\\', "\\\\").replace('"', "\\\""));
        let fix = closed.then(|| Fix::write(span, proper()));
        self.report(report.help(format!("write `\"{}\"`", shown(&said))).fix(fix));
        said
    }
}

/// `u{1F600}` and its length.
fn code_point(rest: &str) -> Option<(char, usize)> {
    let digits = rest.strip_prefix("u{")?.split_once('}')?.0;
    let valid = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let letter = char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| valid)?)?;
    Some((letter, digits.len() + 3))
}

/// A number, duration, percentage, difference of percentages or date that stands by itself at a place.
pub fn literal(text: &str, at: Span) -> Result<Literal, Box<Diagnostic>> {
    number_like(text).map_err(|fault| Box::new(Diagnostic::new(fault.code, at, fault.message).help(fault.help)))
}

/// A number, duration, percentage, difference of percentages or date.
fn number_like(text: &str) -> Result<Literal, Fault> {
    if text.len() > TELLABLE {
        let message = format!("`{}` is not a value", shown(text));
        return number(text).map_err(|_| Fault::syntax(message, "write fewer digits"));
    }
    let is_amount = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',' | '_' | '+' | '-');
    let rest = text.trim_start_matches(is_amount);
    let amount = &text[..text.len() - rest.len()];
    if amount.get(1..).is_some_and(|tail| tail.contains('-')) {
        return date(text);
    }
    if rest.starts_with(' ') {
        let joined: String = text.split_whitespace().collect();
        return Err(match usual(&joined) {
            Some(usual) => {
                let is_minute = joined.ends_with(['m', 'M']);
                let message = format!("a number and its unit are one word, not `{text}`");
                Fault::syntax(message, format!("write `{usual}`"))
                    .meant(Some(usual).filter(|usual| !is_minute && number_like(usual).is_ok()))
            }
            None => unknown_unit(&joined, amount, rest.trim_start()),
        });
    }
    match rest {
        "" => number(text),
        "%" => share(text, amount).map(Literal::Percent),
        "pp" => share(text, amount).map(Literal::Points),
        _ => match Unit::ALL.into_iter().find(|unit| unit.word() == rest) {
            Some(unit) => duration(text, amount, unit),
            None => Err(unknown_unit(text, amount, rest)),
        },
    }
}

/// `2026-03-01`
fn date(text: &str) -> Result<Literal, Fault> {
    if let Some(date) = Instant::parse_date(text) {
        return Ok(Literal::Date(date));
    }
    let parts: Vec<Option<u32>> = text.split('-').map(|part| part.parse().ok()).collect();
    let help = match parts.as_slice() {
        [Some(year), Some(month), Some(day)] if text != format!("{year:04}-{month:02}-{day:02}") => {
            format!("{year:04}-{month:02}-{day:02}")
        }
        _ => return Err(Fault::value(format!("`{text}` is not a date"), no_such_date(text))),
    };
    match Instant::parse_date(&help) {
        Some(_) => Err(Fault::value(format!("`{text}` is not a date"), format!("write `{help}`")).meant(help)),
        None => Err(Fault::value(format!("`{text}` is not a date"), no_such_date(text))),
    }
}

/// The help for a text that looks like a date and is none.
fn no_such_date(text: &str) -> String {
    let last = text.get(..8).and_then(|month| {
        let day = (28..=31).rev().find(|day| Instant::parse_date(&format!("{month}{day}")).is_some())?;
        (text.len() == 10).then(|| format!("the last day of that month is `{month}{day}`"))
    });
    last.unwrap_or_else(|| "write year, month and day, as in `2026-03-01`".to_owned())
}

/// `4.2`, `-1`, `1_000`
fn number(text: &str) -> Result<Literal, Fault> {
    let digits = decimal(text)?;
    decimals(text, &digits)?;
    match Number::parse(&digits) {
        Some(number) => Ok(Literal::Number(number)),
        None => Err(malformed(text)),
    }
}

/// The share that `97.5%` or `4pp` says.
fn share(text: &str, amount: &str) -> Result<Decimal, Fault> {
    let unit = &text[amount.len()..];
    if amount.starts_with(['+', '-']) || amount.contains('_') {
        let bare: String = amount.chars().filter(char::is_ascii_digit).collect();
        let bare = if amount.contains('.') { "4".to_owned() } else { bare };
        let what = format!("`{text}` has a sign or a `_`, which only plain numbers have");
        return Err(Fault::value(what, format!("write digits and the unit, as in `{bare}{unit}`")));
    }
    let digits = decimal(amount)?;
    decimals(text, &digits)?;
    let whole = digits.split('.').next().unwrap_or_default().trim_start_matches('0');
    match digits.parse::<Decimal>() {
        Ok(value) if whole.len() <= 12 => Ok(value.percent()),
        _ => Err(Fault::value(format!("`{text}` is out of range"), format!("write `0{unit}` to `100{unit}`"))),
    }
}

/// `14d`
fn duration(text: &str, amount: &str, unit: Unit) -> Result<Literal, Fault> {
    let whole = !amount.is_empty() && amount.bytes().all(|byte| byte.is_ascii_digit());
    if !whole {
        decimal(amount)?;
        let message = format!("`{text}` is not a whole number of units");
        return Err(Fault::value(message, format!("write {}", whole_units(amount, unit))));
    }
    let Ok(count) = amount.parse::<u64>() else {
        return Err(too_long(text));
    };
    let seconds = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(unit.seconds());
    match u32::try_from(count) {
        Ok(0) => Err(Fault::value(
            format!("`{text}` is no length of time"),
            format!("write `1{}` or more, or leave the clause out", unit.word()),
        )),
        Ok(count) if seconds <= LONGEST * 86_400 => Ok(Literal::Duration(Duration { count, unit })),
        _ => Err(too_long(text)),
    }
}

fn too_long(text: &str) -> Fault {
    Fault::value(format!("`{text}` is longer than a hundred years"), format!("write `{LONGEST}d` or less"))
}

/// What to write for `1.5d`: the same length in smaller units, where it is whole in one.
fn whole_units(amount: &str, unit: Unit) -> String {
    let exact = amount.parse::<Decimal>().ok().filter(|value| *value > Decimal::ZERO);
    let one = Decimal::ONE.units();
    let seconds = exact.and_then(|value| value.units().checked_mul(i128::from(unit.seconds())));
    let whole = seconds.filter(|seconds| seconds % one == 0).and_then(|seconds| i64::try_from(seconds / one).ok());
    match whole.and_then(Duration::from_seconds) {
        Some(duration) => format!("`{duration}`"),
        None => format!("a whole number and its unit, as in `14{}`", unit.word()),
    }
}

/// The number without its separators, if it is one: digits on both sides of the point, `_` only between digits.
fn decimal(text: &str) -> Result<String, Fault> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let framed = |(at, byte): (usize, &u8)| match byte {
        b'.' | b'_' => at > 0 && digit(at - 1) && digit(at + 1),
        b'+' | b'-' => at == 0 && digit(1),
        _ => byte.is_ascii_digit(),
    };
    let points = text.matches('.').count();
    if points > 1 || !bytes.iter().enumerate().all(framed) {
        return Err(malformed(text));
    }
    Ok(text.replace('_', ""))
}

fn malformed(text: &str) -> Fault {
    let help = match text.strip_prefix(['+', '-']).unwrap_or(text) {
        bare if bare.contains(',') => format!("write `{}`", text.replace(',', "_")),
        bare if bare.starts_with('.') => format!("write `{}`", text.replacen('.', "0.", 1)),
        bare if bare.ends_with('.') => format!("write `{}`", text.trim_end_matches('.')),
        _ => "write digits, and where needed a point with digits on both sides, as in `1_000.5`".to_owned(),
    };
    Fault::syntax(format!("`{text}` is not a number"), help)
}

/// Refuses more than six decimals.
fn decimals(text: &str, digits: &str) -> Result<(), Fault> {
    let fraction = digits.split_once('.').map_or("", |(_, fraction)| fraction);
    if fraction.len() <= DECIMALS {
        return Ok(());
    }
    let message = format!("`{text}` has {} decimals", fraction.len());
    Err(Fault::value(message, format!("write at most {DECIMALS} decimals")))
}

/// What to write for the usual spellings of a unit: `14days` is `14d`.
fn usual(text: &str) -> Option<String> {
    let unit = text.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let amount = &text[..text.len() - unit.len()];
    let unit = unit.to_lowercase();
    let proper = match unit.as_str() {
        "m" | "mins" | "minute" | "minutes" => "min",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        "wk" | "wks" | "week" | "weeks" => "w",
        "percent" | "pct" | "%%" => "%",
        "p" | "pps" | "ppt" | "point" | "points" => "pp",
        same @ ("min" | "h" | "d" | "w" | "%" | "pp") => same,
        _ => return None,
    };
    Some(format!("{amount}{proper}"))
}

fn unknown_unit(text: &str, amount: &str, unit: &str) -> Fault {
    let message = format!("`{unit}` is not a unit");
    match unit {
        "m" | "M" => {
            Fault::value(message, format!("write `{amount}min` for minutes; months do not exist, count in days"))
        }
        "month" | "months" | "mo" | "y" | "year" | "years" => {
            Fault::value(message, "months and years differ in length: count in days, as in `30d`")
        }
        "s" | "sec" | "secs" | "seconds" => Fault::value(message, "the shortest unit is the minute, `1min`"),
        _ => match usual(text) {
            Some(usual) => Fault::value(message, format!("write `{usual}`"))
                .meant(Some(usual).filter(|usual| number_like(usual).is_ok())),
            None => Fault::value(
                format!("`{text}` is not a value"),
                "units are `min`, `h`, `d`, `w`, `%` and `pp`; a number without a unit has digits only",
            ),
        },
    }
}
