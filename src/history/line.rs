//! One line of JSON Lines: a record, outcomes for a record, or a notice; or the reason why it is bad.

use super::fields::{self, Fields};
use super::intake::Reason;
use super::mapping::Mapping;
use crate::model::policy::SignalId;
use crate::plan::matcher::Given;
use crate::plan::{MetricKind, Plan};
use crate::value::{Instant, Tier};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a line says.
#[derive(Debug)]
pub enum Line<'a> {
    /// A whole record.
    Full(Record<'a>),
    /// Only an id and outcomes.
    Outcomes {
        /// The record's id.
        id: Cow<'a, str>,
        /// Its further outcomes.
        outcomes: Vec<Outcome>,
        /// The names among them that the policy does not declare, where a survey is taken.
        undeclared: Vec<String>,
    },
    /// A signal about no record in particular.
    Notice {
        /// The signal, if the policy declares it.
        signal: Option<SignalId>,
        /// The signal's name.
        name: Cow<'a, str>,
        /// When.
        time: Instant,
    },
}

/// One action the agent took or suggested.
#[derive(Debug)]
pub struct Record<'a> {
    /// Its id; an integer as its digits.
    pub id: Cow<'a, str>,
    /// When it was taken.
    pub time: Instant,
    /// What the log calls it.
    pub action: Cow<'a, str>,
    /// The tier it ran at.
    pub tier: Option<Tier>,
    /// The values of the policy's attributes, by [`crate::model::policy::AttributeId`].
    pub given: Vec<Option<Given<'a>>>,
    /// What came of it.
    pub outcomes: Vec<Outcome>,
    /// The names of outcomes that the policy does not declare, where a survey is taken.
    pub undeclared: Vec<String>,
}

/// A signal about one action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// When it arrived.
    pub time: Instant,
    /// Which, if the policy declares it.
    pub signal: Option<SignalId>,
    /// The number or other value that came with it.
    pub value: Option<Carried>,
}

/// A value that came with a signal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// Millionths, of a signal that a mean uses.
    Millionths(i64),
    /// Of a signal that no mean uses, as canonical JSON: only its identity matters.
    Unused(String),
}

/// A bad line: why, in the program's word and in words for people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The reason that is counted.
    pub reason: Reason,
    /// What exactly.
    pub why: String,
}

fn fault(reason: Reason, why: impl Into<String>) -> Fault {
    Fault { reason, why: why.into() }
}

/// What reading a line needs to know.
#[derive(Debug)]
pub struct Reader<'p> {
    plan: &'p Plan,
    mapping: &'p Mapping,
    now: Option<Instant>,
    survey: bool,
    signals: HashMap<&'p str, SignalId>,
    /// Of each signal that some mean uses: the scales its values must lie on.
    scales: Vec<Vec<(i64, i64)>>,
}

impl<'p> Reader<'p> {
    /// A reader for a plan's signals and attributes.
    #[must_use]
    pub fn new(plan: &'p Plan, mapping: &'p Mapping, now: Option<Instant>) -> Self {
        let signals = plan.signals.iter().enumerate().map(|(at, name)| (name.as_str(), SignalId::new(at))).collect();
        let mut scales = vec![Vec::new(); plan.signals.len()];
        for metric in &plan.metrics {
            if let MetricKind::Mean { signal, low, high, .. } = metric.kind {
                scales[signal.index()].push((low, high));
            }
        }
        Self { plan, mapping, now, survey: false, signals, scales }
    }

    /// Keeps the names of signals that the policy does not declare too, or not.
    #[must_use]
    pub fn surveying(self, survey: bool) -> Self {
        Self { survey, ..self }
    }

    /// Reads a line.
    pub fn read<'a>(&self, text: &'a str) -> Result<Line<'a>, Fault> {
        let Some(fields) = Fields::parse(text) else {
            return Err(fault(Reason::Unparsable, "it is not one JSON object with each key once"));
        };
        let mapping = self.mapping;
        let (id, action) = (fields.reach(&mapping.id), fields.reach(&mapping.action));
        if id.is_none() && action.is_none() && fields.get("signal").is_some() {
            return self.notice(&fields);
        }
        let outcomes = fields.reach(&mapping.outcomes);
        let (mut worst, mut undeclared) = (Worst::default(), Vec::new());
        let parsed = outcomes.map_or_else(Vec::new, |raw| self.outcomes(raw, &mut undeclared, &mut worst));
        if let Some(id) = id.and_then(identity)
            && outcomes.is_some()
            && fields.only(|key| mapping.is_id_or_outcomes(key))
        {
            return worst.or(Line::Outcomes { id, outcomes: parsed, undeclared });
        }
        let record = self.record(&fields, (parsed, undeclared), &mut worst);
        worst.or_else(|| record.map(Line::Full))
    }

    fn notice<'a>(&self, fields: &Fields<'a>) -> Result<Line<'a>, Fault> {
        let mut worst = Worst::default();
        let name = fields.get("signal").and_then(fields::text);
        worst.unless(name.is_some(), Reason::MissingField, "its signal is not a text");
        let time = self.time(fields.get("time"), "the notice's time", &mut worst);
        worst.or_else(|| {
            let (name, time) = (name?, time?);
            Some(Line::Notice { signal: self.signals.get(name.as_ref()).copied(), name, time })
        })
    }

    fn record<'a>(
        &self,
        fields: &Fields<'a>,
        (outcomes, undeclared): (Vec<Outcome>, Vec<String>),
        worst: &mut Worst,
    ) -> Option<Record<'a>> {
        let mapping = self.mapping;
        let id = fields.reach(&mapping.id).and_then(identity);
        worst.unless(id.is_some(), Reason::MissingField, "it has no id that is a text or an integer");
        let action = fields.reach(&mapping.action).and_then(fields::text);
        worst.unless(action.is_some(), Reason::MissingField, "it has no action that is a text");
        let time = self.time(fields.reach(&mapping.time), "its time", worst);
        let tier = fields.reach(&mapping.tier).map(|raw| fields::text(raw).and_then(|word| Tier::parse(&word)));
        worst.unless(tier != Some(None), Reason::BadTier, "its tier is not crawl, walk or run");
        if let Some(time) = time {
            let early = outcomes.iter().any(|outcome| outcome.time < time);
            worst.unless(!early, Reason::OutcomeBeforeAction, "an outcome is earlier than the action");
        }
        let given = self.plan.attributes.iter().map(|it| fields.reach(&it.key).map(fields::given)).collect();
        Some(Record { id: id?, time: time?, action: action?, tier: tier.flatten(), given, outcomes, undeclared })
    }

    fn time(&self, raw: Option<&str>, what: &str, worst: &mut Worst) -> Option<Instant> {
        let Some(raw) = raw else {
            worst.note(Reason::MissingField, || format!("{what} is missing"));
            return None;
        };
        let Some(time) = fields::text(raw).and_then(|text| Instant::parse(&text)) else {
            worst.note(Reason::BadTime, || format!("{what} is not RFC 3339 with an offset"));
            return None;
        };
        if self.now.is_some_and(|now| time > now) {
            worst.note(Reason::BadTime, || format!("{what} is later than --now"));
            return None;
        }
        Some(time)
    }

    fn outcomes(&self, raw: &str, undeclared: &mut Vec<String>, worst: &mut Worst) -> Vec<Outcome> {
        let Some(parts) = fields::array(raw) else {
            worst.note(Reason::Unparsable, || "its outcomes are not a list".to_owned());
            return Vec::new();
        };
        parts.iter().filter_map(|part| self.outcome(part.get(), undeclared, worst)).collect()
    }

    fn outcome(&self, raw: &str, undeclared: &mut Vec<String>, worst: &mut Worst) -> Option<Outcome> {
        let Some(fields) = Fields::parse(raw) else {
            worst.note(Reason::Unparsable, || "an outcome is not an object with each key once".to_owned());
            return None;
        };
        let name = fields.get("signal").and_then(fields::text);
        worst.unless(name.is_some(), Reason::MissingField, "an outcome has no signal that is a text");
        let time = self.time(fields.get("time"), "an outcome's time", worst);
        let signal = name.as_ref().and_then(|name| self.signals.get(name.as_ref()).copied());
        if self.survey && signal.is_none() {
            undeclared.extend(name.map(Cow::into_owned));
        }
        let value = self.value(signal, fields.get("value"), worst);
        Some(Outcome { signal, time: time?, value })
    }

    fn value(&self, signal: Option<SignalId>, raw: Option<&str>, worst: &mut Worst) -> Option<Carried> {
        let scales = signal.map_or(&[][..], |signal| &self.scales[signal.index()]);
        if scales.is_empty() {
            return raw.map(|raw| Carried::Unused(fields::canonical(raw).unwrap_or_else(|| raw.to_owned())));
        }
        let Some(raw) = raw else {
            worst.note(Reason::MissingField, || "a signal that a mean uses has no value".to_owned());
            return None;
        };
        let value = fields::number(raw).and_then(|number| number.millionths());
        let on_scale = |value: &i64| scales.iter().all(|(low, high)| (low..=high).contains(&value));
        let value = value.filter(on_scale);
        worst.unless(value.is_some(), Reason::BadValue, "a value is off the scale or has more than 6 decimals");
        value.map(Carried::Millionths)
    }
}

/// What makes a full line what it is, for the comparison of two with the same id: the least stays.
pub type Content = (Instant, String, Option<Tier>, String);

/// The content of a full line: time, action, tier (none first, then crawl, walk, run), canonical attributes.
#[must_use]
pub fn content(record: &Record, text: &str, mapping: &Mapping) -> Content {
    let fields = Fields::parse(text).unwrap_or_default();
    let attributes = fields.canonical_without(|key| mapping.is_field(key)).unwrap_or_else(|| text.to_owned());
    (record.time, record.action.to_string(), record.tier, attributes)
}

/// An id: a text, or an integer as its digits.
fn identity(raw: &str) -> Option<Cow<'_, str>> {
    let is_integer = || raw.strip_prefix('-').unwrap_or(raw).bytes().all(|byte| byte.is_ascii_digit());
    fields::text(raw).or_else(|| is_integer().then_some(Cow::Borrowed(raw)))
}

/// The first reason that applies, whatever the order in which faults are met.
#[derive(Default)]
struct Worst(Option<Fault>);

impl Worst {
    fn note(&mut self, reason: Reason, why: impl FnOnce() -> String) {
        if self.0.as_ref().is_none_or(|worst| reason < worst.reason) {
            self.0 = Some(fault(reason, why()));
        }
    }

    fn unless(&mut self, fine: bool, reason: Reason, why: &str) {
        if !fine {
            self.note(reason, || why.to_owned());
        }
    }

    fn or<T>(self, value: T) -> Result<T, Fault> {
        self.0.map_or(Ok(value), Err)
    }

    /// The value, which can only be absent where a fault was noted.
    fn or_else<T>(self, value: impl FnOnce() -> Option<T>) -> Result<T, Fault> {
        match self.0 {
            Some(fault) => Err(fault),
            None => value().ok_or_else(|| fault(Reason::Unparsable, "it is not a record")),
        }
    }
}
