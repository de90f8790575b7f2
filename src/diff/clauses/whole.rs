//! The changes of an action type as a whole: its name, ceiling, trips, stale, cooldown, reentry, renew.

use super::super::order::Tripping;
use super::super::side::Side;
use super::super::{Draft, Said, Verdict};
use super::lists::{Edited, edited};
use super::{Compared, SAME};
use crate::model::paths;
use crate::model::policy::{Action, AttributeKind, Clause, Origin, Renew, Stale, Trip};
use crate::replay::Kind;
use crate::value::{Decimal, Duration, Step, Tier};
use std::cmp::Ordering;

impl Compared<'_> {
    /// What it is called and what is said about it: decides nothing.
    pub(super) fn identity(&self) -> Vec<Draft> {
        let (one, other) = (self.one, self.other);
        let mut all = Vec::new();
        let mut say = |path: String, before: Option<String>, after: Option<String>, because: &str| {
            if before != after {
                let before = before.map(|text| Said { text, at: one.at });
                let after = after.map(|text| Said { text, at: other.at });
                all.push(self.draft(&path, (before, after), Verdict::Neutral, (because, because)));
            }
        };
        let name = |action: &Action| Some(format!("action {}", action.name));
        let renamed = format!(
            "renamed: `formerly` carries its history and tier over; a record that was called `{}` before counts as its own",
            other.name
        );
        say(other.name.clone(), name(one), name(other), &renamed);
        let title = |action: &Action| action.title.as_ref().map(|title| format!("{title:?}"));
        say(format!("{}.title", other.name), title(one), title(other), "a title decides nothing");
        let flag = |is_there: bool, word: &str| is_there.then(|| word.to_owned());
        let (before, after) = (one.irreversible.is_some(), other.irreversible.is_some());
        let because = "decides nothing; `cwrc check` is stricter with what cannot be undone";
        say(format!("{}.irreversible", other.name), flag(before, "irreversible"), flag(after, "irreversible"), because);
        let (before, after) = (one.read_only.is_some(), other.read_only.is_some());
        let because = "decides nothing; a read-only action counts no harm";
        say(format!("{}.read_only", other.name), flag(before, "read_only"), flag(after, "read_only"), because);
        all
    }

    pub(super) fn ceiling(&self) -> Option<Draft> {
        let (before, after) = (self.one.ceiling.as_ref(), self.other.ceiling.as_ref());
        let (one, other) = (self.one.ceiling_tier(), self.other.ceiling_tier());
        let is_said_so = before.map(|it| &it.value.1) == after.map(|it| &it.value.1);
        let verdict = match other.cmp(&one) {
            Ordering::Equal if is_said_so => return None,
            Ordering::Equal => Verdict::Neutral,
            Ordering::Less => Verdict::Tightens,
            Ordering::Greater => Verdict::Open(Step::ALL.into_iter().filter(|it| it.to() > one).collect(), Vec::new()),
        };
        let because = ("the same ceiling, for another reason", "it never goes as high");
        Some(self.draft(&paths::ceiling(&self.other.name), self.said(before, after), verdict, because))
    }

    pub(super) fn trips(&self) -> Vec<Draft> {
        let lists = (self.one.trips.as_slice(), self.other.trips.as_slice());
        let olds: Vec<Tripping> = lists.0.iter().map(|clause| tripping(self.old, clause)).collect();
        let news: Vec<Tripping> = lists.1.iter().map(|clause| tripping(self.new, clause)).collect();
        let is_equal = |before: &Clause<Trip>, after: &Clause<Trip>| {
            let (before, after) = (tripping(self.old, before), tripping(self.new, after));
            before.fires_with(&after) && after.fires_with(&before)
        };
        let is_alike = |before: &Clause<Trip>, after: &Clause<Trip>| {
            let (before, after) = (tripping(self.old, before), tripping(self.new, after));
            before.signals.iter().any(|it| after.signals.contains(it))
        };
        let draft = |it: &Edited<Trip>| {
            let before = it.before.map(|clause| tripping(self.old, clause));
            let after = it.after.map(|clause| tripping(self.new, clause));
            // One that leads to no lower tier than the ceiling takes nothing down and bars nothing.
            let is_idle = |trip: &Tripping| trip.trip.to >= self.lower_ceiling();
            let is_covered =
                |trip: &Tripping, by: &[Tripping]| is_idle(trip) || by.iter().any(|other| other.fires_with(trip));
            let verdict = if before.is_some_and(|trip| !is_covered(&trip, &news)) {
                Verdict::Open(self.steps(), vec![Kind::Trip])
            } else if after.is_some_and(|trip| !is_covered(&trip, &olds)) {
                Verdict::Tightens
            } else {
                Verdict::Neutral
            };
            let because = (
                "it changes nothing that another trip does not do, or that the ceiling allows",
                "it fires wherever it fired before, and more",
            );
            let path = paths::trip(&self.other.name, it.index);
            self.draft(&path, self.said(it.before, it.after), verdict, because)
        };
        let is_unchanged = |before: &Clause<Trip>, after: &Clause<Trip>| {
            is_equal(before, after) && self.is_said_so(Some(before), Some(after))
        };
        edited(lists, is_unchanged, &[&is_equal, &is_alike]).iter().map(draft).collect()
    }

    /// What holds at every tier: stale, cooldown, reentry, renew.
    pub(super) fn standing(&self) -> Vec<Draft> {
        [self.stale(), self.cooldown(), self.reentry(), self.renew()].into_iter().flatten().collect()
    }

    fn stale(&self) -> Option<Draft> {
        let (before, after) = (self.one.stale.as_ref(), self.other.stale.as_ref());
        let span = |stale: Option<&Clause<Stale>>| match stale.map(|it| &it.value) {
            Some(Stale::After(duration)) => duration.seconds(),
            Some(Stale::Never(_)) | None => i64::MAX,
        };
        let verdict = match span(after).cmp(&span(before)) {
            Ordering::Equal => self.reworded(before, after)?,
            Ordering::Less => Verdict::Tightens,
            Ordering::Greater => Verdict::Open(Vec::new(), vec![Kind::Stale]),
        };
        let because = (SAME, "silence takes it down sooner");
        Some(self.draft(&paths::stale(&self.other.name), self.said(before, after), verdict, because))
    }

    fn cooldown(&self) -> Option<Draft> {
        let (before, after) = (self.one.cooldown.as_ref(), self.other.cooldown.as_ref());
        let span = |clause: Option<&Clause<Duration>>| clause.map_or(0, |it| it.value.seconds());
        let verdict = longer(span(after).cmp(&span(before)), self.steps()).or_else(|| self.reworded(before, after))?;
        let because = (SAME, "after a demotion it is considered later");
        Some(self.draft(&paths::cooldown(&self.other.name), self.said(before, after), verdict, because))
    }

    fn reentry(&self) -> Option<Draft> {
        let (before, after) = (self.one.reentry.as_ref(), self.other.reentry.as_ref());
        let more = |clause: Option<&Clause<Decimal>>| clause.map_or(Decimal::ZERO, |it| it.value);
        let verdict = longer(more(after).cmp(&more(before)), self.steps()).or_else(|| self.reworded(before, after))?;
        let because = (SAME, "after its first demotion the bars ask for more");
        Some(self.draft(&paths::reentry(&self.other.name), self.said(before, after), verdict, because))
    }

    /// A new version cuts old evidence off, the bad with the good: only a lower tier for the same attributes tightens.
    fn renew(&self) -> Option<Draft> {
        let (before, after) = (self.one.renew.as_ref(), self.other.renew.as_ref());
        let cohort = |of: &Side, renew: &Renew| -> Vec<(String, AttributeKind)> {
            let attribute = |it: &crate::model::policy::AttributeId| &of.policy.attributes[it.index()];
            let mut keys: Vec<_> =
                renew.attributes.iter().map(|it| (attribute(it).key.clone(), attribute(it).kind)).collect();
            keys.sort_by(|one, other| one.0.cmp(&other.0));
            keys.dedup();
            keys
        };
        let of_old = before.map(|it| cohort(self.old, &it.value));
        let of_new = after.map(|it| cohort(self.new, &it.value));
        let to = |clause: Option<&Clause<Renew>>| clause.map_or(Tier::Run, |it| it.value.to);
        let verdict = match (of_old == of_new, to(after).cmp(&to(before))) {
            (true, Ordering::Equal) => self.reworded(before, after)?,
            (true, Ordering::Less) => Verdict::Tightens,
            (true, Ordering::Greater) => Verdict::Open(Vec::new(), vec![Kind::Renew]),
            (false, _) => Verdict::Open(self.steps(), vec![Kind::Renew, Kind::Demote, Kind::Stale]),
        };
        let because = (SAME, "a new version starts lower");
        Some(self.draft(&paths::renew(&self.other.name), self.said(before, after), verdict, because))
    }
}

/// More of it tightens.
fn longer(ordering: Ordering, steps: Vec<Step>) -> Option<Verdict> {
    match ordering {
        Ordering::Equal => None,
        Ordering::Greater => Some(Verdict::Tightens),
        Ordering::Less => Some(Verdict::Open(steps, Vec::new())),
    }
}

fn tripping<'a>(of: &'a Side, clause: &'a Clause<Trip>) -> Tripping<'a> {
    let name = |id: &crate::model::policy::SignalId| of.policy.signals[id.index()].name.as_str();
    let signals = clause.value.signals.iter().map(name).collect();
    Tripping { signals, everywhere: clause.from == Origin::Policy, trip: &clause.value }
}
