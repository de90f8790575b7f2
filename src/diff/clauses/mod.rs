//! The changes of action types: clause by clause as it applies, whoever says it, the action or its ladder.

mod gate;
mod lists;
mod whole;

use super::side::{Pair, Side};
use super::{Change, Class, Draft, Open, Said, Verdict, records};
use crate::model::policy::{Action, ActionId, Clause};
use crate::value::{Step, Tier};

/// Why what reads otherwise is neutral.
const SAME: &str = "the same in other words";

/// The changes of all action types.
pub(super) fn changes(old: &Side, new: &Side, pairs: &[Pair]) -> Vec<Draft> {
    let mut all = Vec::new();
    for pair in pairs {
        match (pair.old, pair.new) {
            (Some(one), Some(other)) => all.extend(Compared::new(old, new, pairs, (one, other)).changes()),
            (None, Some(added)) => all.push(added_action(new, added)),
            (Some(removed), None) => all.push(removed_action(old, removed)),
            (None, None) => {}
        }
    }
    all
}

/// The highest tier that an action type can reach is above crawl.
fn can_leave_crawl(action: &Action) -> bool {
    action.ceiling_tier() > Tier::Crawl
}

fn added_action(new: &Side, id: ActionId) -> Draft {
    let action = new.action(id);
    let after = Some(Said { text: format!("action {}", action.name), at: action.at });
    let steps = Step::ALL.into_iter().filter(|step| step.to() <= action.ceiling_tier()).collect();
    let verdict = if can_leave_crawl(action) { Verdict::Open(steps, Vec::new()) } else { Verdict::Neutral };
    let because = "a new action type, and it never leaves crawl";
    draft(Some((action, (None, id))), &action.name, (None, after), verdict, (because, because))
}

fn removed_action(old: &Side, id: ActionId) -> Draft {
    let action = old.action(id);
    let before = Some(Said { text: format!("action {}", action.name), at: action.at });
    let verdict = if can_leave_crawl(action) { Verdict::Tightens } else { Verdict::Neutral };
    let because = ("it never left crawl", "it has no tier any more");
    draft(Some((action, (None, id))), &action.name, (before, None), verdict, because)
}

/// A change with its verdict, and in words why it is neutral, or why it tightens.
pub(super) fn draft(
    of: Option<(&Action, (Option<ActionId>, ActionId))>,
    path: &str,
    (before, after): (Option<Said>, Option<Said>),
    verdict: Verdict,
    (neutral, tightens): (&str, &str),
) -> Draft {
    let (class, because, open) = match verdict {
        Verdict::Neutral => (Class::Neutral, neutral, None),
        Verdict::Tightens => (Class::Tightens, tightens, None),
        Verdict::Unclear(why) => (Class::Unclear, why, None),
        Verdict::Open(up, kept) => {
            let action = of.map(|(_, ids)| ids);
            (Class::Unclear, "", Some(Open { action, up, kept, at: None }))
        }
    };
    let action = of.map(|(action, _)| action.name.clone());
    let (path, because) = (path.to_owned(), because.to_owned());
    Draft { change: Change { action, path, before, after, class, because, moved: Vec::new(), witness: None }, open }
}

/// An action type that is in both policies.
struct Compared<'a> {
    old: &'a Side<'a>,
    new: &'a Side<'a>,
    pairs: &'a [Pair],
    ids: (ActionId, ActionId),
    one: &'a Action,
    other: &'a Action,
}

impl<'a> Compared<'a> {
    fn new(old: &'a Side, new: &'a Side, pairs: &'a [Pair], ids: (ActionId, ActionId)) -> Self {
        Self { old, new, pairs, ids, one: old.action(ids.0), other: new.action(ids.1) }
    }

    fn changes(&self) -> Vec<Draft> {
        let mut all = self.identity();
        all.extend(records::changes(self.old, self.new, self.ids));
        all.extend(self.ceiling());
        for step in Step::ALL.into_iter().filter(|step| step.to() <= self.lower_ceiling()) {
            all.extend(self.gate(step));
        }
        if self.lower_ceiling() > Tier::Crawl {
            all.extend(self.trips());
            all.extend(self.standing());
        }
        all
    }

    /// The tier that both policies let it reach.
    fn lower_ceiling(&self) -> Tier {
        self.one.ceiling_tier().min(self.other.ceiling_tier())
    }

    /// The steps that both policies have.
    fn steps(&self) -> Vec<Step> {
        Step::ALL.into_iter().filter(|step| step.to() <= self.lower_ceiling()).collect()
    }

    fn draft(&self, path: &str, said: (Option<Said>, Option<Said>), verdict: Verdict, because: (&str, &str)) -> Draft {
        draft(Some((self.other, (Some(self.ids.0), self.ids.1))), path, said, verdict, because)
    }

    /// Whether both policies say it in the same words.
    fn is_said_so<T>(&self, before: Option<&Clause<T>>, after: Option<&Clause<T>>) -> bool {
        let (before, after) = self.said(before, after);
        before.map(|it| it.text) == after.map(|it| it.text)
    }

    /// What is the same in other words is neutral; in the same words it is no change.
    fn reworded<T>(&self, before: Option<&Clause<T>>, after: Option<&Clause<T>>) -> Option<Verdict> {
        (!self.is_said_so(before, after)).then_some(Verdict::Neutral)
    }

    fn said<T>(&self, before: Option<&Clause<T>>, after: Option<&Clause<T>>) -> (Option<Said>, Option<Said>) {
        (before.map(|clause| self.old.said(clause.at)), after.map(|clause| self.new.said(clause.at)))
    }
}
