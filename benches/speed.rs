//! Whole-process speed and memory of the release binary, on inputs made here: `cargo bench --bench speed`.
//!
//! Prints one row per measurement: the median and the range of five runs, and the peak memory. Nothing is asserted; the
//! README records the figures with this command.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "small numbers made here, and figures for print"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CWRC: &str = env!("CARGO_BIN_EXE_cwrc");
const RUNS: usize = 5;
const RECORDS: u64 = 1_000_000;
const ACTIONS: u64 = 50;

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    fs::create_dir_all(&folder).expect("a folder for the inputs");
    println!("{:<58} {:>9} {:>19} {:>9}", "command", "median", "range", "peak");
    for actions in [1_000, 10_000] {
        let policy = write(&folder, &format!("check_{actions}.cwr"), || big_policy(actions));
        let ours = measure(&format!("check, {actions} action types"), CWRC, &["check", &policy]);
        let rules = write(&folder, &format!("rules_{actions}.yml"), || big_rules(actions));
        if is_there("promtool") {
            let what = format!("promtool check rules, {actions} rules");
            let theirs = measure(&what, "promtool", &["check", "rules", &rules]);
            println!("# promtool takes {:.1} times as long", theirs.as_secs_f64() / ours.as_secs_f64());
        } else {
            println!("# promtool is not there (Debian: apt-get install prometheus): nothing to compare with");
        }
    }
    let policy = write(&folder, "simulate.cwr", || big_policy(ACTIONS));
    let history = write(&folder, "history.jsonl", history);
    let bytes = fs::metadata(&history).expect("the history").len();
    println!("# {RECORDS} records, {} bytes each, {ACTIONS} action types, a year", bytes / RECORDS);
    let simulate = ["simulate", &policy, "--history", &history, "--format", "json"];
    measure("simulate, duplicate detection on", CWRC, &simulate);
    measure("simulate --unique-ids", CWRC, &[&simulate[..], &["--unique-ids"]].concat());
    measure("simulate, 1 thread", CWRC, &[&simulate[..], &["--threads", "1"]].concat());
}

/// Writes an input once; later runs find it.
fn write(folder: &Path, name: &str, content: impl FnOnce() -> String) -> String {
    let path: PathBuf = folder.join(name);
    fs::write(&path, content()).expect("the input can be written");
    path.to_string_lossy().into_owned()
}

/// Whether a program can be started.
fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Prints a row, and returns the median.
fn measure(what: &str, program: &str, arguments: &[&str]) -> Duration {
    let mut runs: Vec<(Duration, u64)> = (0..RUNS).map(|_| once(program, arguments)).collect();
    runs.sort_unstable();
    let seconds = |at: usize| runs[at].0.as_secs_f64();
    let peak = runs.iter().map(|(_, peak)| *peak).max().unwrap_or(0);
    let range = format!("{:.3} to {:.3} s", seconds(0), seconds(RUNS - 1));
    println!("{what:<58} {:>7.3} s {range:>19} {:>6.1} MB", seconds(RUNS / 2), peak as f64 / 1024.0);
    runs[RUNS / 2].0
}

/// Wall time and peak resident memory in KiB, as the kernel's high-water mark tells it (0 where there is no /proc).
fn once(program: &str, arguments: &[&str]) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the binary starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(now.unwrap_or(0));
        if let Some(exit) = child.try_wait().expect("the child can be waited for") {
            assert!(exit.code().is_some_and(|code| code <= 1), "{arguments:?} ended with {exit}");
            return (started.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A realistic file: shared metrics, a few ladders, action types that follow and override them.
fn big_policy(actions: u64) -> String {
    let mut text = String::from(
        "policy big \"A large policy\" {\n  owner \"platform\"\n  evaluate every 1d\n  promote one per 1d\n}\n\n\
         signal accepted\nsignal rejected\nsignal completed\nsignal corrected\nsignal reopened\nsignal rated\n\n\
         attribute amount number\n\n\
         metric acceptance from reviewer {\n  good accepted\n  bad rejected\n}\n\n\
         metric completion from staff {\n  good completed\n  bad corrected\n}\n\n\
         metric reopen_rate from customer {\n  counts reopened within 7d\n  alive rated within 2d\n}\n\n",
    );
    for ladder in 0..5 {
        let _ = writeln!(
            text,
            "ladder standard_{ladder} {{\n  gate crawl to walk {{\n    bar  acceptance >= 9{ladder}% over 14d min 200\n    \
             hold 14d\n    keep completion >= 95% over 14d min 100 margin 4pp\n    stop after 180d\n  }}\n  \
             gate walk to run {{\n    bar  reopen_rate < 4% over tier min 500 confidence 95% anytime\n    hold 21d\n    \
             keep reopen_rate < 4% over 21d min 500 margin 2pp\n    stop after 365d\n  }}\n  cooldown 7d\n  stale 35d\n}}\n"
        );
    }
    for action in 0..actions {
        let _ = writeln!(
            text,
            "action action_{action} \"Does the thing number {action}\" follows standard_{} {{\n  risk moderate\n  \
             gate walk to run {{\n    bar  reopen_rate < {}% over tier min 500 confidence 95% anytime\n    hold 28d\n  }}\n  \
             trip corrected >= 9 within 1d to crawl\n}}\n",
            action % 5,
            3 + action % 4,
        );
    }
    text
}

/// As many alerting rules for Prometheus, which say about as much.
fn big_rules(rules: u64) -> String {
    let mut text = String::from("groups:\n");
    for rule in 0..rules {
        if rule % 50 == 0 {
            let _ = writeln!(text, "- name: group_{}\n  rules:", rule / 50);
        }
        let of = |signal: &str| format!("sum(rate(outcomes_total{{action=\"action_{rule}\"{signal}}}[28d]))");
        let _ = writeln!(
            text,
            "  - alert: ReopenRate{rule}\n    expr: {} / {} > 0.0{}\n    for: 28d\n    labels:\n      severity: page\n      \
             team: platform\n    annotations:\n      summary: \"Does the thing number {rule}\"",
            of(",signal=\"reopened\""),
            of(""),
            3 + rule % 4,
        );
    }
    text
}

/// A year of records of about 140 bytes, nearly sorted by time.
fn history() -> String {
    let mut text = String::with_capacity(150 << 20);
    let start = cwrc::value::Instant::parse("2026-01-01T00:00:00Z").expect("a time");
    let step = 365.0 * 86_400.0 / RECORDS as f64;
    for at in 0..RECORDS {
        let noise = mix(at);
        let time = start.plus_seconds((at as f64 * step) as i64 + (noise % 600) as i64);
        let tier = ["crawl", "walk", "run"][(noise >> 10) as usize % 3];
        let signal = match (noise >> 20) % 100 {
            0..=44 => "accepted",
            45..=84 => "completed",
            85..=92 => "rated",
            93..=95 => "reopened",
            96..=97 => "rejected",
            _ => "corrected",
        };
        let later = time.plus_seconds(((noise >> 30) % 200_000) as i64);
        let _ = writeln!(
            text,
            "{{\"id\":\"{:016x}\",\"time\":\"{time}\",\"action\":\"action_{}\",\"tier\":\"{tier}\",\
             \"outcomes\":[{{\"signal\":\"{signal}\",\"time\":\"{later}\"}}]}}",
            mix(at ^ 0x5555),
            (noise >> 50) % ACTIONS,
        );
    }
    text
}

/// Splitmix64's finaliser.
fn mix(at: u64) -> u64 {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
