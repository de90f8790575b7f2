//! Every variant of a grid over one history, in both readings of its evidence.

use super::fast::{Fast, Sheet, Variant, Worker};
use super::grid::Grid;
use crate::history::{Counts, counts_alike};
use crate::model::Policy;
use crate::model::setting::{SetError, set};
use crate::plan::compile::undigested;
use crate::plan::{self, Plan};
use crate::replay::{self, Evidence, Figures, Options, Summary};
use crate::value::Step;
use rustc_hash::FxHashMap;
use std::num::NonZeroUsize;
use std::sync::Mutex;

/// The two readings of the evidence, in this order everywhere.
pub const READINGS: [Evidence; 2] = [Evidence::AsRecorded, Evidence::AnyTier];

/// What a variant comes to, in each of [`READINGS`].
pub type Cell = [Figures; 2];

/// So many sheets are kept; then all are forgotten.
const MOST_SHEETS: usize = 1_024;
/// Variants between two words of progress, and in one reading before the other: the longer, the more of what one reading
/// has worked out stays at hand.
const STRIDE: usize = 960;

/// Why a sweep ended early.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error<E> {
    /// Values that do not go together.
    #[error("{0}")]
    Set(SetError),
    /// Nothing to replay.
    #[error("{0}")]
    Replay(replay::Error),
    /// The history could not be counted again.
    #[error("the history could not be counted again")]
    Count(E),
}

/// A sweep.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a> {
    /// The policy.
    pub policy: &'a Policy,
    /// Its plan.
    pub plan: &'a Plan,
    /// The history, counted under it.
    pub counts: &'a Counts,
    /// How to replay; which records are evidence does not matter.
    pub options: &'a Options,
    /// The variants.
    pub grid: &'a Grid,
    /// How many threads.
    pub threads: NonZeroUsize,
}

impl Sweep<'_> {
    /// What every variant comes to. `recount` counts the history under a plan that asks something else of the records;
    /// `done` is told how many more variants are done.
    pub fn run<E>(
        &self,
        recount: &mut dyn FnMut(&Plan) -> Result<Counts, E>,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Cell>, Error<E>> {
        let outer = self.grid.axes.iter().take_while(|axis| axis.recounts()).count();
        let inner = Grid { axes: self.grid.axes[outer..].to_vec() };
        let outer = Grid { axes: self.grid.axes[..outer].to_vec() };
        let mut all = Vec::with_capacity(self.grid.len());
        for cell in 0..outer.len() {
            let policy = changed(self.policy, outer.changes(cell)).map_err(Error::Set)?;
            let plan = plan::compile(&policy);
            let alike = counts_alike(self.plan, &plan);
            let counted = if alike { None } else { Some(recount(&plan).map_err(Error::Count)?) };
            let counts = counted.as_ref().unwrap_or(self.counts);
            let part = Part { policy: &policy, plan: &plan, counts, options: self.options, grid: &inner };
            all.extend(part.run(self.threads, done).map_err(|error| match error {
                Fault::Set(error) => Error::Set(error),
                Fault::Replay(error) => Error::Replay(error),
            })?);
        }
        Ok(all)
    }
}

/// The policy with several values changed, one after the other.
pub fn changed<'c>(policy: &Policy, changes: impl Iterator<Item = (&'c str, &'c str)>) -> Result<Policy, SetError> {
    let mut policy = policy.clone();
    for (path, value) in changes {
        policy = set(&policy, path, value)?;
    }
    Ok(policy)
}

/// What a plan comes to in a plain replay, in each of [`READINGS`].
pub fn plainly(plan: &Plan, counts: &Counts, options: &Options) -> Result<[Summary; 2], replay::Error> {
    let of = |evidence| {
        let run = replay::run(plan, counts, &Options { evidence, ..options.clone() })?;
        Ok(Summary::of(plan, &run))
    };
    Ok([of(READINGS[0])?, of(READINGS[1])?])
}

enum Fault {
    Set(SetError),
    Replay(replay::Error),
}

/// The variants that share their counts.
struct Part<'a> {
    policy: &'a Policy,
    plan: &'a Plan,
    counts: &'a Counts,
    options: &'a Options,
    grid: &'a Grid,
}

impl Part<'_> {
    fn run(&self, threads: NonZeroUsize, done: &(dyn Fn(u64) + Sync)) -> Result<Vec<Cell>, Fault> {
        let fast =
            READINGS.map(|evidence| Fast::new(self.plan, self.counts, &Options { evidence, ..self.options.clone() }));
        let fast = match &fast {
            [Some(recorded), Some(any)] => Some([recorded, any]),
            _ => None,
        };
        let order = self.order();
        let share = order.len().div_ceil(threads.get()).max(1);
        let all = Mutex::new(vec![Cell::default(); order.len()]);
        let faults: Vec<Option<Fault>> = std::thread::scope(|scope| {
            let work = |cells| {
                let all = &all;
                scope.spawn(move || self.share(fast, cells, all, done).err())
            };
            let running: Vec<_> = order.chunks(share).map(work).collect();
            // A thread that panics takes the program with it.
            running
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        match faults.into_iter().flatten().next() {
            Some(fault) => Err(fault),
            None => Ok(all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)),
        }
    }

    /// The variants, those together that share their bars.
    fn order(&self) -> Vec<usize> {
        let numbers = Numbers::new(self.grid);
        let mut order: Vec<usize> = (0..self.grid.len()).collect();
        order.sort_by_cached_key(|cell| {
            let [first, second, ..] = numbers.of(*cell);
            (first, second)
        });
        order
    }

    /// One thread's share.
    fn share(
        &self,
        fast: Option<[&Fast; 2]>,
        cells: &[usize],
        all: &Mutex<Vec<Cell>>,
        done: &(dyn Fn(u64) + Sync),
    ) -> Result<(), Fault> {
        let mut bench = fast.map(|fast| Bench {
            workers: fast.map(Fast::worker),
            sheets: FxHashMap::default(),
            numbers: Numbers::new(self.grid),
        });
        for stride in cells.chunks(STRIDE) {
            let cells = match &mut bench {
                Some(bench) => bench.cells(self, stride).map_err(Fault::Set)?,
                None => stride.iter().map(|cell| self.plain(*cell)).collect::<Result<_, _>>()?,
            };
            let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            stride.iter().zip(cells).for_each(|(at, cell)| all[*at] = cell);
            done(stride.len() as u64);
        }
        Ok(())
    }

    fn plain(&self, cell: usize) -> Result<Cell, Fault> {
        let policy = changed(self.policy, self.grid.changes(cell)).map_err(Fault::Set)?;
        let summaries = plainly(&plan::compile(&policy), self.counts, self.options).map_err(Fault::Replay)?;
        Ok(summaries.map(|summary| summary.sum))
    }

    /// The plan with only the values of one kind of term changed: the others are taken from elsewhere.
    fn plan(&self, kind: Kind, cell: usize) -> Result<Plan, SetError> {
        let changes = self.grid.changes(cell).filter(|(path, _)| kind.takes(Kind::of(path)));
        Ok(undigested(&changed(self.policy, changes)?))
    }
}

/// Which terms a path changes: none of these depends on another, but for what all gates have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// The bars of a gate; of a plan also what all gates have in common.
    Gate(Step),
    Hold,
    Stop,
    Cooldown,
    Promote,
    /// All the rest: both gates.
    Common,
}

impl Kind {
    /// The kinds of terms that a variant is put together from.
    const ALL: [Self; 6] = [
        Self::Gate(Step::CrawlToWalk),
        Self::Gate(Step::WalkToRun),
        Self::Hold,
        Self::Stop,
        Self::Cooldown,
        Self::Promote,
    ];

    fn of(path: &str) -> Self {
        let gate = path.split('.').zip(path.split('.').skip(1)).find_map(|(step, part)| {
            let is_of_bar = part.starts_with("bar[") || part.starts_with("keep[");
            Step::ALL.into_iter().find(|known| is_of_bar && known.path() == step)
        });
        match (gate, path.rsplit('.').next()) {
            (Some(step), _) => Self::Gate(step),
            (None, Some("hold")) => Self::Hold,
            (None, Some("stop")) => Self::Stop,
            (None, Some("cooldown")) => Self::Cooldown,
            (None, Some("promote")) => Self::Promote,
            (None, _) => Self::Common,
        }
    }

    /// Whether terms of this kind depend on a path of the other.
    fn takes(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Gate(_), Self::Common))
    }
}

/// Numbers for the values that a variant has on the axes of each kind.
struct Numbers {
    /// By kind, of its axes: how many variants until the next value, and how many values there are.
    axes: [Vec<(usize, usize)>; Kind::ALL.len()],
}

impl Numbers {
    fn new(grid: &Grid) -> Self {
        let mut axes = Kind::ALL.map(|_| Vec::new());
        let mut step = 1;
        for axis in grid.axes.iter().rev() {
            let of = Kind::of(&axis.path);
            let takers = axes.iter_mut().zip(Kind::ALL).filter(|(_, kind)| kind.takes(of));
            takers.for_each(|(axes, _)| axes.push((step, axis.values.len())));
            step *= axis.values.len();
        }
        Self { axes }
    }

    fn of(&self, cell: usize) -> [usize; Kind::ALL.len()] {
        let number =
            |axes: &Vec<(usize, usize)>| axes.iter().rev().fold(0, |sum, (step, len)| sum * len + cell / step % len);
        self.axes.each_ref().map(number)
    }
}

/// One thread's workers, one per reading, and the sheets they have in common.
struct Bench<'a> {
    workers: [Worker<'a>; 2],
    sheets: FxHashMap<(Kind, usize), [Sheet; 2]>,
    numbers: Numbers,
}

impl Bench<'_> {
    fn cells(&mut self, part: &Part, cells: &[usize]) -> Result<Vec<Cell>, SetError> {
        if self.sheets.len() > MOST_SHEETS {
            self.sheets.clear();
        }
        let keys = |cell: &usize| {
            let numbers = self.numbers.of(*cell);
            std::array::from_fn::<_, { Kind::ALL.len() }, _>(|at| (Kind::ALL[at], numbers[at]))
        };
        let keys: Vec<_> = cells.iter().map(keys).collect();
        for (cell, keys) in cells.iter().zip(&keys) {
            keys.iter().try_for_each(|(kind, number)| self.learn(part, *kind, *number, *cell))?;
        }
        let mut all = vec![Cell::default(); cells.len()];
        // One reading after the other: what one has worked out stays at hand.
        for (at, worker) in self.workers.iter_mut().enumerate() {
            for (cell, keys) in all.iter_mut().zip(&keys) {
                let [first, second, hold, stop, cooldown, promote] = keys.map(|key| &self.sheets[&key][at]);
                let gates = [first, second];
                cell[at] = worker.figures(Variant { gates, hold, stop, cooldown, promote });
            }
        }
        Ok(all)
    }

    /// Makes the sheets of some values, if they are new.
    fn learn(&mut self, part: &Part, kind: Kind, number: usize, cell: usize) -> Result<(), SetError> {
        if !self.sheets.contains_key(&(kind, number)) {
            let plan = part.plan(kind, cell)?;
            let sheets = self.workers.each_mut().map(|worker| worker.sheet(&plan));
            self.sheets.insert((kind, number), sheets);
        }
        Ok(())
    }
}
