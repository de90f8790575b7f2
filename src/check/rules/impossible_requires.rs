//! CWR206 impossible-requires: actions that wait for each other, or for a tier that the other may never reach, never move.
//!
//! What waits is a tier of an action: to be at walk or run it needs what its gate requires, and to be at run it needs to
//! have been at walk. A circle among these can never be entered. Two actions may well require each other at different
//! gates without such a circle, and then all is well; an action that requires itself is told in any case.

use crate::check::findings::Findings;
use crate::check::subject::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::{Action, ActionId, Clause, Requires};
use crate::source::Span;
use crate::value::{Step, Tier};
use std::collections::{BTreeMap, BTreeSet};

/// A tier of an action.
type Node = (ActionId, Tier);
/// One tier waits for another, because of a clause, or because walk comes before run.
type Hop = (Node, Node, Option<Span>);

pub(super) fn check(subject: &Subject, findings: &mut Findings) {
    let requires = subject.live_gates().flat_map(|(action, gate)| gate.requires.iter().map(move |it| (action, it)));
    for (action, requires) in requires {
        let other = &subject.policy.actions[requires.value.action.index()];
        if other.at == action.at {
            let message = format!("`{}` requires itself", action.name);
            let finding = Diagnostic::new(Code::ImpossibleRequires, requires.at, message).help("leave this out");
            findings.about(action, [requires.from], finding);
        } else {
            above_ceiling(findings, action, requires, other);
        }
    }
    for circle in circles(waits(subject)) {
        if let Some(finding) = circular(subject, &circle) {
            findings.push(finding);
        }
    }
}

fn above_ceiling(findings: &mut Findings, action: &Action, requires: &Clause<Requires>, other: &Action) {
    let tier = requires.value.tier;
    let Some(ceiling) = other.ceiling.as_ref().filter(|ceiling| ceiling.value.0 < tier) else { return };
    let help = match ceiling.value.0 {
        Tier::Crawl => format!("`{}` stays at crawl: leave this out", other.name),
        highest => format!("write `requires {} at {highest}`, or leave it out", other.name),
    };
    let message = format!("`{}` may never be at {tier}", other.name);
    let finding = Diagnostic::new(Code::ImpossibleRequires, requires.at, message)
        .also(ceiling.at, format!("its ceiling is {}", ceiling.value.0))
        .help(help);
    findings.about(action, [requires.from], finding);
}

/// What each tier waits for, last written first.
fn waits(subject: &Subject) -> BTreeMap<Node, Vec<Hop>> {
    let mut waits: BTreeMap<Node, Vec<Hop>> = BTreeMap::new();
    for (index, action) in subject.policy.actions.iter().enumerate() {
        let id = ActionId::new(index);
        for gate in action.live_gates() {
            let node = (id, gate.step.to());
            let others = gate.requires.iter().rev().filter(|it| it.value.action != id);
            let hops = waits.entry(node).or_default();
            hops.extend((gate.step == Step::WalkToRun).then_some((node, (id, Tier::Walk), None)));
            hops.extend(others.map(|it| (node, (it.value.action, it.value.tier), Some(it.at))));
        }
    }
    waits
}

/// Circles that share no clause, by a depth-first walk; at least one of each knot.
fn circles(mut waits: BTreeMap<Node, Vec<Hop>>) -> Vec<Vec<Hop>> {
    let (mut circles, mut told) = (Vec::new(), BTreeSet::new());
    while let Some(start) = waits.keys().next().copied() {
        // The way from the start to where the walk is, and the place of each tier on it.
        let (mut path, mut node): (Vec<Hop>, Node) = (Vec::new(), start);
        let mut places = BTreeMap::from([(start, 0)]);
        loop {
            let Some(hop) = waits.get_mut(&node).and_then(Vec::pop) else {
                // All that it waits for has been walked, so it is on no other circle.
                waits.remove(&node);
                places.remove(&node);
                let Some((back, ..)) = path.pop() else { break };
                node = back;
                continue;
            };
            if let Some(first) = places.get(&hop.1) {
                let circle: Vec<Hop> = path[*first..].iter().copied().chain([hop]).collect();
                if circle.iter().filter_map(|hop| hop.2).all(|at| told.insert(at)) {
                    circles.push(circle);
                }
                continue;
            }
            path.push(hop);
            node = hop.1;
            places.insert(node, path.len());
        }
    }
    circles
}

fn circular(subject: &Subject, circle: &[Hop]) -> Option<Diagnostic> {
    let named = |(id, tier): Node| format!("`{}` at {tier}", subject.policy.actions[id.index()].name);
    let mut labels = circle
        .iter()
        .filter_map(|(from, to, at)| at.map(|at| (at, *from, format!("{} waits for {}", named(*from), named(*to)))));
    let (at, first, text) = labels.next()?;
    let message = format!("{} waits for itself", named(first));
    let finding = Diagnostic::new(Code::ImpossibleRequires, at, message).label(text);
    let finding = labels.fold(finding, |finding, (at, _, text)| finding.also(at, text));
    Some(finding.help("leave out one of these `requires`"))
}
