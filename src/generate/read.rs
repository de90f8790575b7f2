//! From YAML nodes to the values of worlds: shares, delays, dates, and what changes over time.

use super::timed::{Days, Timed};
use crate::value::duration::Unit;
use crate::value::{Decimal, Instant, Tier};
use crate::yaml::{At, Kind, Reader, Scalar, Step};

/// A share of a whole, in hundred-millionths: 6 decimals of a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share(pub(super) u64);

impl Share {
    /// Everything.
    pub(super) const ALL: Self = Self(100_000_000);

    /// As a percentage: `3.1%`.
    pub(super) fn percent(self) -> String {
        format!("{}%", Decimal::from_millionths(i128::from(self.0)))
    }
}

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
    /// A number from 0 to `most`, in hundred-millionths.
    pub(super) fn number(&mut self, at: &At, most: u64) -> Option<u64> {
        let form = format!("a number from 0 to {most} with at most 6 decimals");
        self.plain(at, &form, |scalar| {
            let value = decimal(&scalar.text).filter(|_| scalar.kind == Kind::Number)?;
            u64::try_from(value.hundred_millionths()?).ok().filter(|value| *value <= most.saturating_mul(Share::ALL.0))
        })
    }

    /// A whole number from 1 to `most`.
    pub(super) fn count(&mut self, at: &At, most: u64) -> Option<u64> {
        self.plain(at, &format!("a whole number from 1 to {most}"), |scalar| {
            let is_plain = scalar.kind == Kind::Number && scalar.text.bytes().all(|byte| byte.is_ascii_digit());
            scalar.text.parse().ok().filter(|count| is_plain && (1..=most).contains(count))
        })
    }

    /// A percentage of at most `most` percent.
    pub(super) fn share(&mut self, at: &At, most: u64) -> Option<Share> {
        self.plain(at, &format!("a percentage from 0% to {most}%, as in `3.1%`"), |scalar| {
            let value = decimal(scalar.text.strip_suffix('%')?)?.percent().hundred_millionths()?;
            u64::try_from(value).ok().filter(|value| *value <= most.saturating_mul(1_000_000)).map(Share)
        })
    }

    /// A date, as days since 1970.
    pub(super) fn date(&mut self, at: &At) -> Option<i64> {
        self.plain(at, "a date, as in `2026-03-01`", |scalar| Instant::parse_date(&scalar.text))
            .map(|it| it.tick(86_400))
    }

    /// A date or a time, in seconds since 1970.
    pub(super) fn time(&mut self, at: &At) -> Option<i64> {
        let form = "a date or a time, as in `2026-03-01` or `2026-03-01T14:30:00Z`";
        let read = |scalar: &Scalar| Instant::parse_date(&scalar.text).or_else(|| Instant::parse(&scalar.text));
        self.plain(at, form, read).map(|instant| instant.seconds)
    }

    /// A duration, in seconds.
    pub(super) fn duration(&mut self, at: &At) -> Option<u64> {
        self.plain(at, "a duration, as in `20min`, `8h`, `14d` or `26w`", |scalar| duration(&scalar.text))
    }

    /// A delay.
    pub(super) fn delay(&mut self, at: &At) -> Option<Delay> {
        let form = "`2h`, `1h to 2d`, or `half within 1d and all within 9d` (at most 366d)";
        self.plain(at, form, |scalar| delay(&scalar.text))
    }

    /// A tier.
    pub(super) fn tier(&mut self, at: &At) -> Option<Tier> {
        self.plain(at, "`crawl`, `walk` or `run`", |scalar| Tier::parse(&scalar.text))
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

    /// Shares by key, which add up to at most everything, or exactly; the keys are read by `read`.
    pub(super) fn shares<'n, T>(
        &mut self,
        at: &At<'n>,
        (form, exactly): (&str, bool),
        mut read: impl FnMut(&mut Self, &'n str, &At<'n>) -> Option<T>,
    ) -> Vec<(T, Share)> {
        let Some(entries) = self.map(at, form) else { return Vec::new() };
        if entries.is_empty() {
            self.wrong(at, format!("`{}` is empty", at.name()), format!("write {form}"));
            return Vec::new();
        }
        let (mut all, wanted) = (Vec::new(), entries.len());
        for (key, value) in entries {
            let (share, read) = (self.share(&value, 100), read(self, key, &value.key()));
            all.extend(read.zip(share));
        }
        let sum = Share(all.iter().map(|(_, share)| share.0).sum());
        // What could not be read would be missing in the sum.
        if all.len() == wanted && (sum > Share::ALL || (exactly && sum < Share::ALL)) {
            let wanted = if exactly { "exactly 100%" } else { "at most 100%" };
            let message = format!("the shares of `{}` add up to {}", at.name(), sum.percent());
            self.wrong(at, message, format!("write shares that add up to {wanted}"));
        }
        all
    }
}

/// An exact decimal with at most 6 decimals.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let value: Decimal = text.parse().ok()?;
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    (decimals <= 6 && value.units().unsigned_abs() < 1_000_000_000_000_000_000_000_000_000).then_some(value)
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
