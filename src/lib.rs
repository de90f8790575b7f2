//! cwrc: policy as code for the autonomy of AI agents.

pub mod analysis;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod generate;
pub mod history;
pub mod model;
pub mod plan;
pub mod render;
pub mod replay;
pub mod source;
pub mod stats;
pub mod syntax;
pub mod value;
