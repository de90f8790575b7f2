//! Literals to values of the kind that is due: CWR101 for another kind or out of range, CWR102 off the tick.
//!
//! `what` is the clause in backticks, as messages name it: "`hold`".

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::source::Span;
use crate::syntax::ast::{Literal, Value};
use crate::value::{Decimal, Duration, Number};

/// How a literal of the wrong kind is named.
pub(super) fn describe(literal: &Literal) -> String {
    match literal {
        Literal::Percent(_) => "a percentage".to_owned(),
        Literal::Points(_) => "percentage points".to_owned(),
        Literal::Duration(_) => "a duration".to_owned(),
        Literal::Number(_) => "a number".to_owned(),
        Literal::Date(_) => "a date".to_owned(),
        Literal::Text(_) => "a string".to_owned(),
        Literal::Word(word) => format!("the word `{word}`"),
        Literal::Faulty => "something unreadable".to_owned(),
    }
}

/// Reports a literal of the wrong kind, unless it has been reported as no literal at all.
pub(super) fn wrong<T>(scope: &mut Scope, value: &Value, what: &str, due: &str, help: String) -> Option<T> {
    if value.literal == Literal::Faulty {
        scope.broken = true;
    } else {
        let message = format!("{what} takes {due}, not {}", describe(&value.literal));
        scope.report(Code::WrongValue, value.span, message, help);
    }
    None
}

/// Reports a value that is out of range.
pub(super) fn refuse<T>(scope: &mut Scope, span: Span, message: String, help: impl Into<String>) -> Option<T> {
    scope.report(Code::WrongValue, span, message, help);
    None
}

/// A positive duration.
pub(super) fn duration(scope: &mut Scope, value: &Value, what: &str) -> Option<Duration> {
    match &value.literal {
        Literal::Duration(duration) if duration.count > 0 => Some(*duration),
        Literal::Duration(_) => refuse(
            scope,
            value.span,
            format!("{what} takes a duration longer than nothing"),
            "write a count of at least 1, or leave the clause out",
        ),
        Literal::Number(number) if is_whole(number) => {
            wrong(scope, value, what, "a duration", format!("write the unit too, such as `{number}d`"))
        }
        _ => {
            let help = "write a whole number and `min`, `h`, `d` or `w`, such as `14d`".to_owned();
            wrong(scope, value, what, "a duration", help)
        }
    }
}

/// A duration that is a whole multiple of the tick. One that is not is reported and returned all the same.
pub(in crate::model) fn ticks(scope: &mut Scope, value: &Value, what: &str) -> Option<Duration> {
    ticks_towards(scope, value, what, |_, _| None)
}

/// The same, where it is known which of the nearest two makes no gate easier to pass.
pub(super) fn ticks_towards(
    scope: &mut Scope,
    value: &Value,
    what: &str,
    safe: fn(Duration, Duration) -> Option<Duration>,
) -> Option<Duration> {
    let duration = duration(scope, value, what)?;
    if let Some(tick) = scope.tick.filter(|tick| duration.seconds() % tick.seconds() != 0) {
        let message = format!("{what} of `{duration}` is not a whole multiple of the tick, `{tick}`");
        let found = Diagnostic::new(Code::NotTickMultiple, value.span, message).help(nearest(duration, tick));
        let fix = safe(duration, tick).map(|near| Fix::write(value.span, near.to_string()));
        scope.out.push(found.fix(fix));
    }
    Some(duration)
}

fn nearest(duration: Duration, tick: Duration) -> String {
    let show = |near: Option<Duration>| near.map(|near| format!("`{near}`"));
    match (show(duration.shortened_to(tick)), show(duration.lengthened_to(tick))) {
        (Some(below), Some(above)) => format!("write {below} or {above}"),
        (Some(only), None) | (None, Some(only)) => format!("write {only}"),
        (None, None) => "write a multiple of the tick".to_owned(),
    }
}

fn is_whole(number: &Number) -> bool {
    number.millionths().is_some_and(|value| value > 0 && value % 1_000_000 == 0)
}

/// A percentage from 0 to 100 %, as a share.
pub(super) fn share(scope: &mut Scope, value: &Value, what: &str) -> Option<Decimal> {
    let due = "a percentage";
    match &value.literal {
        Literal::Percent(share) => in_range(scope, value.span, *share, "%"),
        Literal::Points(share) => wrong(scope, value, what, due, format!("write `{}%`", hundredfold(*share))),
        Literal::Number(number) => match as_percent(number) {
            Some(percent) => wrong(scope, value, what, due, format!("write `{percent}%`")),
            None => wrong(scope, value, what, due, "write a percentage, such as `90%`".to_owned()),
        },
        _ => wrong(scope, value, what, due, "write a percentage, such as `90%`".to_owned()),
    }
}

/// What a bare number meant as a percentage: 0.9 and 90 are both 90 %; 1 could be either.
fn as_percent(number: &Number) -> Option<Decimal> {
    let value = Decimal::from_millionths(i128::from(number.millionths()?));
    match value {
        _ if value > Decimal::ZERO && value < Decimal::ONE => Some(hundredfold(value)),
        _ if value > Decimal::ONE && value <= Decimal::whole(100) => Some(value),
        _ => None,
    }
}

/// Percentage points from 0 to 100, as a share.
pub(in crate::model) fn points(scope: &mut Scope, value: &Value, what: &str) -> Option<Decimal> {
    let due = "percentage points";
    match &value.literal {
        Literal::Points(share) => in_range(scope, value.span, *share, "pp"),
        Literal::Percent(share) => {
            let proper = format!("{}pp", hundredfold(*share));
            let help = format!("write `{proper}`: differences between shares are in points");
            let fits = *share > Decimal::ZERO && *share <= Decimal::ONE && share.hundred_millionths().is_some();
            wrong::<()>(scope, value, what, due, help);
            if let Some(found) = scope.out.last_mut().filter(|_| fits) {
                found.fix = Some(Box::new(Fix::write(value.span, proper)));
            }
            None
        }
        Literal::Number(number) => wrong(scope, value, what, due, format!("write the unit too: `{number}pp`")),
        _ => wrong(scope, value, what, due, "write a number and `pp`, such as `4pp`".to_owned()),
    }
}

fn in_range(scope: &mut Scope, span: Span, share: Decimal, unit: &str) -> Option<Decimal> {
    if share < Decimal::ZERO || share > Decimal::ONE {
        let message = format!("`{}{unit}` is not between 0{unit} and 100{unit}", hundredfold(share));
        return refuse(scope, span, message, format!("write a value from `0{unit}` to `100{unit}`"));
    }
    if share.hundred_millionths().is_none() {
        let message = format!("`{}{unit}` has more than 6 decimals", hundredfold(share));
        return refuse(scope, span, message, "write at most 6 decimals");
    }
    Some(share)
}

/// A share in hundredths, to print it as a percentage.
pub(in crate::model) fn hundredfold(share: Decimal) -> Decimal {
    (0..2).fold(share, |value, _| ten_times(value))
}

fn ten_times(value: Decimal) -> Decimal {
    let twice = value.plus(value);
    let four = twice.plus(twice);
    four.plus(four).plus(twice)
}

/// A number with at most 6 decimals.
pub(super) fn number(scope: &mut Scope, value: &Value, what: &str, help: &str) -> Option<Decimal> {
    let Literal::Number(number) = &value.literal else {
        return wrong(scope, value, what, "a number", help.to_owned());
    };
    if !has_six_decimals(scope, number, value.span) {
        return None;
    }
    match number.millionths() {
        Some(millionths) => Some(Decimal::from_millionths(i128::from(millionths))),
        None => refuse(scope, value.span, format!("`{number}` is too large"), "write a number within ±1000000000"),
    }
}

/// Whether a number has no more than 6 decimals; reported if it has.
pub(super) fn has_six_decimals(scope: &mut Scope, number: &Number, span: Span) -> bool {
    let text = number.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let fits = if text.contains('e') { !text.contains("e-") } else { decimals <= 6 };
    if !fits {
        scope.report(Code::WrongValue, span, format!("`{text}` has more than 6 decimals"), "write at most 6 decimals");
    }
    fits
}

/// A whole number of at least 1.
pub(in crate::model) fn count(scope: &mut Scope, value: &Value, what: &str, example: &str) -> Option<u32> {
    let help = format!("write a whole number of at least 1, such as `{example}`");
    let Literal::Number(number) = &value.literal else {
        return wrong(scope, value, what, "a whole number", help);
    };
    let whole = number.millionths().filter(|value| value % 1_000_000 == 0).map(|value| value / 1_000_000);
    match whole.and_then(|whole| u32::try_from(whole).ok()).filter(|count| *count > 0) {
        Some(count) => Some(count),
        None => refuse(scope, value.span, format!("{what} takes a whole number of at least 1, not `{number}`"), help),
    }
}

/// A string with something in it.
pub(super) fn text(scope: &mut Scope, value: &Value, what: &str, help: &str) -> Option<String> {
    match &value.literal {
        Literal::Text(text) if !text.trim().is_empty() => Some(text.clone()),
        Literal::Text(_) => refuse(scope, value.span, format!("{what} has an empty text"), help),
        _ => wrong(scope, value, what, "a string", help.to_owned()),
    }
}

/// The reason of a clause that needs one; CWR006 at `at` where it is missing.
pub(super) fn because(scope: &mut Scope, because: Option<&Value>, at: Span, what: &str) -> Option<String> {
    let help = "write why in the words of the one who decided: `because \"no reliable undo\"`";
    if let Some(value) = because {
        return text(scope, value, "`because`", help);
    }
    scope.report_missing(at, format!("{what} does not say why"), help)
}
