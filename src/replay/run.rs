//! From the first boundary to the last, and what is left at the end: tiers, coverage, exposure, why not.

use super::boundary::Walk;
use super::decision::{Decision, Reading, Standing};
use super::evidence::Ledger;
use super::exposure::{self, Exposed};
use super::options::{Evidence, Options};
use super::state::{Saved, State};
use crate::history::Counts;
use crate::model::policy::ActionId;
use crate::plan::Plan;
use crate::value::duration::Tick;
use crate::value::{Instant, Step, Tier};

/// More boundaries than this are refused.
const MOST_BOUNDARIES: i64 = 1_000_000;

/// Why there is nothing to replay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No record was kept.
    #[error("no record could be kept, so there is nothing to replay")]
    NothingKept,
    /// No boundary is left.
    #[error(
        "no boundary lies between {from} and {to}: the history spans {first} to {last}, and --from/--to (or the saved \
         state) leave none of it"
    )]
    NoBoundary {
        /// The first boundary asked for.
        from: Instant,
        /// The last boundary asked for.
        to: Instant,
        /// The first of the history.
        first: Instant,
        /// The last of the history.
        last: Instant,
    },
    /// Too many boundaries.
    #[error(
        "the replay would have {count} boundaries (at most 1,000,000): it runs from {earliest} (record `{earliest_id}`) \
         to {latest} (`{latest_id}`); leave the stray record out, or use --from and --to"
    )]
    TooManyBoundaries {
        /// How many.
        count: i64,
        /// The first.
        earliest: Instant,
        /// Its record.
        earliest_id: String,
        /// The last.
        latest: Instant,
        /// Its record or notice.
        latest_id: String,
    },
}

/// Why a hold started again.
#[derive(Clone, Debug)]
pub enum Cause {
    /// Not all bars cleared.
    Bars(Vec<Reading>),
    /// This trip (from 0) had its signals.
    Tripped(usize),
    /// The agent's version changed.
    Renewed,
    /// The action type was moved; the log says by what.
    Moved,
}

/// A hold that was under way and started again.
#[derive(Clone, Debug)]
pub struct Reset {
    /// When.
    pub at: Tick,
    /// Of which action type.
    pub action: ActionId,
    /// At which tier.
    pub tier: Tier,
    /// Since when the bars had cleared.
    pub held_since: Tick,
    /// By what.
    pub cause: Cause,
}

/// At how many boundaries there was enough evidence to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// All boundaries.
    pub boundaries: u64,
    /// Those with enough.
    pub with_evidence: u64,
    /// The first boundary after the last one with enough.
    pub silent_from: Option<Tick>,
}

/// Why an action type was not promoted at the end; the first that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The attempt has ended.
    Stopped,
    /// Until this boundary.
    Cooldown(Tick),
    /// By this trip (from 0).
    Tripped(usize),
    /// Some bar has no sample.
    NoData,
    /// Some bar has fewer than `min`.
    Insufficient,
    /// Some bar misses its target.
    Short,
    /// Since this boundary.
    Holding(Tick),
    /// For another action type to be at a tier.
    Requires(ActionId, Tier),
    /// For an approval.
    Approval,
    /// For its turn.
    Deferred,
}

impl Waiting {
    /// The word in the JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Cooldown(_) => "cooldown",
            Self::Tripped(_) => "tripped",
            Self::NoData => "no_data",
            Self::Insufficient => "insufficient",
            Self::Short => "short",
            Self::Holding(_) => "holding",
            Self::Requires(..) => "requires",
            Self::Approval => "approval",
            Self::Deferred => "deferred",
        }
    }
}

/// What stands between an action type and its next tier.
#[derive(Clone, Debug)]
pub struct Next {
    /// The gate.
    pub step: Step,
    /// What it waits for.
    pub waiting: Waiting,
    /// The gate's bars at the end.
    pub bars: Vec<Reading>,
}

/// What became of one action type.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The tier from each boundary on.
    pub timeline: Vec<(Tick, Tier)>,
    /// Evidence.
    pub coverage: Coverage,
    /// Who could have been hurt.
    pub exposed: Exposed,
    /// Why not; `None` at run or at the ceiling.
    pub next: Option<Next>,
    /// The keep bars that watch the tier, at the end.
    pub keeps: Vec<Reading>,
}

/// A replay.
#[derive(Clone, Debug)]
pub struct Run {
    /// The first boundary.
    pub from: Tick,
    /// The last boundary.
    pub to: Tick,
    /// Which records were evidence.
    pub evidence: Evidence,
    /// The log.
    pub decisions: Vec<Decision>,
    /// The holds that were reset.
    pub resets: Vec<Reset>,
    /// By action type.
    pub outcomes: Vec<Outcome>,
    /// What the replay ended with.
    pub saved: Saved,
}

/// Replays the counts of a history under a plan.
pub fn run(plan: &Plan, counts: &Counts, options: &Options) -> Result<Run, Error> {
    watched(plan, counts, options, &mut |_, _| ())
}

/// [`run()`], shown to a watcher after each boundary.
pub fn watched(
    plan: &Plan,
    counts: &Counts,
    options: &Options,
    watch: &mut dyn FnMut(&Walk, Tick),
) -> Result<Run, Error> {
    let (from, to) = boundaries(plan, counts, options)?;
    let ledger = Ledger::new(plan, counts, options.evidence == Evidence::AnyTier);
    let initial = options.initial.as_ref();
    let start = plan.actions.iter().map(|_| State::start(from));
    let mut walk = Walk {
        plan,
        ledger: &ledger,
        approvals: &options.approvals,
        forced: &options.forced,
        states: initial.map_or_else(|| start.collect(), |saved| saved.states.clone()),
        last_promotion: initial.and_then(|saved| saved.last_promotion),
        saved_cohorts: initial.map_or_else(Vec::new, |saved| saved.cohorts.clone()),
        first: from,
        decisions: Vec::new(),
        resets: Vec::new(),
    };
    let mut tracks: Vec<Track> = walk.states.iter().map(|state| Track::new(from, state.tier)).collect();
    for now in from..=to {
        for (at, track) in tracks.iter_mut().enumerate() {
            track.look(now, has_evidence(&walk, ActionId::new(at), now));
        }
        walk.step(now);
        watch(&walk, now);
        for (track, state) in tracks.iter_mut().zip(&walk.states) {
            track.follow(now, state.tier);
        }
    }
    Ok(finish(walk, tracks, counts, options.evidence, (from, to)))
}

fn finish(walk: Walk, tracks: Vec<Track>, counts: &Counts, evidence: Evidence, (from, to): (Tick, Tick)) -> Run {
    let plan = walk.plan;
    let timelines: Vec<&[(Tick, Tier)]> = tracks.iter().map(|track| track.timeline.as_slice()).collect();
    let exposed = exposure::exposure(plan, counts, &timelines, to);
    let outcomes = tracks.into_iter().zip(exposed).enumerate().map(|(at, (track, exposed))| {
        let action = ActionId::new(at);
        let coverage = track.coverage(to);
        let keeps = plan.actions[at].gate_below(walk.states[at].tier);
        let keeps = keeps.map_or_else(Vec::new, |gate| walk.keep_readings(action, gate, to));
        Outcome { timeline: track.timeline, coverage, exposed, next: next(&walk, action, to), keeps }
    });
    let outcomes = outcomes.collect();
    let cohort = |at| walk.ledger.cohort(ActionId::new(at), to).map(|id| walk.ledger.cohort_values(id).clone());
    let cohorts = (0..plan.actions.len()).map(cohort).collect();
    let saved = Saved { at: to, states: walk.states, last_promotion: walk.last_promotion, cohorts };
    Run { from, to, evidence, decisions: walk.decisions, resets: walk.resets, outcomes, saved }
}

/// The first and the last boundary of a replay.
pub fn boundaries(plan: &Plan, counts: &Counts, options: &Options) -> Result<(Tick, Tick), Error> {
    let (Some((earliest, earliest_id)), Some((latest, latest_id))) = (&counts.earliest, &counts.latest) else {
        return Err(Error::NothingKept);
    };
    let seconds = plan.tick_seconds;
    let instant = |boundary: Tick| Instant::from_seconds(boundary.saturating_mul(seconds));
    let (first, last) = (counts.first_tick(seconds) + 1, counts.last_boundary(seconds));
    let resumed = options.initial.as_ref().map_or(first, |saved| saved.at + 1);
    let asked = options.from.map_or(first, |from| from.boundary_at_or_after(seconds));
    let from = first.max(asked).max(resumed);
    let to = options.to.map_or(last, |to| to.tick(seconds));
    if to < from {
        let (from, to, first, last) = (instant(from), instant(to), instant(first), instant(last));
        return Err(Error::NoBoundary { from, to, first, last });
    }
    let count = to - from + 1;
    if count > MOST_BOUNDARIES {
        let (earliest_id, latest_id) = (earliest_id.clone(), latest_id.clone());
        return Err(Error::TooManyBoundaries { count, earliest: *earliest, earliest_id, latest: *latest, latest_id });
    }
    Ok((from, to))
}

/// What is noted of one action type along the way.
#[derive(Debug)]
struct Track {
    timeline: Vec<(Tick, Tier)>,
    first: Tick,
    with_evidence: u64,
    last_with: Option<Tick>,
}

impl Track {
    fn new(first: Tick, tier: Tier) -> Self {
        Self { timeline: vec![(first, tier)], first, with_evidence: 0, last_with: None }
    }

    fn look(&mut self, now: Tick, has_evidence: bool) {
        if has_evidence {
            self.with_evidence += 1;
            self.last_with = Some(now);
        }
    }

    fn follow(&mut self, now: Tick, tier: Tier) {
        let Some(last) = self.timeline.last_mut() else { return };
        if last.1 == tier {
            return;
        }
        if last.0 == now {
            last.1 = tier;
        } else {
            self.timeline.push((now, tier));
        }
    }

    fn coverage(&self, to: Tick) -> Coverage {
        let boundaries = u64::try_from(to - self.first + 1).unwrap_or(0);
        let silent_from = match self.last_with {
            None => Some(self.first),
            Some(last) if last == to => None,
            Some(last) => Some(last + 1),
        };
        Coverage { boundaries, with_evidence: self.with_evidence, silent_from }
    }
}

/// Whether every bar of the gate above had enough evidence, or where there is none, some keep bar of the gate below.
fn has_evidence(walk: &Walk, action: ActionId, now: Tick) -> bool {
    let (plan, tier) = (&walk.plan.actions[action.index()], walk.states[action.index()].tier);
    let enough = |reading: &Reading| reading.standing >= Standing::Short;
    match (plan.gate_above(tier), plan.gate_below(tier)) {
        (Some(gate), _) => walk.bar_readings(action, gate, now).iter().all(enough),
        (None, Some(gate)) => walk.keep_readings(action, gate, now).iter().any(enough),
        (None, None) => false,
    }
}

/// Why an action type stands where it stands at the end (interfaces §3, `next`).
fn next(walk: &Walk, action: ActionId, now: Tick) -> Option<Next> {
    let state = &walk.states[action.index()];
    let gate = walk.plan.actions[action.index()].gate_above(state.tier)?;
    let bars = walk.bar_readings(action, gate, now);
    let any = |standing| bars.iter().any(|reading| reading.standing == standing);
    let waiting = if state.stopped {
        Waiting::Stopped
    } else if let Some(until) = state.cooldown_until.filter(|until| now < *until) {
        Waiting::Cooldown(until)
    } else if let Some(trip) = walk.barring_trip(action, now) {
        Waiting::Tripped(trip)
    } else if any(Standing::NoData) {
        Waiting::NoData
    } else if any(Standing::Insufficient) {
        Waiting::Insufficient
    } else if any(Standing::Short) {
        Waiting::Short
    } else if let Some(since) = still_holding(state, gate.hold, now) {
        Waiting::Holding(since)
    } else if let Some((other, tier)) = walk.unmet_requirement(gate, now) {
        Waiting::Requires(other, tier)
    } else if state.eligible_since.is_none() {
        Waiting::Approval
    } else {
        Waiting::Deferred
    };
    Some(Next { step: gate.step, waiting, bars })
}

/// Since when it has been passing, if the hold is not over; a hold that was reset at this boundary starts now.
fn still_holding(state: &State, hold: Tick, now: Tick) -> Option<Tick> {
    let since = state.passing_since.unwrap_or(now);
    (now - since < hold).then_some(since)
}
