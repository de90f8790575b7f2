//! The paths of clauses, as decisions and `--set` name them (interfaces §3): `reply.crawl_to_walk.bar[1]`.
//!
//! Positions are given as indices into the vectors of the [`Policy`](super::Policy), from 0, and printed from 1.

use crate::value::Step;

/// `reply.crawl_to_walk`
#[must_use]
pub fn gate(action: &str, step: Step) -> String {
    format!("{action}.{}", step.path())
}

/// `reply.crawl_to_walk.bar[1]`
#[must_use]
pub fn bar(action: &str, step: Step, index: usize) -> String {
    format!("{}.bar[{}]", gate(action, step), index + 1)
}

/// `reply.crawl_to_walk.keep[1]`, by position among [`keep_bars`](super::policy::Gate::keep_bars).
#[must_use]
pub fn keep(action: &str, step: Step, index: usize) -> String {
    format!("{}.keep[{}]", gate(action, step), index + 1)
}

/// `reply.crawl_to_walk.hold`
#[must_use]
pub fn hold(action: &str, step: Step) -> String {
    format!("{}.hold", gate(action, step))
}

/// `reply.crawl_to_walk.stop`
#[must_use]
pub fn stop(action: &str, step: Step) -> String {
    format!("{}.stop", gate(action, step))
}

/// `reply.crawl_to_walk.approval`
#[must_use]
pub fn approval(action: &str, step: Step) -> String {
    format!("{}.approval", gate(action, step))
}

/// `reply.crawl_to_walk.requires[1]`
#[must_use]
pub fn requires(action: &str, step: Step, index: usize) -> String {
    format!("{}.requires[{}]", gate(action, step), index + 1)
}

/// `reply.trip[1]`: the policy's trips first, then the ladder's, then the action's.
#[must_use]
pub fn trip(action: &str, index: usize) -> String {
    format!("{action}.trip[{}]", index + 1)
}

/// `reply.stale`
#[must_use]
pub fn stale(action: &str) -> String {
    format!("{action}.stale")
}

/// `reply.renew`
#[must_use]
pub fn renew(action: &str) -> String {
    format!("{action}.renew")
}

/// `reply.ceiling`
#[must_use]
pub fn ceiling(action: &str) -> String {
    format!("{action}.ceiling")
}

/// `reply.cooldown`
#[must_use]
pub fn cooldown(action: &str) -> String {
    format!("{action}.cooldown")
}

/// `reply.reentry`
#[must_use]
pub fn reentry(action: &str) -> String {
    format!("{action}.reentry")
}
