//! The walk over all values that have a path.

use super::Kind;
use super::read::Value;
use crate::model::lower::value::hundredfold;
use crate::model::names::Unit;
use crate::model::paths;
use crate::model::policy::{
    Action, Alive, Bar, Clause, Confidence, Gate, Ladder, LadderId, Method, Metric, MetricKind, Origin, Policy, Stale,
    Trip, Window,
};
use crate::source::Span;
use crate::value::{Decimal, Duration, Step, Tier};
use std::fmt;

/// The path of the tick.
pub(super) const TICK: &str = "policy.evaluate";

/// Whose value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Policy,
    Metric,
    Ladder(LadderId),
    Action(Option<LadderId>),
}

/// Where a value is.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) owner: Owner,
    pub(super) path: String,
    /// The path without whose it is.
    part: String,
    /// A keep bar that is a bar with a margin has two paths.
    alias: Option<String>,
    /// The clause; where there is none, the declaration's name.
    pub(super) at: Span,
    /// There is such a clause.
    present: bool,
    pub(super) from: Origin,
}

impl Place {
    pub(super) fn is_called(&self, path: &str) -> bool {
        self.path == path || self.alias.as_deref() == Some(path)
    }

    /// Whether it is an action type's, by way of this clause of a ladder or of the policy.
    pub(super) fn inherits(&self, of: &Self) -> bool {
        let field = |place: &Self| place.part.rsplit('.').next().map(str::to_owned);
        match (self.owner, of.owner) {
            (Owner::Action(_), _) if of.present => self.present && self.at == of.at && field(self) == field(of),
            (Owner::Action(follows), Owner::Ladder(ladder)) => {
                follows == Some(ladder) && !self.present && self.part == of.part
            }
            _ => false,
        }
    }
}

/// A value, open for change.
pub(super) enum Slot<'a> {
    /// The policy's tick.
    Tick(&'a mut Duration),
    Duration(&'a mut Duration),
    Optional(&'a mut Option<Clause<Duration>>),
    Window(&'a mut Window),
    Count(&'a mut u32),
    Target(&'a mut Decimal, Unit),
    /// Of a `keep` it is needed.
    Margin {
        margin: &'a mut Option<Decimal>,
        unit: Unit,
        needed: bool,
    },
    Confidence(&'a mut Option<Confidence>),
    Reentry(&'a mut Option<Clause<Decimal>>),
    Stale(&'a mut Option<Clause<Stale>>),
    Ceiling(&'a mut Option<Clause<(Tier, String)>>),
}

impl Slot<'_> {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Tick(_) | Self::Duration(_) | Self::Optional(_) | Self::Stale(_) => Kind::Duration,
            Self::Window(_) => Kind::Window,
            Self::Count(_) => Kind::Count,
            Self::Target(_, Unit::Share) => Kind::Share,
            Self::Margin { unit: Unit::Share, .. } | Self::Reentry(_) => Kind::Points,
            Self::Target(_, Unit::Scale(_)) | Self::Margin { unit: Unit::Scale(_), .. } => Kind::Number,
            Self::Confidence(_) => Kind::Confidence,
            Self::Ceiling(_) => Kind::Ceiling,
        }
    }

    pub(super) fn is_optional(&self) -> bool {
        match self {
            Self::Margin { needed, .. } => !needed,
            Self::Optional(_) | Self::Confidence(_) | Self::Reentry(_) | Self::Ceiling(_) => true,
            Self::Tick(_)
            | Self::Duration(_)
            | Self::Window(_)
            | Self::Count(_)
            | Self::Target(..)
            | Self::Stale(_) => false,
        }
    }

    /// The length of time that must be whole ticks.
    pub(super) fn duration(&self) -> Option<Duration> {
        match self {
            Self::Duration(duration) => Some(**duration),
            Self::Optional(clause) => clause.as_ref().map(|clause| clause.value),
            Self::Window(Window::Sliding(duration))
            | Self::Stale(Some(Clause { value: Stale::After(duration), .. })) => Some(*duration),
            _ => None,
        }
    }

    /// Changes it to a value that was read for a slot like it; a clause that was not there is then of that place.
    pub(super) fn write(self, value: &Value, place: &Place) {
        let of = |old: Option<(Span, Origin)>| old.unwrap_or((place.at, place.from));
        match (self, value) {
            (Self::Tick(slot) | Self::Duration(slot), Value::Duration(Some(new))) => *slot = *new,
            (Self::Optional(slot), Value::Duration(new)) => {
                let (at, from) = of(slot.as_ref().map(|old| (old.at, old.from)));
                *slot = new.map(|value| Clause { value, at, from });
            }
            (Self::Window(slot), Value::Window(new)) => *slot = *new,
            (Self::Count(slot), Value::Count(new)) => *slot = *new,
            (Self::Target(slot, _), Value::Decimal(Some(new))) => *slot = *new,
            (Self::Margin { margin, .. }, Value::Decimal(new)) => *margin = *new,
            (Self::Confidence(slot), Value::Confidence(new)) => *slot = *new,
            (Self::Reentry(slot), Value::Decimal(new)) => {
                let (at, from) = of(slot.as_ref().map(|old| (old.at, old.from)));
                *slot = new.map(|value| Clause { value, at, from });
            }
            (Self::Stale(slot), Value::Stale(new)) => {
                let (at, from) = of(slot.as_ref().map(|old| (old.at, old.from)));
                *slot = Some(Clause { value: new.clone(), at, from });
            }
            (Self::Ceiling(slot), Value::Ceiling(new)) => {
                let (at, from) = of(slot.as_ref().map(|old| (old.at, old.from)));
                let because = slot.take().map_or_else(String::new, |old| old.value.1);
                *slot = new.map(|tier| Clause { value: (tier, because), at, from });
            }
            // What was read for one kind of slot is only ever written to that kind.
            _ => {}
        }
    }
}

impl fmt::Display for Slot<'_> {
    /// As a policy says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |f: &mut fmt::Formatter, share: Decimal, unit| write!(f, "{}{unit}", hundredfold(share));
        match self {
            Self::Tick(duration) | Self::Duration(duration) => duration.fmt(f),
            Self::Optional(Some(Clause { value, .. })) => value.fmt(f),
            Self::Window(Window::Tier) => f.write_str("tier"),
            Self::Count(count) => count.fmt(f),
            Self::Target(target, Unit::Share) => share(f, **target, "%"),
            Self::Margin { margin: Some(margin), unit: Unit::Share, .. } => share(f, *margin, "pp"),
            Self::Target(number, Unit::Scale(_)) => number.fmt(f),
            Self::Margin { margin: Some(number), .. } => number.fmt(f),
            Self::Confidence(Some(Confidence { level, method })) => {
                share(f, *level, "%")?;
                if *method == Method::Exact { Ok(()) } else { write!(f, " {}", method.word()) }
            }
            Self::Reentry(Some(Clause { value, .. })) => share(f, *value, "pp"),
            Self::Window(Window::Sliding(duration))
            | Self::Stale(Some(Clause { value: Stale::After(duration), .. })) => duration.fmt(f),
            Self::Stale(Some(Clause { value: Stale::Never(_), .. })) => f.write_str("never"),
            Self::Ceiling(Some(Clause { value: (tier, _), .. })) => f.write_str(tier.word()),
            _ => f.write_str("none"),
        }
    }
}

/// Who wants to see every value.
type Visitor<'v> = dyn FnMut(&Place, Slot) + 'v;

/// Shows every value that has a path, in order of declaration.
pub(super) fn visit(policy: &mut Policy, visitor: &mut Visitor) {
    let at = policy.at;
    let mut own = Owned { owner: Owner::Policy, name: "policy".to_owned(), at, visitor };
    own.show("evaluate", None, Slot::Tick(&mut policy.tick));
    own.show("promote", None, Slot::Duration(&mut policy.promote_per));
    own.trips(&mut policy.trips);
    for metric in &mut policy.metrics {
        let name = format!("metric.{}", metric.name);
        Owned { owner: Owner::Metric, name, at: metric.at, visitor }.metric(metric);
    }
    let units: Vec<Unit> = policy.metrics.iter().map(unit).collect();
    for (index, ladder) in policy.ladders.iter_mut().enumerate() {
        let (owner, name) = (Owner::Ladder(LadderId::new(index)), format!("ladder.{}", ladder.name));
        let Ladder { gates, trips, stale, cooldown, reentry, at, .. } = ladder;
        let body = Body { gates, trips, stale, cooldown, reentry };
        Owned { owner, name, at: *at, visitor }.body(body, &units);
    }
    for action in &mut policy.actions {
        let Action { gates, trips, stale, cooldown, reentry, ceiling, at, follows, name, .. } = action;
        let body = Body { gates, trips, stale, cooldown, reentry };
        let mut own = Owned { owner: Owner::Action(*follows), name: name.clone(), at: *at, visitor };
        own.body(body, &units);
        own.show("ceiling", ceiling.as_ref().map(|clause| (clause.at, clause.from)), Slot::Ceiling(ceiling));
    }
}

fn unit(metric: &Metric) -> Unit {
    match metric.kind {
        MetricKind::Mean { low, high, .. } => Unit::Scale(Some((low, high))),
        MetricKind::Verdict { .. } | MetricKind::Event { .. } => Unit::Share,
    }
}

/// The clauses that ladders and actions share.
struct Body<'a> {
    gates: &'a mut [Option<Gate>; 2],
    trips: &'a mut Vec<Clause<Trip>>,
    stale: &'a mut Option<Clause<Stale>>,
    cooldown: &'a mut Option<Clause<Duration>>,
    reentry: &'a mut Option<Clause<Decimal>>,
}

/// One declaration's values.
struct Owned<'a, 'v> {
    owner: Owner,
    name: String,
    at: Span,
    visitor: &'a mut Visitor<'v>,
}

impl Owned<'_, '_> {
    fn show(&mut self, part: &str, clause: Option<(Span, Origin)>, slot: Slot) {
        self.show_as(part, None, clause, slot);
    }

    fn show_as(&mut self, part: &str, alias: Option<String>, clause: Option<(Span, Origin)>, slot: Slot) {
        let absent = match self.owner {
            Owner::Policy | Owner::Metric => Origin::Policy,
            Owner::Ladder(id) => Origin::Ladder(id),
            Owner::Action(_) => Origin::Action,
        };
        let (at, from) = clause.unwrap_or((self.at, absent));
        let path = format!("{}.{part}", self.name);
        let alias = alias.map(|part| format!("{}.{part}", self.name));
        let place =
            Place { owner: self.owner, path, part: part.to_owned(), alias, at, present: clause.is_some(), from };
        (self.visitor)(&place, slot);
    }

    fn metric(&mut self, metric: &mut Metric) {
        match &mut metric.kind {
            MetricKind::Verdict { settle: Some((after, _)), .. } => self.show("settle", None, Slot::Duration(after)),
            MetricKind::Event { within, .. } => self.show("within", None, Slot::Duration(within)),
            MetricKind::Verdict { .. } | MetricKind::Mean { .. } => {}
        }
        if let Alive::Signals(_, within) = &mut metric.alive {
            self.show("alive", None, Slot::Duration(within));
        }
    }

    fn body(&mut self, body: Body, units: &[Unit]) {
        let Body { gates, trips, stale, cooldown, reentry } = body;
        for gate in gates.iter_mut().flatten() {
            self.gate(gate, units);
        }
        self.show("cooldown", cooldown.as_ref().map(|it| (it.at, it.from)), Slot::Optional(cooldown));
        self.show("reentry", reentry.as_ref().map(|it| (it.at, it.from)), Slot::Reentry(reentry));
        self.trips(trips);
        if let Some(clause) = stale {
            let place = Some((clause.at, clause.from));
            self.show("stale", place, Slot::Stale(stale));
        }
    }

    fn gate(&mut self, gate: &mut Gate, units: &[Unit]) {
        let step = gate.step;
        let mut kept = 0;
        for (index, bar) in gate.bars.iter_mut().enumerate() {
            let alias = bar.value.margin.is_some().then(|| keep_part(step, kept));
            kept += usize::from(alias.is_some());
            self.bar(&part(&paths::bar("", step, index)), alias.as_deref(), bar, units, false);
        }
        for (index, keep) in gate.keeps.iter_mut().enumerate() {
            self.bar(&keep_part(step, kept + index), None, keep, units, true);
        }
        if let Some(hold) = &mut gate.hold {
            self.show(&part(&paths::hold("", step)), Some((hold.at, hold.from)), Slot::Duration(&mut hold.value));
        }
        let place = gate.stop.as_ref().map(|clause| (clause.at, clause.from));
        self.show(&part(&paths::stop("", step)), place, Slot::Optional(&mut gate.stop));
    }

    fn bar(&mut self, part: &str, alias: Option<&str>, clause: &mut Clause<Bar>, units: &[Unit], keep: bool) {
        let (place, bar) = (Some((clause.at, clause.from)), &mut clause.value);
        let unit = units.get(bar.metric.index()).copied().unwrap_or(Unit::Share);
        let mut show = |field: &str, slot| {
            self.show_as(&format!("{part}.{field}"), alias.map(|alias| format!("{alias}.{field}")), place, slot);
        };
        show("target", Slot::Target(&mut bar.target, unit));
        show("over", Slot::Window(&mut bar.window));
        show("min", Slot::Count(&mut bar.min));
        if !keep && matches!(unit, Unit::Share) {
            show("confidence", Slot::Confidence(&mut bar.confidence));
        }
        show("margin", Slot::Margin { margin: &mut bar.margin, unit, needed: keep });
    }

    fn trips(&mut self, trips: &mut [Clause<Trip>]) {
        for (index, trip) in trips.iter_mut().enumerate() {
            let (part, place) = (part(&paths::trip("", index)), Some((trip.at, trip.from)));
            self.show(&format!("{part}.count"), place, Slot::Count(&mut trip.value.count));
            self.show(&format!("{part}.within"), place, Slot::Duration(&mut trip.value.within));
        }
    }
}

/// A path of no one in particular, without its point.
fn part(path: &str) -> String {
    path.trim_start_matches('.').to_owned()
}

fn keep_part(step: Step, index: usize) -> String {
    part(&paths::keep("", step, index))
}
