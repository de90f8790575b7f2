//! `cwrc check --fix`: what it writes, what it says, how it exits.

use super::{NOT_UTF8, Sandbox, broken, desk};

/// The policy with a misspelt keyword and a sign too many.
fn misspelt() -> String {
    desk().replacen("hold 2d", "hodl 2d;", 1)
}

/// The same, with an error that has no fix.
fn hopeless() -> String {
    misspelt().replacen("  stale 7d\n", "", 1)
}

const DIFF: &str = "-    hodl 2d;\n+    hold 2d\n";

fn sandbox() -> Sandbox {
    Sandbox::new().with("misspelt.cwr", misspelt()).with("hopeless.cwr", hopeless())
}

#[test]
fn files_are_fixed_in_place_and_named() {
    let sandbox = sandbox();
    let names = sandbox.files();
    let told = sandbox.cwrc("check --fix misspelt.cwr desk.cwr").exits(0);
    assert_eq!(told.err, "fixed 2 of 2 findings in misspelt.cwr\n");
    assert!(told.out.contains("misspelt.cwr: fine") && !told.out.contains("can be fixed"), "{told}");
    assert_eq!([sandbox.read("misspelt.cwr"), sandbox.read("desk.cwr")], [desk(), desk()]);
    assert_eq!(sandbox.files(), names, "nothing is left behind");
    sandbox.cwrc("check --fix misspelt.cwr").exits(0).without_complaint();
    let sandbox = sandbox.with("misspelt.cwr", misspelt());
    sandbox.cwrc("check --fix -q misspelt.cwr").exits(0).mute().without_complaint();
}

#[test]
fn what_is_left_is_told_and_decides_the_exit_code() {
    let told = sandbox().cwrc("check --fix hopeless.cwr --format plain").exits(1);
    assert_eq!(told.err, "fixed 2 of 3 findings in hopeless.cwr\n");
    assert!(told.out.starts_with("hopeless.cwr:27:8: error[CWR215]") && told.out.lines().count() == 1, "{told}");
    sandbox().cwrc("check --fix hopeless.cwr --exit-zero").exits(0).says("CWR215");
    let none = Sandbox::new().with("broken.cwr", broken());
    none.cwrc("check --fix broken.cwr").exits(1).without_complaint().says("CWR204");
    assert_eq!(none.read("broken.cwr"), broken());
}

#[test]
fn a_diff_shows_it_writes_nothing_and_exits_as_without() {
    let sandbox = sandbox();
    let told = sandbox.cwrc("check --fix --diff misspelt.cwr").exits(1);
    assert!(told.out.starts_with("--- misspelt.cwr\n+++ misspelt.cwr\n@@") && told.out.contains(DIFF), "{told}");
    told.complains("would fix 2 of 2 findings in misspelt.cwr").complains("error[CWR001]");
    assert_eq!(sandbox.read("misspelt.cwr"), misspelt());
    sandbox.cwrc("check --fix --diff desk.cwr").exits(0).mute();
}

#[test]
fn standard_input_is_filtered() {
    let sandbox = sandbox();
    for text in [misspelt(), desk()] {
        assert_eq!(sandbox.cwrc_with("check --fix -", &text).exits(0).complains("<stdin>: fine").out, desk());
    }
    let told = sandbox.cwrc_with("check --fix -", hopeless()).exits(1).complains("error[CWR215]");
    assert_eq!(told.out, hopeless().replacen("hodl 2d;", "hold 2d", 1));
    sandbox.cwrc_with("check --fix --diff -", misspelt()).exits(1).says(DIFF);
    sandbox.cwrc_with("check --fix -", NOT_UTF8).exits(2).mute().complains("error[CWR007]");
}

#[test]
fn a_library_is_fixed_once_where_all_its_policies_agree() {
    let (words, rest) = desk()
        .split_once("action reply")
        .map(|(words, rest)| (words.to_owned(), format!("action reply{rest}")))
        .expect("both");
    let library = words.split_once("signal").map(|(_, words)| format!("signal{words}")).expect("signals");
    let faulty = library.replacen("counts reopened", "counts reopend", 1);
    let root = |name: &str, more: &str| {
        format!("import \"lib/words.cwr\"\n\npolicy {name} {{\n  owner \"x\"\n}}\n\n{more}{rest}")
    };
    let sandbox =
        Sandbox::new().with("p/lib/words.cwr", &faulty).with("p/a.cwr", root("a", "")).with("p/b.cwr", root("b", ""));
    let told = sandbox.cwrc("check --fix p p/a.cwr").exits(0);
    assert_eq!(told.err, "fixed 1 of 1 finding in p/lib/words.cwr\n");
    assert_eq!(sandbox.read("p/lib/words.cwr"), library);
    // One of them declares the odd name.
    let sandbox = sandbox.with("p/lib/words.cwr", &faulty).with("p/b.cwr", root("b", "signal reopend\n"));
    sandbox.cwrc("check --fix p").exits(1).without_complaint();
    assert_eq!(sandbox.read("p/lib/words.cwr"), faulty);
}

#[test]
fn what_can_be_fixed_is_told_once_at_the_end() {
    let told = sandbox().cwrc("check misspelt.cwr hopeless.cwr").exits(1);
    assert!(told.out.ends_with("errors\n4 findings can be fixed: cwrc check --fix\n"), "{told}");
    let told = sandbox().cwrc("check misspelt.cwr -q").exits(1);
    assert!(!told.out.contains("can be fixed"), "{told}");
    let told = sandbox().cwrc("check misspelt.cwr --format json").exits(1);
    assert!(told.out.contains("\"what\": \"write `hold`\"") && told.out.contains("\"text\": \"hold\""), "{told}");
}

#[test]
fn what_cannot_be_fixed_is_2() {
    let sandbox = sandbox();
    sandbox.cwrc("check --diff desk.cwr").exits(2).only_complains("--fix");
    sandbox.cwrc("check --fix --at git:main desk.cwr").exits(2).only_complains("cannot be used with");
    sandbox.cwrc("check --fix desk.cwr --history desk.jsonl").exits(2).only_complains("cannot be used with");
    sandbox.cwrc("check --fix missing.cwr misspelt.cwr").exits(2).complains("cannot read missing.cwr");
    assert_eq!(sandbox.read("misspelt.cwr"), desk(), "the others are fixed");
}

#[cfg(unix)]
#[test]
fn a_link_stays_one() {
    let sandbox = sandbox();
    std::os::unix::fs::symlink("misspelt.cwr", sandbox.path("link.cwr")).expect("a link");
    sandbox.cwrc("check --fix link.cwr").exits(0).complains("fixed 2 of 2 findings in link.cwr");
    assert!(sandbox.path("link.cwr").is_symlink());
    assert_eq!(sandbox.read("misspelt.cwr"), desk());
}
