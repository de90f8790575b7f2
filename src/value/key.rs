//! Random bits by name: a counter under a key, mixed by splitmix64's finalizer (Steele, Lea, Flood 2014).
//!
//! Bits depend on their key and their number alone, never on what was drawn before; so neither the order in which they
//! are drawn nor the number of threads that draw them changes anything. The generator is ten lines of integer
//! arithmetic and the same on every platform; a crate would bring streams, traits and versions that change the numbers.

/// The odd constant by which splitmix64 steps.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A key: the seed, and step by step what is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Key(u64);

impl Key {
    /// The key of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(STEP)))
    }

    /// The key below this one that a number names.
    #[must_use]
    pub fn number(self, part: i64) -> Self {
        Self(mix(self.0.rotate_left(17).wrapping_add(STEP) ^ part.cast_unsigned().wrapping_mul(STEP)))
    }

    /// The key below this one that a text names.
    #[must_use]
    pub fn text(self, part: &str) -> Self {
        let length = i64::try_from(part.len()).unwrap_or(i64::MAX);
        part.bytes().fold(self.number(length), |key, byte| key.number(i64::from(byte)))
    }

    /// The 64 random bits of this key that a count names.
    #[must_use]
    pub fn bits(self, count: u64) -> u64 {
        mix(self.0.wrapping_add(count.wrapping_mul(STEP)))
    }
}
