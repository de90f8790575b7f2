//! `cwrc man`

use super::exit::{Exit, Failure};
use super::{Cli, output};
use crate::source::suggest::suggest;
use clap::{Command, CommandFactory};
use clap_mangen::Man;

/// Print a manual page, for man(1): that of cwrc, or of one command
///
/// Example: cwrc man check
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The command; without one, the page of cwrc itself
    command: Option<String>,
    /// Write to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let mut whole = Cli::command();
    whole.build();
    let about = match &args.command {
        None => whole,
        Some(name) => whole.find_subcommand(name).cloned().ok_or_else(|| unknown(&whole, name))?,
    };
    let mut page = Vec::new();
    let version = concat!("cwrc ", env!("CARGO_PKG_VERSION"));
    Man::new(about).source(version).render(&mut page).map_err(|error| Failure::new(error.to_string()))?;
    output::write(&String::from_utf8_lossy(&page), args.output.as_deref()).map(|()| Exit::Fine)
}

fn unknown(whole: &Command, name: &str) -> Failure {
    let help = match suggest(name, whole.get_subcommands().map(Command::get_name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`cwrc --help` lists the commands".to_owned(),
    };
    Failure::new(format!("there is no command `{name}`")).help(help)
}
