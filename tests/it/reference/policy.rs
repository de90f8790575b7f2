//! What a policy says, after names are resolved and ladders unfolded (language.md §4), and what predicates mean.

use super::decimal::Decimal;
use super::history::Record;
use super::json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tier {
    Crawl,
    Walk,
    Run,
}

impl Tier {
    pub(crate) fn parse(name: &str) -> Option<Tier> {
        match name {
            "crawl" => Some(Tier::Crawl),
            "walk" => Some(Tier::Walk),
            "run" => Some(Tier::Run),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Tier::Crawl => "crawl",
            Tier::Walk => "walk",
            Tier::Run => "run",
        }
    }

    pub(crate) fn up(self) -> Tier {
        if self == Tier::Crawl { Tier::Walk } else { Tier::Run }
    }

    pub(crate) fn down(self) -> Tier {
        if self == Tier::Run { Tier::Walk } else { Tier::Crawl }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Reviewer,
    Staff,
    Customer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    Good,
    Bad,
    Nothing,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Verdict {
        good: Vec<String>,
        bad: Vec<String>,
        settle: Option<(i128, Silence)>,
    },
    Event {
        counts: Vec<String>,
        within: i128,
    },
    /// The scale in micro-units.
    Mean {
        signal: String,
        low: i128,
        high: i128,
        lower_is_better: bool,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) kind: Kind,
    /// `alive S, … within D`.
    pub(crate) alive: Option<(Vec<String>, i128)>,
}

impl Metric {
    /// The metric's settle or within, if it has one.
    pub(crate) fn delay(&self) -> i128 {
        match &self.kind {
            Kind::Verdict { settle: Some((delay, _)), .. } => *delay,
            Kind::Event { within, .. } => *within,
            _ => 0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Ge,
    Gt,
    Le,
    Lt,
}

impl Op {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Op::Ge => ">=",
            Op::Gt => ">",
            Op::Le => "<=",
            Op::Lt => "<",
        }
    }

    pub(crate) fn higher_is_better(self) -> bool {
        matches!(self, Op::Ge | Op::Gt)
    }

    pub(crate) fn holds<T: PartialOrd + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Op::Ge => left >= right,
            Op::Gt => left > right,
            Op::Le => left <= right,
            Op::Lt => left < right,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Method {
    Exact,
    Wilson,
    Anytime,
}

/// `target` and `margin` in units of 10^-18; rates as a share.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) metric: String,
    pub(crate) op: Op,
    pub(crate) target: i128,
    /// `None`: over tier.
    pub(crate) window: Option<i128>,
    pub(crate) min: i128,
    /// The level as a share (units of 10^-18).
    pub(crate) confidence: Option<(i128, Method)>,
    pub(crate) margin: Option<i128>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    pub(crate) bars: Vec<Bar>,
    pub(crate) keeps: Vec<Bar>,
    pub(crate) hold: Option<i128>,
    pub(crate) requires: Vec<(String, Tier)>,
    pub(crate) approval: Option<String>,
    pub(crate) stop: Option<i128>,
}

impl Gate {
    /// "A bar with a margin is a keep bar too"; keep bars count the bars with a margin first, then the keeps.
    pub(crate) fn keep_bars(&self) -> Vec<&Bar> {
        self.bars.iter().filter(|bar| bar.margin.is_some()).chain(&self.keeps).collect()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Trip {
    pub(crate) signals: Vec<String>,
    pub(crate) number: i128,
    pub(crate) within: i128,
    pub(crate) to: Tier,
    /// Written in the policy block: counts the signals of all records and notices.
    pub(crate) of_policy: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Renew {
    pub(crate) attributes: Vec<String>,
    pub(crate) to: Tier,
}

/// `None`: stale never.
pub(crate) type Stale = Option<i128>;

/// What a ladder and an action have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clauses {
    /// crawl to walk, walk to run.
    pub(crate) gates: [Option<Gate>; 2],
    pub(crate) cooldown: Option<i128>,
    pub(crate) reentry: Option<i128>,
    pub(crate) trips: Vec<Trip>,
    /// `Some(None)`: stale never.
    pub(crate) stale: Option<Stale>,
    pub(crate) renew: Option<Renew>,
}

#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) risk: u8,
    pub(crate) read_only: bool,
    pub(crate) matches: Predicate,
    pub(crate) ceiling: Tier,
    pub(crate) clauses: Clauses,
}

impl Action {
    /// The gate that leads up from `tier`, if the ceiling allows it.
    pub(crate) fn gate_above(&self, tier: Tier) -> Option<&Gate> {
        if tier >= self.ceiling {
            return None;
        }
        self.clauses.gates[tier as usize].as_ref()
    }

    /// The gate that was passed to reach `tier`.
    pub(crate) fn gate_below(&self, tier: Tier) -> Option<&Gate> {
        (tier as usize).checked_sub(1).and_then(|index| self.clauses.gates[index].as_ref())
    }

    pub(crate) fn keep_bars(&self, tier: Tier) -> Vec<&Bar> {
        self.gate_below(tier).map(Gate::keep_bars).unwrap_or_default()
    }

    pub(crate) fn stale(&self) -> Option<i128> {
        self.clauses.stale.flatten()
    }
}

/// "Overriding": the action's clauses replace those of its ladder; trips add up (the policy's, the ladder's, the action's).
pub(crate) fn unfold(policy: &Clauses, ladder: &Clauses, own: Clauses) -> Clauses {
    let [lower, upper] = own.gates;
    let trips = policy.trips.iter().chain(&ladder.trips).chain(&own.trips).cloned().collect();
    Clauses {
        gates: [unfold_gate(ladder.gates[0].clone(), lower), unfold_gate(ladder.gates[1].clone(), upper)],
        cooldown: own.cooldown.or(ladder.cooldown),
        reentry: own.reentry.or(ladder.reentry),
        trips,
        stale: own.stale.or(ladder.stale),
        renew: own.renew.or(ladder.renew.clone()).or(policy.renew.clone()),
    }
}

/// All bars, all keeps, all requires; hold, stop and approval each for itself.
fn unfold_gate(ladder: Option<Gate>, own: Option<Gate>) -> Option<Gate> {
    let (ladder, own) = match (ladder, own) {
        (Some(ladder), Some(own)) => (ladder, own),
        (ladder, own) => return own.or(ladder),
    };
    Some(Gate {
        bars: if own.bars.is_empty() { ladder.bars } else { own.bars },
        keeps: if own.keeps.is_empty() { ladder.keeps } else { own.keeps },
        hold: own.hold.or(ladder.hold),
        requires: if own.requires.is_empty() { ladder.requires } else { own.requires },
        approval: own.approval.or(ladder.approval),
        stop: own.stop.or(ladder.stop),
    })
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) tick: i128,
    pub(crate) promote_one_per: i128,
    pub(crate) attributes: Vec<(String, Vec<String>)>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) actions: Vec<Action>,
}

impl Policy {
    pub(crate) fn metric_index(&self, name: &str) -> usize {
        self.metrics.iter().position(|metric| metric.name == name).expect("the metric is declared")
    }

    pub(crate) fn metric(&self, bar: &Bar) -> &Metric {
        &self.metrics[self.metric_index(&bar.metric)]
    }

    /// The value of an attribute, by its `from` path or its own name; null and absent are the same.
    pub(crate) fn attribute(&self, record: &Record, name: &str) -> Option<Value> {
        if name == "action" {
            return Some(Value::Text(record.action.clone()));
        }
        let (_, path) = self.attributes.iter().find(|(declared, _)| declared == name)?;
        let mut value = record.attributes.get(&path[0])?;
        for key in &path[1..] {
            let Value::Object(fields) = value else { return None };
            value = fields.get(key)?;
        }
        (*value != Value::Null).then(|| value.clone())
    }

    /// The action type whose predicate matches (CWR105 makes it at most one).
    pub(crate) fn classify(&self, record: &Record) -> Option<usize> {
        self.actions.iter().position(|action| self.matches(&action.matches, record))
    }

    /// Two-valued: "A comparison of an absent attribute, or of values of different kinds, is false, `!=` too".
    fn matches(&self, predicate: &Predicate, record: &Record) -> bool {
        match predicate {
            Predicate::Or(parts) => parts.iter().any(|part| self.matches(part, record)),
            Predicate::And(parts) => parts.iter().all(|part| self.matches(part, record)),
            Predicate::Not(part) => !self.matches(part, record),
            Predicate::Compare(name, comparison, literals) => {
                let value = self.attribute(record, name);
                value.is_some_and(|value| literals.iter().any(|literal| compare(&value, *comparison, literal)))
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    Or(Vec<Predicate>),
    And(Vec<Predicate>),
    Not(Box<Predicate>),
    /// With one literal; with several for `in (…)`, which is `==` to one of them.
    Compare(String, Comparison, Vec<Literal>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Order(Op),
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Number(Decimal),
    Text(String),
    Flag(bool),
}

fn compare(value: &Value, comparison: Comparison, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Number(value), Literal::Number(literal)) => compare_same(value, comparison, literal),
        (Value::Text(value), Literal::Text(literal)) => compare_same(value.as_bytes(), comparison, literal.as_bytes()),
        (Value::Flag(value), Literal::Flag(literal)) => compare_same(value, comparison, literal),
        _ => false,
    }
}

fn compare_same<T: PartialOrd + ?Sized>(value: &T, comparison: Comparison, literal: &T) -> bool {
    match comparison {
        Comparison::Eq => value == literal,
        Comparison::Ne => value != literal,
        Comparison::Order(op) => op.holds(value, literal),
    }
}
