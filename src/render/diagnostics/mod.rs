//! What `cwrc check` says, in eight formats, one file each. All tell the same [`Report`]: every finding once, however
//! many policies share the file it lies in, sorted by path, position and code; and what is not decided.
//!
//! What comes from a policy or from the names of files is foreign: each format escapes what means something in it,
//! and no format prints a character that cannot be seen or that turns the direction of the text.

mod drawn;
mod fingerprint;
pub(super) mod github;
mod gitlab;
pub mod human;
mod json;
pub(super) mod junit;
pub(super) mod markdown;
mod plain;
mod sarif;
#[cfg(test)]
mod tests;

use super::Style;
use super::text::is_hidden;
use crate::analysis::{Analysis, Undecided};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Sources, Span};
use std::fmt::Write as _;

/// The formats of `cwrc check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// One finding a line.
    Plain,
    /// For programs.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub's workflow commands.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// A comment for a pull request.
    Markdown,
}

impl Format {
    /// All formats, as the command line lists them.
    pub const ALL: &[Self] =
        &[Self::Human, Self::Plain, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit, Self::Markdown];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Plain => "plain",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
        }
    }

    /// The format of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// What it is for, in a line.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Human => "For people",
            Self::Plain => "One finding a line: path:line:column: severity[CODE] message; help",
            Self::Json => "For programs",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "Annotations of a GitHub workflow",
            Self::Gitlab => "A GitLab Code Quality report",
            Self::Junit => "JUnit XML, for test reports",
            Self::Markdown => "A comment for a pull request",
        }
    }
}

/// The report in a format; the style is for people alone.
#[must_use]
pub fn render(report: &Report, format: Format, style: Style) -> String {
    match format {
        Format::Human => human::findings(report, style) + &human::verdicts(report, style),
        Format::Plain => plain::render(report),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Github => github::render(report),
        Format::Gitlab => gitlab::render(report),
        Format::Junit => junit::render(report),
        Format::Markdown => markdown::render(report),
    }
}

/// Everything that is to be told of some policies, each finding once.
#[derive(Debug)]
pub struct Report<'a> {
    /// What was checked.
    roots: &'a [Analysis],
    found: Vec<Found<'a>>,
    open: Vec<Open<'a>>,
}

/// A finding, and the policy in whose texts it was found first.
#[derive(Clone, Copy, Debug)]
struct Found<'a> {
    diagnostic: &'a Diagnostic,
    of: &'a Analysis,
    at: Place<'a>,
}

/// A promise that is not decided, and the policy it is of.
#[derive(Clone, Copy, Debug)]
struct Open<'a> {
    undecided: &'a Undecided,
    of: &'a Analysis,
    at: Place<'a>,
}

/// A place in a text; lines and columns from 1, the end behind the last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'a> {
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'a> Report<'a> {
    /// The report of what was checked.
    #[must_use]
    pub fn of(roots: &'a [Analysis]) -> Self {
        let (mut found, mut open) = (Vec::new(), Vec::new());
        for of in roots {
            let finding = |diagnostic| Found { diagnostic, of, at: Place::of(diagnostic.at.span, &of.sources) };
            found.extend(of.diagnostics.iter().map(finding));
            let promise = |undecided: &'a Undecided| Open { undecided, of, at: Place::of(undecided.at, &of.sources) };
            open.extend(of.undecided.iter().map(promise));
        }
        found.sort_by(|one, other| one.identity().cmp(&other.identity()));
        found.dedup_by(|one, other| one.identity() == other.identity());
        open.sort_by(|one, other| one.identity().cmp(&other.identity()));
        open.dedup_by(|one, other| one.identity() == other.identity());
        Self { roots, found, open }
    }

    /// How many findings are of this severity.
    fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|it| it.severity() == severity).count()
    }

    /// The paths of all files that were read, each once, in order.
    fn paths(&self) -> Vec<&'a str> {
        let mut paths: Vec<&str> = self.roots.iter().flat_map(Analysis::paths).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

impl<'a> Found<'a> {
    /// What makes two findings the same, and orders them.
    fn identity(&self) -> impl Ord + use<'a> {
        let Diagnostic { code, message, .. } = self.diagnostic;
        (self.at.path, self.at.line, self.at.column, *code, self.at, message.as_str())
    }

    fn severity(&self) -> Severity {
        self.diagnostic.severity()
    }
}

impl<'a> Open<'a> {
    fn identity(&self) -> impl Ord + use<'a> {
        (self.at, self.undecided.what.as_str())
    }
}

impl<'a> Place<'a> {
    fn of(span: Span, sources: &'a Sources) -> Self {
        let file = sources.get(span.file);
        let (line, column) = file.lines.position(&file.text, span.start as usize);
        let (end_line, end_column) = file.lines.position(&file.text, span.end.max(span.start) as usize);
        Self { path: &file.path, line, column, end_line, end_column }
    }
}

/// A JSON document with a line end; what cannot be seen in its strings is escaped, which changes no value.
pub(super) fn document(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out = String::with_capacity(text.len() + 1);
    for sign in text.chars() {
        if sign == '\n' || !is_hidden(sign) {
            out.push(sign);
            continue;
        }
        for unit in sign.encode_utf16(&mut [0; 2]) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out.push('\n');
    out
}
