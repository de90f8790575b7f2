//! Words that all formats for people share.

use super::Compared;
use crate::diff::{Class, Moved, Reach};
use crate::render::figures;
use crate::render::text::{clean, plural};
use crate::value::{Duration, Instant};

/// `5 changes: 1 loosens, 4 tighten`
pub(super) fn counted(all: &[Compared]) -> String {
    let total: usize = all.iter().map(|one| one.diff.changes.len()).sum();
    if total == 0 {
        return "nothing changes".to_owned();
    }
    let count = |class| all.iter().map(|one| one.diff.count(class)).sum::<usize>();
    let told = Class::ALL.into_iter().map(|class| (count(class), class)).filter(|(n, _)| *n > 0);
    let told: Vec<String> = told.map(|(n, class)| format!("{n} {}", verb(class, n))).collect();
    format!("{}: {}", plural(total as u64, "change"), told.join(", "))
}

fn verb(class: Class, n: usize) -> &'static str {
    match (class, n) {
        (Class::Loosens, 1) => "loosens",
        (Class::Loosens, _) => "loosen",
        (Class::Tightens, 1) => "tightens",
        (Class::Tightens, _) => "tighten",
        (Class::Neutral, _) => "neutral",
        (Class::Unclear, _) => "unclear",
    }
}

/// What the whole of it means to a reviewer.
pub(super) fn verdict(class: Class, changes: usize) -> &'static str {
    match class {
        _ if changes == 0 => "the policies make the same moves on the same evidence",
        Class::Loosens => "some evidence that kept an action lower lets it go higher now",
        Class::Unclear => "nothing was found that loosens, but not all of it is proved",
        Class::Tightens => "proved: no evidence takes an action higher than before",
        Class::Neutral => "proved: the same moves on the same evidence",
    }
}

/// `14 d`
pub(super) fn span(seconds: i64) -> String {
    Duration::from_seconds(seconds)
        .map_or_else(|| format!("{seconds} s"), |it| format!("{} {}", it.count, it.unit.word()))
}

/// A day, or a time where it is not midnight.
pub(super) fn date(seconds: i64) -> String {
    let at = Instant::from_seconds(seconds);
    match at.civil().3 {
        0 => at.date(),
        second => format!("{}T{:02}:{:02}Z", at.date(), second / 3_600, second / 60 % 60),
    }
}

/// What a gate amounts to, row by row: falls back, reaction time, earliest promotion.
pub(super) fn facts(reach: &Reach) -> [(&'static str, String); 3] {
    let edge = |it: &crate::diff::Edge| {
        let value = if it.is_mean { it.value.to_string() } else { figures::share(it.value) };
        format!("{} {} {value}", clean(&it.metric), if it.above { "above" } else { "below" })
    };
    let edges: Vec<String> = reach.falls_back.iter().map(edge).collect();
    [
        ("falls back", edges.join(", ")),
        ("sees a fall after", span(reach.reaction)),
        ("earliest promotion", span(reach.earliest)),
    ]
}

/// `{"action": "refund"} was refund_small and is refund_large now`
pub(super) fn moved(moved: &Moved) -> String {
    let name =
        |name: &Option<String>| name.as_ref().map_or_else(|| "of no type".to_owned(), |it| format!("`{}`", clean(it)));
    format!("`{}` was {} and is {} now", clean(&moved.record), name(&moved.from), name(&moved.to))
}
