//! Each number one step down and one step up.

use super::Mutant;
use crate::model::Policy;
use crate::model::policy::Origin;
use crate::model::setting::{Kind, Setting, set, settings};
use crate::value::{Decimal, Duration, Tier};

/// Everything that can be a step away.
pub(super) fn mutants(policy: &Policy) -> Vec<Mutant> {
    let own = settings(policy).into_iter().filter(|it| it.value != NONE && is_written_here(it));
    own.flat_map(|setting| of(policy, &setting)).collect()
}

/// A value that is left out.
const NONE: &str = "none";

/// Whether a value is its declaration's own: an inherited one is changed where it is written.
fn is_written_here(setting: &Setting) -> bool {
    let owner = setting.path.split('.').next().unwrap_or_default();
    ["policy", "metric", "ladder"].contains(&owner) || setting.from == Origin::Action
}

fn of(policy: &Policy, setting: &Setting) -> Vec<Mutant> {
    let mut values = steps(policy, setting);
    if setting.optional {
        values.push(NONE.to_owned());
    }
    let changed = |value: String| {
        let policy = set(policy, &setting.path, &value).ok()?;
        let (path, was) = (setting.path.clone(), setting.value.clone());
        Some(Mutant { path, was, value, at: setting.at, policy })
    };
    values.into_iter().filter_map(changed).collect()
}

/// The values a step away; those that the language does not know are refused later.
fn steps(policy: &Policy, setting: &Setting) -> Vec<String> {
    let value = setting.value.as_str();
    let number = |unit: &str| value.strip_suffix(unit).and_then(|it| it.parse::<Decimal>().ok());
    let shares = |unit: &str, low: i64| number(unit).map_or_else(Vec::new, |it| near(it, Decimal::whole(low), unit));
    match setting.kind {
        Kind::Duration if setting.path == "policy.evaluate" => halved_and_doubled(policy.tick),
        Kind::Duration | Kind::Window => ticks(policy.tick, value),
        Kind::Count => {
            let count = value.parse::<u32>().unwrap_or_default();
            vec![count.saturating_sub(1).to_string(), count.saturating_add(1).to_string()]
        }
        Kind::Share => shares("%", 0),
        Kind::Points => shares("pp", 0),
        Kind::Confidence => bounds(value),
        Kind::Number => number("").map_or_else(Vec::new, |it| {
            let tenth = Decimal::from_millionths(100_000).share_of(it);
            vec![it.minus(tenth).to_string(), it.plus(tenth).to_string()]
        }),
        // The tier that is neither this one nor run, which is no ceiling at all.
        Kind::Ceiling => Tier::ALL.iter().map(|tier| tier.word().to_owned()).filter(|it| it != value).take(1).collect(),
    }
}

/// One percentage point down and up, or half the way to the end where that is less.
fn near(value: Decimal, low: Decimal, unit: &str) -> Vec<String> {
    let half = |span: Decimal| Decimal::from_millionths(500_000).share_of(span).min(Decimal::whole(1));
    let (down, up) = (half(value.minus(low)), half(Decimal::whole(100).minus(value)));
    vec![format!("{}{unit}", value.minus(down)), format!("{}{unit}", value.plus(up))]
}

/// Confidence: twice and half the chance of being wrong, by the same method.
fn bounds(value: &str) -> Vec<String> {
    let (level, method) = value.split_once('%').unwrap_or((value, ""));
    let Ok(level) = level.parse::<Decimal>() else { return Vec::new() };
    let wrong = Decimal::whole(100).minus(level);
    let half = Decimal::from_millionths(500_000).share_of(wrong);
    vec![format!("{}%{method}", level.minus(wrong)), format!("{}%{method}", level.plus(half))]
}

fn ticks(tick: Duration, value: &str) -> Vec<String> {
    let Some(seconds) = seconds(value) else { return Vec::new() };
    let step = tick.seconds();
    let written = [seconds - step, seconds + step].into_iter().filter_map(Duration::from_seconds);
    written.map(|it| it.to_string()).collect()
}

fn halved_and_doubled(tick: Duration) -> Vec<String> {
    let written = [tick.seconds() / 2, tick.seconds() * 2].into_iter().filter_map(Duration::from_seconds);
    written.map(|it| it.to_string()).collect()
}

/// `14d` in seconds; words have none.
fn seconds(value: &str) -> Option<i64> {
    let split = value.find(|sign: char| !sign.is_ascii_digit())?;
    let unit = crate::value::duration::Unit::ALL.into_iter().find(|unit| unit.word() == &value[split..])?;
    Some(Duration { count: value[..split].parse().ok()?, unit }.seconds())
}
