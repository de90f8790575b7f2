//! The state of each action type (semantics §3), and how it is saved and taken up again.

use crate::history::counts::Cohort;
use crate::value::Tier;
use crate::value::duration::Tick;

/// The state of one action type at a boundary.
#[expect(clippy::struct_excessive_bools, reason = "four facts of the specification, independent of each other")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Where it stands.
    pub tier: Tier,
    /// The boundary at which the tier was entered.
    pub since: Tick,
    /// Whether the tier was entered at all: at the replay's first boundary it was not, and nothing is cut off.
    pub entered: bool,
    /// Since when all bars of the gate clear.
    pub passing_since: Option<Tick>,
    /// Since when it could be promoted.
    pub eligible_since: Option<Tick>,
    /// Before this boundary promotions are not considered.
    pub cooldown_until: Option<Tick>,
    /// Whether a keep bar or a trip ever took it down.
    pub demoted: bool,
    /// Whether the attempt has ended.
    pub stopped: bool,
    /// Whether its deferral in this spell has been logged.
    pub deferred: bool,
    /// Per keep bar of the gate below: when it last had enough evidence.
    pub last_evidence: Vec<Tick>,
}

impl State {
    /// At crawl from the replay's first boundary on.
    #[must_use]
    pub fn start(at: Tick) -> Self {
        Self {
            tier: Tier::Crawl,
            since: at,
            entered: false,
            passing_since: None,
            eligible_since: None,
            cooldown_until: None,
            demoted: false,
            stopped: false,
            deferred: false,
            last_evidence: Vec::new(),
        }
    }

    /// The entry boundary, if the tier was entered.
    #[must_use]
    pub fn entry(&self) -> Option<Tick> {
        self.entered.then_some(self.since)
    }

    /// Enters a tier (semantics §4, "A move sets…"). `keeps` is the number of keep bars that watch it.
    pub fn enter(&mut self, tier: Tier, now: Tick, keeps: usize) {
        self.tier = tier;
        self.since = now;
        self.entered = true;
        self.last_evidence = vec![now; keeps];
        self.fail();
    }

    /// Ends the spell of passing.
    pub fn fail(&mut self) {
        self.passing_since = None;
        self.eligible_since = None;
        self.deferred = false;
    }
}

/// The state of a whole policy after a boundary: what `--initial` starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The boundary after which this was the state.
    pub at: Tick,
    /// By action type.
    pub states: Vec<State>,
    /// The last promotion: when, and of which action type.
    pub last_promotion: Option<(Tick, crate::model::policy::ActionId)>,
    /// By action type, its cohort at that boundary.
    pub cohorts: Vec<Option<Cohort>>,
}
