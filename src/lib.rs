//! cwrc: policy as code for the autonomy of AI agents.
//!
//! A policy (`*.cwr`) says which bars each action type of an agent must clear, for how long, before it may act on its
//! own (crawl, walk, run), and when it falls back. This crate parses it, checks it, compiles it to integers, and
//! replays it over outcomes that a team has already logged. It is exact, it says why, and it never invents data.
//!
//! # The pipeline
//!
//! ```text
//! text ──syntax::parse──▶ ast::File ──model::build──▶ Policy ──plan::compile──▶ Plan ─┐
//!                                                       │                             │
//!                                                  check::check                       ├─replay::run──▶ Run ──▶ render
//!                                                       ▼                             │
//!                                                  Diagnostics                        │
//! bytes ──history::count (blocks ▶ lines ▶ records ▶ samples)──▶ Counts ──────────────┘
//! ```
//!
//! One representation per question: *as written* (`syntax::ast::File`), *as meant* (`model::Policy`), *as executed*
//! (`plan::Plan`), *as happened* (`history::Counts`), *as decided* (`replay::Run`).
//!
//! # The floors
//!
//! A module uses only modules of lower floors; modules of one floor do not know each other. A test reads this table.
//!
//! ```text
//! 10  cli               argv, opening files, stdio, exit codes
//!  9  render            values to text: for people and for programs
//!  8  analysis          the front door: paths in, everything known about the policies out
//!  7  check diff forecast generate scenario whatif  features; siblings, blind to one another
//!  6  replay            the one evaluator: plan and counts to decisions
//!  5  history odds      bytes to records, records to counts; how likely a gate is passed in a stated world
//!  4  plan overlap      the policy as executed: ticks, integers, tables, digest; records that predicates share
//!  3  model             the policy as meant: names resolved, ladders merged, units checked
//!  2  syntax            text to a tree and diagnostics; its one canonical layout
//!  1  stats diagnostic yaml  bounds and tables c(n); what is wrong, and the table of codes; YAML with its places
//!  0  value source      exact values; texts and places in them
//! ```
//!
//! # Invariants
//!
//! Each with the test that keeps it.
//!
//! 1. Parsing and building never fail: they give a value and diagnostics (`syntax::properties`, `model::tests`).
//! 2. Only `cli` opens, writes or reads the clock; policies come through [`source::Files`], histories through inputs that
//!    are handed in (`it::floors`).
//! 3. Records become counts first, and a replay sees nothing but counts; neither the order of lines nor threads change a
//!    byte (`it::laws`).
//! 4. There is one evaluator, [`replay::run()`], and it agrees with a second one that lives in the tests and shares no code
//!    with it (`it::differential`).
//! 5. No float decides: none in `value`, `model`, `plan`, `history`, `replay`. `stats` computes bounds with pure Rust
//!    functions and a guard, so that its integer tables are the same everywhere (`it::tidy`, `stats::tests`); `odds`
//!    counts in advance what `replay` will see, and speaks of chances alone (`it::odds`).
//! 6. Every code has a page with a bad and a good example, and is emitted by some case (`it::tidy`).
//! 7. Only `diagnostic/code.rs` knows a code's number.
//!
//! # Where things go
//!
//! - a new lint: one file in `check/rules` and one line in `check/mod.rs`, a row in `diagnostic/code.rs`, a page;
//! - a new clause: `grammar/cwr.pest`, `syntax/ast.rs`, `clauses.rs` and `format/order.rs`, then follow the compiler
//!   through `model`, `plan`, `replay`;
//! - a new kind of metric: `model/policy.rs` `MetricKind`, then follow the compiler to `history/sample.rs`;
//! - a step of the evaluation: `replay/boundary.rs`, which has one function per step of the specification;
//! - a new expectation of scenarios: `scenario/expect.rs` says when it is met, `file.rs` reads it, `render/scenario.rs`
//!   words it;
//! - a new kind of clause: also its `Part` in `scenario/coverage`, and how it is left out in `scenario/mutants`;
//! - a new command: one file in `cli`, two lines in `cli/mod.rs`.

// Floor 0.
pub mod source;
pub mod value;
// Floor 1.
pub mod diagnostic;
pub mod stats;
pub mod yaml;
// Floor 2.
pub mod syntax;
// Floor 3.
pub mod model;
// Floor 4.
pub mod overlap;
pub mod plan;
// Floor 5.
pub mod history;
pub mod odds;
// Floor 6.
pub mod replay;
// Floor 7.
pub mod check;
pub mod diff;
pub mod forecast;
pub mod generate;
pub mod scenario;
pub mod whatif;
// Floor 8.
pub mod analysis;
// Floor 9.
pub mod render;
// Floor 10.
pub mod cli;
