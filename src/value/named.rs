//! A map from names, most of which are short: those are compared as two numbers.

use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};

/// Values by name.
#[derive(Clone, Debug)]
pub struct Named<T> {
    short: FxHashMap<Short, T>,
    long: FxHashMap<Box<str>, T>,
}

/// A name of at most sixteen bytes: its first eight and its last eight, or what there is of them, and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Short(u64, u64, u8);

/// Names mostly differ in their last bytes, which are the highest ones of a number, and the fast hash carries nothing down
/// from there: both halves of a product are hashed together.
impl Hash for Short {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let product = u128::from(self.0 ^ SALT) * u128::from(self.1 ^ SALT.rotate_left(u32::from(self.2)));
        let bytes = product.to_le_bytes();
        let (halves, _) = bytes.as_chunks();
        state.write_u64(halves.iter().fold(0, |all, half| all ^ u64::from_le_bytes(*half)));
    }
}

/// Digits of pi, so that no name is zero here.
const SALT: u64 = 0x243f_6a88_85a3_08d3;

impl Short {
    #[inline]
    fn of(name: &str) -> Option<Self> {
        let (bytes, length) = (name.as_bytes(), u8::try_from(name.len()).ok()?);
        let (start, end) = match (length, bytes.first_chunk(), bytes.last_chunk()) {
            (8..=16, Some(start), Some(end)) => (u64::from_le_bytes(*start), u64::from_le_bytes(*end)),
            (0..=7, ..) => (u64::from(half(bytes.first_chunk(), bytes)), u64::from(half(bytes.last_chunk(), bytes))),
            _ => return None,
        };
        Some(Self(start, end, length))
    }
}

/// Four bytes, or where there are no four, all there are.
#[inline]
fn half(four: Option<&[u8; 4]>, all: &[u8]) -> u32 {
    match (four, all) {
        (Some(four), _) => u32::from_le_bytes(*four),
        (None, [a, b, c]) => u32::from_le_bytes([*a, *b, *c, 0]),
        (None, [a, b]) => u32::from_le_bytes([*a, *b, 0, 0]),
        (None, [a]) => u32::from(*a),
        (None, _) => 0,
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { short: FxHashMap::default(), long: FxHashMap::default() }
    }
}

impl<T> Named<T> {
    /// The value of a name.
    #[inline]
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        Short::of(name).map_or_else(|| self.long.get(name), |short| self.short.get(&short))
    }

    /// Gives a name a value, in place of the one that it had.
    pub fn insert(&mut self, name: &str, value: T) {
        match Short::of(name) {
            Some(short) => drop(self.short.insert(short, value)),
            None => drop(self.long.insert(name.into(), value)),
        }
    }

    /// How many names have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'n, T> FromIterator<(&'n str, T)> for Named<T> {
    fn from_iter<I: IntoIterator<Item = (&'n str, T)>>(all: I) -> Self {
        let mut named = Self::default();
        all.into_iter().for_each(|(name, value)| named.insert(name, value));
        named
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, Short};
    use proptest::prelude::{prop, prop_assert_eq, proptest};
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn is_a_map(entries in prop::collection::vec(("[ab\0é]{0,18}", 0..9_u8), 0..40), asked in "[ab\0é]{0,18}") {
            let plain: BTreeMap<&str, u8> = entries.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            let named: Named<u8> = entries.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            prop_assert_eq!(named.len(), plain.len());
            for name in plain.keys().copied().chain([asked.as_str()]) {
                prop_assert_eq!(named.get(name), plain.get(name));
            }
        }

        #[test]
        fn no_two_names_are_one(one in "[ab]{0,17}", other in "[ab]{0,17}") {
            let both = Short::of(&one).zip(Short::of(&other));
            if let Some((first, second)) = both {
                prop_assert_eq!(first == second, one == other);
            }
        }
    }
}
