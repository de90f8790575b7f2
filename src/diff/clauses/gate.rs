//! The changes of one gate: bars, keeps, hold, requires, approval, stop.

use super::super::order::{self, Measured};
use super::super::{Draft, Verdict};
use super::lists::{Edited, edited};
use super::{Compared, SAME};
use crate::model::paths;
use crate::model::policy::{Bar, Clause, Gate, Requires, Stale};
use crate::replay::Kind;
use crate::value::{Duration, Step};

/// The same gate in both policies.
struct Gates<'a> {
    of: &'a Compared<'a>,
    step: Step,
    one: &'a Gate,
    other: &'a Gate,
    clearing: (Vec<Measured>, Vec<Measured>),
    keeping: (Vec<Measured>, Vec<Measured>),
}

impl Compared<'_> {
    pub(super) fn gate(&self, step: Step) -> Vec<Draft> {
        let (Some(one), Some(other)) = (self.one.gate(step), self.other.gate(step)) else { return Vec::new() };
        let clear_one = |bar: &Clause<Bar>| order::to_clear(self.old, &bar.value);
        let clear_other = |bar: &Clause<Bar>| order::to_clear(self.new, &bar.value);
        let keep_one = |bar: &Clause<Bar>| order::to_keep(self.old, &bar.value);
        let keep_other = |bar: &Clause<Bar>| order::to_keep(self.new, &bar.value);
        let gates = Gates {
            of: self,
            step,
            one,
            other,
            clearing: (one.bars.iter().map(clear_one).collect(), other.bars.iter().map(clear_other).collect()),
            keeping: (one.keep_bars().map(keep_one).collect(), other.keep_bars().map(keep_other).collect()),
        };
        let mut all = gates.bars();
        all.extend(gates.keeps());
        all.iter_mut().filter_map(|draft| draft.open.as_mut()).for_each(|open| open.at = Some(step.to()));
        all.extend(gates.hold());
        all.extend(gates.requires());
        all.extend(gates.approval());
        all.extend(gates.stop());
        all
    }
}

impl Gates<'_> {
    fn name(&self) -> &str {
        &self.of.other.name
    }

    /// Whether silence can take it down under either policy.
    fn with_stale(&self) -> bool {
        let is_timed = |stale: &Clause<Stale>| matches!(stale.value, Stale::After(_));
        [&self.of.one.stale, &self.of.other.stale].into_iter().flatten().any(is_timed)
    }

    fn keep_before(&self, bar: &Bar) -> Measured {
        order::to_keep(self.of.old, bar)
    }

    fn keep_after(&self, bar: &Bar) -> Measured {
        order::to_keep(self.of.new, bar)
    }

    fn is_same(&self, one: &Bar, other: &Bar) -> bool {
        let is_clearing = order::to_clear(self.of.old, one) == order::to_clear(self.of.new, other);
        is_clearing && one.margin == other.margin
    }

    /// Whether both policies say it in the same words.
    fn reads<T>(&self, one: &Clause<T>, other: &Clause<T>) -> bool {
        self.of.is_said_so(Some(one), Some(other))
    }

    fn is_same_metric(&self, one: &Bar, other: &Bar) -> bool {
        self.of.old.metric_name(one.metric) == self.of.new.metric_name(other.metric)
    }

    fn bars(&self) -> Vec<Draft> {
        let lists = (self.one.bars.as_slice(), self.other.bars.as_slice());
        let is_same = |one: &Clause<Bar>, other: &Clause<Bar>| self.is_same(&one.value, &other.value);
        let is_of_metric = |one: &Clause<Bar>, other: &Clause<Bar>| self.is_same_metric(&one.value, &other.value);
        let all = edited(lists, |one, other| is_same(one, other) && self.reads(one, other), &[&is_same, &is_of_metric]);
        all.iter().map(|it| self.bar(it)).collect()
    }

    /// A bar must be cleared; with a margin it must be kept too.
    fn bar(&self, bar: &Edited<Bar>) -> Draft {
        let (olds, news) = (&self.clearing.0, &self.clearing.1);
        let before = bar.before.map(|it| order::to_clear(self.of.old, &it.value));
        let after = bar.after.map(|it| order::to_clear(self.of.new, &it.value));
        let is_covered = |it: &Measured, by: &[Measured]| by.iter().any(|other| other.clears_no_more_than(it));
        let keep_before = bar.before.filter(|it| it.value.margin.is_some()).map(|it| self.keep_before(&it.value));
        let keep_after = bar.after.filter(|it| it.value.margin.is_some()).map(|it| self.keep_after(&it.value));
        let (loosens, tightens) = self.keep_moves(keep_before.as_ref(), keep_after.as_ref());
        let up = if before.is_some_and(|it| !is_covered(&it, news)) { vec![self.step] } else { Vec::new() };
        let kept = if loosens { vec![Kind::Demote, Kind::Stale] } else { Vec::new() };
        let verdict = verdict(up, kept, tightens || after.is_some_and(|it| !is_covered(&it, olds)));
        let path = paths::bar(self.name(), self.step, bar.index);
        let because =
            ("asks for the same", "whatever clears it now cleared before, and whatever failed before fails now");
        self.of.draft(&path, self.of.said(bar.before, bar.after), verdict, because)
    }

    /// Whether something that was kept track of is not any more, and the other way round.
    fn keep_moves(&self, before: Option<&Measured>, after: Option<&Measured>) -> (bool, bool) {
        let with_stale = self.with_stale();
        let (olds, news) = (&self.keeping.0, &self.keeping.1);
        let loosens = before.is_some_and(|it| !order::keep_is_covered(it, news, with_stale));
        (loosens, after.is_some_and(|it| !order::keep_is_covered(it, olds, with_stale)))
    }

    fn keeps(&self) -> Vec<Draft> {
        let lists = (self.one.keeps.as_slice(), self.other.keeps.as_slice());
        let is_same =
            |one: &Clause<Bar>, other: &Clause<Bar>| self.keep_before(&one.value) == self.keep_after(&other.value);
        let is_of_metric = |one: &Clause<Bar>, other: &Clause<Bar>| self.is_same_metric(&one.value, &other.value);
        let all = edited(lists, |one, other| is_same(one, other) && self.reads(one, other), &[&is_same, &is_of_metric]);
        let margins = self.other.keep_bars().count() - self.other.keeps.len();
        let draft = |keep: &Edited<Bar>| {
            let before = keep.before.map(|it| self.keep_before(&it.value));
            let after = keep.after.map(|it| self.keep_after(&it.value));
            let (loosens, tightens) = self.keep_moves(before.as_ref(), after.as_ref());
            let kept = if loosens { vec![Kind::Demote, Kind::Stale] } else { Vec::new() };
            let path = paths::keep(self.name(), self.step, margins + keep.index);
            let because = ("keeps it to the same", "whatever failed before fails now");
            self.of.draft(&path, self.of.said(keep.before, keep.after), verdict(Vec::new(), kept, tightens), because)
        };
        all.iter().map(draft).collect()
    }

    fn hold(&self) -> Option<Draft> {
        let (before, after) = (self.one.hold.as_ref()?, self.other.hold.as_ref()?);
        let (one, other) = (before.value.seconds(), after.value.seconds());
        let verdict = match other.cmp(&one) {
            std::cmp::Ordering::Equal => self.of.reworded(Some(before), Some(after))?,
            std::cmp::Ordering::Greater => Verdict::Tightens,
            std::cmp::Ordering::Less => Verdict::Open(vec![self.step], Vec::new()),
        };
        let path = paths::hold(self.name(), self.step);
        let said = self.of.said(Some(before), Some(after));
        Some(self.of.draft(&path, said, verdict, (SAME, "the bars must clear for longer")))
    }

    fn requires(&self) -> Vec<Draft> {
        let met = |it: &Requires, by: &Requires| self.other_action(*it) == Some(by.action) && by.tier >= it.tier;
        let same = |one: &Requires, other: &Requires| self.other_action(*one) == Some(other.action);
        let lists = (self.one.requires.as_slice(), self.other.requires.as_slice());
        let is_same = |one: &Clause<Requires>, other: &Clause<Requires>| same(&one.value, &other.value);
        let is_equal = |one: &Clause<Requires>, other: &Clause<Requires>| {
            is_same(one, other) && one.value.tier == other.value.tier
        };
        let all = edited(lists, |one, other| is_equal(one, other) && self.reads(one, other), &[&is_equal, &is_same]);
        let draft = |it: &Edited<Requires>| {
            let is_met = |one: &Requires| self.other.requires.iter().any(|other| met(one, &other.value));
            let loosens = it.before.is_some_and(|before| !is_met(&before.value));
            let up = if loosens { vec![self.step] } else { Vec::new() };
            let path = paths::requires(self.name(), self.step, it.index);
            let because = ("asks for the same", "another action type must stand higher first");
            self.of.draft(&path, self.of.said(it.before, it.after), verdict(up, Vec::new(), true), because)
        };
        all.iter().map(draft).collect()
    }

    /// The action type of the new policy that an old `requires` names.
    fn other_action(&self, requires: Requires) -> Option<crate::model::policy::ActionId> {
        self.of.pairs.iter().find(|pair| pair.old == Some(requires.action)).and_then(|pair| pair.new)
    }

    fn approval(&self) -> Option<Draft> {
        let (before, after) = (self.one.approval.as_ref(), self.other.approval.as_ref());
        let verdict = match (before, after) {
            (None, None) => return None,
            (Some(one), Some(other)) if one.value == other.value => return None,
            (Some(_), Some(_)) => Verdict::Unclear("whose word weighs more is not for numbers to say"),
            (None, Some(_)) => Verdict::Tightens,
            (Some(_), None) => Verdict::Open(vec![self.step], Vec::new()),
        };
        let path = paths::approval(self.name(), self.step);
        Some(self.of.draft(&path, self.of.said(before, after), verdict, ("", "a promotion waits for an approval")))
    }

    /// Without `stop after` an attempt goes on for ever.
    fn stop(&self) -> Option<Draft> {
        let (before, after) = (self.one.stop.as_ref(), self.other.stop.as_ref());
        let end = |stop: Option<&Clause<Duration>>| stop.map_or(i64::MAX, |it| it.value.seconds());
        let verdict = match end(after).cmp(&end(before)) {
            std::cmp::Ordering::Equal => self.of.reworded(before, after)?,
            std::cmp::Ordering::Less => Verdict::Tightens,
            std::cmp::Ordering::Greater => Verdict::Open(vec![self.step], vec![Kind::Stop]),
        };
        let path = paths::stop(self.name(), self.step);
        Some(self.of.draft(&path, self.of.said(before, after), verdict, (SAME, "an attempt ends sooner")))
    }
}

/// Open if it may loosen, else by whether it may tighten.
fn verdict(up: Vec<Step>, kept: Vec<Kind>, tightens: bool) -> Verdict {
    match (up.is_empty() && kept.is_empty(), tightens) {
        (false, _) => Verdict::Open(up, kept),
        (true, true) => Verdict::Tightens,
        (true, false) => Verdict::Neutral,
    }
}
