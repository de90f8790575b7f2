//! Why something could not be done, for people.

use super::Style;
use anstyle::{AnsiColor, Style as Ansi};

/// `error: …` and `help: …`, each on its lines.
#[must_use]
pub fn human(message: &str, help: Option<&str>, style: Style) -> String {
    let paint = |ansi: Ansi, word: &str| if style.colour { format!("{ansi}{word}{ansi:#}") } else { word.to_owned() };
    let error = paint(AnsiColor::Red.on_default().bold(), "error");
    let help_word = paint(AnsiColor::Cyan.on_default(), "help");
    let help = help.map_or_else(String::new, |help| format!("  {help_word}: {help}\n"));
    format!("{error}: {message}\n{help}")
}
