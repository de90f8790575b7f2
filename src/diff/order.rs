//! When one clause asks for no less than another: the proofs behind `tightens` and `neutral`.
//!
//! Clauses of a kind act together: all bars of a gate must clear, any keep bar may fail, any trip may fire. So a clause of
//! one policy is *covered* by those of the other if one of them does whatever it does. All old clauses covered by the new
//! ones: never looser. All new ones covered by the old: never tighter.
//!
//! A bound is never above the share itself, and rises neither with its level nor with its target's harder side; of all
//! bounds that are valid at one look the exact one is the highest, so what `anytime` clears `exact` clears too. Other
//! pairs of methods, and windows of different length, are not ordered.

use super::side::Side;
use super::words;
use crate::model::policy::{Bar, Method, Trip, Window};
use crate::plan::compile::{edge, keep_rule, promotion_rule};
use crate::stats::Rule;
use crate::syntax::ast::Op;
use crate::value::Decimal;

/// What a bar or keep measures, comparable between policies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    metric: Measure,
    /// The window in seconds; `None`: since the tier was entered.
    window: Option<i64>,
    min: u32,
    demand: Demand,
}

#[derive(Clone, Debug, PartialEq)]
enum Demand {
    Share(Rule),
    Mean(Decimal, Op),
}

/// A metric, comparable between policies.
#[derive(Clone, Debug)]
struct Measure {
    name: String,
    /// How records become its samples.
    samples: String,
}

/// Of one name (that it is defined otherwise is a change of its own), or of one definition.
impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name || self.samples == other.samples
    }
}

/// A bar as it must clear.
pub(super) fn to_clear(of: &Side, bar: &Bar) -> Measured {
    let metric = &of.policy.metrics[bar.metric.index()];
    let demand = promotion_rule(metric, bar, bar.target).map_or(Demand::Mean(bar.target, bar.op), Demand::Share);
    measured(of, bar, demand)
}

/// A keep bar as it must not fail.
pub(super) fn to_keep(of: &Side, bar: &Bar) -> Measured {
    let metric = &of.policy.metrics[bar.metric.index()];
    let op = if metric.lower_is_better() { Op::AtMost } else { Op::AtLeast };
    let demand = keep_rule(metric, bar).map_or_else(|| Demand::Mean(edge(metric, bar), op), Demand::Share);
    measured(of, bar, demand)
}

fn measured(of: &Side, bar: &Bar, demand: Demand) -> Measured {
    let window = match bar.window {
        Window::Sliding(duration) => Some(duration.seconds()),
        Window::Tier => None,
    };
    let metric = &of.policy.metrics[bar.metric.index()];
    let metric = Measure { name: metric.name.clone(), samples: words::samples(of, metric) };
    Measured { metric, window, min: bar.min, demand }
}

impl Measured {
    fn sees_as(&self, other: &Self) -> bool {
        self.metric == other.metric && self.window == other.window
    }

    /// Whether what clears this one clears the other.
    pub(super) fn clears_no_more_than(&self, other: &Self) -> bool {
        self.sees_as(other) && self.min >= other.min && self.demand.is_no_less(&other.demand)
    }

    /// Whether this one fails wherever the other fails.
    fn fails_with(&self, other: &Self) -> bool {
        self.sees_as(other) && self.min <= other.min && self.demand.is_no_less(&other.demand)
    }

    /// Whether this one is without enough evidence wherever the other is.
    fn starves_with(&self, other: &Self) -> bool {
        self.sees_as(other) && self.min >= other.min
    }
}

/// Whether some of these keep bars fail wherever this one fails, and starve where it starves if that matters.
pub(super) fn keep_is_covered(keep: &Measured, by: &[Measured], with_stale: bool) -> bool {
    by.iter().any(|it| it.fails_with(keep)) && (!with_stale || by.iter().any(|it| it.starves_with(keep)))
}

impl Demand {
    /// Whether what meets this meets the other.
    fn is_no_less(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Share(one), Self::Share(other)) => rule_is_no_less(one, other),
            (Self::Mean(one, op), Self::Mean(other, other_op)) => {
                let is_beyond = match op {
                    Op::AtLeast | Op::More => one > other,
                    _ => one < other,
                };
                let is_strict = |op: &Op| matches!(op, Op::More | Op::Less);
                is_beyond || one == other && (is_strict(op) || !is_strict(other_op))
            }
            _ => false,
        }
    }
}

/// Whether c(n) of the one is nowhere above c(n) of the other.
fn rule_is_no_less(one: &Rule, other: &Rule) -> bool {
    match (*one, *other) {
        (Rule::Point { target_e8: one, strict }, Rule::Point { target_e8: other, strict: other_strict }) => {
            let (one, other) = (one.max(0), other.max(0));
            one > other || one == other && (strict || !other_strict)
        }
        (Rule::Bound { target_e8: one, .. }, Rule::Point { target_e8: other, .. }) => one >= other,
        (Rule::Point { .. }, Rule::Bound { .. }) => false,
        (
            Rule::Bound { method, confidence_e8, target_e8 },
            Rule::Bound { method: other_method, confidence_e8: other_confidence, target_e8: other_target },
        ) => {
            let is_lower = method == other_method || (other_method, method) == (Method::Exact, Method::Anytime);
            is_lower && confidence_e8 >= other_confidence && target_e8 >= other_target
        }
    }
}

/// A trip, comparable between policies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tripping<'a> {
    pub(super) signals: Vec<&'a str>,
    pub(super) everywhere: bool,
    pub(super) trip: &'a Trip,
}

impl Tripping<'_> {
    /// Whether this one fires wherever the other fires, and takes the action type as low.
    pub(super) fn fires_with(&self, other: &Self) -> bool {
        other.signals.iter().all(|signal| self.signals.contains(signal))
            && (self.everywhere || !other.everywhere)
            && self.trip.count <= other.trip.count
            && self.trip.within.seconds() >= other.trip.within.seconds()
            && self.trip.to <= other.trip.to
    }
}
