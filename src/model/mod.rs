//! The policy as meant: files to a resolved, typed `Policy` and diagnostics.
//!
//! [`load`] reads a root and its imports through [`Files`](crate::source::Files), the only contact with the outside;
//! [`build`] resolves names, checks values and merges ladders. Neither ever fails: what cannot be built is reported
//! once and left out, and whoever would miss it is marked `incomplete` so that later rules stay silent about it.
//!
//! This floor owns CWR002 to CWR007 and CWR101 to CWR104; a bar that reaches the [`Policy`] has a known metric, a
//! target in its range and an operator in its direction.

mod damage;
mod imports;
mod ladder;
mod lower;
mod names;
pub mod paths;
pub mod policy;
pub mod setting;
#[cfg(test)]
mod tests;

pub use damage::Damage;
pub use imports::{Loaded, load};
pub use policy::Policy;

use crate::diagnostic::Diagnostic;
use crate::source::FileId;
use crate::syntax::ast;
use lower::Scope;
use names::Items;

/// Builds the policy that a root and its imports declare; the root is the last file. `None` where no file has a
/// `policy` block: a library, resolved as far as it goes.
#[must_use]
pub fn build(parsed: &[(FileId, ast::File)]) -> (Option<Policy>, Vec<Diagnostic>) {
    build_from(parsed, &Damage::default())
}

impl Loaded {
    /// Builds the policy of what was loaded; the diagnostics of loading come first. Unknown names stay unreported
    /// where they may be declared in what could not be read.
    #[must_use]
    pub fn build(&self) -> (Option<Policy>, Vec<Diagnostic>) {
        let (mut policy, found) = build_from(&self.parsed, &self.damage);
        if let Some(policy) = &mut policy {
            policy.incomplete |= !self.diagnostics.is_empty();
        }
        (policy, self.diagnostics.iter().cloned().chain(found).collect())
    }
}

fn build_from(parsed: &[(FileId, ast::File)], damage: &Damage) -> (Option<Policy>, Vec<Diagnostic>) {
    let items = Items::collect(parsed);
    let mut scope = Scope::new(damage);
    names::declare(&items, &mut scope);
    let root = lower::policy::choose(&items, parsed, &mut scope);
    let tick = lower::policy::tick(root, &mut scope);
    let signals = lower::plain::signals(&items);
    let attributes = lower::plain::attributes(&items, &mut scope);
    let metrics = lower::metric::lower(&items, &mut scope);
    let header = lower::policy::lower(root, tick, &mut scope);
    let drafts = lower::body::ladders(&items, &mut scope);
    let actions = lower::action::lower(&items, &drafts, &header, &mut scope);
    let assurances = lower::assure::lower(&items, &actions, &metrics, &mut scope);
    let ladders = lower::plain::ladders(&items, drafts);
    let incomplete = scope.is_incomplete();
    let policy = root.map(|root| Policy {
        name: root.name.as_ref().map(|name| name.value.clone()).unwrap_or_default(),
        title: lower::title(root),
        owner: header.owner,
        says_owner: header.says_owner,
        tick: header.tick,
        promote_per: header.promote_per,
        trips: header.trips,
        review_by: header.review_by,
        signals,
        attributes,
        metrics,
        ladders,
        actions,
        assurances,
        at: root.name.as_ref().map_or(root.keyword, |name| root.keyword.to(name.span)),
        unnamed: scope.names.unnamed(),
        incomplete,
    });
    (policy, scope.out)
}
