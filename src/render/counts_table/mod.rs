//! The counts as a table: what `cwrc count` writes and `--counts` reads. A replay from it equals the replay from the
//! records, to the byte: what became of the lines travels in it too.
//!
//! Each row is of a kind:
//!
//! | kind | says |
//! |---|---|
//! | `cwrc` | the version of the table (`n`), the fingerprint of what was counted (`text`) |
//! | `plan` | a part of the policy that counting used, so that a table of another one can be refused with the reason |
//! | `assumed` | the tier of records that carried none |
//! | `intake` | a figure of what became of the lines |
//! | `bad` | lines left out for a reason, with the first of them |
//! | `earliest`, `latest` | the ends of the history, and the id or signal there |
//! | `sample` | samples of a metric, by action type, tier, cohort and tick: `n`, `bad`, of a mean the sum |
//! | `arrival`, `notice` | signals that trips count, by tick |
//! | `alive` | ticks in which a feed was alive |
//! | `cohort` | the cohort of the latest record of a tick |
//! | `exposure` | records by what it would mean for them to have run unattended |
//! | `rows` | how many rows there are with this one (`n`), in whichever order: a table that was cut is refused |

mod bytes;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod whole;
mod write;

pub use bytes::{Shape, of_counts, parse, render};
pub use read::{Loaded, load};
pub use write::rows;

use serde::{Deserialize, Serialize};

/// The version of the table.
const VERSION: u64 = 2;

/// One row; what a kind does not use is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What it says.
    pub kind: String,
    /// An action type.
    pub action: Option<String>,
    /// A metric, a signal, a figure, a reason, …
    pub name: Option<String>,
    /// A recorded tier.
    pub tier: Option<String>,
    /// The values of the `renew` attributes, as a JSON list.
    pub cohort: Option<String>,
    /// Ticks since 1970.
    pub tick: Option<i64>,
    /// How many.
    pub n: Option<u64>,
    /// How many of them on the wrong side.
    pub bad: Option<u64>,
    /// The sum of the values of a mean, in millionths.
    pub sum_millionths: Option<String>,
    /// Everything else.
    pub text: Option<String>,
}

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unusable {
    /// What is wrong, after the name of the table.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Unusable {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: AGAIN.to_owned() }
    }
}

/// What a table is that holds no record.
#[must_use]
pub fn empty() -> Unusable {
    Unusable::new("holds no record: none could be kept of the history it was counted of")
}

/// The remedy for most.
const AGAIN: &str = "count again: `cwrc count POLICY --history HISTORY -o COUNTS`";

/// The first line of a reason, as a row tells it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    input: String,
    line: u64,
    why: String,
    quote: String,
}
