//! The one evaluator: plan and counts in, decisions out (semantics §3, §4, §7).
//!
//! [`run()`] walks the boundaries; [`boundary`] takes the eight steps at each; [`evidence`] reads the counts;
//! [`exposure`] says who could have been hurt; [`summary`] adds it all up; [`follow`] replays a history that is being
//! made. Everything is integers, exact rationals and tables c(n): there is no clock, no float and no map without an
//! order here.

pub mod approvals;
pub mod boundary;
pub mod decision;
pub mod evidence;
pub mod exposure;
pub mod follow;
pub mod options;
pub mod run;
pub mod state;
pub mod summary;

pub use decision::{Decision, Detail, Kind, Reading, Standing};
pub use options::{ApprovalRecord, Approvals, Evidence, Forced, Options};
pub use run::{Error, Run, run, watched};
pub use state::{Saved, State};
pub use summary::{Figures, Summary};
