//! The `git` program: asked without a shell, in one language, and never for a password.

use super::Failure;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Why git gave no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It could not be started.
    Absent(io::Error),
    /// It said why, in its own words.
    Told(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Absent(error) => Failure::new(format!("cannot run git: {error}"))
                .help("a revision is read with the `git` program: install it, or put it on the PATH"),
            Refusal::Told(told) => Failure::new(format!("git failed: {told}")),
        }
    }
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.stdin(Stdio::null()).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
    command
}

/// What git prints when asked this.
pub(super) fn run(arguments: &[&str]) -> Result<Vec<u8>, Refusal> {
    let output = git().args(arguments).output().map_err(Refusal::Absent)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let first = told.lines().next().unwrap_or("it does not say why");
    Err(Refusal::Told(first.strip_prefix("fatal: ").unwrap_or(first).to_owned()))
}

/// The objects of the repository, all read by one process.
#[derive(Debug)]
pub(super) struct Objects {
    reader: Child,
    asked: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    pub(super) fn open() -> Result<Self, Refusal> {
        let mut command = git();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut reader = command.spawn().map_err(Refusal::Absent)?;
        let (asked, answers) = (reader.stdin.take(), reader.stdout.take());
        let answers = answers.ok_or_else(|| Refusal::Told("it has no output".to_owned()))?;
        Ok(Self { reader, asked, answers: BufReader::new(answers) })
    }

    /// The bytes of the file with this hash: the answer is `HASH blob SIZE`, the bytes, and a line end.
    pub(super) fn read(&mut self, object: &str) -> io::Result<Vec<u8>> {
        if let Some(asked) = &mut self.asked {
            writeln!(asked, "{object}")?;
            asked.flush()?;
        }
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let size = head.trim_end().strip_prefix(object).and_then(|rest| rest.strip_prefix(" blob "));
        let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else {
            return Err(io::Error::other(format!("the repository lacks its content, object {object}")));
        };
        let mut bytes = Vec::new();
        self.answers.by_ref().take(size).read_to_end(&mut bytes)?;
        self.answers.read_exact(&mut [0])?;
        Ok(bytes)
    }
}

impl Drop for Objects {
    /// Without more questions the reader ends; it is waited for, so that nothing is left behind.
    fn drop(&mut self) {
        self.asked = None;
        let _ = self.reader.wait();
    }
}
