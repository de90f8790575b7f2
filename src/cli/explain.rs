//! `cwrc explain`

use super::exit::{Exit, Failure};
use super::{Global, output};
use crate::diagnostic::Code;
use crate::render::page;
use crate::source::suggest::suggest;

/// Explain a diagnostic: what it means, why it matters, a bad and a good example
///
/// Example: cwrc explain CWR304
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A code (CWR304) or its name (unreachable-bar); without one, the list of all
    code: Option<String>,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<Exit, Failure> {
    let style = output::for_stdout(global);
    let text = match &args.code {
        None => page::list(style),
        Some(wanted) => page::page(Code::find(wanted).ok_or_else(|| unknown(wanted))?, style),
    };
    output::write(&text, None).map(|()| Exit::Fine)
}

fn unknown(wanted: &str) -> Failure {
    let known = Code::ALL.iter().flat_map(|code| [code.number(), code.name()]);
    let help = match suggest(wanted, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`cwrc explain` lists all codes".to_owned(),
    };
    Failure::new(format!("there is no diagnostic `{wanted}`")).help(help)
}
