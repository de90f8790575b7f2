//! Lines that share an id: united, or in conflict (semantics §2).

use super::intake::{Place, Reason};
use super::line::{Content, Fault, Line, Outcome, Reader, Record, content};
use super::tally::Tallier;
use std::collections::BTreeMap;

/// A good line that was put aside because its id occurs more than once.
#[derive(Debug)]
pub struct Held {
    /// Where it stands.
    pub place: Place,
    /// The hash of its id.
    pub hash: u64,
    /// The whole line.
    pub text: Box<str>,
}

/// Unites the lines of each id and counts the records, the duplicates and the lines that cannot stay. Each input has a
/// reader of its own. Lines stay texts until it is the turn of their hash: read, they take several times the room.
pub fn unite<'p: 'h, 'h>(held: &'h mut [Held], reader: impl Fn(usize) -> &'h Reader<'p>, tallier: &mut Tallier) {
    held.sort_unstable_by_key(|line| line.hash);
    for same in held.chunk_by(|one, other| one.hash == other.hash) {
        let mut groups: BTreeMap<String, Vec<(&Held, Line)>> = BTreeMap::new();
        for line in same {
            // Only good lines are held, so reading one again cannot fail.
            if let Ok(read) = reader(line.place.input).read(&line.text)
                && let Some(id) = id_of(&read)
            {
                groups.entry(id).or_default().push((line, read));
            }
        }
        for group in groups.into_values() {
            one_id(group, &reader, tallier);
        }
    }
}

/// The id of a line that belongs to a record.
#[must_use]
pub fn id_of(line: &Line) -> Option<String> {
    match line {
        Line::Full(record) => Some(record.id.to_string()),
        Line::Outcomes { id, .. } => Some(id.to_string()),
        Line::Notice { .. } => None,
    }
}

/// A line with further outcomes: they, and the names among them that the policy does not declare.
type Added<'a> = (&'a Held, Vec<Outcome>, Vec<String>);

fn one_id<'p: 'h, 'h>(
    group: Vec<(&'h Held, Line<'h>)>,
    reader: &impl Fn(usize) -> &'h Reader<'p>,
    tallier: &mut Tallier,
) {
    let mut full: Vec<(Content, &Held, Record)> = Vec::new();
    let mut added: Vec<Added> = Vec::new();
    for (held, line) in group {
        match line {
            Line::Full(record) => {
                let mapping = reader(held.place.input).mapping();
                full.push((content(&record, &held.text, mapping), held, record));
            }
            Line::Outcomes { outcomes, undeclared, .. } => added.push((held, outcomes, undeclared)),
            Line::Notice { .. } => {}
        }
    }
    let Some(least) = full.iter().map(|(content, _, _)| content).min().cloned() else {
        for (held, ..) in added {
            tallier.bad(&orphan(), held.place, &held.text);
        }
        return;
    };
    let (same, other): (Vec<_>, Vec<_>) = full.into_iter().partition(|(content, _, _)| *content == least);
    for (_, held, _) in other {
        tallier.bad(&conflict(), held.place, &held.text);
    }
    if let Some(mut record) = united(same, tallier) {
        add(&mut record, added, tallier);
        tallier.record(&mut record);
    }
}

/// One record of lines with the same content.
fn united<'a>(same: Vec<(Content, &'a Held, Record<'a>)>, tallier: &mut Tallier) -> Option<Record<'a>> {
    let mut records = same.into_iter().map(|(_, _, record)| record);
    let mut first = records.next()?;
    for more in records {
        first.outcomes.extend(more.outcomes);
        first.undeclared.extend(more.undeclared);
        tallier.merged(1);
    }
    Some(first)
}

fn add(record: &mut Record, added: Vec<Added>, tallier: &mut Tallier) {
    for (held, outcomes, undeclared) in added {
        if outcomes.iter().any(|outcome| outcome.time < record.time) {
            tallier.bad(&early(), held.place, &held.text);
        } else {
            record.outcomes.extend(outcomes);
            record.undeclared.extend(undeclared);
            tallier.merged(1);
        }
    }
}

/// No record has the id of these outcomes.
#[must_use]
pub fn orphan() -> Fault {
    Fault { reason: Reason::OrphanOutcomes, why: "it has only an id and outcomes, and no record has that id".into() }
}

fn conflict() -> Fault {
    Fault { reason: Reason::ConflictingId, why: "another record with other content has its id".into() }
}

fn early() -> Fault {
    Fault { reason: Reason::OutcomeBeforeAction, why: "an outcome is earlier than the action".into() }
}
