//! `git:REV[:PATH]` and `--at git:REV`: policies as of a commit, and the work tree left alone.
//!
//! Skipped, with the reason printed, where there is no git.

use super::{Sandbox, Told, broken, desk};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs git in a folder; `None`, with the reason printed, where there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]);
    git.args(["-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always"]).args(arguments).current_dir(folder);
    for name in ["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"] {
        git.env(name, "2026-03-01T00:00:00Z");
    }
    for name in super::SURROUNDINGS {
        git.env_remove(name);
    }
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    match git.output() {
        Err(error) => {
            println!("skipped: git cannot be run here: {error}");
            None
        }
        Ok(output) => {
            assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        }
    }
}

/// Everything in the folder as one more commit; its hash.
fn commit(sandbox: &Sandbox) -> Option<String> {
    let folder = sandbox.path("");
    if !folder.join(".git").exists() {
        git(&folder, &["init", "--quiet"])?;
    }
    git(&folder, &["add", "--all"])?;
    git(&folder, &["commit", "--quiet", "--allow-empty", "--message", "a change"])?;
    git(&folder, &["rev-parse", "HEAD"])
}

/// A repository with a policy that was fine in its first commit, `v1`, and has been broken, and removed, since.
fn changed() -> Option<Sandbox> {
    let sandbox = Sandbox::new().with("policies/desk.cwr", desk());
    commit(&sandbox)?;
    git(&sandbox.path(""), &["tag", "--annotate", "--message", "first", "v1"])?;
    let sandbox = sandbox.with("policies/desk.cwr", broken());
    commit(&sandbox)?;
    fs::remove_file(sandbox.path("policies/desk.cwr")).expect("removed");
    commit(&sandbox)?;
    Some(sandbox)
}

const FINE: &str = "policies/desk.cwr: fine, policy desk, 1 action type\n";

/// Runs `cwrc` in a folder below the sandbox.
fn within(sandbox: &Sandbox, folder: &str, arguments: &str) -> Told {
    let output = sandbox.command(arguments).current_dir(sandbox.path(folder)).output().expect("cwrc runs");
    Told::of(arguments, output)
}

#[test]
fn a_policy_is_checked_as_it_was() {
    let Some(sandbox) = changed() else { return };
    let first = git(&sandbox.path(""), &["rev-parse", "v1^{commit}"]).expect("a hash");
    for arguments in
        ["--at git:v1 policies", "git:v1:policies", "git:HEAD~2:policies/desk.cwr", "--at git:v1 pol*/*.cwr"]
    {
        let told = sandbox.cwrc(&format!("check {arguments}")).exits(0);
        assert_eq!(told.out, FINE, "{arguments}");
        assert!(
            told.err.starts_with("as of git:") && told.err.ends_with(&format!(", commit {}\n", &first[..12])),
            "{told}"
        );
        sandbox.cwrc(&format!("check {arguments} -q")).exits(0).mute().without_complaint();
    }
    sandbox
        .cwrc("check git:HEAD~1:policies")
        .exits(1)
        .says("error[CWR204]")
        .says("[policies/desk.cwr:")
        .says("1 error");
    sandbox.cwrc("check policies").exits(2).only_complains("policies");
    sandbox.cwrc("check git:HEAD:policies").exits(2).mute().complains("cannot read policies: it is not in git:HEAD");
}

#[test]
fn every_format_names_plain_paths() {
    let Some(sandbox) = changed() else { return };
    let told = sandbox.cwrc("check git:HEAD~1:policies/desk.cwr --format json").exits(1);
    let json: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    assert_eq!(json["diagnostics"][0]["path"], "policies/desk.cwr");
}

#[test]
fn several_revisions_and_the_disk_stand_side_by_side() {
    let Some(sandbox) = changed() else { return };
    let told = sandbox.cwrc("check git:v1:policies git:HEAD~1:policies desk.cwr git:v1:./policies/desk.cwr").exits(1);
    assert_eq!(told.out.matches("policies/desk.cwr: fine").count(), 1, "each file once: {told}");
    told.says("policies/desk.cwr: 1 error")
        .says("\ndesk.cwr: fine")
        .complains("as of git:v1,")
        .complains("as of git:HEAD~1,");
}

#[test]
fn paths_count_from_the_working_directory() {
    let Some(sandbox) = changed() else { return };
    let sandbox = sandbox.with_folder("policies/deep");
    for (folder, path, shown) in [
        ("policies", ".", "desk.cwr"),
        ("policies", "desk.cwr", "desk.cwr"),
        ("policies", "*.cwr", "desk.cwr"),
        ("policies", "../policies", "../policies/desk.cwr"),
        ("policies/deep", "..", "../desk.cwr"),
        ("policies/deep", "../*.cwr", "../desk.cwr"),
        (".", "./policies/", "policies/desk.cwr"),
    ] {
        let told = within(&sandbox, folder, &format!("check --at git:v1 {path}")).exits(0);
        assert_eq!(told.out, format!("{shown}: fine, policy desk, 1 action type\n"), "{path} in {folder}");
    }
    let told = within(&sandbox, "policies", "check git:v1").exits(0);
    assert_eq!(told.out, "desk.cwr: fine, policy desk, 1 action type\n", "without a path, the working directory");
    within(&sandbox, "policies", "check git:v1:../..").exits(2).mute().complains("it leaves the repository");
    sandbox.cwrc("check git:v1:/etc").exits(2).mute().complains("counts from the working directory");
}

#[test]
fn imports_are_those_of_the_revision() {
    let root = format!("import \"shared/words.cwr\"\n{}", desk().replacen("signal edited\n", "", 1));
    let sandbox = Sandbox::new().with("all/desk.cwr", root).with("all/shared/words.cwr", "signal edited\n");
    if commit(&sandbox).is_none() {
        return;
    }
    let sandbox = sandbox.with("all/shared/words.cwr", "signal other\n");
    let told = sandbox.cwrc("check --at git:HEAD all").exits(0);
    assert_eq!(told.out, "all/desk.cwr: fine, policy desk, 1 action type\n");
    sandbox.cwrc("check all").exits(1);
    fs::remove_dir_all(sandbox.path("all/shared")).expect("removed");
    commit(&sandbox);
    let told = sandbox.cwrc("check --at git:HEAD all").exits(1);
    told.says("import `shared/words.cwr` cannot be read: there is no such file");
}

#[test]
fn the_work_tree_and_the_index_stay_as_they_are() {
    let Some(sandbox) = changed() else { return };
    let sandbox = sandbox.with("desk.cwr", "policy mine {").with("new.cwr", "policy other {");
    git(&sandbox.path(""), &["add", "new.cwr"]);
    let state = || git(&sandbox.path(""), &["status", "--porcelain=v2", "--branch"]);
    let (before, files) = (state(), sandbox.files());
    sandbox.cwrc("check --at git:v1").exits(0).says("policies/desk.cwr: fine").says("\n");
    assert_eq!((state(), sandbox.files()), (before, files));
    assert_eq!(sandbox.read("desk.cwr"), "policy mine {");
}

#[cfg(unix)]
#[test]
fn links_and_submodules_are_told_and_not_followed() {
    let sandbox = Sandbox::new().with("policies/desk.cwr", desk()).with("elsewhere/broken.cwr", broken());
    for (to, name) in [("../elsewhere/broken.cwr", "link.cwr"), ("../elsewhere", "folder")] {
        std::os::unix::fs::symlink(to, sandbox.path("policies").join(name)).expect("a link");
    }
    let Some(hash) = commit(&sandbox) else { return };
    let module = format!("160000,{hash},policies/vendor");
    git(&sandbox.path(""), &["update-index", "--add", "--cacheinfo", &module]);
    git(&sandbox.path(""), &["commit", "--quiet", "--message", "a submodule"]);
    let told = sandbox.cwrc("check git:HEAD:policies").exits(0);
    assert_eq!(told.out, FINE);
    told.complains("not looked at: policies/link.cwr is a symbolic link")
        .complains("not looked at: policies/vendor is a submodule");
    for (path, complaint) in [
        ("policies/link.cwr", "cannot read policies/link.cwr: it is a symbolic link"),
        ("policies/folder/broken.cwr", "policies/folder is a symbolic link"),
        ("policies/vendor/x.cwr", "policies/vendor is a submodule"),
        ("policies/vendor", "it is a submodule"),
    ] {
        sandbox.cwrc(&format!("check git:HEAD:{path}")).exits(2).mute().complains(complaint);
    }
}

#[test]
fn hidden_files_are_passed_over_as_on_the_disk() {
    let sandbox = Sandbox::new()
        .with("all/desk.cwr", desk())
        .with("all/.hidden/broken.cwr", broken())
        .with("all/target/broken.cwr", broken())
        .with("all/notes.txt", "no policy")
        .with("texts/notes.txt", "no policy");
    if commit(&sandbox).is_none() {
        return;
    }
    assert_eq!(sandbox.cwrc("check git:HEAD:all").exits(0).out, sandbox.cwrc("check all").exits(0).out);
    sandbox.cwrc("check git:HEAD:texts").exits(2).mute().complains("no policy found in texts");
    sandbox.cwrc("check git:HEAD:all/*.txt").exits(1);
    sandbox.cwrc("check git:HEAD:no*.cwr").exits(2).mute().complains("no policy found in no*.cwr");
    sandbox.cwrc("check git:HEAD:[").exits(2).mute().complains("`[` is no glob");
    sandbox.cwrc("check git:HEAD:desk.jsonl").exits(2).mute().complains("desk.jsonl is no policy");
}

#[test]
fn bad_revisions_are_2_and_named() {
    let Some(sandbox) = changed() else { return };
    let blob = git(&sandbox.path(""), &["rev-parse", "v1:policies/desk.cwr"]).expect("a hash");
    for name in
        ["nope", "-q", "--all", "HEAD~99", "HEAD..v1", "v1^{tree}", &blob, "0000000000000000000000000000000000000000"]
    {
        let complaint = format!("`git:{name}` names no commit of this repository");
        sandbox.cwrc(&format!("check git:{name}")).exits(2).only_complains(&complaint);
        sandbox.cwrc(&format!("check --at=git:{name} desk.cwr")).exits(2).only_complains(&complaint);
    }
    sandbox.cwrc("check git:").exits(2).only_complains("name a branch, a tag or a commit");
    sandbox.cwrc("check --at v1").exits(2).only_complains("write `git:v1`");
    sandbox.cwrc("check --at git:v1 -").exits(2).mute().complains("standard input is of no revision");
}

#[test]
fn a_shallow_clone_is_told_to_be_one() {
    let Some(sandbox) = changed() else { return };
    let from = format!("file://{}", sandbox.path("").display());
    git(&sandbox.path(""), &["clone", "--quiet", "--depth", "1", &from, "shallow"]);
    within(&sandbox, "shallow", "check git:HEAD~1").exits(2).only_complains("this clone has only part of the history");
    within(&sandbox, "shallow", "check git:HEAD").exits(0).says("desk.cwr: fine");
}

#[test]
fn a_bare_repository_has_revisions_too() {
    let Some(sandbox) = changed() else { return };
    git(&sandbox.path(""), &["clone", "--quiet", "--bare", ".", "bare"]);
    assert_eq!(within(&sandbox, "bare", "check git:v1:policies").exits(0).out, FINE);
}

#[test]
fn without_a_repository_or_git_it_is_2() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command("check git:HEAD");
    command.env("PATH", sandbox.path("")).env_remove("Path");
    let told = Told::of("check git:HEAD", command.output().expect("cwrc runs"));
    told.exits(2).only_complains("cannot run git").complains("install it, or put it on the PATH");
    if git(&sandbox.path(""), &["--version"]).is_none() {
        return;
    }
    let above = fs::canonicalize(sandbox.path("..")).expect("a folder");
    let output = sandbox.command("check git:HEAD").env("GIT_CEILING_DIRECTORIES", above).output();
    let told = Told::of("check git:HEAD", output.expect("cwrc runs")).exits(2);
    told.only_complains("there is no git repository here to read a revision from: not a git repository");
    git(&sandbox.path(""), &["init", "--quiet"]);
    sandbox.cwrc("check git:HEAD").exits(2).only_complains("`git:HEAD` names no commit");
}

#[test]
fn large_files_and_many_files_come_whole() {
    let long = format!("{}# {}\n", desk(), "x".repeat(300_000));
    let mut sandbox = Sandbox::new().with("many/long.cwr", &long).with("many/empty.cwr", "");
    for at in 0..50 {
        sandbox = sandbox.with(&format!("many/p{at:02}.cwr"), desk());
    }
    if commit(&sandbox).is_none() {
        return;
    }
    let told = sandbox.cwrc("check --at git:HEAD many");
    assert_eq!(told.out, sandbox.cwrc("check many").out);
}
