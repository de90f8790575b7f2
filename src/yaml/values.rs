//! From YAML nodes to the values that worlds and scenarios state: numbers, shares, dates, tiers.

use super::{At, Kind, Reader, Scalar};
use crate::value::{Decimal, Instant, Tier};

/// A share of a whole, in hundred-millionths: 6 decimals of a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Share(pub(crate) u64);

impl Share {
    /// Everything.
    pub(crate) const ALL: Self = Self(100_000_000);

    /// As a percentage: `3.1%`.
    pub(crate) fn percent(self) -> String {
        format!("{}%", Decimal::from_millionths(i128::from(self.0)))
    }
}

impl Reader {
    /// A number from 0 to `most`, in hundred-millionths.
    pub(crate) fn number(&mut self, at: &At, most: u64) -> Option<u64> {
        let form = format!("a number from 0 to {most} with at most 6 decimals");
        self.bare(at, &form, |scalar| {
            let value = decimal(&scalar.text).filter(|_| scalar.kind == Kind::Number)?;
            u64::try_from(value.hundred_millionths()?).ok().filter(|value| *value <= most.saturating_mul(Share::ALL.0))
        })
    }

    /// A whole number from 1 to `most`.
    pub(crate) fn count(&mut self, at: &At, most: u64) -> Option<u64> {
        self.bare(at, &format!("a whole number from 1 to {most}"), |scalar| {
            let is_plain = scalar.kind == Kind::Number && scalar.text.bytes().all(|byte| byte.is_ascii_digit());
            scalar.text.parse().ok().filter(|count| is_plain && (1..=most).contains(count))
        })
    }

    /// A percentage of at most `most` percent.
    pub(crate) fn share(&mut self, at: &At, most: u64) -> Option<Share> {
        self.plain(at, &format!("a percentage from 0% to {most}%, as in `3.1%`"), |scalar| {
            let value = decimal(scalar.text.strip_suffix('%')?)?.percent().hundred_millionths()?;
            u64::try_from(value).ok().filter(|value| *value <= most.saturating_mul(1_000_000)).map(Share)
        })
    }

    /// A date, as days since 1970.
    pub(crate) fn date(&mut self, at: &At) -> Option<i64> {
        self.plain(at, "a date, as in `2026-03-01`", |scalar| Instant::parse_date(&scalar.text))
            .map(|it| it.tick(86_400))
    }

    /// The date at which a made history starts, as days since 1970: with its records and what comes of them, eleven
    /// years later at the most, there must still be four digits.
    pub(crate) fn start(&mut self, at: &At) -> Option<i64> {
        let day = self.date(at)?;
        let fits = (-719_000..2_928_000).contains(&day);
        if !fits {
            self.wrong(at, "`start` is too near the ends of the calendar", "write a year from 0002 to 9980");
        }
        fits.then_some(day)
    }

    /// A date or a time, in seconds since 1970.
    pub(crate) fn time(&mut self, at: &At) -> Option<i64> {
        let form = "a date or a time, as in `2026-03-01` or `2026-03-01T14:30:00Z`";
        let read = |scalar: &Scalar| Instant::parse_date(&scalar.text).or_else(|| Instant::parse(&scalar.text));
        self.plain(at, form, read).map(|instant| instant.seconds)
    }

    /// A tier.
    pub(crate) fn tier(&mut self, at: &At) -> Option<Tier> {
        self.plain(at, "`crawl`, `walk` or `run`", |scalar| Tier::parse(&scalar.text))
    }

    /// Shares by key, which add up to at most everything, or exactly; the keys are read by `read`.
    pub(crate) fn shares<'n, T>(
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
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let value: Decimal = text.parse().ok()?;
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len());
    (decimals <= 6 && value.units().unsigned_abs() < 1_000_000_000_000_000_000_000_000_000).then_some(value)
}
