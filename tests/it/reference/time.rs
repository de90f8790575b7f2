//! Instants: nanoseconds since 1970-01-01T00:00:00Z. Semantics §1.

pub(crate) const SECOND: i128 = 1_000_000_000;
pub(crate) const MINUTE: i128 = 60 * SECOND;
pub(crate) const HOUR: i128 = 60 * MINUTE;
pub(crate) const DAY: i128 = 24 * HOUR;

/// RFC 3339: any offset, 1 to 9 fraction digits, `t` and `z` in lower case; no second 60, no 24:00, years 0001 to 9999.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() < 20 || !matches!(bytes[10], b'T' | b't') {
        return None;
    }
    let midnight = parse_date(&text[..10])?;
    let clock = &text[11..19];
    if clock.as_bytes()[2] != b':' || clock.as_bytes()[5] != b':' {
        return None;
    }
    let (hour, minute, second) = (number(&clock[0..2])?, number(&clock[3..5])?, number(&clock[6..8])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = split_fraction(&text[19..])?;
    let local = midnight + hour * HOUR + minute * MINUTE + second * SECOND + fraction;
    Some(local - offset(zone)?)
}

/// `2026-03-01`: midnight UTC.
pub(crate) fn parse_date(text: &str) -> Option<i128> {
    let bytes = text.as_bytes();
    if !text.is_ascii() || bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&text[0..4])?, number(&text[5..7])?, number(&text[8..10])?);
    if year < 1 || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    Some(days_before(year, month, day) * DAY)
}

fn number(digits: &str) -> Option<i128> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn split_fraction(rest: &str) -> Option<(i128, &str)> {
    let Some(rest) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=9).contains(&length) {
        return None;
    }
    Some((number(&format!("{:0<9}", &rest[..length]))?, &rest[length..]))
}

fn offset(zone: &str) -> Option<i128> {
    let bytes = zone.as_bytes();
    match bytes {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (number(&zone[1..3])?, number(&zone[4..6])?);
            let sign = if *sign == b'-' { -1 } else { 1 };
            (hours <= 23 && minutes <= 59).then_some(sign * (hours * HOUR + minutes * MINUTE))
        }
        _ => None,
    }
}

fn leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i128, month: i128) -> i128 {
    match month {
        2 => 28 + i128::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the given date.
fn days_before(year: i128, month: i128, day: i128) -> i128 {
    let y = year - 1;
    let years = y * 365 + y / 4 - y / 100 + y / 400 - 719_162;
    let months: i128 = (1..month).map(|m| days_in_month(year, m)).sum();
    years + months + day - 1
}

/// RFC 3339 with `Z`; boundaries are whole seconds.
pub(crate) fn show(instant: i128) -> String {
    let (mut days, rest) = (instant.div_euclid(DAY), instant.rem_euclid(DAY) / SECOND);
    let mut year = 1970;
    while days < 0 {
        year -= 1;
        days += 365 + i128::from(leap(year));
    }
    while days >= 365 + i128::from(leap(year)) {
        days -= 365 + i128::from(leap(year));
        year += 1;
    }
    let mut month = 1;
    while days >= days_in_month(year, month) {
        days -= days_in_month(year, month);
        month += 1;
    }
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}
