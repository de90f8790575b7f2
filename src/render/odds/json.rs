//! `odds --format json`: keys in this order, chances as numbers, rates and shares as exact decimals.

use super::Asked;
use crate::forecast::{
    Forecast, GateNeed, GateOdds, HORIZONS, MONTH, MarginNeed, MinNeed, Noticed, Row, Wanted, YEAR, Year,
};
use crate::model::policy::MetricId;
use crate::odds::{Answer, Method};
use crate::plan::Plan;
use crate::render::ordered::Ordered;
use crate::stats::real;
use crate::value::{Decimal, Step, Tier};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'a str,
    policy: &'a str,
    plan_digest: &'a str,
    traffic: &'a str,
    tick_seconds: i64,
    gates: Vec<GateJson>,
    year: Vec<YearJson>,
}

#[derive(Serialize)]
struct GateJson {
    gate: String,
    samples_per_day: f64,
    keep_samples_per_day: f64,
    promoted: Vec<ClimbJson>,
    falls: Vec<StayJson>,
    drops: Vec<DropJson>,
}

#[derive(Serialize)]
struct ClimbJson {
    better: String,
    rates: Ordered<String, String>,
    within_days: Ordered<String, Option<AnswerJson>>,
    average_days: Option<f64>,
    average_days_error: Option<f64>,
    average_days_method: &'static str,
}

#[derive(Serialize)]
struct StayJson {
    better: String,
    rates: Ordered<String, String>,
    in_30_days_when_full: Option<AnswerJson>,
    in_first_365_days: Option<AnswerJson>,
}

#[derive(Serialize)]
struct DropJson {
    drop: String,
    median_days: Option<f64>,
    median_between_days: [Option<f64>; 2],
    ninth_decile_days: Option<f64>,
    ninth_decile_between_days: [Option<f64>; 2],
    method: &'static str,
    paths: u64,
    unnoticed: AnswerJson,
    stale_days: Option<f64>,
}

#[derive(Serialize)]
struct AnswerJson {
    chance: f64,
    error: f64,
    method: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<u64>,
}

#[derive(Serialize)]
struct YearJson {
    better: String,
    histories: u64,
    any_promoted_wrongly: Option<AnswerJson>,
    actions: Ordered<String, ActionJson>,
}

#[derive(Serialize)]
struct ActionJson {
    to_walk: AnswerJson,
    to_run: AnswerJson,
    falls: MeanJson,
    flaps: MeanJson,
    share_at_walk: MeanJson,
    share_at_run: MeanJson,
}

#[derive(Serialize)]
struct MeanJson {
    mean: f64,
    error: f64,
    method: &'static str,
    paths: u64,
}

#[derive(Serialize)]
struct NeedsDocument<'a> {
    cwrc: &'a str,
    policy: &'a str,
    plan_digest: &'a str,
    traffic: &'a str,
    tick_seconds: i64,
    tolerance: String,
    error: String,
    false_falls: String,
    gates: Vec<NeedJson>,
}

#[derive(Serialize)]
struct NeedJson {
    gate: String,
    promoted_in_365_days: AnswerJson,
    promoted_in_365_days_with_needs: Option<AnswerJson>,
    bars: Vec<MinJson>,
    keeps: Vec<MarginJson>,
}

#[derive(Serialize)]
struct MinJson {
    metric: String,
    target: String,
    keeps_out: String,
    min: u64,
    window_ticks: Option<i64>,
    needed_min: Option<u64>,
    needed_window_ticks: Option<i64>,
    earliest_ticks: Option<i64>,
    why_not: Option<String>,
}

#[derive(Serialize)]
struct MarginJson {
    metric: String,
    target: String,
    margin: String,
    falls_in_30_days: Option<AnswerJson>,
    needed_margin: Option<String>,
    why_not: Option<String>,
    falls_in_30_days_with_it: Option<AnswerJson>,
}

/// The odds of a policy.
#[must_use]
pub fn forecast(asked: Asked, forecast: &Forecast) -> String {
    let plan = asked.question.plan;
    text(&Document {
        cwrc: "1",
        policy: &plan.policy,
        plan_digest: &plan.digest,
        traffic: asked.traffic,
        tick_seconds: plan.tick_seconds,
        gates: forecast.gates.iter().map(|gate| gate_json(asked, gate)).collect(),
        year: forecast.years.iter().map(|year| year_json(plan, year)).collect(),
    })
}

/// What its gates would need.
#[must_use]
pub fn needs(asked: Asked, needs: &[GateNeed], wanted: &Wanted) -> String {
    let plan = asked.question.plan;
    let gate = |need: &GateNeed| NeedJson {
        gate: plan.gate_path(need.action, need.step),
        promoted_in_365_days: answer(&need.now),
        promoted_in_365_days_with_needs: need.then.as_ref().map(answer),
        bars: need.mins.iter().map(|min| min_json(plan, min)).collect(),
        keeps: need.margins.iter().map(|margin| margin_json(plan, margin)).collect(),
    };
    text(&NeedsDocument {
        cwrc: "1",
        policy: &plan.policy,
        plan_digest: &plan.digest,
        traffic: asked.traffic,
        tick_seconds: plan.tick_seconds,
        tolerance: wanted.tolerance.to_string(),
        error: wanted.error.to_string(),
        false_falls: wanted.falls.to_string(),
        gates: needs.iter().map(gate).collect(),
    })
}

fn text(document: &impl Serialize) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

fn answer(answer: &Answer) -> AnswerJson {
    let (method, paths) = match answer.method {
        Method::Exact => ("exact", None),
        Method::Simulated { paths, .. } => ("simulated", Some(paths)),
        Method::Weighted { paths } => ("weighted", Some(paths)),
    };
    AnswerJson { chance: answer.chance, error: answer.error, method, paths }
}

fn rates(plan: &Plan, rates: &[(MetricId, Decimal)]) -> Ordered<String, String> {
    Ordered(rates.iter().map(|(id, rate)| (plan.metrics[id.index()].name.clone(), rate.to_string())).collect())
}

fn gate_json(asked: Asked, odds: &GateOdds) -> GateJson {
    let plan = asked.question.plan;
    let climb = |row: &Row| ClimbJson {
        better: row.better.to_string(),
        rates: rates(plan, &row.rates),
        within_days: Ordered(
            HORIZONS.iter().zip(&row.chances).map(|(days, it)| (days.to_string(), it.as_ref().map(answer))).collect(),
        ),
        average_days: row.days.map(|(days, _)| days),
        average_days_error: row.days.map(|(_, error)| error),
        average_days_method: if row.is_exact { "exact" } else { "simulated" },
    };
    let stay = |row: &Row| {
        let [month, year] = row.chances.as_slice() else { return None };
        let (in_30_days_when_full, in_first_365_days) = (month.as_ref().map(answer), year.as_ref().map(answer));
        Some(StayJson {
            better: row.better.to_string(),
            rates: rates(plan, &row.rates),
            in_30_days_when_full,
            in_first_365_days,
        })
    };
    debug_assert_eq!((MONTH, YEAR), (30, 365), "the names of keys");
    GateJson {
        gate: plan.gate_path(odds.action, odds.step),
        samples_per_day: real(odds.daily[0]) / 1e6,
        keep_samples_per_day: real(odds.daily[1]) / 1e6,
        promoted: odds.climb.iter().map(climb).collect(),
        falls: odds.stay.iter().filter_map(stay).collect(),
        drops: odds.drops.iter().map(|drop| drop_json(asked, drop)).collect(),
    }
}

fn drop_json(asked: Asked, noticed: &Noticed) -> DropJson {
    let days = |ticks: Option<i64>| ticks.map(|ticks| asked.question.days(real(ticks.unsigned_abs())));
    let between = |hundredths| {
        let (from, to) = noticed.between(hundredths);
        [days(from), days(to)]
    };
    let unnoticed = Year { histories: noticed.histories, ..Year::default() };
    DropJson {
        drop: noticed.drop.to_string(),
        median_days: days(noticed.by(50)),
        median_between_days: between(50),
        ninth_decile_days: days(noticed.by(90)),
        ninth_decile_between_days: between(90),
        method: "simulated",
        paths: noticed.histories,
        unnoticed: answer(&unnoticed.chance(noticed.never())),
        stale_days: days(noticed.stale),
    }
}

fn year_json(plan: &Plan, year: &Year) -> YearJson {
    let mean = |sum| {
        let (mean, error) = year.mean(sum).parts();
        MeanJson { mean, error, method: "simulated", paths: year.histories }
    };
    let action = |(action, it): (&crate::plan::Action, &crate::forecast::ActionYear)| {
        let json = ActionJson {
            to_walk: answer(&year.chance(it.steps[Step::CrawlToWalk.index()])),
            to_run: answer(&year.chance(it.steps[Step::WalkToRun.index()])),
            falls: mean(it.falls),
            flaps: mean(it.flaps),
            share_at_walk: mean(it.ticks[Tier::Walk.index()]),
            share_at_run: mean(it.ticks[Tier::Run.index()]),
        };
        (action.name.clone(), json)
    };
    YearJson {
        better: year.better.to_string(),
        histories: year.histories,
        any_promoted_wrongly: (year.wrong_gates > 0).then(|| answer(&year.chance(year.wrongly))),
        actions: Ordered(plan.actions.iter().zip(&year.actions).map(action).collect()),
    }
}

fn min_json(plan: &Plan, min: &MinNeed) -> MinJson {
    MinJson {
        metric: plan.metrics[min.bar.metric.index()].name.clone(),
        target: min.bar.target.to_string(),
        keeps_out: min.rate.to_string(),
        min: min.bar.min,
        window_ticks: min.bar.window,
        needed_min: min.need.ok().map(|need| need.min),
        needed_window_ticks: min.need.ok().map(|need| need.window),
        earliest_ticks: min.need.ok().map(|need| need.earliest),
        why_not: min.need.err().map(|why| why.to_string()),
    }
}

fn margin_json(plan: &Plan, margin: &MarginNeed) -> MarginJson {
    MarginJson {
        metric: plan.metrics[margin.bar.metric.index()].name.clone(),
        target: margin.bar.target.to_string(),
        margin: margin.margin.to_string(),
        falls_in_30_days: margin.now.as_ref().map(answer),
        needed_margin: margin.need.as_ref().ok().map(|(least, _)| least.to_string()),
        why_not: margin.need.as_ref().err().map(ToString::to_string),
        falls_in_30_days_with_it: margin.need.as_ref().ok().map(|(_, it)| answer(it)),
    }
}
