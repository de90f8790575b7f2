//! Histories: bytes to records, records to counts (semantics §2).
//!
//! Bytes are cut into lines or rows ([`blocks`]), rows become lines ([`table`]), lines records ([`mod@line`]), lines of
//! one id are merged ([`merge`]), records become samples ([`sample`]) and are added up ([`tally`]) into
//! [`counts::Counts`], which is all that a replay ever sees.
//!
//! Workers take the inputs piece by piece, and cut the pieces themselves (`feed`). What is usual goes swiftly: a line is
//! compared with the shape of the one before ([`shape`]), or read in one pass (`swift`); cells are found in one sweep
//! (`cells`) or come by columns (`parquet::columns`), and become records without a text in between (`direct`), or are
//! counted without a record (`brief`); neighbours of one id are merged at once (`groups`). Records of a tick of which the
//! same matters (`footprint`) are added up together ([`tally`]). Beside each swift way is the plain one, which takes
//! anything, and a test that both say the same.
//!
//! Invariants: neither the order of lines nor the number of threads changes the counts; nothing is dropped without
//! being counted by its reason; memory grows by 8 bytes per record (for duplicate detection) and with the lines whose
//! id occurs more than once, not with the records.

mod alike;
pub mod blocks;
mod brief;
mod cells;
pub mod counts;
pub mod dense;
mod direct;
mod feed;
pub mod fields;
mod footprint;
pub mod format;
mod groups;
mod hashes;
pub mod intake;
pub mod line;
pub mod mapping;
pub mod merge;
mod nameless;
mod numbers;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "no_parquet.rs"]
mod parquet;
pub mod read;
pub mod sample;
mod scan;
mod separated;
pub mod shape;
mod source;
pub(crate) mod stated;
pub mod survey;
mod swift;
pub mod table;
pub mod tally;
#[cfg(test)]
mod tests;
mod wanted;
mod work;

pub use alike::counts_alike;
pub use counts::Counts;
pub use format::{Format, Malformed, Packing};
pub use intake::{Intake, Reason};
pub use mapping::Mapping;
pub use parquet::lines as lines_of_parquet;
pub use read::{Input, Options, ReadError, count, count_text};
pub use source::{Columns, columns};
pub use survey::Survey;
pub(crate) use table::shown;
