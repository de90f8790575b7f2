//! CWR002 and CWR007: what cannot be read, and what then stays silent.

use super::{Memory, build_files, line};
use crate::source::Sources;

/// The findings of a root, each with its file.
fn found(files: &[(&str, &str)], root: &str, base: &str) -> Vec<String> {
    let (sources, _, found) = build_files(&Memory::of(files.iter().copied()), root, base);
    found.iter().map(|found| format!("{} {}", sources.get(found.at.span.file).path, line(&sources, found, 0))).collect()
}

#[test]
fn imported_files_come_first_and_once() {
    let memory = Memory::of([
        ("p/root.cwr", "import \"a.cwr\"\nimport \"lib/b.cwr\"\npolicy p { owner \"o\" }"),
        ("p/a.cwr", "import \"lib/b.cwr\"\nsignal a"),
        ("p/lib/b.cwr", "import \"../c.cwr\"\nsignal b"),
        ("p/c.cwr", "signal c"),
    ]);
    let mut sources = Sources::default();
    let loaded = crate::model::load(&mut sources, &memory, "p/root.cwr", "p");
    let order: Vec<&str> = loaded.parsed.iter().map(|(file, _)| sources.get(*file).path.as_str()).collect();
    assert_eq!(order, ["p/c.cwr", "p/lib/b.cwr", "p/a.cwr", "p/root.cwr"]);
    let (policy, found) = loaded.build();
    assert!(found.is_empty() && !loaded.damage.unread, "{found:?}");
    let names: Vec<String> = policy.into_iter().flat_map(|policy| policy.signals).map(|signal| signal.name).collect();
    assert_eq!(names, ["c", "b", "a"]);
}

#[test]
fn a_missing_import_hides_the_names_it_may_declare() {
    let root = "import \"x.cwr\"\npolicy p { owner \"o\" }\nmetric m from staff { good a bad b }";
    assert_eq!(
        found(&[("p/r.cwr", root)], "p/r.cwr", "p"),
        ["p/r.cwr CWR002 1:8 import `x.cwr` cannot be read: there is no such file | the path counts from this file's \
          directory, so `p/x.cwr` is looked for"]
    );
}

#[test]
fn a_cycle_labels_every_hop() {
    let files = [
        ("r.cwr", "import \"a.cwr\"\npolicy p { owner \"o\" }"),
        ("a.cwr", "import \"b.cwr\""),
        ("b.cwr", "\nimport \"a.cwr\""),
    ];
    assert_eq!(
        found(&files, "r.cwr", "."),
        ["b.cwr CWR002 2:8 import of `a.cwr` closes a cycle | leave this import out, or move what both files need \
          into a third one | also 1:8 imports `b.cwr`"]
    );
    let own = [("r.cwr", "import \"r.cwr\"\npolicy p { owner \"o\" }")];
    assert_eq!(
        found(&own, "r.cwr", "."),
        ["r.cwr CWR002 1:8 import of `r.cwr` closes a cycle | leave this import out, or move what both files need \
          into a third one"]
    );
}

#[test]
fn paths_stay_inside() {
    let first = |path: &str, base: &str| {
        let text = format!("import \"{path}\"\npolicy p {{ owner \"o\" }}");
        let files = [("p/q/r.cwr", text.as_str()), ("p/c.cwr", ""), ("o.cwr", "")];
        found(&files, "p/q/r.cwr", base).concat()
    };
    assert_eq!(first("../c.cwr", "p"), "");
    assert_eq!(first("./../q/../c.cwr", "p"), "");
    let outside = "p/q/r.cwr CWR002 1:8 import `../c.cwr` leaves the directory `p/q` | write the path of a file below \
                   it, or check the directory above";
    assert_eq!(first("../c.cwr", "p/q"), outside);
    assert_eq!(first("../c.cwr", "elsewhere"), outside);
    assert!(first("../../p/c.cwr", "p").contains("leaves the directory `p`"));
    assert!(first("/p/c.cwr", ".").contains("CWR002 1:8 import path `/p/c.cwr` is absolute"));
    assert!(first("C:/c.cwr", ".").contains("is absolute"));
    assert!(first("", ".").contains("names no file"));
}

#[test]
fn inputs_that_are_no_text() {
    let mut memory = Memory::of([("r.cwr", "import \"a.cwr\"\nimport \"b.cwr\"\npolicy p { owner \"o\" }")]);
    memory.0.insert("a.cwr".to_owned(), b"signal a\nsignal \xff".to_vec());
    memory.0.insert("b.cwr".to_owned(), vec![b' '; crate::syntax::LONGEST + 1]);
    let (sources, _, found) = build_files(&memory, "r.cwr", ".");
    let found: Vec<String> = found.iter().map(|found| line(&sources, found, 0)).collect();
    assert_eq!(
        found,
        [
            "CWR007 2:8 `a.cwr` is not UTF-8 | save the file as UTF-8 | also 1:8 imported here",
            "CWR007 1:1 `b.cwr` has 8388609 bytes, more than 8 MiB | split it and import the parts | also 2:8 imported \
             here",
        ]
    );
    let (sources, policy, found) = build_files(&memory, "none.cwr", ".");
    assert!(policy.is_none());
    assert_eq!(line(&sources, &found[0], 0), "CWR007 1:1 `none.cwr` cannot be read: there is no such file");
}
