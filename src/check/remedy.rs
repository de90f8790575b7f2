//! The smallest change of one figure of a gate that would keep a refuted promise.
//!
//! A figure is looked for by bisection, with little effort: what is harder is harder on every path, so a change that does
//! is followed by changes that do. Then smaller ones are tried with more effort, a few of them; where it does not tell
//! that the next smaller one fails, the change is only said to be sure. A change that would leave nothing for an agent
//! without fault is none.

use super::promises::course;
use super::{durations, words};
use crate::model::Policy;
use crate::model::policy::{self, Promise};
use crate::odds::{Answer, Asked, Course, Effort, Promised, Verdict};
use crate::plan::{Bar, Gate, Limit};
use crate::stats::{Allowed, E8, Method, Rule};
use crate::value::Decimal;
use std::sync::Arc;

/// What may be spent on one change that is tried.
const EFFORT: Effort = Effort { states: 100_000, steps: 10_000_000, paths: 1 << 15, draws: 10_000_000, threads: None };

/// What may be spent on one smaller change that is tried after that, and on how many.
const CLOSER: Effort =
    Effort { states: 1_000_000, steps: 50_000_000, paths: 1 << 17, draws: 30_000_000, threads: None };
const TRIES: i64 = 3;

/// Levels beyond whole percents that are offered, in hundred-millionths.
const LEVELS: [i64; 3] = [99_500_000, 99_900_000, 99_990_000];

/// A percentage point.
const POINT: i64 = E8 / 100;

/// Margins are looked for in steps of half a point.
const HALF_POINT: i64 = POINT / 2;

/// A change that keeps a promise, and whether no smaller one is known to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    at: i64,
    is_least: bool,
}

impl Found {
    /// A figure as help text: the figure, or that it is sure to do.
    fn told(self, figure: String) -> String {
        if self.is_least { figure } else { format!("{figure} (sure to do; a smaller change may)") }
    }
}

/// A refuted promise.
struct Search<'a> {
    policy: &'a Policy,
    asked: &'a Asked<'a>,
    promise: Promise,
    /// The most samples that each bar ever sees.
    most: Vec<u64>,
}

/// What would keep a promise, for a help text.
pub(super) fn remedy(policy: &Policy, asked: &Asked, promise: Promise, of: &Course, answer: &Answer) -> String {
    if let Some(stale) = of.goes_stale() {
        let after =
            durations::written(i64::try_from(stale).unwrap_or(i64::MAX).saturating_mul(asked.plan.tick_seconds));
        return format!(
            "this traffic leaves a keep bar without its `min` until `stale` comes, {after} after the promotion: \
             write a smaller `min`, or a longer window"
        );
    }
    let search = Search { policy, asked, promise, most: of.most_samples() };
    let found = if promise.demotes { search.of_keeps() } else { search.of_bars() };
    match found.as_slice() {
        [] => {
            let other = true_promise(promise, of, answer).map_or(String::new(), |told| format!("; {told}"));
            format!("no other `{}` alone keeps it{other}", search.figures())
        }
        [only] => format!("write {only}"),
        [others @ .., last] => format!("write {} or {last}", others.join(", ")),
    }
}

/// The promise that holds, in whole percent; `None` where it would promise nothing.
fn true_promise(promise: Promise, of: &Course, answer: &Answer) -> Option<String> {
    if of.is_impossible() {
        return Some(format!("nobody gets through within {}, not even without a fault", promise.within));
    }
    let (off, bound) = (4.0 * answer.error, words::promise(promise).1);
    let whole = if promise.at_least { (answer.chance - off) * 100.0 } else { (answer.chance + off).min(1.0) * 100.0 };
    let whole = if promise.at_least { whole.max(0.0).floor() } else { whole.ceil() };
    let is_vacuous = if promise.at_least { whole <= 0.0 } else { whole >= 100.0 };
    (!is_vacuous).then(|| format!("`{bound} {whole}%` would be true"))
}

impl Search<'_> {
    fn figures(&self) -> &'static str {
        if self.promise.demotes { "margin` or `min" } else { "hold`, `min` or `confidence" }
    }

    /// Whether a gate keeps the promise, and leaves something to pass.
    fn settled(&self, gate: &Gate, effort: &Effort) -> Verdict {
        let promised = Promised { at_least: self.promise.at_least, share: self.promise.chance };
        let course = course(&Asked { gate, ..*self.asked }, self.promise.demotes);
        course.map_or(Verdict::Refuted, |course| course.settle(promised, effort).0)
    }

    fn is_open(&self, gate: &Gate) -> bool {
        course(&Asked { gate, ..*self.asked }, self.promise.demotes).is_ok_and(|course| !course.is_impossible())
    }

    /// The first of so many changes, from the least to the greatest, that does.
    fn first(&self, count: i64, changed: impl Fn(&mut Gate, i64)) -> Option<Found> {
        let with = |at: i64| {
            let mut gate = self.asked.gate.clone();
            changed(&mut gate, at);
            gate
        };
        let open = least(count, |at| !self.is_open(&with(at)));
        let at = least(open, |at| self.settled(&with(at), &EFFORT) == Verdict::Proved);
        (at < open).then(|| self.closer(at, with))
    }

    /// The smaller neighbours of a change that does, one after the other, with more effort.
    fn closer(&self, mut at: i64, with: impl Fn(i64) -> Gate) -> Found {
        for _ in 0..TRIES {
            if at == 0 {
                return Found { at, is_least: true };
            }
            match self.settled(&with(at - 1), &CLOSER) {
                Verdict::Proved => at -= 1,
                Verdict::Refuted => return Found { at, is_least: true },
                Verdict::Undecided => break,
            }
        }
        Found { at, is_least: at == 0 }
    }

    /// Up where less is promised to happen than does, down where more is.
    fn sign(&self) -> i64 {
        if self.promise.at_least { -1 } else { 1 }
    }

    fn of_bars(&self) -> Vec<String> {
        let bars = || 0..self.asked.gate.bars.len();
        let min = bars().find_map(|at| self.min(at, |gate| &mut gate.bars[at].first));
        self.hold().into_iter().chain(min).chain(bars().find_map(|at| self.confidence(at))).collect()
    }

    fn of_keeps(&self) -> Vec<String> {
        if self.promise.at_least {
            return Vec::new();
        }
        let keeps = || 0..self.asked.gate.keeps.len();
        let margin = keeps().find_map(|at| self.margin(at));
        margin.into_iter().chain(keeps().find_map(|at| self.min(at, |gate| &mut gate.keeps[at]))).collect()
    }

    fn hold(&self) -> Option<String> {
        let (gate, sign) = (self.asked.gate, self.sign());
        let action = &self.asked.plan.actions[self.asked.action.index()];
        let delay = |bar: &Bar| self.asked.plan.metrics[bar.metric.index()].delay_ticks;
        let delays = gate.bars.iter().map(|bar| delay(&bar.first)).max().unwrap_or(0);
        // Else `stop` would come before the gate could be met (CWR218).
        let most = gate.stop.map_or(i64::MAX, |stop| stop - delays - action.cooldown - 1).min(self.asked.within);
        let room = if sign > 0 { most - gate.hold } else { gate.hold - 1 };
        let found = self.first(room, |gate, at| gate.hold += sign * (at + 1))?;
        let seconds = (gate.hold + sign * (found.at + 1)) * self.asked.plan.tick_seconds;
        Some(found.told(format!("`hold {}`", durations::written(seconds))))
    }

    fn min(&self, at: usize, bar: impl Fn(&mut Gate) -> &mut Bar) -> Option<String> {
        let (mut gate, sign) = (self.asked.gate.clone(), self.sign());
        let (min, metric) = (bar(&mut gate).min.cast_signed(), bar(&mut gate).metric);
        let most = self.most.get(at)?.cast_signed();
        let room = if sign > 0 { most - min } else { min - 1 };
        let of = |step: i64| (min + sign * (step + 1)).unsigned_abs();
        let found = self.first(room, |gate, step| bar(gate).min = of(step))?;
        Some(found.told(self.named(format!("`min {}`", of(found.at)), metric)))
    }

    fn confidence(&self, at: usize) -> Option<String> {
        let bar = &self.asked.gate.bars[at].first;
        let Limit::Share { rule, .. } = &bar.limit else { return None };
        let (method, level, target_e8) = match *rule {
            Rule::Point { target_e8, .. } => (Method::Exact, 0, target_e8),
            Rule::Bound { method, confidence_e8, target_e8 } => (method, confidence_e8, target_e8),
        };
        let of = |confidence_e8| Allowed::new(Rule::Bound { method, confidence_e8, target_e8 });
        let mut levels: Vec<i64> = (80..100).map(|percent| percent * POINT).chain([97_500_000]).chain(LEVELS).collect();
        levels.sort_unstable();
        let mut levels: Vec<i64> = levels.into_iter().filter(|it| (it - level) * self.sign() > 0).collect();
        levels.sort_by_key(|it| it * self.sign());
        // Else even a perfect record of `min` samples would fall short (CWR304).
        levels.retain(|level| of(*level).clears(bar.min, 0));
        let count = i64::try_from(levels.len()).unwrap_or(0);
        let level = |at: i64| usize::try_from(at).ok().and_then(|at| levels.get(at)).copied().unwrap_or(level);
        let found = self.first(count, |gate, to| {
            let rule = Rule::Bound { method, confidence_e8: level(to), target_e8 };
            gate.bars[at].first.limit = Limit::Share { rule, allowed: Arc::new(Allowed::new(rule)) };
        })?;
        let level = Decimal::from_hundred_millionths(level(found.at));
        let told = format!("`{}`", words::confidence(policy::Confidence { level, method }));
        Some(found.told(self.named(told, bar.metric)))
    }

    /// A wider margin, by half points.
    fn margin(&self, at: usize) -> Option<String> {
        let bar = &self.asked.gate.keeps[at];
        let Limit::Share { rule: Rule::Point { target_e8, .. }, .. } = bar.limit else { return None };
        let written = self.policy.actions[self.asked.action.index()].gate(self.asked.gate.step)?;
        let margin = written.keep_bars().nth(at)?.value.margin?;
        // A target of 0 % could never be missed (CWR205).
        let found = self.first((target_e8 - 1) / HALF_POINT, |gate, step| {
            let rule = Rule::Point { target_e8: target_e8 - (step + 1) * HALF_POINT, strict: false };
            gate.keeps[at].limit = Limit::Share { rule, allowed: Arc::new(Allowed::new(rule)) };
        })?;
        let margin = margin.plus(Decimal::from_hundred_millionths((found.at + 1) * HALF_POINT));
        let metric = &self.policy.metrics[bar.metric.index()];
        Some(found.told(self.named(format!("`margin {}`", words::margin(metric, margin)), bar.metric)))
    }

    /// With the metric it is about, where there are several.
    fn named(&self, figure: String, metric: policy::MetricId) -> String {
        let bars = if self.promise.demotes { self.asked.gate.keeps.len() } else { self.asked.gate.bars.len() };
        if bars < 2 { figure } else { format!("{figure} for `{}`", self.policy.metrics[metric.index()].name) }
    }
}

/// The least of `0..count` for which something holds that then holds for all that follow; `count` if there is none.
fn least(count: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (-1, count.max(0));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}
