//! Counts to rows, in one order.

use super::{First, Row, VERSION};
use crate::history::Counts;
use crate::history::counts::{Cohort, Harm};
use crate::history::intake::Bad;
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::Plan;
use crate::plan::counting;
use crate::plan::matcher::Given;
use crate::value::Tier;
use crate::value::duration::Tick;
use serde_json::Value;

/// The rows of counts that were made under a plan, of inputs of these names.
#[must_use]
pub fn rows(plan: &Plan, counts: &Counts, names: &[String], assume_tier: Option<Tier>) -> Vec<Row> {
    let mut rows = Vec::new();
    tell(plan, counts, names, assume_tier, &mut |row| rows.push(row.clone()));
    rows
}

/// Whoever takes rows one by one: all of them at once take much room.
type Sink<'s> = dyn FnMut(&Row) + 's;

/// The same, one by one.
pub(super) fn tell(plan: &Plan, counts: &Counts, names: &[String], assume_tier: Option<Tier>, sink: &mut Sink) {
    let (writer, mut count) = (Writer { plan, counts }, 1);
    let mut add = |row: &Row| {
        count += 1;
        sink(row);
    };
    let parts = counting::parts(plan);
    add(&Row { n: Some(VERSION), text: Some(counting::fingerprint(&parts)), ..of("cwrc") });
    for (name, part) in parts {
        add(&Row { name: Some(name), text: Some(part.to_string()), ..of("plan") });
    }
    if let Some(tier) = assume_tier {
        add(&Row { tier: Some(tier.to_string()), ..of("assumed") });
    }
    writer.intake(names, &mut add);
    for (kind, end) in [("earliest", &counts.earliest), ("latest", &counts.latest)] {
        if let Some((time, name)) = end {
            add(&Row { name: Some(name.clone()), text: Some(time.to_string()), ..of(kind) });
        }
    }
    writer.samples(&mut add);
    writer.signals(&mut add);
    writer.cohorts(&mut add);
    writer.exposure(&mut add);
    sink(&Row { n: Some(count), ..of("rows") });
}

fn of(kind: &str) -> Row {
    Row { kind: kind.to_owned(), ..Row::default() }
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

    fn intake(&self, names: &[String], add: &mut Sink) {
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
        for (name, n) in figures {
            add(&Row { name: Some(name.to_owned()), n: Some(n), ..of("intake") });
        }
        for (reason, bad) in &intake.bad {
            let text = Some(first(bad, names));
            add(&Row { name: Some(reason.word().to_owned()), n: Some(bad.count), text, ..of("bad") });
        }
    }

    fn samples(&self, add: &mut Sink) {
        for (series, entries) in &self.counts.samples {
            let metric = &self.plan.metrics[series.metric.index()];
            let mut row = Row {
                action: Some(self.action(series.action)),
                name: Some(metric.name.clone()),
                tier: series.tier.map(|tier| tier.to_string()),
                cohort: cohort(&self.counts.cohorts[series.cohort as usize]),
                ..of("sample")
            };
            for (tick, tally) in entries {
                (row.tick, row.n) = (Some(*tick), Some(tally.n));
                row.bad = (!metric.is_mean()).then_some(tally.bad);
                row.sum_millionths = metric.is_mean().then(|| tally.sum.to_string());
                add(&row);
            }
        }
    }

    fn signals(&self, add: &mut Sink) {
        let of_signal = |kind: &str, name: SignalId| Row { name: Some(self.signal(name)), ..of(kind) };
        for ((action, signal), entries) in &self.counts.arrivals {
            add_each(Row { action: action.map(|id| self.action(id)), ..of_signal("arrival", *signal) }, entries, add);
        }
        for (signal, entries) in &self.counts.notices {
            add_each(of_signal("notice", *signal), entries, add);
        }
        for (signal, ticks) in &self.counts.alive {
            let mut row = of_signal("alive", *signal);
            for tick in ticks {
                row.tick = Some(*tick);
                add(&row);
            }
        }
    }

    fn cohorts(&self, add: &mut Sink) {
        for (action, entries) in &self.counts.latest_cohorts {
            let mut row = Row { action: Some(self.action(*action)), ..of("cohort") };
            for (tick, id) in entries {
                (row.tick, row.cohort) = (Some(*tick), cohort(&self.counts.cohorts[*id as usize]));
                add(&row);
            }
        }
    }

    fn exposure(&self, add: &mut Sink) {
        for (exposure, entries) in &self.counts.exposure {
            let (word, text) = self.harm(&self.counts.harms[exposure.harm as usize]);
            let row = Row {
                action: Some(self.action(exposure.action)),
                name: Some(word.to_owned()),
                tier: exposure.tier.map(|tier| tier.to_string()),
                text,
                ..of("exposure")
            };
            add_each(row, entries, add);
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

/// A row for each tick, of so many.
fn add_each(mut row: Row, entries: &[(Tick, u64)], add: &mut Sink) {
    for (tick, n) in entries {
        (row.tick, row.n) = (Some(*tick), Some(*n));
        add(&row);
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
