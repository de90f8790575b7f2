//! The JSON of `simulate --format json`: interfaces.md §3, keys in its order.

use super::bars::{Look, View};
use super::decimal::show;
use super::json::Value;
use super::policy::Bar;
use super::time;
use super::world::World;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// An object whose keys stay in the order given.
pub(crate) struct Ordered<T>(pub(crate) Vec<(String, T)>);

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) cwrc: &'static str,
    pub(crate) policy: String,
    pub(crate) plan_digest: String,
    pub(crate) evidence: &'static str,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) tick_seconds: i64,
    pub(crate) records: Records,
    pub(crate) tiers: Ordered<&'static str>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) actions: Ordered<ActionReport>,
}

#[derive(Serialize)]
pub(crate) struct Records {
    pub(crate) total: u64,
    pub(crate) classified: u64,
    pub(crate) unclassified: u64,
    pub(crate) duplicates: u64,
    pub(crate) bad: std::collections::BTreeMap<&'static str, u64>,
    pub(crate) late_outcomes: u64,
    pub(crate) contradicted: u64,
    pub(crate) without_tier: u64,
    pub(crate) notices: u64,
}

/// Each kind has some of the optional keys, always in this order.
#[derive(Serialize, Default)]
pub(crate) struct Decision {
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) kind: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) held_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) behind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bars: Option<Vec<BarReport>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) approval: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) signals: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) window: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cohort: Option<Ordered<serde_json::Value>>,
    pub(crate) clause: String,
}

#[derive(Serialize)]
pub(crate) struct BarReport {
    metric: String,
    op: &'static str,
    target: String,
    window: [String; 2],
    n: i64,
    #[serde(flatten)]
    figures: Figures,
    min: i64,
    state: &'static str,
}

/// Rates have `bad` and `allowed_bad`, means `sum` and `limit`.
#[derive(Serialize)]
#[serde(untagged)]
enum Figures {
    Rate { bad: i64, allowed_bad: i64 },
    Mean { sum: String, limit: String },
}

#[derive(Serialize)]
pub(crate) struct ActionReport {
    pub(crate) timeline: Vec<(String, &'static str)>,
    pub(crate) coverage: Coverage,
    pub(crate) records: u64,
    pub(crate) autonomous: u64,
    pub(crate) unattended: u64,
    pub(crate) harm: Harm,
    pub(crate) next: Option<Next>,
}

#[derive(Serialize)]
pub(crate) struct Coverage {
    pub(crate) boundaries: i64,
    pub(crate) with_evidence: i64,
    pub(crate) silent_from: Option<String>,
}

#[derive(Serialize, Default)]
pub(crate) struct Harm {
    pub(crate) seen: u64,
    pub(crate) released: u64,
    pub(crate) unknown: u64,
}

#[derive(Serialize)]
pub(crate) struct Next {
    pub(crate) gate: &'static str,
    pub(crate) state: &'static str,
    pub(crate) bars: Vec<NextBar>,
}

#[derive(Serialize)]
pub(crate) struct NextBar {
    metric: String,
    n: i64,
    #[serde(flatten)]
    figures: Figures,
    state: &'static str,
}

pub(crate) fn whole(number: i128) -> i64 {
    i64::try_from(number).expect("a count")
}

/// Half-open, from a first tick to a boundary.
pub(crate) fn window(world: &World, from: i128, to: i128) -> [String; 2] {
    [time::show(world.instant(from)), time::show(world.instant(to))]
}

fn figures(look: &Look) -> Figures {
    if look.is_mean {
        Figures::Mean { sum: show(look.sum), limit: show(look.limit) }
    } else {
        Figures::Rate { bad: whole(look.bad), allowed_bad: whole(look.allowed_bad) }
    }
}

fn bar_report(view: &View, bar: &Bar, look: &Look, state: &'static str) -> BarReport {
    BarReport {
        metric: bar.metric.clone(),
        op: bar.op.name(),
        target: show(look.target),
        window: window(view.world, look.from, view.boundary),
        n: whole(look.n),
        figures: figures(look),
        min: whole(bar.min),
        state,
    }
}

/// `state` of the bars of a gate: clears short insufficient no_data.
pub(crate) fn gate_bars(view: &View, bars: &[Bar]) -> Vec<BarReport> {
    let report = |bar: &Bar| {
        let look = view.promotion_bar(bar);
        bar_report(view, bar, &look, look.state("clears", "short"))
    };
    bars.iter().map(report).collect()
}

/// `state` of keep bars: keeps fails insufficient no_data.
pub(crate) fn keep_bars(view: &View, bars: &[&Bar]) -> Vec<BarReport> {
    let report = |bar: &&Bar| {
        let look = view.keep_bar(bar);
        bar_report(view, bar, &look, look.state("keeps", "fails"))
    };
    bars.iter().map(report).collect()
}

pub(crate) fn next_bar(bar: &Bar, look: &Look) -> NextBar {
    let state = look.state("clears", "short");
    NextBar { metric: bar.metric.clone(), n: whole(look.n), figures: figures(look), state }
}

/// "Text and flags as they are, numbers as strings in shortest exact decimal form, null if absent."
pub(crate) fn cohort_value(value: Option<&Value>) -> serde_json::Value {
    match value {
        None => serde_json::Value::Null,
        Some(Value::Text(text)) => serde_json::Value::from(text.as_str()),
        Some(Value::Flag(flag)) => serde_json::Value::from(*flag),
        Some(other) => serde_json::Value::from(other.canonical()),
    }
}
