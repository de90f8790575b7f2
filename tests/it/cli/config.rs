//! `cwrc.yaml`: where it is found, what it changes, what is said of its mistakes, and that its schema says the same.

use super::{Sandbox, Told, broken, history};
use serde_json::Value;
use std::collections::BTreeSet;

const IDLE: &str = "# cwr: allow(CWR214) because \"x\"\npolicy p { owner \"us\" }\n";

/// A project with a folder to stand in below it.
fn project(config: &str) -> Sandbox {
    Sandbox::new()
        .with("cwrc.yaml", config)
        .with("policies/idle.cwr", IDLE)
        .with("policies/broken.cwr", broken())
        .with("logs/flat.jsonl", history().replace("\"tier\":", "\"stage\":"))
        .with("sub/deep/note.txt", "")
}

#[track_caller]
fn below(sandbox: &Sandbox, arguments: &str) -> Told {
    let mut command = sandbox.command(arguments);
    Told::of(arguments, command.current_dir(sandbox.path("sub/deep")).output().expect("cwrc runs"))
}

#[test]
fn policies_are_those_of_the_configuration_unless_named() {
    let sandbox = project("policies: policies/idle.cwr\n");
    sandbox.cwrc("check").exits(0).says("policies/idle.cwr: 1 warning").without_complaint();
    below(&sandbox, "check").exits(0).says("../../policies/idle.cwr: 1 warning").without_complaint();
    sandbox.cwrc("check desk.cwr").exits(0).says("desk.cwr: fine");
    sandbox.cwrc("check --no-config").exits(1).says("policies/broken.cwr: 1 error");
    below(&sandbox, "check --no-config").exits(2).only_complains("no policy found in .");
    let sandbox = sandbox.with("sub/other.yaml", "policies: [../desk.cwr, '../policies/id*.cwr']\n");
    sandbox.cwrc("check --config sub/other.yaml").exits(0).says("sub/../desk.cwr: fine").says("idle.cwr: 1 warning");
    sandbox.cwrc("check --config none.yaml").exits(2).only_complains("cannot read none.yaml");
    sandbox.cwrc("check --config cwrc.yaml --no-config").exits(2).only_complains("cannot be used with");
    let nearer = sandbox.with("sub/cwrc.yaml", "policies: [../desk.cwr]\n");
    below(&nearer, "check").exits(0).says("../../desk.cwr: fine");
}

#[test]
fn lints_and_format_are_those_of_the_configuration_unless_asked_for() {
    let sandbox = project("policies: [policies/idle.cwr]\nlints: {deny: warnings}\nformat: plain\n");
    sandbox.cwrc("check").exits(1).says("policies/idle.cwr:1:14: error[CWR214]");
    sandbox.cwrc("check --format human").exits(1).says("denied by cwrc.yaml");
    sandbox.cwrc("check --warn CWR214").exits(0).says("warning[CWR214]");
    sandbox.cwrc("check --no-config policies/idle.cwr").exits(0).says("warning[CWR214] unused-allow\n");
    let sandbox = project("policies: [policies/idle.cwr]\nlints: {allow: [unused-allow]}\n");
    sandbox.cwrc("check").exits(0).says("idle.cwr: fine");
    sandbox.cwrc("check --deny warnings").exits(0).says("idle.cwr: fine");
    sandbox.cwrc("check --deny CWR214").exits(1).says("denied by --deny");
}

#[test]
fn the_history_is_that_of_the_configuration_unless_named() {
    let sandbox = project("history:\n  paths: logs/*.jsonl\n  map: {tier: stage}\n  format: jsonl\n");
    let expected = sandbox.cwrc("simulate desk.cwr --history desk.jsonl --format json").exits(0).out;
    assert_eq!(sandbox.cwrc("simulate desk.cwr --format json").exits(0).without_complaint().out, expected);
    assert_eq!(below(&sandbox, "simulate ../../desk.cwr --format json").exits(0).out, expected);
    sandbox.cwrc("simulate desk.cwr --no-config").exits(2).only_complains("no history is named help: --history PATH");
    sandbox.cwrc("simulate desk.cwr --map tier=tier").exits(2).only_complains("no record says at which tier it ran");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (config, complaint) in [
        ("polices: [a]\n", "cwrc.yaml:1:1: `polices` is no key of the configuration help: did you mean `policies`?"),
        ("format: human\nformat: json\n", "cwrc.yaml:2:1: `format` is given twice"),
        ("format: jsno\n", "cwrc.yaml:1:9: there is no format `jsno` help: did you mean `json`?"),
        ("format: 3\n", "cwrc.yaml:1:9: `format` is `3` help: write the name of a format"),
        ("policies: []\n", "cwrc.yaml:1:11: `policies` is empty"),
        ("policies: {a: b}\n", "cwrc.yaml:1:11: `policies` is a map"),
        ("lints: [CWR214]\n", "`lints` is a list help: write a map of these keys: `allow`, `warn`, `deny`"),
        ("lints: {alow: CWR214}\n", "cwrc.yaml:1:9: `alow` is no key of `lints` help: did you mean `allow`?"),
        (
            "lints:\n  allow: [no-hld]\n",
            "cwrc.yaml:2:11: there is no diagnostic `no-hld` help: did you mean `no-hold`?",
        ),
        ("lints:\n  allow: [no-hold]\n", "cwrc.yaml:2:11: `no-hold` is an error, and errors stay errors"),
        ("lints: {allow: warnings}\n", "`warnings` can be denied"),
        ("lints: {allow: CWR214, deny: unused-allow}\n", "`unused-allow` stands in these lists already"),
        ("history: {map: {tier: stage}}\n", "`history` has no `paths`"),
        (
            "history: {paths: a, map: {teir: stage}}\n",
            "cwrc.yaml:1:27: `teir` is not a field of a record; write `tier`",
        ),
        ("history: {paths: a, map: {tier: a..b}}\n", "`a..b` is no key: a name between dots is empty"),
        ("history: {paths: a, map: {time_format: '%F'}}\n", "`time_format=%F` has no offset"),
        ("history: {paths: a, values: {time: {now: then}}}\n", "`time` is no key of `values`"),
        ("history: {paths: a, format: xml}\n", "`format` is `xml` help: write `jsonl`, `csv`, `tsv` or `parquet`"),
        ("", "cwrc.yaml:1:1: there is nothing in it"),
        ("- a\n", "the configuration is a list"),
        ("a: [\n", "cwrc.yaml:2:1"),
    ] {
        let sandbox = project(config);
        sandbox.cwrc("check desk.cwr").exits(2).only_complains(complaint);
        sandbox.cwrc("simulate desk.cwr").exits(2).only_complains(complaint);
        below(&sandbox, "check ../../desk.cwr").exits(2).only_complains("../../cwrc.yaml:");
        sandbox.cwrc("check desk.cwr --no-config").exits(0);
    }
    let told = project("polices: a\nformat: jsno\n").cwrc("check").exits(2);
    told.complains("did you mean `policies`?").complains("did you mean `json`?");
    project("").with("cwrc.yaml", b"format: \xff\n").cwrc("check").exits(2).only_complains("cannot read cwrc.yaml");
}

/// The keys of the objects of the schema, each with the configuration that has an unknown key there.
#[test]
fn the_schema_and_the_reader_know_the_same_keys() {
    let printed = Sandbox::new().cwrc("check --config-schema").exits(0).without_complaint().out;
    let schema: Value = serde_json::from_str(&printed).expect("JSON");
    for (pointer, config) in [
        ("", "- a\n"),
        ("/properties/history", "history: [a]\n"),
        ("/properties/history/properties/map", "history: {paths: a, map: [a]}\n"),
        ("/properties/history/properties/values", "history: {paths: a, values: [a]}\n"),
        ("/properties/lints", "lints: [a]\n"),
    ] {
        let object = schema.pointer(pointer).expect("an object");
        assert_eq!(object["additionalProperties"], false, "{pointer}");
        let keys: BTreeSet<&str> = object["properties"].as_object().expect("keys").keys().map(String::as_str).collect();
        let told = project(config).cwrc("check").exits(2).err.replace('\n', " ");
        let list = told.split("write a map of these keys: ").nth(1).unwrap_or_else(|| panic!("{told}"));
        let list = list.split_whitespace().map(|word| word.trim_matches(['`', ',']));
        assert_eq!(list.collect::<BTreeSet<_>>(), keys, "{pointer}");
    }
    let formats = schema["properties"]["format"]["enum"].as_array().expect("formats");
    let known: Vec<&str> = cwrc::render::diagnostics::Format::ALL.iter().map(|format| format.name()).collect();
    assert_eq!(formats.iter().map(|it| it.as_str().expect("a name")).collect::<Vec<_>>(), known);
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let printed = Sandbox::new().cwrc("check --config-schema").out;
    let schema = jsonschema::validator_for(&serde_json::from_str(&printed).expect("JSON")).expect("a schema");
    for (config, is_good) in [
        ("policies: policies/\n", true),
        ("policies: [a, b]\nformat: sarif\nlints: {deny: warnings, warn: [CWR214]}\n", true),
        ("history: {paths: [a, b], map: {time: meta.opened_at}, format: jsonl}\n", true),
        (
            "history: {paths: a, map: {tier: const:walk, signal.closed: at, time_format: '%F', time_offset: Z}, format: csv}\n",
            true,
        ),
        ("history: {paths: a, values: {signal: {Closed: resolved}}}\n", true),
        ("history: {paths: a, values: {id: {a: b}}}\n", false),
        ("format: yaml\n", false),
        ("polices: a\n", false),
        ("history: {map: {}}\n", false),
        ("policies: ['']\n", false),
        ("lints: {deny: []}\n", false),
    ] {
        let value: Value = serde_yaml::from_str(config).expect("YAML");
        assert_eq!(schema.is_valid(&value), is_good, "{config}");
        let code = project(config).cwrc("check desk.cwr").code;
        assert_eq!(code == Some(0), is_good, "{config}");
    }
}
