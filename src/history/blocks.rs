//! Bytes to blocks of whole lines or rows: decompression, the numbering of lines, and a limit on their length.

use super::format::Malformed;
use super::intake::Place;
use super::separated;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// About how large a block is.
pub(super) const LENGTH: usize = 256 * 1024;

/// The longest line that is read; a longer one is bad. A longer row ends the reading: where it ends cannot be known.
pub const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Whole lines of one input.
#[derive(Debug)]
pub struct Block {
    /// Index of the input.
    pub input: usize,
    /// Number of its first line, from 1.
    pub first_line: u64,
    /// The lines, or nothing for a line that is too long.
    pub bytes: Vec<u8>,
    /// The block stands for one line that was too long, and has no bytes.
    pub too_long: bool,
}

impl Block {
    /// The lines and their places, without line ends.
    pub fn lines(&self) -> impl Iterator<Item = (Place, &[u8])> {
        let place = |at: usize| Place { input: self.input, line: self.first_line + at as u64 };
        self.bytes.split(|byte| *byte == b'\n').enumerate().map(move |(at, line)| (place(at), line))
    }
}

/// Beyond this many bytes, a packed input may not have become more than [`MOST_UNPACKED`] times as long as it was.
const UNPACKED: u64 = 1 << 30;
/// Logs become ten to a hundred times as long.
pub(super) const MOST_UNPACKED: u64 = 500;

/// Undoes gzip or zstd, whichever the first bytes show; JSON starts with neither.
pub fn decompress(raw: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let packed = Arc::new(AtomicU64::new(0));
    let mut raw = BufReader::with_capacity(LENGTH, Packed { inner: raw, read: Arc::clone(&packed) });
    let start = raw.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let inner = flate2::bufread::MultiGzDecoder::new(raw);
        return Ok(Box::new(Unpacked { inner, read: 0, packed, free: UNPACKED }));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let inner = zstd::stream::read::Decoder::with_buffer(raw)?;
        return Ok(Box::new(Unpacked { inner, read: 0, packed, free: UNPACKED }));
    }
    Ok(Box::new(raw))
}

/// What zstd says of a pack that looks back further than it keeps; else the error itself.
fn unpackable(error: io::Error) -> io::Error {
    if !error.to_string().contains("too much memory") {
        return error;
    }
    let help = "pack it again without --long, or with --long=27 at most";
    Malformed::error("is packed so that unpacking it takes more than 128 MiB", help)
}

/// Counts what is read of a packed input.
struct Packed<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Ends where a packed input becomes absurdly long.
struct Unpacked<R> {
    inner: R,
    read: u64,
    packed: Arc<AtomicU64>,
    /// As much may come of anything.
    free: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(unpackable)?;
        self.read += read as u64;
        let packed = self.packed.load(Ordering::Relaxed);
        if self.read > self.free && self.read / MOST_UNPACKED > packed {
            let help = "unpack it yourself if it really is a history";
            return Err(Malformed::error(format!("becomes more than {MOST_UNPACKED} times as long unpacked"), help));
        }
        Ok(read)
    }
}

/// An input that is cut into blocks of about a length. Lines end at a line end; rows of cells between delimiters only where
/// no quote is open.
pub struct Cutter<R> {
    bytes: R,
    input: usize,
    delimiter: Option<u8>,
    length: usize,
    /// The line that comes next.
    line: u64,
    /// What was read of it.
    rest: Vec<u8>,
    has_ended: bool,
}

impl<R: Read> Cutter<R> {
    /// An input of some bytes: lines, or rows of cells between delimiters.
    pub fn new(input: usize, delimiter: Option<u8>, bytes: R, length: usize) -> Self {
        Self { bytes, input, delimiter, length, line: 1, rest: Vec::new(), has_ended: false }
    }

    /// The next block, in room that was used before, of any content: fresh room would have to be cleared first. Nothing
    /// behind the last one.
    pub fn next(&mut self, mut room: Vec<u8>) -> io::Result<Option<Block>> {
        if self.has_ended {
            return Ok(None);
        }
        let mut filled = self.take_rest(&mut room);
        loop {
            self.has_ended = fill(&mut self.bytes, self.length, &mut room, &mut filled)?;
            let block = &room[..filled];
            let (end, open) = match self.delimiter {
                None => (memchr::memrchr(b'\n', block).map(|at| at + 1), None),
                Some(delimiter) => separated::last_end(block, delimiter),
            };
            match (self.has_ended, end) {
                (true, _) => {
                    if let Some(open) = open {
                        return Err(unclosed(self.line + separated::line_ends(&block[..open])));
                    }
                    return Ok(Some(self.block(room, filled, 0)));
                }
                (false, Some(end)) => {
                    self.rest.extend_from_slice(&block[end..]);
                    let lines = if self.delimiter.is_some() { separated::line_ends } else { lines }(&block[..end]);
                    // The last line end would make an empty line of its own.
                    return Ok(Some(self.block(room, end - 1, lines)));
                }
                (false, None) if filled > LONGEST_LINE && self.delimiter.is_some() => {
                    return Err(match open {
                        Some(open) => unclosed(self.line + separated::line_ends(&block[..open])),
                        None => too_long(self.line),
                    });
                }
                (false, None) if filled > LONGEST_LINE => {
                    self.rest = rest_of_line(&mut self.bytes, self.length)?;
                    // Such a line took more room than any block wants.
                    return Ok(Some(Block { too_long: true, ..self.block(Vec::new(), 0, 1) }));
                }
                (false, None) => {}
            }
        }
    }

    /// Moves what was read beyond the last block to where the next one begins; how many bytes that are.
    fn take_rest(&mut self, room: &mut Vec<u8>) -> usize {
        let length = self.rest.len();
        if room.len() < length {
            room.resize(length, 0);
        }
        room[..length].copy_from_slice(&self.rest);
        self.rest.clear();
        length
    }

    /// A block of the first bytes, in which so many lines end.
    fn block(&mut self, mut bytes: Vec<u8>, length: usize, lines: u64) -> Block {
        bytes.truncate(length);
        let first_line = self.line;
        self.line += lines;
        Block { input: self.input, first_line, bytes, too_long: false }
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn unclosed(line: u64) -> io::Error {
    let help = "close it; a quote inside of a quoted cell is written twice, as in \"5\"\" pipe\"";
    Malformed::error(format!("opens a quote in line {line} that is never closed"), help)
}

fn too_long(line: u64) -> io::Error {
    let help = "end each row with a line end; a binary file or one of another format is no table of text";
    Malformed::error(
        format!("has a row that starts in line {line} and is longer than {} MiB", LONGEST_LINE >> 20),
        help,
    )
}

/// Reads a block more behind what is filled; `true` at the end of the input. Large reads go past the buffers below.
fn fill(bytes: &mut impl Read, length: usize, room: &mut Vec<u8>, filled: &mut usize) -> io::Result<bool> {
    let end = *filled + length;
    if room.len() < end {
        room.resize(end, 0);
    }
    while *filled < end {
        match bytes.read(&mut room[*filled..end]) {
            Ok(0) => return Ok(true),
            Ok(read) => *filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Skips to behind the next line end; what was read beyond it.
fn rest_of_line(bytes: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut room = Vec::new();
    loop {
        let mut filled = 0;
        let has_ended = fill(bytes, length, &mut room, &mut filled)?;
        if let Some(end) = memchr::memchr(b'\n', &room[..filled]) {
            return Ok(room[end + 1..filled].to_vec());
        }
        if has_ended {
            return Ok(Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_UNPACKED, Packed, Unpacked};
    use std::io::{self, Read};
    use std::sync::Arc;

    fn unpacked(times: u64, free: u64) -> io::Result<u64> {
        let packed = Arc::default();
        let mut raw = Packed { inner: &[0_u8; 100][..], read: Arc::clone(&packed) };
        io::copy(&mut raw, &mut io::sink())?;
        let mut reader = Unpacked { inner: io::repeat(0).take(100 * times), read: 0, packed, free };
        io::copy(&mut reader, &mut io::sink())
    }

    #[test]
    fn what_becomes_absurdly_long_ends() {
        assert_eq!(unpacked(MOST_UNPACKED, 0).ok(), Some(100 * MOST_UNPACKED));
        assert!(unpacked(3 * MOST_UNPACKED, 0).is_err());
        assert!(unpacked(3 * MOST_UNPACKED, 1 << 30).is_ok(), "little may become of anything");
    }
}
