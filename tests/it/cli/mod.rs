//! The command line as a user meets it: the real program in a folder of its own.
//!
//! `config` reads `cwrc.yaml`, `exits` holds the contract of exit codes (interfaces §1), `streams` who hears what,
//! `inputs` how policies and histories are named, `revisions` policies in git, `rewrites` what `fmt` does, `fixes` what
//! `check --fix` does, `init` and
//! `pages` the small commands, `transcripts` whole sessions written down in `tests/cases/cli/*.md`.

mod config;
mod exits;
mod fixes;
mod init;
mod inputs;
mod pages;
mod revisions;
mod rewrites;
pub(crate) mod streams;
pub(crate) mod transcripts;

use crate::repository;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The built program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_cwrc");

/// What the surroundings of a test must not decide.
const SURROUNDINGS: [&str; 8] =
    ["COLUMNS", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// A folder that has the files of `tests/cases/cli/files/` and goes away with the test.
pub(crate) struct Sandbox {
    folder: PathBuf,
}

/// How a run ended, and what it said.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) asked: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let sandbox = Self { folder };
        for entry in fs::read_dir(repository("tests/cases/cli/files")).expect("the files") {
            let entry = entry.expect("a file");
            fs::copy(entry.path(), sandbox.path(&entry.file_name().to_string_lossy())).expect("a copy");
        }
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    pub(crate) fn with_folder(self, name: &str) -> Self {
        fs::create_dir_all(self.path(name)).expect("a folder");
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    /// All files, for a look at what a command left behind.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.folder)
            .expect("the folder")
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments.split_whitespace()).current_dir(&self.folder).stdin(Stdio::null());
        for name in SURROUNDINGS {
            command.env_remove(name);
        }
        command
    }

    /// Runs `cwrc` with arguments that have no spaces in them.
    #[track_caller]
    pub(crate) fn cwrc(&self, arguments: &str) -> Told {
        Told::of(arguments, self.command(arguments).output().expect("cwrc runs"))
    }

    /// The same with something on standard input.
    #[track_caller]
    pub(crate) fn cwrc_with(&self, arguments: &str, stdin: impl AsRef<[u8]>) -> Told {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("cwrc runs");
        // Whoever does not read its input is no failure of the test.
        let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_ref());
        Told::of(arguments, child.wait_with_output().expect("cwrc ends"))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { asked, code, out, err } = self;
        write!(f, "\n$ cwrc {asked}\n{out}--- stderr\n{err}--- exit {code:?}")
    }
}

impl Told {
    /// Whatever was asked: no panic, one of the four codes, nothing but UTF-8.
    #[track_caller]
    fn of(asked: &str, output: std::process::Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let told = Self {
            asked: asked.into(),
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(matches!(told.code, Some(0..=3)), "{told}");
        assert!(!told.err.contains("panicked"), "{told}");
        told
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Stderr has this, and stdout is empty.
    #[track_caller]
    pub(crate) fn only_complains(self, part: &str) -> Self {
        self.mute().complains(part)
    }

    /// Stderr has this.
    #[track_caller]
    pub(crate) fn complains(self, part: &str) -> Self {
        let unwrapped = self.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(unwrapped.contains(part), "stderr lacks {part:?}: {self}");
        self
    }

    /// Stdout has this.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.out.contains(part), "stdout lacks {part:?}: {self}");
        self
    }

    /// Stderr is empty.
    #[track_caller]
    pub(crate) fn without_complaint(self) -> Self {
        assert_eq!(self.err, "", "{self}");
        self
    }

    /// Stdout is empty.
    #[track_caller]
    pub(crate) fn mute(self) -> Self {
        assert_eq!(self.out, "", "{self}");
        self
    }
}

/// The policy of the tests.
fn desk() -> String {
    fs::read_to_string(repository("tests/cases/cli/files/desk.cwr")).expect("the policy")
}

/// The same with an error: no hold.
fn broken() -> String {
    desk().replacen("    hold 2d\n", "", 1)
}

/// The same with a promise that is not decided, as no machine could draw so many records.
fn promising() -> String {
    desk()
        + "\nassure reply crawl to walk {\n  given acceptance = 40%\n  given traffic 2_000_000_000 per 1d\n  promotes within 30d at most 5%\n}\n"
}

/// The history of the tests.
fn history() -> String {
    fs::read_to_string(repository("tests/cases/cli/files/desk.jsonl")).expect("the history")
}

const NOT_UTF8: &[u8] = b"policy caf\xe9 {}\n";
