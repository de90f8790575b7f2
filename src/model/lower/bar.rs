//! `bar` and `keep`: every part is checked by itself, so that one line can give several findings, but each once.

use super::value::{self, hundredfold};
use super::{Scope, word};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::names::{Shape, Unit};
use crate::model::policy::{Bar, BarPlaces, Confidence, Method, Window};
use crate::syntax::ast::{self, Clause, ClauseKind, Op, Value};
use crate::value::Decimal;

const METHODS: [(&str, Method); 3] =
    [("exact", Method::Exact), ("wilson", Method::Wilson), ("anytime", Method::Anytime)];

/// A part that may be absent could not be built.
struct Faulty;

/// A bar as written, and what is known around it.
struct Written<'a> {
    clause: &'a Clause,
    bar: &'a ast::Bar,
    keep: bool,
    /// `None` where the metric is unknown.
    shape: Option<Shape>,
}

impl Written<'_> {
    /// `bar` or `keep`.
    fn word(&self) -> &'static str {
        if self.keep { "`keep`" } else { "`bar`" }
    }

    fn metric(&self) -> &str {
        &self.bar.metric.value
    }
}

/// A bar, or a keep, as the clause says.
pub(super) fn lower(scope: &mut Scope, clause: &Clause, bar: &ast::Bar) -> Option<Bar> {
    let metric = scope.metric(&bar.metric);
    let keep = matches!(clause.kind, ClauseKind::Keep(_));
    let written = Written { clause, bar, keep, shape: metric.and_then(|metric| metric.shape) };
    let op = op(scope, &written);
    let target = written.shape.and_then(|shape| target(scope, &bar.target, shape, written.metric()));
    let window = window(scope, &written);
    let min = min(scope, &written);
    let confidence = confidence(scope, &written);
    let margin = margin(scope, &written);
    Some(Bar {
        metric: metric?.id?,
        op: op?,
        target: target?,
        window: window?,
        min: min?,
        confidence: confidence.ok()?,
        margin: margin.ok()?,
        places: places(&written),
    })
}

fn places(written: &Written) -> BarPlaces {
    let Written { clause, bar, .. } = written;
    let of = |value: &Option<Value>| value.as_ref().map_or(clause.span, |value| value.span);
    let confidence = of(&bar.confidence);
    BarPlaces {
        metric: bar.metric.span,
        op: bar.op.span,
        target: bar.target.span,
        window: match &bar.over {
            Some(ast::Window::Sliding(value)) => value.span,
            Some(ast::Window::Tier(span)) => *span,
            None => clause.span,
        },
        min: of(&bar.min),
        confidence: bar.method.as_ref().map_or(confidence, |method| confidence.to(method.span)),
        margin: of(&bar.margin),
    }
}

/// The operator, if it asks for the better side.
fn op(scope: &mut Scope, written: &Written) -> Option<Op> {
    let op = &written.bar.op;
    let asks_lower = match op.value {
        Op::Less | Op::AtMost => Some(true),
        Op::More | Op::AtLeast => Some(false),
        Op::Equal | Op::NotEqual => None,
    };
    let lower = written.shape.map(|shape| shape.lower_is_better);
    if asks_lower.is_some() && (lower.is_none() || lower == asks_lower) {
        return Some(op.value);
    }
    scope.out.push(wrong_direction(written, lower));
    None
}

fn wrong_direction(written: &Written, lower: Option<bool>) -> Diagnostic {
    let op = &written.bar.op;
    let metric = written.metric();
    let sign = op.value.sign();
    let message = match (op.value, lower) {
        (Op::Equal | Op::NotEqual, _) => format!("the comparison says no direction for `{metric}`"),
        (_, Some(true)) => format!("`{metric} {sign}` asks for more, and lower is better"),
        _ => format!("`{metric} {sign}` asks for less, and higher is better"),
    };
    let help = match lower {
        Some(true) => "write `<` or `<=`",
        Some(false) => "write `>` or `>=`",
        None => "write `>=` where higher is better, `<=` where lower is",
    };
    Diagnostic::new(Code::WrongDirection, op.span, message).help(help)
}

/// A target (or a `given`) in the unit of a metric.
pub(in crate::model) fn target(scope: &mut Scope, value: &Value, shape: Shape, metric: &str) -> Option<Decimal> {
    let Unit::Scale(scale) = shape.unit else {
        return value::share(scope, value, &format!("`{metric}`"));
    };
    let help = match scale {
        Some((low, high)) => format!("`{metric}` is a mean: write a number between {low} and {high}"),
        None => format!("`{metric}` is a mean: write a number of its scale"),
    };
    let number = value::number(scope, value, &format!("`{metric}`"), &help)?;
    let Some((low, high)) = scale.filter(|(low, high)| number < *low || number > *high) else {
        return Some(number);
    };
    let message = format!("`{number}` is off the scale of `{metric}`");
    value::refuse(scope, value.span, message, format!("write a number between {low} and {high}"))
}

fn window(scope: &mut Scope, written: &Written) -> Option<Window> {
    match &written.bar.over {
        Some(ast::Window::Sliding(value)) => value::ticks(scope, value, "`over`").map(Window::Sliding),
        Some(ast::Window::Tier(_)) => Some(Window::Tier),
        None => missing(scope, written, "window", "add `over 14d`, or `over tier` for all since the tier was entered"),
    }
}

fn min(scope: &mut Scope, written: &Written) -> Option<u32> {
    match &written.bar.min {
        Some(value) => value::count(scope, value, "`min`", "min 200"),
        None => missing(scope, written, "`min`", "add `min 200`, the least number of samples that count as evidence"),
    }
}

fn missing<T>(scope: &mut Scope, written: &Written, part: &str, help: &str) -> Option<T> {
    let message = format!("{} on `{}` has no {part}", written.word(), written.metric());
    scope.report_missing(written.clause.span, message, help)
}

fn confidence(scope: &mut Scope, written: &Written) -> Result<Option<Confidence>, Faulty> {
    let Some(value) = &written.bar.confidence else { return Ok(None) };
    if written.keep {
        let message = "`confidence` does not belong in a `keep`".to_owned();
        let help = "leave it out: falling back is the safe side and asks for no proof";
        scope.report(Code::MisplacedClause, value.span, message, help);
        return Err(Faulty);
    }
    if let Some(Shape { unit: Unit::Scale(_), .. }) = written.shape {
        let message = format!("`confidence` on `{}`, which is a mean", written.metric());
        scope.report(Code::WrongValue, value.span, message, "leave it out, and ask for a larger `min`");
        return Err(Faulty);
    }
    let level = level(scope, value);
    let method = match &written.bar.method {
        Some(name) => method(scope, name),
        None => Some(Method::Exact),
    };
    let (Some(level), Some(method)) = (level, method) else { return Err(Faulty) };
    Ok(Some(Confidence { level, method }))
}

/// Which bound.
pub(in crate::model) fn method(scope: &mut Scope, name: &ast::Name) -> Option<Method> {
    word::choose(scope, name, "method", &METHODS)
}

/// Above 50 % and below 100 %.
pub(in crate::model) fn level(scope: &mut Scope, value: &Value) -> Option<Decimal> {
    let level = value::share(scope, value, "`confidence`")?;
    let twice = level.plus(level);
    if twice > Decimal::ONE && level < Decimal::ONE {
        return Some(level);
    }
    let message = format!("confidence of `{}%` is not above 50% and below 100%", hundredfold(level));
    value::refuse(scope, value.span, message, "write a level such as `95%`")
}

fn margin(scope: &mut Scope, written: &Written) -> Result<Option<Decimal>, Faulty> {
    match (&written.bar.margin, written.shape) {
        (Some(value), Some(shape)) => margin_in(scope, value, shape, written.metric()).map(Some).ok_or(Faulty),
        (Some(_), None) => Err(Faulty),
        (None, _) if written.keep => {
            missing(scope, written, "margin", margin_help(written.shape)).map_or(Err(Faulty), |()| Ok(None))
        }
        (None, _) => Ok(None),
    }
}

fn margin_help(shape: Option<Shape>) -> &'static str {
    match shape {
        Some(Shape { unit: Unit::Scale(_), .. }) => "add `margin 0.2`, how far beyond the target is still kept",
        _ => "add `margin 4pp`, how far beyond the target is still kept",
    }
}

/// A margin in the unit of a metric.
pub(in crate::model) fn margin_in(scope: &mut Scope, value: &Value, shape: Shape, metric: &str) -> Option<Decimal> {
    let margin = match shape.unit {
        Unit::Share => value::points(scope, value, "`margin`")?,
        Unit::Scale(_) => {
            let help = format!("`{metric}` is a mean: write a number in its own unit, such as `0.2`");
            value::number(scope, value, "`margin`", &help)?
        }
    };
    if margin > Decimal::ZERO {
        return Some(margin);
    }
    let message = "`margin` is not greater than 0".to_owned();
    value::refuse(scope, value.span, message, "write how far beyond the target is still kept, or leave the margin out")
}
