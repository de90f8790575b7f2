//! Expectations: what the decisions of a replay should be.

use crate::model::policy::{ActionId, MetricId};
use crate::plan::Plan;
use crate::replay::exposure::Exposed;
use crate::replay::{Decision, Detail, Kind, Reading, Run};
use crate::value::duration::Tick;
use crate::value::{Duration, Instant, Tier};
use crate::yaml::Way;

/// One expectation.
#[derive(Clone, Debug)]
pub struct Expect {
    /// Where it stands.
    pub place: Way,
    /// Which action type it is about.
    pub action: ActionId,
    /// What is expected.
    pub what: What,
}

/// What is expected of an action type.
#[derive(Clone, Debug)]
pub enum What {
    /// A tier on a day, and how it got there.
    Tier {
        /// The day, or the time.
        on: Instant,
        /// The tier.
        tier: Tier,
        /// What its last move was.
        because: Wanted,
    },
    /// An entry of the log between two days, or none.
    Entry {
        /// From, included.
        from: Instant,
        /// To, included.
        to: Instant,
        /// Which entry.
        wanted: Wanted,
        /// There should be none.
        never: bool,
    },
    /// Records that would have hurt, at the end: seen, released, unknown.
    Harm([Option<u64>; 3]),
}

/// What is asked of an entry of the log; what is absent is not asked.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Its kind.
    pub kind: Option<Kind>,
    /// A metric among its bars.
    pub bar: Option<MetricId>,
    /// Its clause.
    pub clause: Option<String>,
}

/// What there was instead.
#[derive(Clone, Debug)]
pub enum Found {
    /// This tier, and the move that led there: an index into the log.
    Tier(Tier, Option<usize>),
    /// These entries that should not be there: indices into the log. None: the one that should is missing.
    Entries(Vec<usize>),
    /// This exposure.
    Harm(Exposed),
}

/// What to write where a replay ends too early.
const LATER: &str = "write a later `end`, or leave it out";

/// An expectation about a time at which nothing is decided: it would always be met, or never.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Where it says when.
    pub place: Way,
    /// From when to when the scenario runs.
    pub message: String,
    /// What to write.
    pub help: &'static str,
}

/// `the scenario runs from 2026-01-02 to 2026-02-01, evaluated every 1d`
fn span(plan: &Plan, run: &Run) -> String {
    let at = |boundary: Tick| day(Instant::from_seconds(boundary.saturating_mul(plan.tick_seconds)));
    let tick =
        Duration::from_seconds(plan.tick_seconds).map_or_else(String::new, |it| format!(", evaluated every {it}"));
    format!("the scenario runs from {} to {}{tick}", at(run.from), at(run.to))
}

/// A date, or where it is not midnight the time.
fn day(at: Instant) -> String {
    if at.civil().3 == 0 { at.date() } else { at.to_string() }
}

impl Wanted {
    /// Whether an entry is what is asked.
    fn is(&self, decision: &Decision) -> bool {
        self.kind.is_none_or(|kind| decision.detail.kind() == kind)
            && self.bar.is_none_or(|metric| bars(decision).iter().any(|reading| reading.bar.metric == metric))
            && self.clause.as_ref().is_none_or(|clause| decision.clause == *clause)
    }

    /// Whether anything is asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.kind.is_some() || self.bar.is_some() || self.clause.is_some()
    }
}

/// The bars that an entry names.
pub(super) fn bars(decision: &Decision) -> &[Reading] {
    match &decision.detail {
        Detail::Promote { bars, .. }
        | Detail::Defer { bars, .. }
        | Detail::Demote { bars }
        | Detail::Stale { bars, .. }
        | Detail::Stop { bars, .. } => bars,
        Detail::Trip { .. } | Detail::Renew { .. } => &[],
    }
}

impl Expect {
    /// What there is instead, if it is not met.
    pub(super) fn unmet(&self, plan: &Plan, run: &Run) -> Option<Found> {
        let boundary = |at: &Instant| at.tick(plan.tick_seconds);
        let own = || run.decisions.iter().enumerate().filter(|(_, decision)| decision.action == self.action);
        match &self.what {
            What::Tier { on, tier, because } => {
                let moved = |(_, it): &(usize, &Decision)| it.from != it.to && it.at <= boundary(on);
                let last = own().rev().find(moved);
                let found = last.map_or(Tier::Crawl, |(_, decision)| decision.to);
                let is_why = !because.asks() || last.is_some_and(|(_, decision)| because.is(decision));
                (found != *tier || !is_why).then(|| Found::Tier(found, last.map(|(at, _)| at)))
            }
            What::Entry { from, to, wanted, never } => {
                let from = from.boundary_at_or_after(plan.tick_seconds);
                let inside = |(_, it): &(usize, &Decision)| (from..=boundary(to)).contains(&it.at) && wanted.is(it);
                let found: Vec<usize> = own().filter(inside).map(|(at, _)| at).collect();
                (found.is_empty() != *never).then_some(Found::Entries(found))
            }
            What::Harm(wanted) => {
                let exposed = run.outcomes[self.action.index()].exposed;
                let found = [exposed.seen, exposed.released, exposed.unknown];
                let differs = wanted.iter().zip(found).any(|(wanted, found)| wanted.is_some_and(|it| it != found));
                differs.then_some(Found::Harm(exposed))
            }
        }
    }

    /// Why a replay that has these boundaries says nothing about it, and what to write instead, if that is so.
    pub(super) fn outside(&self, plan: &Plan, run: &Run) -> Option<Outside> {
        let boundary = |at: &Instant| at.tick(plan.tick_seconds);
        let (key, when, help) = match &self.what {
            What::Tier { on, .. } if boundary(on) < run.from => {
                ("on", format!("on {}", day(*on)), "write a later day, or earlier records")
            }
            What::Tier { on, .. } if boundary(on) > run.to => ("on", format!("on {}", day(*on)), LATER),
            What::Entry { to, .. } if boundary(to) > run.to => ("between", format!("on {}", day(*to)), LATER),
            What::Entry { from, to, .. }
                if boundary(to) < run.from.max(from.boundary_at_or_after(plan.tick_seconds)) =>
            {
                let when = format!("between {} and {}", day(*from), day(*to));
                ("between", when, "write two dates between which something is decided")
            }
            _ => return None,
        };
        let message = format!("nothing is decided {when}: {}", span(plan, run));
        Some(Outside { place: self.place.value(key), message, help })
    }

    /// The day it is about.
    pub(super) fn day(&self) -> Option<Instant> {
        if let What::Tier { on, .. } = self.what { Some(on) } else { None }
    }

    /// The last day it is about: the replay goes on until then.
    pub(super) fn last_day(&self) -> Option<Instant> {
        match self.what {
            What::Tier { on: last, .. } | What::Entry { to: last, .. } => Some(last),
            What::Harm(_) => None,
        }
    }
}
