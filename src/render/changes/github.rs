//! Annotations of a pull request: each change that loosens or is unclear, where the new policy says it.

use super::Compared;
use crate::diff::{Change, Class};
use crate::render::diagnostics::github::{data, property};
use crate::render::text::clean;

/// One line for each; a change that only takes something away stands at the head of the policy.
pub(super) fn render(all: &[Compared]) -> String {
    let mut out = String::new();
    for class in Class::ALL {
        for one in all {
            let changes = one.diff.changes.iter().filter(|it| it.class == class);
            out.extend(changes.map(|it| annotation(one, it)));
        }
    }
    out
}

fn annotation(one: &Compared, it: &Change) -> String {
    let word = match it.class {
        Class::Loosens | Class::Unclear => "warning",
        Class::Tightens | Class::Neutral => "notice",
    };
    let sources = one.new.side.sources;
    let at = it.after.as_ref().map_or(one.new.side.policy.at, |said| said.at);
    let (line, _) = sources.position(at);
    let file = property(&clean(&sources.get(at.file).path));
    let said = |sign: &str, said: &Option<crate::diff::Said>| {
        said.as_ref().map_or_else(String::new, |said| format!("\n{sign} {}", clean(&said.text)))
    };
    let text = format!("{}{}{}\n{}", clean(&it.path), said("-", &it.before), said("+", &it.after), clean(&it.because));
    format!("::{word} file={file},line={line},title={}::{}\n", property(it.class.word()), data(text.trim_end()))
}
