//! What is wrong with the log: other spellings, lines in pieces, lines twice, and lines more that are bad.
//!
//! Dirt never changes what the records say: bad lines are lines more, so that what a world states stays true.

use super::Error;
use super::draw::Draw;
use super::lines::{Lines, Spelling, Writer};
use super::outcomes::{Outcome, outcomes};
use super::schedule::Draft;
use super::sections::scale;
use super::world::{Dirt, World};
use crate::history::Reason;
use crate::history::stated::quoted;
use crate::model::policy::SignalId;
use crate::plan::Plan;
use crate::plan::matcher::Classifier;
use crate::value::{Decimal, Tier};

/// What the log calls records of no action type.
const UNLISTED: &str = "unlisted";

/// Writes records, and dirt with them.
#[derive(Debug)]
pub(super) struct Soil<'a> {
    plan: &'a Plan,
    world: &'a World,
    /// A signal that the policy does not declare.
    undeclared: String,
    /// A signal that a mean uses, and a value off its scale.
    off_scale: Option<(SignalId, String)>,
}

impl<'a> Soil<'a> {
    /// Fails if the world asks for what its policy makes impossible.
    pub(super) fn new(plan: &'a Plan, world: &'a World) -> Result<Self, Error> {
        let mut undeclared = String::from("seen");
        while plan.signals.contains(&undeclared) {
            undeclared.push_str("_too");
        }
        let wants_unclassified = world.dirt.iter().any(|(kind, share)| *kind == Dirt::Unclassified && share.0 > 0);
        if wants_unclassified && let Some(id) = Classifier::default().classify(plan, UNLISTED, &|_| None) {
            return Err(Error::NothingUnclassified(plan.actions[id.index()].name.clone()));
        }
        let above = |high: i64| Decimal::from_millionths(i128::from(high)).plus(Decimal::ONE).to_string();
        let mut signals = (0..plan.signals.len()).map(SignalId::new);
        let off_scale = signals.find_map(|id| scale(plan, id).map(|(_, high)| (id, above(high))));
        Ok(Self { plan, world, undeclared, off_scale })
    }

    /// What of the dirt befalls a record.
    fn befalls(&self, draft: &Draft) -> Vec<(Dirt, Draw)> {
        let key = draft.key.text("dirt");
        let mut all = Vec::new();
        for (kind, share) in &self.world.dirt {
            let mut draw = key.text(kind.word()).draw();
            if draw.happens(*share) {
                all.push((*kind, draw));
            }
        }
        all
    }

    /// Writes a record that ran at `tier`, and what is wrong with it.
    pub(super) fn write(&self, draft: &Draft, tier: Tier, lines: &mut Lines) {
        let mut writer = Writer { plan: self.plan, undeclared: &self.undeclared, spelling: Spelling::Plain };
        let mut outcomes = outcomes(self.world, draft, tier);
        let (mut copies, mut in_pieces) = (1, false);
        let befalls = self.befalls(draft);
        for (kind, mut draw) in befalls.iter().cloned() {
            match kind {
                Dirt::Duplicate => copies += 1,
                Dirt::LaterLines => in_pieces = true,
                Dirt::Spelling => writer.spelling = spelling(&mut draw),
                Dirt::UndeclaredSignal => outcomes.push(undeclared(draft.time)),
                Dirt::Bad(_) | Dirt::Unclassified => {}
            }
        }
        let (now, later) = if in_pieces { (&[][..], &outcomes[..]) } else { (&outcomes[..], &[][..]) };
        for _ in 0..copies {
            lines.push(draft.time, writer.full(draft, tier.word(), now));
        }
        for outcome in later {
            lines.push(outcome.time, writer.later(&draft.id, std::slice::from_ref(outcome)));
        }
        for (kind, _) in befalls {
            self.more(kind, &writer, draft, tier, lines);
        }
    }

    /// The line more that a kind of dirt is.
    fn more(&self, kind: Dirt, writer: &Writer, draft: &Draft, tier: Tier, lines: &mut Lines) {
        let mut other = Draft { id: format!("{}-{}", draft.id, kind.word()), ..draft.clone() };
        let tier = tier.word();
        let line = match kind {
            Dirt::Bad(Reason::Unparsable) => cut(writer.full(draft, tier, &[])),
            Dirt::Bad(Reason::MissingField) => format!(r#"{{"id":{},"tier":"{tier}"}}"#, quoted(&other.id)),
            Dirt::Bad(Reason::BadTime) => writer.full(&other, tier, &[]).replacen(
                &Spelling::time(writer.spelling, draft.time),
                Spelling::Plain.time(draft.time).trim_end_matches('Z'),
                1,
            ),
            Dirt::Bad(Reason::BadTier) => writer.full(&other, "jog", &[]),
            Dirt::Bad(Reason::BadValue) => writer.full(&other, tier, &self.off_scale(draft.time)),
            Dirt::Bad(Reason::OutcomeBeforeAction) => writer.full(&other, tier, &[undeclared(draft.time - 3_600)]),
            Dirt::Bad(Reason::ConflictingId) => {
                // The earlier of two stays: this one is later.
                other = Draft { time: draft.time + 1, ..draft.clone() };
                writer.full(&other, tier, &[])
            }
            Dirt::Bad(Reason::OrphanOutcomes) => writer.later(&other.id, &[undeclared(draft.time)]),
            Dirt::Unclassified => {
                other = Draft { action: UNLISTED.to_owned(), given: Vec::new(), ..other };
                writer.full(&other, tier, &[])
            }
            Dirt::Duplicate | Dirt::LaterLines | Dirt::Spelling | Dirt::UndeclaredSignal => return,
        };
        lines.push(other.time, line);
    }

    fn off_scale(&self, time: i64) -> Vec<Outcome> {
        let outcome =
            |(id, value): &(SignalId, String)| Outcome { time, signal: Some(*id), value: Some(value.clone()) };
        self.off_scale.iter().map(outcome).collect()
    }
}

/// A signal that the policy does not declare.
fn undeclared(time: i64) -> Outcome {
    Outcome { time, signal: None, value: None }
}

/// A line as a full disk leaves it.
fn cut(mut line: String) -> String {
    let mut end = line.len() * 2 / 3;
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.truncate(end);
    line
}

fn spelling(draw: &mut Draw) -> Spelling {
    match draw.below(4) {
        0 => Spelling::East,
        1 => Spelling::West,
        2 => Spelling::Lower,
        _ => Spelling::Fraction,
    }
}
