//! One line of JSON Lines: a record, outcomes for a record, or a notice; or the reason why it is bad.

use super::fields::{self, Fields};
use super::intake::Reason;
use super::mapping::{Field, Key, Mapping, Wide};
use super::shape::Shape;
use super::swift;
use crate::model::policy::SignalId;
use crate::plan::matcher::Given;
use crate::plan::{MetricKind, Plan};
use crate::value::{Instant, Named, Tier};
use std::borrow::Cow;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
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
#[derive(Debug, PartialEq, Eq)]
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

/// The outcomes of a line, and the names among them that the policy does not declare.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) outcomes: Vec<Outcome>,
    pub(super) undeclared: Vec<String>,
}

/// Letters of a cell that are shown.
const SAMPLE: usize = 40;

/// What reading a line needs to know.
#[derive(Debug)]
pub struct Reader<'p> {
    pub(super) plan: &'p Plan,
    pub(super) mapping: Mapping,
    /// Where the id and outcomes are.
    pub(super) outcome_keys: Vec<Key>,
    pub(super) now: Option<Instant>,
    pub(super) survey: bool,
    pub(super) signals: Named<SignalId>,
    /// Lines may be read the fast way first.
    swift: bool,
    /// Of each signal that some mean uses: the scales its values must lie on.
    scales: Vec<Vec<(i64, i64)>>,
}

impl<'p> Reader<'p> {
    /// A reader for a plan's signals and attributes.
    #[must_use]
    pub fn new(plan: &'p Plan, mapping: &Mapping, now: Option<Instant>) -> Self {
        let signals = plan.signals.iter().enumerate().map(|(at, name)| (name.as_str(), SignalId::new(at))).collect();
        let mut scales = vec![Vec::new(); plan.signals.len()];
        for metric in &plan.metrics {
            if let MetricKind::Mean { signal, low, high, .. } = metric.kind {
                scales[signal.index()].push((low, high));
            }
        }
        let outcome_keys = mapping.outcome_keys();
        let mapping = mapping.clone();
        let reader = Self { plan, mapping, outcome_keys, now, survey: false, signals, swift: false, scales };
        Self { swift: swift::is_possible(&reader), ..reader }
    }

    /// Keeps the names of signals that the policy does not declare too, or not.
    #[must_use]
    pub fn surveying(self, survey: bool) -> Self {
        Self { survey, ..self }
    }

    /// What it takes the log's words for.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Reads a line: fast where it is of the usual form, else plainly.
    pub fn read<'a>(&'a self, text: &'a str) -> Result<Line<'a>, Fault> {
        match self.read_fast(text, &mut Vec::new(), &mut Shape::default()) {
            Some((record, length)) if length == text.len() => Ok(Line::Full(record)),
            _ => self.read_plainly(text),
        }
    }

    /// Reads the line that a text starts with, if it is a record of the usual form, its outcomes into some room; it comes
    /// with its length. The shape is that of the lines before.
    #[inline]
    pub fn read_fast<'a>(
        &self,
        text: &'a str,
        room: &mut Vec<Outcome>,
        shape: &mut Shape,
    ) -> Option<(Record<'a>, usize)> {
        if !self.swift {
            return None;
        }
        shape.read(self, text, room).or_else(|| {
            let (record, length) = swift::read(self, text, room)?;
            shape.learn(self, &text[..length]);
            Some((record, length))
        })
    }

    /// Reads any line.
    pub fn read_plainly<'a>(&'a self, text: &'a str) -> Result<Line<'a>, Fault> {
        let Some(fields) = Fields::parse(text) else {
            return Err(fault(Reason::Unparsable, "it is not one JSON object with each key once"));
        };
        let (id, action) = (self.reach(&fields, Field::Id), self.reach(&fields, Field::Action));
        if id.is_none() && action.is_none() && self.noticed(&fields).is_some() {
            return self.notice(&fields);
        }
        let (mut worst, mut found) = (Worst::default(), Gathered::default());
        let has_outcomes = self.outcomes(&fields, &mut found, &mut worst);
        if let Some(id) = id.and_then(identity)
            && has_outcomes
            && fields.only(&self.outcome_keys)
        {
            return worst.or(Line::Outcomes { id, outcomes: found.outcomes, undeclared: found.undeclared });
        }
        let record = self.record(&fields, found, &mut worst);
        worst.or_else(|| record.map(Line::Full))
    }

    fn reach<'a>(&self, fields: &Fields<'a>, field: Field) -> Option<&'a str> {
        fields.reach(self.mapping.key(field))
    }

    /// The signal of a notice: a line that is of no record has its signal under the name of the specification, or where
    /// that of a row is.
    fn noticed<'a>(&self, fields: &Fields<'a>) -> Option<&'a str> {
        let of_a_row = || self.mapping.is_flat().then(|| self.reach(fields, Field::Signal)).flatten();
        fields.get("signal").or_else(of_a_row)
    }

    fn notice<'a>(&'a self, fields: &Fields<'a>) -> Result<Line<'a>, Fault> {
        let mut worst = Worst::default();
        let name = self.noticed(fields).and_then(fields::text).map(|word| self.mapping.meaning(Field::Signal, word));
        worst.unless(name.is_some(), Reason::MissingField, "its signal is not a text");
        let of_a_row = self.mapping.is_flat().then(|| self.reach(fields, Field::SignalTime)).flatten();
        let time = of_a_row.or_else(|| fields.get("time")).or_else(|| self.reach(fields, Field::Time));
        let time = self.time(time, "the notice's time", &[], &mut worst);
        worst.or_else(|| {
            let (name, time) = (name?, time?);
            Some(Line::Notice { signal: self.signals.get(name.as_ref()).copied(), name, time })
        })
    }

    fn record<'a>(&'a self, fields: &Fields<'a>, found: Gathered, worst: &mut Worst) -> Option<Record<'a>> {
        let Gathered { outcomes, undeclared } = found;
        let id = self.reach(fields, Field::Id).and_then(identity);
        if id.is_none() {
            worst.note(Reason::MissingField, || {
                self.lacks("it has no id that is a text or an integer", Field::Id, fields)
            });
        }
        let action = self.word(fields, Field::Action);
        if action.is_none() {
            worst.note(Reason::MissingField, || self.lacks("it has no action that is a text", Field::Action, fields));
        }
        let raw = self.reach(fields, Field::Time);
        let time = self.time(raw, "its time", self.mapping.key(Field::Time), worst);
        let tier = self.word(fields, Field::Tier).and_then(|word| Tier::parse(&word));
        if let (None, Some(raw)) = (tier, self.reach(fields, Field::Tier)) {
            let held = || self.held(self.mapping.key(Field::Tier), Some(raw));
            worst.note(Reason::BadTier, || format!("its tier is not crawl, walk or run{}", held()));
        }
        if let Some(time) = time {
            let early = outcomes.iter().any(|outcome| outcome.time < time);
            worst.unless(!early, Reason::OutcomeBeforeAction, "an outcome is earlier than the action");
        }
        let mut attribute = |key: &[String]| {
            let found = fields.attribute(key);
            let why = || format!("an object that `{}` looks into has a key twice", key.join("."));
            found.inspect_err(|_| worst.note(Reason::Unparsable, why)).ok().flatten()
        };
        let given = self.plan.attributes.iter().map(|it| attribute(&it.key).map(fields::given)).collect();
        Some(Record { id: id?, time: time?, action: action?, tier, given, outcomes, undeclared })
    }

    /// The word of a field, translated, if it is a text.
    fn word<'a>(&'a self, fields: &Fields<'a>, field: Field) -> Option<Cow<'a, str>> {
        if let Some(constant) = self.mapping.constant(field) {
            return Some(Cow::Borrowed(constant));
        }
        fields::text(self.reach(fields, field)?).map(|word| self.mapping.meaning(field, word))
    }

    /// What is wrong, and of which key.
    fn lacks(&self, why: &str, field: Field, fields: &Fields) -> String {
        format!("{why}{}", self.held(self.mapping.key(field), self.reach(fields, field)))
    }

    /// Where a mapping is in play: which key is meant, and what it holds.
    fn held(&self, key: &[String], raw: Option<&str>) -> String {
        match raw {
            None if !self.mapping.is_plain() && !key.is_empty() => format!(": `{}` holds nothing", key.join(".")),
            Some(raw) if !self.mapping.is_plain() => {
                let text = fields::text(raw).unwrap_or(Cow::Borrowed(raw));
                let short: String = text.chars().take(SAMPLE).collect();
                let more = if short.len() < text.len() { "…" } else { "" };
                let key = if key.is_empty() { "it".to_owned() } else { format!("`{}`", key.join(".")) };
                format!(": {key} holds `{short}{more}`")
            }
            _ => String::new(),
        }
    }

    fn time(&self, raw: Option<&str>, what: &str, key: &[String], worst: &mut Worst) -> Option<Instant> {
        let Some(raw) = raw else {
            worst.note(Reason::MissingField, || format!("{what} is missing{}", self.held(key, None)));
            return None;
        };
        let times = &self.mapping.times;
        let number = || times.is_epoch().then_some(Cow::Borrowed(raw));
        let Some(time) = fields::text(raw).or_else(number).and_then(|text| times.read(&text)) else {
            worst.note(Reason::BadTime, || format!("{what} is not {times}{}", self.held(key, Some(raw))));
            return None;
        };
        let in_time = self.in_time(time);
        if in_time.is_none() {
            worst.note(Reason::BadTime, || format!("{what} is later than --now"));
        }
        in_time
    }

    /// All outcomes of a line: those of its list, the one of its row, and those that have keys of their own. Whether
    /// there is any place for them.
    fn outcomes(&self, fields: &Fields, found: &mut Gathered, worst: &mut Worst) -> bool {
        let list = self.reach(fields, Field::Outcomes);
        if let Some(raw) = list {
            self.list(raw, found, worst);
        }
        let flat = self.mapping.is_flat() && self.flat(fields, found, worst);
        let mut wide = false;
        for it in &self.mapping.wide {
            wide |= self.wide(it, fields, found, worst);
        }
        list.is_some() || flat || wide
    }

    fn list(&self, raw: &str, found: &mut Gathered, worst: &mut Worst) {
        let Some(parts) = fields::array(raw) else {
            return worst.note(Reason::Unparsable, || "its outcomes are not a list".to_owned());
        };
        for part in parts {
            let Some(fields) = Fields::parse(part.get()) else {
                worst.note(Reason::Unparsable, || "an outcome is not an object with each key once".to_owned());
                continue;
            };
            self.outcome(fields.get("signal"), (fields.get("time"), &[]), fields.get("value"), found, worst);
        }
    }

    /// The outcome that a row of a flat table has.
    fn flat(&self, fields: &Fields, found: &mut Gathered, worst: &mut Worst) -> bool {
        let [signal, time, value] = [Field::Signal, Field::SignalTime, Field::Value].map(|it| self.reach(fields, it));
        let is_there = signal.is_some() || time.is_some() || value.is_some();
        if is_there {
            self.outcome(signal, (time, self.mapping.key(Field::SignalTime)), value, found, worst);
        }
        is_there
    }

    /// The outcome of a signal that has a key of its own: its time, or whether it happened.
    fn wide(&self, wide: &Wide, fields: &Fields, found: &mut Gathered, worst: &mut Worst) -> bool {
        // An empty text says as little as an absent one: no table of text can tell them apart.
        let said = |key: &Key| fields.reach(key).filter(|raw| *raw != "\"\"");
        let Some(raw) = said(&wide.key) else { return false };
        let happened = fields::text(raw).as_deref().map_or_else(|| flag(raw), flag);
        let (time, key): (_, &Key) = match (&wide.time, happened) {
            (_, Some(false)) => return true,
            (None, _) => (Some(raw), &wide.key),
            (Some(key), Some(true)) => (said(key), key),
            (Some(_), None) => {
                let held = || self.held(&wide.key, Some(raw));
                worst.note(Reason::BadValue, || {
                    format!("whether `{}` happened is not true or false{}", wide.signal, held())
                });
                return true;
            }
        };
        let name = serde_json::Value::from(wide.signal.as_str()).to_string();
        self.outcome(Some(&name), (time, key), None, found, worst);
        true
    }

    fn outcome(
        &self,
        name: Option<&str>,
        (time, key): (Option<&str>, &[String]),
        value: Option<&str>,
        found: &mut Gathered,
        worst: &mut Worst,
    ) {
        let raw = name;
        let name = name.and_then(fields::text).map(|word| self.mapping.meaning(Field::Signal, word));
        if name.is_none() {
            let held = || self.held(self.of_a_row(Field::Signal), raw);
            worst.note(Reason::MissingField, || format!("an outcome has no signal that is a text{}", held()));
        }
        let time = self.time(time, "an outcome's time", key, worst);
        let signal = name.as_ref().and_then(|name| self.signals.get(name.as_ref()).copied());
        let value = self.value(signal, value, worst);
        if self.survey && signal.is_none() {
            found.undeclared.extend(name.map(Cow::into_owned));
        }
        found.outcomes.extend(time.map(|time| Outcome { time, signal, value }));
    }

    /// Adds an outcome; nothing where its value is not in order.
    #[inline]
    pub(super) fn add(&self, name: Cow<str>, time: Instant, value: Option<&str>, to: &mut Gathered) -> Option<()> {
        let signal = self.signals.get(name.as_ref()).copied();
        let mut worst = Worst::default();
        let value = self.value(signal, value, &mut worst);
        if !worst.is_none() {
            return None;
        }
        if self.survey && signal.is_none() {
            to.undeclared.push(name.into_owned());
        }
        to.outcomes.push(Outcome { time, signal, value });
        Some(())
    }

    /// The signal of a name, if the policy declares it; nothing at all where outcomes of it need a value.
    #[expect(clippy::option_option, reason = "the outer one gives up")]
    pub(super) fn signal(&self, name: &str) -> Option<Option<SignalId>> {
        let signal = self.signals.get(self.mapping.meaning(Field::Signal, Cow::Borrowed(name)).as_ref()).copied();
        signal.is_none_or(|id| self.scales[id.index()].is_empty()).then_some(signal)
    }

    /// A time that is not too late.
    #[inline]
    pub(super) fn in_time(&self, time: Instant) -> Option<Instant> {
        self.now.is_none_or(|now| time <= now).then_some(time)
    }

    /// The key of a field of the one outcome that a row has, where rows have one; it is named where it is wrong.
    fn of_a_row(&self, field: Field) -> &[String] {
        if self.mapping.is_flat() { self.mapping.key(field) } else { &[] }
    }

    fn value(&self, signal: Option<SignalId>, raw: Option<&str>, worst: &mut Worst) -> Option<Carried> {
        let scales = signal.map_or(&[][..], |signal| &self.scales[signal.index()]);
        if scales.is_empty() {
            return raw.map(|raw| Carried::Unused(fields::canonical(raw).unwrap_or_else(|| raw.to_owned())));
        }
        let Some(raw) = raw else {
            let held = || self.held(self.of_a_row(Field::Value), None);
            worst.note(Reason::MissingField, || format!("a signal that a mean uses has no value{}", held()));
            return None;
        };
        let value = fields::number(raw).and_then(|number| number.millionths());
        let on_scale = |value: &i64| scales.iter().all(|(low, high)| (low..=high).contains(&value));
        let value = value.filter(on_scale);
        if value.is_none() {
            let held = || self.held(self.of_a_row(Field::Value), Some(raw));
            worst.note(Reason::BadValue, || format!("a value is off the scale or has more than 6 decimals{}", held()));
        }
        value.map(Carried::Millionths)
    }
}

/// What a cell says that is true or false.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" | "1" => Some(true),
        "false" | "False" | "FALSE" | "0" => Some(false),
        _ => None,
    }
}

/// What makes a full line what it is, for the comparison of two with the same id: the least stays.
pub type Content = (Instant, String, Option<Tier>, String);

/// The content of a full line: time, action, tier (none first, then crawl, walk, run), canonical attributes.
#[must_use]
pub fn content(record: &Record, text: &str, mapping: &Mapping) -> Content {
    let fields = Fields::parse(text).unwrap_or_default();
    let attributes = fields.canonical_without(&mapping.all_keys()).unwrap_or_else(|| text.to_owned());
    (record.time, record.action.to_string(), record.tier, attributes)
}

/// An id: a text, or an integer as its digits.
pub(super) fn identity(raw: &str) -> Option<Cow<'_, str>> {
    let is_integer = || raw.strip_prefix('-').unwrap_or(raw).bytes().all(|byte| byte.is_ascii_digit());
    fields::text(raw).or_else(|| is_integer().then_some(Cow::Borrowed(raw)))
}

/// The first reason that applies, whatever the order in which faults are met.
#[derive(Default)]
struct Worst(Option<Fault>);

impl Worst {
    /// Whether there is nothing wrong.
    fn is_none(&self) -> bool {
        self.0.is_none()
    }

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
