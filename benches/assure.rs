//! `cwrc check` of ten assurances on the shipped policy of a support agent, with nothing kept and with everything, and
//! the same promises in plain numpy: `cargo bench --bench assure`.
//!
//! Nothing is asserted; the README records the figures with this command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const CWRC: &str = env!("CARGO_BIN_EXE_cwrc");
const RUNS: usize = 5;

fn main() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("assure");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(folder.join("shared")).expect("a folder");
    let read = |path: &str| fs::read_to_string(repository.join(path)).expect("a text");
    fs::write(folder.join("shared/judgement.cwr"), read("policies/shared/judgement.cwr")).expect("a library");
    let policy = read("policies/support.cwr") + &read("benches/assure.cwr");
    let count = policy.matches("\n  promotes ").count() + policy.matches("\n  demotes ").count();
    fs::write(folder.join("support.cwr"), policy).expect("a policy");
    let cache = folder.join("cache");
    println!("# {count} promises; median of {RUNS} runs, and their range");
    measure("cwrc check, nothing kept", || check(&folder, &["--no-config"]));
    let kept = ["--no-config", "--cache", "cache"];
    let forgotten = || {
        let _ = fs::remove_dir_all(&cache);
        check(&folder, &kept)
    };
    measure("cwrc check --cache, nothing there yet", forgotten);
    measure("cwrc check --cache, all there", || check(&folder, &kept));
    println!("# the same in plain numpy: benches/assure.py");
    let script: PathBuf = repository.join("benches/assure.py");
    let python = std::env::var("CWRC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    match Command::new(&python).arg(script).output() {
        Ok(output) if output.status.success() => print!("{}", String::from_utf8_lossy(&output.stdout)),
        _ => println!("# {python} with numpy is not there: nothing to compare with"),
    }
}

/// Checks the policy, whose promises all hold; how many seconds that takes.
fn check(folder: &Path, arguments: &[&str]) -> f64 {
    let started = Instant::now();
    let mut command = Command::new(CWRC);
    command.args(["check", "support.cwr"]).args(arguments).current_dir(folder).stdout(Stdio::null());
    let status = command.status().expect("the binary starts");
    assert!(status.success(), "some promise does not hold: {status}");
    started.elapsed().as_secs_f64()
}

fn measure(what: &str, once: impl Fn() -> f64) {
    let mut seconds: Vec<f64> = (0..RUNS).map(|_| once()).collect();
    seconds.sort_by(f64::total_cmp);
    let (median, least, most) = (seconds[RUNS / 2], seconds[0], seconds[RUNS - 1]);
    println!("{what:<40} {median:>7.3} s   {least:.3} to {most:.3} s");
}
