//! How a log writes times: RFC 3339, seconds since 1970 or a fraction of them, or a pattern like `%d.%m.%Y %H:%M`.

use crate::source::suggest::suggest;
use crate::value::{Instant, Number};
use std::fmt;

/// The three letters of the months.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// How times are written. RFC 3339 with an offset is always read: it cannot mean anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    form: Form,
    /// The offset of times that have none, as RFC 3339 writes it.
    offset: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Rfc3339,
    /// The name, and how many digits of a second are left of the point.
    Epoch(&'static str, u32),
    Pattern(String, Vec<Item>),
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Letter(char),
    Year,
    Month,
    MonthName,
    Day,
    Hour,
    HalfDay,
    Minute,
    Second,
    Offset,
}

/// The numbers that are written for a time.
struct Parts {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    fraction: String,
    offset: Option<String>,
}

impl Times {
    /// Reads `rfc3339`, `epoch_seconds`, `epoch_millis`, `epoch_micros`, or a pattern.
    pub fn parse(text: &str, offset: Option<&str>) -> Result<Self, String> {
        let form = match text {
            "rfc3339" => Form::Rfc3339,
            "epoch_seconds" => Form::Epoch("epoch_seconds", 0),
            "epoch_millis" => Form::Epoch("epoch_millis", 3),
            "epoch_micros" => Form::Epoch("epoch_micros", 6),
            _ if !text.contains('%') => return Err(unknown(text)),
            _ => Form::Pattern(text.to_owned(), items(text)?),
        };
        Ok(Self { form, offset: offset.map(String::from) })
    }

    /// The same with the offset of times that have none.
    pub fn with_offset(&self, offset: &str) -> Result<Self, String> {
        let is_offset = offset.len() > 1 || offset == "Z";
        if !is_offset || Instant::parse(&format!("2026-01-01T00:00:00{offset}")).is_none() {
            return Err(format!("`{offset}` is no offset; write `Z`, or hours and minutes as in `+02:00`"));
        }
        Ok(Self { offset: Some(offset.to_owned()), ..self.clone() })
    }

    /// The offset of times that have none.
    #[must_use]
    pub fn offset(&self) -> Option<&str> {
        self.offset.as_deref()
    }

    /// Fails where a pattern leaves open which time is meant, or an offset is said that nothing uses.
    pub(super) fn complete(&self) -> Result<(), String> {
        match (&self.form, &self.offset) {
            (Form::Pattern(text, items), None) if !items.contains(&Item::Offset) => Err(format!(
                "`time_format={text}` has no offset (`%z`), so say which it is: `time_offset=+00:00` for UTC"
            )),
            (Form::Pattern(text, items), Some(_)) if items.contains(&Item::Offset) => {
                Err(format!("`time_format={text}` has an offset of its own (`%z`), so `time_offset` says nothing"))
            }
            (Form::Rfc3339 | Form::Epoch(..), Some(_)) => {
                Err("`time_offset` is of a `time_format` without offset, as in `%Y-%m-%d %H:%M:%S`".into())
            }
            _ => Ok(()),
        }
    }

    /// Whether times are numbers.
    #[must_use]
    pub fn is_epoch(&self) -> bool {
        matches!(self.form, Form::Epoch(..))
    }

    /// Whether times are written by a pattern.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        matches!(self.form, Form::Pattern(..))
    }

    /// Reads a time.
    #[must_use]
    #[inline]
    pub fn read(&self, text: &str) -> Option<Instant> {
        if matches!(self.form, Form::Rfc3339) { Instant::parse(text) } else { self.read_other(text) }
    }

    fn read_other(&self, text: &str) -> Option<Instant> {
        let read = match &self.form {
            Form::Rfc3339 => None,
            Form::Epoch(_, digits) => since_1970(text, *digits),
            Form::Pattern(_, items) => parts(items, text).and_then(|parts| parts.instant(self.offset.as_deref())),
        };
        read.or_else(|| Instant::parse(text))
    }
}

/// As it goes on after "it is not".
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Rfc3339 => f.write_str("RFC 3339 with an offset"),
            Form::Epoch(name, _) => f.write_str(name),
            Form::Pattern(text, _) => write!(f, "of the form {text}"),
        }
    }
}

/// The instant that is so many seconds, or 10^-`digits` of them, after 1970.
fn since_1970(text: &str, digits: u32) -> Option<Instant> {
    let text = Number::parse(text.trim())?.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let left = 9_usize.checked_sub(digits as usize)?;
    if fraction.len() > left {
        return None;
    }
    let magnitude: i128 = format!("{}{fraction:0<left$}", whole.trim_start_matches('-')).parse().ok()?;
    let nanos = if whole.starts_with('-') { -magnitude } else { magnitude };
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).ok()?;
    Instant::checked(seconds, u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?)
}

/// Words that are no pattern.
const WORDS: [&str; 4] = ["rfc3339", "epoch_seconds", "epoch_millis", "epoch_micros"];

fn unknown(text: &str) -> String {
    let near = suggest(text, WORDS).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    let ways = WORDS.map(|word| format!("`{word}`")).join(", ");
    format!("`{text}` is no way to write times: {ways}, or a pattern like `%d.%m.%Y %H:%M`{near}")
}

fn items(pattern: &str) -> Result<Vec<Item>, String> {
    let spelled = pattern.replace("%F", "%Y-%m-%d").replace("%T", "%H:%M:%S");
    let (mut items, mut letters) = (Vec::new(), spelled.chars());
    while let Some(letter) = letters.next() {
        items.push(if letter == '%' { directive(letters.next())? } else { Item::Letter(letter) });
    }
    for (item, name) in [(Item::Year, "%Y"), (Item::Day, "%d")] {
        if !items.contains(&item) {
            return Err(format!("`{pattern}` has no `{name}`, so it is no time; write one like `%d.%m.%Y %H:%M`"));
        }
    }
    if !items.contains(&Item::Month) && !items.contains(&Item::MonthName) {
        return Err(format!("`{pattern}` has no month, `%m` or `%b`"));
    }
    Ok(items)
}

fn directive(letter: Option<char>) -> Result<Item, String> {
    Ok(match letter {
        Some('Y') => Item::Year,
        Some('m') => Item::Month,
        Some('b') => Item::MonthName,
        Some('d') => Item::Day,
        Some('H' | 'I') => Item::Hour,
        Some('p') => Item::HalfDay,
        Some('M') => Item::Minute,
        Some('S') => Item::Second,
        Some('z') => Item::Offset,
        Some('%') => Item::Letter('%'),
        other => {
            let other = other.map_or_else(String::new, String::from);
            return Err(format!(
                "`%{other}` is not read in times; what is: %Y %m %b %d %H %I %p %M %S (with fractions) %z %F %T %%"
            ));
        }
    })
}

/// Reads a text by a pattern, to its end.
fn parts(items: &[Item], text: &str) -> Option<Parts> {
    let mut parts = Parts {
        year: 0,
        month: 0,
        day: 0,
        hour: 0,
        afternoon: None,
        minute: 0,
        second: 0,
        fraction: String::new(),
        offset: None,
    };
    let mut rest = text.trim();
    for item in items {
        rest = parts.take(item, rest)?;
    }
    rest.is_empty().then_some(parts)
}

/// A number of so many digits at most, and what follows it.
fn digits(text: &str, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(length);
    Some((number.parse().ok()?, rest))
}

impl Parts {
    /// Takes one part from the front of a text.
    fn take<'t>(&mut self, item: &Item, text: &'t str) -> Option<&'t str> {
        let number = |into: &mut u32, most| {
            let (number, rest) = digits(text, most)?;
            *into = number;
            Some(rest)
        };
        match item {
            Item::Letter(letter) => text.strip_prefix(*letter),
            Item::Year => number(&mut self.year, 4),
            Item::Month => number(&mut self.month, 2),
            Item::Day => number(&mut self.day, 2),
            Item::Hour => number(&mut self.hour, 2),
            Item::Minute => number(&mut self.minute, 2),
            Item::Second => self.seconds(text),
            Item::MonthName => {
                let name = text.get(..3)?.to_ascii_lowercase();
                self.month = u32::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
                text.get(3..)
            }
            Item::HalfDay => {
                self.afternoon = Some(match text.get(..2)? {
                    "AM" | "am" => false,
                    "PM" | "pm" => true,
                    _ => return None,
                });
                text.get(2..)
            }
            Item::Offset => {
                let length = text.bytes().take_while(|byte| b"+-:Zz0123456789".contains(byte)).count();
                let (offset, rest) = text.split_at(length);
                let is_short = length == 5 && !offset.contains(':');
                self.offset = Some(if is_short { format!("{}:{}", &offset[..3], &offset[3..]) } else { offset.into() });
                Some(rest)
            }
        }
    }

    fn seconds<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (second, rest) = digits(text, 2)?;
        self.second = second;
        let Some(fraction) = rest.strip_prefix('.') else { return Some(rest) };
        let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
        self.fraction = format!(".{}", &fraction[..length]);
        Some(&fraction[length..])
    }

    /// The instant, by the one reader of times that there is.
    fn instant(&self, offset: Option<&str>) -> Option<Instant> {
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let Self { year, month, day, minute, second, fraction, .. } = self;
        let offset = self.offset.as_deref().or(offset)?;
        Instant::parse(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    fn read(form: &str, offset: Option<&str>, text: &str) -> Option<String> {
        let times = Times::parse(form, offset).expect("a form");
        times.complete().expect("complete");
        times.read(text).map(|it| it.to_string())
    }

    #[test]
    fn reads_what_exports_write() {
        for (form, offset, text) in [
            ("rfc3339", None, "2026-03-01T09:05:00Z"),
            ("epoch_seconds", None, "1772355900"),
            ("epoch_seconds", None, "1.7723559e9"),
            ("epoch_millis", None, "1772355900000"),
            ("epoch_micros", None, "1772355900000000.0"),
            ("%Y-%m-%d %H:%M:%S", Some("Z"), "2026-03-01 09:05:00.000"),
            ("%F %T", Some("+01:00"), "2026-03-01 10:05:00"),
            ("%F %T", Some("+01:00"), "2026-03-01T09:05:00Z"),
            ("%d.%m.%Y %H:%M", Some("-05:30"), "1.3.2026 3:35"),
            ("%b %d, %Y %I:%M %p", Some("Z"), "Mar 1, 2026 9:05 AM"),
            ("%d/%b/%Y:%H:%M:%S %z", None, "01/Mar/2026:11:05:00 +0200"),
        ] {
            assert_eq!(read(form, offset, text).as_deref(), Some("2026-03-01T09:05:00Z"), "{form} {text}");
        }
        assert_eq!(read("epoch_seconds", None, "-0.25").as_deref(), Some("1969-12-31T23:59:59.75Z"));
        assert_eq!(read("epoch_micros", None, "-1").as_deref(), Some("1969-12-31T23:59:59.999999Z"));
        assert_eq!(read("%F %I %p", Some("Z"), "2026-03-01 12 am").as_deref(), Some("2026-03-01T00:00:00Z"));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for (form, text) in [
            ("epoch_seconds", "1e30"),
            ("epoch_seconds", "1.0000000001"),
            ("epoch_micros", "0.0001"),
            ("epoch_seconds", "soon"),
            ("epoch_seconds", ""),
            ("epoch_millis", "9999999999999999999999999999999999999999999999999999"),
        ] {
            assert_eq!(read(form, None, text), None, "{form} {text}");
        }
        for text in ["2026-02-30", "2026-3", "2026-03-01 ", "2026-03-01x", "03-01-2026", "é026-01-01", ""] {
            let expected = text.ends_with(' ').then(|| "2026-03-01T00:00:00Z".to_owned());
            assert_eq!(read("%F", Some("Z"), text), expected, "{text}");
        }
        assert_eq!(read("%F %I %p", Some("Z"), "2026-03-01 13 pm"), None);
        assert_eq!(read("%F %b", Some("Z"), "2026-03-01 ééé"), None);
    }

    #[test]
    fn says_what_is_wrong_with_a_form() {
        let told = Times::parse("epoch_second", None).expect_err("no form");
        assert!(told.ends_with("did you mean `epoch_seconds`?"), "{told}");
        for form in ["%Y-%m", "now", "%F %Q", "%F %", "%Y %d"] {
            assert!(Times::parse(form, None).is_err(), "{form}");
        }
        assert!(Times::parse("%F", None).expect("a form").complete().is_err());
        assert!(Times::parse("%F %z", Some("Z")).expect("a form").complete().is_err());
        assert!(Times::default().with_offset("+1").is_err() && Times::default().with_offset("").is_err());
    }
}
