//! In words: chances with their errors, agents by their rates, bars as they are written.

use super::View;
use crate::forecast::{Mean, Row, agent, need};
use crate::model::policy::{ActionId, MetricId};
use crate::odds::{Answer, Method};
use crate::plan::{Bar, Gate, Limit, MetricKind, Plan};
use crate::render::Style;
use crate::render::figures;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, thousands};
use crate::stats::{Rule, real};
use crate::value::{Decimal, Duration, Step};
use std::cmp::Ordering;

/// A percentage with so many decimals; never 0 or 100 where it is neither.
fn rounded(chance: f64, decimals: usize) -> String {
    let told = format!("{:.*}", decimals, chance * 100.0);
    let is_end = |end: &str| told.trim_end_matches('0').trim_end_matches('.') == end;
    match decimals {
        _ if chance <= 0.0 => "0".to_owned(),
        _ if chance >= 1.0 => "100".to_owned(),
        0 | 1 if is_end("0") || is_end("100") => rounded(chance, decimals + 1),
        _ if is_end("0") => "<0.01".to_owned(),
        _ if is_end("100") => ">99.99".to_owned(),
        _ => told,
    }
}

/// `8.03 %`: one decimal, or two where it is nearer to 0 or 100 %.
pub(super) fn percent(chance: f64) -> String {
    let is_middle = (0.1..=0.9).contains(&chance);
    format!("{}{GLUE}%", rounded(chance, if is_middle { 1 } else { 2 }))
}

/// `8.03 %` where it is exact, `8.0 ± 0.1 %` where it has an error; where all paths ended alike, what that bounds with
/// 95 %, and what is nearer to 0 or 100 % than a hundredth of a point is only said to be.
pub(super) fn chance(answer: &Answer, style: Style) -> String {
    let (least, most) = (answer.chance - 2.0 * answer.error, answer.chance + 2.0 * answer.error);
    match answer.method {
        Method::Exact => percent(answer.chance),
        Method::Simulated { paths, hits } if hits == paths => {
            let sure = 1.0 - 3.0 / real(paths.max(1));
            format!(">{:.2}{GLUE}%", (sure.max(0.0) * 10_000.0).floor() / 100.0)
        }
        Method::Simulated { hits: 0, .. } => {
            format!("<{:.2}{GLUE}%", (answer.error.min(1.0) * 10_000.0).ceil() / 100.0)
        }
        Method::Simulated { .. } | Method::Weighted { .. } if most < 1e-4 => format!("<0.01{GLUE}%"),
        Method::Simulated { .. } | Method::Weighted { .. } if least > 0.9999 => format!(">99.99{GLUE}%"),
        Method::Simulated { .. } | Method::Weighted { .. } => about(answer.chance, answer.error, style),
    }
}

/// `8.0 ± 0.1 %`
fn about(share: f64, error: f64, style: Style) -> String {
    let decimals = if error >= 0.000_95 { 1 } else { 2 };
    let unit = if decimals == 1 { 10.0 } else { 100.0 };
    let error = (error * 100.0 * unit).round().max(1.0) / unit;
    let sign = style.pick("±", "+-");
    format!("{}{GLUE}{sign}{GLUE}{error:.decimals$}{GLUE}%", rounded(share, decimals))
}

/// A share of histories' time, with its error; where it is none or all of it in all of them, what that bounds.
pub(super) fn share_of(mean: Mean, style: Style) -> String {
    match mean {
        Mean::About(share, error) if share + 2.0 * error < 1e-4 => format!("<0.01{GLUE}%"),
        Mean::About(share, error) if share - 2.0 * error > 0.9999 => format!(">99.99{GLUE}%"),
        Mean::About(share, error) => about(share, error, style),
        Mean::Below(most) => format!("<{:.2}{GLUE}%", (most.min(1.0) * 10_000.0).ceil() / 100.0),
        Mean::Above(least) => format!(">{:.2}{GLUE}%", (least * 10_000.0).floor() / 100.0),
    }
}

/// How often on average, with its error: `0.31 ± 0.02`, with as many decimals as the error has.
pub(super) fn how_often(mean: Mean, style: Style) -> String {
    let fits = |error: f64| (2..9).find(|decimals| error * 10_f64.powi(*decimals) >= 0.95).unwrap_or(9);
    match mean {
        Mean::About(mean, error) => {
            let decimals = fits(error).unsigned_abs() as usize;
            format!("{mean:.decimals$}{GLUE}{}{GLUE}{error:.decimals$}", style.pick("±", "+-"))
        }
        Mean::Below(most) | Mean::Above(most) => {
            let decimals = fits(most).unsigned_abs() as usize;
            let unit = 10_f64.powi(fits(most));
            format!("<{:.decimals$}", (most * unit - 1e-9).ceil() / unit)
        }
    }
}

/// `one time in 12`
pub(super) fn times(chance: f64) -> Option<String> {
    match chance {
        it if !(1e-3..1.0).contains(&it) => None,
        it if it < 0.4 => Some(format!("one time in {:.0}", 1.0 / it)),
        it if it < 0.95 => Some(format!("{:.0} times in 10", it * 10.0)),
        _ => Some("nearly always".to_owned()),
    }
}

/// `54 d`: an average, in days.
pub(super) fn days(days: f64) -> String {
    let decimals = usize::from(days < 10.0);
    format!("{days:.decimals$}{GLUE}d")
}

/// The same of an agent: `~54 d` where it was simulated.
pub(super) fn after(row: &Row) -> Option<String> {
    row.days.map(|(after, _)| format!("{}{}", if row.is_exact { "" } else { "~" }, days(after)))
}

/// `-2 pp`, `at the bar`, `+1 pp`
pub(super) fn points(better: Decimal, style: Style) -> String {
    let size = |value| figures::points(value);
    match better.cmp(&Decimal::ZERO) {
        Ordering::Less => format!("{}{}", style.pick("−", "-"), size(Decimal::ZERO.minus(better))),
        Ordering::Equal => "the bar".to_owned(),
        Ordering::Greater => format!("+{}", size(better)),
    }
}

/// The ink of an agent: not as good as the bar asks, just as good, better.
pub(super) fn ink(better: Decimal) -> Ink {
    match better.cmp(&Decimal::ZERO) {
        Ordering::Less => Ink::Bad,
        Ordering::Equal => Ink::Care,
        Ordering::Greater => Ink::Good,
    }
}

/// `2 points short of`, `1 point better than`
pub(super) fn beside(better: Decimal) -> String {
    let is_short = better < Decimal::ZERO;
    let (size, than) = if is_short { (Decimal::ZERO.minus(better), "short of") } else { (better, "better than") };
    let told = figures::points(size).replace(&format!("{GLUE}pp"), "");
    let s = if told == "1" { "" } else { "s" };
    format!("{told}{GLUE}point{s} {than}")
}

/// A true rate: `93 %`, `4.12`.
pub(super) fn rate(plan: &Plan, id: MetricId, rate: Decimal) -> String {
    if plan.metrics[id.index()].is_mean() { rate.to_string() } else { figures::share(rate) }
}

/// `an agent that is right 93 % of the time`
pub(super) fn agent_of(plan: &Plan, rates: &[(MetricId, Decimal)]) -> String {
    let name = |id: MetricId| clean(&plan.metrics[id.index()].name);
    match rates {
        [(id, value)] if matches!(plan.metrics[id.index()].kind, MetricKind::Verdict { .. }) => {
            format!("an agent that is right {} of the time", rate(plan, *id, *value))
        }
        _ => {
            let told: Vec<String> =
                rates.iter().map(|(id, value)| format!("{} is {}", name(*id), rate(plan, *id, *value))).collect();
            format!("an agent whose {}", list(&told, "and"))
        }
    }
}

impl View<'_> {
    pub(super) fn plan(&self) -> &Plan {
        self.asked.question.plan
    }

    pub(super) fn chance(&self, answer: &Answer) -> String {
        chance(answer, self.style)
    }

    /// `14 d`: so many ticks.
    pub(super) fn span(&self, ticks: i64) -> String {
        match Duration::from_seconds(ticks.saturating_mul(self.plan().tick_seconds)) {
            Some(duration) => format!("{}{GLUE}{}", duration.count, duration.unit.word()),
            None => format!("{ticks}{GLUE}ticks"),
        }
    }

    pub(super) fn path(&self, action: ActionId, step: Step) -> String {
        clean(&self.plan().gate_path(action, step))
    }

    /// A bar as a policy has it: `acceptance >= 95 % over 14 d min 200`.
    pub(super) fn bar(&self, bar: &Bar) -> String {
        let metric = clean(&self.plan().metrics[bar.metric.index()].name);
        let window = bar.window.map_or_else(|| "tier".to_owned(), |ticks| self.span(ticks));
        let confidence = match &bar.limit {
            Limit::Share { rule: Rule::Bound { method, confidence_e8, .. }, .. } => {
                format!(" confidence{GLUE}{} {}", figures::share(figures::from_e8(*confidence_e8)), method.word())
            }
            Limit::Share { .. } | Limit::Mean { .. } => String::new(),
        };
        let target = rate(self.plan(), bar.metric, bar.target);
        format!("{metric} {} {target} over{GLUE}{window} min{GLUE}{}{confidence}", bar.op.sign(), thousands(bar.min))
    }

    /// A keep bar as it stands: `acceptance >= 95 % over 14 d min 200 margin 4 pp`.
    pub(super) fn keep(&self, bar: &Bar) -> String {
        format!("{} margin{GLUE}{}", self.bar(bar), self.margin_now(bar))
    }

    /// The margin of a keep bar as the policy has it; of a mean not by way of a share, which would round it.
    pub(super) fn margin_now(&self, bar: &Bar) -> String {
        match &bar.limit {
            Limit::Mean { value, .. } => {
                let off = bar.target.minus(*value);
                off.max(Decimal::ZERO.minus(off)).to_string()
            }
            Limit::Share { .. } => self.margin(bar, need::margin_of(&self.plan().metrics[bar.metric.index()], bar)),
        }
    }

    /// A margin in its unit.
    pub(super) fn margin(&self, bar: &Bar, margin: Decimal) -> String {
        let metric = &self.plan().metrics[bar.metric.index()];
        let (low, high) = agent::scale(metric);
        if metric.is_mean() { margin.share_of(high.minus(low)).to_string() } else { figures::points(margin) }
    }

    pub(super) fn gate(&self, action: ActionId, step: Step) -> Option<&Gate> {
        self.plan().actions[action.index()].gates[step.index()].as_ref()
    }
}
