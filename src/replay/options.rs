//! How to replay: which records are evidence, from when to when, and what is taken for granted.

use super::state::Saved;
use crate::model::policy::ActionId;
use crate::value::{Instant, Tier};

/// Which records are evidence (semantics §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Evidence {
    /// Those that really ran at the tier.
    #[default]
    AsRecorded,
    /// All, wherever they ran: an assumption.
    AnyTier,
}

impl Evidence {
    /// `as-recorded` or `any-tier`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AsRecorded => "as-recorded",
            Self::AnyTier => "any-tier",
        }
    }
}

/// An approval that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRecord {
    /// Of which action type, by name.
    pub action: String,
    /// To which tier.
    pub to: Tier,
    /// When; it counts from then on, and only for the attempt it was given in.
    pub time: Instant,
    /// By whom.
    pub by: String,
}

/// What a replay takes for granted about approvals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approvals {
    /// Given as soon as all else is met.
    #[default]
    Assumed,
    /// Never given.
    Never,
    /// Given as recorded.
    Recorded(Vec<ApprovalRecord>),
}

/// How to replay.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which records are evidence.
    pub evidence: Evidence,
    /// Boundaries before this are left out.
    pub from: Option<Instant>,
    /// Boundaries after this are left out; a later one goes on into silence.
    pub to: Option<Instant>,
    /// The approvals.
    pub approvals: Approvals,
    /// Where to start; else every action type is at crawl.
    pub initial: Option<Saved>,
    /// Moves that happen whatever the gates say (semantics §8).
    pub forced: Vec<Forced>,
}

/// A move up that happens whatever the gates say, at the first boundary at or after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forced {
    /// Of which action type.
    pub action: ActionId,
    /// To which tier; nothing happens to one that is there or above.
    pub to: Tier,
    /// When.
    pub at: Instant,
}
