//! Who acts when and with which fields, whatever the tiers; and the notices.

use super::world::{DAY, Flow, Incident, World};
use crate::model::policy::SignalId;
use crate::plan::Plan;
use crate::plan::matcher::Given;
use crate::value::Key;
use std::collections::BTreeSet;

/// One record before it is known at which tier it runs.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// Index of its flow.
    pub(super) flow: usize,
    pub(super) id: String,
    /// In seconds since 1970.
    pub(super) time: i64,
    pub(super) action: String,
    /// By attribute.
    pub(super) given: Vec<Option<Given<'static>>>,
    /// For all further draws.
    pub(super) key: Key,
    /// What incidents add: when which signal arrives.
    pub(super) incidents: Vec<(i64, SignalId)>,
}

impl Draft {
    /// The day of the action, since 1970.
    pub(super) fn day(&self) -> i64 {
        self.time.div_euclid(DAY)
    }
}

/// Whether a day since 1970 is a Saturday or a Sunday.
pub(super) fn is_weekend(day: i64) -> bool {
    // 1970 began on a Thursday.
    matches!(day.rem_euclid(7), 2 | 3)
}

/// All records, in order of time.
pub(super) fn schedule(plan: &Plan, world: &World, seed: u64) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (index, flow) in world.flows.iter().enumerate() {
        let key = Key::new(seed).text("record").text(&flow.name);
        for day in world.start..world.start + world.days {
            drafts.extend(of_day(plan, (index, flow), day, key.number(day)));
        }
    }
    drafts.sort_by_key(|draft| draft.time);
    for incident in &world.incidents {
        strike(&mut drafts, incident, seed);
    }
    drafts
}

fn of_day(plan: &Plan, (index, flow): (usize, &Flow), day: i64, key: Key) -> Vec<Draft> {
    let mut draw = key.draw();
    let share = if is_weekend(day) { flow.weekends } else { crate::yaml::Share::ALL };
    let average = u128::from(*flow.per_day.on(day)) * u128::from(share.0) / u128::from(crate::yaml::Share::ALL.0);
    let count = draw.around(u64::try_from(average).unwrap_or(u64::MAX));
    let mut times: Vec<i64> = (0..count).map(|_| day * DAY + draw.between(0, DAY - 1)).collect();
    times.sort_unstable();
    let draft = |(number, time): (i64, i64)| {
        let key = key.number(number);
        let (action, given) = fields(plan, flow, day, key);
        let id = id(&flow.name, time, number);
        Draft { flow: index, id, time, action, given, key, incidents: Vec::new() }
    };
    (1..).zip(times).map(draft).collect()
}

/// `reply_to_faq-260131-07`
fn id(name: &str, time: i64, number: i64) -> String {
    let date = crate::value::Instant::from_seconds(time).date().replace('-', "");
    format!("{name}-{}-{number:02}", date.get(2..).unwrap_or(&date))
}

fn fields(plan: &Plan, flow: &Flow, day: i64, key: Key) -> (String, Vec<Option<Given<'static>>>) {
    let mut action = flow.name.clone();
    let mut given = vec![None; plan.attributes.len()];
    for field in &flow.fields {
        let name = field.attribute.map_or("action", |id| &plan.attributes[id.index()].name);
        let drawn = field.value.on(day).draw(&mut key.text(name).draw());
        match (field.attribute, drawn) {
            (Some(id), drawn) => given[id.index()] = drawn,
            (None, Some(Given::Text(text))) => action = text.into_owned(),
            (None, _) => {}
        }
    }
    (action, given)
}

/// The last records of a flow before an incident meet its signal.
fn strike(drafts: &mut [Draft], incident: &Incident, seed: u64) {
    let Some(flow) = incident.flow else { return };
    let mut draw = key(incident, seed).draw();
    let before = drafts.partition_point(|draft| draft.time < incident.time);
    let struck = drafts[..before].iter_mut().rev().filter(|draft| draft.flow == flow);
    for draft in struck.zip(0..incident.count).map(|(draft, _)| draft) {
        let late = draw.below(incident.within).cast_signed();
        draft.incidents.push((incident.time + late, incident.signal));
    }
}

fn key(incident: &Incident, seed: u64) -> Key {
    Key::new(seed).text("incident").number(incident.time).number(i64::from(incident.signal.0))
}

/// All notices by time and signal: those of incidents of no action type, and heartbeats; without those that are lost.
pub(super) fn notices(world: &World, seed: u64) -> Vec<(i64, SignalId)> {
    let mut notices: BTreeSet<(i64, SignalId)> = BTreeSet::new();
    for incident in world.incidents.iter().filter(|incident| incident.flow.is_none()) {
        let mut draw = key(incident, seed).draw();
        // Each in its own part of the time, so that no two are one.
        let part = (incident.within / incident.count).max(1);
        for number in 0..incident.count {
            let late = (number * part + draw.below(part)).cast_signed();
            notices.insert((incident.time + late, incident.signal));
        }
    }
    for heartbeat in &world.heartbeats {
        let every = heartbeat.every.cast_signed();
        let mut time = world.start * DAY;
        while time < world.end() {
            notices.insert((time, heartbeat.signal));
            time += every;
        }
    }
    let from_the_start = |time: i64| time >= world.start * DAY;
    let kept = notices.into_iter().filter(|(time, signal)| from_the_start(*time) && world.is_heard(*signal, *time));
    kept.collect()
}
