//! The table of codes: number, kebab-case name, severity, title. Only this file knows a code's number.
//!
//! To add a code: a row here and a page `pages/CWRnnn.md` beside it; without the page nothing compiles, and without
//! an input that gives the code a test fails.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The policy cannot be used.
    Error,
    /// The policy works, but not as its readers think.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// `error`, `warning` or `info`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

macro_rules! codes {
    ($($variant:ident = $number:literal, $name:literal, $severity:ident, $title:literal;)*) => {
        /// A diagnostic's stable identity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All codes, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// `CWR001`.
            #[must_use]
            pub fn number(self) -> &'static str {
                match self { $(Self::$variant => $number),* }
            }

            /// The name that reads well after "allow": `syntax-error`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Its severity.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity),* }
            }

            /// What it is about, in one line.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// The page behind `cwrc explain`.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("pages/", $number, ".md"))),* }
            }
        }
    };
}

codes! {
    SyntaxError = "CWR001", "syntax-error", Error, "the text is not the language";
    BadImport = "CWR002", "bad-import", Error, "an import is not found, absolute, outside the root, or part of a cycle";
    DeclaredTwice = "CWR003", "declared-twice", Error, "a name is declared twice";
    UnknownName = "CWR004", "unknown-name", Error, "a name is not declared";
    MisplacedClause = "CWR005", "misplaced-clause", Error, "a clause is given twice, or does not belong here";
    MissingClause = "CWR006", "missing-clause", Error, "a required clause is missing";
    UnreadableInput = "CWR007", "unreadable-input", Error, "the input is not UTF-8, too large, or nested too deep";
    UnknownEdition = "CWR008", "unknown-edition", Error, "the language edition is not known";
    WrongValue = "CWR101", "wrong-value", Error, "a value is of the wrong kind or out of range";
    NotTickMultiple = "CWR102", "not-tick-multiple", Error, "a duration is not a whole multiple of the tick";
    WrongDirection = "CWR103", "wrong-direction", Error, "the operator contradicts what is better";
    OneSidedMetric = "CWR104", "one-sided-metric", Error, "a metric can never count one side";
    OverlappingActions = "CWR105", "overlapping-actions", Error, "two action types match the same record";
    UnmatchedRecords = "CWR106", "unmatched-records", Warning, "action types split a kind, and records fall between them";
    ImpossiblePredicate = "CWR107", "impossible-predicate", Error, "a predicate can never be true";
    AbsenceLowersRisk = "CWR108", "absence-lowers-risk", Warning, "a record that lacks an attribute lands in the lower risk";
    MissingGate = "CWR201", "missing-gate", Error, "a gate is missing below the ceiling";
    NoCustomerBar = "CWR202", "no-customer-bar", Error, "no bar of walk to run is a customer metric";
    RepeatedEvidence = "CWR203", "repeated-evidence", Error, "walk to run asks only for what crawl to walk asked for";
    NoHold = "CWR204", "no-hold", Error, "a gate has no hold, or one shorter than a tick";
    NoKeepBar = "CWR205", "no-keep-bar", Error, "a gate has no keep bar that could ever fail";
    ImpossibleRequires = "CWR206", "impossible-requires", Error, "a requires is circular, or above the other's ceiling";
    AboveCeiling = "CWR207", "above-ceiling", Warning, "a clause of the action's own lies above its ceiling";
    NoConfidence = "CWR208", "no-confidence", Warning, "what cannot be undone may rise without confidence in its bars";
    GatedReadOnly = "CWR209", "gated-read-only", Info, "an action that only reads is gated";
    PermaBeta = "CWR210", "perma-beta", Warning, "the gate out of crawl has no stop after";
    AbsentJudge = "CWR211", "absent-judge", Warning, "a keep bar waits for a reviewer where nobody reviews";
    UnusedName = "CWR212", "unused-name", Warning, "a signal, metric or ladder that nothing uses";
    UnattendedPolicy = "CWR213", "unattended-policy", Warning, "the policy has no owner, or its review date has passed";
    UnusedAllow = "CWR214", "unused-allow", Warning, "an allow silences nothing";
    NoStale = "CWR215", "no-stale", Error, "an action that can leave crawl has no stale";
    MarginOverTier = "CWR216", "margin-over-tier", Error, "a bar over tier has a margin";
    UncheckedSilence = "CWR217", "unchecked-silence", Error, "silence is good, and nothing says that the feed is alive";
    ImpossibleStop = "CWR218", "impossible-stop", Error, "stop comes before the gate could be met";
    SharedSignal = "CWR219", "shared-signal", Warning, "one signal serves metrics from two sources";
    ShortHold = "CWR301", "short-hold", Warning, "a hold is shorter than half the window";
    FewSamples = "CWR302", "few-samples", Warning, "so few samples that luck clears the bar";
    NarrowMargin = "CWR303", "narrow-margin", Warning, "a margin is smaller than the noise";
    UnreachableBar = "CWR304", "unreachable-bar", Error, "even a perfect record of min samples falls short";
    AnytimeSliding = "CWR305", "anytime-sliding", Error, "anytime over a sliding window";
    PrematureStale = "CWR306", "premature-stale", Error, "stale fires before any evidence can exist";
    LateAlarm = "CWR307", "late-alarm", Warning, "a regression at run stays unseen for long";
    RepeatedLooks = "CWR308", "repeated-looks", Info, "a bound for one look is looked at every tick";
    ShortStale = "CWR309", "short-stale", Warning, "stale is too short for the evidence of thin traffic";
    UnmatchedHistory = "CWR401", "unmatched-history", Error, "signals or records that the policy does not know";
    ThinTraffic = "CWR402", "thin-traffic", Warning, "traffic too low to ever reach min within the window";
    NeverSeen = "CWR403", "never-seen", Warning, "a signal or an action type never occurs";
    NoEvidence = "CWR404", "no-evidence", Warning, "a bar's metric has no sample at its tier";
    RefutedAssurance = "CWR501", "refuted-assurance", Error, "a gate does not do what is promised of it";
}

impl Code {
    /// The code of a number (`CWR301`, any case) or a name.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number().eq_ignore_ascii_case(text) || code.name() == text)
    }

    /// Whether it can only be found with a history at hand.
    #[must_use]
    pub fn needs_history(self) -> bool {
        self.number().starts_with("CWR4")
    }
}
