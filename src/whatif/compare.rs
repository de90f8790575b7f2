//! A few variants side by side, and what people ask for on a command line: `PATH=VALUE`, `ACTION=TIER@DATE`.

use crate::model::policy::ActionId;
use crate::model::setting::SetError;
use crate::plan::{Action, Plan};
use crate::replay::{Forced, Summary};
use crate::source::suggest::suggest;
use crate::value::{Instant, Tier};

/// One variant, and what it comes to.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What people call it.
    pub name: String,
    /// What it changes of the policy.
    pub change: Change,
    /// The moves that happen whatever its gates say.
    pub forced: Vec<Forced>,
    /// Its plan.
    pub plan: Plan,
    /// What it comes to, in each of [`super::READINGS`].
    pub readings: [Summary; 2],
}

/// What makes a variant of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing, or only forced moves.
    Nothing,
    /// Values, one after the other: path and value.
    Set(Vec<(String, String)>),
    /// Another text of it: a file or a revision.
    Against(String),
}

/// A variant as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its name, if it is given one.
    pub name: Option<String>,
    /// `PATH=VALUE`
    pub changes: Vec<(String, String)>,
    /// `ACTION=TIER@DATE`
    pub forced: Vec<String>,
}

/// What is wrong with how a variant is asked for.
fn fault(message: String, help: impl Into<String>) -> SetError {
    SetError { message, help: help.into() }
}

/// Reads `PATH=VALUE`.
pub fn change(text: &str) -> Result<(String, String), SetError> {
    let parts = text.split_once('=').map(|(path, value)| (path.trim(), value.trim()));
    match parts {
        Some((path, value)) if !path.is_empty() => Ok((path.to_owned(), value.to_owned())),
        _ => Err(fault(
            format!("`{}` changes no value", text.trim()),
            "write PATH=VALUE, such as `ladder.standard.crawl_to_walk.hold=21d`",
        )),
    }
}

/// Reads `NAME: CHANGE, CHANGE, …`, where a change is `PATH=VALUE` or `ACTION=TIER@DATE`; the name may be left out.
pub fn asked(text: &str) -> Result<Asked, SetError> {
    let named = text.split_once(':').filter(|(name, _)| !name.contains('='));
    let (name, changes) = named.map_or((None, text), |(name, changes)| (Some(name.trim().to_owned()), changes));
    let mut asked = Asked { name: name.filter(|name| !name.is_empty()), ..Asked::default() };
    for part in changes.split(',') {
        if part.contains('@') {
            asked.forced.push(part.trim().to_owned());
        } else {
            asked.changes.push(change(part)?);
        }
    }
    Ok(asked)
}

impl Asked {
    /// What it is called: its name, else what it changes.
    #[must_use]
    pub fn told(&self) -> String {
        // The last two parts of a path say what it is, if not whose.
        let tail = |path: &str| path.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
        let changes = self.changes.iter().map(|(path, value)| format!("{}={value}", &path[tail(path)..]));
        let all = || changes.chain(self.forced.iter().cloned()).collect::<Vec<_>>().join(", ");
        self.name.clone().unwrap_or_else(all)
    }
}

/// Reads `ACTION=TIER@DATE` for a plan.
pub fn forced(plan: &Plan, text: &str, time: impl Fn(&str) -> Option<Instant>) -> Result<Forced, SetError> {
    let parts = text.split_once('=').and_then(|(action, rest)| Some((action, rest.split_once('@')?)));
    let help = "write ACTION=TIER@DATE, such as `reply=walk@2026-03-01`";
    let (name, (tier, at)) = parts.ok_or_else(|| fault(format!("`{text}` forces no move"), help))?;
    let (name, tier, at) = (name.trim(), tier.trim(), at.trim());
    let action = plan.actions.iter().position(|action| action.name == name).ok_or_else(|| no_action(plan, name))?;
    let to = Tier::parse(tier).filter(|tier| *tier != Tier::Crawl);
    let to =
        to.ok_or_else(|| fault(format!("`{tier}` in `{text}` is no tier to be promoted to"), "write walk or run"))?;
    let at = time(at).ok_or_else(|| {
        let help = "write a date (2026-03-01) or an RFC 3339 time with an offset (2026-03-01T12:00:00Z)";
        fault(format!("`{at}` in `{text}` is no date"), help)
    })?;
    under_ceiling(&plan.actions[action], to)?;
    Ok(Forced { action: ActionId::new(action), to, at })
}

fn no_action(plan: &Plan, name: &str) -> SetError {
    let names = || plan.actions.iter().map(|action| action.name.as_str());
    let help = match suggest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("the action types are {}", names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    fault(format!("the policy has no action type `{name}`"), help)
}

fn under_ceiling(action: &Action, to: Tier) -> Result<(), SetError> {
    if to <= action.ceiling {
        return Ok(());
    }
    let message = format!("`{}` cannot be promoted to {to}: its ceiling is {}", action.name, action.ceiling);
    Err(fault(message, format!("a variant without it says `{}.ceiling=none` too", action.name)))
}
