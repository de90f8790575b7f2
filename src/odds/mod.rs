//! The odds of a gate: how likely an agent of a known quality passes it, and how likely it falls back (semantics §6).
//!
//! [`Asked`] is a gate in a [`World`]; it gives a [`Course`], what every bar sees at every boundary, of an
//! [attempt](Asked::promotion) or of a [stay](Asked::demotion). A course gives an [`Answer`]: by a Markov chain where that
//! is within the [`Effort`], else by simulation with a counter-based generator, a stated error, and tilted paths for what
//! is rare; and it [settles](Course::settle) promises.
//!
//! ```text
//! plan, gate, world ──Asked::promotion──▶ Course ─┬─exact──────▶ Answer
//!                     Asked::demotion             └─simulated──▶
//! ```
//!
//! For another figure of a gate change the [`crate::plan::Gate`] and ask again: `hold`, `min`, `window` and `limit` are
//! public there. Random numbers are common to all courses, so differences are sharp, and on each path
//!
//! - a longer hold, a larger `min` and more confidence never promote earlier: each look clears no more than before. A
//!   larger *window* with the same share has no such law, as c(n) is a saw-tooth, nor has a larger target one for means;
//! - a better agent is never promoted later, and never falls back earlier;
//! - a larger margin, and a larger `min` of a keep bar, never demote earlier, `stale` apart.
//!
//! Everything is the same on every platform and for any number of threads: floating point is +, −, × and ÷ alone, and
//! sums have one order.

mod answer;
mod binomial;
mod chain;
mod course;
mod curve;
mod simulate;
mod spread;
mod states;
mod told;
mod world;

pub use answer::{Answer, Effort, Method, Promised, RARE, Verdict};
pub use binomial::{Sampler, Split};
pub use course::{Asked, Course, Dropping, Refused};
pub use curve::{Average, Curve};
pub use spread::spread;
pub use told::percent;
pub use world::{Flow, World};

/// Changes whenever an answer may change that a plan and a promise gave before; part of the key under which answers are
/// kept.
pub const ALGORITHM: u32 = 2;
