//! The formatter: golden cases, what the whole repository looks like, and laws for every text.
//!
//! `UPDATE_DOCS=1 cargo test --test it fmt` formats the policies and the pages of the repository.

use crate::check::{World, findings};
use crate::cli::transcripts::{blocks, same_or_updated};
use crate::random::case;
use crate::{engine, files_below, golden, repository};
use cwrc::render::{self, Style};
use cwrc::source::{FileId, Sources};
use cwrc::syntax::ast::{Clause, ClauseKind, File};
use cwrc::syntax::{self, Refusal};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

/// The policy of language.md §1, below one line more.
const SUPPORT: &str = include_str!("../cases/syntax/support.cwr");
/// A policy that has everything.
const RICH: &str = include_str!("../fuzz/rich.cwr");

fn format(text: &str) -> Result<String, Refusal> {
    syntax::format(FileId(0), text)
}

#[test]
fn cases_are_laid_out_as_shown() {
    for path in files_below(&repository("tests/cases/fmt"), "cwr") {
        let text = fs::read_to_string(&path).expect("a case");
        let mut sources = Sources::default();
        let file = sources.add("case.cwr", text.as_str());
        match syntax::format(file, &text) {
            Ok(formatted) => golden(&path, &formatted),
            Err(Refusal::Faulty(faults)) => golden(&path, &render::diagnostics::human(&faults, &sources, Style::PLAIN)),
            Err(refusal) => panic!("{}: {refusal:?}", path.display()),
        }
    }
}

#[test]
fn the_policy_of_the_specification_is_canonical() {
    assert_eq!(format(SUPPORT).as_deref(), Ok(SUPPORT));
}

/// The policies of the repository, and the policies in the pages of `explain`, stand in the canonical layout.
#[test]
fn the_repository_is_formatted() {
    let mut wrong = Vec::new();
    for path in files_below(&repository("policies"), "cwr") {
        let text = fs::read_to_string(&path).expect("a policy");
        let formatted = format(&text).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", path.display()));
        wrong.extend(same_or_updated(&path, &text, &formatted).err());
    }
    for path in files_below(&repository("src/diagnostic/pages"), "md") {
        let page = fs::read_to_string(&path).expect("a page");
        let mut formatted = page.clone();
        for block in blocks(&page).expect("closed blocks").iter().rev().filter(|block| block.info.starts_with("cwr")) {
            match format(block.text) {
                Ok(text) => formatted.replace_range(block.at..block.at + block.text.len(), &text),
                Err(refusal) => assert!(block.info == "cwr bad", "{}: {refusal:?}", path.display()),
            }
        }
        wrong.extend(same_or_updated(&path, &page, &formatted).err());
    }
    assert!(wrong.is_empty(), "{}\nUPDATE_DOCS=1 formats them", wrong.join("\n"));
}

#[test]
fn formatting_changes_no_finding() {
    let mut compared = 0;
    for path in every_policy() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let Ok(formatted) = lawful(&text) else { continue };
        assert_eq!(told(&formatted), told(&text), "{}", path.display());
        compared += 1;
    }
    assert!(compared > 80, "{compared}");
}

/// Every policy of the repository, faulty ones too.
fn every_policy() -> Vec<PathBuf> {
    ["policies", "tests"].iter().flat_map(|folder| files_below(&repository(folder), "cwr")).collect()
}

/// What is found in a text, without places.
fn told(text: &str) -> Vec<String> {
    let (_, found) = findings(&World::Text(text), "policy.cwr");
    let mut told: Vec<String> = found.iter().map(|it| format!("{:?} {}", it.code, it.message)).collect();
    told.sort();
    told
}

#[test]
fn line_ends_are_kept_and_a_mark_is_dropped() {
    let lf = format(RICH).expect("no faults");
    assert!(!lf.contains('\r'));
    let crlf = lf.replace('\n', "\r\n");
    assert_eq!(format(&RICH.replace('\n', "\r\n")).as_deref(), Ok(crlf.as_str()));
    assert_eq!(format(&format!("\u{FEFF}{RICH}")).as_deref(), Ok(lf.as_str()));
    assert_eq!(format("signal a # b\t \r\nsignal c\n").as_deref(), Ok("signal a   # b\r\nsignal c\r\n"));
    for (text, formatted) in [("", ""), (" \r\n\n", ""), ("# x", "# x\n"), ("signal a", "signal a\n")] {
        assert_eq!(format(text).as_deref(), Ok(formatted));
    }
}

#[test]
fn faults_are_told_where_they_are() {
    let text = "\u{FEFF}signal a;\n";
    let Err(Refusal::Faulty(faults)) = format(text) else { panic!("a fault") };
    assert_eq!(&text[faults[0].at.span.start as usize..faults[0].at.span.end as usize], ";");
}

/// Formats a text and checks what holds for every result.
fn lawful(text: &str) -> Result<String, Refusal> {
    let formatted = format(text)?;
    assert_eq!(format(&formatted).as_ref(), Ok(&formatted), "formatted again");
    assert_eq!(tree(&formatted), tree(text), "the tree of\n{text}\nand of\n{formatted}");
    assert_eq!(comments(&formatted), comments(text), "the comments of\n{text}\nand of\n{formatted}");
    for line in formatted.lines() {
        let is_long = line.chars().count() > 100 && !line.contains(['"', '#']) && line.split_whitespace().count() > 4;
        assert!(line.trim_end() == line && !line.contains('\t') && !is_long, "{line:?}");
    }
    assert!(!formatted.contains("\n\n\n") && !formatted.contains("{\n\n") && !formatted.ends_with("\n\n"));
    Ok(formatted)
}

/// The tree without places; clauses stand by their keyword, those of one keyword as they are written.
fn tree(text: &str) -> String {
    let parse = syntax::parse(FileId(0), text);
    assert_eq!(parse.diagnostics, []);
    let File { imports, mut declarations, .. } = parse.file;
    for declaration in &mut declarations {
        sort(&mut declaration.clauses);
    }
    let shown = format!("{imports:#?}{declarations:#?}");
    shown.split("Span {").map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect()
}

fn sort(clauses: &mut [Clause]) {
    for clause in clauses.iter_mut() {
        if let ClauseKind::Gate { clauses, .. } = &mut clause.kind {
            sort(clauses);
        }
    }
    clauses.sort_by_key(|clause| {
        let promise = matches!(clause.kind, ClauseKind::Promise { .. });
        let step =
            if let ClauseKind::Gate { step: Some(step), .. } = &clause.kind { step.from.value.as_str() } else { "" };
        (if promise { String::new() } else { clause.keyword.value.clone() }, step.to_owned())
    });
}

/// The comments of a text, sorted.
fn comments(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> =
        text.lines().filter_map(|line| Some(line[start_of_comment(line)?..].trim_end())).collect();
    found.sort_unstable();
    found
}

fn start_of_comment(line: &str) -> Option<usize> {
    let (mut is_string, mut is_escaped) = (false, false);
    line.char_indices().find_map(|(at, sign)| {
        let is_quote = sign == '"' && !is_escaped;
        is_escaped = sign == '\\' && is_string && !is_escaped;
        is_string ^= is_quote;
        (sign == '#' && !is_string).then_some(at)
    })
}

/// The words of a text that has no comments: strings, signs, and what stands between blanks.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_string, mut is_escaped, mut goes_on) = (false, false, false);
    for sign in text.chars() {
        if is_string {
            words.last_mut().expect("its quote").push(sign);
            is_string = sign != '"' || is_escaped;
            is_escaped = sign == '\\' && !is_escaped;
            goes_on = false;
            continue;
        }
        match sign {
            ' ' | '\n' => goes_on = false,
            '"' | '(' | ')' | ',' | '{' | '}' => {
                words.push(sign.to_string());
                (goes_on, is_string) = (false, sign == '"');
            }
            _ if goes_on => words.last_mut().expect("its start").push(sign),
            _ => {
                words.push(sign.to_string());
                goes_on = true;
            }
        }
    }
    words
}

/// So many of the gaps are neither blank lines nor comments.
const BLANKS: usize = 4;

/// A text with other white space, and with comments, between its words.
fn scattered(text: &str, gaps: &[usize]) -> String {
    let bare: String =
        text.lines().map(|line| line[..start_of_comment(line).unwrap_or(line.len())].to_owned() + "\n").collect();
    let mut scattered = String::new();
    for ((place, word), gap) in words(&bare).iter().enumerate().zip(gaps.iter().cycle()) {
        let comment = format!(" # {} \"of\" {{{place}\n", word.replace('"', "'"));
        let (below, set_apart) = (format!("\n{comment}"), format!("\n\n{comment}\n"));
        let gaps = [" ", "  ", "\t", "\n", "\r\n", "\n\n", "\n \n\t\n", &comment, &comment[1..], &below, &set_apart];
        scattered.extend([gaps[gap % gaps.len()], word]);
    }
    scattered
}

/// A word, sign or comment that may stand anywhere.
fn scrap() -> impl Strategy<Value = String> {
    let words: Vec<String> = words(SUPPORT.split_once('\n').expect("lines").1.split_once('\n').expect("lines").1);
    let signs = "{ } ( ) , # \n \n\n #x\n \r\n ; = not and or in \"".split(' ').map(str::to_owned).collect::<Vec<_>>();
    prop_oneof![prop::sample::select(words), prop::sample::select(signs), "\\PC{0,3}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_layout_of_a_policy_is_formatted(seed in 0..100_000_u64, gaps in prop::collection::vec(0..11_usize, 1..80)) {
        let policy = case(seed).policy;
        let formatted = lawful(&policy).expect("no faults");
        prop_assert_eq!(engine::plan(&formatted).digest, engine::plan(&policy).digest);
        let again = lawful(&scattered(&policy, &gaps)).expect("no faults");
        prop_assert_eq!(engine::plan(&again).digest, engine::plan(&policy).digest);
    }

    #[test]
    fn white_space_does_not_matter(gaps in prop::collection::vec(0..BLANKS, 1..80)) {
        prop_assert_eq!(format(&scattered(RICH, &gaps)), format(&scattered(RICH, &[0])));
    }

    #[test]
    fn any_layout_of_everything_is_formatted(gaps in prop::collection::vec(0..11_usize, 1..200)) {
        for text in [RICH, SUPPORT] {
            lawful(&scattered(text, &gaps)).expect("no faults");
        }
    }

    #[test]
    fn any_text_is_formatted_or_refused(text in any::<String>()) {
        let _ = lawful(&text);
    }

    #[test]
    fn any_row_of_scraps_is_formatted_or_refused(scraps in prop::collection::vec(scrap(), 0..40), glue in "[ \n]") {
        let _ = lawful(&scraps.join(&glue));
    }

    #[test]
    fn any_mutation_is_formatted_or_refused(at in any::<prop::sample::Index>(), kind in 0..4, with in scrap()) {
        let mut all: Vec<String> = SUPPORT.split_inclusive([' ', '\n']).map(str::to_owned).collect();
        let at = at.index(all.len());
        match kind {
            0 => drop(all.remove(at)),
            1 => all.insert(at, with),
            2 => all[at] = with + " ",
            _ => all.insert(at, all[at].clone()),
        }
        let _ = lawful(&all.concat());
    }
}
