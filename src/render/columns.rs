//! Which columns of a table are read, and which are not: so that a mistyped name does not go unseen.

use super::Style;
use super::ink::Ink;
use super::text::{clean, wrap};
use crate::history::{Columns, shown};

/// A paragraph for each table.
#[must_use]
pub fn human(all: &[Columns], style: Style) -> String {
    all.iter().map(|table| one(table, style)).collect()
}

fn one(table: &Columns, style: Style) -> String {
    let read: Vec<String> = table.used.iter().map(|(column, what)| told(column, what)).collect();
    let ignored: Vec<String> = table.ignored.iter().map(|column| clean(&shown(column))).collect();
    let line = |head: &str, names: &[String]| {
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        wrap(&names, &style.paint(Ink::Quiet, head), "           ", style.width)
    };
    let name = style.paint(Ink::Strong, clean(&table.name));
    format!("columns of {name}\n{}{}", line("  read     ", &read), line("  ignored  ", &ignored))
}

/// A column, and what it is read for where that has another name.
fn told(column: &str, what: &str) -> String {
    let is_plain = column == what || what.strip_prefix("attribute ") == Some(column);
    if is_plain { clean(&shown(column)) } else { format!("{} as {what}", clean(&shown(column))) }
}
