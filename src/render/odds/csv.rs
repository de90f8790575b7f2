//! `odds --format csv`: one row per figure.

use super::Asked;
use crate::forecast::{Forecast, GateOdds, HORIZONS, MONTH, Noticed, Row, YEAR, Year};
use crate::odds::{Answer, Method};
use crate::stats::real;
use crate::value::{Decimal, Step, Tier};
use std::fmt::Write as _;

/// The columns.
const HEAD: &str = "of,figure,better,days,value,error,method,paths\n";

/// The odds of a policy. `of` is a gate, an action type, or the policy; `better` how far the agent is from the bar, or
/// was before a drop, as a share of the scale.
#[must_use]
pub fn forecast(asked: Asked, forecast: &Forecast) -> String {
    let mut out = HEAD.to_owned();
    for gate in &forecast.gates {
        gate_rows(asked, gate, &mut out);
    }
    for year in &forecast.years {
        year_rows(asked, year, &mut out);
    }
    out
}

/// One row; names of a policy are identifiers, so nothing is ever quoted.
fn row(of: &str, figure: &str, better: Decimal, days: i64, answer: &Answer) -> String {
    let (method, paths) = match answer.method {
        Method::Exact => ("exact", String::new()),
        Method::Simulated { paths, .. } => ("simulated", paths.to_string()),
        Method::Weighted { paths } => ("weighted", paths.to_string()),
    };
    format!("{of},{figure},{better},{days},{},{},{method},{paths}\n", answer.chance, answer.error)
}

/// A figure that is no chance: empty where there is none.
fn plain(of: &str, figure: &str, better: Decimal, value: Option<f64>, error: Option<f64>, histories: u64) -> String {
    let told = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
    format!("{of},{figure},{better},{YEAR},{},{},simulated,{histories}\n", told(value), told(error))
}

fn gate_rows(asked: Asked, odds: &GateOdds, out: &mut String) {
    let of = asked.question.plan.gate_path(odds.action, odds.step);
    for Row { better, chances, days, .. } in &odds.climb {
        for (within, answer) in HORIZONS.iter().zip(chances) {
            *out += &row(&of, "promoted", *better, *within, answer);
        }
        let average = days.map_or(String::new(), |days| days.to_string());
        let method = if chances.iter().all(|answer| answer.method == Method::Exact) { "exact" } else { "simulated" };
        let _ = writeln!(out, "{of},average_days_to_promotion,{better},{YEAR},{average},,{method},");
    }
    for Row { better, chances, .. } in &odds.stay {
        for ((figure, days), answer) in [("falls_when_full", MONTH), ("falls_from_entry", YEAR)].iter().zip(chances) {
            *out += &row(&of, figure, *better, *days, answer);
        }
    }
    for noticed in &odds.drops {
        drop_rows(asked, &of, noticed, out);
    }
}

fn drop_rows(asked: Asked, of: &str, noticed: &Noticed, out: &mut String) {
    let days = |ticks: Option<i64>| ticks.map(|ticks| asked.question.days(real(ticks.unsigned_abs())));
    let (from, to) = noticed.median_between();
    let better = Decimal::ZERO.minus(noticed.drop);
    let figures = [
        ("drop_median_days", noticed.by(50)),
        ("drop_median_days_least", from),
        ("drop_median_days_most", to),
        ("drop_ninth_decile_days", noticed.by(90)),
    ];
    for (figure, ticks) in figures {
        *out += &plain(of, figure, better, days(ticks), None, noticed.histories);
    }
    let unnoticed = Year { histories: noticed.histories, ..Year::default() };
    *out += &row(of, "drop_unnoticed", better, YEAR, &unnoticed.chance(noticed.never()));
}

fn year_rows(asked: Asked, year: &Year, out: &mut String) {
    let plan = asked.question.plan;
    *out += &row(&plan.policy, "any_promoted", year.better, YEAR, &year.chance(year.promoted));
    for (action, it) in plan.actions.iter().zip(&year.actions) {
        let (flaps, error) = year.flaps(it);
        let of = &action.name;
        for (figure, step) in [("promoted_to_walk", Step::CrawlToWalk), ("promoted_to_run", Step::WalkToRun)] {
            *out += &row(of, figure, year.better, YEAR, &year.chance(it.steps[step.index()]));
        }
        let ticks = real(it.ticks.iter().sum::<u64>().max(1));
        let figures = [
            ("falls", real(it.falls) / real(year.histories.max(1)), None),
            ("flaps", flaps, Some(error)),
            ("share_at_walk", real(it.ticks[Tier::Walk.index()]) / ticks, None),
            ("share_at_run", real(it.ticks[Tier::Run.index()]) / ticks, None),
        ];
        for (figure, value, error) in figures {
            *out += &plain(of, figure, year.better, Some(value), error, year.histories);
        }
    }
}
