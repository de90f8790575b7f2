//! `assure`: a world and promises about one gate. One with any fault is left out: there is nothing to prove.

use super::place::{self, Body, Seen, belongs};
use super::{Scope, bar, place_of, value, word};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::names::Items;
use crate::model::policy::{Action, Assurance, Bar, Clause, Gate, Metric, MetricId, Origin, Promise};
use crate::source::Span;
use crate::syntax::ast::{self, ClauseKind, Declaration, Head, Name, Value};
use crate::value::{Decimal, Duration, Step};

/// What an assure block says, as far as it could be built.
#[derive(Default)]
struct World {
    given: Vec<(MetricId, Decimal)>,
    /// The names and places of all `given`, good or not.
    named: Vec<(String, Span)>,
    traffic: Option<(Decimal, Duration)>,
    has_traffic: bool,
    promises: Vec<Clause<Promise>>,
    has_promise: bool,
    faulty: bool,
}

/// All assurances that could be built.
pub(in crate::model) fn lower(
    items: &Items,
    actions: &[Action],
    metrics: &[Metric],
    scope: &mut Scope,
) -> Vec<Assurance> {
    items.assures.iter().filter_map(|declaration| assure(declaration, actions, metrics, scope)).collect()
}

fn assure(declaration: &Declaration, actions: &[Action], metrics: &[Metric], scope: &mut Scope) -> Option<Assurance> {
    if declaration.broken {
        // Perhaps it was never meant to be one: what stands in it is not judged.
        scope.broken = true;
        return None;
    }
    let id = declaration.name.as_ref().and_then(|name| scope.action(name));
    let action = id.and_then(|id| actions.get(id.index()));
    let (step, at) = step(declaration, scope);
    let world = world(scope, declaration);
    let missing = report_missing(scope, declaration, &world);
    let gate = gate(scope, action?, step?, at)?;
    if declaration.clauses.iter().any(|clause| place::may_be(clause, "given")) {
        return None;
    }
    let fits = fits(scope, gate, metrics, &world, place_of(declaration));
    if missing || !fits || world.faulty || gate.incomplete {
        return None;
    }
    let World { given, traffic, promises, .. } = world;
    Some(Assurance { action: id?, step: step?, given, traffic, promises, at })
}

fn step(declaration: &Declaration, scope: &mut Scope) -> (Option<Step>, Span) {
    let name = declaration.name.as_ref().map_or(declaration.keyword, |name| declaration.keyword.to(name.span));
    match &declaration.head {
        Head::Assure { step: Some(written) } => (word::step(scope, written), name.to(word::both(written))),
        _ => (None, name),
    }
}

/// The gate that is promised about. One that is missing below the ceiling is a finding of the check floor (CWR201).
fn gate<'a>(scope: &mut Scope, action: &'a Action, step: Step, at: Span) -> Option<&'a Gate> {
    let gate = action.gate(step);
    if gate.is_none() && !action.incomplete && step.to() > action.ceiling_tier() {
        let message = format!("action `{}` has no gate `{step}`", action.name);
        let mut found = Diagnostic::new(Code::MisplacedClause, at, message);
        if let Some(ceiling) = &action.ceiling {
            found = found.also(ceiling.at, "its ceiling");
        }
        scope.out.push(found.help("leave this assure block out: there is nothing to promise about"));
    }
    gate
}

fn world(scope: &mut Scope, declaration: &Declaration) -> World {
    let mut world = World::default();
    scope.spilled = scope.damage.spills(declaration);
    let mut seen = Seen::default();
    for clause in &declaration.clauses {
        if belongs(scope, clause, Body::Assure) {
            take(scope, clause, &mut world, &mut seen);
        } else {
            world.faulty = true;
        }
    }
    world
}

fn take(scope: &mut Scope, clause: &ast::Clause, world: &mut World, seen: &mut Seen) {
    match &clause.kind {
        ClauseKind::GivenRate { metric, rate } => take_rate(scope, metric, rate, world),
        ClauseKind::GivenTraffic { count, per } => {
            world.has_traffic = true;
            if seen.first(scope, clause, "given traffic") {
                world.traffic = traffic(scope, count, per);
            }
            world.faulty |= world.traffic.is_none();
        }
        ClauseKind::Promise { within, at_least, chance } => {
            world.has_promise = true;
            let demotes = clause.keyword.value == "demotes";
            let within = value::ticks(scope, within, "`within`");
            let chance = value::share(scope, chance, &format!("`{}`", place::word(clause)));
            match within.zip(chance) {
                Some((within, chance)) => {
                    let value = Promise { demotes, within, at_least: *at_least, chance };
                    world.promises.push(Clause { value, at: clause.span, from: Origin::Action });
                }
                None => world.faulty = true,
            }
        }
        _ => {
            scope.broken = true;
            world.faulty = true;
            let lost = |word| place::may_be(clause, word);
            world.has_traffic |= lost("given");
            world.has_promise |= lost("promises") || lost("promotes") || lost("demotes");
        }
    }
}

fn take_rate(scope: &mut Scope, metric: &Name, rate: &Value, world: &mut World) {
    let earlier = world.named.iter().find(|(name, _)| *name == metric.value).map(|(_, at)| *at);
    if let Some(first) = earlier {
        let message = format!("`given {}` is given twice", metric.value);
        let found = Diagnostic::new(Code::MisplacedClause, metric.span, message).also(first, "first given here");
        scope.out.push(found.help("leave one of them out: for another world write another assure block"));
        return;
    }
    world.named.push((metric.value.clone(), metric.span));
    let known = scope.metric(metric);
    let rate = known.and_then(|known| known.shape).and_then(|shape| bar::target(scope, rate, shape, &metric.value));
    match known.and_then(|known| known.id).zip(rate) {
        Some(given) => world.given.push(given),
        None => world.faulty = true,
    }
}

fn traffic(scope: &mut Scope, count: &Value, per: &Value) -> Option<(Decimal, Duration)> {
    let help = "write how many samples arrive, such as `given traffic 40 per 1d`";
    let number = value::number(scope, count, "`given traffic`", help);
    let per = value::duration(scope, per, "`per`");
    let number = number?;
    if number > Decimal::ZERO {
        return Some((number, per?));
    }
    value::refuse(scope, count.span, "traffic is not greater than 0".to_owned(), help)
}

/// Whether a promise or the traffic is missing; reported if so.
fn report_missing(scope: &mut Scope, declaration: &Declaration, world: &World) -> bool {
    if scope.damage.hurts(declaration) {
        return true;
    }
    let at = place_of(declaration);
    if !world.has_promise {
        let help = "add one, such as `promotes within 90d at most 5%`";
        scope.report(Code::MissingClause, at, "assure block promises nothing".to_owned(), help);
    }
    if !world.has_traffic {
        let help = "add it, such as `given traffic 40 per 1d`";
        scope.report(Code::MissingClause, at, "assure block has no `given traffic`".to_owned(), help);
    }
    !world.has_promise || !world.has_traffic
}

/// Whether the `given` are those of the gate's metrics: one for every bar (and for every keep bar where demotion is
/// promised about), none for others.
fn fits(scope: &mut Scope, gate: &Gate, metrics: &[Metric], world: &World, at: Span) -> bool {
    if gate.incomplete {
        return false;
    }
    let demotes = world.promises.iter().any(|promise| promise.value.demotes);
    let keeps = gate.keeps.iter().filter(|_| demotes);
    let mut fits = true;
    let mut asked = Vec::new();
    for bar in gate.bars.iter().chain(keeps) {
        let Some(metric) = metrics.get(bar.value.metric.index()) else { continue };
        let named = world.named.iter().any(|(name, _)| *name == metric.name);
        if !named && !asked.contains(&bar.value.metric) {
            asked.push(bar.value.metric);
            report_missing_given(scope, metric, bar, at);
            fits = false;
        }
    }
    fits & only_of_gate(scope, gate, metrics, world)
}

fn report_missing_given(scope: &mut Scope, metric: &Metric, bar: &Clause<Bar>, at: Span) {
    let name = &metric.name;
    let example = if metric.is_mean() { "a number of its scale" } else { "its true rate, such as `= 92%`" };
    let found = Diagnostic::new(Code::MissingClause, at, format!("assure block has no `given {name}`"));
    let found = found.also(bar.at, format!("this gate looks at `{name}`"));
    scope.out.push(found.help(format!("add `given {name}` with {example}")));
}

fn only_of_gate(scope: &mut Scope, gate: &Gate, metrics: &[Metric], world: &World) -> bool {
    let mut fits = true;
    for (id, _) in &world.given {
        let Some(metric) = metrics.get(id.index()) else { continue };
        if gate.bars.iter().chain(&gate.keeps).any(|bar| bar.value.metric == *id) {
            continue;
        }
        let place = world.named.iter().find(|(name, _)| *name == metric.name).map_or(gate.at, |(_, at)| *at);
        let found = Diagnostic::new(Code::MisplacedClause, place, format!("`given {}` says nothing here", metric.name));
        let found = found.also(gate.at, format!("this gate does not look at `{}`", metric.name));
        scope.out.push(found.help("leave it out"));
        fits = false;
    }
    fits
}
