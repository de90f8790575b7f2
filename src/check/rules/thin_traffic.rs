//! CWR402 thin-traffic: with the traffic of this history no window ever holds the samples that a bar asks for.
//!
//! A bar is judged at the tier below its gate, a keep bar at the tier above. Where there is no sample at all, that is
//! CWR404; where no stay at the tier was as long as delay and window, the history is too short to tell. Traffic is that
//! of all versions of the agent together.

use crate::check::durations;
use crate::check::findings::Findings;
use crate::check::history::History;
use crate::check::subject::{Subject, judged};
use crate::check::words;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, ActionId, Bar, Clause, Origin, Window};
use crate::value::duration::Tick;
use std::collections::BTreeMap;

pub(super) fn check(subject: &Subject, history: &History, findings: &mut Findings) {
    for (at, action) in subject.policy.actions.iter().enumerate() {
        let id = ActionId::new(at);
        for gate in action.live_gates() {
            for (bar, tier) in judged(gate) {
                let samples = history.samples(id, bar.value.metric, tier);
                let traffic = Traffic { samples, place: history.place(tier), stay: history.longest_stay(id, tier) };
                if let Some(finding) = thin(subject, action, bar, &traffic) {
                    findings.push(finding);
                }
            }
        }
    }
}

/// The samples of a metric at a tier.
struct Traffic {
    samples: BTreeMap<Tick, u64>,
    /// Which tier.
    place: String,
    /// The most ticks for which the action type stayed there.
    stay: Tick,
}

fn thin(subject: &Subject, action: &Action, bar: &Clause<Bar>, traffic: &Traffic) -> Option<Diagnostic> {
    let Traffic { samples, place, stay } = traffic;
    let Window::Sliding(window) = bar.value.window else { return None };
    let (tick, min) = (subject.policy.tick.seconds(), u64::from(bar.value.min));
    let most = most_within(samples, window.seconds() / tick);
    if most == 0 || most >= min || subject.room(&bar.value)? / tick > *stay {
        return None;
    }
    let metric = &subject.metric(bar.value.metric).name;
    let message = format!(
        "`{}` never has `min {min}` samples of `{metric}` {place}: {most} in the busiest {window}",
        action.name
    );
    let finding = Diagnostic::new(Code::ThinTraffic, bar.value.places.min, message)
        .label(format!("at most {} a day", words::a_day(most, window.seconds())))
        .also(bar.value.places.window, format!("no {window} holds more than {most}"));
    let finding = if bar.from == Origin::Action { finding } else { finding.also(action.at, "inherits this") };
    Some(finding.help(match shortest_with(samples, min) {
        Some(ticks) => format!(
            "write `over {}` or longer, which held as many once, or a smaller `min`",
            durations::written(ticks * tick)
        ),
        None => format!(
            "the whole history has {} there: wait for more, or write a smaller `min`",
            samples.values().sum::<u64>()
        ),
    }))
}

/// The most samples in any so many ticks.
fn most_within(samples: &BTreeMap<Tick, u64>, ticks: Tick) -> u64 {
    let (mut first, mut sum, mut most) = (samples.iter().peekable(), 0, 0);
    for (last, n) in samples {
        sum += n;
        while let Some((_, gone)) = first.next_if(|(tick, _)| last - **tick >= ticks) {
            sum -= gone;
        }
        most = most.max(sum);
    }
    most
}

/// The fewest ticks in a row that hold so many samples.
fn shortest_with(samples: &BTreeMap<Tick, u64>, min: u64) -> Option<Tick> {
    let (mut first, mut sum, mut shortest) = (samples.iter().peekable(), 0, None);
    for (last, n) in samples {
        sum += n;
        while let Some((tick, gone)) = first.next_if(|_| sum >= min) {
            sum -= gone;
            let length = last - tick + 1;
            shortest = Some(shortest.map_or(length, |known: Tick| known.min(length)));
        }
    }
    shortest
}
