//! The first year of a policy for people: what becomes of each action type, and how likely any is promoted wrongly.

use super::View;
use super::table::Row as Cells;
use super::words::{beside, how_often, ink, points, share_of};
use crate::forecast::Year;
use crate::render::ink::Ink;
use crate::render::text::{clean, thousands};
use crate::value::{Decimal, Step};

impl View<'_> {
    pub(super) fn years(&self, years: &[Year]) -> String {
        let Some(worst) = years.first().filter(|year| year.better < Decimal::ZERO) else { return String::new() };
        let mut out = format!("\n{}\n", self.style.paint(Ink::Strong, "The first year, from crawl on"));
        if worst.wrong_gates > 0 {
            out += &self.line(&self.multiplicity(worst));
            out.push('\n');
        }
        let mut rows: Vec<Cells> = Vec::new();
        for (at, action) in self.plan().actions.iter().enumerate() {
            if action.gates.iter().all(Option::is_none) {
                continue;
            }
            for (nth, year) in years.iter().enumerate() {
                let name = if nth == 0 { clean(&action.name) } else { String::new() };
                rows.push((Some(ink(year.better)), self.row(name, year, at)));
            }
        }
        out + &self.table(
            &["action type", "from bar", "to walk", "to run", "falls", "flaps", "at walk", "at run"],
            2,
            &rows,
        )
    }

    /// The chance that any is promoted wrongly.
    fn multiplicity(&self, year: &Year) -> String {
        let any = self.style.paint(Ink::Bad, self.chance(&year.chance(year.wrongly)));
        let gated = self.plan().actions.iter().filter(|action| action.gates.iter().any(Option::is_some)).count();
        let histories = thousands(year.histories);
        match gated {
            1 => format!(
                "If its agent is {} its bars, it is promoted wrongly within a year with {any} (the evaluator over {histories} drawn histories).",
                beside(year.better)
            ),
            many => format!(
                "If the agents of all {many} action types are {} their bars, at least one is promoted wrongly within a \
                 year with {any} (the evaluator over {histories} drawn histories, the action types independent but for \
                 their turns and requires).",
                beside(year.better)
            ),
        }
    }

    fn row(&self, name: String, year: &Year, at: usize) -> Vec<String> {
        let action = &year.actions[at];
        let none = || self.style.dash().to_owned();
        let gates = &self.plan().actions[at].gates;
        let of = |step: Step, told: String| gates[step.index()].as_ref().map_or_else(none, |_| told);
        let took = |step: Step| of(step, self.chance(&year.chance(action.steps[step.index()])));
        let time = |step: Step| of(step, share_of(year.mean(action.ticks[step.to().index()]), self.style));
        vec![
            name,
            points(year.better, self.style),
            took(Step::CrawlToWalk),
            took(Step::WalkToRun),
            how_often(year.mean(action.falls), self.style),
            how_often(year.mean(action.flaps), self.style),
            time(Step::CrawlToWalk),
            time(Step::WalkToRun),
        ]
    }
}
