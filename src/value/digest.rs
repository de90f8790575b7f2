//! Digests: the SHA-256 of a canonical text.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// `sha256:` and the hexadecimal digest of `text`.
#[must_use]
pub fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().fold(String::from("sha256:"), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
