//! Gates and worlds for the tests: one simple gate with stated figures, and random ones.

use crate::engine;
use crate::random::rng::Rng;
use cwrc::model::policy::{ActionId, MetricId};
use cwrc::odds::{Asked, Course, Flow, World};
use cwrc::plan::{Bar, Gate, Limit, Plan};
use cwrc::stats::{Allowed, Rule};
use cwrc::syntax::ast::Op;
use cwrc::value::{Decimal, Step};
use std::fmt::Write as _;
use std::sync::Arc;

/// A gate of the only action type of a plan, in a world.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) plan: Plan,
    pub(super) gate: Gate,
    pub(super) world: World,
}

impl Setting {
    fn asked(&self, within: i64) -> Asked<'_> {
        Asked { plan: &self.plan, action: ActionId(0), gate: &self.gate, world: &self.world, within }
    }

    pub(super) fn promotion(&self, within: i64) -> Course {
        self.asked(within).promotion().expect("a course")
    }

    pub(super) fn demotion(&self, within: i64) -> Course {
        self.asked(within).demotion().expect("a course")
    }
}

/// The least policy with a verdict metric in its only gate.
const SIMPLE: &str = r#"
policy p { owner "t" }
signal good
signal bad
metric quality from staff { good good bad bad }
action a {
  risk low
  gate crawl to walk {
    bar  quality >= 95% over 14d min 200 margin 4pp
    hold 14d
  }
  ceiling walk because "test"
  stale 28d
}
"#;

/// A bar of quality over so many ticks.
pub(super) fn share_bar(rule: Rule, window: i64, min: i64) -> Bar {
    Bar {
        metric: MetricId(0),
        op: Op::AtLeast,
        target: Decimal::ZERO,
        window: Some(window),
        min: min.unsigned_abs(),
        limit: Limit::Share { rule, allowed: Arc::new(Allowed::new(rule)) },
    }
}

/// One bar, in the world of an agent that is right in this share, and so many samples a tick.
pub(super) fn simple(bar: Bar, hold: i64, right: &str, per_tick: &str) -> Setting {
    let plan = engine::plan(SIMPLE);
    let mut gate = plan.actions[0].gates[0].clone().expect("a gate");
    (gate.bars[0].first, gate.hold) = (bar, hold);
    let flow = Flow { count: decimal(per_tick), per_seconds: plan.tick_seconds };
    let world = World::even(vec![(MetricId(0), decimal(right))], flow);
    Setting { plan, gate, world }
}

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// A gate from one tier to the next of a random policy, in a random world.
pub(super) struct Random {
    pub(super) setting: Setting,
    pub(super) within: i64,
    /// The policy, to show.
    pub(super) text: String,
}

/// Metrics of every kind that a bar may look at; `calm` never has a sample.
const METRICS: &str = r#"
signal good
signal bad
signal fixed
signal hit
signal stars
signal calm
signal storm
metric plain from reviewer { good good bad bad }
metric settled from staff { bad fixed settle 2d as good alive unchecked because "test" }
metric hits from customer { counts hit within 3d alive unchecked because "test" }
metric mean from customer { mean of stars between 1 and 5 }
metric quiet from customer { good calm bad storm }
"#;

const NAMES: [&str; 4] = ["plain", "settled", "hits", "mean"];

/// The clause of a bar, and the true rate of its metric: near the target, so that chance matters.
fn bar(rng: &mut Rng, metric: usize, word: &str) -> (String, Decimal) {
    let window = match (word, rng.between(1, 4)) {
        ("bar", 1) => "tier".to_owned(),
        _ => format!("{}d", rng.between(1, 9)),
    };
    let margin = if word == "keep" { "margin" } else { "" };
    let min = rng.between(1, 12);
    let point = rng.between(-6, 6);
    let (test, rate) = match metric {
        0 | 1 => {
            let target = rng.between(70, 97);
            (
                format!("{} {target}%", [">=", ">"][rng.index(2)]),
                Decimal::whole((target + point).clamp(0, 100)).percent(),
            )
        }
        2 => {
            let target = rng.between(3, 30);
            (
                format!("{} {target}%", ["<=", "<"][rng.index(2)]),
                Decimal::whole((target + point).clamp(0, 100)).percent(),
            )
        }
        _ => {
            let target = rng.between(30, 48);
            (
                format!(">= {}.{}", target / 10, target % 10),
                decimal(&format!("{}.{}", (target + point) / 10, (target + point) % 10)),
            )
        }
    };
    let margin = match (margin, metric) {
        ("", _) => String::new(),
        (_, 3) => format!("margin 0.{}", rng.between(1, 4)),
        _ => format!("margin {}pp", rng.between(1, 3)),
    };
    let confidence = match (word, metric, window.as_str(), rng.between(1, 6)) {
        ("bar", 0..3, "tier", 1) => "confidence 80% anytime",
        ("bar", 0..3, _, 2) => "confidence 60%",
        ("bar", 0..3, _, 3) => "confidence 70% wilson",
        _ => "",
    };
    (format!("{word} {} {test} over {window} min {min} {confidence} {margin}", NAMES[metric]), rate)
}

/// A random gate: one bar or two of different metrics, and the same of keep bars, at crawl or at walk.
pub(super) fn random(seed: u64) -> Random {
    let mut rng = Rng::new(seed);
    let metrics = if rng.chance(35) { vec![rng.index(2), 2 + rng.index(2)] } else { vec![rng.index(4)] };
    let made =
        |rng: &mut Rng, word| metrics.iter().map(|metric| bar(rng, *metric, word)).unzip::<_, _, Vec<_>, Vec<_>>();
    let (bars, rates) = made(&mut rng, "bar");
    let (keeps, _) = made(&mut rng, "keep");
    let ending = if rng.chance(30) { format!("stop after {}d", rng.between(20, 30)) } else { String::new() };
    let gate =
        format!("{}\n    {}\n    hold {}d\n    {ending}", bars.join("\n    "), keeps.join("\n    "), rng.between(1, 6));
    let quiet = "bar quiet >= 50% over 5d min 1 margin 10pp\n    hold 5d";
    let step = if rng.chance(50) { Step::CrawlToWalk } else { Step::WalkToRun };
    let (first, second) = if step == Step::CrawlToWalk { (gate.as_str(), quiet) } else { (quiet, gate.as_str()) };
    let stale = if rng.chance(50) { format!("{}d", rng.between(14, 20)) } else { "never because \"test\"".to_owned() };
    let mut text = format!("policy p {{ owner \"t\" }}\n{METRICS}");
    let _ = writeln!(
        text,
        "action a {{\n  risk low\n  gate crawl to walk {{\n    {first}\n  }}\n  gate walk to run {{\n    {second}\n  }}\n  \
         stale {stale}\n}}"
    );
    let plan = engine::unchecked_plan(&text);
    let gate = plan.actions[0].gates[step.index()].clone().expect("a gate");
    let rates = metrics.iter().zip(rates).map(|(metric, rate)| (MetricId::new(*metric), rate)).collect();
    let count = Decimal::whole(rng.between(2, 14)).percent().share_of(Decimal::whole(50));
    let world = World::even(rates, Flow { count, per_seconds: plan.tick_seconds });
    Random { setting: Setting { plan, gate, world }, within: rng.between(12, 40), text }
}
