//! The odds of a policy for people: by gate what it lets through, the figures, their curve; then the year of all of it,
//! and what was assumed.

use super::table::Row as Cells;
use super::words::{after, agent_of, beside, days, ink, points, rate, times};
use super::{Asked, View, curve};
use crate::forecast::{Forecast, GateOdds, HORIZONS, MONTH, Noticed, Row, YEAR, Year};
use crate::odds::{Answer, Method};
use crate::render::ink::Ink;
use crate::render::text::{GLUE, clean, list, thousands, wrap};
use crate::render::{Style, figures};
use crate::stats::real;
use crate::value::Decimal;
use std::fmt::Write as _;

/// The odds of a policy for people.
#[must_use]
pub fn human(asked: Asked, forecast: &Forecast, style: Style) -> String {
    let view = View { asked, style };
    let mut out = view.head();
    for gate in &forecast.gates {
        let _ = write!(out, "\n{}", view.gate_odds(gate));
    }
    out += &view.years(&forecast.years);
    out + &view.assumptions(forecast)
}

impl View<'_> {
    /// Which policy, and what arrives.
    pub(super) fn head(&self) -> String {
        let policy = self.style.paint(Ink::Strong, clean(&self.plan().policy));
        let digest: String = self.plan().digest.chars().take(19).collect();
        let mut out = format!("{policy}: the odds of its gates\n");
        out += &wrap(&digest, "plan     ", "         ", self.style.width);
        out + &wrap(self.asked.traffic, "traffic  ", "         ", self.style.width)
    }

    pub(super) fn line(&self, text: &str) -> String {
        wrap(text, "  ", "  ", self.style.width)
    }

    fn gate_odds(&self, odds: &GateOdds) -> String {
        let mut out = format!("{}\n", self.style.paint(Ink::Strong, self.path(odds.action, odds.step)));
        out += &self.clauses(odds);
        out += &self.line(&self.verdict(odds));
        let _ = write!(out, "\n{}", self.climb(odds));
        out += &curve::plot(self, &odds.climb, "promoted");
        if !odds.stay.is_empty() {
            let _ = write!(out, "\n{}", self.stay(odds));
        }
        out
    }

    /// What the gate asks.
    fn clauses(&self, odds: &GateOdds) -> String {
        let Some(gate) = self.gate(odds.action, odds.step) else { return String::new() };
        let mut told: Vec<String> = gate.bars.iter().map(|bar| format!("bar {}", self.bar(&bar.first))).collect();
        told.push(format!("hold{GLUE}{}", self.span(gate.hold)));
        told.extend(gate.keeps.iter().map(|bar| format!("keep {}", self.keep(bar))));
        self.style.paint(Ink::Quiet, self.line(&told.join("; ")).trim_end()) + "\n"
    }

    /// Who gets through, in a sentence or two.
    fn verdict(&self, odds: &GateOdds) -> String {
        let two = Decimal::whole(-2).percent();
        let far = |row: &&Row| if row.better > two { row.better.minus(two) } else { two.minus(row.better) };
        let below = odds.climb.iter().filter(|row| row.is_below()).min_by_key(far);
        let good = odds.climb.iter().rfind(|row| !row.is_below());
        if odds.is_impossible {
            return self.impossible(odds);
        }
        let mut told = String::new();
        if let Some(row) = below {
            let [_, Some(quarter), Some(year)] = row.chances.as_slice() else { return told };
            let agent = agent_of(self.plan(), &row.rates).replacen("an agent", "An agent", 1);
            let often = times(quarter.chance).map_or(String::new(), |often| format!(", {often}"));
            told = format!(
                "{agent}, {} the bar, is promoted within 90{GLUE}d with {}{often}, and within 365{GLUE}d with {}: \
                 wrongly.",
                beside(row.better),
                self.style.paint(Ink::Bad, self.chance(quarter)),
                self.style.paint(Ink::Bad, self.chance(year)),
            );
        }
        if let Some(row) = good.filter(|row| row.better > Decimal::ZERO) {
            let after = after(row).map_or(String::new(), |after| format!(", after {after} on average"));
            let chance = self.style.paint(Ink::Good, self.chance_if(row.chances[1].as_ref()));
            let _ = write!(told, " One {} it is promoted within 90{GLUE}d with {chance}{after}.", beside(row.better));
        }
        told
    }

    /// Why nobody gets through, and what would help.
    fn impossible(&self, odds: &GateOdds) -> String {
        let mut told = format!("Nobody gets through within {YEAR}{GLUE}d, not even without a fault");
        let Some(gate) = self.gate(odds.action, odds.step) else { return told + "." };
        let short = gate.bars.iter().map(|bar| &bar.first).zip(&odds.most).filter(|(bar, most)| bar.min > **most);
        for (bar, most) in short {
            let metric = clean(&self.plan().metrics[bar.metric.index()].name);
            let daily = self.asked.question.traffic.of(odds.action, bar.metric).map_or(0, crate::forecast::Flow::daily);
            let window = bar.window.map_or_else(|| "tier".to_owned(), |ticks| self.span(ticks));
            let needed = bar.min.saturating_mul(1_000_000).div_ceil(daily.max(1));
            let _ = write!(
                told,
                "; {metric} has at most {} of the {} samples it needs over{GLUE}{window}: at {} a day they take {}{GLUE}d, so a \
                 smaller `min` or a longer window would help",
                thousands(*most),
                thousands(bar.min),
                real(daily) / 1e6,
                thousands(needed),
            );
        }
        told + "."
    }

    fn chance_if(&self, answer: Option<&Answer>) -> String {
        answer.map_or_else(|| self.style.dash().to_owned(), |answer| self.chance(answer))
    }

    /// The first cells of a row: the rates, and how far from the bar.
    fn agent(&self, row: &Row) -> Vec<String> {
        let told: Vec<String> = row.rates.iter().map(|(id, value)| rate(self.plan(), *id, *value)).collect();
        vec![told.join(", "), points(row.better, self.style)]
    }

    fn heading(&self, what: &str, rows: &[Row]) -> String {
        let ids = rows.first().map_or(&[][..], |row| &row.rates).iter();
        let names: Vec<String> = ids.map(|(id, _)| clean(&self.plan().metrics[id.index()].name)).collect();
        self.line(&self.style.paint(Ink::Strong, format!("{what}, by true {}", list(&names, "and"))))
    }

    fn climb(&self, odds: &GateOdds) -> String {
        let rows = odds.climb.iter().map(|row| {
            let mut cells = self.agent(row);
            cells.extend(row.chances.iter().map(|answer| self.chance_if(answer.as_ref())));
            cells.push(after(row).unwrap_or_else(|| self.style.dash().to_owned()));
            (Some(ink(row.better)), cells)
        });
        let within = HORIZONS.map(|days| format!("in {days} d"));
        let heads = ["true rate", "from bar", &within[0], &within[1], &within[2], "after"];
        self.heading("Promoted", &odds.climb) + &self.table(&heads, 2, &rows.collect::<Vec<Cells>>())
    }

    fn stay(&self, odds: &GateOdds) -> String {
        let rows = odds.stay.iter().map(|row| {
            let mut cells = self.agent(row);
            cells.extend(row.chances.iter().map(|answer| self.chance_if(answer.as_ref())));
            (Some(ink(row.better)), cells)
        });
        let within = [format!("in {MONTH} d"), format!("in the first {YEAR} d")];
        let heads = ["true rate", "from bar", &within[0], &within[1]];
        let mut out = self.heading("Falls back by its keep bars", &odds.stay);
        out += &self.table(&heads, 2, &rows.collect::<Vec<Cells>>());
        if odds.stay.iter().any(|row| row.chances.first().is_some_and(Option::is_none)) {
            out += &self.line(&format!(
                "{} Nobody keeps the tier until the windows of the keep bars are full, so none can fall in the {MONTH}{GLUE}d \
                 after.",
                self.style.dash()
            ));
        }
        let drops = odds.drops.iter().map(|drop| (None, self.noticed(drop)));
        let heads = ["by", "half of the time after", "9 times in 10 after", "not in a year"];
        let _ = write!(out, "\n{}", self.line(&self.style.paint(Ink::Strong, "A real drop from the bar is noticed")));
        out += &self.table(&heads, 1, &drops.collect::<Vec<Cells>>());
        if let Some(stale) = odds.drops.iter().find_map(|drop| drop.stale) {
            let after = days(self.asked.question.days(real(stale.unsigned_abs())));
            out += &self.line(&format!("What is not noticed goes stale after {after}: the tier is lost, but unseen."));
        }
        out
    }

    /// By how much, the median and the range that holds it, the ninth decile, and how often not at all.
    fn noticed(&self, noticed: &Noticed) -> Vec<String> {
        let question = self.asked.question;
        let unseen = noticed.stale.map_or(real(YEAR.unsigned_abs()), |ticks| question.days(real(ticks.unsigned_abs())));
        let told = |ticks: Option<i64>, about: &str| {
            let after = ticks.map(|ticks| question.days(real(ticks.unsigned_abs())));
            after.map_or_else(|| format!(">{}", days(unseen)), |after| format!("{about}{}", days(after)))
        };
        let bare = |ticks| told(ticks, "").replace(&format!("{GLUE}d"), "");
        let with_range = |hundredths| {
            let (from, to) = noticed.between(hundredths);
            let range =
                if from == to { String::new() } else { format!(" ({}{}{})", bare(from), self.style.dash(), bare(to)) };
            format!("{}{range}", told(noticed.by(hundredths), "~"))
        };
        let never = Year { histories: noticed.histories, ..Year::default() }.chance(noticed.never());
        vec![figures::points(noticed.drop), with_range(50), with_range(90), self.chance(&never)]
    }

    /// What was taken to be so.
    fn assumptions(&self, forecast: &Forecast) -> String {
        let histories = thousands(self.asked.question.replayed());
        let answers = || {
            forecast
                .gates
                .iter()
                .flat_map(|gate| gate.climb.iter().chain(&gate.stay))
                .flat_map(|row| row.chances.iter().flatten())
        };
        let paths = answers().filter_map(|answer| match answer.method {
            Method::Exact => None,
            Method::Simulated { paths, .. } | Method::Weighted { paths } => Some(paths),
        });
        let errors = match paths.max() {
            None => "Promoted and falls back: all figures of gates are exact.".to_owned(),
            Some(paths) => format!(
                "Promoted and falls back: a figure without {sign}, ~, < or > is exact. {sign} is the standard error of one \
                 that was simulated, by {} paths at most, the same at every run; < and > are what the paths bound with \
                 95{GLUE}%; ~ is a simulated average.",
                thousands(paths),
                sign = self.style.pick("±", "+-"),
            ),
        };
        let mut notes = vec![
            errors,
            format!(
                "Drops and the year are always simulated. The year, and drops where trips fire too, are the evaluator itself \
                 over {histories} drawn histories each; ~ is given with the range that holds the true figure with 95{GLUE}%, \
                 and without one where that is the figure alone."
            ),
            "Wrongly means: past a gate that has a bar which the true rate is below. In the year an agent has one true rate \
             for each metric, set by the hardest of its bars, so that an easier gate may be passed rightly."
                .to_owned(),
            "A record is good or bad by chance alone, independently of all others and at the same rate all year; records \
             arrive evenly."
                .to_owned(),
            format!(
                "Falls in {MONTH}{GLUE}d are counted from when the windows of the keep bars are full, for agents that kept \
                 the tier until then. A drop happens to an agent that was exactly at the bar."
            ),
            "At a gate, approvals, requires and other action types' turns are taken as met at once, and trips do not fire; \
             in the year and in drops they are as the policy has them, approvals given, and each bad sample brings one of \
             its signals."
                .to_owned(),
        ];
        if self.means() {
            let note = "A point of a mean is a hundredth of its scale; its values are taken to lie at the ends of the scale, which \
                        is the most that luck can do.";
            notes.push(note.to_owned());
        }
        let unheard: Vec<String> = self.unheard();
        if !unheard.is_empty() {
            notes.push(format!("No metric brings {}: nothing here trips by it.", list(&unheard, "or")));
        }
        let mut out = format!("\n{}\n", self.style.paint(Ink::Strong, "What is assumed"));
        for note in notes {
            out += &wrap(&note, "  - ", "    ", self.style.width);
        }
        out
    }

    fn means(&self) -> bool {
        let bars = self.plan().actions.iter().flat_map(crate::plan::Action::bars);
        bars.into_iter().any(|bar| self.plan().metrics[bar.metric.index()].is_mean())
    }

    fn unheard(&self) -> Vec<String> {
        let names = self.plan().actions.iter().flat_map(|action| crate::forecast::year::unheard(self.plan(), action));
        let names: std::collections::BTreeSet<String> = names.collect();
        names.into_iter().map(|name| format!("`{}`", clean(&name))).collect()
    }
}
