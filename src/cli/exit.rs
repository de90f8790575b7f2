//! Exit codes (interfaces §1), and the errors of doing: everything that is exit 2.

use crate::diagnostic::levels::Refusal;
use crate::history::{Malformed, Packing, ReadError};
use crate::replay;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, and fine.
    Fine,
    /// Done, and what was looked at is not fine.
    NotFine,
    /// Could not be done, or nothing to do.
    Failed,
    /// Undecided.
    Undecided,
}

impl Exit {
    /// The number; `--exit-zero` turns 1 into 0 and nothing else.
    pub(super) fn code(self, exit_zero: bool) -> u8 {
        match self {
            Self::Fine => 0,
            Self::NotFine => u8::from(!exit_zero),
            Self::Failed => 2,
            Self::Undecided => 3,
        }
    }

    /// Of two, the one that wins: 2 over 1 over 3 over 0.
    pub(super) fn and(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Fine => 0,
            Self::Undecided => 1,
            Self::NotFine => 2,
            Self::Failed => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// Why the work could not be done, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Failure {
    /// What happened.
    pub(super) message: String,
    /// The remedy.
    pub(super) help: Option<String>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A file that cannot be read, with the remedy for the usual causes.
    pub(super) fn unreadable(path: &str, error: &std::io::Error) -> Self {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; it is taken from the working directory",
            std::io::ErrorKind::IsADirectory => "it is a directory; name one of its files",
            std::io::ErrorKind::PermissionDenied => "it exists, but may not be read by you",
            std::io::ErrorKind::InvalidData => "save it as UTF-8",
            _ => return Self::new(format!("cannot read {path}: {error}")),
        };
        Self::new(format!("cannot read {path}: {error}")).help(help)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.message).help(refusal.help)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let ReadError { name, source } = error;
        if let Some(Malformed { message, help }) = Malformed::of(&source) {
            return Self::new(format!("{name} {message}")).help(help);
        }
        if let Some((packing, _)) = Packing::of_name(&name).filter(|_| source.raw_os_error().is_none()) {
            let test = if packing == Packing::Zstd { "zstd" } else { "gzip" };
            return Self::new(format!("cannot read {name} to its end: {source}"))
                .help(format!("it is cut off or damaged (`{test} -t {name}` says so too): fetch it again"));
        }
        Self::unreadable(&name, &source)
    }
}

impl From<replay::Error> for Failure {
    fn from(error: replay::Error) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            replay::Error::NothingKept => failure.help(
                "each line must be one JSON object with at least `id`, `time` and `action`; where they have other \
                 names, --map id=ticket,time=opened_at says so",
            ),
            replay::Error::NoBoundary { .. } => {
                failure.help("choose --from and --to inside what the history spans, --from first")
            }
            replay::Error::TooManyBoundaries { .. } => failure,
        }
    }
}
