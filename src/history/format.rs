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

/// Endings of packed files.
const PACKED: [&str; 2] = [".gz", ".zst"];

impl Format {
    /// The format of a file of this name; JSON Lines unless the name says otherwise.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let plain = PACKED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
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
