//! What was read of a leaf of the schema: the levels and the values of some rows, from which the cells of a table are
//! made where they are asked for.

use super::super::cells::size;
use super::super::table::Value;
use super::runs::Runs;
use crate::value::Instant;
use std::ops::Range;

/// The entries of some rows: one for each row, but in lists any number of them.
#[derive(Default)]
pub(super) struct Cells {
    /// At how many levels each entry is there, and at which it repeats; nothing where there are no such levels.
    pub(super) defined: Vec<u32>,
    pub(super) repeated: Vec<u32>,
    entries: usize,
    /// How many entries have a value.
    there: usize,
    /// The place of the value of each entry, where some have none.
    places: Option<Vec<usize>>,
    pub(super) values: Values,
}

/// The place of the value of an entry that has none.
const NOWHERE: usize = usize::MAX;

/// Values, each of those that are there.
pub(super) enum Values {
    /// Texts that say themselves that they are.
    Texts(Texts),
    /// Times.
    Times(Times),
    /// Anything else, as JSON.
    Written(Strings),
}

/// Texts that stand one behind the other.
pub(super) struct Strings {
    all: String,
    /// Where the first starts, and where each ends.
    ends: Vec<usize>,
}

/// Texts, many of which may be the same.
#[derive(Default)]
pub(super) struct Texts {
    dictionary: Strings,
    /// How long the longest text of the dictionary is.
    longest: usize,
    /// Texts that are not in the dictionary.
    others: Strings,
    /// The bytes of these while they are added.
    bytes: Vec<u8>,
    /// Each value: its place in the dictionary, or behind that among the others.
    codes: Vec<u32>,
}

/// Points in time.
pub(super) struct Times {
    dictionary: Vec<i64>,
    counts: Vec<i64>,
    /// How often their clock ticks a second.
    clock: i64,
}

impl Default for Values {
    fn default() -> Self {
        Self::Written(Strings::default())
    }
}

impl Default for Strings {
    fn default() -> Self {
        Self { all: String::new(), ends: vec![0] }
    }
}

impl Cells {
    /// No cells, but what is known of their values.
    pub(super) fn of(values: Values) -> Self {
        Self { values, ..Self::default() }
    }

    /// Forgets all but the dictionary.
    pub(super) fn clear(&mut self) {
        self.defined.clear();
        self.repeated.clear();
        (self.entries, self.there, self.places) = (0, 0, None);
        self.values.clear();
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries
    }

    /// Adds so many entries that have a value.
    pub(super) fn fill(&mut self, count: usize) {
        if let Some(places) = &mut self.places {
            places.extend(self.there..self.there + count);
        }
        self.entries += count;
        self.there += count;
    }

    /// Adds an entry for each level from a place on, with a value where it is the highest; how many have one. Nothing
    /// where one is still higher.
    pub(super) fn spread(&mut self, start: usize, highest: u32) -> Option<usize> {
        let levels = self.defined.get(start..)?;
        if levels.iter().fold(0, |most, level| most.max(*level)) > highest {
            return None;
        }
        let (count, before) = (levels.len(), self.there);
        let there = levels.iter().filter(|level| **level == highest).count();
        if there == count {
            self.fill(count);
            return Some(count);
        }
        let places = self.places.get_or_insert_with(|| (0..before).collect());
        places.extend(levels.iter().map(|level| {
            let place = if *level == highest { self.there } else { NOWHERE };
            self.there += usize::from(*level == highest);
            place
        }));
        self.entries += count;
        Some(there)
    }

    /// Ends what was added; nothing where it is not what it should be.
    pub(super) fn finish(&mut self) -> Option<()> {
        self.values.finish()?;
        self.fit()
    }

    /// Whether there are as many values as entries that have one.
    pub(super) fn fit(&self) -> Option<()> {
        (self.values.len() == self.there).then_some(())
    }

    /// The place of the value of an entry, which may be none.
    #[inline]
    fn place(&self, entry: usize) -> usize {
        self.places.as_ref().map_or(entry, |places| places.get(entry).copied().unwrap_or(NOWHERE))
    }

    /// The cell of an entry.
    #[inline]
    pub(super) fn value(&self, entry: usize) -> Value<'_> {
        self.values.get(self.place(entry)).unwrap_or(Value::Absent)
    }

    /// Whether an entry has a value.
    #[inline]
    pub(super) fn is_there(&self, entry: usize) -> bool {
        self.place(entry) < self.there
    }

    /// The same where it is a text.
    #[inline]
    pub(super) fn text(&self, entry: usize) -> Option<&str> {
        match &self.values {
            Values::Texts(texts) => texts.get(self.place(entry)),
            Values::Times(_) | Values::Written(_) => None,
        }
    }

    /// The same where it is a time.
    #[inline]
    pub(super) fn time(&self, entry: usize) -> Option<Instant> {
        match &self.values {
            Values::Times(times) => times.get(self.place(entry)),
            Values::Texts(_) | Values::Written(_) => None,
        }
    }

    /// The code of the same where it is a text.
    #[inline]
    pub(super) fn code(&self, entry: usize) -> Option<usize> {
        match &self.values {
            Values::Texts(texts) => texts.codes.get(self.place(entry)).map(|code| size(*code)),
            Values::Times(_) | Values::Written(_) => None,
        }
    }

    /// About how many bytes the cell of an entry is.
    pub(super) fn length(&self, entry: usize) -> usize {
        self.values.length(self.place(entry)).unwrap_or(0)
    }

    /// How many bytes of text there are at most.
    pub(super) fn most(&self) -> usize {
        match &self.values {
            Values::Texts(texts) => {
                texts.others.all.len().saturating_add(texts.codes.len().saturating_mul(texts.longest))
            }
            Values::Times(_) => 0,
            Values::Written(written) => written.all.len(),
        }
    }
}

impl Values {
    /// Times of a clock that ticks so often a second.
    pub(super) fn times(clock: i64) -> Self {
        Self::Times(Times { dictionary: Vec::new(), counts: Vec::new(), clock })
    }

    /// The texts of some bytes; nothing where they are none.
    pub(super) fn texts<'b>(all: impl Iterator<Item = &'b [u8]>) -> Option<Self> {
        let mut texts = Texts::default();
        all.for_each(|text| texts.add(text));
        texts.name_others(0)?;
        let mut values = Self::Texts(texts);
        values.finish()?;
        Some(values)
    }

    /// The times of a clock that ticks so often a second; nothing where one is none.
    pub(super) fn times_of(counts: &[i64], clock: i64) -> Option<Self> {
        let mut values = Self::Times(Times { dictionary: Vec::new(), counts: counts.to_vec(), clock });
        values.finish()?;
        Some(values)
    }

    fn clear(&mut self) {
        match self {
            Self::Texts(texts) => {
                texts.codes.clear();
                texts.others.ends.truncate(1);
                texts.bytes = std::mem::take(&mut texts.others.all).into_bytes();
                texts.bytes.clear();
            }
            Self::Times(times) => times.counts.clear(),
            Self::Written(written) => *written = Strings::default(),
        }
    }

    /// Takes a dictionary of so many values; nothing where that has other ones, or there is one already.
    pub(super) fn define(&mut self, bytes: &[u8], count: usize) -> Option<()> {
        match self {
            Self::Texts(texts) => {
                let mut dictionary = Texts::default();
                dictionary.plain(bytes, count)?;
                dictionary.finish()?;
                texts.dictionary = dictionary.others;
                texts.longest = texts.dictionary.longest();
                Some(())
            }
            Self::Times(times) => plain_counts(bytes, count, &mut times.dictionary).map(drop),
            Self::Written(_) => None,
        }
    }

    /// Adds so many values as they stand; how many bytes these are.
    pub(super) fn plain(&mut self, bytes: &[u8], count: usize) -> Option<usize> {
        match self {
            Self::Texts(texts) => {
                let before = texts.others.len();
                let length = texts.plain(bytes, count)?;
                texts.name_others(before)?;
                Some(length)
            }
            Self::Times(times) => plain_counts(bytes, count, &mut times.counts),
            Self::Written(_) => None,
        }
    }

    /// Adds so many values of the dictionary; `room` is for their codes.
    pub(super) fn coded(&mut self, runs: &mut Runs, count: usize, room: &mut Vec<u32>) -> Option<()> {
        match self {
            Self::Texts(texts) => {
                let before = texts.codes.len();
                runs.read(count, &mut texts.codes)?;
                are_below(&texts.codes[before..], texts.dictionary.len())
            }
            Self::Times(times) => {
                room.clear();
                runs.read(count, room)?;
                are_below(room, times.dictionary.len())?;
                times.counts.extend(room.iter().filter_map(|code| times.dictionary.get(size(*code))));
                Some(())
            }
            Self::Written(_) => None,
        }
    }

    /// Ends what was added; nothing where a value is not what it should be.
    fn finish(&mut self) -> Option<()> {
        match self {
            Self::Texts(texts) => texts.finish(),
            Self::Times(times) => times.finish(),
            Self::Written(_) => Some(()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.codes.len(),
            Self::Times(times) => times.counts.len(),
            Self::Written(written) => written.len(),
        }
    }

    #[inline]
    fn get(&self, place: usize) -> Option<Value<'_>> {
        match self {
            Self::Texts(texts) => texts.get(place).map(Value::Typed),
            Self::Times(times) => times.get(place).map(Value::Time),
            Self::Written(written) => written.get(place).map(cell),
        }
    }

    fn length(&self, place: usize) -> Option<usize> {
        match self {
            Self::Texts(texts) => texts.find(place).and_then(|(texts, at)| texts.range(at)).map(|range| range.len()),
            Self::Times(times) => times.counts.get(place).map(|_| TIME),
            Self::Written(written) => written.range(place).map(|range| range.len()),
        }
    }
}

/// About how many bytes a time is.
const TIME: usize = "2026-01-01T00:00:00Z".len();

impl Strings {
    /// Adds what `write` does.
    pub(super) fn add<T>(&mut self, write: impl FnOnce(&mut String) -> T) -> T {
        let done = write(&mut self.all);
        self.ends.push(self.all.len());
        done
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.ends.len() - 1
    }

    #[inline]
    fn range(&self, place: usize) -> Option<Range<usize>> {
        let [start, end, ..] = *self.ends.get(place..)? else { return None };
        Some(start..end)
    }

    #[inline]
    fn get(&self, place: usize) -> Option<&str> {
        self.all.get(self.range(place)?)
    }

    fn longest(&self) -> usize {
        self.ends.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0)
    }
}

impl Texts {
    /// Adds a text that is not in the dictionary.
    fn add(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.others.ends.push(self.bytes.len());
    }

    /// Adds so many texts, each behind its length; how many bytes these are.
    fn plain(&mut self, bytes: &[u8], count: usize) -> Option<usize> {
        let mut rest = bytes;
        for _ in 0..count {
            let (length, behind) = rest.split_first_chunk()?;
            let (text, behind) = behind.split_at_checked(size(u32::from_le_bytes(*length)))?;
            self.add(text);
            rest = behind;
        }
        Some(bytes.len() - rest.len())
    }

    /// Makes values of the texts that are not in the dictionary, but for so many.
    fn name_others(&mut self, before: usize) -> Option<()> {
        let code = |other: usize| u32::try_from(self.dictionary.len() + other).ok();
        self.codes.extend(code(before)?..code(self.others.len())?);
        Some(())
    }

    /// Takes what was added for text, once, where it is UTF-8: all of it, and each for itself.
    fn finish(&mut self) -> Option<()> {
        let all = String::from_utf8(std::mem::take(&mut self.bytes)).ok()?;
        let is_cut = !all.is_ascii() && !self.others.ends.iter().all(|end| all.is_char_boundary(*end));
        self.others.all = all;
        (!is_cut).then_some(())
    }

    /// Where the text of a value is.
    #[inline]
    fn find(&self, place: usize) -> Option<(&Strings, usize)> {
        let code = size(*self.codes.get(place)?);
        Some(match code.checked_sub(self.dictionary.len()) {
            None => (&self.dictionary, code),
            Some(other) => (&self.others, other),
        })
    }

    #[inline]
    fn get(&self, place: usize) -> Option<&str> {
        let (texts, at) = self.find(place)?;
        texts.get(at)
    }
}

impl Times {
    /// Whether all of them are times: they are where the first and the last one is.
    fn finish(&self) -> Option<()> {
        let (first, last) =
            self.counts.iter().fold((i64::MAX, i64::MIN), |(first, last), it| (first.min(*it), last.max(*it)));
        let is_time = |count: i64| instant(count, self.clock).is_some();
        (self.counts.is_empty() || is_time(first) && is_time(last)).then_some(())
    }

    #[inline]
    fn get(&self, place: usize) -> Option<Instant> {
        instant(*self.counts.get(place)?, self.clock)
    }
}

/// Adds so many counts as they stand; how many bytes these are.
fn plain_counts(bytes: &[u8], count: usize, counts: &mut Vec<i64>) -> Option<usize> {
    let length = count.checked_mul(size_of::<i64>())?;
    let (all, _) = bytes.get(..length)?.as_chunks();
    counts.extend(all.iter().map(|count| i64::from_le_bytes(*count)));
    Some(length)
}

/// Whether all codes are those of so many values.
fn are_below(codes: &[u32], count: usize) -> Option<()> {
    let most = codes.iter().fold(0, |most, code| most.max(*code));
    (codes.is_empty() || size(most) < count).then_some(())
}

/// The time of a clock that ticks so often a second: a thousand, a million or a milliard times.
#[inline]
fn instant(count: i64, clock: i64) -> Option<Instant> {
    // To divide by what is known beforehand is much faster.
    match clock {
        1_000 => split(count, 1_000),
        1_000_000 => split(count, 1_000_000),
        _ => split(count, 1_000_000_000),
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "for the sake of the numbers that are known beforehand")]
fn split(count: i64, clock: i64) -> Option<Instant> {
    let nanos = count.rem_euclid(clock) * (1_000_000_000 / clock);
    Instant::checked(count.div_euclid(clock), u32::try_from(nanos).ok()?)
}

/// The cell that holds some JSON, which is seldom and so is not in the way of the others. A text is one that says so
/// itself, unless it could be taken for a list.
#[inline(never)]
fn cell(json: &str) -> Value<'_> {
    match json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) if !text.contains('\\') && !text.starts_with('[') => Value::Typed(text),
        _ => Value::Json(json),
    }
}
