//! What `cwrc test` says of the files in `tests/cases/scenario/*.test.yaml`, and the scenarios of the shipped policies,
//! which all pass.

use crate::cli::PROGRAM;
use crate::repository;
use std::process::Command;

/// Runs the program in the repository.
fn told(arguments: &[&str]) -> (String, Option<i32>) {
    let run = Command::new(PROGRAM).args(arguments).current_dir(repository("")).env_remove("COLUMNS").output();
    let run = run.expect("cwrc runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(run.stdout) + &text(run.stderr), run.status.code())
}

#[test]
fn scenarios_are_told_as_before() {
    insta::glob!("../cases", "scenario/*.test.yaml", |path| {
        let text = std::fs::read_to_string(path).expect("a case");
        assert!(text.starts_with("# "), "{} does not open with a comment", path.display());
        let name = path.file_name().expect("a name").to_string_lossy();
        let (said, code) = told(&["test", &format!("tests/cases/scenario/{name}")]);
        crate::golden(path, &format!("{said}[exit {}]\n", code.expect("an exit code")));
    });
}

/// Every clause of the shipped policies decides something, and no small change of them goes unnoticed.
#[test]
fn shipped_policies_do_what_their_scenarios_say() {
    let (said, code) = told(&["test", "policies/", "--min-coverage", "100", "--mutants"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches(": 100 % of what its clauses can decide was decided").count(), 5, "{said}");
    assert_eq!(said.matches(", all noticed").count(), 5, "{said}");
}
