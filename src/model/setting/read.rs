//! A value as a policy would say it, read as the language reads it.

use super::SetError;
use super::slots::Slot;
use crate::model::damage::Damage;
use crate::model::lower::{Scope, bar, policy, value, word};
use crate::model::names::{Shape, Unit};
use crate::model::policy::{Confidence, Method, Stale, Window};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::ast;
use crate::syntax::literal;
use crate::value::{Decimal, Duration, Tier};

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Duration(Option<Duration>),
    Window(Window),
    Count(u32),
    Decimal(Option<Decimal>),
    Confidence(Option<Confidence>),
    Stale(Stale),
    Ceiling(Option<Tier>),
}

/// Leaves a clause or part out.
const NONE: &str = "none";

/// Reads a value for a slot.
pub(super) fn value(slot: &Slot, text: &str, tick: Duration, path: &str) -> Result<Value, SetError> {
    let text = text.trim();
    if text == NONE || matches!(slot, Slot::Ceiling(_)) && text == Tier::Run.word() {
        return none(slot, path);
    }
    if text.is_empty() {
        let help = format!("write a value such as `{slot}`, which is what the policy says");
        return Err(SetError { message: format!("`{path}` is given no value"), help });
    }
    let damage = Damage::default();
    let mut reader = Reader { scope: Scope::new(&damage), what: format!("`{path}`") };
    reader.scope.tick = Some(tick);
    let read = reader.slot(slot, text);
    let fault = reader.scope.out.into_iter().next();
    match (read, fault) {
        (Some(read), None) => Ok(read),
        (_, Some(fault)) => Err(SetError { message: fault.message, help: fault.help.unwrap_or_default() }),
        (None, None) => Err(SetError { message: format!("`{text}` is no value of `{path}`"), help: String::new() }),
    }
}

fn none(slot: &Slot, path: &str) -> Result<Value, SetError> {
    let none = match slot {
        Slot::Optional(_) => Value::Duration(None),
        Slot::Margin { .. } | Slot::Reentry(_) => Value::Decimal(None),
        Slot::Confidence(_) => Value::Confidence(None),
        Slot::Ceiling(_) => Value::Ceiling(None),
        Slot::Tick(_) | Slot::Duration(_) | Slot::Window(_) | Slot::Count(_) | Slot::Target(..) | Slot::Stale(_) => {
            Value::Count(0)
        }
    };
    if slot.is_optional() {
        return Ok(none);
    }
    let help = format!("write a value such as `{slot}`, which is what the policy says");
    Err(SetError { message: format!("`{path}` cannot be left out"), help })
}

struct Reader<'a> {
    scope: Scope<'a>,
    what: String,
}

/// Where a value stands that is in no file.
const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

impl Reader<'_> {
    fn slot(&mut self, slot: &Slot, text: &str) -> Option<Value> {
        match slot {
            Slot::Tick(_) => {
                let value = self.literal(text)?;
                policy::evaluate(&mut self.scope, &value).map(|tick| Value::Duration(Some(tick)))
            }
            Slot::Duration(_) | Slot::Optional(_) => self.ticks(text).map(|ticks| Value::Duration(Some(ticks))),
            Slot::Stale(old) => match (text, old) {
                ("never", Some(old)) if matches!(old.value, Stale::Never(_)) => Some(Value::Stale(old.value.clone())),
                ("never", _) => Some(Value::Stale(Stale::Never(String::new()))),
                _ => self.ticks(text).map(|after| Value::Stale(Stale::After(after))),
            },
            Slot::Window(_) if text == "tier" => Some(Value::Window(Window::Tier)),
            Slot::Window(_) => self.ticks(text).map(|over| Value::Window(Window::Sliding(over))),
            Slot::Count(_) => {
                let value = self.literal(text)?;
                value::count(&mut self.scope, &value, &self.what, "200").map(Value::Count)
            }
            Slot::Target(_, unit) => {
                let value = self.literal(text)?;
                let target = bar::target(&mut self.scope, &value, shape(*unit), self.what.trim_matches('`'));
                target.map(|target| Value::Decimal(Some(target)))
            }
            Slot::Margin { unit, .. } => {
                let value = self.literal(text)?;
                let margin = bar::margin_in(&mut self.scope, &value, shape(*unit), self.what.trim_matches('`'));
                margin.map(|margin| Value::Decimal(Some(margin)))
            }
            Slot::Reentry(_) => {
                let value = self.literal(text)?;
                value::points(&mut self.scope, &value, &self.what).map(|more| Value::Decimal(Some(more)))
            }
            Slot::Confidence(old) => self.confidence(text, old.map_or(Method::Exact, |old| old.method)),
            Slot::Ceiling(_) => {
                let name = Spanned::new(text.to_owned(), NOWHERE);
                let tier = word::tier(&mut self.scope, &name, "`ceiling`", [Tier::Crawl, Tier::Walk]);
                tier.map(|tier| Value::Ceiling(Some(tier)))
            }
        }
    }

    /// A level, and maybe another method than the clause has.
    fn confidence(&mut self, text: &str, method: Method) -> Option<Value> {
        let (level, method) = match text.split_once(char::is_whitespace) {
            Some((level, word)) => {
                let name = Spanned::new(word.trim().to_owned(), NOWHERE);
                (level, bar::method(&mut self.scope, &name)?)
            }
            None => (text, method),
        };
        let value = self.literal(level)?;
        bar::level(&mut self.scope, &value).map(|level| Value::Confidence(Some(Confidence { level, method })))
    }

    fn ticks(&mut self, text: &str) -> Option<Duration> {
        let value = self.literal(text)?;
        value::ticks(&mut self.scope, &value, &self.what)
    }

    fn literal(&mut self, text: &str) -> Option<ast::Value> {
        match literal(text, NOWHERE) {
            Ok(literal) => Some(ast::Value { literal, span: NOWHERE }),
            Err(fault) => {
                self.scope.out.push(*fault);
                None
            }
        }
    }
}

fn shape(unit: Unit) -> Shape {
    Shape { lower_is_better: false, unit }
}
