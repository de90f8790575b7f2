//! Every finding of the floor, with its exact place and words: `findings.txt` holds texts and what is said of them.
//!
//! A case starts at `---- TITLE`; its text stands behind `prelude.cwr` (places count from the case's first line), or
//! alone where it starts with `!alone`; lines that start with `    => ` are the findings. After a change,
//! `UPDATE=1 cargo test --lib model::tests::findings` writes the file anew: read the difference.

use super::{build_text, line};
use crate::diagnostic::Code;
use std::fmt::Write as _;

const CASES: &str = include_str!("findings.txt");
const PRELUDE: &str = include_str!("prelude.cwr");

/// A case as it should stand in the file.
fn render(case: &str) -> String {
    let (title, body) = case.split_once('\n').expect("a title and a text");
    let text: String = body.split_inclusive('\n').filter(|line| !line.starts_with("    => ")).collect();
    let (whole, skip) = match text.strip_prefix("!alone\n") {
        Some(alone) => (alone.to_owned(), 0),
        None => (format!("{PRELUDE}{text}"), PRELUDE.lines().count()),
    };
    let (sources, _, found) = build_text(&whole);
    let mut out = format!("---- {title}\n{text}");
    for found in &found {
        writeln!(out, "    => {}", line(&sources, found, skip)).expect("a string takes everything");
    }
    out
}

fn cases() -> impl Iterator<Item = &'static str> {
    CASES.split("---- ").filter(|case| !case.is_empty())
}

#[test]
fn findings_are_exact() {
    let now: String = cases().map(render).collect();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/model/tests/findings.txt"), now).expect("written");
        return;
    }
    for case in cases() {
        let (now, expected) = (render(case), format!("---- {case}"));
        assert!(now == expected, "{}", similar::TextDiff::from_lines(&expected, &now).unified_diff());
    }
}

#[test]
fn every_code_of_the_floor_has_a_case() {
    let own = [
        Code::DeclaredTwice,
        Code::UnknownName,
        Code::MisplacedClause,
        Code::MissingClause,
        Code::WrongValue,
        Code::NotTickMultiple,
        Code::WrongDirection,
        Code::OneSidedMetric,
    ];
    for code in own {
        assert!(CASES.contains(&format!("    => {} ", code.number())), "{}", code.number());
    }
}

/// Messages start in lower case (or with what the user wrote), have no final stop, and their backticks pair up.
#[test]
fn messages_keep_the_style() {
    for finding in CASES.lines().filter_map(|line| line.strip_prefix("    => ")) {
        let text = finding.splitn(3, ' ').nth(2).expect("code, place, text");
        for part in text.split(" | ") {
            assert!(!part.ends_with('.') && part.matches('`').count() % 2 == 0, "{finding}");
            assert!(!part.starts_with(|letter: char| letter.is_uppercase()), "{finding}");
        }
    }
}

/// What the parser has reported is not reported again by those who would have used it.
#[test]
fn one_mistake_gives_one_finding() {
    let mistakes = [
        "singal foo \"x\"\nmetric m from staff { good foo bad rejected }",
        "metric m form staff { good accepted bad rejected }\naction b follows steps { risk low gate crawl to walk { bar \
         m >= 90% over 14d min 20 margin 2pp } }",
        "action b follows { risk low }",
        "action b follows steps { riks low }",
        "action b follows steps { risk low matches amount > }",
        "metric m from staff { god accepted bad rejected }",
        "metric m from staff { counts accepted wihtin 7d }",
        "assure base crawl to walk { givn share = 80% given traffic 3 per 1d promotes within 9d at most 2% }",
        "assure base crawl to walk { given share = 80% given traffic 3 per 1d promotes witin 9d at most 2% }",
        "action b follows steps { risk low cooldown 0d }",
        "action b follows steps { risk low gate crawl to walk { hold 14 d } }",
        "action b { risk low gate crawl to walk { bar share >= 90% over 14d mni 20 margin 4pp hold 14d } stale 9d }",
    ];
    for mistake in mistakes {
        let (sources, _, found) = build_text(&format!("{PRELUDE}{mistake}\n"));
        let found: Vec<String> = found.iter().map(|found| line(&sources, found, PRELUDE.lines().count())).collect();
        assert_eq!(found.len(), 1, "{mistake}\n{found:#?}");
    }
}
