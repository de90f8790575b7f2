//! What a file may take: it is small on the disk, and says itself how large it becomes. That is looked at before
//! anything is unpacked; what is longer than a line may be is then found where it is read.

use super::super::blocks::{LONGEST_LINE, MOST_UNPACKED};
use super::super::format::Malformed;
use super::super::table::Table;
use super::Reader;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::FileReader as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// As much may become of anything. It is less than of other packs: a page is held as a whole.
const UNPACKED: u64 = 256 << 20;

/// The most entries of lists that are held at once: those of some neighbouring rows.
pub(super) const MOST_ENTRIES: u64 = 1 << 22;

/// Fails where the columns that are read are packed in a way that is not, or become absurdly long.
pub(super) fn check(reader: &Reader, table: &Table) -> io::Result<()> {
    within(reader, table, UNPACKED)
}

/// The same where so many bytes may become of anything.
pub(super) fn within(reader: &Reader, table: &Table, free: u64) -> io::Result<()> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let is_used = |leaf: usize| {
        let path = schema.column(leaf).path().string();
        let mut rests = table.used.iter().filter_map(|(name, _)| path.strip_prefix(name.as_str()));
        rests.any(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let used: Vec<usize> = (0..schema.num_columns()).filter(|leaf| is_used(*leaf)).collect();
    let (mut packed, mut unpacked) = (0_u64, 0_u64);
    for group in reader.metadata().row_groups() {
        let rows = size(group.num_rows());
        for leaf in &used {
            let chunk = group.columns().get(*leaf).ok_or_else(|| super::damaged("a row group lacks a column"))?;
            is_unpacked_here(chunk)?;
            let length = size(chunk.uncompressed_size());
            if length > free && length > rows.saturating_mul(LONGEST_LINE as u64) {
                return Err(long_rows(&chunk.column_path().string()));
            }
            packed = packed.saturating_add(size(chunk.compressed_size()));
            unpacked = unpacked.saturating_add(length);
        }
    }
    if unpacked > free && unpacked / MOST_UNPACKED > packed {
        let help = "write it without packing if it really is a history";
        return Err(Malformed::error(format!("becomes more than {MOST_UNPACKED} times as long unpacked"), help));
    }
    Ok(())
}

fn size(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}

fn is_unpacked_here(chunk: &ColumnChunkMetaData) -> io::Result<()> {
    let name = match chunk.compression() {
        Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) | Compression::ZSTD(_) => return Ok(()),
        Compression::LZ4 | Compression::LZ4_RAW => "lz4",
        Compression::BROTLI(_) => "brotli",
        Compression::LZO => "lzo",
    };
    Err(Malformed::error(format!("is packed with {name}, which is not read"), "write it packed with zstd or snappy"))
}

fn long_rows(column: &str) -> io::Error {
    Malformed::error(
        format!("has rows longer than {} MiB in its column `{column}`", LONGEST_LINE >> 20),
        "leave such long values out: a history says what was done and what came of it",
    )
}

/// A list of more entries than are held at once.
pub(super) fn long_list(column: &str) -> io::Error {
    Malformed::error(
        format!("has more than {MOST_ENTRIES} entries in neighbouring lists of its column `{column}`"),
        "write it in smaller pages or row groups; a row is at most 16 MiB long",
    )
}

/// The pages of a leaf of lists, as long as there are not too many entries in those of one reading.
pub(super) struct Pages {
    inner: Box<dyn PageReader>,
    entries: Arc<AtomicU64>,
}

impl Pages {
    /// Pages whose entries are counted here.
    pub(super) fn new(inner: Box<dyn PageReader>, entries: Arc<AtomicU64>) -> Self {
        Self { inner, entries }
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        let is_dictionary = matches!(page, Some(Page::DictionaryPage { .. }));
        let more = page.as_ref().filter(|_| !is_dictionary).map_or(0, |page| u64::from(page.num_values()));
        if self.entries.fetch_add(more, Ordering::Relaxed).saturating_add(more) > MOST_ENTRIES {
            return Err(ParquetError::General("too many entries".to_owned()));
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.inner.at_record_boundary()
    }
}
