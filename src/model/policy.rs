//! `Policy` and its parts. Durations and percentages are kept as written; the plan turns them into ticks and integers.
//!
//! Every clause remembers where it stands and whose it is, so that a finding on an inherited clause can point at the
//! ladder and label the action. Ids are indices into the vectors of [`Policy`].

use crate::source::Span;
pub use crate::stats::Method;
use crate::syntax::ast::Op;
use crate::value::{Decimal, Duration, Instant, Number, Risk, Step, Tier};
use std::collections::BTreeSet;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The index as a `usize`.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of an index.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        })*
    };
}

ids! {
    /// An index into [`Policy::signals`].
    SignalId;
    /// An index into [`Policy::attributes`].
    AttributeId;
    /// An index into [`Policy::metrics`].
    MetricId;
    /// An index into [`Policy::ladders`].
    LadderId;
    /// An index into [`Policy::actions`].
    ActionId;
}

/// Whose clause it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The policy block's.
    Policy,
    /// A ladder's.
    Ladder(LadderId),
    /// The action's own.
    Action,
}

/// A clause's content, its place and its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause<T> {
    /// The content.
    pub value: T,
    /// The whole clause.
    pub at: Span,
    /// Whose it is.
    pub from: Origin,
}

/// One policy root with everything it imports.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// `policy NAME`
    pub name: String,
    /// `"TITLE"`
    pub title: Option<String>,
    /// `owner`
    pub owner: Option<String>,
    /// It says, or tries to say, who owns it.
    pub says_owner: bool,
    /// `evaluate every`; 1d by default.
    pub tick: Duration,
    /// `promote one per`; 1d or one tick by default, whichever is longer.
    pub promote_per: Duration,
    /// Its own trips; every action type has them too.
    pub trips: Vec<Clause<Trip>>,
    /// `review by`
    pub review_by: Option<Clause<Instant>>,
    /// All signals, in order of declaration.
    pub signals: Vec<Signal>,
    /// All attributes, in order of declaration.
    pub attributes: Vec<Attribute>,
    /// All metrics, in order of declaration.
    pub metrics: Vec<Metric>,
    /// All ladders, in order of declaration.
    pub ladders: Vec<Ladder>,
    /// All action types, in order of declaration.
    pub actions: Vec<Action>,
    /// All promises, in order of declaration.
    pub assurances: Vec<Assurance>,
    /// The policy's declaration: its keyword and name.
    pub at: Span,
    /// The places of the signals, metrics and ladders that nothing else names, not even what overrides leave out.
    pub unnamed: BTreeSet<Span>,
    /// Something somewhere in its files could not be read or built: rules that look for what nothing uses stay silent.
    pub incomplete: bool,
}

/// `signal`
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// What it means.
    pub title: Option<String>,
    /// Its name's place.
    pub at: Span,
}

/// What kind of value an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// A number.
    Number,
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
}

/// `attribute`
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What kind of value.
    pub kind: AttributeKind,
    /// What it means.
    pub title: Option<String>,
    /// The key in the records, dots reach inside: the name, or what `from` says.
    pub key: String,
    /// Its name's place.
    pub at: Span,
}

/// Who judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judge {
    /// A human judging a suggestion.
    Reviewer,
    /// Internal people living with the action.
    Staff,
    /// The outside world.
    Customer,
}

impl Judge {
    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reviewer => "reviewer",
            Self::Staff => "staff",
            Self::Customer => "customer",
        }
    }
}

/// `metric`
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// What it means.
    pub title: Option<String>,
    /// Who judged.
    pub judge: Judge,
    /// How records become samples.
    pub kind: MetricKind,
    /// How it is known to be alive.
    pub alive: Alive,
    /// Its name's place.
    pub at: Span,
}

/// How records become samples of a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricKind {
    /// `good`, `bad`, `settle`
    Verdict {
        /// Signals that say good.
        good: Vec<SignalId>,
        /// Signals that say bad.
        bad: Vec<SignalId>,
        /// When silence speaks, and what it says.
        settle: Option<(Duration, Silence)>,
    },
    /// `counts … within`
    Event {
        /// Signals that are a hit.
        signals: Vec<SignalId>,
        /// How long after the action they count.
        within: Duration,
    },
    /// `mean of … between … and …`
    Mean {
        /// The signal that carries the number.
        signal: SignalId,
        /// The least value.
        low: Decimal,
        /// The greatest value.
        high: Decimal,
        /// `lower is better`
        lower_is_better: bool,
    },
}

/// What silence becomes when a verdict settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Silence {
    /// A good sample.
    Good,
    /// A bad sample.
    Bad,
    /// No sample.
    Nothing,
}

impl Silence {
    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Nothing => "nothing",
        }
    }
}

/// How a metric is known to be alive.
#[derive(Clone, Debug, PartialEq)]
pub enum Alive {
    /// It does not say.
    Unsaid,
    /// `alive unchecked because "TEXT"`
    Unchecked(String),
    /// `alive S, … within D`
    Signals(Vec<SignalId>, Duration),
}

impl Metric {
    /// Whether smaller shares or values are better: event metrics, and means that say so.
    #[must_use]
    pub fn lower_is_better(&self) -> bool {
        match self.kind {
            MetricKind::Verdict { .. } => false,
            MetricKind::Event { .. } => true,
            MetricKind::Mean { lower_is_better, .. } => lower_is_better,
        }
    }

    /// Whether it is a mean, whose targets are numbers; the others' are shares.
    #[must_use]
    pub fn is_mean(&self) -> bool {
        matches!(self.kind, MetricKind::Mean { .. })
    }

    /// The `settle` or `within`: how long after the action its samples mature, if that is fixed.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        match self.kind {
            MetricKind::Verdict { settle, .. } => settle.map(|(after, _)| after),
            MetricKind::Event { within, .. } => Some(within),
            MetricKind::Mean { .. } => None,
        }
    }

    /// Whether silence counts as good, so that a dead feed would look perfect.
    #[must_use]
    pub fn silence_is_good(&self) -> bool {
        match self.kind {
            MetricKind::Verdict { settle, .. } => matches!(settle, Some((_, Silence::Good))),
            MetricKind::Event { .. } => true,
            MetricKind::Mean { .. } => false,
        }
    }
}

/// `ladder`; its clauses have been merged into the actions that follow it, and stand here as it says them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// Its name.
    pub name: String,
    /// Its gates, by [`Step::index`].
    pub gates: [Option<Gate>; 2],
    /// Its trips.
    pub trips: Vec<Clause<Trip>>,
    /// `stale`
    pub stale: Option<Clause<Stale>>,
    /// `cooldown`
    pub cooldown: Option<Clause<Duration>>,
    /// `reentry`, as a share
    pub reentry: Option<Clause<Decimal>>,
    /// `renew`
    pub renew: Option<Clause<Renew>>,
    /// Its name's place.
    pub at: Span,
}

/// `action`, its ladder's clauses merged in.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// What it does.
    pub title: Option<String>,
    /// The ladder it follows.
    pub follows: Option<LadderId>,
    /// `risk`
    pub risk: Risk,
    /// `irreversible`
    pub irreversible: Option<Span>,
    /// `read_only`
    pub read_only: Option<Span>,
    /// Which records are of this type; [`Predicate::UNREADABLE`] where that could not be built.
    pub matches: Predicate,
    /// The place of `matches`, or of the name where the default applies.
    pub matches_at: Span,
    /// The gates, by [`Step::index`]. `None`: there is none.
    pub gates: [Option<Gate>; 2],
    /// `ceiling T because "TEXT"`
    pub ceiling: Option<Clause<(Tier, String)>>,
    /// The policy's, then the ladder's, then its own trips.
    pub trips: Vec<Clause<Trip>>,
    /// `stale`; `None` is an error where the action can leave crawl.
    pub stale: Option<Clause<Stale>>,
    /// `cooldown`
    pub cooldown: Option<Clause<Duration>>,
    /// `reentry`, as a share
    pub reentry: Option<Clause<Decimal>>,
    /// `renew`: its own, else its ladder's, else the policy's.
    pub renew: Option<Clause<Renew>>,
    /// `formerly`
    pub formerly: Vec<String>,
    /// Its name's place.
    pub at: Span,
    /// Some clause of it (or of its ladder) could not be read or built and is missing here: rules that look for what
    /// is missing stay silent.
    pub incomplete: bool,
}

impl Action {
    /// The highest tier it may ever reach.
    #[must_use]
    pub fn ceiling_tier(&self) -> Tier {
        self.ceiling.as_ref().map_or(Tier::Run, |clause| clause.value.0)
    }

    /// The gate of a step.
    #[must_use]
    pub fn gate(&self, step: Step) -> Option<&Gate> {
        self.gates.get(step.index()).and_then(Option::as_ref)
    }

    /// The gates it has at or below its ceiling.
    pub fn live_gates(&self) -> impl Iterator<Item = &Gate> {
        self.gates.iter().flatten().filter(|gate| gate.step.to() <= self.ceiling_tier())
    }
}

/// `stale`
#[derive(Clone, Debug, PartialEq)]
pub enum Stale {
    /// `stale D`
    After(Duration),
    /// `stale never because "TEXT"`
    Never(String),
}

/// `trip S, … >= N within D to T`
#[derive(Clone, Debug, PartialEq)]
pub struct Trip {
    /// What is counted.
    pub signals: Vec<SignalId>,
    /// From how many on.
    pub count: u32,
    /// Over how long.
    pub within: Duration,
    /// Where to: crawl or walk.
    pub to: Tier,
}

/// `renew on A, … to T`
#[derive(Clone, Debug, PartialEq)]
pub struct Renew {
    /// What makes a version of the agent.
    pub attributes: Vec<AttributeId>,
    /// Where to: crawl or walk.
    pub to: Tier,
}

/// `gate X to Y`
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// X to Y.
    pub step: Step,
    /// All must clear.
    pub bars: Vec<Clause<Bar>>,
    /// `keep` clauses; bars with a margin are keep bars too, see [`Gate::keep_bars`].
    pub keeps: Vec<Clause<Bar>>,
    /// `hold`; `None` is an error.
    pub hold: Option<Clause<Duration>>,
    /// `requires`
    pub requires: Vec<Clause<Requires>>,
    /// `approval "WHO"`
    pub approval: Option<Clause<String>>,
    /// `stop after`
    pub stop: Option<Clause<Duration>>,
    /// `gate X to Y`, the words alone: the action's own where it has one, else the ladder's.
    pub at: Span,
    /// Some clause of it could not be read or built and is missing here.
    pub incomplete: bool,
    /// Whether a `hold` may be there that could not be read.
    pub hold_unread: bool,
}

impl Gate {
    /// The keep bars: bars with a margin first, then the keeps, each in the order written.
    pub fn keep_bars(&self) -> impl Iterator<Item = &Clause<Bar>> {
        self.bars.iter().filter(|bar| bar.value.margin.is_some()).chain(&self.keeps)
    }
}

/// `bar` or `keep`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What is measured.
    pub metric: MetricId,
    /// `<`, `<=`, `>` or `>=`, in the metric's direction.
    pub op: Op,
    /// A share for verdict and event metrics, a value within the scale for means.
    pub target: Decimal,
    /// How far it looks back.
    pub window: Window,
    /// The least number of samples.
    pub min: u32,
    /// The bound asked for; never on a `keep`.
    pub confidence: Option<Confidence>,
    /// How far below (or above) the target is still kept, in the target's unit; always there on a `keep`.
    pub margin: Option<Decimal>,
    /// The places of the parts, for findings.
    pub places: BarPlaces,
}

/// Where the parts of a bar stand; the whole bar's span where a part is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarPlaces {
    /// The metric's name.
    pub metric: Span,
    /// The operator.
    pub op: Span,
    /// The target.
    pub target: Span,
    /// `D` or `tier`.
    pub window: Span,
    /// `N`.
    pub min: Span,
    /// `P` and the method.
    pub confidence: Span,
    /// `Q`.
    pub margin: Span,
}

/// How far a bar looks back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// `over D`
    Sliding(Duration),
    /// `over tier`: all evidence since the tier was entered.
    Tier,
}

/// `confidence P [METHOD]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confidence {
    /// P, as a share.
    pub level: Decimal,
    /// Which bound (semantics §5).
    pub method: Method,
}

/// `requires ACTION at T`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requires {
    /// Which other action type.
    pub action: ActionId,
    /// At this tier or above: walk or run.
    pub tier: Tier,
}

/// `assure ACTION crawl to walk { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Assurance {
    /// Whose gate.
    pub action: ActionId,
    /// Which gate.
    pub step: Step,
    /// `given METRIC = P`: true shares (or means) per bar metric.
    pub given: Vec<(MetricId, Decimal)>,
    /// `given traffic N per D`
    pub traffic: Option<(Decimal, Duration)>,
    /// What is promised.
    pub promises: Vec<Clause<Promise>>,
    /// The declaration: keyword, action and step.
    pub at: Span,
}

/// `promotes|demotes within D at most|least P`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Demotion rather than promotion.
    pub demotes: bool,
    /// The horizon.
    pub within: Duration,
    /// `at least` rather than `at most`.
    pub at_least: bool,
    /// The probability, as a share.
    pub chance: Decimal,
}

/// A predicate over the attributes of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// A comparison; false where the attribute is absent or of another kind.
    Compare(Subject, Op, Constant),
    /// Equal to one of these.
    In(Subject, Vec<Constant>),
    /// The opposite.
    Not(Box<Predicate>),
    /// All of these.
    And(Vec<Predicate>),
    /// At least one of these.
    Or(Vec<Predicate>),
}

impl Predicate {
    /// Stands where a predicate could not be built: no alternative at all, so it matches nothing. No policy can say
    /// it, and rules about predicates pass it over.
    pub const UNREADABLE: Self = Self::Or(Vec::new());
}

/// What a comparison looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The built-in `action` (text, always there).
    Action,
    /// A declared attribute.
    Attribute(AttributeId),
}

/// What it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Constant {
    /// A number.
    Number(Number),
    /// A string, ordered by bytes.
    Text(String),
    /// `true` or `false`; only `==`, `!=` and `in`.
    Flag(bool),
}
