//! What of a record's outcomes matters beside the tick of the record itself: which signals came, and of each, which of
//! the metrics that look at it still waited for it. Most records of a tick and lane have one of a few footprints, so
//! they are counted by it, and judged once for all of them.

use super::line::Outcome;
use super::sample::{Moment, Rule};
use crate::model::policy::SignalId;

/// The outcomes of a record as far as they matter: a number of [`Footprints::ways`] for each, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Footprint(u64);

/// The bits of each number, and how far the numbers are shifted when there is no room for one more.
const BITS: u32 = 16;
const FULL: u32 = u64::BITS - BITS;

impl Footprint {
    /// The one of so many of those of records that have one outcome at most.
    pub(super) fn single(at: usize) -> Self {
        Self(at as u64)
    }

    /// Its place among those of records that have one outcome at most, or behind them.
    #[inline]
    pub(super) fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// What footprints are made of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Footprints {
    /// Per signal: in how many ways it can come; nothing where it matters when exactly it does.
    spans: Vec<Option<Spans>>,
    /// The signal of each way, and how many seconds after the record it comes; the first way is none.
    ways: Vec<(SignalId, i64)>,
}

/// How long metrics wait for a signal.
#[derive(Debug, PartialEq, Eq)]
struct Spans {
    /// The number of its first way; zero where no metric looks at it.
    first: u64,
    /// The seconds after which another metric waits no more, and then such as never end: to compare with all of them is
    /// faster than to know how many there are.
    limits: [i64; LIMITS],
}

/// Metrics that wait so many different times for one signal are the most that a footprint tells apart.
const LIMITS: usize = 4;

impl Footprints {
    /// Those of outcomes of so many signals that these rules look at.
    pub(super) fn new(rules: &[Rule], signals: usize) -> Self {
        let mut all = Self { spans: Vec::new(), ways: vec![(SignalId::new(0), 0)] };
        for signal in (0..signals).map(SignalId::new) {
            let limits = limits(rules, signal);
            let spans = limits.and_then(|limits| all.add(signal, &limits));
            all.spans.push(spans);
        }
        all
    }

    /// Names the ways of a signal: in time for all metrics, for all but the first, and so on, and at last for none.
    fn add(&mut self, signal: SignalId, limits: &[i64]) -> Option<Spans> {
        let mut all = [i64::MAX; LIMITS];
        all.get_mut(..limits.len())?.copy_from_slice(limits);
        let Some(last) = limits.last() else { return Some(Spans { first: 0, limits: all }) };
        let first = self.ways.len();
        self.ways.extend(limits.iter().map(|limit| (signal, *limit)));
        // A limit may be as far off as a number can say: nothing is later then.
        self.ways.push((signal, last.saturating_add(1)));
        (self.ways.len() < 1 << BITS).then_some(Spans { first: first as u64, limits: all })
    }

    /// The footprint of a record of this moment; nothing where something else matters too, or there is too much of it.
    #[inline]
    pub(super) fn of(&self, now: Moment, outcomes: &[Outcome]) -> Option<Footprint> {
        let mut all = 0;
        for outcome in outcomes {
            let Some(signal) = outcome.signal else { continue };
            let Spans { first, limits } = self.spans[signal.index()].as_ref()?;
            if *first == 0 {
                continue;
            }
            if all >> FULL != 0 {
                return None;
            }
            let later = now.seconds_to(outcome.time);
            let missed = limits.iter().fold(0, |missed, limit| missed + u64::from(later > *limit));
            all = all << BITS | (first + missed);
        }
        Some(Footprint(all))
    }

    /// How many footprints there may be of records that have one outcome at most.
    pub(super) fn singles(&self) -> usize {
        self.ways.len()
    }

    /// Outcomes of a record of this moment that have a footprint, into some empty room.
    pub(super) fn outcomes(&self, footprint: Footprint, now: Moment, room: &mut Vec<Outcome>) {
        let mut left = footprint.0;
        while left != 0 {
            let (signal, later) = self.ways[(left & ((1 << BITS) - 1)) as usize];
            room.push(now.outcome(signal, later));
            left >>= BITS;
        }
    }
}

/// The seconds that metrics wait for a signal; nothing where one does something else.
fn limits(rules: &[Rule], signal: SignalId) -> Option<Vec<i64>> {
    let mut limits = Vec::new();
    for rule in rules.iter().filter(|rule| rule.heeds(signal)) {
        limits.push(rule.waits()?);
    }
    limits.sort_unstable();
    limits.dedup();
    Some(limits)
}

#[cfg(test)]
mod tests {
    use super::Footprints;
    use crate::history::line::{Carried, Outcome};
    use crate::history::sample::{Moment, Rule, Sample};
    use crate::model::policy::{Judge, SignalId, Silence};
    use crate::plan::{Metric, MetricKind};
    use crate::value::Instant;
    use proptest::prelude::{Just, Strategy, prop, prop_assert_eq, prop_oneof, proptest};

    const HOUR: i64 = 3_600;
    const SIGNALS: usize = 4;

    fn metric(kind: MetricKind) -> Metric {
        Metric { name: "m".to_owned(), judge: Judge::Staff, kind, alive: None, delay_ticks: 0 }
    }

    /// Metrics of some of three signals; nothing looks at the fourth.
    fn kind() -> impl Strategy<Value = MetricKind> {
        let after = prop_oneof![Just(0), Just(HOUR), Just(HOUR + 1), Just(90 * 60), Just(25 * HOUR)];
        let silence = prop_oneof![Just(Silence::Good), Just(Silence::Bad), Just(Silence::Nothing)];
        let one = || (0..3_usize).prop_map(SignalId::new);
        let verdict = (one(), one(), prop_oneof![1 => Just(None), 9 => (after.clone(), silence).prop_map(Some)]);
        prop_oneof![
            8 => verdict.prop_map(|(good, bad, settle)| MetricKind::Verdict { good: vec![good], bad: vec![bad], settle }),
            8 => (one(), after).prop_map(|(signal, within)| MetricKind::Event { signals: vec![signal], within }),
            1 => Just(MetricKind::Mean { signal: SignalId::new(0), low: 0, high: 9, lower_is_better: true }),
        ]
    }

    /// Outcomes of a record, sorted: signals, at or beside the times that matter, and any value.
    fn outcomes(record: Instant) -> impl Strategy<Value = Vec<Outcome>> {
        let later = prop_oneof![0..30 * HOUR, Just(0), Just(HOUR), Just(HOUR + 1), Just(90 * 60), Just(25 * HOUR)];
        let signal = prop_oneof![8 => (0..SIGNALS).prop_map(|at| Some(SignalId::new(at))), 1 => Just(None)];
        let value = prop_oneof![8 => Just(None), 1 => Just(Some(Carried::Unused("1".to_owned())))];
        let one = (later, 0..3_u32, signal, value).prop_map(move |(later, nanos, signal, value)| {
            let time = Instant { nanos: record.nanos.max(nanos), ..record.plus_seconds(later) };
            Outcome { time, signal, value }
        });
        prop::collection::vec(one, 0..6).prop_map(|mut all| {
            all.sort_unstable();
            all.dedup();
            all
        })
    }

    proptest! {
        /// What is added up together would say the same one by one.
        #[test]
        fn what_has_one_footprint_is_judged_alike(
            kinds in prop::collection::vec(kind(), 1..5),
            (tick, time, outcomes) in (-3..3_i64, 0..HOUR, 0..2_u32).prop_flat_map(|(tick, into, nanos)| {
                let time = Instant { seconds: tick * HOUR + into, nanos };
                (Just(tick), Just(time), outcomes(time))
            }),
        ) {
            let rules: Vec<Rule> = kinds.into_iter().map(|kind| Rule::new(&metric(kind), SIGNALS, HOUR)).collect();
            let footprints = Footprints::new(&rules, SIGNALS);
            let (now, start) = (Moment::new(time, HOUR), Moment::start(tick, HOUR));
            if let Some(footprint) = footprints.of(now, &outcomes) {
                let mut alike = Vec::new();
                footprints.outcomes(footprint, start, &mut alike);
                prop_assert_eq!(footprints.of(start, &alike).is_some(), true);
                for rule in &rules {
                    let (judged, mut expected) = (rule.judge(start, &alike), rule.judge(now, &outcomes));
                    // Where half a tick matters, the sample may be of another one, and nothing waits.
                    if !rule.is_even() {
                        expected.sample = expected.sample.zip(judged.sample).map(|(mine, other)| Sample { tick: other.tick, ..mine });
                    }
                    prop_assert_eq!(judged, expected);
                }
            }
        }
    }

    #[test]
    fn half_a_tick_is_not_alike() {
        let event = MetricKind::Event { signals: vec![SignalId::new(0)], within: HOUR / 2 };
        let rule = Rule::new(&metric(event), SIGNALS, HOUR);
        let late = Moment::new(Instant::from_seconds(HOUR - 1), HOUR);
        assert!(!rule.is_even());
        assert_ne!(rule.judge(late, &[]), rule.judge(Moment::start(0, HOUR), &[]));
    }

    #[test]
    fn usual_outcomes_have_a_footprint() {
        let event = |signal, within| {
            Rule::new(&metric(MetricKind::Event { signals: vec![SignalId::new(signal)], within }), SIGNALS, HOUR)
        };
        let footprints = Footprints::new(&[event(0, HOUR), event(1, 2 * HOUR), event(0, 3 * HOUR)], SIGNALS);
        let now = Moment::start(7, HOUR);
        let all = [0, 1, 0, 3, 1].map(SignalId::new);
        let of = |all: &[SignalId], later| {
            footprints.of(now, &all.iter().map(|id| now.outcome(*id, later)).collect::<Vec<_>>())
        };
        assert!(of(&all, 2 * HOUR).is_some(), "four that matter, and one that nothing looks at");
        assert_eq!(of(&[all[0]; 5], HOUR), None, "more than there is room for");
        assert_eq!(of(&all[..1], 0), of(&all[..1], HOUR));
        assert_ne!(of(&all[..1], HOUR), of(&all[..1], HOUR + 1));
        assert_eq!(of(&all[..1], 4 * HOUR), of(&all[..1], 5 * HOUR));
    }
}
