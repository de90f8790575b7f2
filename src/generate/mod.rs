//! Synthetic histories: a world of stated true rates and traffic, and a seed, to JSON Lines.
//!
//! [`World::parse`] reads the YAML ([`world`] describes it) against a plan; [`generate`] draws the schedule
//! ([`schedule`]: who acts when, with which attributes), then what comes of each record at its tier ([`outcomes`]), then
//! what is wrong with the log ([`dirt`]), and writes the lines in order ([`lines`]). With `follow` the tiers are those that
//! a replay of everything written so far gives ([`follow`]), else those that the world states.
//!
//! Invariants: the same plan, world and seed give the same bytes on every platform; every draw depends on the seed, the
//! action type's name, the day and the index alone ([`draw`]), so that one more action type or kind of dirt changes no
//! other line; all chances are integers against exact shares; nothing here reads a clock.

mod dirt;
mod draw;
mod fields;
mod follow;
mod lines;
mod outcomes;
mod read;
mod schedule;
mod sections;
#[cfg(test)]
mod tests;
mod timed;
pub mod world;

pub use world::{World, WorldError};

use crate::history::stated;
use crate::plan::Plan;
use crate::plan::matcher::{self, Classifier};
use crate::value::Tier;
use crate::{history, replay};
use dirt::Soil;
use lines::{Lines, Spelling, Writer};
use schedule::Draft;

/// Why a world gives no history.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A record does not match the action type it was made for.
    #[error("a record made for `{wanted}` is {found}: its action is {record}")]
    OtherType {
        /// The action type.
        wanted: String,
        /// What it is instead.
        found: String,
        /// The record's action and attributes.
        record: String,
    },
    /// The policy has a type for every record.
    #[error("`dirt` asks for unclassified records, but a record of any kind is of type `{0}`")]
    NothingUnclassified(String),
    /// What was written could not be read back, for the tiers to follow.
    #[error(transparent)]
    Read(#[from] history::ReadError),
    /// It could not be replayed.
    #[error(transparent)]
    Replay(#[from] replay::Error),
}

/// Makes the history of a world, as JSON Lines. With `follow`, records run at the tier that a replay of everything
/// before their tick gives; else at the tiers that the world states.
pub fn generate(plan: &Plan, world: &World, seed: u64, follow: bool) -> Result<String, Error> {
    let drafts = schedule::schedule(plan, world, seed);
    for draft in &drafts {
        check_type(plan, world, draft)?;
    }
    let soil = Soil::new(plan, world)?;
    let writer = Writer { plan, undeclared: "", spelling: Spelling::Plain };
    let notices = schedule::notices(world, seed).into_iter();
    let notices = notices.map(|(second, signal)| (second, writer.notice(signal, second))).collect::<Vec<_>>();
    let mut lines = Lines::default();
    if follow {
        follow::write(plan, world, (&drafts, notices), &soil, &mut lines)?;
    } else {
        for draft in &drafts {
            let flow = world.flows.get(draft.flow);
            soil.write(draft, flow.map_or(Tier::Crawl, |flow| *flow.tier.on(draft.day())), &mut lines);
        }
        for (second, line) in notices {
            lines.push(second, line);
        }
    }
    Ok(lines.in_order())
}

/// Whether a record is of the action type it was made for.
fn check_type(plan: &Plan, world: &World, draft: &Draft) -> Result<(), Error> {
    let Some(wanted) = world.flows.get(draft.flow).map(|flow| flow.action) else { return Ok(()) };
    let given = |index: usize| draft.given.get(index).and_then(Option::as_ref);
    if matcher::matches(&plan.actions[wanted.index()].matches, &draft.action, &given) {
        return Ok(());
    }
    let other = Classifier::default().classify(plan, &draft.action, &given);
    let found = other.map_or("of no type".into(), |id| format!("of type `{}`", plan.actions[id.index()].name));
    let record = format!("{}{}", stated::quoted(&draft.action), stated::attributes(plan, &draft.given));
    Err(Error::OtherType { wanted: plan.actions[wanted.index()].name.clone(), found, record })
}
