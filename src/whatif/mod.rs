//! What if the policy said something else: variants of a policy over the counts of one history (semantics §8).
//!
//! [`compare`] has a few variants side by side; a [`grid`] has the variants of a sweep, [`sweep`] replays them, [`fast`] is how thousands of them are done in a second,
//! and [`mod@front`] finds those that no other beats.

pub mod compare;
pub mod fast;
pub mod front;
pub mod grid;
pub mod sweep;

pub use compare::{Asked, Change, Variant};
pub use front::{Weight, front, nearest_better};
pub use grid::{Axis, Grid};
pub use sweep::{Cell, READINGS, Sweep, changed, plainly};
