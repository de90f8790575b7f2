//! Exact decimals: numbers of the history of any size and precision, and the fixed-point numbers of a policy.

use std::cmp::Ordering;

/// Policy numbers and everything computed from them, in units of 10^-18.
/// (A share has 8 decimals, a scale 6, `reentry` of a scale's width therefore 14.)
pub(crate) const UNIT: i128 = 1_000_000_000_000_000_000;
/// One micro-unit (the precision of outcome values) in units of 10^-18.
pub(crate) const MICRO: i128 = 1_000_000_000_000;

/// `digits × 10^exponent`, without leading or trailing zero digits; zero has no digits and is not negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Reads `-12.50e3` (JSON's grammar, and a leading `+` and `_` separators for policies).
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: String = [whole, fraction].concat().replace('_', "");
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = digits.bytes().map(|b| b - b'0').collect();
        Some(Decimal { negative, digits, exponent: i64::from(exponent) - length(fraction.as_bytes()) }.normal())
    }

    /// Removes the zeros at both ends: 1 equals 1.0.
    fn normal(mut self) -> Decimal {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
            self.exponent += 1;
        }
        let zeros = self.digits.iter().take_while(|d| **d == 0).count();
        self.digits.drain(..zeros);
        if self.digits.is_empty() {
            self.negative = false;
            self.exponent = 0;
        }
        self
    }

    pub(crate) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The value in units of 10^-`places`, if it has no more decimals than that and is not huge.
    pub(crate) fn scaled(&self, places: i64) -> Option<i128> {
        let shift = self.exponent + places;
        if !(0..=30).contains(&shift) {
            return if self.digits.is_empty() { Some(0) } else { None };
        }
        let mut value: i128 = 0;
        for digit in &self.digits {
            value = value.checked_mul(10)?.checked_add(i128::from(*digit))?;
        }
        value = value.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)?;
        Some(if self.negative { -value } else { value })
    }

    /// More decimals than `places`?
    pub(crate) fn finer_than(&self, places: i64) -> bool {
        !self.digits.is_empty() && self.exponent < -places
    }

    fn magnitude_cmp(&self, other: &Decimal) -> Ordering {
        let top = |d: &Decimal| d.exponent + length(&d.digits);
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Digits are normal, so the longer of two with a common start is the larger: what Vec's order says.
            (false, false) => top(self).cmp(&top(other)).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude_cmp(other),
            (true, true) => other.magnitude_cmp(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The shortest exact decimal form: `2`, `2.5`, `-0.125`, `1000`.
impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits: String = self.digits.iter().map(|d| char::from(b'0' + d)).collect();
        let point = self.exponent + length(digits.as_bytes());
        let sign = if self.negative { "-" } else { "" };
        let zeros = |n: i64| "0".repeat(usize::try_from(n).unwrap_or(0));
        if digits.is_empty() {
            write!(f, "0")
        } else if self.exponent >= 0 {
            write!(f, "{sign}{digits}{}", zeros(self.exponent))
        } else if point > 0 {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
            write!(f, "{sign}{whole}.{fraction}")
        } else {
            write!(f, "{sign}0.{}{digits}", zeros(-point))
        }
    }
}

fn length(digits: &[u8]) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// A fixed-point number (units of 10^-18) in shortest exact decimal form.
pub(crate) fn show(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (value.unsigned_abs() / UNIT as u128, value.unsigned_abs() % UNIT as u128);
    let fraction = format!("{fraction:018}");
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}
