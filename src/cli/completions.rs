//! `cwrc completions`

use super::exit::{Exit, Failure};
use super::{Cli, output};
use clap::CommandFactory;
use clap_complete::Shell;

/// Print the completions of a shell: commands, options and their values
///
/// The shell reads them from a folder of its own: for bash ~/.local/share/bash-completion/completions/cwrc, for zsh a
/// file _cwrc on the fpath, for fish ~/.config/fish/completions/cwrc.fish.
///
/// Example: cwrc completions bash
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cwrc", &mut script);
    output::write(&String::from_utf8_lossy(&script), args.output.as_deref()).map(|()| Exit::Fine)
}
