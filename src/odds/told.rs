//! Chances for people: as many digits as it takes, and never a rounding that says 0, 100 % or the other side of a promise.

use super::answer::{Answer, Method};
use std::cmp::Ordering;

/// A chance as a percentage, on its side of what it is compared with: `8.0%`, `0.011%`.
#[must_use]
pub fn percent(chance: f64, against: Option<f64>) -> String {
    let sides = |value: f64| [Some(0.0), Some(1.0), against].map(|other| value.partial_cmp(&other?));
    let side = |value: f64| value.partial_cmp(&chance) == Some(Ordering::Equal) || sides(value) == sides(chance);
    let is_near = |value: f64| (value - chance).abs() <= chance.abs() / 20.0;
    let told = (1..=15).map(|digits| format!("{:.digits$}", chance * 100.0));
    let mut fits =
        told.filter(|text| text.parse::<f64>().is_ok_and(|value| side(value / 100.0) && is_near(value / 100.0)));
    let text = fits.next().unwrap_or_else(|| format!("{}", chance * 100.0));
    // Only what is exactly so is printed as that: see above.
    let text = if text == "0.0" || text == "100.0" { text.trim_end_matches(".0") } else { &text };
    format!("{text}%")
}

/// A small share in percent, rounded up to two digits, and how many decimals these are: a bound never says less than it is.
fn rounded_up(share: f64) -> (f64, usize) {
    let scaled = |digits: i32| (share * 100.0 * 10.0_f64.powi(digits) - 1e-9).ceil();
    let digits = (1..15).find(|digits| scaled(*digits) >= 10.0).unwrap_or(15);
    (scaled(digits) / 10.0_f64.powi(digits), digits.unsigned_abs() as usize)
}

impl Answer {
    /// The chance as a percentage; where no path met it, what it is below, and where every one did, what it is above.
    #[must_use]
    pub fn percent(&self, against: Option<f64>) -> String {
        match self.method {
            Method::Simulated { hits: 0, .. } => {
                let (most, digits) = rounded_up(self.error);
                format!("less than {most:.digits$}%")
            }
            Method::Simulated { hits, paths } if hits == paths => {
                let (most, digits) = rounded_up(self.error);
                format!("more than {:.digits$}%", 100.0 - most)
            }
            _ => percent(self.chance, against),
        }
    }

    /// How it is known: `exactly`, or `± 0.1 points, by 16384 simulated paths`.
    #[must_use]
    pub fn grounds(&self) -> String {
        let (paths, kind) = match self.method {
            Method::Exact => return "exactly".to_owned(),
            Method::Simulated { paths, hits } if hits == 0 || hits == paths => {
                return format!("by {paths} simulated paths");
            }
            Method::Simulated { paths, .. } => (paths, "simulated"),
            Method::Weighted { paths } => (paths, "tilted"),
        };
        let error = percent(self.error, None);
        format!("± {} points, by {paths} {kind} paths", error.trim_end_matches('%'))
    }
}

#[cfg(test)]
mod tests {
    use super::{percent, rounded_up};

    #[test]
    fn bounds_are_rounded_up() {
        for (share, told) in [(0.000_15, (0.015, 3)), (3.0 / 1_048_576.0, (0.000_29, 5)), (0.002_01, (0.21, 2))] {
            assert_eq!(rounded_up(share), told);
        }
    }

    #[test]
    fn no_rounding_hides_a_side() {
        for (chance, against, text) in [
            (0.07993, Some(0.05), "8.0%"),
            (0.05004, Some(0.05), "5.004%"),
            (0.0, None, "0%"),
            (1.0, None, "100%"),
            (0.999_96, None, "99.996%"),
            (1.07e-4, Some(0.05), "0.011%"),
            (1.6e-9, None, "0.00000016%"),
            (0.5, Some(0.5), "50.0%"),
        ] {
            assert_eq!(percent(chance, against), text);
        }
    }
}
