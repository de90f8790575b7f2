//! Digests: the SHA-256 of a canonical text.

use sha2::{Digest as _, Sha256};

/// `sha256:` and the hexadecimal digest of `text`.
#[must_use]
pub fn sha256(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}
