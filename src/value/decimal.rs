//! `Decimal`: an exact decimal with 18 places, wide enough for every value a policy may state.
//!
//! Shares have up to 8 decimals (a percentage has 6), numbers up to 6, and the product of a share and a scale's
//! width (`reentry` on a mean) up to 14; all of them are exact here.

use std::fmt;
use std::str::FromStr;

/// Decimal places of the representation.
const PLACES: usize = 18;
/// Units in one.
const ONE: i128 = 1_000_000_000_000_000_000;

/// An exact decimal number: an integer count of 10⁻¹⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(i128);

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not `[+-]digits[.digits]`.
    Malformed,
    /// More digits before or behind the point than a `Decimal` holds.
    TooLong,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One: the share of everything.
    pub const ONE: Self = Self(ONE);

    /// A whole number; saturates far outside anything a policy may say.
    #[must_use]
    pub fn whole(value: i64) -> Self {
        Self(i128::from(value) * ONE)
    }

    /// A count of millionths.
    #[must_use]
    pub fn from_millionths(value: i128) -> Self {
        Self(value.saturating_mul(ONE / 1_000_000))
    }

    /// A count of 10⁻⁸: the unit of shares in `stats`.
    #[must_use]
    pub fn from_hundred_millionths(value: i64) -> Self {
        Self(i128::from(value) * (ONE / 100_000_000))
    }

    /// The count of 10⁻¹⁸.
    #[must_use]
    pub fn units(self) -> i128 {
        self.0
    }

    /// The count of 10⁻⁸, if the value has no more than 8 decimals: the unit of shares in `stats`.
    #[must_use]
    pub fn hundred_millionths(self) -> Option<i64> {
        let unit = ONE / 100_000_000;
        (self.0 % unit == 0).then(|| i64::try_from(self.0 / unit).ok()).flatten()
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// One hundredth: from a percentage to a share.
    #[must_use]
    pub fn percent(self) -> Self {
        Self(self.0 / 100)
    }

    /// This share of `whole`, exact where the share has at most 8 decimals and the whole at most 6.
    #[must_use]
    pub fn share_of(self, whole: Self) -> Self {
        let share = self.0 / (ONE / 100_000_000);
        let micro = whole.0 / (ONE / 1_000_000);
        Self(share.saturating_mul(micro).saturating_mul(ONE / 100_000_000_000_000))
    }

    /// How `sum / n` compares with this value, `sum` in millionths; `n` may not be 0 for the answer to mean anything.
    #[must_use]
    pub fn compare_mean(self, sum: i128, n: u64) -> std::cmp::Ordering {
        // Values lie within ±10⁹ and n within 10¹⁰, so neither product reaches 10³⁸.
        let left = sum.saturating_mul(ONE / 1_000_000);
        let right = self.0.saturating_mul(i128::from(n));
        left.cmp(&right)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads `[+-]digits[.digits]`, exactly.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, body) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = body.split_once('.').unwrap_or((body, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(DecimalError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if whole.trim_start_matches('0').len() > 18 || fraction.len() > PLACES {
            return Err(DecimalError::TooLong);
        }
        let padded = format!("{whole}{fraction:0<PLACES$}");
        let units: i128 = padded.parse().map_err(|_| DecimalError::TooLong)?;
        Ok(Self(if negative { -units } else { units }))
    }
}

impl fmt::Display for Decimal {
    /// The shortest exact form: `0.9`, `-2.5`, `7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        let one = ONE.unsigned_abs();
        let fraction = format!("{:0PLACES$}", magnitude % one);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{fraction}", magnitude / one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn prints_the_shortest_exact_form() {
        for (text, printed) in
            [("0.900", "0.9"), ("-2.50", "-2.5"), ("007", "7"), ("+0.000001", "0.000001"), ("-0", "0")]
        {
            assert_eq!(decimal(text).to_string(), printed);
        }
    }

    #[test]
    fn rejects_what_is_not_a_decimal() {
        for text in ["", ".", "1.", ".5", "1e3", "--1", "1_000", "٣"] {
            assert_eq!(text.parse::<Decimal>(), Err(DecimalError::Malformed), "{text}");
        }
        assert_eq!("1234567890123456789".parse::<Decimal>(), Err(DecimalError::TooLong));
    }

    #[test]
    fn compares_means_exactly() {
        let target = decimal("4.2");
        assert_eq!(target.compare_mean(12_600_000, 3), std::cmp::Ordering::Equal);
        assert_eq!(target.compare_mean(12_600_001, 3), std::cmp::Ordering::Greater);
    }

    #[test]
    fn takes_a_share_of_a_scale() {
        assert_eq!(decimal("0.01234567").share_of(decimal("4.5")).to_string(), "0.055555515");
    }
}
