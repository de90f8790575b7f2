//! What is not the language: one report for each fault, and of the rest as much tree as can be had.
//!
//! A clause that cannot be read becomes `ClauseKind::Broken` with the keyword that was meant; a declaration whose head
//! cannot be read is `broken` and keeps its name and its clauses. So nothing that was there is missed later.

use super::ast::{Clause, ClauseKind, Declaration, File, Kind, Literal, StepName, Window};
use super::declarations::{Body, empty_head};
use super::diagnose::{Faulty, Token, is};
use super::grammar::{self, Pair, Rule};
use super::names;
use super::reader::Reader;
use super::words::{self, Place, shown};
use crate::diagnostic::{Diagnostic, Fix};
use crate::source::{Span, Spanned};

impl Reader<'_> {
    /// The text did not match at all, which only a limit of the parser itself can cause.
    pub(super) fn lost(&mut self, error: &pest::error::Error<Rule>) {
        let (pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _))) = error.location;
        self.report(Self::fault(self.span(at, at), "the text cannot be read from here on").help("simplify it"));
    }

    /// Clauses outside of any body. Those behind declarations that stand in a body are given to its owner, `around`;
    /// those behind a `}` too many to the declaration that it closed.
    pub(super) fn orphans(&mut self, pair: &Pair<'_>, around: Option<usize>, tree: &mut File) {
        let place = around.or_else(|| tree.declarations.len().checked_sub(1));
        let last = place.and_then(|place| tree.declarations.get_mut(place));
        let mut body = Body::new(last.as_ref().map_or(Place::Unknown, |last| Place::Of(last.kind)));
        for part in pair.clone().into_inner() {
            self.body_part(&part, &mut body);
        }
        let Some(first) = body.clauses.first() else { return };
        let report = Self::fault(first.keyword.span, format!("`{}` stands outside of any body", first.keyword.value));
        let Some(last) = last else {
            self.report(report.help("clauses stand between the braces of a declaration"));
            return;
        };
        if around.is_some() {
            last.clauses.extend(body.clauses);
            return;
        }
        let end = self.span((last.span.end as usize).saturating_sub(1), last.span.end as usize);
        let closed = self.slice(end) == "}";
        self.report(if closed {
            report.also(end, "the body before it ends here").help("leave the `}` before it out")
        } else {
            report.help("clauses stand between the braces of a declaration")
        });
        last.broken |= !closed;
        last.clauses.extend(body.clauses);
    }

    /// A `}` too many.
    pub(super) fn stray_close(&mut self, pair: &Pair<'_>) {
        let start = pair.as_span().start();
        self.report(Self::fault(self.span(start, start + 1), "this `}` closes nothing").help("leave it out"));
    }

    /// A comma between clauses, or between the parts of one.
    pub(super) fn stray_comma(&mut self, pair: &Pair<'_>) {
        let report = Self::fault(self.extent(pair), "no `,` ends a clause or a part of one").help("leave the `,` out");
        let fix = Fix::cut(self.text, report.at.span);
        self.report(report.fix(fix));
    }

    /// A clause that cannot be read, or several without a readable one between them.
    pub(super) fn broken_clause(&mut self, pair: &Pair<'_>, body: &mut Body) {
        let parts: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        let junk = parts.first().filter(|part| part.as_rule() == Rule::junk);
        let mut pieces = junk.map_or_else(Vec::new, |junk| self.pieces(junk));
        let block = &parts[usize::from(junk.is_some())..];
        let head = if block.is_empty() { None } else { pieces.pop() };
        for piece in &pieces {
            self.broken_piece(piece, pair.get_input(), body);
        }
        match (head, block.first()) {
            (Some(head), _) if words::near(&head[0].text, &["gate"]).is_some() && body.place != Place::Gate => {
                self.broken_gate(pair, &head, block, body);
            }
            (Some(head), _) => self.broken_piece(&head, pair.get_input(), body),
            (None, Some(open)) => {
                let report = Self::fault(self.extent(open), "this `{` belongs to no clause");
                self.report(report.help("only gates have a body of their own: `gate crawl to walk { … }`"));
            }
            (None, None) => {}
        }
    }

    /// A gate whose head cannot be read, with its body.
    fn broken_gate(&mut self, pair: &Pair<'_>, head: &[Token], block: &[Pair<'_>], body: &mut Body) {
        let [first, .., last] = [&head[0], &head[head.len() - 1]];
        if first.text == "gate" {
            let open = block.iter().find(|part| part.as_rule() == Rule::open);
            let end = open.map_or(last.span.end as usize, |open| open.as_span().end());
            let input = pair.get_input();
            let start = first.span.start as usize;
            self.report(self.diagnose(&Faulty {
                entry: Rule::one_gate,
                input,
                start,
                end,
                keyword: "gate",
                complete: None,
            }));
        } else {
            self.report(misspelt(first, Some("gate"), body.place));
        }
        let mut inner = Body::new(Place::Gate);
        for part in block {
            self.body_part(part, &mut inner);
        }
        if inner.open.is_some() && !inner.closed {
            self.unclosed(&mut inner, grammar::end(pair));
        }
        let keyword = Spanned::new("gate".to_owned(), first.span);
        let kind = ClauseKind::Gate { step: step(head), clauses: inner.clauses };
        body.clauses.push(Clause { kind, keyword, span: self.extent(pair) });
    }

    /// One clause that cannot be read; or what cannot be read behind one that can.
    fn broken_piece(&mut self, piece: &[Token], input: &str, body: &mut Body) {
        let [first, last] = [&piece[0], &piece[piece.len() - 1]];
        let span = first.span.to(last.span);
        let end = last.span.end as usize;
        if let Some(clause) = body.clauses.last()
            && let Some(report) = self.tail(clause, first, end, input, body.place)
        {
            self.report(report);
            if let Some(clause) = body.clauses.last_mut() {
                clause.kind = ClauseKind::Broken;
                clause.span = clause.span.to(span);
            }
            return;
        }
        let meant = if self.is_full() { None } else { body.place.meant(&first.text) };
        self.report(if words::is_clause(&first.text) && !self.is_full() {
            let start = first.span.start as usize;
            self.diagnose(&Faulty { entry: Rule::one_clause, input, start, end, keyword: &first.text, complete: None })
        } else {
            misspelt(first, meant, body.place)
        });
        let keyword = meant.map_or_else(|| first.text.clone(), str::to_owned);
        body.clauses.push(Clause { kind: ClauseKind::Broken, keyword: Spanned::new(keyword, first.span), span });
    }

    /// The report, if what starts with `first` is rather the faulty rest of the clause before it.
    fn tail(&self, clause: &Clause, first: &Token, end: usize, input: &str, place: Place) -> Option<Diagnostic> {
        if matches!(clause.kind, ClauseKind::Gate { .. } | ClauseKind::Broken) || self.is_full() {
            return None;
        }
        let keyword = clause.keyword.value.as_str();
        let further = words::meant_further(keyword, &first.text).filter(|_| first.is_word());
        let between = input.get(clause.span.end as usize..first.span.start as usize)?;
        let same_line = !between.contains('\n');
        let own =
            first.is_word() && (!same_line || words::is_clause(&first.text) || place.meant(&first.text).is_some());
        if (further.is_some() || !own)
            && let Some(report) = no_duration(clause)
        {
            return Some(report);
        }
        match further {
            None if own => None,
            Some(word) if word != first.text => {
                let message = format!("`{}` does not go on with the clause `{keyword}`", shown(&first.text));
                Some(Self::fault(first.span, message).meant(word))
            }
            None if first.is_word() && (first.text == "and" || !is(Rule::joint, &first.text)) => {
                Some(self.behind(clause, first))
            }
            _ => {
                let start = clause.span.start as usize;
                Some(self.diagnose(&Faulty {
                    entry: Rule::one_clause,
                    input,
                    start,
                    end,
                    keyword,
                    complete: Some(first.span.start as usize),
                }))
            }
        }
    }

    /// A word too many behind a clause.
    fn behind(&self, clause: &Clause, word: &Token) -> Diagnostic {
        let said = self.slice(clause.span);
        let text = shown(&word.text);
        if matches!(clause.kind, ClauseKind::Bar(_) | ClauseKind::Keep(_)) {
            return behind_bar(&clause.keyword.value, word);
        }
        if said.ends_with(|last: char| last.is_ascii_digit()) {
            let report = Self::fault(word.span, format!("`{text}` is not a unit"));
            return report
                .help("a number and its unit are one word: `14d`, `90%`; units are `min`, `h`, `d`, `w`, `%`, `pp`");
        }
        let report = Self::fault(word.span, format!("`{text}` does not begin a clause"));
        let is_list = matches!(
            clause.kind,
            ClauseKind::Good(_)
                | ClauseKind::Bad(_)
                | ClauseKind::Formerly(_)
                | ClauseKind::Counts { .. }
                | ClauseKind::Alive { .. }
        );
        let keyword = &clause.keyword.value;
        report.help(if is_list {
            match word.text.as_str() {
                "and" => "write a comma instead".to_owned(),
                _ => format!("to go on with the list of `{keyword}`, write a comma before it"),
            }
        } else {
            format!("the clause `{keyword}` ends before it")
        })
    }

    /// A declaration whose head cannot be read, with its body where it has one.
    pub(super) fn broken_declaration(&mut self, pair: &Pair<'_>, tree: &mut File) {
        let parts: Vec<Pair<'_>> = pair.clone().into_inner().collect();
        let head = parts.first().filter(|part| part.as_rule() == Rule::head);
        let pieces = head.map_or_else(Vec::new, |head| self.pieces(head));
        let block = &parts[usize::from(head.is_some())..];
        for (place, piece) in pieces.iter().enumerate() {
            let block = if place + 1 == pieces.len() { block } else { &[] };
            self.broken_head(pair, piece, block, tree);
        }
        if let (None, Some(open)) = (head, block.first()) {
            let report = Self::fault(self.extent(open), "this `{` belongs to no declaration");
            self.report(match tree.declarations.last() {
                Some(last) if Place::Of(last.kind).clauses().is_empty() => {
                    report.help(format!("{} has no body", last.kind.phrase()))
                }
                _ => report.help("write what it is the body of, as in `action refund { … }`"),
            });
        }
    }

    fn broken_head(&mut self, pair: &Pair<'_>, head: &[Token], block: &[Pair<'_>], tree: &mut File) {
        let first = &head[0];
        if let Some(last) = tree.declarations.last_mut().filter(|_| block.is_empty())
            && let Some(report) = self.declaration_tail(last, first)
        {
            self.report(report);
            last.broken = true;
            return;
        }
        let exact = words::is_declaration(&first.text);
        let meant = if self.is_full() && !exact { None } else { words::meant_declaration(&first.text) };
        let open = block.iter().find(|part| part.as_rule() == Rule::open).map(|open| self.extent(open));
        let last = head[head.len() - 1].span;
        if first.text == "language" {
            self.report(late_edition(head));
        } else if exact && !self.is_full() {
            let end = open.unwrap_or(last).end as usize;
            let (input, start) = (pair.get_input(), first.span.start as usize);
            self.report(self.diagnose(&Faulty {
                entry: Rule::one_head,
                input,
                start,
                end,
                keyword: &first.text,
                complete: None,
            }));
        } else {
            self.report(no_declaration(first, meant));
        }
        let kind = meant.and_then(words::kind);
        let mut body = Body::new(kind.map_or(Place::Unknown, Place::Of));
        for part in block {
            self.body_part(part, &mut body);
        }
        if open.is_some() && !body.closed {
            self.unclosed(&mut body, grammar::end(pair));
        }
        if let Some(kind) = kind {
            let end = if block.is_empty() { last } else { self.extent(pair) };
            let name = head.get(1).filter(|word| word.is_word() && names::is_name(&word.text));
            tree.declarations.push(Declaration {
                kind,
                name: name.map(|word| Spanned::new(word.text.clone(), word.span)),
                title: None,
                head: empty_head(kind),
                clauses: body.clauses,
                keyword: first.span,
                span: Span { end: end.end, ..first.span },
                broken: true,
            });
        }
    }
}

impl Reader<'_> {
    /// The report, if what starts with `first` is rather the faulty rest of the signal or attribute before it.
    fn declaration_tail(&self, last: &Declaration, first: &Token) -> Option<Diagnostic> {
        let between = self.text.get(last.span.end as usize..first.span.start as usize)?;
        let own = first.is_word() && words::meant_declaration(&first.text).is_some();
        if last.broken || own || between.contains('\n') || !Place::Of(last.kind).clauses().is_empty() {
            return None;
        }
        let word = last.kind.word();
        let report = Self::fault(first.span, format!("`{}` does not go on with the {word}", shown(&first.text)));
        Some(match words::near(&first.text, &["from"]) {
            Some(from) if last.kind == Kind::Attribute => report.meant(from),
            _ => report.help(format!("write it as in `{}`", words::example(word).unwrap_or(word))),
        })
    }
}

/// A word where a clause has its duration, and more behind it: `hold two weeks`.
fn no_duration(clause: &Clause) -> Option<Diagnostic> {
    use ClauseKind::{Bar, Cooldown, Evaluate, Hold, Keep, Promote, Stale, Stop};
    let value = match &clause.kind {
        Evaluate(value) | Promote(value) | Hold(value) | Stop(value) | Cooldown(value) | Stale(value) => value,
        Bar(bar) | Keep(bar) => match &bar.over {
            Some(Window::Sliding(value)) => value,
            _ => return None,
        },
        _ => return None,
    };
    let Literal::Word(word) = &value.literal else { return None };
    if value.span.end != clause.span.end {
        return None;
    }
    let keyword = clause.keyword.value.as_str();
    let is_stale = matches!(clause.kind, Stale(_));
    let wanted = if is_stale { "a duration or `never`" } else { "a duration" };
    let report = Reader::fault(value.span, format!("expected {wanted} in `{keyword}`, found `{}`", shown(word)));
    Some(if is_stale && words::near(word, &["never"]).is_some() {
        report.help("did you mean `never`?")
    } else {
        report.help(format!("write it as in `{}`", words::example(keyword).unwrap_or(keyword)))
    })
}

/// A word behind a bar that does not go on with it.
fn behind_bar(keyword: &str, word: &Token) -> Diagnostic {
    let text = shown(&word.text);
    let report = Reader::fault(word.span, format!("`{text}` does not go on with the clause `{keyword}`"));
    report.help(match word.text.as_str() {
        "and" => format!("each {keyword} is a clause of its own: write `{keyword}` instead"),
        _ => "leave it out, or go on with `over`, `min`, `confidence` or `margin`".to_owned(),
    })
}

/// A word or sign where a clause should begin.
fn misspelt(found: &Token, meant: Option<&str>, place: Place) -> Diagnostic {
    let report = Reader::fault(found.span, format!("`{}` does not begin a clause", shown(&found.text)));
    let known = place.clauses();
    match meant {
        Some(meant) if found.text.to_lowercase() == meant => report.write(meant),
        Some(meant) if known.contains(&meant) => report.meant(meant),
        Some(meant) => report.help(format!("did you mean `{meant}`?")),
        None if matches!(found.text.as_str(), "follows" | "from") => report.help("it stands before the `{`"),
        None if words::further("bar").contains(&found.text.as_str()) => {
            let example = "bar acceptance >= 90% over 14d min 200 confidence 95% margin 4pp";
            report.help(format!("it goes on with a `bar` or a `keep`, as in `{example}`"))
        }
        None if known.is_empty() => report.help("a clause begins with its keyword, as in `hold 14d`"),
        None => report.help(format!("the clauses of {} are `{}`", place.words(), known.join("`, `"))),
    }
}

/// A word or sign where a declaration should begin.
fn no_declaration(found: &Token, meant: Option<&str>) -> Diagnostic {
    let report = Reader::fault(found.span, format!("`{}` does not begin a declaration", shown(&found.text)));
    match meant {
        Some(meant) if found.text.to_lowercase() == meant => report.write(meant),
        Some(meant) => report.meant(meant),
        None => report
            .help("a file has `import`, `policy`, `signal`, `attribute`, `metric`, `ladder`, `action` and `assure`"),
    }
}

/// A `language` that is not first in its file, or that says no edition.
fn late_edition(head: &[Token]) -> Diagnostic {
    let span = head[0].span;
    let report = match head.get(1) {
        Some(number) if number.rule == Rule::lump => {
            Reader::fault(span, "the edition does not stand first in the file")
        }
        _ => Reader::fault(span, "the edition's number is missing after `language`"),
    };
    report.help("write `language 1` before everything else, or leave it out")
}

/// The step of a gate's head, where it can be read.
fn step(head: &[Token]) -> Option<StepName> {
    let [_, from, to, above] = head else { return None };
    let name = |token: &Token| Spanned::new(token.text.clone(), token.span);
    let is_step = to.text == "to" && from.is_word() && above.is_word();
    is_step.then(|| StepName { from: name(from), to: name(above) })
}
