//! Declarations without clauses: signals, attributes, and the names of ladders.

use super::{Scope, named, place_of, title, word};
use crate::diagnostic::Code;
use crate::model::ladder::Draft;
use crate::model::names::{AttributeName, Item, Items};
use crate::model::policy::{Attribute, AttributeId, AttributeKind, Ladder, Signal};
use crate::syntax::ast::{Declaration, Head, Name};

const KINDS: [(&str, AttributeKind); 3] =
    [("number", AttributeKind::Number), ("text", AttributeKind::Text), ("flag", AttributeKind::Flag)];

/// The declarations that are part of the policy, with their names.
pub(in crate::model) fn kept<'a>(items: &[Item<'a>]) -> impl Iterator<Item = (&'a Declaration, &'a Name)> {
    items.iter().filter(|item| item.kept).filter_map(|item| Some((item.declaration, item.declaration.name.as_ref()?)))
}

/// All signals.
pub(in crate::model) fn signals(items: &Items) -> Vec<Signal> {
    let signal = |(declaration, name): (&Declaration, &Name)| Signal {
        name: name.value.clone(),
        title: title(declaration),
        at: name.span,
    };
    kept(&items.signals).map(signal).collect()
}

/// All ladders, of their names and clauses.
pub(in crate::model) fn ladders(items: &Items, drafts: Vec<Draft>) -> Vec<Ladder> {
    let ladder = |(name, draft): (&Name, Draft)| {
        let Draft { gates, trips, stale, cooldown, reentry, renew, .. } = draft;
        Ladder { name: name.value.clone(), gates, trips, stale, cooldown, reentry, renew, at: name.span }
    };
    kept(&items.ladders).map(|(_, name)| name).zip(drafts).map(ladder).collect()
}

/// All attributes that could be built; their names become known.
pub(in crate::model) fn attributes(items: &Items, scope: &mut Scope) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    for item in &items.attributes {
        let Some(attribute) = attribute(item.declaration, scope).filter(|_| item.kept) else { continue };
        let id = AttributeId::new(attributes.len());
        scope.names.attributes.define(&attribute.name, AttributeName { id, kind: attribute.kind });
        attributes.push(attribute);
    }
    attributes
}

fn attribute(declaration: &Declaration, scope: &mut Scope) -> Option<Attribute> {
    let Head::Attribute { kind, from } = &declaration.head else { return None };
    let kind = attribute_kind(declaration, kind.as_ref(), scope);
    let key = match from {
        Some(from) => key(from, scope),
        None => declaration.name.as_ref().map(|name| name.value.clone()),
    };
    scope.broken |= declaration.broken;
    let name = declaration.name.as_ref().filter(|_| !declaration.broken)?;
    Some(Attribute { name: name.value.clone(), kind: kind?, title: title(declaration), key: key?, at: name.span })
}

fn attribute_kind(declaration: &Declaration, kind: Option<&Name>, scope: &mut Scope) -> Option<AttributeKind> {
    match kind {
        Some(kind) => word::choose(scope, kind, "kind of attribute", &KINDS),
        None if scope.damage.hurts(declaration) => None,
        None => {
            let message = format!("{} does not say what kind of value it has", named(declaration));
            let help = "write `number`, `text` or `flag` after the name";
            scope.report(Code::MissingClause, place_of(declaration), message, help);
            None
        }
    }
}

fn key(from: &Name, scope: &mut Scope) -> Option<String> {
    if from.value.split('.').all(|part| !part.trim().is_empty()) {
        return Some(from.value.clone());
    }
    let message = format!("`from` of {} has an empty part", crate::syntax::ast::Kind::Attribute.phrase());
    let help = "write the key of the record's field, dots reach inside: `from \"client.plan\"`";
    scope.report(Code::WrongValue, from.span, message, help);
    None
}
