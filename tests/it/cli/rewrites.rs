//! `cwrc fmt`: what it writes, what it says, how it exits.

use super::{NOT_UTF8, Sandbox, desk};
use std::fs;

/// Not in the canonical layout.
const UNTIDY: &str = "signal b   # beside\nsignal a \"A\"\npolicy p { promote one per 1d owner \"x\" }\n";
/// The same as it should be.
const TIDY: &str = "signal b   # beside\nsignal a  \"A\"\n\npolicy p {\n  owner   \"x\"\n  promote one per 1d\n}\n";
/// Not a policy.
const FAULTY: &str = "signal a;\n";

fn sandbox() -> Sandbox {
    Sandbox::new().with("untidy.cwr", UNTIDY).with("tidy.cwr", TIDY)
}

#[test]
fn files_are_rewritten_in_place_and_named() {
    let sandbox = sandbox();
    let names = sandbox.files();
    sandbox.cwrc("fmt untidy.cwr tidy.cwr").exits(0).mute().complains("formatted untidy.cwr");
    assert_eq!([sandbox.read("untidy.cwr"), sandbox.read("tidy.cwr")], [TIDY, TIDY]);
    assert_eq!(sandbox.files(), names, "nothing is left behind");
    sandbox.cwrc("fmt untidy.cwr").exits(0).mute().without_complaint();
    let sandbox = sandbox.with("untidy.cwr", UNTIDY);
    sandbox.cwrc("fmt -q untidy.cwr").exits(0).mute().without_complaint();
    assert_eq!(sandbox.read("untidy.cwr"), TIDY);
}

#[test]
fn directories_and_globs_mean_every_policy_and_library() {
    let sandbox =
        sandbox().with("all/lib/a.cwr", "signal  a").with("all/root.cwr", UNTIDY).with("all/x.txt", "signal  a");
    let sandbox = sandbox.with("all/.hidden/b.cwr", "signal  b");
    let told = sandbox.cwrc("fmt all all/root.cwr").exits(0).mute();
    assert_eq!(told.err, "formatted all/lib/a.cwr\nformatted all/root.cwr\n");
    assert_eq!([sandbox.read("all/x.txt"), sandbox.read("all/.hidden/b.cwr")], ["signal  a", "signal  b"]);
    sandbox.cwrc("fmt --check *tidy.cwr").exits(1).says("untidy.cwr\n").without_complaint();
    let told = sandbox.cwrc("fmt").exits(0).mute();
    assert!(told.err.contains("formatted untidy.cwr\n"), "the working directory: {told}");
}

#[test]
fn standard_input_is_filtered() {
    let sandbox = sandbox();
    for text in [UNTIDY, TIDY] {
        let told = sandbox.cwrc_with("fmt -", text).exits(0).without_complaint();
        assert_eq!(told.out, TIDY);
    }
    sandbox.cwrc_with("fmt -", FAULTY).exits(1).only_complains("<stdin>:1:9");
    sandbox.cwrc_with("fmt -", NOT_UTF8).exits(2).only_complains("`<stdin>` is not UTF-8");
    assert_eq!(sandbox.cwrc_with("fmt - --check", UNTIDY).exits(1).without_complaint().out, "<stdin>\n");
    sandbox.cwrc_with("fmt - --check", TIDY).exits(0).mute().without_complaint();
}

#[test]
fn check_lists_what_is_not_formatted_and_writes_nothing() {
    let sandbox = sandbox().with("more.cwr", "signal  a");
    let told = sandbox.cwrc("fmt --check untidy.cwr tidy.cwr more.cwr").exits(1).without_complaint();
    assert_eq!(told.out, "untidy.cwr\nmore.cwr\n");
    sandbox.cwrc("fmt --check untidy.cwr --exit-zero").exits(0).says("untidy.cwr").without_complaint();
    sandbox.cwrc("fmt --check tidy.cwr").exits(0).mute().without_complaint();
    assert_eq!(sandbox.read("untidy.cwr"), UNTIDY);
}

#[test]
fn diff_shows_what_would_change_and_writes_nothing() {
    let sandbox = sandbox();
    let told = sandbox.cwrc("fmt --diff untidy.cwr tidy.cwr").exits(0).without_complaint();
    let diff = "--- untidy.cwr\n+++ untidy.cwr\n@@ -1,3 +1,7 @@\n signal b   # beside\n-signal a \"A\"\n\
        -policy p { promote one per 1d owner \"x\" }\n+signal a  \"A\"\n+\n+policy p {\n+  owner   \"x\"\n\
        +  promote one per 1d\n+}\n";
    assert_eq!(told.out, diff);
    let told = sandbox.cwrc("fmt --diff --check untidy.cwr").exits(1).without_complaint();
    assert_eq!(told.out, diff);
    sandbox.cwrc("fmt --diff --check tidy.cwr").exits(0).mute().without_complaint();
    sandbox.cwrc("fmt --diff untidy.cwr --color always").exits(0).says("\u{1b}[32m+}\u{1b}[0m\n");
    assert_eq!(sandbox.read("untidy.cwr"), UNTIDY);
}

#[test]
fn a_faulty_file_is_left_alone_and_its_faults_are_told() {
    let sandbox = sandbox().with("faulty.cwr", FAULTY);
    for command in ["fmt", "fmt --check", "fmt --diff", "fmt -q"] {
        let told = sandbox.cwrc(&format!("{command} faulty.cwr")).exits(1).mute();
        told.complains("error[CWR001]").complains("faulty.cwr:1:9").complains("no `;` ends a clause");
    }
    assert_eq!(sandbox.read("faulty.cwr"), FAULTY);
    sandbox.cwrc("fmt faulty.cwr untidy.cwr").exits(1).complains("formatted untidy.cwr");
    assert_eq!(sandbox.read("untidy.cwr"), TIDY);
    let wrong = desk().replacen("hold", "keep_it", 1);
    Sandbox::new().with("wrong.cwr", wrong).cwrc("fmt wrong.cwr").exits(1);
}

/// Whether a policy is sound is not the formatter's matter.
#[test]
fn unknown_names_and_missing_files_do_not_matter() {
    let text = "import \"nowhere.cwr\"\n\naction a follows b {}\n";
    let sandbox = Sandbox::new().with("a.cwr", text);
    sandbox.cwrc("fmt --check a.cwr").exits(0).mute().without_complaint();
}

#[test]
fn what_cannot_be_formatted_is_2_and_keeps_nothing_else_from_it() {
    let sandbox = sandbox().with("latin.cwr", NOT_UTF8).with("faulty.cwr", FAULTY).with_folder("empty");
    sandbox.cwrc("fmt latin.cwr").exits(2).only_complains("`latin.cwr` is not UTF-8 help: save it as UTF-8");
    sandbox.cwrc("fmt missing.cwr").exits(2).only_complains("cannot read missing.cwr: No such file");
    sandbox.cwrc("fmt empty").exits(2).only_complains("no policy found in empty");
    sandbox.cwrc("fmt no*.cwr").exits(2).only_complains("no policy found in no*.cwr");
    sandbox.cwrc("fmt desk.jsonl").exits(2).only_complains("desk.jsonl is no policy");
    sandbox.cwrc("fmt latin.cwr faulty.cwr untidy.cwr").exits(2).complains("formatted untidy.cwr");
    assert_eq!(fs::read(sandbox.path("latin.cwr")).expect("a file"), NOT_UTF8);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let sandbox = sandbox();
    let mode = |name: &str| fs::metadata(sandbox.path(name)).expect("a file").permissions().mode() & 0o777;
    fs::set_permissions(sandbox.path("untidy.cwr"), fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("untidy.cwr", sandbox.path("link.cwr")).expect("a link");
    sandbox.cwrc("fmt link.cwr").exits(0).complains("formatted link.cwr");
    assert!(sandbox.path("link.cwr").is_symlink(), "the link is still one");
    assert_eq!((sandbox.read("untidy.cwr").as_str(), mode("untidy.cwr")), (TIDY, 0o640));
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_is_not_replaced() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = sandbox();
    fs::set_permissions(sandbox.path("untidy.cwr"), fs::Permissions::from_mode(0o440)).expect("permissions");
    if fs::OpenOptions::new().write(true).open(sandbox.path("untidy.cwr")).is_ok() {
        println!("skipped: whoever runs this may write everything");
        return;
    }
    sandbox.cwrc("fmt untidy.cwr").exits(2).only_complains("cannot write untidy.cwr: Permission denied");
    assert_eq!(sandbox.read("untidy.cwr"), UNTIDY);
}
