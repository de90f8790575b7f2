//! How well scenarios test a policy, and that for programs.

use crate::scenario::coverage::{Coverage as Decided, Item};
use crate::scenario::mutants::{Mutant, Report};
use crate::source::{Sources, Span};
use serde::Serialize;

/// What was measured of a policy.
#[derive(Debug)]
pub struct Measured {
    /// The path of the policy.
    pub policy: String,
    /// Its texts.
    pub sources: Sources,
    /// `promote one per D`, as it applies.
    pub promote: String,
    /// What its clauses decided, if that was asked for.
    pub coverage: Option<Decided>,
    /// What became of its mutants, if that was asked for.
    pub mutants: Option<Tried>,
}

/// The mutants of a policy.
#[derive(Debug)]
pub struct Tried {
    /// What became of them.
    pub report: Report,
    /// What the files of scenarios say of them.
    pub accepted: Vec<Accepted>,
}

/// An entry of `survives`.
#[derive(Debug)]
pub struct Accepted {
    /// The file of scenarios.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// `PATH=VALUE`
    pub mutant: String,
    /// Why nothing can notice it.
    pub because: String,
}

impl Tried {
    /// The survivors that nobody accepted.
    pub fn survivors(&self) -> impl Iterator<Item = &Mutant> {
        let accepted = |mutant: &Mutant| self.accepted.iter().any(|it| it.mutant == mutant.name());
        self.report.survivors.iter().filter(move |mutant| !accepted(mutant))
    }

    /// The survivors that somebody accepted.
    pub fn excused(&self) -> impl Iterator<Item = &Accepted> {
        self.accepted.iter().filter(|it| self.report.survivors.iter().any(|mutant| mutant.name() == it.mutant))
    }

    /// The mutants that are accepted though they do not survive, and why they do not.
    pub fn needless(&self) -> impl Iterator<Item = (&Accepted, &'static str)> {
        let Report { killed, same, unsound, .. } = &self.report;
        let others = [(killed, "is noticed"), (same, "is the same plan"), (unsound, "is no sound policy")];
        let why = move |it: &Accepted| others.iter().find(|(names, _)| names.contains(&it.mutant)).map(|(_, why)| *why);
        self.accepted.iter().filter_map(move |it| Some((it, why(it)?)))
    }

    /// What is accepted and is no mutant of the policy.
    pub fn unknown(&self) -> impl Iterator<Item = &Accepted> {
        let names = self.names();
        self.accepted.iter().filter(move |it| !names.contains(&it.mutant))
    }

    /// The names of all mutants.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let Report { killed, survivors, same, unsound } = &self.report;
        let survivors = survivors.iter().map(Mutant::name);
        killed.iter().chain(same).chain(unsound).cloned().chain(survivors).collect()
    }

    /// Whether every mutant was noticed or is accepted, and none that was noticed is.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.survivors().next().is_none() && self.needless().next().is_none()
    }
}

impl Measured {
    /// `support.cwr:57`
    pub(super) fn place(&self, at: Span) -> String {
        format!("{}:{}", self.path(at), self.line(at))
    }

    fn path(&self, at: Span) -> &str {
        &self.sources.get(at.file).path
    }

    fn line(&self, at: Span) -> usize {
        self.sources.position(at).0
    }
}

/// The coverage of one policy.
#[derive(Serialize)]
pub(super) struct Coverage<'a> {
    policy: &'a str,
    decided: usize,
    of: usize,
    undecided: Vec<Undecided<'a>>,
}

#[derive(Serialize)]
struct Undecided<'a> {
    path: &'a str,
    line: usize,
    clause: String,
    what: &'static str,
}

/// The mutants of one policy.
#[derive(Serialize)]
pub(super) struct Mutants<'a> {
    policy: &'a str,
    tried: usize,
    killed: usize,
    same: usize,
    unsound: usize,
    survivors: Vec<Survivor<'a>>,
    accepted: Vec<Excused<'a>>,
    needless: Vec<Needless<'a>>,
}

#[derive(Serialize)]
struct Survivor<'a> {
    path: &'a str,
    line: usize,
    mutant: String,
    was: &'a str,
}

#[derive(Serialize)]
struct Excused<'a> {
    mutant: &'a str,
    because: &'a str,
}

#[derive(Serialize)]
struct Needless<'a> {
    path: &'a str,
    line: usize,
    mutant: &'a str,
    why: &'static str,
}

pub(super) fn coverage(of: &Measured) -> Option<Coverage<'_>> {
    let coverage = of.coverage.as_ref()?;
    let undecided = |item: &Item| Undecided {
        path: of.path(item.at),
        line: of.line(item.at),
        clause: super::measures::clause(of, item),
        what: super::measures::decides(item),
    };
    Some(Coverage {
        policy: &of.policy,
        decided: coverage.decided.len(),
        of: coverage.all.len(),
        undecided: coverage.undecided().map(undecided).collect(),
    })
}

pub(super) fn mutants(of: &Measured) -> Option<Mutants<'_>> {
    let tried = of.mutants.as_ref()?;
    let survivors = tried.survivors().map(|it| Survivor {
        path: of.path(it.at),
        line: of.line(it.at),
        mutant: it.name(),
        was: &it.was,
    });
    let needless = tried.needless();
    let needless = needless.map(|(it, why)| Needless { path: &it.file, line: it.line, mutant: &it.mutant, why });
    let report = &tried.report;
    Some(Mutants {
        policy: &of.policy,
        tried: report.killed.len() + report.survivors.len(),
        killed: report.killed.len(),
        same: report.same.len(),
        unsound: report.unsound.len(),
        survivors: survivors.collect(),
        accepted: tried.excused().map(|it| Excused { mutant: &it.mutant, because: &it.because }).collect(),
        needless: needless.collect(),
    })
}
