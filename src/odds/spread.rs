//! Numbered work, shared out among threads.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread::{self, ScopedJoinHandle};

/// What is made of these numbers, by neighbouring ones together; in their order, whatever the number of threads, by
/// default one per core.
pub fn spread<T: Send>(
    numbers: &Range<u64>,
    threads: Option<NonZeroUsize>,
    work: impl Fn(Range<u64>) -> T + Sync,
) -> Vec<T> {
    let threads = threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let share = (numbers.end - numbers.start).div_ceil(threads as u64).max(1);
    let firsts = numbers.clone().step_by(usize::try_from(share).unwrap_or(usize::MAX));
    let work = &work;
    thread::scope(|scope| {
        let start = |first: u64| scope.spawn(move || work(first..numbers.end.min(first + share)));
        let running: Vec<_> = firsts.map(start).collect();
        // A thread that panics takes the program with it.
        let join = |thread: ScopedJoinHandle<T>| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        running.into_iter().map(join).collect()
    })
}
