//! The policy as meant: names resolved, ladders merged, units checked.

pub mod policy;

pub use policy::Policy;
