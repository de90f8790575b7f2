//! The same figures as a replay, for thousands of variants: sums by tick, bars as bits by boundary, each worked out once
//! for all variants that share it, and from event to event instead of from boundary to boundary.
//!
//! It decides nothing of its own: [`Summary`] is what [`crate::replay::run()`] comes to, and a test compares the two on
//! thousands of random policies and histories. What it does not cover ([`Fast::new`] gives nothing) is replayed plainly.

mod agenda;
mod bars;
mod course;
mod desk;
mod mask;
mod queue;
mod stay;
mod sums;
mod terms;
mod walk;

pub use terms::Sheet;
pub use walk::{Move, Variant};

use crate::history::Counts;
use crate::plan::Plan;
use crate::replay::{Approvals, Evidence, Figures, Options, Summary, run};
use crate::value::duration::Tick;
use bars::Bars;
use desk::Desk;
use stay::Stays;
use sums::Sums;
use terms::Parts;
use walk::Walk;

/// The counts of a history, made ready for the variants of one policy. Shared by threads.
#[derive(Debug)]
pub struct Fast<'a> {
    plan: &'a Plan,
    counts: &'a Counts,
    sums: Sums,
    no_approvals: bool,
}

impl<'a> Fast<'a> {
    /// Makes the counts ready; nothing where the options ask for what only a plain replay covers, or where the sums would
    /// not fit.
    #[must_use]
    pub fn new(plan: &'a Plan, counts: &'a Counts, options: &Options) -> Option<Self> {
        let no_approvals = match options.approvals {
            Approvals::Assumed => false,
            Approvals::Never => true,
            Approvals::Recorded(_) => return None,
        };
        if options.initial.is_some() || !options.forced.is_empty() {
            return None;
        }
        let span = run::boundaries(plan, counts, options).ok()?;
        let sums = Sums::new(plan, counts, options.evidence == Evidence::AnyTier, span)?;
        Some(Self { plan, counts, sums, no_approvals })
    }

    /// One thread's share of the work.
    #[must_use]
    pub fn worker(&self) -> Worker<'_> {
        let parts = Parts::new(self.plan, Bars::new(&self.sums, self.counts));
        Worker { parts, stays: Stays::new(self.sums.len), desk: Desk::default(), no_approvals: self.no_approvals }
    }
}

/// What one thread has worked out so far.
#[derive(Debug)]
pub struct Worker<'a> {
    parts: Parts<'a>,
    stays: Stays,
    desk: Desk,
    no_approvals: bool,
}

impl Worker<'_> {
    /// The terms of a plan that counts what the first one counts.
    pub fn sheet(&mut self, plan: &Plan) -> Sheet {
        self.parts.sheet(plan)
    }

    /// What a variant comes to, all action types together.
    pub fn figures(&mut self, variant: Variant) -> Figures {
        let sum = self.walk(variant).run().0;
        sum.into_iter().next().unwrap_or_default()
    }

    /// What a variant comes to, by action type.
    pub fn summary(&mut self, variant: Variant) -> Summary {
        Summary::of_actions(self.walk(variant).by_action().run().0)
    }

    /// The decisions of a variant, in the order of boundaries, kinds and declaration.
    pub fn decisions(&mut self, variant: Variant) -> Vec<Move> {
        let mut log = self.walk(variant).logging().run().1;
        log.sort_unstable();
        log
    }

    fn walk<'w>(&'w mut self, variant: Variant<'w>) -> Walk<'w, 'w> {
        self.stays.tidy();
        self.desk.lay(variant.gates, &self.parts, &mut self.stays);
        Walk::new(&self.parts, &mut self.stays, &self.desk.seats, variant, self.no_approvals)
    }
}

/// A span of ticks as a number of boundaries.
fn ticks(ticks: Tick) -> usize {
    usize::try_from(ticks).unwrap_or(0)
}
