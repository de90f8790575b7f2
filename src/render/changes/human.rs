//! For people: the verdict, each change with both its places, what gates amount to, a history under both.

use super::words::{counted, facts, moved, verdict};
use super::{Compared, Place, class, replayed};
use crate::diff::{Change, Class, Gates, Said};
use crate::render::Style;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, pad, width, wrap};
use std::fmt::Write as _;

/// All policies.
pub(super) fn render(all: &[Compared], style: Style) -> String {
    let mut out = String::new();
    for one in all {
        out += &policy(one, style);
        out.push('\n');
    }
    let (class, changes) = (class(all), all.iter().map(|one| one.diff.changes.len()).sum());
    let head = style.shout(ink(class, style), if changes == 0 { "neutral" } else { class.word() });
    out + &wrap(&format!("{head}: {}; {}", counted(all), verdict(class, changes)), "", "  ", style.width)
}

fn ink(class: Class, _: Style) -> Ink {
    match class {
        Class::Loosens => Ink::Bad,
        Class::Unclear => Ink::Care,
        Class::Tightens => Ink::Good,
        Class::Neutral => Ink::Quiet,
    }
}

fn policy(one: &Compared, style: Style) -> String {
    let mut out = heading(one, style);
    for (action, changes) in one.groups() {
        let name = action.map_or_else(|| "the policy as a whole".to_owned(), clean);
        let _ = writeln!(out, "\n{}", style.paint(Ink::Strong, name));
        for change in changes {
            out += &told(one, change, style);
        }
        for gates in one.diff.gates.iter().filter(|gates| Some(gates.action.as_str()) == action) {
            out += &gate(gates, style);
        }
    }
    if let Some(replayed) = &one.replayed {
        out += &replayed::human(replayed, style);
    }
    out
}

/// `support.cwr, before in git:main:support.cwr`
fn heading(one: &Compared, style: Style) -> String {
    let name = |place: Place| place.path.map(|path| format!("{}{}", place.before_paths, clean(path)));
    let told = match (name(one.old), name(one.new)) {
        (Some(old), Some(new)) => format!("{} {GLUE}{} {GLUE}{}", old, style.arrow(), style.paint(Ink::Strong, new)),
        (None, Some(new)) => format!("{}, a new policy", style.paint(Ink::Strong, new)),
        (Some(old), None) => format!("{}, removed", style.paint(Ink::Strong, old)),
        (None, None) => String::new(),
    };
    let mut out = wrap(&told, "", "  ", style.width);
    if one.diff.changes.is_empty() {
        out += "  nothing changes";
        out += if one.diff.same_plan { ": both compile to the same plan\n" } else { "\n" };
    }
    out
}

/// `  loosens  crawl_to_walk.bar[1]`, then before and after, then why.
fn told(one: &Compared, change: &Change, style: Style) -> String {
    let class = style.shout(ink(change.class, style), pad(change.class.word(), 8));
    let mut out = format!("  {class}  {}\n", style.paint(Ink::Quiet, clean(&change.path)));
    let mut say = |sign: &str, ink: Ink, place: Place, said: Option<&Said>| {
        if let Some(said) = said {
            out += &line(&style.paint(ink, format!("{sign} {}", clean(&said.text))), &place.of(said), style);
        }
    };
    say("-", Ink::Bad, one.old, change.before.as_ref());
    say("+", Ink::Good, one.new, change.after.as_ref());
    let indent = " ".repeat(12);
    for it in &change.moved {
        out += &wrap(&moved(it), &indent, &indent, style.width);
    }
    if !change.because.is_empty() {
        out += &wrap(&change.because, &indent, &indent, style.width);
    }
    if let Some(file) = change.witness.and_then(|at| one.written.get(at)) {
        out += &wrap(&format!("witness: {}", clean(file)), &indent, &indent, style.width);
    }
    out
}

/// A clause, and its place at the end of the line; on the next one where there is no room.
fn line(text: &str, place: &str, style: Style) -> String {
    let (indent, place) = (" ".repeat(12), style.paint(Ink::Quiet, clean(place)));
    let used = indent.len() + width(text) + 2 + width(&place);
    if used <= style.width {
        return format!("{indent}{text}  {}{place}\n", " ".repeat(style.width - used));
    }
    let rest = format!("{indent}  ");
    let left = style.width.saturating_sub(width(&place));
    wrap(text, &indent, &rest, style.width) + &format!("{}{place}\n", " ".repeat(left))
}

/// What a gate that changed amounts to, before and now.
fn gate(gates: &Gates, style: Style) -> String {
    let head = format!("{} to {}", gates.step.from(), gates.step.to());
    let (before, after) = (gates.before.as_ref().map(facts), gates.after.as_ref().map(facts));
    let rows: Vec<String> = match (&before, &after) {
        (Some(before), Some(after)) => {
            let row = |((what, before), (_, after)): (&(&str, String), &(&str, String))| {
                if before == after {
                    format!("{what}: {after}, as before")
                } else {
                    format!("{what}: {before} {} {after}", style.arrow())
                }
            };
            before.iter().zip(after).map(row).collect()
        }
        (None, Some(after)) => after.iter().map(|(what, value)| format!("{what}: {value}")).collect(),
        _ => vec!["no such gate any more".to_owned()],
    };
    let indent = " ".repeat(12);
    let mut out = String::new();
    for (at, row) in rows.iter().enumerate() {
        let first = if at == 0 { format!("  {}", style.paint(Ink::Quiet, &head)) } else { String::new() };
        let first = if at == 0 { format!("{first}\n{indent}") } else { indent.clone() };
        out += &wrap(row, &first, &indent, style.width);
    }
    out
}
