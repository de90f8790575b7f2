//! Expressions: literals, names, ticks, predicates, and attributes as canonical JSON.

use super::dialect::{Dialect, fill};
use super::names::{Names, Table};
use crate::model::policy::{ActionId, AttributeId, AttributeKind, Constant, MetricId, Predicate, SignalId, Subject};
use crate::plan::{Attribute, Plan};
use crate::syntax::ast::Op;
use crate::value::{Decimal, Instant};

/// Microseconds of a second.
const MICROS: i64 = 1_000_000;

/// Days from 0001-01-01 to 1970-01-01: added to a time, they make it positive, so that a quotient rounds down.
const SHIFT_DAYS: i64 = 719_162;

/// What every expression may need.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub(super) plan: &'a Plan,
    pub(super) dialect: &'static Dialect,
    pub(super) names: &'a Names,
}

impl Words<'_> {
    /// A text.
    pub(super) fn text(&self, text: &str) -> String {
        let text = if self.dialect.backslash {
            let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
            escaped.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t")
        } else {
            text.replace('\'', "''")
        };
        format!("'{text}'")
    }

    /// Texts in a list.
    fn texts<'t>(&self, texts: impl Iterator<Item = &'t str>) -> String {
        texts.map(|text| self.text(text)).collect::<Vec<_>>().join(", ")
    }

    /// An exact number.
    pub(super) fn millionths(&self, value: i64) -> String {
        fill(self.dialect.number, &Decimal::from_millionths(i128::from(value)).to_string())
    }

    /// A column of a table, which goes by `t`.
    pub(super) fn column(&self, table: Table, column: &str) -> String {
        let name = self.names.column(table, column);
        let is_plain = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        match self.dialect.quote {
            None if is_plain => format!("t.{name}"),
            quote => {
                let quote = quote.unwrap_or('"');
                format!("t.{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
            }
        }
    }

    /// The column of a table as a text that compares by bytes.
    pub(super) fn text_column(&self, table: Table, column: &str) -> String {
        let cast = format!("CAST({} AS {})", self.column(table, column), self.dialect.types.text);
        fill(self.dialect.bytewise, &cast)
    }

    /// The time of a row in microseconds.
    pub(super) fn time_column(&self, table: Table) -> String {
        fill(self.dialect.micros, &self.column(table, "time"))
    }

    /// An absent value of a type.
    pub(super) fn null(kind: &str) -> String {
        format!("CAST(NULL AS {kind})")
    }

    /// The tick that contains a time.
    pub(super) fn tick(&self, micros: &str) -> String {
        format!("{} - {}", self.shifted_tick(micros), SHIFT_DAYS * 86_400 / self.plan.tick_seconds)
    }

    /// How many ticks a time is after an earlier one.
    pub(super) fn ticks_between(&self, earlier: &str, later: &str) -> String {
        format!("{} - {}", self.shifted_tick(later), self.shifted_tick(earlier))
    }

    /// The tick counted from the year 1, which is never negative.
    fn shifted_tick(&self, micros: &str) -> String {
        let shifted = format!("({micros} + {})", SHIFT_DAYS * 86_400 * MICROS);
        let tick = (self.plan.tick_seconds * MICROS).to_string();
        self.dialect.quotient.replace("{a}", &shifted).replace("{b}", &tick)
    }

    /// A time in microseconds as RFC 3339.
    pub(super) fn instant(&self, micros: &str) -> String {
        fill(self.dialect.instant, micros)
    }

    /// That a signal is one of these.
    pub(super) fn is_signal(&self, signal: &str, ids: &[SignalId]) -> String {
        let names = ids.iter().map(|id| self.plan.signals[id.index()].as_str());
        self.is_one_of(signal, names)
    }

    /// That an action type is one of these.
    pub(super) fn is_action(&self, actions: &[ActionId]) -> String {
        self.is_one_of("action_type", actions.iter().map(|id| self.plan.actions[id.index()].name.as_str()))
    }

    fn is_one_of<'t>(&self, expression: &str, words: impl Iterator<Item = &'t str>) -> String {
        let words: Vec<&str> = words.collect();
        match words.as_slice() {
            [] => "FALSE".to_owned(),
            [only] => format!("{expression} = {}", self.text(only)),
            several => format!("{expression} IN ({})", self.texts(several.iter().copied())),
        }
    }

    /// The name of a metric.
    pub(super) fn metric(&self, id: MetricId) -> &str {
        &self.plan.metrics[id.index()].name
    }

    /// A predicate; every comparison with what is absent is false, so that `not` of it is true.
    pub(super) fn predicate(&self, predicate: &Predicate) -> String {
        match predicate {
            Predicate::Compare(subject, op, constant) => self.comparison(*subject, *op, constant),
            Predicate::In(subject, constants) => {
                let equals = constants.iter().map(|constant| self.comparison(*subject, Op::Equal, constant));
                joined(&equals.collect::<Vec<_>>(), " OR ", "FALSE")
            }
            Predicate::Not(inner) => format!("NOT ({})", self.predicate(inner)),
            Predicate::And(parts) => joined(&self.parts(parts), " AND ", "TRUE"),
            Predicate::Or(parts) => joined(&self.parts(parts), " OR ", "FALSE"),
        }
    }

    fn parts(&self, parts: &[Predicate]) -> Vec<String> {
        let part = |part: &Predicate| match part {
            Predicate::And(_) | Predicate::Or(_) | Predicate::In(..) => format!("({})", self.predicate(part)),
            Predicate::Compare(..) | Predicate::Not(_) => self.predicate(part),
        };
        parts.iter().map(part).collect()
    }

    fn comparison(&self, subject: Subject, op: Op, constant: &Constant) -> String {
        let (kind, given) = match subject {
            Subject::Action => (AttributeKind::Text, "action".to_owned()),
            Subject::Attribute(id) => {
                let attribute = &self.plan.attributes[id.index()];
                (attribute.kind, given(attribute))
            }
        };
        let (constant, of) = match constant {
            Constant::Number(number) => (fill(self.dialect.number, &number.to_string()), AttributeKind::Number),
            Constant::Text(text) => (self.text(text), AttributeKind::Text),
            Constant::Flag(flag) => (flag.to_string().to_uppercase(), AttributeKind::Flag),
        };
        let comparison = format!("{given} {} {constant}", sign(op));
        match subject {
            // Values of different kinds never compare.
            _ if kind != of => "FALSE".to_owned(),
            Subject::Action => comparison,
            Subject::Attribute(_) => format!("COALESCE({comparison}, FALSE)"),
        }
    }

    /// The value of an attribute as canonical JSON; null where it is absent.
    fn json(&self, attribute: &Attribute) -> String {
        let given = given(attribute);
        match attribute.kind {
            AttributeKind::Number => fill(self.dialect.shortest, &given),
            AttributeKind::Flag => format!("CASE WHEN {given} THEN 'true' WHEN NOT {given} THEN 'false' END"),
            AttributeKind::Text => format!("'\"' || {} || '\"'", self.escaped(&given)),
        }
    }

    /// A text with the escapes of JSON; control characters that have no short escape, which no log has, stay.
    pub(super) fn escaped(&self, text: &str) -> String {
        let plain = [('\\', "\\\\"), ('"', "\\\"")].map(|(from, to)| (self.text(&from.to_string()), to));
        let short = [(10, "\\n"), (13, "\\r"), (9, "\\t"), (8, "\\b"), (12, "\\f")];
        let controls = short.map(|(code, to)| (fill(self.dialect.character, &code.to_string()), to));
        let replace =
            |inner: String, (from, to): (String, &str)| format!("REPLACE({inner}, {from}, {})", self.text(to));
        plain.into_iter().chain(controls).fold(text.to_owned(), replace)
    }

    /// The attributes of a record as canonical JSON, but for a comma before each first key, which changes no order: what
    /// is absent is left out.
    pub(super) fn attributes(&self) -> String {
        let mut all: Vec<(&[String], &Attribute)> = self.plan.attributes.iter().map(|it| (&it.key[..], it)).collect();
        all.sort_by_key(|(key, _)| *key);
        all.dedup_by_key(|(key, _)| *key);
        self.object(&all)
    }

    /// One object: the keys are sorted, so those that start alike stand side by side.
    fn object(&self, all: &[(&[String], &Attribute)]) -> String {
        let same = |one: &(&[String], &Attribute), other: &(&[String], &Attribute)| one.0[0] == other.0[0];
        let members = all.chunk_by(same).map(|group| self.member(group));
        let parts = std::iter::once("'{'".to_owned()).chain(members).chain(["'}'".to_owned()]);
        parts.collect::<Vec<_>>().join("\n    || ")
    }

    fn member(&self, group: &[(&[String], &Attribute)]) -> String {
        let key = serde_json::Value::from(group[0].0[0].as_str()).to_string();
        let key = self.text(&format!(",{key}:"));
        if let Some((_, leaf)) = group.iter().find(|(path, _)| path.len() == 1) {
            return format!("COALESCE({key} || {}, '')", self.json(leaf));
        }
        let inner: Vec<_> = group.iter().map(|(path, attribute)| (&path[1..], *attribute)).collect();
        let given: Vec<String> =
            inner.iter().map(|(_, attribute)| format!("{} IS NOT NULL", given(attribute))).collect();
        format!("CASE WHEN {} THEN {key} || {} ELSE '' END", given.join(" OR "), self.object(&inner))
    }

    /// The cohort of a record by these attributes: a JSON list of their values.
    pub(super) fn cohort(&self, attributes: &[AttributeId]) -> String {
        let value = |id: &AttributeId| format!("COALESCE({}, 'null')", self.json(&self.plan.attributes[id.index()]));
        format!("'[' || {} || ']'", attributes.iter().map(value).collect::<Vec<_>>().join(" || ',' || "))
    }
}

/// The column of an attribute after the first step.
pub(super) fn given(attribute: &Attribute) -> String {
    format!("given_{}", attribute.name)
}

/// A time in microseconds.
pub(super) fn micros(time: Instant) -> i64 {
    time.seconds * MICROS + i64::from(time.nanos / 1_000)
}

/// So many seconds after an expression.
pub(super) fn after(micros: &str, seconds: i64) -> String {
    format!("{micros} + {}", seconds * MICROS)
}

fn joined(parts: &[String], by: &str, none: &str) -> String {
    if parts.is_empty() { none.to_owned() } else { parts.join(by) }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Equal => "=",
        Op::NotEqual => "<>",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::More => ">",
        Op::AtLeast => ">=",
    }
}
