//! What `cwrc odds` tells: the odds of gates and what they would need; for people, as JSON, as CSV, as a picture.

mod curve;
mod human;
mod json;
mod needs;
mod picture;
mod table;
mod words;
mod year;

pub mod csv;

pub use human::human;
pub use json::{forecast as json, needs as needs_json};
pub use needs::human as needs_human;
pub use picture::svg;

use super::Style;
use crate::forecast::Question;

/// What every page looks at.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The question.
    pub question: &'a Question<'a>,
    /// What is said of the traffic: as it was stated, or what it was measured by.
    pub traffic: &'a str,
}

/// What every section of a page looks at.
#[derive(Clone, Copy, Debug)]
struct View<'a> {
    asked: Asked<'a>,
    style: Style,
}
