//! The swift way through a file: the columns that are used, a part of a row group at once. It takes columns of plain
//! values, inside of structs too, and lists of structs of them, and gives the values that [`super::plain`] would write
//! (`tests::both_ways_give_the_same_lines`).

use super::super::blocks::LONGEST_LINE;
use super::super::intake::Place;
use super::super::table::{List, Rows, Table, Value};
use super::leaf::Leaf;
use super::plain::element;
use super::{Reader, damaged, is_struct};
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::reader::{FileReader as _, RowGroupReader};
use parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
use std::io;

/// About how many bytes a row is taken for, where so many bytes of them are read at once.
const ROW: usize = 256;

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

    /// The rows of a row group.
    pub(super) fn rows(&self, reader: &Reader, at: usize) -> io::Result<Part> {
        let group = reader.get_row_group(at).map_err(damaged)?;
        let of = |kind: &Option<Kind>| kind.as_ref().map(|kind| Part::column(kind, group.as_ref())).transpose();
        let columns = self.0.iter().map(of).collect::<io::Result<_>>()?;
        let left = usize::try_from(group.metadata().num_rows()).map_err(damaged)?;
        Ok(Part { columns, left, rows: 0 })
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
}

/// A column, and what of it was read last.
enum Column {
    One(Box<Leaf>),
    Many(Many),
}

/// A list of structs.
struct Many {
    keys: Vec<String>,
    leaves: Vec<Leaf>,
    /// At so many levels the list is there.
    list: i16,
    /// At so many levels, one of its structs.
    object: i16,
}

impl Part {
    fn column(kind: &Kind, group: &dyn RowGroupReader) -> io::Result<Column> {
        Ok(match kind {
            Kind::One(at, kind) => Column::One(Box::new(Leaf::new(group, *at, kind)?)),
            Kind::Many { keys, leaves, list, object } => {
                let leaves = leaves.iter().map(|(at, kind)| Leaf::new(group, *at, kind)).collect::<io::Result<_>>()?;
                Column::Many(Many { keys: keys.clone(), leaves, list: *list, object: *object })
            }
        })
    }

    /// Reads about so many bytes of rows more; whether there were any.
    pub(super) fn next(&mut self, length: usize) -> io::Result<bool> {
        self.rows = self.left.min((length / ROW).max(1));
        self.left -= self.rows;
        for column in self.columns.iter_mut().flatten() {
            match column {
                Column::One(leaf) => leaf.read(self.rows)?,
                Column::Many(many) => many.read(self.rows)?,
            }
        }
        Ok(self.rows > 0)
    }

    /// Hands over what was read; how many rows that are.
    pub(super) fn batch(
        &self,
        input: usize,
        first_line: u64,
        each: &mut impl FnMut(Result<&Batch, Place>),
    ) -> io::Result<usize> {
        let cells = self.columns.iter().map(|column| column.as_ref().map_or_else(|| Ok(Vec::new()), Column::cells));
        let cells = cells.collect::<io::Result<Vec<Vec<Value>>>>()?;
        let objects = self.columns.iter().zip(&cells).map(|(column, cells)| match column {
            Some(Column::Many(many)) => many.objects(cells),
            _ => Vec::new(),
        });
        let objects: Vec<Vec<Option<&[Value]>>> = objects.collect();
        let rows = self.columns.iter().zip(&cells).zip(&objects).map(|((column, cells), objects)| match column {
            Some(Column::Many(many)) => Cow::Owned(many.lists(objects)),
            _ => Cow::Borrowed(&cells[..]),
        });
        let columns: Vec<Cow<[Value]>> = rows.collect();
        let is_short = |(column, rows): (&Option<Column>, &Cow<[Value]>)| column.is_some() && rows.len() != self.rows;
        if self.columns.iter().zip(&columns).any(is_short) {
            return Err(damaged("a column has more or fewer values than its row group has rows"));
        }
        let mut all = Batch { input, first_line, start: 0, rows: self.rows, columns };
        if self.columns.iter().flatten().map(Column::length).sum::<usize>() <= LONGEST_LINE {
            each(Ok(&all));
        } else {
            all.shorter(each);
        }
        Ok(self.rows)
    }
}

impl Column {
    /// About how many bytes were read.
    fn length(&self) -> usize {
        match self {
            Self::One(leaf) => leaf.length(),
            Self::Many(many) => many.leaves.iter().map(Leaf::length).sum(),
        }
    }

    /// The values that were read: of a list those of its objects, one after the other.
    fn cells(&self) -> io::Result<Vec<Value<'_>>> {
        match self {
            Self::One(leaf) => leaf.cells(),
            Self::Many(many) => many.cells(),
        }
    }
}

impl Many {
    fn read(&mut self, rows: usize) -> io::Result<()> {
        self.leaves.iter_mut().try_for_each(|leaf| leaf.read(rows))?;
        let shape =
            |leaf: &Leaf| leaf.levels().map(|(defined, repeated)| (defined.min(self.object), repeated)).collect();
        let mut shapes = self.leaves.iter().map(shape);
        let first: Vec<(i16, i16)> = shapes.next().unwrap_or_default();
        if shapes.all(|shape| shape == first) {
            return Ok(());
        }
        Err(damaged("the fields of a list are not of one length"))
    }

    /// At how many levels each object is there, and at which it repeats.
    fn levels(&self) -> impl Iterator<Item = (i16, i16)> {
        self.leaves.iter().take(1).flat_map(Leaf::levels)
    }

    fn cells(&self) -> io::Result<Vec<Value<'_>>> {
        let leaves = self.leaves.iter().map(Leaf::cells).collect::<io::Result<Vec<_>>>()?;
        let mut cells = Vec::with_capacity(leaves.iter().map(Vec::len).sum());
        for (at, _) in self.levels().enumerate().filter(|(_, (defined, _))| *defined > self.list) {
            cells.extend(leaves.iter().filter_map(|cells| cells.get(at)));
        }
        Ok(cells)
    }

    /// The objects of all rows, of their values; nothing for one that is null.
    fn objects<'b>(&self, cells: &'b [Value<'b>]) -> Vec<Option<&'b [Value<'b>]>> {
        let there = self.levels().filter(|(defined, _)| *defined > self.list);
        let mut objects = Vec::with_capacity(cells.len() / self.keys.len());
        objects.extend(
            cells
                .chunks_exact(self.keys.len())
                .zip(there)
                .map(|(values, (defined, _))| (defined >= self.object).then_some(values)),
        );
        objects
    }

    /// The list of each row, of these objects.
    fn lists<'b>(&'b self, mut objects: &'b [Option<&'b [Value<'b>]>]) -> Vec<Value<'b>> {
        let (mut lists, mut levels) = (Vec::with_capacity(objects.len()), self.levels().peekable());
        while let Some((defined, _)) = levels.next() {
            let mut count = usize::from(defined > self.list);
            while levels.next_if(|(_, repeated)| *repeated > 0).is_some() {
                count += 1;
            }
            let (own, rest) = objects.split_at(count.min(objects.len()));
            objects = rest;
            let list = Value::List(List { keys: &self.keys, objects: own });
            lists.push(if defined < self.list { Value::Absent } else { list });
        }
        lists
    }
}

/// Rows of a file.
pub(in crate::history) struct Batch<'b> {
    input: usize,
    first_line: u64,
    /// How many rows of the columns stand before the first.
    start: usize,
    rows: usize,
    /// The values of each column that is used.
    columns: Vec<Cow<'b, [Value<'b>]>>,
}

impl Batch<'_> {
    /// Hands over the rows that are as long as a line may be, and the places of the others.
    fn shorter(&mut self, each: &mut impl FnMut(Result<&Batch, Place>)) {
        let is_long: Vec<bool> = (0..self.rows).map(|row| self.length(row) > LONGEST_LINE).collect();
        for rows in is_long.chunk_by(|one, other| one == other) {
            self.rows = rows.len();
            if rows[0] {
                (0..rows.len()).for_each(|row| each(Err(self.place(row))));
            } else {
                each(Ok(self));
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

    fn value(&self, row: usize, column: usize) -> Value<'_> {
        self.columns.get(column).and_then(|values| values.get(self.start + row)).copied().unwrap_or(Value::Absent)
    }

    fn length(&self, row: usize) -> usize {
        (0..self.columns.len()).map(|column| length(self.value(row, column))).sum()
    }
}

/// About how many bytes a value is.
fn length(value: Value) -> usize {
    match value {
        Value::Absent => 0,
        Value::Text(text) | Value::Typed(text) | Value::Json(text) => text.len(),
        Value::Time(_) => "2026-01-01T00:00:00Z".len(),
        Value::List(list) => {
            let values = list.objects.iter().copied().flatten().flatten();
            list.keys.iter().map(String::len).sum::<usize>() * list.objects.len()
                + values.map(|it| length(*it)).sum::<usize>()
        }
    }
}
