//! A world: the true rate of each metric, and how many samples of it arrive, evenly.

use crate::model::policy::MetricId;
use crate::plan::{Metric, MetricKind};
use crate::stats::real;
use crate::value::Decimal;

/// The most samples of one tick that are computed with.
const MOST_PER_TICK: i128 = 1_000_000_000;

/// So many in so long, evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// So many …
    pub count: Decimal,
    /// … in so many seconds.
    pub per_seconds: i64,
}

/// What is taken to be true of an agent and its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The true share, or mean, by metric; the same at every tick, and independent from record to record and from
    /// metric to metric.
    pub rates: Vec<(MetricId, Decimal)>,
    /// How many samples of each metric arrive.
    pub flows: Vec<(MetricId, Flow)>,
}

impl World {
    /// A world in which each record is a sample of every metric that has a rate.
    #[must_use]
    pub fn even(rates: Vec<(MetricId, Decimal)>, flow: Flow) -> Self {
        let flows = rates.iter().map(|(id, _)| (*id, flow)).collect();
        Self { rates, flows }
    }

    /// How many samples of a metric arrive; `None` where nothing says so.
    #[must_use]
    pub fn flow(&self, id: MetricId) -> Option<Flow> {
        self.flows.iter().find(|(of, _)| *of == id).map(|(_, flow)| *flow)
    }

    /// The true share of bad samples of a metric.
    ///
    /// A mean has no distribution that its policy states. Its values are taken to lie at the two ends of the scale,
    /// which is the widest spread that this mean can have; so luck counts for more than it will.
    #[must_use]
    pub fn bad_share(&self, id: MetricId, metric: &Metric) -> Option<f64> {
        let rate = self.rates.iter().find(|(of, _)| *of == id).map(|(_, rate)| *rate)?;
        let (far, width) = match metric.kind {
            MetricKind::Verdict { .. } => (Decimal::ONE.minus(rate), Decimal::ONE),
            MetricKind::Event { .. } => (rate, Decimal::ONE),
            MetricKind::Mean { low, high, lower_is_better, .. } => {
                let [low, high] = [low, high].map(|end| Decimal::from_millionths(i128::from(end)));
                let far = if lower_is_better { rate.minus(low) } else { high.minus(rate) };
                (far, high.minus(low))
            }
        };
        Some((parts(far) / parts(width)).clamp(0.0, 1.0))
    }
}

impl Flow {
    /// How many a day, in millionths, rounded down.
    #[must_use]
    pub fn daily(self) -> u64 {
        let millionths = self.count.units() / 1_000_000_000_000;
        let daily = millionths.saturating_mul(86_400).checked_div(i128::from(self.per_seconds)).unwrap_or(0);
        u64::try_from(daily).unwrap_or(0)
    }

    /// How many records arrive in each of the first ticks; `None` where they are too many.
    ///
    /// Until the end of a tick as many have come as whole ones fit: what is left of one comes with the next tick.
    #[must_use]
    pub fn records(self, ticks: usize, tick_seconds: i64) -> Option<Vec<u64>> {
        // Counts have at most six decimals.
        let millionths = self.count.units() / 1_000_000_000_000;
        let in_a_tick = millionths.checked_mul(i128::from(tick_seconds))?;
        let one = i128::from(self.per_seconds).checked_mul(1_000_000)?;
        if one <= 0 || in_a_tick < 0 || in_a_tick / one > MOST_PER_TICK {
            return None;
        }
        let arrived = |ticks: i128| ticks * in_a_tick / one;
        (0_i128..).take(ticks).map(|tick| u64::try_from(arrived(tick + 1) - arrived(tick)).ok()).collect()
    }
}

/// A value in hundred-millionths: shares have no more decimals, and values of a scale fewer.
fn parts(value: Decimal) -> f64 {
    let parts = value.units() / 10_000_000_000;
    real(u64::try_from(parts.max(0)).unwrap_or(u64::MAX))
}
