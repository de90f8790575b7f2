//! Instants: UTC with nanosecond resolution, RFC 3339 in and out (semantics §1).

use super::duration::Tick;
use std::fmt;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A point in time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub seconds: i64,
    /// Nanoseconds into the second.
    pub nanos: u32,
}

impl Instant {
    /// The instant so many whole seconds after 1970.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// The instant of so many seconds and nanoseconds after 1970, in the years 0001 to 9999.
    #[must_use]
    pub fn checked(seconds: i64, nanos: u32) -> Option<Self> {
        (in_range(seconds) && nanos < 1_000_000_000).then_some(Self { seconds, nanos })
    }

    /// Reads an RFC 3339 time with an offset: 1 to 9 fraction digits, `t` and `z` in lower case too; second 60,
    /// `24:00` and years outside 0001 to 9999 (in UTC too) are not times.
    #[must_use]
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().and_then(Self::usual).or_else(|| Self::parse_any(text))
    }

    /// Reads the form that nearly all times have, `2026-03-01T10:00:00Z`, eight bytes at a time; nothing where it is not
    /// sure.
    #[inline]
    pub(crate) fn usual(bytes: &[u8; 20]) -> Option<Self> {
        const DATE: Form = Form::new(*b"0000-00-");
        const CLOCK: Form = Form::new(*b"00T00:00");
        const END: Form = Form::new(*b":00Z\0\0\0\0");
        let ([date, clock], [colon, ten, one, zone]) = bytes.as_chunks::<8>() else { return None };
        let [century, _, year, _, _, month, ..] = DATE.pairs(*date)?;
        let [day, _, _, hour, _, _, minute, _] = CLOCK.pairs(*clock)?;
        let [_, second, ..] = END.pairs([*colon, *ten, *one, *zone, 0, 0, 0, 0])?;
        let date = days_since_1970(century * 100 + year, month, day)?;
        let is_clock = hour < 24 && minute < 60 && second < 60;
        is_clock.then(|| Self::from_seconds(date * DAY + i64::from(hour * 3_600 + minute * 60 + second)))
    }

    fn parse_any(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let date = days(bytes.get(..10)?)?;
        let clock = bytes.get(10..19)?;
        let separators = [clock.first()?, clock.get(3)?, clock.get(6)?];
        if !matches!(separators, [b'T' | b't', b':', b':']) {
            return None;
        }
        let (hour, minute, second) = (two(clock, 1)?, two(clock, 4)?, two(clock, 7)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (nanos, rest) = fraction(bytes.get(19..)?)?;
        let seconds = date * DAY + hour * 3_600 + minute * 60 + second - offset(rest)?;
        in_range(seconds).then_some(Self { seconds, nanos })
    }

    /// Reads a date, `2026-03-01`: its midnight.
    #[must_use]
    pub fn parse_date(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 {
            return None;
        }
        days(bytes).map(|day| Self::from_seconds(day * DAY))
    }

    /// The tick that contains this instant, for ticks of so many seconds.
    #[must_use]
    pub fn tick(self, tick_seconds: i64) -> Tick {
        self.seconds.div_euclid(tick_seconds)
    }

    /// The first boundary at or after this instant.
    #[must_use]
    pub fn boundary_at_or_after(self, tick_seconds: i64) -> Tick {
        let tick = self.tick(tick_seconds);
        let exact = self.nanos == 0 && self.seconds.rem_euclid(tick_seconds) == 0;
        if exact { tick } else { tick + 1 }
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self { seconds: self.seconds.saturating_add(seconds), nanos: self.nanos }
    }

    /// The civil date and seconds of its day: (year, month, day, second of day).
    #[must_use]
    pub fn civil(self) -> (i64, i64, i64, i64) {
        let (year, month, day) = civil(self.seconds.div_euclid(DAY));
        (year, month, day, self.seconds.rem_euclid(DAY))
    }

    /// The date alone: `2026-03-01`.
    #[must_use]
    pub fn date(self) -> String {
        let (year, month, day, _) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

/// Years 0001 to 9999, whatever the offset was.
fn in_range(seconds: i64) -> bool {
    (-62_135_596_800..253_402_300_800).contains(&seconds)
}

impl fmt::Display for Instant {
    /// RFC 3339 with `Z`, fraction only where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, _, _, second) = self.civil();
        write!(f, "{}T{:02}:{:02}:{:02}", self.date(), second / 3_600, second / 60 % 60, second % 60)?;
        if self.nanos > 0 {
            write!(f, ".{}", format!("{:09}", self.nanos).trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn two(bytes: &[u8], at: usize) -> Option<i64> {
    Some(digit(*bytes.get(at)?)? * 10 + digit(*bytes.get(at + 1)?)?)
}

/// Days since 1970 of `YYYY-MM-DD`.
fn days(bytes: &[u8]) -> Option<i64> {
    let numbers = [two(bytes, 0)? * 100 + two(bytes, 2)?, two(bytes, 5)?, two(bytes, 8)?];
    let [year, month, day] = numbers.map(|number| u32::try_from(number).unwrap_or(0));
    let dashes = *bytes.get(4)? == b'-' && *bytes.get(7)? == b'-';
    days_since_1970(year, month, day).filter(|_| dashes)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, of a date that there is.
#[inline]
fn days_since_1970(year: u32, month: u32, day: u32) -> Option<i64> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let (before, length) = *MONTHS.get(month as usize)?;
    let leap_day = u32::from(is_leap);
    if year == 0 || day == 0 || day > length + if month == 2 { leap_day } else { 0 } {
        return None;
    }
    let past = year - 1;
    let days = past * 365 + past / 4 - past / 100 + past / 400 + before + if month > 2 { leap_day } else { 0 } + day;
    Some(i64::from(days) - BEFORE_1970)
}

/// Of each month, from 1 on: the days of its year before it, and its own; both without a leap day.
const MONTHS: [(u32, u32); 13] = [
    (0, 0),
    (0, 31),
    (31, 28),
    (59, 31),
    (90, 30),
    (120, 31),
    (151, 30),
    (181, 31),
    (212, 31),
    (243, 30),
    (273, 31),
    (304, 30),
    (334, 31),
];

/// The days from the one before 0001-01-01 to 1970.
const BEFORE_1970: i64 = 719_163;
/// The inverse of [`days_since_1970`] (Howard Hinnant, "civil from days").
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The nanoseconds of an optional `.123`, and what follows it.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let Some(digits) = bytes.strip_prefix(b".") else {
        return Some((0, bytes));
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&length) {
        return None;
    }
    let (digits, rest) = digits.split_at(length);
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10 + u32::from(digits.get(place).map_or(0, |byte| byte - b'0'));
    }
    Some((nanos, rest))
}

/// What eight bytes should look like: digits where the form has zeros, and the rest as the form has it.
struct Form {
    zeros: u64,
    /// What is to be added to each byte so that one too high shows in its highest bit.
    rest: u64,
}

impl Form {
    const fn new(form: [u8; 8]) -> Self {
        let (mut rest, mut at) = ([0x7f; 8], 0);
        while at < 8 {
            if form[at] == b'0' {
                rest[at] = 0x80 - 10;
            }
            at += 1;
        }
        Self { zeros: u64::from_le_bytes(form), rest: u64::from_le_bytes(rest) }
    }

    /// At each digit of a text of this form, the number that it makes with the one behind it.
    #[inline]
    fn pairs(&self, text: [u8; 8]) -> Option<[u32; 8]> {
        // What is a digit becomes its value, and what stands where it should becomes 0.
        let values = u64::from_le_bytes(text) ^ self.zeros;
        let beyond = values.wrapping_add(self.rest) | values;
        let pairs = || values.wrapping_mul(10).wrapping_add(values >> 8).to_le_bytes();
        (beyond & 0x8080_8080_8080_8080 == 0).then(|| pairs().map(u32::from))
    }
}

/// The seconds of `Z` or `+hh:mm`.
fn offset(bytes: &[u8]) -> Option<i64> {
    match bytes {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (two(bytes, 1)?, two(bytes, 4)?);
            let seconds = hours * 3_600 + minutes * 60;
            (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Option<String> {
        Instant::parse(text).map(|instant| instant.to_string())
    }

    #[test]
    fn reads_every_spelling_of_one_instant() {
        for text in [
            "2026-03-01T00:30:00Z",
            "2026-03-01t00:30:00z",
            "2026-02-28T23:30:00.000-01:00",
            "2026-03-01T06:00:00+05:30",
        ] {
            assert_eq!(printed(text).as_deref(), Some("2026-03-01T00:30:00Z"), "{text}");
        }
        assert_eq!(printed("1969-12-31T23:59:59.250Z").as_deref(), Some("1969-12-31T23:59:59.25Z"));
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in [
            "2026-03-01T00:30:00",
            "2026-03-01 00:30:00Z",
            "2026-02-29T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:60Z",
            "0000-01-01T00:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234567890Z",
            "2026-1-1T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+0100",
            "",
            "٢٠٢٦-01-01T00:00:00Z",
        ] {
            assert_eq!(printed(text), None, "{text}");
        }
    }

    /// What the fast way reads is what the plain way reads, and it reads every such time; of a changed byte it is not
    /// always sure.
    #[test]
    fn the_usual_form_is_read_as_any_other() {
        for day in (-719_162..2_932_896_i64).step_by(911) {
            let time = Instant::from_seconds(day * DAY + (day * 7_919).rem_euclid(DAY));
            let text = time.to_string();
            assert_eq!(text.as_bytes().try_into().ok().and_then(Instant::usual), Some(time), "{text}");
            assert_eq!(Instant::parse_any(&text), Some(time), "{text}");
            for at in 0..text.len() {
                for byte in (0..128).map(char::from).chain(['é', '٢']) {
                    let changed = format!("{}{byte}{}", &text[..at], &text[at + 1..]);
                    let read = changed.as_bytes().try_into().ok().and_then(Instant::usual);
                    assert!(read.is_none() || read == Instant::parse_any(&changed), "{changed}");
                }
            }
        }
    }

    #[test]
    fn dates_survive_a_round_trip() {
        for day in (-719_162..2_932_896).step_by(97) {
            let (year, month, date) = civil(day);
            let [year, month, date] = [year, month, date].map(|number| u32::try_from(number).expect("of a date"));
            assert_eq!(days_since_1970(year, month, date), Some(day));
        }
    }

    #[test]
    fn dates_that_there_are_not_are_none() {
        for year in (0..2_100_u32).chain([9_999]) {
            let all = (0..14).flat_map(|month| (0..33).map(move |day| (month, day)));
            let found = all.filter_map(|(month, day)| Some(((month, day), days_since_1970(year, month, day)?)));
            let found: Vec<((u32, u32), i64)> = found.collect();
            let first = found.first().map_or(0, |(_, day)| *day);
            for ((date, day), expected) in found.iter().zip(first..) {
                assert_eq!(civil(*day), (i64::from(year), i64::from(date.0), i64::from(date.1)));
                assert_eq!(*day, expected);
            }
            assert!(if year == 0 { found.is_empty() } else { found.len() >= 365 }, "{year}");
        }
    }

    #[test]
    fn boundaries_are_exact() {
        let boundary = Instant::parse("2026-03-01T00:00:00Z").expect("a time");
        let after = Instant { nanos: 1, ..boundary };
        assert_eq!(boundary.tick(DAY), boundary.boundary_at_or_after(DAY));
        assert_eq!(after.boundary_at_or_after(DAY), boundary.tick(DAY) + 1);
    }
}
