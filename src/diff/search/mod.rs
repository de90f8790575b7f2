//! The search for witnesses: scripts that bring the action type to where the change matters, and then a little more or
//! a little less of everything that the two policies count.
//!
//! A witness is only what [`parting`] has seen two real replays do; a script that shows nothing is passed over. So a
//! change is never said to loosen without proof, and one for which no script shows anything stays unclear.

mod scenes;
mod scripts;
mod shrink;

use super::parting::{self, Parting};
use super::side::{Pair, Side};
use super::story::{Script, Stage};
use super::{Change, Class, Draft, Open, Witness};
use scripts::Scripts;

/// Scripts that are played for one change.
const SCRIPTS: usize = 300;
/// Lines of the longest script that is played.
const LINES: u64 = 20_000;
/// Of a change for which none of so many actions shows anything, the others are not asked.
const ACTORS: usize = 8;

/// Gives each open change a witness, or calls it unclear.
pub(super) fn settle(old: &Side, new: &Side, pairs: &[Pair], drafts: Vec<Draft>) -> (Vec<Change>, Vec<Witness>) {
    let stage = Stage::new(old, new, pairs);
    let search = Search { pairs, stage: &stage };
    let mut known: Vec<(Witness, Vec<Parting>)> = Vec::new();
    let mut changes = Vec::new();
    for Draft { mut change, open } in drafts {
        if let Some(open) = open {
            search.settle(&mut change, &open, &mut known);
        }
        changes.push(change);
    }
    (changes, known.into_iter().map(|(witness, _)| witness).collect())
}

struct Search<'a> {
    pairs: &'a [Pair],
    stage: &'a Stage<'a>,
}

impl Search<'_> {
    fn settle(&self, change: &mut Change, open: &Open, known: &mut Vec<(Witness, Vec<Parting>)>) {
        let shows = |partings: &[Parting]| partings.iter().find(|it| it.shows(open, self.stage.new)).cloned();
        let old = known.iter().position(|(_, partings)| shows(partings).is_some());
        let found = old.or_else(|| {
            let (witness, partings) = self.find(open)?;
            known.push((witness, partings));
            Some(known.len() - 1)
        });
        match found {
            None => {
                change.class = Class::Unclear;
                "nothing proves that it never loosens, and no history was found on which it does"
                    .clone_into(&mut change.because);
            }
            Some(at) => {
                change.class = Class::Loosens;
                change.because = shows(&known[at].1).map_or_else(String::new, |parting| parting.told());
                change.witness = Some(at);
            }
        }
    }

    fn find(&self, open: &Open) -> Option<(Witness, Vec<Parting>)> {
        let actors = (0..self.pairs.len()).filter(|at| match open.action {
            None => self.pairs[*at].new.is_some(),
            Some((_, id)) => self.pairs[*at].new == Some(id),
        });
        for actor in actors.take(ACTORS) {
            let scripts = Scripts::new(self.stage, self.pairs, actor);
            for script in scripts.all(open).into_iter().take(SCRIPTS) {
                if let Some(found) = self.play(&script, open) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn play(&self, script: &Script, open: &Open) -> Option<(Witness, Vec<Parting>)> {
        let size: u64 = script.beats.iter().flat_map(|beat| &beat.fates).map(|(n, _)| *n).sum();
        if size > LINES {
            return None;
        }
        let lines = self.stage.write(script);
        let is_shown = |lines: &[String]| {
            let partings = self.partings(lines, script.no_approvals);
            partings.iter().any(|it| it.shows(open, self.stage.new)).then_some(partings)
        };
        is_shown(&lines)?;
        let lines = shrink::shrink(lines, |lines| is_shown(lines).is_some());
        let partings = is_shown(&lines)?;
        let shows = partings.iter().find(|it| it.shows(open, self.stage.new))?.told();
        Some((Witness { history: text(&lines), no_approvals: script.no_approvals, shows }, partings))
    }

    fn partings(&self, lines: &[String], no_approvals: bool) -> Vec<Parting> {
        let text = text(lines);
        let (old, new) = (&self.stage.old.plan, &self.stage.new.plan);
        let runs = parting::play(old, &text, no_approvals).zip(parting::play(new, &text, no_approvals));
        runs.map(|(one, other)| parting::partings((old, &one), (new, &other), self.pairs)).unwrap_or_default()
    }
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}
