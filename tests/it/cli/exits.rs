//! The exit-code contract (interfaces §1), line by line: 0 fine, 1 not fine, 2 could not be done, 3 undecided.

use super::{NOT_UTF8, Sandbox, Told, broken, desk, history, promising};

/// A line of a history that cannot be kept.
const BAD_LINE: &str = "{\"id\": \"x\"}\n";

#[test]
fn check_tells_fine_from_not_fine() {
    let sandbox = Sandbox::new().with("broken.cwr", broken());
    sandbox.cwrc("check desk.cwr").exits(0).says("desk.cwr: fine").without_complaint();
    sandbox.cwrc("check broken.cwr").exits(1).says("error[CWR204]").says("broken.cwr: 1 error").without_complaint();
    sandbox.cwrc("check broken.cwr --format json").exits(1).says("\"CWR204\"").without_complaint();
}

#[test]
fn warnings_fail_where_they_are_denied_and_nowhere_else() {
    let idle = "# cwr: allow(CWR214) because \"x\"\npolicy p { owner \"us\" }\n";
    let sandbox = Sandbox::new().with("idle.cwr", idle);
    let error = "error[CWR214]";
    sandbox.cwrc("check idle.cwr").exits(0).says("warning[CWR214]").says("idle.cwr: 1 warning");
    sandbox.cwrc("check idle.cwr --deny warnings").exits(1).says(error).says("denied by --deny");
    sandbox.cwrc("check idle.cwr --deny cwr214").exits(1).says(error).says("idle.cwr: 1 error");
    sandbox.cwrc("check idle.cwr --deny warnings --exit-zero").exits(0).says(error);
    sandbox.cwrc("check idle.cwr --deny warnings --warn unused-allow").exits(0).says("warning[CWR214]");
    sandbox.cwrc("check idle.cwr --allow unused-allow --deny warnings").exits(0).says("idle.cwr: fine");
    sandbox.cwrc("check idle.cwr --allow CWR214 --deny CWR214").exits(1).says(error);
    sandbox.cwrc("check idle.cwr --deny CWR214 --allow CWR214").exits(0).says("idle.cwr: fine");
    sandbox.cwrc("check idle.cwr --deny CWR204,CWR214").exits(1).says(error);
    for format in ["plain", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let told = sandbox.cwrc(&format!("check idle.cwr --deny warnings --format {format}")).exits(1);
        let word = if format == "gitlab" { "critical" } else { "error" };
        assert!(told.says(word).without_complaint().out.contains("CWR214"), "{format}");
    }
    sandbox.cwrc("check idle.cwr --allow CWR204").exits(2).only_complains("--allow: `CWR204` is an error");
    sandbox.cwrc("check idle.cwr --warn CWR204").exits(2).only_complains("help: correct what it is about");
    sandbox.cwrc("check idle.cwr --deny warning").exits(2).only_complains("did you mean `warnings`?");
    sandbox.cwrc("check idle.cwr --allow warnings").exits(2).only_complains("can be denied");
    let broken = sandbox.with("broken.cwr", broken());
    broken.cwrc("check broken.cwr --deny warnings").exits(1).says("error[CWR204]");
}

#[test]
fn check_without_anything_to_check_is_2() {
    let sandbox = Sandbox::new().with_folder("empty").with("texts/README.md", "# no policy\n");
    sandbox.cwrc("check no*.cwr").exits(2).only_complains("no policy found in no*.cwr");
    sandbox.cwrc("check empty").exits(2).only_complains("no policy found in empty help: name a file that ends in .cwr");
    sandbox.cwrc("check texts").exits(2).only_complains("no policy found in texts");
    sandbox.cwrc("check missing.cwr").exits(2).only_complains("cannot read missing.cwr: No such file");
    sandbox.cwrc("check missing/").exits(2).only_complains("cannot read missing/");
    sandbox.cwrc("check [").exits(2).only_complains("no glob");
    let nowhere = Sandbox::new().with_folder("empty");
    let mut command = nowhere.command("check");
    command.current_dir(nowhere.path("empty"));
    Told::of("check", command.output().expect("cwrc runs")).exits(2).only_complains("no policy found in .");
}

/// An empty text comes from a command that failed, or a variable that is not set: it is not fine.
#[test]
fn an_empty_policy_is_nothing_to_do() {
    let sandbox = Sandbox::new().with("empty.cwr", "").with("notes.cwr", "# later\n").with("blank/a.cwr", "\n");
    for path in ["empty.cwr", "notes.cwr", "blank/a.cwr", "*o*.cwr", "blank", "-"] {
        sandbox.cwrc(&format!("check {path}")).exits(2).only_complains("nothing is declared in");
    }
    sandbox.cwrc("check empty.cwr desk.cwr").exits(2).says("desk.cwr: fine").complains("declared in empty.cwr");
    sandbox.cwrc("check .").exits(0).says("empty.cwr: fine, a library");
    let library = Sandbox::new().with("library.cwr", "signal accepted\n").with("more.cwr", "import \"library.cwr\"\n");
    library.cwrc("check library.cwr more.cwr").exits(0).says("library.cwr: fine, a library");
    let unset = library.command("check").arg("").output().expect("cwrc runs");
    Told::of("check ''", unset).exits(2).only_complains("a path is empty help: name a file");
}

#[cfg(unix)]
#[test]
fn below_a_directory_one_file_that_cannot_be_read_does_not_hide_the_others() {
    let sandbox = Sandbox::new().with("policies/broken.cwr", broken());
    for name in ["gone", "lost"] {
        std::os::unix::fs::symlink("nowhere", sandbox.path(&format!("policies/{name}.cwr"))).expect("a link");
    }
    let told = sandbox.cwrc("check policies").exits(2).says("error[CWR204]");
    told.complains("cannot read policies/gone.cwr").complains("cannot read policies/lost.cwr");
}

/// A pipe can be read only once: what came first must not be taken for all there is.
#[cfg(target_os = "linux")]
#[test]
fn a_pipe_named_as_a_file_is_read_as_a_whole() {
    let sandbox = Sandbox::new();
    let run = |shell: &str| {
        let program = std::path::Path::new(super::PROGRAM).parent().expect("a folder").display().to_string();
        let mut command = std::process::Command::new("sh");
        command.args(["-c", shell]).current_dir(sandbox.path(""));
        command.env("PATH", format!("{program}:{}", std::env::var("PATH").unwrap_or_default()));
        Told::of(shell, command.output().expect("a shell"))
    };
    run("cat desk.cwr | cwrc check /dev/stdin").exits(0).says("fine, policy desk");
    run("head -c 9000000 /dev/zero | cwrc check -").exits(1).says("more than 8 MiB");
    run("cwrc check /dev/zero").exits(1).says("more than 8 MiB");
}

#[test]
fn a_policy_that_cannot_be_read_is_2() {
    let sandbox = Sandbox::new().with("latin.cwr", NOT_UTF8).with("nested/latin.cwr", NOT_UTF8);
    for command in ["compile", "simulate --history desk.jsonl", "generate --world desk.world.yaml --seed 1"] {
        sandbox.cwrc(&format!("{command} latin.cwr")).exits(2).only_complains("`latin.cwr` is not UTF-8");
        sandbox.cwrc(&format!("{command} missing.cwr")).exits(2).only_complains("cannot read missing.cwr");
        sandbox.cwrc(&format!("{command} nested")).exits(2).only_complains("cannot read nested: Is a directory");
    }
    sandbox.cwrc("check latin.cwr").exits(2).says("latin.cwr:1:11").says("is not UTF-8").without_complaint();
    sandbox.cwrc("check latin.cwr --format json").exits(2).says("\"CWR007\"");
    sandbox.cwrc("check nested").exits(2).says("nested/latin.cwr:1:11");
}

#[cfg(unix)]
#[test]
fn a_file_below_a_directory_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::new().with_folder("policies");
    std::os::unix::fs::symlink("nowhere", sandbox.path("policies/gone.cwr")).expect("a link");
    sandbox.cwrc("check policies").exits(2).only_complains("cannot read policies/gone.cwr");
}

#[test]
fn no_permission_is_2() {
    let sandbox = Sandbox::new();
    for file in ["desk.cwr", "desk.jsonl", "desk.world.yaml"] {
        let path = sandbox.path(file);
        let mut permissions = std::fs::metadata(&path).expect("a file").permissions();
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o000);
        std::fs::set_permissions(&path, permissions).expect("permissions");
    }
    if std::fs::read(sandbox.path("desk.cwr")).is_ok() {
        println!("skipped: whoever runs this may read everything");
        return;
    }
    sandbox.cwrc("check desk.cwr").exits(2).only_complains("cannot read desk.cwr: Permission denied");
    let sandbox = sandbox.with("open.cwr", desk());
    sandbox.cwrc("simulate open.cwr --history desk.jsonl").exits(2).only_complains("cannot read desk.jsonl");
    sandbox
        .cwrc("generate open.cwr --world desk.world.yaml --seed 1")
        .exits(2)
        .only_complains("cannot read desk.world");
}

#[test]
fn an_assurance_that_is_not_decided_is_3_and_said() {
    let sandbox = Sandbox::new().with("promise.cwr", promising());
    let why = "more than 1,000,000,000 records";
    let told = sandbox.cwrc("check promise.cwr").exits(3).without_complaint();
    told.says("undecided: promise.cwr:").says("`assure reply crawl to walk`").says(why).says("1 assurance not decided");
    sandbox.cwrc("check promise.cwr -q").exits(3).says("undecided: promise.cwr:").says(why);
    let json = sandbox.cwrc("check promise.cwr --format json").exits(3).without_complaint().out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let open = &json["undecided"][0];
    assert_eq!(open["message"], "`assure reply crawl to walk`");
    assert_eq!(open["path"], "promise.cwr");
    assert!(open["line"].as_u64() > Some(40) && open["why"].as_str().is_some_and(|it| it.starts_with(why)), "{open}");
}

#[test]
fn a_policy_with_errors_has_no_undecided_promises() {
    let both = promising().replacen("    hold 2d\n", "", 1);
    let told = Sandbox::new().with("both.cwr", both).cwrc("check both.cwr").exits(1);
    assert!(!told.out.contains("undecided"), "{told}");
}

#[test]
fn across_paths_2_wins_over_1_over_3_over_0() {
    let sandbox = Sandbox::new()
        .with("broken.cwr", broken())
        .with("promise.cwr", promising())
        .with("latin.cwr", NOT_UTF8)
        .with_folder("empty");
    for (paths, code) in [
        (["desk.cwr", "desk.cwr"], 0),
        (["desk.cwr", "promise.cwr"], 3),
        (["desk.cwr", "broken.cwr"], 1),
        (["promise.cwr", "broken.cwr"], 1),
        (["desk.cwr", "latin.cwr"], 2),
        (["promise.cwr", "latin.cwr"], 2),
        (["broken.cwr", "latin.cwr"], 2),
        (["desk.cwr", "missing.cwr"], 2),
        (["broken.cwr", "missing.cwr"], 2),
        (["desk.cwr", "empty"], 2),
        (["promise.cwr", "no*.cwr"], 2),
    ] {
        let [first, second] = paths;
        sandbox.cwrc(&format!("check {first} {second}")).exits(code);
        sandbox.cwrc(&format!("check {second} {first}")).exits(code);
    }
}

#[test]
fn one_path_that_fails_does_not_hide_the_others() {
    let sandbox = Sandbox::new().with("broken.cwr", broken());
    let told = sandbox.cwrc("check missing.cwr broken.cwr absent.cwr").exits(2);
    told.says("error[CWR204]").complains("cannot read missing.cwr").complains("cannot read absent.cwr");
}

#[test]
fn exit_zero_turns_1_into_0_and_nothing_else() {
    let sandbox = Sandbox::new()
        .with("broken.cwr", broken())
        .with("promise.cwr", promising())
        .with("some.jsonl", history() + BAD_LINE);
    for (arguments, without, with) in [
        ("check desk.cwr", 0, 0),
        ("check broken.cwr", 1, 0),
        ("check missing.cwr", 2, 2),
        ("check broken.cwr missing.cwr", 2, 2),
        ("check promise.cwr", 3, 3),
        ("check broken.cwr promise.cwr", 1, 0),
        ("compile broken.cwr", 1, 0),
        ("compile missing.cwr", 2, 2),
        ("explain CWR999", 2, 2),
        ("simulate broken.cwr --history desk.jsonl", 1, 0),
        ("simulate desk.cwr --history some.jsonl --strict", 1, 0),
        ("simulate desk.cwr --history missing.jsonl", 2, 2),
        ("simulate desk.cwr", 2, 2),
        ("generate broken.cwr --world desk.world.yaml --seed 1", 1, 0),
        ("test missing.test.yaml", 2, 2),
    ] {
        let plain = sandbox.cwrc(arguments).exits(without);
        let lenient = sandbox.cwrc(&format!("--exit-zero {arguments}")).exits(with);
        assert_eq!((plain.out, plain.err), (lenient.out, lenient.err), "{arguments}");
    }
}

#[test]
fn explain_knows_codes_and_names() {
    let sandbox = Sandbox::new();
    sandbox.cwrc("explain").exits(0).says("CWR001").without_complaint();
    let by_code = sandbox.cwrc("explain CWR204").exits(0).without_complaint();
    let by_name = sandbox.cwrc("explain no-hold").exits(0).without_complaint();
    assert_eq!(by_code.out, by_name.out);
    sandbox.cwrc("explain CWR999").exits(2).only_complains("there is no diagnostic `CWR999`");
    sandbox.cwrc("explain 304").exits(2).only_complains("did you mean `CWR304`?");
    sandbox.cwrc("explain no-hld").exits(2).only_complains("did you mean `no-hold`?");
    sandbox.cwrc("explain CWR001 CWR002").exits(2).only_complains("unexpected argument 'CWR002'");
}

#[test]
fn compile_needs_a_policy_without_errors() {
    let sandbox = Sandbox::new().with("broken.cwr", broken()).with("library.cwr", "signal accepted\n");
    sandbox.cwrc("compile desk.cwr").exits(0).says("\"digest\": \"sha256:").without_complaint();
    sandbox.cwrc("compile desk.cwr --format yaml").exits(0).says("digest: sha256:").without_complaint();
    sandbox.cwrc("compile --schema").exits(0).without_complaint();
    sandbox.cwrc("compile broken.cwr").exits(1).only_complains("error[CWR204]");
    sandbox
        .cwrc("compile library.cwr")
        .exits(2)
        .only_complains("library.cwr is no policy help: a file without a `policy`");
    sandbox.cwrc("compile").exits(2).only_complains("<POLICY>");
    sandbox.cwrc("compile desk.cwr broken.cwr").exits(2).only_complains("unexpected argument");
}

#[test]
fn a_policy_with_errors_runs_nothing() {
    let sandbox = Sandbox::new().with("broken.cwr", broken()).with("library.cwr", "signal accepted\n");
    for command in ["simulate --history desk.jsonl", "generate --world desk.world.yaml --seed 1"] {
        sandbox.cwrc(&format!("{command} broken.cwr")).exits(1).only_complains("error[CWR204]");
        sandbox.cwrc(&format!("{command} library.cwr")).exits(2).only_complains("library.cwr is no policy");
    }
}

#[test]
fn a_policy_with_open_promises_runs() {
    let sandbox = Sandbox::new().with("promise.cwr", promising());
    sandbox.cwrc("compile promise.cwr").exits(0);
    sandbox.cwrc("simulate promise.cwr --history desk.jsonl").exits(0);
}

#[test]
fn a_history_of_which_nothing_is_kept_is_2() {
    let sandbox = Sandbox::new()
        .with("empty.jsonl", "")
        .with("blank.jsonl", "\n  \n\r\n\t\n")
        .with("bad.jsonl", "no json\n{}\n")
        .with("notices.jsonl", "{\"signal\": \"accepted\", \"time\": \"2026-01-01T00:00:00Z\"}\n");
    for name in ["empty", "blank", "bad", "notices"] {
        let is_empty = ["empty", "blank"].contains(&name);
        let help =
            if is_empty { "help: it has no line but empty ones" } else { "help: each line must be one JSON object" };
        for command in ["simulate", "count"] {
            let told = sandbox.cwrc(&format!("{command} desk.cwr --history {name}.jsonl")).exits(2);
            told.only_complains("no record could be kept").complains(help);
        }
        sandbox.cwrc(&format!("check desk.cwr --history {name}.jsonl")).exits(2).complains("no record could be kept");
    }
    sandbox.cwrc("count desk.cwr --history empty.jsonl -o counts.csv").exits(2);
    assert!(!sandbox.path("counts.csv").exists(), "nothing is written");
    let told = sandbox.cwrc("simulate desk.cwr --history bad.jsonl").exits(2);
    told.complains("1 unparsable bad.jsonl:1:").complains("1 missing_field bad.jsonl:2:");
}

#[test]
fn a_history_that_cannot_be_read_is_2() {
    let sandbox = Sandbox::new().with_folder("logs");
    for (history, complaint) in [
        ("missing.jsonl", "cannot read missing.jsonl: No such file"),
        ("no*.jsonl", "no file matches no*.jsonl"),
        ("logs", "logs is a directory help: name its files, for example 'logs/*.jsonl'"),
        ("desk.jsonl --history missing.jsonl", "cannot read missing.jsonl"),
    ] {
        sandbox.cwrc(&format!("simulate desk.cwr --history {history}")).exits(2).only_complains(complaint);
    }
}

#[test]
fn bad_lines_are_a_warning_and_with_strict_1() {
    let sandbox = Sandbox::new().with("some.jsonl", history() + BAD_LINE);
    let simulate = "simulate desk.cwr --history some.jsonl";
    let quoted = "1 missing_field some.jsonl:86: it has no action";
    sandbox.cwrc(simulate).exits(0).says("some.jsonl:86").complains("warning: 1 line was left out");
    sandbox.cwrc(&format!("{simulate} --format json")).exits(0).complains(quoted);
    sandbox.cwrc(&format!("{simulate} --format state")).exits(0).complains(quoted);
    sandbox.cwrc(&format!("{simulate} -q --format json")).exits(0).without_complaint();
    for format in ["human", "json", "state"] {
        let told = sandbox.cwrc(&format!("{simulate} --strict --format {format}")).exits(1).complains(quoted);
        assert!(!told.out.is_empty(), "the work is done all the same: {told}");
    }
    sandbox.cwrc("simulate desk.cwr --history desk.jsonl --strict").exits(0).without_complaint();
}

#[test]
fn a_history_without_tiers_needs_to_be_told() {
    let sandbox = Sandbox::new().with("flat.jsonl", history().replace("\"tier\":", "\"stage\":"));
    let simulate = "simulate desk.cwr --history flat.jsonl --format json";
    sandbox.cwrc(simulate).exits(2).only_complains("no record says at which tier it ran").complains("--map tier=KEY");
    sandbox.cwrc(&format!("{simulate} --map tier=stage")).exits(0).without_complaint();
    sandbox.cwrc(&format!("{simulate} --assume-tier crawl")).exits(0).without_complaint();
    sandbox.cwrc(&format!("{simulate} --evidence any-tier")).exits(0).says("\"evidence\": \"any-tier\"");
}

#[test]
fn bad_arguments_of_simulate_are_2_and_say_what_to_write() {
    let sandbox = Sandbox::new()
        .with("latin.json", NOT_UTF8)
        .with("other.json", r#"{"cwrc": "1", "policy": "desk", "plan_digest": "x", "at": "2026-01-02T00:00:00Z", "last_promotion": null, "actions": {"replay": {"tier": "walk", "since": "2026-01-02T00:00:00Z"}}}"#)
        .with("keys.json", r#"{"cwrc": "1", "policy": "desk", "colour": "red"}"#)
        .with("key.jsonl", "{\"action\": \"reply\", \"to\": \"walk\", \"time\": \"2026-01-02T00:00:00Z\", \"by\": \"Ada\", \"why\": 1}\n")
        .with("name.jsonl", "\n{\"action\": \"replay\", \"to\": \"walk\", \"time\": \"2026-01-02T00:00:00Z\", \"by\": \"Ada\"}\n")
        .with("when.jsonl", "{\"action\": \"reply\", \"to\": \"walk\", \"time\": \"2026-01-02\", \"by\": \"Ada\"}\n");
    for (arguments, complaint) in [
        ("--map tier", "`tier` is not of the form FIELD=KEY, as in `tier=stage`"),
        ("--map teir=stage", "`teir` is not a field of a record; write `tier`"),
        ("--map colour=x", "write one of id, time, action, tier, outcomes"),
        ("--map tier=", "nothing stands behind `tier=`"),
        ("--map tier=a..b", "`a..b` is no key: a name between dots is empty"),
        ("--from yesterday", "write a date (2026-03-01) or an RFC 3339 time"),
        ("--from 2026-02-30", "write a date"),
        ("--to 2026-01-05T00:00:00", "with an offset"),
        ("--from 2027-01-01", "no boundary lies between"),
        ("--to 2025-01-01", "the history spans 2026-01-02T00:00:00Z to 2026-01-21T00:00:00Z"),
        ("--from 2026-01-10 --to 2026-01-05", "help: choose --from and --to inside what the history spans"),
        ("--to 9999-01-01", "(at most 1,000,000)"),
        ("--now 2020-01-01", "an outcome's time is later than --now"),
        ("--evidence all", "possible values: as-recorded, any-tier"),
        ("--assume-tier manual", "write crawl, walk or run"),
        ("--initial missing.json", "cannot read missing.json"),
        ("--initial latin.json", "cannot read latin.json"),
        ("--initial desk.cwr", "desk.cwr is no state of this policy"),
        ("--initial keys.json", "unknown field `colour`"),
        ("--initial other.json", "the policy has no action type `replay`"),
        ("--approvals missing.jsonl", "cannot read missing.jsonl"),
        ("--approvals desk.cwr", "desk.cwr cannot be used as approvals: line 1:"),
        ("--approvals key.jsonl", "line 1: unknown field `why`"),
        ("--approvals name.jsonl", "line 2: the policy has no action type `replay`; did you mean `reply`?"),
        ("--approvals when.jsonl", "line 1: `2026-01-02` is no RFC 3339 time with an offset"),
        ("--approvals key.jsonl --no-approvals", "cannot be used with"),
        ("--threads 0", "invalid value '0'"),
        ("--history-format xml", "possible values: jsonl, csv, tsv, parquet"),
        ("--format xml", "possible values: human, json, state"),
        ("--histroy x", "a similar argument exists: '--history'"),
        ("--color sometimes", "possible values: auto, always, never"),
    ] {
        let told = sandbox.cwrc(&format!("simulate desk.cwr --history desk.jsonl {arguments}")).exits(2);
        told.only_complains(complaint);
    }
    sandbox.cwrc("simulate desk.cwr").exits(2).only_complains("no history is named help: --history PATH");
    sandbox.cwrc("simulate --history desk.jsonl").exits(2).only_complains("<POLICY>");
}

#[test]
fn generate_needs_a_world_and_a_seed() {
    let sandbox = Sandbox::new()
        .with("latin.yaml", NOT_UTF8)
        .with("wrong.yaml", "start: 2026-01-01\nlength: 20d\nactoins: []\n")
        .with("twice.yaml", "start: 2026-01-01\nstart: 2026-01-02\n");
    sandbox.cwrc("generate desk.cwr --world desk.world.yaml --seed 1").exits(0).without_complaint();
    for (arguments, complaint) in [
        ("--seed 1", "--world <WORLD>"),
        ("--world desk.world.yaml", "--seed <N>"),
        ("--world desk.world.yaml --seed x", "invalid value 'x'"),
        ("--world missing.yaml --seed 1", "cannot read missing.yaml"),
        ("--world latin.yaml --seed 1", "cannot read latin.yaml"),
        ("--world . --seed 1", "Is a directory"),
        ("--world wrong.yaml --seed 1", "wrong.yaml:3:1:"),
        ("--world twice.yaml --seed 1", "twice.yaml:2:1: `start` is given twice"),
        ("--world desk.cwr --seed 1", "desk.cwr:"),
    ] {
        sandbox.cwrc(&format!("generate desk.cwr {arguments}")).exits(2).only_complains(complaint);
    }
}

/// A file of scenarios, the first of which passes; the other one is wrong where `tier` is walk.
fn scenarios(policy: &str, tier: &str) -> String {
    let feed = "{action: reply, tier: crawl, days: 0..2, per_day: 9, accepted: 100%}";
    let one = |name: &str, tier: &str| {
        format!(
            "  - name: {name}\n    start: 2026-01-01\n    feed: [{feed}]\n    expect: [{{on: 2026-01-02, action: reply, tier: \
             {tier}}}]\n"
        )
    };
    format!("policy: {policy}\nscenarios:\n{}{}", one("first", "crawl"), one("second", tier))
}

#[test]
fn test_tells_what_passes_from_what_fails() {
    let sandbox = Sandbox::new()
        .with("good.test.yaml", scenarios("desk.cwr", "crawl"))
        .with("deep/down/bad.test.yaml", scenarios("../../desk.cwr", "walk"))
        .with("broken.cwr", broken())
        .with("broken.test.yaml", scenarios("broken.cwr", "crawl"));
    sandbox.cwrc("test good.test.yaml").exits(0).says("2 scenarios: all passed").without_complaint();
    sandbox.cwrc("test good.test.yaml -q").exits(0).mute().without_complaint();
    let told = sandbox.cwrc("test deep").exits(1).without_complaint();
    told.says("✓ first").says("✗ second").says("deep/down/bad.test.yaml:10: expected reply at walk on 2026-01-02");
    sandbox.cwrc("test deep --exit-zero").exits(0).says("1 passed, 1 failed");
    let quiet = sandbox.cwrc("test deep good.test.yaml -q").exits(1).says("✗ second").without_complaint();
    assert!(!quiet.out.contains("first") && !quiet.out.contains("good.test.yaml"), "{quiet}");
    sandbox.cwrc("test deep --run first").exits(0).says("1 scenario: all passed");
    sandbox.cwrc("test deep good.test.yaml ./good.test.yaml g*.test.yaml").exits(1).says("4 scenarios: 3 passed");
    sandbox.cwrc_with("test -", scenarios("desk.cwr", "walk")).exits(1).says("<stdin>:10: expected");
    sandbox.cwrc("test broken.test.yaml").exits(1).mute().complains("error[CWR204]");
    sandbox.cwrc("test").exits(1).says("4 scenarios: 3 passed, 1 failed").complains("error[CWR204]");
}

#[test]
fn test_has_formats_for_programs() {
    let sandbox = Sandbox::new().with("bad.test.yaml", scenarios("desk.cwr", "walk"));
    let told = sandbox.cwrc("test --format json").exits(1).without_complaint().out;
    let json: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((&json["passed"], &json["failed"]), (&1.into(), &1.into()));
    let failed = &json["files"][0]["scenarios"][1];
    assert_eq!(failed["failures"][0]["line"], 10);
    assert_eq!(failed["failures"][0]["actual"], "reply at crawl on 2026-01-02");
    let told = sandbox.cwrc("test --format junit").exits(1).without_complaint().out;
    let xml = roxmltree::Document::parse(&told).expect("XML");
    let failure = xml.descendants().find(|node| node.has_tag_name("failure")).expect("a failure");
    assert_eq!(failure.parent().and_then(|case| case.attribute("name")), Some("second"));
    assert!(failure.text().is_some_and(|text| text.contains("holding since 2026-01-02")), "{told}");
    assert_eq!(xml.root_element().attribute("tests"), Some("2"));
    sandbox.cwrc("test --format json -o out.json").exits(1).mute();
    assert!(sandbox.read("out.json").contains("\"failed\": 1"));
}

#[test]
fn nothing_to_test_is_2() {
    let sandbox = Sandbox::new()
        .with_folder("empty")
        .with("good.test.yaml", scenarios("desk.cwr", "crawl"))
        .with("none.test.yaml", "policy: desk.cwr\nscenarios: []\n")
        .with("nowhere.test.yaml", scenarios("missing.cwr", "crawl"))
        .with("library.cwr", "signal accepted\n")
        .with("library.test.yaml", scenarios("library.cwr", "crawl"))
        .with("latin.test.yaml", NOT_UTF8);
    for (paths, complaint) in [
        ("empty", "no scenario found in empty help: scenarios stand in files that end in .test.yaml"),
        ("no*.tests.yaml", "no scenario found in no*.tests.yaml"),
        ("missing.test.yaml", "cannot read missing.test.yaml"),
        ("none.test.yaml", "none.test.yaml:2:12: `scenarios` is empty"),
        ("nowhere.test.yaml", "nowhere.test.yaml tests missing.cwr, which is not there"),
        ("library.test.yaml", "library.cwr is no policy"),
        ("latin.test.yaml", "`latin.test.yaml` is not UTF-8"),
        ("desk.cwr", "help: name the file of its scenarios, such as desk.test.yaml"),
        ("good.test.yaml --run third", "no scenario's name contains `third`"),
        ("good.test.yaml --format xml", "possible values: human, json, junit"),
        ("[", "no glob"),
    ] {
        sandbox.cwrc(&format!("test {paths}")).exits(2).only_complains(complaint);
    }
    sandbox.cwrc("test good.test.yaml empty").exits(2).says("all passed").complains("no scenario found in empty");
}

#[test]
fn output_that_cannot_be_written_is_2() {
    let sandbox = Sandbox::new().with_folder("folder").with("broken.cwr", broken());
    for command in [
        "check desk.cwr",
        "check broken.cwr",
        "compile desk.cwr",
        "simulate desk.cwr --history desk.jsonl",
        "generate desk.cwr --world desk.world.yaml --seed 1",
    ] {
        sandbox.cwrc(&format!("{command} -o nowhere/out")).exits(2).only_complains("cannot write nowhere/out:");
        sandbox.cwrc(&format!("{command} -o folder")).exits(2).only_complains("cannot write folder:");
    }
}

#[test]
fn output_never_overwrites_a_policy() {
    let sandbox = Sandbox::new();
    for command in ["check desk.cwr", "compile desk.cwr", "simulate desk.cwr --history desk.jsonl"] {
        sandbox.cwrc(&format!("{command} -o desk.cwr")).exits(2).only_complains("-o desk.cwr would overwrite a policy");
        assert_eq!(sandbox.read("desk.cwr"), desk(), "{command}");
    }
    let plain = sandbox.cwrc("compile desk.cwr").exits(0).out;
    assert_eq!(sandbox.cwrc("compile desk.cwr -o -").exits(0).out, plain, "- is stdout");
    assert!(!sandbox.path("-").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_2() {
    let sandbox = Sandbox::new();
    for command in ["check desk.cwr", "explain", "compile desk.cwr", "simulate desk.cwr --history desk.jsonl"] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
        let output = sandbox.command(command).stdout(full).output().expect("cwrc runs");
        Told::of(command, output).exits(2).complains("cannot write the output");
    }
}

#[test]
fn usage_is_2_and_help_is_0() {
    let sandbox = Sandbox::new();
    sandbox.cwrc("").exits(2).only_complains("Usage: cwrc");
    sandbox.cwrc("chekc").exits(2).only_complains("a similar subcommand exists: 'check'");
    sandbox.cwrc("check --nope").exits(2).only_complains("unexpected argument '--nope'");
    sandbox.cwrc("check --format yaml desk.cwr").exits(2).only_complains("possible values: human, plain, json");
    sandbox.cwrc("--version").exits(0).says("cwrc ").without_complaint();
    sandbox.cwrc("--help").exits(0).says("Exit codes: 0 done and fine").without_complaint();
    sandbox.cwrc("help check").exits(0).says("Usage: cwrc check").without_complaint();
    sandbox.cwrc("help nothing").exits(2).only_complains("unrecognized subcommand");
}
