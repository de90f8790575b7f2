//! The engine as the tests call it: texts in, the JSON of `simulate` out. What the command line does, without the disk.

use cwrc::analysis::Analysis;
use cwrc::history::{self, Counts, Input};
use cwrc::model::Policy;
use cwrc::plan::{self, Plan};
use cwrc::render::run_json;
use cwrc::replay::{self, Evidence};
use cwrc::source::{Files, Sources};
use cwrc::value::{Instant, Tier};
use std::io;

/// One file in memory.
struct Only<'a>(&'a str);

impl Files for Only<'_> {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Ok(vec!["policy.cwr".to_owned()])
    }
}

/// All that is known of a policy that must have no errors.
pub(crate) fn analyzed(policy: &str) -> Analysis {
    let analysis = looked_at(policy);
    let found: Vec<String> = analysis.diagnostics.iter().map(|it| place(&analysis.sources, it)).collect();
    assert!(!analysis.has_errors(), "the policy has errors:\n{}\n{policy}", found.join("\n"));
    analysis
}

/// All that is known of a policy.
pub(crate) fn looked_at(policy: &str) -> Analysis {
    cwrc::analysis::analyze(&Only(policy), "policy.cwr", "", None).expect("a file in memory")
}

/// The plan of a policy that must have no errors.
pub(crate) fn plan(policy: &str) -> Plan {
    plan::compile(analyzed(policy).policy.as_ref().expect("a policy"))
}

/// A policy that must have no errors.
pub(crate) fn policy(policy: &str) -> Policy {
    analyzed(policy).policy.expect("a policy")
}

/// The plan of a policy that can be read and built, whatever a check would say to it.
pub(crate) fn unchecked_plan(policy: &str) -> Plan {
    let mut sources = Sources::default();
    let (built, found) = cwrc::model::load(&mut sources, &Only(policy), "policy.cwr", "").build();
    let found: Vec<String> = found.iter().map(|it| place(&sources, it)).collect();
    assert!(found.is_empty(), "the policy has errors:\n{}\n{policy}", found.join("\n"));
    plan::compile(&built.expect("a policy"))
}

fn place(sources: &Sources, diagnostic: &cwrc::diagnostic::Diagnostic) -> String {
    format!("{} {} {}", sources.place(diagnostic.at.span), diagnostic.code.number(), diagnostic.message)
}

/// The arguments of a replay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) any_tier: bool,
    pub(crate) assume_tier: Option<Tier>,
    pub(crate) now: Option<Instant>,
    pub(crate) threads: usize,
    pub(crate) replay: replay::Options,
}

/// The counts of texts, each an input of its own.
pub(crate) fn count(plan: &Plan, texts: &[&str], arguments: &Arguments) -> Counts {
    let input = |text: &&str| {
        let bytes: Vec<u8> = text.as_bytes().to_vec();
        let open = Box::new(move || Ok(Box::new(io::Cursor::new(bytes.clone())) as Box<dyn io::Read + Send>));
        Input { name: "history.jsonl".to_owned(), open, ranges: None, format: cwrc::history::Format::Lines }
    };
    let inputs: Vec<Input> = texts.iter().map(input).collect();
    let options = history::Options {
        assume_tier: arguments.assume_tier,
        now: arguments.now,
        survey: true,
        threads: std::num::NonZeroUsize::new(arguments.threads),
        ..history::Options::default()
    };
    history::count(plan, &inputs, &options).expect("memory can be read")
}

/// The replay of counts.
pub(crate) fn replay(plan: &Plan, counts: &Counts, arguments: &Arguments) -> Result<replay::Run, String> {
    let evidence = if arguments.any_tier { Evidence::AnyTier } else { Evidence::AsRecorded };
    let tierless = counts.intake.total() > 0 && counts.intake.without_tier == counts.intake.total();
    if tierless && evidence == Evidence::AsRecorded && arguments.assume_tier.is_none() {
        return Err("no record says at which tier it ran".to_owned());
    }
    let options = replay::Options { evidence, ..arguments.replay.clone() };
    replay::run(plan, counts, &options).map_err(|error| error.to_string())
}

/// The JSON of a replay of texts.
pub(crate) fn simulate(plan: &Plan, texts: &[&str], arguments: &Arguments) -> Result<String, String> {
    let counts = count(plan, texts, arguments);
    Ok(run_json::render(plan, &counts, &replay(plan, &counts, arguments)?))
}
