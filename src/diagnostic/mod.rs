//! The diagnostic: what is wrong, where, and what to write instead.
//!
//! Style, kept by a test: messages start in lower case, state the fact in the policy's own words, have no final stop
//! and no line break, never blame; user's words stand in backticks; what to write goes into the help, never into the
//! message; one mistake gives one diagnostic.

pub mod code;
pub mod fix;
pub mod levels;

pub use code::{Code, Severity};
pub use fix::Fix;

use levels::Asker;

use crate::source::{Sources, Span};

/// A place and what it has to do with the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there, in a few words; may be empty for the primary label.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its stable code; the severity comes from it, unless the run says otherwise.
    pub code: Code,
    /// The fact.
    pub message: String,
    /// The exact place.
    pub at: Label,
    /// Other places that matter.
    pub also: Vec<Label>,
    /// What to write.
    pub help: Option<String>,
    /// The same as a replacement, where one answer is safe.
    pub fix: Option<Box<Fix>>,
    severity: Severity,
    denied: Option<Asker>,
}

impl Diagnostic {
    /// A finding at a place.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let at = Label { span, text: String::new() };
        let (message, severity) = (message.into(), code.severity());
        Self { code, message, at, also: Vec::new(), help: None, fix: None, severity, denied: None }
    }

    /// Says at the primary place what is there.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.at.text = text.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.also.push(Label { span, text: text.into() });
        self
    }

    /// Says what to write.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to write in place of what is there.
    #[must_use]
    pub fn write(self, text: &str) -> Self {
        let fix = Fix::write(self.at.span, text);
        self.help(format!("write `{text}`")).fix(fix)
    }

    /// Asks whether this word was meant, which nothing else is near.
    #[must_use]
    pub fn meant(self, word: &str) -> Self {
        let fix = Fix::write(self.at.span, word);
        self.help(format!("did you mean `{word}`?")).fix(fix)
    }

    /// Says how to fix it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into().map(Box::new);
        self
    }

    /// Its severity in this run: that of its code, or what [`levels::Levels`] say.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Who made an error of it, which it is not by itself.
    #[must_use]
    pub fn denied(&self) -> Option<Asker> {
        self.denied
    }
}

/// Findings of one root that are told; of the others only their number, so that no text can make the telling endless.
const TOLD: usize = 500;

/// Keeps the first findings, and of the others the first of the most severe, to say how many they are.
pub fn limit(diagnostics: &mut Vec<Diagnostic>) {
    let more = diagnostics.len().saturating_sub(TOLD);
    let Some(worst) = diagnostics.iter().skip(TOLD).min_by_key(|it| it.severity()).cloned() else { return };
    let all =
        if more == 1 { "it is the last of them".to_owned() } else { format!("{more} are left, this one included") };
    diagnostics.truncate(TOLD);
    diagnostics.push(worst.help(format!("correct those above first: {all}")));
}

/// Sorts by path, position and code, and drops repetitions: the order in which every output shows them.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    let path = |diagnostic: &Diagnostic| sources.get(diagnostic.at.span.file).path.clone();
    diagnostics.sort_by_cached_key(|it| (path(it), it.at.span.start, it.code, it.at.span.end, it.message.clone()));
    diagnostics.dedup();
}
