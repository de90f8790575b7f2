//! Reading what people and programs write as YAML.

use super::*;

const TEXT: &str = "start: 2026-01-01\nlist:\n  - {n: 0.10, b: true}\n  - [x, '5', ~]\n5: last\n";

#[test]
fn scalars_stay_as_written() {
    let printed = format!("{:?}", parse(TEXT).expect("yaml"));
    for part in [r#"Number, text: "0.10""#, r#"Flag, text: "true""#, r#"Text, text: "5""#, r#"("5", "#] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
}

#[test]
fn finds_nodes_and_keys() {
    let (value, key, item) = (|name: &str| Step::Value(name.into()), |name: &str| Step::Key(name.into()), Step::Item);
    assert_eq!(locate(TEXT, &[value("start")]), (1, 8));
    assert_eq!(locate(TEXT, &[value("list"), item(0), value("n")]), (3, 9));
    assert_eq!(locate(TEXT, &[value("list"), item(0), key("b")]), (3, 15));
    assert_eq!(locate(TEXT, &[value("list"), item(1), item(1)]), (4, 9));
    assert_eq!(locate(TEXT, &[key("5")]), (5, 1));
    assert_eq!(locate(TEXT, &[value("nowhere")]).0, 1);
}

#[test]
fn says_where_it_is_no_yaml() {
    assert_eq!(parse("a: 1\nb: 2\na: 3\n").expect_err("twice"), ("`a` is given twice".into(), (3, 1)));
    assert_eq!(parse("a: [1\nb: 2\n").expect_err("open").1.0, 2);
    assert!(parse("a: 1\n---\nb: 2\n").is_err());
    assert!(parse("a: !tag 1\n").is_err());
}

#[test]
fn aliases_cannot_make_it_large() {
    assert!(parse("a: &a [x, y]\nb: *a\nc: *a\n").is_ok());
    let list = "1,".repeat(10_000);
    let text = format!("a: &a [{list}]\nb: [{}]\n", "*a,".repeat(10_000));
    assert!(parse(&text).expect_err("too large").0.ends_with("its aliases repeat too much"));
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(30_000), "*a,".repeat(10_000));
    assert!(parse(&text).is_err());
}

#[test]
fn values_are_rewritten_where_they_stand() {
    let text = "# kept\r\na: {tier: walk, clause: \"x.keep[1]\" }  # ü kept\nb:\n  - never: demote # kept\n  - 'one'\n";
    let way = |steps: &[Step]| Way(steps.to_vec());
    let (value, key) = (|name: &str| Step::Value(name.into()), |name: &str| Step::Key(name.into()));
    let edits = [
        (way(&[value("b"), Step::Item(0), key("never")]), "kind".to_owned()),
        (way(&[value("a"), value("tier")]), "x[2]".to_owned()),
        (way(&[value("a"), value("clause")]), "y".to_owned()),
        (way(&[value("b"), Step::Item(1)]), "two".to_owned()),
    ];
    let new = "# kept\r\na: {tier: \"x[2]\", clause: \"y\" }  # ü kept\nb:\n  - kind: demote # kept\n  - 'two'\n";
    assert_eq!(edit::rewritten(text, &edits).as_deref(), Some(new));
    let marked = format!("{MARK}{text}");
    assert_eq!(edit::rewritten(&marked, &edits), Some(format!("{MARK}{new}")));
}
