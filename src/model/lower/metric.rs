//! `metric`: its judge, its one kind, and how it is known to be alive. CWR104 for a side that can never count.
//!
//! A metric with any fault is left out of the policy; its name still knows whether its values are shares or numbers
//! and which way is better, as far as that can be seen, so that bars on it are checked.

use super::place::{self, Body, Seen, belongs, may_be};
use super::{Scope, list, named, place_of, title, value, word};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::names::{Items, MetricName, Shape, Unit};
use crate::model::policy::{Alive, Judge, Metric, MetricId, MetricKind, SignalId, Silence};
use crate::source::Span;
use crate::syntax::ast::{Clause, ClauseKind, Declaration, Head, Name, Value};
use crate::value::{Decimal, Duration};
use std::collections::HashMap;

const JUDGES: [(&str, Judge); 3] =
    [("reviewer", Judge::Reviewer), ("staff", Judge::Staff), ("customer", Judge::Customer)];
const SILENCES: [(&str, Silence); 3] = [("good", Silence::Good), ("bad", Silence::Bad), ("nothing", Silence::Nothing)];
/// The largest bound of a scale.
const FARTHEST: i64 = 1_000_000_000;

/// Which of the three kinds a clause belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Verdict,
    Event,
    Mean,
}

impl Family {
    fn of(kind: &ClauseKind) -> Option<Self> {
        match kind {
            ClauseKind::Good(_) | ClauseKind::Bad(_) | ClauseKind::Settle { .. } => Some(Self::Verdict),
            ClauseKind::Counts { .. } => Some(Self::Event),
            ClauseKind::Mean { .. } | ClauseKind::LowerIsBetter => Some(Self::Mean),
            _ => None,
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Verdict => "a verdict metric (`good`, `bad`, `settle`)",
            Self::Event => "an event metric (`counts`), where fewer is better",
            Self::Mean => "a mean",
        }
    }
}

/// The clauses of one metric, each the first of its slot, in this kind.
#[derive(Default)]
struct Parts<'a> {
    good: Option<(&'a Clause, &'a [Name])>,
    bad: Option<(&'a Clause, &'a [Name])>,
    settle: Option<(&'a Value, &'a Name)>,
    counts: Option<(&'a Clause, &'a [Name], Option<&'a Value>)>,
    mean: Option<(&'a Name, &'a Value, &'a Value)>,
    lower_is_better: bool,
    alive: Option<&'a Clause>,
    faulty: bool,
}

/// All metrics that could be built; their names become known.
pub(in crate::model) fn lower(items: &Items, scope: &mut Scope) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for item in &items.metrics {
        let (metric, shape) = metric(item.declaration, scope);
        let Some(name) = item.declaration.name.as_ref().filter(|_| item.kept) else { continue };
        let id = metric.is_some().then(|| MetricId::new(metrics.len()));
        scope.names.metrics.define(&name.value, MetricName { id, shape });
        metrics.extend(metric);
    }
    metrics
}

fn metric(declaration: &Declaration, scope: &mut Scope) -> (Option<Metric>, Option<Shape>) {
    let judge = judge(declaration, scope);
    let family = family(declaration, scope);
    let parts = collect(declaration, family, scope);
    scope.cut = parts.faulty || scope.damage.hurts(declaration);
    let alive = alive(scope, parts.alive);
    let kind = kind(declaration, family, &parts, scope);
    let shape = family.map(|family| shape(family, &parts, kind.as_ref()));
    scope.broken |= declaration.broken;
    let whole = !declaration.broken && !parts.faulty;
    let built = (declaration.name.as_ref().filter(|_| whole), judge, kind, alive);
    let (Some(name), Some(judge), Some(kind), Some(alive)) = built else { return (None, shape) };
    let metric = Metric { name: name.value.clone(), title: title(declaration), judge, kind, alive, at: name.span };
    (Some(metric), shape)
}

fn judge(declaration: &Declaration, scope: &mut Scope) -> Option<Judge> {
    let Head::Metric { from } = &declaration.head else { return None };
    if let Some(from) = from {
        return word::choose(scope, from, "judge", &JUDGES);
    }
    if !scope.damage.hurts(declaration) {
        let message = format!("{} does not say who judges", named(declaration));
        let help = "write `from reviewer`, `from staff` or `from customer` after the name";
        scope.report(Code::MissingClause, place_of(declaration), message, help);
    }
    None
}

/// The kind that the metric's first clause says; a clause of another kind is CWR005, once, and leaves it open.
fn family(declaration: &Declaration, scope: &mut Scope) -> Option<Family> {
    let of = |clause: &Clause| Family::of(&clause.kind).filter(|_| clause.kind != ClauseKind::LowerIsBetter);
    let mut clauses = declaration.clauses.iter().filter_map(|clause| Some((clause, of(clause)?)));
    let Some((first, family)) = clauses.next() else {
        return missing_kind(declaration, scope);
    };
    let Some((other, _)) = clauses.find(|(_, other)| *other != family) else {
        return Some(family);
    };
    let message = format!("`{}` and `{}` in one metric", place::word(first), place::word(other));
    let found = Diagnostic::new(Code::MisplacedClause, other.keyword.span, message);
    let label = format!("`{}` makes it {}", place::word(first), family.phrase());
    let help = "a metric is one of three: `good`/`bad` with `settle`, or `counts`, or `mean`; make it two metrics";
    scope.out.push(found.also(first.keyword.span, label).help(help));
    None
}

fn missing_kind(declaration: &Declaration, scope: &mut Scope) -> Option<Family> {
    let lost = |clause: &Clause| ["good", "bad", "counts", "mean", "settle"].iter().any(|word| may_be(clause, word));
    if !scope.damage.hurts(declaration) && !declaration.clauses.iter().any(lost) {
        let message = format!("{} does not say what it measures", named(declaration));
        let help = "write `good S, …` and `bad S, …`, or `counts S, … within D`, or `mean of S between A and B`";
        scope.report(Code::MissingClause, place_of(declaration), message, help);
    }
    None
}

fn collect<'a>(declaration: &'a Declaration, family: Option<Family>, scope: &mut Scope) -> Parts<'a> {
    scope.spilled = scope.damage.spills(declaration);
    let mut parts = Parts::default();
    let mut seen = Seen::default();
    for clause in &declaration.clauses {
        if belongs(scope, clause, Body::Metric) {
            take(scope, clause, family, &mut parts, &mut seen);
        }
    }
    scope.broken |= parts.faulty;
    parts
}

fn take<'a>(scope: &mut Scope, clause: &'a Clause, family: Option<Family>, parts: &mut Parts<'a>, seen: &mut Seen) {
    let mut first = |slot| seen.first(scope, clause, slot);
    match &clause.kind {
        ClauseKind::Good(names) if first("good") => parts.good = Some((clause, names)),
        ClauseKind::Bad(names) if first("bad") => parts.bad = Some((clause, names)),
        ClauseKind::Settle { after, silence } if first("settle") => parts.settle = Some((after, silence)),
        ClauseKind::Counts { signals, within } if first("counts") => {
            parts.counts = Some((clause, signals, within.as_ref()));
        }
        ClauseKind::Mean { signal, low, high } if first("mean") => parts.mean = Some((signal, low, high)),
        ClauseKind::LowerIsBetter if first("lower is better") => {
            parts.lower_is_better = true;
            report_direction(scope, clause, family);
        }
        ClauseKind::Alive { .. } | ClauseKind::AliveUnchecked { .. } if first("alive") => parts.alive = Some(clause),
        ClauseKind::Broken => parts.faulty = true,
        _ => {}
    }
}

/// `lower is better` is for means.
fn report_direction(scope: &mut Scope, clause: &Clause, family: Option<Family>) {
    let Some(family) = family.filter(|family| *family != Family::Mean) else { return };
    let message = format!("`lower is better` does not belong in {}", family.phrase());
    scope.report(Code::MisplacedClause, clause.span, message, "leave it out; only a mean says which way is better");
}

fn shape(family: Family, parts: &Parts, kind: Option<&MetricKind>) -> Shape {
    let unit = match (family, kind) {
        (Family::Mean, Some(MetricKind::Mean { low, high, .. })) => Unit::Scale(Some((*low, *high))),
        (Family::Mean, _) => Unit::Scale(None),
        _ => Unit::Share,
    };
    let lower_is_better = family == Family::Event || (family == Family::Mean && parts.lower_is_better);
    Shape { lower_is_better, unit }
}

fn kind(declaration: &Declaration, family: Option<Family>, parts: &Parts, scope: &mut Scope) -> Option<MetricKind> {
    match family {
        Some(Family::Verdict) => verdict(declaration, parts, scope),
        Some(Family::Event) => event(parts, scope),
        Some(Family::Mean) => mean(parts, scope),
        None => {
            // Only its signals are looked at: they are used, whatever kind it was to be.
            for names in [parts.good.map(|part| part.1), parts.bad.map(|part| part.1), parts.counts.map(|part| part.1)]
            {
                list::signals(scope, names.unwrap_or_default());
            }
            None
        }
    }
}

fn verdict(declaration: &Declaration, parts: &Parts, scope: &mut Scope) -> Option<MetricKind> {
    let before = scope.out.len();
    let good = side(scope, parts.good);
    let bad = side(scope, parts.bad);
    list::not_again(scope, before, parts.good.into_iter().chain(parts.bad).flat_map(|(_, names)| names));
    let disjoint = disjoint(scope, parts);
    let settle = match parts.settle {
        Some((after, silence)) => {
            let after = value::ticks(scope, after, "`settle`");
            let silence = word::choose(scope, silence, "silence", &SILENCES);
            Some(after.zip(silence)).filter(Option::is_some)
        }
        None => Some(None),
    };
    let two_sided = parts.faulty
        || scope.damage.hurts(declaration)
        || settle.is_none_or(|settle| two_sided(declaration, parts, settle, scope));
    let (good, bad, settle) = (good?, bad?, settle?);
    (disjoint && two_sided).then_some(MetricKind::Verdict { good, bad, settle })
}

fn side(scope: &mut Scope, part: Option<(&Clause, &[Name])>) -> Option<Vec<SignalId>> {
    part.map_or_else(|| Some(Vec::new()), |(_, names)| list::signals(scope, names))
}

/// Whether no signal is both good and bad; each that is gets reported.
fn disjoint<'p>(scope: &mut Scope, parts: &Parts<'p>) -> bool {
    let names = |part: Option<(&'p Clause, &'p [Name])>| part.map(|(_, names)| names).unwrap_or_default();
    let good: HashMap<&str, Span> = names(parts.good).iter().map(|name| (name.value.as_str(), name.span)).collect();
    let mut disjoint = true;
    for name in names(parts.bad) {
        let Some(first) = good.get(name.value.as_str()) else { continue };
        disjoint = false;
        let (later, earlier) = if name.span < *first { (*first, name.span) } else { (name.span, *first) };
        let message = format!("signal `{}` is both good and bad", name.value);
        let found = Diagnostic::new(Code::MisplacedClause, later, message);
        scope.out.push(found.also(earlier, "listed here already").help("leave it in one of the two"));
    }
    disjoint
}

/// Whether both sides can count: by a signal, or by silence.
fn two_sided(declaration: &Declaration, parts: &Parts, settle: Option<(Duration, Silence)>, scope: &mut Scope) -> bool {
    let silence = settle.map(|(_, silence)| silence);
    let good = parts.good.is_some() || silence == Some(Silence::Good);
    let bad = parts.bad.is_some() || silence == Some(Silence::Bad);
    if good && bad {
        return true;
    }
    let (side, other) = if good { ("bad", "good") } else { ("good", "bad") };
    let message = format!("{} can never count a {side} sample", named(declaration));
    let there = if good { parts.good } else { parts.bad };
    let help = match (settle, there) {
        (None, _) => format!("add `{side} S, …`, or `settle 30d as {side}` if silence is {side}"),
        (Some((after, _)), Some(_)) => format!("add `{side} S, …`, or write `settle {after} as {side}`"),
        (Some(_), None) => format!("add `{side} S, …`"),
    };
    let mut found = Diagnostic::new(Code::OneSidedMetric, place_of(declaration), message).help(help);
    if let Some((clause, _)) = there {
        found = found.also(clause.span, format!("only `{other}` is here"));
    }
    scope.out.push(found);
    false
}

fn event(parts: &Parts, scope: &mut Scope) -> Option<MetricKind> {
    let (clause, signals, within) = parts.counts?;
    let signals = list::signals(scope, signals);
    let within = within_of(scope, clause.span, within, "`counts`");
    Some(MetricKind::Event { signals: signals?, within: within? })
}

fn within_of(scope: &mut Scope, at: Span, within: Option<&Value>, what: &str) -> Option<Duration> {
    if let Some(value) = within {
        return value::ticks(scope, value, "`within`");
    }
    let help = "add `within 7d`, or however long it may take";
    scope.report_missing(at, format!("{what} does not say within how long"), help)
}

fn mean(parts: &Parts, scope: &mut Scope) -> Option<MetricKind> {
    let (name, low, high) = parts.mean?;
    let signal = scope.signal(name);
    let (least, greatest) = (bound(scope, low), bound(scope, high));
    let (least, greatest) = (least?, greatest?);
    if least >= greatest {
        let message = format!("scale from `{least}` to `{greatest}` has no room");
        let help = if least == greatest {
            "write the least value first and a greater one second".to_owned()
        } else {
            format!("write `between {greatest} and {least}`")
        };
        return value::refuse(scope, low.span.to(high.span), message, help);
    }
    Some(MetricKind::Mean { signal: signal?, low: least, high: greatest, lower_is_better: parts.lower_is_better })
}

fn bound(scope: &mut Scope, written: &Value) -> Option<Decimal> {
    let number = value::number(scope, written, "`between`", "write two numbers, such as `between 1 and 5`")?;
    if number > Decimal::whole(FARTHEST) || number < Decimal::whole(-FARTHEST) {
        let message = format!("`{number}` is too far from 0 for a scale");
        return value::refuse(scope, written.span, message, format!("write a number within ±{FARTHEST}"));
    }
    Some(number)
}

fn alive(scope: &mut Scope, clause: Option<&Clause>) -> Option<Alive> {
    let Some(clause) = clause else { return Some(Alive::Unsaid) };
    match &clause.kind {
        ClauseKind::Alive { signals, within } => {
            let signals = list::signals(scope, signals);
            let within = within_of(scope, clause.span, within.as_ref(), "`alive`");
            Some(Alive::Signals(signals?, within?))
        }
        ClauseKind::AliveUnchecked { because } => {
            value::because(scope, because.as_ref(), clause.span, "`alive unchecked`").map(Alive::Unchecked)
        }
        _ => None,
    }
}
