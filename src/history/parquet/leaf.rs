//! One leaf of the schema, some rows at a time: its usual pages swiftly ([`super::chunk`]), and from the first one on
//! that is not usual, or not in order, as the crate reads them ([`super::typed`]), which finds the words for it too.

use super::cells::{Cells, Texts, Values};
use super::chunk::{Chunk, is_usual};
use super::plain::stamp;
use super::typed::Typed;
use super::{Reader, damaged};
use parquet::basic::{ConvertedType, Type as Physical};
use parquet::file::reader::FileReader as _;
use parquet::schema::types::{ColumnDescPtr, TypePtr};
use std::io;
use std::sync::Arc;

/// A leaf, and what of it was read last.
pub(super) struct Leaf {
    place: Place,
    way: Way,
    cells: Cells,
    /// How many rows were read before, and how many of them at once.
    done: usize,
    step: usize,
}

/// Where a leaf is.
struct Place {
    reader: Arc<Reader>,
    group: usize,
    leaf: usize,
    kind: TypePtr,
}

enum Way {
    Swift(Box<Chunk>),
    Any(Box<Typed>),
}

impl Leaf {
    /// The leaf at an index, in a row group.
    pub(super) fn new(reader: &Arc<Reader>, group: usize, leaf: usize, kind: &TypePtr) -> io::Result<Self> {
        let place = Place { reader: Arc::clone(reader), group, leaf, kind: TypePtr::clone(kind) };
        let (way, cells) = match place.swift() {
            Some((chunk, values)) => (Way::Swift(Box::new(chunk)), Cells::of(values)),
            None => (Way::Any(Box::new(place.any()?)), Cells::default()),
        };
        Ok(Self { place, way, cells, done: 0, step: 1 })
    }

    /// Reads so many rows.
    pub(super) fn read(&mut self, rows: usize) -> io::Result<()> {
        let Self { place, way, cells, done, step } = self;
        if let Way::Swift(chunk) = way {
            cells.clear();
            if chunk.read(rows, cells).is_none() {
                *way = Way::Any(Box::new(place.any_behind(*done, *step)?));
            }
        }
        if let Way::Any(typed) = way {
            typed.read(rows, cells)?;
        }
        *done += rows;
        *step = rows.max(*step);
        Ok(())
    }

    /// What was read.
    pub(super) fn cells(&self) -> &Cells {
        &self.cells
    }
}

impl Place {
    /// The swift way, where the leaf may be usual, and what is known of its values.
    fn swift(&self) -> Option<(Chunk, Values)> {
        let meta = self.reader.metadata().row_groups().get(self.group)?.columns().get(self.leaf)?;
        let descr = meta.column_descr_ptr();
        let values = match (descr.physical_type(), clock(&descr, &self.kind)) {
            (Physical::BYTE_ARRAY, _) if is_text(&descr) => Values::Texts(Texts::default()),
            (Physical::INT64, Some(clock)) => Values::times(clock),
            _ => return None,
        };
        if !is_usual(meta) {
            return None;
        }
        let pages = self.reader.get_row_group(self.group).ok()?.get_column_page_reader(self.leaf).ok()?;
        Some((Chunk::new(pages, meta)?, values))
    }

    /// The way for any leaf.
    fn any(&self) -> io::Result<Typed> {
        let group = self.reader.get_row_group(self.group).map_err(damaged)?;
        let pages = group.get_column_page_reader(self.leaf).map_err(damaged)?;
        let descr = group.metadata().schema_descr().column(self.leaf);
        let (is_text, clock) = (is_text(&descr), clock(&descr, &self.kind));
        Ok(Typed::new(pages, descr, TypePtr::clone(&self.kind), is_text, clock))
    }

    /// The same behind so many rows, which it reads as they were read before.
    fn any_behind(&self, mut done: usize, step: usize) -> io::Result<Typed> {
        let (mut typed, mut cells) = (self.any()?, Cells::default());
        while done > 0 {
            typed.read(done.min(step), &mut cells)?;
            done -= done.min(step);
        }
        Ok(typed)
    }
}

fn is_text(descr: &ColumnDescPtr) -> bool {
    [ConvertedType::UTF8, ConvertedType::ENUM, ConvertedType::JSON].contains(&descr.converted_type())
}

/// How often the clock of a column ticks a second, where it holds times in UTC.
fn clock(descr: &ColumnDescPtr, kind: &TypePtr) -> Option<i64> {
    let stamp = stamp(Some(kind));
    let per_second = match descr.converted_type() {
        ConvertedType::TIMESTAMP_MILLIS => 1_000,
        ConvertedType::TIMESTAMP_MICROS => 1_000_000,
        ConvertedType::NONE | ConvertedType::INT_64 if stamp.is_some() => 1_000_000_000,
        _ => return None,
    };
    stamp.unwrap_or(true).then_some(per_second)
}
