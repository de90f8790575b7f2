//! Lists of names: each name once, CWR005 for a second time.

use super::Scope;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::policy::SignalId;
use crate::source::Span;
use crate::syntax::ast::Name;
use std::collections::{HashMap, HashSet};

/// The signals of a list; `None` if one is unknown. Repetitions are reported and left out.
pub(super) fn signals(scope: &mut Scope, names: &[Name]) -> Option<Vec<SignalId>> {
    each(scope, names, "signal", Scope::signal)
}

/// What the names of a list stand for; `None` if one is unknown. Repetitions are reported and left out.
pub(super) fn each<'a, T>(
    scope: &mut Scope<'a>,
    names: &[Name],
    what: &str,
    known: fn(&mut Scope<'a>, &Name) -> Option<T>,
) -> Option<Vec<T>> {
    let mut complete = true;
    let mut ids = Vec::with_capacity(names.len());
    let before = scope.out.len();
    for name in once(scope, names, what) {
        match known(scope, name) {
            Some(id) => ids.push(id),
            None => complete = false,
        }
    }
    not_again(scope, before, names);
    complete.then_some(ids)
}

/// Takes back the fixes found since then that would write a name where it stands already: it was not meant.
pub(super) fn not_again<'n>(scope: &mut Scope, since: usize, names: impl IntoIterator<Item = &'n Name>) {
    let mut there: HashSet<String> = names.into_iter().map(|name| name.value.clone()).collect();
    for unknown in &mut scope.out[since..] {
        let _ = unknown.fix.take_if(|fix| !there.insert(fix.text.clone()));
    }
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
