//! What stays of a finding when the lines move: its code, its file, the declarations and clauses that it lies in, and
//! which of several such findings it is. Neither the line nor the wording counts, so that an edit elsewhere, or a
//! newer program, does not make an old finding a new one.

use super::{Found, Open, Report};
use crate::analysis::Analysis;
use crate::source::Span;
use crate::value::digest::sha256;
use std::collections::BTreeMap;

/// The fingerprints of a report's findings and open promises, in their order; no two are the same.
pub(super) fn all(report: &Report) -> (Vec<String>, Vec<String>) {
    let mut seen = BTreeMap::new();
    let found = report.found.iter();
    let found = found.map(|it| next(&mut seen, key(it.diagnostic.code.number(), it))).collect();
    let open = report.open.iter().map(|it| next(&mut seen, key("undecided", it))).collect();
    (found, open)
}

/// What has a place in the texts of a policy.
trait Placed {
    fn placed(&self) -> (&str, Span, &Analysis);
}

impl Placed for Found<'_> {
    fn placed(&self) -> (&str, Span, &Analysis) {
        (self.at.path, self.diagnostic.at.span, self.of)
    }
}

impl Placed for Open<'_> {
    fn placed(&self) -> (&str, Span, &Analysis) {
        (self.at.path, self.undecided.at, self.of)
    }
}

/// Code, path, and the heads around the place from the inside out; none of them can hold the sign between them.
fn key(code: &str, it: &impl Placed) -> String {
    let (path, span, of) = it.placed();
    let mut key = format!("{code}\0{path}");
    for element in of.outline.around(span) {
        key.push('\0');
        let words: Vec<&str> = of.sources.text(element.head).split_whitespace().collect();
        key += &words.join(" ").replace('\0', " ");
    }
    key
}

/// The digest of a key and how often it has been met.
fn next(seen: &mut BTreeMap<String, u32>, key: String) -> String {
    let digest = |nth: u32| sha256(&format!("{key}\0{nth}")).trim_start_matches("sha256:")[..32].to_owned();
    let nth = seen.get(&key).map_or(0, |last| last + 1);
    let digest = digest(nth);
    seen.insert(key, nth);
    digest
}
