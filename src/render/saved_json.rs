//! `simulate --format state` and `--initial`: the state after a replay's last boundary, and back.
//!
//! A state belongs to a policy by the names of its action types, not by its digest: a reviewer may start a changed
//! policy from the state of the old one. Action types that the state does not name start at crawl.

use crate::history::counts::Cohort;
use crate::model::policy::ActionId;
use crate::plan::Plan;
use crate::plan::matcher::Given;
use crate::replay::{Saved, State};
use crate::value::duration::Tick;
use crate::value::{Instant, Number, Tier};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    cwrc: String,
    policy: String,
    plan_digest: String,
    at: String,
    last_promotion: Option<Promotion>,
    actions: BTreeMap<String, ActionState>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promotion {
    at: String,
    action: String,
}

#[expect(clippy::struct_excessive_bools, reason = "the fields of the state, as they are")]
/// A hand-written state may leave out what it does not know: only tier and since are needed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionState {
    tier: Tier,
    since: String,
    #[serde(default = "entered")]
    entered: bool,
    #[serde(default)]
    passing_since: Option<String>,
    #[serde(default)]
    eligible_since: Option<String>,
    #[serde(default)]
    cooldown_until: Option<String>,
    #[serde(default)]
    demoted: bool,
    #[serde(default)]
    stopped: bool,
    #[serde(default)]
    deferred: bool,
    #[serde(default)]
    last_evidence: Option<Vec<String>>,
    #[serde(default)]
    cohort: Option<Vec<Option<CohortValue>>>,
}

fn entered() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CohortValue {
    Number(String),
    Text(String),
    Flag(bool),
    Other(String),
}

/// The JSON of a saved state, with a trailing newline.
#[must_use]
pub fn render(plan: &Plan, saved: &Saved) -> String {
    let time = |boundary: Tick| Instant::from_seconds(boundary.saturating_mul(plan.tick_seconds)).to_string();
    let states = saved.states.iter().zip(&saved.cohorts);
    let actions = plan.actions.iter().zip(states).map(|(action, (state, cohort))| {
        let state = ActionState {
            tier: state.tier,
            since: time(state.since),
            entered: state.entered,
            passing_since: state.passing_since.map(time),
            eligible_since: state.eligible_since.map(time),
            cooldown_until: state.cooldown_until.map(time),
            demoted: state.demoted,
            stopped: state.stopped,
            deferred: state.deferred,
            last_evidence: Some(state.last_evidence.iter().copied().map(time).collect()),
            cohort: cohort.as_ref().map(|values| values.iter().map(|value| value.as_ref().map(write)).collect()),
        };
        (action.name.clone(), state)
    });
    let name = |id: ActionId| plan.actions[id.index()].name.clone();
    let document = Document {
        cwrc: "1".into(),
        policy: plan.policy.clone(),
        plan_digest: plan.digest.clone(),
        at: time(saved.at),
        last_promotion: saved.last_promotion.map(|(at, id)| Promotion { at: time(at), action: name(id) }),
        actions: actions.collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn write(given: &Given<'static>) -> CohortValue {
    match given {
        Given::Number(number) => CohortValue::Number(number.to_string()),
        Given::Text(text) => CohortValue::Text(text.to_string()),
        Given::Flag(flag) => CohortValue::Flag(*flag),
        Given::Other(json) => CohortValue::Other(json.clone()),
    }
}

fn read(value: CohortValue) -> Option<Given<'static>> {
    Some(match value {
        CohortValue::Number(text) => Given::Number(Number::parse(&text)?),
        CohortValue::Text(text) => Given::Text(Cow::Owned(text)),
        CohortValue::Flag(flag) => Given::Flag(flag),
        CohortValue::Other(json) => Given::Other(json),
    })
}

/// Reads a saved state for a plan. The error says what is wrong with it.
pub fn parse(plan: &Plan, text: &str) -> Result<Saved, String> {
    let mut document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if document.cwrc != "1" {
        return Err(format!("it says `\"cwrc\": \"{}\"`, and this program reads \"1\"", document.cwrc));
    }
    let at = boundary(plan, "at", &document.at)?;
    let mut saved = Saved { at, states: Vec::new(), last_promotion: None, cohorts: Vec::new() };
    for action in &plan.actions {
        let (state, cohort) = match document.actions.remove(&action.name) {
            None => (State::start(at), None),
            Some(written) => restore(plan, &action.name, written, at)?,
        };
        saved.states.push(state);
        saved.cohorts.push(cohort);
    }
    if let Some(name) = document.actions.keys().next() {
        return Err(format!("the policy has no action type `{name}`"));
    }
    if let Some(promotion) = document.last_promotion {
        let known = plan.actions.iter().position(|action| action.name == promotion.action);
        let id = known.ok_or_else(|| format!("the policy has no action type `{}`", promotion.action))?;
        saved.last_promotion = Some((past(plan, "last_promotion.at", &promotion.at, at)?, ActionId::new(id)));
    }
    Ok(saved)
}

fn restore(plan: &Plan, name: &str, written: ActionState, at: Tick) -> Result<(State, Option<Cohort>), String> {
    let time = |key: &str, text: &str| past(plan, &format!("actions.{name}.{key}"), text, at);
    let maybe = |key: &str, text: &Option<String>| text.as_ref().map(|text| time(key, text)).transpose();
    // Only a cooldown may end later than the state it is part of.
    let until = written.cooldown_until.as_ref();
    let cooldown_until =
        until.map(|text| boundary(plan, &format!("actions.{name}.cooldown_until"), text)).transpose()?;
    let action = plan.actions.iter().find(|action| action.name == name);
    let ceiling = action.map_or(Tier::Run, |action| action.ceiling);
    if written.tier > ceiling {
        return Err(format!("`{name}` is at {}, above its ceiling {ceiling}", written.tier));
    }
    let keeps = action.and_then(|action| action.gate_below(written.tier)).map_or(0, |gate| gate.keeps.len());
    let since = time("since", &written.since)?;
    let last_evidence = match &written.last_evidence {
        None => vec![since; keeps],
        Some(times) if times.len() == keeps => {
            times.iter().map(|text| time("last_evidence", text)).collect::<Result<_, _>>()?
        }
        Some(times) => {
            return Err(format!(
                "`{name}` has {keeps} keep bars at {}, and {} times of last evidence",
                written.tier,
                times.len()
            ));
        }
    };
    let state = State {
        tier: written.tier,
        since,
        entered: written.entered,
        passing_since: maybe("passing_since", &written.passing_since)?,
        eligible_since: maybe("eligible_since", &written.eligible_since)?,
        cooldown_until,
        demoted: written.demoted,
        stopped: written.stopped,
        deferred: written.deferred,
        last_evidence,
    };
    let cohort = written.cohort.map(|values| values.into_iter().map(|value| value.and_then(read)).collect());
    Ok((state, cohort))
}

/// A boundary that is not later than the state itself.
fn past(plan: &Plan, key: &str, text: &str, at: Tick) -> Result<Tick, String> {
    let tick = boundary(plan, key, text)?;
    if tick > at { Err(format!("`{key}` is {text}, which is later than the state's `at`")) } else { Ok(tick) }
}

fn boundary(plan: &Plan, key: &str, text: &str) -> Result<Tick, String> {
    let time = Instant::parse(text).ok_or_else(|| format!("`{key}` is no RFC 3339 time: `{text}`"))?;
    let tick = time.boundary_at_or_after(plan.tick_seconds);
    if time != Instant::from_seconds(tick * plan.tick_seconds) {
        return Err(format!("`{key}` is {text}, which is no boundary of this policy"));
    }
    Ok(tick)
}
