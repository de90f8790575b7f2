//! The swift way through a file: the columns that are used, a part of a row group at once. It takes columns of plain
//! values, inside of structs too, and lists of structs of them, and gives the values that [`super::plain`] would write
//! (`tests::both_ways_give_the_same_lines`).

use super::super::blocks::LONGEST_LINE;
use super::super::intake::Place;
use super::super::table::{List, Objects, Rows, Table, USUAL, Value};
use super::cells::Cells;
use super::leaf::Leaf;
use super::plain::element;
use super::{Reader, Rows as Handed, damaged, is_struct};
use crate::value::Instant;
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader as _;
use parquet::file::statistics::Statistics;
use parquet::schema::types::{Type, TypePtr};
use std::cmp::Ordering;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// The most rows that are read at once: more would not stay near the processor.
const MOST_ROWS: usize = 4096;

/// Where neither a column that is left out nor all others are longer, no row is longer than a line may be.
const SHORT: usize = LONGEST_LINE / 2;

/// The columns of a file, in the order of their names; nothing where one is not used.
#[derive(Debug, Default)]
pub(super) struct Columns(Vec<Option<Kind>>);

/// What a column holds, and in which leaves of the schema.
#[derive(Clone, Debug)]
enum Kind {
    /// A value.
    One(usize, TypePtr),
    /// A list of structs, with so many levels where it is there, and where one of its structs is.
    Many { keys: Vec<String>, leaves: Vec<(usize, TypePtr)>, list: i16, object: i16 },
}

impl Columns {
    /// The columns of a table; nothing where one of those that are used is of another kind.
    pub(super) fn new(reader: &Reader, table: &Table) -> Option<Self> {
        let (mut columns, mut names, mut leaf) = (Self::default(), Vec::new(), 0);
        super::leaves(reader.metadata().file_metadata().schema(), "", &mut names);
        let mut names = names.iter();
        columns.fields(reader.metadata().file_metadata().schema(), 0, &mut leaf, &mut |_| {
            names.next().is_some_and(|name| table.used.iter().any(|(used, _)| used == name))
        })?;
        Some(columns)
    }

    /// Adds the columns of a struct that is so many levels deep, the first of which is this leaf.
    fn fields(
        &mut self,
        kind: &Type,
        depth: i16,
        leaf: &mut usize,
        is_used: &mut dyn FnMut(&Type) -> bool,
    ) -> Option<()> {
        for field in kind.get_fields() {
            let levels = depth + i16::from(is_optional(field));
            if is_struct(field) {
                self.fields(field, levels, leaf, is_used)?;
                continue;
            }
            let column = if is_used(field) { Some(column(field, levels, *leaf)?) } else { None };
            self.0.push(column);
            *leaf += width(field);
        }
        Some(())
    }

    /// The rows of a row group, but for a column that is left out until it is fetched.
    pub(super) fn rows(&self, reader: &Arc<Reader>, at: usize, left_out: Option<usize>) -> io::Result<Part> {
        let group = reader.metadata().row_groups().get(at).ok_or_else(|| damaged("a row group is missing"))?;
        let of = |kind: &Option<Kind>| kind.as_ref().map(|kind| Column::new(kind, reader, at)).transpose();
        let columns = self.0.iter().map(of).collect::<io::Result<_>>()?;
        let left = usize::try_from(group.num_rows()).map_err(damaged)?;
        Ok(Part { columns, left, rows: 0, length: self.length(group), left_out, behind: 0 })
    }

    /// Whether a row group says that every row has something in a column, all of which together is not long.
    pub(super) fn is_full(&self, reader: &Reader, at: usize, column: usize) -> bool {
        let Some(Some(Kind::One(leaf, _))) = self.0.get(column) else { return false };
        let chunk = reader.metadata().row_groups().get(at).and_then(|group| group.columns().get(*leaf));
        chunk.is_some_and(|chunk| {
            let nulls = chunk.statistics().and_then(Statistics::null_count_opt);
            let is_there = chunk.column_descr().max_def_level() == 0 || nulls == Some(0);
            let length = u64::try_from(chunk.uncompressed_size()).unwrap_or(u64::MAX);
            is_there && length <= SHORT as u64
        })
    }

    /// The texts that some rows of a row group have in a column, in the order of the file.
    pub(super) fn texts(
        &self,
        reader: &Arc<Reader>,
        at: usize,
        column: usize,
        rows: &[usize],
    ) -> io::Result<Vec<String>> {
        let alone = self.0.iter().enumerate().map(|(at, kind)| kind.clone().filter(|_| at == column));
        let (mut part, mut before, mut texts) = (Self(alone.collect()).rows(reader, at, None)?, 0, Vec::new());
        while rows.last().is_some_and(|last| before <= *last) && part.next(usize::MAX)? {
            let batch = part.all(0, 0);
            let here = rows.iter().filter_map(|row| row.checked_sub(before)).filter(|row| *row < part.rows);
            texts.extend(here.filter_map(|row| batch.text(row, column).map(ToOwned::to_owned)));
            before += part.rows;
        }
        Ok(texts)
    }

    /// About how many bytes a row is long, as a row group has it.
    fn length(&self, group: &RowGroupMetaData) -> usize {
        let chunks = self.0.iter().flatten().flat_map(Kind::leaves).filter_map(|leaf| group.columns().get(leaf));
        let all = chunks.fold(0_i64, |all, chunk| all.saturating_add(chunk.uncompressed_size().max(0)));
        usize::try_from(all / group.num_rows().max(1)).map_or(usize::MAX, |length| length.max(1))
    }
}

impl Kind {
    /// The leaves of a column.
    fn leaves(&self) -> Vec<usize> {
        match self {
            Self::One(leaf, _) => vec![*leaf],
            Self::Many { leaves, .. } => leaves.iter().map(|(leaf, _)| *leaf).collect(),
        }
    }
}

fn is_optional(kind: &Type) -> bool {
    kind.get_basic_info().has_repetition() && kind.get_basic_info().repetition() == Repetition::OPTIONAL
}

fn is_repeated(kind: &Type) -> bool {
    kind.get_basic_info().has_repetition() && kind.get_basic_info().repetition() == Repetition::REPEATED
}

/// How many leaves a column has.
pub(super) fn width(kind: &Type) -> usize {
    if kind.is_primitive() { 1 } else { kind.get_fields().iter().map(|field| width(field)).sum() }
}

/// Whether values of a type are read.
fn is_plain(kind: &Type) -> bool {
    kind.is_primitive() && !is_repeated(kind)
}

/// A column that is there at so many levels, from this leaf on.
fn column(kind: &TypePtr, levels: i16, leaf: usize) -> Option<Kind> {
    if kind.is_primitive() {
        return is_plain(kind).then(|| Kind::One(leaf, TypePtr::clone(kind)));
    }
    let [repeated] = kind.get_fields() else { return None };
    let is_list =
        kind.get_basic_info().converted_type() == ConvertedType::LIST && is_repeated(repeated) && !is_repeated(kind);
    let inner = element(kind);
    // In older files the repeated group is itself the element.
    if !is_list || !is_struct(inner) || repeated.is_primitive() || std::ptr::eq(inner, repeated.as_ref()) {
        return None;
    }
    let fields = inner.get_fields();
    if fields.is_empty() || !fields.iter().all(|field| is_plain(field)) {
        return None;
    }
    let leaves = fields.iter().enumerate().map(|(at, field)| (leaf + at, TypePtr::clone(field))).collect();
    let keys = fields.iter().map(|field| field.name().to_owned()).collect();
    Some(Kind::Many { keys, leaves, list: levels, object: levels + 1 + i16::from(is_optional(inner)) })
}

/// The rows of a row group that are still to be read, and those that were read last.
pub(super) struct Part {
    columns: Vec<Option<Column>>,
    left: usize,
    rows: usize,
    /// About how many bytes a row is long.
    length: usize,
    /// The column that is read only where it is fetched, and how many of its rows up to the last of these were not.
    left_out: Option<usize>,
    behind: usize,
}

/// A column, and what of it was read last.
enum Column {
    One(Box<Leaf>),
    Many(Many),
}

/// A list of structs.
pub(in crate::history) struct Many {
    keys: Vec<String>,
    /// Where the usual keys are among these.
    usual: [Option<usize>; 3],
    leaves: Vec<Leaf>,
    /// At so many levels the list is there.
    list: u32,
    /// At so many levels, one of its structs.
    object: u32,
    /// Where the entries of each row start, and where the last ones end.
    starts: Vec<usize>,
}

impl Column {
    fn new(kind: &Kind, reader: &Arc<Reader>, group: usize) -> io::Result<Self> {
        Ok(match kind {
            Kind::One(leaf, kind) => Self::One(Box::new(Leaf::new(reader, group, *leaf, kind)?)),
            Kind::Many { keys, leaves, list, object } => {
                let leaf = |(leaf, kind): &(usize, TypePtr)| Leaf::new(reader, group, *leaf, kind);
                let level = |level: i16| u32::try_from(level).map_err(damaged);
                Self::Many(Many {
                    keys: keys.clone(),
                    usual: USUAL.map(|usual| keys.iter().position(|key| key == usual)),
                    leaves: leaves.iter().map(leaf).collect::<io::Result<_>>()?,
                    list: level(*list)?,
                    object: level(*object)?,
                    starts: Vec::new(),
                })
            }
        })
    }

    /// Reads so many rows.
    fn read(&mut self, rows: usize) -> io::Result<()> {
        let count = match self {
            Self::One(leaf) => {
                leaf.read(rows)?;
                leaf.cells().len()
            }
            Self::Many(many) => many.read(rows)?,
        };
        if count == rows {
            Ok(())
        } else {
            Err(damaged("a column has more or fewer values than its row group has rows"))
        }
    }

    /// How many bytes of text were read, at most.
    fn most(&self) -> usize {
        match self {
            Self::One(leaf) => leaf.cells().most(),
            Self::Many(many) => many.leaves.iter().map(|leaf| leaf.cells().most()).sum(),
        }
    }

    #[inline]
    fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::One(leaf) => leaf.cells().value(row),
            Self::Many(many) => many.value(row),
        }
    }

    /// The leaf of a column that is no list.
    #[inline]
    fn one(&self) -> Option<&Cells> {
        if let Self::One(leaf) = self { Some(leaf.cells()) } else { None }
    }

    /// About how many bytes the cell of a row is.
    fn length(&self, row: usize) -> usize {
        match self {
            Self::One(leaf) => leaf.cells().length(row),
            Self::Many(many) => many.length(row),
        }
    }
}

impl Part {
    /// Reads about so many bytes of rows more; whether there were any.
    pub(super) fn next(&mut self, length: usize) -> io::Result<bool> {
        self.rows = self.left.min((length / self.length).clamp(1, MOST_ROWS));
        self.left -= self.rows;
        if self.rows > 0 {
            let columns = self.columns.iter_mut().enumerate().filter(|(at, _)| Some(*at) != self.left_out);
            columns.filter_map(|(_, column)| column.as_mut()).try_for_each(|column| column.read(self.rows))?;
            self.behind += self.rows;
        }
        Ok(self.rows > 0)
    }

    /// How many rows were read.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// Reads the column that was left out too.
    pub(super) fn fetch(&mut self) -> io::Result<()> {
        let Some(column) = self.left_out.and_then(|at| self.columns.get_mut(at)?.as_mut()) else { return Ok(()) };
        while self.behind > self.rows {
            let rows = (self.behind - self.rows).min(MOST_ROWS);
            column.read(rows)?;
            self.behind -= rows;
        }
        self.behind = 0;
        column.read(self.rows)
    }

    /// What was read, where no row can be too long.
    pub(super) fn batch_without(&self, input: usize, first_line: u64) -> Option<Batch<'_>> {
        (self.most() <= SHORT).then(|| self.all(input, first_line))
    }

    /// Hands over what was read.
    pub(super) fn batch(&self, input: usize, first_line: u64, each: &mut impl FnMut(Handed) -> bool) {
        let mut all = self.all(input, first_line);
        let most = self.most();
        if most <= LONGEST_LINE {
            all.about = most.checked_div(self.rows);
            each(Handed::All(&all));
        } else {
            all.shorter(each);
        }
    }

    fn most(&self) -> usize {
        self.columns.iter().flatten().map(Column::most).fold(0, usize::saturating_add)
    }

    fn all(&self, input: usize, first_line: u64) -> Batch<'_> {
        Batch { input, first_line, start: 0, rows: self.rows, columns: &self.columns, about: None }
    }
}

impl Many {
    /// Reads so many rows; how many it finds.
    fn read(&mut self, rows: usize) -> io::Result<usize> {
        self.leaves.iter_mut().try_for_each(|leaf| leaf.read(rows))?;
        let mut all = self.leaves.iter().map(Leaf::cells);
        let first = all.next().ok_or_else(|| damaged("a list of nothing"))?;
        if !all.all(|cells| self.is_alike(first, cells)) {
            return Err(damaged("the fields of a list are not of one length"));
        }
        self.starts.clear();
        let mut before = 0;
        for (at, (defined, repeated)) in first.defined.iter().zip(&first.repeated).enumerate() {
            if *repeated == 0 {
                self.starts.push(at);
            } else if before.min(*defined) <= self.list {
                return Err(damaged("a list goes on where there is none"));
            }
            before = *defined;
        }
        self.starts.push(first.len());
        Ok(self.starts.len() - 1)
    }

    /// Whether the objects of two leaves are the same ones.
    fn is_alike(&self, one: &Cells, other: &Cells) -> bool {
        let level = |level: &u32| self.object.min(*level);
        let differ = one.defined.iter().zip(&other.defined).filter(|(one, other)| level(one) != level(other)).count();
        one.defined.len() == other.defined.len() && one.repeated == other.repeated && differ == 0
    }

    /// At how many levels each entry is there.
    fn defined(&self) -> &[u32] {
        self.leaves.first().map_or(&[], |leaf| &leaf.cells().defined)
    }

    /// The objects of the list of a row, where it has one.
    #[inline]
    fn objects(&self, row: usize) -> Option<Range<usize>> {
        let [start, end, ..] = *self.starts.get(row..)? else { return None };
        match self.defined().get(start)?.cmp(&self.list) {
            Ordering::Less => None,
            Ordering::Equal => Some(start..start),
            Ordering::Greater => Some(start..end),
        }
    }

    /// The list of a row.
    fn value(&self, row: usize) -> Value<'_> {
        self.objects(row).map_or(Value::Absent, |objects| Value::List(List::new(self, objects)))
    }

    /// About how many bytes the list of a row is.
    fn length(&self, row: usize) -> usize {
        let objects = self.objects(row).unwrap_or_default();
        let keys: usize = self.keys.iter().map(String::len).sum();
        let values = self.leaves.iter().flat_map(|leaf| objects.clone().map(|at| leaf.cells().length(at)));
        keys * objects.len() + values.sum::<usize>()
    }
}

impl Objects for Many {
    fn keys(&self) -> &[String] {
        &self.keys
    }

    fn usual(&self) -> [Option<usize>; 3] {
        self.usual
    }

    fn is_there(&self, at: usize) -> bool {
        self.defined().get(at).is_some_and(|level| *level >= self.object)
    }

    fn value(&self, at: usize, key: usize) -> Value<'_> {
        self.leaves.get(key).map_or(Value::Absent, |leaf| leaf.cells().value(at))
    }

    fn text(&self, at: usize, key: usize) -> Option<&str> {
        self.leaves.get(key)?.cells().text(at)
    }

    #[inline]
    fn time(&self, at: usize, key: usize) -> Option<Instant> {
        self.leaves.get(key)?.cells().time(at)
    }

    #[inline]
    fn code(&self, at: usize, key: usize) -> Option<usize> {
        self.leaves.get(key)?.cells().code(at)
    }
}

/// Rows of a file.
pub(in crate::history) struct Batch<'b> {
    input: usize,
    first_line: u64,
    /// How many rows of the columns stand before the first.
    start: usize,
    rows: usize,
    /// Each column that is used.
    columns: &'b [Option<Column>],
    /// About how long a row is, where none is long.
    about: Option<usize>,
}

impl Batch<'_> {
    /// Hands over the rows that are as long as a line may be, and the places of the others.
    fn shorter(&mut self, each: &mut impl FnMut(Handed) -> bool) {
        let is_long: Vec<bool> = (0..self.rows).map(|row| self.length(row) > LONGEST_LINE).collect();
        for rows in is_long.chunk_by(|one, other| one == other) {
            self.rows = rows.len();
            if rows[0] {
                for row in 0..rows.len() {
                    each(Handed::Long(self.place(row)));
                }
            } else {
                each(Handed::All(self));
            }
            self.start += rows.len();
            self.first_line += rows.len() as u64;
        }
    }
}

impl Rows for Batch<'_> {
    fn len(&self) -> usize {
        self.rows
    }

    fn place(&self, row: usize) -> Place {
        Place { input: self.input, line: self.first_line + row as u64 }
    }

    #[inline]
    fn value(&self, row: usize, column: usize) -> Value<'_> {
        let column = self.columns.get(column).and_then(Option::as_ref);
        column.map_or(Value::Absent, |column| column.value(self.start + row))
    }

    #[inline]
    fn text(&self, row: usize, column: usize) -> Option<&str> {
        self.columns.get(column)?.as_ref()?.one()?.text(self.start + row)
    }

    #[inline]
    fn time(&self, row: usize, column: usize) -> Option<Instant> {
        self.columns.get(column)?.as_ref()?.one()?.time(self.start + row)
    }

    type Lists = Many;

    #[inline]
    fn list(&self, row: usize, column: usize) -> Option<(&Many, Range<usize>)> {
        match self.columns.get(column)?.as_ref()? {
            Column::One(_) => None,
            Column::Many(many) => Some((many, many.objects(self.start + row).unwrap_or_default())),
        }
    }

    #[inline]
    fn code(&self, row: usize, column: usize) -> Option<usize> {
        self.columns.get(column)?.as_ref()?.one()?.code(self.start + row)
    }

    #[inline]
    fn is_nothing(&self, row: usize, column: usize) -> bool {
        match self.columns.get(column).and_then(Option::as_ref) {
            None => true,
            Some(Column::One(leaf)) => !leaf.cells().is_there(self.start + row),
            Some(Column::Many(many)) => many.objects(self.start + row).is_none(),
        }
    }

    fn length(&self, row: usize) -> usize {
        let length = || self.columns.iter().flatten().map(|column| column.length(self.start + row)).sum();
        self.about.unwrap_or_else(length)
    }
}
