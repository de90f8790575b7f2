//! Records added up: one `Tallier` per worker, joined at the end; addition commutes, so order and threads do not matter.

use super::counts::{Cohort, CohortId, Counts, Exposure, Harm, Series, Tally};
use super::dense::{Dense, Near};
use super::footprint::Footprint;
use super::intake::{Intake, Place, Quote};
use super::line::{Fault, Outcome, Record};
use super::numbers::{adopt, number, ranked};
use super::sample::{Judged, Moment, Side};
use super::survey::Survey;
use crate::model::policy::{ActionId, MetricId, SignalId};
use crate::plan::Plan;
use crate::plan::matcher::{Classifier, Given};
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use super::wanted::Wanted;

/// The sums of one worker.
#[derive(Debug)]
pub struct Tallier<'p> {
    plan: &'p Plan,
    wanted: &'p Wanted,
    assume_tier: Option<Tier>,
    classifier: Classifier,
    intake: Intake,
    /// The record at hand.
    now: Moment,
    earliest: Option<(Instant, String)>,
    latest: Option<(Instant, String)>,
    cohorts: FxHashMap<Cohort, CohortId>,
    /// The place among the lanes of an action type, cohort and tier.
    lane: FxHashMap<(ActionId, CohortId, Option<Tier>), usize>,
    lanes: Vec<Lane>,
    /// Per action type: the lane of its last record.
    recent: Vec<Option<usize>>,
    /// All samples and the bad ones, by series.
    samples: Dense<Series, [u64; 2]>,
    /// Sums of values, by series of a mean.
    sums: Dense<Series, i128>,
    arrivals: Dense<(Option<ActionId>, SignalId), u64>,
    notices: FxHashSet<(SignalId, Instant)>,
    alive: FxHashSet<(SignalId, Tick)>,
    /// Per signal: the tick in which it was heard last.
    heard_last: Vec<Option<Tick>>,
    latest_cohorts: FxHashMap<(ActionId, Tick), (Instant, String, CohortId)>,
    harms: FxHashMap<Harm, u32>,
    /// Room for the samples of one record that may yet show that nothing happened.
    open: Vec<(MetricId, Tick)>,
    /// Room for the signals of one record, and for the metrics that heed them.
    heard: Vec<SignalId>,
    heeding: Vec<MetricId>,
    /// Room for the outcomes of records that waited.
    outcomes: Vec<Outcome>,
    exposure: Dense<Exposure, u64>,
    survey: Option<Survey>,
}

/// What matters of a record beside its outcomes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief {
    /// Its action type, if it has one.
    pub(super) action: Option<ActionId>,
    /// That of the action type, or 0.
    pub(super) cohort: CohortId,
    /// The tier that it names.
    pub(super) tier: Option<Tier>,
    /// When it was taken.
    pub(super) time: Instant,
}

impl Brief {
    /// The latest time of it and its outcomes, which are sorted.
    #[inline]
    pub(super) fn last(&self, outcomes: &[Outcome]) -> Instant {
        outcomes.last().map_or(self.time, |outcome| outcome.time.max(self.time))
    }
}

/// Where the records of one action type, cohort and tier were added last.
#[derive(Debug)]
struct Lane {
    action: ActionId,
    cohort: CohortId,
    tier: Option<Tier>,
    /// By metric of the action type.
    samples: Vec<Near>,
    /// By harm, of the first few.
    exposure: Vec<(Harm, u32, Near)>,
    alike: Alike,
}

/// Records of a lane that are yet to be added: nothing matters of them but their tick and their footprint. Most are like
/// that, and those of a tick mostly stand together.
#[derive(Debug, Default)]
struct Alike {
    tick: Tick,
    /// How many have each of the footprints of one outcome at most, by its place.
    singles: Vec<u64>,
    /// How many have each of the others.
    others: Vec<(Footprint, u64)>,
}

/// Whose signals told against a record.
#[derive(Clone, Copy, Debug, Default)]
struct Against {
    customer: bool,
    colleague: bool,
}

impl Against {
    fn of(judged: &Judged, is_customer: bool) -> Self {
        Self { customer: judged.against && is_customer, colleague: judged.against && !is_customer }
    }

    fn or(self, other: Self) -> Self {
        Self { customer: self.customer | other.customer, colleague: self.colleague | other.colleague }
    }

    /// What is known of a record without waiting.
    fn harm(self, tier: Option<Tier>) -> Option<Harm> {
        match self {
            Self { customer: true, .. } => Some(Harm::Seen),
            _ if tier == Some(Tier::Run) => Some(Harm::Told),
            Self { colleague: true, .. } => Some(Harm::Released),
            _ => None,
        }
    }
}

/// Harms that a lane remembers: most action types have no more.
const REMEMBERED: usize = 8;

impl<'p> Tallier<'p> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(plan: &'p Plan, wanted: &'p Wanted, assume_tier: Option<Tier>) -> Self {
        Self {
            plan,
            wanted,
            assume_tier,
            classifier: Classifier::default(),
            intake: Intake::default(),
            now: Moment::new(Instant::from_seconds(0), plan.tick_seconds),
            earliest: None,
            latest: None,
            cohorts: std::iter::once((Vec::new(), 0)).collect(),
            lane: FxHashMap::default(),
            lanes: Vec::new(),
            recent: vec![None; plan.actions.len()],
            samples: Dense::default(),
            sums: Dense::default(),
            arrivals: Dense::default(),
            notices: FxHashSet::default(),
            alive: FxHashSet::default(),
            heard_last: vec![None; plan.signals.len()],
            latest_cohorts: FxHashMap::default(),
            harms: FxHashMap::default(),
            open: Vec::new(),
            heard: Vec::new(),
            heeding: Vec::new(),
            outcomes: Vec::new(),
            exposure: Dense::default(),
            survey: None,
        }
    }

    /// Takes a survey of the names too, or not.
    #[must_use]
    pub fn surveying(self, survey: bool) -> Self {
        Self { survey: survey.then(|| Survey::new(self.plan.signals.len())), ..self }
    }

    fn tick(&self, time: Instant) -> Tick {
        time.tick(self.plan.tick_seconds)
    }

    /// Counts a line that is left out, quoting it.
    pub fn bad(&mut self, fault: &Fault, place: Place, text: &str) {
        let quote = || Quote { place, why: fault.why.clone(), text: start_of(text) };
        self.intake.add_bad(fault.reason, quote, place);
    }

    /// Counts lines that were merged into another line's record.
    pub fn merged(&mut self, lines: u64) {
        self.intake.duplicates += lines;
    }

    /// Counts a notice.
    pub fn notice(&mut self, signal: Option<SignalId>, name: &str, time: Instant) {
        self.intake.notices += 1;
        later(&mut self.latest, time, || name);
        if let Some(survey) = &mut self.survey {
            survey.notice(signal, name);
        }
        let Some(signal) = signal else { return };
        if self.wanted.noticed[signal.index()] {
            self.notices.insert((signal, time));
        }
        self.hear(signal, time);
    }

    fn hear(&mut self, signal: SignalId, time: Instant) {
        if self.wanted.alive[signal.index()] {
            let tick = self.tick(time);
            if self.heard_last[signal.index()].replace(tick) != Some(tick) {
                self.alive.insert((signal, tick));
            }
        }
    }

    /// Counts one whole record: all its lines united.
    pub fn record(&mut self, record: &mut Record) {
        in_order(&mut record.outcomes);
        let given = |index: usize| record.given.get(index).and_then(Option::as_ref);
        let action = self.classifier.classify(self.plan, &record.action, &given);
        if let Some(survey) = &mut self.survey {
            survey.record(record, action.is_some());
        }
        let cohort = action.map_or(0, |action| self.cohort(action, record));
        let brief = Brief { action, cohort, tier: record.tier, time: record.time };
        self.add_brief(brief, &record.outcomes, || &record.id);
    }

    /// The action type of all records with this `action`, or that they have none; nothing where something else of a record
    /// matters too.
    #[expect(clippy::option_option, reason = "the outer one says that it is not so simple")]
    pub(super) fn decided(&mut self, action: &str) -> Option<Option<ActionId>> {
        let decided = self.classifier.decided(self.plan, action)?;
        let is_renewed = decided.is_some_and(|id| self.plan.actions[id.index()].renew.is_some());
        (!is_renewed && self.survey.is_none()).then_some(decided)
    }

    /// Counts a record of which this matters, with its distinct outcomes, sorted.
    #[inline]
    pub(super) fn add_brief<'i>(&mut self, brief: Brief, outcomes: &[Outcome], id: impl Fn() -> &'i str) {
        earlier(&mut self.earliest, brief.time, &id);
        later(&mut self.latest, brief.last(outcomes), &id);
        self.add_nameless(brief, outcomes);
    }

    /// Names the earliest record, or the one with the latest time of all, unless another one is.
    pub(super) fn name(&mut self, is_earliest: bool, time: Instant, id: &str) {
        if is_earliest {
            earlier(&mut self.earliest, time, || id);
        } else {
            later(&mut self.latest, time, || id);
        }
    }

    /// Counts a record whose name is not asked for.
    #[inline]
    pub(super) fn add_nameless(&mut self, brief: Brief, outcomes: &[Outcome]) {
        let Brief { action, time, tier, .. } = brief;
        self.now = self.now.at(time, self.plan.tick_seconds);
        self.intake.without_tier += u64::from(tier.is_none());
        if self.wanted.hears {
            self.listen(action, outcomes);
        }
        match action {
            None => self.intake.unclassified += 1,
            Some(action) => self.classified(action, brief, outcomes),
        }
    }

    /// Notes which signals came of a record: each counts once, at its earliest arrival.
    fn listen(&mut self, action: Option<ActionId>, outcomes: &[Outcome]) {
        for outcome in outcomes {
            if let Some(signal) = outcome.signal {
                self.hear(signal, outcome.time);
            }
        }
        let mut heard = std::mem::take(&mut self.heard);
        for (signal, time) in firsts(outcomes, |signal| self.wanted.tripping[signal.index()], &mut heard) {
            *self.arrivals.at((action, signal), time.tick(self.plan.tick_seconds)) += 1;
        }
        self.heard = heard;
    }

    fn classified(&mut self, action: ActionId, brief: Brief, outcomes: &[Outcome]) {
        self.intake.classified += 1;
        let lane = self.lane(action, brief.cohort, brief.tier.or(self.assume_tier));
        let footprint =
            if self.wanted.even[action.index()] { self.wanted.footprints.of(self.now, outcomes) } else { None };
        match footprint {
            None => self.add(lane, self.now, outcomes, 1),
            Some(footprint) => self.wait(lane, footprint),
        }
    }

    /// Lets a record wait for others of its tick and lane.
    fn wait(&mut self, lane: usize, footprint: Footprint) {
        if self.lanes[lane].alike.tick != self.now.tick {
            self.add_alike(lane);
            self.lanes[lane].alike.tick = self.now.tick;
        }
        let Alike { singles, others, .. } = &mut self.lanes[lane].alike;
        if let Some(records) = singles.get_mut(footprint.place()) {
            *records += 1;
        } else if let Some((_, records)) = others.iter_mut().find(|(known, _)| *known == footprint) {
            *records += 1;
        } else {
            others.push((footprint, 1));
        }
    }

    /// Adds the records that wait.
    fn add_alike(&mut self, lane: usize) {
        let Alike { tick, singles, others } = &mut self.lanes[lane].alike;
        let now = Moment::start(*tick, self.plan.tick_seconds);
        let mut waiting = std::mem::take(others);
        let single = |(at, records): (usize, &mut u64)| (Footprint::single(at), std::mem::take(records));
        waiting.extend(singles.iter_mut().enumerate().map(single).filter(|(_, records)| *records > 0));
        let mut outcomes = std::mem::take(&mut self.outcomes);
        for (footprint, records) in waiting.drain(..) {
            outcomes.clear();
            self.wanted.footprints.outcomes(footprint, now, &mut outcomes);
            self.add(lane, now, &outcomes, records);
        }
        // The room is used again.
        (self.outcomes, self.lanes[lane].alike.others) = (outcomes, waiting);
    }

    fn add_all(&mut self) {
        (0..self.lanes.len()).for_each(|lane| self.add_alike(lane));
    }

    /// Adds so many records of a moment that have these outcomes.
    fn add(&mut self, lane: usize, now: Moment, outcomes: &[Outcome], records: u64) {
        let by_evidence = self.sampled(lane, now, outcomes, records);
        let by_others = self.beside(lane, now, outcomes, records);
        self.expose(lane, now.tick, by_evidence.or(by_others), records);
    }

    fn lane(&mut self, action: ActionId, cohort: CohortId, tier: Option<Tier>) -> usize {
        if let Some(lane) = self.recent[action.index()]
            && (self.lanes[lane].cohort, self.lanes[lane].tier) == (cohort, tier)
        {
            return lane;
        }
        let next = self.lanes.len();
        let lane = *self.lane.entry((action, cohort, tier)).or_insert(next);
        if lane == next {
            let samples = vec![Near::default(); self.wanted.evidence[action.index()].len()];
            let singles = vec![0; self.wanted.footprints.singles()];
            let (exposure, alike) = (Vec::new(), Alike { singles, ..Alike::default() });
            self.lanes.push(Lane { action, cohort, tier, samples, exposure, alike });
        }
        self.recent[action.index()] = Some(lane);
        lane
    }

    /// Adds the samples up, each in the series of its metric, and notes those of the customer's metrics.
    fn sampled(&mut self, lane: usize, now: Moment, outcomes: &[Outcome], records: u64) -> Against {
        let Lane { action, cohort, tier, samples, .. } = &mut self.lanes[lane];
        let mut against = Against::default();
        self.open.clear();
        for (id, near) in self.wanted.evidence[action.index()].iter().zip(samples) {
            let judged = self.wanted.rules[id.index()].judge(now, outcomes);
            let is_customer = self.wanted.is_customer[id.index()];
            against = against.or(Against::of(&judged, is_customer));
            self.intake.unheeded(&judged, records);
            let Some(sample) = judged.sample else { continue };
            let series = Series { action: *action, metric: *id, cohort: *cohort, tier: *tier };
            let [n, bad] = self.samples.near(near, series, sample.tick);
            *n += records;
            match sample.side {
                Side::Good => {}
                Side::Bad => *bad += records,
                Side::Value(value) => *self.sums.at(series, sample.tick) += i128::from(value) * i128::from(records),
            }
            if is_customer {
                self.open.push((*id, sample.tick - now.tick));
            }
        }
        against
    }

    /// What metrics that are no evidence of the action type say, but heed some signal of the record. A customer's signal
    /// tells against a record only where it is evidence.
    fn beside(&mut self, lane: usize, now: Moment, outcomes: &[Outcome], records: u64) -> Against {
        let mut against = Against::default();
        if outcomes.is_empty() {
            return against;
        }
        let evidence = &self.wanted.evidence[self.lanes[lane].action.index()];
        let heeding = firsts(outcomes, |_| true, &mut self.heard).flat_map(|(id, _)| &self.wanted.heeding[id.index()]);
        self.heeding.clear();
        self.heeding.extend(heeding.filter(|id| !evidence.contains(id)));
        self.heeding.sort_unstable();
        self.heeding.dedup();
        for id in &self.heeding {
            let judged = self.wanted.rules[id.index()].judge(now, outcomes);
            against.colleague |= judged.against && !self.wanted.is_customer[id.index()];
            self.intake.unheeded(&judged, records);
        }
        against
    }

    fn cohort(&mut self, action: ActionId, record: &Record) -> CohortId {
        let Some(renew) = &self.plan.actions[action.index()].renew else { return 0 };
        let value = |id: &crate::model::policy::AttributeId| record.given[id.index()].clone().map(owned);
        let values: Cohort = renew.attributes.iter().map(value).collect();
        let cohort = number(&mut self.cohorts, &values);
        let key = (action, self.tick(record.time));
        let is_latest = self
            .latest_cohorts
            .get(&key)
            .is_none_or(|(time, id, _)| (*time, id.as_bytes()) < (record.time, record.id.as_bytes()));
        if is_latest {
            self.latest_cohorts.insert(key, (record.time, record.id.to_string(), cohort));
        }
        cohort
    }

    /// Files records under what it would mean for them to have run unattended (semantics §7).
    fn expose(&mut self, lane: usize, tick: Tick, against: Against, records: u64) {
        let Lane { action, tier, exposure: known, .. } = &mut self.lanes[lane];
        let told = against.harm(*tier);
        let harm = told.unwrap_or_else(|| Harm::Open(std::mem::take(&mut self.open)));
        let exposure = |harm| Exposure { action: *action, tier: *tier, harm };
        if let Some((_, number, near)) = known.iter_mut().find(|(known, ..)| *known == harm) {
            *self.exposure.near(near, exposure(*number), tick) += records;
        } else {
            let number = number(&mut self.harms, &harm);
            *self.exposure.at(exposure(number), tick) += records;
            if known.len() < REMEMBERED {
                known.push((harm.clone(), number, Near::default()));
            }
        }
        // Its room is used again.
        if let Harm::Open(open) = harm {
            self.open = open;
        }
    }

    /// Adds what another worker counted.
    pub fn absorb(&mut self, mut other: Self) {
        other.add_all();
        self.intake.absorb(other.intake);
        if let Some((time, id)) = other.earliest {
            self.name(true, time, &id);
        }
        if let Some((time, id)) = other.latest {
            self.name(false, time, &id);
        }
        let renamed = adopt(&mut self.cohorts, other.cohorts);
        let ours = |series: Series| Series { cohort: renamed[series.cohort as usize], ..series };
        self.samples.absorb(other.samples, ours, |mine, theirs| (0..2).for_each(|at| mine[at] += theirs[at]));
        self.sums.absorb(other.sums, ours, |mine, theirs| *mine += theirs);
        self.arrivals.absorb(other.arrivals, |key| key, |mine, theirs| *mine += theirs);
        self.notices.extend(other.notices);
        self.alive.extend(other.alive);
        other.latest_cohorts.into_iter().for_each(|(key, (time, id, cohort))| {
            let cohort = renamed[cohort as usize];
            let mine = self.latest_cohorts.entry(key).or_insert_with(|| (time, id.clone(), cohort));
            if (mine.0, mine.1.as_bytes()) < (time, id.as_bytes()) {
                *mine = (time, id, cohort);
            }
        });
        let harms = adopt(&mut self.harms, other.harms);
        let ours = |exposure: Exposure| Exposure { harm: harms[exposure.harm as usize], ..exposure };
        self.exposure.absorb(other.exposure, ours, |mine, theirs| *mine += theirs);
        if let (Some(mine), Some(theirs)) = (&mut self.survey, other.survey) {
            mine.absorb(theirs);
        }
    }

    /// The counts, in their one order: cohorts and harms are numbered by their values.
    #[must_use]
    pub fn finish(mut self) -> Counts {
        self.add_all();
        let (cohorts, cohort) = ranked(self.cohorts);
        let (harms, harm) = ranked(self.harms);
        let seconds = self.plan.tick_seconds;
        let mut notices: Dense<SignalId, u64> = Dense::default();
        self.notices.into_iter().for_each(|(signal, time)| *notices.at(signal, time.tick(seconds)) += 1);
        let latest = self.latest_cohorts.into_iter();
        let mut alive: BTreeMap<SignalId, BTreeSet<Tick>> = BTreeMap::new();
        self.alive.into_iter().for_each(|(signal, tick)| {
            alive.entry(signal).or_default().insert(tick);
        });
        let renumbered = |series: Series| Series { cohort: cohort[series.cohort as usize], ..series };
        let sums = self.sums.finish(renumbered);
        Counts {
            intake: self.intake,
            earliest: self.earliest,
            latest: self.latest,
            samples: with_sums(self.samples.finish(renumbered), &sums),
            arrivals: self.arrivals.finish(|key| key),
            notices: notices.finish(|signal| signal),
            alive,
            latest_cohorts: by_tick(latest.map(|((of, tick), (_, _, id))| (of, (tick, cohort[id as usize])))),
            exposure: self.exposure.finish(|it| Exposure { harm: harm[it.harm as usize], ..it }),
            cohorts,
            harms,
            survey: self.survey,
        }
    }
}

/// The signals of sorted outcomes that are wanted, each once, and when it came first.
fn firsts<'a>(
    outcomes: &'a [Outcome],
    is_wanted: impl Fn(SignalId) -> bool + 'a,
    heard: &'a mut Vec<SignalId>,
) -> impl Iterator<Item = (SignalId, Instant)> + 'a {
    heard.clear();
    outcomes.iter().filter_map(move |outcome| {
        let signal = outcome.signal.filter(|signal| is_wanted(*signal) && !heard.contains(signal))?;
        heard.push(signal);
        Some((signal, outcome.time))
    })
}

/// Samples and the sums of those that are values.
fn with_sums(
    samples: BTreeMap<Series, Vec<(Tick, [u64; 2])>>,
    sums: &BTreeMap<Series, Vec<(Tick, i128)>>,
) -> BTreeMap<Series, Vec<(Tick, Tally)>> {
    let tallied = samples.into_iter().map(|(series, entries)| {
        let sums = sums.get(&series).map_or(&[][..], Vec::as_slice);
        let sum = |tick| sums.binary_search_by_key(&tick, |(at, _)| *at).map_or(0, |at| sums[at].1);
        let tally = |(tick, [n, bad]): (Tick, [u64; 2])| (tick, Tally { n, bad, sum: sum(tick) });
        (series, entries.into_iter().map(tally).collect())
    });
    tallied.collect()
}

fn by_tick<K: Ord, V>(entries: impl Iterator<Item = (K, (Tick, V))>) -> BTreeMap<K, Vec<(Tick, V)>> {
    let mut all: BTreeMap<K, Vec<(Tick, V)>> = BTreeMap::new();
    for (key, entry) in entries {
        all.entry(key).or_default().push(entry);
    }
    for series in all.values_mut() {
        series.sort_unstable_by_key(|(tick, _)| *tick);
    }
    all
}

/// Puts outcomes in order, each once.
#[inline]
pub(super) fn in_order(outcomes: &mut Vec<Outcome>) {
    if !outcomes.is_sorted_by(|one, next| one < next) {
        outcomes.sort_unstable();
        outcomes.dedup();
    }
}

fn earlier<'i>(kept: &mut Option<(Instant, String)>, time: Instant, id: impl Fn() -> &'i str) {
    if kept.as_ref().is_none_or(|(best, of)| time < *best || time == *best && id() < of.as_str()) {
        keep(kept, time, id());
    }
}

fn later<'i>(kept: &mut Option<(Instant, String)>, time: Instant, id: impl Fn() -> &'i str) {
    if kept.as_ref().is_none_or(|(best, of)| time > *best || time == *best && id() > of.as_str()) {
        keep(kept, time, id());
    }
}

/// Sorted records come here with each: the room of the name is used again.
fn keep(kept: &mut Option<(Instant, String)>, time: Instant, id: &str) {
    let (best, of) = kept.get_or_insert_with(|| (time, String::new()));
    *best = time;
    id.clone_into(of);
}

/// The value without its borrow.
fn owned(given: Given) -> Given<'static> {
    match given {
        Given::Number(number) => Given::Number(number),
        Given::Text(text) => Given::Text(Cow::Owned(text.into_owned())),
        Given::Flag(flag) => Given::Flag(flag),
        Given::Other(json) => Given::Other(json),
    }
}

/// Enough of a line to recognise it.
fn start_of(text: &str) -> String {
    let text = text.trim();
    let short: String = text.chars().take(100).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
