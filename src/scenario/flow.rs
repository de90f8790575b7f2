//! What the records of a feed have in common, read: action type, tier, fields, and shares of signals.

use super::feed::{Made, Ran, Told};
use super::file::Section;
use crate::history::stated::{self, json, quoted};
use crate::model::policy::{AttributeKind, SignalId};
use crate::plan::matcher::{self, Given};
use crate::plan::{MetricKind, Plan};
use crate::value::{Decimal, Tier};
use crate::yaml::{At, Record, Share, decimal};

/// The word for the tier at which the replay is.
const FOLLOW: &str = "follow";

/// What a feed's records are.
pub(super) fn made(of: &mut Section, record: &Record) -> Option<Made> {
    let action = of.action(record);
    let tier = of.read.required(record, "tier", "crawl").cloned().and_then(|at| tier(of, &at));
    let fields = record.get("record").map(|at| fields(of, at));
    let told: Vec<Told> = (0..of.plan.signals.len()).flat_map(|id| signal(of, record, SignalId::new(id))).collect();
    let groups = groups(of, record, told);
    let action = action?;
    let name = || of.plan.actions[action.index()].name.clone();
    // Without `record` there are no fields; with a wrong one its mistakes are told already.
    let (logged, given) = match fields {
        None => (None, vec![None; of.plan.attributes.len()]),
        Some(fields) => fields?,
    };
    let made = Made { action, logged: logged.unwrap_or_else(name), given, tier: tier?, groups };
    of_its_type(of, record, &made);
    Some(made)
}

fn tier(of: &mut Section, at: &At) -> Option<Ran> {
    of.read.plain(at, "`crawl`, `walk`, `run`, or `follow` for the tier at which the replay is", |scalar| {
        if scalar.text == FOLLOW { Some(Ran::Following) } else { Tier::parse(&scalar.text).map(Ran::At) }
    })
}

/// `record`: what the log calls the action, and the attributes.
fn fields(of: &mut Section, at: &At) -> Option<(Option<String>, Vec<Option<Given<'static>>>)> {
    let (mut logged, mut given, mut fine) = (None, vec![None; of.plan.attributes.len()], true);
    for (key, at) in of.read.map(at, "`action` and attributes of the policy")? {
        if key == "action" {
            logged = of.read.text(&at, "what the log calls the action").map(str::to_owned);
            fine &= logged.is_some();
            continue;
        }
        fine &= field(of, key, &at, &mut given).is_some();
    }
    fine.then_some((logged, given))
}

/// One attribute.
fn field(of: &mut Section, key: &str, at: &At, given: &mut [Option<Given<'static>>]) -> Option<()> {
    let names = of.plan.attributes.iter().map(|attribute| attribute.name.as_str());
    let id = of.read.known(&at.key(), key, "attribute", names)?;
    let kind = of.plan.attributes[id].kind;
    let form = match kind {
        AttributeKind::Number => "a number with at most 6 decimals",
        AttributeKind::Text => "a text, in quotes if need be",
        AttributeKind::Flag => "`true` or `false`",
    };
    given[id] = Some(of.read.bare(at, form, |scalar| stated::given(kind, scalar))?);
    Some(())
}

/// The records of a feed must be of the type they are made for.
fn of_its_type(of: &mut Section, record: &Record, made: &Made) {
    let action = &of.plan.actions[made.action.index()];
    let given = |index: usize| made.given.get(index).and_then(Option::as_ref);
    if matcher::matches(&action.matches, &made.logged, &given) {
        return;
    }
    let message = format!("a record of this feed is not of type `{}`: it is {}", action.name, said(of.plan, made));
    let help = "write what its `matches` asks for, as in `record: {action: refund, amount: 20}`";
    of.read.wrong(record.get("record").unwrap_or(record.at()), message, help);
}

/// The record as `record` would say it: `{action: "refund", amount: 20}`.
fn said(plan: &Plan, made: &Made) -> String {
    let attributes = plan.attributes.iter().zip(&made.given);
    let attributes = attributes.filter_map(|(attribute, given)| Some((attribute.name.as_str(), json(given.as_ref()?))));
    let all = [("action", quoted(&made.logged))].into_iter().chain(attributes);
    format!("{{{}}}", all.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", "))
}

/// A signal with its share, or with one share for each number it carries.
fn signal(of: &mut Section, record: &Record, signal: SignalId) -> Vec<Told> {
    let name = of.plan.signals[signal.index()].clone();
    let reserved = ["action", "tier", "record", "days", "per_day"].contains(&name.as_str());
    let Some(at) = record.get(&name).filter(|_| !reserved) else { return Vec::new() };
    let Some((low, high)) = scale(of.plan, signal) else {
        return of.read.share(at, 100).map(|share| Told { signal, value: None, share }).into_iter().collect();
    };
    if !at.is_map() {
        let message = format!("`{name}` carries a number, and here it has none");
        of.read.wrong(at, message, format!("write each number with its share: `{name}: {{{high}: 30%}}`"));
        return Vec::new();
    }
    let form = ("numbers and their shares, as in `{5: 30%, 1: 10%}`", false);
    let values = of.read.shares(at, form, |read, key, at| {
        let value = decimal(key).filter(|value| (low..=high).contains(value));
        if value.is_none() {
            read.wrong(at, format!("`{key}` is no number on the scale of `{name}`"), format!("write {low} to {high}"));
        }
        value
    });
    values.into_iter().map(|(value, share)| Told { signal, value: Some(value.to_string()), share }).collect()
}

/// The numbers that a signal may carry, if some mean uses it: what lies on the scales of all that do.
fn scale(plan: &Plan, id: SignalId) -> Option<(Decimal, Decimal)> {
    let of = |kind: &MetricKind| match kind {
        MetricKind::Mean { signal, low, high, .. } if *signal == id => Some((*low, *high)),
        _ => None,
    };
    let scales = plan.metrics.iter().filter_map(|metric| of(&metric.kind));
    let (low, high) = scales.reduce(|one, other| (one.0.max(other.0), one.1.min(other.1)))?;
    Some((Decimal::from_millionths(low.into()), Decimal::from_millionths(high.into())))
}

/// The signals that exclude each other, together; the shares of each group are at most everything.
fn groups(of: &mut Section, record: &Record, told: Vec<Told>) -> Vec<Vec<Told>> {
    let mut groups: Vec<Vec<Told>> = Vec::new();
    for one in told {
        let joins = |group: &Vec<Told>| group.iter().any(|other| exclude(of.plan, one.signal, other.signal));
        let (joined, apart): (Vec<_>, Vec<_>) = groups.into_iter().partition(joins);
        groups = apart;
        groups.push(joined.into_iter().flatten().chain([one]).collect());
    }
    for group in &groups {
        let sum = Share(group.iter().map(|told| told.share.0).sum());
        // The shares of one signal's numbers have been added up where they stand.
        let many = group.iter().any(|told| told.signal != group[0].signal);
        if sum > Share::ALL && many {
            let names: Vec<&str> = group.iter().map(|told| of.plan.signals[told.signal.index()].as_str()).collect();
            let message = format!("the shares of {} add up to {}", names.join(", "), sum.percent());
            of.read.wrong(record.at(), message, "write shares that add up to at most 100%: a record gets one of them");
        }
    }
    groups
}

/// Whether a record gets at most one of two signals: some metric judges by both.
fn exclude(plan: &Plan, one: SignalId, other: SignalId) -> bool {
    let judges = |kind: &MetricKind, id: SignalId| match kind {
        MetricKind::Verdict { good, bad, .. } => good.contains(&id) || bad.contains(&id),
        MetricKind::Event { signals, .. } => signals.contains(&id),
        MetricKind::Mean { .. } => false,
    };
    one == other || plan.metrics.iter().any(|metric| judges(&metric.kind, one) && judges(&metric.kind, other))
}
