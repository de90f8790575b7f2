//! What if the policy said something else: variants of a policy over the counts of one history (semantics §8).

pub mod fast;
