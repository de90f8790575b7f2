//! A failed expectation in words: what was expected, what there was, and the log around it, as a diff of the two.

use super::{Tested, Verdict};
use crate::render::replay::{date, entry, waiting};
use crate::render::text::{clean, list, wrap};
use crate::render::{Style, diff};
use crate::replay::Decision;
use crate::scenario::{Expect, Failure, Found, Wanted, What};
use crate::value::duration::Tick;

/// How many entries of the log are shown before the day, and how many behind it.
const AROUND: usize = 2;

/// A failed expectation, ready to be told.
pub(super) struct Told<'a> {
    of: &'a Tested,
    verdict: &'a Verdict,
    failure: &'a Failure,
}

impl<'a> Told<'a> {
    /// All failures of a scenario.
    pub(super) fn all(of: &'a Tested, verdict: &'a Verdict) -> impl Iterator<Item = Self> {
        verdict.played.failures.iter().map(move |failure| Self { of, verdict, failure })
    }

    /// Its line in the file.
    pub(super) fn line(&self) -> usize {
        self.failure.expect.place.line(&self.of.text)
    }

    /// `support.test.yaml:12`
    pub(super) fn place(&self) -> String {
        format!("{}:{}", clean(&self.of.path), self.line())
    }

    /// What was expected: `reply at walk on 2026-01-31, by promote on acceptance`.
    pub(super) fn expected(&self) -> String {
        let Expect { action, what, .. } = &self.failure.expect;
        let name = clean(&self.of.plan.actions[action.index()].name);
        match what {
            What::Tier { on, tier, because } => {
                let why = if because.asks() { format!(", by {}", self.wanted(because)) } else { String::new() };
                format!("{name} at {tier} on {}{why}", date(*on))
            }
            What::Entry { from, to, wanted, never } => {
                let no = if *never { "no " } else { "" };
                format!("{no}{} of {name} between {} and {}", self.wanted(wanted), date(*from), date(*to))
            }
            What::Harm(wanted) => {
                let parts = wanted.iter().zip(HARM).filter_map(|(n, word)| Some(format!("{} {word}", (*n)?)));
                format!("harm of {name}: {}", parts.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// What there was instead.
    pub(super) fn actual(&self) -> String {
        let Expect { action, what, .. } = &self.failure.expect;
        let name = clean(&self.of.plan.actions[action.index()].name);
        match (&self.failure.found, what) {
            (Found::Tier(tier, last), What::Tier { on, because, .. }) => {
                let last = last.and_then(|at| self.verdict.played.run.decisions.get(at)).filter(|_| because.asks());
                let why = last.map_or_else(String::new, |it| format!(", by {}", named(it)));
                format!("{name} at {tier} on {}{why}", date(*on))
            }
            (Found::Entries(found), What::Entry { from, to, wanted, .. }) if found.is_empty() => {
                format!("no {} of {name} between {} and {}", self.wanted(wanted), date(*from), date(*to))
            }
            (Found::Entries(found), _) => {
                let days = found.iter().filter_map(|at| self.verdict.played.run.decisions.get(*at));
                let days: Vec<String> = days.map(|it| format!("{} on {}", named(it), self.day(it.at))).collect();
                format!("{name}: {}", list(&days, "and"))
            }
            (Found::Harm(it), _) => {
                let found = [it.seen, it.released, it.unknown];
                let What::Harm(wanted) = what else { return String::new() };
                let asked = found.iter().zip(HARM).zip(wanted).filter(|(_, wanted)| wanted.is_some());
                let parts: Vec<String> = asked.map(|((n, word), _)| format!("{n} {word}")).collect();
                format!("harm of {name}: {}", parts.join(", "))
            }
            (Found::Tier(..), _) => String::new(),
        }
    }

    /// The log as it is and as it was expected, as a diff.
    pub(super) fn diff(&self, style: Style) -> String {
        let plain = Style { colour: false, ..style };
        let (before, after) = self.around();
        let entries = |all: &[&Decision]| -> String {
            all.iter().map(|decision| entry(&self.of.plan, &self.verdict.played.run, decision, plain)).collect()
        };
        let (before, after) = (entries(&before), entries(&after));
        let text = |told: &str, why: &str| format!("{before}{}{why}{after}", wrap(told, "  ", "    ", style.width));
        diff::whole(&text(&self.expected(), ""), &text(&self.actual(), &self.why(plain)), style)
    }

    /// Why an action type that should be higher was not promoted.
    fn why(&self, style: Style) -> String {
        let (Found::Tier(found, _), What::Tier { tier, .. }) = (&self.failure.found, &self.failure.expect.what) else {
            return String::new();
        };
        let then = self.failure.then.as_ref().filter(|_| found < tier);
        then.map_or_else(String::new, |run| waiting(&self.of.plan, run, self.failure.expect.action, style))
    }

    /// The entries about the action type up to the last day of the expectation, and behind it.
    fn around(&self) -> (Vec<&Decision>, Vec<&Decision>) {
        let (first, last) = match &self.failure.expect.what {
            What::Tier { on, .. } => (on, Some(on)),
            What::Entry { from, to, .. } => (from, Some(to)),
            What::Harm(_) => return (self.entries().collect(), Vec::new()),
        };
        let seconds = self.of.plan.tick_seconds;
        let (first, last) = (first.boundary_at_or_after(seconds), last.map_or(Tick::MAX, |it| it.tick(seconds)));
        let earlier = self.entries().filter(|it| it.at < first).count().saturating_sub(AROUND);
        let inside = self.entries().filter(|it| it.at <= last).count();
        let before = self.entries().take(inside).skip(earlier).collect();
        (before, self.entries().skip(inside).take(AROUND).collect())
    }

    fn entries(&self) -> impl Iterator<Item = &Decision> {
        let action = self.failure.expect.action;
        self.verdict.played.run.decisions.iter().filter(move |decision| decision.action == action)
    }

    fn day(&self, at: Tick) -> String {
        date(crate::value::Instant::from_seconds(at.saturating_mul(self.of.plan.tick_seconds)))
    }

    /// `promote on acceptance (reply.crawl_to_walk)`
    fn wanted(&self, wanted: &Wanted) -> String {
        let kind = wanted.kind.map_or("a move", |kind| kind.word());
        let bar =
            wanted.bar.map_or_else(String::new, |id| format!(" on {}", clean(&self.of.plan.metrics[id.index()].name)));
        let clause = wanted.clause.as_ref().map_or_else(String::new, |clause| format!(" ({})", clean(clause)));
        format!("{kind}{bar}{clause}")
    }
}

/// `demote (reply.crawl_to_walk.keep[1])`
fn named(decision: &Decision) -> String {
    format!("{} ({})", decision.detail.kind().word(), clean(&decision.clause))
}

/// The parts of the harm interval.
const HARM: [&str; 3] = ["seen", "released", "unknown"];
