//! Variants per second of processor time of a sweep, beside the same sweep in numpy and in Polars: `cargo bench --bench sweep`.
//!
//! 365 days, 50 action types, 2 gates, 12,000 variants, one thread. A variant here is what `what-if --sweep` does for
//! one: both readings of the evidence, so two replays, each with all action types, their tiers, moves, exposure and
//! coverage. The Python side (`benches/sweep.py`, run by `python3` or by what `CWRC_PYTHON` names) works out the bars of
//! one reading for a sample of the variants, and then the dates of promotion, which must be ours. Without numpy and Polars
//! it is left out.

#![expect(clippy::cast_precision_loss, reason = "figures for print")]

use cwrc::analysis::analyze;
use cwrc::history::{self, Counts};
use cwrc::model::Policy;
use cwrc::model::policy::ActionId;
use cwrc::plan::{self, Plan};
use cwrc::replay::{self, Detail, Options};
use cwrc::source::Files;
use cwrc::value::Tier;
use cwrc::whatif::{Axis, Grid, Sweep, changed};
use std::fmt::Write as _;
use std::io;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const ACTIONS: usize = 50;
const DAYS: i64 = 365;
const RUNS: usize = 5;
/// Variants of which Python works out the dates of promotion.
const SAMPLE: usize = 60;

struct Only(String);

impl Files for Only {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(vec!["policy.cwr".to_owned()])
    }
}

fn main() {
    let policy = policy();
    let plan = plan::compile(&policy);
    let counts = history::count_text(&plan, "history", &history()).expect("memory can be read");
    let grid = grid(&policy);
    let ours = measure(&policy, &plan, &counts, &grid);
    println!("{:<46} {ours:>10.0} variants/s", "cwrc, both readings");
    println!("{:<46} {:>10.0} replays/s", "cwrc, each reading by itself", ours * 2.0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sweep");
    std::fs::create_dir_all(&folder).expect("a folder for the inputs");
    std::fs::write(folder.join("counts.csv"), table(&plan, &counts)).expect("the counts can be written");
    let sampled: Vec<usize> = (0..SAMPLE).map(|at| at * (grid.len() / SAMPLE) + at % 7).collect();
    std::fs::write(folder.join("variants.csv"), variants(&policy, &counts, &grid, &sampled))
        .expect("so can the variants");
    let python = std::env::var("CWRC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sweep.py");
    match Command::new(&python).arg(script).arg(&folder).arg(format!("{ours}")).status() {
        Ok(status) if status.success() => {}
        Ok(status) if status.code() == Some(77) => {
            println!("# without numpy and Polars nothing to compare with: `{python} -m pip install numpy polars`");
        }
        Ok(status) => panic!("{script} ended with {status}"),
        Err(error) => println!("# `{python}` cannot be started ({error}): nothing to compare with"),
    }
}

fn policy() -> Policy {
    let mut text = String::from(
        "policy big { owner \"us\" evaluate every 1d promote one per 1d }\n\
         signal accepted signal rejected signal completed signal corrected signal reopened\n\
         metric acceptance from reviewer { good accepted bad rejected }\n\
         metric completion from staff { good completed bad corrected }\n\
         metric reopen_rate from customer { counts reopened within 7d alive unchecked because \"a benchmark\" }\n\
         ladder standard {\n gate crawl to walk { bar acceptance >= 90% over 14d min 200 hold 14d\n\
         keep completion >= 95% over 14d min 100 margin 4pp }\n\
         gate walk to run { bar reopen_rate < 4% over 21d min 200 hold 14d keep reopen_rate < 5% over 21d min 100 margin 2pp }\n\
         cooldown 7d stale never because \"a benchmark\" }\n",
    );
    for action in 0..ACTIONS {
        let risk = ["low", "moderate", "high"][action % 3];
        let _ = writeln!(text, "action action_{action} follows standard {{ risk {risk} }}");
    }
    let analysis = analyze(&Only(text), "policy.cwr", "", None).expect("a policy in memory");
    assert!(!analysis.has_errors(), "{:?}", analysis.diagnostics);
    analysis.policy.expect("a policy")
}

/// Splitmix64.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A year of records at every tier, each action type with good and bad months.
fn history() -> String {
    let (mut text, mut state) = (String::new(), 7);
    for day in 0..DAYS {
        let date = cwrc::value::Instant::parse("2025-01-01T12:00:00Z").expect("a time").plus_seconds(day * 86_400);
        for action in 0..ACTIONS {
            let good = 86 + (random(&mut (action as u64 * 1_000 + day.cast_unsigned() / 30)) % 14);
            for at in 0..60 + action % 7 {
                let (tier, ok, bad) = match at % 3 {
                    0 => ("crawl", "accepted", "rejected"),
                    1 => ("walk", "completed", "corrected"),
                    _ => ("run", "completed", "corrected"),
                };
                let signal = if random(&mut state) % 100 < good { ok } else { bad };
                let _ = write!(
                    text,
                    "{{\"id\":\"{day}-{action}-{at}\",\"time\":\"{date}\",\"action\":\"action_{action}\",\"tier\":\"{tier}\",\"outcomes\":[{{\"signal\":\"{signal}\",\"time\":\"{date}\"}}"
                );
                if random(&mut state) % 100 < (100 - good) / 2 {
                    let _ = write!(text, ",{{\"signal\":\"reopened\",\"time\":\"{}\"}}", date.plus_seconds(86_400));
                }
                text += "]}\n";
            }
        }
    }
    text
}

fn grid(policy: &Policy) -> Grid {
    let axis = |text: &str| Axis::read(policy, text).expect(text);
    Grid::new(vec![
        axis("ladder.standard.crawl_to_walk.bar[1].target=80%..98%/2pp"),
        axis("ladder.standard.crawl_to_walk.bar[1].min=100..300/50"),
        axis("ladder.standard.walk_to_run.bar[1].target=2%..6%/1pp"),
        axis("ladder.standard.crawl_to_walk.hold=7d..28d/7d"),
        axis("ladder.standard.walk_to_run.hold=7d..28d/7d"),
        axis("ladder.standard.cooldown=7d..21d/7d"),
    ])
    .expect("a grid")
}

/// Variants per second: the median of a few whole sweeps.
fn measure(policy: &Policy, plan: &Plan, counts: &Counts, grid: &Grid) -> f64 {
    let options = Options::default();
    let sweep = Sweep { policy, plan, counts, options: &options, grid, threads: NonZeroUsize::MIN };
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = (Instant::now(), spent());
            let cells = sweep.run(&mut |_| Err(()), &|_| {}).expect("a sweep");
            assert_eq!(cells.len(), grid.len());
            let wall = started.0.elapsed().as_secs_f64();
            grid.len() as f64 / spent().zip(started.1).map_or(wall, |(end, start)| end - start)
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!(
        "# {} variants of {ACTIONS} action types over {DAYS} days: {:.0} to {:.0} variants/s",
        grid.len(),
        rates[0],
        rates[RUNS - 1]
    );
    rates[RUNS / 2]
}

/// Seconds of processor time that this process has used, in hundredths: whoever shares the machine does not count.
fn spent() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    Some((fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?) / 100.0)
}

/// The samples as recorded: `action,metric,tier,day,n,bad`.
fn table(plan: &Plan, counts: &Counts) -> String {
    let first = counts.first_tick(plan.tick_seconds);
    let mut out = String::from("action,metric,tier,day,n,bad\n");
    for (series, entries) in &counts.samples {
        let tier = series.tier.map_or(0, Tier::index);
        for (tick, tally) in entries {
            let (action, metric) = (series.action.index(), series.metric.index());
            let _ = writeln!(out, "{action},{metric},{tier},{},{},{}", tick - first, tally.n, tally.bad);
        }
    }
    out
}

/// Some variants: their values, and when each action type was first promoted to walk and to run.
fn variants(policy: &Policy, counts: &Counts, grid: &Grid, sampled: &[usize]) -> String {
    let mut out = String::from("target1,min1,target2,hold1,hold2,cooldown,dates\n");
    let number = |text: &str| text.trim_end_matches(|sign: char| !sign.is_ascii_digit()).to_owned();
    for cell in sampled {
        let values: Vec<String> = grid.changes(*cell).map(|(_, value)| number(value)).collect();
        let plan = plan::compile(&changed(policy, grid.changes(*cell)).expect("a variant"));
        let run = replay::run(&plan, counts, &Options::default()).expect("a replay");
        let date = |action: usize, to: Tier| {
            let is_it = |it: &&replay::Decision| {
                it.action == ActionId::new(action) && it.to == to && matches!(it.detail, Detail::Promote { .. })
            };
            run.decisions.iter().find(is_it).map_or(-1, |it| it.at - counts.first_tick(plan.tick_seconds))
        };
        let dates: Vec<String> =
            (0..ACTIONS).map(|at| format!("{}/{}", date(at, Tier::Walk), date(at, Tier::Run))).collect();
        let _ = writeln!(out, "{},{}", values.join(","), dates.join(" "));
    }
    out
}
