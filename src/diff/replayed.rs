//! One history under both policies.

use crate::value::Instant;

/// `2026-02-03`; where it is not midnight `2026-02-03T12:00Z`.
pub(super) fn date(at: Instant) -> String {
    match at.civil().3 {
        0 => at.date(),
        second => format!("{}T{:02}:{:02}Z", at.date(), second / 3_600, second / 60 % 60),
    }
}
