//! The exact values that decisions are made of: decimals, numbers, instants, durations, tiers, digests; random bits.
//!
//! Nothing here is binary floating point, and nothing here knows what a policy is.

pub mod decimal;
pub mod digest;
pub mod duration;
pub mod key;
pub mod named;
pub mod number;
pub mod tier;
pub mod time;

pub use decimal::Decimal;
pub use duration::Duration;
pub use key::Key;
pub use named::Named;
pub use number::Number;
pub use tier::{Risk, Step, Tier};
pub use time::Instant;
