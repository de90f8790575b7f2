//! Who hears what: results on stdout, everything else on stderr, colours only where they show, and nothing else
//! touched.

use super::{Sandbox, broken, history, promising};
use crate::{files_below, repository};
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

/// One run of each command that prints a result.
const RESULTS: [&str; 9] = [
    "check desk.cwr",
    "check broken.cwr --format json",
    "explain CWR204",
    "compile desk.cwr",
    "simulate desk.cwr --history desk.jsonl",
    "simulate desk.cwr --history desk.jsonl --format json",
    "generate desk.cwr --world desk.world.yaml --seed 1",
    "completions zsh",
    "man check",
];

/// More that writes no file.
const OTHERS: [&str; 6] =
    ["check promise.cwr", "check .", "fmt --check .", "fmt --diff broken.cwr", "compile --schema", "chekc"];

fn sandbox() -> Sandbox {
    Sandbox::new().with("broken.cwr", broken())
}

#[test]
fn results_go_to_stdout_alone() {
    let sandbox = sandbox();
    for command in RESULTS {
        let told = sandbox.cwrc(command).without_complaint();
        assert!(told.out.ends_with('\n') && !told.out.ends_with("\n\n"), "one line end: {told}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let sandbox = sandbox();
    for command in RESULTS.into_iter().chain(["--help", "check --help", "--version"]) {
        let code = sandbox.cwrc(command).code;
        let mut child = sandbox.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("cwrc");
        drop(child.stdout.take());
        let mut told = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut told).expect("UTF-8");
        assert_eq!((child.wait().expect("an end").code(), told.as_str()), (code, ""), "{command}");
    }
}

#[test]
fn a_closed_stderr_changes_nothing() {
    let sandbox = sandbox().with("some.jsonl", history() + "?\n");
    for command in ["compile broken.cwr", "chekc", "simulate desk.cwr --history some.jsonl --format json"] {
        let whole = sandbox.cwrc(command);
        let mut child = sandbox.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("cwrc");
        drop(child.stderr.take());
        let mut told = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut told).expect("UTF-8");
        assert_eq!((child.wait().expect("an end").code(), told), (whole.code, whole.out), "{command}");
    }
}

#[test]
fn output_goes_to_the_file_that_is_named() {
    let sandbox = sandbox();
    for command in RESULTS.into_iter().filter(|command| !command.starts_with("explain")) {
        let told = sandbox.cwrc(command);
        let written = sandbox.cwrc(&format!("{command} -o out")).mute().without_complaint();
        assert_eq!((sandbox.read("out"), written.code), (told.out, told.code), "{command}");
    }
}

#[test]
fn nothing_is_written_but_the_output() {
    let sandbox = sandbox().with("promise.cwr", promising());
    let names = sandbox.files();
    let before: Vec<String> = names.iter().map(|name| sandbox.read(name)).collect();
    for command in RESULTS.into_iter().chain(OTHERS) {
        sandbox.cwrc(command);
    }
    assert_eq!(sandbox.files(), names);
    assert_eq!(names.iter().map(|name| sandbox.read(name)).collect::<Vec<_>>(), before);
    sandbox.cwrc("compile desk.cwr --output plan.json");
    let mut expected = [names, vec!["plan.json".to_owned()]].concat();
    expected.sort();
    assert_eq!(sandbox.files(), expected);
}

#[test]
fn quiet_leaves_the_results_and_the_errors() {
    let sandbox = sandbox().with("some.jsonl", history() + "?\n");
    sandbox.cwrc("check desk.cwr -q").exits(0).mute().without_complaint();
    let told = sandbox.cwrc("check broken.cwr -q").exits(1).says("error[CWR204]");
    assert!(!told.out.contains("1 error"), "a summary: {told}");
    sandbox.cwrc("simulate desk.cwr --history some.jsonl -q").exits(0).without_complaint();
    sandbox.cwrc("simulate desk.cwr --history missing.jsonl -q").exits(2).only_complains("missing.jsonl");
    sandbox.cwrc("-q compile broken.cwr").exits(1).only_complains("error[CWR204]");
}

#[test]
fn colours_only_when_asked_for_or_on_a_terminal() {
    let sandbox = sandbox();
    let all = ["check broken.cwr", "explain", "explain CWR204", "simulate desk.cwr --history desk.jsonl"];
    for command in all.into_iter().chain(["compile broken.cwr", "explain CWR999", "simulate desk.cwr --history x"]) {
        let coloured = |told: &super::Told| told.out.contains('\u{1b}') || told.err.contains('\u{1b}');
        let plain = sandbox.cwrc(command);
        assert!(!coloured(&plain), "this is no terminal: {plain}");
        let never = sandbox.cwrc(&format!("{command} --color never"));
        assert_eq!((&never.out, &never.err), (&plain.out, &plain.err));
        let always = sandbox.cwrc(&format!("{command} --color always"));
        assert!(coloured(&always), "asked for: {always}");
        // A page of `explain` has colours instead of backticks.
        let letters = |text: &str| uncoloured(text).replace('`', "");
        assert_eq!(letters(&always.out), letters(&plain.out), "colours change no character");
        let mut command = sandbox.command(command);
        let output = command.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").output().expect("cwrc runs");
        assert_eq!(String::from_utf8(output.stdout).expect("UTF-8"), plain.out);
    }
    let mut asked = sandbox.command("check broken.cwr --color always");
    let output = asked.env("NO_COLOR", "1").output().expect("cwrc runs");
    assert!(output.stdout.contains(&0x1b), "an option is nearer than the environment");
}

fn uncoloured(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    first + &parts.map(|part| part.split_once('m').map_or("", |(_, rest)| rest)).collect::<String>()
}

#[test]
fn data_never_has_colours() {
    let sandbox = sandbox();
    for command in [
        "check broken.cwr --format json",
        "compile desk.cwr",
        "compile desk.cwr --format yaml",
        "simulate desk.cwr --history desk.jsonl --format json",
        "simulate desk.cwr --history desk.jsonl --format state",
        "generate desk.cwr --world desk.world.yaml --seed 1",
    ] {
        assert_eq!(sandbox.cwrc(&format!("{command} --color always")).out, sandbox.cwrc(command).out, "{command}");
    }
}

#[test]
fn the_width_is_that_of_the_terminal_or_as_said() {
    let sandbox = sandbox();
    for width in [60, 80, 140] {
        let mut command = sandbox.command("simulate desk.cwr --history desk.jsonl");
        let output = command.env("COLUMNS", width.to_string()).output().expect("cwrc runs");
        let told = String::from_utf8(output.stdout).expect("UTF-8");
        let longest = told.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(longest <= width, "{longest} > {width}:\n{told}");
    }
}

/// The clock: only the progress bar looks at one, to decide whether it shows, and the default of `--today`.
#[test]
fn no_source_file_reads_the_clock() {
    let is_test =
        |path: &Path| ["tests", "tests.rs", "properties.rs"].iter().any(|name| path.iter().any(|it| it == *name));
    for path in files_below(&repository("src"), "rs").into_iter().filter(|path| !is_test(path)) {
        let text = fs::read_to_string(&path).expect("a source file");
        let reads = ["SystemTime", "Instant::now", "std::time::Instant"];
        let found: Vec<&str> = reads.into_iter().filter(|word| text.contains(word)).collect();
        let may = ["cli/progress.rs", "cli/today.rs"].iter().any(|it| path.ends_with(it));
        assert!(found.is_empty() || may, "{}: {found:?}", path.display());
    }
}

#[test]
fn every_command_has_help_with_an_example_that_runs() {
    let sandbox = Sandbox::new();
    for command in commands(&sandbox) {
        let help = sandbox.cwrc(&format!("{command} --help")).exits(0).without_complaint().out;
        let example = help.split("Example: cwrc ").nth(1).and_then(|rest| rest.split("\n\n").next());
        let example = example.unwrap_or_else(|| panic!("`cwrc {command} --help` has no example")).replace('\n', " ");
        assert!(example.starts_with(&command), "the example of {command} shows it: {example}");
        for option in ["--color", "--quiet", "--exit-zero", "--help"] {
            assert!(help.contains(option), "{command} lacks {option}");
        }
        // Sessions show what a revision holds (a clone may have no `main`), and what values and names of one policy do.
        if example.contains("git:") || command == "what-if" || command == "odds" {
            continue;
        }
        let world = stand_in(&example);
        world.cwrc(&example).exits(0).without_complaint();
        in_the_repository(&example);
    }
}

/// The commands that the help lists.
pub(crate) fn commands(sandbox: &Sandbox) -> Vec<String> {
    let help = sandbox.cwrc("--help").exits(0).out;
    let list = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a list");
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(String::from).collect()
}

/// A scenario of the policy of these tests.
const SCENARIO: &str = "policy: desk.cwr\nscenarios:\n  - name: one record is too few\n    records: [{id: 1, time: \
                        2026-01-01T10:00:00Z, action: reply}]\n    expect: [{on: 2026-01-02, action: reply, tier: crawl}]\n";

/// A folder in which the files that an example names are those of these tests.
fn stand_in(example: &str) -> Sandbox {
    let mut world = Sandbox::new();
    for word in example.split_whitespace().filter(|word| word.starts_with("policies/")) {
        let file = match word {
            _ if word.ends_with(".world.yaml") => "desk.world.yaml",
            _ if word.contains(".jsonl") => "desk.jsonl",
            _ => "desk.cwr",
        };
        let name = if word.ends_with('/') { format!("{word}desk.cwr") } else { word.to_owned() };
        let content = world.read(file).into_bytes();
        let packed = |bytes: &[u8]| zstd::encode_all(bytes, 3).expect("memory");
        let content = if word.ends_with(".zst") { packed(&content) } else { content };
        world = world.with(&name, content);
        if word.ends_with('/') {
            world = world.with(&format!("{word}desk.test.yaml"), SCENARIO);
        }
    }
    world
}

/// The same example word for word, with the policies that come with the program.
fn in_the_repository(example: &str) {
    if !repository("policies").is_dir() {
        return println!("not run in the repository, which has no policies/ yet: cwrc {example}");
    }
    if example.starts_with("init ") {
        return println!("not run in the repository, where it would write: cwrc {example}");
    }
    let mut command = std::process::Command::new(super::PROGRAM);
    let output = command.args(example.split_whitespace()).current_dir(repository("")).output().expect("cwrc runs");
    assert_eq!(output.status.code(), Some(0), "cwrc {example}\n{}", String::from_utf8_lossy(&output.stderr));
}
