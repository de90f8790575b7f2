//! The values of a policy that paths name (interfaces §3), and a policy with one of them changed: what `--set`,
//! `--sweep` and mutants are made of.
//!
//! `ACTION.crawl_to_walk.bar[1].target` changes one action type, even where the clause is its ladder's;
//! `ladder.NAME.…` and `policy.…` change every action type that inherits the clause. [`slots`] walks the values in order
//! of declaration and says what each is called; here they are listed, read and written.

mod read;
mod slots;
#[cfg(test)]
mod tests;

use super::policy::{Origin, Policy};
use crate::source::Span;
use crate::source::suggest::suggest;
use slots::{Owner, Place, visit};

/// What kind of value, and so how far one step takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `14d`
    Duration,
    /// `14d` or `tier`
    Window,
    /// `200`
    Count,
    /// `90%`
    Share,
    /// `4pp`
    Points,
    /// `4.2`, in a metric's own unit
    Number,
    /// `95%`, `95% wilson`
    Confidence,
    /// `walk`
    Ceiling,
}

/// One value of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path.
    pub path: String,
    /// As a policy says it; `none` where the clause or part is left out.
    pub value: String,
    /// What kind of value it is.
    pub kind: Kind,
    /// The clause it is of; where there is none, the declaration's name.
    pub at: Span,
    /// It may be `none`.
    pub optional: bool,
    /// Whose clause it is: an inherited one is listed again for its ladder or policy.
    pub from: Origin,
}

/// Why a policy cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SetError {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// Every value that has a path, in order of declaration: the policy's, the metrics', the ladders', the action types'.
#[must_use]
pub fn settings(policy: &Policy) -> Vec<Setting> {
    let mut all = Vec::new();
    visit(&mut policy.clone(), &mut |place, slot| {
        all.push(Setting {
            path: place.path.clone(),
            value: slot.to_string(),
            kind: slot.kind(),
            at: place.at,
            optional: slot.is_optional(),
            from: place.from,
        });
    });
    all
}

/// The policy with one value changed. Its other rules (language §4) are the checker's to look at.
pub fn set(policy: &Policy, path: &str, value: &str) -> Result<Policy, SetError> {
    let mut changed = policy.clone();
    let mut found: Option<(Place, read::Value)> = None;
    let mut fault = None;
    visit(&mut changed, &mut |place, slot| {
        if found.is_some() || fault.is_some() || !place.is_called(path) {
            return;
        }
        match read::value(&slot, value, policy.tick, path) {
            Ok(read) => {
                slot.write(&read, place);
                found = Some((place.clone(), read));
            }
            Err(error) => fault = Some(error),
        }
    });
    if let Some(fault) = fault {
        return Err(fault);
    }
    let (place, value) = found.ok_or_else(|| unknown(policy, path))?;
    if matches!(place.owner, Owner::Policy | Owner::Ladder(_)) {
        visit(&mut changed, &mut |other, slot| {
            if other.inherits(&place) {
                slot.write(&value, &place);
            }
        });
    }
    fits_tick(&mut changed, path)?;
    Ok(changed)
}

/// A changed tick must still divide every duration.
fn fits_tick(policy: &mut Policy, path: &str) -> Result<(), SetError> {
    if path != slots::TICK {
        return Ok(());
    }
    let tick = policy.tick;
    let mut odd = None;
    visit(policy, &mut |place, slot| {
        let duration = slot.duration().filter(|duration| duration.seconds() % tick.seconds() != 0);
        odd = odd.take().or(duration.map(|duration| (place.path.clone(), duration)));
    });
    odd.map_or(Ok(()), |(other, duration)| {
        Err(SetError {
            message: format!("`{other}` of `{duration}` is not a whole multiple of the tick, `{tick}`"),
            help: format!("set `{other}` too, before `{path}`, or choose a shorter tick"),
        })
    })
}

fn unknown(policy: &Policy, path: &str) -> SetError {
    let known = settings(policy);
    let near = suggest(path, known.iter().map(|setting| setting.path.as_str()));
    // Whose values, if that much is known, else whose there are.
    let owner = path.split('.').next().unwrap_or_default();
    let of_owner = |setting: &&Setting| setting.path.split('.').next() == Some(owner);
    let help = match (near, known.iter().find(of_owner)) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Some(_)) => {
            let parts: Vec<&str> = known.iter().filter(of_owner).map(|setting| setting.path.as_str()).collect();
            format!("`{owner}` has {}", listed(&parts))
        }
        (None, None) => {
            "a path begins with the name of an action type, or with `policy`, `ladder.NAME` or `metric.NAME`, such as \
             `reply.crawl_to_walk.bar[1].target`"
                .to_owned()
        }
    };
    SetError { message: format!("`{path}` names no value of the policy"), help }
}

/// The first few of many.
fn listed(paths: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = paths.iter().take(SHOWN).map(|path| format!("`{path}`")).collect();
    let more = if paths.len() > SHOWN { format!(" and {} more", paths.len() - SHOWN) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
