//! All integration tests, one binary. Most are data: a case is a file below `tests/cases/`, and what the user sees of it
//! stands beside it in a file of the same stem.
//!
//! Run all: `cargo test --test it`. Run some: `cargo test --test it check`, or the cases of one code:
//! `INSTA_GLOB_FILTER='**/CWR205/*' cargo test --test it check`. Take what is shown now as right:
//! `INSTA_UPDATE=always cargo test --test it check`, then read `git diff tests/cases`; say in the commit why a golden
//! text changed. More random cases than usual: `CWRC_TIMES=10 cargo test --test it differential`.

mod check;
mod cli;
mod diff;
mod differential;
mod docs;
mod engine;
mod fix;
mod floors;
mod fmt;
mod forecast;
mod formats;
mod formats_of_histories;
mod fuzzed;
mod generate;
mod hostile_histories;
mod laws;
mod lines;
mod odds;
mod pipelines;
mod plan;
mod planted;
mod random;
mod reference;
mod render;
mod replay;
mod scenario;
mod sql;
mod tidy;
mod warehouse;
mod whatif;

/// How many random cases there are: as many as usual, or so many times as many as `CWRC_TIMES` says.
fn cases(usual: u64) -> u64 {
    let times = std::env::var("CWRC_TIMES").map_or(1, |times| times.parse().expect("CWRC_TIMES is a number"));
    usual * times
}

/// The path of something in the repository.
fn repository(path: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder of the real histories (aidev.jsonl.zst, servicenow.jsonl.zst), which are not part of the repository: the
/// one that `CWRC_HISTORIES` names, or one beside the repository. That there is none is said.
fn histories() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("CWRC_HISTORIES").map(std::path::PathBuf::from);
    let folder = named.unwrap_or_else(|| repository("../shared/data/histories"));
    let has_both = ["aidev", "servicenow"].iter().all(|name| folder.join(format!("{name}.jsonl.zst")).is_file());
    if !has_both {
        println!("skipped: no folder with aidev.jsonl.zst and servicenow.jsonl.zst (CWRC_HISTORIES names it)");
    }
    has_both.then_some(folder)
}

/// All files below a directory, with this extension, in order.
fn files_below(directory: &std::path::Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn no_file_is_forgotten() {
    let main = std::fs::read_to_string(repository("tests/it/main.rs")).expect("this file");
    for path in files_below(&repository("tests/it"), "rs") {
        let stem = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        let listed = main.contains(&format!("\nmod {stem};\n"));
        let of_a_folder = path.parent() != Some(&repository("tests/it"));
        assert!(listed || of_a_folder || stem == "main", "tests/it/main.rs does not list `{stem}`");
    }
}

/// Compares what is shown for a case with the snapshot beside its file, of the same stem.
fn golden(path: &std::path::Path, shown: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(path.parent().expect("a folder"));
    settings.set_prepend_module_to_snapshot(false);
    settings.remove_snapshot_suffix();
    settings.remove_input_file();
    settings.set_omit_expression(true);
    let stem = path.file_stem().expect("a stem").to_string_lossy();
    settings.bind(|| insta::assert_snapshot!(stem.as_ref(), shown));
}
