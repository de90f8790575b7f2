//! Inputs that can be read only once, standard input and pipes, as inputs that can be opened again: what came of them is
//! kept as it comes, in memory while it is little, and beyond that in a file without a name.

use super::disk::read_at;
use crate::history::Malformed;
use crate::history::read::Open;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

/// As much is kept in memory: more than the longest line, so that the start of a table can be read again.
const IN_MEMORY: usize = 32 << 20;

/// What is read of an input, and what of it is kept.
struct Piped {
    inner: Box<dyn Read + Send>,
    kept: Kept,
    /// How many bytes came of it.
    length: u64,
    /// What is kept in memory at most.
    most: usize,
    /// Nobody reads again what is too much for the memory.
    once: bool,
}

enum Kept {
    Memory(Vec<u8>),
    File(File),
    /// It was too much, and nobody was to read it again.
    Nothing,
}

/// Opens an input that can be read only once as often as is asked for; `once` promises that it is read to its end only
/// once, so that what is too much for the memory need not be kept.
pub(super) fn open(inner: Box<dyn Read + Send>, once: bool) -> Open<'static> {
    keeping(inner, once, IN_MEMORY)
}

fn keeping(inner: Box<dyn Read + Send>, once: bool, most: usize) -> Open<'static> {
    let piped = Piped { inner, kept: Kept::Memory(Vec::new()), length: 0, most, once };
    let piped = Arc::new(Mutex::new(piped));
    Box::new(move || Ok(Box::new(From { piped: Arc::clone(&piped), at: 0 })))
}

/// What came of an input, and what is still to come.
struct From {
    piped: Arc<Mutex<Piped>>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut piped = self.piped.lock().unwrap_or_else(PoisonError::into_inner);
        let read = if self.at < piped.length { piped.again(buffer, self.at)? } else { piped.further(buffer)? };
        self.at += read as u64;
        Ok(read)
    }
}

impl Piped {
    /// Reads what was read before.
    fn again(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        match &self.kept {
            Kept::Memory(bytes) => usize::try_from(at).map_or(Ok(0), |at| (&bytes[at.min(bytes.len())..]).read(buffer)),
            Kept::File(file) => read_at(file, buffer, at),
            Kept::Nothing => Err(io::Error::other("it can be read only once")),
        }
    }

    /// Reads more, and keeps it.
    fn further(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.keep(&buffer[..read]).map_err(|error| unkept(&error))?;
        self.length += read as u64;
        Ok(read)
    }

    fn keep(&mut self, more: &[u8]) -> io::Result<()> {
        if let Kept::Memory(bytes) = &mut self.kept {
            if bytes.len() + more.len() <= self.most {
                bytes.extend_from_slice(more);
                return Ok(());
            }
            self.kept = if self.once { Kept::Nothing } else { Kept::File(beyond(bytes)?) };
        }
        match &mut self.kept {
            Kept::File(file) => {
                file.seek(SeekFrom::End(0))?;
                file.write_all(more)
            }
            Kept::Memory(_) | Kept::Nothing => Ok(()),
        }
    }
}

/// A file without a name that starts with these bytes: nothing is left of it when the program ends, however it does.
fn beyond(bytes: &[u8]) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    Ok(file)
}

fn unkept(error: &io::Error) -> io::Error {
    let message =
        format!("is too long for the memory, and cannot be kept in {}: {error}", std::env::temp_dir().display());
    let help =
        "name it as a file; or let TMPDIR name a folder with room; where each id occurs once, --unique-ids needs none";
    io::Error::other(Malformed { message, help: help.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::keeping;
    use std::io::{self, Read as _};

    fn bytes() -> Vec<u8> {
        (0..=255).cycle().take(100_000).collect()
    }

    #[test]
    fn what_can_be_read_once_is_read_again() {
        for most in [0, 10, 99_999, 100_000, 1 << 20] {
            let open = keeping(Box::new(io::Cursor::new(bytes())), false, most);
            for part in [10, 50_000, 200_000, 200_000] {
                let mut read = Vec::new();
                open().expect("a reader").take(part).read_to_end(&mut read).expect("bytes");
                assert!(
                    read == bytes()[..read.len()] && read.len() == 100_000.min(usize::try_from(part).expect("few")),
                    "{most} {part}"
                );
            }
        }
    }

    /// The start is looked at, and then all of it is read.
    #[test]
    fn what_nobody_reads_again_is_not_kept() {
        let open = keeping(Box::new(io::Cursor::new(bytes())), true, 10_000);
        let mut start = [0; 4096];
        open().expect("a reader").read_exact(&mut start).expect("bytes");
        let mut all = Vec::new();
        open().expect("a reader").read_to_end(&mut all).expect("bytes");
        assert!(all == bytes());
        assert!(open().expect("a reader").read_to_end(&mut all).is_err());
    }
}
