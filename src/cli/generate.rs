//! `cwrc generate`

use super::exit::{Exit, Failure};
use super::{Global, compile, output};
use crate::generate::{World, generate};
use std::fs;

/// Make a synthetic history from stated true rates, traffic, delays and dirt; the same seed gives the same bytes
///
/// Example: cwrc generate policies/support.cwr --world policies/support.world.yaml --seed 1 --follow
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The policy
    #[arg(value_name = "POLICY")]
    policy: String,
    /// The world: what is true, in YAML
    #[arg(long, value_name = "WORLD")]
    world: String,
    /// The seed
    #[arg(long, value_name = "N")]
    seed: u64,
    /// Let the simulated tiers decide at which tier records run
    #[arg(long)]
    follow: bool,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let plan = match compile::load(&args.policy, global)? {
        Ok(plan) => plan,
        Err(exit) => return Ok(exit),
    };
    let text = fs::read_to_string(&args.world).map_err(|error| Failure::unreadable(&args.world, &error))?;
    let world = World::parse(&text, &plan).map_err(|errors| output::located(global, &args.world, &errors))?;
    let history = generate(&plan, &world, args.seed, args.follow).map_err(|error| Failure::new(error.to_string()))?;
    output::write(&history, args.output.as_deref()).map(|()| Exit::Fine)
}
