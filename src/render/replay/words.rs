//! In words: dates, spans, tiers, and what a bar saw: its rate, the samples, the window, and what it must be.

use super::View;
use crate::history::counts::Cohort;
use crate::model::policy::{ActionId, Method};
use crate::plan::matcher::Given;
use crate::plan::{Bar, Limit, MetricKind};
use crate::render::figures;
use crate::render::ink::Ink;
use crate::render::run_json::allowed_bad;
use crate::render::text::{GLUE, clean, clip, plural, thousands};
use crate::replay::{Reading, Standing};
use crate::stats::Rule;
use crate::syntax::ast::Op;
use crate::value::duration::Tick;
use crate::value::{Decimal, Duration, Instant, Tier};

/// `2026-02-03`; where it is not midnight `2026-02-03T12:00Z`.
pub(super) fn date(at: Instant) -> String {
    match at.civil().3 {
        0 => at.date(),
        second => format!("{}T{:02}:{:02}Z", at.date(), second / 3_600, second / 60 % 60),
    }
}

impl View<'_> {
    /// The date of a boundary.
    pub(super) fn date(self, at: Tick) -> String {
        date(Instant::from_seconds(at.saturating_mul(self.plan.tick_seconds)))
    }

    /// `14 d`: so many ticks.
    pub(super) fn span(self, ticks: i64) -> String {
        match Duration::from_seconds(ticks.saturating_mul(self.plan.tick_seconds)) {
            Some(duration) => format!("{}{GLUE}{}", duration.count, duration.unit.word()),
            None => format!("{ticks}{GLUE}ticks"),
        }
    }

    /// The name of an action type.
    pub(super) fn name(self, action: ActionId) -> String {
        clean(&self.plan.actions[action.index()].name)
    }

    /// A tier in its colour.
    pub(super) fn tier(self, tier: Tier) -> String {
        self.style.paint(Ink::Of(tier), tier)
    }

    /// `crawl → walk`
    pub(super) fn step(self, from: Tier, to: Tier) -> String {
        format!("{}{GLUE}{}{GLUE}{}", self.tier(from), self.style.arrow(), self.tier(to))
    }

    /// A sign for how a bar stands, and what it saw.
    pub(super) fn marked(self, reading: &Reading) -> String {
        let (ink, unicode, ascii) = match reading.standing {
            Standing::Clears => (Ink::Good, "✓", "+"),
            Standing::Short => (Ink::Bad, "✗", "x"),
            Standing::NoData | Standing::Insufficient => (Ink::Care, "·", "-"),
        };
        format!("{}{GLUE}{}", self.style.paint(ink, self.style.pick(unicode, ascii)), self.reading(reading))
    }

    /// What a bar saw: `acceptance 94.2 %, must be at least 90 %: 226 good and 14 bad of 240, at most 24 bad allowed,
    /// over 14 d from 2026-01-20`.
    pub(super) fn reading(self, reading: &Reading) -> String {
        let metric = self.metric(&reading.bar);
        let (window, must) = (self.window(reading), self.must(&reading.bar, reading.keep));
        match reading.standing {
            Standing::NoData => format!("{metric}: no sample {window}; {must}"),
            Standing::Insufficient => format!("{metric}: {} {window}; {must}", self.too_few(reading)),
            Standing::Short | Standing::Clears => {
                format!("{metric} {}, {must}: {}, {window}", self.value(reading), self.counts(reading))
            }
        }
    }

    /// The name of a bar's metric.
    pub(super) fn metric(self, bar: &Bar) -> String {
        clean(&self.plan.metrics[bar.metric.index()].name)
    }

    fn is_event(self, bar: &Bar) -> bool {
        matches!(self.plan.metrics[bar.metric.index()].kind, MetricKind::Event { .. })
    }

    /// `12 of at least 100 samples (11 good)`
    fn too_few(self, reading: &Reading) -> String {
        let (n, bad) = (reading.tally.n, reading.tally.bad);
        let so_far = match &reading.bar.limit {
            Limit::Mean { .. } => format!("mean {}", self.value(reading)),
            Limit::Share { .. } if self.is_event(&reading.bar) => format!("{} hit", thousands(bad)),
            Limit::Share { .. } => format!("{} good", thousands(n - bad)),
        };
        format!("{n} of at least {} ({so_far})", plural(reading.bar.min, "sample"), n = thousands(n))
    }

    /// `226 good and 14 bad of 240, at most 24 bad allowed`
    fn counts(self, reading: &Reading) -> String {
        let (n, bad) = (reading.tally.n, reading.tally.bad);
        match &reading.bar.limit {
            Limit::Mean { .. } => format!("the mean of {}", plural(n, "sample")),
            Limit::Share { .. } if self.is_event(&reading.bar) => {
                format!("{} of {} hit, {}", thousands(bad), thousands(n), room(reading, ""))
            }
            Limit::Share { .. } => {
                let (good, bad, all) = (thousands(n - bad), thousands(bad), thousands(n));
                format!("{good} good and {bad} bad of {all}, {}", room(reading, " bad"))
            }
        }
    }

    /// The rate or the mean, told apart from what it must be.
    fn value(self, reading: &Reading) -> String {
        let (n, bar) = (reading.tally.n, &reading.bar);
        let edge = edge(bar, self.is_event(bar));
        let (told, is_target) = match &bar.limit {
            Limit::Mean { .. } => {
                let sum = reading.tally.sum;
                (figures::mean(sum, n, &[bar.target, edge]), edge.compare_mean(sum, n).is_eq())
            }
            Limit::Share { .. } => {
                let part = if self.is_event(bar) { reading.tally.bad } else { n - reading.tally.bad };
                let is_edge = edge.compare_mean(i128::from(part) * 1_000_000, n).is_eq();
                (figures::rate(part, n, &[bar.target, edge]), is_edge)
            }
        };
        if is_target { format!("exactly {told}") } else { told }
    }

    /// `over 14 d from 2026-01-20`; of a window that the entry cut `over 9 d of 14 d, from …`.
    fn window(self, reading: &Reading) -> String {
        let (from, length) = (self.date(reading.from), reading.to - reading.from);
        match reading.bar.window {
            _ if length == 0 => "yet at this tier".to_owned(),
            None => format!("over the tier, from {from}"),
            Some(window) if length < window => {
                format!("over {} of {} from {from}", self.span(length), self.span(window))
            }
            Some(window) => format!("over {} from {from}", self.span(window)),
        }
    }

    /// `must be at least 90 % with 95 % confidence`, `must stay at least 91 % (95 % less 4 pp)`
    fn must(self, bar: &Bar, keep: bool) -> String {
        let lower_is_better = matches!(bar.op, Op::Less | Op::AtMost);
        let is_share = matches!(bar.limit, Limit::Share { .. });
        let told = |value| if is_share { figures::share(value) } else { value.to_string() };
        if !keep {
            return format!("must be {} {}{}", comparison(bar.op), told(bar.target), confidence(bar));
        }
        let edge = edge(bar, self.is_event(bar));
        let margin = if lower_is_better { edge.minus(bar.target) } else { bar.target.minus(edge) };
        let margin = if is_share { figures::points(margin) } else { margin.to_string() };
        let (most, sign) = if lower_is_better { ("at most", "plus") } else { ("at least", "less") };
        format!("must stay {most} {} ({} {sign} {margin})", told(edge), told(bar.target))
    }

    /// The values that make a version of the agent: `model = "m1", prompt_version = 2`.
    pub(super) fn cohort(self, action: ActionId, cohort: &Cohort) -> String {
        let renew = self.plan.actions[action.index()].renew.as_ref();
        let names = renew.map_or(&[][..], |renew| &renew.attributes).iter();
        let names = names.map(|id| clean(&self.plan.attributes[id.index()].name));
        let told = names.zip(cohort).map(|(name, value)| format!("{name} = {}", given(value.as_ref())));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// `at most 24 bad allowed`
fn room(reading: &Reading, noun: &str) -> String {
    let verb = if reading.keep { "tolerated" } else { "allowed" };
    match u64::try_from(allowed_bad(reading)) {
        Ok(0) if noun.is_empty() => format!("none {verb}"),
        Ok(0) => format!("no{noun} one {verb}"),
        Ok(most) => format!("at most {}{noun} {verb}", thousands(most)),
        Err(_) => "too few to clear even without a bad one".to_owned(),
    }
}

fn comparison(op: Op) -> &'static str {
    match op {
        Op::Less => "under",
        Op::AtMost => "at most",
        Op::More => "over",
        Op::AtLeast => "at least",
        Op::Equal => "equal to",
        Op::NotEqual => "other than",
    }
}

/// ` with 95 % confidence`, and the method where it is not the usual one.
fn confidence(bar: &Bar) -> String {
    let Limit::Share { rule: Rule::Bound { method, confidence_e8, .. }, .. } = &bar.limit else { return String::new() };
    let method = if *method == Method::Exact { String::new() } else { format!(" ({})", method.word()) };
    format!(" with {} confidence{method}", figures::share(figures::from_e8(*confidence_e8)))
}

/// The value at which a bar turns: its target, of a keep bar with the margin.
fn edge(bar: &Bar, is_event: bool) -> Decimal {
    match &bar.limit {
        Limit::Mean { value, .. } => *value,
        Limit::Share { rule: Rule::Bound { .. }, .. } => bar.target,
        Limit::Share { rule: Rule::Point { target_e8, .. }, .. } => {
            let share = figures::from_e8(*target_e8);
            if is_event { Decimal::ONE.minus(share) } else { share }
        }
    }
}

fn given(value: Option<&Given>) -> String {
    match value {
        None => "absent".to_owned(),
        Some(Given::Number(number)) => number.to_string(),
        Some(Given::Text(text)) => format!("\"{}\"", clean(&clip(text, 40, "..."))),
        Some(Given::Flag(flag)) => flag.to_string(),
        Some(Given::Other(json)) => clean(&clip(json, 40, "...")),
    }
}
