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
use crate::history::counts_alike;
use crate::odds::spread;
use scripts::Scripts;

/// Scripts that are played for one change.
const SCRIPTS: usize = 300;
/// Lines of the longest script that is played.
const LINES: u64 = 20_000;
/// Lines of all scripts that are played for one change: a few seconds.
const ALL_LINES: u64 = 1_000_000;
/// Of a change for which none of so many actions shows anything, the others are not asked.
const ACTORS: usize = 8;
/// Scripts that are played side by side; the first of them that shows something counts, however many threads there are.
const BATCH: usize = 8;

/// Gives each open change a witness, or calls it unclear.
pub(super) fn settle(old: &Side, new: &Side, pairs: &[Pair], drafts: Vec<Draft>) -> (Vec<Change>, Vec<Witness>) {
    let stage = Stage::new(old, new, pairs);
    let alike = counts_alike(&old.plan, &new.plan);
    let mut search = Search { pairs, stage: &stage, alike, lucky: 0 };
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
    /// Both policies count the same of a history.
    alike: bool,
    /// Which script showed the last change: a ladder's edit changes several action types in the same way.
    lucky: usize,
}

impl Search<'_> {
    fn settle(&mut self, change: &mut Change, open: &Open, known: &mut Vec<(Witness, Vec<Parting>)>) {
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
                if known[at].0.no_approvals {
                    change.because += "; no approval is given in it: replay it with --no-approvals";
                }
                change.witness = Some(at);
            }
        }
    }

    fn find(&mut self, open: &Open) -> Option<(Witness, Vec<Parting>)> {
        let actors = (0..self.pairs.len()).filter(|at| match open.action {
            None => self.pairs[*at].new.is_some(),
            Some((_, id)) => self.pairs[*at].new == Some(id),
        });
        let mut left = ALL_LINES;
        for actor in actors.take(ACTORS).collect::<Vec<_>>() {
            let mut scripts = Scripts::new(self.stage, self.pairs, actor).all(open);
            scripts.retain(|script| script.size() <= LINES);
            scripts.truncate(SCRIPTS);
            let most = scripts.iter().take_while(|script| {
                let is_left = script.size() <= left;
                left = left.saturating_sub(script.size());
                is_left
            });
            scripts.truncate(most.count());
            if let Some((at, lines)) = self.first(&scripts, open) {
                self.lucky = at;
                return self.witness(lines, scripts[at].no_approvals, open);
            }
        }
        None
    }

    /// The first script that shows what is open, the lucky one before all others, and its lines.
    fn first(&self, scripts: &[Script], open: &Open) -> Option<(usize, Vec<String>)> {
        let lucky = Some(self.lucky).filter(|at| *at < scripts.len());
        let others = (0..scripts.len()).filter(|at| Some(*at) != lucky);
        let order: Vec<usize> = lucky.into_iter().chain(others).collect();
        let lines = |at: &usize| self.play(&scripts[*at], open).map(|lines| (*at, lines));
        order.chunks(BATCH).find_map(|batch| {
            let played = spread(&(0..batch.len() as u64), None, |numbers| {
                let of_thread = |at: u64| usize::try_from(at).ok().and_then(|at| batch.get(at));
                numbers.filter_map(of_thread).find_map(lines)
            });
            played.into_iter().flatten().next()
        })
    }

    /// The lines of a script, if they show what is open.
    fn play(&self, script: &Script, open: &Open) -> Option<Vec<String>> {
        let lines = self.stage.write(script);
        self.shown(&lines, script.no_approvals, open).is_some().then_some(lines)
    }

    /// As few of these lines as still show it.
    fn witness(&self, lines: Vec<String>, no_approvals: bool, open: &Open) -> Option<(Witness, Vec<Parting>)> {
        let lines = shrink::shrink(lines, |lines| self.shown(lines, no_approvals, open).is_some());
        let partings = self.shown(&lines, no_approvals, open)?;
        let shows = partings.iter().find(|it| it.shows(open, self.stage.new))?.told();
        Some((Witness { history: text(&lines), no_approvals, shows }, partings))
    }

    /// Where the two policies part over these lines, if that shows what is open.
    fn shown(&self, lines: &[String], no_approvals: bool, open: &Open) -> Option<Vec<Parting>> {
        let text = text(lines);
        let (old, new) = (&self.stage.old.plan, &self.stage.new.plan);
        let counts = parting::count(old, &text)?;
        let others = if self.alike { None } else { Some(parting::count(new, &text)?) };
        let one = parting::play(old, &counts, no_approvals)?;
        let other = parting::play(new, others.as_ref().unwrap_or(&counts), no_approvals)?;
        let partings = parting::partings((old, &one), (new, &other), self.pairs);
        partings.iter().any(|it| it.shows(open, self.stage.new)).then_some(partings)
    }
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}
