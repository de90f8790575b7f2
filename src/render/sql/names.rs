//! What the warehouse calls the tables and columns: `records=logs.actions,records.time=opened_at,notices=none`.

use crate::plan::Plan;
use crate::source::suggest::suggest;
use std::collections::BTreeMap;

/// One of the three tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// One row per record.
    Records,
    /// One row per outcome of a record.
    Outcomes,
    /// One row per notice.
    Notices,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Records, Self::Outcomes, Self::Notices];

    /// Its name, unless the warehouse has another.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Outcomes => "outcomes",
            Self::Notices => "notices",
        }
    }

    /// The columns that it has under any policy.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Records => &["id", "time", "action", "tier"],
            Self::Outcomes => &["id", "signal", "time", "value"],
            Self::Notices => &["signal", "time"],
        }
    }
}

/// The names of a warehouse; by default the specification's words, and for attributes their names in the policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    tables: BTreeMap<Table, String>,
    columns: BTreeMap<(Table, String), String>,
}

impl Names {
    /// Reads `TABLE=NAME` and `TABLE.COLUMN=NAME` pairs separated by commas. The error says what is wrong with which.
    pub fn parse(pairs: &str, plan: &Plan) -> Result<Self, String> {
        let mut names = Self::default();
        for pair in pairs.split(',').map(str::trim) {
            names.add(pair, plan)?;
        }
        Ok(names)
    }

    fn add(&mut self, pair: &str, plan: &Plan) -> Result<(), String> {
        let (what, name) = pair.split_once('=').map(|(what, name)| (what.trim(), name.trim())).unwrap_or_default();
        if what.is_empty() || name.is_empty() {
            return Err(format!(
                "`{pair}` is not of the form TABLE=NAME or TABLE.COLUMN=NAME, as in `records.time=opened_at`"
            ));
        }
        let (table, column) = what.split_once('.').map_or((what, None), |(table, column)| (table, Some(column)));
        let words = Table::ALL.map(Table::word);
        let Some(found) = Table::ALL.into_iter().find(|it| it.word() == table) else {
            return Err(unknown(table, "a table", &words));
        };
        match column {
            None if name == "none" && found != Table::Notices => {
                return Err(format!("only `notices` may be none; `{table}` is needed"));
            }
            None => once(self.tables.insert(found, name.to_owned()), what)?,
            Some(column) => {
                let known = columns(found, plan);
                if !known.contains(&column) {
                    return Err(unknown(column, &format!("a column of `{table}`"), &known));
                }
                once(self.columns.insert((found, column.to_owned()), name.to_owned()), what)?;
            }
        }
        Ok(())
    }

    /// What stands behind FROM; `None` where the warehouse has no such table.
    #[must_use]
    pub fn table(&self, table: Table) -> Option<&str> {
        let name = self.tables.get(&table).map_or(table.word(), String::as_str);
        (name != "none").then_some(name)
    }

    /// The name of a column.
    #[must_use]
    pub fn column<'a>(&'a self, table: Table, column: &'a str) -> &'a str {
        self.columns.get(&(table, column.to_owned())).map_or(column, String::as_str)
    }
}

/// The columns of a table under a policy: its attributes are columns of the records.
fn columns(table: Table, plan: &Plan) -> Vec<&str> {
    let attributes = plan.attributes.iter().filter(|_| table == Table::Records).map(|it| it.name.as_str());
    table.columns().iter().copied().chain(attributes).collect()
}

/// Nothing goes by two names.
fn once(before: Option<String>, what: &str) -> Result<(), String> {
    before.map_or(Ok(()), |name| Err(format!("`{what}` is named twice, first `{name}`; leave one out")))
}

fn unknown(word: &str, what: &str, known: &[&str]) -> String {
    let near = suggest(word, known.iter().copied()).map(|near| format!("`{near}`"));
    format!("`{word}` is not {what}; write {}", near.unwrap_or_else(|| format!("one of {}", known.join(", "))))
}
