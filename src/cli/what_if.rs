//! `cwrc what-if`

use super::exit::{Exit, Failure};
use super::git::{self, Revision};
use super::progress::Progress;
use super::replays::Replays;
use super::{Global, compile, config, count, histories, output};
use crate::analysis::Analysis;
use crate::check;
use crate::diagnostic::{Diagnostic, Severity};
use crate::history::{Counts, counts_alike};
use crate::model::Policy;
use crate::model::setting::SetError;
use crate::plan::{self, Plan};
use crate::render::diagnostics::{Report, human};
use crate::render::whatif::{self as render, Compared, Swept};
use crate::replay::{self, Options};
use crate::source::Sources;
use crate::value::Instant;
use crate::value::duration::Tick;
use crate::whatif::compare::{self, Asked, Change, Variant};
use crate::whatif::sweep::{self, Sweep};
use crate::whatif::{Axis, Grid, changed, plainly};
use std::num::NonZeroUsize;

/// Replay variants of a policy over the same outcomes, side by side: what would another bar have changed?
///
/// A variant is the policy with other values (--set, --variant), another text of it (--against), or with moves that are
/// forced (--promote). Each is replayed in both readings of the evidence: as-recorded, and any-tier. Harm is always an
/// interval. --set and --promote given several times make one variant; every --variant and every --against makes one more.
///
/// --sweep replays every combination of the values it is given, and shows the front: the variants that no other one
/// beats on autonomy and on harm.
///
/// A PATH names a value of the policy: reply.crawl_to_walk.bar[1].target, ladder.standard.walk_to_run.hold,
/// reply.walk_to_run.keep[1].margin, policy.promote. A VALUE is written as in a policy, or `none`.
///
/// Example: cwrc what-if policies/support.cwr --history policies/support.history.jsonl.zst
/// --set policy.promote=1d
#[derive(clap::Args, Debug)]
#[allow(rustdoc::broken_intra_doc_links, reason = "brackets are printed as they stand")]
pub(super) struct Args {
    /// The policy, or - for standard input
    #[arg(value_name = "POLICY")]
    policy: String,
    #[command(flatten)]
    replays: Replays,
    /// Change a value; several make one variant
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Force a move, whatever the gate says, in the variant of --set
    #[arg(long, value_name = "ACTION=TIER@DATE")]
    promote: Vec<String>,
    /// One more variant: `NAME: PATH=VALUE, ACTION=TIER@DATE, …`; the name may be left out
    #[arg(long, value_name = "VARIANT")]
    variant: Vec<String>,
    /// One more variant: another file, or the policy as of a git revision
    #[arg(long, value_name = "FILE|git:REV[:PATH]")]
    against: Vec<String>,
    /// Replay every value of a path: FROM..TO/STEP, or a list; several make a grid
    #[arg(long, value_name = "PATH=FROM..TO/STEP", conflicts_with_all = ["set", "promote", "variant", "against"])]
    sweep: Vec<String>,
    /// Draw the front of a sweep as a picture
    #[arg(long, value_name = "FILE.svg", requires = "sweep")]
    front: Option<String>,
    #[command(flatten)]
    config: config::Source,
    /// How to print the answer
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
    /// One row per variant of a sweep; else per variant, reading and action type
    Csv,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    if [&args.set, &args.promote, &args.variant, &args.against, &args.sweep].iter().all(|given| given.is_empty()) {
        return Err(Failure::new("no variant is named, so there is nothing to compare with").help(
            "--set PATH=VALUE changes a value, --against FILE takes another policy, --sweep PATH=FROM..TO/STEP many",
        ));
    }
    // clap does not ask for --sweep beside an option that excludes it.
    if args.front.is_some() && args.sweep.is_empty() {
        return Err(Failure::new("--front draws the front of a sweep, and there is no --sweep")
            .help("--sweep PATH=FROM..TO/STEP replays many values; leave --front out to compare a few variants"));
    }
    match compile::policy(&args.policy, global)? {
        Ok((policy, texts)) => Ground::lay(args, global, policy, texts)?.answer(),
        Err(exit) => Ok(exit),
    }
}

impl Args {
    /// The variants of --set, --promote and --variant, behind the policy as it is.
    fn asked(&self) -> Result<Vec<Asked>, Failure> {
        let mut all = vec![Asked { name: Some("as it is".to_owned()), ..Asked::default() }];
        let changes = self.set.iter().map(|text| compare::change(text));
        let changes = changes.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let first = Asked { name: None, changes, forced: self.promote.clone() };
        if first != Asked::default() {
            all.push(first);
        }
        for text in &self.variant {
            all.push(compare::asked(text).map_err(refused)?);
        }
        let names = compare::names(&all).map_err(refused)?;
        all.iter_mut().zip(names).for_each(|(asked, name)| asked.name = Some(name));
        Ok(all)
    }

    /// The variants of --sweep; one that is the policy as it is, where nothing is swept.
    fn grid(&self, policy: &Policy) -> Result<Grid, Failure> {
        let axes = self.sweep.iter().map(|text| Axis::read(policy, text));
        Grid::new(axes.collect::<Result<_, _>>().map_err(refused)?).map_err(refused)
    }
}

/// The policy with what a variant changes.
fn with(policy: &Policy, asked: &Asked) -> Result<Policy, Failure> {
    let changes = asked.changes.iter().map(|(path, value)| (path.as_str(), value.as_str()));
    changed(policy, changes).map_err(refused)
}

/// What all variants stand on.
struct Ground<'a> {
    args: &'a Args,
    global: &'a Global,
    policy: Policy,
    texts: Sources,
    plan: Plan,
    source: count::Source,
    counts: Counts,
    options: Options,
    /// The variants of --set, --promote and --variant, behind the policy as it is.
    asked: Vec<Asked>,
    /// The variants of --sweep.
    grid: Grid,
}

impl<'a> Ground<'a> {
    fn lay(args: &'a Args, global: &'a Global, policy: Policy, texts: Sources) -> Result<Self, Failure> {
        // What names something that the policy does not have is told before anything is read.
        let (asked, grid) = (args.asked()?, args.grid(&policy)?);
        asked.iter().try_for_each(|asked| with(&policy, asked).map(drop))?;
        let plan = plan::compile(&policy);
        let options = args.replays.options(&plan)?;
        let reading = &args.replays.reading;
        let source = count::Source::open(&args.replays.asked(&args.policy), reading, &args.config, global)?;
        let count::Counted { counts, names, assume_tier } = source.count(&plan)?;
        if !global.quiet || reading.is_strict() || counts.intake.total() == 0 {
            histories::warn_of_bad(&counts, &names, global);
        }
        histories::usable(&counts, reading, assume_tier)?;
        Ok(Self { args, global, policy, texts, plan, source, counts, options, asked, grid })
    }

    fn answer(&self) -> Result<Exit, Failure> {
        let span = replay::run::boundaries(&self.plan, &self.counts, &self.options)?;
        if !self.args.sweep.is_empty() {
            self.sweep(span)?;
        } else if !self.compare(span)? {
            return Ok(Exit::NotFine);
        }
        Ok(self.args.replays.reading.exit(&self.counts))
    }

    fn write(
        &self,
        human: impl Fn() -> String,
        json: impl Fn() -> String,
        csv: impl Fn() -> String,
    ) -> Result<(), Failure> {
        let text = match self.args.format {
            Format::Human => human(),
            Format::Json => json(),
            Format::Csv => csv(),
        };
        output::write(&text, self.args.output.as_deref())
    }

    /// A few variants side by side; not if one has errors, which have then been told.
    fn compare(&self, span: (i64, i64)) -> Result<bool, Failure> {
        let mut are_sound = true;
        for one in &self.asked {
            are_sound &= self.is_sound(one)?;
        }
        if !are_sound {
            return Ok(false);
        }
        let mut variants = self.asked.iter().map(|one| self.variant(one, span.1)).collect::<Result<Vec<_>, _>>()?;
        for written in &self.args.against {
            variants.push(self.against(written)?);
        }
        let compared = Compared { plan: &self.plan, span, variants: &variants };
        let style = output::for_stdout(self.global);
        self.write(|| compared.human(style), || compared.json(), || compared.csv())?;
        Ok(true)
    }

    /// Whether a variant has no errors; they are told.
    fn is_sound(&self, asked: &Asked) -> Result<bool, Failure> {
        let errors = self.errors(&with(&self.policy, asked)?);
        if errors.is_empty() {
            return Ok(true);
        }
        let analysis = Analysis::of_faults(&self.args.policy, self.texts.clone(), errors);
        let told = human::findings(&Report::of(std::slice::from_ref(&analysis)), output::for_stderr(self.global));
        output::tell(&format!(
            "the variant `{}` has errors, as the text shows it before the change:\n\n{told}",
            asked.told()
        ));
        Ok(false)
    }

    /// What `cwrc check` would not let pass.
    fn errors(&self, policy: &Policy) -> Vec<Diagnostic> {
        let mut found = check::check(policy, &self.texts, None);
        found.retain(|it| it.severity() == Severity::Error);
        found
    }

    /// A variant over a replay that ends at this boundary.
    fn variant(&self, asked: &Asked, end: Tick) -> Result<Variant, Failure> {
        let plan = plan::compile(&with(&self.policy, asked)?);
        let time = |text: &str| histories::time(text).ok();
        let forced = asked.forced.iter().map(|text| compare::forced(&plan, text, time));
        let forced = forced.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        if let Some(late) = forced.iter().find(|it| it.at.boundary_at_or_after(plan.tick_seconds) > end) {
            let last = Instant::from_seconds(end.saturating_mul(plan.tick_seconds));
            let told = format!("a move is forced at {}, and the replay ends at {last}", late.at);
            return Err(Failure::new(told).help("name an earlier date, or let --to go on into silence"));
        }
        let change = if asked.changes.is_empty() { Change::Nothing } else { Change::Set(asked.changes.clone()) };
        self.replayed(Options { forced, ..self.options.clone() }, plan, asked.told(), change)
    }

    fn against(&self, written: &str) -> Result<Variant, Failure> {
        let loaded = match git::split(written) {
            None => compile::policy(written, self.global)?,
            Some((name, path)) => {
                let path = if path == "." { &self.args.policy } else { path };
                compile::policy_in(&Revision::open(name)?, path, self.global)?
            }
        };
        let (policy, _) = loaded.map_err(|_| {
            Failure::new(format!("{written} has errors, so it cannot be a variant"))
                .help("they are told above; mend them, or compare with another")
        })?;
        let change = Change::Against(written.to_owned());
        self.replayed(self.options.clone(), plan::compile(&policy), written.to_owned(), change)
    }

    /// Replays a plan; where it asks something else of the records, the history is counted again.
    fn replayed(&self, options: Options, plan: Plan, name: String, change: Change) -> Result<Variant, Failure> {
        let recounted = if counts_alike(&self.plan, &plan) { None } else { Some(self.recount(&plan, &name)?) };
        let counts = recounted.as_ref().unwrap_or(&self.counts);
        let readings = plainly(&plan, counts, &options)?;
        Ok(Variant { name, change, forced: options.forced, plan, readings })
    }

    /// The counts under a plan that asks something else of the records; of a table nothing can be asked again.
    fn recount(&self, plan: &Plan, name: &str) -> Result<Counts, Failure> {
        if let count::Source::Table(path, _) = &self.source {
            let told = format!("`{name}` changes what is counted of a history, and {path} has only the counts");
            return Err(Failure::new(told).help("give the records themselves: --history instead of --counts"));
        }
        Ok(self.source.count(plan)?.counts)
    }

    /// Refuses a grid of which some value, by itself, gives a policy with errors.
    fn sound(&self, grid: &Grid) -> Result<(), Failure> {
        for (path, value) in grid.axes.iter().flat_map(|axis| axis.values.iter().map(|value| (&axis.path, value))) {
            let change = std::iter::once((path.as_str(), value.as_str()));
            let policy = changed(&self.policy, change).map_err(refused)?;
            if let Some(error) = self.errors(&policy).first() {
                let code = error.code.number();
                let told = format!("`{path}={value}` gives a policy with an error: {} [{code}]", error.message);
                return Err(Failure::new(told).help(format!("leave that value out, or see cwrc explain {code}")));
            }
        }
        Ok(())
    }

    /// Every variant of a grid.
    fn sweep(&self, span: (i64, i64)) -> Result<(), Failure> {
        let grid = &self.grid;
        self.sound(grid)?;
        let progress = Progress::variants(grid.len() as u64, self.global.quiet);
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.args.replays.reading.threads().unwrap_or_else(cores);
        let sweep = Sweep {
            policy: &self.policy,
            plan: &self.plan,
            counts: &self.counts,
            options: &self.options,
            grid,
            threads,
        };
        let recounts: Vec<&str> =
            grid.axes.iter().filter(|axis| axis.recounts()).map(|axis| axis.path.as_str()).collect();
        let cells = sweep.run(&mut |plan| self.recount(plan, &recounts.join(", ")), &|more| progress.advance(more));
        progress.done();
        let cells = cells.map_err(|error| match error {
            sweep::Error::Set(error) => refused(error),
            sweep::Error::Replay(error) => error.into(),
            sweep::Error::Count(failure) => failure,
        })?;
        let now = plainly(&self.plan, &self.counts, &self.options)?.map(|summary| summary.sum);
        let evidence = self.args.replays.reading.evidence();
        let swept = Swept::new(&self.plan, span, grid, &cells, &now, evidence);
        let style = output::for_stdout(self.global);
        if let Some(path) = &self.args.front {
            picture(path)?;
            output::write(&render::svg(&swept), Some(path))?;
        }
        self.write(|| swept.human(style), || swept.json(), || swept.csv())
    }
}

fn picture(path: &str) -> Result<(), Failure> {
    if path.ends_with(".svg") {
        return Ok(());
    }
    Err(Failure::new(format!("the picture of the front is an SVG, and {path} is not named like one"))
        .help("choose a name that ends in .svg, such as `front.svg`"))
}

fn refused(error: SetError) -> Failure {
    Failure::new(error.message).help(error.help)
}
