//! The odds of gates: against reference values computed elsewhere, against themselves (exact chains and simulated paths),
//! and against the engine, which replays histories of the same world.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers made here"
)]

mod agreement;
mod gates;
mod laws;
mod published;
mod replayed;
