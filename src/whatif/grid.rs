//! The variants of a sweep: a few paths, the values that each takes, and every combination of them.

use crate::model::Policy;
use crate::model::setting::{self, SetError, Setting, set};
use crate::value::duration::Unit;
use crate::value::{Decimal, Duration};

/// More values than this on one path are a slip.
const MOST_VALUES: usize = 10_000;
/// More variants than this are not worth the wait, or the memory.
pub const MOST_CELLS: usize = 1_000_000;

/// A path and the values it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The path.
    pub path: String,
    /// The values, as a policy would write them.
    pub values: Vec<String>,
    /// What the policy says now.
    pub now: String,
}

/// Every combination of the values of some axes; the last axis changes fastest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// The axes, those first that change what is counted.
    pub axes: Vec<Axis>,
}

impl Axis {
    /// Reads `PATH=FROM..TO/STEP` or `PATH=VALUE,VALUE,…`. Every value must be one that the path can have.
    pub fn read(policy: &Policy, text: &str) -> Result<Self, SetError> {
        let Some((path, values)) = text.split_once('=').map(|(path, values)| (path.trim(), values.trim())) else {
            return Err(fault(format!("`{text}` names no values"), EXAMPLE));
        };
        let now = now(policy, path);
        let values = match values.split_once("..") {
            None => values.split(',').map(|value| value.trim().to_owned()).collect(),
            Some((from, rest)) => range(path, from.trim(), rest, now.as_ref())?,
        };
        for value in &values {
            set(policy, path, value)?;
        }
        Ok(Self { path: path.to_owned(), values, now: now.map_or_else(String::new, |setting| setting.value) })
    }

    /// Whether it changes what is counted of a history, so that it must be read again.
    #[must_use]
    pub fn recounts(&self) -> bool {
        self.path == "policy.evaluate" || self.path.starts_with("metric.") || self.path.ends_with(".ceiling")
    }

    /// Where a value stands in millionths of a step from the first; `None` where that cannot be said.
    fn place(&self, value: &str) -> Option<i128> {
        if let Some(at) = self.values.iter().position(|known| known == value) {
            return Some(i128::try_from(at).ok()? * 1_000_000);
        }
        let (first, second, value) =
            (Amount::read(self.values.first()?)?, Amount::read(self.values.get(1)?)?, Amount::read(value)?);
        let step = second.size - first.size;
        (step != 0 && value.unit.fits(first.unit)).then(|| (value.size - first.size) * 1_000_000 / step)
    }

    /// How far a value of it is from what the policy says now, in millionths of a step.
    fn distance(&self, at: usize) -> i128 {
        let at = i128::try_from(at).unwrap_or(0) * 1_000_000;
        self.place(&self.now).map_or(1_000_000, |now| (at - now).abs())
    }
}

const EXAMPLE: &str = "write PATH=FROM..TO/STEP, such as `ladder.standard.crawl_to_walk.hold=7d..28d/7d`, or a list of \
                       values, such as `reply.crawl_to_walk.bar[1].confidence=none,90%,95%`";

fn fault(message: String, help: impl Into<String>) -> SetError {
    SetError { message, help: help.into() }
}

fn now(policy: &Policy, path: &str) -> Option<Setting> {
    setting::settings(policy).into_iter().find(|setting| setting.path == path)
}

/// The values `FROM`, `FROM + STEP`, … up to `TO`.
fn range(path: &str, from: &str, rest: &str, now: Option<&Setting>) -> Result<Vec<String>, SetError> {
    let bad = |what: String| fault(format!("`{path}={from}..{rest}`: {what}"), EXAMPLE);
    let (to, step) = rest.split_once('/').ok_or_else(|| bad("no step is given".to_owned()))?;
    let amount = |text: &str| {
        Amount::read(text.trim()).ok_or_else(|| {
            let such = now.map_or_else(String::new, |now| format!(", such as `{}`", now.value));
            bad(format!("`{}` is no amount{such}", text.trim()))
        })
    };
    let (first, last, step) = (amount(from)?, amount(to)?, amount(step)?);
    if !last.unit.fits(first.unit) || !step.unit.steps(first.unit) {
        return Err(bad("the two ends and the step must be in the same unit".to_owned()));
    }
    if step.size <= 0 || last.size < first.size {
        return Err(bad("it must go up, in steps above zero".to_owned()));
    }
    let many = (last.size - first.size) / step.size + 1;
    let many = usize::try_from(many).ok().filter(|many| *many <= MOST_VALUES);
    let many = many.ok_or_else(|| bad(format!("these are more than {MOST_VALUES} values")))?;
    let sizes = (0..many).map(|at| first.size + i128::try_from(at).unwrap_or(0) * step.size);
    sizes
        .map(|size| Amount { size, ..first }.told().ok_or_else(|| bad("it leaves what can be written".to_owned())))
        .collect()
}

/// A number with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount {
    /// In 10⁻¹⁸, or in seconds.
    size: i128,
    unit: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Time,
    Percent,
    Points,
    Number,
}

impl Of {
    fn fits(self, other: Self) -> bool {
        self == other
    }

    /// From one percentage to another it is percentage points, but `/1%` can mean nothing else.
    fn steps(self, other: Self) -> bool {
        self == other || (self, other) == (Self::Points, Self::Percent)
    }
}

impl Amount {
    fn read(text: &str) -> Option<Self> {
        let at = text.find(|sign: char| !sign.is_ascii_digit() && !matches!(sign, '.' | '_' | '-' | '+'));
        let (number, unit) = text.split_at(at.unwrap_or(text.len()));
        let number: Decimal = number.replace('_', "").parse().ok()?;
        let unit = match unit {
            "" => Of::Number,
            "%" => Of::Percent,
            "pp" => Of::Points,
            word => {
                let unit = Unit::ALL.into_iter().find(|unit| unit.word() == word)?;
                let whole = number.units() / Decimal::ONE.units();
                return (number == Decimal::whole(i64::try_from(whole).ok()?))
                    .then(|| Self { size: whole * i128::from(unit.seconds()), unit: Of::Time });
            }
        };
        Some(Self { size: number.units(), unit })
    }

    fn told(self) -> Option<String> {
        let number = || Decimal::from_millionths(self.size / 1_000_000_000_000).to_string();
        Some(match self.unit {
            Of::Time => Duration::from_seconds(i64::try_from(self.size).ok()?)?.to_string(),
            Of::Percent => format!("{}%", number()),
            Of::Points => format!("{}pp", number()),
            Of::Number => number(),
        })
    }
}

impl Grid {
    /// The grid of some axes; at most [`MOST_CELLS`] variants, and no path twice.
    pub fn new(mut axes: Vec<Axis>) -> Result<Self, SetError> {
        axes.sort_by_key(|axis| !axis.recounts());
        for (at, axis) in axes.iter().enumerate() {
            if axes[..at].iter().any(|other| other.path == axis.path) {
                return Err(fault(format!("`{}` is swept twice", axis.path), "give all its values in one --sweep"));
            }
        }
        let many = axes.iter().try_fold(1_usize, |many, axis| many.checked_mul(axis.values.len()));
        if many.is_none_or(|many| many > MOST_CELLS) {
            let help = "take longer steps, or sweep fewer paths at a time";
            return Err(fault(format!("the sweep has more than {MOST_CELLS} variants"), help));
        }
        Ok(Self { axes })
    }

    /// How many variants.
    #[must_use]
    pub fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which value each axis has in a variant.
    #[must_use]
    pub fn places(&self, mut cell: usize) -> Vec<usize> {
        let mut places: Vec<usize> = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            places.push(cell % axis.values.len());
            cell /= axis.values.len();
        }
        places.reverse();
        places
    }

    /// What a variant sets: path and value of each axis.
    pub fn changes(&self, cell: usize) -> impl Iterator<Item = (&str, &str)> {
        let values = self.axes.iter().zip(self.places(cell));
        values.map(|(axis, at)| (axis.path.as_str(), axis.values[at].as_str()))
    }

    /// The variant that is the policy as it is, if it is on the grid.
    #[must_use]
    pub fn now(&self) -> Option<usize> {
        let mut cell = 0;
        for axis in &self.axes {
            let at = axis.values.iter().position(|value| *value == axis.now)?;
            cell = cell * axis.values.len() + at;
        }
        Some(cell)
    }

    /// How far a variant is from the policy as it is: steps along all axes, in millionths.
    #[must_use]
    pub fn distance(&self, cell: usize) -> i128 {
        self.axes.iter().zip(self.places(cell)).map(|(axis, at)| axis.distance(at)).sum()
    }
}
