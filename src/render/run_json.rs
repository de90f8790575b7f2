//! `simulate --format json`: exactly interfaces §3, keys in that order, one trailing newline.

use super::ordered::Ordered;
use crate::history::Counts;
use crate::history::counts::Cohort;
use crate::plan::matcher::Given;
use crate::plan::{Limit, Plan};
use crate::replay::decision::Approval;
use crate::replay::run::{Next, Outcome};
use crate::replay::{Decision, Detail, Reading, Run, Standing};
use crate::value::duration::Tick;
use crate::value::{Decimal, Instant};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The JSON of a replay.
#[must_use]
pub fn render(plan: &Plan, counts: &Counts, run: &Run) -> String {
    let mut text = serde_json::to_string_pretty(&document(plan, counts, run)).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'a str,
    policy: &'a str,
    plan_digest: &'a str,
    evidence: &'a str,
    from: String,
    to: String,
    tick_seconds: i64,
    records: Records,
    tiers: Ordered<String, &'static str>,
    decisions: Vec<Entry<'a>>,
    actions: Ordered<String, ActionJson>,
}

#[derive(Serialize)]
struct Records {
    total: u64,
    classified: u64,
    unclassified: u64,
    duplicates: u64,
    bad: BTreeMap<&'static str, u64>,
    late_outcomes: u64,
    contradicted: u64,
    without_tier: u64,
    notices: u64,
}

#[derive(Serialize)]
struct Entry<'a> {
    at: String,
    action: &'a str,
    kind: &'static str,
    from: &'static str,
    to: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bars: Option<Vec<BarJson>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signals: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cohort: Option<Ordered<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<&'a str>,
    clause: &'a str,
}

#[derive(Serialize)]
struct BarJson {
    metric: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    op: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<[String; 2]>,
    n: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bad: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_bad: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sum: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<u64>,
    state: &'static str,
}

#[derive(Serialize)]
struct ActionJson {
    timeline: Vec<(String, &'static str)>,
    coverage: CoverageJson,
    records: u64,
    autonomous: u64,
    unattended: u64,
    harm: Harm,
    next: Option<NextJson>,
}

#[derive(Serialize)]
struct CoverageJson {
    boundaries: u64,
    with_evidence: u64,
    silent_from: Option<String>,
}

#[derive(Serialize)]
struct Harm {
    seen: u64,
    released: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct NextJson {
    gate: String,
    state: &'static str,
    bars: Vec<BarJson>,
}

struct Writer<'a> {
    plan: &'a Plan,
}

fn document<'a>(plan: &'a Plan, counts: &Counts, run: &'a Run) -> Document<'a> {
    let writer = Writer { plan };
    let by_action = || plan.actions.iter().zip(&run.outcomes);
    let tier = |outcome: &Outcome| outcome.timeline.last().map_or("crawl", |(_, tier)| tier.word());
    Document {
        cwrc: "1",
        policy: &plan.policy,
        plan_digest: &plan.digest,
        evidence: run.evidence.word(),
        from: writer.time(run.from),
        to: writer.time(run.to),
        tick_seconds: plan.tick_seconds,
        records: records(counts),
        tiers: Ordered(by_action().map(|(action, outcome)| (action.name.clone(), tier(outcome))).collect()),
        decisions: run.decisions.iter().map(|decision| writer.entry(decision)).collect(),
        actions: Ordered(by_action().map(|(action, it)| (action.name.clone(), writer.action(it))).collect()),
    }
}

fn records(counts: &Counts) -> Records {
    let intake = &counts.intake;
    Records {
        total: intake.total(),
        classified: intake.classified,
        unclassified: intake.unclassified,
        duplicates: intake.duplicates,
        bad: intake.bad.iter().map(|(reason, bad)| (reason.word(), bad.count)).collect(),
        late_outcomes: intake.late_outcomes,
        contradicted: intake.contradicted,
        without_tier: intake.without_tier,
        notices: intake.notices,
    }
}

impl<'a> Writer<'a> {
    fn time(&self, boundary: Tick) -> String {
        Instant::from_seconds(boundary.saturating_mul(self.plan.tick_seconds)).to_string()
    }

    fn window(&self, (from, to): (Tick, Tick)) -> [String; 2] {
        [self.time(from), self.time(to)]
    }

    fn entry(&self, decision: &'a Decision) -> Entry<'a> {
        let mut entry = Entry {
            at: self.time(decision.at),
            action: &self.plan.actions[decision.action.index()].name,
            kind: decision.detail.kind().word(),
            from: decision.from.word(),
            to: decision.to.word(),
            held_since: None,
            since: None,
            behind: None,
            bars: None,
            signals: None,
            window: None,
            cohort: None,
            approval: None,
            clause: &decision.clause,
        };
        match &decision.detail {
            Detail::Promote { held_since, bars, approval } => {
                entry.held_since = Some(self.time(*held_since));
                entry.bars = Some(self.bars(bars));
                entry.approval = approval.as_ref().map(approved_by);
            }
            Detail::Defer { held_since, behind, bars } => {
                entry.held_since = Some(self.time(*held_since));
                entry.behind = behind.map(|id| self.plan.actions[id.index()].name.as_str());
                entry.bars = Some(self.bars(bars));
            }
            Detail::Demote { bars } => entry.bars = Some(self.bars(bars)),
            Detail::Stale { since, bars } | Detail::Stop { since, bars } => {
                entry.since = Some(self.time(*since));
                entry.bars = Some(self.bars(bars));
            }
            Detail::Trip { signals, window } => {
                entry.signals = Some(*signals);
                entry.window = Some(self.window(*window));
            }
            Detail::Renew { cohort } => entry.cohort = Some(self.cohort(decision, cohort)),
        }
        entry
    }

    fn cohort(&self, decision: &Decision, cohort: &Cohort) -> Ordered<String, Value> {
        let renew = self.plan.actions[decision.action.index()].renew.as_ref();
        let names = renew.map_or(&[][..], |renew| &renew.attributes).iter();
        let names = names.map(|id| self.plan.attributes[id.index()].name.clone());
        Ordered(names.zip(cohort.iter().map(|given| value(given.as_ref()))).collect())
    }

    fn bars(&self, readings: &[Reading]) -> Vec<BarJson> {
        readings.iter().map(|reading| self.bar(reading)).collect()
    }

    fn bar(&self, reading: &Reading) -> BarJson {
        BarJson {
            op: Some(reading.bar.op.sign()),
            target: Some(reading.bar.target.to_string()),
            window: Some(self.window((reading.from, reading.to))),
            min: Some(reading.bar.min),
            ..self.short_bar(reading)
        }
    }

    /// A bar as `next` shows it.
    fn short_bar(&self, reading: &Reading) -> BarJson {
        let metric = self.plan.metrics[reading.bar.metric.index()].name.clone();
        let mut json = BarJson {
            metric,
            op: None,
            target: None,
            window: None,
            n: reading.tally.n,
            bad: None,
            allowed_bad: None,
            sum: None,
            limit: None,
            min: None,
            state: standing(reading),
        };
        match &reading.bar.limit {
            Limit::Share { .. } => {
                json.bad = Some(reading.tally.bad);
                json.allowed_bad = Some(allowed_bad(reading));
            }
            Limit::Mean { value, .. } => {
                json.sum = Some(Decimal::from_millionths(reading.tally.sum).to_string());
                json.limit = Some(value.to_string());
            }
        }
        json
    }

    fn action(&self, outcome: &Outcome) -> ActionJson {
        let (coverage, exposed) = (&outcome.coverage, &outcome.exposed);
        ActionJson {
            timeline: outcome.timeline.iter().map(|(at, tier)| (self.time(*at), tier.word())).collect(),
            coverage: CoverageJson {
                boundaries: coverage.boundaries,
                with_evidence: coverage.with_evidence,
                silent_from: coverage.silent_from.map(|at| self.time(at)),
            },
            records: exposed.records,
            autonomous: exposed.autonomous,
            unattended: exposed.unattended,
            harm: Harm { seen: exposed.seen, released: exposed.released, unknown: exposed.unknown },
            next: outcome.next.as_ref().map(|next| self.next(next)),
        }
    }

    fn next(&self, next: &Next) -> NextJson {
        NextJson {
            gate: next.step.to_string(),
            state: next.waiting.word(),
            bars: next.bars.iter().map(|reading| self.short_bar(reading)).collect(),
        }
    }
}

/// `assumed`, or who gave it.
fn approved_by(approval: &Approval) -> &str {
    match approval {
        Approval::Assumed => "assumed",
        Approval::Recorded(by) => by,
        Approval::Forced => "forced",
    }
}

/// c(n) of the bar; of a keep bar the most bad samples that do not fail, at most n, and 0 without samples.
#[must_use]
pub fn allowed_bad(reading: &Reading) -> i64 {
    let Limit::Share { allowed, .. } = &reading.bar.limit else { return -1 };
    let allowed = allowed.at(reading.tally.n);
    if reading.keep { allowed.clamp(0, i64::try_from(reading.tally.n).unwrap_or(i64::MAX)) } else { allowed }
}

/// `clears short insufficient no_data`, or for keep bars `keeps fails insufficient no_data`.
fn standing(reading: &Reading) -> &'static str {
    match (reading.standing, reading.keep) {
        (Standing::NoData, _) => "no_data",
        (Standing::Insufficient, _) => "insufficient",
        (Standing::Short, false) => "short",
        (Standing::Short, true) => "fails",
        (Standing::Clears, false) => "clears",
        (Standing::Clears, true) => "keeps",
    }
}

/// Text and flags as they are, numbers as exact decimal strings, null where the attribute was absent.
fn value(given: Option<&Given<'static>>) -> Value {
    match given {
        None => Value::Null,
        Some(Given::Number(number)) => Value::String(number.to_string()),
        Some(Given::Text(text)) => Value::String(text.to_string()),
        Some(Given::Flag(flag)) => Value::Bool(*flag),
        Some(Given::Other(json)) => Value::String(json.clone()),
    }
}
