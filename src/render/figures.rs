//! Numbers for people: exact integer rounding, and never a rounding that hides on which side of a target a number is.
//!
//! A rate of 2,399 of 2,400 is not 100 %, and 89.96 % is not "90.0 %, must be at least 90 %": a number is printed with
//! as many digits as it takes to be seen on its side of every value it is compared with. A number without decimals
//! that could have had some is exact.

use super::text::GLUE;
use crate::value::Decimal;
use std::cmp::Ordering;

/// Places of [`Decimal::units`].
const PLACES: u32 = 18;

/// An exact number, `num / den`; `den` is above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    num: i128,
    den: i128,
}

impl Ratio {
    /// `part` of `whole`, in percent; 0 of 0 is 0.
    pub(super) fn percent(part: u64, whole: u64) -> Self {
        Self { num: i128::from(part) * 100, den: i128::from(whole).max(1) }
    }

    /// The mean of `n` values that sum to so many millionths.
    pub(super) fn mean(sum: i128, n: u64) -> Self {
        Self { num: sum, den: i128::from(n).max(1).saturating_mul(1_000_000) }
    }

    /// How it compares with a value in the same unit, in 10⁻¹⁸; `None` if that is beyond the arithmetic.
    fn compare(self, units: i128) -> Option<Ordering> {
        let whole = self.num.div_euclid(self.den);
        let rest = self.num.rem_euclid(self.den);
        let (their_whole, their_rest) = (units.div_euclid(power(PLACES)?), units.rem_euclid(power(PLACES)?));
        let left = rest.checked_mul(power(PLACES)?)?;
        let right = their_rest.checked_mul(self.den)?;
        Some(whole.cmp(&their_whole).then(left.cmp(&right)))
    }

    /// Rounded half up to so many decimals, in units of the last.
    fn rounded(self, digits: u32) -> Option<i128> {
        let doubled = self.num.checked_mul(power(digits)?)?.checked_mul(2)?;
        Some(doubled.checked_add(self.den)?.div_euclid(self.den.checked_mul(2)?))
    }

    /// Printed with at least so many decimals and as many as it takes to stand on the right side of all `against`;
    /// without trailing zeros where that is exact.
    fn print(self, least: u32, against: &[i128]) -> String {
        let mut told = String::new();
        for digits in least..=16 {
            let Some(rounded) = self.rounded(digits) else { break };
            told = decimal(rounded, digits);
            if rounded.checked_mul(self.den) == power(digits).and_then(|unit| self.num.checked_mul(unit)) {
                return shortest(told);
            }
            let Some(units) = power(PLACES - digits).and_then(|unit| rounded.checked_mul(unit)) else { break };
            if against.iter().all(|other| self.compare(*other).is_none_or(|true_side| units.cmp(other) == true_side)) {
                break;
            }
        }
        told
    }
}

fn power(digits: u32) -> Option<i128> {
    10_i128.checked_pow(digits)
}

/// An integer count of 10^-digits.
fn decimal(value: i128, digits: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let unit = power(digits).unwrap_or(1).unsigned_abs();
    let (whole, rest) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let places = digits as usize;
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:0places$}") }
}

fn shortest(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share as a percentage in 10⁻¹⁸ percent.
fn percent_units(share: Decimal) -> i128 {
    share.units().saturating_mul(100)
}

/// `94.2 %`: `part` of `whole`, told apart from these shares and from nothing and all.
pub(super) fn rate(part: u64, whole: u64, against: &[Decimal]) -> String {
    let mut others = vec![0, percent_units(Decimal::ONE)];
    others.extend(against.iter().copied().map(percent_units));
    format!("{}{GLUE}%", Ratio::percent(part, whole).print(1, &others))
}

/// `4.12`: the mean of `n` values that sum to so many millionths, told apart from these values.
pub(super) fn mean(sum: i128, n: u64, against: &[Decimal]) -> String {
    let others: Vec<i128> = against.iter().map(|value| value.units()).collect();
    Ratio::mean(sum, n).print(2, &others)
}

/// `97.5 %`: a share as it was written.
pub(super) fn share(share: Decimal) -> String {
    format!("{}{GLUE}%", shortest(decimal(percent_units(share), PLACES)))
}

/// `4 pp`: a difference of shares.
pub(super) fn points(share: Decimal) -> String {
    format!("{}{GLUE}pp", shortest(decimal(percent_units(share), PLACES)))
}

/// The share of so many hundred-millionths.
pub(super) fn from_e8(share_e8: i64) -> Decimal {
    Decimal::from_millionths(i128::from(share_e8)).percent()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    fn told(part: u64, whole: u64, against: &str) -> String {
        rate(part, whole, &[d(against)]).replace(GLUE, " ")
    }

    #[test]
    fn a_rate_is_seen_on_its_side_of_the_target() {
        assert_eq!(told(226, 240, "0.9"), "94.2 %");
        assert_eq!(told(8_996, 10_000, "0.9"), "89.96 %");
        assert_eq!(told(899_999, 1_000_000, "0.9"), "89.9999 %");
        assert_eq!(told(9_755, 10_000, "0.9756"), "97.55 %");
        assert_eq!(told(2, 3, "0.66666667"), "66.6666667 %");
    }

    #[test]
    fn nothing_and_all_are_said_only_when_true() {
        assert_eq!(told(0, 500, "0.9"), "0 %");
        assert_eq!(told(1, 100_000, "0.9"), "0.001 %");
        assert_eq!(told(500, 500, "0.9"), "100 %");
        assert_eq!(told(99_999, 100_000, "0.9"), "99.999 %");
    }

    #[test]
    fn what_is_exact_has_no_idle_zeros() {
        assert_eq!(told(180, 200, "0.9"), "90 %");
        assert_eq!(told(1, 8, "0.9"), "12.5 %");
        assert_eq!(told(9_402, 10_000, "0.9"), "94.0 %");
    }

    #[test]
    fn means_round_exactly() {
        assert_eq!(mean(12_360_000, 3, &[d("4")]), "4.12");
        assert_eq!(mean(11_999_999, 3, &[d("4")]), "3.9999997");
        assert_eq!(mean(-1_000_000, 3, &[d("0")]), "-0.33");
        assert_eq!(mean(4_000_000, 1, &[d("4")]), "4");
    }

    #[test]
    fn targets_are_told_as_written() {
        assert_eq!(share(d("0.975")).replace(GLUE, " "), "97.5 %");
        assert_eq!(share(d("1")).replace(GLUE, " "), "100 %");
        assert_eq!(points(d("0.025")).replace(GLUE, " "), "2.5 pp");
        assert_eq!(from_e8(97_500_000), d("0.975"));
    }
}
