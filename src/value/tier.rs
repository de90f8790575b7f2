//! Tiers, the steps between them, and risk: the three closed lists of the language.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How far an action type acts on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// It suggests, a person acts.
    Crawl,
    /// It acts on internal staff, who can fix mistakes.
    Walk,
    /// It acts on customers.
    Run,
}

impl Tier {
    /// All tiers, lowest first.
    pub const ALL: [Self; 3] = [Self::Crawl, Self::Walk, Self::Run];

    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Crawl => "crawl",
            Self::Walk => "walk",
            Self::Run => "run",
        }
    }

    /// The tier of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.word() == word)
    }

    /// 0, 1, 2 from the bottom.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The step that leads up from here.
    #[must_use]
    pub fn step_up(self) -> Option<Step> {
        match self {
            Self::Crawl => Some(Step::CrawlToWalk),
            Self::Walk => Some(Step::WalkToRun),
            Self::Run => None,
        }
    }

    /// The step that led here: its keep bars watch this tier.
    #[must_use]
    pub fn step_below(self) -> Option<Step> {
        match self {
            Self::Crawl => None,
            Self::Walk => Some(Step::CrawlToWalk),
            Self::Run => Some(Step::WalkToRun),
        }
    }

    /// One tier down; crawl stays.
    #[must_use]
    pub fn down(self) -> Self {
        match self {
            Self::Crawl | Self::Walk => Self::Crawl,
            Self::Run => Self::Walk,
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One of the two gates' places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// From suggesting to acting on staff.
    CrawlToWalk,
    /// From staff to customers.
    WalkToRun,
}

impl Step {
    /// Both steps, the lower first.
    pub const ALL: [Self; 2] = [Self::CrawlToWalk, Self::WalkToRun];

    /// The step between two tiers, if they are neighbours in this order.
    #[must_use]
    pub fn between(from: Tier, to: Tier) -> Option<Self> {
        from.step_up().filter(|step| step.to() == to)
    }

    /// The tier below the gate.
    #[must_use]
    pub fn from(self) -> Tier {
        match self {
            Self::CrawlToWalk => Tier::Crawl,
            Self::WalkToRun => Tier::Walk,
        }
    }

    /// The tier above the gate.
    #[must_use]
    pub fn to(self) -> Tier {
        match self {
            Self::CrawlToWalk => Tier::Walk,
            Self::WalkToRun => Tier::Run,
        }
    }

    /// 0 or 1.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The path segment: `crawl_to_walk`.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::CrawlToWalk => "crawl_to_walk",
            Self::WalkToRun => "walk_to_run",
        }
    }
}

impl fmt::Display for Step {
    /// As written in a policy: `crawl to walk`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from(), self.to())
    }
}

/// How much a mistake of an action type may cost; the lower risk is promoted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// A nuisance at most.
    Low,
    /// Someone notices.
    Moderate,
    /// Someone is harmed.
    High,
    /// The harm may not be undone.
    Critical,
}

impl Risk {
    /// All risks, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Moderate, Self::High, Self::Critical];

    /// The word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The risk of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.word() == word)
    }
}
