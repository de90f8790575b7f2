//! Stub.
use super::Style;
use crate::{
    history::{Counts, Intake},
    plan::Plan,
    replay::Run,
};
pub fn human(_: &Plan, _: &Counts, _: &Run, _: &[String], _: Style) -> String {
    String::new()
}
pub fn bad_lines(_: &Intake, _: &[String], _: Style) -> String {
    String::new()
}
