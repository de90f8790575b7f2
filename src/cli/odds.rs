//! `cwrc odds`

use super::exit::{Exit, Failure};
use super::progress::Progress;
use super::{Global, compile, config, count, histories, output};
use crate::forecast::{self, Flow, Question, Traffic, Unknown, Wanted};
use crate::model::policy::ActionId;
use crate::odds::{Effort, Refused};
use crate::plan::Plan;
use crate::render::odds as page;
use crate::source::suggest::suggest;
use crate::value::Decimal;
use crate::value::duration::Unit;
use std::collections::BTreeMap;

/// How many histories are drawn for one figure that is replayed.
const HISTORIES: u64 = 1_000;

/// The most numbers that an exact chain may hold, and steps that it may take: about a second for a figure. The caps of
/// `--thorough` are those of the specification.
const MOST_STATES: u64 = 4_000_000;
const MOST_STEPS: u64 = 1_000_000_000;

/// The most random numbers that are drawn for one figure.
const MOST_DRAWS: u64 = 24_000_000;

/// The same with --thorough.
const MANY_HISTORIES: u64 = 10_000;

/// Tell the odds of a policy's gates: how likely luck lets an agent through, and bad luck takes it back
///
/// For agents around each bar: the chance of a promotion within 30, 90 and 365 days, the chance of falling back in 30
/// days, how soon a real drop is noticed, and what the first year of the whole policy looks like. It says which figures
/// are exact and which simulated, with their error; the same command gives the same figures everywhere.
///
/// Example: cwrc odds policies/support.cwr reply_to_faq --traffic 20/day
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The policy, or - for standard input
    #[arg(value_name = "POLICY")]
    policy: String,
    /// One action type; without it all
    #[arg(value_name = "ACTION")]
    action: Option<String>,
    /// How many records arrive: 20/day, 1.5/h, 140/1w for every action type, or ACTION=20/day for one; may be given
    /// several times
    #[arg(long, value_name = "N/TIME")]
    traffic: Vec<String>,
    /// Measure the traffic in this history instead: JSON Lines, CSV, TSV or Parquet, plain, .gz or .zst
    #[arg(long, value_name = "PATH", help_heading = histories::HEADING, conflicts_with = "traffic")]
    history: Vec<String>,
    #[command(flatten)]
    reading: histories::Reading,
    /// How far the agents are from the bars, instead of -5pp,-2pp,-1pp,0pp,1pp,2pp
    #[arg(long, value_name = "POINTS,…", value_delimiter = ',', allow_hyphen_values = true, value_parser = points)]
    around: Vec<Decimal>,
    /// The inverse: the least min, the window and the margin that keep luck below what is wanted
    #[arg(long)]
    plan: bool,
    /// With --plan: an agent so far below a bar is to be kept out
    #[arg(long, value_name = "POINTS", default_value = "2pp", value_parser = positive_points, requires = "plan")]
    tolerance: Decimal,
    /// With --plan: and may get through one look with this chance
    #[arg(long, value_name = "SHARE", default_value = "5%", value_parser = share, requires = "plan")]
    error: Decimal,
    /// With --plan: an agent at its keep bar may fall back within 30 days with this chance
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = share, requires = "plan")]
    false_falls: Decimal,
    /// Take the time for exact figures wherever that is feasible, and for smaller errors: minutes rather than seconds
    ///
    /// A figure is exact by default where a Markov chain has at most 4,000,000 states and 1,000,000,000 steps (twice as
    /// many where a policy has few gates), and with this option where it has 20,000,000 and 20,000,000,000.
    #[arg(long)]
    thorough: bool,
    /// How to print the odds
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Human,
    /// All figures
    Json,
    /// One row per figure
    Csv,
    /// The curves, as a picture
    Svg,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if args.plan && matches!(args.format, Format::Csv | Format::Svg) {
        return Err(
            Failure::new("--plan is told for people or as JSON").help("leave --format out, or write --format json")
        );
    }
    output::is_writable(args.output.as_deref())?;
    let plan = match compile::load(&args.policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let only = args.action.as_ref().map(|name| action(&plan, name)).transpose()?;
    has_gates(&plan, only)?;
    let (traffic, stated) = traffic(args, &plan, global)?;
    let (plan, traffic) = match only {
        None => (plan, traffic),
        Some(only) => (forecast::alone(&plan, only), traffic.alone(only)),
    };
    let question = question(args, &plan, &traffic);
    let asked = page::Asked { question: &question, traffic: &stated };
    let failure = |unknown| unknown_odds(&plan, unknown);
    let style = output::for_stdout(global);
    let steps = if args.plan { question.gates().count() as u64 } else { question.steps() };
    let progress = Progress::gates(steps, global.quiet);
    let told = || progress.advance(1);
    let text = if args.plan {
        let wanted = Wanted { tolerance: args.tolerance, error: args.error, falls: args.false_falls };
        let needs = question.needs(&wanted, &told).map_err(failure)?;
        match args.format {
            Format::Json => page::needs_json(asked, &needs, &wanted),
            Format::Human | Format::Csv | Format::Svg => page::needs_human(asked, &needs, &wanted, style),
        }
    } else {
        let forecast = question.forecast(&told).map_err(failure)?;
        match args.format {
            Format::Human => page::human(asked, &forecast, style),
            Format::Json => page::json(asked, &forecast),
            Format::Csv => page::csv::forecast(asked, &forecast),
            Format::Svg => page::svg(asked, &forecast),
        }
    };
    progress.done();
    output::write(&text, args.output.as_deref()).map(|()| Exit::Fine)
}

fn question<'a>(args: &Args, plan: &'a Plan, traffic: &'a Traffic) -> Question<'a> {
    // An answer is waited for as a whole: many gates share what few may spend.
    let gates = plan.actions.iter().flat_map(|action| action.gates.iter().flatten()).count() as u64;
    let quick = Effort {
        states: MOST_STATES,
        steps: (6 * MOST_STEPS / gates.max(1)).clamp(MOST_STEPS, 2 * MOST_STEPS),
        paths: 1 << 16,
        draws: (2 * MOST_DRAWS / gates.max(1)).clamp(MOST_DRAWS / 6, MOST_DRAWS),
        threads: None,
    };
    let effort = if args.thorough { Effort::THOROUGH } else { quick };
    let effort = Effort { threads: args.reading.threads(), ..effort };
    Question {
        plan,
        traffic,
        around: (!args.around.is_empty()).then(|| args.around.clone()),
        effort,
        histories: if args.thorough { MANY_HISTORIES } else { HISTORIES },
    }
}

/// An action type by its name.
fn action(plan: &Plan, name: &str) -> Result<ActionId, Failure> {
    let at = plan.actions.iter().position(|action| action.name == name);
    at.map(ActionId::new).ok_or_else(|| {
        let names = || plan.actions.iter().map(|action| action.name.as_str());
        let help = match suggest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("the policy has {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
            }
        };
        Failure::new(format!("the policy has no action type `{name}`")).help(help)
    })
}

/// Fails where no gate is asked about.
fn has_gates(plan: &Plan, only: Option<ActionId>) -> Result<(), Failure> {
    let gated: Vec<&str> = plan
        .actions
        .iter()
        .filter(|action| action.gates.iter().any(Option::is_some))
        .map(|action| action.name.as_str())
        .collect();
    let Some(only) = only.map(|id| plan.actions[id.index()].name.as_str()) else {
        let help = "an action type has odds where a gate leads out of crawl";
        return if gated.is_empty() { Err(Failure::new("no action type can leave crawl").help(help)) } else { Ok(()) };
    };
    match gated.first() {
        _ if gated.contains(&only) => Ok(()),
        None => Err(Failure::new("no action type can leave crawl").help("raise a ceiling, or name another policy")),
        Some(other) => Err(Failure::new(format!("`{only}` never leaves crawl, so it has no gate and no odds"))
            .help(format!("name another action type, such as `{other}`"))),
    }
}

const TRAFFIC: &str = "write how many records arrive in what time, as in --traffic 20/day, 1.5/h or reply=140/1w";

/// The traffic, and what is said of it.
fn traffic(args: &Args, plan: &Plan, global: &Global) -> Result<(Traffic, String), Failure> {
    if !args.history.is_empty() {
        return measured(args, plan, global);
    }
    args.reading.is_for_nothing_but_threads()?;
    if args.traffic.is_empty() {
        return Err(Failure::new("nothing says how many records arrive, and all odds depend on it")
            .help("--traffic 20/day states it for every action type; --history PATH measures it"));
    }
    let mut flows: BTreeMap<ActionId, Flow> = BTreeMap::new();
    let (named, all): (Vec<&String>, Vec<&String>) = args.traffic.iter().partition(|text| text.contains('='));
    if let [first, second, ..] = all.as_slice() {
        return Err(Failure::new(format!("--traffic says both {first} and {second} for every action type"))
            .help("write one of them, or ACTION=20/day for one action type"));
    }
    for text in all {
        let flow = flow(text)?;
        flows.extend((0..plan.actions.len()).map(|at| (ActionId::new(at), flow)));
    }
    for text in named {
        let (name, rest) = text.split_once('=').unwrap_or(("", text));
        flows.insert(action(plan, name)?, flow(rest)?);
    }
    let told = format!("{} (records per action type, each a sample of every metric)", args.traffic.join(", "));
    Ok((Traffic::Given(flows), told))
}

fn measured(args: &Args, plan: &Plan, global: &Global) -> Result<(Traffic, String), Failure> {
    let asked = count::Asked { policy: &args.policy, history: &args.history, table: None, once: false };
    let source = count::Source::open(&asked, &args.reading, &config::Source::default(), global)?;
    let count::Counted { counts, names, assume_tier } = source.count(plan)?;
    if args.reading.is_strict() && counts.intake.bad_lines() > 0 || counts.intake.total() == 0 {
        histories::warn_of_bad(&counts, &names, global);
    }
    histories::usable(&counts, &args.reading, assume_tier)?;
    let told = format!("measured in {}: samples by action type and metric, evenly over its days", names.join(", "));
    Ok((Traffic::measured(plan, &counts), told))
}

/// `20/day`, `1.5/h`, `140/1w`
fn flow(text: &str) -> Result<Flow, Failure> {
    let wrong = |what: &str| Failure::new(format!("--traffic: {what}")).help(TRAFFIC);
    let Some((count, time)) = text.split_once('/') else {
        return Err(wrong(&format!("`{text}` does not say in what time")));
    };
    let is_number = count.trim().chars().all(|sign| sign.is_ascii_digit() || sign == '.')
        && count.contains(|sign: char| sign.is_ascii_digit());
    let what = if is_number { "is too large, or has too many decimals" } else { "is no number" };
    let count: Decimal = count.trim().parse().map_err(|_| wrong(&format!("`{count}` {what}")))?;
    if count <= Decimal::ZERO || count.units() % 1_000_000_000_000 != 0 {
        return Err(wrong(&format!("`{count}` is no count above 0 with at most six decimals")));
    }
    let per_seconds = seconds(time.trim()).ok_or_else(|| wrong(&format!("`{time}` is no length of time")))?;
    Ok(Flow { count, per_seconds })
}

fn seconds(time: &str) -> Option<i64> {
    let word = time.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let count = &time[..time.len() - word.len()];
    let count: i64 =
        if count.is_empty() { 1 } else { count.parse().ok().filter(|count| (1..100_000).contains(count))? };
    let unit = match word.trim() {
        "minute" | "minutes" => Unit::Minutes,
        "hour" | "hours" => Unit::Hours,
        "day" | "days" => Unit::Days,
        "week" | "weeks" => Unit::Weeks,
        word => Unit::ALL.into_iter().find(|unit| unit.word() == word)?,
    };
    Some(count * unit.seconds())
}

/// `-2pp`, `+1pp`
fn points(text: &str) -> Result<Decimal, String> {
    let parsed = text.trim().strip_suffix("pp").and_then(|number| number.parse::<Decimal>().ok());
    let share = parsed.map(Decimal::percent).filter(|it| it.hundred_millionths().is_some());
    share
        .filter(|it| (-Decimal::ONE.units()..=Decimal::ONE.units()).contains(&it.units()))
        .ok_or_else(|| "write percentage points, as in -2pp or 0.5pp".to_owned())
}

fn positive_points(text: &str) -> Result<Decimal, String> {
    points(text)
        .and_then(|it| if it > Decimal::ZERO { Ok(it) } else { Err("write how many points, as in 2pp".to_owned()) })
}

/// `5%`, between none and a half.
fn share(text: &str) -> Result<Decimal, String> {
    let parsed = text.trim().strip_suffix('%').and_then(|number| number.parse::<Decimal>().ok()).map(Decimal::percent);
    let half = Decimal::whole(50).percent();
    parsed
        .filter(|it| *it > Decimal::ZERO && *it < half && it.hundred_millionths().is_some())
        .ok_or_else(|| "write a share above 0% and below 50%, as in 5%".to_owned())
}

/// Why a gate has no odds, and what to do.
fn unknown_odds(plan: &Plan, unknown: Unknown) -> Failure {
    match unknown {
        Unknown::Traffic(action, metric) => {
            let (action, metric) = (&plan.actions[action.index()].name, &plan.metrics[metric.index()].name);
            Failure::new(format!("nothing says how many samples of `{metric}` arrive for `{action}`"))
                .help(format!("--traffic {action}=20/day states it; a history measures it where it has such samples"))
        }
        Unknown::Refused(refused) => {
            let help = match refused {
                Refused::TooMuch => "state less traffic",
                Refused::TooLong(_) => "evaluate less often: `evaluate every 1h` or longer",
                Refused::NoRate(_) => "name the action type by itself",
            };
            Failure::new(refused.to_string()).help(help)
        }
    }
}
