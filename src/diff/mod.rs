//! What a change to a policy means: each change named in the policy's own words, classed, and where it loosens proved
//! by a small history on which the two policies part.
//!
//! A class speaks of one boundary, from the same state and the same evidence, because whole replays depend on their
//! path: a tighter policy may stand higher later, after the looser one was demoted.
//!
//! - [`Class::Neutral`]: always the same result.
//! - [`Class::Tightens`]: never a higher tier, never a passing where the old policy did not pass, never a demotion less.
//! - [`Class::Loosens`]: some state and evidence where it is otherwise, and a [`Witness`] shows it.
//! - [`Class::Unclear`]: neither was proved.
//!
//! [`clauses`] and [`whole`] find the changes; what they cannot prove ([`order`] has the proofs) stays open, and
//! [`search`] looks for the witness. A turn that one action type leaves free (`promote one per`) may go to another: that
//! is counted for neither.

mod clauses;
mod gates;
mod order;
mod parting;
mod records;
pub mod replayed;
mod search;
mod side;
mod story;
mod whole;
mod words;

pub use gates::{Edge, Gates, Reach};
pub use side::Side;

use crate::model::policy::ActionId;
use crate::replay::Kind;
use crate::source::Span;
use crate::value::{Step, Tier};

/// What a change does at one boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Always the same result.
    Neutral,
    /// Never more autonomy than before.
    Tightens,
    /// Not proved to be either, and no witness found.
    Unclear,
    /// More autonomy than before, in some state and on some evidence.
    Loosens,
}

impl Class {
    /// All classes, the one that wants a look first.
    pub const ALL: [Self; 4] = [Self::Loosens, Self::Unclear, Self::Tightens, Self::Neutral];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Tightens => "tightens",
            Self::Unclear => "unclear",
            Self::Loosens => "loosens",
        }
    }
}

/// What a policy says, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// In its own words, on one line.
    pub text: String,
    /// The place.
    pub at: Span,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The action type it touches, by its new name; `None`: the policy as a whole.
    pub action: Option<String>,
    /// The path of what changed (interfaces §3), or a declaration: `metric acceptance`.
    pub path: String,
    /// What the old policy says.
    pub before: Option<Said>,
    /// What the new policy says.
    pub after: Option<Said>,
    /// Its class.
    pub class: Class,
    /// Why it is of that class.
    pub because: String,
    /// Records that are of another action type now.
    pub moved: Vec<Moved>,
    /// An index into [`Diff::witnesses`].
    pub witness: Option<usize>,
}

/// A record that is of another action type now; `None`: of none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The record, as its line in a history would be.
    pub record: String,
    /// Its type under the old policy.
    pub from: Option<String>,
    /// Its type under the new policy.
    pub to: Option<String>,
}

/// A history on which two policies part, the new one going higher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// JSON Lines.
    pub history: String,
    /// Approvals are never given in it.
    pub no_approvals: bool,
    /// In words: what the one does and the other does not.
    pub shows: String,
}

/// All that changed between two policies.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The changes: of the policy as a whole, then by action type.
    pub changes: Vec<Change>,
    /// The gates that read otherwise now.
    pub gates: Vec<Gates>,
    /// The witnesses.
    pub witnesses: Vec<Witness>,
    /// Both compile to the same plan.
    pub same_plan: bool,
}

impl Diff {
    /// How many changes are of a class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.class == class).count()
    }

    /// The class of all changes together: the one of [`Class::ALL`] that comes first.
    #[must_use]
    pub fn class(&self) -> Class {
        self.changes.iter().map(|change| change.class).max().unwrap_or(Class::Neutral)
    }
}

/// The class that is proved of all changes together without a search: never [`Class::Loosens`], and
/// [`Class::Unclear`] for whatever a search would have to settle.
#[must_use]
pub fn proved(old: &Side, new: &Side) -> Class {
    let drafts = drafts(old, new, &side::pair(old.policy, new.policy));
    drafts.iter().map(|draft| draft.change.class).max().unwrap_or(Class::Neutral)
}

fn drafts(old: &Side, new: &Side, pairs: &[side::Pair]) -> Vec<Draft> {
    let mut drafts = whole::changes(old, new, pairs);
    drafts.extend(clauses::changes(old, new, pairs));
    drafts
}

/// Compares two policies without errors.
#[must_use]
pub fn diff(old: &Side, new: &Side) -> Diff {
    let pairs = side::pair(old.policy, new.policy);
    let drafts = drafts(old, new, &pairs);
    let gates = gates::gates(old, new, &pairs);
    let (changes, witnesses) = search::settle(old, new, &pairs, drafts);
    Diff { changes, gates, witnesses, same_plan: old.plan.digest == new.plan.digest }
}

/// A change, before a witness was looked for.
#[derive(Clone, Debug)]
struct Draft {
    change: Change,
    /// What a witness would have to show; `None`: the class is proved.
    open: Option<Open>,
}

/// What would show that a change loosens.
#[derive(Clone, Debug)]
struct Open {
    /// The action type to look at, in the old and in the new policy; none: any.
    action: Option<(Option<ActionId>, ActionId)>,
    /// A promotion by one of these steps under the new policy alone.
    up: Vec<Step>,
    /// A decision of one of these kinds under the old policy alone.
    kept: Vec<Kind>,
    /// The tier that such a decision is about, if it is about one.
    at: Option<Tier>,
}

/// What can be said of a change without a history.
#[derive(Clone, Debug)]
enum Verdict {
    Neutral,
    Tightens,
    /// Who may do something is not for numbers to say.
    Unclear(&'static str),
    /// It may loosen: by a promotion by one of these steps, or where a decision of these kinds is missing.
    Open(Vec<Step>, Vec<Kind>),
}
