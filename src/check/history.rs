//! A history that a policy is checked against, and what rules ask of it.

use crate::history::Counts;
use crate::history::survey::Names;
use crate::model::Policy;
use crate::model::policy::{ActionId, Alive, Constant, MetricId, MetricKind, Predicate, SignalId, Subject};
use crate::plan::Plan;
use crate::replay::evidence::Ledger;
use crate::source::suggest::suggest;
use crate::syntax::ast::Op;
use crate::value::Tier;
use crate::value::duration::Tick;
use std::collections::{BTreeMap, BTreeSet};

/// The counts of a history with a survey of its names, ready to be asked.
pub struct History<'a> {
    policy: &'a Policy,
    pub(super) counts: &'a Counts,
    ledger: Ledger<'a>,
    /// Samples count wherever they were recorded.
    any_tier: bool,
}

impl<'a> History<'a> {
    /// The counts of a history under a policy's plan. With `any_tier` samples count wherever they were recorded.
    #[must_use]
    pub fn new(policy: &'a Policy, plan: &'a Plan, counts: &'a Counts, any_tier: bool) -> Self {
        Self { policy, counts, ledger: Ledger::new(plan, counts, any_tier), any_tier }
    }

    /// Signals that the policy does not declare.
    pub(super) fn undeclared(&self) -> Option<&'a Names> {
        self.counts.survey.as_ref().map(|survey| &survey.undeclared)
    }

    /// What `action` is on records of no action type.
    pub(super) fn unclassified(&self) -> Option<&'a Names> {
        self.counts.survey.as_ref().map(|survey| &survey.unclassified)
    }

    /// The signal that an undeclared one is probably meant to be.
    pub(super) fn meant_signal(&self, name: &str) -> Option<&'a str> {
        suggest(name, self.policy.signals.iter().map(|signal| signal.name.as_str()))
    }

    /// The word that the `action` of an unclassified record is probably meant to be: one of those that some action type
    /// asks for.
    pub(super) fn meant_action(&self, name: &str) -> Option<&'a str> {
        let asked = self.policy.actions.iter().flat_map(|action| words(&action.matches));
        suggest(name, asked.collect::<BTreeSet<_>>())
    }

    /// Whether a signal ever arrived.
    pub(super) fn is_seen(&self, signal: SignalId) -> bool {
        self.counts.survey.as_ref().is_none_or(|survey| survey.declared[signal.index()] > 0)
    }

    /// How many records of an action type ran at a tier; at whatever tier under any-tier.
    pub(super) fn records(&self, action: ActionId, tier: Tier) -> u64 {
        let counted = |it: &Option<Tier>| self.any_tier || *it == Some(tier);
        let series = self.counts.exposure.iter().filter(|(key, _)| key.action == action && counted(&key.tier));
        series.flat_map(|(_, ticks)| ticks).map(|(_, records)| records).sum()
    }

    /// How many records of an action type there are.
    pub(super) fn records_of(&self, action: ActionId) -> u64 {
        let series = self.counts.exposure.iter().filter(|(key, _)| key.action == action);
        series.flat_map(|(_, ticks)| ticks).map(|(_, records)| records).sum()
    }

    /// The samples that an action type's bars see at a tier, by tick.
    pub(super) fn samples(&self, action: ActionId, metric: MetricId, tier: Tier) -> BTreeMap<Tick, u64> {
        self.ledger.samples(action, metric, tier)
    }

    /// The most ticks for which an action type stayed at a tier: from a record there to one elsewhere, or to the end.
    pub(super) fn longest_stay(&self, action: ActionId, tier: Tier) -> Tick {
        let mut ticks: BTreeMap<Tick, (bool, bool)> = BTreeMap::new();
        for (key, entries) in self.counts.exposure.iter().filter(|(key, _)| key.action == action) {
            let is_here = self.any_tier || key.tier == Some(tier);
            for (tick, _) in entries {
                let (here, elsewhere) = ticks.entry(*tick).or_default();
                *(if is_here { here } else { elsewhere }) = true;
            }
        }
        let (mut since, mut longest) = (None, 0);
        for (tick, (here, elsewhere)) in ticks {
            if let Some(since) = since.take_if(|_| elsewhere) {
                longest = longest.max(tick - since);
            }
            since = since.or(here.then_some(tick));
        }
        let end = self.counts.last_boundary(self.policy.tick.seconds());
        since.map_or(longest, |since| longest.max(end - since))
    }

    /// Where samples were counted, as it goes on after a name: `at walk`.
    pub(super) fn place(&self, tier: Tier) -> String {
        if self.any_tier { "at any tier".to_owned() } else { format!("at {tier}") }
    }

    /// Whether none of the signals ever arrived without which a metric has no sample at all.
    pub(super) fn is_mute(&self, metric: MetricId) -> bool {
        let metric = &self.policy.metrics[metric.index()];
        let unseen = |signals: &[SignalId]| signals.iter().all(|signal| !self.is_seen(*signal));
        let no_sample = match &metric.kind {
            MetricKind::Verdict { good, bad, settle: None } => unseen(good) && unseen(bad),
            MetricKind::Mean { signal, .. } => unseen(&[*signal]),
            MetricKind::Verdict { .. } | MetricKind::Event { .. } => false,
        };
        no_sample || matches!(&metric.alive, Alive::Signals(signals, _) if unseen(signals))
    }
}

/// The words that a predicate compares `action` with.
pub(super) fn words(predicate: &Predicate) -> Vec<&str> {
    match predicate {
        Predicate::Compare(Subject::Action, Op::Equal, constant) => text(constant).into_iter().collect(),
        Predicate::In(Subject::Action, constants) => constants.iter().filter_map(text).collect(),
        Predicate::Compare(..) | Predicate::In(..) => Vec::new(),
        Predicate::Not(inner) => words(inner),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().flat_map(words).collect(),
    }
}

fn text(constant: &Constant) -> Option<&str> {
    match constant {
        Constant::Text(text) => Some(text),
        Constant::Number(_) | Constant::Flag(_) => None,
    }
}
