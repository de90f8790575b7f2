//! The lines of a history, as JSON.

use super::outcomes::Outcome;
use super::schedule::Draft;
use crate::history::stated::{attributes, quoted};
use crate::model::policy::SignalId;
use crate::plan::Plan;
use crate::value::Instant;

/// Lines with the times at which they were written.
#[derive(Debug, Default)]
pub(super) struct Lines {
    all: Vec<(i64, String)>,
}

impl Lines {
    /// A line written at this second.
    pub(super) fn push(&mut self, second: i64, line: String) {
        self.all.push((second, line));
    }

    /// Takes over the lines of another.
    pub(super) fn append(&mut self, mut other: Self) {
        self.all.append(&mut other.all);
    }

    /// The lines as they are, one per line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (_, line) in &self.all {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The lines in order of time.
    pub(super) fn in_order(mut self) -> String {
        self.all.sort_by_key(|(second, _)| *second);
        self.text()
    }
}

/// How a time is spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `2026-01-31T08:15:00Z`
    #[default]
    Plain,
    /// `2026-01-31T10:15:00+02:00`
    East,
    /// `2026-01-31T02:45:00-05:30`
    West,
    /// `2026-01-31t08:15:00z`
    Lower,
    /// `2026-01-31T08:15:00.000Z`
    Fraction,
}

impl Spelling {
    /// A second since 1970, so spelled.
    pub(super) fn time(self, second: i64) -> String {
        let plain = |second: i64| Instant::from_seconds(second).to_string();
        match self {
            Self::Plain => plain(second),
            Self::East => plain(second + 7_200).replace('Z', "+02:00"),
            Self::West => plain(second - 19_800).replace('Z', "-05:30"),
            Self::Lower => plain(second).to_ascii_lowercase(),
            Self::Fraction => plain(second).replace('Z', ".000Z"),
        }
    }
}

/// What the lines of one record need to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer<'a> {
    pub(super) plan: &'a Plan,
    /// What signals are called that the policy does not declare.
    pub(super) undeclared: &'a str,
    pub(super) spelling: Spelling,
}

impl Writer<'_> {
    /// A whole record.
    pub(super) fn full(&self, draft: &Draft, tier: &str, outcomes: &[Outcome]) -> String {
        let (id, time) = (quoted(&draft.id), self.spelling.time(draft.time));
        let (action, attributes) = (quoted(&draft.action), attributes(self.plan, &draft.given));
        let head = format!(r#"{{"id":{id},"time":"{time}","action":{action},"tier":"{tier}"{attributes}"#);
        if outcomes.is_empty() { head + "}" } else { format!("{head},{}}}", self.outcomes(outcomes)) }
    }

    /// Outcomes for a record that stands elsewhere.
    pub(super) fn later(&self, id: &str, outcomes: &[Outcome]) -> String {
        format!(r#"{{"id":{},{}}}"#, quoted(id), self.outcomes(outcomes))
    }

    fn outcomes(&self, outcomes: &[Outcome]) -> String {
        let all: Vec<String> = outcomes.iter().map(|outcome| self.outcome(outcome)).collect();
        format!(r#""outcomes":[{}]"#, all.join(","))
    }

    fn outcome(&self, outcome: &Outcome) -> String {
        let signal = outcome.signal.map_or(self.undeclared, |id| self.signal(id));
        let value = outcome.value.as_ref().map(|value| format!(r#","value":{value}"#)).unwrap_or_default();
        format!(r#"{{"signal":{},"time":"{}"{value}}}"#, quoted(signal), self.spelling.time(outcome.time))
    }

    fn signal(&self, id: SignalId) -> &str {
        self.plan.signals.get(id.index()).map_or("", String::as_str)
    }

    /// A signal about no record in particular.
    pub(super) fn notice(&self, signal: SignalId, second: i64) -> String {
        format!(r#"{{"signal":{},"time":"{}"}}"#, quoted(self.signal(signal)), self.spelling.time(second))
    }
}
