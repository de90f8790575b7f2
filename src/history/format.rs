//! The formats that histories come in, and what is said of an input that is not in the one it should be in.

/// The format of an input; any of them may be packed with gzip or zstd.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Lines,
    /// Rows of cells between commas, below a row of names.
    Csv,
    /// The same between tabs.
    Tsv,
    /// Parquet.
    Parquet,
}

/// Endings of packed files, and what they are packed with.
const PACKED: [(&str, Packing); 4] =
    [(".gz", Packing::Gzip), (".gzip", Packing::Gzip), (".zst", Packing::Zstd), (".zstd", Packing::Zstd)];

/// Endings of files that are packed as is not read.
const LEFT_PACKED: [&str; 9] = [".bz2", ".xz", ".lzma", ".lz4", ".br", ".zip", ".7z", ".rar", ".tar"];

/// How a file can be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip
    Gzip,
    /// zstd
    Zstd,
}

impl Packing {
    /// How a file of this name is packed, if its ending says so, and the ending.
    #[must_use]
    pub fn of_name(name: &str) -> Option<(Self, &'static str)> {
        let name = name.to_ascii_lowercase();
        PACKED.iter().find(|(ending, _)| name.ends_with(ending)).map(|(ending, packing)| (*packing, *ending))
    }

    /// The ending of a file that is packed as is not read.
    #[must_use]
    pub fn unread(name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        LEFT_PACKED.into_iter().find(|ending| name.ends_with(ending))
    }
}

impl Format {
    /// The format of a file of this name; JSON Lines unless the name says otherwise.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let packed = Packing::of_name(name).map_or(0, |(_, ending)| ending.len());
        let plain = &name[..name.len() - packed];
        let ending = plain.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("csv") => Self::Csv,
            Some("tsv" | "tab") => Self::Tsv,
            Some("parquet" | "pq") => Self::Parquet,
            _ => Self::Lines,
        }
    }

    /// What stands between the cells of a row, where rows are text.
    #[must_use]
    pub fn delimiter(self) -> Option<u8> {
        match self {
            Self::Csv => Some(b','),
            Self::Tsv => Some(b'\t'),
            Self::Lines | Self::Parquet => None,
        }
    }
}

/// An input that is not in its format, and the remedy; it travels as an I/O error, as reading is where it shows.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// What is wrong, after the name of the input: `line 7 opens a quote that is never closed`.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Malformed {
    /// As an I/O error.
    pub(super) fn error(message: impl Into<String>, help: impl Into<String>) -> std::io::Error {
        let malformed = Self { message: message.into(), help: help.into() };
        std::io::Error::new(std::io::ErrorKind::InvalidData, malformed)
    }

    /// What an I/O error says of the form of an input.
    #[must_use]
    pub fn of(error: &std::io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Packing};

    #[test]
    fn endings_are_read_in_any_case() {
        for (name, format, packing) in [
            ("a.jsonl", Format::Lines, None),
            ("T.CSV.GZ", Format::Csv, Some(Packing::Gzip)),
            ("t.Tab.gzip", Format::Tsv, Some(Packing::Gzip)),
            ("t.PARQUET", Format::Parquet, None),
            ("t.parquet.Zst", Format::Parquet, Some(Packing::Zstd)),
            ("é.csv.zstd", Format::Csv, Some(Packing::Zstd)),
            ("log", Format::Lines, None),
        ] {
            assert_eq!(Format::of_name(name), format, "{name}");
            assert_eq!(Packing::of_name(name).map(|(packing, _)| packing), packing, "{name}");
            assert_eq!(Packing::unread(name), None, "{name}");
        }
        assert_eq!(Packing::unread("t.csv.BZ2"), Some(".bz2"));
    }
}
