//! `cwrc compile`

use super::disk::{Disk, STDIN};
use super::exit::{Exit, Failure};
use super::{Global, check, output};
use crate::model::Policy;
use crate::plan::{self, Plan};
use crate::render::diagnostics::{Report, human};
use crate::source::{Files, Sources};

/// Compile a policy to its evaluation plan: ticks, integers, tables, and a digest
///
/// The plan is canonical: comments, formatting and titles never change it or its digest.
///
/// Example: cwrc compile policies/support.cwr
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The policy, or - for standard input
    #[arg(value_name = "POLICY", required_unless_present = "schema")]
    policy: Option<String>,
    /// As what to print it
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// Print the JSON Schema of plans instead
    #[arg(long)]
    schema: bool,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// JSON, keys sorted
    Json,
    /// The same as YAML
    Yaml,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let output_file = args.output.as_deref();
    let Some(policy) = args.policy.as_deref().filter(|_| !args.schema) else {
        return output::write(plan::json::SCHEMA, output_file).map(|()| Exit::Fine);
    };
    let plan = match load(policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let json = plan::json::to_json(&plan);
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&json).map(|text| text + "\n").map_err(|error| error.to_string()),
        Format::Yaml => serde_yaml::to_string(&json).map_err(|error| error.to_string()),
    };
    output::write(&text.map_err(Failure::new)?, output_file).map(|()| Exit::Fine)
}

/// The plan of a policy; if it has errors, they have been printed to stderr, and the exit code is given.
pub(super) fn load(path: &str, global: &Global) -> Result<Result<Plan, Exit>, Failure> {
    Ok(policy(path, global)?.map(|(policy, _)| plan::compile(&policy)))
}

/// A policy and its texts; if it has errors, they have been printed to stderr, and the exit code is given.
pub(super) fn policy(path: &str, global: &Global) -> Result<Result<(Policy, Sources), Exit>, Failure> {
    let path = if path == "-" { STDIN } else { path };
    policy_in(&Disk::default(), path, global)
}

/// The same among other files.
pub(super) fn policy_in(
    files: &dyn Files,
    path: &str,
    global: &Global,
) -> Result<Result<(Policy, Sources), Exit>, Failure> {
    let analysis = check::of_file(files, path, None)?;
    if analysis.has_errors() {
        let style = output::for_stderr(global);
        output::tell(&human::findings(&Report::of(std::slice::from_ref(&analysis)), style));
        return Ok(Err(if analysis.is_utf8 { Exit::NotFine } else { Exit::Failed }));
    }
    let Some(policy) = analysis.policy else {
        let help = "a file without a `policy` block is a library; name the file that imports it";
        return Err(Failure::new(format!("{path} is no policy")).help(help));
    };
    Ok(Ok((policy, analysis.sources)))
}
