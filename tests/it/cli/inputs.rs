//! How policies and histories are named: files, globs, directories, `-`, packed or not, in any order.

use super::{Sandbox, desk, history};
use std::io::Write as _;

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).expect("memory");
    packed.finish().expect("memory")
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 3).expect("memory")
}

/// The lines of the history in three heaps.
fn heaps() -> [String; 3] {
    let history = history();
    let heap = |at: usize| history.lines().skip(at).step_by(3).map(|line| line.to_owned() + "\n").collect::<String>();
    [heap(2), heap(0), heap(1)]
}

/// The run over the plain history, as JSON.
fn plain(sandbox: &Sandbox) -> String {
    sandbox.cwrc("simulate desk.cwr --history desk.jsonl --format json").exits(0).without_complaint().out
}

#[test]
fn a_dash_is_standard_input() {
    let sandbox = Sandbox::new();
    let expected = plain(&sandbox);
    sandbox.cwrc_with("check -", desk()).exits(0).says("<stdin>: fine").without_complaint();
    sandbox.cwrc_with("check - -", desk()).exits(0).without_complaint();
    sandbox.cwrc_with("check -", "policy {").exits(1).says("<stdin>:1:");
    sandbox.cwrc_with("check -", b"\xff").exits(2);
    let compiled = sandbox.cwrc("compile desk.cwr").out;
    assert_eq!(sandbox.cwrc_with("compile -", desk()).exits(0).out, compiled);
    let told = sandbox.cwrc_with("simulate - --history desk.jsonl --format json", desk()).exits(0);
    assert_eq!(told.out, expected);
    let told = sandbox.cwrc_with("simulate desk.cwr --history - --format json", history()).exits(0);
    assert_eq!(told.out, expected);
    let told = sandbox.cwrc_with("simulate desk.cwr --history - --format json", gzip(&history())).exits(0);
    assert_eq!(told.out, expected);
    let told = sandbox.cwrc_with("generate - --world desk.world.yaml --seed 1 --follow", desk()).exits(0);
    assert_eq!(told.out, history());
    sandbox.cwrc_with("simulate desk.cwr --history -", "").exits(2).only_complains("no record could be kept");
    let both = sandbox.cwrc_with("simulate - --history -", desk()).exits(2);
    both.only_complains("standard input cannot be both the policy and the history");
}

#[test]
fn bad_lines_of_standard_input_are_quoted() {
    let told = Sandbox::new().cwrc_with("simulate desk.cwr --history - --format json", history() + "oops\n");
    told.exits(0).complains("1 unparsable <stdin>:86: it is not one JSON object").complains("oops");
}

#[test]
fn packed_and_plain_files_mix() {
    let [first, second, third] = heaps();
    let sandbox = Sandbox::new()
        .with("logs/a.jsonl", &first)
        .with("logs/b.jsonl.gz", gzip(&second))
        .with("logs/c.jsonl.zst", zstd(&third));
    let expected = plain(&sandbox);
    for histories in [
        "--history logs/a.jsonl --history logs/b.jsonl.gz --history logs/c.jsonl.zst",
        "--history logs/c.jsonl.zst --history logs/a.jsonl --history logs/b.jsonl.gz",
        "--history logs/*",
        "--history logs/[ab]* --history logs/c.jsonl.zst",
    ] {
        let told = sandbox.cwrc(&format!("simulate desk.cwr {histories} --format json")).exits(0).without_complaint();
        assert_eq!(told.out, expected, "{histories}");
    }
}

#[test]
fn joined_packs_are_read_to_the_end() {
    let [first, second, third] = heaps();
    let sandbox = Sandbox::new()
        .with("all.gz", [gzip(&first), gzip(&second), gzip(&third)].concat())
        .with("all.zst", [zstd(&first), zstd(&second), zstd(&third)].concat());
    let expected = plain(&sandbox);
    for name in ["all.gz", "all.zst"] {
        let told = sandbox.cwrc(&format!("simulate desk.cwr --history {name} --format json")).exits(0);
        assert_eq!(told.out, expected, "{name}");
    }
}

#[test]
fn a_pack_that_was_cut_off_is_2_and_named() {
    for (name, whole) in [("log.jsonl.gz", gzip(&history())), ("log.jsonl.zst", zstd(&history()))] {
        let length = whole.len();
        for cut in [0, 1, 3, 5, 12, length / 2, length - 8, length - 4, length - 1] {
            let sandbox = Sandbox::new().with(name, &whole[..cut]);
            // Other files do not make it good.
            let told = sandbox.cwrc(&format!("simulate desk.cwr --history desk.jsonl --history {name}")).exits(2);
            told.only_complains(name).complains("help: ").complains("fetch it again");
        }
    }
}

#[test]
fn the_same_file_counts_once() {
    let sandbox = Sandbox::new().with_folder("logs");
    let absolute = sandbox.path("desk.jsonl");
    let absolute = absolute.to_string_lossy();
    let expected = plain(&sandbox);
    for histories in [
        "--history desk.jsonl --history desk.jsonl".to_owned(),
        "--history desk.jsonl --history ./desk.jsonl --history logs/../desk.jsonl".to_owned(),
        format!("--history {absolute} --history desk.jsonl --history *.jsonl"),
    ] {
        let told = sandbox.cwrc(&format!("simulate desk.cwr {histories} --unique-ids --format json")).exits(0);
        assert_eq!(told.out, expected, "{histories}");
    }
    let once = sandbox.cwrc("check desk.cwr").out;
    assert_eq!(sandbox.cwrc("check desk.cwr ./desk.cwr logs/../desk.cwr desk.*wr").exits(0).out, once);
}

#[test]
fn the_same_record_twice_is_one_record() {
    let sandbox = Sandbox::new().with("copy.jsonl", history());
    let expected = plain(&sandbox).replace("\"duplicates\": 0", "\"duplicates\": 85");
    let told = sandbox.cwrc("simulate desk.cwr --history desk.jsonl --history copy.jsonl --format json").exits(0);
    assert_eq!(told.out, expected);
}

#[test]
fn threads_and_the_order_of_lines_change_no_byte() {
    let reversed: String = history().lines().rev().map(|line| line.to_owned() + "\n").collect();
    let sandbox = Sandbox::new().with("reversed.jsonl", reversed).with("bad.jsonl", "one\n".repeat(50) + "{}\n");
    for format in ["human", "json", "state"] {
        let run = |history: &str, threads: u32| {
            let arguments =
                format!("simulate desk.cwr --format {format} --threads {threads} --history bad.jsonl --history");
            sandbox.cwrc(&format!("{arguments} {history}")).exits(0)
        };
        let one = run("desk.jsonl", 1);
        let four = run("desk.jsonl", 4);
        assert_eq!((&four.out, &four.err), (&one.out, &one.err), "{format}");
        assert_eq!(run("reversed.jsonl", 4).out, one.out, "{format}");
    }
}

#[test]
fn line_ends_and_a_mark_at_the_start_do_not_matter() {
    let marked = format!("\u{feff}{}", history().replace('\n', "\r\n\n"));
    let sandbox = Sandbox::new().with("marked.jsonl", marked.trim_end());
    let told = sandbox.cwrc("simulate desk.cwr --history marked.jsonl --format json").exits(0).without_complaint();
    assert_eq!(told.out, plain(&sandbox));
}

/// The history as a flat table.
fn table(delimiter: &str) -> String {
    let row = |cells: [&str; 6]| cells.join(delimiter) + "\n";
    let mut text = row(["id", "time", "action", "tier", "signal", "signal_time"]);
    for line in history().lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let [id, time, action, tier] =
            ["id", "time", "action", "tier"].map(|key| record[key].as_str().expect("a text"));
        let outcomes = record["outcomes"].as_array().cloned().unwrap_or_default();
        if outcomes.is_empty() {
            text += &row([id, time, action, tier, "", ""]);
        }
        for outcome in &outcomes {
            let text_of = |key: &str| outcome[key].as_str().expect("a text");
            text += &row([id, time, action, tier, text_of("signal"), text_of("time")]);
        }
    }
    text
}

#[test]
fn tables_are_read_by_their_names_or_as_is_said() {
    let sandbox = Sandbox::new()
        .with("log.csv", table(","))
        .with("log.tsv.gz", gzip(&table("\t")))
        .with("log.csv.zst", zstd(&table(",")))
        .with("log", table("\t"));
    // A row that says more of a record is a line that is merged into its record.
    let without_duplicates = |told: &str| {
        told.split("\"duplicates\"").map(|it| it.split_once('\n').expect("a line").1.to_owned()).collect::<Vec<_>>()
    };
    let expected = without_duplicates(&plain(&sandbox));
    for history in ["log.csv", "log.tsv.gz", "log.csv.zst", "log --history-format tsv"] {
        let told =
            sandbox.cwrc(&format!("simulate desk.cwr --history {history} --format json")).exits(0).without_complaint();
        assert_eq!(without_duplicates(&told.out), expected, "{history}");
    }
    let told = sandbox.cwrc_with("simulate desk.cwr --history - --history-format csv --format json", table(","));
    assert_eq!(without_duplicates(&told.exits(0).out), expected);
}

#[test]
fn a_replay_from_counts_is_the_replay_from_records() {
    let sandbox = Sandbox::new().with("bad.jsonl", history() + "oops\n{\"id\":1}\n");
    for (history, file) in [("desk.jsonl", "counts.csv"), ("bad.jsonl", "counts.jsonl")] {
        sandbox.cwrc(&format!("count desk.cwr --history {history} -o {file} -q")).exits(0).without_complaint();
        for format in ["human", "json", "state"] {
            let [one, other] = [format!("--history {history}"), format!("--counts {file}")]
                .map(|from| sandbox.cwrc(&format!("simulate desk.cwr {from} --format {format} --strict")));
            assert_eq!((one.code, one.out, one.err), (other.code, other.out, other.err), "{history} {format}");
        }
    }
    let piped = sandbox.cwrc_with("simulate desk.cwr --counts - --format json", sandbox.read("counts.csv"));
    assert_eq!(piped.exits(0).out, plain(&sandbox));
    assert_eq!(sandbox.files().iter().filter(|name| name.starts_with('.')).count(), 0, "nothing is left behind");
}

#[test]
fn data_is_told_to_be_no_policy() {
    let sandbox = Sandbox::new();
    for command in ["check", "compile", "simulate --history desk.cwr", "generate --world desk.cwr --seed 1"] {
        for name in ["desk.jsonl", "desk.world.yaml"] {
            let told = sandbox.cwrc(&format!("{command} {name}")).exits(2);
            told.only_complains(&format!("{name} is no policy")).complains("a policy is a file that ends in .cwr");
        }
    }
}

#[test]
fn a_directory_is_searched_for_policies_and_imports_stay_inside() {
    let library = "signal edited\n";
    let root = desk().replacen("signal edited\n", "", 1);
    let inside = format!("import \"shared/words.cwr\"\n{root}");
    let outside = format!("import \"../words.cwr\"\n{root}");
    let sandbox = Sandbox::new()
        .with("all/desk.cwr", inside)
        .with("all/shared/words.cwr", library)
        .with("all/.hidden/broken.cwr", "policy {")
        .with("all/target/broken.cwr", "policy {")
        .with("all/notes.txt", "no policy")
        .with("out/desk.cwr", outside)
        .with("words.cwr", library);
    let told = sandbox.cwrc("check all").exits(0);
    assert_eq!(
        told.out, "all/desk.cwr: fine, policy desk, 1 action type\n",
        "an imported library is no root of its own"
    );
    sandbox.cwrc("check out").exits(1).says("CWR002");
    let mut here = sandbox.command("check");
    here.current_dir(sandbox.path("all"));
    let output = here.output().expect("cwrc runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "desk.cwr: fine, policy desk, 1 action type\n");
}
