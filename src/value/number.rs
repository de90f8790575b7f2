//! `Number`: an exact decimal of any size, as attributes of records carry them.
//!
//! Histories are not ours: an amount may have thirty digits, an id twenty. A `Number` never rounds, so
//! `amount <= 50` is decided exactly, and `1`, `1.0` and `10e-1` are one value.

use std::cmp::Ordering;
use std::fmt;

/// Numbers whose plain form would be longer than this print in scientific form, so that `1e999999999` stays small.
const PLAIN: u64 = 60;
/// Exponents beyond this are taken for it, so that none overflows; such a number would not fit in memory anyway.
const FARTHEST: i64 = i64::MAX / 2;

/// An exact decimal: ± 0.d₁d₂d₃… × 10^`exponent`, digits without leading or trailing zeros; zero has no digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    digits: Box<str>,
    exponent: i64,
}

impl Number {
    /// Reads a JSON number or a decimal of the language; `None` if the text is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, body) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (mantissa, power) = match body.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, parse_power(power)?),
            None => (body, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        Some(Self::normal(negative, whole, fraction, power))
    }

    fn normal(negative: bool, whole: &str, fraction: &str, power: i64) -> Self {
        let digits = [whole, fraction].concat();
        let leading = digits.len() - digits.trim_start_matches('0').len();
        let digits = digits.trim_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: "".into(), exponent: 0 };
        }
        let shift = length(whole) - i64::try_from(leading).unwrap_or(i64::MAX);
        let exponent = power.saturating_add(shift).clamp(-FARTHEST, FARTHEST);
        Self { negative, digits: digits.into(), exponent }
    }

    /// The count of millionths, where the number has at most 6 decimals and fits; else `None`.
    #[must_use]
    pub fn millionths(&self) -> Option<i64> {
        let scale = self.exponent.checked_add(6)?;
        if self.digits.is_empty() {
            return Some(0);
        }
        let missing = usize::try_from(scale.checked_sub(length(&self.digits))?).ok()?;
        if missing > 18 {
            return None;
        }
        let value: i64 = format!("{}{}", self.digits, "0".repeat(missing)).parse().ok()?;
        Some(if self.negative { -value } else { value })
    }

    /// How many digits it has, without zeros at either end.
    #[must_use]
    pub fn length(&self) -> usize {
        self.digits.len()
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits)),
        }
    }

    fn plain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(point) = usize::try_from(self.exponent) else {
            let zeros = usize::try_from(-self.exponent).unwrap_or(0);
            return write!(f, "0.{}{}", "0".repeat(zeros), self.digits);
        };
        if point >= self.digits.len() {
            return write!(f, "{}{}", self.digits, "0".repeat(point - self.digits.len()));
        }
        let (whole, fraction) = self.digits.split_at(point);
        write!(f, "{}.{fraction}", if whole.is_empty() { "0" } else { whole })
    }
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// The power of ten; one too large for an `i64` saturates.
fn parse_power(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !all_digits(digits) {
        return None;
    }
    let power = digits.parse::<i64>().unwrap_or(i64::MAX);
    Some(if text.starts_with('-') { -power } else { power })
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl fmt::Display for Number {
    /// The shortest exact plain decimal (`2`, `0.05`), or `0.d…e…` where that would run to more than 60 places.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        if self.exponent.unsigned_abs() > PLAIN {
            return write!(f, "0.{}e{}", self.digits, self.exponent);
        }
        self.plain(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).expect("a number")
    }

    #[test]
    fn one_value_has_one_form() {
        for (text, printed) in [
            ("1.0", "1"),
            ("10e-1", "1"),
            ("0.050", "0.05"),
            ("-0.0", "0"),
            ("1E+3", "1000"),
            ("12.5e1", "125"),
            ("-2.50", "-2.5"),
            ("0.5e-2", "0.005"),
        ] {
            assert_eq!(number(text).to_string(), printed, "{text}");
            assert_eq!(number(text), number(printed));
        }
    }

    #[test]
    fn orders_by_value() {
        let sorted =
            ["-1e30", "-2", "-1.5", "0", "1e-9", "0.5", "1.49999999999999999999999", "1.5", "2", "10", "1e400"];
        for (i, left) in sorted.iter().enumerate() {
            for (j, right) in sorted.iter().enumerate() {
                assert_eq!(number(left).cmp(&number(right)), i.cmp(&j), "{left} {right}");
            }
        }
    }

    #[test]
    fn millionths_are_exact_or_refused() {
        assert_eq!(number("4.25").millionths(), Some(4_250_000));
        assert_eq!(number("-0.000001").millionths(), Some(-1));
        assert_eq!(number("0.0000001").millionths(), None);
        assert_eq!(number("1e30").millionths(), None);
        assert_eq!(number("1e-999999999999").millionths(), None);
    }

    #[test]
    fn absurd_powers_stay_small() {
        assert_eq!(number("1e999999999999999999999").to_string(), "0.1e4611686018427387903");
        for text in [
            "1e9223372036854775807",
            "0.1e-9223372036854775807",
            "0.001e-9223372036854775807",
            "1e-99999999999999999999",
        ] {
            assert_eq!(number(&number(text).to_string()), number(text), "{text}");
        }
        assert!(number("0.001e-9223372036854775807") < number("0.1"));
        assert!(Number::parse("1e").is_none() && Number::parse(".5").is_none() && Number::parse("").is_none());
    }
}
