//! Holds that were under way and started again: when, after how long, and by what. Of many of one action type at one
//! tier the first and the last are shown, and what the others were.

use super::View;
use crate::render::ink::Ink;
use crate::render::text::{clean, list as enumerate, plural, thousands};
use crate::replay::run::{Cause, Reset};
use crate::replay::{Reading, Standing};
use crate::value::Tier;
use std::collections::BTreeMap;

/// So many of one action type at one tier are all shown.
const FEW: usize = 3;

/// The list; empty if no hold was reset.
pub(super) fn list(view: View) -> String {
    if view.run.resets.is_empty() {
        return String::new();
    }
    let mut groups: BTreeMap<(usize, Tier), Vec<&Reset>> = BTreeMap::new();
    for reset in &view.run.resets {
        groups.entry((reset.action.index(), reset.tier)).or_default().push(reset);
    }
    let mut out = view.heading("Holds that started again");
    for ((action, tier), resets) in groups {
        out += &group(view, action, tier, &resets);
    }
    out
}

fn group(view: View, action: usize, tier: Tier, resets: &[&Reset]) -> String {
    let name = view.style.paint(Ink::Strong, clean(&view.plan.actions[action].name));
    let times = match resets.len() {
        1 => String::new(),
        n => format!(", {n} times"),
    };
    let mut out = view.line(&format!("{name} at {}{times}", view.tier(tier)), 2);
    match resets {
        [first, between @ .., last] if resets.len() > FEW => {
            out += &one(view, first);
            out += &view.line(&view.style.paint(Ink::Quiet, summary(view, between)), 4);
            out += &one(view, last);
        }
        _ => out.extend(resets.iter().map(|reset| one(view, reset))),
    }
    out
}

fn one(view: View, reset: &Reset) -> String {
    let action = &view.plan.actions[reset.action.index()];
    let hold = action.gate_above(reset.tier).map_or(0, |gate| gate.hold);
    let lasted =
        format!("{} after {} of {}", view.date(reset.at), view.span(reset.at - reset.held_since), view.span(hold));
    match &reset.cause {
        Cause::Bars(readings) => {
            let failing: Vec<String> = failing(readings).map(|reading| view.marked(reading)).collect();
            view.line(&format!("{lasted}: {}", failing.join("; ")), 4)
        }
        other => view.line(&format!("{lasted}: {}", cause(view, reset, other)), 4),
    }
}

fn failing(readings: &[Reading]) -> impl Iterator<Item = &Reading> {
    readings.iter().filter(|reading| reading.standing != Standing::Clears)
}

fn cause(view: View, reset: &Reset, cause: &Cause) -> String {
    match cause {
        Cause::Bars(_) => String::new(),
        Cause::Renewed => "a new version of the agent".to_owned(),
        Cause::Moved => "it was taken down".to_owned(),
        Cause::Tripped(trip) => match view.trip(reset.action.index(), *trip) {
            None => "a trip".to_owned(),
            Some((names, count, within)) => format!("{} or more {names} within {within}", thousands(count)),
        },
    }
}

/// `… 7 more: 5 times by acceptance, 2 times by a trip`
fn summary(view: View, resets: &[&Reset]) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for reset in resets {
        let why = match &reset.cause {
            Cause::Bars(readings) => {
                let metrics = failing(readings).map(|it| clean(&view.plan.metrics[it.bar.metric.index()].name));
                enumerate(&metrics.collect::<Vec<_>>(), "and")
            }
            Cause::Tripped(_) => "a trip".to_owned(),
            other => cause(view, reset, other),
        };
        *counts.entry(why).or_default() += 1;
    }
    let more = format!("{} {} more", view.style.pick("…", "..."), resets.len());
    if let [(why, _)] = counts.iter().collect::<Vec<_>>().as_slice() {
        return format!("{more}, by {why}");
    }
    let told: Vec<String> = counts.into_iter().map(|(why, n)| format!("{} by {why}", plural(n, "time"))).collect();
    format!("{more}: {}", told.join(", "))
}
