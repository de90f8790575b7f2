//! Why the work could not be done (exit 2), in the manner of the diagnostics.

use super::Style;
use super::ink::Ink;
use super::text::{clean, wrap};

/// `error: MESSAGE`, and below it what to do.
#[must_use]
pub fn human(message: &str, help: Option<&str>, style: Style) -> String {
    let first = format!("{}: ", style.shout(Ink::Bad, "error"));
    let mut out = wrap(&clean(message), &first, "       ", style.width);
    if let Some(help) = help {
        out += &wrap(&clean(help), &format!("  {}: ", style.paint(Ink::Info, "help")), "        ", style.width);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_and_what_to_do() {
        let told = human("cannot read x\u{1b}.jsonl: no such file", Some("name a file"), Style::PLAIN);
        assert_eq!(told, "error: cannot read x\\u{1B}.jsonl: no such file\n  help: name a file\n");
    }
}
