//! `cwrc explain`

use super::exit::{Exit, Failure};
use super::{Global, output};
use crate::diagnostic::Code;
use crate::diagnostic::levels::unknown;
use crate::render::page;

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
        Some(wanted) => page::page(Code::find(wanted).ok_or_else(|| Failure::from(unknown(wanted, &[])))?, style),
    };
    output::write(&text, None).map(|()| Exit::Fine)
}
