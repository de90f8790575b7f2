//! Where the bytes of a file come from: from memory, or from any place of it as they are needed.

use super::super::read::ReadAt;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::io::{self, BufReader, Read};
use std::sync::Arc;

/// What the head of a page takes, mostly.
const HEAD: usize = 1024;

/// The bytes of a file.
pub(super) enum Chunks {
    /// All of them.
    Memory(Bytes),
    /// Those that are asked for.
    File(Arc<dyn ReadAt>),
}

impl Chunks {
    /// Whether these are the first.
    pub(super) fn starts_with(&self, start: &[u8]) -> io::Result<bool> {
        let mut found = Vec::new();
        self.get_read(0).map_err(io::Error::other)?.take(start.len() as u64).read_to_end(&mut found)?;
        Ok(found == start)
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.length(),
        }
    }
}

impl ChunkReader for Chunks {
    type T = Box<dyn Read>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(match self {
            Self::Memory(bytes) => Box::new(bytes.get_read(start)?),
            Self::File(file) => Box::new(BufReader::with_capacity(HEAD, From { file: Arc::clone(file), at: start })),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let file = match self {
            Self::Memory(bytes) => return bytes.get_bytes(start, length),
            Self::File(file) => file,
        };
        // What a file says of itself may be anything.
        if start.checked_add(length as u64).is_none_or(|end| end > file.length()) {
            return Err(beyond());
        }
        let mut bytes = Vec::with_capacity(length);
        From { file: Arc::clone(file), at: start }.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() == length { Ok(bytes.into()) } else { Err(beyond()) }
    }
}

fn beyond() -> ParquetError {
    ParquetError::EOF("it says that a part stands behind its end".to_owned())
}

/// What stands from some place on.
struct From {
    file: Arc<dyn ReadAt>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
