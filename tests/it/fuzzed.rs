//! What the fuzz targets do, run here on their seeds, on what they found (`tests/cases/fuzz/TARGET/`), and on bytes and
//! damaged seeds that proptest makes: no panic, and every line accounted for.

#[expect(unreachable_pub, reason = "public for the fuzz targets, which are another crate")]
#[path = "../fuzz/entries.rs"]
mod entries;

use crate::repository;
use proptest::prelude::*;
use std::fs;

/// A target: its name, what it does, and how many inputs proptest makes for it.
type Target = (&'static str, fn(&[u8]), u32);

const TARGETS: &[Target] = &[
    ("parser", entries::parser, 100),
    ("fmt", entries::fmt, 100),
    ("predicate", entries::predicate, 100),
    ("jsonl", entries::jsonl, 100),
    ("table", entries::table, 200),
    ("counts", entries::counts, 200),
    #[cfg(feature = "parquet")]
    ("parquet", entries::parquet, 200),
    ("compressed", entries::compressed, 200),
    ("world", entries::world, 200),
    ("state", entries::state, 200),
];

/// What is known to be of interest to a target.
fn known(target: &str) -> Vec<Vec<u8>> {
    let mut known = inputs(&format!("tests/fuzz/seeds/{target}"));
    known.extend(inputs(&format!("tests/cases/fuzz/{target}")));
    match target {
        "parser" => known.extend(inputs("tests/cases/syntax")),
        "fmt" => known.extend(inputs("tests/cases/fmt")),
        "parquet" => known.retain(|bytes| bytes.starts_with(b"PAR1")),
        _ => {}
    }
    assert!(!known.is_empty(), "nothing to start from for {target}");
    known
}

/// All files of a folder, in order.
fn inputs(folder: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(repository(folder)).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("an input")).collect()
}

/// An input with some bytes replaced, and cut at some place.
fn damaged(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (prop::sample::select(seeds), changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, changes, end, cut)| {
            for (at, byte) in changes {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            let end = if cut { end.index(bytes.len() + 1) } else { bytes.len() };
            bytes.truncate(end);
            bytes
        },
    )
}

#[test]
fn what_was_found_stays_mended() {
    for (target, run, _) in TARGETS {
        for bytes in known(target) {
            run(&bytes);
        }
    }
}

#[test]
fn any_bytes_are_survived() {
    for (target, run, cases) in TARGETS {
        let any_bytes = prop::collection::vec(any::<u8>(), 0..300);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(*cases));
        let checked = runner.run(&prop_oneof![1 => any_bytes, 4 => damaged(known(target))], |bytes| {
            run(&bytes);
            Ok(())
        });
        checked.unwrap_or_else(|error| panic!("{target}: {error}"));
    }
}
