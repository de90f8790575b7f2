//! Evidence for a bar at a boundary, and what it says: semantics §3.

use super::bounds::allowed_with_confidence;
use super::decimal::{MICRO, UNIT};
use super::policy::{Action, Bar, Kind, Tier};
use super::sample::Worth;
use super::world::{Cohort, World};

/// The point of view of one action type at one boundary.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) world: &'a World,
    pub(crate) action: usize,
    pub(crate) tier: Tier,
    /// The boundary at which the tier was entered; `None` for the first tier, which was not entered.
    pub(crate) entered: Option<i128>,
    pub(crate) cohort: Option<&'a Cohort>,
    pub(crate) demoted: bool,
    pub(crate) boundary: i128,
}

/// What a bar sees at a boundary. `target`, `limit` and `sum` in units of 10^-18.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) from: i128,
    pub(crate) n: i128,
    pub(crate) bad: i128,
    pub(crate) sum: i128,
    pub(crate) is_mean: bool,
    pub(crate) target: i128,
    /// c(n); for keep bars the most bad samples that do not fail.
    pub(crate) allowed_bad: i128,
    /// For a mean, instead.
    pub(crate) limit: i128,
    pub(crate) enough: bool,
    /// Clears, or (for keep bars) keeps, if there is enough.
    pub(crate) met: bool,
}

impl Look {
    pub(crate) fn clears(&self) -> bool {
        self.enough && self.met
    }

    pub(crate) fn fails(&self) -> bool {
        self.enough && !self.met
    }

    /// The state's name, with the words for enough evidence and target met or missed.
    pub(crate) fn state(&self, met: &'static str, missed: &'static str) -> &'static str {
        match (self.n, self.enough) {
            (0, _) => "no_data",
            (_, false) => "insufficient",
            _ if self.met => met,
            _ => missed,
        }
    }
}

impl View<'_> {
    pub(crate) fn definition(&self) -> &Action {
        &self.world.policy.actions[self.action]
    }

    /// The first tick of the bar's evidence: max(k − w, e), and from e `over tier`; not later than the boundary.
    fn first_tick(&self, bar: &Bar) -> i128 {
        let delay = self.world.ticks(self.world.policy.metric(bar).delay());
        let entry = self.entered.map(|entered| entered + delay);
        let start = match (bar.window, entry) {
            (Some(window), Some(entry)) => entry.max(self.boundary - self.world.ticks(window)),
            (Some(window), None) => self.boundary - self.world.ticks(window),
            (None, Some(entry)) => entry,
            (None, None) => self.world.earliest,
        };
        start.min(self.boundary)
    }

    /// §3, Evidence: "the samples of the bar's metric, recorded at the current tier (any-tier: wherever), of the
    /// current cohort, in the ticks from `from` to k − 1".
    fn evidence(&self, bar: &Bar, from: i128) -> Vec<Worth> {
        let world = self.world;
        let mut found = Vec::new();
        for sample in &world.samples[world.policy.metric_index(&bar.metric)] {
            let record = &world.history.records[sample.record];
            let in_window = from <= sample.tick && sample.tick < self.boundary;
            let at_tier = world.any_tier || world.recorded_tier(record) == Some(self.tier);
            if in_window
                && at_tier
                && world.types[sample.record] == Some(self.action)
                && Some(&world.cohorts[sample.record]) == self.cohort
            {
                found.push(sample.worth);
            }
        }
        found
    }

    fn look(&self, bar: &Bar) -> Look {
        let from = self.first_tick(bar);
        let evidence = self.evidence(bar, from);
        let n = evidence.len() as i128;
        let value = |worth: &Worth| if let Worth::Value(micros) = worth { *micros } else { 0 };
        Look {
            from,
            n,
            bad: evidence.iter().filter(|worth| **worth == Worth::Bad).count() as i128,
            sum: evidence.iter().map(value).sum::<i128>() * MICRO,
            is_mean: matches!(self.world.policy.metric(bar).kind, Kind::Mean { .. }),
            target: bar.target,
            allowed_bad: 0,
            limit: 0,
            enough: n >= bar.min,
            met: false,
        }
    }

    /// A bar of the gate: clears, short, insufficient, no data.
    pub(crate) fn promotion_bar(&self, bar: &Bar) -> Look {
        let mut look = self.look(bar);
        look.target = self.effective_target(bar);
        look.limit = look.target;
        if look.is_mean {
            look.met = bar.op.holds(&look.sum, &(look.target * look.n));
            return look;
        }
        look.allowed_bad = match bar.confidence {
            Some((level, method)) => allowed_with_confidence(bar.op, look.target, level, method, look.n),
            None => allowed_by_point(bar, look.target, look.n),
        };
        look.met = look.bad <= look.allowed_bad;
        look
    }

    /// "After a first demotion the target of promotion bars moves by R to the harder side (capped at 100 % / 0 %; for
    /// means by R of the scale's width, capped at its end)."
    fn effective_target(&self, bar: &Bar) -> i128 {
        let reentry = self.definition().clauses.reentry.unwrap_or(0);
        if !self.demoted || reentry == 0 {
            return bar.target;
        }
        let (low, high, step) = match self.world.policy.metric(bar).kind {
            // reentry is a share in units of 10^-18 with at most 8 decimals, the width is in units of 10^-6
            Kind::Mean { low, high, .. } => (low * MICRO, high * MICRO, reentry / 10_i128.pow(6) * (high - low)),
            _ => (0, UNIT, reentry),
        };
        if bar.op.higher_is_better() { (bar.target + step).min(high) } else { (bar.target - step).max(low) }
    }

    /// "A keep bar fails if it has enough evidence and its point value is beyond target by more than the margin."
    pub(crate) fn keep_bar(&self, bar: &Bar) -> Look {
        let mut look = self.look(bar);
        let margin = bar.margin.expect("a keep bar has a margin");
        let higher = bar.op.higher_is_better();
        look.limit = if higher { bar.target - margin } else { bar.target + margin };
        let (limit, n) = (look.limit, look.n);
        if look.is_mean {
            look.met = if higher { look.sum >= limit * n } else { look.sum <= limit * n };
            return look;
        }
        let stands = |bad: i128| if higher { (n - bad) * UNIT >= limit * n } else { bad * UNIT <= limit * n };
        look.allowed_bad = (0..=n).rev().find(|bad| stands(*bad)).unwrap_or(-1);
        look.met = stands(look.bad);
        look
    }
}

/// Without confidence: the exact comparison g/n OP target (for events: hits/n OP target); −1 at n = 0.
fn allowed_by_point(bar: &Bar, target: i128, n: i128) -> i128 {
    let clears = |bad: i128| {
        let counted = if bar.op.higher_is_better() { n - bad } else { bad };
        bar.op.holds(&(counted * UNIT), &(target * n))
    };
    if n == 0 {
        return -1;
    }
    (0..=n).rev().find(|bad| clears(*bad)).unwrap_or(-1)
}
