//! The CSV of variants and sweeps: one row per variant and reading, and per action type where there are few variants.

use super::{Compared, Swept};
use crate::replay::{Figures, Kind};
use crate::value::Tier;
use crate::whatif::READINGS;

/// A field, quoted where it has to be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn row(fields: impl Iterator<Item = String>) -> String {
    fields.map(|text| field(&text)).collect::<Vec<_>>().join(",") + "\n"
}

/// The names of the columns of figures.
fn names() -> impl Iterator<Item = String> {
    let kinds = Kind::ALL.iter().map(|kind| kind.word().to_owned());
    let tiers = Tier::ALL.iter().map(|tier| format!("ticks_{}", tier.word()));
    let rest = ["records", "autonomous", "unattended", "harm_seen", "harm_released", "harm_unknown", "flaps"];
    let coverage = ["boundaries", "with_evidence"];
    kinds.chain(tiers).chain(rest.into_iter().chain(coverage).map(str::to_owned))
}

fn values(figures: &Figures) -> impl Iterator<Item = String> {
    let exposed = figures.exposed;
    let rest = [
        exposed.records,
        exposed.autonomous,
        exposed.unattended,
        exposed.seen,
        exposed.released,
        exposed.unknown,
        figures.flaps,
        figures.boundaries,
        figures.with_evidence,
    ];
    figures.kinds.into_iter().chain(figures.ticks).chain(rest).map(|n| n.to_string())
}

fn yes(is_so: bool) -> String {
    if is_so { "yes" } else { "no" }.to_owned()
}

impl Compared<'_> {
    /// One row per variant, reading and action type; the row of all has no action type.
    #[must_use]
    pub fn csv(&self) -> String {
        let head = ["variant", "evidence", "action"].map(str::to_owned);
        let mut out = row(head.into_iter().chain(names()));
        for variant in self.variants {
            for (evidence, summary) in READINGS.iter().zip(&variant.readings) {
                let actions = variant.plan.actions.iter().map(|action| action.name.as_str());
                for (action, figures) in
                    [""].into_iter().chain(actions).zip([summary.sum].iter().chain(&summary.actions))
                {
                    let labels = [variant.name.clone(), evidence.word().to_owned(), action.to_owned()];
                    out += &row(labels.into_iter().chain(values(figures)));
                }
            }
        }
        out
    }
}

impl Swept<'_> {
    /// One row per variant and reading, and where the policy as it is is none of them, first its own.
    #[must_use]
    pub fn csv(&self) -> String {
        let paths = self.grid.axes.iter().map(|axis| axis.path.clone());
        let head = ["evidence", "is_now", "on_front", "nearest_better"].map(str::to_owned);
        let mut out = row(paths.chain(head).chain(names()));
        let now = self.grid.now();
        for (reading, evidence) in READINGS.iter().enumerate().filter(|_| now.is_none()) {
            let labels = [evidence.word().to_owned(), yes(true), yes(false), yes(false)];
            let set = self.grid.axes.iter().map(|axis| axis.now.clone());
            out += &row(set.chain(labels).chain(values(&self.now[reading])));
        }
        for (at, cell) in self.cells.iter().enumerate() {
            for (reading, evidence) in READINGS.iter().enumerate() {
                let stands_out = |among: &[usize]| yes(among.contains(&at));
                let super::Notable { front, better } = &self.notable[reading];
                let labels = [evidence.word().to_owned(), yes(now == Some(at)), stands_out(front), stands_out(better)];
                let set = self.grid.changes(at).map(|(_, value)| value.to_owned());
                out += &row(set.chain(labels).chain(values(&cell[reading])));
            }
        }
        out
    }
}
