//! The words of the language for messages: what may stand where, and an example of each clause and declaration.

use super::ast::Kind;
use super::grammar::Rule;
use crate::source::suggest::suggest;

/// Words longer than this are near to none.
const LONGEST: usize = 40;

/// What begins a declaration, with an example.
const DECLARATIONS: [(&str, &str); 9] = [
    ("policy", "policy support_agent { … }"),
    ("signal", "signal accepted \"A reviewer sent it unchanged\""),
    ("attribute", "attribute amount number"),
    ("metric", "metric acceptance from reviewer { … }"),
    ("ladder", "ladder standard { … }"),
    ("action", "action refund follows standard { … }"),
    ("assure", "assure refund crawl to walk { … }"),
    ("import", "import \"shared/metrics.cwr\""),
    ("language", "language 1"),
];

/// What begins a clause, with an example.
const CLAUSES: [(&str, &str); 32] = [
    ("owner", "owner \"support-platform\""),
    ("evaluate", "evaluate every 1d"),
    ("promote", "promote one per 1d"),
    ("review", "review by 2027-03-01"),
    ("good", "good accepted"),
    ("bad", "bad edited, rejected"),
    ("settle", "settle 30d as good"),
    ("counts", "counts reopened within 7d"),
    ("alive", "alive rated within 2d"),
    ("mean", "mean of rating between 1 and 5"),
    ("lower", "lower is better"),
    ("risk", "risk low"),
    ("irreversible", "irreversible"),
    ("read_only", "read_only"),
    ("matches", "matches action == \"refund\" and amount <= 50"),
    ("gate", "gate crawl to walk { … }"),
    ("ceiling", "ceiling crawl because \"no reliable undo\""),
    ("trip", "trip complaint >= 3 within 1d to crawl"),
    ("stale", "stale 28d"),
    ("renew", "renew on model, prompt_version to crawl"),
    ("formerly", "formerly old_name"),
    ("cooldown", "cooldown 7d"),
    ("reentry", "reentry 1pp"),
    ("bar", "bar acceptance >= 90% over 14d min 200"),
    ("hold", "hold 14d"),
    ("keep", "keep completion >= 95% over 14d min 100 margin 4pp"),
    ("requires", "requires reply_to_faq at walk"),
    ("approval", "approval \"head of support\""),
    ("stop", "stop after 180d"),
    ("given", "given acceptance = 97%"),
    ("promotes", "promotes within 60d at least 90%"),
    ("demotes", "demotes within 90d at most 1%"),
];

const POLICY: &[&str] = &["owner", "evaluate", "promote", "trip", "renew", "review"];
const METRIC: &[&str] = &["good", "bad", "settle", "counts", "alive", "mean", "lower"];
const LADDER: &[&str] = &["gate", "cooldown", "reentry", "trip", "stale", "renew"];
const ACTION: &[&str] = &[
    "risk",
    "irreversible",
    "read_only",
    "matches",
    "gate",
    "ceiling",
    "trip",
    "stale",
    "renew",
    "formerly",
    "cooldown",
    "reentry",
];
const GATE: &[&str] = &["bar", "hold", "keep", "requires", "approval", "stop"];
const ASSURE: &[&str] = &["given", "promotes", "demotes"];

/// Whether a word starts a clause of any body.
#[must_use]
pub fn starts_clause(word: &str) -> bool {
    [POLICY, METRIC, LADDER, ACTION, GATE, ASSURE].iter().any(|words| words.contains(&word))
}

/// A body, for what may stand in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Place {
    /// Of a declaration.
    Of(Kind),
    /// Of a gate.
    Gate,
    /// Of something unknown.
    #[default]
    Unknown,
}

impl Place {
    /// The keywords of its clauses.
    pub(super) fn clauses(self) -> &'static [&'static str] {
        match self {
            Self::Of(Kind::Policy) => POLICY,
            Self::Of(Kind::Metric) => METRIC,
            Self::Of(Kind::Ladder) => LADDER,
            Self::Of(Kind::Action) => ACTION,
            Self::Of(Kind::Assure) => ASSURE,
            Self::Gate => GATE,
            Self::Of(Kind::Signal | Kind::Attribute) | Self::Unknown => &[],
        }
    }

    /// `a gate`
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Of(kind) => kind.phrase(),
            Self::Gate => "a gate",
            Self::Unknown => "a declaration",
        }
    }

    /// The keyword that a word was meant to be: one of this body's, else any clause's.
    pub(super) fn meant(self, word: &str) -> Option<&'static str> {
        near(word, self.clauses()).or_else(|| {
            let all: Vec<&'static str> = CLAUSES.iter().map(|(keyword, _)| *keyword).collect();
            near(word, &all)
        })
    }
}

/// The kind that a keyword declares.
pub(super) fn kind(keyword: &str) -> Option<Kind> {
    use Kind::{Action, Assure, Attribute, Ladder, Metric, Policy, Signal};
    [Policy, Signal, Attribute, Metric, Ladder, Action, Assure].into_iter().find(|kind| kind.word() == keyword)
}

/// Whether a word begins a clause.
pub(super) fn is_clause(word: &str) -> bool {
    CLAUSES.iter().any(|(keyword, _)| *keyword == word)
}

/// Whether a word begins a declaration.
pub(super) fn is_declaration(word: &str) -> bool {
    DECLARATIONS.iter().any(|(keyword, _)| *keyword == word)
}

/// The keyword of a declaration that a word was meant to be.
pub(super) fn meant_declaration(word: &str) -> Option<&'static str> {
    near(word, &DECLARATIONS.map(|(keyword, _)| keyword))
}

/// The one of `known` that a word was meant to be.
pub(super) fn near<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    known.iter().find(|it| **it == lower).copied().or_else(|| suggest(&lower, known.iter().copied()))
}

/// How a clause or declaration is written.
pub(super) fn example(keyword: &str) -> Option<&'static str> {
    CLAUSES.iter().chain(&DECLARATIONS).find(|(it, _)| *it == keyword).map(|(_, example)| *example)
}

/// The words that may go on with a clause that could end.
pub(super) fn further(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "bar" | "keep" => &["over", "min", "confidence", "margin", "exact", "wilson", "anytime"],
        "counts" | "alive" => &["within", "because"],
        "ceiling" => &["because"],
        "stale" => &["never", "because"],
        "matches" => &["and", "or"],
        _ => &[],
    }
}

/// The word that goes on with a clause and that another was meant to be.
pub(super) fn meant_further(keyword: &str, word: &str) -> Option<&'static str> {
    let known = further(keyword);
    match word {
        _ if known.contains(&word) || !known.contains(&"over") => near(word, known),
        "for" | "during" | "in" | "last" | "within" => Some("over"),
        "minimum" => Some("min"),
        "conf" => Some("confidence"),
        _ => near(word, known),
    }
}

/// A text of the user's, fit for a message.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).map(|it| if it == '`' { '\'' } else { it }).collect();
    if shown.len() < text.len() && text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown.replace(|letter: char| letter.is_control(), " ")
}

/// `a`, `a or b`, `a, b or c`
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// What a rule is to people, if it is anything to them; `subject` is what the declaration declares.
pub(super) fn describe(rule: Rule, subject: &str) -> Option<String> {
    if rule == Rule::k_not {
        return None; // it is read before `in` only to be refused
    }
    let name = format!("{rule:?}");
    if let Some(word) = name.strip_prefix("k_") {
        return Some(format!("`{word}`"));
    }
    let fixed = match rule {
        Rule::declared => return Some(format!("{subject}'s name")),
        Rule::signal_name | Rule::signals => "a signal's name",
        Rule::metric_name => "a metric's name",
        Rule::ladder_name => "a ladder's name",
        Rule::action_name | Rule::actions => "an action's name",
        Rule::attribute_name | Rule::attributes => "an attribute's name",
        Rule::tier | Rule::step => "a tier",
        Rule::judge => "`reviewer`, `staff` or `customer`",
        Rule::kind => "`number`, `text` or `flag`",
        Rule::risk_word => "a risk",
        Rule::silence => "`good`, `bad` or `nothing`",
        Rule::duration => "a duration",
        Rule::percentage => "a percentage",
        Rule::points => "a difference, like `4pp`",
        Rule::target => "a target",
        Rule::number => "a number",
        Rule::count => "a count",
        Rule::date => "a date",
        Rule::text | Rule::key | Rule::path => "a string",
        Rule::constant | Rule::operand => "a value",
        Rule::op => "a comparison sign",
        Rule::equals => "`=`",
        Rule::open => "`{`",
        Rule::choices => "`(`",
        Rule::end_group => "`)`",
        Rule::because => "`because`",
        Rule::over => "`over`",
        Rule::min => "`min`",
        Rule::confidence => "`confidence`",
        Rule::margin => "`margin`",
        Rule::and => "`and`",
        Rule::or => "`or`",
        Rule::predicate
        | Rule::disjunction
        | Rule::conjunction
        | Rule::negation
        | Rule::group
        | Rule::comparison
        | Rule::swapped
        | Rule::bare_flag => "a comparison",
        _ => return None,
    };
    Some(fixed.to_owned())
}
