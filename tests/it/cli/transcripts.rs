//! Sessions written down: a block ```` ```console ```` of `$ COMMAND` and what it prints, stdout and stderr as they come,
//! then `[exit N]` unless N is 0. A block ```` ```cwr NAME ```` (or jsonl, yaml, text) is a file in the session's folder.
//!
//! `UPDATE_DOCS=1 cargo test --test it` writes down what is printed now; read `git diff` before it is taken as right.

use super::{PROGRAM, SURROUNDINGS, Sandbox};
use crate::{files_below, repository};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether what is printed now is to be written down.
pub(crate) fn is_update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|value| value == "1")
}

/// A session over the real histories, in the folder `$CWRC_HISTORIES`.
const REAL: &str = "console real";

/// A fenced block of a Markdown text.
pub(crate) struct Block<'a> {
    /// What stands behind the fence: `console`, `cwr bad`.
    pub(crate) info: &'a str,
    /// Its lines.
    pub(crate) text: &'a str,
    /// Where its lines start in the whole text.
    pub(crate) at: usize,
}

/// The fenced blocks of a text. The error names the line of one that is never closed.
pub(crate) fn blocks(text: &str) -> Result<Vec<Block<'_>>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        match open {
            Some((info, start, fence)) if bare == fence => {
                blocks.push(Block { info, text: &text[start..at], at: start });
                open = None;
            }
            None if bare.starts_with("```") => {
                let (fence, info) = bare.split_at(bare.chars().take_while(|sign| *sign == '`').count());
                open = Some((info.trim(), at + line.len(), fence));
            }
            _ => {}
        }
        at += line.len();
    }
    match open {
        Some((_, start, _)) => Err(format!("the block at line {} is never closed", text[..start].lines().count())),
        None => Ok(blocks),
    }
}

/// One command of a block, and what it prints.
struct Step<'a> {
    command: &'a str,
    printed: &'a str,
}

/// The commands of a block; one that ends in `\` goes on in the next line.
fn steps(text: &str) -> Vec<Step<'_>> {
    let mut starts = Vec::new();
    let (mut at, mut goes_on) = (0, false);
    for line in text.split_inclusive('\n') {
        if line.starts_with("$ ") && !goes_on {
            starts.push((at, at));
        }
        if let Some((start, end)) = starts.last_mut()
            && (*start == at || goes_on)
        {
            *end = at + line.len();
            goes_on = line.trim_end().ends_with('\\');
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    let step = |((start, behind), end): (&(usize, usize), usize)| Step {
        command: &text[*start + 2..*behind],
        printed: &text[*behind..end],
    };
    starts.iter().zip(ends).map(step).collect()
}

/// What a command prints to a terminal that has no colours, run by a shell in which `cwrc` is the built program.
fn print(command: &str, folder: &Path) -> String {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let programs = Path::new(PROGRAM).parent().expect("a folder").display();
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(folder).stdin(Stdio::null());
    shell.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap_or_default()));
    if let Some(histories) = crate::histories() {
        shell.env("CWRC_HISTORIES", histories);
    }
    for name in SURROUNDINGS {
        shell.env_remove(name);
    }
    shell.stdout(writer.try_clone().expect("a pipe")).stderr(writer);
    let mut child = shell.spawn().expect("a shell");
    drop(shell);
    let mut printed = String::new();
    reader.read_to_string(&mut printed).expect("UTF-8");
    assert!(!printed.contains("panicked"), "{command}\n{printed}");
    match child.wait().expect("an end").code() {
        Some(0) => {}
        code => writeln!(printed, "[exit {}]", code.unwrap_or(-1)).expect("memory"),
    }
    printed
}

/// The text with all its sessions as they print now; blocks marked `ignore` are left alone, and blocks marked `real` where
/// there are no real histories.
pub(crate) fn replayed(text: &str, folder: &Path) -> Result<String, String> {
    let mut now = String::new();
    let mut copied = 0;
    let blocks = blocks(text)?;
    let has_histories = blocks.iter().any(|block| block.info == REAL) && crate::histories().is_some();
    for block in blocks.iter().filter(|block| block.info == "console" || has_histories && block.info == REAL) {
        for step in steps(block.text) {
            // A slice of the text: its distance from the start is its place.
            let from = step.printed.as_ptr() as usize - text.as_ptr() as usize;
            now += &text[copied..from];
            now += &print(step.command, folder);
            copied = from + step.printed.len();
        }
    }
    Ok(now + &text[copied..])
}

/// Holds a text against what its sessions print now; with `UPDATE_DOCS=1` writes that instead.
pub(crate) fn holds(path: &Path, folder: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).expect("a text");
    let now = replayed(&text, folder)?;
    same_or_updated(path, &text, &now)
}

/// Compares a text with what it should be; with `UPDATE_DOCS=1` writes that instead.
pub(crate) fn same_or_updated(path: &Path, text: &str, now: &str) -> Result<(), String> {
    if is_update() {
        std::fs::write(path, now).expect("a text");
        return Ok(());
    }
    if text == now {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(text, now);
    Err(diff.unified_diff().header("as written", "as printed now").context_radius(3).to_string())
}

#[cfg(unix)]
#[test]
fn sessions_print_what_is_written() {
    let mut wrong = Vec::new();
    let paths = files_below(&repository("tests/cases/cli"), "md");
    assert!(paths.len() > 5, "where are the sessions?");
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a text");
        let mut sandbox = Sandbox::new();
        for block in blocks(&text).expect("closed blocks") {
            if let Some((_, name)) = block.info.split_once(' ').filter(|(kind, _)| *kind != "console") {
                sandbox = sandbox.with(name, block.text);
            }
        }
        if let Err(error) = holds(&path, &sandbox.path("")) {
            wrong.push(format!("{}: {error}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_DOCS=1 writes it down", wrong.join("\n"));
}

/// What a user is told must help: these sessions are of mistakes, and each says where and what to do.
#[test]
fn sessions_of_mistakes_name_the_file_and_a_remedy() {
    let paths = files_below(&repository("tests/cases/cli/mistakes"), "md");
    assert!(paths.len() >= 10, "{} mistakes", paths.len());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with("# "), "{}: a title", path.display());
        for block in blocks(&text).expect("closed blocks").iter().filter(|block| block.info == "console") {
            for step in steps(block.text) {
                let remedy = ["help:", "tip:", "Usage:", "--help"].iter().any(|word| step.printed.contains(word));
                assert!(remedy, "{}: no remedy in\n{}", path.display(), step.printed);
                assert!(step.printed.contains("[exit 1]") || step.printed.contains("[exit 2]"), "{}", path.display());
            }
        }
    }
}

#[test]
fn reads_blocks_and_steps() {
    let text = "x\n```console\n$ a \\\n  b\nout\n$ c\n```\n\n````cwr bad\n```\n````\n";
    let blocks = blocks(text).expect("closed");
    let infos: Vec<_> = blocks.iter().map(|block| (block.info, block.text)).collect();
    assert_eq!(infos, [("console", "$ a \\\n  b\nout\n$ c\n"), ("cwr bad", "```\n")]);
    assert_eq!(blocks[0].at, 13);
    let steps: Vec<_> = steps(blocks[0].text).into_iter().map(|step| (step.command, step.printed)).collect();
    assert_eq!(steps, [("a \\\n  b\n", "out\n"), ("c\n", "")]);
    assert!(super::transcripts::blocks("a\n```\n").is_err());
}

#[cfg(unix)]
#[test]
fn replays_sessions_in_place() {
    let text = "```console\n$ echo a; exit 4\nb\n$ echo c\nc\n```\nend\n```console ignore\n$ echo d\n```\n";
    let now = replayed(text, Path::new(".")).expect("closed");
    assert_eq!(now, text.replace("\nb\n", "\na\n[exit 4]\n"));
}
