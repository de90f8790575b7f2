//! Scenarios: what a policy is meant to do, told as records and what should become of them (interfaces §4).
//!
//! A file `NAME.test.yaml` names a policy and has scenarios (`file` reads it, `flow` its feeds, `exact` its exact
//! records; every name is one of the policy's). A scenario is made of feeds ([`feed`]: so many records a day, with exact
//! shares of signals) and of exact records; both become lines of a history, which is counted and replayed like any
//! other, by [`crate::replay::run()`]. Then the decisions are compared with what is expected ([`expect`]). What fails can
//! be rewritten ([`update()`]); how well scenarios test a policy is what [`coverage`] and [`mutants`] say.
//!
//! ```yaml
//! policy: support.cwr              # beside this file, or a path from there
//! scenarios:
//!   - name: a good month earns walk, and a bad week loses it
//!     start: 2026-01-01            # day 0 of the feeds
//!     end: 2026-06-01              # optional: the replay stops here, or goes on into silence until here; without it, it
//!                                  # ends with the last record or the last day that is expected, whichever is later
//!     approvals: never             # optional: nobody approves of anything; `assumed`, as without it: every approval is
//!                                  # given as soon as all else is met
//!     feed:
//!       - action: refund_up_to_50  # an action type
//!         record: {action: refund, amount: 20}   # `action` and attributes, where its predicate asks for them
//!         tier: crawl              # at which its records ran; `follow`: at which the replay then is
//!         days: 0..30              # half-open
//!         per_day: 20              # spread evenly from midnight on
//!         accepted: 95%            # each signal with the share of the records that get it
//!         rejected: 5%
//!         rated: {5: 30%, 1: 10%}  # a signal that carries a number: each number with its share
//!       - {signal: healthy, days: 0..30, per_day: 24}    # without an action type: notices
//!     records:                     # exact records, outcomes and notices, as they stand in a history
//!       - {id: x, time: 2026-01-05T10:00:00Z, action: refund, tier: crawl, amount: 20}
//!     expect:
//!       - {on: 2026-01-31, action: refund_up_to_50, tier: walk, because: {kind: promote, bar: acceptance}}
//!       - {between: [2026-02-01, 2026-02-14], action: refund_up_to_50, kind: demote}   # or `never: demote`
//!       - {action: refund_up_to_50, harm: {seen: 0, released: 0, unknown: 0}}          # at the end; each may be absent
//! ```
//!
//! - **Shares are exact.** Of the first n records of a feed, a signal with the share p has p·n, rounded down or up; where
//!   that is a whole number, it is that number. Signals that one metric judges by exclude each other in a record, and
//!   their shares add up to at most 100 %; all others are told independently of each other.
//! - **An outcome arrives with its action**, in the same second: before any settle or within is over, and in the tick of
//!   its action, whatever the tick. Outcomes that come later are written as exact records.
//! - **A date is its midnight**, and the tier on a date is that after the boundary at or before it: what happened before
//!   that day has counted, what happens on it has not. `between` includes both its ends. Both must lie where the
//!   scenario is evaluated: before its first boundary and after its last nothing is decided.
//! - `survives: [{mutant: PATH=VALUE, because: TEXT}]`, beside `scenarios`, accepts what no scenario can notice.
//! - `because` is about the last move of the action type: its kind, a metric among the bars it names, its clause.

pub mod coverage;
mod exact;
mod expect;
mod feed;
mod file;
mod flow;
pub mod mutants;
#[cfg(test)]
mod tests;
mod update;

pub use expect::{Expect, Found, Outside, Wanted, What};
pub use file::{parse, policy_of};
pub use update::{Updated, update};

use crate::history::{self, Counts};
use crate::plan::Plan;
use crate::replay::boundary::Walk;
use crate::replay::{self, Approvals, Options, Run};
use crate::value::Instant;
use crate::value::duration::Tick;
use crate::yaml::Way;
use feed::{Feed, Unit};

/// What a file says.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its scenarios.
    pub scenarios: Vec<Scenario>,
    /// The mutants that no scenario need notice.
    pub survives: Vec<Survives>,
}

/// A mutant that no scenario need notice.
#[derive(Clone, Debug)]
pub struct Survives {
    /// `PATH=VALUE`
    pub mutant: String,
    /// Why.
    pub because: String,
    /// Where that stands.
    pub place: Way,
}

/// What should become of some records.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called, and what `--run` looks for.
    pub name: String,
    /// Where it stands.
    pub place: Way,
    /// Where its replay ends, if that is said.
    end: Option<Instant>,
    /// Whether approvals are given.
    approvals: Approvals,
    feeds: Vec<Feed>,
    /// The exact records.
    records: Vec<Unit>,
    /// What should become of them.
    pub expects: Vec<Expect>,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line of it is no record.
    #[error("{count} of its records cannot be kept; the first: {why}")]
    Bad {
        /// How many.
        count: u64,
        /// What is wrong with the first.
        why: String,
    },
    /// It expects something of a time at which nothing is decided.
    #[error("{} of its expectations are about a time at which nothing is decided", .0.len())]
    Outside(Vec<Outside>),
    /// It could not be read back.
    #[error(transparent)]
    Read(#[from] history::ReadError),
    /// It could not be replayed.
    #[error(transparent)]
    Replay(#[from] replay::Error),
}

/// What became of a scenario.
#[derive(Clone, Debug)]
pub struct Played {
    /// Its replay.
    pub run: Run,
    /// The expectations that were not met.
    pub failures: Vec<Failure>,
}

/// An expectation that was not met.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The expectation.
    pub expect: Expect,
    /// What there was instead.
    pub found: Found,
    /// The replay up to the day of the expectation, where it is about a day: it knows why nothing moved.
    pub then: Option<Run>,
}

impl Scenario {
    /// Its records, as JSON Lines in order of time.
    pub fn records(&self, plan: &Plan) -> Result<String, Error> {
        let mut units = self.records.clone();
        for feed in &self.feeds {
            feed.units(plan, &mut units);
        }
        units.sort_by_key(|unit| unit.second);
        feed::text(plan, &units, &self.approvals)
    }

    /// Counts its records, replays them, and compares the decisions with what is expected.
    pub fn play(&self, plan: &Plan) -> Result<Played, Error> {
        let counts = self.counts(plan)?;
        let run = self.replay(plan, &counts, &mut |_, _| ())?;
        let outside: Vec<Outside> = self.expects.iter().filter_map(|expect| expect.outside(plan, &run)).collect();
        if !outside.is_empty() {
            return Err(Error::Outside(outside));
        }
        let mut failures = Vec::new();
        for expect in &self.expects {
            let Some(found) = expect.unmet(plan, &run) else { continue };
            let then = expect.day().map(|day| replay::run(plan, &counts, &self.options(day))).and_then(Result::ok);
            failures.push(Failure { expect: expect.clone(), found, then });
        }
        Ok(Played { run, failures })
    }

    /// Whether some feed runs at the tier at which the replay is.
    fn follows(&self) -> bool {
        self.feeds.iter().any(Feed::follows)
    }

    /// Whether every expectation is met; also where it cannot be played, it is not.
    fn passes(&self, plan: &Plan, counts: &Counts) -> bool {
        let run = self.replay(plan, counts, &mut |_, _| ());
        run.is_ok_and(|run| self.expects.iter().all(|expect| expect.unmet(plan, &run).is_none()))
    }

    /// Its records, counted.
    fn counts(&self, plan: &Plan) -> Result<Counts, Error> {
        let counts = history::count_text(plan, &self.name, &self.records(plan)?)?;
        match counts.intake.bad.values().next() {
            Some(bad) => Err(Error::Bad { count: counts.intake.bad_lines(), why: bad.first.why.clone() }),
            None => Ok(counts),
        }
    }

    fn replay(&self, plan: &Plan, counts: &Counts, watch: &mut dyn FnMut(&Walk, Tick)) -> Result<Run, Error> {
        Ok(replay::watched(plan, counts, &self.options(self.end(plan, counts)), watch)?)
    }

    /// How it is replayed, until then.
    fn options(&self, to: Instant) -> Options {
        Options { to: Some(to), approvals: self.approvals.clone(), ..Options::default() }
    }

    /// Where the replay ends.
    fn end(&self, plan: &Plan, counts: &Counts) -> Instant {
        let last = counts.last_boundary(plan.tick_seconds).saturating_mul(plan.tick_seconds);
        let expected = self.expects.iter().filter_map(Expect::last_day).max();
        self.end.unwrap_or(Instant::from_seconds(last).max(expected.unwrap_or(Instant::from_seconds(last))))
    }
}
