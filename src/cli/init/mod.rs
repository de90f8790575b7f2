//! `cwrc init`

use super::exit::{Exit, Failure};
use super::{Global, output};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// What is written, below the directory.
const FILES: [(&str, &str); 3] = [
    ("cwrc.yaml", include_str!("cwrc.yaml")),
    ("policies/agent.cwr", include_str!("agent.cwr")),
    ("policies/agent.test.yaml", include_str!("agent.test.yaml")),
];

/// Start a project: a policy to change, scenarios that say what it should do, and cwrc.yaml
///
/// Asks nothing, and overwrites nothing.
///
/// Example: cwrc init my-agent
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The project's directory, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let paths =
        FILES.map(|(name, _)| args.directory.join(name).components().filter(|it| *it != Component::CurDir).collect());
    let paths: [PathBuf; 3] = paths;
    // None is written unless all can be.
    if let Some(taken) = paths.iter().find(|path| path.symlink_metadata().is_ok()) {
        return Err(there_already(taken));
    }
    for (path, (_, text)) in paths.iter().zip(FILES) {
        write_new(path, text).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists if path.exists() => there_already(path),
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                Failure::new(format!("cannot write {}: a part of its path is a file", path.display()))
                    .help("name a directory, or one that is not there yet")
            }
            _ => Failure::new(format!("cannot write {}: {error}", path.display()))
                .help("check that its directory may be written"),
        })?;
    }
    let told = if global.quiet { String::new() } else { told(&paths) };
    output::write(&told, None).map(|()| Exit::Fine)
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    File::create_new(path)?.write_all(text.as_bytes())
}

fn there_already(path: &Path) -> Failure {
    let help = "nothing was overwritten: move it away, or name another directory";
    Failure::new(format!("{} is there already", path.display())).help(help)
}

/// What was written, and what to do with it.
fn told(paths: &[PathBuf; 3]) -> String {
    let [config, policy, scenarios] = paths.each_ref().map(|path| path.display());
    format!(
        "wrote {config}\nwrote {policy}\nwrote {scenarios}\n\
         next: cwrc check {policy}; cwrc test {scenarios}; cwrc simulate {policy} --history YOUR_LOG.jsonl\n"
    )
}
