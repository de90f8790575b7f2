//! One variant: from event to event, each action type by its stays, all of them by the promotions they share.

use super::agenda::{Agenda, NEVER};
use super::course::{Course, Spell};
use super::desk::Seat;
use super::queue::{Queue, Rank};
use super::stay::{Ending, Stays};
use super::terms::{Parts, Sheet};
use super::ticks;
use crate::replay::{Figures, Kind};
use crate::value::duration::Tick;
use crate::value::{Step, Tier};

/// The sheets from which a variant takes each kind of term.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'s> {
    /// Per step its gate, but for the times: bars, keeps, and what all gates have in common.
    pub gates: [&'s Sheet; 2],
    /// Holds.
    pub hold: &'s Sheet,
    /// Stops.
    pub stop: &'s Sheet,
    /// Cooldowns.
    pub cooldown: &'s Sheet,
    /// `promote one per`.
    pub promote: &'s Sheet,
}

impl<'s> From<&'s Sheet> for Variant<'s> {
    fn from(sheet: &'s Sheet) -> Self {
        Self { gates: [sheet; 2], hold: sheet, stop: sheet, cooldown: sheet, promote: sheet }
    }
}

/// One entry of the decision log, without its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The boundary.
    pub at: Tick,
    /// The kind.
    pub kind: Kind,
    /// The action type, by its index.
    pub action: usize,
    /// The tier after.
    pub to: Tier,
}

/// The replay of one variant, event by event.
#[derive(Debug)]
pub(super) struct Walk<'w, 'a> {
    pub(super) parts: &'w Parts<'a>,
    pub(super) stays: &'w mut Stays,
    seats: &'w [Seat],
    variant: Variant<'w>,
    /// Approvals are never given.
    no_approvals: bool,
    len: usize,
    courses: Vec<Course>,
    /// When to look at which action type again.
    agenda: Agenda,
    /// Those whose hold is over and who are eligible by that.
    queue: Queue,
    /// Those whose hold is over and who are bound.
    bound: Vec<usize>,
    last_promotion: Option<usize>,
    /// Of each action type, or of all together.
    figures: Vec<Figures>,
    log: Option<Vec<Move>>,
}

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(
        parts: &'w Parts<'a>,
        stays: &'w mut Stays,
        seats: &'w [Seat],
        variant: Variant<'w>,
        no_approvals: bool,
    ) -> Self {
        let actions = variant.hold.actions.len();
        Self {
            len: parts.bars.sums.len,
            parts,
            stays,
            seats,
            variant,
            no_approvals,
            courses: vec![Course::start(); actions],
            agenda: Agenda::new(actions, parts.bars.sums.len),
            queue: Queue::default(),
            bound: Vec::new(),
            last_promotion: None,
            figures: vec![Figures::default()],
            log: None,
        }
    }

    /// Keeps the figures of each action type by themselves.
    pub(super) fn by_action(self) -> Self {
        Self { figures: vec![Figures::default(); self.courses.len()], ..self }
    }

    /// Keeps a log of all decisions.
    pub(super) fn logging(self) -> Self {
        Self { log: Some(Vec::new()), ..self }
    }

    /// The figures, and the log.
    pub(super) fn run(mut self) -> (Vec<Figures>, Vec<Move>) {
        for action in 0..self.courses.len() {
            let stay = self.find(action, Tier::Crawl, None);
            self.begin(action, stay);
        }
        let mut retry = NEVER;
        for now in 0..self.len {
            let mut is_event = retry == now;
            let mut next = 0;
            while let Some(action) = self.agenda.first(now, next) {
                self.wake_up(action, now);
                (is_event, next) = (true, action + 1);
            }
            if is_event && !(self.queue.is_empty() && self.bound.is_empty()) {
                retry = self.promote_and_defer(now);
            }
        }
        (0..self.courses.len()).for_each(|action| self.finish(action));
        (self.figures, self.log.unwrap_or_default())
    }

    fn hold(&self, action: usize, step: usize) -> usize {
        self.variant.hold.actions[action].hold[step] as usize
    }

    fn figures(&mut self, action: usize) -> &mut Figures {
        let last = self.figures.len() - 1;
        &mut self.figures[action.min(last)]
    }

    /// The stay that begins at a boundary, or with the replay, and when something ends it.
    fn find(&mut self, action: usize, tier: Tier, entry: Option<usize>) -> (usize, usize) {
        let sort = self.seats[action].sorts[tier.index()][usize::from(self.courses[action].demoted)];
        let stay = self.stays.find(self.parts, sort, entry);
        (stay, self.stays.stay(stay).ending().at)
    }

    /// Begins a stay.
    fn begin(&mut self, action: usize, (stay, fall): (usize, usize)) {
        let course = &mut self.courses[action];
        let bound = course.tier.step_up().map(|step| self.seats[action].is_bound[step.index()]);
        (course.stay, course.fall, course.is_bound) = (stay, fall, bound.unwrap_or(false));
        let first = course.first_look();
        self.courses[action].stop = self.stop(action).unwrap_or(NEVER);
        self.seek(action, first);
    }

    /// The first boundary after `stop after` at which it is not passing.
    fn stop(&self, action: usize) -> Option<usize> {
        let course = &self.courses[action];
        let after = self.variant.stop.actions[action].stop[course.tier.step_up()?.index()]?;
        let from = course.since.saturating_add(after as usize).max(course.first_look());
        if from < course.cooldown_until {
            return Some(from).filter(|at| *at < course.fall);
        }
        self.stays.stay(course.stay).passes().next_gap(from, course.fall)
    }

    /// Finds the next spell that outlasts the hold, from a boundary on, and when to look again.
    fn seek(&mut self, action: usize, from: usize) {
        let spell = self.next_spell(action, from).unwrap_or(Spell::NONE);
        let course = &mut self.courses[action];
        (course.spell, course.eligible_since, course.deferred) = (spell, NEVER, false);
        // A spell ends before the fall, or with it.
        let wake = spell.ready.min(course.fall);
        self.agenda.put(action, wake);
    }

    fn next_spell(&self, action: usize, from: usize) -> Option<Spell> {
        let course = &self.courses[action];
        let passes = self.stays.stay(course.stay).passes();
        let limit = course.fall.min(course.stop);
        let hold = self.hold(action, course.tier.step_up()?.index());
        let mut start = passes.next(from.max(course.cooldown_until), limit)?;
        loop {
            let mut end = passes.next_gap(start, limit).unwrap_or(limit);
            if let Some(renewed) = self.parts.renewal_after(action, start) {
                end = end.min(renewed);
            }
            let ready = start.saturating_add(hold);
            if ready < end {
                return Some(Spell { ready, end });
            }
            start = passes.next(end, limit)?;
        }
    }

    /// Something happens to an action type: it falls, a spell ends, or a hold is over.
    fn wake_up(&mut self, action: usize, now: usize) {
        let course = &self.courses[action];
        if course.fall == now {
            self.wait_no_more(action);
            return self.fall(action, now);
        }
        if course.spell.end == now {
            self.wait_no_more(action);
            self.seek(action, now);
        }
        let spell = self.courses[action].spell;
        if spell.ready == now {
            if self.courses[action].is_bound {
                self.bound.push(action);
            } else {
                self.queue.join(self.rank(action, now));
            }
            self.agenda.put(action, spell.end);
        }
    }

    /// A spell is over, if there was one.
    fn wait_no_more(&mut self, action: usize) {
        let Course { spell, is_bound, .. } = self.courses[action];
        if is_bound {
            self.bound.retain(|waiting| *waiting != action);
        } else if spell.ready != NEVER {
            self.queue.leave(self.rank(action, spell.ready));
        }
    }

    /// Steps 1 to 4.
    fn fall(&mut self, action: usize, now: usize) {
        let Ending { kind, to, .. } = self.stays.stay(self.courses[action].stay).ending();
        let holds = [0, 1].map(|step| self.hold(action, step));
        let has_gate = self.seats[action].has_gate;
        let course = &mut self.courses[action];
        let is_flap = |step: usize| {
            has_gate[step]
                && course.promoted[step] != NEVER
                && now - course.promoted[step] <= holds[step].saturating_mul(2)
        };
        let flaps = u64::from((0..2).any(is_flap));
        course.demoted |= matches!(kind, Kind::Demote | Kind::Trip);
        course.cooldown_until = now.saturating_add(self.variant.cooldown.actions[action].cooldown as usize);
        self.figures(action).flaps += flaps;
        self.enter(action, kind, to, now);
    }

    /// Steps 5 to 7: who of the waiting is eligible, who is promoted, who is deferred. Gives when to look again.
    fn promote_and_defer(&mut self, now: usize) -> usize {
        let (bound, eligible) = self.ask_bound(now);
        let first = match (self.queue.first(), bound) {
            (Some(queued), Some(bound)) => queued.min(bound),
            (Some(first), None) | (None, Some(first)) => first,
            (None, None) => return NEVER,
        };
        let per = ticks(self.variant.promote.promote_ticks);
        let is_free = self.last_promotion.is_none_or(|last| now - last >= per);
        let is_left = self.queue.len() + eligible > usize::from(is_free);
        if is_free {
            self.wait_no_more(first.action());
            self.last_promotion = Some(now);
        }
        self.defer(now);
        if is_free {
            self.promote(first.action(), now);
        }
        // After a promotion another action type may find what it requires.
        let next = if is_free && !self.bound.is_empty() { now + 1 } else { NEVER };
        let slot = self.last_promotion.map_or(now + 1, |last| (last.saturating_add(per)).max(now + 1));
        next.min(if is_left { slot } else { NEVER })
    }

    /// Of those that are bound the first that may rise now, and how many may.
    fn ask_bound(&mut self, now: usize) -> (Option<Rank>, usize) {
        let (mut first, mut eligible) = (None, 0);
        for at in 0..self.bound.len() {
            let action = self.bound[at];
            let may = self.may_rise(action);
            let since = &mut self.courses[action].eligible_since;
            *since = if may { now.min(*since) } else { NEVER };
            if may {
                let since = *since;
                let rank = self.rank(action, since);
                first = Some(first.map_or(rank, |first: Rank| first.min(rank)));
                eligible += 1;
            }
        }
        (first, eligible)
    }

    fn may_rise(&self, action: usize) -> bool {
        let step = self.courses[action].tier.step_up().map(Step::index);
        let rise = step.and_then(|step| self.variant.gates[step].actions[action].rises[step]);
        let Some(rise) = rise.map(|rise| &self.parts.rises[rise as usize]) else { return false };
        let is_met = |(other, tier): &(usize, Tier)| self.courses[*other].tier >= *tier;
        !(rise.approval && self.no_approvals) && rise.requires.iter().all(is_met)
    }

    fn rank(&self, action: usize, since: usize) -> Rank {
        Rank::new(since, self.parts.risks[action], action)
    }

    fn promote(&mut self, action: usize, now: usize) {
        let Some(step) = self.courses[action].tier.step_up() else { return };
        self.courses[action].promoted[step.index()] = now;
        self.enter(action, Kind::Promote, step.to(), now);
    }

    /// Whoever is eligible and was not deferred yet: of those in the queue who joined it just now.
    fn defer(&mut self, now: usize) {
        let mut behind = self.queue.len();
        while let Some(rank) = behind.checked_sub(1).and_then(|at| self.queue.get(at)).filter(|it| it.since() == now) {
            self.note(rank.action(), Kind::Defer, now, self.courses[rank.action()].tier);
            behind -= 1;
        }
        for at in 0..self.bound.len() {
            let action = self.bound[at];
            let course = &mut self.courses[action];
            if course.eligible_since != NEVER && !course.deferred {
                course.deferred = true;
                let tier = course.tier;
                self.note(action, Kind::Defer, now, tier);
            }
        }
    }

    /// A move: one stay ends at a boundary, another begins.
    fn enter(&mut self, action: usize, kind: Kind, to: Tier, now: usize) {
        // While the one comes from memory, the other is added up.
        let stay = self.find(action, to, Some(now));
        self.leave(action, now, now + 1);
        self.note(action, kind, now, to);
        let course = &mut self.courses[action];
        (course.tier, course.since, course.entered) = (to, now, true);
        self.begin(action, stay);
    }

    fn finish(&mut self, action: usize) {
        self.leave(action, self.len - 1, self.len);
        let (boundaries, records) = (self.len as u64, self.parts.bars.sums.records(action));
        let figures = self.figures(action);
        figures.boundaries += boundaries;
        figures.exposed.records += records;
    }

    /// Adds up a stay that ends at a boundary; the boundaries before `looks` were looked at from it.
    fn leave(&mut self, action: usize, end: usize, looks: usize) {
        let Course { tier, since, entered, stop, stay, .. } = self.courses[action];
        let first = self.courses[action].first_look();
        let evidence = self.stays.stay(stay).enough().count(first, looks).0;
        let exposed = self.parts.bars.sums.exposed(action, tier, since, end, !entered);
        let figures = self.figures(action);
        figures.ticks[tier.index()] += (end - since) as u64;
        figures.with_evidence += evidence;
        figures.exposed = figures.exposed.plus(&exposed);
        if stop < looks {
            self.note(action, Kind::Stop, stop, tier);
        }
    }

    fn note(&mut self, action: usize, kind: Kind, at: usize, to: Tier) {
        self.figures(action).kinds[kind as usize] += 1;
        if let Some(log) = &mut self.log {
            log.push(Move { at: self.parts.bars.sums.from + Tick::try_from(at).unwrap_or(0), kind, action, to });
        }
    }
}
