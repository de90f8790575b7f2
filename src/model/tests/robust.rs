//! Whatever the text, nothing panics; and what is valid builds without a finding.

use super::{Memory, SUPPORT, build_text, line, policy};
use crate::diagnostic::Code;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn the_policy_of_the_specification_builds() {
    let policy = policy(SUPPORT);
    assert!(!policy.incomplete);
    assert_eq!(policy.actions.len(), 3);
}

#[test]
fn every_conformance_policy_builds() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance"));
    let Ok(entries) = std::fs::read_dir(folder) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    let mut seen = 0;
    for entry in entries.flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("policy.cwr")) else { continue };
        let (sources, built, found) = build_text(&text);
        let found: Vec<String> = found.iter().map(|found| line(&sources, found, 0)).collect();
        assert!(found.is_empty() && built.is_some(), "{}: {found:#?}", entry.path().display());
        seen += 1;
    }
    assert!(seen > 0, "no policy in {}", folder.display());
}

/// One change of a text: a word left out, doubled, or replaced by another of the language.
fn mutate(text: &str, at: usize, how: u8, with: &str) -> String {
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
    let at = at % words.len();
    match how % 4 {
        0 => drop(words.remove(at)),
        1 => words.insert(at, words[at]),
        2 => words[at] = with,
        _ => words.insert(at, with),
    }
    words.concat()
}

fn word() -> impl Strategy<Value = &'static str> {
    let words: Vec<&str> = SUPPORT.split_whitespace().collect();
    let odd = ["}", "{", "\"", "0d", "99w", "101%", "-1", "assure ", "ladder ", "given ", "4294967296", "\u{202e}"];
    prop_oneof![proptest::sample::select(words), proptest::sample::select(odd.to_vec()), Just("run ")]
}

proptest! {
    #[test]
    fn mutations_never_panic(changes in proptest::collection::vec((any::<usize>(), any::<u8>(), word()), 1..6)) {
        let mut text = SUPPORT.to_owned();
        for (at, how, with) in changes {
            text = mutate(&text, at, how, with);
        }
        let (sources, built, found) = build_text(&text);
        assert_eq!(built.is_some_and(|policy| !policy.incomplete), found.is_empty() && text.contains("policy"));
        for finding in &found {
            let end = sources.get(finding.at.span.file).text.len();
            assert!(finding.at.span.end as usize <= end && finding.at.span.start <= finding.at.span.end);
        }
    }

    #[test]
    fn one_change_gives_few_findings(at in any::<usize>(), how in any::<u8>(), with in word()) {
        let text = mutate(SUPPORT, at, how, with);
        let (sources, _, found) = build_text(&text);
        let own = found.iter().filter(|found| found.code != Code::SyntaxError);
        let own: Vec<String> = own.map(|found| line(&sources, found, 0)).collect();
        assert!(own.len() < 6, "{text}\n{own:#?}");
    }
}

#[test]
fn large_policies_build() {
    let mut text = SUPPORT.to_owned();
    let files: Vec<(String, String)> = (0..40).map(|file| (format!("part{file}.cwr"), part(file))).collect();
    let imports: Vec<String> = files.iter().map(|(path, _)| format!("import \"{path}\"\n")).collect();
    text.insert_str(0, &imports.concat());
    let mut memory = Memory::of(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    memory.0.insert("root.cwr".to_owned(), text.into_bytes());
    let mut sources = crate::source::Sources::default();
    let loaded = super::load(&mut sources, &memory, "root.cwr", ".");
    let (built, found) = crate::model::build(&loaded.parsed);
    assert!(found.is_empty());
    assert_eq!(built.map(|policy| policy.actions.len()), Some(10_003));
}

fn part(file: usize) -> String {
    let mut text = String::new();
    for index in 0..250 {
        let name = format!("action_{file}_{index}");
        write!(
            text,
            "action {name} \"Action {index} of file {file}\" follows standard {{\n  risk moderate\n  matches action == \
             \"{name}\" and amount <= 50\n  gate walk to run {{\n    bar refund_stands >= 99% over 60d min 500 confidence \
             95% margin 2pp\n    hold 30d\n    requires reply_to_faq at walk\n  }}\n  trip complaint >= 3 within 1d to \
             crawl\n  stale 90d\n}}\n"
        )
        .expect("a string takes everything");
    }
    text
}
