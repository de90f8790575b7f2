//! The day on which something is looked at: `--today`, or the date of the clock, which nothing else decides by.

use crate::value::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

/// The day of an argument.
pub(super) fn parse(text: &str) -> Result<Instant, String> {
    Instant::parse_date(text).ok_or_else(|| "write a date, such as 2026-03-01".to_owned())
}

/// The time of the system's clock; none where that is set to before 1970.
pub(super) fn of_the_clock() -> Option<Instant> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since_epoch.as_secs()).ok().map(Instant::from_seconds)
}
