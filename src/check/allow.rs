//! What `# cwr: allow(…)` silences: the findings whose place lies in the declarations and clauses that start on the line
//! below it or, where it stands behind something, on its own line.

use crate::diagnostic::levels::unknown;
use crate::diagnostic::{Code, Diagnostic, Fix, Severity};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::directive::{Directive, directives};
use crate::syntax::outline::{Element, Outline};

/// One code of one `allow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    /// What it silences.
    pub code: Code,
    /// Where it names that.
    pub at: Span,
    /// Where it silences it; empty where it stands at nothing.
    pub extents: Vec<Span>,
    /// What leaves it out.
    pub removal: Fix,
}

impl Allow {
    /// How far around a finding it reaches, if it silences it: of several, the one that reaches least does.
    #[must_use]
    pub fn reach(&self, finding: &Diagnostic) -> Option<u32> {
        let place = finding.at.span;
        let covers = |extent: &&Span| {
            extent.file == place.file && extent.start <= place.start && place.start < extent.end.max(extent.start + 1)
        };
        if self.code != finding.code {
            return None;
        }
        self.extents.iter().filter(covers).map(|extent| extent.end - extent.start).min()
    }

    /// That it silences nothing.
    #[must_use]
    pub fn unused(&self) -> Diagnostic {
        let number = self.code.number();
        let found = if self.extents.is_empty() {
            Diagnostic::new(Code::UnusedAllow, self.at, format!("`allow({number})` stands at no declaration or clause"))
                .help("write it on the line above one, or at the end of its line")
        } else {
            let message = format!("`allow({number})` silences nothing");
            Diagnostic::new(Code::UnusedAllow, self.at, message)
                .help(format!("leave it out: nothing there gives {number} any more"))
                .fix(self.removal.clone())
        };
        found.label(self.code.title())
    }
}

/// The allows of all texts, and what is wrong with them. What gave a finding of its own as a whole, and so was not
/// looked at, is not looked at here either.
#[must_use]
pub fn find(sources: &Sources, outline: &Outline, found: &[Diagnostic]) -> (Vec<Allow>, Vec<Diagnostic>) {
    let (mut allows, mut faults) = (Vec::new(), Vec::new());
    for (id, file) in (0..).map(FileId).zip(sources.iter()) {
        let unread =
            |it: &Diagnostic| it.at.span.file == id && matches!(it.code, Code::UnreadableInput | Code::UnknownEdition);
        if found.iter().any(unread) {
            continue;
        }
        let (directives, wrong) = directives(id, &file.text);
        faults.extend(wrong);
        let mut next = 0;
        for directive in directives {
            let line = line_of(&directive, file, &mut next);
            let extents = extents(&directive, line, file, outline);
            for (place, name) in directive.names.iter().enumerate() {
                let removal = || removal(&directive, place, file);
                match allowed(&name.value, name.span) {
                    Ok(code) => {
                        allows.push(Allow { code, at: name.span, extents: extents.clone(), removal: removal() });
                    }
                    Err(fault) => faults.push(*fault),
                }
            }
        }
    }
    (allows, faults)
}

/// The code of a name, if it is one that can be silenced.
fn allowed(name: &str, at: Span) -> Result<Code, Box<Diagnostic>> {
    let Some(code) = Code::find(name) else {
        let refusal = unknown(name, &[]);
        return Err(Diagnostic::new(Code::UnknownName, at, refusal.message).help(refusal.help).into());
    };
    if code.severity() == Severity::Error {
        let message = format!("`{name}` is an error, and errors cannot be silenced");
        let help = format!("correct what it is about, and leave `{name}` out of the `allow`");
        return Err(Diagnostic::new(Code::MisplacedClause, at, message).help(help).into());
    }
    Ok(code)
}

/// What leaves one name of a directive out; with the only one goes its line, or the comment behind something.
fn removal(directive: &Directive, place: usize, file: &SourceFile) -> Fix {
    let (names, span) = (&directive.names, directive.span);
    let name = &names[place];
    let line = file.lines.range(&file.text, file.lines.line(span.start as usize));
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let at = match (place, names.as_slice()) {
        (_, [_]) if directive.alone => Span { start: offset(line.start), end: offset(line.end), ..span },
        (_, [_]) => {
            let before = file.text[line.start..span.start as usize].trim_end();
            Span { start: offset(line.start + before.len()), ..span }
        }
        (0, [_, next, ..]) => Span { end: next.span.start, ..name.span },
        _ => Span { start: names[place - 1].span.end, ..name.span },
    };
    Fix { what: format!("leave out `{}`", name.value), at, text: String::new() }
}

/// The line that a directive is about: its own, or where it stands alone the next that is not a comment alone. `next` is
/// that of the directive before, so that a stack of directives is walked once.
fn line_of(directive: &Directive, file: &SourceFile, next: &mut usize) -> usize {
    let own = file.lines.line(directive.span.start as usize);
    if !directive.alone {
        return own;
    }
    let is_comment = |line: usize| file.text[file.lines.range(&file.text, line)].trim_start().starts_with('#');
    if *next <= own {
        *next = own + 1;
        while is_comment(*next) {
            *next += 1;
        }
    }
    *next
}

/// The declarations and clauses that a directive about a line stands at.
fn extents(directive: &Directive, line: usize, file: &SourceFile, outline: &Outline) -> Vec<Span> {
    let range = file.lines.range(&file.text, line);
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let end = if directive.alone { offset(range.end) } else { directive.span.start };
    let starting: Vec<Span> =
        outline.starting(Span { start: offset(range.start), end, ..directive.span }).map(|it| it.span).collect();
    if !starting.is_empty() || directive.alone {
        return starting;
    }
    // Behind a clause that started on a line before, or behind a brace that closes one.
    let before = file.text[range.start..directive.span.start as usize].trim_end();
    let last = offset((range.start + before.len()).saturating_sub(1));
    outline.around(Span { start: last, end: last, ..directive.span }).take(1).map(|it: &Element| it.span).collect()
}
