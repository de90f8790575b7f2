//! Feeds: so many records a day, spread evenly, with exact shares of signals.

use super::Error;
use crate::history::count_text;
use crate::history::stated::{attributes, quoted};
use crate::model::policy::{ActionId, SignalId};
use crate::plan::Plan;
use crate::plan::matcher::Given;
use crate::replay::{self, Approvals, Options};
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use crate::yaml::Share;
use std::ops::Range;

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// One entry of `feed`.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// Its number in the scenario, from 1: part of the ids of its records.
    pub(super) number: usize,
    /// Days since 1970.
    pub(super) days: Range<i64>,
    /// In hundred-millionths.
    pub(super) per_day: u64,
    pub(super) makes: Makes,
}

/// What a feed makes.
#[derive(Clone, Debug)]
pub(super) enum Makes {
    /// Notices of this signal.
    Notices(SignalId),
    /// Records.
    Records(Made),
}

/// What the records of a feed have in common.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) action: ActionId,
    /// What the log calls the action.
    pub(super) logged: String,
    /// By attribute.
    pub(super) given: Vec<Option<Given<'static>>>,
    pub(super) tier: Ran,
    /// Signals of which a record gets at most one per group.
    pub(super) groups: Vec<Vec<Told>>,
}

/// At which tier records ran.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ran {
    /// At this one.
    At(Tier),
    /// At that at which the replay then is.
    Following,
}

/// A signal of a feed.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) signal: SignalId,
    /// The number it carries, as JSON.
    pub(super) value: Option<String>,
    pub(super) share: Share,
}

/// Lines of a history that belong together, and their second.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) second: i64,
    pub(super) lines: Lines,
}

/// What is written.
#[derive(Clone, Debug)]
pub(super) enum Lines {
    /// As it stands.
    Fixed(String),
    /// With the tier of this action type between the two parts.
    Following(ActionId, [String; 2]),
}

impl Feed {
    /// How many records or notices it makes.
    pub(super) fn count(&self) -> u64 {
        let days = u128::from(self.days.end.abs_diff(self.days.start));
        let all = (days * u128::from(self.per_day)).div_ceil(u128::from(Share::ALL.0));
        u64::try_from(all).unwrap_or(u64::MAX)
    }

    /// Whether its records run at the tier at which the replay is.
    pub(super) fn follows(&self) -> bool {
        matches!(&self.makes, Makes::Records(Made { tier: Ran::Following, .. }))
    }

    /// The second of one of them: evenly from the first midnight on.
    fn second(&self, index: u64) -> i64 {
        let into = u128::from(index) * u128::from(DAY.unsigned_abs()) * u128::from(Share::ALL.0);
        let into = into / u128::from(self.per_day.max(1));
        self.days.start * DAY + i64::try_from(into).unwrap_or(i64::MAX)
    }

    /// Adds what it makes.
    pub(super) fn units(&self, plan: &Plan, units: &mut Vec<Unit>) {
        let mut turns = match &self.makes {
            Makes::Notices(_) => Vec::new(),
            Makes::Records(made) => made.groups.iter().map(|group| Turns::new(group)).collect(),
        };
        for index in 0..self.count() {
            let second = self.second(index);
            let lines = match &self.makes {
                Makes::Notices(signal) => Lines::Fixed(notice(plan, *signal, second)),
                Makes::Records(made) => {
                    let id = format!("feed {} record {}", self.number, index + 1);
                    let told: Vec<&Told> = turns.iter_mut().filter_map(Turns::next).collect();
                    made.lines(plan, &id, second, &told)
                }
            };
            units.push(Unit { second, lines });
        }
    }
}

impl Made {
    fn lines(&self, plan: &Plan, id: &str, second: i64, told: &[&Told]) -> Lines {
        let (action, time) = (quoted(&self.logged), Instant::from_seconds(second));
        let head = format!(r#"{{"id":"{id}","time":"{time}","action":{action},"tier":""#);
        let outcome = |told: &&Told| {
            let value = told.value.as_ref().map_or_else(String::new, |value| format!(r#","value":{value}"#));
            format!(r#"{{"signal":{},"time":"{time}"{value}}}"#, quoted(&plan.signals[told.signal.index()]))
        };
        let outcomes: Vec<String> = told.iter().map(outcome).collect();
        let tail = format!(r#""{},"outcomes":[{}]}}"#, attributes(plan, &self.given), outcomes.join(","));
        match self.tier {
            Ran::At(tier) => Lines::Fixed(format!("{head}{tier}{tail}\n")),
            Ran::Following => Lines::Following(self.action, [head, tail + "\n"]),
        }
    }
}

fn notice(plan: &Plan, signal: SignalId, second: i64) -> String {
    let (signal, time) = (quoted(&plan.signals[signal.index()]), Instant::from_seconds(second));
    format!("{{\"signal\":{signal},\"time\":\"{time}\"}}\n")
}

/// Whose turn it is among the signals of a group, record by record.
///
/// The k-th record with a signal of share p falls into the records from ⌊(k−1)/p⌋ on and before ⌈k/p⌉, and of those
/// that may come the one that must come first does. The shares and that of silence add up to one, so every turn finds its
/// place, and of the first n records ⌊p·n⌋ or ⌈p·n⌉ have the signal.
struct Turns<'a> {
    group: &'a [Told],
    /// With silence as the last.
    shares: Vec<u64>,
    taken: Vec<u64>,
    records: u64,
}

impl<'a> Turns<'a> {
    fn new(group: &'a [Told]) -> Self {
        let mut shares: Vec<u64> = group.iter().map(|told| told.share.0).collect();
        shares.push(Share::ALL.0.saturating_sub(shares.iter().sum()));
        Self { group, taken: vec![0; shares.len()], shares, records: 0 }
    }

    /// The signal of the next record; `None`: silence.
    fn next(&mut self) -> Option<&'a Told> {
        let all = u128::from(Share::ALL.0);
        self.records += 1;
        let may_come =
            |at: &usize| u128::from(self.taken[*at]) * all < u128::from(self.shares[*at]) * u128::from(self.records);
        let must_come = |at: &usize| ((u128::from(self.taken[*at]) + 1) * all).div_ceil(self.shares[*at].into());
        let turn = (0..self.shares.len()).filter(may_come).min_by_key(must_come)?;
        self.taken[turn] += 1;
        self.group.get(turn)
    }
}

/// The tier of each action type from some boundaries on.
type Timelines = Vec<Vec<(Tick, Tier)>>;

/// The lines of units in order of time; those that follow, at the tier of a replay of everything written before.
///
/// A replay at a boundary knows only what happened before it. So a replay of lines that followed the wrong tiers is right
/// up to its first difference from them, and lines that follow that replay are right for longer: until nothing differs.
pub(super) fn text(plan: &Plan, units: &[Unit], approvals: &Approvals) -> Result<String, Error> {
    let options = Options { approvals: approvals.clone(), ..Options::default() };
    let mut timelines: Timelines = vec![Vec::new(); plan.actions.len()];
    loop {
        let all = written(plan, units, &timelines);
        if !units.iter().any(|unit| matches!(unit.lines, Lines::Following(..))) {
            return Ok(all);
        }
        let counts = count_text(plan, "the history so far", &all)?;
        let run = replay::run(plan, &counts, &options)?;
        let found: Timelines = run.outcomes.into_iter().map(|outcome| outcome.timeline).collect();
        if found == timelines {
            return Ok(all);
        }
        timelines = found;
    }
}

fn written(plan: &Plan, units: &[Unit], timelines: &Timelines) -> String {
    let mut all = String::new();
    for Unit { second, lines } in units {
        match lines {
            Lines::Fixed(text) => all += text,
            Lines::Following(action, [head, tail]) => {
                let tick = second.div_euclid(plan.tick_seconds);
                let of = timelines[action.index()].iter().rev().find(|(since, _)| *since <= tick);
                all.extend([head, of.map_or(Tier::Crawl, |(_, tier)| *tier).word(), tail]);
            }
        }
    }
    all
}
