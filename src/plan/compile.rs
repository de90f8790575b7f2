//! Policy to plan: a total function over policies without errors.

use super::{Action, Attribute, Bar, Gate, Limit, Metric, MetricKind, Plan, PromotionBar, Renew, Trip};
use crate::model::policy::{self, Alive, Clause, Origin, Policy, Stale, Window};
use crate::stats::{Allowed, Rule};
use crate::syntax::ast::Op;
use crate::value::{Decimal, Duration, Step, Tier};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compiles a policy that has no errors; of one that has, the parts that are missing are left out.
#[must_use]
pub fn compile(policy: &Policy) -> Plan {
    let mut plan = undigested(policy);
    plan.digest = super::json::digest(&plan);
    plan
}

/// The same with an empty digest: for the plans that nobody will see, of which a sweep makes many.
#[must_use]
pub fn undigested(policy: &Policy) -> Plan {
    let mut compiler = Compiler { policy, tick: policy.tick.seconds().max(60), tables: BTreeMap::new() };
    Plan {
        digest: String::new(),
        policy: policy.name.clone(),
        tick_seconds: compiler.tick,
        promote_ticks: compiler.ticks(policy.promote_per),
        signals: policy.signals.iter().map(|signal| signal.name.clone()).collect(),
        attributes: policy.attributes.iter().map(attribute).collect(),
        metrics: policy.metrics.iter().map(|metric| compiler.metric(metric)).collect(),
        actions: policy.actions.iter().map(|action| compiler.action(action)).collect(),
    }
}

fn attribute(attribute: &policy::Attribute) -> Attribute {
    let key = attribute.key.split('.').map(String::from).collect();
    Attribute { name: attribute.name.clone(), kind: attribute.kind, key }
}

/// Rules whose tables are shared by all bars that demand the same.
type RuleKey = (u8, i64, i64);

struct Compiler<'a> {
    policy: &'a Policy,
    tick: i64,
    tables: BTreeMap<RuleKey, Arc<Allowed>>,
}

impl Compiler<'_> {
    fn ticks(&self, duration: Duration) -> i64 {
        duration.seconds() / self.tick
    }

    fn metric(&self, metric: &policy::Metric) -> Metric {
        let kind = match &metric.kind {
            policy::MetricKind::Verdict { good, bad, settle } => MetricKind::Verdict {
                good: good.clone(),
                bad: bad.clone(),
                settle: settle.map(|(after, silence)| (after.seconds(), silence)),
            },
            policy::MetricKind::Event { signals, within } => {
                MetricKind::Event { signals: signals.clone(), within: within.seconds() }
            }
            policy::MetricKind::Mean { signal, low, high, lower_is_better } => MetricKind::Mean {
                signal: *signal,
                low: millionths(*low),
                high: millionths(*high),
                lower_is_better: *lower_is_better,
            },
        };
        let alive = match &metric.alive {
            Alive::Signals(signals, within) => Some((signals.clone(), self.ticks(*within))),
            Alive::Unsaid | Alive::Unchecked(_) => None,
        };
        let delay_ticks = metric.delay().map_or(0, |delay| self.ticks(delay));
        Metric { name: metric.name.clone(), judge: metric.judge, kind, alive, delay_ticks }
    }

    fn action(&mut self, action: &policy::Action) -> Action {
        let reentry = action.reentry.as_ref().map_or(Decimal::ZERO, |clause| clause.value);
        let ceiling = action.ceiling_tier();
        let gates = Step::ALL.map(|step| {
            action.gate(step).filter(|gate| gate.step.to() <= ceiling).map(|gate| self.gate(gate, reentry))
        });
        Action {
            name: action.name.clone(),
            formerly: action.formerly.clone(),
            risk: action.risk,
            read_only: action.read_only.is_some(),
            matches: action.matches.clone(),
            gates,
            ceiling,
            trips: action.trips.iter().map(|trip| self.trip(trip)).collect(),
            stale: action.stale.as_ref().and_then(|stale| self.stale(&stale.value)),
            cooldown: action.cooldown.as_ref().map_or(0, |clause| self.ticks(clause.value)),
            reentry,
            renew: action.renew.as_ref().map(|clause| renew(&clause.value)),
        }
    }

    fn stale(&self, stale: &Stale) -> Option<i64> {
        match stale {
            Stale::After(duration) => Some(self.ticks(*duration)),
            Stale::Never(_) => None,
        }
    }

    fn trip(&self, clause: &Clause<policy::Trip>) -> Trip {
        let trip = &clause.value;
        Trip {
            signals: trip.signals.clone(),
            count: u64::from(trip.count),
            within: self.ticks(trip.within),
            to: trip.to,
            everywhere: clause.from == Origin::Policy,
        }
    }

    fn gate(&mut self, gate: &policy::Gate, reentry: Decimal) -> Gate {
        Gate {
            step: gate.step,
            bars: gate.bars.iter().map(|bar| self.promotion_bar(&bar.value, reentry)).collect(),
            keeps: gate.keep_bars().map(|bar| self.keep_bar(&bar.value)).collect(),
            hold: gate.hold.as_ref().map_or(1, |clause| self.ticks(clause.value)),
            requires: gate.requires.iter().map(|clause| (clause.value.action, clause.value.tier)).collect(),
            approval: gate.approval.as_ref().map(|clause| clause.value.clone()),
            stop: gate.stop.as_ref().map(|clause| self.ticks(clause.value)),
        }
    }

    fn promotion_bar(&mut self, bar: &policy::Bar, reentry: Decimal) -> PromotionBar {
        PromotionBar { first: self.bar(bar, bar.target), again: self.bar(bar, self.harder(bar, reentry)) }
    }

    /// The target moved by `reentry` to the harder side, capped at the end of the scale (semantics §3).
    fn harder(&self, bar: &policy::Bar, reentry: Decimal) -> Decimal {
        let metric = &self.policy.metrics[bar.metric.index()];
        let (low, high) = match metric.kind {
            policy::MetricKind::Mean { low, high, .. } => (low, high),
            policy::MetricKind::Verdict { .. } | policy::MetricKind::Event { .. } => (Decimal::ZERO, Decimal::ONE),
        };
        let step = reentry.share_of(high.minus(low));
        if metric.lower_is_better() { bar.target.minus(step).max(low) } else { bar.target.plus(step).min(high) }
    }

    fn bar(&mut self, bar: &policy::Bar, target: Decimal) -> Bar {
        let metric = &self.policy.metrics[bar.metric.index()];
        let limit = match promotion_rule(metric, bar, target) {
            None => Limit::Mean { value: target, op: bar.op },
            Some(rule) => self.share(rule),
        };
        self.windowed(bar, target, limit)
    }

    /// A keep bar fails only when it is beyond the target by more than the margin, so what it allows includes equality.
    fn keep_bar(&mut self, bar: &policy::Bar) -> Bar {
        let metric = &self.policy.metrics[bar.metric.index()];
        let op = if metric.lower_is_better() { Op::AtMost } else { Op::AtLeast };
        let limit = match keep_rule(metric, bar) {
            None => Limit::Mean { value: edge(metric, bar), op },
            Some(rule) => self.share(rule),
        };
        self.windowed(bar, bar.target, limit)
    }

    fn windowed(&self, bar: &policy::Bar, target: Decimal, limit: Limit) -> Bar {
        let window = match bar.window {
            Window::Sliding(duration) => Some(self.ticks(duration)),
            Window::Tier => None,
        };
        Bar { metric: bar.metric, op: bar.op, target, window, min: u64::from(bar.min), limit }
    }

    fn share(&mut self, rule: Rule) -> Limit {
        let key = match rule {
            Rule::Point { target_e8, strict } => (u8::from(strict), 0, target_e8),
            Rule::Bound { method, confidence_e8, target_e8 } => (2 + method as u8, confidence_e8, target_e8),
        };
        let table = self.tables.entry(key).or_insert_with(|| Arc::new(Allowed::new(rule)));
        Limit::Share { rule, allowed: Arc::clone(table) }
    }
}

/// What a bar with this target demands of the share of good samples; `None` for a mean, which has no table.
#[must_use]
pub fn promotion_rule(metric: &policy::Metric, bar: &policy::Bar, target: Decimal) -> Option<Rule> {
    let target_e8 = good_side(target, metric.lower_is_better());
    let rule = match bar.confidence {
        None => Rule::Point { target_e8, strict: matches!(bar.op, Op::Less | Op::More) },
        Some(confidence) => {
            let confidence_e8 = confidence.level.hundred_millionths().unwrap_or(0);
            Rule::Bound { method: confidence.method, confidence_e8, target_e8 }
        }
    };
    (!metric.is_mean()).then_some(rule)
}

/// What a keep bar demands of the share of good samples; `None` for a mean.
#[must_use]
pub fn keep_rule(metric: &policy::Metric, bar: &policy::Bar) -> Option<Rule> {
    let target_e8 = good_side(edge(metric, bar), metric.lower_is_better());
    (!metric.is_mean()).then_some(Rule::Point { target_e8, strict: false })
}

/// The target of a keep bar, less its margin.
#[must_use]
pub fn edge(metric: &policy::Metric, bar: &policy::Bar) -> Decimal {
    let margin = bar.margin.unwrap_or(Decimal::ZERO);
    if metric.lower_is_better() { bar.target.plus(margin) } else { bar.target.minus(margin) }
}

/// The share of good samples that a target asks for, in hundred-millionths.
fn good_side(target: Decimal, lower_is_better: bool) -> i64 {
    let share = if lower_is_better { Decimal::ONE.minus(target) } else { target };
    share.hundred_millionths().unwrap_or(i64::MAX)
}

fn millionths(value: Decimal) -> i64 {
    i64::try_from(value.units() / 1_000_000_000_000).unwrap_or(i64::MAX)
}

fn renew(renew: &policy::Renew) -> Renew {
    Renew { attributes: renew.attributes.clone(), to: renew.to.min(Tier::Walk) }
}
