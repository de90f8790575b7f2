//! Arithmetic on durations for help texts: the multiple of the tick that would do.

use crate::value::Duration;

/// The shortest multiple of the tick that is longer than so many seconds, as one would write it.
pub(super) fn longer_than(seconds: i64, tick: Duration) -> String {
    let tick = tick.seconds().max(1);
    written((seconds / tick + 1) * tick)
}

/// The shortest multiple of the tick that is at least so many seconds, as one would write it.
pub(super) fn at_least(seconds: i64, tick: Duration) -> String {
    longer_than(seconds - 1, tick)
}

/// So many seconds in the largest unit that is exact; days rather than weeks.
pub(super) fn written(seconds: i64) -> String {
    Duration::from_seconds(seconds).map_or_else(|| format!("{seconds} s"), |duration| duration.to_string())
}
