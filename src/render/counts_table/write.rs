//! Counts to rows, in one order.

use super::{First, Row, VERSION};
use crate::history::Counts;
use crate::history::counts::{Cohort, Harm};
use crate::history::intake::Bad;
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::Plan;
use crate::plan::counting;
use crate::plan::matcher::Given;
use crate::value::{Instant, Tier};
use serde_json::Value;

/// The rows of counts that were made under a plan, of inputs of these names.
#[must_use]
pub fn rows(plan: &Plan, counts: &Counts, names: &[String], assume_tier: Option<Tier>) -> Vec<Row> {
    let mut rows = Vec::new();
    tell(plan, counts, names, assume_tier, &mut rows);
    rows
}

/// The same, to whoever takes them one by one: all of them at once take much room.
pub(super) fn tell(
    plan: &Plan,
    counts: &Counts,
    names: &[String],
    assume_tier: Option<Tier>,
    sink: &mut impl Extend<Row>,
) {
    let writer = Writer { plan, counts };
    let rows = &mut Counted { sink, count: 0 };
    let parts = counting::parts(plan);
    let head = Row { n: Some(VERSION), text: Some(counting::fingerprint(&parts)), ..of("cwrc") };
    let plan_row = |(name, part): (String, Value)| Row { name: Some(name), text: Some(part.to_string()), ..of("plan") };
    rows.extend([head]);
    rows.extend(parts.into_iter().map(plan_row));
    rows.extend(assume_tier.map(|tier| Row { tier: Some(tier.to_string()), ..of("assumed") }));
    writer.intake(names, rows);
    rows.extend(counts.earliest.as_ref().map(|end| self::end("earliest", end)));
    rows.extend(counts.latest.as_ref().map(|end| self::end("latest", end)));
    writer.samples(rows);
    writer.signals(rows);
    writer.cohorts(rows);
    writer.exposure(rows);
    let all = rows.count + 1;
    rows.extend([Row { n: Some(all), ..of("rows") }]);
}

/// Rows on their way, counted.
struct Counted<'s, S> {
    sink: &'s mut S,
    count: u64,
}

impl<S: Extend<Row>> Extend<Row> for Counted<'_, S> {
    fn extend<T: IntoIterator<Item = Row>>(&mut self, rows: T) {
        let count = &mut self.count;
        self.sink.extend(rows.into_iter().inspect(|_| *count += 1));
    }
}

fn of(kind: &str) -> Row {
    Row { kind: kind.to_owned(), ..Row::default() }
}

fn end(kind: &str, (time, name): &(Instant, String)) -> Row {
    Row { name: Some(name.clone()), text: Some(time.to_string()), ..of(kind) }
}

struct Writer<'a> {
    plan: &'a Plan,
    counts: &'a Counts,
}

impl Writer<'_> {
    fn action(&self, id: ActionId) -> String {
        self.plan.actions[id.index()].name.clone()
    }

    fn signal(&self, id: SignalId) -> String {
        self.plan.signals[id.index()].clone()
    }

    fn metric(&self, id: MetricId) -> &str {
        &self.plan.metrics[id.index()].name
    }

    fn intake(&self, names: &[String], rows: &mut impl Extend<Row>) {
        let intake = &self.counts.intake;
        let figures = [
            ("classified", intake.classified),
            ("unclassified", intake.unclassified),
            ("duplicates", intake.duplicates),
            ("late_outcomes", intake.late_outcomes),
            ("contradicted", intake.contradicted),
            ("without_tier", intake.without_tier),
            ("notices", intake.notices),
        ];
        rows.extend(figures.map(|(name, n)| Row { name: Some(name.to_owned()), n: Some(n), ..of("intake") }));
        rows.extend(intake.bad.iter().map(|(reason, bad)| {
            let text = Some(first(bad, names));
            Row { name: Some(reason.word().to_owned()), n: Some(bad.count), text, ..of("bad") }
        }));
    }

    fn samples(&self, rows: &mut impl Extend<Row>) {
        for (series, entries) in &self.counts.samples {
            let metric = &self.plan.metrics[series.metric.index()];
            let row = Row {
                action: Some(self.action(series.action)),
                name: Some(metric.name.clone()),
                tier: series.tier.map(|tier| tier.to_string()),
                cohort: cohort(&self.counts.cohorts[series.cohort as usize]),
                ..of("sample")
            };
            rows.extend(entries.iter().map(|(tick, tally)| Row {
                tick: Some(*tick),
                n: Some(tally.n),
                bad: (!metric.is_mean()).then_some(tally.bad),
                sum_millionths: metric.is_mean().then(|| tally.sum.to_string()),
                ..row.clone()
            }));
        }
    }

    fn signals(&self, rows: &mut impl Extend<Row>) {
        let row =
            |kind: &str, name: SignalId, tick: i64| Row { name: Some(self.signal(name)), tick: Some(tick), ..of(kind) };
        for ((action, signal), entries) in &self.counts.arrivals {
            let action = action.map(|id| self.action(id));
            let entry =
                |(tick, n): &(i64, u64)| Row { action: action.clone(), n: Some(*n), ..row("arrival", *signal, *tick) };
            rows.extend(entries.iter().map(entry));
        }
        for (signal, entries) in &self.counts.notices {
            rows.extend(entries.iter().map(|(tick, n)| Row { n: Some(*n), ..row("notice", *signal, *tick) }));
        }
        for (signal, ticks) in &self.counts.alive {
            rows.extend(ticks.iter().map(|tick| row("alive", *signal, *tick)));
        }
    }

    fn cohorts(&self, rows: &mut impl Extend<Row>) {
        for (action, entries) in &self.counts.latest_cohorts {
            rows.extend(entries.iter().map(|(tick, id)| Row {
                action: Some(self.action(*action)),
                cohort: cohort(&self.counts.cohorts[*id as usize]),
                tick: Some(*tick),
                ..of("cohort")
            }));
        }
    }

    fn exposure(&self, rows: &mut impl Extend<Row>) {
        for (exposure, entries) in &self.counts.exposure {
            let (word, text) = self.harm(&self.counts.harms[exposure.harm as usize]);
            let row = Row {
                action: Some(self.action(exposure.action)),
                name: Some(word.to_owned()),
                tier: exposure.tier.map(|tier| tier.to_string()),
                text,
                ..of("exposure")
            };
            rows.extend(entries.iter().map(|(tick, n)| Row { tick: Some(*tick), n: Some(*n), ..row.clone() }));
        }
    }

    fn harm(&self, harm: &Harm) -> (&'static str, Option<String>) {
        match harm {
            Harm::Told => ("told", None),
            Harm::Seen => ("seen", None),
            Harm::Released => ("released", None),
            Harm::Open(samples) => {
                let pairs: Vec<(&str, i64)> = samples.iter().map(|(id, ticks)| (self.metric(*id), *ticks)).collect();
                ("open", Some(serde_json::json!(pairs).to_string()))
            }
        }
    }
}

/// The first bad line of a reason.
fn first(bad: &Bad, names: &[String]) -> String {
    let quote = &bad.first;
    let input = names.get(quote.place.input).cloned().unwrap_or_default();
    let first = First { input, line: quote.place.line, why: quote.why.clone(), quote: quote.text.clone() };
    serde_json::to_string(&first).unwrap_or_default()
}

/// A cohort as a JSON list; nothing for that of action types without `renew`.
fn cohort(values: &Cohort) -> Option<String> {
    let json = |value: &Option<Given>| match value {
        None => "null".to_owned(),
        Some(Given::Number(number)) => number.to_string(),
        Some(Given::Text(text)) => Value::from(text.as_ref()).to_string(),
        Some(Given::Flag(flag)) => flag.to_string(),
        Some(Given::Other(json)) => json.clone(),
    };
    let all: Vec<String> = values.iter().map(json).collect();
    (!all.is_empty()).then(|| format!("[{}]", all.join(",")))
}
