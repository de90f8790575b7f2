//! What a finding counts as in one run: `--deny`, `--warn` and `--allow`, and the lists of `cwrc.yaml`.
//!
//! What names a code wins over `warnings`; of what names the same, the last wins. An error stays an error.

use super::{Code, Diagnostic, Severity};
use crate::source::suggest::suggest;
use std::collections::BTreeMap;

/// The word that means every warning.
pub const WARNINGS: &str = "warnings";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Not told.
    Allow,
    /// A warning.
    Warn,
    /// An error.
    Deny,
}

impl Level {
    /// The option and the key: `allow`, `warn`, `deny`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// The configuration file.
    Config,
    /// An option.
    Option,
}

impl Asker {
    /// Its name where a finding is denied: `cwrc.yaml` or `--deny`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Config => "cwrc.yaml",
            Self::Option => "--deny",
        }
    }
}

/// Why something cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The fact.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// What was asked for; nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    warnings: Option<Asker>,
    codes: BTreeMap<Code, (Level, Asker)>,
}

impl Levels {
    /// Takes one more wish into account: a code, a name, or `warnings`.
    pub fn set(&mut self, level: Level, what: &str, asker: Asker) -> Result<(), Refusal> {
        if what == WARNINGS {
            if level != Level::Deny {
                let message = format!("`{WARNINGS}` can be denied, but not be given to `{}`", level.word());
                return Err(Refusal { message, help: "name the codes, one by one".to_owned() });
            }
            self.warnings = Some(asker);
            return Ok(());
        }
        let code = Code::find(what).ok_or_else(|| unknown(what, &[WARNINGS]))?;
        if code.severity() == Severity::Error && level != Level::Deny {
            let message = format!("`{what}` is an error, and errors stay errors");
            let help = format!("correct what it is about; `cwrc explain {}` tells how", code.number());
            return Err(Refusal { message, help });
        }
        self.codes.insert(code, (level, asker));
        Ok(())
    }

    /// Whether findings of this code are not to be told.
    #[must_use]
    pub fn allows(&self, code: Code) -> bool {
        matches!(self.codes.get(&code), Some((Level::Allow, _)))
    }

    /// Gives every finding the severity it has in this run, and drops those that are not to be told.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain(|it| !self.allows(it.code));
        for it in diagnostics {
            let own = it.code.severity();
            (it.severity, it.denied) = match self.codes.get(&it.code) {
                _ if own == Severity::Error => (own, None),
                Some((Level::Warn, _)) => (Severity::Warning, None),
                Some((Level::Deny, asker)) => (Severity::Error, Some(*asker)),
                _ if own == Severity::Warning && self.warnings.is_some() => (Severity::Error, self.warnings),
                _ => (own, None),
            };
        }
    }
}

/// That there is no such diagnostic; these words could have been meant as well.
#[must_use]
pub fn unknown(what: &str, words: &[&str]) -> Refusal {
    let known = Code::ALL.iter().flat_map(|code| [code.number(), code.name()]).chain(words.iter().copied());
    let numbered = format!("CWR{what}");
    let meant = if Code::find(&numbered).is_some() { numbered.as_str() } else { what };
    let help = suggest(meant, known)
        .map_or_else(|| "`cwrc explain` lists all codes".to_owned(), |near| format!("did you mean `{near}`?"));
    Refusal { message: format!("there is no diagnostic `{what}`"), help }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    /// The severities that findings of an error and a warning get.
    fn given(wishes: &[(Level, &str)]) -> Vec<(Severity, Option<Asker>)> {
        let mut levels = Levels::default();
        for (at, (level, what)) in wishes.iter().enumerate() {
            let asker = if at == 0 { Asker::Config } else { Asker::Option };
            levels.set(*level, what, asker).expect("a wish that can be met");
        }
        let finding = |code| Diagnostic::new(code, Span { file: FileId(0), start: 0, end: 0 }, "x");
        let mut all = vec![finding(Code::NoHold), finding(Code::UnusedAllow)];
        levels.apply(&mut all);
        all.iter().map(|it| (it.severity(), it.denied())).collect()
    }

    #[test]
    fn the_specific_wins_and_then_the_last() {
        use Level::{Allow, Deny, Warn};
        let (error, warning) = ((Severity::Error, None), (Severity::Warning, None));
        let name = Code::UnusedAllow.name();
        assert_eq!(given(&[]), [error, warning]);
        assert_eq!(given(&[(Deny, "warnings")]), [error, (Severity::Error, Some(Asker::Config))]);
        assert_eq!(given(&[(Allow, name)]), [error]);
        assert_eq!(given(&[(Allow, name), (Deny, "warnings")]), [error]);
        assert_eq!(given(&[(Deny, "warnings"), (Warn, name)]), [error, warning]);
        assert_eq!(given(&[(Allow, name), (Deny, name)]), [error, (Severity::Error, Some(Asker::Option))]);
        assert_eq!(given(&[(Deny, name), (Allow, name)]), [error]);
    }

    #[test]
    fn what_cannot_be_asked_for_is_told() {
        let refused = |level, what: &str| Levels::default().set(level, what, Asker::Option).expect_err(what);
        assert_eq!(refused(Level::Deny, "warning").help, "did you mean `warnings`?");
        assert_eq!(refused(Level::Allow, "unused-alow").help, "did you mean `unused-allow`?");
        assert_eq!(refused(Level::Warn, "no-hold").message, "`no-hold` is an error, and errors stay errors");
        assert_eq!(refused(Level::Allow, "warnings").help, "name the codes, one by one");
        assert_eq!(Levels::default().set(Level::Deny, "no-hold", Asker::Option), Ok(()));
    }
}
