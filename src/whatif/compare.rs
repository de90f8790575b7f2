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

/// Names for variants: those they are given, else what they change, as short as tells them apart. Fails where two are
/// called the same, or one changes a value or forces a move twice.
pub fn names(all: &[Asked]) -> Result<Vec<String>, SetError> {
    let short: Vec<String> = all.iter().map(Asked::told).collect();
    let is_clear = |at: usize| short.iter().enumerate().all(|(other, name)| other == at || *name != short[at]);
    let names: Vec<String> = all
        .iter()
        .enumerate()
        .map(|(at, asked)| if is_clear(at) { short[at].clone() } else { asked.whole() })
        .collect();
    for (at, (asked, name)) in all.iter().zip(&names).enumerate() {
        if names[..at].contains(name) {
            return Err(fault(
                format!("two variants are called `{name}`"),
                "give each a name of its own: `NAME: PATH=VALUE`",
            ));
        }
        if let Some(what) = asked.twice() {
            return Err(fault(format!("`{name}` says `{what}` twice"), "say it once, or make it two variants"));
        }
    }
    Ok(names)
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
        _ if text.trim().is_empty() => Err(fault(
            "a variant has a part that is empty".to_owned(),
            "write PATH=VALUE between commas, and no comma behind the last",
        )),
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
        self.name.clone().unwrap_or_else(|| self.all(|path| &path[tail(path)..]))
    }

    /// Its name, else all that it changes, with whole paths.
    fn whole(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.all(|path| path))
    }

    fn all(&self, path: impl Fn(&str) -> &str) -> String {
        let changes = self.changes.iter().map(|(of, value)| format!("{}={value}", path(of)));
        changes.chain(self.forced.iter().cloned()).collect::<Vec<_>>().join(", ")
    }

    /// A path that it sets twice, or a move that it forces twice.
    fn twice(&self) -> Option<&str> {
        let all: Vec<&str> =
            self.changes.iter().map(|(path, _)| path).chain(&self.forced).map(String::as_str).collect();
        all.iter().enumerate().find(|(at, what)| all[..*at].contains(what)).map(|(_, what)| *what)
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
