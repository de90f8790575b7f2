//! The counts as one SQL query, for histories that outgrow one machine: `cwrc count POLICY --sql DIALECT`.
//!
//! The query reads three tables, `records`, `outcomes` and `notices` ([`names`] says how they are called), takes each
//! row for one line of a history, and yields the table of counts (semantics §2 and §7; `super::counts_table`). It is one
//! chain of steps: [`lines`] makes records of rows, [`judged`] samples and harm of records, [`rows`] the table of those.
//! [`dialect`] is all that engines differ in; [`words`] writes expressions.
//!
//! What a query cannot know is left out: the file and line of bad rows. What types already forbid cannot occur in it:
//! `unparsable`, times that are none, values and attributes of another kind.
//!
//! To add a dialect: one row in [`dialect::DIALECTS`], and its engine in `tests/sql/engines.py`.

pub mod dialect;
mod judged;
mod lines;
pub mod names;
mod rows;
mod words;

pub use dialect::{DIALECTS, Dialect};
pub use names::{Names, Table};

use super::counts_table::{self, Row};
use crate::history::Counts;
use crate::history::tally::Wanted;
use crate::model::policy::{ActionId, AttributeKind};
use crate::plan::Plan;
use crate::value::{Instant, Tier};
use words::Words;

/// What to write a query for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The policy.
    pub plan: &'a Plan,
    /// The engine.
    pub dialect: &'static Dialect,
    /// What the tables are called.
    pub names: &'a Names,
    /// The tier of records that carry none.
    pub assume_tier: Option<Tier>,
    /// Later records, outcomes and notices are bad.
    pub now: Option<Instant>,
}

/// Columns of a comment.
const WIDTH: usize = 110;

/// One step of the query: a common table expression.
struct Step {
    name: &'static str,
    why: &'static str,
    body: String,
}

impl Step {
    fn select(name: &'static str, why: &'static str, columns: &[String], from: &str) -> Self {
        Self { name, why, body: format!("SELECT\n  {}\n{from}", columns.join(",\n  ")) }
    }

    fn text(&self) -> String {
        let body = self.body.replace('\n', "\n  ");
        format!("{}{} AS (\n  {body}\n)", comment(self.why), self.name)
    }
}

/// The query.
#[must_use]
pub fn query(request: &Request) -> String {
    let words = Words { plan: request.plan, dialect: request.dialect, names: request.names };
    let wanted = Wanted::new(request.plan);
    let mut steps = vec![made_for(request, &words)];
    steps.extend(lines::steps(request, &words));
    steps.extend(judged::steps(&words, &wanted));
    let steps: Vec<String> = steps.iter().map(Step::text).collect();
    let rows = rows::rows(&words, &wanted);
    let tail = if request.dialect.tail.is_empty() { String::new() } else { format!("\n{}", request.dialect.tail) };
    format!("{}WITH\n{}\n{rows}{tail};\n", head(&words), steps.join(",\n"))
}

/// What the counts belong to: the rows of the table that do not depend on the history.
fn made_for(request: &Request, words: &Words) -> Step {
    let rows = counts_table::rows(request.plan, &Counts::default(), &[], request.assume_tier);
    let types = words.dialect.types;
    let text = |value: Option<&String>| value.map_or_else(|| "NULL".to_owned(), |value| words.text(value));
    let select = |row: &Row| {
        let n = row.n.map_or_else(|| "NULL".to_owned(), |n| n.to_string());
        let cells =
            [text(Some(&row.kind)), text(row.name.as_ref()), text(row.tier.as_ref()), n, text(row.text.as_ref())];
        format!("SELECT {}", cells.join(", "))
    };
    let column = |kind: &str, name: &str| format!("{} AS {name}", Words::null(kind));
    let columns = ["kind", "name", "tier"].map(|name| column(types.text, name)).into_iter();
    let columns = columns.chain([column(types.integer, "n"), column(types.text, "text")]).collect::<Vec<_>>();
    let names = format!("SELECT {}", columns.join(", "));
    let fixed = rows.iter().filter(|row| ["cwrc", "plan", "assumed"].contains(&row.kind.as_str()));
    let rows = fixed.map(select).collect::<Vec<_>>().join("\n  UNION ALL ");
    let body = format!("SELECT *\nFROM (\n  {names}\n  UNION ALL {rows}\n) m\nWHERE kind IS NOT NULL");
    Step { name: "made_for", why: "What these counts are of: a table made for another policy is refused.", body }
}

/// What the reader must know before running it.
fn head(words: &Words) -> String {
    let Dialect { title, is_run, notes, types, .. } = words.dialect;
    let tables: Vec<String> = Table::ALL.into_iter().filter_map(|table| table_line(words, table)).collect();
    let tested = if *is_run { "run by the tests of cwrc" } else { "parsed, but not run, by the tests of cwrc" };
    let mut text = comment(&format!(
        "The counts of policy `{}` for cwrc, in the SQL of {title} ({tested}). It reads",
        words.plan.policy
    ));
    for table in &tables {
        text.push_str(&wrapped("--  ", table));
    }
    text.push_str(&comment(&format!(
        "Each row is a line of a history. Times are instants in whole microseconds: cut finer ones off as you load \
         them. Numbers are exact ({}). Rows that these types cannot hold (a time that is none, a value that is no \
         number) are left out, and counted, as you load them; an attribute of another kind is loaded as null. Rows \
         that are bad otherwise are left out and counted here, by reason. Columns that are not listed are not compared.",
        types.number
    )));
    for note in *notes {
        text.push_str(&comment(note));
    }
    text
}

fn table_line(words: &Words, table: Table) -> Option<String> {
    let types = words.dialect.types;
    let kind = |column: &str| match column {
        "time" => types.time,
        "value" => types.number,
        _ => types.text,
    };
    let named = |column: &str, kind: &str| format!("{} {kind}", words.names.column(table, column));
    let mut columns: Vec<String> = table.columns().iter().map(|column| named(column, kind(column))).collect();
    if table == Table::Records {
        columns.extend(words.plan.attributes.iter().map(|it| named(&it.name, kind_of(words, it.kind))));
    }
    Some(format!("{}({})", words.names.table(table)?, columns.join(", ")))
}

fn kind_of(words: &Words, kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Number => words.dialect.types.number,
        AttributeKind::Text => words.dialect.types.text,
        AttributeKind::Flag => words.dialect.types.flag,
    }
}

/// A comment, in lines that a person can read.
fn comment(text: &str) -> String {
    wrapped("--", text)
}

/// Words in lines that begin alike.
fn wrapped(start: &str, text: &str) -> String {
    let mut lines = vec![start.to_owned()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() == start.len() || line.len() + word.len() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{start} {word}")),
        }
    }
    lines.join("\n") + "\n"
}

/// Cases with the same outcome become one, of all their action types.
fn merged(cases: impl Iterator<Item = (Vec<ActionId>, String)>) -> Vec<(Vec<ActionId>, String)> {
    let mut all: Vec<(Vec<ActionId>, String)> = Vec::new();
    for (ids, text) in cases {
        match all.iter_mut().find(|(_, other)| *other == text) {
            Some((known, _)) => known.extend(ids),
            None => all.push((ids, text)),
        }
    }
    all
}
