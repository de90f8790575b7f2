//! A comment for a pull request: the verdict, a table by action type, the details folded, a history under both.

use super::words::{counted, date, facts, moved, verdict};
use super::{Compared, Place, class, replayed};
use crate::diff::replayed::{Fared, Replayed};
use crate::diff::{Change, Class, Gates};
use crate::render::diagnostics::markdown::{code_span, html, prose};
use crate::render::text::{GLUE, clean};
use std::fmt::Write as _;

/// By which whoever writes the comment finds it again.
const MARKER: &str = "<!-- cwrc diff -->";
/// Bytes beyond which no more details are told: a comment has at most 65,536 characters.
const LONGEST: usize = 55_000;

/// The comment.
pub(super) fn render(all: &[Compared]) -> String {
    let (class, changes) = (class(all), all.iter().map(|one| one.diff.changes.len()).sum());
    let head = if changes == 0 { "nothing changes" } else { class.word() };
    let mut out = format!(
        "{MARKER}\n### cwrc diff: {head}\n\n{}; {}.\n",
        counted(all).replace(GLUE, " "),
        verdict(class, changes)
    );
    for one in all.iter().filter(|one| !one.diff.changes.is_empty()) {
        policy(&mut out, one);
    }
    out
}

fn policy(out: &mut String, one: &Compared) {
    let path = one.new.path.or(one.old.path).unwrap_or_default();
    let _ = write!(out, "\n{}\n\n| | | before | after |\n|---|---|---|---|\n", code_span(&clean(path)));
    for (action, changes) in one.groups() {
        let plain = changes.iter().filter(|it| it.class == Class::Neutral).count();
        let name = action.map_or_else(|| "the policy".to_owned(), |name| code_span(&clean(name)));
        for change in changes.iter().filter(|it| it.class != Class::Neutral) {
            let _ = writeln!(
                out,
                "| **{}** | {} | {} | {} |",
                change.class.word(),
                code_span(&clean(&change.path)),
                cell(change, true),
                cell(change, false)
            );
        }
        if plain > 0 {
            let s = if plain == 1 { "" } else { "s" };
            let _ = writeln!(out, "| neutral | {name} | {plain} change{s} | |");
        }
    }
    gates(out, &one.diff.gates);
    if let Some(replayed) = &one.replayed {
        history(out, replayed);
    }
    details(out, one);
}

fn cell(change: &Change, before: bool) -> String {
    let said = if before { &change.before } else { &change.after };
    said.as_ref().map_or_else(String::new, |said| code_span(&clean(&said.text)).replace('|', "\\|"))
}

fn history(out: &mut String, replayed: &Replayed) {
    *out += "\nThe history under both; of each action type what differs:\n\n| | | old | new |\n|---|---|---|---|\n";
    let mut last = String::new();
    for [name, what, old, new] in replayed::table(replayed) {
        let shown = match &name {
            name if *name == last => String::new(),
            name if name == replayed::TOGETHER => format!("**{name}**"),
            name => code_span(name),
        };
        let _ = writeln!(out, "| {shown} | {what} | {old} | {new} |");
        last = name;
    }
    if replayed.decisions.is_empty() {
        *out += "\nEvery decision is the same.\n";
        return;
    }
    let n = replayed.decisions.len();
    let s = if n == 1 { "decision differs" } else { "decisions differ" };
    let _ = write!(out, "\n<details>\n<summary>{n} {s}</summary>\n\n");
    for it in replayed.decisions.iter().take(200) {
        let _ = writeln!(out, "- {}: {}", code_span(&clean(&it.action)), replayed::decision(it));
    }
    *out += "\n</details>\n";
    let silent = |it: &Fared| {
        it.new.and_then(|new| new.silent_from).map(|at| format!("{} on {}", code_span(&clean(&it.name)), date(at)))
    };
    let silent: Vec<String> = replayed.actions.iter().filter_map(silent).collect();
    if !silent.is_empty() {
        let _ = write!(out, "\nUnder the new policy the history can no longer tell from: {}.\n", silent.join(", "));
    }
}

fn details(out: &mut String, one: &Compared) {
    *out += "\n<details>\n<summary>Why, and where</summary>\n\n";
    let mut left = 0;
    for change in &one.diff.changes {
        let item = item(one, change);
        if out.len() + item.len() > LONGEST {
            left += 1;
        } else {
            *out += &item;
        }
    }
    if left > 0 {
        let _ = writeln!(out, "- and {left} more: `cwrc diff` tells all");
    }
    *out += "\n</details>\n";
}

fn item(one: &Compared, it: &Change) -> String {
    let place = |place: Place, said: &Option<crate::diff::Said>| said.as_ref().map(|said| html(&place.of(said)));
    let places: Vec<String> = [place(one.old, &it.before), place(one.new, &it.after)].into_iter().flatten().collect();
    let because = if it.because.is_empty() { String::new() } else { format!(": {}", prose(&it.because)) };
    let mut out =
        format!("- **{}** {} ({}){because}\n", it.class.word(), code_span(&clean(&it.path)), places.join(" → "));
    for record in &it.moved {
        let _ = writeln!(out, "  - {}", moved(record));
    }
    out
}

/// What the gates that changed amount to, before and now.
fn gates(out: &mut String, all: &[Gates]) {
    let both = all.iter().filter_map(|it| Some((it, it.before.as_ref().map(facts)?, it.after.as_ref().map(facts)?)));
    for (at, (it, before, after)) in both.enumerate() {
        if at == 0 {
            let heads: Vec<&str> = before.iter().map(|(what, _)| *what).collect();
            let _ = write!(out, "\n| | | {} |\n|---|---|---|---|---|\n", heads.join(" | "));
        }
        let cell = |((_, before), (_, after)): (&(&str, String), &(&str, String))| {
            if before == after { html(after) } else { format!("{} → {}", html(before), html(after)) }
        };
        let cells: Vec<String> = before.iter().zip(&after).map(cell).collect();
        let row = format!("| {} to {} | {} |", it.step.from(), it.step.to(), cells.join(" | "));
        let _ = writeln!(out, "| {} {}", code_span(&clean(&it.action)), row.replace(GLUE, " "));
    }
}
