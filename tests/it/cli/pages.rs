//! `cwrc completions` and `cwrc man`: they have every command, and shells and `man` read them.

use super::{Sandbox, streams};
use std::process::{Command, Stdio};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[test]
fn completions_name_every_command_and_its_options() {
    let sandbox = Sandbox::new();
    let commands = streams::commands(&sandbox);
    assert!(commands.iter().any(|name| name == "completions"), "{commands:?}");
    for shell in SHELLS {
        let script = sandbox.cwrc(&format!("completions {shell}")).exits(0).without_complaint().out;
        for word in commands.iter().map(String::as_str).chain(["exit-zero", "evidence", "any-tier"]) {
            // PowerShell and elvish do not complete the values of options.
            let is_value = word == "any-tier" && matches!(shell, "powershell" | "elvish");
            assert!(is_value || script.contains(word), "{shell} lacks `{word}`");
        }
    }
    sandbox.cwrc("completions tcsh").exits(2).only_complains("possible values: bash, elvish, fish, powershell, zsh");
    sandbox.cwrc("completions").exits(2).only_complains("<SHELL>");
}

#[test]
fn shells_read_their_completions() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        sandbox.cwrc(&format!("completions {shell} -o script")).exits(0).mute();
        if let Some(told) = said(Command::new(shell).args(["-n", "script"]), &sandbox) {
            assert_eq!(told, (String::new(), String::new()), "{shell} -n");
        }
    }
}

#[test]
fn bash_completes_a_command_and_an_option() {
    let sandbox = Sandbox::new();
    sandbox.cwrc("completions bash -o script").exits(0);
    for (words, expected) in [("cwrc simul", "simulate"), ("cwrc check --form", "--format"), ("cwrc man -", "--output")]
    {
        let session = format!(
            "source ./script; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _cwrc cwrc \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        if let Some((told, errors)) = said(Command::new("bash").args(["--norc", "-c", &session]), &sandbox) {
            assert!(told.split_whitespace().any(|it| it == expected), "{words}: {told}\n{errors}");
        }
    }
}

#[test]
fn every_command_has_a_page_that_man_reads() {
    let sandbox = Sandbox::new();
    let whole = sandbox.cwrc("man").exits(0).without_complaint().out;
    for command in streams::commands(&sandbox) {
        assert!(
            whole.contains(&format!("cwrc\\-{}(1)", command.replace('-', "\\-"))),
            "the page of cwrc lacks {command}"
        );
        let page = sandbox.cwrc(&format!("man {command} -o page.1")).exits(0).mute();
        let Some((read, warnings)) =
            said(Command::new("groff").args(["-man", "-Kutf8", "-Tutf8", "-ww", "page.1"]), &sandbox)
        else {
            continue;
        };
        assert!(read.contains("Example:") && warnings.is_empty(), "{command}: {page}\n{read}\n{warnings}");
    }
    sandbox.cwrc("man chekc").exits(2).only_complains("there is no command `chekc` help: did you mean `check`?");
    sandbox.cwrc("man --nope").exits(2).only_complains("unexpected argument");
}

/// What a program that may not be there says: stdout and stderr.
fn said(command: &mut Command, sandbox: &Sandbox) -> Option<(String, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.current_dir(sandbox.path("")).stdin(Stdio::null()).output() {
        Ok(output) => Some((lossy(&output.stdout), lossy(&output.stderr))),
        Err(error) => {
            println!("skipped: {name} cannot be run here: {error}");
            None
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
