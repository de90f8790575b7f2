//! What happened, in order: each move, stop and deferral with its evidence.

use super::View;
use super::chart::sign;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, pad, plural, thousands, width, wrap};
use crate::replay::decision::Approval;
use crate::replay::{Decision, Detail, Reading};
use crate::value::duration::Tick;
use crate::value::{Step, Tier};

/// The log.
pub(super) fn log(view: View) -> String {
    let mut out = view.heading("What happened");
    if view.run.decisions.is_empty() {
        return out + "  Nothing: no move, no stop, no deferral.\n";
    }
    let dates = view.run.decisions.iter().map(|decision| view.date(decision.at).len()).max().unwrap_or(0);
    for decision in &view.run.decisions {
        out += &entry(view, decision, dates);
    }
    out
}

/// One entry, its date so many columns wide.
pub(super) fn entry(view: View, decision: &Decision, dates: usize) -> String {
    let style = view.style;
    let (sign, ink, _) = sign(view, decision.detail.kind());
    let first = format!("  {}  {}  ", pad(&view.date(decision.at), dates), style.paint(ink, sign));
    let indent = " ".repeat(dates + 7);
    let name = style.paint(Ink::Strong, view.name(decision.action));
    let gap = GLUE.to_string().repeat(2 + view.name_width() - width(&name));
    let clause = style.paint(Ink::Quiet, format!("by{GLUE}{}", clean(&decision.clause)));
    let mut out = wrap(&format!("{name}{gap}{} {GLUE}{clause}", title(view, decision)), &first, &indent, style.width);
    for line in details(view, decision) {
        out += &view.line(&line, indent.len());
    }
    out
}

/// `crawl → walk`, `stopped at crawl`, `deferred at crawl behind reply_to_faq`
fn title(view: View, decision: &Decision) -> String {
    match &decision.detail {
        Detail::Stop { .. } => format!("stopped at {}", view.tier(decision.from)),
        Detail::Defer { behind, .. } => {
            let behind = behind.map_or_else(String::new, |action| format!(" behind {}", view.name(action)));
            format!("deferred at {}{behind}", view.tier(decision.from))
        }
        _ => view.step(decision.from, decision.to),
    }
}

fn details(view: View, decision: &Decision) -> Vec<String> {
    let bars = |bars: &[Reading]| bars.iter().map(|reading| view.marked(reading)).collect::<Vec<_>>();
    match &decision.detail {
        Detail::Promote { held_since, bars: readings, approval } => {
            let mut lines = bars(readings);
            lines.push(held(view, decision, *held_since) + &approved(view, decision, approval.as_ref()));
            lines
        }
        Detail::Defer { held_since, bars: readings, .. } => {
            let mut lines = bars(readings);
            lines.push(held(view, decision, *held_since) + "; one promotion at a time");
            lines
        }
        Detail::Demote { bars: readings } => bars(readings),
        Detail::Stale { since, bars: readings } => {
            let mut lines = vec![stale(view, decision, *since)];
            lines.extend(bars(readings));
            lines
        }
        Detail::Stop { since, bars: readings } => {
            let mut lines = vec![format!(
                "not promoted in the {} since {}, and not passing",
                view.span(decision.at - since),
                view.date(*since)
            )];
            lines.extend(bars(readings));
            lines
        }
        Detail::Trip { signals, window } => vec![trip(view, decision, *signals, *window)],
        Detail::Renew { cohort } => {
            vec![format!("a new version of the agent: {}", view.cohort(decision.action, cohort))]
        }
    }
}

/// `held since 2026-01-20 (14 d; hold 14 d)`
fn held(view: View, decision: &Decision, since: Tick) -> String {
    let action = &view.plan.actions[decision.action.index()];
    let hold = action.gate_above(decision.from).map_or_else(String::new, |gate| view.span(gate.hold));
    format!("held since {} ({}; hold {hold})", view.date(since), view.span(decision.at - since))
}

fn approved(view: View, decision: &Decision, approval: Option<&Approval>) -> String {
    let action = &view.plan.actions[decision.action.index()];
    let step = Step::between(decision.from, decision.to);
    let gate = step.and_then(|step| action.gates[step.index()].as_ref());
    let who = gate.and_then(|gate| gate.approval.as_deref()).unwrap_or_default();
    match approval {
        None => String::new(),
        Some(Approval::Assumed) => format!("; approval by \"{}\" is assumed", clean(who)),
        Some(Approval::Forced) => "; forced, whatever the gate says".to_owned(),
        Some(Approval::Recorded(by)) => format!("; approved by {}", clean(by)),
    }
}

fn stale(view: View, decision: &Decision, since: Tick) -> String {
    let limit = view.plan.actions[decision.action.index()].stale.map_or_else(String::new, |stale| view.span(stale));
    let silent = view.span(decision.at - since);
    format!("a keep bar without enough evidence since {} ({silent}; stale {limit})", view.date(since))
}

fn trip(view: View, decision: &Decision, signals: u64, (from, to): (Tick, Tick)) -> String {
    let seen = format!("{} in {} from {}", plural(signals, "signal"), view.span(to - from), view.date(from));
    match view.trip_of(decision) {
        None => seen,
        Some((names, count, within)) => format!("{names}: {seen}, trips at {} within {within}", thousands(count)),
    }
}

impl View<'_> {
    /// The trip that a decision names: its signals, its count and its span, in words.
    fn trip_of(self, decision: &Decision) -> Option<(String, u64, String)> {
        let nth: usize = decision.clause.rsplit_once(".trip[")?.1.strip_suffix(']')?.parse().ok()?;
        self.trip(decision.action.index(), nth.checked_sub(1)?)
    }

    /// A trip of an action type, in words.
    pub(super) fn trip(self, action: usize, nth: usize) -> Option<(String, u64, String)> {
        let trip = self.plan.actions[action].trips.get(nth)?;
        let names: Vec<String> = trip.signals.iter().map(|id| clean(&self.plan.signals[id.index()])).collect();
        Some((list(&names, "or"), trip.count, self.span(trip.within)))
    }

    /// The tier an action type ended at.
    pub(super) fn last_tier(self, action: usize) -> Tier {
        self.run.saved.states[action].tier
    }
}
