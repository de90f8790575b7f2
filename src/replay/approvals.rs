//! Recorded approvals: JSON Lines of `{"action", "to", "time", "by"}`.

use super::options::ApprovalRecord;
use crate::plan::Plan;
use crate::source::suggest::suggest;
use crate::value::{Instant, Tier};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    action: String,
    to: Tier,
    time: String,
    by: String,
}

/// Reads approvals, all of them or none. The error names the line and what is wrong with it.
pub fn parse(text: &str, plan: &Plan) -> Result<Vec<ApprovalRecord>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| one(line, plan).map_err(|why| format!("line {}: {why}", at + 1))).collect()
}

fn one(line: &str, plan: &Plan) -> Result<ApprovalRecord, String> {
    let Line { action, to, time, by } = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let known = || plan.actions.iter().map(|action| action.name.as_str());
    if !known().any(|name| name == action) {
        let near = suggest(&action, known()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(format!("the policy has no action type `{action}`{near}"));
    }
    let time = Instant::parse(&time).ok_or_else(|| format!("`{time}` is no RFC 3339 time with an offset"))?;
    Ok(ApprovalRecord { action, to, time, by })
}
