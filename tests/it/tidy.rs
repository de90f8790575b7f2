//! What keeps the house in order: codes, pages, cases and rules belong together; messages have one form; some words and
//! floating point stay out of places.

use crate::check::{World, cases, compared, findings, rendered};
use crate::{files_below, repository};
use cwrc::diagnostic::{Code, Diagnostic};
use cwrc::source::Sources;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Words for which the language has another one, or that say nothing.
const BANNED: &[&str] = &[
    "threshold",
    "window start",
    "window_start",
    "autonomy level",
    "trust level",
    "tier level",
    "Manager",
    "Helper",
    "Util",
    "Processor",
];

/// Where decisions are made of exact values only.
const EXACT: &[&str] = &["src/plan", "src/history", "src/replay", "src/model", "src/value"];

/// The text of the one block of a page that opens with this fence.
fn block<'a>(page: &'a str, fence: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("\n```{fence}\n"))?;
    rest.split_once("\n```\n").map(|(text, _)| text)
}

/// What one of the policies of a page gives, compared with the page's history if it has one.
fn shown(code: Code, fence: &str) -> Option<(Sources, Vec<Diagnostic>)> {
    let policy = block(code.page(), fence)?;
    Some(compared(&World::Text(policy), "policy.cwr", block(code.page(), "jsonl history")))
}

/// Everything that pages and cases give.
fn all_findings() -> Vec<Diagnostic> {
    let pages = Code::ALL.iter().filter_map(|code| shown(*code, "cwr bad")).flat_map(|(_, told)| told);
    pages.chain(cases().iter().flat_map(|path| findings(&World::Disk, path).1)).collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}

/// The lines of a source file that are not comments, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(at, line)| (at + 1, line))
}

#[test]
fn every_page_shows_its_code_and_the_cure() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let (number, page) = (code.number(), code.page());
        let title = format!("# {number} {}: ", code.name());
        if !page.starts_with(&title) {
            wrong.push(format!("{number}: the page does not start with `{title}`"));
        }
        let (Some((sources, told)), Some((remedied, left))) = (shown(*code, "cwr bad"), shown(*code, "cwr good"))
        else {
            wrong.push(format!("{number}: a block is missing"));
            continue;
        };
        if told.len() != 1 || told[0].code != *code {
            wrong.push(format!("{number}: bad gives\n{}", rendered(&sources, &told)));
        }
        if !left.is_empty() {
            wrong.push(format!("{number}: good gives\n{}", rendered(&remedied, &left)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_read_well_in_a_terminal() {
    for code in Code::ALL {
        for line in code.page().lines() {
            assert!(line.chars().count() <= 160, "{}: long line: {line}", code.number());
            assert!(!line.ends_with(' ') && !line.contains('\t'), "{}: stray space: {line}", code.number());
        }
        let fences = if block(code.page(), "jsonl history").is_some() { 6 } else { 4 };
        assert_eq!(code.page().matches("\n```").count(), fences, "{}: bad, good, and a history at most", code.number());
    }
    let listed: BTreeSet<String> = Code::ALL.iter().map(|code| code.number().to_owned()).collect();
    let pages = files_below(&repository("src/diagnostic/pages"), "md");
    let stems = pages.iter().map(|path| path.file_stem().expect("a stem").to_string_lossy().into_owned());
    assert_eq!(stems.collect::<BTreeSet<_>>(), listed);
}

#[test]
fn every_code_is_given_by_a_case_in_its_folder() {
    let mut missing: BTreeSet<&str> = Code::ALL.iter().map(|code| code.number()).collect();
    for path in cases() {
        for finding in findings(&World::Disk, &path).1 {
            let number = finding.code.number();
            if path.contains(&format!("/{number}/")) {
                missing.remove(number);
            }
        }
    }
    assert!(missing.is_empty(), "no case in tests/cases/check/CODE/ gives {missing:?}");
}

/// A typical one, an edge, and several at once; at least one of them gives the code, see above.
#[test]
fn every_code_has_three_cases() {
    for code in Code::ALL {
        let folder = format!("tests/cases/check/{}/", code.number());
        let count = cases().iter().filter(|path| path.starts_with(&folder)).count();
        assert!(count >= 3, "{folder} has {count} cases");
    }
    for path in files_below(&repository("tests/cases/check"), "cwr") {
        let folder = path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy();
        assert!(
            ["check", "shared"].contains(&&*folder) || Code::ALL.iter().any(|code| code.number() == folder),
            "no code is named {folder}"
        );
    }
}

#[test]
fn every_case_says_what_it_shows() {
    for path in cases().iter().filter(|path| path.starts_with("tests/cases/check/")) {
        let text = String::from_utf8_lossy(&std::fs::read(repository(path)).expect("a case")).into_owned();
        assert!(text.starts_with("# "), "{path} does not open with a comment");
        assert!(text.lines().count() <= 70, "{path} is long");
    }
}

#[test]
fn every_rule_is_listed_and_named_after_its_code() {
    let list = read(&repository("src/check/mod.rs"));
    let names: BTreeSet<String> = Code::ALL.iter().map(|code| code.name().replace('-', "_")).collect();
    for path in files_below(&repository("src/check/rules"), "rs") {
        let stem = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        assert!(list.contains(&format!("\n    {stem},\n")), "rules! does not list `{stem}`");
        assert!(names.contains(&stem), "no code is named like rules/{stem}.rs");
        let head = read(&path);
        let code = Code::find(&stem.replace('_', "-")).expect("a code");
        assert!(head.starts_with(&format!("//! {} {}: ", code.number(), code.name())), "head of rules/{stem}.rs");
        assert!(head.lines().count() <= 120, "rules/{stem}.rs is long");
    }
}

#[test]
fn messages_have_one_form() {
    for Diagnostic { code, message, at, also, help, .. } in all_findings() {
        let number = code.number();
        let first = message.chars().next().unwrap_or('.');
        assert!(first.is_lowercase() || first == '`' || first.is_numeric(), "{number}: starts with {first}: {message}");
        let texts = also.iter().map(|label| &label.text).chain([&message, &at.text]).chain(&help);
        for text in texts {
            assert!(!text.contains('\n'), "{number}: line break: {text}");
            assert!(!text.ends_with('.'), "{number}: final stop: {text}");
            assert_eq!(text.matches('`').count() % 2, 0, "{number}: backticks: {text}");
        }
        assert!(also.iter().all(|label| !label.text.is_empty()), "{number}: a label says nothing");
        assert!(help.is_some_and(|help| !help.is_empty()), "{number}: no help: {message}");
    }
}

/// Words that blame, beg, or shout; and those that begin what belongs into a help.
const NOT_IN_MESSAGES: &[&str] =
    &["illegal", "invalid", "please", "sorry", "you", "your", "oops", "should", "write", "add", "remove", "try", "use"];

/// A text without what stands in backticks or quotes.
fn own_words(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The message states the fact; what to write stands in the help, in words of the language and not of the grammar.
#[test]
fn messages_state_facts_and_helps_say_what_to_write() {
    for Diagnostic { code, message, at, also, help, .. } in all_findings() {
        let number = code.number();
        let words = own_words(&message).to_lowercase();
        for word in words.split(|sign: char| !sign.is_alphanumeric()) {
            assert!(!NOT_IN_MESSAGES.contains(&word), "{number}: `{word}` in a message: {message}");
        }
        let help = help.unwrap_or_default();
        let texts = also.iter().map(|label| &label.text).chain([&message, &at.text, &help]);
        for text in texts.filter(|text| !text.is_empty()) {
            let own = own_words(text);
            assert!(!own.contains('_'), "{number}: a name without backticks: {text}");
            assert!(!own.contains('!'), "{number}: shouts: {text}");
            assert!(!text.contains("  "), "{number}: two spaces: {text}");
            assert!(!text.starts_with(char::is_uppercase), "{number}: starts in upper case: {text}");
        }
        let listed = help.strip_prefix("write one of ").map_or(0, |list| list.matches('`').count() / 2);
        assert!(listed <= 7, "{number}: lists {listed} names: {help}");
    }
}

/// What stands beside a place is read at a glance, and a message fits on two lines.
#[test]
fn labels_and_messages_are_short() {
    for Diagnostic { code, message, at, also, help, .. } in all_findings() {
        let number = code.number();
        let length = |text: &str| text.chars().count();
        for label in also.iter().chain([&at]) {
            assert!(length(&label.text) <= 100, "{number}: long label: {}", label.text);
        }
        assert!(length(&message) <= 160, "{number}: long message: {message}");
        assert!(help.is_none_or(|help| length(&help) <= 240), "{number}: long help");
    }
}

#[test]
fn codes_have_names_to_allow_and_titles_to_read() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let numbers: BTreeSet<&str> = Code::ALL.iter().map(|code| code.number()).collect();
    assert_eq!((names.len(), numbers.len()), (Code::ALL.len(), Code::ALL.len()), "two of one name or number");
    for code in Code::ALL {
        let (name, title) = (code.name(), code.title());
        assert!(
            name.split('-').all(|part| !part.is_empty() && part.chars().all(|it| it.is_ascii_lowercase())),
            "{name}"
        );
        assert!(title.starts_with(|it: char| it.is_ascii_lowercase()) && !title.ends_with('.'), "{title}");
        assert!(title.chars().count() <= 80, "long title: {title}");
        let first = code.page().lines().next();
        assert_eq!(first, Some(format!("# {} {name}: {title}", code.number()).as_str()), "the head of its page");
    }
}

#[test]
fn snapshots_have_their_case() {
    for path in files_below(&repository("tests/cases"), "snap") {
        let folder = path.parent().expect("a folder");
        let stem = path.file_stem().expect("a stem").to_string_lossy().into_owned();
        let mut siblings = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let has_case = siblings.any(|it| it != path && it.file_stem().is_some_and(|other| *other == *stem));
        assert!(has_case, "{} has no case", path.display());
    }
    let fresh = files_below(&repository("tests"), "new");
    assert!(fresh.is_empty(), "snapshots to be looked at: {fresh:?}");
}

#[test]
fn banned_words_stay_out() {
    for path in files_below(&repository("src"), "rs") {
        for (at, line) in read(&path).lines().enumerate() {
            for word in BANNED {
                assert!(!line.contains(word), "{}:{}: `{word}`", path.display(), at + 1);
            }
        }
    }
}

#[test]
fn decisions_are_made_of_exact_values() {
    for folder in EXACT {
        let is_code = |path: &PathBuf| !path.ends_with("tests.rs");
        for path in files_below(&repository(folder), "rs").into_iter().filter(is_code) {
            for (at, line) in code_lines(&read(&path)) {
                assert!(!line.contains("f64") && !line.contains("f32"), "{}:{at}: floating point", path.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for path in files_below(&repository("src"), "rs").into_iter().chain(files_below(&repository("tests/it"), "rs")) {
        assert!(read(&path).starts_with("//! "), "{} has no head comment", path.display());
    }
}
