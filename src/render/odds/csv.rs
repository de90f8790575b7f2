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

/// The same where nobody gets so far that there is a chance: empty.
fn row_if(of: &str, figure: &str, better: Decimal, days: i64, answer: Option<&Answer>) -> String {
    answer
        .map_or_else(|| format!("{of},{figure},{better},{days},,,,\n"), |answer| row(of, figure, better, days, answer))
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
    for Row { better, chances, days, is_exact, .. } in &odds.climb {
        for (within, answer) in HORIZONS.iter().zip(chances) {
            *out += &row_if(&of, "promoted", *better, *within, answer.as_ref());
        }
        let average = days.map_or(",".to_owned(), |(days, error)| format!("{days},{error}"));
        let method = if *is_exact { "exact" } else { "simulated" };
        let _ = writeln!(out, "{of},average_days_to_promotion,{better},{YEAR},{average},{method},");
    }
    for Row { better, chances, .. } in &odds.stay {
        for ((figure, days), answer) in [("falls_when_full", MONTH), ("falls_from_entry", YEAR)].iter().zip(chances) {
            *out += &row_if(&of, figure, *better, *days, answer.as_ref());
        }
    }
    for noticed in &odds.drops {
        drop_rows(asked, &of, noticed, out);
    }
}

fn drop_rows(asked: Asked, of: &str, noticed: &Noticed, out: &mut String) {
    let days = |ticks: Option<i64>| ticks.map(|ticks| asked.question.days(real(ticks.unsigned_abs())));
    let ((from, to), (ninth_from, ninth_to)) = (noticed.between(50), noticed.between(90));
    let better = Decimal::ZERO.minus(noticed.drop);
    let figures = [
        ("drop_median_days", noticed.by(50)),
        ("drop_median_days_least", from),
        ("drop_median_days_most", to),
        ("drop_ninth_decile_days", noticed.by(90)),
        ("drop_ninth_decile_days_least", ninth_from),
        ("drop_ninth_decile_days_most", ninth_to),
        ("drop_stale_days", noticed.stale),
    ];
    for (figure, ticks) in figures {
        *out += &plain(of, figure, better, days(ticks), None, noticed.histories);
    }
    let unnoticed = Year { histories: noticed.histories, ..Year::default() };
    *out += &row(of, "drop_unnoticed", better, YEAR, &unnoticed.chance(noticed.never()));
}

fn year_rows(asked: Asked, year: &Year, out: &mut String) {
    let plan = asked.question.plan;
    let wrongly = (year.wrong_gates > 0).then(|| year.chance(year.wrongly));
    *out += &row_if(&plan.policy, "any_promoted_wrongly", year.better, YEAR, wrongly.as_ref());
    for (action, it) in plan.actions.iter().zip(&year.actions) {
        let of = &action.name;
        for (figure, step) in [("promoted_to_walk", Step::CrawlToWalk), ("promoted_to_run", Step::WalkToRun)] {
            *out += &row(of, figure, year.better, YEAR, &year.chance(it.steps[step.index()]));
        }
        let figures = [
            ("falls", it.falls),
            ("flaps", it.flaps),
            ("share_at_walk", it.ticks[Tier::Walk.index()]),
            ("share_at_run", it.ticks[Tier::Run.index()]),
        ];
        for (figure, sum) in figures {
            let (value, error) = year.mean(sum).parts();
            *out += &plain(of, figure, year.better, Some(value), Some(error), year.histories);
        }
    }
}
