//! Everything that does not depend on the boundary: the records with their action type and cohort, the samples.

use super::history::{History, Record};
use super::json::Value;
use super::policy::{Action, Policy, Tier};
use super::sample::{Sample, samples};

/// The values of the `renew` attributes; an absent one is a value of its own.
pub(crate) type Cohort = Vec<Option<Value>>;

pub(crate) struct World {
    pub(crate) policy: Policy,
    pub(crate) history: History,
    pub(crate) any_tier: bool,
    pub(crate) assume_tier: Option<Tier>,
    pub(crate) approvals: bool,
    /// Per record.
    pub(crate) types: Vec<Option<usize>>,
    pub(crate) cohorts: Vec<Cohort>,
    /// Per metric.
    pub(crate) samples: Vec<Vec<Sample>>,
    /// Indexes of the replay's first and last boundary.
    pub(crate) first: i128,
    pub(crate) last: i128,
    /// The first boundary after the latest time in the history, whatever `to`.
    pub(crate) end: i128,
    /// The tick of the earliest record.
    pub(crate) earliest: i128,
}

impl World {
    pub(crate) fn new(policy: Policy, history: History, range: &Range) -> World {
        let types: Vec<Option<usize>> = history.records.iter().map(|record| policy.classify(record)).collect();
        let cohort = |(record, of_type): (&Record, &Option<usize>)| match of_type {
            Some(action) => cohort(&policy, &policy.actions[*action], record),
            None => Vec::new(),
        };
        let cohorts = history.records.iter().zip(&types).map(cohort).collect();
        let samples = policy.metrics.iter().map(|metric| samples(&history, metric, policy.tick)).collect();
        let Range { first, last, end, earliest } = *range;
        World {
            policy,
            history,
            any_tier: false,
            assume_tier: None,
            approvals: true,
            types,
            cohorts,
            samples,
            first,
            last,
            end,
            earliest,
        }
    }

    /// The recorded tier, or the assumed one.
    pub(crate) fn recorded_tier(&self, record: &Record) -> Option<Tier> {
        record.tier.or(self.assume_tier)
    }

    pub(crate) fn instant(&self, boundary: i128) -> i128 {
        boundary * self.policy.tick
    }

    pub(crate) fn ticks(&self, duration: i128) -> i128 {
        duration / self.policy.tick
    }

    /// "The current cohort of an action type at boundary B_k is that of its latest record (by time, then id by bytes)
    /// before B_k."
    pub(crate) fn cohort_at(&self, action: usize, boundary: i128) -> Option<&Cohort> {
        let mut latest: Option<usize> = None;
        for (index, record) in self.history.records.iter().enumerate() {
            if self.types[index] != Some(action) || record.time >= self.instant(boundary) {
                continue;
            }
            let key = |record: &Record| (record.time, record.id.clone());
            if latest.is_none_or(|known| key(record) > key(&self.history.records[known])) {
                latest = Some(index);
            }
        }
        latest.map(|index| &self.cohorts[index])
    }
}

fn cohort(policy: &Policy, action: &Action, record: &Record) -> Cohort {
    match &action.clauses.renew {
        Some(renew) => renew.attributes.iter().map(|name| policy.attribute(record, name)).collect(),
        None => Vec::new(),
    }
}

/// Boundary indexes; see [`World`].
pub(crate) struct Range {
    pub(crate) first: i128,
    pub(crate) last: i128,
    pub(crate) end: i128,
    pub(crate) earliest: i128,
}

/// §3: "The replay's boundaries run from the first boundary after the earliest record time to the first boundary after
/// the latest time in the history, both included. `--from/--to` narrow them, and a later `--to` extends them."
pub(crate) fn range(policy: &Policy, history: &History, from: Option<i128>, to: Option<i128>) -> Result<Range, String> {
    let (Some(start), Some(latest)) = (history.earliest_record(), history.latest_time()) else {
        return Err("nothing of this history could be kept".to_string());
    };
    let earliest = start.div_euclid(policy.tick);
    let end = latest.div_euclid(policy.tick) + 1;
    let from = from.map_or(earliest + 1, |from| from.div_euclid(policy.tick) + i128::from(from % policy.tick != 0));
    let first = from.max(earliest + 1);
    let last = to.map_or(end, |to| to.div_euclid(policy.tick));
    if last < first {
        return Err("no boundary in this range".to_string());
    }
    if last - first + 1 > 1_000_000 {
        return Err("more than 1,000,000 boundaries".to_string());
    }
    Ok(Range { first, last, end, earliest })
}
