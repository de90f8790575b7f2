//! Lists of names: each name once, CWR005 for a second time.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::model::policy::SignalId;
use crate::source::Span;
use crate::syntax::ast::Name;
use std::collections::HashMap;

/// The signals of a list; `None` if one is unknown. Repetitions are reported and left out.
pub(super) fn signals(scope: &mut Scope, names: &[Name]) -> Option<Vec<SignalId>> {
    let mut complete = true;
    let mut ids = Vec::with_capacity(names.len());
    let before = scope.out.len();
    for name in once(scope, names, "signal") {
        match scope.signal(name) {
            Some(id) => ids.push(id),
            None => complete = false,
        }
    }
    // A name that stands in the list already is not what was meant.
    let is_there = |fix: &mut Fix| names.iter().any(|name| name.value == fix.text);
    for unknown in &mut scope.out[before..] {
        let _ = unknown.fix.take_if(is_there);
    }
    complete.then_some(ids)
}

/// The names of a list without repetitions, which are reported.
pub(super) fn once<'n>(scope: &mut Scope, names: &'n [Name], what: &str) -> Vec<&'n Name> {
    if let [only] = names {
        return vec![only];
    }
    let mut seen: HashMap<&str, Span> = HashMap::with_capacity(names.len());
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        if let Some(first) = seen.get(name.value.as_str()) {
            let message = format!("{what} `{}` is listed twice", name.value);
            let found = Diagnostic::new(Code::MisplacedClause, name.span, message);
            scope.out.push(found.also(*first, "listed here already").help("leave this one out"));
        } else {
            seen.insert(&name.value, name.span);
            unique.push(name);
        }
    }
    unique
}
