//! Stub.
use super::Style;
use crate::diagnostic::Diagnostic;
use crate::model::Policy;
use crate::source::Sources;
pub fn human(d: &[Diagnostic], s: &Sources, _: Style) -> String {
    d.iter()
        .map(|d| format!("{}: {}[{}] {}\n", s.place(d.at.span), d.severity().word(), d.code.number(), d.message))
        .collect()
}
pub fn verdict(path: &str, _: Option<&Policy>, d: &[Diagnostic], _: Style) -> String {
    format!("{path}: {} findings\n", d.len())
}
