//! The floors of the house: a module uses only modules of lower floors; those of one floor do not know each other.
//!
//! The table is the one in the `//!` comment of `src/lib.rs`: lines of a number and module names, `//! 6  replay`.

use crate::{files_below, repository};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Reads the table; what stands more than one space behind the names is prose.
fn table(text: &str) -> BTreeMap<String, u32> {
    let mut floors = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("//!")) {
        let Some((number, names)) = line.trim_start().split_once("  ") else { continue };
        let Ok(floor) = number.parse::<u32>() else { continue };
        let names = names.trim_start().split("  ").next().unwrap_or("");
        floors.extend(names.split_whitespace().map(|name| (name.to_owned(), floor)));
    }
    floors
}

fn floors() -> BTreeMap<String, u32> {
    let floors = table(&std::fs::read_to_string(repository("src/lib.rs")).expect("lib.rs"));
    assert!(!floors.is_empty(), "src/lib.rs has no table of floors");
    floors
}

/// The top modules that a text mentions, written inside a module so many steps below the crate.
fn mentioned(text: &str, depth: usize) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let roots = ["crate::".to_owned(), "super::".repeat(depth)];
    let mut names = BTreeSet::new();
    for rest in roots.iter().flat_map(|root| code.split(root.as_str()).skip(1)) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_heads(group)),
            None => names.extend(head(rest)),
        }
    }
    names
}

/// The first name of each path of `use crate::{…}`.
fn group_heads(group: &str) -> BTreeSet<String> {
    let (mut open, mut heads, mut start) = (1, BTreeSet::new(), 0);
    for (at, sign) in group.char_indices() {
        open += i32::from(sign == '{') - i32::from(sign == '}');
        if (sign == ',' && open == 1) || open == 0 {
            heads.extend(head(&group[start..at]));
            start = at + 1;
        }
        if open == 0 {
            break;
        }
    }
    heads
}

fn head(path: &str) -> Option<String> {
    let name: String = path.trim_start().chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The top module that a file of `src/` belongs to, and how many steps below the crate its own module is.
fn module(path: &Path) -> (String, usize) {
    let path = path.strip_prefix(repository("src")).expect("in src").with_extension("");
    let mut parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    (parts[0].clone(), parts.len())
}

#[test]
fn modules_use_lower_floors_only() {
    let floors = floors();
    let mut wrong = Vec::new();
    for path in files_below(&repository("src"), "rs") {
        let (here, depth) = module(&path);
        let Some(floor) = floors.get(&here) else {
            if here != "lib" && here != "main" {
                wrong.push(format!("`{here}` is on no floor"));
            }
            continue;
        };
        let text = std::fs::read_to_string(&path).expect("a source file");
        for other in mentioned(&text, depth).into_iter().filter(|other| *other != here) {
            if floors.get(&other).is_some_and(|below| below >= floor) {
                wrong.push(format!("{}: floor {floor} uses `{other}`", path.display()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn finds_uses_and_reads_tables() {
    let text = "use crate::model::Policy;\nuse crate::{plan, history::{Counts, x}, value::Tier};\n// crate::cli\nsuper::super::replay::run();";
    let names: Vec<String> = mentioned(text, 2).into_iter().collect();
    assert_eq!(names, ["history", "model", "plan", "replay", "value"]);
    let floors = table("//! 10  cli  the world\n//!  6  replay odds\n//! 5 values are not a floor");
    assert_eq!(floors, [("cli", 10), ("odds", 6), ("replay", 6)].map(|(name, floor)| (name.to_owned(), floor)).into());
}
