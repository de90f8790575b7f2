//! Colours and characters: what a piece of text is decides how it looks, and only this file says how.

use super::Style;
use crate::diagnostic::Severity;
use crate::value::Tier;
use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Display;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// A heading, or what the eye should find first.
    Strong,
    /// What may be read later.
    Quiet,
    /// Something went well.
    Good,
    /// Something went wrong.
    Bad,
    /// Something wants a look.
    Care,
    /// A keyword, or something worth knowing.
    Info,
    /// A tier.
    Of(Tier),
}

impl Ink {
    fn ansi(self) -> Ansi {
        match self {
            Self::Strong => Ansi::new().bold(),
            Self::Quiet => Ansi::new().dimmed(),
            Self::Good | Self::Of(Tier::Run) => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Care => AnsiColor::Yellow.on_default(),
            Self::Info | Self::Of(Tier::Walk) => AnsiColor::Cyan.on_default(),
            Self::Of(Tier::Crawl) => AnsiColor::Blue.on_default(),
        }
    }

    /// The ink of a severity.
    pub(super) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warning => Self::Care,
            Severity::Info => Self::Info,
        }
    }
}

impl Style {
    /// The text in that ink, where there are colours.
    pub(super) fn paint(self, ink: Ink, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let ansi = ink.ansi();
        format!("{ansi}{text}{ansi:#}")
    }

    /// The text in that ink and bold.
    pub(super) fn shout(self, ink: Ink, text: impl Display) -> String {
        if !self.colour {
            return text.to_string();
        }
        let ansi = ink.ansi().bold();
        format!("{ansi}{text}{ansi:#}")
    }

    /// The first where there is Unicode, else the second.
    pub(super) fn pick<T>(self, unicode: T, ascii: T) -> T {
        if self.unicode { unicode } else { ascii }
    }

    /// Between the ends of a range.
    pub(super) fn dash(self) -> &'static str {
        self.pick("–", "-")
    }

    /// From one tier to another.
    pub(super) fn arrow(self) -> &'static str {
        self.pick("→", "->")
    }
}
