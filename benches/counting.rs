//! Counting a history beside DuckDB and Polars that run the same query on the same file, each a process of its own:
//! `cargo bench --all-features --bench counting [-- RECORDS]`.
//!
//! Makes 5,000,000 seeded records, or as many as are asked for, as JSON Lines, CSV and Parquet; counts each with
//! `cwrc count` and with `benches/counting.py` (by `python3`, or by what `CWRC_PYTHON` names), in turns; and prints medians.
//! All must come to the same sums. Beside them stands a scan for line ends, which is what the machine allows.
//!
//! `-- memory [RECORDS]...` says what memory 1, 5 and 20 million records take side by side, or as many as are asked for.
//! They are made as they are read, and come through a pipe.

#![expect(clippy::cast_precision_loss, reason = "figures for print")]

use cwrc::value::Instant as Time;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CWRC: &str = env!("CARGO_BIN_EXE_cwrc");
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/counting.py");
const POLICY: &str = include_str!("counting.cwr");
const RECORDS: u64 = 5_000_000;
const GROWING: [u64; 3] = [1_000_000, 5_000_000, 20_000_000];
const SEED: u64 = 42;
const ACTIONS: u64 = 50;
const DAYS: u64 = 365;
const RUNS: usize = 5;
/// Polars takes JSON Lines of this many records only, once: it needs more than 2 GB per million.
const SLICE: u64 = 500_000;

const FORMATS: [(&str, &str); 3] = [("jsonl", "JSON Lines"), ("csv", "CSV"), ("parquet", "Parquet")];

/// A tool on a format: a row of the table, and what is to be run.
struct Contender {
    tool: &'static str,
    format: &'static str,
    records: u64,
    /// What it reads.
    file: String,
    program: String,
    arguments: Vec<String>,
    runs: Vec<Spent>,
}

/// What a process took.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Spent {
    wall: f64,
    /// User and system time in seconds.
    processor: f64,
    /// Peak resident memory in MB.
    peak: f64,
}

/// What all must agree in: samples, bad ones, and how many groups they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sums([u64; 3]);

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|it| it.parse().ok()).collect();
    let records = numbers.first().copied().unwrap_or(RECORDS);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("counting-{records}-{SEED}"));
    fs::create_dir_all(&folder).expect("a folder for the inputs");
    if std::env::args().any(|it| it == "memory") {
        return memory(&folder, if numbers.is_empty() { &GROWING } else { &numbers });
    }
    let lines = make(&folder, records);
    let python = std::env::var("CWRC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_others = prepare(&python, &folder);
    let policy = folder.join("policy.cwr");
    fs::write(&policy, policy_text()).expect("the policy can be written");
    let bytes = fs::metadata(&lines).expect("the records").len();
    println!("# {records} records, {:.1} MB of JSON Lines, seed {SEED}; medians of {RUNS}", bytes as f64 / 1e6);

    let mut contenders = contenders(&folder, records, &python, has_others);
    let mut sums = vec![None; contenders.len()];
    for round in 0..RUNS {
        for (contender, sums) in contenders.iter_mut().zip(&mut sums) {
            if round == 0 || contender.records == records {
                let (spent, found) = contender.run(&folder);
                contender.runs.push(spent);
                assert!(sums.replace(found).is_none_or(|before| before == found), "{} is not steady", contender.tool);
            }
        }
    }
    agree(&contenders, &sums, records);
    report(&contenders);
    scan(&lines, bytes, &contenders);
    if has_others {
        start(&python);
    }
}

/// What memory more and more records take, with and without a look for ids that come twice.
fn memory(folder: &Path, sizes: &[u64]) {
    let policy = folder.join("policy.cwr");
    fs::write(&policy, policy_text()).expect("the policy can be written");
    println!("{:<18} {:>12} {:>9} {:>9} {:>22}", "", "records", "CPU", "peak", "more than the first");
    for promise in [Some("--unique-ids"), None] {
        let mut first = None;
        for records in sizes {
            let mut command = Command::new(CWRC);
            command.arg("count").arg(&policy).args(["--quiet", "--history", "-", "-o"]).arg(folder.join("counts.csv"));
            let mut child = command.args(promise).stdin(Stdio::piped()).spawn().expect("cwrc starts");
            let mut pipe = BufWriter::new(child.stdin.take().expect("a pipe"));
            let writer = std::thread::spawn({
                let records = *records;
                move || write(0..records, records, &mut pipe, &mut io::sink()).expect("cwrc reads all")
            });
            let (processor, peak) = watch(child.id());
            writer.join().expect("the records are made");
            assert!(child.wait().expect("the child can be waited for").success());
            let (fewest, least) = *first.get_or_insert((*records, peak));
            let more = (peak - least) * 1e6 / (records - fewest).max(1) as f64;
            let title = promise.map_or("cwrc".to_owned(), |promise| format!("cwrc {promise}"));
            println!("{title:<18} {records:>12} {processor:>7.2} s {peak:>6.0} MB {more:>10.1} byte/record");
        }
    }
}

/// The records, unless an earlier run made them.
fn make(folder: &Path, records: u64) -> PathBuf {
    let (lines, rows) = (folder.join("records.jsonl"), folder.join("records.csv"));
    if !lines.exists() || !rows.exists() {
        let part = |path: &Path| path.with_extension(format!("{}.part", path.extension().expect("one").display()));
        let open = |path: &Path| BufWriter::new(File::create(part(path)).expect("a file"));
        write(0..records, records, &mut open(&lines), &mut open(&rows)).expect("the records can be written");
        for path in [&lines, &rows] {
            fs::rename(part(path), path).expect("the file can be named");
        }
    }
    let slice = folder.join("slice.jsonl");
    if !slice.exists() {
        let mut json = BufWriter::new(File::create(&slice).expect("a file"));
        write(0..records.min(SLICE), records, &mut json, &mut io::sink()).expect("the slice can be written");
    }
    lines
}

/// Some of a year's records: nearly sorted by time, some without an outcome, some with two.
fn write(part: Range<u64>, records: u64, json: &mut impl Write, csv: &mut impl Write) -> io::Result<()> {
    let start = Time::parse("2025-01-01T00:00:00Z").expect("a time");
    let after = |time: Time, seconds: u64| time.plus_seconds(seconds.cast_signed());
    writeln!(csv, "id,time,action,tier,signal,signal_time")?;
    for at in part {
        let noise = mix(at ^ SEED << 40);
        let time = after(start, at * DAYS * 86_400 / records + noise % 600);
        let (id, action) = (mix(!at ^ SEED << 40), (noise >> 50) % ACTIONS);
        let tier = tier(action, at * DAYS / records);
        let head = format!("{id:016x},{time},action_{action},{tier}");
        write!(
            json,
            "{{\"id\":\"{id:016x}\",\"time\":\"{time}\",\"action\":\"action_{action}\",\"tier\":\"{tier}\",\"outcomes\":["
        )?;
        let outcomes = match (noise >> 20) % 100 {
            0..=39 => 0,
            40..=91 => 1,
            _ => 2,
        };
        for one in 0..outcomes {
            let dice = mix(noise ^ (one + 1));
            let signal = signal(dice % 100);
            // Most within hours, some after weeks.
            let later = after(time, (dice >> 8) % if (dice >> 40).is_multiple_of(8) { 40 * 86_400 } else { 20_000 });
            let comma = if one == 0 { "" } else { "," };
            write!(json, "{comma}{{\"signal\":\"{signal}\",\"time\":\"{later}\"}}")?;
            writeln!(csv, "{head},{signal},{later}")?;
        }
        if outcomes == 0 {
            writeln!(csv, "{head},,")?;
        }
        writeln!(json, "]}}")?;
    }
    json.flush()?;
    csv.flush()
}

/// Each action type goes up twice in the year, at its own time.
fn tier(action: u64, day: u64) -> &'static str {
    let walks = 30 + 2 * action;
    if day < walks {
        "crawl"
    } else if day < walks + 120 {
        "walk"
    } else {
        "run"
    }
}

fn signal(dice: u64) -> &'static str {
    match dice {
        0..=49 => "accepted",
        50..=84 => "completed",
        85..=90 => "rejected",
        91..=95 => "corrected",
        _ => "reopened",
    }
}

/// Splitmix64's finaliser: one to one, so that no id comes twice.
fn mix(at: u64) -> u64 {
    let mut z = at.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn policy_text() -> String {
    (0..ACTIONS)
        .fold(POLICY.to_owned(), |text, at| text + &format!("\naction action_{at} follows standard {{ risk low }}"))
}

/// Whether DuckDB and Polars are there; they make the Parquet file.
fn prepare(python: &str, folder: &Path) -> bool {
    match Command::new(python).arg(SCRIPT).arg("prepare").arg(folder).status() {
        Ok(status) if status.success() => return true,
        Ok(status) if status.code() == Some(77) => {
            println!(
                "# without DuckDB and Polars nothing to compare with, and no Parquet: `{python} -m pip install duckdb polars`"
            );
        }
        Ok(status) => panic!("{SCRIPT} ended with {status}"),
        Err(error) => println!("# `{python}` cannot be started ({error}): nothing to compare with, and no Parquet"),
    }
    false
}

fn contenders(folder: &Path, records: u64, python: &str, has_others: bool) -> Vec<Contender> {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let mut all = Vec::new();
    for (ending, format) in FORMATS {
        let file = path(&format!("records.{ending}"));
        if !Path::new(&file).exists() || (ending == "parquet" && !cfg!(feature = "parquet")) {
            continue;
        }
        let mut add = |tool, records, file: &str, program: &str, arguments: &[&str]| {
            let arguments = arguments.iter().map(ToString::to_string).collect();
            let (file, program) = (file.to_owned(), program.to_owned());
            all.push(Contender { tool, format, records, file, program, arguments, runs: Vec::new() });
        };
        let (policy, counts) = (path("policy.cwr"), path("counts.csv"));
        let count = ["count", &policy, "--quiet", "--history", &file, "-o", &counts];
        // A row of the flat table is no whole record, so nothing can be promised of its id.
        if ending != "csv" {
            add("cwrc --unique-ids", records, &file, CWRC, &[&count[..], &["--unique-ids"]].concat());
        }
        add("cwrc", records, &file, CWRC, &count);
        if has_others {
            add("DuckDB", records, &file, python, &[SCRIPT, "duckdb", &file]);
            let slice = path("slice.jsonl");
            match ending {
                "jsonl" => add("Polars", records.min(SLICE), &slice, python, &[SCRIPT, "polars", &slice]),
                _ => add("Polars", records, &file, python, &[SCRIPT, "polars", &file]),
            }
        }
    }
    all
}

impl Contender {
    fn run(&self, folder: &Path) -> (Spent, Sums) {
        // Whoever is the first to read a file for a while takes longer, so each time somebody else was.
        File::open(&self.file).and_then(|mut it| io::copy(&mut it, &mut io::sink())).expect("the records");
        let started = Instant::now();
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("what was there before starts");
        let (processor, peak) = watch(child.id());
        let exit = child.wait().expect("the child can be waited for");
        let spent = Spent { wall: started.elapsed().as_secs_f64(), processor, peak };
        assert!(exit.success(), "{} {:?} ended with {exit}", self.program, self.arguments);
        let mut said = String::new();
        child.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
        let sums = if self.program == CWRC { sums_of(&folder.join("counts.csv")) } else { Sums::parse(&said) };
        (spent, sums)
    }

    /// The median of one figure.
    fn median(&self, figure: impl Fn(&Spent) -> f64) -> f64 {
        let mut all: Vec<f64> = self.runs.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }
}

/// The processor time and peak memory of a process, up to its end; zero where there is no /proc.
fn watch(id: u32) -> (f64, f64) {
    let (mut processor, mut peak) = (0.0, 0.0_f64);
    while let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) {
        let fields: Vec<&str> = stat.rsplit_once(") ").map_or(Vec::new(), |(_, rest)| rest.split(' ').collect());
        let ticks = |at: usize| fields.get(at).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
        processor = (ticks(11) + ticks(12)) / 100.0;
        // It has ended and waits to be asked how.
        if fields.first() == Some(&"Z") {
            break;
        }
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = now.map_or(peak, |kib| peak.max(kib * 1024.0 / 1e6));
        std::thread::sleep(Duration::from_millis(2));
    }
    (processor, peak)
}

/// The sums of a table of counts.
fn sums_of(counts: &Path) -> Sums {
    let text = fs::read_to_string(counts).expect("the counts");
    let samples = text.lines().filter(|line| line.starts_with("sample,")).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse().expect("a number");
        [number(6), number(7), 1]
    });
    Sums(samples.fold([0; 3], |all, one: [u64; 3]| std::array::from_fn(|at| all[at] + one[at])))
}

impl Sums {
    fn parse(text: &str) -> Self {
        let numbers: Vec<u64> = text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        Self(numbers.try_into().expect("three numbers"))
    }
}

/// Fails unless all that read all records came to the same sums.
fn agree(contenders: &[Contender], sums: &[Option<Sums>], records: u64) {
    let mut whole = contenders.iter().zip(sums).filter(|(it, _)| it.records == records);
    let Some((first, expected)) = whole.next() else { return };
    for (it, sums) in whole {
        assert_eq!(sums, expected, "{} on {} and {} on {}", it.tool, it.format, first.tool, first.format);
    }
    if let Some(Sums([samples, bad, groups])) = expected {
        println!("# equal sums of all: {samples} samples, {bad} bad, {groups} groups");
    }
}

fn report(contenders: &[Contender]) {
    println!(
        "{:<18} {:<10} {:>8} {:>17} {:>8} {:>9} {:>14} {:>13} {:>12}",
        "tool", "format", "wall", "range", "CPU", "peak", "records/s", "DuckDB takes", "in CPU time"
    );
    for it in contenders {
        let (wall, processor) = (it.median(|run| run.wall), it.median(|run| run.processor));
        let ends = it.runs.iter().fold((f64::MAX, 0.0_f64), |(low, high), run| (low.min(run.wall), high.max(run.wall)));
        let duck = contenders.iter().find(|other| other.tool == "DuckDB" && other.format == it.format);
        let times = |theirs: Option<f64>, ours: f64| {
            let per_record = ours / it.records as f64;
            duck.zip(theirs)
                .map_or(String::new(), |(duck, theirs)| format!("{:.2} x", theirs / duck.records as f64 / per_record))
        };
        println!(
            "{:<18} {:<10} {wall:>6.2} s {:>17} {processor:>6.2} s {:>6.0} MB {:>14.0} {:>13} {:>12}",
            it.tool,
            it.format,
            format!("{:.2} to {:.2} s", ends.0, ends.1),
            it.median(|run| run.peak),
            it.records as f64 / wall,
            times(duck.map(|duck| duck.median(|run| run.wall)), wall),
            times(duck.map(|duck| duck.median(|run| run.processor)), processor),
        );
        if it.runs.len() < RUNS {
            println!("# {} on {}: one run over the first {} records only", it.tool, it.format, it.records);
        }
    }
}

/// What the machine allows: one thread that reads the file, which is in the page cache by now, and looks for line ends.
fn scan(path: &Path, bytes: u64, contenders: &[Contender]) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            let (mut file, mut buffer, mut ends) = (File::open(path).expect("the records"), vec![0; 1 << 20], 0);
            loop {
                let read = file.read(&mut buffer).expect("bytes");
                if read == 0 {
                    assert!(ends > 0);
                    return started.elapsed().as_secs_f64();
                }
                ends += memchr::memchr_iter(b'\n', &buffer[..read]).count();
            }
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let limit = times[RUNS / 2];
    println!(
        "# a scan of the JSON Lines for line ends, one thread: {limit:.2} s, {:.1} GB/s",
        bytes as f64 / limit / 1e9
    );
    for it in contenders.iter().filter(|it| it.format == "JSON Lines" && it.runs.len() == RUNS) {
        let share = limit / it.median(|run| run.processor);
        println!("# {}: {:.1} % of that, by processor time", it.tool, share * 100.0);
    }
}

/// What the others' times hold of Python.
fn start(python: &str) {
    for tool in ["duckdb", "polars"] {
        let started = Instant::now();
        let status = Command::new(python).args([SCRIPT, tool]).status().expect("Python, again");
        assert!(status.success());
        println!("# Python and {tool} without a query: {:.2} s of wall time", started.elapsed().as_secs_f64());
    }
}
