//! `cwrc` in other people's pipelines: the steps of `action.yml` run here as a runner would run them, with programs that
//! stand in for `gh` and `cargo`; the examples and the hooks name only commands and options that there are.
//!
//! What needs a runner is not tested: caching, the real `gh`, and the upload of SARIF.

use crate::cli::{PROGRAM, Sandbox, streams};
use crate::repository;
use serde_yaml::Value;
use std::collections::BTreeMap;
use std::fs;

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(repository(path)).expect("a file");
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_sequence().map_or(&[], Vec::as_slice)
}

#[test]
fn actions_are_pinned_and_nothing_is_put_into_a_shell() {
    for path in ["action.yml", ".github/examples/policies.yml"] {
        let all = fs::read_to_string(repository(path)).expect("a file");
        for line in all.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")) {
            let (name, version) = line.split_once('@').expect("a version");
            let hash = version.split(' ').next().unwrap_or("");
            let is_pinned =
                hash.len() == 40 && hash.bytes().all(|it| it.is_ascii_hexdigit()) && version.contains(" # v");
            assert!(is_pinned || name == "OWNER/cwrc", "{path}: {line}");
        }
    }
    for step in list(&yaml("action.yml")["runs"]["steps"]) {
        let run = step["run"].as_str().unwrap_or("");
        assert!(!run.contains("${{"), "untrusted words in a shell: {run}");
        assert!(run.is_empty() || step["shell"] == "bash", "{step:?}");
    }
}

#[test]
fn every_input_is_used_and_no_other() {
    let action = yaml("action.yml");
    let all = fs::read_to_string(repository("action.yml")).expect("a file");
    let names: Vec<&str> = action["inputs"].as_mapping().expect("inputs").keys().map(text).collect();
    for name in &names {
        assert!(all.contains(&format!("inputs.{name}")), "nothing uses the input `{name}`");
    }
    let example = yaml(".github/examples/policies.yml");
    for step in list(&example["jobs"]["check"]["steps"]).iter().filter(|step| text(&step["uses"]).contains("/cwrc@")) {
        let given = step["with"].as_mapping().expect("inputs");
        assert!(given.keys().all(|key| names.contains(&text(key))), "{given:?}");
    }
}

#[test]
fn hooks_and_jobs_name_commands_that_there_are() {
    let sandbox = Sandbox::new();
    let commands = streams::commands(&sandbox);
    let hooks = yaml(".pre-commit-hooks.yaml");
    let entries = list(&hooks).iter().map(|hook| text(&hook["entry"]));
    let gitlab = yaml(".github/examples/gitlab-ci.yml");
    let lines = list(&gitlab["cwrc"]["script"]).iter().map(|line| text(line).trim_start_matches(".cwrc/bin/"));
    for line in entries.chain(lines) {
        let mut words = line.strip_prefix("cwrc ").expect("a command of cwrc").split(' ');
        let command = words.next().expect("a command");
        assert!(commands.iter().any(|known| known == command), "there is no `cwrc {command}`");
        let help = sandbox.cwrc(&format!("{command} --help")).exits(0).out;
        for option in words.filter(|word| word.starts_with("--")) {
            if !help.contains(option) && option == "--deny" {
                println!("skipped: this version has no `--deny` yet");
                continue;
            }
            assert!(help.contains(option), "`cwrc {command}` has no {option}: {line}");
        }
    }
}

/// A runner of one step after the other.
#[cfg(unix)]
struct Runner {
    sandbox: Sandbox,
    action: Value,
    /// What `${{ … }}` stands for.
    values: BTreeMap<String, String>,
}

/// How a step ended, and what it printed.
#[cfg(unix)]
#[derive(Debug)]
struct Step {
    code: Option<i32>,
    log: String,
}

/// Stands in for `cwrc`: writes its arguments down, and what its formats would say.
const CWRC: &str = r#"#!/bin/sh
for word; do printf '[%s]' "$word" >> asked; done; echo >> asked
while [ $# -gt 0 ]; do
  case "$1" in
    --format) format=$2; shift ;;
    --output) output=$2; shift ;;
  esac
  shift
done
[ "$format" = github ] && echo "::error file=a.cwr,line=1::not so"
if [ -n "$output" ] && [ "$STAND_IN_EXIT" != 2 ]; then echo "findings as $format" > "$output"; fi
exit "$STAND_IN_EXIT"
"#;

/// Stands in for `gh`: writes its arguments down, and lists the comments that there are.
const GH: &str = r#"#!/bin/sh
printf '[%s]' "$@" >> asked; echo >> asked
case "$*" in
  *--paginate*) printf '%s' "$STAND_IN_COMMENTS" ;;
  *) cp "$(echo "$*" | sed 's/.*body=@//')" comment ;;
esac
exit "$STAND_IN_EXIT"
"#;

#[cfg(unix)]
impl Runner {
    fn new(inputs: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::new().with_folder("temp").with("bin/cwrc", CWRC).with("bin/gh", GH);
        let action = yaml("action.yml");
        let temp = sandbox.path("temp").display().to_string();
        let mut values: BTreeMap<String, String> = [
            ("runner.temp", temp.as_str()),
            ("github.repository", "us/agents"),
            ("github.event.pull_request.number", "7"),
            ("inputs.cwrc || format('{0}/cwrc/bin/cwrc', runner.temp)", "cwrc"),
            ("inputs.token", "t0ken"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, about) in action["inputs"].as_mapping().expect("inputs") {
            let given = inputs.iter().find(|(given, _)| *given == text(name)).map(|(_, value)| *value);
            values
                .entry(format!("inputs.{}", text(name)))
                .or_insert(given.unwrap_or(text(&about["default"])).to_owned());
        }
        for name in ["cwrc", "gh"] {
            executable(&sandbox, &format!("bin/{name}"));
        }
        Self { sandbox, action, values }
    }

    /// A text with the values of its expressions.
    fn filled(&self, written: &str) -> String {
        let mut parts = written.split("${{ ");
        let mut filled = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let (expression, rest) = part.split_once(" }}").expect("a closed expression");
            filled += self.values.get(expression).unwrap_or_else(|| panic!("what is {expression}?"));
            filled += rest;
        }
        filled
    }

    /// Runs a step as a runner does, and takes in its outputs.
    fn step(&mut self, id: &str, surroundings: &[(&str, &str)]) -> Step {
        let steps = list(&self.action["runs"]["steps"]);
        let step = steps.iter().find(|step| step["id"] == id).expect("a step of this name");
        let sandbox = &self.sandbox;
        fs::write(sandbox.path("step.sh"), text(&step["run"])).expect("a script");
        let paths = std::env::var_os("PATH").unwrap_or_default();
        let bash = std::env::split_paths(&paths).map(|folder| folder.join("bash")).find(|path| path.exists());
        let mut bash = std::process::Command::new(bash.expect("bash"));
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "step.sh"]).current_dir(sandbox.path(""));
        bash.env("PATH", format!("{}:{}", sandbox.path("bin").display(), paths.display())).env("STAND_IN_EXIT", "0");
        bash.env("RUNNER_TEMP", sandbox.path("temp")).env("GITHUB_ACTION_PATH", repository(""));
        bash.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").env("GITHUB_JOB", "check").env_remove("ImageOS");
        bash.env("GITHUB_OUTPUT", sandbox.path("outputs")).env("GITHUB_STEP_SUMMARY", sandbox.path("summary"));
        for (name, value) in step["env"].as_mapping().into_iter().flatten() {
            bash.env(text(name), self.filled(text(value)));
        }
        let output = bash.envs(surroundings.iter().copied()).output().expect("bash runs");
        let log = [output.stdout, output.stderr].concat();
        let outputs = fs::read_to_string(sandbox.path("outputs")).unwrap_or_default();
        for (name, value) in outputs.lines().filter_map(|line| line.split_once('=')) {
            self.values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        let _ = fs::remove_file(sandbox.path("outputs"));
        Step { code: output.status.code(), log: String::from_utf8_lossy(&log).into_owned() }
    }

    fn output(&self, name: &str) -> Option<&str> {
        self.values.get(&format!("steps.{name}")).map(String::as_str)
    }

    /// What the stand-ins were asked, and forgets it.
    fn asked(&self) -> Vec<String> {
        let asked = self.sandbox.read("asked").lines().map(String::from).collect();
        fs::remove_file(self.sandbox.path("asked")).expect("removed");
        asked
    }
}

#[cfg(unix)]
fn executable(sandbox: &Sandbox, name: &str) {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(sandbox.path(name), mode).expect("permissions");
}

#[cfg(unix)]
#[test]
fn the_check_decides_the_job_at_its_end() {
    for (result, annotated) in [("0", false), ("1", false), ("2", true), ("3", false), ("127", true)] {
        let mut runner = Runner::new(&[("sarif", "true")]);
        let check = runner.step("check", &[("STAND_IN_EXIT", result)]);
        assert_eq!(check.code, Some(0), "the other steps go on: {check:?}");
        assert!(check.log.starts_with("::error file=a.cwr,line=1::not so\n"), "{check:?}");
        assert_eq!(check.log.contains("::error title=cwrc::the check could not be done"), annotated, "{check:?}");
        assert_eq!(runner.output("check.outputs.result"), Some(result));
        let summary = runner.sandbox.read("summary");
        let expected =
            if result == "2" { "The policies could not be checked (exit 2)" } else { "findings as markdown" };
        assert!(summary.starts_with(expected), "{summary}");
        let sarif = runner.output("check.outputs.sarif").map(|path| fs::read_to_string(path).expect("a file"));
        assert_eq!(sarif.as_deref(), (result != "2").then_some("findings as sarif\n"));
        assert_eq!(runner.step("result", &[]).code, result.parse().ok());
    }
}

#[cfg(unix)]
#[test]
fn what_is_given_arrives_as_it_is_and_nothing_is_executed() {
    let mut runner = Runner::new(&[]);
    runner.step("check", &[]);
    let temp = runner.sandbox.path("temp").display().to_string();
    assert_eq!(runner.asked()[0], format!("[check][--format][github][--cache={temp}/cwrc-assurances][--]"));
    assert_eq!(runner.output("check.outputs.sarif"), None, "only where it is asked for");
    let paths = "policies/a b.cwr\n-q\n$(touch done)\n`touch done`; touch done\n*.cwr\n";
    let inputs = [("paths", paths), ("at", "git:$(touch done)"), ("deny", "warnings\nCWR301\n"), ("sarif", "true")];
    let mut runner = Runner::new(&inputs);
    runner.step("check", &[]);
    let temp = runner.sandbox.path("temp").display().to_string();
    let rest = format!(
        "[--cache={temp}/cwrc-assurances][--at=git:$(touch done)][--deny=warnings][--deny=CWR301][--]\
         [policies/a b.cwr][-q][$(touch done)][`touch done`; touch done][*.cwr]"
    );
    let expected = [
        format!("[check][--format][github]{rest}"),
        format!("[check][--format][markdown][--output][{temp}/cwrc.md]{rest}"),
        format!("[check][--format][sarif][--output][{temp}/cwrc.sarif]{rest}"),
    ];
    assert_eq!(runner.asked(), expected);
    assert!(!runner.sandbox.path("done").exists(), "a word was executed");
}

#[cfg(unix)]
#[test]
fn the_comment_is_made_once_and_then_kept_up_to_date() {
    let mut runner = Runner::new(&[("comment", "true")]);
    runner.step("check", &[("STAND_IN_EXIT", "1")]);
    runner.asked();
    for (comments, how) in [
        ("", "[--method][POST][repos/us/agents/issues/7/comments]"),
        ("41\n", "[--method][PATCH][repos/us/agents/issues/comments/41]"),
        ("41\n42\n", "[--method][PATCH][repos/us/agents/issues/comments/41]"),
    ] {
        let told = runner.step("comment", &[("STAND_IN_COMMENTS", comments)]);
        assert_eq!((told.code, told.log.as_str()), (Some(0), ""));
        let asked = runner.asked();
        assert!(asked[0].starts_with("[api][--paginate][repos/us/agents/issues/7/comments][--jq]"), "{asked:?}");
        assert!(asked[1].contains(how), "{asked:?}");
        assert_eq!(runner.sandbox.read("comment"), "<!-- cwrc check: check -->\nfindings as markdown\n");
    }
    let told = runner.step("comment", &[("STAND_IN_EXIT", "1")]);
    assert_eq!(told.code, Some(0), "who may not comment can check all the same");
    assert!(told.log.starts_with("::warning title=cwrc::could not comment"), "{told:?}");
}

#[cfg(unix)]
#[test]
fn a_long_comment_is_cut() {
    let mut runner = Runner::new(&[("comment", "true")]);
    runner.step("check", &[]);
    let report = runner.output("check.outputs.report").expect("a report").to_owned();
    fs::write(report, "x".repeat(70_000)).expect("a report");
    assert_eq!(runner.step("comment", &[]).code, Some(0));
    let comment = runner.sandbox.read("comment");
    assert!(comment.len() < 65_536 && comment.ends_with("x\n\nThe rest is in the summary of the job.\n"));
}

#[cfg(unix)]
#[test]
fn cwrc_is_built_from_the_source_of_the_action() {
    let mut runner = Runner::new(&[]);
    let cargo =
        "#!/bin/sh\necho \"in $PWD\" >> \"$RUNNER_TEMP/asked\"\nprintf '[%s]' \"$@\" >> \"$RUNNER_TEMP/asked\"\n";
    fs::write(runner.sandbox.path("bin/cargo"), cargo).expect("a program");
    executable(&runner.sandbox, "bin/cargo");
    assert_eq!(runner.step("build", &[]).code, Some(0));
    let temp = runner.sandbox.path("temp").display().to_string();
    let here = repository("").canonicalize().expect("a folder").display().to_string();
    let expected =
        format!("in {here}\n[install][--locked][--path][.][--root][{temp}/cwrc][--target-dir][{temp}/cwrc-target]");
    assert_eq!(runner.sandbox.read("temp/asked"), expected);
    let without = [("PATH", "/nonexistent")];
    let told = runner.step("build", &without);
    assert_eq!(told.code, Some(2));
    assert!(told.log.starts_with("::error title=cwrc::this runner has no cargo"), "{told:?}");
}

#[cfg(unix)]
#[test]
fn the_key_of_the_cache_follows_the_source() {
    if std::process::Command::new("git").arg("--version").output().is_err() {
        return println!("skipped: git cannot be run here");
    }
    let mut runner = Runner::new(&[]);
    for name in ["Cargo.toml", "Cargo.lock", "grammar/cwr.pest", "src/main.rs"] {
        let sandbox = std::mem::replace(&mut runner.sandbox, Sandbox::new());
        runner.sandbox = sandbox.with(&format!("action/{name}"), name);
    }
    let action = runner.sandbox.path("action").display().to_string();
    let mut key = || {
        let told = runner.step("source", &[("GITHUB_ACTION_PATH", &action)]);
        assert_eq!(told.code, Some(0), "{told:?}");
        runner.output("source.outputs.key").expect("a key").to_owned()
    };
    let first = key();
    assert!(first.starts_with("cwrc-Linux-X64-own-") && first.len() > 50, "{first}");
    assert_eq!(key(), first);
    fs::write(format!("{action}/src/main.rs"), "fn main() {}").expect("a file");
    assert_ne!(key(), first);
}

/// The same with the program itself.
#[cfg(unix)]
#[test]
fn the_program_itself_does_what_the_check_asks() {
    let formats = Sandbox::new().cwrc("check --help").out;
    if !["github", "markdown", "sarif", "--deny"].iter().all(|word| formats.contains(word)) {
        return println!("skipped: this version has not all formats yet");
    }
    let broken = Sandbox::new().read("desk.cwr").replacen("    hold 2d\n", "", 1);
    for (paths, policy, result) in [("desk.cwr", None, "0"), ("a b.cwr", Some(broken), "1"), ("missing.cwr", None, "2")]
    {
        let mut runner = Runner::new(&[("paths", paths), ("sarif", "true"), ("deny", "warnings")]);
        fs::remove_file(runner.sandbox.path("bin/cwrc")).expect("removed");
        std::os::unix::fs::symlink(PROGRAM, runner.sandbox.path("bin/cwrc")).expect("a link");
        if let Some(policy) = policy {
            fs::write(runner.sandbox.path("a b.cwr"), policy).expect("a policy");
        }
        let told = runner.step("check", &[]);
        assert_eq!(runner.output("check.outputs.result"), Some(result), "{told:?}");
        assert_eq!(told.log.contains("::error file=a b.cwr,line="), result == "1", "{told:?}");
        assert_eq!(runner.sandbox.read("summary").contains("CWR204"), result == "1");
        let sarif = runner.output("check.outputs.sarif").map(|path| fs::read_to_string(path).expect("a file"));
        assert_eq!(sarif.map(|sarif| sarif.contains("CWR204")), (result != "2").then_some(result == "1"));
    }
}
