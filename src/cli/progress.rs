//! A progress bar over the bytes of the inputs: on a terminal, and only when reading takes more than a second.

use crate::history::read::ReadAt;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The bar, shared by all readers. The time only decides whether it shows.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Arc<AtomicBool>,
    wanted: bool,
    /// Bytes of all inputs together.
    total: u64,
}

impl Progress {
    /// A bar over so many bytes; it stays hidden unless stderr is a terminal.
    pub(super) fn new(total: u64, quiet: bool) -> Self {
        Self::over(total, "  counting {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left", quiet)
    }

    /// A bar over so many variants.
    pub(super) fn variants(total: u64, quiet: bool) -> Self {
        Self::over(total, "  replaying {bar:30} {human_pos} of {human_len} variants, {eta} left", quiet)
    }

    /// A bar over so many parts of a forecast.
    pub(super) fn gates(total: u64, quiet: bool) -> Self {
        Self::over(total, "  working out the odds {bar:30} {human_pos} of {human_len}, {eta} left", quiet)
    }

    fn over(total: u64, template: &str, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        let wanted = !quiet && io::stderr().is_terminal();
        Self { bar, started: Instant::now(), shown: Arc::default(), wanted, total }
    }

    /// A reader that reports what it read.
    pub(super) fn watch<R: Read + Send + 'static>(&self, inner: R) -> Box<dyn Read + Send> {
        Box::new(Watched { inner, progress: self.clone() })
    }

    /// The same for a file that is read from any place.
    pub(super) fn watch_ranges(&self, file: File) -> io::Result<Arc<dyn ReadAt>> {
        let length = file.metadata()?.len();
        Ok(Arc::new(WatchedRanges { file, length, progress: self.clone() }))
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }

    /// So much more is done.
    pub(super) fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
        // Where ids occur more than once, everything is read once more.
        if self.bar.length().is_some_and(|length| self.bar.position() > length) {
            self.bar.inc_length(self.total.max(1));
        }
        if self.wanted && self.started.elapsed() > PATIENCE && !self.shown.swap(true, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

struct WatchedRanges {
    file: File,
    length: u64,
    progress: Progress,
}

impl ReadAt for WatchedRanges {
    fn length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let read = super::disk::read_at(&self.file, buffer, at)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

struct Watched<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}
