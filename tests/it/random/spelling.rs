//! One instant, and one record, in many spellings.

use super::rng::Rng;
use serde_json::{Map, Value, json};

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub(crate) type Instant = i128;

pub(crate) const SECOND: i128 = 1_000_000_000;
pub(crate) const MINUTE: i128 = 60 * SECOND;

/// RFC 3339: any offset, any number of fraction digits that is enough, `t` and `z` in lower case.
pub(crate) fn spell(rng: &mut Rng, instant: Instant) -> String {
    let offset = *rng.pick(&[&0, &0, &0, &0, &0, &120, &-60, &-330, &345, &-1439, &839]);
    let local = instant + i128::from(offset) * MINUTE;
    let (seconds, nanos) = (local.div_euclid(SECOND), local.rem_euclid(SECOND));
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let clock = seconds.rem_euclid(86_400);
    let letter = if rng.chance(10) { 't' } else { 'T' };
    let whole =
        format!("{year:04}-{month:02}-{day:02}{letter}{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60);
    format!("{whole}{}{}", fraction(rng, nanos), zone(rng, offset))
}

/// As few digits as will do, or more.
fn fraction(rng: &mut Rng, nanos: i128) -> String {
    let digits = format!("{nanos:09}");
    let needed = digits.trim_end_matches('0').len();
    let shown = if rng.chance(75) { needed } else { usize::try_from(rng.between(needed as i64, 9)).unwrap_or(9) };
    if shown == 0 { String::new() } else { format!(".{}", &digits[..shown]) }
}

fn zone(rng: &mut Rng, offset: i64) -> String {
    if offset == 0 {
        return rng.pick(&["Z", "Z", "Z", "Z", "z", "+00:00", "-00:00"]).to_string();
    }
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
}

/// Year, month and day of a day counted from 1970-01-01.
fn date(days: i128) -> (i128, i128, i128) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i128::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
}

/// Exact decimal micro-units as a JSON number: `4`, `4.0`, `4.5`, `-0.25`.
pub(crate) fn micros(rng: &mut Rng, value: i64) -> Value {
    if value % 1_000_000 == 0 && rng.chance(60) {
        return json!(value / 1_000_000);
    }
    json!(value as f64 / 1_000_000.0)
}

/// A line from its fields, keys in any order, with or without spaces.
pub(crate) fn line(rng: &mut Rng, fields: &[(String, Value)]) -> String {
    let mut fields: Vec<&(String, Value)> = fields.iter().collect();
    if rng.chance(30) {
        rng.shuffle(&mut fields);
    }
    let (comma, colon) = if rng.chance(50) { (",", ":") } else { (", ", ": ") };
    let parts: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
    format!("{{{}}}", parts.join(comma))
}

pub(crate) fn object(fields: &[(&str, Value)]) -> Value {
    let fields: Map<String, Value> = fields.iter().map(|(key, value)| (key.to_string(), value.clone())).collect();
    Value::Object(fields)
}
