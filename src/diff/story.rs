//! Small histories, made to a script: who ran when, at which tier, and what was told of it.

use super::records::Joint;
use super::side::{Pair, Side};
use crate::model::policy::{AttributeKind, Metric, MetricId, MetricKind, Predicate, SignalId};
use crate::overlap::{self, Budget};
use crate::value::{Decimal, Instant, Tier};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Histories start on 2026-01-01.
const START: i64 = 1_767_225_600;
/// A signal that no policy declares: it only says until when there was a history.
const END: &str = "end_of_history";

/// An action type on the stage.
#[derive(Debug)]
pub(super) struct Actor {
    /// Fields of its records: those of both policies, and those that one of them alone takes.
    pub(super) kinds: Kinds,
    /// What is told of a record with which all its metrics are content.
    good: Vec<Told>,
    /// By metric, what is told of a record that this metric finds bad.
    bad: BTreeMap<String, Vec<Told>>,
}

/// Fields of records, if there are such records: `both` policies take them for this type, or only one does.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) both: Option<Map<String, Value>>,
    pub(super) came: Option<Map<String, Value>>,
    pub(super) gone: Option<Map<String, Value>>,
}

/// A signal, how many seconds after the action, and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) signal: String,
    pub(super) after: i64,
    pub(super) value: Option<Decimal>,
}

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Good,
    /// Bad for this metric, good for the others.
    Bad(String),
    /// Exactly this.
    Told(Vec<Told>),
    /// Good, and this signal besides.
    And(String),
}

/// Which records of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Both,
    Came,
    Gone,
}

/// Records of one unit of time.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    pub(super) actor: usize,
    pub(super) which: Which,
    pub(super) tier: Tier,
    /// Units from the start.
    pub(super) at: i64,
    /// The version of the agent: 1 as a rule; 0 and 2 differ in every attribute that `renew` names.
    pub(super) version: i64,
    pub(super) fates: Vec<(u64, Fate)>,
}

/// Which feeds are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heart {
    Both,
    Old,
    New,
    None,
}

/// A history to be written.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) beats: Vec<Beat>,
    /// At which unit, which signal, how often.
    pub(super) notices: Vec<(i64, String, u64)>,
    pub(super) heart: Heart,
    /// From this unit on only these feeds are heard; before it both.
    pub(super) heart_from: i64,
    pub(super) no_approvals: bool,
    /// Units.
    pub(super) end: i64,
}

impl Script {
    /// How many records it has.
    pub(super) fn size(&self) -> u64 {
        self.beats.iter().flat_map(|beat| &beat.fates).map(|(n, _)| *n).fold(0, u64::saturating_add)
    }
}

/// All that scripts are written for.
pub(super) struct Stage<'a> {
    pub(super) old: &'a Side<'a>,
    pub(super) new: &'a Side<'a>,
    /// Seconds of a unit: the longer of the two ticks.
    pub(super) unit: i64,
    /// By position in the pairs.
    pub(super) actors: Vec<Actor>,
    /// Keys and kinds of all attributes that `renew` names, and whether only the old or only the new policy does.
    versions: Vec<(String, AttributeKind, Option<Heart>)>,
    /// Signals that carry a value, and what is on the scale of both policies.
    scales: BTreeMap<String, (Decimal, Decimal)>,
    /// Signals that keep a metric alive under the old and the new policy, and how many units that lasts.
    hearts: [Vec<(String, i64)>; 2],
}

impl<'a> Stage<'a> {
    pub(super) fn new(old: &'a Side<'a>, new: &'a Side<'a>, pairs: &[Pair]) -> Self {
        let unit = old.plan.tick_seconds.max(new.plan.tick_seconds);
        let actors = pairs.iter().map(|pair| Actor::new(old, new, *pair)).collect();
        let hearts = [hearts(old, unit), hearts(new, unit)];
        Self { old, new, unit, actors, versions: versions(old, new), scales: scales(old, new), hearts }
    }

    /// The lines of a script, in order of time.
    pub(super) fn write(&self, script: &Script) -> Vec<String> {
        let mut lines: Vec<(i64, String)> = Vec::new();
        for beat in &script.beats {
            self.beat(beat, &mut lines);
        }
        let notice = |at: i64, signal: &str| {
            let told = Told { signal: signal.to_owned(), after: 0, value: None };
            (at, format!("{{{}}}", self.outcome(&told).at(at)))
        };
        for (at, signal, n) in &script.notices {
            let second = |i: u64| START + at * self.unit + i64::try_from(i).unwrap_or(0) % self.unit;
            lines.extend((0..*n).map(|i| notice(second(i), signal)));
        }
        for (at, signal) in self.heartbeats(script) {
            lines.push(notice(START + at * self.unit, signal));
        }
        lines.push(notice(START + script.end * self.unit, END));
        lines.sort_by_key(|(at, _)| *at);
        let mut lines: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
        lines.dedup();
        lines
    }

    fn heartbeats(&self, script: &Script) -> BTreeSet<(i64, &str)> {
        let mut all = BTreeSet::new();
        for (hearts, is_on) in self.hearts.iter().zip([Heart::Old, Heart::New]) {
            let is_heard = |at: i64| at < script.heart_from || script.heart == is_on || script.heart == Heart::Both;
            for (signal, within) in hearts {
                let times = (0..=script.end).step_by(usize::try_from(*within).unwrap_or(1).max(1));
                all.extend(times.filter(|at| is_heard(*at)).map(|at| (at, signal.as_str())));
            }
        }
        all
    }

    /// What was told, with a value where the signal carries one.
    fn outcome(&self, told: &Told) -> Outcome {
        let scale = self.scales.get(&told.signal);
        let value = scale.map(|(low, high)| told.value.unwrap_or(*high).max(*low).min(*high));
        Outcome {
            head: format!("\"signal\":{},\"time\":\"", json!(told.signal)),
            after: told.after,
            tail: value.map_or_else(|| "\"".to_owned(), |value| format!("\",\"value\":{value}")),
        }
    }

    /// Records by the thousand: what they have in common is written once.
    fn beat(&self, beat: &Beat, lines: &mut Vec<(i64, String)>) {
        let actor = &self.actors[beat.actor];
        let fields = match beat.which {
            Which::Both => actor.kinds.both.as_ref().or(actor.kinds.came.as_ref()),
            Which::Came => actor.kinds.came.as_ref(),
            Which::Gone => actor.kinds.gone.as_ref(),
        };
        let Some(fields) = fields else { return };
        let fields = self.fields(fields, beat);
        let all: u64 = beat.fates.iter().map(|(n, _)| n).sum();
        let slots = i64::try_from(all).unwrap_or(i64::MAX).saturating_add(1);
        let mut slot = 0;
        for (n, fate) in &beat.fates {
            let outcomes: Vec<Outcome> = actor.told(fate).iter().map(|told| self.outcome(told)).collect();
            for _ in 0..*n {
                let at = START + beat.at * self.unit + slot * self.unit / slots;
                let id = lines.len() + 1;
                let told: Vec<String> = outcomes.iter().map(|outcome| format!("{{{}}}", outcome.at(at))).collect();
                let told = if told.is_empty() { String::new() } else { format!(",\"outcomes\":[{}]", told.join(",")) };
                lines.push((at, format!("{{\"id\":\"w{id}\",\"time\":\"{}\"{fields}{told}}}", time(at))));
                slot += 1;
            }
        }
    }

    /// Tier, action and attributes, as they stand in a line behind id and time.
    fn fields(&self, known: &Map<String, Value>, beat: &Beat) -> String {
        let mut fields = Map::new();
        fields.insert("tier".to_owned(), json!(beat.tier.word()));
        fields.extend(known.clone());
        for (key, kind, only) in self.versions.iter().filter(|(key, ..)| !known.contains_key(key)) {
            insert(&mut fields, key, version(*kind, *only, beat.version));
        }
        fields.iter().fold(String::new(), |text, (key, value)| text + &format!(",{}:{value}", json!(key)))
    }
}

/// An outcome as it is written, but for its time.
struct Outcome {
    head: String,
    /// Seconds after the action.
    after: i64,
    tail: String,
}

impl Outcome {
    /// Of an action at this second.
    fn at(&self, second: i64) -> String {
        format!("{}{}{}", self.head, time(second + self.after), self.tail)
    }
}

/// Puts a value at a path with dots.
fn insert(fields: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(fields.insert(path.to_owned(), value)),
        Some((head, rest)) => {
            let inner = fields.entry(head).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// In version 3 only what the new policy alone looks at differs, in version 4 what the old one alone looks at.
fn version(kind: AttributeKind, only: Option<Heart>, version: i64) -> Value {
    let version = match version {
        3 if only != Some(Heart::New) => 1,
        4 if only != Some(Heart::Old) => 1,
        version => version,
    };
    match kind {
        AttributeKind::Number => json!(version),
        AttributeKind::Text => json!(format!("v{version}")),
        AttributeKind::Flag => json!(version != 1),
    }
}

/// `2026-01-01T00:00:00Z`
fn time(at: i64) -> String {
    Instant::from_seconds(at).to_string()
}

impl Actor {
    fn new(old: &Side, new: &Side, pair: Pair) -> Self {
        let metrics = [(old, pair.old), (new, pair.new)].into_iter().filter_map(|(of, id)| Some((of, id?)));
        let metrics: Vec<(&Side, &Metric)> = metrics.flat_map(|(of, id)| judges(of, id)).collect();
        let good: BTreeSet<Told> = metrics.iter().filter_map(|(of, metric)| good(of, metric)).collect();
        let mut spoiled = BTreeMap::new();
        for (of, metric) in &metrics {
            let fate = bad(of, metric);
            // Of its own signals the bad one alone; those of other metrics stay.
            let own = signals(of, metric);
            let others = good.iter().filter(|told| !own.contains(&told.signal)).cloned();
            spoiled.entry(metric.name.clone()).or_insert_with(|| others.chain(fate).collect());
        }
        Self { kinds: Kinds::new(old, new, pair), good: good.into_iter().collect(), bad: spoiled }
    }

    fn told(&self, fate: &Fate) -> Vec<Told> {
        match fate {
            Fate::Good => self.good.clone(),
            Fate::Bad(metric) => self.bad.get(metric).cloned().unwrap_or_default(),
            Fate::Told(told) => told.clone(),
            Fate::And(signal) => {
                let more = Told { signal: signal.clone(), after: 0, value: None };
                self.good.iter().cloned().chain([more]).collect()
            }
        }
    }
}

impl Kinds {
    fn new(old: &Side, new: &Side, pair: Pair) -> Self {
        let joint = Joint::new(old, new);
        let none = || Predicate::Or(Vec::new());
        let before = pair.old.map_or_else(none, |id| overlap::predicate(old.action(id)).into_owned());
        let after = pair.new.map_or_else(none, |id| joint.of_new(&overlap::predicate(new.action(id))));
        let name = pair.new.map_or("other", |id| new.action(id).name.as_str());
        let fields = |all: &[&Predicate]| {
            let json = joint.example(all, name, &mut Budget::default()).ok().flatten()?;
            serde_json::from_str(&json).ok()
        };
        let (not_before, not_after) = (super::records::not(&before), super::records::not(&after));
        Self {
            both: fields(&[&before, &after]),
            came: fields(&[&after, &not_before]),
            gone: fields(&[&before, &not_after]),
        }
    }
}

/// The metrics of the bars and keeps of an action type, below its ceiling.
fn judges<'a>(of: &'a Side<'a>, id: crate::model::policy::ActionId) -> Vec<(&'a Side<'a>, &'a Metric)> {
    let bars = of.action(id).live_gates().flat_map(|gate| gate.bars.iter().chain(&gate.keeps));
    let ids: BTreeSet<MetricId> = bars.map(|bar| bar.value.metric).collect();
    ids.into_iter().map(|id| (of, &of.policy.metrics[id.index()])).collect()
}

fn name(of: &Side, id: SignalId) -> String {
    of.policy.signals[id.index()].name.clone()
}

/// The signals that a metric listens to.
pub(super) fn signals(of: &Side, metric: &Metric) -> BTreeSet<String> {
    let ids: Vec<SignalId> = match &metric.kind {
        MetricKind::Verdict { good, bad, .. } => good.iter().chain(bad).copied().collect(),
        MetricKind::Event { signals, .. } => signals.clone(),
        MetricKind::Mean { signal, .. } => vec![*signal],
    };
    ids.into_iter().map(|id| name(of, id)).collect()
}

fn at_once(signal: String, value: Option<Decimal>) -> Told {
    Told { signal, after: 0, value }
}

/// What makes a record good, if it takes a signal.
fn good(of: &Side, metric: &Metric) -> Option<Told> {
    match &metric.kind {
        MetricKind::Verdict { good, .. } => good.first().map(|id| at_once(name(of, *id), None)),
        MetricKind::Event { .. } => None,
        MetricKind::Mean { signal, low, high, lower_is_better } => {
            let best = if *lower_is_better { *low } else { *high };
            Some(at_once(name(of, *signal), Some(best)))
        }
    }
}

/// What makes a record bad, if it takes a signal.
fn bad(of: &Side, metric: &Metric) -> Option<Told> {
    match &metric.kind {
        MetricKind::Verdict { bad, .. } => bad.first().map(|id| at_once(name(of, *id), None)),
        MetricKind::Event { signals, .. } => signals.first().map(|id| at_once(name(of, *id), None)),
        MetricKind::Mean { signal, low, high, lower_is_better } => {
            let worst = if *lower_is_better { *high } else { *low };
            Some(at_once(name(of, *signal), Some(worst)))
        }
    }
}

/// By signal, the values that are on the scale of every mean of both policies.
fn scales(old: &Side, new: &Side) -> BTreeMap<String, (Decimal, Decimal)> {
    let mut all = scales_of(old);
    for (signal, (low, high)) in scales_of(new) {
        let scale = all.entry(signal).or_insert((low, high));
        *scale = (scale.0.max(low), scale.1.min(high));
    }
    all
}

/// By signal, the values that are on the scale of every mean of a policy: a record with another one is left out.
pub(super) fn scales_of(of: &Side) -> BTreeMap<String, (Decimal, Decimal)> {
    let mut all = BTreeMap::new();
    for metric in &of.policy.metrics {
        if let MetricKind::Mean { signal, low, high, .. } = metric.kind {
            let scale = all.entry(name(of, signal)).or_insert((low, high));
            *scale = (scale.0.max(low), scale.1.min(high));
        }
    }
    all
}

fn hearts(of: &Side, unit: i64) -> Vec<(String, i64)> {
    let trips = |id: &SignalId| {
        of.plan.actions.iter().flat_map(|it| &it.trips).any(|it| it.everywhere && it.signals.contains(id))
    };
    let heart = |metric: &crate::plan::Metric| {
        let (signals, ticks) = metric.alive.as_ref()?;
        let quiet = signals.iter().find(|id| !trips(id)).or(signals.first())?;
        Some((name(of, *quiet), (ticks * of.plan.tick_seconds / unit).max(1)))
    };
    of.plan.metrics.iter().filter_map(heart).collect()
}

fn versions(old: &Side, new: &Side) -> Vec<(String, AttributeKind, Option<Heart>)> {
    let [one, other] = [old, new].map(|of| {
        let renews = of.policy.actions.iter().filter_map(|action| action.renew.as_ref());
        let ids = renews.flat_map(|renew| &renew.value.attributes);
        let attributes = ids.map(|id| &of.policy.attributes[id.index()]);
        attributes.map(|it| (it.key.clone(), it.kind)).collect::<BTreeMap<String, AttributeKind>>()
    });
    let only = |key: &String| match (one.contains_key(key), other.contains_key(key)) {
        (true, false) => Some(Heart::Old),
        (false, true) => Some(Heart::New),
        _ => None,
    };
    let all: BTreeMap<&String, &AttributeKind> = one.iter().chain(&other).collect();
    all.into_iter().map(|(key, kind)| (key.clone(), *kind, only(key))).collect()
}
