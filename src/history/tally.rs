//! Records added up: one `Tallier` per worker, joined at the end; addition commutes, so order and threads do not matter.

use super::counts::{Cohort, CohortId, Counts, Exposure, Series, Tally};
use super::intake::{Intake, Place, Quote};
use super::line::{Fault, Outcome, Record};
use super::sample::{Side, sample, told_against, unheeded};
use crate::model::policy::{ActionId, Judge, MetricId, SignalId};
use crate::plan::matcher::{Classifier, Given};
use crate::plan::{Action, Plan};
use crate::value::duration::Tick;
use crate::value::{Instant, Tier};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the policy asks of every record, worked out once.
#[derive(Debug)]
pub struct Wanted {
    /// Per action type: the metrics its gates use.
    evidence: Vec<Vec<MetricId>>,
    /// Per action type: the customer metrics among them.
    customer: Vec<Vec<MetricId>>,
    /// All metrics of reviewers and staff.
    colleagues: Vec<MetricId>,
    /// Signals that some trip counts.
    tripping: Vec<bool>,
    /// Signals that a trip of the policy counts.
    noticed: Vec<bool>,
    /// Signals that some `alive` names.
    alive: Vec<bool>,
}

impl Wanted {
    /// What this plan asks.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let evidence: Vec<Vec<MetricId>> = plan.actions.iter().map(metrics_of).collect();
        let judged_by_customer = |id: &MetricId| plan.metrics[id.index()].judge == Judge::Customer;
        let customer = evidence.iter().map(|ids| ids.iter().copied().filter(judged_by_customer).collect()).collect();
        let all = (0..plan.metrics.len()).map(MetricId::new);
        let colleagues = all.filter(|id| !judged_by_customer(id)).collect();
        let trips = || plan.actions.iter().flat_map(|action| &action.trips);
        Self {
            evidence,
            customer,
            colleagues,
            tripping: flags(plan, trips().flat_map(|trip| &trip.signals)),
            noticed: flags(plan, trips().filter(|trip| trip.everywhere).flat_map(|trip| &trip.signals)),
            alive: flags(plan, plan.metrics.iter().filter_map(|it| it.alive.as_ref()).flat_map(|(signals, _)| signals)),
        }
    }
}

fn metrics_of(action: &Action) -> Vec<MetricId> {
    let mut ids: Vec<MetricId> = action.bars().map(|bar| bar.metric).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn flags<'a>(plan: &Plan, signals: impl Iterator<Item = &'a SignalId>) -> Vec<bool> {
    let mut flags = vec![false; plan.signals.len()];
    for signal in signals {
        flags[signal.index()] = true;
    }
    flags
}

/// The sums of one worker.
#[derive(Debug)]
pub struct Tallier<'p> {
    plan: &'p Plan,
    wanted: &'p Wanted,
    assume_tier: Option<Tier>,
    classifier: Classifier,
    intake: Intake,
    earliest: Option<(Instant, String)>,
    latest: Option<(Instant, String)>,
    cohorts: FxHashMap<Cohort, CohortId>,
    samples: FxHashMap<(Series, Tick), Tally>,
    arrivals: FxHashMap<(Option<ActionId>, SignalId, Tick), u64>,
    notices: FxHashSet<(SignalId, Instant)>,
    alive: FxHashSet<(SignalId, Tick)>,
    latest_cohorts: FxHashMap<(ActionId, Tick), (Instant, String, CohortId)>,
    exposure: FxHashMap<(ActionId, Option<Tier>, Tick), Exposure>,
}

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
            earliest: None,
            latest: None,
            cohorts: std::iter::once((Vec::new(), 0)).collect(),
            samples: FxHashMap::default(),
            arrivals: FxHashMap::default(),
            notices: FxHashSet::default(),
            alive: FxHashSet::default(),
            latest_cohorts: FxHashMap::default(),
            exposure: FxHashMap::default(),
        }
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
        later(&mut self.latest, time, name);
        let Some(signal) = signal else { return };
        if self.wanted.noticed[signal.index()] {
            self.notices.insert((signal, time));
        }
        self.hear(signal, time);
    }

    fn hear(&mut self, signal: SignalId, time: Instant) {
        if self.wanted.alive[signal.index()] {
            self.alive.insert((signal, self.tick(time)));
        }
    }

    /// Counts one whole record: all its lines united.
    pub fn record(&mut self, record: &mut Record) {
        record.outcomes.sort_unstable();
        record.outcomes.dedup();
        earlier(&mut self.earliest, record.time, &record.id);
        let last = record.outcomes.last().map_or(record.time, |outcome| outcome.time.max(record.time));
        later(&mut self.latest, last, &record.id);
        self.intake.without_tier += u64::from(record.tier.is_none());
        let given = |index: usize| record.given.get(index).and_then(Option::as_ref);
        let action = self.classifier.classify(self.plan, &record.action, &given);
        for outcome in &record.outcomes {
            if let Some(signal) = outcome.signal {
                self.hear(signal, outcome.time);
            }
        }
        self.arrive(action, &record.outcomes);
        match action {
            None => self.intake.unclassified += 1,
            Some(action) => self.classified(action, record),
        }
    }

    /// Each signal counts once per record, at its earliest arrival; the outcomes are sorted by time.
    fn arrive(&mut self, action: Option<ActionId>, outcomes: &[Outcome]) {
        for (at, outcome) in outcomes.iter().enumerate() {
            let Some(signal) = outcome.signal.filter(|signal| self.wanted.tripping[signal.index()]) else { continue };
            if outcomes[..at].iter().all(|earlier| earlier.signal != Some(signal)) {
                *self.arrivals.entry((action, signal, self.tick(outcome.time))).or_default() += 1;
            }
        }
    }

    fn classified(&mut self, action: ActionId, record: &Record) {
        self.intake.classified += 1;
        let tier = record.tier.or(self.assume_tier);
        let cohort = self.cohort(action, record);
        for metric in &self.wanted.evidence[action.index()] {
            let Some(sample) = sample(&self.plan.metrics[metric.index()], record.time, &record.outcomes) else {
                continue;
            };
            let tally = match sample.side {
                Side::Good => Tally { n: 1, bad: 0, sum: 0 },
                Side::Bad => Tally { n: 1, bad: 1, sum: 0 },
                Side::Value(value) => Tally { n: 1, bad: 0, sum: i128::from(value) },
            };
            let series = Series { action, metric: *metric, cohort, tier };
            self.samples.entry((series, self.tick(sample.matures))).or_default().add(tally);
        }
        if !record.outcomes.is_empty() {
            self.unheeded(record);
        }
        self.expose(action, tier, record);
    }

    fn unheeded(&mut self, record: &Record) {
        for metric in &self.plan.metrics {
            let (late, contradicted) = unheeded(metric, record.time, &record.outcomes);
            self.intake.late_outcomes += late;
            self.intake.contradicted += contradicted;
        }
    }

    fn cohort(&mut self, action: ActionId, record: &Record) -> CohortId {
        let Some(renew) = &self.plan.actions[action.index()].renew else { return 0 };
        let value = |id: &crate::model::policy::AttributeId| record.given[id.index()].clone().map(owned);
        let values: Cohort = renew.attributes.iter().map(value).collect();
        let next = CohortId::try_from(self.cohorts.len()).unwrap_or(CohortId::MAX);
        let cohort = *self.cohorts.entry(values).or_insert(next);
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

    /// Files the record under what it would mean for it to have run unattended (semantics §7).
    fn expose(&mut self, action: ActionId, tier: Option<Tier>, record: &Record) {
        let against = |ids: &[MetricId]| {
            ids.iter().any(|id| told_against(&self.plan.metrics[id.index()], record.time, &record.outcomes))
        };
        let customer = &self.wanted.customer[action.index()];
        let seen = against(customer);
        let below_run = tier != Some(Tier::Run);
        let released = !seen && below_run && against(&self.wanted.colleagues);
        let is_open = !seen && !released && below_run;
        let open: Option<Vec<(MetricId, Tick)>> = is_open.then(|| self.samples_of(customer, record));
        let key = (action, tier, self.tick(record.time));
        let cell = self.exposure.entry(key).or_default();
        cell.records += 1;
        cell.seen += u64::from(seen);
        cell.released += u64::from(released);
        if let Some(open) = open {
            *cell.open.entry(open).or_default() += 1;
        }
    }

    fn samples_of(&self, metrics: &[MetricId], record: &Record) -> Vec<(MetricId, Tick)> {
        let tick = |id: &MetricId| {
            let sample = sample(&self.plan.metrics[id.index()], record.time, &record.outcomes)?;
            Some((*id, self.tick(sample.matures)))
        };
        metrics.iter().filter_map(tick).collect()
    }

    /// Adds what another worker counted.
    pub fn absorb(&mut self, other: Self) {
        self.intake.absorb(other.intake);
        if let Some((time, id)) = other.earliest {
            earlier(&mut self.earliest, time, &id);
        }
        if let Some((time, id)) = other.latest {
            later(&mut self.latest, time, &id);
        }
        let renamed = self.adopt(other.cohorts);
        other.samples.into_iter().for_each(|((series, tick), tally)| {
            let series = Series { cohort: renamed[series.cohort as usize], ..series };
            self.samples.entry((series, tick)).or_default().add(tally);
        });
        other.arrivals.into_iter().for_each(|(key, n)| *self.arrivals.entry(key).or_default() += n);
        self.notices.extend(other.notices);
        self.alive.extend(other.alive);
        other.latest_cohorts.into_iter().for_each(|(key, (time, id, cohort))| {
            let cohort = renamed[cohort as usize];
            let mine = self.latest_cohorts.entry(key).or_insert_with(|| (time, id.clone(), cohort));
            if (mine.0, mine.1.as_bytes()) < (time, id.as_bytes()) {
                *mine = (time, id, cohort);
            }
        });
        other
            .exposure
            .into_iter()
            .for_each(|(key, theirs)| add_exposure(self.exposure.entry(key).or_default(), theirs));
    }

    /// Takes over another worker's cohorts: its number of each becomes ours.
    fn adopt(&mut self, theirs: FxHashMap<Cohort, CohortId>) -> Vec<CohortId> {
        let mut renamed = vec![0; theirs.len()];
        theirs.into_iter().for_each(|(values, id)| {
            let next = CohortId::try_from(self.cohorts.len()).unwrap_or(CohortId::MAX);
            renamed[id as usize] = *self.cohorts.entry(values).or_insert(next);
        });
        renamed
    }

    /// The counts, in their one order: cohorts are numbered by their values.
    #[must_use]
    pub fn finish(mut self) -> Counts {
        let mut sorted: Vec<(Cohort, CohortId)> = self.cohorts.drain().collect();
        sorted.sort_unstable();
        let mut rank = vec![0; sorted.len()];
        for (new, (_, old)) in sorted.iter().enumerate() {
            rank[*old as usize] = CohortId::try_from(new).unwrap_or(CohortId::MAX);
        }
        let renumbered = |series: Series| Series { cohort: rank[series.cohort as usize], ..series };
        let samples = self.samples.into_iter().map(|((series, tick), tally)| (renumbered(series), (tick, tally)));
        let arrivals = self.arrivals.into_iter().map(|((action, signal, tick), n)| ((action, signal), (tick, n)));
        let cohorts =
            self.latest_cohorts.into_iter().map(|((action, tick), (_, _, id))| (action, (tick, rank[id as usize])));
        let mut notices: FxHashMap<(SignalId, Tick), u64> = FxHashMap::default();
        let seconds = self.plan.tick_seconds;
        self.notices
            .into_iter()
            .for_each(|(signal, time)| *notices.entry((signal, time.tick(seconds))).or_default() += 1);
        let mut alive: BTreeMap<SignalId, _> = BTreeMap::new();
        self.alive.into_iter().for_each(|(signal, tick)| {
            let ticks: &mut std::collections::BTreeSet<Tick> = alive.entry(signal).or_default();
            ticks.insert(tick);
        });
        Counts {
            intake: self.intake,
            earliest: self.earliest,
            latest: self.latest,
            cohorts: sorted.into_iter().map(|(values, _)| values).collect(),
            samples: by_tick(samples),
            arrivals: by_tick(arrivals),
            notices: by_tick(notices.into_iter().map(|((signal, tick), n)| (signal, (tick, n)))),
            alive,
            latest_cohorts: by_tick(cohorts),
            exposure: self.exposure.into_iter().collect(),
        }
    }
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

fn add_exposure(mine: &mut Exposure, theirs: Exposure) {
    mine.records += theirs.records;
    mine.seen += theirs.seen;
    mine.released += theirs.released;
    for (open, n) in theirs.open {
        *mine.open.entry(open).or_default() += n;
    }
}

fn earlier(kept: &mut Option<(Instant, String)>, time: Instant, id: &str) {
    if kept.as_ref().is_none_or(|(best, of)| (time, id) < (*best, of.as_str())) {
        *kept = Some((time, id.to_owned()));
    }
}

fn later(kept: &mut Option<(Instant, String)>, time: Instant, id: &str) {
    if kept.as_ref().is_none_or(|(best, of)| (time, id) > (*best, of.as_str())) {
        *kept = Some((time, id.to_owned()));
    }
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
