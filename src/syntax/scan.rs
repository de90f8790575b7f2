//! A look at the text before the grammar sees it.

use super::reader::Reader;
use std::borrow::Cow;

impl<'t> Reader<'t> {
    /// The text with what is never part of a policy blanked out, or `None` beyond a limit.
    pub(super) fn scan(&mut self) -> Option<Cow<'t, str>> {
        Some(match self.text.strip_prefix('\u{FEFF}') {
            Some(rest) => Cow::Owned(format!("   {rest}")),
            None => Cow::Borrowed(self.text),
        })
    }
}
