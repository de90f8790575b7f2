//! Properties of every text: there is a tree, every span lies in the text, time is linear, faults are counted.

use super::{Parse, parse, parse_chunked};
use crate::source::{FileId, Span};
use proptest::prelude::*;

/// The policy of language.md §1.
const SUPPORT: &str = include_str!("../../tests/cases/syntax/support.cwr");

/// Parses, and checks what holds for every text.
fn read(text: &str) -> Parse {
    let found = parse(FileId(0), text);
    for least in [0, 200] {
        let chunked = parse_chunked(FileId(0), text, least);
        assert_eq!((&chunked.file, &chunked.diagnostics), (&found.file, &found.diagnostics), "{text}");
    }
    for it in &found.diagnostics {
        let spans = std::iter::once(&it.at).chain(&it.also);
        assert!(spans.into_iter().all(|label| is_in(text, label.span)), "{it:?}");
        for said in [&it.message].into_iter().chain(&it.help).chain(it.also.iter().map(|label| &label.text)) {
            let plain = !said.chars().any(char::is_control) && !said.ends_with('.') && said.chars().count() < 300;
            assert!(plain && said.matches('`').count() % 2 == 0, "{it:?}");
        }
        assert!(it.help.is_some(), "{it:?}");
    }
    for it in &found.file.declarations {
        let names = it.name.iter().chain(&it.title).map(|name| name.span);
        let clauses = it.clauses.iter().flat_map(|clause| [clause.span, clause.keyword.span]);
        assert!(names.chain(clauses).chain([it.span, it.keyword]).all(|span| is_in(text, span)), "{it:?}");
    }
    found
}

fn is_in(text: &str, span: Span) -> bool {
    text.get(span.start as usize..span.end as usize).is_some()
}

/// A word, sign or piece that may stand anywhere.
fn scrap() -> impl Strategy<Value = String> {
    let words: Vec<String> = SUPPORT.split_whitespace().map(str::to_owned).collect();
    prop_oneof![
        prop::sample::select(words),
        prop::sample::select(
            "{ } ( ) , ; : = == ! not and or in \" ' 'a`b' ` # \\ /* */ // 14days 90 % ≥ \u{202E}"
                .split(' ')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        ),
        "\\PC{0,3}",
        Just("\n".to_owned()),
    ]
}

/// `SUPPORT`, its tokens and the white space between them apart.
fn pieces() -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in SUPPORT.chars() {
        let last = pieces.last_mut().expect("never empty");
        if last.chars().next_back().is_some_and(|before| before.is_whitespace() != letter.is_whitespace()) {
            pieces.push(letter.to_string());
        } else {
            last.push(letter);
        }
    }
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_has_a_tree(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_row_of_scraps_has_a_tree(scraps in prop::collection::vec(scrap(), 0..60), glue in "[ \n]") {
        read(&scraps.join(&glue));
    }

    #[test]
    fn any_mutation_has_a_tree(at in any::<prop::sample::Index>(), kind in 0..4, with in scrap()) {
        let mut all = pieces();
        let at = at.index(all.len());
        match kind {
            0 => { all.remove(at); }
            1 => all.insert(at, with),
            2 => all[at] = with,
            _ => all.insert(at, all[at].clone()),
        }
        read(&all.concat());
    }

    #[test]
    fn any_prefix_has_a_tree(at in 0..SUPPORT.len()) {
        if let Some(text) = SUPPORT.get(..at) {
            read(text);
        }
    }

    #[test]
    fn any_layout_is_the_language(gaps in prop::collection::vec(0..5_usize, 600)) {
        let mut text = String::new();
        for (word, gap) in super::tests::EVERYTHING.split_whitespace().zip(gaps) {
            text.extend([word, [" ", "\n", "\t ", " # \"{ c\n", "\r\n"][gap]]);
        }
        prop_assert_eq!(read(&text).diagnostics, []);
    }

    #[test]
    fn planted_faults_are_counted(plants in prop::collection::vec((0..CLAUSES.len(), 0..FAULTS + 3), 1..30)) {
        let mut text = String::from("ladder standard {\n  gate crawl to walk {\n");
        let mut faults = 0;
        for (clause, fault) in plants {
            let (clause, is_faulty) = plant(CLAUSES[clause], fault);
            faults += usize::from(is_faulty);
            text.extend(["    ", clause.as_str(), "\n    hold 14d\n"]);
        }
        text += "  }\n  stale 28d\n}\nsignal a\n";
        let found = read(&text);
        let messages: Vec<_> = found.diagnostics.iter().map(|it| &it.message).collect();
        prop_assert!((faults..=faults + 1).contains(&messages.len()), "{faults} planted, {messages:#?} in {text}");
        prop_assert_eq!(found.file.declarations.len(), 2);
    }
}

/// Clauses to plant faults in.
const CLAUSES: [&str; 12] = [
    "bar acceptance >= 90% over 14d min 200",
    "bar score >= 4.2 over tier min 500 confidence 95% anytime",
    "keep completion >= 95% over 14d min 100 margin 4pp",
    "requires reply_to_faq at walk",
    "approval \"CFO\"",
    "stop after 180d",
    "trip complaint, refund >= 3 within 1d to crawl",
    "good accepted, hold",
    "counts reopened within 7d",
    "settle 30d as good",
    "renew on model, prompt_version to crawl",
    "mean of rating between 1 and 5",
];

/// How many ways of `plant` there are to make a clause faulty.
const FAULTS: usize = 7;

/// A clause made faulty in one way, and whether that way applies.
fn plant(clause: &str, fault: usize) -> (String, bool) {
    let planted = match fault {
        0 => format!("{clause};"),
        1 => clause.replacen(' ', ": ", 1),
        2 => format!("{}{}", &clause[..1], clause).replacen(' ', "_ ", 1),
        3 => clause.split(' ').next().unwrap_or_default().to_owned(),
        4 => clause.replacen("14d", "14days", 1),
        5 => clause.replacen(">=", "=>", 1),
        6 => clause.replacen("d ", " d ", usize::from(clause.contains("14d "))),
        _ => clause.to_owned(),
    };
    let is_faulty = planted != clause;
    (planted, is_faulty)
}

/// What chunks are for: a text of many declarations, and a fault, an import or an edition anywhere in it.
#[test]
fn chunks_change_nothing() {
    let policy = |odd: &str| format!("{SUPPORT}\n{odd}\n{}", SUPPORT.replace("policy ", "policy other_"));
    for odd in
        ["", "signal", "attribute a", "import \"x\"", "language 1", "}", "{", "action a {", "hold 1d", "\u{FEFF}", "\""]
    {
        let found = read(&policy(odd));
        assert!(found.file.declarations.len() > 20, "{odd}");
    }
    assert!(super::chunks::parse(FileId(0), &policy(""), &policy(""), 200).is_some(), "the fast way is taken");
}

/// The size of the texts below: 1 MiB in an optimised build.
const SIZE: usize = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };

/// Texts that would take a careless parser for ever end, and are told in a page.
#[test]
fn absurd_texts_end() {
    let full = |piece: &str| piece.repeat(SIZE / piece.len());
    let signs =
        "( { \" ' 7 ) } , ; “ „ /* not gate_ good_ bar_ x_ action_a_{_ action_a_{_gate_crawl_to_walk_{_ acton_x_{}_";
    let mut texts: Vec<String> = signs.split(' ').map(|it| full(&it.replace('_', "\n"))).collect();
    let tails = "bar x >= 90 ovr;\n|trip, |signal |requires |counts a, |matches a == 1 and |in ( |{ a |action a |a {\n";
    for piece in tails.split('|') {
        texts.push(format!("policy p {{ {}", full(piece)));
        texts.push(format!("policy p {{ good {}", full(piece)));
    }
    for text in texts {
        let found = parse(FileId(0), &text[..text.floor_char_boundary(SIZE)]);
        assert!(found.diagnostics.len() <= 51, "{:?}", text.chars().take(50).collect::<String>());
    }
}

/// One word deleted, doubled, replaced or misspelt gives two reports at the most, whichever word it is.
#[test]
fn one_slip_is_not_many_faults() {
    let all = pieces();
    for at in (0..all.len()).filter(|at| !all[*at].trim().is_empty()) {
        let word = &all[at];
        let mut swapped: Vec<char> = word.chars().collect();
        if let [_, second, third, ..] = swapped.as_mut_slice() {
            std::mem::swap(second, third);
        }
        for slip in [String::new(), format!("{word} {word}"), "frobnicate".to_owned(), swapped.into_iter().collect()] {
            let text = [all[..at].concat(), slip, all[at + 1..].concat()].concat();
            let found = read(&text).diagnostics;
            assert!(found.len() <= 2, "{found:#?}\n{text}");
        }
    }
}
