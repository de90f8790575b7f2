//! An action type on its way through a replay.

use super::agenda::NEVER;
use crate::value::Tier;

/// A spell of passing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spell {
    /// The first boundary at which the hold is over.
    pub(super) ready: usize,
    /// The first boundary that is not of it any more.
    pub(super) end: usize,
}

impl Spell {
    /// There is none to come.
    pub(super) const NONE: Self = Self { ready: NEVER, end: NEVER };
}

/// An action type on its way.
#[expect(clippy::struct_excessive_bools, reason = "facts of the specification, independent of each other")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    pub(super) tier: Tier,
    /// The boundary at which the tier was entered, or the first.
    pub(super) since: usize,
    pub(super) entered: bool,
    pub(super) demoted: bool,
    pub(super) cooldown_until: usize,
    /// Among the stays.
    pub(super) stay: usize,
    /// When something takes it down.
    pub(super) fall: usize,
    /// When the attempt ends.
    pub(super) stop: usize,
    pub(super) spell: Spell,
    /// Of one that is bound; [`NEVER`] while it is not eligible.
    pub(super) eligible_since: usize,
    pub(super) deferred: bool,
    /// Other action types or an approval must agree to its promotion.
    pub(super) is_bound: bool,
    /// Per step, when it was last taken, or [`NEVER`].
    pub(super) promoted: [usize; 2],
}

impl Course {
    pub(super) fn start() -> Self {
        Self {
            tier: Tier::Crawl,
            since: 0,
            entered: false,
            demoted: false,
            cooldown_until: 0,
            stay: 0,
            fall: NEVER,
            stop: NEVER,
            spell: Spell::NONE,
            eligible_since: NEVER,
            deferred: false,
            is_bound: false,
            promoted: [NEVER; 2],
        }
    }

    /// The first boundary that looks at it at this tier.
    pub(super) fn first_look(&self) -> usize {
        self.since + usize::from(self.entered)
    }
}
