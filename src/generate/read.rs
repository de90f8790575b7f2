//! From YAML nodes to the values of worlds: delays, and what changes over time.

use super::timed::{Days, Timed};
use crate::value::duration::Unit;
use crate::yaml::{At, Reader, Step};

/// When the outcome arrives after its action, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delay {
    /// `1h to 2d`; `2h` is both ends.
    Uniform(u64, u64),
    /// `half within 1d and all within 9d`: every further day halves what is still to come.
    Halving(u64, u64),
}

/// The longest delay: a year.
const LONGEST_DELAY: u64 = 366 * 86_400;

impl At<'_> {
    /// The key of a record's field on the way, whether its values change over time or not.
    pub(super) fn field(&self) -> &str {
        let values = self.path.iter().skip_while(|step| !matches!(step, Step::Value(key) if key == "record"));
        match values.skip(1).take(1).next() {
            Some(Step::Value(key) | Step::Key(key)) => key,
            _ => self.name(),
        }
    }
}

impl Reader {
    /// A duration, in seconds.
    pub(super) fn duration(&mut self, at: &At) -> Option<u64> {
        self.plain(at, "a duration, as in `20min`, `8h`, `14d` or `26w`", |scalar| duration(&scalar.text))
    }

    /// A delay.
    pub(super) fn delay(&mut self, at: &At) -> Option<Delay> {
        let form = "`2h`, `1h to 2d`, or `half within 1d and all within 9d` (at most 366d)";
        self.plain(at, form, |scalar| delay(&scalar.text))
    }

    /// A value, or a list of values from dates on: `- {value: a}`, `- {from: 2026-03-01, value: b}`.
    pub(super) fn over_time<'n, T: Clone>(
        &mut self,
        at: &At<'n>,
        key: &str,
        mut read: impl FnMut(&mut Self, &At<'n>) -> Option<T>,
    ) -> Option<Timed<T>> {
        if !at.is_list() {
            return read(self, at).map(Timed::always);
        }
        let items = self.list(at, "values");
        let Some((first, later)) = items.split_first() else {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write `- {{{key}: …}}`"));
            return None;
        };
        let first = self.record(first, &[key]).and_then(|record| self.required(&record, key, "…").cloned());
        let first = first.and_then(|at| read(self, &at));
        let mut changes: Vec<(Days, T)> = Vec::new();
        for item in later {
            let Some(record) = self.record(item, &["from", key]) else { continue };
            let from = self.required(&record, "from", "2026-03-01").and_then(|at| self.date(at));
            let value = self.required(&record, key, "…").cloned().and_then(|at| read(self, &at));
            let Some((from, value)) = from.zip(value) else { continue };
            if changes.last().is_some_and(|(days, _)| days.from >= from) {
                self.wrong(item, "the dates do not rise", "write the changes in the order of their dates");
            }
            changes.push((Days { from, until: i64::MAX }, value));
        }
        first.map(|first| Timed { first, changes })
    }
}

fn duration(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits)?;
    let unit = Unit::ALL.into_iter().find(|it| it.word() == unit)?;
    let count = count.parse::<u32>().ok().filter(|count| *count > 0)?;
    u64::try_from(crate::value::Duration { count, unit }.seconds()).ok()
}

fn delay(text: &str) -> Option<Delay> {
    let delay = if let Some(text) = text.strip_prefix("half within ") {
        let (half, all) = text.split_once(" and all within ")?;
        Delay::Halving(duration(half)?, duration(all)?)
    } else {
        let (from, to) = text.split_once(" to ").unwrap_or((text, text));
        Delay::Uniform(duration(from)?, duration(to)?)
    };
    let (Delay::Uniform(from, to) | Delay::Halving(from, to)) = delay;
    (from <= to && to <= LONGEST_DELAY).then_some(delay)
}
