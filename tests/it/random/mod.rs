//! Random policies and histories, the same for the same seed: valid policies, and histories as untidy as real ones.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "small numbers made here"
)]

mod history;
mod metrics;
mod outcomes;
mod policy;
pub(crate) mod rng;
mod spelling;

use rng::Rng;
use spelling::spell;

/// One case: what to run, and the arguments to run it with.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) policy: String,
    pub(crate) history: String,
    /// `--evidence any-tier`.
    pub(crate) any_tier: bool,
    /// `--assume-tier T`.
    pub(crate) assume_tier: Option<String>,
    /// `--from`, `--to`, `--now`: RFC 3339.
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) now: Option<String>,
    /// `--no-approvals`.
    pub(crate) no_approvals: bool,
}

/// The case of a seed. (A few end with exit 2: no record has a tier, no boundary in the range.)
pub(crate) fn case(seed: u64) -> Case {
    let rng = &mut Rng::new(seed);
    let policy = policy::policy(rng);
    let tiers_absent = rng.chance(4);
    let any_tier = rng.chance(40) || (tiers_absent && rng.chance(60));
    let history = history::history(rng, &policy, tiers_absent);
    let unit = i128::from(policy.clock.unit) * spelling::MINUTE;
    let length = i64::try_from((history.end - history.start) / unit).unwrap_or(0);
    let in_units = |rng: &mut Rng, low: i64, high: i64| {
        let whole = history.start.div_euclid(unit) + i128::from(rng.between(low, high.max(low)));
        let odd = if rng.chance(30) { unit / 3 } else { 0 };
        spell(rng, whole * unit + odd)
    };
    let from = rng.chance(8).then(|| in_units(rng, -3, length / 2));
    let to = rng.chance(10).then(|| in_units(rng, length / 2, length + 20));
    let now = rng.chance(4).then(|| in_units(rng, length + 1, length + 2));
    let assume_tier = (tiers_absent || rng.chance(4)).then(|| rng.pick(&["crawl", "walk", "run"]).to_string());
    let assume_tier = assume_tier.filter(|_| rng.chance(85));
    Case {
        policy: policy.text,
        history: history.text,
        any_tier,
        assume_tier,
        from,
        to,
        now,
        no_approvals: rng.chance(12),
    }
}
