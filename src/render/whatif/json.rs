//! The JSON of variants and sweeps: keys in this order, integers, one trailing newline.

use super::{Compared, Swept, instant};
use crate::plan::Plan;
use crate::render::ordered::Ordered;
use crate::replay::{Figures, Kind, Summary};
use crate::value::Tier;
use crate::value::duration::Tick;
use crate::whatif::compare::Change;
use crate::whatif::{READINGS, Variant};
use serde::Serialize;

#[derive(Serialize)]
struct FiguresJson {
    decisions: Ordered<&'static str, u64>,
    ticks: Ordered<&'static str, u64>,
    records: u64,
    autonomous: u64,
    unattended: u64,
    harm: HarmJson,
    flaps: u64,
    coverage: CoverageJson,
}

#[derive(Serialize)]
struct HarmJson {
    seen: u64,
    released: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct CoverageJson {
    boundaries: u64,
    with_evidence: u64,
}

#[derive(Serialize)]
struct Head<'a> {
    cwrc: &'static str,
    policy: &'a str,
    plan_digest: &'a str,
    from: String,
    to: String,
    tick_seconds: i64,
}

#[derive(Serialize)]
struct ComparedJson<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    variants: Vec<VariantJson<'a>>,
}

#[derive(Serialize)]
struct VariantJson<'a> {
    name: &'a str,
    plan_digest: &'a str,
    set: Ordered<&'a str, &'a str>,
    against: Option<&'a str>,
    forced: Vec<ForcedJson<'a>>,
    readings: Ordered<&'static str, ReadingJson<'a>>,
}

#[derive(Serialize)]
struct ForcedJson<'a> {
    action: &'a str,
    to: &'static str,
    at: String,
    /// In which readings it moves anything.
    made: Vec<&'static str>,
}

#[derive(Serialize)]
struct ReadingJson<'a> {
    sum: FiguresJson,
    actions: Ordered<&'a str, FiguresJson>,
}

#[derive(Serialize)]
struct SweptJson<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    sweep: Vec<AxisJson<'a>>,
    now: Ordered<&'static str, FiguresJson>,
    variants: Vec<CellJson<'a>>,
    front: Ordered<&'static str, &'a [usize]>,
    better_on_both: Ordered<&'static str, &'a [usize]>,
}

#[derive(Serialize)]
struct AxisJson<'a> {
    path: &'a str,
    now: &'a str,
    values: &'a [String],
}

#[derive(Serialize)]
struct CellJson<'a> {
    set: Ordered<&'a str, &'a str>,
    is_now: bool,
    readings: Ordered<&'static str, FiguresJson>,
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn head(plan: &Plan, span: (Tick, Tick)) -> Head<'_> {
    Head {
        cwrc: "1",
        policy: &plan.policy,
        plan_digest: &plan.digest,
        from: instant(plan, span.0).to_string(),
        to: instant(plan, span.1).to_string(),
        tick_seconds: plan.tick_seconds,
    }
}

fn figures(figures: &Figures) -> FiguresJson {
    let exposed = &figures.exposed;
    FiguresJson {
        decisions: Ordered(Kind::ALL.iter().map(|kind| (kind.word(), figures.count(*kind))).collect()),
        ticks: Ordered(Tier::ALL.iter().map(|tier| (tier.word(), figures.ticks[tier.index()])).collect()),
        records: exposed.records,
        autonomous: exposed.autonomous,
        unattended: exposed.unattended,
        harm: HarmJson { seen: exposed.seen, released: exposed.released, unknown: exposed.unknown },
        flaps: figures.flaps,
        coverage: CoverageJson { boundaries: figures.boundaries, with_evidence: figures.with_evidence },
    }
}

/// Something for each reading of the evidence.
fn by_reading<T>(of: impl Fn(usize) -> T) -> Ordered<&'static str, T> {
    Ordered(READINGS.iter().enumerate().map(|(at, evidence)| (evidence.word(), of(at))).collect())
}

fn variant(variant: &Variant) -> VariantJson<'_> {
    let plan = &variant.plan;
    let reading = |summary: &Summary| ReadingJson {
        sum: figures(&summary.sum),
        actions: Ordered(
            plan.actions.iter().zip(&summary.actions).map(|(action, it)| (action.name.as_str(), figures(it))).collect(),
        ),
    };
    let (set, against) = match &variant.change {
        Change::Nothing => (Vec::new(), None),
        Change::Set(changes) => (changes.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect(), None),
        Change::Against(what) => (Vec::new(), Some(what.as_str())),
    };
    let forced = variant.forced.iter().map(|forced| ForcedJson {
        action: &plan.actions[forced.action.index()].name,
        to: forced.to.word(),
        at: forced.at.to_string(),
        made: READINGS
            .iter()
            .zip(&variant.readings)
            .filter(|(_, summary)| summary.makes(plan, forced))
            .map(|(evidence, _)| evidence.word())
            .collect(),
    });
    VariantJson {
        name: &variant.name,
        plan_digest: &plan.digest,
        set: Ordered(set),
        against,
        forced: forced.collect(),
        readings: by_reading(|at| reading(&variant.readings[at])),
    }
}

impl Compared<'_> {
    /// All figures of all variants.
    #[must_use]
    pub fn json(&self) -> String {
        let variants = self.variants.iter().map(variant).collect();
        text(&ComparedJson { head: head(self.plan, self.span), variants })
    }
}

impl Swept<'_> {
    /// The figures of every variant, and which stand out.
    #[must_use]
    pub fn json(&self) -> String {
        let now = self.grid.now();
        let cell = |(at, cell): (usize, &crate::whatif::Cell)| CellJson {
            set: Ordered(self.grid.changes(at).collect()),
            is_now: now == Some(at),
            readings: by_reading(|reading| figures(&cell[reading])),
        };
        let axes = self.grid.axes.iter();
        text(&SweptJson {
            head: head(self.plan, self.span),
            sweep: axes.map(|axis| AxisJson { path: &axis.path, now: &axis.now, values: &axis.values }).collect(),
            now: by_reading(|reading| figures(&self.now[reading])),
            variants: self.cells.iter().enumerate().map(cell).collect(),
            front: by_reading(|reading| self.notable[reading].front.as_slice()),
            better_on_both: by_reading(|reading| self.notable[reading].better.as_slice()),
        })
    }
}
