//! The policy as written: declarations and clauses in their order, every leaf with its span.
//!
//! Any clause may stand in any body here; the model says where it does not belong. Where a literal may stand, any
//! literal stands; the model says where it is of the wrong kind. What could not be read is `Broken`, and whoever
//! looks for it later stays silent, because it has been reported.

use crate::source::{Span, Spanned};
use crate::value::{Decimal, Duration, Instant, Number, Tier};

/// A name and where it stands.
pub type Name = Spanned<String>;

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// `import "…"`, in order.
    pub imports: Vec<Import>,
    /// Everything else, in order.
    pub declarations: Vec<Declaration>,
    /// The whole text.
    pub span: Span,
}

/// `import "shared/metrics.cwr"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The path as written; broken imports are not in the tree.
    pub path: Name,
    /// From the keyword on.
    pub span: Span,
}

/// What a declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `policy`
    Policy,
    /// `signal`
    Signal,
    /// `attribute`
    Attribute,
    /// `metric`
    Metric,
    /// `ladder`
    Ladder,
    /// `action`
    Action,
    /// `assure`
    Assure,
}

impl Kind {
    /// The keyword; also the word for it in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Signal => "signal",
            Self::Attribute => "attribute",
            Self::Metric => "metric",
            Self::Ladder => "ladder",
            Self::Action => "action",
            Self::Assure => "assure",
        }
    }

    /// With its article: `an action`.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Policy => "a policy",
            Self::Signal => "a signal",
            Self::Attribute => "an attribute",
            Self::Metric => "a metric",
            Self::Ladder => "a ladder",
            Self::Action => "an action",
            Self::Assure => "an assurance",
        }
    }
}

/// One declaration. All kinds share this shape; `head` holds what only one kind has.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// What is declared.
    pub kind: Kind,
    /// Its name; for `assure` the action's. `None` where the name could not be read.
    pub name: Option<Name>,
    /// `"TITLE"`.
    pub title: Option<Name>,
    /// What stands between name and body.
    pub head: Head,
    /// The clauses between the braces; empty where the kind has no body.
    pub clauses: Vec<Clause>,
    /// The keyword.
    pub keyword: Span,
    /// All of it.
    pub span: Span,
    /// Something of it could not be read (its clauses apart): its name counts as declared, its content as unknown.
    pub broken: bool,
}

/// The part of a declaration between its name and its body.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    /// Nothing: policy, signal, ladder.
    Plain,
    /// `number|text|flag ["TITLE"] [from "KEY.PATH"]`
    Attribute {
        /// `number`, `text`, `flag` or something else.
        kind: Option<Name>,
        /// The key in the records.
        from: Option<Name>,
    },
    /// `from reviewer|staff|customer`
    Metric {
        /// The judge; `None` where `from` is missing.
        from: Option<Name>,
    },
    /// `[follows LADDER]`
    Action {
        /// The ladder.
        follows: Option<Name>,
    },
    /// `crawl to walk`
    Assure {
        /// The step's two tiers, `None` where they could not be read.
        step: Option<StepName>,
    },
}

/// `crawl to walk`, as written: any two words.
#[derive(Clone, Debug, PartialEq)]
pub struct StepName {
    /// The tier below.
    pub from: Name,
    /// The tier above.
    pub to: Name,
}

/// One clause of any body.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Which, and its content.
    pub kind: ClauseKind,
    /// The keyword that starts it.
    pub keyword: Spanned<String>,
    /// All of it.
    pub span: Span,
}

/// Every clause of the language. A `Value` is any literal, a `Name` any word.
#[derive(Clone, Debug, PartialEq)]
pub enum ClauseKind {
    /// `owner "TEXT"` (policy)
    Owner(Value),
    /// `evaluate every D` (policy)
    Evaluate(Value),
    /// `promote one per D` (policy)
    Promote(Value),
    /// `review by DATE` (policy)
    Review(Value),
    /// `good S, …` (metric)
    Good(Vec<Name>),
    /// `bad S, …` (metric)
    Bad(Vec<Name>),
    /// `settle D as good|bad|nothing` (metric)
    Settle {
        /// D
        after: Value,
        /// What silence becomes.
        silence: Name,
    },
    /// `counts S, … within D` (metric)
    Counts {
        /// S, …
        signals: Vec<Name>,
        /// D; `None` where it is missing.
        within: Option<Value>,
    },
    /// `alive S, … within D` (metric)
    Alive {
        /// S, …
        signals: Vec<Name>,
        /// D; `None` where it is missing.
        within: Option<Value>,
    },
    /// `alive unchecked because "TEXT"` (metric)
    AliveUnchecked {
        /// Why; `None` where it is missing.
        because: Option<Value>,
    },
    /// `mean of S between A and B` (metric)
    Mean {
        /// S
        signal: Name,
        /// A
        low: Value,
        /// B
        high: Value,
    },
    /// `lower is better` (metric)
    LowerIsBetter,
    /// `risk R` (action)
    Risk(Name),
    /// `irreversible` (action)
    Irreversible,
    /// `read_only` (action)
    ReadOnly,
    /// `matches PREDICATE` (action)
    Matches(Predicate),
    /// `gate X to Y { … }` (action, ladder)
    Gate {
        /// X to Y; `None` where it could not be read.
        step: Option<StepName>,
        /// Its clauses.
        clauses: Vec<Clause>,
    },
    /// `ceiling T because "TEXT"` (action)
    Ceiling {
        /// T
        tier: Name,
        /// Why; `None` where it is missing.
        because: Option<Value>,
    },
    /// `trip S, … >= N within D to T` (action, ladder, policy)
    Trip {
        /// S, …
        signals: Vec<Name>,
        /// N
        count: Value,
        /// D
        within: Value,
        /// T
        to: Name,
    },
    /// `stale D` (action, ladder)
    Stale(Value),
    /// `stale never because "TEXT"` (action, ladder)
    StaleNever {
        /// Why; `None` where it is missing.
        because: Option<Value>,
    },
    /// `renew on A, … to T` (action, ladder, policy)
    Renew {
        /// A, …
        attributes: Vec<Name>,
        /// T
        to: Name,
    },
    /// `formerly NAME, …` (action)
    Formerly(Vec<Name>),
    /// `cooldown D` (action, ladder)
    Cooldown(Value),
    /// `reentry P` (action, ladder)
    Reentry(Value),
    /// `bar METRIC OP TARGET …` (gate)
    Bar(Bar),
    /// `keep METRIC OP TARGET …` (gate)
    Keep(Bar),
    /// `hold D` (gate)
    Hold(Value),
    /// `requires ACTION at T` (gate)
    Requires {
        /// ACTION
        action: Name,
        /// T
        tier: Name,
    },
    /// `approval "WHO"` (gate)
    Approval(Value),
    /// `stop after D` (gate)
    Stop(Value),
    /// `given METRIC = P` (assure)
    GivenRate {
        /// METRIC
        metric: Name,
        /// P
        rate: Value,
    },
    /// `given traffic N per D` (assure)
    GivenTraffic {
        /// N
        count: Value,
        /// D
        per: Value,
    },
    /// `promotes|demotes within D at most|least P` (assure)
    Promise {
        /// The word `promotes` or `demotes` is the clause's keyword; D.
        within: Value,
        /// `true` for `at least`.
        at_least: bool,
        /// P
        chance: Value,
    },
    /// A clause that could not be read; its keyword says which it wanted to be.
    Broken,
}

/// The common shape of `bar` and `keep`; what is missing or misplaced the model reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// METRIC
    pub metric: Name,
    /// OP
    pub op: Spanned<Op>,
    /// TARGET
    pub target: Value,
    /// `over D` or `over tier`
    pub over: Option<Window>,
    /// `min N`
    pub min: Option<Value>,
    /// `confidence P`
    pub confidence: Option<Value>,
    /// `exact`, `wilson`, `anytime` or another word
    pub method: Option<Name>,
    /// `margin Q`
    pub margin: Option<Value>,
}

/// What a bar looks back over.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// `over D`
    Sliding(Value),
    /// `over tier`
    Tier(Span),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Op {
    /// All, longest sign first among those that share a start.
    pub const ALL: [Self; 6] = [Self::Equal, Self::NotEqual, Self::AtMost, Self::AtLeast, Self::Less, Self::More];

    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }
}

/// A literal and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub literal: Literal,
    /// Where it is.
    pub span: Span,
}

/// A literal of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `97.5%`: the value is the share, 0.975, not yet checked to lie within 0 to 1.
    Percent(Decimal),
    /// `4pp`: the value is the share, 0.04.
    Points(Decimal),
    /// `14d`; a count of 0 is here too.
    Duration(Duration),
    /// `4.2`, `-1`, `1_000`
    Number(Number),
    /// `2026-03-01`
    Date(Instant),
    /// `"text"`, unescaped
    Text(String),
    /// A word where a literal stands: `true`, `tier`, …
    Word(String),
    /// Something that has been reported already.
    Faulty,
}

/// A predicate of `matches`.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// `ATTRIBUTE OP VALUE`
    Compare {
        /// ATTRIBUTE
        attribute: Name,
        /// OP
        op: Spanned<Op>,
        /// VALUE
        value: Value,
    },
    /// `ATTRIBUTE in (VALUE, …)`
    In {
        /// ATTRIBUTE
        attribute: Name,
        /// VALUE, …
        values: Vec<Value>,
    },
    /// `not P`
    Not(Box<Predicate>),
    /// `P and Q and …`, at least two
    And(Vec<Predicate>),
    /// `P or Q or …`, at least two
    Or(Vec<Predicate>),
    /// What could not be read.
    Broken,
}

/// The tier a word names.
#[must_use]
pub fn tier(name: &Name) -> Option<Tier> {
    Tier::parse(&name.value)
}
