//! What all formats keep, over findings that nobody would make.

use super::*;
use crate::diagnostic::Code;
use crate::source::FileId;
use crate::syntax::outline::Outline;
use crate::syntax::parse;

const POLICY: &str = "policy p {\n  owner \"x\"\n}\n\naction reply {\n  risk low\n  stale 28d\n}\n";

fn span(file: FileId, text: &str, part: &str) -> Span {
    let start = text.find(part).expect("the part");
    let at = |offset: usize| u32::try_from(offset).expect("small");
    Span { file, start: at(start), end: at(start + part.len()) }
}

fn of(sources: Sources, diagnostics: Vec<Diagnostic>) -> Analysis {
    let files: Vec<_> = (0..).map(FileId).zip(sources.iter()).map(|(id, it)| (id, parse(id, &it.text).file)).collect();
    Analysis { outline: Outline::of(&files), ..Analysis::of_faults("a.cwr", sources, diagnostics) }
}

fn desk() -> Analysis {
    let mut sources = Sources::default();
    let root = sources.add("policies/desk.cwr", POLICY);
    let library = sources.add("policies/shared.cwr", "signal a\nsignal b\u{202e}\n");
    let near = Diagnostic::new(Code::NoStale, span(root, POLICY, "reply"), "`reply` has no `stale`")
        .label("this can leave crawl")
        .also(span(root, POLICY, "policy p"), "in this policy")
        .also(span(library, "signal a\nsignal b", "signal b"), "declared here")
        .help("write `stale 28d`");
    let again = Diagnostic::new(Code::NoStale, span(root, POLICY, "risk low"), "twice");
    let far = Diagnostic::new(Code::SyntaxError, Span { file: library, start: 9999, end: 99999 }, "unfinished");
    of(sources, vec![near, again, far])
}

fn human(root: &Analysis, style: Style) -> String {
    human::findings(&Report::of(std::slice::from_ref(root)), style)
}

#[test]
fn people_see_every_label_and_each_page_once() {
    let plain = human(&desk(), Style::PLAIN);
    for part in [
        "error[CWR215] no-stale\n  × `reply` has no `stale`\n   ╭─[policies/desk.cwr:1:1]\n",
        "in this policy",
        "╭─[policies/desk.cwr:5:8]\n",
        "this can leave crawl",
        "╭─[policies/shared.cwr:2:1]\n 1 │ signal a\n 2 │ signal b\\u{202E}\n   · ────┬───\n",
        "declared here",
        "  help: write `stale 28d`\n  explain: cwrc explain CWR215\n\nerror[CWR215]",
        "╭─[policies/shared.cwr:3:1]\n",
    ] {
        assert!(plain.contains(part), "{part} is missing:\n{plain}");
    }
    assert_eq!(plain.matches("explain CWR215").count(), 1);
    assert!(!plain.contains('\u{1b}') && human(&desk(), Style { unicode: false, ..Style::PLAIN }).is_ascii());
    assert!(human(&desk(), Style { colour: true, ..Style::PLAIN }).contains('\u{1b}'));
}

#[test]
fn verdicts_count() {
    let mut root = desk();
    let told = |root: &Analysis| human::verdicts(&Report::of(std::slice::from_ref(root)), Style::PLAIN);
    assert_eq!(told(&root), "a.cwr: 3 errors\n");
    let at = root.diagnostics[0].at.span;
    root.diagnostics.clear();
    assert_eq!(told(&root), "a.cwr: fine, a library\n");
    root.undecided = vec![Undecided { at, what: "assure a".into(), why: "it is hard".into() }];
    assert_eq!(told(&root), "a.cwr: 1 assurance not decided\n");
}

#[test]
fn of_several_roots_each_finding_is_told_once() {
    let all = [desk(), desk()];
    for format in Format::ALL.iter().filter(|format| **format != Format::Human) {
        let one = render(&Report::of(&all[..1]), *format, Style::PLAIN);
        assert_eq!(render(&Report::of(&all), *format, Style::PLAIN), one, "{}", format.name());
    }
    assert_eq!(human::findings(&Report::of(&all), Style::PLAIN), human(&all[0], Style::PLAIN));
}

/// A line of 400 bytes or more is not shown, neither for its own sake nor as the neighbour of another.
#[test]
fn long_lines_are_not_shown() {
    let long = format!("# {}\naction reply {{\n}}\n", "x".repeat(5_000));
    let mut sources = Sources::default();
    let file = sources.add("a.cwr", long.as_str());
    let below = Diagnostic::new(Code::NoStale, span(file, &long, "reply"), "below");
    let inside = Diagnostic::new(Code::NoStale, span(file, &long, "xxx"), "inside").label("here");
    let told = human(&of(sources, vec![below, inside]), Style::PLAIN);
    assert!(!told.contains("xxx") && told.contains("1 │ …\n 2 │ action reply {\n   ·        ─────\n"), "{told}");
    assert!(told.contains("    at a.cwr:1:3: here\n"), "{told}");
}

/// A small generator: any text, any spans.
#[test]
fn nothing_makes_them_stumble() {
    let pieces = ["a", "\n", "\r\n", "\r", "\t", "é", "\u{202e}", "日本", " ", "}", "\u{1b}[2J", "longer words"];
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("fits") % below
    };
    for _ in 0..1_500 {
        let text: String = (0..next(30)).map(|_| pieces[next(pieces.len())]).collect();
        let mut sources = Sources::default();
        let files = [sources.add("a\u{202e}.cwr", text.as_str()), sources.add("b.cwr", "b\n")];
        let mut any = || {
            let start = u32::try_from(next(text.len() + 3)).expect("small");
            Span { file: files[usize::from(next(4) == 0)], start, end: start + u32::try_from(next(9)).expect("small") }
        };
        let diagnostic = Diagnostic::new(Code::SyntaxError, any(), text.as_str())
            .label("one")
            .also(any(), "two")
            .also(any(), "three")
            .help(text.as_str());
        let root = of(sources, vec![diagnostic]);
        let told = human(&root, Style::PLAIN);
        for label in ["one", "two", "three"] {
            assert!(told.contains(label), "{label} is missing of {text:?}:\n{told}");
        }
        for format in Format::ALL {
            let told = render(&Report::of(std::slice::from_ref(&root)), *format, Style::PLAIN);
            assert!(!told.contains(['\u{1b}', '\u{202e}', '\r']), "{}: {told}", format.name());
        }
    }
}
