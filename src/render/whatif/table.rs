//! Variants side by side, for people: one column each, as many as the page is wide, in both readings of the evidence.

use super::{Compared, Style, counted, harm, head};
use crate::render::figures::rate;
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, pad, pad_left, thousands, wrap};
use crate::replay::{Evidence, Figures, Kind};
use crate::value::Tier;
use crate::whatif::compare::Change;
use crate::whatif::{READINGS, Variant};

/// Columns of a variant's name.
const NAME: usize = 24;
/// Between two columns.
const GAP: usize = 2;

/// What a row says of a variant.
type Told = fn(&Figures, Style) -> String;

const ROWS: [(&str, Told); 9] = [
    ("promotions", |it, _| thousands(it.count(Kind::Promote))),
    ("falls", |it, _| thousands(it.moves() - it.count(Kind::Promote))),
    ("flaps", |it, _| thousands(it.flaps)),
    ("stops, deferrals", |it, _| format!("{}, {}", thousands(it.count(Kind::Stop)), thousands(it.count(Kind::Defer)))),
    ("time at walk, run", |it, _| format!("{}, {}", time(it, Tier::Walk), time(it, Tier::Run))),
    ("autonomous", |it, _| counted(it.exposed.autonomous, it.exposed.records)),
    ("unattended", |it, _| counted(it.exposed.unattended, it.exposed.records)),
    ("harm where unattended", harm),
    ("enough evidence at", |it, _| rate(it.with_evidence, it.boundaries, &[]).replace(GLUE, " ")),
];

fn time(figures: &Figures, tier: Tier) -> String {
    rate(figures.ticks[tier.index()], figures.ticks.iter().sum(), &[]).replace(GLUE, " ")
}

impl Compared<'_> {
    /// The page for people.
    #[must_use]
    pub fn human(&self, style: Style) -> String {
        let what = match self.variants.len() - 1 {
            1 => "what one variant would have changed".to_owned(),
            many => format!("what {many} variants would have changed"),
        };
        let mut out = head(self.plan, self.span, &what, style);
        out += &self.legend(style);
        let otherwise = [0, 1].map(|reading| self.actions(reading, style));
        for (reading, evidence) in READINGS.into_iter().enumerate() {
            out.push('\n');
            out += &heading(evidence, style);
            out += &self.table(reading, style);
            let is_the_same = reading > 0 && otherwise[reading] == otherwise[0];
            out += if is_the_same { "  by action type as above\n" } else { &otherwise[reading] };
        }
        let note = "Autonomy is exact. Harm is from what was seen to what may have been, for nobody can tell the outcome of \
                    what never happened.";
        out + "\n" + &wrap(note, "", "", style.width)
    }

    /// What each variant changes, where its name does not say it all.
    fn legend(&self, style: Style) -> String {
        let told = self.variants.iter().skip(1).map(|variant| {
            let name = style.paint(Ink::Info, short(variant, style));
            wrap(&changes(variant), &format!("  {name}  "), "      ", style.width)
        });
        told.collect()
    }

    /// As many variants beside the policy as it is as the page has room for; the others below.
    fn table(&self, reading: usize, style: Style) -> String {
        let columns: Vec<Vec<String>> = self.variants.iter().map(|variant| column(variant, reading, style)).collect();
        let widths: Vec<usize> = columns.iter().map(|column| widest(column)).collect();
        let left = ROWS.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
        let mut out = String::new();
        let mut next = 1;
        while next < columns.len() {
            let mut shown = vec![0];
            let mut used = left + GAP + widths[0];
            while next < columns.len() && (shown.len() == 1 || used + GAP + widths[next] <= style.width) {
                used += GAP + widths[next];
                shown.push(next);
                next += 1;
            }
            for row in 0..=ROWS.len() {
                out += &line(row, &shown, &columns, &widths, left, style);
            }
        }
        out
    }

    /// The action types that a variant treats otherwise.
    fn actions(&self, reading: usize, style: Style) -> String {
        let mut out = String::new();
        let (now, others) = self.variants.split_at(1);
        for variant in others {
            for (at, action) in variant.plan.actions.iter().enumerate() {
                let known = now.iter().flat_map(|now| now.plan.actions.iter().zip(&now.readings[reading].actions));
                let before = known.filter(|(known, _)| known.name == action.name).map(|(_, it)| *it).next();
                let after = variant.readings[reading].actions[at];
                let mut told = difference(&before.unwrap_or_default(), &after, style);
                if before.is_none() {
                    told.insert(0, "not in the policy as it is".to_owned());
                }
                if !told.is_empty() {
                    let name = short(variant, style);
                    let first = format!(
                        "  {}, {}: ",
                        style.paint(Ink::Strong, clean(&action.name)),
                        style.paint(Ink::Info, name)
                    );
                    out += &wrap(&told.join("; "), &first, "      ", style.width);
                }
            }
        }
        if out.is_empty() { "  no action type would have gone otherwise\n".to_owned() } else { out }
    }
}

/// A variant's name as far as there is room: both its ends, where names that are made of paths and dates differ.
fn short(variant: &Variant, style: Style) -> String {
    let (name, dots) = (clean(&variant.name), style.pick("…", "..."));
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME {
        return name;
    }
    let room = NAME - dots.chars().count();
    let (head, tail) = (&letters[..room / 2], &letters[letters.len() - (room - room / 2)..]);
    format!("{}{dots}{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}

fn heading(evidence: Evidence, style: Style) -> String {
    let what = match evidence {
        Evidence::AsRecorded => "a record counts only at the tier it really ran at",
        Evidence::AnyTier => "a record counts wherever it ran, which assumes that quality does not depend on the tier",
    };
    wrap(&format!("{}: {what}", style.paint(Ink::Strong, evidence.word())), "", "  ", style.width)
}

fn changes(variant: &Variant) -> String {
    let mut told: Vec<String> = match &variant.change {
        Change::Nothing => Vec::new(),
        Change::Set(changes) => {
            changes.iter().map(|(path, value)| format!("{} = {}", clean(path), clean(value))).collect()
        }
        Change::Against(what) => vec![format!("the policy as of {}", clean(what))],
    };
    told.extend(variant.forced.iter().map(|forced| {
        let action = &variant.plan.actions[forced.action.index()].name;
        let told = format!("{action} forced to {} at {}", forced.to, crate::render::replay::date(forced.at));
        told + &idle(variant.readings.each_ref().map(|reading| reading.makes(&variant.plan, forced)))
    }));
    if told.is_empty() { "changes nothing".to_owned() } else { list(&told, "and") }
}

/// In which readings a forced move moves nothing.
fn idle(is_made: [bool; READINGS.len()]) -> String {
    let idle: Vec<String> =
        READINGS.iter().zip(is_made).filter(|(_, made)| !*made).map(|(reading, _)| reading.word().to_owned()).collect();
    let which = if idle.len() < is_made.len() { format!(" {}", list(&idle, "and")) } else { String::new() };
    if idle.is_empty() {
        return String::new();
    }
    format!(", which moves nothing{which}: it stands there, or higher, already")
}

fn column(variant: &Variant, reading: usize, style: Style) -> Vec<String> {
    let sum = &variant.readings[reading].sum;
    std::iter::once(short(variant, style)).chain(ROWS.iter().map(|(_, told)| told(sum, style))).collect()
}

fn widest(column: &[String]) -> usize {
    column.iter().map(|text| text.chars().count()).max().unwrap_or(0)
}

/// One line; what differs from the policy as it is stands out.
fn line(row: usize, shown: &[usize], columns: &[Vec<String>], widths: &[usize], left: usize, style: Style) -> String {
    let name = row.checked_sub(1).map_or("", |row| ROWS[row].0);
    let mut out = style.paint(Ink::Quiet, pad(&format!("  {name}"), left));
    for at in shown {
        let (text, now) = (&columns[*at][row], &columns[0][row]);
        let ink = match (row, text == now) {
            (0, _) => Some(Ink::Strong),
            (_, false) => Some(Ink::Care),
            (_, true) => None,
        };
        let told = pad_left(text, widths[*at]);
        out += &" ".repeat(GAP);
        out += &ink.map_or_else(|| told.clone(), |ink| style.paint(ink, &told));
    }
    format!("{}\n", out.trim_end())
}

/// What is said of one action type.
const OF_ACTION: [(&str, Told); 3] = [
    ("autonomous", |it, _| rate(it.exposed.autonomous, it.exposed.records, &[])),
    ("harm", harm),
    ("moves", |it, _| thousands(it.moves())),
];

/// What is otherwise of one action type; nothing where nothing is, not even what is not said.
fn difference(before: &Figures, after: &Figures, style: Style) -> Vec<String> {
    let told = OF_ACTION.iter().map(|(name, told)| (name, told(before, style), told(after, style)));
    let otherwise = told.filter(|(_, before, after)| before != after);
    let said: Vec<String> =
        otherwise.map(|(name, before, after)| format!("{name} {before} {} {after}", style.arrow())).collect();
    if said.is_empty() && before != after { vec!["the same autonomy and harm by other ways".to_owned()] } else { said }
}
