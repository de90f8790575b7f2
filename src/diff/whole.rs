//! The changes of the policy as a whole: its head, its metrics, what it declares, whose turn it is.

use super::clauses::draft;
use super::side::{Pair, Side};
use super::story::scales_of;
use super::{Draft, Said, Verdict, words};
use crate::model::policy::{Action, Gate, Metric, MetricId, Policy, Signal};
use crate::replay::Kind;
use crate::source::Span;
use crate::value::{Decimal, Step, Tier};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// All of them.
pub(super) fn changes(old: &Side, new: &Side, pairs: &[Pair]) -> Vec<Draft> {
    let mut all = head(old, new);
    all.extend(tick(old, new));
    all.extend(turns(old, new));
    all.extend(order(old, new, pairs));
    all.extend(names(old, new));
    all.extend(scales(old, new));
    all.extend(metrics(old, new, pairs));
    all
}

/// What is said at a place of the policy.
fn said(text: Option<String>, at: Span) -> Option<Said> {
    text.map(|text| Said { text, at })
}

/// Name, title, owner, review date and promises.
fn head(old: &Side, new: &Side) -> Vec<Draft> {
    let (one, other) = (old.policy, new.policy);
    let quoted = |word: &str, text: &Option<String>| text.as_ref().map(|text| format!("{word}{text:?}"));
    let review = |policy: &Policy| policy.review_by.as_ref().map(|it| format!("review by {}", it.value.date()));
    let promises = |of: &Side| {
        let told = |at: Span| of.said(at).text;
        let all = of.policy.assurances.iter().flat_map(|it| it.promises.iter().map(|it| told(it.at)));
        Some(all.collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
    };
    let parts = [
        ("policy.name", Some(format!("policy {}", one.name)), Some(format!("policy {}", other.name))),
        ("policy.title", quoted("", &one.title), quoted("", &other.title)),
        ("policy.owner", quoted("owner ", &one.owner), quoted("owner ", &other.owner)),
        ("policy.review", review(one), review(other)),
        ("assure", promises(old), promises(new)),
    ];
    let changed = parts.into_iter().filter(|(_, before, after)| before != after);
    let neutral = "decides nothing";
    let one_of = |(path, before, after): (&str, Option<String>, Option<String>)| {
        draft(None, path, (said(before, one.at), said(after, other.at)), Verdict::Neutral, (neutral, neutral))
    };
    changed.map(one_of).collect()
}

/// How often the policy looks: it may see what it did not see, and miss what it saw.
fn tick(old: &Side, new: &Side) -> Option<Draft> {
    let (one, other) = (old.policy, new.policy);
    let told = |policy: &Policy| said(Some(format!("evaluate every {}", policy.tick)), policy.at);
    let verdict =
        Verdict::Open(Step::ALL.to_vec(), vec![Kind::Demote, Kind::Stale, Kind::Trip, Kind::Renew, Kind::Stop]);
    let is_same = one.tick.seconds() == other.tick.seconds();
    (!is_same).then(|| draft(None, "policy.evaluate", (told(one), told(other)), verdict, ("", "")))
}

/// How many promotions there can be.
fn turns(old: &Side, new: &Side) -> Option<Draft> {
    let (one, other) = (old.policy, new.policy);
    let verdict = match other.promote_per.seconds().cmp(&one.promote_per.seconds()) {
        Ordering::Equal => return None,
        Ordering::Greater => Verdict::Tightens,
        Ordering::Less => Verdict::Open(Step::ALL.to_vec(), Vec::new()),
    };
    let told = |policy: &Policy| said(Some(format!("promote one per {}", policy.promote_per)), policy.at);
    Some(draft(None, "policy.promote", (told(one), told(other)), verdict, ("", "there are fewer promotions")))
}

/// Of several that could be promoted at once the lowest risk goes first, then the first declared: who goes ahead of
/// whom now?
fn order(old: &Side, new: &Side, pairs: &[Pair]) -> Vec<Draft> {
    let both: Vec<(&Action, &Action, usize, Pair)> = pairs
        .iter()
        .filter_map(|pair| pair.both().map(|(one, other)| (old.action(one), new.action(other), one.index(), *pair)))
        .collect();
    let climbs = |it: &(&Action, &Action, usize, Pair)| it.0.ceiling_tier().min(it.1.ceiling_tier()) > Tier::Crawl;
    let place = |it: &(&Action, &Action, usize, Pair)| ((it.0.risk, it.2), (it.1.risk, it.3.new));
    let swaps = |one: &(&Action, &Action, usize, Pair), other: &(&Action, &Action, usize, Pair)| {
        let (before, after) = (place(one), place(other));
        (before.0 < after.0) != (before.1 < after.1)
    };
    let verdict = |does: bool| {
        if does { Verdict::Open(Step::ALL.to_vec(), Vec::new()) } else { Verdict::Neutral }
    };
    let mut all = Vec::new();
    for it in both.iter().filter(|it| it.0.risk != it.1.risk) {
        let does = climbs(it) && both.iter().any(|other| climbs(other) && !std::ptr::eq(it, other) && swaps(it, other));
        let told = |action: &Action| said(Some(format!("risk {}", action.risk.word())), action.at);
        let because = "the same turns; `cwrc check` may ask for more";
        let path = format!("{}.risk", it.1.name);
        let mut draft = draft(
            Some((it.1, (it.3.old, it.3.new.unwrap_or(crate::model::policy::ActionId(0))))),
            &path,
            (told(it.0), told(it.1)),
            verdict(does),
            (because, because),
        );
        // Another type may be the one that goes first now.
        if let Some(open) = &mut draft.open {
            open.action = None;
        }
        all.push(draft);
    }
    let is_moved = both.windows(2).any(|pair| pair[0].2 > pair[1].2);
    if is_moved {
        let same_risk = |it: &(&Action, &Action, usize, Pair)| it.0.risk == it.1.risk;
        let at_issue: Vec<_> = both.iter().filter(|it| climbs(it) && same_risk(it)).collect();
        let does = at_issue.iter().enumerate().any(|(at, it)| at_issue[..at].iter().any(|other| swaps(it, other)));
        let names = |policy: &Policy| policy.actions.iter().map(|it| it.name.clone()).collect::<Vec<_>>().join(", ");
        let told = (said(Some(names(old.policy)), old.policy.at), said(Some(names(new.policy)), new.policy.at));
        all.push(draft(None, "policy.order", told, verdict(does), ("no turn depends on it", "")));
    }
    all
}

/// Signals and attributes, which decide nothing by themselves.
fn names(old: &Side, new: &Side) -> Vec<Draft> {
    type Named = (String, String, Span);
    let signals = |policy: &Policy| -> Vec<Named> {
        let told = |it: &Signal| format!("signal {}{}", it.name, words::title(it.title.as_deref()));
        policy.signals.iter().map(|it| (format!("signal {}", it.name), told(it), it.at)).collect()
    };
    let attributes = |of: &Side| -> Vec<Named> {
        let kind = |it: &crate::model::policy::Attribute| match it.kind {
            crate::model::policy::AttributeKind::Number => "number",
            crate::model::policy::AttributeKind::Text => "text",
            crate::model::policy::AttributeKind::Flag => "flag",
        };
        let from = |it: &crate::model::policy::Attribute| {
            if it.key == it.name { String::new() } else { format!(" from {:?}", it.key) }
        };
        let title = |it: &crate::model::policy::Attribute| words::title(it.title.as_deref());
        let told = |it: &crate::model::policy::Attribute| {
            format!("attribute {} {}{}{}", it.name, kind(it), title(it), from(it))
        };
        of.policy.attributes.iter().map(|it| (format!("attribute {}", it.name), told(it), it.at)).collect()
    };
    let one: Vec<Named> = signals(old.policy).into_iter().chain(attributes(old)).collect();
    let other: Vec<Named> = signals(new.policy).into_iter().chain(attributes(new)).collect();
    let mut all = Vec::new();
    let because = "decides nothing by itself; what names it is listed where it changes";
    for (path, text, at) in &other {
        let before = one.iter().find(|it| it.0 == *path);
        if before.is_none_or(|it| it.1 != *text) {
            let told = (before.map(|it| Said { text: it.1.clone(), at: it.2 }), said(Some(text.clone()), *at));
            all.push(draft(None, path, told, Verdict::Neutral, (because, because)));
        }
    }
    for (path, text, at) in one.iter().filter(|it| other.iter().all(|other| other.0 != it.0)) {
        all.push(draft(None, path, (said(Some(text.clone()), *at), None), Verdict::Neutral, (because, because)));
    }
    all
}

/// A record with a value off a scale is left out whole, so a scale says which records are evidence of anything.
fn scales(old: &Side, new: &Side) -> Vec<Draft> {
    let (before, after) = (scales_of(old), scales_of(new));
    let signals: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let told = |of: &Side, signal: &String, scale: Option<&(Decimal, Decimal)>| {
        let at = of.policy.signals.iter().find(|it| it.name == *signal).map_or(of.policy.at, |it| it.at);
        said(scale.map(|(low, high)| format!("{signal} between {low} and {high}")), at)
    };
    let draft = |signal: &String| {
        let (one, other) = (before.get(signal), after.get(signal));
        let why = "a record with a value off the scale is left out whole, so which records count is not the same";
        let told = (told(old, signal, one), told(new, signal, other));
        (one != other).then(|| draft(None, &format!("signal {signal}"), told, Verdict::Unclear(why), ("", "")))
    };
    signals.into_iter().filter_map(draft).collect()
}

/// Metrics that are defined otherwise, for each action type that is judged by them; added and removed ones.
fn metrics(old: &Side, new: &Side, pairs: &[Pair]) -> Vec<Draft> {
    let mut all = Vec::new();
    for (at, after) in new.policy.metrics.iter().enumerate() {
        match old.policy.metrics.iter().position(|it| it.name == after.name) {
            None => all.push(declared(None, Some((new, after)))),
            Some(was) => all.extend(redefined(old, new, pairs, (MetricId::new(was), MetricId::new(at)))),
        }
    }
    let is_gone = |it: &&Metric| new.policy.metrics.iter().all(|other| other.name != it.name);
    all.extend(old.policy.metrics.iter().filter(is_gone).map(|it| declared(Some((old, it)), None)));
    all
}

fn declared(before: Option<(&Side, &Metric)>, after: Option<(&Side, &Metric)>) -> Draft {
    let told = |it: Option<(&Side, &Metric)>| it.and_then(|(of, it)| said(Some(words::metric(of, it)), it.at));
    let name = before.or(after).map_or("", |(_, metric)| metric.name.as_str());
    let because = "decides nothing by itself; the bars that use it are listed where they change";
    draft(None, &format!("metric {name}"), (told(before), told(after)), Verdict::Neutral, (because, because))
}

fn redefined(old: &Side, new: &Side, pairs: &[Pair], ids: (MetricId, MetricId)) -> Vec<Draft> {
    let (one, other) = (&old.policy.metrics[ids.0.index()], &new.policy.metrics[ids.1.index()]);
    let told = || (said(Some(words::metric(old, one)), one.at), said(Some(words::metric(new, other)), other.at));
    let path = format!("metric {}", other.name);
    if words::samples(old, one) == words::samples(new, other) {
        let because = if one.judge == other.judge {
            "the same samples"
        } else {
            "the same samples; who judged tells harm apart and decides nothing"
        };
        let reads_otherwise = words::metric(old, one) != words::metric(new, other);
        let neutral = || draft(None, &path, told(), Verdict::Neutral, (because, because));
        return reads_otherwise.then(neutral).into_iter().collect();
    }
    let is_harsher = words::is_harsher(old, one, new, other);
    let mut all = Vec::new();
    for (before, after) in pairs.iter().filter_map(|pair| pair.both()) {
        let highest = old.action(before).ceiling_tier().min(new.action(after).ceiling_tier());
        let uses = |action: &Action, id: MetricId| -> Vec<Step> {
            let names = |gate: &&Gate| gate.bars.iter().chain(&gate.keeps).any(|bar| bar.value.metric == id);
            action.live_gates().filter(names).map(|gate| gate.step).filter(|step| step.to() <= highest).collect()
        };
        let mut steps = uses(old.action(before), ids.0);
        steps.extend(uses(new.action(after), ids.1));
        steps.sort_unstable_by_key(|step| step.index());
        steps.dedup();
        if !steps.is_empty() {
            let of = Some((new.action(after), (Some(before), after)));
            let kept = vec![Kind::Demote, Kind::Stale];
            let verdict = if is_harsher { Verdict::Tightens } else { Verdict::Open(steps, kept) };
            let because = ("", "the same samples, and whatever was bad is bad");
            all.push(draft(of, &path, told(), verdict, because));
        }
    }
    if all.is_empty() {
        let because = "no gate below a ceiling uses it";
        all.push(draft(None, &path, told(), Verdict::Neutral, (because, because)));
    }
    all
}
