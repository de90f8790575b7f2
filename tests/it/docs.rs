//! The documents are true: what README.md and policies/README.md show is what the program prints, their policies are
//! sound, and the help is the one that is written down.
//!
//! `UPDATE_DOCS=1 cargo test --test it docs` writes down what is printed now.

use crate::cli::transcripts::{blocks, holds, is_update, same_or_updated};
use crate::cli::{Sandbox, streams};
use crate::repository;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

/// The documents with sessions in them, which run in the repository's root.
const DOCUMENTS: [&str; 2] = ["README.md", "policies/README.md"];

/// The text of a document; that it is not there yet is said.
fn document(name: &str) -> Option<String> {
    let text = fs::read_to_string(repository(name)).ok();
    if text.is_none() {
        println!("nothing to test: there is no {name} yet");
    }
    text
}

/// A session in the repository must not write there: other tests read the same files at the same time.
#[test]
fn sessions_write_no_files() {
    for name in DOCUMENTS {
        let Some(text) = document(name) else { continue };
        for block in blocks(&text).expect("closed blocks").iter().filter(|block| block.info == "console") {
            for line in block.text.lines().filter(|line| line.starts_with("$ ")) {
                let bare =
                    without_quotes(line).replace("2>/dev/null", "").replace("2>&1", "").replace(">/dev/null", "");
                let writes = [">", " -o ", "--output", "tee "].iter().any(|word| bare.contains(word));
                assert!(!writes, "{name}: mark it `console ignore`: {line}");
            }
        }
    }
}

/// A command without what stands in quotes.
fn without_quotes(command: &str) -> String {
    let (mut bare, mut quote) = (String::new(), None);
    for sign in command.chars() {
        match quote {
            Some(open) => quote = (sign != open).then_some(open),
            None if matches!(sign, '\'' | '"') => quote = Some(sign),
            None => bare.push(sign),
        }
    }
    bare
}

#[cfg(unix)]
#[test]
fn sessions_print_what_is_written() {
    let documents = DOCUMENTS.into_iter().filter(|name| document(name).is_some());
    let held =
        documents.map(|name| holds(&repository(name), &repository("")).map_err(|diff| format!("{name}: {diff}")));
    let wrong: Vec<String> = held.filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}\nUPDATE_DOCS=1 writes it down", wrong.join("\n"));
}

#[test]
fn policies_are_clean_unless_marked_bad() {
    for name in DOCUMENTS {
        let Some(text) = document(name) else { continue };
        for block in blocks(&text).expect("closed blocks").iter().filter(|block| block.info.starts_with("cwr")) {
            let line = text[..block.at].lines().count();
            let told = Sandbox::new().cwrc_with("check - --quiet", block.text);
            let is_clean = told.code == Some(0) && told.out.is_empty();
            assert_eq!(is_clean, block.info != "cwr bad", "{name}:{line}: {told}");
        }
    }
}

#[test]
fn every_command_is_in_the_table_and_nothing_else() {
    let Some(text) = document("README.md") else { return };
    // The first cell of a row, as far as it is the name of a command: | `cwrc check [PATHS]` | … |
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let named: BTreeSet<&str> = cells.filter_map(|cell| cell.strip_prefix("cwrc ")?.split(' ').next()).collect();
    let commands = streams::commands(&Sandbox::new());
    let known: BTreeSet<&str> = commands.iter().map(String::as_str).collect();
    assert_eq!(named, known, "the rows `| \\`cwrc COMMAND …\\` | … |` of README.md and the commands of the help");
}

#[test]
fn help_is_as_written_down() {
    let sandbox = Sandbox::new();
    let mut all = String::new();
    for command in [String::new()].into_iter().chain(streams::commands(&sandbox)) {
        let asked = format!("{command} --help");
        let told = sandbox.cwrc(&asked).exits(0).out;
        let told: String = told.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        write!(all, "$ cwrc {}\n{told}\n", asked.trim_start()).expect("memory");
    }
    let path = repository("tests/cases/cli/help.txt");
    let written = fs::read_to_string(&path).unwrap_or_default();
    if let Err(diff) = same_or_updated(&path, &written, &all) {
        panic!("{diff}\nUPDATE_DOCS=1 writes it down");
    }
    assert!(is_update() || !written.is_empty());
}
