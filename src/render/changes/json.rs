//! For programs: keys in this order, one trailing newline.

use super::{Compared, Place, class};
use crate::diff::replayed::{Decided, Fared, Figures, Replayed};
use crate::diff::{Change, Class, Edge, Gates, Moved, Reach, Said, Witness};
use crate::render::ordered::Ordered;
use crate::value::{Instant, Tier};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    cwrc: &'static str,
    class: &'static str,
    counts: Ordered<&'static str, usize>,
    policies: Vec<PolicyJson<'a>>,
}

#[derive(Serialize)]
struct PolicyJson<'a> {
    old: Option<SideJson<'a>>,
    new: Option<SideJson<'a>>,
    same_plan: bool,
    class: &'static str,
    changes: Vec<ChangeJson<'a>>,
    gates: Vec<GateJson<'a>>,
    witnesses: Vec<WitnessJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<ReplayJson<'a>>,
}

#[derive(Serialize)]
struct SideJson<'a> {
    path: String,
    policy: &'a str,
    plan_digest: &'a str,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    class: &'static str,
    action: Option<&'a str>,
    path: &'a str,
    before: Option<SaidJson<'a>>,
    after: Option<SaidJson<'a>>,
    because: &'a str,
    moved: Vec<MovedJson<'a>>,
    witness: Option<usize>,
}

#[derive(Serialize)]
struct SaidJson<'a> {
    text: &'a str,
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct MovedJson<'a> {
    record: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
}

#[derive(Serialize)]
struct GateJson<'a> {
    action: &'a str,
    gate: String,
    before: Option<ReachJson<'a>>,
    after: Option<ReachJson<'a>>,
}

#[derive(Serialize)]
struct ReachJson<'a> {
    bars: &'a [String],
    falls_back: Vec<EdgeJson<'a>>,
    sees_a_fall_after_seconds: i64,
    earliest_promotion_seconds: i64,
}

#[derive(Serialize)]
struct EdgeJson<'a> {
    metric: &'a str,
    side: &'static str,
    value: String,
}

#[derive(Serialize)]
struct WitnessJson<'a> {
    shows: &'a str,
    no_approvals: bool,
    lines: usize,
    file: Option<&'a str>,
}

#[derive(Serialize)]
struct ReplayJson<'a> {
    decisions: Vec<DecidedJson<'a>>,
    actions: Vec<FaredJson<'a>>,
    sum: BothJson,
}

#[derive(Serialize)]
struct DecidedJson<'a> {
    action: &'a str,
    kind: &'static str,
    from: &'static str,
    to: &'static str,
    old: Option<String>,
    new: Option<String>,
}

#[derive(Serialize)]
struct FaredJson<'a> {
    action: &'a str,
    #[serde(flatten)]
    both: BothJson,
}

#[derive(Serialize)]
struct BothJson {
    old: Option<FiguresJson>,
    new: Option<FiguresJson>,
}

#[derive(Serialize)]
struct FiguresJson {
    seconds: Ordered<&'static str, u64>,
    records: u64,
    autonomous: u64,
    unattended: u64,
    harm: HarmJson,
    silent_from: Option<String>,
}

#[derive(Serialize)]
struct HarmJson {
    seen: u64,
    released: u64,
    unknown: u64,
}

/// All policies.
pub(super) fn render(all: &[Compared]) -> String {
    let of_class = |class: Class| all.iter().flat_map(|one| &one.diff.changes).filter(|it| it.class == class).count();
    let json = Document {
        cwrc: "1",
        class: class(all).word(),
        counts: Ordered(Class::ALL.map(|class| (class.word(), of_class(class))).into()),
        policies: all.iter().map(policy).collect(),
    };
    serde_json::to_string_pretty(&json).unwrap_or_default() + "\n"
}

fn policy<'a>(one: &'a Compared) -> PolicyJson<'a> {
    PolicyJson {
        old: side(one.old),
        new: side(one.new),
        same_plan: one.diff.same_plan,
        class: one.diff.class().word(),
        changes: one.diff.changes.iter().map(|it| change(one, it)).collect(),
        gates: one.diff.gates.iter().map(gate).collect(),
        witnesses: witnesses(one),
        replay: one.replayed.as_ref().map(replay),
    }
}

fn side(place: Place<'_>) -> Option<SideJson<'_>> {
    let path = format!("{}{}", place.before_paths, place.path?);
    Some(SideJson { path, policy: &place.side.policy.name, plan_digest: &place.side.plan.digest })
}

fn change<'a>(one: &Compared, it: &'a Change) -> ChangeJson<'a> {
    let moved = |it: &'a Moved| MovedJson { record: &it.record, from: it.from.as_deref(), to: it.to.as_deref() };
    ChangeJson {
        class: it.class.word(),
        action: it.action.as_deref(),
        path: &it.path,
        before: it.before.as_ref().map(|it| said(one.old, it)),
        after: it.after.as_ref().map(|it| said(one.new, it)),
        because: &it.because,
        moved: it.moved.iter().map(moved).collect(),
        witness: it.witness,
    }
}

fn said<'a>(place: Place, said: &'a Said) -> SaidJson<'a> {
    let (line, column) = place.side.sources.position(said.at);
    let file = format!("{}{}", place.before_paths, place.side.sources.get(said.at.file).path);
    SaidJson { text: &said.text, file, line, column }
}

fn gate(it: &Gates) -> GateJson<'_> {
    let gate = format!("{} to {}", it.step.from(), it.step.to());
    GateJson { action: &it.action, gate, before: it.before.as_ref().map(reach), after: it.after.as_ref().map(reach) }
}

fn reach(it: &Reach) -> ReachJson<'_> {
    ReachJson {
        bars: &it.bars,
        falls_back: it.falls_back.iter().map(fall).collect(),
        sees_a_fall_after_seconds: it.reaction,
        earliest_promotion_seconds: it.earliest,
    }
}

fn fall(it: &Edge) -> EdgeJson<'_> {
    EdgeJson { metric: &it.metric, side: if it.above { "above" } else { "below" }, value: it.value.to_string() }
}

fn witnesses<'a>(one: &'a Compared) -> Vec<WitnessJson<'a>> {
    let of = |(at, it): (usize, &'a Witness)| WitnessJson {
        shows: &it.shows,
        no_approvals: it.no_approvals,
        lines: it.history.lines().count(),
        file: one.written.get(at).map(String::as_str),
    };
    one.diff.witnesses.iter().enumerate().map(of).collect()
}

fn replay(it: &Replayed) -> ReplayJson<'_> {
    let (old, new) = &it.sums;
    ReplayJson {
        decisions: it.decisions.iter().map(decided).collect(),
        actions: it.actions.iter().map(fared).collect(),
        sum: both(Some(old), Some(new)),
    }
}

fn time(seconds: i64) -> String {
    Instant::from_seconds(seconds).to_string()
}

fn decided(it: &Decided) -> DecidedJson<'_> {
    DecidedJson {
        action: &it.action,
        kind: it.kind.word(),
        from: it.from.word(),
        to: it.to.word(),
        old: it.old.map(time),
        new: it.new.map(time),
    }
}

fn fared(it: &Fared) -> FaredJson<'_> {
    FaredJson { action: &it.name, both: both(it.old.as_ref(), it.new.as_ref()) }
}

fn both(old: Option<&Figures>, new: Option<&Figures>) -> BothJson {
    BothJson { old: old.map(figures), new: new.map(figures) }
}

fn figures(it: &Figures) -> FiguresJson {
    let exposed = it.exposed;
    FiguresJson {
        seconds: Ordered(Tier::ALL.map(|tier| (tier.word(), it.seconds[tier.index()])).into()),
        records: exposed.records,
        autonomous: exposed.autonomous,
        unattended: exposed.unattended,
        harm: HarmJson { seen: exposed.seen, released: exposed.released, unknown: exposed.unknown },
        silent_from: it.silent_from.map(time),
    }
}
