//! A replay that goes on while its history is being made: at which tier is the next record to run?

use super::options::Options;
use super::run::{Error, run};
use super::state::Saved;
use crate::history::counts::{Cohort, CohortId, Tally};
use crate::history::{Counts, ReadError, count_text};
use crate::model::policy::ActionId;
use crate::plan::Plan;
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};

/// A replay that goes on as lines are written.
#[derive(Debug)]
pub struct Follower<'a> {
    plan: &'a Plan,
    /// Of all lines so far.
    counts: Counts,
    /// After the last boundary.
    saved: Option<Saved>,
}

impl<'a> Follower<'a> {
    /// Before the first line.
    #[must_use]
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, counts: Counts::default(), saved: None }
    }

    /// Takes the boundary at which a tick starts. What has been written of later times, as outcomes to come, changes
    /// nothing: a replay at a boundary knows only what happened before.
    pub fn reach(&mut self, boundary: Tick) -> Result<(), Error> {
        let first = self.counts.first_tick(self.plan.tick_seconds) + 1;
        if self.counts.earliest.is_none() || boundary < first {
            return Ok(());
        }
        let to = Some(Instant::from_seconds(boundary.saturating_mul(self.plan.tick_seconds)));
        let options = Options { to, initial: self.saved.take(), ..Options::default() };
        self.saved = Some(run(self.plan, &self.counts, &options)?.saved);
        Ok(())
    }

    /// The tier of an action type now.
    #[must_use]
    pub fn tier(&self, action: ActionId) -> Tier {
        let state = self.saved.as_ref().and_then(|saved| saved.states.get(action.index()));
        state.map_or(Tier::Crawl, |state| state.tier)
    }

    /// Counts the lines of one tick. Whatever shares an id stands among them, so they can be counted by themselves.
    pub fn read(&mut self, text: &str) -> Result<(), ReadError> {
        add(&mut self.counts, count_text(self.plan, "the history so far", text)?);
        Ok(())
    }
}

/// Adds counts of other records, as far as decisions need them.
fn add(all: &mut Counts, more: Counts) {
    if all.cohorts.is_empty() {
        *all = more;
        return;
    }
    let renamed: Vec<CohortId> = more.cohorts.into_iter().map(|values| adopt(all, values)).collect();
    let rename = |id: CohortId| renamed.get(id as usize).copied().unwrap_or_default();
    for (mut series, ticks) in more.samples {
        series.cohort = rename(series.cohort);
        merge(all.samples.entry(series).or_default(), ticks, Tally::add);
    }
    for (key, ticks) in more.arrivals {
        merge(all.arrivals.entry(key).or_default(), ticks, |sum, n| *sum += n);
    }
    for (signal, ticks) in more.notices {
        merge(all.notices.entry(signal).or_default(), ticks, |sum, n| *sum += n);
    }
    for (signal, ticks) in more.alive {
        all.alive.entry(signal).or_default().extend(ticks);
    }
    for (action, ticks) in more.latest_cohorts {
        // Later records stand in later ticks.
        all.latest_cohorts.entry(action).or_default().extend(ticks.into_iter().map(|(tick, id)| (tick, rename(id))));
    }
    all.earliest = all.earliest.take().into_iter().chain(more.earliest).min();
    all.latest = all.latest.take().into_iter().chain(more.latest).max();
}

fn adopt(all: &mut Counts, values: Cohort) -> CohortId {
    let known = all.cohorts.iter().position(|cohort| *cohort == values);
    let at = known.unwrap_or_else(|| {
        all.cohorts.push(values);
        all.cohorts.len() - 1
    });
    CohortId::try_from(at).unwrap_or(CohortId::MAX)
}

fn merge<T>(all: &mut Vec<(Tick, T)>, more: Vec<(Tick, T)>, add: impl Fn(&mut T, T)) {
    for (tick, value) in more {
        let at = all.partition_point(|(known, _)| *known < tick);
        match all.get_mut(at).filter(|(known, _)| *known == tick) {
            Some((_, sum)) => add(sum, value),
            None => all.insert(at, (tick, value)),
        }
    }
}
