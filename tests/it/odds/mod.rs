//! The odds of gates: against reference values computed elsewhere, against themselves (exact chains and simulated paths),
//! and against the engine, which replays histories of the same world.

mod agreement;
mod gates;
mod laws;
mod published;
mod replayed;
