//! The inputs as workers take them: each asks for the next piece when it is done with the last, and cuts it itself.

use super::read::{Input, ReadError};
use super::source::{Cutter, Piece, Source};
use std::io;
use std::sync::{Mutex, PoisonError};

/// Inputs that are read one after the other.
pub(super) struct Feed<'f>(Mutex<State<'f>>);

struct State<'f> {
    inputs: &'f [Input<'f>],
    sources: &'f [Source<'f>],
    /// About how long a piece is.
    length: usize,
    /// The input that is open, or the one that is next.
    at: usize,
    open: Option<Cutter>,
    /// The input that could not be read, behind which no other is.
    failed: Option<ReadError>,
}

impl<'f> Feed<'f> {
    /// Inputs with what is known of each, to be cut into pieces of about a length.
    pub(super) fn new(inputs: &'f [Input<'f>], sources: &'f [Source<'f>], length: usize) -> Self {
        Self(Mutex::new(State { inputs, sources, length, at: 0, open: None, failed: None }))
    }

    /// The next piece, in room that was used before; nothing when all are taken, or one could not be read.
    pub(super) fn next(&self, spare: Vec<u8>) -> Option<Piece> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failed.is_some() {
            return None;
        }
        state.next(spare).unwrap_or_else(|source| {
            let name = state.inputs[state.at].name.clone();
            state.failed = Some(ReadError { name, source });
            None
        })
    }

    /// Why an input could not be read.
    pub(super) fn failed(self) -> Option<ReadError> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).failed
    }
}

impl State<'_> {
    fn next(&mut self, mut spare: Vec<u8>) -> io::Result<Option<Piece>> {
        while let Some((input, source)) = self.inputs.get(self.at).zip(self.sources.get(self.at)) {
            let cutter = match &mut self.open {
                Some(cutter) => cutter,
                closed => closed.insert(source.open(self.at, input, self.length)?),
            };
            if let Some(piece) = cutter.next(std::mem::take(&mut spare))? {
                return Ok(Some(piece));
            }
            self.open = None;
            self.at += 1;
        }
        Ok(None)
    }
}
