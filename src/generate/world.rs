//! The world: what is truly so, stated in YAML, of which `cwrc generate` makes a history.
//!
//! ```yaml
//! start: 2026-01-01                # the first day
//! length: 26w                      # for how long; whole days
//!
//! actions:                         # one entry per action type of the policy
//!   - action: refund_up_to_50
//!     per_day: 40                  # a day, on average; the true number of each day varies around it
//!     weekends: 25%                # of that on Saturdays and Sundays (without it 100%)
//!     changes:                     # of the traffic; `until` is the first day on which it is over
//!       - {from: 2026-03-01, until: 2026-03-20, per_day: 0}
//!     record:                      # `action` and the policy's attributes; a record must match its action type
//!       action: refund             # without it the action type's name
//!       amount: 5.00 to 50.00      # evenly, with as many decimals as written
//!       channel: {email: 70%, chat: 25%}      # of the other 5% it is absent
//!       model:                     # another value from a date on
//!         - {value: m1}
//!         - {from: 2026-04-20, value: m2}
//!     tier:                        # at which it runs; without it crawl, with --follow what the policy says
//!       - {tier: crawl}
//!       - {from: 2026-02-10, tier: walk}
//!     outcomes:                    # each group by itself: at most one of its signals per record
//!       - at: crawl                # at these tiers; without it at all
//!         mix: {accepted: 93%, edited: 5%, rejected: 2%}   # the true rates; what is left of 100% is silence
//!         judged: 80%              # only of so many is anything heard (without it 100%)
//!         after: 20min to 8h       # also `2h`, or `half within 1d and all within 9d`
//!         weekends: wait           # what would arrive at a weekend arrives two days later
//!       - at: [walk, run]
//!         mix: {rated: 30%}
//!         values: {5: 60%, 4: 30%, 1: 10%}      # the number that a signal carries
//!         after: half within 1d and all within 9d
//!         changes:                 # each may give `mix`, `judged` and `values` anew
//!           - {from: 2026-05-04, until: 2026-05-18, values: {3: 50%, 1: 50%}}
//!
//! incidents:                       # a burst of a signal, once
//!   - {time: 2026-04-02T09:00:00Z, signal: complaint, count: 6, within: 6h, action: refund_up_to_50}
//!   - {time: 2026-05-01, signal: outage, count: 1, within: 1h}      # without `action`: notices of no record
//! heartbeats:                      # notices that a feed is alive
//!   - {signal: survey_feed, every: 6h}
//! outages:                         # what would arrive of these signals in this time is lost
//!   - {from: 2026-03-03, until: 2026-03-10, signals: [survey_feed, rated]}
//!
//! dirt:                            # what is wrong with the log, as a share of all records
//!   unparsable: 0.1%               # …and missing_field, bad_time, bad_tier, bad_value, outcome_before_action,
//!                                  #   conflicting_id, orphan_outcomes: a bad line more, so that no rate changes
//!   duplicates: 0.5%               # the line once more
//!   later_lines: 20%               # its outcomes follow on lines of their own, when they arrive
//!   spellings: 2%                  # its times with an offset, in lower case or with a fraction
//!   undeclared_signals: 0.2%       # a signal more, which the policy does not declare
//!   unclassified: 0.3%             # another record, of a kind that no action type matches
//! ```
//!
//! Only `start`, `length` and `actions` are needed. All times are UTC. What would arrive after the last day is not in
//! the history: it is a log as it would have been read on that day. An unknown or repeated key is an error, names must
//! be those of the policy, and every number is an exact decimal.

use super::fields::Field;
use super::read::Delay;
use super::sections;
use super::timed::{Days, Timed};
use crate::history::Reason;
use crate::model::policy::{ActionId, SignalId};
use crate::plan::Plan;
use crate::value::Tier;
use crate::yaml::Share;
pub use crate::yaml::YamlError as WorldError;

/// What is truly so: traffic, rates, delays, incidents, and what is wrong with the log.
#[derive(Clone, Debug)]
pub struct World {
    /// The first day, since 1970.
    pub(super) start: i64,
    /// How many days.
    pub(super) days: i64,
    /// The action types.
    pub(super) flows: Vec<Flow>,
    /// Bursts of signals.
    pub(super) incidents: Vec<Incident>,
    /// Signals at regular times.
    pub(super) heartbeats: Vec<Heartbeat>,
    /// Signals that are lost.
    pub(super) outages: Vec<Outage>,
    /// What is wrong with the log, in the order of [`Dirt::all`].
    pub(super) dirt: Vec<(Dirt, Share)>,
}

/// The records of one action type.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) action: ActionId,
    pub(super) name: String,
    /// In hundred-millionths.
    pub(super) per_day: Timed<u64>,
    /// May be more than everything.
    pub(super) weekends: Share,
    pub(super) fields: Vec<Field>,
    pub(super) tier: Timed<Tier>,
    pub(super) groups: Vec<Group>,
}

/// Signals of which a record meets at most one.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// At which tiers, by [`Tier::index`].
    pub(super) tiers: [bool; 3],
    pub(super) rates: Timed<Rates>,
    pub(super) after: Delay,
    /// What would arrive at a weekend waits.
    pub(super) waits: bool,
}

/// What is true of a group.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    pub(super) judged: Share,
    pub(super) mix: Vec<(SignalId, Share)>,
    /// JSON numbers; empty if its signals carry none.
    pub(super) values: Vec<(String, Share)>,
}

/// A burst of a signal.
#[derive(Clone, Debug)]
pub(super) struct Incident {
    /// In seconds since 1970.
    pub(super) time: i64,
    pub(super) signal: SignalId,
    pub(super) count: u64,
    /// In seconds.
    pub(super) within: u64,
    /// Index of the flow whose last records before it meet the signal; `None`: notices.
    pub(super) flow: Option<usize>,
}

/// A signal at regular times.
#[derive(Clone, Debug)]
pub(super) struct Heartbeat {
    pub(super) signal: SignalId,
    /// In seconds.
    pub(super) every: u64,
}

/// Signals that are lost for a while.
#[derive(Clone, Debug)]
pub(super) struct Outage {
    pub(super) days: Days,
    pub(super) signals: Vec<SignalId>,
}

/// One thing that is wrong with a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dirt {
    /// A bad line.
    Bad(Reason),
    /// The line once more.
    Duplicate,
    /// The outcomes on lines of their own.
    LaterLines,
    /// Other spellings of its times.
    Spelling,
    /// A signal that the policy does not declare.
    UndeclaredSignal,
    /// A record of no action type.
    Unclassified,
}

impl Dirt {
    /// All kinds.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let others = [Self::Duplicate, Self::LaterLines, Self::Spelling, Self::UndeclaredSignal, Self::Unclassified];
        Reason::ALL.into_iter().map(Self::Bad).chain(others)
    }

    /// The key in the world.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Bad(reason) => reason.word(),
            Self::Duplicate => "duplicates",
            Self::LaterLines => "later_lines",
            Self::Spelling => "spellings",
            Self::UndeclaredSignal => "undeclared_signals",
            Self::Unclassified => "unclassified",
        }
    }
}

impl World {
    /// Reads a world against the plan whose names it uses. The errors come in the order of the text.
    pub fn parse(text: &str, plan: &Plan) -> Result<Self, Vec<WorldError>> {
        sections::world(text, plan)
    }

    /// The end of the history, in seconds since 1970.
    pub(super) fn end(&self) -> i64 {
        (self.start + self.days) * DAY
    }

    /// Whether a signal that arrives at this second is in the log.
    pub(super) fn is_heard(&self, signal: SignalId, second: i64) -> bool {
        let lost = |outage: &Outage| outage.days.contain(second.div_euclid(DAY)) && outage.signals.contains(&signal);
        second < self.end() && !self.outages.iter().any(lost)
    }
}

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
