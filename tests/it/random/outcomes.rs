//! What became of one action: signals that fit a good or a bad action, early and late, and now and then both.

use super::rng::Rng;
use super::spelling::Instant;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) signal: &'static str,
    pub(crate) time: Instant,
    /// Micro-units.
    pub(crate) value: Option<i64>,
}

/// The lengths that matter, in nanoseconds.
#[derive(Clone, Copy)]
pub(crate) struct Lengths {
    pub(crate) tick: i128,
    pub(crate) unit: i128,
}

impl Lengths {
    /// An instant near the given one: often odd, sometimes on a boundary or a nanosecond beside it.
    pub(crate) fn ragged(&self, rng: &mut Rng, instant: Instant) -> Instant {
        let boundary = instant.div_euclid(self.tick) * self.tick + self.tick;
        match rng.between(1, 100) {
            1..=10 => boundary,
            11..=13 => boundary - 1,
            14..=15 => boundary + 1,
            16..=25 => instant / 1_000_000 * 1_000_000,
            26..=30 => instant,
            _ => instant.div_euclid(1_000_000_000) * 1_000_000_000,
        }
    }

    pub(crate) fn some(&self, rng: &mut Rng, low_percent: i64, high_percent: i64) -> i128 {
        self.unit * i128::from(rng.between(low_percent * 1000, high_percent * 1000)) / 100_000
    }
}

/// An outcome some time after the action; sometimes a whole number of units after it, to the nanosecond.
fn after(rng: &mut Rng, lengths: Lengths, action: Instant, signal: &'static str, high: i64) -> Outcome {
    let time = if rng.chance(12) {
        action + lengths.unit * i128::from(rng.between(0, 3))
    } else {
        let time = action + lengths.some(rng, 0, high);
        lengths.ragged(rng, time).max(action)
    };
    Outcome { signal, time, value: None }
}

fn valued(rng: &mut Rng, outcome: &Outcome, low: i64, high: i64, step: i64) -> Outcome {
    Outcome { value: Some(rng.between(low / step, high / step) * step), ..outcome.clone() }
}

/// All outcomes of an action that was good or bad; `mean` says which scales are in use.
pub(crate) fn outcomes(rng: &mut Rng, lengths: Lengths, action: Instant, good: bool) -> Vec<Outcome> {
    let mut found = Vec::new();
    review(rng, lengths, action, good, &mut found);
    customers(rng, lengths, action, good, &mut found);
    if rng.chance(12) {
        found.push(after(rng, lengths, action, "heartbeat", 100));
    }
    if rng.chance(3) {
        found.push(after(rng, lengths, action, "mystery", 300));
    }
    if rng.chance(6) {
        found.extend(contradiction(rng, &found, lengths));
    }
    found
}

fn review(rng: &mut Rng, lengths: Lengths, action: Instant, good: bool, found: &mut Vec<Outcome>) {
    if rng.chance(92) {
        let signal = if good { "accepted" } else { rng.pick(&["edited", "rejected", "rejected"]) };
        found.push(after(rng, lengths, action, signal, 90));
    }
    if rng.chance(75) {
        found.push(after(rng, lengths, action, if good { "spot_ok" } else { "spot_bad" }, 150));
    }
    if rng.chance(70) {
        let score = after(rng, lengths, action, "scored", 100);
        let (low, high) = if good { (4_000_000, 5_000_000) } else { (1_000_000, 3_500_000) };
        let step = *rng.pick(&[&500_000, &500_000, &1_000_000, &1]);
        found.push(valued(rng, &score, low, high, step));
    }
    if !good && rng.chance(20) {
        found.push(after(rng, lengths, action, "escalated", 120));
    }
}

fn customers(rng: &mut Rng, lengths: Lengths, action: Instant, good: bool, found: &mut Vec<Outcome>) {
    if good && rng.chance(80) {
        found.push(after(rng, lengths, action, "confirmed", 180));
    }
    for (signal, percent) in [("reopened", 45), ("reversed", 40), ("complaint", 35)] {
        let percent = if good { 1 } else { percent };
        if rng.chance(percent) {
            found.push(after(rng, lengths, action, signal, 500));
        }
    }
    if rng.chance(65) {
        let rating = after(rng, lengths, action, "rated", 200);
        let (low, high) = if good { (7_000_000, 10_000_000) } else { (0, 6_000_000) };
        found.push(valued(rng, &rating, low, high, 250_000));
    }
    if rng.chance(55) {
        let effort = after(rng, lengths, action, "effort", 200);
        let (low, high) = if good { (-2_000_000, 0) } else { (500_000, 2_500_000) };
        found.push(valued(rng, &effort, low, high, 500_000));
    }
}

/// The other side of something said: later, or at the same instant; another value for the same instant.
fn contradiction(rng: &mut Rng, found: &[Outcome], lengths: Lengths) -> Option<Outcome> {
    let first = found.get(rng.index(found.len().max(1)))?;
    let signal = match first.signal {
        "accepted" => rng.pick(&["rejected", "edited"]),
        "edited" | "rejected" => "accepted",
        "spot_ok" => "spot_bad",
        "spot_bad" => "spot_ok",
        "confirmed" => rng.pick(&["reversed", "reopened"]),
        "reversed" | "reopened" => "confirmed",
        same => same,
    };
    let later = lengths.some(rng, 0, 400) / 1_000_000_000 * 1_000_000_000;
    let time = if rng.chance(50) { first.time } else { first.time + later };
    let value = first.value.map(|value| if rng.chance(50) { value } else { value / 2_000_000 * 1_000_000 });
    // The half of a whole value on a scale that starts above 0 may be off it.
    let value = value.map(|value| if signal == "scored" { value.max(1_000_000) } else { value });
    Some(Outcome { signal, time, value })
}
